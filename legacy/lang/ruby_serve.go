package lang

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	pumaPort      = scan.MustCompile(`(?m)^\s*port[\s(]+([^\n]*)`)
	pumaBind      = scan.MustCompile(`(?m)^\s*bind[\s(]+["'](tcp|unix|ssl)://([^"'#\n]*#\{[^\n]*|[^"'\n]*)`)
	pumaFiles     = scan.MustCompile(`(?m)^\s*(pidfile|state_path|stdout_redirect)\b`)
	daemonizes    = scan.MustCompile(`(?m)^\s*daemonize\b(\s*\(?\s*true)?\s*\)?\s*$`)
	unicornBind   = scan.MustCompile(`(?m)^\s*listen[\s(]+([^\n]*)`)
	thinPort      = scan.MustCompile(`(?m)^port:\s*["']?(\d{2,5})\b`)
	passengerPort = scan.MustCompile(`(?m)^[ \t{]*"port"\s*:\s*(\d{2,5})\b`)
	onlyPort      = scan.MustCompile(`^["']?(?:tcp://)?(?:[\w.*\[\]]*:)?(\d{2,5})\b(?:[^.\d]|$)`)
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
	if rackup := p.rackup(); strings.HasPrefix(path.Base(rackup), "config.ru.") {
		p.find(service.Service{Build: &service.Build{Command: []string{"cp", path.Base(rackup), "config.ru"}}}, dependency{file: rackup, line: 1}, scan.Guess, "what a server loads is made of it")
		p.r.Note(rackup, 1, "config.ru is made of this on each machine: the image gets it as it stands here")
	}
	s := p.server()
	port := p.port(s)
	svc := service.Service{Port: port.number}
	if port.variable != "" {
		svc.Env = map[string]string{port.variable: strconv.Itoa(port.number)}
	}
	p.find(svc, port.at, port.rank, port.note)
	p.find(service.Service{Command: p.serverCommand(s, port)}, s.at, s.rank, s.note)
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

// rubyServers are the servers for production, with the files that they are configured by.
var rubyServers = []struct {
	gem     string
	configs []string
}{
	{"puma", []string{"config/puma.rb", "config/puma/production.rb", "puma.rb"}},
	{"unicorn", []string{"config/unicorn.rb", "config/unicorn/production.rb", "unicorn.rb", "config/unicorn.conf.rb"}},
	{"pitchfork", []string{"config/pitchfork.rb", "pitchfork.rb"}},
	{"rainbows", []string{"config/rainbows.rb", "config/rainbows/production.rb", "rainbows.rb", "config/rainbows.conf.rb"}},
	{"passenger", []string{"Passengerfile.json"}},
	{"thin", []string{"config/thin.yml", "config/thin/production.yml", "thin.yml"}},
}

// server is the server among the gems of production, of several the one that is configured here, else the one that another gem
// brings and that is configured here, and puma where there is none.
func (p *rubyProject) server() rubyServer {
	var among []rubyServer
	for _, s := range rubyServers {
		if dep, ok := p.gems.find(s.gem); ok {
			among = append(among, rubyServer{s.gem, p.configOf(s.gem, s.configs), dep, scan.Convention, s.gem + " is among the gems"})
		}
	}
	if len(among) > 0 {
		return among[max(0, slices.IndexFunc(among, func(s rubyServer) bool { return s.config != "" }))]
	}
	for _, s := range rubyServers {
		if config := p.configOf(s.gem, s.configs); config != "" {
			if dep, ok := p.gems.brought(s.gem); ok {
				return rubyServer{s.gem, config, dep, scan.Convention, s.gem + " is among the gems"}
			}
		}
	}
	if script := p.script(); p.rackup() == "" && script != "" {
		return rubyServer{"ruby", script, dependency{file: script, line: max(1, scan.LineOf(p.t.Text(script, p.r), classic))}, scan.Convention, "Sinatra starts its own server"}
	}
	if p.gems.file != "" && p.first("Dockerfile", "Procfile") == "" {
		p.r.Note(p.gems.file, 1, "no server for production is among the gems: `bundle add puma`, with the lock file, before the image can start it")
	}
	return rubyServer{"puma", "", p.at, scan.Guess, "puma has to be added to the Gemfile: there is no server for production among the gems"}
}

// serverConfig finds a server and the file of settings that it is started with.
var serverConfig = scan.MustCompile(`(?m)^[^#\n]*\b(puma|unicorn|pitchfork|rainbows)(?:_rails)?["']?(?:,?\s[^\n;&|]*?)?[\s"',](?:-C|-c|--config(?:-file)?)(?:[ =]|["'],\s*["'])["']?(?:\./)?([\w./-]+\.(?:rb|conf))`)

// configOf is the file of settings that the server is started with where production is described, else the one that it
// reads by custom, "" for none.
func (p *rubyProject) configOf(server string, custom []string) string {
	places := append([]string{}, p.startScripts()...)
	for _, name := range []string{"Dockerfile", "Procfile.production", "Procfile.prod", "Procfile"} {
		if file := p.first(name); file != "" {
			places = append([]string{file}, places...)
		}
	}
	for _, file := range places {
		data, err := p.t.Read(file)
		if err != nil {
			continue
		}
		for _, m := range findSome(string(data), serverConfig) {
			if config := p.first(m.Groups[2]); m.Groups[1] == server && config != "" {
				return config
			}
		}
	}
	return p.first(custom...)
}

// serverCommand keeps the team's own settings and overrules what does not hold in a container: sockets and pid files.
func (p *rubyProject) serverCommand(s rubyServer, port rubyPort) []string {
	n := strconv.Itoa(port.number)
	text := ""
	if s.config != "" {
		text = p.t.Text(s.config, p.r)
	}
	rackup := path.Base(p.rackup())
	var words []string
	switch s.name {
	case "puma":
		words = p.pumaCommand(s, n, text, port.tcp)
	case "unicorn", "pitchfork", "rainbows":
		words = append(words, s.name)
		if s.config != "" {
			words = append(words, "-c", relative(p.dir, s.config))
		}
		words = append(words, "-E", "production")
		if !port.tcp {
			words = append(words, "-l", "0.0.0.0:"+n)
		}
	case "passenger":
		words = append(words, "passenger", "start", "-e", "production", "-p", n, "--log-file", "/dev/stdout", "--pid-file", "/tmp/passenger.pid")
	case "thin":
		words = append(words, "thin", "start", "-e", "production", "-a", "0.0.0.0", "-p", n)
		if path.Ext(rackup) == ".ru" {
			words = append(words, "-R", rackup)
		} else if p.framework != "rails" {
			words = append(words, "-R", "config.ru")
		}
	default:
		words = append(words, "ruby", relative(p.dir, s.config), "-e", "production", "-o", "0.0.0.0", "-p", n)
	}
	if path.Ext(rackup) == ".ru" && rackup != "config.ru" {
		switch s.name {
		case "puma", "unicorn", "pitchfork", "rainbows":
			words = append(words, rackup)
		case "passenger":
			words = append(words, "-R", rackup)
		}
	}
	if line := scan.LineOf(text, daemonizes); line > 0 {
		p.r.Note(s.config, line, "goes to the background, and the container would end: take this line out")
	}
	if p.gems.file == "" {
		return words
	}
	return append([]string{"bundle", "exec"}, words...)
}

func (p *rubyProject) pumaCommand(s rubyServer, port, text string, tcp bool) []string {
	words := []string{"puma"}
	if s.config != "" {
		words = append(words, "-C", relative(p.dir, s.config))
	}
	if !tcp {
		words = append(words, "-b", "tcp://0.0.0.0:"+port)
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
	return words
}
