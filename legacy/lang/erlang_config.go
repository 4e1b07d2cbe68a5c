package lang

import (
	"path"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// erlangDrivers lead from packages to what they talk to.
var erlangDrivers = map[string]string{"epgsql": "postgres", "pgsql": "postgres", "pgapp": "postgres", "epgsql_pool": "postgres", "emysql": "mysql", "mysql": "mysql", "mysql_poolboy": "mysql", "mongodb": "mongodb", "emongo": "mongodb",
	"eredis": "redis", "eredis_cluster": "redis", "eredis_pool": "redis", "redo": "redis", "nsync": "redis", "redis": "redis", "amqp_client": "rabbitmq", "turtle": "rabbitmq", "brod": "kafka", "ekaf": "kafka", "mcd": "memcached", "merle": "memcached",
	"erlmc": "memcached", "erlastic_search": "elasticsearch", "tirerl": "elasticsearch", "cqerl": "cassandra", "marina": "cassandra", "ecql": "cassandra", "riakc": "riak", "riak_pool": "riak", "erlcloud": "s3", "gen_smtp": "smtp", "statsderl": "statsd", "estatsd": "statsd"}

var (
	// erlangPair is {key, value} with a text or a number, a variable that the start script fills in among them.
	erlangPair = scan.MustCompile(`\{\s*'?(\w+)'?\s*,\s*(?:<<)?(?:"([^"\n]*)"|(\$\{\w+\})|(\d[\d_]*)\b)(?:>>)?\s*\}`)
	erlangEnv  = scan.MustCompile(`\bos:getenv\(\s*"([A-Za-z_]\w*)"\s*(?:,\s*"([^"\n]*)")?`)
	// erlangTold are the variables of a table that code reads one after another: [{cookie, ["SHOP_COOKIE"]}].
	erlangTold    = scan.MustCompile(`\{\s*(\w+)\s*,\s*\[?\s*"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"`)
	readsErlang   = scan.MustCompile(`\bos:getenv\(\s*[A-Z]\w*\s*[,)]`)
	erlangFilled  = scan.MustCompile(`\$\{(\w+)\}`)
	erlangCookie  = scan.MustCompile(`(?m)^-setcookie\s+(\S+)`)
	erlangListens = scan.MustCompile(`(?s)\b(?:cowboy:start_(?:clear|http|tls|https)|elli:start_link|mochiweb_http:start|yaws:start_embedded)\b.{0,300}?\{\s*port\s*,\s*(\d{2,5})\s*\}`)
	erlangPort    = scan.MustCompile(`^(?:(?:http|web|api|listen|cowboy|rest|server)_)?port$|^http_listen_port$`)
	erlangRoute   = scan.MustCompile(`(?:\{\s*|\['GET',\s*|define\(\s*\w+,\s*|\[\s*)"(/[\w/.-]+)"`)
	// erlangOthers are applications whose settings are not the service's own.
	erlangOthers = scan.MustCompile(`^(kernel|sasl|lager|logger|os_mon|stdlib|ssl|crypto|folsom\w*|exometer\w*|prometheus\w*|recon|mnesia|inets)$`)
)

// erlangSetting is one value of the configuration, with the application that it is for.
type erlangSetting struct {
	app, key string
	v        value
	file     string
}

// settings are those that production's configuration holds, those of sys.config before what the applications bring along.
func (e *erlangProject) settings() []erlangSetting {
	var all []erlangSetting
	for _, file := range append(append([]string(nil), e.configs...), e.apps...) {
		text := erlangCode(e.t.Text(file, e.r))
		app := ""
		if strings.HasSuffix(file, ".app.src") {
			app = strings.TrimSuffix(path.Base(file), ".app.src")
		}
		sections := erlangSections(text)
		for _, m := range findSome(text, erlangPair) {
			s := erlangSetting{app: app, key: m.Groups[1], v: erlangValue(m.Groups, m.Line), file: file}
			if app == "" {
				s.app = sections[m.Line-1]
			}
			if !erlangOthers.MatchString(s.app) && len(all) < maxMatches {
				all = append(all, s)
			}
		}
	}
	return all
}

var erlangSectionLine = scan.MustCompile(`^\s*[\[,]?\s*\[?\s*\{\s*'?(\w+)'?\s*,\s*(\[|$)`)

// erlangSections is for each line of a sys.config the application in whose part it stands: the last that begins a list.
func erlangSections(text string) []string {
	lines := strings.Split(text, "\n")
	sections := make([]string, len(lines))
	section, depth := "", -1
	for i, l := range lines {
		if m := erlangSectionLine.FindStringSubmatch(l); m != nil {
			if indent := len(l) - len(strings.TrimLeft(l, " \t[,")); depth < 0 || indent <= depth {
				section, depth = m[1], indent
			}
		}
		sections[i] = section
	}
	return sections
}

func erlangValue(g []string, line int) value {
	if g[4] != "" {
		return value{kind: valNumber, text: strings.ReplaceAll(g[4], "_", ""), line: line}
	}
	text := g[2] + g[3]
	if m := erlangFilled.FindStringSubmatch(text); m != nil && m[0] == text {
		return value{kind: valEither, line: line, items: []value{{kind: valName, text: "process.env." + m[1], line: line}}}
	}
	return value{kind: valString, text: erlangFilled.ReplaceAllString(text, "{}"), line: line}
}

// reportPort reports where the service listens: as its configuration says, else as the code starts its server.
func (e *erlangProject) reportPort() {
	for _, s := range e.settings() {
		if !erlangPort.MatchString(s.key) {
			continue
		}
		if n := s.v.number(); n > 0 {
			e.find(service.Service{Port: n}, s.file, s.v.line, scan.Declared, "")
			return
		}
		if name, _, ok := s.v.environment(); ok {
			e.find(service.Service{Port: 8080, Env: map[string]string{name: strconv.Itoa(8080)}}, s.file, s.v.line, scan.Convention, name+" says which")
			return
		}
	}
	for _, p := range e.sources {
		for _, m := range findSome(erlangCode(e.t.Text(p, e.r)), erlangListens) {
			if n, _ := strconv.Atoi(m.Groups[1]); n > 0 && n < 65536 {
				e.find(service.Service{Port: n}, p, m.Line, scan.Declared, "")
				return
			}
		}
	}
	e.schemaPort()
}

// reportSettings reports what the configuration says of other systems, the variables that are read and the health routes.
func (e *erlangProject) reportSettings() {
	e.inf = &inference{r: e.r, dir: e.dir, claimed: map[string]bool{}}
	drivers := map[string]dependency{}
	for _, d := range e.deps {
		kind := erlangDrivers[d.name]
		if kind == "" || drivers[kind].name != "" {
			continue
		}
		drivers[kind] = d
		if sqlKinds[kind] {
			e.inf.sql = kind
		}
	}
	settings := e.settings()
	e.filledIn()
	var routes []route
	for _, p := range e.sources {
		text := erlangCode(e.t.Text(p, e.r))
		e.variables(p, text, settings)
		for _, m := range findSome(text, erlangRoute) {
			routes = append(routes, route{path: m.Groups[1], file: p, line: m.Line})
		}
	}
	for _, s := range settings {
		if !e.told[s.key] {
			e.inf.scalar(s.key, s.v, s.file)
		}
	}
	findHealth(e.r, e.dir, routes)
	e.inf.drivers(drivers, nil)
	e.inf.report()
	e.inf.reportVariables()
}

// filledIn are the variables that the release's start script puts into vm.args and sys.config, which it has to be told to.
func (e *erlangProject) filledIn() {
	told := false
	for _, file := range append(append([]string(nil), e.configs...), e.args...) {
		text := e.t.Text(file, e.r)
		cookie := ""
		if m := erlangCookie.FindStringSubmatch(text); m != nil {
			cookie = m[1]
			if !strings.Contains(cookie, "${") {
				e.r.Note(file, scan.LineOf(text, erlangCookie), "the cookie by which nodes trust each other stands in the code: give it from a secret, -setcookie ${RELEASE_COOKIE}, where they talk to each other")
			}
		}
		for _, m := range findSome(text, erlangFilled) {
			name := m.Groups[1]
			if !told && !strings.HasSuffix(file, ".src") { // rebar3's .src is filled in anyway
				told = true
				e.find(service.Service{Env: map[string]string{"RELX_REPLACE_OS_VARS": "true"}}, file, m.Line, scan.Convention, "the start script fills in variables only with it")
			}
			if cookie == "${"+name+"}" {
				e.find(service.Service{Secrets: []string{name}}, file, m.Line, scan.Declared, "the cookie by which nodes trust each other")
				continue
			}
			e.inf.vars = append(e.inf.vars, readVariable{name, "", file, m.Line})
		}
	}
}

// variables collects those that a module reads, and those of a table, each with the setting that it takes the place of.
func (e *erlangProject) variables(file, text string, settings []erlangSetting) {
	if !strings.Contains(text, "getenv") {
		return
	}
	for _, m := range findSome(text, erlangEnv) {
		e.inf.vars = append(e.inf.vars, readVariable{m.Groups[1], m.Groups[2], file, m.Line})
	}
	if !readsErlang.MatchString(text) {
		return
	}
	for _, m := range findSome(text, erlangTold) {
		key, name := m.Groups[1], m.Groups[2]
		e.inf.vars = append(e.inf.vars, readVariable{name, "", file, m.Line})
		for _, s := range settings {
			text, _ := s.v.literal()
			if n, ok := scan.NeedOfURL(text); ok && n.Kind != "http" && s.key == key && !e.told[key] {
				v := value{kind: valEither, line: m.Line, items: []value{{kind: valName, text: "process.env." + name, line: m.Line}, s.v}}
				e.told[key] = e.inf.url(name, v, file, "")
			}
		}
	}
}
