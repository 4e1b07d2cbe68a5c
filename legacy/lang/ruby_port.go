package lang

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// rubyPort is a port with what says it: variable is the variable in between, tcp is true where the server's own settings
// make it listen to the outside.
type rubyPort struct {
	number   int
	variable string
	tcp      bool
	at       dependency
	rank     scan.Rank
	note     string
}

// port finds what the server's settings bind, then what the team's scripts start it with, then the custom.
func (p *rubyProject) port(s rubyServer) rubyPort {
	bound := p.portOfSettings(s)
	if bound.number > 0 {
		return bound
	}
	found := p.portOfScripts(bound.variable)
	if found.number == 0 {
		found = p.portOfScript()
	}
	if found.number == 0 && bound.variable == "" {
		found = p.portOfStart()
	}
	if found.number == 0 {
		found = rubyPort{number: 9292, at: p.at, rank: scan.Convention, note: "Rack's own port"}
		switch {
		case p.framework == "rails":
			found.number, found.note = 3000, "Rails' own port"
		case s.name == "ruby":
			found.number, found.note = 4567, "Sinatra's own port"
		}
	}
	found.tcp = bound.tcp
	if bound.variable != "" {
		found.variable = bound.variable
	}
	return found
}

// portOfSettings reads the lines of the server's settings that bind something. Where only a variable is said, the number
// stays 0.
func (p *rubyProject) portOfSettings(s rubyServer) rubyPort {
	if s.config == "" {
		return rubyPort{}
	}
	type line struct {
		re    *scan.Pattern
		group int
	}
	text := p.t.Text(s.config, p.r)
	var last rubyPort
	for _, l := range map[string][]line{"puma": {{pumaPort, 1}, {pumaBind, 2}}, "unicorn": {{unicornBind, 1}}, "pitchfork": {{unicornBind, 1}}, "rainbows": {{unicornBind, 1}}, "passenger": {{passengerPort, 1}}, "thin": {{thinPort, 1}}}[s.name] {
		for _, m := range findSome(text, l.re) {
			bound := writtenOut(m.Groups[l.group], text)
			if m.Groups[1] == "unix" || strings.Contains(bound, ".sock") {
				p.r.Note(s.config, m.Line, "binds a unix socket, which nothing outside the container reaches: a TCP port is used instead")
				continue
			}
			last = rubyBound(bound, s.config, m.Line)
			if last.number > 0 {
				return last
			}
		}
	}
	return last
}

var rubyName = scan.MustCompile(`^\s*([a-z_]\w*)\s*\)?\s*(?:if\b.*|unless\b.*|#.*)?$`)

// writtenOut is what a name stands for that the settings themselves give a value to, the text itself where it is no name.
func writtenOut(bound, text string) string {
	m := rubyName.FindStringSubmatch(bound)
	if m == nil {
		return bound
	}
	if said := regexp.MustCompile(`(?m)^\s*` + m[1] + `\s*=\s*([^=\n][^\n]*)$`).FindStringSubmatch(text); said != nil {
		return said[1]
	}
	return bound
}

// rubyBound is what one line binds: a number, a variable with or without one, an address.
func rubyBound(bound, file string, line int) rubyPort {
	v := rubyValue(bound, line)
	if env := rubyEnv.FindAllStringSubmatch(bound, -1); len(env) > 0 { // the last is the port: tcp://#{HOST}:#{PORT}
		v = rubyVariable(env[len(env)-1], line)
	}
	name, _, _ := v.environment()
	number := v.number()
	if plain := onlyPort.FindStringSubmatch(bound); number == 0 && plain != nil && name == "" {
		number, _ = strconv.Atoi(plain[1])
	}
	if number > 65535 {
		number = 0
	}
	local := strings.Contains(bound, "127.0.0.1") || strings.Contains(bound, "localhost")
	return rubyPort{number: number, variable: name, tcp: !local, at: dependency{file: file, line: line}, rank: scan.Declared}
}

var sinatraPort = scan.MustCompile(`(?m)^\s*set\s*\(?\s*:port\s*,\s*(\d{2,5})`)

// portOfScript is that of a classic Sinatra application.
func (p *rubyProject) portOfScript() rubyPort {
	script := p.script()
	if script == "" {
		return rubyPort{}
	}
	for _, m := range findSome(p.t.Text(script, p.r), sinatraPort) {
		n, _ := strconv.Atoi(m.Groups[1])
		return rubyPort{number: min(n, 65535), at: dependency{file: script, line: m.Line}, rank: scan.Declared}
	}
	return rubyPort{}
}

// startScripts are the team's own scripts that may start the server, those in the root last.
func (p *rubyProject) startScripts() []string {
	var scripts, top []string
	for _, file := range p.t.Below(p.dir) {
		rel := relative(p.dir, file)
		switch dir := path.Dir(rel); {
		case (dir == "script" || dir == "bin" || dir == "scripts") && !testScript.MatchString(path.Base(rel)):
			scripts = append(scripts, file)
		case dir == "." && startName.MatchString(rel):
			top = append(top, file)
		}
	}
	return append(scripts, top...)
}

var (
	startName  = scan.MustCompile(`^(start|startup|start[_-]?server|run|server)(\.sh)?$`)
	testScript = scan.MustCompile(`(?i)test|spec|debug|profile|jenkins`)
)

// portOfScripts looks for the value that the team's own start scripts give to the variable that the settings insist on.
func (p *rubyProject) portOfScripts(variable string) rubyPort {
	if variable == "" || !variableName.MatchString(variable) {
		return rubyPort{}
	}
	re := regexp.MustCompile(`\b` + variable + `(?:=|:-|:=)["']?(\d{2,5})\b`)
	for _, file := range p.startScripts() {
		data, err := p.t.Read(file)
		if err != nil {
			continue
		}
		if m := findSome(string(data), re); len(m) > 0 {
			if n, _ := strconv.Atoi(m[0].Groups[1]); n < 65536 {
				return rubyPort{number: n, variable: variable, at: dependency{file: file, line: m[0].Line}, rank: scan.Declared}
			}
		}
	}
	return rubyPort{}
}

// serverStart finds the line of a script that starts a server at a port, written down or in a variable.
var serverStart = scan.MustCompile(`(?m)^[^#\n]*\b(?:puma|unicorn|pitchfork|thin|rackup|passenger|rainbows|mr-sparkle|rails\s+s(?:erver)?)\b(?:[^\n#]|\\\n)*?\s(?:-p|--port)[ =]*["']?(?:(\d{2,5})\b|\$\{?(\w+)(?::?-(\d{2,5}))?)`)

// portOfStart reads the port off the line by which one of the team's scripts starts the server.
func (p *rubyProject) portOfStart() rubyPort {
	for _, file := range p.startScripts() {
		data, err := p.t.Read(file)
		if err != nil {
			continue
		}
		for _, m := range findSome(string(data), serverStart) {
			at := dependency{file: file, line: m.Line + strings.Count(m.Groups[0], "\n")}
			if n, _ := strconv.Atoi(m.Groups[1] + m.Groups[3]); n > 0 && n < 65536 {
				return rubyPort{number: n, variable: m.Groups[2], at: at, rank: scan.Declared}
			}
			if found := p.portOfScripts(m.Groups[2]); found.number > 0 {
				return found
			}
		}
	}
	return rubyPort{}
}
