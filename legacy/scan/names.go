package scan

import (
	"net"
	"net/url"
	"path"
	"strconv"
	"strings"
	"unicode"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// schemes leads from the scheme of a connection string to the kind of need. Drivers put behind a + are cut off before.
var schemes = map[string]string{
	"postgres": "postgres", "postgresql": "postgres", "pgsql": "postgres", "psql": "postgres", "postgis": "postgres", "postgresql2": "postgres",
	"mysql": "mysql", "mysql2": "mysql", "mysqlgis": "mysql", "mysql-connector": "mysql", "mariadb": "mysql",
	"sqlserver": "mssql", "mssql": "mssql", "mssqlms": "mssql", "jtds": "mssql", "oracle": "oracle", "oraclegis": "oracle", "db2": "db2", "ibmdb2": "db2",
	"mongodb": "mongodb", "mongo": "mongodb", "redis": "redis", "rediss": "redis", "rediscache": "redis", "redis-cache": "redis", "hiredis": "redis",
	"amqp": "rabbitmq", "amqps": "rabbitmq", "pyamqp": "rabbitmq", "librabbitmq": "rabbitmq",
	"kafka": "kafka", "sqs": "sqs", "nats": "nats", "mqtt": "mqtt", "mqtts": "mqtt", "stomp": "activemq", "memcached": "memcached", "memcache": "memcached",
	"pymemcache": "memcached", "pylibmc": "memcached", "elasticsearch": "elasticsearch", "solr": "solr",
	"smtp": "smtp", "smtps": "smtp", "submission": "smtp", "smtp-tls": "smtp", "smtp-ssl": "smtp",
	"ldap": "ldap", "ldaps": "ldap", "cassandra": "cassandra", "bolt": "neo4j", "neo4j": "neo4j", "statsd": "statsd",
	"http": "http", "https": "http",
}

var tlsSchemes = words("https rediss amqps ldaps mqtts smtps smtp-ssl")

var tlsPorts = map[string]int{"http": 443, "rabbitmq": 5671, "mqtt": 8883, "ldap": 636, "smtp": 465}

// DefaultPort is the TCP port on which a need of this kind answers where nothing else is said, 0 where there is none.
func DefaultPort(kind string) int {
	k, _ := service.KindOf(kind)
	return k.Port
}

// KindOfScheme is the kind of need that a connection string with this scheme leads to, without a driver's name after a +:
// postgresql+psycopg2 is postgres. It is "" for what is unknown or not on the network (sqlite, h2).
func KindOfScheme(scheme string) string {
	scheme, _, _ = strings.Cut(strings.ToLower(scheme), "+")
	return schemes[scheme]
}

// LocalHost says whether a host is this machine: localhost, a loopback or an unspecified address. Such a host is evidence
// for a need and says nothing about where it answers.
func LocalHost(host string) bool {
	host = strings.ToLower(strings.Trim(host, "[]"))
	if host == "" || host == "localhost" || strings.HasSuffix(host, ".localhost") || host == "localhost.localdomain" || host == "host.docker.internal" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}

// noHosts are values that say of a host that there is none, and what examples write where everybody fills one in.
var noHosts = words("true false null nil none off no yes host hostname your-host yourhost some-host servername server-name server_name hostname yourserver your-server myserver mysqlserver sqlserverhost dbserverhost")

// hostName is what a resolver looks up.
var hostName = MustCompile(`^[a-z0-9_]([a-z0-9_.-]{0,252})$`)

// SetHost puts host into the need: as Host where it is a DNS name with dots or an IP address, as Name where it is a single
// label (a container, or a machine of the old network); this machine and placeholders leave no trace.
func (n *Need) SetHost(host string) {
	host = strings.ToLower(strings.Trim(host, "[]"))
	if name, rest, more := strings.Cut(host, ":"); more && net.ParseIP(host) == nil && strings.Trim(rest, "0123456789:") == "" {
		host = name // a port, or a weight, behind it
	}
	switch {
	case LocalHost(host) || strings.HasSuffix(host, ".") && strings.Count(host, ".") == 1 || net.ParseIP(host) == nil && !hostName.MatchString(host) || noHosts[host] || strings.ContainsAny(host, "${}<>% _/\\'\"()+,;*|@") || strings.Trim(host, "0123456789") == "":
	case net.ParseIP(host) != nil || strings.Contains(host, "."):
		n.Host = host
	default:
		n.Name = host
	}
}

// NeedOfURL reads a connection string: kind, host, port, database, user and TLS, never the password. It understands
// scheme://user:password@host:port/database with or without jdbc: before it, several hosts (the first counts),
// jdbc:sqlserver's ;databaseName= and jdbc:oracle:thin:@. The scheme's own port is filled in where none is given.
// It is false for what is no connection string or needs no network (sqlite, h2, a bare path).
func NeedOfURL(raw string) (Need, bool) {
	s := strings.TrimSpace(raw)
	if len(s) > 5 && strings.EqualFold(s[:5], "jdbc:") {
		s = s[5:]
		for _, wrapper := range []string{"log4jdbc:", "p6spy:", "tc:", "jtds:"} {
			s = strings.TrimPrefix(s, wrapper)
		}
		if rest, ok := strings.CutPrefix(s, "oracle:thin:"); ok {
			return oracleNeed(rest), true
		}
	}
	scheme, rest, ok := strings.Cut(s, "://")
	kind := KindOfScheme(scheme)
	if !ok || kind == "" || strings.ContainsAny(scheme, " \t\n/") || rest == "" && kind == "http" { // http:// alone is put before an address
		return Need{}, false
	}
	n := Need{Need: service.Need{Kind: kind, Port: DefaultPort(kind), TLS: tlsSchemes[strings.ToLower(scheme)]}}
	if port, ok := tlsPorts[kind]; ok && n.TLS {
		n.Port = port
	}
	authority, tail := splitAuthority(rest, kind)
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		user, _, _ := strings.Cut(authority[:at], ":")
		if plain, err := url.PathUnescape(user); err == nil && plainName(plain) && kind != "http" {
			n.User = plain
		}
		authority = authority[at+1:]
	}
	first, _, _ := strings.Cut(authority, ",")
	n.setAddress(first)
	n.setDatabase(kind, tail)
	if host, _, _ := strings.Cut(first, ":"); noHosts[host] { // so are its account and its database
		n.User, n.Database = "", ""
	}
	return n, true
}

// splitAuthority parts what follows :// into account and address, and the rest. A password may hold a slash that nobody
// escaped: then the account ends at the last @ before the query.
func splitAuthority(rest, kind string) (authority, tail string) {
	end := strings.IndexAny(rest, "/?#;")
	if end < 0 {
		return rest, ""
	}
	authority, tail = rest[:end], rest[end:]
	if rest[end] != '/' || kind == "http" || !strings.Contains(authority, ":") {
		return authority, tail
	}
	account := rest
	if query := strings.IndexAny(rest, "?#; \t\n"); query >= 0 {
		account = rest[:query]
	}
	at := strings.LastIndexByte(account, '@')
	if at < end {
		return authority, tail
	}
	if slash := strings.IndexByte(account[at:], '/'); slash >= 0 {
		return account[:at+slash], rest[at+slash:]
	}
	return account, rest[len(account):]
}

// setAddress reads host:port, where the port may be left out.
func (n *Need) setAddress(address string) {
	host := address
	if i := strings.LastIndexByte(address, ':'); i >= 0 && !strings.HasSuffix(address, "]") && strings.Count(address, ":") == 1 || i >= 0 && strings.HasPrefix(address, "[") && strings.Contains(address, "]:") {
		host = address[:i]
		if port, err := strconv.Atoi(address[i+1:]); err == nil && port > 0 && port < 65536 {
			n.Port = port
		}
	}
	host, _, _ = strings.Cut(host, `\`) // SQL Server's HOST\INSTANCE
	n.SetHost(host)
}

func (n *Need) setDatabase(kind, tail string) {
	name := ""
	switch kind {
	case "postgres", "mysql", "mongodb":
		name, _, _ = strings.Cut(strings.TrimPrefix(tail, "/"), "?")
		name, _, _ = strings.Cut(name, ";")
	case "db2": // jdbc:db2://host:50000/SHOP:user=shop;password=...;
		name, _, _ = strings.Cut(strings.TrimPrefix(tail, "/"), ":")
	case "mssql":
		name, _, _ = strings.Cut(strings.TrimPrefix(tail, "/"), ";")
		for _, pair := range strings.Split(tail, ";") {
			key, value, _ := strings.Cut(pair, "=")
			switch strings.ToLower(strings.TrimSpace(key)) {
			case "databasename", "database":
				name = value
			case "user", "username":
				n.User = value
			}
		}
	}
	if plainName(name) {
		n.Database = name
	}
}

// oracleNeed reads what follows jdbc:oracle:thin: as user/password@//host:port/service, @host:port:sid and their mixtures.
func oracleNeed(rest string) Need {
	n := Need{Need: service.Need{Kind: "oracle", Port: DefaultPort("oracle")}}
	_, address, ok := strings.Cut(rest, "@")
	if !ok || strings.HasPrefix(address, "(") {
		return n
	}
	address, _, _ = strings.Cut(strings.TrimPrefix(address, "//"), "?")
	address, name, _ := strings.Cut(address, "/")
	parts := strings.Split(address, ":")
	if len(parts) > 2 {
		name = parts[2]
	}
	if len(parts) > 1 {
		address = parts[0] + ":" + parts[1]
	}
	n.setAddress(address)
	if plainName(name) {
		n.Database = name
	}
	return n
}

// plainName keeps placeholders such as ${DB_NAME} out of the model.
func plainName(s string) bool {
	if s == "" || len(s) > 128 {
		return false
	}
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-.", r) {
			return false
		}
	}
	return true
}

// IsSwitch says of a value that it turns something on or off, or counts something: it is no secret, whatever its name.
func IsSwitch(value string) bool { return onOrOff.MatchString(value) }

var onOrOff = MustCompile(`(?i)^(true|false|yes|no|on|off|\d{1,2})$`)

// InProcess says whether a connection string leads to no server, but to a file or to what the process keeps itself: it is no
// secret, whatever its name.
func InProcess(value string) bool { return inProcess.MatchString(value) }

var inProcess = MustCompile(`^(?:sqlite3?://?/|(?:flock|semaphore|sync|in-memory)(?:$|://))`)

// tokenAccount is a web address with a token for the name of a user, as hosts of code and collectors of errors take it.
var tokenAccount = MustCompile(`\bhttps?://([\w-]{16,})@`)

// passwordPair is the password of a connection string of pairs, wherever among them it stands, which may be empty:
// Server=db01;Password=...
var passwordPair = MustCompile(`(?i)(?:^|[;:,])\s*(?:password|passwd|pwd|accountkey|sharedaccesskey)\s*=([^;,]*)`)

// placeholder is a value that something else fills in, as a whole: ${NAME}, {{ name }}, <name>, %NAME%, %(name)s.
var placeholder = MustCompile(`^(?:[$#]?\{.*\}|\$[A-Z_][A-Z0-9_]*|\$\(.*|<[^<>]*>|%\w+%|%\(\w+\)s|%[sdvq]|)$`)

// holdsPassword says whether a connection string of pairs has a password that is no placeholder.
func holdsPassword(value string) bool {
	for _, m := range passwordPair.FindAllStringSubmatch(value, 100) {
		if !placeholder.MatchString(strings.Trim(strings.TrimSpace(m[1]), `'"`)) {
			return true
		}
	}
	return false
}

// LacksPassword says whether a connection string of pairs has an empty password, which something else fills in.
func LacksPassword(value string) bool {
	for _, m := range passwordPair.FindAllStringSubmatch(value, 100) {
		if strings.TrimSpace(m[1]) == "" {
			return true
		}
	}
	return false
}

// HasAccount says whether a value is a URL or a connection string with a password or a token in it, before its host or among
// its parameters, so that the whole value is a secret.
func HasAccount(value string) bool {
	if holdsPassword(value) {
		return true
	}
	_, rest, ok := strings.Cut(value, "://")
	if !ok {
		return false
	}
	if m := tokenAccount.FindStringSubmatch(value); m != nil && strings.ContainsAny(m[1], "0123456789") {
		return true
	}
	if i := strings.IndexAny(rest, "?;"); i >= 0 {
		for _, pair := range strings.FieldsFunc(rest[i:], func(r rune) bool { return strings.ContainsRune("?&; \t\n", r) }) {
			key, secret, _ := strings.Cut(pair, "=")
			if secret != "" && SecretName(key) && !strings.ContainsAny(secret[:1], "${<%") {
				return true
			}
		}
	}
	at := strings.IndexByte(rest, '@')
	if at < 0 {
		return false
	}
	_, password, ok := strings.Cut(rest[:at], ":")
	return ok && password != "" && !strings.ContainsAny(password, " \t\n")
}

// environments are the words by which people call the places where a service runs.
var environments = map[string]string{
	"production": "production", "prod": "production", "prd": "production", "live": "production",
	"staging": "staging", "stage": "staging", "stg": "staging", "preprod": "preprod", "preproduction": "preprod",
	"integration": "integration", "int": "integration", "qa": "qa", "uat": "uat", "acceptance": "acceptance", "preview": "preview", "demo": "demo", "sandbox": "sandbox",
}

// bindsAddress finds in a setting's name that it is about an address which the service itself listens at.
var bindsAddress = MustCompile(`(?i)(^|[_.-])(bind|listen)([_.-]|$)`)

// BindsAddress says whether a setting of this name is where the service itself listens, and not where another one answers.
func BindsAddress(name string) bool { return bindsAddress.MatchString(name) }

// EnvironmentName is the environment that a word, a directory or the name of a file stands for: production of prod.yml.
// It is "" for words that mean none, and for the laptop and the tests (development, vagrant, ci), which are none either.
func EnvironmentName(word string) string {
	word, _, _ = strings.Cut(strings.ToLower(word), ".")
	return environments[word]
}

var phpFPM = MustCompile(`^(\S*/)?php-?fpm[\d.]*$`)

var shells = map[string]bool{"sh": true, "bash": true, "dash": true, "ash": true}

// SpeaksFastCGI says of a command that it is PHP's process manager, which answers no HTTP, but FastCGI through a web server.
func SpeaksFastCGI(argv []string) bool {
	if len(argv) == 3 && argv[1] == "-c" && shells[path.Base(argv[0])] && !strings.ContainsAny(argv[2], "&|;\n") {
		argv = strings.Fields(argv[2]) // a line for the shell, of one program
	}
	return len(argv) > 0 && phpFPM.MatchString(argv[0])
}
