package lang

import (
	"path"
	"slices"
	"sort"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Go reads Go code with the standard library's parser: the programs that serve or keep running, the port that they listen
// on, what they call and the variables that they read. Only packages that such a program imports count.
func Go() scan.Reader {
	return scan.Reader{Name: "golang", Wants: wantsGo, Read: readGo}
}

func wantsGo(p string) bool {
	switch path.Base(p) {
	case "go.mod", "Gopkg.toml", "glide.yaml", "Godeps.json", ".go-version":
		return true
	}
	return strings.HasSuffix(p, ".go") && !strings.HasSuffix(p, "_test.go") && !scan.GoAside(p)
}

// goModule is one tree of packages that is built together.
type goModule struct {
	dir      string
	path     string // import path, "" where nothing says it
	version  string
	line     int // of the version
	files    []string
	requires []*modfile.Require
	packages map[string]*goPackage // by directory
	imports  map[string]*goPackage // by import path, as found out
	made     map[*goPackage]*goProgram
}

func readGo(t *scan.Tree, paths []string, r *scan.Report) {
	modules := goModules(t, paths, r)
	for _, m := range modules {
		m.load(t, r)
		m.report(t, r)
	}
}

// goModules finds the modules: one for each go.mod or other list of dependencies. Code that none of them covers comes from
// the time of GOPATH: each program of it stands for itself, those below cmd/ for the directory above.
func goModules(t *scan.Tree, paths []string, r *scan.Report) []*goModule {
	byDir := map[string]*goModule{}
	dirs := map[string]bool{}
	add := func(dir string) *goModule {
		if byDir[dir] == nil {
			byDir[dir] = &goModule{dir: dir, packages: map[string]*goPackage{}, imports: map[string]*goPackage{}, made: map[*goPackage]*goProgram{}}
			dirs[dir] = true
		}
		return byDir[dir]
	}
	for _, p := range paths {
		switch path.Base(p) {
		case "go.mod":
			m := add(path.Dir(p))
			m.readMod(t, p, r)
		case "Gopkg.toml":
			add(path.Dir(p))
		case "glide.yaml":
			add(path.Dir(p)).readPath(t, p, gliderPath, r)
		case "Godeps.json":
			add(path.Dir(path.Dir(p))).readPath(t, p, godepsPath, r)
		}
	}
	for _, p := range paths {
		if strings.HasSuffix(p, ".go") && owner(dirs, p) == "" {
			add(beforeModules(t, p))
		}
	}
	for _, p := range paths {
		if !strings.HasSuffix(p, ".go") {
			continue
		}
		if dir := owner(dirs, p); dir != "" {
			byDir[dir].files = append(byDir[dir].files, p)
		}
	}
	var all []*goModule
	for _, dir := range sortedSet(dirs) {
		all = append(all, byDir[dir])
	}
	return all
}

// beforeModules is the directory that a file of a GOPATH project is built for.
func beforeModules(t *scan.Tree, p string) string {
	dir := path.Dir(p)
	if i := strings.Index("/"+dir+"/", "/cmd/"); i >= 0 {
		return path.Clean("." + ("/" + dir)[:i])
	}
	for d := dir; d != "."; d = path.Dir(d) {
		if t.Has(path.Join(d, "Dockerfile")) {
			return d
		}
	}
	return "."
}

var (
	gliderPath = scan.MustCompile(`(?m)^package:\s*["']?([\w./-]+)`)
	godepsPath = scan.MustCompile(`^\s*\{\s*"ImportPath":\s*"([\w./-]+)"`)
)

// readPath takes the import path from a list of dependencies from before go.mod.
func (m *goModule) readPath(t *scan.Tree, p string, re *scan.Pattern, r *scan.Report) {
	if found := re.FindStringSubmatch(t.Text(p, r)); found != nil && m.path == "" {
		m.path = found[1]
	}
}

// readMod takes path, version and dependencies from go.mod.
func (m *goModule) readMod(t *scan.Tree, p string, r *scan.Report) {
	file, err := modfile.ParseLax(p, []byte(t.Text(p, r)), nil)
	if err != nil {
		r.Note(p, 0, "not understood: %v", err)
		return
	}
	if file.Module != nil {
		m.path = file.Module.Mod.Path
	}
	if file.Go != nil {
		m.version, m.line = file.Go.Version, file.Go.Syntax.Start.Line
	}
	m.requires = file.Require
}

// report turns the module into findings: of each program that runs on, the main process first.
func (m *goModule) report(t *scan.Tree, r *scan.Report) {
	servers, apart := m.programs(), m.withImages(t)
	for _, pkg := range m.mains() {
		if image, own := apart[pkg]; own {
			m.reportApart(t, r, pkg, image)
		}
	}
	servers = slices.DeleteFunc(servers, func(p *goProgram) bool { return apart[m.packages[p.dir]].Home != "" || m.below(p, apart) })
	if len(servers) == 0 {
		if len(apart) == 0 {
			m.reportTool(t, r)
		}
		return
	}
	if own := withoutExamples(servers); len(own) > 0 {
		servers = own
	}
	main := m.mainProgram(servers)
	if mod := path.Join(m.dir, "go.mod"); m.dir == "." && t.Has(mod) {
		r.Find(scan.Finding{Dir: m.dir, App: &service.App{Name: m.binary(m.dir)}}, mod, 1, scan.Convention, "")
	}
	m.reportBuild(t, r, main)
	var images map[string]scan.Evidence
	if len(servers) > 1 {
		images = m.imaged(t)
	}
	for _, p := range servers {
		f := scan.Finding{Dir: m.dir, Process: p.name}
		if p == main {
			f.Process = ""
		}
		m.reportProgram(t, r, p, f)
		if at, alone := images[p.dir]; alone {
			f.Service = service.Service{Command: p.command()}
			if p == main {
				f.Name = p.name
			}
			r.Find(f, at.File, at.Line, scan.Declared, at.Note)
		}
	}
	m.reportMigration(t, r, apart)
}

// reportTool reports the program of a module in which none keeps running: it counts where nothing else does.
func (m *goModule) reportTool(t *scan.Tree, r *scan.Report) {
	if len(m.files) == 0 || !t.Has(path.Join(m.dir, "go.mod")) {
		return
	}
	mains := m.mains()
	if len(mains) == 0 {
		r.Find(scan.Finding{Dir: m.dir, Library: true, Service: service.Service{Language: "go"}}, m.files[0], 1, scan.Guess, "no program here keeps running")
		return
	}
	var all []*goProgram
	for _, pkg := range mains {
		all = append(all, m.program(pkg))
	}
	before := len(r.Findings)
	p := m.mainProgram(all)
	m.reportBuild(t, r, p)
	r.Find(scan.Finding{Dir: m.dir, Service: service.Service{Command: p.command()}}, p.file, p.line, scan.Guess, "the program of the module; nothing says that it keeps running")
	p.reportSettings(r, scan.Finding{Dir: m.dir})
	p.reportNeeds(r, m.dir)
	standAlone(r, before)
}

// reportProgram reports one process: its command and port, and for the main one what the image's code tells.
func (m *goModule) reportProgram(t *scan.Tree, r *scan.Report, p *goProgram, f scan.Finding) {
	c := f
	c.Service = service.Service{Command: p.command()}
	r.Find(c, p.file, p.line, scan.Convention, "the program's name by go build")
	before := len(r.Findings)
	p.reportPort(r, f)
	p.reportUDP(r, f)
	if f.Process != "" {
		b := f
		b.Service = service.Service{Build: &service.Build{Artifact: p.artifact(m.dir)}}
		r.Find(b, p.file, p.line, scan.Declared, "package main")
	} else {
		p.reportFramework(r, f)
		findHealth(r, f.Dir, p.routes())
		p.reportSubcommands(r, f)
		told := slices.ContainsFunc(r.Findings[before:], func(f scan.Finding) bool { return f.Service.Port > 0 })
		p.reportConfig(t, r, f, !told && len(p.listeners()) > 0)
	}
	m.reportFiles(t, r, p, f.Dir)
	p.reportSettings(r, f)
	p.reportNeeds(r, f.Dir)
}

// goProgram is one package main and everything of the module that it imports.
type goProgram struct {
	name  string // of the binary
	dir   string
	file  string // where main stands
	line  int
	facts []*goFile // of all files that it is made of
	scope *goScope

	listened bool
	listen   []listener
}

func (p *goProgram) artifact(module string) string {
	if p.dir == module {
		return "."
	}
	return "./" + relative(module, p.dir)
}

func (m *goModule) mains() []*goPackage {
	var mains []*goPackage
	dirs := make([]string, 0, len(m.packages))
	for dir := range m.packages {
		dirs = append(dirs, dir)
	}
	sort.Strings(dirs)
	for _, dir := range dirs {
		if m.packages[dir].main != nil {
			mains = append(mains, m.packages[dir])
		}
	}
	return mains
}

// programs are the mains that listen or keep running; tools that do their work and end are none.
func (m *goModule) programs() []*goProgram {
	var all []*goProgram
	for _, pkg := range m.mains() {
		p := m.program(pkg)
		if (p.serves() || p.loops(pkg)) && !toolName.MatchString(p.name) {
			all = append(all, p)
		}
	}
	if len(all) > 1 {
		return m.withoutTools(all)
	}
	return all
}

// program is what a main package becomes with all that it imports of the module. It is put together once.
func (m *goModule) program(pkg *goPackage) *goProgram {
	if p := m.made[pkg]; p != nil {
		return p
	}
	p := &goProgram{name: m.binary(pkg.dir), dir: pkg.dir, file: pkg.main.path, line: pkg.main.mainLine}
	for _, dep := range m.reach(pkg) {
		p.facts = append(p.facts, dep.files...)
	}
	p.scope = newGoScope(p.facts)
	m.made[pkg] = p
	return p
}

// toolName recognises programs that come with a service and serve nobody: they write its documentation or code.
var toolName = scan.MustCompile(`(?i)(^|[-_])(cli-?)?docs?(-?gen)?$|^(gen|generate|codegen|mkdocs|gendocs|docgen|schemagen)([-_]|$)|[-_](gen|generator|codegen|lint|bench|benchmark)$`)

var exampleName = scan.MustCompile(`(?i)(^|[-_])(examples?|samples?|demo)([-_]|$)`)

// withoutExamples leaves out programs that show how the others are used.
func withoutExamples(all []*goProgram) []*goProgram {
	var kept []*goProgram
	for _, p := range all {
		if !exampleName.MatchString(p.name) {
			kept = append(kept, p)
		}
	}
	return kept
}

var majorVersion = scan.MustCompile(`^v\d+$`)

// binary is what go build calls the program of a directory, or of the one above it where its own name says only that a
// program is there: emoji/cmd.
func (m *goModule) binary(dir string) string {
	if path.Base(dir) == "cmd" && dir != m.dir && path.Dir(dir) != m.dir {
		dir = path.Dir(dir)
	}
	name := path.Base(dir)
	if dir == m.dir && m.path != "" {
		name = path.Base(m.path)
		if majorVersion.MatchString(name) {
			name = path.Base(path.Dir(m.path))
		}
	}
	name = strings.TrimSuffix(name, ".go")
	if name == "." || name == "/" || name == "" {
		return "app"
	}
	return name
}

var serverName = scan.MustCompile(`(?i)^(server|serve|api|web|http|httpd|app|main|backend|service|svc)$|(server|svc|service|api|web|d)$`)

// frontProgram are names of programs that stand before the others.
var frontProgram = scan.MustCompile(`(?i)(^|[-_])(web|www|frontend|gateway)$`)

// mainProgram is the one that serves where there are several: named like the module, at its root, or a server by name, the
// one before the others first.
func (m *goModule) mainProgram(all []*goProgram) *goProgram {
	best, most := all[0], -1
	own := m.binary(m.dir)
	for _, p := range all {
		score := 0
		if p.serves() {
			score += 8
		}
		if p.name == own || p.dir == m.dir {
			score += 4
		}
		if serverName.MatchString(p.name) {
			score += 2
		}
		if frontProgram.MatchString(p.name) {
			score++
		}
		if score > most {
			best, most = p, score
		}
	}
	return best
}
