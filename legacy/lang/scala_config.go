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
	hoconOpen = scan.MustCompile(`^"?([\w.-]+)"?\s*[:=]?\s*\{\s*(\})?\s*$`)
	hoconPair = scan.MustCompile(`^"?([\w.-]+)"?\s*(?:=|:)\s*(.+?)\s*,?$`)
	hoconEnv  = scan.MustCompile(`\$\{(?:\??([A-Z][A-Z0-9_]*)|\?([a-z][a-z0-9]*(?:_[a-z0-9]+)+))\}`) // keys have dots or humps
)

// hocon reads the key-value pairs of a file, with dotted keys, as far as they stand on a line each. A key that is given
// once more as ${?NAME} has the variable beside its value.
func hocon(text string) []setting {
	var all []setting
	var open []string
	at := map[string]int{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "//") || len(line) > 2000 {
			continue
		}
		if m := hoconOpen.FindStringSubmatch(line); m != nil {
			if m[2] == "" && len(open) < 40 {
				open = append(open, m[1])
			}
			continue
		}
		if strings.HasPrefix(line, "}") {
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
			continue
		}
		m := hoconPair.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		key := strings.Join(append(append([]string(nil), open...), m[1]), ".")
		v := hoconValue(m[2], i+1)
		if known, again := at[key]; again && v.kind == valEither {
			v.items = append(v.items, all[known].v)
			v.line = all[known].v.line
			all[known].v = v
			continue
		}
		at[key] = len(all)
		all = append(all, setting{name: key, v: v})
	}
	return all
}

func hoconValue(text string, line int) value {
	if m := hoconEnv.FindStringSubmatch(text); m != nil {
		env := value{kind: valEither, line: line, items: []value{{kind: valName, text: "process.env." + m[1] + m[2], line: line}}}
		if m[0] == text {
			return env
		}
		plain := strings.Trim(hoconEnv.ReplaceAllString(strings.ReplaceAll(text, `"`, ""), "{}"), "[]")
		return value{kind: valString, text: plain, line: line, items: []value{env}}
	}
	text, _, _ = strings.Cut(text, " #")
	return value{kind: valString, text: strings.Trim(strings.TrimSpace(text), `"[]`), line: line}
}

var (
	sbtEnv     = scan.MustCompile(`(?:sys\.env(?:\.get)?\(\s*"(\w+)"\s*\)(?:\.getOrElse\(\s*"([^"\n]*)")?|sys\.env\.getOrElse\(\s*"(\w+)"\s*,\s*"([^"\n]*)"|System\.getenv\(\s*"(\w+)")`)
	sbtBind    = scan.MustCompile(`(?:newServerAt|bindAndHandle\w*|bindHttp|bind|withPort|Server\.serve)\(\s*(?:[\w.]+\s*,\s*)?(?:(?:interface\s*=\s*)?"[\w.:]*"\s*,\s*)?(?:port\s*=\s*)?(?:port"(\d{2,5})"|(\d{2,5}))|\bport"(\d{2,5})"|":(\d{2,5})"`)
	playRoute  = scan.MustCompile(`(?m)^\s*GET\s+(/[\w/.-]*)\s`)
	scalaRoute = scan.MustCompile(`\b(?:path|pathPrefix)\(\s*"([\w.-]+)"|GET\s*->\s*Root\s*/\s*"([\w.-]+)"|\bget\(\s*"(/[\w/.-]+)"`)
	portKey    = scan.MustCompile(`(?i)^((play\.server\.)?http\.port|(?:[\w-]+\.)*(http|server|web|api|rest|app|service)[\w-]*\.(http\.)?port)$`)
	// routes of play-health, which tells at /ping/ping that it is there
	hmrcHealth = scan.MustCompile(`(?m)^->\s+/\s+health\.Routes\b`)
	// ciris: env("HTTP_PORT").as[Port].default(port"9665")
	cirisEnv  = scan.MustCompile(`\benv\(\s*"([A-Z][A-Z0-9_]+)"\s*\)([^\n]{0,200}?\.default\(\s*(?:[a-z]+)?"?([^")\n]*)"?\s*\))?`)
	secretKey = scan.MustCompile(`^(play\.http\.secret\.key|play\.crypto\.secret|application\.secret)$`)
)

// reportSettings reports command and port, what the configuration leads to, and the variables that are read.
func (p *sbtProject) reportSettings(play bool) {
	b := p.b
	p.inf = &inference{r: b.r, dir: p.dir, claimed: map[string]bool{}}
	drivers := p.drivers()
	c := &sbtConfig{}
	for _, f := range p.configs {
		if _, skip := environmentOf(f); skip || strings.HasSuffix(f, "routes") || strings.HasPrefix(path.Base(f), "logback") {
			continue
		}
		all := hocon(b.t.Text(f, b.r))
		p.inf.flat(slices.DeleteFunc(slices.Clone(all), func(s setting) bool { return calledServices.MatchString(s.name) }), f)
		for _, s := range all {
			p.key(s, f, c)
		}
	}
	c.port = p.code(play) || c.port
	if port, file, line := p.defaultPort(); play && !c.port && port > 0 {
		c.port, c.flag = true, "-Dhttp.port="+strconv.Itoa(port)
		p.find(service.Service{Port: port}, file, line, scan.Declared, "the command passes it: in production Play would take 9000")
	}
	p.command(play, c)
	if !c.port && p.framework() != "packaged" { // a program without a library that serves may listen at none
		n, why, rank := 8080, "nothing says which port it binds", scan.Guess
		if p.war() {
			why, rank = "Tomcat's port", scan.Convention
		} else if play {
			n, why, rank = 9000, "Play's port", scan.Convention
		}
		p.find(service.Service{Port: n}, p.file, p.line, rank, why)
	}
	p.inf.drivers(drivers, nil)
	p.inf.report()
	p.inf.reportVariables()
}

// drivers are the libraries that talk to something, by its kind. A driver of a database without an address is a choice
// that is made somewhere else.
func (p *sbtProject) drivers() map[string]dependency {
	drivers, sql, embedded := map[string]dependency{}, map[string]dependency{}, false
	for _, d := range p.deps {
		embedded = embedded || listed(embeddedJava, d.name)
		for _, known := range javaDrivers {
			switch {
			case !(javaDependency{name: d.name}).named([]string{known.dep}):
			case sqlKinds[known.kind]:
				p.inf.sql = known.kind
				sql[known.kind] = d
			default:
				drivers[known.kind] = d
			}
		}
	}
	if len(sql) == 1 && !embedded {
		drivers[p.inf.sql] = sql[p.inf.sql]
	}
	return drivers
}

// sbtConfig is what the configuration says of the program itself.
type sbtConfig struct {
	port   bool      // one was found
	secret string    // the variable that Play's secret comes from
	clear  javaValue // Play's secret where it stands in clear; text is the key
	flag   string    // of the command, for the port
}

// key looks at one key of the configuration.
func (p *sbtProject) key(s setting, file string, c *sbtConfig) {
	s.v.walk(func(v value) {
		if name, fallback, ok := v.environment(); ok && !portKey.MatchString(s.name) {
			text := ""
			if fallback != nil {
				text, _ = fallback.literal()
			}
			p.inf.vars = append(p.inf.vars, readVariable{name, text, file, max(v.line, 1)})
		}
	})
	env, _, isEnv := s.v.environment()
	switch n := s.v.number(); {
	case portKey.MatchString(s.name) && !calledServices.MatchString(s.name) && n > 0 && !c.port:
		c.port = true
		p.find(service.Service{Port: n}, file, s.v.line, scan.Declared, "")
		if isEnv {
			p.find(service.Service{Env: map[string]string{env: strconv.Itoa(n)}}, file, s.v.line, scan.Convention, "the port that it binds")
		}
	case secretKey.MatchString(s.name) && isEnv:
		c.secret = env
	case secretKey.MatchString(s.name):
		c.clear = javaValue{s.name, file, s.v.line}
	case strings.HasPrefix(s.name, "play.") && !strings.Contains(s.name, "mailer"):
	default:
		p.setting(s, file)
	}
}

// calledServices are groups of other services, by name: what is called email there answers HTTP.
var calledServices = scan.MustCompile(`^(?:\w+\.)?microservice\.services\.|^services\.[\w-]+\.(?:host|port|protocol)$`)

// setting looks at one key: an address, or a database inside of the process.
func (p *sbtProject) setting(s setting, file string) {
	text, _ := s.v.literal()
	if m := inProcessURL.FindStringSubmatch(text); m != nil {
		p.b.r.Note(file, s.v.line, "%s inside of the process: what is kept in memory is gone with it, what is kept in a file wants a volume and one replica", m[1])
		return
	}
	p.inf.scalar(s.name, s.v, file)
}

// command is the script that sbt stage writes. Play refuses to start in production with the secret that stands in its
// configuration, so it is given from the environment where the configuration doesn't ask for it: from Play 2.8 on any
// setting can be, by a variable; before, only the command line overrides one.
func (p *sbtProject) command(play bool, c *sbtConfig) {
	start := "/app/bin/" + p.name()
	switch task, _ := p.makes(); {
	case task == "package":
		p.find(service.Service{Command: []string{"catalina.sh", "run"}}, p.file, p.line, scan.Convention, "a WAR, run by Tomcat")
		return
	case task == "assembly":
		p.find(service.Service{Command: []string{"java", "-jar", "/app/app.jar"}}, p.file, p.line, scan.Convention, "the JAR that sbt assembly makes")
		return
	case !play:
		p.find(service.Service{Command: []string{start}}, p.file, p.line, scan.Convention, "the script that sbt stage writes")
		return
	}
	words := []string{start, "-Dpidfile.path=/dev/null"}
	if c.flag != "" {
		words = append(words, c.flag)
	}
	if c.secret == "" {
		words = p.withSecret(words, c.clear)
	}
	p.find(service.Service{Command: words}, p.file, p.line, scan.Convention, "the script that sbt stage writes; sbt run is for development")
}

func (p *sbtProject) withSecret(words []string, clear javaValue) []string {
	version := p.b.plugins["sbt-plugin"].version
	key, name := "play.http.secret.key", "APPLICATION_SECRET"
	if clear.text != "" {
		key = clear.text
	}
	byVariable := version != "" && !versionLess(version, "2.8")
	if byVariable {
		name = "CONFIG_FORCE_" + strings.NewReplacer("_", "___", "-", "__", ".", "_").Replace(key)
		words = append(words, "-Dconfig.override_with_env_vars=true")
	}
	if clear.text != "" {
		p.b.r.Note(clear.file, clear.line, "%s stands here in clear (***); the service takes it from %s", key, name)
	} else {
		clear = javaValue{key, p.file, p.line}
	}
	p.find(service.Service{Secrets: []string{name}}, clear.file, clear.line, scan.Convention, "Play wants a secret of its own")
	if !byVariable {
		words = []string{"sh", "-c", "exec " + strings.Join(words, " ") + " -D" + key + "=\"$" + name + "\""}
	}
	return words
}

// code reads the sources: variables, routes, and the port that they bind.
func (p *sbtProject) code(play bool) (port bool) {
	var routes []route
	for _, f := range p.configs {
		if strings.HasSuffix(f, "routes") {
			for _, m := range scan.Find(p.b.t.Text(f, p.b.r), playRoute) {
				routes = append(routes, route{path: m.Groups[1], file: f, line: m.Line})
			}
			if line := scan.LineOf(p.b.t.Text(f, p.b.r), hmrcHealth); line > 0 {
				routes = append(routes, route{path: "/ping/ping", file: f, line: line, sure: true})
			}
		}
	}
	var sources []string // what runs is the project with those that it holds
	for _, used := range p.closure() {
		if used == p || used.framework() == "" {
			sources = append(sources, used.sources...)
		}
	}
	for _, f := range sources {
		text := p.b.t.Text(f, p.b.r)
		if hasAny(text, "sys.env", "getenv") {
			for _, m := range scan.Find(text, sbtEnv) {
				g := m.Groups
				p.inf.vars = append(p.inf.vars, readVariable{g[1] + g[3] + g[5], g[2] + g[4], f, m.Line})
			}
		}
		if hasAny(text, "newServerAt", "bindAndHandle", "bindHttp", "withPort", "Server.serve", "Http.serve", "server.serve", "defaultHttpPort", "defaultFinatraHttpPort") {
			for _, m := range scan.Find(text, sbtBind) {
				v := value{kind: valString, text: m.Groups[1] + m.Groups[2] + m.Groups[3] + m.Groups[4]}
				if n := v.number(); n > 0 && !port {
					port = true
					p.find(service.Service{Port: n}, f, m.Line, scan.Declared, "")
				}
			}
		}
		if p.ciris(f, text) {
			port = true
		}
		if !play && hasAny(text, "path(", "pathPrefix(", "GET ->", "get(") {
			for _, m := range scan.Find(text, scalaRoute) {
				at := m.Groups[1] + m.Groups[2] + m.Groups[3]
				routes = append(routes, route{path: "/" + strings.TrimPrefix(at, "/"), file: f, line: m.Line})
			}
		}
	}
	findHealth(p.b.r, p.dir, routes)
	return port
}

// ciris reads variables by the library of that name. It is true where one of them is the port that the program binds.
func (p *sbtProject) ciris(f, text string) (port bool) {
	if !strings.Contains(text, "ciris") {
		return false
	}
	for _, m := range scan.Find(text, cirisEnv) {
		name, fallback := m.Groups[1], m.Groups[3]
		v := value{kind: valEither, line: m.Line, items: []value{{kind: valName, text: "process.env." + name, line: m.Line}}}
		if m.Groups[2] != "" {
			v.items = append(v.items, value{kind: valString, text: fallback, line: m.Line})
		}
		if n := v.number(); n > 0 && !port && serverPort.MatchString(name) {
			port = true
			p.find(service.Service{Port: n, Env: map[string]string{name: fallback}}, f, m.Line, scan.Declared, "")
			continue
		}
		if kind := kindOfName(name); kind != "" && strings.HasSuffix(name, "_HOST") {
			p.inf.flat([]setting{{name: name, v: v}}, f)
		} else if kind == "" || !strings.HasSuffix(name, "_PORT") {
			p.inf.vars = append(p.inf.vars, readVariable{name, fallback, f, m.Line})
		}
	}
	return port
}

var serverPort = scan.MustCompile(`^(?:(?:HTTP|SERVER|WEB|API|APP|SERVICE)_)?PORT$`)
