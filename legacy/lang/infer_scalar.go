package lang

import (
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// scalar takes one setting that is no object: a connection string, a host, or a secret that somebody wrote down.
func (f *inference) scalar(name string, v value, file string) {
	if f.url(name, v, file, "") {
		return
	}
	last := name[strings.LastIndexByte(name, '.')+1:]
	if (bucketName.MatchString(last) || f.objects && anyBucket.MatchString(last)) && (v.kind == valString && v.text != "" || v.kind == valCall || v.kind == valEither) {
		f.add(scan.Need{Need: service.Need{Kind: "s3", Port: 443, TLS: true}}, file, v.line, scan.Declared, "a bucket of an object store")
	}
	f.hardCoded(name, v, file)
	if strings.HasPrefix(v.text, "storages.backends.s3") && v.kind == valString {
		f.add(scan.Need{Need: service.Need{Kind: "s3", Port: 443, TLS: true}}, file, v.line, scan.Declared, "files are kept in an object store")
	}
	env, fallback, isEnv := v.environment()
	if isEnv {
		f.comesFromOutside(last)
	}
	if !isEnv || fallback != nil {
		return
	}
	if k := f.kindOfURLVariable(env); k != "" {
		n := scan.Need{Need: service.Need{Kind: k, Port: scan.DefaultPort(k)}}
		if urlName.MatchString(env) && urlTemplates[k] != "" {
			f.variable(&n, v, "{host}")
		}
		f.add(n, file, v.line, scan.Declared, "the variable "+env+" leads to it")
	}
}

var bucketName = scan.MustCompile(`(?i)^(AWS_STORAGE_BUCKET_NAME|(\w+_)?S3_?(\w+_)?BUCKET(_NAME)?|AWS_(S3_)?BUCKET(_NAME)?)$`)

var anyBucket = scan.MustCompile(`(?i)(^|_)bucket(_name)?$`)

var urlVariableName = scan.MustCompile(`^(?:\w+_)?(URL|URI|URLS|DSN|SERVERS?|HOSTS?|ADDR|ENDPOINT)$`)

// kindOfURLVariable is the kind that a variable's name speaks of: REDIS_URL, DATABASE_URL, MONGODB_URI.
func (f *inference) kindOfURLVariable(env string) string {
	if !urlVariableName.MatchString(env) {
		return ""
	}
	return f.kindOfSetting(env)
}

// connectionPart parts the names that flat settings give to the parts of one connection: DB_HOST, redisPort.
var connectionPart = scan.MustCompile(`^(.*?)[_.]?(?i:(HOST|HOSTNAME|SERVER|SERVERS|HOSTS|ADDR|URLS)|(PORT)|(NAME|DATABASE|DB|DBNAME)|(USER|USERNAME)|(ENGINE|DRIVER|DIALECT|CLIENT|ADAPTER|TYPE))$`)

// flat puts settings such as DB_HOST, DB_PORT and DB_NAME together and looks at each group as one connection.
func (f *inference) flat(settings []setting, file string) {
	groups := map[string]*value{}
	for _, s := range settings {
		m := connectionPart.FindStringSubmatch(s.name)
		if m == nil || s.v.kind == valDict || s.v.kind == valOther || s.v.kind == valName && !strings.HasPrefix(s.v.text, "process.env.") {
			continue
		}
		prefix := strings.TrimRight(m[1], "_.")
		g := groups[prefix]
		if g == nil {
			g = &value{kind: valDict, line: s.v.line}
			groups[prefix] = g
		}
		for i, key := range []string{"host", "port", "database", "user", "engine"} {
			if m[2+i] != "" {
				g.keys, g.items = append(g.keys, key), append(g.items, s.v)
			}
		}
	}
	prefixes := make([]string, 0, len(groups))
	for p := range groups {
		prefixes = append(prefixes, p)
	}
	sort.Slice(prefixes, func(a, b int) bool {
		la, lb := groups[prefixes[a]].line, groups[prefixes[b]].line
		return la < lb || la == lb && prefixes[a] < prefixes[b]
	})
	for _, prefix := range prefixes {
		f.flatGroup(prefix, *groups[prefix], file)
	}
}

func (f *inference) flatGroup(prefix string, g value, file string) {
	host, ok := g.get("host")
	if !ok {
		return
	}
	text, known := host.literal()
	_, _, isEnv := host.environment()
	if strings.Contains(text, "://") || !isEnv && (!known || text == "") {
		return
	}
	kind := f.kindOfSetting(prefix)
	if kind == "" {
		if engine, ok := g.get("engine"); ok {
			e, _ := engine.literal()
			kind = kindOfEngine(e)
		}
	}
	if port, ok := g.get("port"); ok && kind == "" {
		kind = kindOfPort(port.number())
	}
	switch {
	case kind == "sqlite" || kind == "none":
	case kind != "":
		f.group(prefix, g, file, kind)
	case prefix != "":
		f.hostOnly(prefix+"_HOST", host, file)
	}
}

// connectors lead from what a call creates to the kind of need it connects to; "sql" is settled by the arguments, or by
// the only SQL driver among the dependencies.
var connectors = map[string]string{
	"redis.Redis": "redis", "redis.StrictRedis": "redis", "Redis": "redis", "StrictRedis": "redis", "redis.from_url": "redis", "redis.createClient": "redis", "IORedis": "redis",
	"redis.ConnectionPool": "redis", "aioredis.create_redis_pool": "redis", "aioredis.from_url": "redis", "createClient": "redis", "Redis.from_url": "redis", "redis.Redis.from_url": "redis",
	"redis.StrictRedis.from_url": "redis", "Sentinel": "redis",
	"psycopg2.connect": "postgres", "psycopg.connect": "postgres", "asyncpg.connect": "postgres", "asyncpg.create_pool": "postgres", "pg.Pool": "postgres", "pg.Client": "postgres",
	"pg.connect": "postgres", "pgp": "postgres", "MySQLdb.connect": "mysql", "pymysql.connect": "mysql", "mysql.connector.connect": "mysql", "mysql.createConnection": "mysql",
	"mysql.createPool": "mysql", "mysql2.createConnection": "mysql", "mysql2.createPool": "mysql", "mariadb.createPool": "mysql", "pymssql.connect": "mssql", "cx_Oracle.connect": "oracle", "oracledb.createPool": "oracle",
	"MongoClient": "mongodb", "pymongo.MongoClient": "mongodb", "pymongo.Connection": "mongodb", "MongoClient.connect": "mongodb", "mongodb.MongoClient": "mongodb",
	"mongodb.MongoClient.connect": "mongodb", "mongoose.connect": "mongodb", "mongoose.createConnection": "mongodb", "mongoengine.connect": "mongodb", "monk": "mongodb", "mongojs": "mongodb",
	"pika.ConnectionParameters": "rabbitmq", "pika.URLParameters": "rabbitmq", "amqp.connect": "rabbitmq", "amqp.createConnection": "rabbitmq", "amqplib.connect": "rabbitmq", "aio_pika.connect_robust": "rabbitmq",
	"Elasticsearch": "elasticsearch", "elasticsearch.Elasticsearch": "elasticsearch", "elasticsearch.Client": "elasticsearch", "pysolr.Solr": "solr", "solr.createClient": "solr",
	"memcache.Client": "memcached", "pylibmc.Client": "memcached", "Memcached": "memcached", "pymemcache.Client": "memcached", "nodemailer.createTransport": "smtp",
	"smtplib.SMTP": "smtp", "smtplib.SMTP_SSL": "smtp", "SMTP": "smtp", "ldap.initialize": "ldap", "ldap.createClient": "ldap", "KafkaProducer": "kafka", "KafkaConsumer": "kafka", "Kafka": "kafka",
	"kafka.KafkaClient": "kafka", "kafka.Client": "kafka", "cassandra.Client": "cassandra", "statsd.StatsClient": "statsd", "StatsClient": "statsd", "StatsD": "statsd",
	"create_engine": "sql", "sqlalchemy.create_engine": "sql", "Sequelize": "sql", "knex": "sql", "Pool": "sql", "Client": "sql", "createConnection": "sql", "createPool": "sql", "databases.Database": "sql",
	"kombu.Connection": "rabbitmq", "kombu.BrokerConnection": "rabbitmq",
}

// wantsURL are those whose first argument is a whole URL, with the password in it, whatever its variable is called.
var wantsURL = map[string]bool{"mongoose.connect": true, "mongoose.createConnection": true, "MongoClient.connect": true, "mongodb.MongoClient.connect": true, "amqp.connect": true, "amqplib.connect": true}

// ambiguous are names that many libraries give to something: they count only where the dependencies know the kind.
var ambiguous = map[string]bool{"createClient": true, "Pool": true, "Client": true, "createConnection": true, "createPool": true, "SMTP": true, "Kafka": true, "StatsD": true,
	"Redis": true, "Sentinel": true, "pgp": true, "monk": true, "Elasticsearch": true}

// call takes one call that creates a connection. drivers are the kinds that the dependencies know.
func (f *inference) call(v value, file string, drivers map[string]dependency) {
	if kind := amazonService(v); kind != "" && f.objects {
		f.add(scan.Need{Need: service.Need{Kind: kind, Port: 443, TLS: true}}, file, v.line, scan.Declared, "the code uses "+v.text)
		return
	}
	kind, ok := connectors[v.text]
	if !ok {
		return
	}
	if kind == "sql" {
		kind = f.sql
	}
	// A call that no installed library answers belongs to an optional part, or to another library of that name.
	if _, known := drivers[kind]; !known && (ambiguous[v.text] || (len(drivers) > 0 || f.whole) && kind != "smtp" && kind != "") {
		return
	}
	first, _ := v.arg(0)
	if v.text == "knex" && first.kind == valString && !strings.Contains(first.text, "://") {
		return // a query: its argument is the name of a table
	}
	if f.url(v.text, first, file, kind) {
		return
	}
	for _, object := range []value{first, v} {
		if object.kind == valDict || object.kind == valCall && len(strings.Join(object.keys, "")) > 0 {
			object.kind = valDict
			if inner, ok := object.get("connection", "socket"); ok && inner.kind == valDict {
				inner.keys, inner.items = append(inner.keys, object.keys...), append(inner.items, object.items...)
				object = inner
			}
			if f.group(v.text, object, file, engineOr(object, kind)) {
				return
			}
		}
	}
	if kind == "" {
		return
	}
	n := scan.Need{Need: service.Need{Kind: kind, Port: scan.DefaultPort(kind)}}
	if name, _, ok := first.environment(); ok && wantsURL[v.text] && !addressPart.MatchString(name) {
		f.sensitive = append(f.sensitive, name)
	} else {
		f.positional(&n, v)
	}
	f.add(n, file, v.line, scan.Declared, "")
}

// amazonService is the kind of need that a call of Amazon's libraries makes a client of: boto3.client("s3"), boto.connect_s3().
func amazonService(v value) string {
	if rest, ok := strings.CutPrefix(v.text, "boto.connect_"); ok && (rest == "s3" || rest == "sqs") {
		return rest
	}
	switch v.text {
	case "boto.s3.connect_to_region":
		return "s3"
	case "boto.sqs.connect_to_region":
		return "sqs"
	case "AWS.S3", "aws.S3", "Aws.S3", "S3Client":
		return "s3"
	case "AWS.SQS", "aws.SQS", "SQSClient":
		return "sqs"
	}
	if !strings.HasSuffix(v.text, ".client") && !strings.HasSuffix(v.text, ".resource") {
		return ""
	}
	if first, ok := v.arg(0); ok && first.kind == valString && (first.text == "s3" || first.text == "sqs") {
		return first.text
	}
	return ""
}

// serviceName is a client of Amazon's whose service is an argument by name, or stands in a dictionary of arguments.
var serviceName = scan.MustCompile(`["']service_name["']\s*:\s*["'](s3|sqs)["']|\.(?:client|resource)\([^()]{0,200}\bservice_name\s*=\s*["'](s3|sqs)["']`)

func (f *inference) namedService(s *source) {
	if !f.objects || !strings.Contains(s.text, "service_name") {
		return
	}
	for _, m := range scan.Find(s.text, serviceName) {
		kind := m.Groups[1] + m.Groups[2]
		f.add(scan.Need{Need: service.Need{Kind: kind, Port: 443, TLS: true}}, s.file, m.Line, scan.Declared, "the code makes a client of it")
	}
}

func engineOr(v value, kind string) string {
	engine, _ := v.get(engineKeys...)
	text, _ := engine.literal()
	if k := kindOfEngine(text); k != "" {
		return k
	}
	return kind
}

// positional reads Redis('host', 6379) and createClient(6379, 'host').
func (f *inference) positional(n *scan.Need, v value) {
	for i := range 2 {
		arg, ok := v.arg(i)
		if !ok {
			return
		}
		if p := arg.number(); p > 0 {
			n.Port = p
			f.variable(n, arg, "{port}")
			continue
		}
		if arg.kind == valDict || arg.kind == valList && n.Kind != "elasticsearch" && n.Kind != "memcached" {
			continue
		}
		if text, ok := arg.literal(); ok && i == 1 && !hostText.MatchString(text) {
			continue
		}
		f.host(n, arg)
	}
}
