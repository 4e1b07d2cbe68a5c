package legacy

import (
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// The ways in which servers are told their port: --bind 0.0.0.0:8000, --port=8000, -p 8000, --http-socket :8000.
var (
	portFlag   = scan.MustCompile(`^(?:--?(?:bind|listen|http-socket|http|port)|-[bpP])$`)
	portValue  = scan.MustCompile(`^((?:[\w.*-]*|\[[^\]]*\]):)?(\d{2,5})$`)
	portJoined = scan.MustCompile(`^(--?(?:bind|listen|http-socket|http|port)=(?:(?:[\w.*-]*|\[[^\]]*\]):)?)(\d{2,5})$`)
	portShell  = scan.MustCompile(`((?:^|\s)(?:--?(?:bind|listen|http-socket|http|port)[ =]|-[bpP] )["']?(?:(?:[\w.*-]*|\[[^\]]*\]):)?)(\d{2,5})\b`)
)

// settlePort lets the command and the model speak of one port: a port that another reader knew better is put into the
// command; but a command that is declared with its port binds that one, whatever else says.
func (r *resolver) settlePort(at string, s *service.Service) {
	r.outvote(at, s)
	r.portByVariable(at, s)
	r.heedPort(at, s)
	r.tellListener(at, s)
	if r.onlyWorks(at, s) {
		s.Port = 0
		delete(r.Claims, at+".port")
		return
	}
	_, bound := rebind(s.Command, 0)
	switch line := strings.Join(s.Command, " "); {
	case s.Port == 0:
	case s.Env["PORT"] != "" && takesPort.MatchString(line) && r.platformsPort(at, s):
		r.portVariable(at, s, "the command takes it")
	case s.Env["PORT"] != "":
	case runsGunicorn.MatchString(line) && !givesBind.MatchString(line):
		r.portVariable(at, s, "gunicorn listens on it where the command binds nothing")
	case takesPort.MatchString(line):
		r.portVariable(at, s, "the command takes it")
	case runsPuma.MatchString(line) && !givesPumaBind.MatchString(line) && len(r.Claims[at+".port"]) > 0 && r.Claims[at+".port"][0].Reader != "ruby":
		r.portVariable(at, s, "puma's configuration takes it where the command binds nothing")
	}
	if bound == 0 || s.Port == 0 || bound == s.Port {
		return
	}
	command := r.Claims[at+".command"][0]
	if command.Rank >= scan.Declared && !r.variablePort(at, bound) {
		s.Port = bound
		said := Claim{Evidence: command.Evidence, Value: strconv.Itoa(bound), order: command.order}
		said.Note = "the command binds it"
		r.Claims[at+".port"] = append([]Claim{said}, r.Claims[at+".port"]...)
		return
	}
	s.Command, _ = rebind(s.Command, s.Port)
	r.Claims[at+".command"][0].Value = strings.Join(s.Command, " ")
	if _, ok := s.Env["PORT"]; ok {
		s.Env["PORT"] = strconv.Itoa(s.Port)
		port := r.Claims[at+".port"][0]
		port.Value = s.Env["PORT"]
		r.Claims[at+".env.PORT"] = append([]Claim{port}, r.Claims[at+".env.PORT"]...)
	}
}

// Where nothing binds it, gunicorn listens on the port in the variable PORT, on which Heroku tells it; without that it
// listens on 127.0.0.1, where nobody outside of the container reaches it.
var (
	runsGunicorn = scan.MustCompile(`(?:^|[\s/])gunicorn(?:\s|$)`)
	givesBind    = scan.MustCompile(`\s(?:-b|--bind)\b|\bPORT\b`)
)

// What Rails writes for Puma takes the port from the variable, too.
var (
	runsPuma      = scan.MustCompile(`(?:^|[\s/])puma(?:\s|$)`)
	givesPumaBind = scan.MustCompile(`\s(?:-b|--bind|-p|--port)\b`)
)

// takesPort is the variable PORT in a command that has nothing in its place.
var takesPort = scan.MustCompile(`\$(?:PORT\b|\{PORT\})`)

// tellPort lets the variable PORT name the port that another reader knew better, where a habit gave both: what reads the
// variable listens there, and nowhere else.
func (r *resolver) tellPort(at string, s *service.Service) {
	port, told := r.Claims[at+".port"], r.Claims[at+".env.PORT"]
	if s.Port == 0 || len(port) == 0 || len(told) == 0 || s.Env["PORT"] == strconv.Itoa(s.Port) || told[0].Rank > scan.Convention {
		return
	}
	both := slices.ContainsFunc(port, func(c Claim) bool { return c.File == told[0].File && c.Line == told[0].Line })
	if _, err := strconv.Atoi(s.Env["PORT"]); err != nil || !both {
		return
	}
	env := maps.Clone(s.Env)
	env["PORT"] = strconv.Itoa(s.Port)
	s.Env = env
	said := port[0]
	said.Value = env["PORT"]
	r.Claims[at+".env.PORT"] = append([]Claim{said}, told...)
}

// heedPort takes the port from the variable PORT, where what is known of the port is only what the code has in its place.
func (r *resolver) heedPort(at string, s *service.Service) {
	port, told := r.Claims[at+".port"], r.Claims[at+".env.PORT"]
	if len(port) == 0 || len(told) < 2 || told[0].Rank < scan.Declared || s.Env["PORT"] == strconv.Itoa(s.Port) {
		return
	}
	instead := slices.ContainsFunc(told[1:], func(c Claim) bool {
		return c.File == port[0].File && c.Line == port[0].Line && c.Value == port[0].Value
	})
	given, err := strconv.Atoi(s.Env["PORT"])
	if !instead || err != nil || given < 1 || given > 65535 {
		return
	}
	s.Port = given
	said := told[0]
	said.Note = "the variable PORT"
	r.Claims[at+".port"] = append([]Claim{said}, port...)
}

// listener are variables of a team's own for the port that its service listens on, with or without a name before.
var listener = scan.MustCompile(`^(?:(\w+)_)?(?:LISTEN|SERVER|APP|HTTP|WEB|SERVICE)_PORT$`)

// ownListener says whether a variable is for the port of this service: the name before is its own or the application's, and
// no other variable says with the port where something else is.
func (r *resolver) ownListener(at, name string, env map[string]string) bool {
	m := listener.FindStringSubmatch(name)
	if m == nil {
		return false
	}
	prefix := strings.TrimSuffix(name, "_PORT")
	for _, beside := range []string{"_HOST", "_URL", "_ADDR"} {
		if value, ok := env[prefix+beside]; ok && value != "0.0.0.0" && value != "::" {
			return false
		}
	}
	before := slug(m[1])
	return before == "" || before == r.App.Name || before == strings.TrimPrefix(at, "services.")
}

// tellListener lets such a variable name the port that is known better, where one file gives both the variable and the port
// that has lost: developers publish another one than production.
func (r *resolver) tellListener(at string, s *service.Service) {
	port := r.Claims[at+".port"]
	if s.Port == 0 || len(port) < 2 {
		return
	}
	for name, value := range s.Env {
		told := r.Claims[at+".env."+name]
		if !r.ownListener(at, name, s.Env) || len(told) == 0 || value == strconv.Itoa(s.Port) || told[0].File == port[0].File ||
			!slices.ContainsFunc(port[1:], func(c Claim) bool { return c.File == told[0].File && c.Value == value }) {
			continue
		}
		env := maps.Clone(s.Env)
		env[name] = strconv.Itoa(s.Port)
		s.Env = env
		said := port[0]
		said.Value = env[name]
		r.Claims[at+".env."+name] = append([]Claim{said}, told...)
	}
}

func (r *resolver) portVariable(at string, s *service.Service, why string) {
	env := maps.Clone(s.Env)
	if env == nil {
		env = map[string]string{}
	}
	env["PORT"] = strconv.Itoa(s.Port)
	s.Env = env
	var said Claim
	if claims := r.Claims[at+".command"]; len(claims) > 0 {
		said = Claim{Evidence: claims[0].Evidence, order: claims[0].order}
	}
	said.Value, said.Note, said.Rank = env["PORT"], why, scan.Convention
	r.Claims[at+".env.PORT"] = append([]Claim{said}, r.Claims[at+".env.PORT"]...)
}

// platformsPort says whether the variable PORT only has the value that a platform would have chosen, and the code listens
// elsewhere.
func (r *resolver) platformsPort(at string, s *service.Service) bool {
	value, port := r.Claims[at+".env.PORT"], r.Claims[at+".port"]
	return len(value) > 0 && len(port) > 0 && value[0].Rank < scan.Declared && port[0].Rank >= scan.Declared && s.Env["PORT"] != strconv.Itoa(s.Port)
}

var (
	djangoTask  = scan.MustCompile(`\bmanage\.py ([\w-]+)`)
	taskServing = scan.MustCompile(`(?i)serv|gunicorn|[wa]sgi|http|web|daphne|uvicorn|socket|listen|bot`)
)

// onlyWorks says whether the command works off a queue, or is a task of Django's of the team's own that keeps running, and
// nothing but the framework's habit speaks of a port: nothing would answer there.
func (r *resolver) onlyWorks(at string, s *service.Service) bool {
	command, port := r.Claims[at+".command"], r.Claims[at+".port"]
	if len(command) == 0 || len(port) == 0 || command[0].Rank < scan.Declared || port[0].Rank >= scan.Declared {
		return false
	}
	line := strings.Join(s.Command, " ")
	if queueWorker.MatchString(line) {
		return true
	}
	m := djangoTask.FindStringSubmatch(line)
	return s.Framework == "django" && m != nil && !taskServing.MatchString(m[1])
}

// queueWorker is a program that works off a queue and serves nothing.
var queueWorker = scan.MustCompile(`^(?:bundle exec |(?:\S*/)?php[\d.]* |(?:\S*/)?python[\d.]* (?:-m )?)?(?:\S*/)?(?:sidekiq|rake (?:jobs:work|resque:work)|celery (?:.* )?worker|artisan queue:work|rq worker)(?:\s|$)`)

// outvote takes the port that several readers declare, each for itself, where nothing but a line of EXPOSE says another:
// EXPOSE binds nothing.
func (r *resolver) outvote(at string, s *service.Service) {
	claims := r.Claims[at+".port"]
	if len(claims) < 3 || claims[0].Reader != "dockerfile" || claims[0].Note != "EXPOSE" {
		return
	}
	readers := map[string]map[string]bool{}
	for _, c := range claims {
		if c.Rank >= scan.Declared {
			if readers[c.Value] == nil {
				readers[c.Value] = map[string]bool{}
			}
			readers[c.Value][c.Reader] = true
		}
	}
	for i, c := range claims {
		port, err := strconv.Atoi(c.Value)
		if err != nil || len(readers[c.Value]) < 2 || len(readers[claims[0].Value]) > 1 {
			continue
		}
		s.Port = port
		r.Claims[at+".port"] = append([]Claim{c}, slices.Delete(slices.Clone(claims), i, i+1)...)
		return
	}
}

// variablePort says whether the port stands in the command because a platform chose it, through the variable PORT.
func (r *resolver) variablePort(at string, bound int) bool {
	for _, c := range r.Claims[at+".env.PORT"] {
		if c.Value == strconv.Itoa(bound) {
			return true
		}
	}
	return false
}

// rebind gives a command that binds port, and the first port that it binds now, 0 where it names none. A port of 0 only asks.
func rebind(command []string, port int) (rebound []string, bound int) {
	rebound = append([]string(nil), command...)
	see := func(text string) string {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 65535 || bound != 0 && n != bound {
			return text
		}
		bound = n
		if port == 0 {
			return text
		}
		return strconv.Itoa(port)
	}
	if len(command) == 3 && command[1] == "-c" && (path.Base(command[0]) == "sh" || path.Base(command[0]) == "bash") {
		rebound[2] = portShell.ReplaceAllStringFunc(command[2], func(found string) string {
			m := portShell.FindStringSubmatch(found)
			return m[1] + see(m[2])
		})
		return rebound, bound
	}
	for i, word := range command {
		if m := portJoined.FindStringSubmatch(word); m != nil {
			rebound[i] = m[1] + see(m[2])
		} else if m := portValue.FindStringSubmatch(word); m != nil && i > 0 && portFlag.MatchString(command[i-1]) {
			rebound[i] = m[1] + see(m[2])
		}
	}
	return rebound, bound
}
