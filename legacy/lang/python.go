package lang

import (
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Python reads projects of Python 2 and 3: Django, Flask and their kin, Celery and other workers, from the files that
// pip, Pipenv, Poetry and setuptools install by.
func Python() scan.Reader {
	return scan.Reader{Name: "python", Wants: wantsPython, Read: readPython}
}

var pythonManifest = scan.MustCompile(`^(Pipfile|buildout\.cfg|pyproject\.toml|setup\.py|setup\.cfg|runtime\.txt|\.python-version|manage\.py)$`)

func wantsPython(name string) bool {
	base := path.Base(name)
	return pythonSource(base) || pythonManifest.MatchString(base) || requirements.MatchString(base) ||
		base == "uwsgi.ini" || base == "alembic.ini" || strings.HasSuffix(base, ".txt") && path.Base(path.Dir(name)) == "requirements"
}

// pythonSource says whether a file is code: a module, or what Apache, uWSGI or twistd load an application by.
func pythonSource(name string) bool {
	return strings.HasSuffix(name, ".py") || strings.HasSuffix(name, ".wsgi") || strings.HasSuffix(name, ".tac")
}

// pythonProject is one directory that is installed and runs as a whole.
type pythonProject struct {
	t       *scan.Tree
	r       *scan.Report
	dir     string
	dirs    map[string]bool // those of all projects
	files   []string        // its *.py
	deps    *pythonDeps
	sources []*source
	infer   *inference
	web     dependency // the web framework, as framework finds it
	root    string     // where the code is imported from, relative to dir: "." mostly, src sometimes
	port    int        // that the code or a server's configuration binds, 0 where none says so
	portAt  dependency

	used      map[string]dependency // the kinds of needs whose library the code imports, once asked for
	known     bool                  // whether the programs of the package have been looked for
	installed []pythonProgram

	withoutServer bool // whether Django has no module for a server, so that manage.py alone names the settings
}

func readPython(t *scan.Tree, paths []string, r *scan.Report) {
	dirs := pythonDirs(t, paths)
	deps := map[string]*pythonDeps{}
	for _, dir := range sortedSet(dirs) { // what stands above comes first
		deps[dir] = readPythonDeps(t, dir, r)
		if above := owner(dirs, dir); above != "" && len(deps[dir].list) == 0 && len(deps[above].list) > 0 && deps[dir].tool == "setuptools" {
			delete(dirs, dir) // what it runs on is installed from above
		}
	}
	byDir := map[string][]string{}
	for _, name := range paths {
		if dir := owner(dirs, name); dir != "" && pythonSource(name) {
			byDir[dir] = append(byDir[dir], name)
		}
	}
	for _, dir := range sortedSet(dirs) {
		if standIn.MatchString(path.Base(dir)) {
			r.Note(dir, 0, "stands in for another system in tests and development; it was left out")
			continue
		}
		p := &pythonProject{t: t, r: r, dir: dir, dirs: dirs, files: byDir[dir], deps: deps[dir]}
		p.read()
	}
}

// pythonDirs are the directories that hold a project: those with a file of dependencies, and those with a manage.py or
// an application that no such directory is above.
func pythonDirs(t *scan.Tree, paths []string) map[string]bool {
	dirs := map[string]bool{}
	for _, name := range paths {
		dir, base := path.Dir(name), path.Base(name)
		switch {
		case strings.Contains(name, ".egg-info/"):
		case base == "buildout.cfg", base == "Pipfile" || base == "setup.py" && pythonSetup(t, name):
			dirs[dir] = true
		case base == "pyproject.toml" && pythonPyproject(t, name):
			dirs[dir] = true
		case path.Base(dir) == "requirements" && strings.HasSuffix(base, ".txt"):
			dirs[path.Dir(dir)] = true
		case requirements.MatchString(base) && !forDevelopment.MatchString(base) && path.Base(dir) != "requirements" && path.Base(dir) != "etc":
			dirs[dir] = true
		}
	}
	for _, name := range paths {
		switch base := path.Base(name); base {
		case "manage.py", "wsgi.py", "app.py", "main.py", "server.py", "application.py", "bot.py":
			dir := path.Dir(name)
			if base == "wsgi.py" && t.First(path.Dir(dir), "manage.py") != "" {
				dir = path.Dir(dir)
			}
			if owner(dirs, name) == "" {
				dirs[dir] = true
			}
		}
	}
	for _, dir := range sortedSet(dirs) {
		if addsToAbove(t, dirs, dir) {
			delete(dirs, dir)
		}
	}
	return dirs
}

// addsToAbove says whether a directory only says what a deployment of the project above it installs in addition.
func addsToAbove(t *scan.Tree, dirs map[string]bool, dir string) bool {
	above := owner(dirs, dir)
	if above == "" || t.First(above, "manage.py", "wsgi.py", "app.py", "main.py", "server.py", "application.py") == "" ||
		t.First(dir, "Dockerfile", "Procfile", "manage.py", "setup.py", "Pipfile", "pyproject.toml") != "" {
		return false
	}
	main := mainRequirements(t, dir)
	for line := range strings.SplitSeq(t.Text(main, &scan.Report{}), "\n") {
		if m := includeLine.FindStringSubmatch(strings.TrimSpace(line)); m != nil && path.Join(path.Dir(main), m[1]) == path.Join(above, "requirements.txt") {
			return true
		}
	}
	return false
}

// pythonPyproject says whether a pyproject.toml installs something and does not only configure a formatter.
func pythonPyproject(t *scan.Tree, name string) bool {
	data, err := t.Read(name)
	return err == nil && (strings.Contains(string(data), "[tool.poetry") || strings.Contains(string(data), "[project]") || strings.Contains(string(data), "[build-system]"))
}

// pythonSetup says whether a setup.py installs a package; others have a module of that name, too.
func pythonSetup(t *scan.Tree, name string) bool {
	data, err := t.Read(name)
	return err == nil && strings.Contains(string(data), "setup(") && (strings.Contains(string(data), "setuptools") || strings.Contains(string(data), "distutils"))
}

func (p *pythonProject) read() {
	p.readSources()
	if p.buildout() || len(p.files) == 0 && len(p.deps.list) == 0 {
		return
	}
	p.web = p.framework()
	entry := p.entry()
	if p.web.name == "" && makesSite(p.t, p.dir, p.deps) {
		return // the packages make a site of documentation: see Static
	}
	if entry.module == "" && entry.script == "" && !entry.django && (p.web.name == "" && p.beside() || p.besidePages()) {
		return // tools in Python, beside a service in another language
	}
	p.language()
	p.build()
	p.settings()
	p.serve(entry)
	p.workers(entry)
	p.release(entry)
	p.health()
	if !p.lone(entry) {
		p.library(entry)
	}
}

// otherManifests say that the code of a directory is in another language.
var otherManifests = []string{"Gemfile", "pom.xml", "build.gradle", "go.mod", "composer.json", "mix.exs", "cpanfile", "Cargo.toml", "package.json", "CMakeLists.txt", "configure.ac", "configure.in", "build.sbt"}

// besidePages says whether the directory holds pages in PHP, with which what nothing starts is tools.
func (p *pythonProject) besidePages() bool {
	page := p.t.First(p.dir, "index.php", "public/index.php", "web/index.php", "www/index.php", "htdocs/index.php", "www/docs/index.php")
	return page != "" && (p.t.First(p.dir, "composer.json") != "" || includesAbove.MatchString(p.t.Text(page, p.r)))
}

func (p *pythonProject) beside() bool {
	if _, ok := p.deps.find("celery", "rq", "dramatiq", "huey"); ok {
		return false
	}
	return p.t.First(p.dir, otherManifests...) != ""
}

// language says that this is Python, resting on the file of dependencies, and which version and framework.
func (p *pythonProject) language() {
	file, line := "", 1
	switch {
	case len(p.deps.files) > 0:
		file = path.Join(p.dir, p.deps.files[0])
	case len(p.files) > 0:
		file = p.files[0]
	}
	p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Language: "python"}}, file, line, scan.Declared, "")
	pythonVersion(p.t, p.dir, p.deps, p.sources, p.r)
	if f := p.web; f.name != "" {
		rank, note := scan.Declared, ""
		if f.version == "imported" {
			rank, note = scan.Convention, "the code imports it"
		}
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Framework: f.name}}, f.file, f.line, rank, note)
	}
}

// build says what the image installs, and which Debian packages the dependencies want, each with the line that wants them.
func (p *pythonProject) build() {
	if p.deps.tool != "" && len(p.deps.files) > 0 {
		b := &service.Build{Tool: p.deps.tool, Files: p.deps.files}
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Build: b}}, path.Join(p.dir, p.deps.files[0]), 1, scan.Declared, "")
	}
	p.fromGit()
	p.maps()
	done := map[string]bool{}
	for _, dep := range p.deps.list {
		d := pythonDrivers[dep.name]
		if done[dep.name] || len(d.build)+len(d.runtime) == 0 {
			continue
		}
		done[dep.name] = true
		b := &service.Build{Packages: d.build, Runtime: d.runtime}
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Build: b}}, dep.file, dep.line, scan.Convention, dep.name+" wants them")
	}
}

// gitSource is a dependency that is fetched from a git repository, as pip, Poetry, Pipenv and uv write it.
var gitSource = scan.MustCompile(`(?m)^[^#\n]*(?:\bgit\+(?:https?|ssh|git)://|[{,]\s*git\s*=\s*["']\w)|^git\s*=\s*["']\w|^\s*"git":\s*"\w`)

// fromGit says that the installation wants git, which the slim images lack, where any of its files fetches from a repository.
func (p *pythonProject) fromGit() {
	for _, name := range p.deps.files {
		file := path.Join(p.dir, name)
		text := p.t.Text(file, p.r)
		at := gitSource.FindStringIndex(text)
		if at == nil {
			continue
		}
		b := &service.Build{Packages: []string{"git"}}
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Build: b}}, file, 1+strings.Count(text[:at[1]], "\n"), scan.Convention, "a dependency is installed from a git repository")
		return
	}
}

// The names of source that count: how they begin, how they end, and whole ones.
var (
	pythonBegins = strings.Fields("settings config wsgi asgi app celery run worker gunicorn health prod stag")
	pythonEnds   = strings.Fields("config settings app celery")
	pythonNames  = wordSet("conf constants main manage urls task tasks server __init__ views routes status api db database models extensions setup serve start index cli __main__ local base common")
)

// pythonCounts says whether a file of source counts by its name. A list is many times faster than an expression here, and it is
// asked of every file.
func pythonCounts(base string) bool {
	name, source := strings.CutSuffix(strings.ToLower(base), ".py")
	if !source {
		return strings.HasSuffix(name, ".wsgi") || strings.HasSuffix(name, ".tac")
	}
	return pythonNames[name] || slices.ContainsFunc(pythonBegins, func(begin string) bool { return strings.HasPrefix(name, begin) }) ||
		slices.ContainsFunc(pythonEnds, func(end string) bool { return strings.HasSuffix(name, end) })
}

// pythonWords make any other file of source worth reading.
var pythonWords = []string{"Flask(", "FastAPI(", "Celery(", ".route(", "add_route(", "add_resource(", "__main__", "redis", "psycopg2", "MySQLdb", "pymongo", "elasticsearch", "smtplib", "pika", "listen(", "Worker(",
	"environ", "getenv(", "putChild(", "@resource(", "create_app(", "HEALTH", "listenTCP(", "Service(", "__heartbeat__", "BaseSettings", "ServiceMaker(", "everett", "get_credential(", "boto", "dramatiq", "WorkerSettings"}

// maxSources bounds how many files of one project are read, and maxDeep how deep below it.
const (
	maxSources = 400
	maxRead    = 4 * maxSources // files that are looked at for what makes them a source
	maxDeep    = 6
)

// readSources reads the files that can tell something: first those that do by their names, then others as far as the
// bound goes. Tests, migrations and developers' settings are not evidence.
func (p *pythonProject) readSources() {
	order := append([]string{}, p.files...)
	rank, counts := make(map[string]int, len(order)), make(map[string]bool, len(order))
	for _, name := range order {
		rank[name] = strings.Count(relative(p.dir, name), "/")
		if counts[name] = pythonCounts(path.Base(name)); !counts[name] {
			rank[name] += 10
		}
	}
	sort.SliceStable(order, func(a, b int) bool { return rank[order[a]] < rank[order[b]] })
	read := 0
	for _, name := range order {
		if read == maxSources {
			break
		}
		rel := relative(p.dir, name)
		if path.Base(rel) == "setup.py" && (path.Dir(rel) == "." || pythonSetup(p.t, name)) {
			continue
		}
		if p.t.Aside(name) || strings.Count(rel, "/") > maxDeep || notPythonSource.MatchString("/"+rel) && !deployedSettings.MatchString(rel) {
			continue
		}
		data, err := p.t.Read(name)
		if err != nil {
			p.r.Note(name, 0, "%v", err)
			continue
		}
		read++
		text := string(data)
		if counts[name] || hasAny(text, pythonWords...) {
			p.sources = append(p.sources, parseSource(name, text, dialect{python: true}))
		}
	}
	sort.Slice(p.sources, func(a, b int) bool { return p.sources[a].file < p.sources[b].file })
}

// notPythonSource are files of tests, migrations, deployment and tools, and other people's code, unpacked with its version
// in the directory's name. deployedSettings are those among them that configure what is deployed, or are what a server loads.
var deployedSettings = scan.MustCompile(`(?i)^(docker|deploy|deployment)/(?:[\w-]+/)?(?:\w*settings\w*|config|[\w-]+\.conf|production)\.py$|(?:^|/)deploy(?:ment)?/wsgi\.py$`)
var notPythonSource = scan.MustCompile(`(?i)/[\w.+-]*-\d+(\.\d+)+[\w.-]*/|/(migrations|south_migrations|alembic|node_modules|static|locale|management/commands|fabfile|deploy|contrib|(?:build_?|setup_?|deploy_?)?scripts?|tools|vendor|lib/python[^/]*|ansible|puppet|salt|docker)/|` +
	`/(test_[^/]*|[^/]*_tests?|tests?|conftest|fabfile|locustfile|noxfile|tasks_test|run_?tests?|ez_setup|versioneer|distribute_setup)\.py$`)
