package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Erlang reads projects of rebar and rebar3 that make a release, the applications below them as one service.
func Erlang() scan.Reader {
	return scan.Reader{Name: "erlang", Wants: erlangFile.MatchString, Read: readErlang}
}

var (
	erlangFile = scan.MustCompile(`(^|/)(rebar\.(config|lock)|relx\.config|reltool\.config|\.tool-versions|\.preferred_otp_version|\.travis\.yml)$|\.(erl|app\.src|schema)$|(^|/)(sys|app|vm)\.(config|args)(\.src)?$`)
	// fetchedErlang are directories that rebar writes.
	fetchedErlang = scan.MustCompile(`(^|/)(_build|deps|_checkouts|ebin)/`)
)

// erlangProject is a directory with a rebar.config that makes a release.
type erlangProject struct {
	t       *scan.Tree
	r       *scan.Report
	dir     string
	file    string
	text    string
	deps    []dependency
	sources []string // modules
	apps    []string // *.app.src
	configs []string // sys.config and its kin
	schemas []string // of Cuttlefish's, which makes the former of a file of settings
	args    []string // vm.args
	inf     *inference
	told    map[string]bool // settings that a variable takes the place of
}

func readErlang(t *scan.Tree, paths []string, r *scan.Report) {
	byDir, dirs := map[string]*erlangProject{}, map[string]bool{}
	for _, p := range paths {
		if dir := path.Dir(p); path.Base(p) == "rebar.config" && !fetchedErlang.MatchString(p) && !t.Aside(p) && !t.Has(path.Join(dir, "mix.exs")) {
			dirs[dir] = true
		}
	}
	for _, dir := range sortedSet(dirs) {
		if dir != "." && owner(dirs, dir) != "" {
			delete(dirs, dir) // an application of the project above
			continue
		}
		p := path.Join(dir, "rebar.config")
		text := erlangCode(t.Text(p, r))
		byDir[dir] = &erlangProject{t: t, r: r, dir: dir, file: p, text: text, deps: erlangDeps(p, text), told: map[string]bool{}}
	}
	for _, p := range paths {
		e := byDir[owner(dirs, p)]
		if e == nil || fetchedErlang.MatchString(p) || t.Aside(p) {
			continue
		}
		switch base := path.Base(p); {
		case strings.HasSuffix(base, ".erl"):
			e.sources = append(e.sources, p)
		case strings.HasSuffix(base, ".schema"):
			e.schemas = append(e.schemas, p)
		case strings.HasSuffix(base, ".app.src"):
			e.apps = append(e.apps, p)
		case strings.HasPrefix(base, "vm.args"):
			e.args = append(e.args, p)
		case base == "rebar.config" && path.Dir(p) != e.dir:
			e.deps = append(e.deps, erlangDeps(p, erlangCode(t.Text(p, r)))...)
		case strings.HasPrefix(base, "sys.config"), strings.HasPrefix(base, "app.config"):
			if _, skip := environmentOf(path.Base(path.Dir(p)) + "." + base); !skip {
				e.configs = append(e.configs, p)
			}
		}
	}
	for _, dir := range sortedSet(dirs) {
		byDir[dir].report()
	}
}

var erlangComment = scan.MustCompile(`(?m)^[ \t]*%.*$|[ \t]%+ .*$`)

// erlangCode leaves comments out.
func erlangCode(text string) string { return erlangComment.ReplaceAllString(text, "") }

var (
	erlangDepsOf = scan.MustCompile(`(?s)\{\s*deps\s*,\s*\[(.*?)\]\s*\}`)
	// erlangDep is one dependency in any of its forms: name, {name, "1.0"}, {name, {git, "...", {tag, "1.0"}}}.
	erlangDep     = scan.MustCompile(`\{\s*([a-z]\w*)\s*,\s*(?:"([^"]*)"|[^{}]*(?:\{[^{}]*(?:\{[^{}]*\})?[^{}]*\})?[^{}]*)\s*\}|(?:^|[,\s])([a-z]\w*)\s*(?:,|$)`)
	erlangRelease = scan.MustCompile(`\{\s*release\s*,\s*\{\s*'?([a-z]\w*)'?\s*,`)
	erlangProfile = scan.MustCompile(`(?s)\{\s*profiles\s*,.*?\{\s*(prod|production)\s*,`)
	reltoolTarget = scan.MustCompile(`\{\s*rel\s*,\s*"([a-z]\w*)"`)
)

// erlangDeps are the dependencies of a rebar.config; those of profiles for tests stand in a list of their own.
func erlangDeps(file, text string) []dependency {
	all := scan.Find(text, erlangDepsOf)
	if len(all) == 0 {
		return nil
	}
	own := all[0]
	if before, _, ok := strings.Cut(text, "{profiles"); ok && own.Line > 1+strings.Count(before, "\n") {
		return nil
	}
	var deps []dependency
	for _, m := range findSome(own.Groups[1], erlangDep) {
		deps = append(deps, dependency{m.Groups[1] + m.Groups[3], m.Groups[2], file, own.Line + m.Line - 1})
	}
	return deps
}

func (e *erlangProject) find(s service.Service, file string, line int, rank scan.Rank, why string) {
	e.r.Find(scan.Finding{Dir: e.dir, Service: s}, file, max(line, 1), rank, why)
}

// release is the name of the release, with the file that names it: relx makes it in rebar3, reltool made it in rebar 2.
func (e *erlangProject) release() (name, file string, line int, relx bool) {
	for _, f := range []string{e.file, path.Join(e.dir, "relx.config")} {
		if !e.t.Has(f) {
			continue
		}
		text := erlangCode(e.t.Text(f, e.r))
		if m := erlangRelease.FindStringSubmatch(text); m != nil {
			return m[1], f, scan.LineOf(text, erlangRelease), true
		}
	}
	if f := e.t.First(e.dir, "rel/reltool.config", "reltool.config"); f != "" {
		text := erlangCode(e.t.Text(f, e.r))
		if m := reltoolTarget.FindStringSubmatch(text); m != nil {
			return m[1], f, scan.LineOf(text, reltoolTarget), false
		}
	}
	return "", "", 0, false
}

func (e *erlangProject) report() {
	name, file, line, relx := e.release()
	if name == "" && e.t.First(e.dir, "Procfile", "Dockerfile") == "" {
		e.r.Find(scan.Finding{Dir: e.dir, Library: true, Service: service.Service{Language: "erlang"}}, e.file, 1, scan.Declared, "no release in rebar.config")
		return
	}
	e.find(service.Service{Language: "erlang"}, e.file, 1, scan.Declared, "")
	e.reportVersion()
	e.reportFramework()
	if name != "" {
		if e.dir == "." {
			e.r.Find(scan.Finding{Dir: ".", App: &service.App{Name: name}}, file, line, scan.Convention, "")
		}
		e.find(service.Service{Command: []string{"/app/bin/" + name, "foreground"}}, file, line, scan.Convention, "the release that rebar makes")
	}
	if name != "" && !relx {
		e.r.Note(file, line, "reltool made the release in rebar 2; rebar3 wants a section relx in rebar.config: {relx, [{release, {%s, \"1.0.0\"}, [%s]}]}", name, name)
	}
	b := &service.Build{Tool: "rebar3", Artifact: name}
	for _, f := range []string{"rebar.config", "rebar.lock"} {
		if e.t.Has(path.Join(e.dir, f)) {
			b.Files = append(b.Files, f)
		}
	}
	if m := erlangProfile.FindStringSubmatch(e.text); m != nil {
		b.Command = []string{"rebar3", "as", m[1], "release"}
	}
	e.find(service.Service{Build: b}, e.file, 1, scan.Declared, "")
	e.reportPort()
	e.reportSettings()
}

// erlangServers are packages that answer requests.
var erlangServers = []string{"cowboy", "elli", "mochiweb", "webmachine", "yaws", "misultin", "n2o", "nitrogen_core", "boss", "zotonic"}

func (e *erlangProject) reportFramework() {
	for _, name := range erlangServers {
		for _, d := range e.deps {
			if d.name == name {
				e.find(service.Service{Framework: strings.TrimSuffix(name, "_core")}, d.file, d.line, scan.Declared, "")
				return
			}
		}
	}
}

// Where a project says for which OTP it is.
var erlangVersions = []struct {
	file string
	re   interface {
		FindAllStringSubmatchIndex(string, int) [][]int
	}
	rank scan.Rank
}{
	{".tool-versions", scan.MustCompile(`(?m)^\s*erlang\s+(\d+(?:\.\d+)*)`), scan.Declared},
	{".preferred_otp_version", scan.MustCompile(`^OTP-R?(\d+(?:\.\d+)*)`), scan.Declared},
	{"rebar.config", scan.MustCompile(`\{\s*(?:minimum|require)_otp_vsn\s*,\s*"R?(\d+(?:\.\d+)*)`), scan.Convention},
	{".travis.yml", scan.MustCompile(`(?ms)^otp_release:\s*(?:\n\s*-\s*)?["']?R?(\d+(?:\.\d+)*)`), scan.Guess},
}

func (e *erlangProject) reportVersion() {
	for _, v := range erlangVersions {
		if p := path.Join(e.dir, v.file); e.t.Has(p) {
			for _, m := range scan.Find(e.t.Text(p, e.r), v.re) {
				e.find(service.Service{Version: m.Groups[1]}, p, m.Line, v.rank, "")
				break
			}
		}
	}
}
