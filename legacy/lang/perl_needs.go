package lang

import (
	"path"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// perlDrivers lead from modules to what they talk to.
var perlDrivers = map[string]string{"DBD::Pg": "postgres", "Mojo::Pg": "postgres", "DBD::mysql": "mysql", "Minion::Backend::mysql": "mysql", "Minion::Backend::Pg": "postgres", "Minion::Backend::Redis": "redis", "DBD::MariaDB": "mysql", "Mojo::mysql": "mysql", "DBD::Oracle": "oracle", "DBD::Sybase": "mssql", "MongoDB": "mongodb", "Redis": "redis", "Mojo::Redis": "redis", "Redis::Fast": "redis", "RedisDB": "redis",
	"Cache::Memcached": "memcached", "Cache::Memcached::Fast": "memcached", "Net::AMQP::RabbitMQ": "rabbitmq", "Net::RabbitMQ": "rabbitmq", "AnyEvent::RabbitMQ": "rabbitmq", "Net::Stomp": "activemq", "Kafka": "kafka", "Search::Elasticsearch": "elasticsearch", "Elasticsearch": "elasticsearch",
	"WebService::Solr": "solr", "Net::LDAP": "ldap", "Net::SMTP": "smtp", "Email::Sender": "smtp", "Email::Sender::Simple": "smtp", "Email::Send": "smtp", "Email::Sender::Transport::SMTP": "smtp", "Net::Amazon::S3": "s3", "Amazon::S3": "s3", "Net::Statsd": "statsd"}

var (
	perlDSN      = scan.MustCompile(`(?i)dbi:(\w+)(?:\([^)]*\))?:([^'"\n<>]{0,200})`)
	perlURL      = scan.MustCompile(`['"]((?:postgres(?:ql)?|mysql|mariadb|redis|mongodb|amqps?)://[^'"\s]{3,200})['"]`)
	perlGetenv   = scan.MustCompile(`\$ENV\{\s*['"]?(\w+)['"]?\s*\}(?:\s*(?:\|\||//)=?\s*(?:['"]([^'"\n]*)['"]|(\d+)))?`)
	perlServer   = scan.MustCompile(`(Redis|Cache::Memcached(?:::Fast)?)->new\(\s*\{?\s*servers?\s*=>\s*\[?\s*['"]([\w.:-]+)['"]`)
	perlRoute    = scan.MustCompile(`\b(?:get|any)\s*\(?\s*(?:\[[^\]]*\]\s*=>\s*)?['"](/[\w/.-]+)['"]\s*(?:=>|,)|(?:\$(\w+))?->get\(\s*['"](/[\w/.-]+)['"]|:\s*Path\(\s*['"]?(/?[\w/.-]+)['"]?\s*\)`)
	perlAction   = scan.MustCompile(`sub\s+(\w+)\s*:\s*(Local|Global)\b`)
	perlOwnNames = scan.MustCompile(`^(PLACK_\w+|PERL\w*|MOJO_\w+|DANCER_\w+|CATALYST_\w+|\w+_DEBUG|HARNESS_\w+|MOD_PERL\w*|SERVER_\w+|DOCUMENT_ROOT|GATEWAY_INTERFACE|AUTH_TYPE|HTTPS|WSGI\w*)$`)
	perlDBIKinds = map[string]string{"pg": "postgres", "mysql": "mysql", "mariadb": "mysql", "oracle": "oracle", "odbc": "mssql", "sybase": "mssql"}
)

// reportSettings reports what the code and its configuration call, and the variables that the code reads.
func (p *perlProject) reportSettings() {
	p.inf = &inference{r: p.r, dir: p.dir, claimed: map[string]bool{}}
	drivers := map[string]dependency{}
	for _, d := range p.deps {
		kind := perlDrivers[d.name]
		if _, known := drivers[kind]; kind != "" && !known {
			drivers[kind] = d
		}
		if sqlKinds[kind] {
			p.inf.sql = kind
		}
	}
	var routes []route
	for _, f := range p.sources {
		routes = append(routes, p.source(f)...)
	}
	for _, f := range p.configs {
		p.config(f)
	}
	findHealth(p.r, p.dir, routes)
	p.inf.bucketless(drivers)
	p.inf.drivers(drivers, nil)
	p.inf.report()
	p.inf.reportVariables()
}

var perlPOD = scan.MustCompile(`(?ms)^=[a-z]\w*\b.*?(?:^=cut\b[^\n]*$|\z)|^__(?:END|DATA)__$.*`)

// perlCode leaves the documentation out, and empty lines in its place.
func perlCode(text string) string {
	return perlPOD.ReplaceAllStringFunc(text, func(pod string) string { return strings.Repeat("\n", strings.Count(pod, "\n")) })
}

// catalystOwn is the path that a controller of Catalyst's sets for itself.
var catalystOwn = scan.MustCompile(`\bnamespace\s*=>\s*['"]([\w/-]*)['"]`)

// catalystNamespace is the path that the actions of a controller of Catalyst's stand below: what it says, else its name.
func catalystNamespace(file, text string) (namespace string, is bool) {
	_, name, is := strings.Cut(file, "/Controller/")
	if !is || path.Ext(name) != ".pm" {
		return "", false
	}
	if m := catalystOwn.FindStringSubmatch(text); m != nil {
		return m[1], true
	}
	if name == "Root.pm" {
		return "", true
	}
	return strings.ToLower(strings.TrimSuffix(name, ".pm")), true
}

// mojoBelow is a router of Mojolicious' that answers below a path of another.
var mojoBelow = scan.MustCompile(`\$(\w+)\s*=\s*\$(\w+)->(?:any|under|route)\(\s*['"](/[\w/.-]*)['"]`)

// mojoPrefixes are the paths that routers of a file answer below, by their variables.
func mojoPrefixes(text string) map[string]string {
	below := map[string]string{}
	for _, m := range scan.Find(text, mojoBelow) {
		below[m.Groups[1]] = below[m.Groups[2]] + strings.TrimSuffix(m.Groups[3], "/")
	}
	return below
}

func (p *perlProject) source(f string) []route {
	text := perlCode(p.t.Text(f, p.r))
	if hasAny(text, "dbi:", "DBI:") {
		p.dsn(f, text)
	}
	if strings.HasSuffix(f, ".pm") && hasAny(text, "SECRET", "PASS", "TOKEN", "KEY") {
		p.constants(f, text)
	}
	if hasAny(text, "://") {
		for _, m := range scan.Find(text, perlURL) {
			p.inf.url("", value{kind: valString, text: m.Groups[1], line: m.Line}, f, "")
		}
	}
	if hasAny(text, "$ENV{") {
		for _, m := range scan.Find(text, perlGetenv) {
			if !perlOwnNames.MatchString(m.Groups[1]) {
				otherwise := m.Groups[2] + m.Groups[3]
				if strings.ContainsAny(otherwise, "$@") { // worked out while it runs
					otherwise = ""
				}
				p.inf.vars = append(p.inf.vars, readVariable{m.Groups[1], otherwise, f, m.Line})
			}
		}
		p.named(f, text)
	}
	if hasAny(text, "->new") {
		for _, m := range scan.Find(text, perlServer) {
			kind := map[bool]string{true: "redis", false: "memcached"}[m.Groups[1] == "Redis"]
			n := scan.Need{Need: service.Need{Kind: kind, Port: scan.DefaultPort(kind)}}
			p.inf.host(&n, value{kind: valString, text: m.Groups[2], line: m.Line})
			p.inf.add(n, f, m.Line, scan.Declared, "")
		}
	}
	var routes []route
	if hasAny(text, "ServerStatus", "HealthCheck") {
		for _, m := range scan.Find(text, plackStatus) {
			routes = append(routes, route{path: m.Groups[1], file: f, line: m.Line})
		}
	}
	if hasAny(text, "PATH_INFO", "path_info", "$uri", "$path") {
		for _, m := range scan.Find(text, perlCompared) {
			routes = append(routes, route{path: m.Groups[1], file: f, line: m.Line})
		}
	}
	if hasAny(text, "mount") {
		for _, m := range scan.Find(text, perlMount) {
			routes = append(routes, route{path: m.Groups[1], file: f, line: m.Line})
		}
	}
	controller, isController := catalystNamespace(f, text)
	if hasAny(text, "get", "any", "Path(") {
		below := mojoPrefixes(text)
		for _, m := range scan.Find(text, perlRoute) {
			at := m.Groups[1] + below[m.Groups[2]] + m.Groups[3] + m.Groups[4]
			if !strings.HasPrefix(at, "/") {
				at = path.Join("/", controller, at)
			}
			routes = append(routes, route{path: at, file: f, line: m.Line})
		}
	}
	if isController {
		for _, m := range scan.Find(text, perlAction) {
			at := controller
			if m.Groups[2] == "Global" {
				at = ""
			}
			routes = append(routes, route{path: path.Join("/", at, m.Groups[1]), file: f, line: m.Line})
		}
	}
	return routes
}

var (
	// plackStatus is a middleware that answers how the server is.
	plackStatus = scan.MustCompile(`\benable\s*\(?\s*['"](?:Plack::Middleware::)?(?:ServerStatus::Tiny|HealthCheck\w*)['"][^;]{0,200}?\bpath\s*=>\s*['"](/[\w/.-]+)['"]`)
	// perlCompared is what PSGI code of one's own asks the path for; perlMount what Plack::Builder mounts.
	perlCompared = scan.MustCompile(`(?:\bPATH_INFO['"]?\}|\bpath_info(?:\(\))?|\$(?:uri|path))\s*(?:eq|=~)\s*(?:['"]|m?[/{]\^)(/[\w./-]{1,80}?)(?:['"]|\$?[/}])`)
	perlMount    = scan.MustCompile(`\bmount\s*\(?\s*['"](/[\w./-]{1,80})['"]\s*(?:=>|,)`)
	perlAnyEnv   = scan.MustCompile(`\$ENV\{\s*\$\w+`)
	perlNamed    = scan.MustCompile(`(?:=>|[(,])\s*['"]?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)['"]?\s*(?:(?:=>|,)\s*(?:['"]([^'"\n]*)['"]|(\d+))?|[);])`)
)

// named collects the variables that a module of settings reads by names in variables of its own: it declares them all with
// a function of its own, has_conf db_password => SHOP_DB_PASSWORD => ”.
func (p *perlProject) named(f, text string) {
	if !perlAnyEnv.MatchString(text) {
		return
	}
	for _, m := range scan.Find(text, perlNamed) {
		if name := m.Groups[1]; !perlOwnNames.MatchString(name) {
			p.inf.vars = append(p.inf.vars, readVariable{name, m.Groups[2] + m.Groups[3], f, m.Line})
		}
	}
}

// dsn reads DBI's data source names: dbi:Pg:dbname=shop;host=db01;port=5433, dbi:mysql:shop:db01:3306.
func (p *perlProject) dsn(file, text string) {
	for _, m := range scan.Find(text, perlDSN) {
		driver, rest := strings.ToLower(m.Groups[1]), m.Groups[2]
		if driver == "sqlite" {
			name := strings.TrimPrefix(strings.TrimPrefix(rest, "dbname="), "database=")
			p.inf.sqlite(value{kind: valString, text: name}, file, m.Line)
			continue
		}
		n := scan.Need{Need: service.Need{Kind: perlDBIKinds[driver]}}
		if n.Kind == "" {
			continue
		}
		n.Port = scan.DefaultPort(n.Kind)
		pairs := map[string]string{}
		for i, part := range strings.FieldsFunc(rest, func(c rune) bool { return c == ';' || c == ':' || c == ' ' }) {
			key, v, ok := strings.Cut(part, "=")
			if !ok && i < 3 {
				key, v = []string{"dbname", "host", "port"}[i], part
			}
			pairs[strings.ToLower(key)] = v
		}
		if host := firstValue(pairs, "host", "hostname"); hostText.MatchString(host) {
			n.SetHost(host)
		}
		if db := firstValue(pairs, "dbname", "database", "db"); plainWord.MatchString(db) {
			n.Database = db
		}
		if port, err := strconv.Atoi(pairs["port"]); err == nil && port > 0 && port < 65536 {
			n.Port = port
		}
		p.inf.add(n, file, m.Line, scan.Declared, "")
	}
}
