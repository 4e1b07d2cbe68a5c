package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Perl reads PSGI applications (Catalyst, Dancer, plain Plack), Mojolicious and what still runs as CGI.
func Perl() scan.Reader {
	return scan.Reader{Name: "perl", Wants: wantsPerl, Read: readPerl}
}

var (
	perlFile   = scan.MustCompile(`(^|/)(cpanfile(\.snapshot)?|Makefile\.PL|Build\.PL|\.perl-version|\.tool-versions)$|\.(psgi|pm|pl|cgi)$|(^|/)(script|bin)/[\w-]+$|(^|/)([\w-]+/)?[\w.-]+\.(ya?ml|conf|ya?ml-(example|docker|dist))$`)
	perlList   = scan.MustCompile(`^(cpanfile|Makefile\.PL|Build\.PL)$`)
	perlConfig = scan.MustCompile(`\.(ya?ml|conf|ya?ml-(?:example|dist))$`)
)

func wantsPerl(name string) bool {
	byName := perlFile.Ending(".snapshot", ".pl", "-version", "-versions", ".psgi", ".pm", ".cgi", "yml", "yaml", ".conf", "-example", "-docker", "-dist")
	return byName(name) || !strings.Contains(path.Base(name), ".") && perlFile.MatchString(name)
}

// perlProject is one directory with a list of dependencies or a program that serves.
type perlProject struct {
	t       *scan.Tree
	r       *scan.Report
	dir     string
	list    string // cpanfile or Makefile.PL, "" where there is none
	deps    []dependency
	sources []string
	configs []string
	inf     *inference
}

func readPerl(t *scan.Tree, paths []string, r *scan.Report) {
	byDir, dirs := map[string]*perlProject{}, map[string]bool{}
	add := func(dir string) *perlProject {
		if byDir[dir] == nil {
			byDir[dir], dirs[dir] = &perlProject{t: t, r: r, dir: dir}, true
		}
		return byDir[dir]
	}
	for _, p := range paths {
		if perlList.MatchString(path.Base(p)) && !strings.Contains("/"+p, "/t/") {
			project := add(path.Dir(p))
			if project.list == "" || path.Base(p) == "cpanfile" {
				project.list = p
			}
			project.deps = append(project.deps, perlDeps(p, t.Text(p, r))...)
		}
	}
	for _, p := range paths {
		if ext := path.Ext(p); (ext == ".psgi" || ext == ".cgi") && owner(dirs, p) == "" {
			dir := path.Dir(p)
			if base := path.Base(dir); base == "bin" || base == "script" || base == "cgi-bin" || base == "scripts" {
				dir = path.Dir(dir)
			}
			add(dir)
		}
		if path.Ext(p) == ".pl" && owner(dirs, p) == "" && mojoLite.MatchString(t.Text(p, r)) {
			add(path.Dir(p))
		}
	}
	for _, p := range paths {
		project := byDir[owner(dirs, p)]
		switch rel := ""; {
		case project == nil:
		case perlConfig.MatchString(p):
			if rel = relative(project.dir, p); strings.Count(rel, "/") <= 1 && !strings.HasPrefix(rel, ".") {
				project.configs = append(project.configs, p)
			}
		default:
			if rel = relative(project.dir, p); !strings.HasPrefix(rel, "t/") && !strings.HasPrefix(rel, "local/") && !strings.HasPrefix(rel, "xt/") {
				project.sources = append(project.sources, p)
			}
		}
	}
	for _, dir := range sortedSet(dirs) {
		byDir[dir].report()
	}
}

var (
	perlRequire = scan.MustCompile(`(?m)^\s*(requires|recommends|test_requires|build_requires)\s*\(?\s*['"]([\w:]+)['"](?:\s*(?:,|=>)\s*['"]?[^\d'"]*([\d._]+))?|^\s*['"]?([A-Z]\w*(?:::\w+)*)['"]?\s*=>\s*['"]?([\d._]+)['"]?\s*,`)
	perlPhase   = scan.MustCompile(`(?m)^\s*on\s*\(?\s*['"]?(test|develop|build|configure)['"]?\s*(?:,|=>)\s*sub\s*\{|^\s*feature\s|(?:TEST|BUILD|CONFIGURE)_REQUIRES\s*=>\s*\{`)
	mojoLite    = scan.MustCompile(`(?m)^\s*use\s+Mojolicious::Lite\b`)
	mojoScript  = scan.MustCompile(`Mojolicious::Commands|(?m)^\s*use\s+Mojolicious::Lite\b`)
)

// perlDeps lists what production installs: phases for tests and developers are left out.
func perlDeps(file, text string) []dependency {
	lines := strings.Split(text, "\n")
	depth, skip := 0, false
	for i, line := range lines {
		if !skip && perlPhase.MatchString(line) && !strings.Contains(line, "'runtime'") {
			skip, depth = true, 0
		}
		if skip {
			depth += strings.Count(line, "{") - strings.Count(line, "}")
			lines[i] = ""
			skip = depth > 0
		}
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			lines[i] = ""
		}
	}
	var all []dependency
	for _, m := range scan.Find(strings.Join(lines, "\n"), perlRequire) {
		if g := m.Groups; g[1] != "test_requires" && g[1] != "build_requires" {
			at := m.Line + strings.Count(g[0], "\n") - strings.Count(strings.TrimLeft(g[0], "\n\t "), "\n")
			all = append(all, dependency{g[2] + g[4], g[3] + g[5], file, at})
		}
	}
	return all
}

func (p *perlProject) dep(names ...string) (dependency, bool) {
	for _, name := range names {
		for _, d := range p.deps {
			if d.name == name {
				return d, true
			}
		}
	}
	return dependency{}, false
}

func (p *perlProject) find(s service.Service, process, file string, line int, rank scan.Rank, why string) {
	p.r.Find(scan.Finding{Dir: p.dir, Process: process, Service: s}, file, max(line, 1), rank, why)
}

// perlProgram is what serves: a PSGI file, a program of Mojolicious, a Catalyst class without either, or CGI scripts.
type perlProgram struct {
	kind string // psgi, mojo, catalyst, cgi
	file string
	name string // the class, for catalyst
	line int
}

var (
	asidePSGI     = scan.MustCompile(`(?i)(^|[/._-])(static|dev|test|debug|example|mock|fake)[\w-]*\.psgi$`)
	catalystClass = scan.MustCompile(`(?m)^\s*(?:use\s+Catalyst\b|extends\s+['"]Catalyst['"])`)
	perlPackage   = scan.MustCompile(`(?m)^\s*package\s+([\w:]+)`)
	dancerApp     = scan.MustCompile(`(?m)^\s*(?:dance|start)\s*;|->(?:dance|to_app)\b`)
)

// program finds what serves, the one nearest to the directory first.
func (p *perlProject) program() perlProgram {
	best := map[string]perlProgram{}
	keep := func(kind, file, name string, line int) {
		have, ok := best[kind]
		if !ok || strings.Count(file, "/") < strings.Count(have.file, "/") {
			best[kind] = perlProgram{kind, file, name, max(line, 1)}
		}
	}
	for _, f := range p.sources {
		switch ext := path.Ext(f); {
		case ext == ".psgi" && !asidePSGI.MatchString(f):
			keep("psgi", f, "", 1)
		case ext == ".cgi" || strings.Contains(f, "cgi-bin/"):
			keep("cgi", f, "", 1)
		case ext == ".pm":
			if text := p.t.Text(f, p.r); catalystClass.MatchString(text) {
				if m := perlPackage.FindStringSubmatch(text); m != nil {
					keep("catalyst", f, m[1], scan.LineOf(text, catalystClass))
				}
			}
		case ext == ".pl" || ext == "":
			text := p.t.Text(f, p.r)
			if hasAny(text, "Mojolicious") && mojoScript.MatchString(text) {
				keep("mojo", f, "", scan.LineOf(text, mojoScript))
			} else if hasAny(text, "Dancer") && dancerApp.MatchString(text) {
				keep("psgi", f, "", scan.LineOf(text, dancerApp))
			}
		}
	}
	for _, kind := range []string{"psgi", "mojo", "catalyst", "cgi"} {
		if b, ok := best[kind]; ok {
			return b
		}
	}
	return perlProgram{}
}

func (p *perlProject) report() {
	main := p.program()
	if main.kind == "" {
		if p.list != "" {
			p.r.Find(scan.Finding{Dir: p.dir, Library: true, Service: service.Service{Language: "perl"}}, p.list, 1, scan.Guess, "no program here serves")
		}
		return
	}
	p.find(service.Service{Language: "perl"}, "", main.file, main.line, scan.Declared, "")
	p.reportVersion()
	p.reportFramework(main)
	p.reportBuild()
	p.reportCommand(main)
	p.reportSettings()
}

var perlNumber = scan.MustCompile(`^v?5[._](\d{1,3})`)

// perlVersion is 5.20 for 5.020001, v5.20.1 and 5.20.
func perlVersion(text string) string {
	m := perlNumber.FindStringSubmatch(strings.TrimPrefix(strings.TrimSpace(text), "perl-"))
	if m == nil || strings.TrimLeft(m[1], "0") == "" {
		return ""
	}
	return "5." + strings.TrimLeft(m[1], "0")
}

var toolPerl = scan.MustCompile(`(?m)^\s*(?:perl\s+)?(?:perl-)?(v?5\.\d+[\d.]*)`)

func (p *perlProject) reportVersion() {
	for _, name := range []string{".perl-version", ".tool-versions"} {
		file := path.Join(p.dir, name)
		if !p.t.Has(file) {
			continue
		}
		for _, m := range scan.Find(p.t.Text(file, p.r), toolPerl) {
			if name == ".perl-version" || strings.Contains(m.Groups[0], "perl") {
				p.find(service.Service{Version: perlVersion(m.Groups[1])}, "", file, m.Line, scan.Declared, "")
				return
			}
		}
	}
	if d, ok := p.dep("perl"); ok && perlVersion(d.version) != "" {
		p.find(service.Service{Version: perlVersion(d.version)}, "", d.file, d.line, scan.Convention, "the oldest that it asks for")
	}
}

func (p *perlProject) reportFramework(main perlProgram) {
	for _, f := range []struct{ dep, name string }{{"Catalyst", "catalyst"}, {"Catalyst::Runtime", "catalyst"}, {"Mojolicious", "mojolicious"}, {"Dancer2", "dancer2"}, {"Dancer", "dancer"}, {"Plack", "psgi"}} {
		if d, ok := p.dep(f.dep); ok && !(f.name == "psgi" && main.kind != "psgi") {
			p.find(service.Service{Framework: f.name}, "", d.file, d.line, scan.Declared, "")
			return
		}
	}
	name := map[string]string{"mojo": "mojolicious"}[main.kind]
	if name == "" {
		name = main.kind
	}
	p.find(service.Service{Framework: name}, "", main.file, main.line, scan.Convention, "")
}

// perlNative are modules that want libraries of the system, to be built and to run.
var perlNative = map[string][2]string{"DBD::Pg": {"libpq-dev", "libpq5"}, "Mojo::Pg": {"libpq-dev", "libpq5"}, "DBD::mysql": {"default-libmysqlclient-dev", "libmariadb3"}, "DBD::MariaDB": {"libmariadb-dev", "libmariadb3"}, "XML::LibXML": {"libxml2-dev", "libxml2"},
	"XML::LibXSLT": {"libxslt1-dev", "libxslt1.1"}, "GD": {"libgd-dev", "libgd3"}, "Net::SSLeay": {"libssl-dev", "libssl3"}, "IO::Socket::SSL": {"libssl-dev", "libssl3"}, "Crypt::OpenSSL::RSA": {"libssl-dev", "libssl3"}, "XML::Parser": {"libexpat1-dev", "libexpat1"}, "Image::Magick": {"libmagickcore-dev", "libmagickcore-6.q16-6"}}

func (p *perlProject) reportBuild() {
	b := &service.Build{Tool: "cpanm"}
	for _, name := range []string{"cpanfile", "cpanfile.snapshot", "Makefile.PL", "Build.PL"} {
		if p.t.Has(path.Join(p.dir, name)) {
			b.Files = append(b.Files, name)
		}
	}
	if p.t.Has(path.Join(p.dir, "cpanfile.snapshot")) {
		b.Tool = "carton"
	}
	if len(b.Files) == 0 {
		return
	}
	for _, d := range p.deps {
		if n, ok := perlNative[d.name]; ok && !listed(b.Packages, n[0]) {
			b.Packages, b.Runtime = append(b.Packages, n[0]), append(b.Runtime, n[1])
		}
	}
	p.find(service.Service{Build: b}, "", p.list, 1, scan.Declared, "")
}

var mojoListen = scan.MustCompile(`listen\s*(?:=>|:)\s*(?:\[\s*|\n\s*-\s*)['"]?https?://[^:'"\s]+:(\d{2,5})`)

// reportCommand reports the server that production runs. Servers of developers (script/*_server.pl, morbo) are none.
func (p *perlProject) reportCommand(main perlProgram) {
	file := relative(p.dir, main.file)
	switch main.kind {
	case "mojo":
		port, at, line, rank := "8080", main.file, main.line, scan.Convention
		for _, f := range append(append([]string(nil), p.configs...), p.sources...) {
			if text := p.t.Text(f, p.r); hasAny(text, "hypnotoad") {
				if found := scan.Find(text, mojoListen); len(found) > 0 {
					port, at, line, rank = found[0].Groups[1], f, found[0].Line, scan.Declared
					break
				}
			}
		}
		p.find(service.Service{Command: []string{"perl", file, "prefork", "-m", "production", "-l", "http://*:" + port}}, "", main.file, main.line, scan.Convention, "Mojolicious's server for production; hypnotoad is the same in the background, with a file of its own beside the code")
		p.find(service.Service{Port: value{kind: valString, text: port}.number()}, "", at, line, rank, "")
		if d, ok := p.dep("Minion"); ok {
			p.find(service.Service{Command: []string{"perl", file, "minion", "worker", "-m", "production"}}, "worker", d.file, d.line, scan.Convention, "Minion's jobs")
		}
		return
	case "catalyst":
		p.find(service.Service{Command: []string{"plackup", "-s", "Starman", "-E", "deployment", "--port", "5000", "-Ilib", "-M" + main.name, "-e", main.name + "->psgi_app"}}, "", main.file, main.line, scan.Convention, "Catalyst through PSGI; its own server is for development")
	case "cgi":
		p.r.Note(main.file, main.line, "CGI scripts: a web server has to run them (apache2 with mod_cgid), or Plack::App::CGIBin below Starman, which is written here")
		p.find(service.Service{Command: []string{"plackup", "-s", "Starman", "-E", "deployment", "--port", "5000", "-MPlack::App::CGIBin", "-e", "Plack::App::CGIBin->new(root => '" + path.Dir(file) + "', exec_cb => sub { 1 })->to_app"}}, "", main.file, main.line, scan.Guess, "the scripts below a PSGI server")
	default:
		p.find(service.Service{Command: []string{"starman", "--listen", "0.0.0.0:5000", "-E", "deployment", file}}, "", main.file, main.line, scan.Convention, "Starman serves PSGI in production; plackup alone is for development")
	}
	p.find(service.Service{Port: 5000}, "", main.file, main.line, scan.Convention, "Starman's port")
}
