package ops

import (
	"net"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// ownAddress are names of settings in which a service speaks of itself or of what people type, not of what it calls.
var ownAddress = scan.MustCompile(`(?i)^((APP|SITE|BASE|PUBLIC|ROOT|HOME|WEB|SELF|SERVER|SERVICE|HTTP|HTTPS|LISTEN|BIND|CALLBACK|REDIRECT|CORS|ALLOWED|ORIGIN|FRONTEND|STATIC|MEDIA|ASSETS?|CDN|DOCS?|VIRTUAL|INTERNAL|EXTERNAL|CANONICAL|DEFAULT|HOST)_)*` +
	`(URL|URI|HOST|HOSTS|HOSTNAME|ADDR|ADDRESS|ORIGINS?|DOMAIN|NAME|SERVER|ENDPOINT)$|(CALLBACK|REDIRECT|WEBSITE|HOMEPAGE|ALLOWED_HOSTS|ORIGINS?|DOMAINS?|SCHEMA|XMLNS|PROXY|DOC_URL|DOCS_URL|LINKS?_HOST|LINKS?_URL|GRAVATAR)`)

var addressName = scan.MustCompile(`(?i)[_.-]?(ADDR|ADDRESS|HOST|HOSTNAME|HOSTPORT|SERVER|SERVERS|ENDPOINT|URL|URI|BROKER|NODES?|CONNECT)$`)

// settingKinds lead from a word in a setting's name to what stands behind the address.
var settingKinds = []struct{ word, kind string }{
	{"postgres", "postgres"}, {"pg", "postgres"}, {"mysql", "mysql"}, {"mariadb", "mariadb"}, {"mongo", "mongodb"}, {"mongodb", "mongodb"}, {"redis", "redis"},
	{"rabbitmq", "rabbitmq"}, {"rabbit", "rabbitmq"}, {"amqp", "rabbitmq"}, {"memcached", "memcached"}, {"memcache", "memcached"}, {"kafka", "kafka"},
	{"elasticsearch", "elasticsearch"}, {"elastic", "elasticsearch"}, {"solr", "solr"}, {"smtp", "smtp"}, {"mail", "smtp"}, {"email", "smtp"}, {"ldap", "ldap"},
	{"statsd", "statsd"}, {"cassandra", "cassandra"}, {"neo4j", "neo4j"}, {"mssql", "mssql"}, {"oracle", "oracle"}, {"activemq", "activemq"},
	{"s3", "s3"}, {"minio", "s3"}, {"mqtt", "mqtt"}, {"mosquitto", "mqtt"},
}

// needOfSetting says whether a variable with this value points the service to another system. The variable itself comes
// back as the need's Env unless its value holds an account.
func needOfSetting(name, value string) (scan.Need, bool) {
	value = strings.TrimSpace(value)
	if value == "" || noValue.MatchString(value) || strings.ContainsAny(value, " \t\n<>") || ofTests.MatchString(name) || scan.BindsAddress(name) {
		return scan.Need{}, false
	}
	if n, ok := scan.NeedOfURL(value); ok {
		if n.Kind == "http" && (ownAddress.MatchString(name) || n.Host == "" && n.Name == "" || publicHost(n.Host) || n.Certified() || strings.HasSuffix(name, "_DSN")) { // where an error tracker of others listens
			return scan.Need{}, false
		}
		if kind := kindOfSetting(name, 0); kind == "elasticsearch" || kind == "solr" { // which speak HTTP
			n.Kind = kind
		}
		n.Name = callName(n, name)
		if !scan.HasAccount(value) {
			n.Env = map[string]string{name: urlTemplate(value)}
		}
		return n, true
	}
	return needOfAddress(name, value)
}

// needOfAddress reads host and host:port.
func needOfAddress(name, value string) (scan.Need, bool) {
	if !addressName.MatchString(name) || ownAddress.MatchString(name) || strings.ContainsAny(value, "/,;@") {
		return scan.Need{}, false
	}
	host, port, err := net.SplitHostPort(value)
	if err != nil {
		host, port = value, ""
	}
	n := scan.Need{Env: map[string]string{name: "{host}"}}
	if port != "" {
		p, err := strconv.Atoi(port)
		if err != nil || !validPort(p) {
			return scan.Need{}, false
		}
		n.Port = p
		n.Env[name] = "{host}:{port}"
	}
	n.SetHost(host)
	if n.Host == "" && n.Name == "" && !scan.LocalHost(host) {
		return scan.Need{}, false // a number, a switch
	}
	n.Kind = kindOfSetting(name, n.Port)
	if n.Kind == "http" && (n.Host == "" || n.Port == 0 && net.ParseIP(n.Host) == nil) || publicHost(n.Host) {
		return scan.Need{}, false
	}
	n.Name = callName(n, name)
	return n, true
}

// publicHost are hosts of documentation and of everybody's internet.
func publicHost(host string) bool {
	return strings.HasSuffix(host, "example.com") || strings.HasSuffix(host, "example.org") || strings.HasSuffix(host, "w3.org") || host == "github.com" ||
		strings.HasPrefix(host, "fonts.") || strings.HasPrefix(host, "schemas.")
}

var mailPorts = map[int]bool{25: true, 465: true, 587: true, 1025: true, 2525: true}

// kindOfSetting is what answers at an address: by the name of its variable, then by its port, http otherwise.
func kindOfSetting(name string, port int) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '_' || r == '-' || r == '.' })
	for _, w := range words {
		for _, k := range settingKinds {
			if k.kind == "smtp" && port != 0 && !mailPorts[port] {
				continue // a service that sends mail, and no server for it
			}
			if w == k.word {
				return k.kind
			}
		}
	}
	for _, k := range settingKinds {
		if port != 0 && port != 443 && scan.DefaultPort(k.kind) == port {
			return k.kind
		}
	}
	return "http"
}

// callName is what the service calls another system: LEDGER_ADDR means ledger. Backing services get their names by kind,
// unless the host itself is a plain name.
func callName(n scan.Need, setting string) string {
	if n.Kind != "http" && n.Kind != "tcp" || n.Name != "" {
		return n.Name
	}
	name := setting
	for {
		short := addressName.ReplaceAllString(name, "")
		short = regexpPort.ReplaceAllString(short, "")
		if short == name || short == "" {
			break
		}
		name = short
	}
	return strings.ToLower(strings.NewReplacer("_", "-", ".", "-").Replace(name))
}

var regexpPort = scan.MustCompile(`(?i)[_.-](PORT|API|BASE|SERVICE|HTTP|BACKEND)$`)

var urlAddress = scan.MustCompile(`^((?:jdbc:)?[a-z0-9+.-]+://)(\[[^\]/]+\]|[^/:?#;,\s]+)(:\d+)?`)

// urlTemplate is a URL with {host} and {port} in place of the address.
func urlTemplate(value string) string {
	return urlAddress.ReplaceAllString(value, "${1}{host}:{port}")
}

// claimSetting reports one NAME=value of a file: a need, a secret's name, or plain configuration.
func claimSetting(r *scan.Report, f scan.Finding, name, value string, at scan.Evidence) {
	if n, ok := needOfSetting(name, value); ok {
		g := f
		n.Environment = f.Environment
		g.Need = &n
		r.Find(g, at.File, at.Line, at.Rank, at.Note)
		if len(n.Env) > 0 {
			return
		}
	}
	switch {
	case secretSetting(name, value):
		f.Service = service.Service{Secrets: []string{name}}
	case value != "" && !noValue.MatchString(value) && !developmentValue(name, value):
		f.Service = service.Service{Env: map[string]string{name: value}}
	default:
		return
	}
	r.Find(f, at.File, at.Line, at.Rank, at.Note)
}

// secretSetting says whether nobody may see the value of a setting.
func secretSetting(name, value string) bool {
	return scan.SecretName(name) && !onOrOff.MatchString(value) || scan.HasAccount(value) || scan.SecretValue(name, value)
}

// onOrOff are values of switches, whatever their names speak of: USE_TOKEN: true.
var onOrOff = scan.MustCompile(`(?i)^(true|false|yes|no|on|off)$`)

// noValue are values by which a file says that there is none.
var noValue = scan.MustCompile(`(?i)^\(?(null|nil|none|undefined|empty)\)?$`)

var developmentWord = scan.MustCompile(`(?i)^(dev|devel|develop|development|local|tests?|testing|(?:acceptance|integration|functional|unit|smoke|e2e)[-_ ]?tests?|debug|localhost.*|127\.0\.0\.1.*|https?://(localhost|127\.0\.0\.1|[\w.-]+\.(?:test|localhost)(?::\d+)?(?:/|$)).*|changeme|change[-_]me|xxx+|todo|your[-_ ].*|.*[-_ ]here|x+([-_.]x+)+|.*<[\w-]+>.*|<[^<>]+>|\.\.\.)$`)

// forTesting are switches that make a service easy to try out, and unsafe.
var forTesting = scan.MustCompile(`(^|_)(TESTING|TEST_MODE|INSECURE_TRANSPORT|ALLOW_INSECURE\w*|USE_DEV\w*|DEV_LOGIN\w*)$`)

// developmentValue says whether a value holds on a developer's machine only.
func developmentValue(name, value string) bool {
	upper := strings.ToUpper(name)
	if strings.Contains(upper, "DEBUG") || strings.Contains(upper, "RELOAD") || strings.Contains(upper, "EMULATOR") || (forDebugging.MatchString(name) || forTesting.MatchString(upper)) && isOn.MatchString(value) {
		return true
	}
	return developmentWord.MatchString(value)
}
