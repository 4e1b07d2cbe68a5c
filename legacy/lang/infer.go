package lang

import (
	"net"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// seen is a need with its evidence, kept until all settings are read: what only repeats another is then left out.
type seen struct {
	need  scan.Need
	file  string
	line  int
	rank  scan.Rank
	note  string
	label string // the setting that it was found in, "" where there is none
	here  bool   // the setting says this machine, and no variable changes it
}

// inference makes needs of the settings and calls of one directory's code.
type inference struct {
	r       *scan.Report
	dir     string
	sql     string          // the one kind of SQL database that the dependencies know, or ""
	needs   []seen          // in the order of the files
	claimed map[string]bool // variables that point to a need and so are no plain configuration
	vars    []readVariable  // every variable that the code reads
	whole   bool            // the dependencies are all listed: what is not among them is not there
	lite    []liteFile      // databases in files, which count only where no server is named
	objects bool            // a library among the dependencies talks to an object store, so that a bucket is in one
	written []readVariable  // secrets that settings hold themselves, by the names of the settings
	read    map[string]bool // settings that come from the environment somewhere
	must    []readVariable  // variables without which the code stops while it is loaded
	spared  []readVariable  // variables without which the code starts, where it reads them
	// sensitive are variables that the code itself calls so.
	sensitive []string
	// overridden is set where each place loads settings of its own over those that the repository holds.
	overridden bool
}

// engines lead from a part of an engine's, dialect's or backend's name to the kind of need. The order matters: a longer
// name that holds another stands first.
var engines = []struct{ part, kind string }{
	{"sqlite", "sqlite"}, {"postgis", "postgres"}, {"postgre", "postgres"}, {"pgsql", "postgres"}, {"psycopg", "postgres"}, {"mysql", "mysql"}, {"mariadb", "mysql"}, {"oracle", "oracle"},
	{"mssql", "mssql"}, {"sql_server", "mssql"}, {"sqlserver", "mssql"}, {"sqlsrv", "mssql"}, {"mongo", "mongodb"}, {"django_elasticsearch", "elasticsearch"}, {"elasticsearch", "elasticsearch"}, {"solr", "solr"},
	{"locmem", "none"}, {"redis", "redis"}, {"memcache", "memcached"}, {"pylibmc", "memcached"}, {"dummy", "none"}, {"filebased", "none"}, {"memory", "none"},
}

func kindOfEngine(engine string) string {
	engine = strings.ToLower(engine)
	if engine == "pg" {
		return "postgres"
	}
	for _, e := range engines {
		if strings.Contains(engine, e.part) {
			return e.kind
		}
	}
	return ""
}

var (
	hostKeys   = []string{"HOST", "host", "hostname", "server", "servers", "hosts", "HOSTS", "LOCATION", "address", "nodes", "endPoint", "endpoint", "host_name", "Host", "HostName", "Server", "SmtpServer", "SmtpHost"}
	urlKeys    = []string{"URL", "url", "uri", "URI", "connectionString", "connection_string", "CONNECTION_URL", "dsn", "LOCATION", "URLS"}
	engineKeys = []string{"ENGINE", "BACKEND", "engine", "driver", "dialect", "client", "type", "adapter", "backend", "provider"}
	portKeys   = []string{"PORT", "port", "servicePort", "Port", "SmtpPort"}
	nameKeys   = []string{"NAME", "database", "dbname", "db", "DB", "name", "DATABASE", "Database"}
	userKeys   = []string{"USER", "user", "username", "USERNAME", "User", "UserName", "Username"}

	passwordKeys = []string{"PASSWORD", "password", "pass", "passwd", "Password"}
)

// setting looks at one setting and at everything in it.
func (f *inference) setting(name string, v value, file string) {
	switch v.kind {
	case valDict:
		if f.group(name, v, file, "") {
			return
		}
		for i, key := range v.keys {
			if key == "es" && has(v, []string{"en", "en_US", "pt", "pt_BR", "fr", "de"}) {
				continue // a language among others, and no Elasticsearch
			}
			f.setting(name+"."+key, v.items[i], file)
		}
	case valList:
		for _, item := range v.items {
			if item.kind == valDict {
				f.setting(name, item, file)
			} else {
				f.url(name, item, file, "")
			}
		}
	case valCall:
		if first, ok := v.arg(0); ok && first.kind == valDict && wrapsObject[v.text] {
			f.setting(name, first, file)
			return
		}
		if v.text == "dict" || strings.HasSuffix(v.text, ".dict") {
			v.kind = valDict
			f.setting(name, v, file)
			return
		}
		f.scalar(name, v, file)
	default:
		f.scalar(name, v, file)
	}
}

// wrapsObject are calls that hand on the object they are given.
var wrapsObject = map[string]bool{"convict": true, "Object.freeze": true, "defineConfig": true, "registerAs": true}

// group takes a dict that describes one connection. kind is what the caller knows already, "" where nothing.
func (f *inference) group(name string, v value, file, kind string) bool {
	engine, hasEngine := v.get(engineKeys...)
	if text, ok := engine.literal(); hasEngine && ok && kind == "" {
		kind = kindOfEngine(text)
	}
	host, hasHost := v.get(hostKeys...)
	if kind == "" && (hasHost || has(v, urlKeys)) {
		kind = f.kindOfSetting(name)
	}
	if kind == "" && hasHost && has(v, userKeys) && has(v, nameKeys) && has(v, passwordKeys) {
		kind = f.sql // what the only driver among the dependencies connects to
	}
	if port, ok := v.get(portKeys...); ok && kind == "" && hasHost && mailPorts[port.number()] {
		kind = "smtp"
	}
	if kind == "none" {
		return true
	}
	if kind == "sqlite" {
		path, _ := v.get("NAME", "storage", "filename", "database")
		f.sqlite(path, file, v.line)
		return true
	}
	if url, ok := v.get(urlKeys...); ok && f.url(name, url, file, kind) {
		return true
	}
	if kind == "" || !hasHost && !hasEngine {
		return false
	}
	n := scan.Need{Need: service.Need{Kind: kind, Port: scan.DefaultPort(kind)}}
	line := v.line
	if hasHost {
		line = host.line
		f.host(&n, host)
	}
	if port, ok := v.get(portKeys...); ok {
		if p := port.number(); p > 0 {
			n.Port = p
		}
		f.variable(&n, port, "{port}")
	}
	f.account(&n, v)
	f.alias(&n, name)
	f.password(name, v, file)
	f.add(n, file, line, scan.Declared, "")
	last := &f.needs[len(f.needs)-1]
	last.label, last.here = name, hasHost && host.kind == valString && len(host.items) == 0 && thisMachine.MatchString(host.text)
	return true
}

// mailPorts are those at which nothing but a server of mails answers.
var mailPorts = map[int]bool{25: true, 465: true, 587: true}

func has(v value, keys []string) bool {
	_, ok := v.get(keys...)
	return ok
}

// host reads a host with or without its port, or a list of them (the first counts).
func (f *inference) host(n *scan.Need, v value) {
	if v.kind == valList && len(v.items) > 0 {
		v = v.items[0]
		if inner, ok := v.get(hostKeys...); ok {
			if port, ok := v.get(portKeys...); ok && port.number() > 0 {
				n.Port = port.number()
			}
			v = inner
		}
	}
	text, _ := v.literal()
	template := "{host}"
	if _, _, err := net.SplitHostPort(text); err == nil {
		template = "{host}:{port}"
	}
	f.variable(n, v, template)
	if of, ok := scan.NeedOfURL(text); ok {
		n.Host, n.Name, n.Port = of.Host, of.Name, of.Port
		return
	}
	text, _, _ = strings.Cut(text, ",")
	if host, port, err := net.SplitHostPort(text); err == nil {
		if p, err := strconv.Atoi(port); err == nil && p > 0 && p < 65536 {
			n.Port = p
		}
		text = host
	}
	if hostText.MatchString(text) {
		n.SetHost(text)
	}
}

var hostText = scan.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$|^[0-9a-fA-F:]+$`)

// variable remembers through which variable the need can be pointed elsewhere.
func (f *inference) variable(n *scan.Need, v value, template string) {
	name, _, ok := v.environment()
	if !ok || !variableName.MatchString(name) || scan.SecretName(name) {
		return
	}
	if template == "{host}" && urlName.MatchString(name) {
		if template = urlTemplates[n.Kind]; template == "" {
			return
		}
	}
	if n.Env == nil {
		n.Env = map[string]string{}
	}
	n.Env[name] = template
	f.claim(v)
}

var urlName = scan.MustCompile(`(?i)(^|_)(URL|URI|URLS)$`)

// urlTemplates are the connection strings of what is called without an account.
var urlTemplates = map[string]string{"redis": "redis://{host}:{port}", "elasticsearch": "http://{host}:{port}", "solr": "http://{host}:{port}/solr", "http": "http://{host}:{port}"}

// claim marks the variables of a value, those that it falls back to included, as pointing to a need.
func (f *inference) claim(v value) {
	v.walk(func(part value) {
		if name, _, ok := part.environment(); ok && !scan.SecretName(name) {
			f.claimed[name] = true
		}
	})
}

// fillIn are words that stand for what somebody has to write there.
var fillIn = scan.MustCompile(`(?i)^(your|my)[_-]|^(changeme|placeholder|todo|fixme|xxx+)$`)

func (f *inference) account(n *scan.Need, v value) {
	if !sqlKinds[n.Kind] && n.Kind != "mongodb" && n.Kind != "rabbitmq" {
		return
	}
	if name, ok := v.get(nameKeys...); ok && n.Kind != "rabbitmq" {
		if text, _ := name.literal(); plainWord.MatchString(text) && !fillIn.MatchString(text) {
			n.Database = text
		}
	}
	if user, ok := v.get(userKeys...); ok {
		if text, _ := user.literal(); plainWord.MatchString(text) && !fillIn.MatchString(text) {
			n.User = text
		}
	}
}

var plainWord = scan.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,62}$`)

// alias names a further database after its alias, which tells it from the default one.
func (f *inference) alias(n *scan.Need, name string) {
	rest, ok := strings.CutPrefix(name, "DATABASES.")
	if ok && rest != "default" && n.Name == "" && plainWord.MatchString(rest) {
		n.Name = strings.ToLower(strings.ReplaceAll(rest, "_", "-"))
	}
}

// kindOfSetting is the kind that a setting's name speaks of; "database" and "db" are the SQL driver's kind.
func (f *inference) kindOfSetting(name string) string {
	if k := kindOfName(name); k != "" {
		return k
	}
	for _, w := range splitName(name) {
		if w == "db" || w == "database" || w == "databases" || w == "sql" || w == "sequelize" || w == "knex" {
			return f.sql
		}
	}
	return ""
}

// url takes a connection string, whole or with what is known of it, and the variable that holds it.
func (f *inference) url(name string, v value, file, kind string) bool {
	text, _ := v.literal()
	if v.kind == valList && len(v.items) > 0 {
		v = v.items[0]
	}
	n, ok := scan.NeedOfURL(text)
	if !ok {
		if rest, isLite := strings.CutPrefix(text, "sqlite:///"); isLite {
			if _, _, isEnv := v.environment(); !isEnv || f.sql == "" { // else it is what developers fall back to
				f.sqlite(value{kind: valString, text: rest}, file, v.line)
			}
			return true
		}
		return false
	}
	if n.Kind == "http" {
		if kind == "" || kind == "smtp" {
			kind = f.kindOfSetting(name)
		}
		if kind == "" || sqlKinds[kind] || kind == "smtp" { // a link in mails, not the mail server
			return f.http(name, v, text, n, file)
		}
		n.Kind = kind
		if !explicitPort.MatchString(text) {
			n.Port = scan.DefaultPort(kind)
		}
	}
	f.urlVariable(&n, v, text)
	f.parts(&n, v)
	if scan.HasAccount(text) && !strings.Contains(text, "{") && n.Host+n.Name != "" {
		f.r.Note(file, v.line, "%s holds a password in the code; it belongs in the secret store: %s", name, maskURL(text))
	}
	f.add(n, file, v.line, scan.Declared, "")
	f.needs[len(f.needs)-1].label = name
	return true
}

// parts remembers the variables of a connection string that is put together of several: its host's and its port's.
func (f *inference) parts(n *scan.Need, v value) {
	if v.kind != valString {
		return
	}
	for _, item := range v.items {
		switch text, _ := item.literal(); {
		case text == "":
		case text == n.Host || text == n.Name || scan.LocalHost(text) && n.Host+n.Name == "" && hostText.MatchString(text):
			f.variable(n, item, "{host}")
		case text == strconv.Itoa(n.Port):
			f.variable(n, item, "{port}")
		}
	}
}

var explicitPort = scan.MustCompile(`^\w+://[^/?#]*:\d+(?:[/?#]|$)`)

// urlVariable remembers the variable of a whole URL with the template that leads to the need, unless it holds a secret.
func (f *inference) urlVariable(n *scan.Need, v value, text string) {
	name, _, ok := v.environment()
	if !ok {
		return
	}
	scheme, rest, _ := strings.Cut(text, "://")
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	if scan.SecretName(name) || strings.Contains(rest[:end], "@") {
		return // a secret, which no need may write
	}
	f.claim(v)
	n.Env = map[string]string{name: scheme + "://{host}:{port}" + rest[end:]}
}
