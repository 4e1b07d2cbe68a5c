package lang

import (
	"go/ast"
	"go/token"
	"net"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// goDrivers leads from import paths to what they talk to.
var goDrivers = []struct{ prefix, kind string }{
	{"github.com/lib/pq", "postgres"}, {"github.com/jackc/pgx", "postgres"}, {"github.com/go-pg/pg", "postgres"}, {"gorm.io/driver/postgres", "postgres"},
	{"github.com/jinzhu/gorm/dialects/postgres", "postgres"}, {"github.com/go-sql-driver/mysql", "mysql"}, {"github.com/ziutek/mymysql", "mysql"},
	{"gorm.io/driver/mysql", "mysql"}, {"github.com/jinzhu/gorm/dialects/mysql", "mysql"}, {"github.com/denisenkom/go-mssqldb", "mssql"},
	{"github.com/microsoft/go-mssqldb", "mssql"}, {"github.com/godror/godror", "oracle"}, {"gopkg.in/goracle", "oracle"}, {"github.com/mattn/go-oci8", "oracle"},
	{"gopkg.in/mgo", "mongodb"}, {"github.com/globalsign/mgo", "mongodb"}, {"go.mongodb.org/mongo-driver", "mongodb"},
	{"github.com/go-redis/redis", "redis"}, {"github.com/redis/go-redis", "redis"}, {"gopkg.in/redis", "redis"}, {"github.com/gomodule/redigo", "redis"},
	{"github.com/garyburd/redigo", "redis"}, {"github.com/mediocregopher/radix", "redis"}, {"github.com/bradfitz/gomemcache", "memcached"},
	{"github.com/streadway/amqp", "rabbitmq"}, {"github.com/rabbitmq/amqp091-go", "rabbitmq"}, {"github.com/Shopify/sarama", "kafka"}, {"github.com/IBM/sarama", "kafka"},
	{"github.com/segmentio/kafka-go", "kafka"}, {"github.com/confluentinc/confluent-kafka-go", "kafka"}, {"github.com/nats-io/nats.go", "nats"}, {"github.com/nats-io/go-nats", "nats"},
	{"github.com/elastic/go-elasticsearch", "elasticsearch"}, {"github.com/olivere/elastic", "elasticsearch"}, {"gopkg.in/olivere/elastic", "elasticsearch"},
	{"github.com/gocql/gocql", "cassandra"}, {"github.com/neo4j/neo4j-go-driver", "neo4j"}, {"github.com/go-ldap/ldap", "ldap"}, {"gopkg.in/ldap", "ldap"},
	{"gopkg.in/gomail", "smtp"}, {"github.com/go-gomail/gomail", "smtp"}, {"net/smtp", "smtp"}, {"github.com/aws/aws-sdk-go/service/s3", "s3"},
	{"github.com/aws/aws-sdk-go-v2/service/s3", "s3"}, {"github.com/minio/minio-go", "s3"}, {"github.com/go-stomp/stomp", "activemq"},
}

var embeddedDriver = regexp.MustCompile(`^(github\.com/mattn/go-sqlite3|modernc\.org/sqlite|gorm\.io/driver/sqlite|github\.com/jinzhu/gorm/dialects/sqlite|github\.com/boltdb/bolt|go\.etcd\.io/bbolt|github\.com/syndtr/goleveldb|github\.com/dgraph-io/badger)`)

// reportNeeds reports what the program talks to: by its drivers, and by the addresses in its code.
func (p *goProgram) reportNeeds(r *scan.Report, dir string, m *goModule) {
	drivers := p.drivers()
	sql := 0
	for _, d := range drivers {
		if sqlKinds[d.kind] || d.kind == "" {
			sql++
		}
	}
	seen := map[string]bool{}
	for _, f := range p.facts {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING || len(lit.Value) > 500 {
				return true
			}
			text, _ := stringLit(lit)
			need, ok := goDSN(text)
			if !ok || seen[text] {
				return true
			}
			seen[text] = true
			rank := scan.Declared
			if verb.MatchString(text) { // filled in from a configuration that may choose another database
				rank = scan.Convention
				if sql > 1 {
					rank = scan.Guess
				}
			}
			r.Find(scan.Finding{Dir: dir, Need: &need}, f.path, f.line(lit), rank, "")
			if passwordIn.MatchString(text) || scan.HasAccount(text) {
				r.Note(f.path, f.line(lit), "an account with its password in the code; give it from a secret")
			}
			return true
		})
	}
	for _, d := range drivers {
		switch {
		case d.kind == "":
			r.Note(d.file, d.line, "keeps its data in a file (%s): one replica, a volume, and a backup", d.path)
		case !needFound(r, dir, d.kind):
			rank := scan.Convention
			if sqlKinds[d.kind] && sql > 1 || d.kind == "ldap" || d.kind == "smtp" {
				rank = scan.Guess // a choice that is made somewhere else, or an option
			}
			need := scan.Need{Need: service.Need{Kind: d.kind}}
			r.Find(scan.Finding{Dir: dir, Need: &need}, d.file, d.line, rank, "by its driver")
		}
	}
}

// needFound says whether the code of dir is known to call something of this kind.
func needFound(r *scan.Report, dir, kind string) bool {
	for _, f := range r.Findings {
		if f.Dir == dir && f.Need != nil && f.Need.Kind == kind {
			return true
		}
	}
	return false
}

// goDriver is a driver that the program imports; kind is "" for one that keeps its data in a file.
type goDriver struct {
	kind, path, file string
	line             int
}

// drivers lists the drivers by kind, the first of each.
func (p *goProgram) drivers() []goDriver {
	found := map[string]goDriver{}
	for _, f := range p.facts {
		for _, imp := range f.paths {
			kind, known := "", embeddedDriver.MatchString(imp.path)
			for _, d := range goDrivers {
				if hasImport(imp.path, d.prefix) {
					kind, known = d.kind, true
				}
			}
			if _, again := found[kind]; known && !again {
				found[kind] = goDriver{kind, imp.path, f.path, imp.line}
			}
		}
	}
	var all []goDriver
	for _, d := range found {
		all = append(all, d)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].kind < all[j].kind })
	return all
}

var (
	mysqlDSN   = regexp.MustCompile(`^([\w.-]+)?(?::([^@]*))?@(?:tcp|udp)?\(([\w.-]+)(?::(\d+))?\)/([\w-]*)`)
	keywordDSN = regexp.MustCompile(`\b(host|port|dbname|user|sslmode)=(\S+)`)
	passwordIn = regexp.MustCompile(`^[\w.-]+:[^@%$]+@(?:tcp)?\(|\bpassword=[^\s%$]+`)
)

// goDSN reads the data source names of Go's drivers: URLs of backing services, MySQL's user:password@tcp(host:port)/name
// and PostgreSQL's host=... dbname=...
func goDSN(text string) (scan.Need, bool) {
	if strings.Contains(text, "://") {
		n, ok := scan.NeedOfURL(text)
		return n, ok && n.Kind != "http" && !strings.HasSuffix(text, "://") && !strings.ContainsAny(text, " \n")
	}
	if m := mysqlDSN.FindStringSubmatch(text); m != nil {
		n := scan.Need{Need: service.Need{Kind: "mysql", Port: 3306, User: m[1], Database: m[5]}}
		if p, err := strconv.Atoi(m[4]); err == nil {
			n.Port = p
		}
		n.SetHost(m[3])
		return n, true
	}
	pairs := map[string]string{}
	for _, m := range keywordDSN.FindAllStringSubmatch(text, 10) {
		if !strings.ContainsAny(m[2], "%$") {
			pairs[m[1]] = strings.Trim(m[2], "'")
		}
	}
	if !strings.Contains(text, "dbname=") || !strings.Contains(text, "host=") && !strings.Contains(text, "user=") {
		return scan.Need{}, false
	}
	n := scan.Need{Need: service.Need{Kind: "postgres", Port: 5432, User: pairs["user"], Database: pairs["dbname"]}}
	if p, err := strconv.Atoi(pairs["port"]); err == nil {
		n.Port = p
	}
	n.SetHost(pairs["host"])
	return n, true
}

// reportSettings goes through the variables, flags and constants of the program: an address in one is a need, by the name
// of its setting.
func (p *goProgram) reportSettings(r *scan.Report, dir string) {
	seen := map[string]bool{}
	own := map[string]bool{}
	for _, l := range p.listeners() {
		own[l.value.env] = true
		own[l.value.flag] = true
	}
	for _, f := range p.facts {
		f.calls(func(c *ast.CallExpr) {
			v := p.scope.call(f, c)
			key := v.env + "\x00"
			if v.env == "" {
				key += v.flag
			}
			if v.env == "" && v.flag == "" || seen[key] {
				return
			}
			seen[key] = true
			p.setting(r, dir, v, own)
		})
	}
	names := make([]string, 0, len(p.scope.tags))
	for name := range p.scope.tags {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if v := p.scope.tags[name]; !seen[v.env+"\x00"] && v.env != "" {
			seen[v.env+"\x00"] = true
			p.setting(r, dir, v, own)
		}
	}
	p.constants(r, dir, seen)
}

// setting reports one variable or flag with its default.
func (p *goProgram) setting(r *scan.Report, dir string, v goValue, own map[string]bool) {
	name := v.env
	if name == "" {
		name = v.flag
	}
	if own[name] {
		return
	}
	if !v.known || strings.ContainsAny(v.text, "\n\x00") || len(v.text) > 300 {
		v.text = ""
	}
	if v.env != "" {
		findSetting(r, dir, v.env, v.text, v.file, v.line)
		return
	}
	if need, ok := needOfAddress(name, v.text); ok {
		need.Name = callName(need, name)
		r.Find(scan.Finding{Dir: dir, Need: &need}, v.file, v.line, scan.Declared, "")
		r.Note(v.file, v.line, "-%s points to %s; give the flag in the command", v.flag, need.Kind)
	}
}

// findSetting reports a variable with the value that the code falls back to: an address is a need that the variable
// points to, anything else a secret or a plain setting. An address on this machine is a developer's: it tells that
// something is called, and not where.
func findSetting(r *scan.Report, dir, name, fallback, file string, line int) {
	if need, ok := needOfAddress(name, fallback); ok {
		need.Name = callName(need, name)
		if !scan.HasAccount(fallback) && !(scan.SecretName(name) && need.Kind != "http") {
			need.Env = map[string]string{name: addressTemplate(fallback)}
		}
		r.Find(scan.Finding{Dir: dir, Need: &need}, file, line, scan.Declared, "")
		if len(need.Env) > 0 {
			return
		}
	}
	if findPointer(r, dir, name, fallback, file, line) {
		return
	}
	if localAddress.MatchString(fallback) {
		fallback = ""
	}
	findVariable(r, dir, name, fallback, file, line)
}

var localAddress = regexp.MustCompile(`(?i)(^|//|@|\()(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(:|/|\)|$)`)

// findPointer reports a variable that has no default and whose name says that it holds the host or port of a backing
// service: MONGO_HOST.
func findPointer(r *scan.Report, dir, name, fallback, file string, line int) bool {
	kind, words := kindOfName(name), splitName(name)
	if kind == "" || fallback != "" || len(words) < 2 || scan.SecretName(name) {
		return false
	}
	need := scan.Need{Need: service.Need{Kind: kind}}
	switch words[len(words)-1] {
	case "host", "hostname", "server":
		need.Env = map[string]string{name: "{host}"}
	case "addr", "address", "hostport":
		need.Env = map[string]string{name: "{host}:{port}"}
	case "port":
		need.Env = map[string]string{name: "{port}"}
	default:
		return false
	}
	r.Find(scan.Finding{Dir: dir, Need: &need}, file, line, scan.Convention, "by its name")
	return true
}

var settingAddress = regexp.MustCompile(`(?i)(addr|address|host|hostname|hostport|server|endpoint|url|uri|upstream|backend|target|base|broker|api)s?$`)

// needOfAddress reads a setting's default as the address of another system: a URL, or host:port of a machine that is not
// this one. What the service tells of itself (its own URL, the address that it binds) is none.
func needOfAddress(name, value string) (scan.Need, bool) {
	if n, ok := goDSN(value); ok {
		return n, true
	}
	if n, ok := scan.NeedOfURL(value); ok {
		if n.Kind != "http" {
			return n, true
		}
		local := n.Host == "" && n.Name == "" && localAddress.MatchString(value) && strings.Count(value, ":") > 1
		return n, !ownSetting.MatchString(name) && (n.Host != "" && !publicDocs.MatchString(n.Host) || n.Name != "" || local) && settingAddress.MatchString(name)
	}
	if !settingAddress.MatchString(name) && net.ParseIP(strings.Split(value, ":")[0]) == nil {
		return scan.Need{}, false
	}
	host, port, err := net.SplitHostPort(value)
	if err != nil {
		host = value
	}
	n := scan.Need{}
	n.Port, _ = strconv.Atoi(port)
	n.SetHost(host)
	n.Kind = kindOfName(name)
	if n.Kind == "" {
		n.Kind = kindOfPort(n.Port)
	}
	if n.Kind == "http" && (n.Port == 0 || host == "") {
		return scan.Need{}, false
	}
	if strings.ContainsAny(value, " /,") || value == "" || n.Host == "" && n.Name == "" && !scan.LocalHost(host) || ownSetting.MatchString(name) {
		return scan.Need{}, false
	}
	return n, true
}

var (
	ownSetting = regexp.MustCompile(`(?i)^((app|site|public|base|root|self|listen|bind|http|https|server|external|internal|web|metrics|debug|pprof|admin|grpc|my|callback|redirect|static|cors|health)[_-]?)*(addr|address|url|uri|host|hostname|port|listen|bind|origin|endpoint|interface)$`)
	publicDocs = regexp.MustCompile(`(^|\.)(example\.(com|org|net)|w3\.org|golang\.org|godoc\.org|schema\.org|github\.com|githubusercontent\.com)$`)
)

func kindOfPort(port int) string {
	for _, kind := range []string{"postgres", "mysql", "mongodb", "redis", "rabbitmq", "memcached", "kafka", "elasticsearch", "smtp", "ldap", "mssql", "oracle"} {
		if port > 0 && scan.DefaultPort(kind) == port {
			return kind
		}
	}
	return "http"
}

var callSuffix = regexp.MustCompile(`(?i)[_.-]?(addr|address|host|hostname|hostport|server|endpoint|url|uri|port|api|base|service|backend|upstream|target)s?$`)

// callName is what the service calls another system, by the setting that points to it: LEDGER_ADDR is the ledger.
func callName(n scan.Need, setting string) string {
	if n.Kind != "http" && n.Kind != "tcp" || n.Name != "" {
		return n.Name
	}
	name := setting
	for short := callSuffix.ReplaceAllString(name, ""); short != name && short != ""; short = callSuffix.ReplaceAllString(name, "") {
		name = short
	}
	return strings.Join(splitName(name), "-")
}

var addressInURL = regexp.MustCompile(`^([a-z0-9+.:-]+://)(\[[^\]/]+\]|[^/:?#;,@\s]+)(:\d+)?`)

// addressTemplate puts {host} and {port} into the place of a value's address.
func addressTemplate(value string) string {
	if strings.Contains(value, "://") {
		return addressInURL.ReplaceAllString(value, "${1}{host}:{port}")
	}
	if _, _, err := net.SplitHostPort(value); err == nil {
		return "{host}:{port}"
	}
	return "{host}"
}

var legacyHost = regexp.MustCompile(`(?i)\.(local|localdomain|lan|corp|internal|intern|intra|intranet|private|prod|home|dmz)(\.|$)`)

// constants reports addresses of the house's own machines that stand in the code under a name and in no setting, and
// secrets that stand there.
func (p *goProgram) constants(r *scan.Report, dir string, seen map[string]bool) {
	for _, f := range p.facts {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for i, name := range spec.Names {
				if i >= len(spec.Values) {
					break
				}
				text, ok := stringLit(spec.Values[i])
				if !ok || text == "" {
					continue
				}
				line := f.line(spec.Values[i])
				if secretConstant.MatchString(name.Name) && !scan.SecretName(text) && len(text) > 5 {
					r.Note(f.path, line, "%s: a secret in the code; give it from the environment", name.Name)
					continue
				}
				need, ok := needOfAddress(name.Name, text)
				if !ok || need.Kind != "http" || net.ParseIP(need.Host) == nil && !legacyHost.MatchString(need.Host) {
					continue
				}
				need.Name = callName(need, name.Name)
				r.Find(scan.Finding{Dir: dir, Need: &need}, f.path, line, scan.Declared, "")
			}
			return true
		})
	}
}

var secretConstant = regexp.MustCompile(`(?i)(secret|password|passwd|secretkey|apikey|token|privatekey)$`)
