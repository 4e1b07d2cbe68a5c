package lang

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// serve reports the port and the command of production.
func (p *pythonProject) serve(e pythonEntry) {
	makes, file, line := p.makeServer()
	if m := makeBinds.FindStringSubmatch(strings.Join(makes, " ")); m != nil {
		p.setPort(m[1], "Makefile", file, line)
	}
	p.findPort(e)
	if e.module == "" && e.script == "" {
		if ini, rank := p.pasteSettings(); ini != "" {
			p.pserve(ini, rank)
		}
		return
	}
	if e.script != "" {
		command := []string{"python", e.script}
		if root, module := p.locate(e.file); root == "." && strings.Contains(module, ".") {
			command = []string{"python", "-m", strings.TrimSuffix(module, ".__main__")}
		}
		note := "the script keeps running"
		if e.program != nil {
			command, note = e.program, "the package's program keeps running"
		}
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Command: command}}, e.file, e.line, e.rank, note)
		p.reportPort(e, 0)
		return
	}
	port := p.reportPort(e, 8000)
	command, rank, note := p.server(e, port)
	if makes != nil {
		command = bindAll(makes, strconv.Itoa(port))
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Command: command}}, file, line, scan.Convention, "the Makefile starts it so")
	} else {
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Command: command}}, e.file, e.line, min(rank, e.rank), note)
	}
	if _, ok := p.deps.find(strings.TrimSuffix(command[0], "-serve")); !ok {
		b := &service.Build{Install: []string{strings.TrimSuffix(command[0], "-serve")}}
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Build: b}}, e.file, e.line, scan.Guess, "no server for production is among the dependencies")
	}
	p.static(e)
}

// server is the command of the server among the dependencies that production runs, and gunicorn or uvicorn where there is
// none: the framework's own server is for developers.
func (p *pythonProject) server(e pythonEntry, port int) (command []string, rank scan.Rank, note string) {
	bind := "0.0.0.0:" + strconv.Itoa(port)
	chdir := func(flag string) []string {
		if e.root == "." {
			return nil
		}
		return []string{flag, e.root}
	}
	has := func(name string) bool { _, ok := p.deps.find(name); return ok }
	switch {
	case e.asgi && has("daphne") && !has("gunicorn"):
		return []string{"daphne", "-b", "0.0.0.0", "-p", strconv.Itoa(port), e.module}, scan.Convention, "daphne is among the dependencies"
	case e.asgi && has("gunicorn") && has("uvicorn"):
		return p.gunicorn(append([]string{e.module, "-k", "uvicorn.workers.UvicornWorker", "--bind", bind}, chdir("--chdir")...)), scan.Convention, "gunicorn and uvicorn are among the dependencies"
	case e.asgi:
		command = append([]string{"uvicorn", strings.TrimSuffix(e.module, "()"), "--host", "0.0.0.0", "--port", strconv.Itoa(port)}, chdir("--app-dir")...)
		if strings.HasSuffix(e.module, "()") {
			command = append(command, "--factory")
		}
		if !has("uvicorn") {
			return command, scan.Guess, "uvicorn has to be added to the dependencies: there is no server for production among them"
		}
		return command, scan.Convention, "uvicorn is among the dependencies"
	case has("gunicorn"):
		return p.gunicorn(append([]string{withCallable(e.module), "--bind", bind}, chdir("--chdir")...)), scan.Convention, "gunicorn is among the dependencies"
	case has("uwsgi"):
		return p.uwsgi(e, bind, chdir("--chdir")), scan.Convention, "uwsgi is among the dependencies"
	case has("waitress") && e.root == ".":
		return []string{"waitress-serve", "--listen=" + bind, withCallable(e.module)}, scan.Convention, "waitress is among the dependencies"
	}
	return append([]string{"gunicorn", withCallable(e.module), "--bind", bind}, chdir("--chdir")...), scan.Guess, "gunicorn has to be added to the dependencies: there is no server for production among them"
}

// withCallable is the module with the name of the application in it: WSGI's own where nothing says another.
func withCallable(module string) string {
	if strings.Contains(module, ":") {
		return module
	}
	return module + ":application"
}

// uwsgiModule is the module in uWSGI's own words: module:callable.
func (p *pythonProject) uwsgi(e pythonEntry, bind string, chdir []string) []string {
	if ini := p.t.First(p.dir, "uwsgi.ini"); ini != "" {
		if p.portAt.name == "uwsgi http" {
			return []string{"uwsgi", "--ini", "uwsgi.ini"}
		}
		return []string{"uwsgi", "--ini", "uwsgi.ini", "--http-socket", bind}
	}
	return append([]string{"uwsgi", "--http-socket", bind, "--master", "--die-on-term", "--module", withCallable(e.module)}, chdir...)
}

var gunicornFile = scan.MustCompile(`(?i)^(gunicorn[\w.-]*|[\w-]*gunicorn([_-]\w+)?)\.py$|^gunicorn\.(?:conf|cfg)$`)

// gunicorn is the command of gunicorn with the team's own configuration of it. Its bind is overruled by the command line.
func (p *pythonProject) gunicorn(args []string) []string {
	command := []string{"gunicorn"}
	if f := p.gunicornSettings(); f != "" {
		command = append(command, "-c", relative(p.dir, f))
	}
	return append(command, args...)
}

// gunicornSettings is the file of settings for gunicorn: the one for production, if several are there.
func (p *pythonProject) gunicornSettings() string {
	best := ""
	for _, f := range p.t.Below(p.dir) {
		if !gunicornFile.MatchString(path.Base(f)) || p.t.Aside(f) || strings.Count(relative(p.dir, f), "/") > 2 || owner(p.dirs, f) != p.dir || !strings.HasSuffix(f, ".py") && !p.setsGunicorn(f) {
			continue
		}
		env, skip := environmentOf(f)
		if skip {
			continue
		}
		named, before := path.Base(f) == "gunicorn.conf.py", path.Base(best) == "gunicorn.conf.py"
		if best == "" || env == "production" || named && !before || len(f) < len(best) && !before {
			best = f
		}
	}
	return best
}

var (
	gunicornSets = scan.MustCompile(`^(?:bind|workers|worker_class|threads|timeout|loglevel|accesslog|errorlog|preload_app|max_requests|keepalive|chdir)$`)
	// ofInit is a section of Supervisor's or systemd's, or a stanza of Upstart's.
	ofInit = scan.MustCompile(`(?m)^\s*\[|^\s*(?:description|author|start on|stop on|respawn|exec|script|end script|setuid|setgid|pre-start|env|console)\b[ \t]*(?:[^=\s]|$)`)
)

// setsGunicorn says whether a file holds settings of gunicorn's, which are Python: what starts gunicorn is called the same.
func (p *pythonProject) setsGunicorn(file string) bool {
	text := p.t.Text(file, p.r)
	if ofInit.MatchString(text) {
		return false
	}
	return slices.ContainsFunc(parseSource(file, text, dialect{python: true}).settings, func(set setting) bool { return gunicornSets.MatchString(set.name) })
}

// findPort looks for the port that gunicorn's or uWSGI's settings or the code itself bind.
func (p *pythonProject) findPort(e pythonEntry) {
	if f := p.gunicornSettings(); f != "" {
		for _, set := range parseSource(f, p.t.Text(f, p.r), dialect{python: true}).settings {
			text, _ := set.v.literal()
			if set.name != "bind" {
				continue
			}
			if bindsMachine.MatchString(p.t.Text(f, p.r)) {
				p.r.Find(scan.Finding{Dir: p.dir, Loopback: relative(p.dir, f)}, f, set.v.line, scan.Declared, "")
			}
			if strings.HasPrefix(text, "unix:") {
				p.r.Note(f, set.v.line, "binds a unix socket, which nothing outside the container reaches: a TCP port is used instead")
				continue
			}
			p.setPort(text[strings.LastIndexByte(text, ':')+1:], "gunicorn", f, set.v.line)
		}
	}
	if ini := p.t.First(p.dir, "uwsgi.ini"); ini != "" && p.port == 0 {
		for _, m := range scan.Find(p.t.Text(ini, p.r), uwsgiBind) {
			name := "uwsgi http"
			if m.Groups[1] == "socket" {
				name = "uwsgi socket"
			}
			p.setPort(m.Groups[2], name, ini, m.Line)
		}
	}
	if p.flaskPort(); p.port > 0 {
		return
	}
	// The script that is started speaks before any other.
	for pass := range 2 {
		for _, s := range p.sources {
			if (s.file == e.file) != (pass == 0) {
				continue
			}
			for _, call := range s.calls {
				p.portOfCall(s, call)
			}
		}
	}
	p.portOfOption(e)
}

// bindsMachine is a bind of gunicorn's at the address that only the machine itself reaches, whatever the port is.
var bindsMachine = scan.MustCompile(`(?m)^bind\s*=\s*[\w(\[]*["'](?:127\.0\.0\.1|localhost)\b`)

var uwsgiBind = scan.MustCompile(`(?m)^\s*(http|http-socket|socket)\s*=\s*[\w.*]*:(\d+)`)

var flaskEnv = scan.MustCompile(`(?m)^\s*(?:export\s+)?(\w*PORT)\s*=\s*["']?(\d+|\$\{?\w+\}?)`)

// flaskPort reads .flaskenv, which Flask loads by itself: its own variable first, which may name another, else the only
// port in it.
func (p *pythonProject) flaskPort() {
	file := p.t.First(p.dir, ".flaskenv")
	if file == "" || p.port > 0 {
		return
	}
	ports := scan.Find(p.t.Text(file, p.r), flaskEnv)
	named := map[string]scan.Match{}
	for _, m := range ports {
		named[m.Groups[1]] = m
	}
	m, ok := named["FLASK_RUN_PORT"]
	if ok {
		if other, found := named[strings.Trim(m.Groups[2], "${}")]; found {
			m = other
		}
	}
	if !ok && len(ports) == 1 {
		m, ok = ports[0], true
	}
	if ok {
		p.setPort(m.Groups[2], "flask", file, m.Line)
	}
}

func (p *pythonProject) setPort(text, what, file string, line int) {
	if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil && n > 0 && n < 65536 && p.port == 0 {
		p.port, p.portAt = n, dependency{name: what, file: file, line: line}
	}
}

var (
	runsServer = scan.MustCompile(`(^|\.)(run|run_app|run_simple|serve|quickstart|runserver)$`)
	listens    = scan.MustCompile(`(^|\.)(listen|bind|HTTPServer|TCPServer|ThreadingHTTPServer|WSGIServer|make_server|listenTCP)$`)
	// describes are calls that bind by a text: the endpoints of Twisted's, gRPC's servers.
	describes = scan.MustCompile(`(?:^|\.)(?:serverFromString|add_(?:in)?secure_port)$`)
	boundBy   = scan.MustCompile(`^(?:tcp6?:(?:port=)?|[\w.:\[\]]*:)(\d{2,5})\b`)
)

// portOfCall reads app.run(port=8080), uvicorn.run(app, port=8080), server.listen(8888), HTTPServer((”, 8080), ...).
func (p *pythonProject) portOfCall(s *source, call value) {
	if p.port > 0 {
		return
	}
	take := func(v value) {
		v, file := p.ofSettings(v, s.file)
		if n := v.number(); n > 0 && p.port == 0 {
			p.port, p.portAt = n, dependency{name: "code", file: file, line: v.line}
			if env, _, ok := v.environment(); ok {
				p.portAt.version = env
			}
		}
	}
	if runsServer.MatchString(call.text) {
		if v, ok := call.get("port"); ok {
			take(v)
		}
		if host, ok := call.arg(0); ok && (host.kind == valString || settingName(host) != "") || strings.HasSuffix(call.text, "run_simple") {
			if v, ok := call.arg(1); ok {
				take(v)
			}
		}
	}
	for i := range 2 {
		if v, ok := call.arg(i); ok && v.kind == valString && describes.MatchString(call.text) {
			if m := boundBy.FindStringSubmatch(v.text); m != nil {
				p.setPort(m[1], "code", s.file, v.line)
			}
		}
	}
	backlog := strings.HasSuffix(call.text, "listen") && !strings.Contains(s.text, "tornado") // of a plain socket, no port
	if listens.MatchString(call.text) && !backlog && !strings.Contains(strings.ToLower(call.text), "udp") {
		first, _ := call.arg(0)
		if first.kind == valList && len(first.items) == 2 {
			take(first.items[1])
		} else {
			take(first)
		}
		if v, ok := call.arg(1); ok && (strings.HasSuffix(call.text, "make_server") || strings.HasSuffix(call.text, "WSGIServer")) {
			take(v)
		}
	}
}

// reportPort reports what findPort found, or the convention, and gives the port that the command has to bind.
func (p *pythonProject) reportPort(e pythonEntry, convention int) int {
	if p.port > 0 {
		svc := service.Service{Port: p.port}
		if env := p.portAt.version; env != "" && e.script != "" && !scan.SecretName(env) {
			svc.Env = map[string]string{env: strconv.Itoa(p.port)}
		}
		p.r.Find(scan.Finding{Dir: p.dir, Service: svc}, p.portAt.file, p.portAt.line, scan.Declared, "")
		return p.port
	}
	note := "gunicorn's own port"
	for _, s := range p.sources {
		for _, call := range s.calls {
			if call.text == "app.run" && convention > 0 && strings.Contains(s.text, "Flask") {
				p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Port: 5000}}, s.file, call.line, scan.Convention, "Flask's own port, since app.run names none")
				return 5000
			}
		}
	}
	if convention > 0 {
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Port: convention}}, e.file, e.line, scan.Convention, note)
	}
	return convention
}
