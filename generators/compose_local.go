package generators

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// The values that secrets have on a developer's machine. They follow from names alone, so that the container of a need and
// the services that call it agree without a word: the password of every need is "local", its account and database are
// called as the model says or, by default, like the application, and a variable that holds a URL gets the URL of the need
// that its name speaks of. Every other secret is "local-only". Nothing here is worth protecting.

const (
	localPassword = "local"
	localSecret   = "local-only"
	// laravelKey has the length that Laravel's cipher wants: the 32 bytes "local-only-local-only-local-only".
	laravelKey = "base64:bG9jYWwtb25seS1sb2NhbC1vbmx5LWxvY2FsLW9ubHk="
	// mssqlPassword meets SQL Server's rules, which refuse a short one.
	mssqlPassword = "Local-only1"
)

// A backend is a need with everything decided that its container and the URLs to it must agree on.
type backend struct {
	Name     string
	Kind     string // as in containerKinds
	Version  string
	Port     int
	Usual    int // the port that its image listens on by itself
	User     string
	Database string
	Init     []string
	// Extensions are those of PostgreSQL that the service wants.
	Extensions []string
	Auth       bool // the service sends a password; for those that ask for none by default

	users, databases []string // that variables of the services say
}

func (b backend) password() string {
	if b.Kind == "mssql" {
		return mssqlPassword
	}
	return localPassword
}

// role is what a variable holds, by the last word of its name.
type role int

const (
	noRole role = iota
	urlRole
	passwordRole
	userRole
	hostRole
	portRole
	databaseRole
)

var roleWords = map[string]role{
	"URL": urlRole, "URI": urlRole, "DSN": urlRole, "BROKER": urlRole, "BACKEND": urlRole,
	"PASSWORD": passwordRole, "PASS": passwordRole, "PASSWD": passwordRole, "PWD": passwordRole,
	"USER": userRole, "USERNAME": userRole, "LOGIN": userRole,
	"HOST": hostRole, "HOSTNAME": hostRole, "SERVER": hostRole,
	"PORT": portRole,
	"NAME": databaseRole, "DATABASE": databaseRole, "DBNAME": databaseRole, "DB": databaseRole,
}

var (
	sqlWords   = words("DB DATABASE SQL SQLALCHEMY JDBC DATASOURCE")
	sqlKinds   = words("postgres mysql mariadb mssql oracle")
	queueWords = words("AMQP BROKER CELERY QUEUE MQ")
)

// kindWords are the words in a variable's name that speak of a kind: those of the kind alone, those for what such a thing
// is there for, and those for what it can also be used for where nothing better is there.
var kindWords = map[string][3]map[string]bool{
	"postgres":      {words("POSTGRES POSTGRESQL PG"), sqlWords},
	"mysql":         {words("MYSQL MARIADB"), sqlWords},
	"mariadb":       {words("MYSQL MARIADB"), sqlWords},
	"mssql":         {words("MSSQL SQLSERVER"), sqlWords},
	"oracle":        {words("ORACLE"), sqlWords},
	"mongodb":       {words("MONGO MONGODB MONGOHQ MONGOLAB"), nil, words("DB DATABASE")},
	"redis":         {words("REDIS REDISTOGO REDISCLOUD RESULT"), words("CACHE SESSION"), words("BROKER CELERY QUEUE")},
	"memcached":     {words("MEMCACHE MEMCACHED MEMCACHIER"), words("CACHE SESSION")},
	"mqtt":          {words("MQTT MOSQUITTO"), words("BROKER")},
	"rabbitmq":      {words("RABBIT RABBITMQ AMQP CLOUDAMQP"), queueWords},
	"activemq":      {words("ACTIVEMQ JMS"), queueWords},
	"kafka":         {words("KAFKA"), nil, words("BROKER QUEUE")},
	"elasticsearch": {words("ELASTIC ELASTICSEARCH ES BONSAI"), words("SEARCH")},
	"solr":          {words("SOLR"), words("SEARCH")},
	"s3":            {words("S3 AWS MINIO"), words("STORAGE BUCKET")},
	"smtp":          {words("SMTP MAIL EMAIL MAILER")},
	"ldap":          {words("LDAP OPENLDAP"), words("AD DIRECTORY")},
}

func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// speaksOf finds the backend that a variable's name speaks of, and what the variable holds.
func speaksOf(key string, backends []backend) (backend, role, bool) {
	subject := strings.FieldsFunc(strings.ToUpper(key), betweenWords)
	if len(subject) == 0 {
		return backend{}, noRole, false
	}
	last := subject[len(subject)-1]
	for _, joined := range []string{"PASSWORD", "USER", "HOST", "PORT", "DATABASE"} { // PGPASSWORD and its like
		if last == "PG"+joined {
			subject, last = []string{"PG", joined}, joined
		}
	}
	what := roleWords[last]
	if what == noRole {
		return backend{}, noRole, false
	}
	if len(subject) > 1 || what == databaseRole && last == "NAME" {
		subject = subject[:len(subject)-1]
	}
	best, at := 0, -1
	for i, b := range backends {
		if score := b.score(subject); score > best {
			best, at = score, i
		}
	}
	if at < 0 {
		return backend{}, what, false
	}
	return backends[at], what, true
}

// speaksOfStore says whether a variable's name speaks of any kind of backend, by a word that stands for that alone or for what
// databases are there for.
func speaksOfStore(key string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(strings.ToUpper(key), betweenWords), func(word string) bool {
		for _, set := range kindWords {
			if set[0][word] {
				return true
			}
		}
		return sqlWords[word]
	})
}

func betweenWords(r rune) bool { return r == '_' || r == '-' || r == '.' }

// score says how clearly the words speak of the backend, and of several of a kind of which one: MI_DATABASE of mi-postgres
// rather than of postgres, DATABASE the other way around.
func (b backend) score(subject []string) int {
	base := b.named(subject)
	if base == 0 {
		return 0
	}
	score, kind := 10*base, kindWords[b.Kind]
	for _, w := range strings.FieldsFunc(strings.ToUpper(b.Name), func(r rune) bool { return r == '-' || r == '_' }) {
		switch {
		case slices.ContainsFunc(kind[:], func(set map[string]bool) bool { return set[w] }):
		case slices.Contains(subject, w):
			score += 3
		default:
			score--
		}
	}
	return max(score, 1)
}

// named is 4 where the words hold the backend's name, 3 to 1 by its kind's words, 0 where they speak of something else.
func (b backend) named(subject []string) int {
	have := words(strings.Join(subject, " "))
	name := strings.FieldsFunc(strings.ToUpper(b.Name), func(r rune) bool { return r == '-' || r == '_' })
	called := len(name) > 0
	for _, w := range name {
		called = called && have[w]
	}
	if called {
		return 4
	}
	for i, set := range kindWords[b.Kind] {
		for _, w := range subject {
			if set[w] {
				return 3 - i
			}
		}
	}
	return 0
}

// localValue is what a secret of the service is called with on a developer's machine.
func localValue(key string, s service.Service, backends []backend) string {
	upper := strings.ToUpper(key)
	have := words(strings.ReplaceAll(upper, "_", " "))
	if have["SENTRY"] || have["RAVEN"] {
		return "" // switches it off; anything else that is no DSN stops the client library
	}
	b, what, ok := speaksOf(key, backends)
	switch {
	case upper == "APP_KEY" && s.Framework == "laravel":
		return laravelKey
	case strings.HasSuffix(upper, "SECRET_KEY_BASE"), have["JWT"]:
		return strings.Repeat(localSecret+"-", 6) // Rails refuses a short one, Phoenix and HS512 one of less than 64 letters
	case strings.HasPrefix(upper, "CONNECTIONSTRINGS__"):
		if text := connectionString(upper, backends); text != "" {
			return text
		}
		return localSecret
	case !ok && s.Framework == "symfony" && strings.Contains(upper, "MESSENGER") && strings.HasSuffix(upper, "_DSN"):
		return "sync://" // no transport answers here: messages are handled at once
	case !ok && s.Framework == "symfony" && (upper == "MAILER_DSN" || upper == "MAILER_URL"):
		return "null://null" // it sends nothing; what is no address stops the container
	case !ok && what == urlRole && speaksOfStore(key):
		return "" // nothing answers here, and what is no address stops the container
	case !ok:
		return localSecret
	}
	switch what {
	case passwordRole:
		return b.password()
	case userRole:
		return b.User
	case hostRole:
		return b.Name
	case portRole:
		return fmt.Sprint(b.Port)
	case databaseRole:
		return b.Database
	}
	if strings.HasSuffix(upper, "RESULT_BACKEND") && b.Kind == "rabbitmq" {
		return "rpc://" // Celery's results over the broker; it knows no amqp:// for results
	}
	return b.url(upper, s)
}

// url points to the backend in the form that the variable's readers expect: JDBC for Java (but for Heroku's DATABASE_URL),
// the Go driver's own form for MySQL in Go, SQLAlchemy's for a driver that is not its first choice, and what the tools of the
// kind call a URL otherwise.
func (b backend) url(key string, s service.Service) string {
	language := s.Language
	host := fmt.Sprintf("%s:%d", b.Name, b.Port)
	if b.Kind == "activemq" || b.Kind == "oracle" { // their images can't be told another port
		host = fmt.Sprintf("%s:%d", b.Name, b.Usual)
	}
	jdbc := strings.Contains(key, "JDBC") || strings.Contains(key, "DATASOURCE") || language == "java" && key != "DATABASE_URL"
	login := url.UserPassword(b.User, b.password()).String() + "@"
	db := url.PathEscape(b.Database)
	switch b.Kind {
	case "postgres":
		switch {
		case jdbc:
			return "jdbc:postgresql://" + host + "/" + db
		case language == "go": // lib/pq asks for TLS unless told otherwise
			return "postgresql://" + login + host + "/" + db + "?sslmode=disable"
		}
		return "postgresql://" + login + host + "/" + db
	case "mysql", "mariadb":
		switch {
		case jdbc:
			return "jdbc:" + b.Kind + "://" + host + "/" + db
		case language == "go":
			return b.User + ":" + b.password() + "@tcp(" + host + ")/" + b.Database
		}
		switch {
		case language == "ruby": // Rails names the gem
			return "mysql2://" + login + host + "/" + db
		case language == "python" && s.Framework != "django" && s.Build != nil && !slices.Contains(s.Build.Packages, "default-libmysqlclient-dev"):
			return "mysql+pymysql://" + login + host + "/" + db // SQLAlchemy takes mysqlclient, which this service doesn't install
		}
		return "mysql://" + login + host + "/" + db
	case "mssql":
		if jdbc {
			return "jdbc:sqlserver://" + host + ";databaseName=" + b.Database + ";encrypt=false"
		}
		return "mssql://" + login + host + "/" + db
	case "oracle":
		if jdbc {
			return "jdbc:oracle:thin:@//" + host + "/FREEPDB1"
		}
		return "oracle://" + login + host + "/FREEPDB1"
	}
	return b.otherURL(host, login, db)
}

func (b backend) otherURL(host, login, db string) string {
	switch b.Kind {
	case "mongodb":
		if b.Auth {
			return "mongodb://" + login + host + "/" + db + "?authSource=admin"
		}
		return "mongodb://" + host + "/" + db
	case "redis":
		if b.Auth {
			return "redis://:" + b.password() + "@" + host + "/0"
		}
		return "redis://" + host + "/0"
	case "rabbitmq":
		return "amqp://" + login + host
	case "activemq":
		return "tcp://" + host
	case "mqtt":
		return "mqtt://" + host
	case "smtp":
		return "smtp://" + host
	case "ldap":
		return "ldap://" + host
	case "memcached", "kafka", "zookeeper":
		return host
	case "solr":
		return "http://" + host + "/solr/" + db
	}
	return "http://" + host
}

// backendsOf are the needs that a container answers here, sorted by name. Accounts and databases that the plain
// configuration names count as the model's own.
func backendsOf(app *service.App) []backend {
	all := backendsSaid(app)
	own := strings.ReplaceAll(app.Name, "-", "_")
	for i := range all {
		if all[i].Kind == "mssql" {
			all[i].User = "sa" // the image makes no other account
		}
		if all[i].User == "" {
			all[i].User = own
		}
		if all[i].Database == "" {
			all[i].Database = own
		}
	}
	return all
}

// backendsSaid are the needs that containers can play, with the accounts and databases that the model and the plain variables
// of the services name, and no others.
func backendsSaid(app *service.App) []backend {
	var all []backend
	for _, name := range app.NeedNames() {
		n := app.Needs[name]
		kind := containerKind(n.Kind)
		if kind == "" || app.Services[name] != nil {
			continue
		}
		b := backend{Name: name, Kind: kind, Version: n.Version, Port: n.Port, User: n.User, Database: n.Database, Init: n.Init, Extensions: n.Extensions}
		b.Usual = containerKinds[kind].port
		if b.Port == 0 {
			b.Port = b.Usual
		}
		b.Auth = n.User != ""
		all = append(all, b)
	}
	for _, name := range app.ServiceNames() {
		s := app.Effective(name)
		for _, key := range sortedEnv(s.Env) {
			fillBackend(all, key, s.Env)
		}
		for _, key := range s.Secrets {
			fillBackend(all, key, nil)
		}
	}
	for i := range all {
		all[i].User = asked(all[i].User, all[i].users)
		all[i].Database = asked(all[i].Database, all[i].databases)
	}
	return all
}

// asked is what the services ask for: what the model says, or the first of what their variables say where that is none of these.
func asked(said string, variables []string) string {
	if len(variables) == 0 || slices.Contains(variables, said) {
		return said
	}
	return variables[0]
}

// fillBackend learns from one of the variables of a service; a secret has no value.
func fillBackend(all []backend, key string, env map[string]string) {
	b, what, ok := speaksOf(key, all)
	if !ok {
		return
	}
	value := env[key]
	for i := range all {
		if all[i].Name != b.Name {
			continue
		}
		switch {
		case what == passwordRole:
			all[i].Auth = true
		case what == userRole:
			all[i].Auth = true
			if all[i].asks(key, b.User, env) {
				all[i].users = append(all[i].users, value)
			}
		case what == databaseRole && sqlKinds[b.Kind] && all[i].asks(key, b.Database, env):
			all[i].databases = append(all[i].databases, value)
		}
	}
}
