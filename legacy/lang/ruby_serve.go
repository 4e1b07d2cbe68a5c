package lang

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	pumaPort    = scan.MustCompile(`(?m)^\s*port[\s(]+([^\n]*)`)
	pumaBind    = scan.MustCompile(`(?m)^\s*bind[\s(]+["'](tcp|unix|ssl)://([^"'\n]*(?:ENV[^\n]*)?)`)
	pumaFiles   = scan.MustCompile(`(?m)^\s*(pidfile|state_path|stdout_redirect)\b`)
	daemonizes  = scan.MustCompile(`(?m)^\s*daemonize\b(\s*\(?\s*true)?\s*\)?\s*$`)
	unicornBind = scan.MustCompile(`(?m)^\s*listen[\s(]+([^\n]*)`)
	onlyPort    = scan.MustCompile(`^["']?(?:tcp://)?(?:[\w.*\[\]]*:)?(\d{2,5})\b(?:[^.\d]|$)`)
)

// rubyServer is what serves, and where its settings are.
type rubyServer struct {
	name   string
	config string // its file of settings, "" where there is none
	at     dependency
	rank   scan.Rank
	note   string
}

// serve reports the port and the command of production.
func (p *rubyProject) serve() {
	if p.framework == "" {
		p.plainPort()
		return
	}
	p.assets()
	s := p.server()
	port, at, rank, note := p.port(s)
	svc := service.Service{Port: port}
	if at.version != "" {
		svc.Env = map[string]string{at.version: strconv.Itoa(port)}
	}
	p.find(svc, at, rank, note)
	p.find(service.Service{Command: p.serverCommand(s, port, at.name == "tcp")}, s.at, s.rank, s.note)
}

// plainPort is that of a program of the team's own, whose code binds what PORT says.
func (p *rubyProject) plainPort() {
	for _, s := range p.sources {
		for _, m := range findSome(s.text, rubyEnv) {
			if v := rubyVariable(m.Groups, m.Line); m.Groups[2] == "PORT" && v.number() > 0 {
				n := v.number()
				p.find(service.Service{Port: n, Env: map[string]string{"PORT": strconv.Itoa(n)}}, dependency{file: s.file, line: m.Line}, scan.Declared, "")
				return
			}
		}
	}
}

// server is the server among the gems of production, and puma where there is none.
func (p *rubyProject) server() rubyServer {
	configs := map[string][]string{"puma": {"config/puma.rb", "config/puma/production.rb", "puma.rb"}, "unicorn": {"config/unicorn.rb", "config/unicorn/production.rb", "unicorn.rb", "config/unicorn.conf.rb"}}
	for _, name := range []string{"puma", "unicorn", "passenger", "thin"} {
		dep, ok := p.gems.find(name)
		config := p.first(configs[name]...)
		if !ok && config != "" { // brought by another gem
			dep, ok = p.gems.brought(name)
		}
		if ok {
			return rubyServer{name, config, dep, scan.Convention, name + " is among the gems"}
		}
	}
	if script := p.script(); p.first("config.ru") == "" && script != "" {
		return rubyServer{"ruby", script, dependency{file: script, line: max(1, scan.LineOf(p.t.Text(script, p.r), classic))}, scan.Convention, "Sinatra starts its own server"}
	}
	return rubyServer{"puma", "", p.at, scan.Guess, "puma has to be added to the Gemfile: there is no server for production among the gems"}
}

// serverCommand keeps the team's own settings and overrules what does not hold in a container: sockets and pid files.
func (p *rubyProject) serverCommand(s rubyServer, port int, tcp bool) []string {
	bundle := []string{"bundle", "exec"}
	if p.gems.file == "" {
		bundle = nil
	}
	n := strconv.Itoa(port)
	text := ""
	if s.config != "" {
		text = p.t.Text(s.config, p.r)
	}
	var words []string
	switch s.name {
	case "puma":
		words = append(words, "puma")
		if s.config != "" {
			words = append(words, "-C", relative(p.dir, s.config))
		}
		if !tcp {
			words = append(words, "-b", "tcp://0.0.0.0:"+n)
		}
		for _, m := range findSome(text, pumaFiles) {
			switch {
			case m.Groups[1] == "pidfile" && !strings.Contains(p.t.Line(s.config, m.Line), "if ENV"):
				words = append(words, "--pidfile", "/tmp/puma.pid")
			case m.Groups[1] == "state_path":
				words = append(words, "--state", "/tmp/puma.state")
			case m.Groups[1] == "stdout_redirect":
				p.r.Note(s.config, m.Line, "sends the output to a file: in a container it belongs on the standard output, where the logs are collected")
			}
		}
	case "unicorn":
		words = append(words, "unicorn")
		if s.config != "" {
			words = append(words, "-c", relative(p.dir, s.config))
		}
		words = append(words, "-E", "production")
		if !tcp {
			words = append(words, "-l", "0.0.0.0:"+n)
		}
	case "passenger":
		words = append(words, "passenger", "start", "-e", "production", "-p", n, "--log-file", "/dev/stdout", "--pid-file", "/tmp/passenger.pid")
	case "thin":
		words = append(words, "thin", "start", "-e", "production", "-a", "0.0.0.0", "-p", n)
		if p.framework != "rails" {
			words = append(words, "-R", "config.ru")
		}
	default:
		words = append(words, "ruby", relative(p.dir, s.config), "-e", "production", "-o", "0.0.0.0", "-p", n)
	}
	if line := scan.LineOf(text, daemonizes); line > 0 {
		p.r.Note(s.config, line, "goes to the background, and the container would end: take this line out")
	}
	return append(bundle, words...)
}

// port finds what the server's settings bind: at.version is the variable in between, at.name "tcp" where those settings
// make the server listen to the outside by themselves.
func (p *rubyProject) port(s rubyServer) (port int, at dependency, rank scan.Rank, note string) {
	text := ""
	if s.config != "" && s.name != "ruby" {
		text = p.t.Text(s.config, p.r)
	}
	variable := ""
	look := func(re *scan.Pattern, group int) bool {
		for _, m := range findSome(text, re) {
			bound := m.Groups[group]
			if socket := m.Groups[1] == "unix" || strings.Contains(bound, ".sock"); socket {
				p.r.Note(s.config, m.Line, "binds a unix socket, which nothing outside the container reaches: a TCP port is used instead")
				continue
			}
			v := rubyValue(bound, m.Line)
			if env := rubyEnv.FindAllStringSubmatch(bound, -1); len(env) > 0 { // the last is the port: tcp://#{HOST}:#{PORT}
				v = rubyVariable(env[len(env)-1], m.Line)
			}
			name, _, _ := v.environment()
			found := v.number()
			if plain := onlyPort.FindStringSubmatch(bound); found == 0 && plain != nil && name == "" {
				found, _ = strconv.Atoi(plain[1])
			}
			local := strings.Contains(bound, "127.0.0.1") || strings.Contains(bound, "localhost")
			at = dependency{version: name, file: s.config, line: m.Line, name: "tcp"}
			if variable = name; local {
				at.name = ""
			}
			if found > 0 && found < 65536 {
				port = found
				return true
			}
		}
		return false
	}
	switch s.name {
	case "puma":
		if look(pumaPort, 1) || look(pumaBind, 2) {
			return port, at, scan.Declared, ""
		}
	case "unicorn":
		if look(unicornBind, 1) {
			return port, at, scan.Declared, ""
		}
	}
	tcp := at.name
	if found, where := p.portOfScripts(variable); found > 0 {
		where.name, where.version = tcp, variable
		return found, where, scan.Declared, ""
	}
	if line := scan.LineOf(p.scriptText(), sinatraPort); line > 0 {
		m := sinatraPort.FindStringSubmatch(p.scriptText())
		n, _ := strconv.Atoi(m[1])
		return min(n, 65535), dependency{file: p.script(), line: line}, scan.Declared, ""
	}
	port, note = 9292, "Rack's own port"
	switch {
	case p.framework == "rails":
		port, note = 3000, "Rails' own port"
	case s.name == "ruby":
		port, note = 4567, "Sinatra's own port"
	}
	where := p.at
	where.name, where.version = tcp, variable
	return port, where, scan.Convention, note
}

var sinatraPort = scan.MustCompile(`(?m)^\s*set\s*\(?\s*:port\s*,\s*(\d{2,5})`)

func (p *rubyProject) scriptText() string {
	if script := p.script(); script != "" {
		return p.t.Text(script, p.r)
	}
	return ""
}

// portOfScripts looks for the value that the team's own start scripts give to the variable that the settings insist on.
func (p *rubyProject) portOfScripts(variable string) (int, dependency) {
	if variable == "" || !variableName.MatchString(variable) {
		return 0, dependency{}
	}
	re := regexp.MustCompile(`\b` + variable + `(?:=|:-|:=)["']?(\d{2,5})\b`)
	for _, file := range p.t.Below(p.dir) {
		rel := relative(p.dir, file)
		top := path.Dir(rel)
		if top != "script" && top != "bin" && top != "scripts" && rel != "start.sh" && rel != "run.sh" {
			continue
		}
		data, err := p.t.Read(file)
		if err != nil {
			continue
		}
		if m := findSome(string(data), re); len(m) > 0 {
			n, _ := strconv.Atoi(m[0].Groups[1])
			if n < 65536 {
				return n, dependency{file: file, line: m[0].Line}
			}
		}
	}
	return 0, dependency{}
}

// Routes as Rails' and Sinatra's authors write them down.
var (
	rubyRoute   = scan.MustCompile(`^(\s*)(?:get|match|root|head)[\s(]+["':]([^"',\s)]{1,120})["']?(.*)$`)
	rubyMount   = scan.MustCompile(`^(\s*)mount\s+([\w:]+)[^"']*?(?:=>|at:|,\s*:at\s*=>)\s*["']([^"']+)["']`)
	rubyScope   = scan.MustCompile(`^(\s*)(namespace|scope|resources?|path)[\s(]+(?:path:\s*|:path\s*=>\s*)?["':]([\w./:-]+)["']?.*\bdo\b`)
	healthMount = scan.MustCompile(`(?i)^(OkComputer|HealthCheck|HealthMonitor|Healthcheck|GovukHealthcheck|RailsHealthcheck|Pingdom)`)
)

// health reports the routes by which the service says how it is.
func (p *rubyProject) health() {
	var routes []route
	for _, s := range p.sources {
		rel := relative(p.dir, s.file)
		if !strings.HasPrefix(rel, "config/routes") && (p.framework == "rails" || strings.HasPrefix(rel, "config/") || !strings.Contains(s.text, "get ")) {
			continue
		}
		routes = append(routes, rubyRoutes(s)...)
	}
	if dep, ok := p.gems.find("health_check"); ok && len(routes) >= 0 {
		routes = append(routes, route{path: "/health_check", file: dep.file, line: dep.line, sure: true})
	} else if dep, ok := p.gems.find("okcomputer"); ok {
		routes = append(routes, route{path: "/okcomputer", file: dep.file, line: dep.line, sure: true})
	}
	findHealth(p.r, p.dir, routes)
}

// rubyRoutes reads the routes of a file with the prefixes of the blocks around them, told by their indent.
func rubyRoutes(s plainSource) []route {
	type block struct {
		indent int
		prefix string
	}
	var open []block
	var routes []route
	for i, line := range strings.Split(s.text, "\n") {
		if strings.TrimSpace(line) == "" || len(line) > 500 {
			continue
		}
		indent := len(line) - len(strings.TrimLeft(line, " \t"))
		for len(open) > 0 && indent <= open[len(open)-1].indent {
			open = open[:len(open)-1]
		}
		prefix := ""
		for _, b := range open {
			prefix += b.prefix
		}
		if m := rubyScope.FindStringSubmatch(line); m != nil && len(open) < 50 {
			open = append(open, block{indent, "/" + strings.Trim(m[3], "/:")})
			continue
		}
		if m := rubyMount.FindStringSubmatch(line); m != nil {
			routes = append(routes, route{path: prefix + "/" + strings.TrimPrefix(m[3], "/"), file: s.file, line: i + 1, sure: healthMount.MatchString(m[2])})
		} else if m := rubyRoute.FindStringSubmatch(line); m != nil && !strings.Contains(m[3], "on: :member") {
			target := strings.TrimSuffix(m[2], "(.:format)")
			routes = append(routes, route{path: prefix + "/" + strings.TrimPrefix(target, "/"), file: s.file, line: i + 1, sure: strings.Contains(m[3], "rails/health#")})
		}
	}
	return routes
}
