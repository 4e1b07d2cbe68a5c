package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Perl reads PSGI applications (Catalyst, Dancer, plain Plack), Mojolicious and what still runs as CGI.
func Perl() scan.Reader {
	return scan.Reader{Name: "perl", Wants: perlFile.MatchString, Read: readPerl}
}

var (
	perlFile   = scan.MustCompile(`(^|/)(cpanfile(\.snapshot)?|Makefile\.PL|Build\.PL|\.perl-version|\.tool-versions)$|\.(psgi|pm|pl|cgi)$|(^|/)(script|bin|cgi-bin)/[\w-]+$|(^|/)([\w-]+/)?[\w.-]+\.(ya?ml|conf|ya?ml-(example|docker|dist))$`)
	perlList   = scan.MustCompile(`^(cpanfile|Makefile\.PL|Build\.PL)$`)
	perlConfig = scan.MustCompile(`\.(ya?ml|conf|ya?ml-(?:example|dist))$`)
)

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
			project := add(listDir(t, p))
			if project.list == "" || path.Base(p) == "cpanfile" {
				project.list = p
			}
			project.deps = append(project.deps, perlDeps(p, t.Text(p, r))...)
		}
	}
	for _, p := range paths {
		if owner(dirs, p) != "" || perlAside.MatchString(p) {
			continue
		}
		switch path.Ext(p) {
		case ".psgi":
			add(programDir(p))
		case ".cgi":
			if ofPerl(t.Text(p, r)) {
				add(programDir(p))
			}
		case "":
			if path.Base(path.Dir(p)) == "cgi-bin" && perlShebang.MatchString(t.Text(p, r)) {
				add(programDir(p))
			}
		case ".pm":
			if dir, _, ok := strings.Cut("/"+p, "/lib/"); ok && perlApplication.MatchString(t.Text(p, r)) {
				add(path.Join(".", dir))
			}
		case ".pl":
			if mojoLite.MatchString(t.Text(p, r)) {
				add(path.Dir(p))
			}
		}
	}
	for _, p := range paths {
		if project := byDir[owner(dirs, p)]; project != nil {
			project.keep(p)
		}
	}
	for _, dir := range sortedSet(dirs) {
		byDir[dir].report()
	}
}

// perlApplication is the class of an application, which stands for a project that keeps no list of its modules.
var perlApplication = scan.MustCompile(`(?m)^\s*use\s+Mojo::Base\s+['"]Mojolicious['"]|^\s*use\s+Catalyst\b|^\s*extends\s+['"]Catalyst['"]`)

// perlUses are the modules that code of such a project loads.
var perlUses = scan.MustCompile(`(?m)^\s*(?:use|require)\s+([A-Z]\w*(?:::\w+)*)`)

// usedModules takes the modules of others that the code loads for those that a list would say.
func (p *perlProject) usedModules() {
	for _, f := range p.sources {
		for _, m := range scan.Find(perlCode(p.t.Text(f, p.r)), perlUses) {
			name := m.Groups[1]
			own := p.t.Has(path.Join(p.dir, "lib", strings.ReplaceAll(name, "::", "/")+".pm"))
			if _, known := p.dep(name); !own && !known && len(p.deps) < 500 {
				p.deps = append(p.deps, dependency{name: name, file: f, line: m.Line})
			}
		}
	}
}

// unlisted tells which modules an image would be without.
func (p *perlProject) unlisted(main perlProgram) {
	var names scan.List
	for _, d := range p.deps {
		names = append(names, d.name)
	}
	if len(names) > 0 {
		p.r.Note(main.file, main.line, "no file lists the modules that it needs, and the image gets none: write a cpanfile with those that the code loads (%s)", names)
	}
}

// perlAside are directories of what only developers run.
var perlAside = scan.MustCompile(`(?i)(^|/)(dev|devel|development|contrib|testing)/`)

var otherShebang = scan.MustCompile(`^#!\s*\S*(?:/|\s)(ruby|python|sh|bash|php|node|lua|tclsh)`)

// ofPerl says whether a CGI script is one of Perl's: every language can be behind the name.
func ofPerl(text string) bool {
	first, _, _ := strings.Cut(text, "\n")
	return !otherShebang.MatchString(first)
}

var perlShebang = scan.MustCompile(`^#!\s*\S*(?:/|\s)perl\b`)

// webServerDir are names of directories that hold what a web server is given, and not a project.
var webServerDir = scan.MustCompile(`(?i)^(httpd|apache2?|www|htdocs|web|webroot|public(_html)?)$`)

// programDir is the directory of the project that a program belongs to.
func programDir(p string) string {
	dir := path.Dir(p)
	switch path.Base(dir) {
	case "bin", "script", "scripts":
		return path.Dir(dir)
	case "cgi-bin":
		if dir = path.Dir(dir); webServerDir.MatchString(path.Base(dir)) {
			return path.Dir(dir)
		}
	}
	return dir
}

// listDir is the directory whose code a list of modules is for: its own, or the one above where the list is kept apart
// (etc/cpanfile) and the code stands there.
func listDir(t *scan.Tree, p string) string {
	dir := path.Dir(p)
	if dir == "." {
		return dir
	}
	for _, f := range t.Below(dir) {
		if ext := path.Ext(f); ext == ".pm" || ext == ".psgi" || ext == ".cgi" || ext == ".pl" && path.Dir(f) != dir {
			return dir
		}
	}
	up := path.Dir(dir)
	if t.HasDir(path.Join(up, "lib")) && t.First(up, "cpanfile", "Makefile.PL") == "" {
		for _, f := range t.Below(path.Join(up, "lib")) {
			if path.Ext(f) == ".pm" {
				return up
			}
		}
	}
	return dir
}

// keep sorts a file into what the project is configured by and its code.
func (p *perlProject) keep(file string) {
	rel := relative(p.dir, file)
	if perlConfig.MatchString(file) {
		if strings.Count(rel, "/") <= 1 && !strings.HasPrefix(rel, ".") {
			p.configs = append(p.configs, file)
		}
		return
	}
	if !strings.HasPrefix(rel, "t/") && !strings.HasPrefix(rel, "local/") && !strings.HasPrefix(rel, "xt/") {
		p.sources = append(p.sources, file)
	}
}

var (
	perlRequire = scan.MustCompile(`(?m)^\s*(requires|recommends|test_requires|build_requires)\s*\(?\s*['"]([\w:]+)['"](?:\s*(?:,|=>)\s*['"]?[^\d'"]*([\d._]+))?|^\s*['"]?(perl|[A-Z]\w*(?:::\w+)*)['"]?\s*=>\s*['"]?([\d._]+)['"]?\s*(?:,|\}|$)`)
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

func (p *perlProject) report() {
	if p.list == "" {
		p.usedModules()
	}
	programs := p.programs()
	main := mainProgram(programs)
	if main.kind == "" {
		if p.list != "" {
			p.r.Find(scan.Finding{Dir: p.dir, Library: true, Service: service.Service{Language: "perl"}}, p.list, 1, scan.Guess, "no program here serves")
		}
		return
	}
	p.find(service.Service{Language: "perl"}, "", main.file, main.line, scan.Declared, "")
	p.reportVersion(main)
	p.reportFramework(main)
	p.reportBuild()
	if p.list == "" {
		p.unlisted(main)
	}
	p.reportCommand(main, programs)
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

var usePerl = scan.MustCompile(`(?m)^\s*use\s+(v?5[._]\d[\d._]*)\s*;`)

var toolPerl = scan.MustCompile(`(?m)^\s*(?:perl\s+)?(?:perl-)?(v?5\.\d+[\d.]*)`)

func (p *perlProject) reportVersion(main perlProgram) {
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
		return
	}
	for _, m := range scan.Find(p.t.Text(main.file, p.r), usePerl) {
		p.find(service.Service{Version: perlVersion(m.Groups[1])}, "", main.file, m.Line, scan.Convention, "the oldest that it asks for")
		return
	}
	if file := p.t.First(p.dir, ".travis.yml"); file != "" {
		for _, m := range scan.Find(p.t.Text(file, p.r), travisPerl) {
			p.find(service.Service{Version: perlVersion(m.Groups[1])}, "", file, m.Line, scan.Guess, "tests run on it")
			return
		}
	}
}

var travisPerl = scan.MustCompile(`(?m)^perl:\s*\n?\s*-?\s*["']?(5\.\d+)`)

func (p *perlProject) reportFramework(main perlProgram) {
	for _, f := range []struct{ dep, name string }{{"Catalyst", "catalyst"}, {"Catalyst::Runtime", "catalyst"}, {"Mojolicious", "mojolicious"}, {"Dancer2", "dancer2"}, {"Dancer", "dancer"}, {"Plack", "psgi"}} {
		if d, ok := p.dep(f.dep); ok && !(f.name == "psgi" && main.kind != "psgi" && main.kind != "runner") {
			p.find(service.Service{Framework: f.name}, "", d.file, d.line, scan.Declared, "")
			return
		}
	}
	name := map[string]string{"mojo": "mojolicious", "runner": "psgi"}[main.kind]
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
