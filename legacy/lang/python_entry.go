package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// pythonEntry is what a server has to load, or the script that serves by itself.
type pythonEntry struct {
	module  string   // shop.wsgi, app:app, "app:create_app()"; "" for a script
	script  string   // relative to the project, "" for a module
	program []string // how a program of the package is started, whose name is script then; nil for a script
	asgi    bool
	django  bool
	root    string // directory that modules are imported from, relative to the project
	manage  string // manage.py, relative to the project; "" where there is none
	file    string
	line    int
	rank    scan.Rank
}

// entry finds what production loads.
func (p *pythonProject) entry() pythonEntry {
	if e := p.djangoEntry(); e.module != "" {
		return e
	} else if e.django {
		app := p.appEntry()
		if app.module == "" && e.manage != "" {
			return p.withoutWSGI(e)
		}
		app.django, app.manage = true, e.manage
		return app
	}
	e := p.appEntry()
	if e.module == "" {
		e = p.factoryEntry()
	}
	if e.module != "" {
		if own := p.programEntry(); own.program != nil && p.servesWell(own) {
			return own
		}
		return e
	}
	if e := p.busEntry(); e.program != nil {
		return e
	}
	if ini, _ := p.pasteSettings(); ini == "" {
		if e := p.programEntry(); e.program != nil {
			return e
		}
	}
	return p.scriptEntry()
}

// module says whether the file can be imported.
func (s *source) module() bool { return strings.HasSuffix(s.file, ".py") }

// locate gives the directory that a file is imported from, relative to the project, and its module's name.
func (p *pythonProject) locate(file string) (root, module string) {
	dir := path.Dir(file)
	parts := []string{strings.TrimSuffix(path.Base(file), ".py")}
	if parts[0] == "__init__" {
		parts = nil
	}
	for dir != p.dir && dir != "." && p.t.First(dir, "__init__.py") != "" {
		parts = append([]string{path.Base(dir)}, parts...)
		dir = path.Dir(dir)
	}
	return relativeDir(p.dir, dir), strings.Join(parts, ".")
}

func relativeDir(dir, below string) string {
	if below == dir {
		return "."
	}
	return relative(dir, below)
}

func (p *pythonProject) djangoEntry() pythonEntry {
	e := pythonEntry{root: ".", rank: scan.Convention}
	best := -1
	for _, f := range p.files {
		depth := strings.Count(f, "/")
		if path.Base(f) != "manage.py" || p.t.Aside(f) || notPythonSource.MatchString("/"+relative(p.dir, f)) || best >= 0 && depth >= best {
			continue
		}
		data, err := p.t.Read(f)
		if err == nil && strings.Contains(strings.ToLower(string(data)), "django") {
			best = depth
			e.django, e.manage, e.root = true, relative(p.dir, f), relativeDir(p.dir, path.Dir(f))
			e.file, e.line = f, 1
		}
	}
	_, asgi := p.deps.find("daphne", "uvicorn", "hypercorn")
	for _, s := range p.sources {
		if _, skip := environmentOf(s.file); skip && settingsFile.MatchString(s.file) {
			continue
		}
		for _, set := range s.settings {
			text, _ := set.v.literal()
			module := text[:max(0, strings.LastIndexByte(text, '.'))]
			if set.name == "WSGI_APPLICATION" && module != "" && (!asgi || e.module == "") {
				e.root, e.module = p.importable(e.root, module)
				e.asgi, e.file, e.line, e.django = false, s.file, set.v.line, true
			}
			if set.name == "ASGI_APPLICATION" && module != "" && asgi {
				e.module, e.asgi, e.file, e.line, e.django = module+":"+text[len(module)+1:], true, s.file, set.v.line, true
			}
		}
	}
	if e.module != "" {
		return e
	}
	for _, s := range p.sources {
		if path.Base(s.file) != "wsgi.py" && path.Base(s.file) != "asgi.py" || !strings.Contains(s.text, "django") {
			continue
		}
		_, module := p.locate(s.file)
		if module != "" && (path.Base(s.file) == "asgi.py") == asgi {
			e.module, e.asgi, e.file, e.line, e.django = module, asgi, s.file, 1, true
			return e
		}
	}
	return e
}

// importable is the module as it can be imported from the project's own directories. Settings may name it from a
// directory that they put on the path themselves.
func (p *pythonProject) importable(root, module string) (string, string) {
	file := strings.ReplaceAll(module, ".", "/") + ".py"
	if p.t.First(path.Join(p.dir, root), file) != "" {
		return root, module
	}
	for _, f := range p.files {
		if strings.HasSuffix(f, "/"+file) && !p.t.Aside(f) {
			return p.locate(f)
		}
	}
	return root, module
}

// withoutWSGI is what production loads of a Django project that has no module for a server, as those have that Apache ran
// from a file of its own.
func (p *pythonProject) withoutWSGI(e pythonEntry) pythonEntry {
	e.module = "django.core.wsgi:get_wsgi_application()"
	if dep, ok := p.deps.find("django"); ok && beforeDjango14.MatchString(dep.version) {
		e.module = "django.core.handlers.wsgi:WSGIHandler()"
	}
	e.rank = scan.Guess
	p.withoutServer = true
	return e
}

var beforeDjango14 = scan.MustCompile(`^[=<~ ]*(?:0\.|1\.[0-3](?:\.|$))`)

// makesApp are the calls whose result a server can load; true for those that want an asynchronous one.
var makesApp = map[string]bool{"Flask": false, "flask.Flask": false, "create_app": false, "make_app": false, "create_application": false, "get_app": false, "bottle.Bottle": false, "Bottle": false, "bottle.default_app": false, "default_app": false,
	"falcon.API": false, "falcon.App": false, "connexion.App": false, "connexion.FlaskApp": false, "FlaskApp": false, "FlaskAPI": false, "config.make_wsgi_app": false, ".make_wsgi_app": false, "get_wsgi_application": false, "WSGIHandler": false, "django.core.handlers.wsgi.WSGIHandler": false, "get_wsgi_app": false,
	"FastAPI": true, "fastapi.FastAPI": true, "Starlette": true, "Quart": true, "quart.Quart": true, "get_asgi_application": true, "Litestar": true, "FastHTML": true, "fast_app": true}

// appNames orders the files in which an application stands: one that is there for the server first.
var appNames = []string{"wsgi", "application", "asgi", "app", "main", "server", "api", "index", "run", "manage", "__init__", ""}

func appRank(file string) int {
	base := strings.TrimSuffix(path.Base(file), ".py")
	for i, n := range appNames {
		if base == n || n == "" {
			return 100*i + strings.Count(file, "/")
		}
	}
	return 0
}

var importsApp = scan.MustCompile(`(?m)^from[ \t]+[\w.]+[ \t]+import[ \t][^\n#]*\b(application|app)\b`)

// appEntry finds an application that stands at the top level of a module.
func (p *pythonProject) appEntry() pythonEntry {
	var best pythonEntry
	rank, named := 1<<30, p.flaskApp()
	take := func(s *source, name string, line int, asgi bool) {
		n := appRank(s.file)
		if relative(p.dir, s.file) == named {
			n = -1
		}
		if n < rank {
			root, module := p.locate(s.file)
			if module == "" {
				module = path.Base(path.Dir(s.file))
			}
			rank, best = n, pythonEntry{module: module + ":" + name, asgi: asgi, root: root, file: s.file, line: line, rank: scan.Convention}
		}
	}
	asgiHere := p.asgiFramework()
	for _, s := range p.sources {
		if path.Base(s.file) == "setup.py" || !s.module() || startsWorker.MatchString(s.text) || pushesContext.MatchString(s.text) && importsCelery.MatchString(s.text) {
			continue
		}
		for _, set := range s.settings {
			asgi, ok := makesApp[set.v.text]
			if !ok && set.v.kind == valCall && set.indent == 0 && (set.name == "app" || set.name == "application") {
				asgi, ok = p.ownApp(s.text, set.v.text)
			}
			if ok && set.v.kind == valCall && (set.indent == 0 || importedMakes(s.text, set.name)) && set.class == "" && !strings.Contains(set.name, ".") {
				take(s, set.name, set.v.line, asgi || asgiHere)
			} else if base := path.Base(s.file); set.v.kind == valCall && set.name == "application" && set.indent == 0 && (base == "wsgi.py" || base == "asgi.py") {
				take(s, set.name, set.v.line, base == "asgi.py" || asgiHere)
			}
		}
		if base := path.Base(s.file); base == "wsgi.py" || base == "asgi.py" {
			if m := scan.Find(s.text, importsApp); len(m) > 0 {
				name := m[0].Groups[1]
				if strings.Contains(m[0].Groups[0], "as application") {
					name = "application"
				}
				take(s, name, m[0].Line, asgiHere)
			}
		}
	}
	return best
}

var flaskApp = scan.MustCompile(`(?m)^\s*(?:export\s+)?FLASK_APP\s*=\s*["']?(?:\./)?([\w/.-]+\.py)\b`)

// flaskApp is the file that Flask's own variable names as the application, "" where nothing does.
func (p *pythonProject) flaskApp() string {
	for _, name := range []string{".flaskenv", ".env.example", ".env.sample", ".env.dist", ".env"} {
		if file := p.t.First(p.dir, name); file != "" {
			if m := flaskApp.FindStringSubmatch(p.t.Text(file, p.r)); m != nil && path.Base(m[1]) != "manage.py" {
				return m[1]
			}
		}
	}
	return ""
}

// startsWorker is code that works off a queue: the application that it makes is not served.
var startsWorker = scan.MustCompile(`(?m)^\s*(?:from|import)\s+rq\b[^\n]*\bWorker\b`)

var elseMakes = scan.MustCompile(`(?m)^if __name__ *== *["']__main__["'](?:.*\n(?:[ \t].*\n|\n)*)else *:[^\n]*\n(?:[ \t]+[^\n]*\n|\n)*?[ \t]+(\w+)\s*=`)

// importedMakes says whether a module makes the application for those who import it, beside what it does when it is run.
func importedMakes(text, name string) bool {
	if !strings.Contains(text, "__main__") || !strings.Contains(text, "\nelse") {
		return false
	}
	m := elseMakes.FindStringSubmatch(text)
	return m != nil && m[1] == name
}

func (p *pythonProject) asgiFramework() bool {
	_, async := p.deps.find("fastapi", "starlette", "quart", "python-fasthtml")
	_, flask := p.deps.find("flask", "bottle", "falcon")
	return async && !flask
}

var definesFactory = scan.MustCompile(`(?m)^def ((?:create|make|build|get)_(?:wsgi_|web_|api_)?app(?:lication)?|app_factory)\(`)

// asksFor says whether a function can't be called without arguments. text begins with the bracket that opens its parameters;
// a type or a default may hold brackets and commas of its own.
func asksFor(text string) bool {
	tokens := tokenize(text[:min(len(text), 4000)], dialect{python: true})
	if len(tokens) < 2 {
		return false
	}
	begun, given := false, false           // a parameter, and what it is where nothing is said
	for i := 2; i < tokens[1].match; i++ { // a line begins with a token of its own, then comes the bracket
		switch t := tokens[i]; {
		case t.kind == tokOp && t.text == ",":
			if begun && !given {
				return true
			}
			begun, given = false, false
			continue
		case t.kind == tokOp && (t.text == "=" || !begun && strings.Trim(t.text, "*/") == ""):
			given = true // or a mark: *args, **more, and what stands alone
		}
		begun, i = true, max(i, tokens[i].match)
	}
	return begun && !given
}

// factory is the first function that makes the application and asks for nothing, "" where there is none.
func factory(text string) (name string, line int) {
	for _, m := range definesFactory.FindAllStringSubmatchIndex(text, -1) {
		if !asksFor(text[m[1]-1:]) {
			return text[m[2]:m[3]], 1 + strings.Count(text[:m[0]], "\n")
		}
	}
	return "", 0
}

// factoryEntry finds a function that makes the application.
func (p *pythonProject) factoryEntry() pythonEntry {
	if _, ok := p.deps.find("flask", "fastapi", "quart", "falcon", "starlette", "bottle", "connexion"); !ok {
		return pythonEntry{}
	}
	var best pythonEntry
	rank := 1 << 30
	for _, s := range p.sources {
		if !s.module() || !hasAny(s.text, "_app(", "_application(", "app_factory(") {
			continue
		}
		name, line := factory(s.text)
		if name == "" || appRank(s.file) >= rank {
			continue
		}
		root, module := p.locate(s.file)
		rank = appRank(s.file)
		best = pythonEntry{module: module + ":" + name + "()", asgi: p.asgiFramework(), root: root, file: s.file, line: line, rank: scan.Convention}
	}
	return best
}

// Words of scripts that serve by themselves, and of those that at least keep running.
var (
	servesItself = scan.MustCompile(`\b(run_app|run_forever|serve_forever|HTTPServer|TCPServer|ThreadingHTTPServer|run_simple|WSGIServer|make_server|web\.application|cherrypy\.quickstart|reactor\.run|IOLoop\.\w+\(\)\.start|uvicorn\.run|waitress\.serve|run\(\s*host\s*=|app\.run|application\.run|bottle\.run|wait_for_termination|\.listen)\(?`)
	keepsRunning = scan.MustCompile(`\b(start_consuming|while True|while 1|run_forever|KafkaConsumer|\.basic_consume|BlockingScheduler|schedule\.run_pending|asyncio\.run)\b`)
	isMain       = scan.MustCompile(`(?m)^if __name__ *== *["']__main__["']`)
)

// servesAtOnce says whether the code serves when it is loaded: outside of any function or condition.
func servesAtOnce(s *source) bool {
	lines := strings.Split(s.text, "\n")
	for _, call := range s.calls {
		if call.line > 0 && call.line <= len(lines) && servesItself.MatchString(call.text) && lines[call.line-1] != "" && !strings.ContainsAny(lines[call.line-1][:1], " \t@") {
			return true
		}
	}
	return false
}

// scriptEntry finds a script that serves, or at least keeps running.
func (p *pythonProject) scriptEntry() pythonEntry {
	var best pythonEntry
	rank := 1 << 30
	for _, s := range p.sources {
		rel := relative(p.dir, s.file)
		if !s.module() || strings.Count(rel, "/") > 1 || path.Base(rel) == "setup.py" || path.Base(rel) == "manage.py" {
			continue
		}
		if !hasAny(s.text, "run", "serve", "Server", "while", "start", "consum", "listen", "application") {
			continue
		}
		main := isMain.MatchString(s.text) || path.Base(rel) == "__main__.py"
		serves, keeps := scan.LineOf(s.text, servesItself), scan.LineOf(s.text, keepsRunning)
		if serves == 0 && (keeps == 0 || !main) || !main && appRank(s.file) >= 100*(len(appNames)-2) {
			continue
		}
		if inPackage := p.t.First(path.Dir(s.file), "__init__.py") != ""; inPackage && (!main && !servesAtOnce(s) || serves == 0 && p.published()) {
			continue // part of a package, made to be imported
		}
		n := appRank(s.file) + 50*strings.Count(rel, "/")
		line := serves
		if serves == 0 {
			n, line = n+5000, keeps
		}
		if n < rank {
			rank, best = n, pythonEntry{script: rel, root: ".", file: s.file, line: line, rank: scan.Guess}
		}
	}
	return p.asProgram(best)
}

// asProgram is a script as the package starts it itself, where the installation makes a program of its module: a module of
// a package can't be run by its file, as it imports what is beside it.
func (p *pythonProject) asProgram(e pythonEntry) pythonEntry {
	for _, program := range p.ofFunctions() {
		if file := p.moduleFile(program.module); file != "" && file == e.file && !calledTool.MatchString(program.name) {
			e.program, e.script = p.command(program), program.name
			return e
		}
	}
	return e
}

// loneNames are scripts that people start a directory by, the likeliest first.
var loneNames = []string{"main.py", "app.py", "bot.py", "server.py", "run.py", "start.py"}

// lone reports the script of a directory that nothing says more about: it counts where nothing else runs.
func (p *pythonProject) lone(e pythonEntry) bool {
	if e.module != "" || e.script != "" || e.django || p.web.name != "" || p.published() || installsCommands.MatchString(p.metadata()) {
		return false
	}
	file := p.t.First(p.dir, loneNames...)
	if file == "" || p.t.First(p.dir, "__init__.py") != "" || p.t.Aside(file) {
		return false
	}
	before := len(p.r.Findings)
	s := service.Service{Language: "python", Command: []string{"python", path.Base(file)}}
	p.r.Find(scan.Finding{Dir: p.dir, Service: s}, file, 1, scan.Guess, "the only program; nothing says that it keeps running")
	standAlone(p.r, before)
	return true
}
