package lang

import (
	"go/ast"
	gotoken "go/token"
	"maps"
	"net"
	"path"
	"slices"
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
	{"github.com/segmentio/kafka-go", "kafka"}, {"github.com/confluentinc/confluent-kafka-go", "kafka"}, {"github.com/eclipse/paho.mqtt.golang", "mqtt"}, {"github.com/eclipse/paho.golang", "mqtt"}, {"github.com/nats-io/nats.go", "nats"}, {"github.com/nats-io/go-nats", "nats"},
	{"github.com/elastic/go-elasticsearch", "elasticsearch"}, {"github.com/olivere/elastic", "elasticsearch"}, {"gopkg.in/olivere/elastic", "elasticsearch"},
	{"github.com/gocql/gocql", "cassandra"}, {"github.com/neo4j/neo4j-go-driver", "neo4j"}, {"github.com/go-ldap/ldap", "ldap"}, {"gopkg.in/ldap", "ldap"},
	{"gopkg.in/gomail", "smtp"}, {"github.com/go-gomail/gomail", "smtp"}, {"net/smtp", "smtp"}, {"github.com/aws/aws-sdk-go/service/s3", "s3"},
	{"github.com/aws/aws-sdk-go-v2/service/s3", "s3"}, {"github.com/minio/minio-go", "s3"}, {"github.com/go-stomp/stomp", "activemq"},
}

var embeddedDriver = scan.MustCompile(`^(github\.com/mattn/go-sqlite3|modernc\.org/sqlite|gorm\.io/driver/sqlite|github\.com/jinzhu/gorm/dialects/sqlite|github\.com/boltdb/bolt|go\.etcd\.io/bbolt|github\.com/syndtr/goleveldb|github\.com/dgraph-io/badger)`)

// reportNeeds reports what the program talks to: by its drivers, and by the addresses in its code.
func (p *goProgram) reportNeeds(r *scan.Report, dir string) {
	drivers := p.drivers()
	sql, file := 0, ""
	for _, d := range drivers {
		if strings.Contains(d.path, "sqlite") {
			file = d.path
		}
		if sqlKinds[d.kind] || d.kind == "" {
			sql++
		}
	}
	seen := map[string]bool{}
	for _, f := range p.facts {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if entry, ok := n.(*ast.KeyValueExpr); ok {
				reportKeyed(r, dir, f, entry)
			}
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != gotoken.STRING || len(lit.Value) > 500 {
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
		case sqlKinds[d.kind] && file != "" && !needFound(r, dir, d.kind):
			r.Note(d.file, d.line, "a driver for %s is there beside %s, and no setting chooses one; add the need that is used to %s", d.kind, file, service.FileName)
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

// sourceVariable are names of variables that hold where a store is, with the account.
var sourceVariable = scan.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*_(URL|URI|DSN)$`)

// reportKeyed reports a variable that an entry of a table of settings is called after, where its default holds an account.
func reportKeyed(r *scan.Report, dir string, f *goFile, entry *ast.KeyValueExpr) {
	name, _ := stringLit(entry.Key)
	if !sourceVariable.MatchString(name) {
		return
	}
	ast.Inspect(entry.Value, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		if !ok {
			return true
		}
		text, _ := stringLit(lit)
		if _, ok = goDSN(text); ok && (passwordIn.MatchString(text) || scan.HasAccount(text)) {
			r.Find(scan.Finding{Dir: dir, Service: service.Service{Secrets: []string{name}}}, f.path, f.line(entry), scan.Convention, "its default holds an account")
			return false
		}
		return true
	})
}

// needFound says whether the code of dir is known to call something of this kind.
func needFound(r *scan.Report, dir, kind string) bool {
	for _, f := range r.Findings {
		if f.Dir == dir && f.Need != nil && f.Need.Kind == kind && f.Environment == "" && f.Profile == "" {
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
			if own := p.wrapper(imp.path); !known && own != "" {
				kind, known = own, true
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

// goWrapper are libraries that others have written around a driver, by their names: kafka-client-go, go-rabbitmq.
var goWrapper = scan.MustCompile(`^(?:[\w.-]+-)?(kafka|redis|mongo|mongodb|rabbitmq|elasticsearch|cassandra|memcached?)(?:-(?:client|go|lib|sdk|driver|utils?|pool|consumer|producer|queue|cache))*$`)

// wrapper is the kind of need that a library of somebody else's is made for by its name, "" for others.
func (p *goProgram) wrapper(imp string) string {
	parts := strings.Split(imp, "/")
	if len(parts) < 3 || !strings.Contains(parts[0], ".") {
		return ""
	}
	m := goWrapper.FindStringSubmatch(strings.ToLower(parts[2]))
	if m == nil || slices.ContainsFunc(p.facts, func(f *goFile) bool { return path.Base(path.Dir(f.path)) == path.Base(imp) }) {
		return "" // or a package of the program's own
	}
	switch m[1] {
	case "mongo":
		return "mongodb"
	case "memcache":
		return "memcached"
	}
	return m[1]
}

var (
	mysqlDSN   = scan.MustCompile(`^([\w.-]+)?(?::([^@]*))?@(?:tcp|udp)?\(([\w.-]+)(?::(\d+))?\)/([\w-]*)`)
	keywordDSN = scan.MustCompile(`\b(host|port|dbname|user|sslmode)=(\S+)`)
	passwordIn = scan.MustCompile(`^[\w.-]+:[^@%$]+@(?:tcp)?\(|\bpassword=[^\s%$]+`)
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
func (p *goProgram) reportSettings(r *scan.Report, of scan.Finding) {
	seen := map[string]bool{}
	own, dir := map[string]bool{}, of.Dir
	for _, l := range p.listeners() {
		own[l.value.env] = true
		own[l.value.flag] = true
	}
	known := slices.Clone(p.scope.tagsOf)
	for _, name := range slices.Sorted(maps.Keys(p.scope.flags)) {
		known = append(known, p.scope.flags[name])
	}
	left := unchanged(known)
	for i, v := range known {
		if len(left) > 0 && i == left[0] && of.Process == "" {
			r.Note(v.file, v.line, "the code reads %d further variables that have defaults; they are not written down", len(left))
		}
		if _, skip := slices.BinarySearch(left, i); !skip && !seen[v.env+"\x00"] && v.env != "" {
			seen[v.env+"\x00"] = true
			p.setting(r, dir, v, own)
		}
	}
	for _, f := range p.facts {
		f.calls(func(c *ast.CallExpr) {
			v := p.scope.call(f, c)
			if env := p.scope.calls.viper.secret(f, c); env != "" {
				v = goValue{env: env, file: f.path, line: f.line(c)}
			}
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
	p.environSecrets(func(v goValue) {
		if key := v.env + "\x00"; !seen[key] {
			seen[key] = true
			p.setting(r, dir, v, own)
		}
	})
	p.boundSecrets(r, dir, own)
	p.constants(r, dir)
}

// unchanged are the places of the settings with a default that hardly anybody changes, where there are many.
func unchanged(all []goValue) (left []int) {
	for i, v := range all {
		if v.env != "" && v.known && v.text != "" && !differs.MatchString(v.env) && (v.plain || !scan.SecretName(v.env) && !settingAddress.MatchString(v.env)) {
			left = append(left, i)
		}
	}
	if len(left) <= maxVariables {
		return nil
	}
	return left
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
	if port := strings.TrimPrefix(v.text, ":"); v.colon && strings.HasSuffix(v.env, "PORT") && goPort.MatchString(v.text) {
		v.text = port // what the code puts the colon before
	}
	switch {
	case v.env != "" && v.plain && scan.SecretName(v.env):
		if v.text != "" {
			r.Find(scan.Finding{Dir: dir, Service: service.Service{Env: map[string]string{v.env: v.text}}}, v.file, v.line, scan.Convention, "the code's own default")
		}
		return
	case v.env != "":
		findSetting(r, dir, v.env, v.text, v.file, v.line)
		return
	}
	if need, ok := needOfAddress(name, v.text); ok {
		need.Name = callName(need, name)
		r.Find(scan.Finding{Dir: dir, Need: &need}, v.file, v.line, scan.Declared, "")
		r.Note(v.file, v.line, "-%s points to %s; give the flag in the command", v.flag, need.Kind)
	}
}

var legacyHost = scan.MustCompile(`(?i)\.(local|localdomain|lan|corp|internal|intern|intra|intranet|private|prod|home|dmz)(\.|$)`)

// constants reports addresses of the house's own machines that stand in the code under a name and in no setting, and
// secrets that stand there.
func (p *goProgram) constants(r *scan.Report, dir string) {
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
				if variableConstant.MatchString(name.Name) && environ.MatchString(text) && scan.SecretName(text) {
					r.Find(scan.Finding{Dir: dir, Service: service.Service{Secrets: []string{text}}}, f.path, line, scan.Declared, "a variable by the name of the constant")
					continue
				}
				if secretConstant.MatchString(name.Name) && !scan.SecretName(text) && !isVariable.MatchString(text) && len(text) > 5 && !strings.Contains(strings.ToLower(name.Name), strings.TrimSuffix(strings.ToLower(text), "s")) {
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

// variableConstant are names of constants that hold the name of a variable: ClientSecretEnvVar, envToken.
var variableConstant = scan.MustCompile(`^[eE]nv[A-Z]|^ENV_|Env(Var|Key|Name|Variable)?$|EnvVar`)

var secretConstant = scan.MustCompile(`(?i)(secret|password|passwd|secretkey|apikey|token|privatekey)$`)
