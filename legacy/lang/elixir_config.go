package lang

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// elixirDrivers lead from packages to what they talk to.
var elixirDrivers = map[string]string{"postgrex": "postgres", "myxql": "mysql", "mariaex": "mysql", "tds": "mssql", "mongodb": "mongodb", "mongodb_driver": "mongodb", "redix": "redis", "exredis": "redis",
	"redis_poolex": "redis", "exq": "redis", "amqp": "rabbitmq", "broadway_rabbitmq": "rabbitmq", "kafka_ex": "kafka", "brod": "kafka", "elsa": "kafka", "kaffe": "kafka", "broadway_kafka": "kafka", "elastix": "elasticsearch",
	"elasticsearch": "elasticsearch", "memcachex": "memcached", "ex_aws_s3": "s3", "ex_aws_sqs": "sqs", "broadway_sqs": "sqs", "gen_smtp": "smtp", "bamboo_smtp": "smtp", "exldap": "ldap", "xandra": "cassandra", "bolt_sips": "neo4j", "gnat": "nats", "tortoise": "mqtt", "tortoise311": "mqtt", "emqtt": "mqtt", "statix": "statsd"}

const elixirExpr = `(?:String\.to_(?:integer|atom|charlist)\(\s*)?(?:[A-Z][\w.]*\.(?:get_env|fetch_env!?)\(\s*"(\w+)"\s*(?:,\s*(?:"([^"\n]*)"|[A-Z][\w.]*\([^()\n]*\)|\w+:\s*"[^"\n]*"(?:,\s*\w+:\s*"[^"\n]*")*)\s*)?\)+(?:\s*\|\|\s*"?([^"\s,\])]*))?|\{:system,\s*"(\w+)"(?:,\s*"([^"\n]*)")?\s*\}|"([^"\n]*)"|(\d[\d_]*)\b|([a-z]\w*)\b|([A-Z][\w.]*))`

var (
	elixirPair  = scan.MustCompile(`\b(\w+):\s+` + elixirExpr)
	elixirLet   = scan.MustCompile(`(?m)^\s*(\w+)\s*=\s*` + elixirExpr)
	elixirBlock = scan.MustCompile(`(?m)^\s*config[ (]+:(\w+)\s*,\s*(?::?([\w.]+)\s*,)?`)
	elixirEnv   = scan.MustCompile(`\b(?:(?:[A-Z][\w.]*\.)?(?:get_env|fetch_env|get_var|fetch_var)!?|\w*env\w*\.)\(\s*"([A-Z][A-Z0-9_]*)"\s*(?:,\s*"([^"\n]*)"\s*)?(?:,[^"\n]*)?\)?(?:\s*\|\|\s*"([^"\n]*)")?|\{:system,\s*"(\w+)"(?:,\s*"([^"\n]*)")?`)
	elixirHTTP  = scan.MustCompile(`(?s)\bhttp:\s*\[(.*?)\]`)
	elixirHTTPS = scan.MustCompile(`(?s)\bhttps:\s*\[(.*?)\]`)
)

// functionCall is the function of a module, whose answer nobody here knows.
var functionCall = scan.MustCompile(`^[A-Z][\w.]*\.[a-z_]\w*$`)

// elixirConfigBlock is one config call of a file.
type elixirConfigBlock struct {
	app, module string
	text        string
	file        string
	line        int
	scope       map[string]value
}

// blocks cuts the files that hold for production into their config calls, those read at run time first.
func (e *elixirProject) blocks() []elixirConfigBlock {
	var all []elixirConfigBlock
	for _, rank := range []string{"runtime.exs", "releases.exs", "prod.secret.exs", "prod.exs", ""} {
		for _, p := range e.configs {
			base := path.Base(p)
			if p == e.release.config {
				base = "runtime.exs"
			}
			known := base == "runtime.exs" || base == "releases.exs" || base == "prod.secret.exs" || base == "prod.exs"
			if !e.holds(p) || base != rank && (rank != "" || known) {
				continue
			}
			text := elixirCode(e.t.Text(p, e.r))
			scope := map[string]value{}
			for _, m := range scan.Find(text, elixirLet) {
				scope[m.Groups[1]] = elixirValue(m.Groups[2:], m.Line, scope) // a name may be given the number of what it was
			}
			starts := elixirBlock.FindAllStringSubmatchIndex(text, 2000)
			for i, at := range starts {
				end := len(text)
				if i+1 < len(starts) {
					end = starts[i+1][0]
				}
				b := elixirConfigBlock{app: text[at[2]:at[3]], text: text[at[0]:end], file: p, line: 1 + strings.Count(text[:at[0]], "\n"), scope: scope}
				if at[4] >= 0 {
					b.module = text[at[4]:at[5]]
				}
				if !e.shut[b.app] {
					all = append(all, b)
				}
			}
		}
	}
	return all
}

// holds says whether a file of configuration holds for production: those that Mix and releases read by their name, and
// those that another file imports by name.
func (e *elixirProject) holds(p string) bool {
	base := path.Base(p)
	environment, skip := environmentOf(p)
	if p == e.release.config {
		return true
	}
	if skip || environment == "production" || base == "config.exs" || base == "runtime.exs" || base == "releases.exs" {
		return !skip
	}
	for _, other := range e.configs {
		if _, skip := environmentOf(other); !skip && strings.Contains(e.t.Text(other, e.r), `import_config "`+base+`"`) {
			return true
		}
	}
	return false
}

// elixirValue makes a value of what the expression's groups caught.
func elixirValue(g []string, line int, scope map[string]value) value {
	text := func(s string) value {
		return value{kind: valString, text: inElixir.ReplaceAllString(s, "{}"), line: line}
	}
	switch env, fallback := g[0]+g[3], g[1]+g[2]+g[4]; {
	case env != "":
		v := value{kind: valEither, line: line, items: []value{{kind: valName, text: "process.env." + env, line: line}}}
		if fallback != "" && fallback != "raise" && !functionCall.MatchString(fallback) {
			v.items = append(v.items, text(fallback))
		}
		return v
	case g[6] != "":
		return value{kind: valNumber, text: strings.ReplaceAll(g[6], "_", ""), line: line}
	case g[7] != "":
		if known, ok := scope[g[7]]; ok {
			known.line = line
			return known
		}
		return value{kind: valOther, line: line}
	case functionCall.MatchString(g[8]):
		return value{kind: valOther, line: line}
	case g[8] != "":
		return text(g[8])
	case filledIn.FindString(g[5]) == g[5] && g[5] != "":
		return value{kind: valName, text: "process.env." + strings.Trim(g[5], "${}"), line: line}
	}
	return text(g[5])
}

var inElixir = scan.MustCompile(`#\{[^{}]*\}`)

func (b elixirConfigBlock) pairs(text string) value {
	v := value{kind: valDict, line: b.line}
	before := strings.Count(b.text[:max(strings.Index(b.text, text), 0)], "\n")
	for _, m := range scan.Find(text, elixirPair) {
		v.keys = append(v.keys, m.Groups[1])
		v.items = append(v.items, elixirValue(m.Groups[2:], b.line+before+m.Line-1, b.scope))
	}
	return v
}

// reportPort reads the port of the endpoint: at run time's configuration first, and that of TLS where it has no other.
func (e *elixirProject) reportPort() {
	server, blocks := false, e.blocks()
	for _, b := range blocks {
		server = server || strings.Contains(b.text, "server: true") || b.module == "serve_endpoints" || strings.Contains(b.text, "PHX_SERVER")
	}
	if !e.endpointPort(blocks, elixirHTTP) {
		e.endpointPort(blocks, elixirHTTPS)
	}
	if _, phoenix := e.dep("phoenix"); !phoenix {
		e.plainPort()
	}
	e.ownPort()
	e.find(service.Service{Port: 4000}, "", e.file, 1, scan.Convention, "Phoenix's and Plug's port")
	for _, p := range e.configs {
		text := e.t.Text(p, e.r)
		if !e.holds(p) {
			continue
		}
		for _, m := range scan.Find(elixirCode(text), servesWith) {
			e.find(service.Service{Env: map[string]string{m.Groups[1] + m.Groups[2]: "true"}}, "", p, m.Line, scan.Declared, "a release serves only with it")
			return
		}
	}
	if _, phoenix := e.dep("phoenix"); phoenix && e.released() && !server {
		e.r.Note(e.file, 1, "no configuration says `server: true`: a release starts without its endpoint unless the code does it")
	}
}

// endpointPort reports the first port that an endpoint is given under the protocol.
func (e *elixirProject) endpointPort(blocks []elixirConfigBlock, protocol *scan.Pattern) bool {
	for _, b := range blocks {
		m := protocol.FindStringSubmatch(b.text)
		if m == nil || !strings.HasSuffix(b.module, "Endpoint") {
			continue
		}
		port, ok := b.pairs(m[1]).get("port")
		if !ok {
			continue
		}
		name, _, isEnv := port.environment()
		n := port.number()
		switch {
		case n > 0:
			e.find(service.Service{Port: n}, "", b.file, port.line, scan.Declared, "")
		case isEnv:
			n = 4000
			e.find(service.Service{Port: n}, "", b.file, port.line, scan.Convention, "Phoenix's port; "+name+" says which")
		}
		if n > 0 && isEnv {
			e.find(service.Service{Env: map[string]string{name: strconv.Itoa(n)}}, "", b.file, port.line, scan.Convention, "the port that the endpoint binds")
		}
		if n > 0 {
			return true
		}
	}
	return false
}

var (
	listensOn  = scan.MustCompile(`(?s)(?:Plug\.Cowboy|Plug\.Adapters\.Cowboy2?\.http|Bandit|:cowboy\.start_(?:clear|http)|Plug\.Cowboy\.http)\b.{0,300}?\bport:\s*` + elixirExpr)
	portInName = scan.MustCompile(`^(?:\w+_)?(?:http_)?port$`)
)

// plainPort reads the port of a service without Phoenix: the number where its server is started, else a port that the
// configuration holds, or the variable PORT with what stands for it.
func (e *elixirProject) plainPort() {
	report := func(v value, file string) bool {
		n := v.number()
		if n == 0 {
			return false
		}
		s := service.Service{Port: n}
		if name, _, ok := v.environment(); ok {
			s.Env = map[string]string{name: strconv.Itoa(n)}
		}
		e.find(s, "", file, v.line, scan.Declared, "")
		return true
	}
	for _, p := range e.sources {
		text := elixirCode(e.t.Text(p, e.r))
		if !hasAny(text, "owboy", "Bandit") {
			continue
		}
		for _, m := range scan.Find(text, listensOn) {
			if report(elixirValue(m.Groups[1:], m.Line, nil), p) {
				return
			}
		}
	}
	for _, b := range e.blocks() {
		pairs := b.pairs(b.text)
		for i, key := range pairs.keys {
			if _, _, isEnv := pairs.items[i].environment(); (key == "port" || key == "http_port" || isEnv && portInName.MatchString(key)) && kindOfName(b.app+"."+b.module) == "" && report(pairs.items[i], b.file) {
				return
			}
		}
	}
}

// servesWith is the variable by which a release is told to serve.
var servesWith = scan.MustCompile(`System\.get_env\("(PHX_SERVER)"\)|\b(?:server|serve_endpoints)(?::|,)\s*\{:system,\s*"(\w+)"`)

// reportSettings reports what the configuration says of other systems, and the variables that are read.
func (e *elixirProject) reportSettings() {
	e.inf = &inference{r: e.r, dir: e.dir, claimed: map[string]bool{}}
	drivers := map[string]dependency{}
	for _, d := range e.deps {
		kind := elixirDrivers[d.name]
		if _, known := drivers[kind]; kind != "" && !known {
			drivers[kind] = d
		}
		if sqlKinds[kind] {
			e.inf.sql = kind
		}
		if d.name == "ecto_sqlite3" {
			e.r.Note(d.file, d.line, "the database is a file (SQLite): it wants a volume and allows one replica")
		}
	}
	blocks := e.blocks()
	replaced := overlaid(blocks)
	for _, b := range blocks {
		e.block(b, replaced)
	}
	var routers []elixirRouter
	files := append([]string(nil), e.sources...)
	for _, p := range e.configs {
		if e.holds(p) {
			files = append(files, p)
		}
	}
	for _, p := range files {
		text := elixirCode(e.t.Text(p, e.r))
		if hasAny(text, "_env", "env.(", "_var", "{:system") {
			for _, m := range scan.Find(text, elixirEnv) {
				g := m.Groups
				if name := g[1] + g[4]; name != "PORT" && name != "PHX_SERVER" && !replaced[p+" "+name] {
					e.inf.vars = append(e.inf.vars, readVariable{name, g[2] + g[3] + g[5], p, m.Line})
				}
			}
		}
		for _, m := range scan.Find(text, elixirMust) {
			if path.Ext(p) == ".exs" {
				e.inf.must = append(e.inf.must, readVariable{name: m.Groups[1] + m.Groups[2], file: p, line: m.Line})
			}
		}
		if path.Ext(p) == ".ex" && hasAny(text, "get \"", "get(\"", "request_path", "path_info", "forward", "PlugHeartbeat") {
			routers = append(routers, elixirRoutes(text, p)...)
		}
	}
	e.releaseCookie()
	e.filledVariables(files)
	findHealth(e.r, e.dir, mountedRoutes(routers))
	e.inf.drivers(drivers, nil)
	e.inf.report()
	e.inf.reportVariables()
}

// elixirMust are variables without which a configuration stops the program: it fetches them, or raises an error in their place.
var elixirMust = scan.MustCompile(`\bfetch_(?:env|var)!\(\s*"([A-Z][A-Z0-9_]*)"|\bget_env\(\s*"([A-Z][A-Z0-9_]*)"\s*\)\s*\|\|\s*raise\b`)

// ownPort gives the variable of the port, PORT or one that is called after the application, that port, where nothing leads
// from it to the endpoint: code that Phoenix 1.3 generated stops without it.
func (e *elixirProject) ownPort() {
	own := strings.ToUpper(e.name()) + "_PORT"
	for _, p := range append(slices.Clone(e.configs), e.sources...) {
		text := e.t.Text(p, e.r)
		if !strings.Contains(text, "PORT\"") || path.Ext(p) == ".exs" && !e.holds(p) {
			continue
		}
		for _, m := range scan.Find(elixirCode(text), elixirEnv) {
			if name := m.Groups[1]; (name == own || name == "PORT") && m.Groups[2]+m.Groups[3] == "" {
				e.find(service.Service{Env: map[string]string{name: "4000"}}, "", p, m.Line, scan.Convention, "Phoenix's and Plug's port")
				return
			}
		}
	}
}

// block looks at one config call: a Repo, a mailer, or settings that lead somewhere.
func (e *elixirProject) block(b elixirConfigBlock, replaced map[string]bool) {
	if strings.HasSuffix(b.module, "Endpoint") || b.app == "logger" || b.app == "sentry" || b.app == "ueberauth" || strings.HasPrefix(b.app, "opentelemetry") {
		return
	}
	pairs := b.without(b.pairs(b.text), replaced)
	kind := ""
	switch {
	case strings.HasSuffix(b.module, "Repo") || strings.Contains(b.text, "Ecto.Adapters."):
		adapter, _ := pairs.get("adapter")
		text, _ := adapter.literal()
		if kind = kindOfEngine(text); kind == "" {
			kind = kindOfEngine(strings.ToLower(strings.TrimPrefix(text, "Ecto.Adapters.")))
		}
		if kind == "" {
			kind = e.inf.sql
		}
	case strings.Contains(b.text, "Adapters.SMTP") || strings.Contains(b.text, "SMTPAdapter"):
		kind = "smtp"
		for i, key := range pairs.keys {
			if key == "relay" || key == "server" {
				pairs.keys[i] = "host"
			}
		}
	}
	name := b.app
	if b.module != "" {
		name += "." + b.module
	}
	if kind != "" && e.inf.group(name, pairs, b.file, kind) {
		return
	}
	if url, ok := pairs.get("url"); ok && kind != "" {
		n := scan.Need{Need: service.Need{Kind: kind, Port: scan.DefaultPort(kind)}}
		if env, _, isEnv := url.environment(); isEnv {
			e.inf.add(n, b.file, url.line, scan.Declared, "the variable "+env+" leads to it")
			return
		}
	}
	for i, key := range pairs.keys {
		e.inf.scalar(key, pairs.items[i], b.file)
	}
	if kind == "" && kindOfName(name) != "" {
		e.inf.group(name, pairs, b.file, "")
	}
}
