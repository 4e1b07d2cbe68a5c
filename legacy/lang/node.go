package lang

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Node reads packages of npm, Yarn, pnpm and Bun: servers of Express, Koa, Hapi and their kin, workers, and the front ends that are
// built to static files.
func Node() scan.Reader {
	return scan.Reader{Name: "node", Wants: wantsNode, Read: readNode}
}

var nodeSource = scan.MustCompile(`\.(js|mjs|cjs|ts|jsx|tsx)$`)

func wantsNode(name string) bool {
	switch path.Ext(name) { // before the patterns, which take their time on a big tree
	case ".js", ".mjs", ".cjs", ".ts", ".jsx", ".tsx", ".coffee":
		return true
	case ".json", ".json5":
		if path.Base(name) == ".awsbox.json" {
			return true
		}
		return path.Base(name) == "package.json" || configJSON.MatchString(name)
	}
	return path.Base(name) == "packages" && strings.HasSuffix(name, meteorPackages) || nodeYAML.MatchString(name)
}

// configJSON are files of configuration, by their directory or name.
var configJSON = scan.MustCompile(`(^|/)(config|conf|configs|settings|etc)/[\w.-]+\.json5?$|(^|/)(config|settings|configuration|env|local\.config|app\.config)([.-]\w+)?\.json$`)

// nodeProject is one package that runs or is built by itself.
type nodeProject struct {
	t        *scan.Tree
	r        *scan.Report
	dir      string
	pkg      *nodePackage
	files    []string // its sources
	configs  []string // its configuration in JSON
	coffee   []string // its sources in CoffeeScript
	sources  []*source
	answered []route // what findRoutes found, and one more
	infer    *inference
	values   []setting       // everything that configuration says, for names that code looks up there
	valueAt  []string        // the file of each
	envRead  map[string]bool // the variables that the code reads, as plainKey has them
	joined   bool            // the sources hold those of another member of the workspace, which serves
	called   string          // the name of what serves, by which configuration for several programs calls its part
}

func readNode(t *scan.Tree, paths []string, r *scan.Report) {
	dirs := map[string]bool{}
	for _, name := range paths {
		if path.Base(name) == "package.json" && (!notNodeSource.MatchString("/"+name) || rendersPages(t, name) || besideServer(t, name, r)) {
			dirs[path.Dir(name)] = true
		}
	}
	for _, name := range paths {
		if path.Base(name) == "package.json" && !dirs[path.Dir(name)] {
			noteForBrowsers(t, name, r)
		}
	}
	meteor := meteorDirs(paths)
	for _, dir := range sortedSet(meteor) {
		readMeteor(t, dir, r)
		delete(dirs, dir)
	}
	for _, dir := range sortedSet(dirs) {
		if standIn.MatchString(path.Base(dir)) {
			r.Note(path.Join(dir, "package.json"), 1, "stands in for another system in tests and development; it was left out")
			delete(dirs, dir)
		}
	}
	apps, one := map[string][]oneOfMany{}, map[string]oneOfMany{}
	for _, dir := range sortedSet(dirs) {
		apps[dir] = applications(t, dir)
		for _, a := range apps[dir] {
			dirs[a.dir], one[a.dir] = true, a
		}
	}
	byDir := map[string][]string{}
	for _, name := range paths {
		if dir := owner(dirs, name); dir != "" && path.Base(name) != "package.json" {
			byDir[dir] = append(byDir[dir], name)
		}
	}
	for _, dir := range sortedSet(dirs) {
		app, isOne := one[dir]
		pkg := readNodePackage(t, path.Join(cmp.Or(app.root, dir), "package.json"), r)
		if pkg == nil || startsOneOf(apps[dir], pkg) {
			continue
		}
		p := &nodeProject{t: t, r: r, dir: dir, pkg: pkg}
		for _, f := range byDir[dir] {
			switch {
			case nodeSource.MatchString(f):
				p.files = append(p.files, f)
			case path.Ext(f) == ".coffee":
				p.coffee = append(p.coffee, f)
			default:
				p.configs = append(p.configs, f)
			}
		}
		if isOne {
			p.application(app)
			continue
		}
		before := len(r.Findings)
		p.read()
		if image := workspaceImage(t, dirs, dir); image != "" && len(r.Findings) > before {
			r.Note(pkg.file, 1, "a part of the workspace that %s builds as a whole: what it tells counts there", image)
			r.Findings = append(r.Findings[:before], inImageOf(image, append([]scan.Finding(nil), r.Findings[before:]...))...)
		}
	}
}

func (p *nodeProject) read() {
	image, published := p.partOf()
	if published {
		defer func(from int) { standAlone(p.r, from) }(len(p.r.Findings))
	}
	if image != "" {
		p.r.Find(scan.Finding{Dir: p.dir, Library: true}, p.pkg.file, 1, scan.Convention, "a package to install, which "+image+" puts into its image")
		return
	}
	if tool, out := p.exported(); tool != "" && p.pkg.Scripts["build"] != "" {
		p.reportSite(tool, "build", out)
		return
	}
	start := p.start()
	if p.published(start) {
		return
	}
	if start.dev || len(start.command) == 0 {
		// What serves, rather than what starts it with all its friends on one machine.
		if other := p.bunEntry(); len(other.command) > 0 {
			start = other
		} else if other := p.entry(); len(other.command) > 0 {
			start = other
		}
	}
	if p.onlyTools(start) {
		return
	}
	if p.showsItself(start) {
		p.library()
		return
	}
	if p.startsOther() || p.startsMember(start) || p.startsElsewhere() || p.besidePages(start) {
		return
	}
	if start.dev || len(start.command) == 0 {
		if served := p.executables(); len(served) > 0 {
			p.readSources(served[0].file)
			p.server(served[0])
			if main := nameOf(served[0]); main != "server" && main != "www" { // one of several that have names of their own
				p.r.Find(scan.Finding{Dir: p.dir, Name: main}, served[0].file, 1, scan.Convention, "")
			}
			p.beside(served[1:])
			return
		}
	}
	if len(start.command) == 0 {
		start = p.meta()
	}
	p.readSources(start.file)
	p.joinServer()
	switch {
	case len(start.command) > 0:
		before := len(p.r.Findings)
		p.server(start)
		p.besideEntry(start)
		if p.asksPeople() {
			standAlone(p.r, before)
		}
	case p.unserved(), p.staticSite():
	case p.mainAlone():
	case p.servedSomehow():
	default:
		p.library()
	}
}

// onlyTools says whether the package holds tools for code in another language: nothing of it serves.
func (p *nodeProject) onlyTools(start nodeStart) bool {
	if start.file != "" && p.t.Has(start.file) || p.t.First(p.dir, append([]string{"requirements.txt", "Pipfile", "setup.py", "manage.py", "pyproject.toml"}, otherManifests[:8]...)...) == "" {
		return false
	}
	return p.framework() == ""
}

// servedSomehow reports what is known of a package with a server that a Dockerfile beside it starts in a way that is not
// understood.
func (p *nodeProject) servedSomehow() bool {
	if p.t.First(p.dir, "Dockerfile", "Procfile") == "" || p.mayBeLibrary() || p.framework() == "" && !p.joined {
		return false
	}
	p.language("")
	p.settings()
	p.port(nodeStart{})
	p.infer.reportVariables()
	p.infer.report()
	p.health()
	return true
}

// server reports everything about a package that runs.
func (p *nodeProject) server(start nodeStart) {
	p.called = strings.TrimSuffix(path.Base(start.file), path.Ext(start.file))
	p.language("")
	p.build(start)
	p.settings()
	p.port(start)
	p.protocol()
	p.command(start)
	p.processes(start)
	p.scripts()
	p.infer.reportVariables()
	p.infer.report()
	p.health()
}

// nodeFrameworks are the web frameworks in the order in which they count: what builds upon another stands before it.
var nodeFrameworks = []struct{ dep, name string }{
	{"next", "next"}, {"nuxt", "nuxt"}, {"@nestjs/core", "nest"}, {"sails", "sails"}, {"loopback", "loopback"}, {"@loopback/rest", "loopback"}, {"strapi", "strapi"}, {"feathers", "feathers"},
	{"@feathersjs/feathers", "feathers"}, {"keystone", "keystone"}, {"@adonisjs/framework", "adonis"}, {"@adonisjs/core", "adonis"}, {"egg", "egg"}, {"fastify", "fastify"}, {"@hapi/hapi", "hapi"}, {"hapi", "hapi"}, {"koa", "koa"}, {"restify", "restify"}, {"express", "express"},
	{"elysia", "elysia"}, {"hono", "hono"}, {"polka", "polka"}, {"micro", "micro"}, {"connect", "connect"}, {"hubot", "hubot"}, {"socket.io", "socket.io"},
}

// framework is the first of them that production installs, "" for none.
func (p *nodeProject) framework() string {
	for _, f := range nodeFrameworks {
		if _, ok := p.pkg.find(f.dep); ok {
			return f.name
		}
	}
	return ""
}

// language says that this is Node, its version, and the framework. framework is given for what is known already.
func (p *nodeProject) language(framework string) {
	p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Language: "node"}}, p.pkg.file, 1, scan.Declared, "")
	p.version()
	if framework != "" {
		return
	}
	for _, f := range nodeFrameworks {
		if dep, ok := p.pkg.find(f.dep); ok {
			p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Framework: f.name}}, dep.file, dep.line, scan.Declared, "")
			return
		}
	}
	p.wrappedFramework()
}

// lockFiles lead to the tool that wrote them.
var lockFiles = []struct{ file, tool string }{
	{"yarn.lock", "yarn"}, {"pnpm-lock.yaml", "pnpm"}, {"package-lock.json", "npm"}, {"npm-shrinkwrap.json", "npm"}, {"bun.lock", "bun"}, {"bun.lockb", "bun"},
}

func (p *nodeProject) tool() (tool string, files []string) {
	tool, files = "npm", []string{"package.json"}
	if bunManager.MatchString(p.pkg.text) {
		if lock := p.t.First(p.dir, "bun.lock", "bun.lockb"); lock != "" {
			files = append(files, path.Base(lock))
		}
		return "bun", files
	}
	for _, l := range lockFiles {
		if p.t.First(p.dir, l.file) == "" || l.tool == "yarn" && p.t.First(p.dir, "package-lock.json") != "" && p.staleLock() != "" {
			continue // of two lock files the one that was forgotten
		}
		return l.tool, append(files, l.file)
	}
	return tool, files
}

// build says what the image installs and builds.
func (p *nodeProject) build(start nodeStart) {
	if root, members := p.workspace(); root != "" {
		p.buildWorkspace(root, members, start)
		return
	}
	tool, files := p.tool()
	p.install(tool, files)
	if script := p.buildScript(start); script != "" {
		b := &service.Build{Command: runScript(tool, script)}
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Build: b}}, p.pkg.file, p.pkg.scriptLine(script), scan.Declared, "")
		return
	}
	p.unmade(start)
}

// install says what the image installs.
func (p *nodeProject) install(tool string, files []string) {
	yarnLock, npmLock := path.Join(p.dir, "yarn.lock"), path.Join(p.dir, "package-lock.json")
	if stale := p.staleLock(); stale != "" && tool == "npm" {
		p.r.Note(yarnLock, 1, "was forgotten, it knows no %s: npm was taken, by package-lock.json, and this one should go", stale)
	} else if stale != "" && tool == "yarn" {
		p.r.Note(yarnLock, 1, "knows no %s, which package.json asks for: the image is not built before yarn install was run, and the file committed", stale)
	} else if tool == "yarn" && p.t.Has(npmLock) {
		p.r.Note(npmLock, 1, "there is a yarn.lock, too: Yarn was taken, and one of the two should go")
	}
	if f := p.t.First(p.dir, ".npmrc"); f != "" {
		files = append(files, ".npmrc")
	}
	last := path.Join(p.dir, files[len(files)-1])
	if tool == "yarn" {
		files = append(files, yarnFiles(p.t, p.dir)...)
	}
	if p.installsMore() {
		files = append(files, ".")
	}
	p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Build: &service.Build{Tool: tool, Files: files}}}, last, 1, scan.Declared, "")
	p.debianPackages()
}

func (p *nodeProject) debianPackages() {
	for _, dep := range p.pkg.deps {
		d := nodeDrivers[dep.name]
		if len(d.build)+len(d.runtime) > 0 {
			b := &service.Build{Packages: d.build, Runtime: d.runtime}
			p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Build: b}}, dep.file, dep.line, scan.Convention, dep.name+" wants them")
		}
		if strings.HasPrefix(dep.version, "git") || githubShort.MatchString(dep.version) {
			b := &service.Build{Packages: []string{"git"}}
			p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Build: b}}, dep.file, dep.line, scan.Convention, dep.name+" is installed from a git repository")
		}
	}
}

var githubShort = scan.MustCompile(`^[\w-]+/[\w.-]+(#.*)?$`)

// buildScript is the script that has to run before the start command finds its files, "" where there is none.
func (p *nodeProject) buildScript(start nodeStart) string {
	for _, name := range []string{"heroku-postbuild", "build:prod", "build:production", "build", "compile"} {
		if p.pkg.Scripts[name] == "" {
			continue
		}
		needed := start.built || start.file != "" && !p.t.Has(start.file) || name == "heroku-postbuild"
		for _, tool := range []string{"webpack", "@angular/cli", "react-scripts", "vite", "parcel", "parcel-bundler", "gulp", "grunt", "browserify", "laravel-mix", "rollup", "next", "nuxt", "typescript", "babel-cli", "@babel/cli"} {
			needed = needed || p.pkg.all[tool] != ""
		}
		if needed {
			return name
		}
	}
	hook := "pre" + start.script
	if text := p.pkg.Scripts[hook]; compiler.MatchString(text) || text != "" && start.file != "" && !p.t.Has(start.file) {
		return hook
	}
	return ""
}

// compiler is a program that makes what runs: what lies in the repository of its output is as old as somebody left it.
var compiler = scan.MustCompile(`(?:^|[\s/;&|])(?:tsc|babel|webpack|rollup|esbuild|swc|coffee)(?:\s|$)`)

func (p *nodeProject) command(start nodeStart) {
	env := map[string]string{"NODE_ENV": "production"}
	p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Env: env}}, p.pkg.file, 1, scan.Convention, "what Node's libraries want in production")
	for _, name := range slices.Sorted(maps.Keys(start.env)) {
		value := start.env[name]
		if name == "NODE_ENV" || scan.SecretName(name) || foreignVariables.MatchString(name) || strings.ContainsAny(value, "$`") {
			continue
		}
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Env: map[string]string{name: value}}}, p.pkg.file, start.line, scan.Declared, "")
	}
	file := p.pkg.file
	if start.fromFile {
		file = start.file
	}
	if start.from != "" {
		file = start.from
	}
	p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Command: start.command}}, file, start.line, start.rank, start.note)
}

// library says so of a package that is made to be installed by others.
func (p *nodeProject) library() {
	if p.pkg.Private && (p.pkg.Main == "" || !p.pkg.hasFiles) || p.pkg.hasBin || p.pkg.Main == "" && !p.pkg.hasFiles || p.t.First(p.dir, append([]string{"Dockerfile", "Procfile", "docker-compose.yml"}, otherManifests[:8]...)...) != "" {
		return
	}
	p.r.Find(scan.Finding{Dir: p.dir, Library: true}, p.pkg.file, 1, scan.Convention, "a package to install; nothing in it runs")
}
