package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// storeWords lead from a part of a resource's type to the kind of need behind it.
var storeWords = []struct{ word, kind string }{
	{"postgres", "postgres"}, {"pg_", "postgres"}, {"mariadb", "mariadb"}, {"mysql", "mysql"}, {"mongo", "mongodb"}, {"rabbit", "rabbitmq"}, {"redis", "redis"}, {"memcache", "memcached"}, {"elasticsearch", "elasticsearch"}, {"solr", "solr"}, {"cassandra", "cassandra"}, {"kafka", "kafka"},
}

// storeThing are the things in a store that are made for one service.
var storeThing = scan.MustCompile(`^(db|dbs|database|databases|instance|server|vhost|user|core|consumer|queue|queue_with_binding|exchange|topic|index|keyspace|collection|ext|extension)$`)

// store understands what is made for a service in a database, a queue or a cache: it needs that.
func (g *meaning) store(m *managed) bool {
	kind, thing := storeOf(m.kind)
	if thing == "ext" || thing == "extension" {
		return kind == "postgres" && g.environment == "" && g.extension(m)
	}
	if kind == "" || !storeThing.MatchString(thing) || g.environment != "" {
		return false
	}
	if thing == "user" && kind != "rabbitmq" || m.title == "" || strings.Contains(m.title, "$") {
		return false
	}
	n := scan.Need{Need: service.Need{Kind: kind}}
	database := thing == "db" || thing == "dbs" || thing == "database" || thing == "databases" || thing == "keyspace"
	if database {
		name := m.attr("dbname", "database", "database_name", "name").plain()
		if name == "" {
			name = m.title
		}
		if plainWord.MatchString(name) {
			n.Database = name
		}
		if user := m.attr("user", "username", "owner").plain(); plainWord.MatchString(user) {
			n.User = user
		}
	}
	f := m.finding()
	f.Need = &n
	g.claim(m, f, managedValue{}, "store "+kind+" "+n.Database, scan.Declared, m.kind+" "+titleForNote(m))
	return true
}

var plainWord = scan.MustCompile(`^[A-Za-z0-9][\w.-]{0,62}$`)

// storeOf parts a type into the kind of need and the thing in it: mysql::db, postgresql_database, rabbitmq_vhost.
func storeOf(kind string) (store, thing string) {
	thing = lastSegment(kind)
	for _, w := range storeWords {
		at := strings.Index(kind, w.word)
		if at < 0 {
			continue
		}
		if i := strings.LastIndexByte(thing, '_'); !strings.Contains(kind, "::") && i > 0 {
			if storeThing.MatchString(thing[i+1:]) {
				thing = thing[i+1:]
			}
		}
		return w.kind, thing
	}
	return "", thing
}

// storeSetting are settings of an application that say where a store answers: redis_host, memcache_servers.
var storeSetting = scan.MustCompile(`^(redis|memcached?|rabbitmq|amqp|elasticsearch|mongo|mongodb|postgres|postgresql|mysql|solr|kafka)_(urls?|uris?|hosts?|hostname|servers?|nodes?|brokers?)$`)

// databasePart are the parts in which the address of a database is given: database_adapter beside database_host.
var databasePart = scan.MustCompile(`^(.*(?:database|db)_)(adapter|type|engine)$`)

// stores takes over what the settings of an application say of the stores that it calls.
func (g *meaning) stores(m *managed) int {
	took := 0
	for _, name := range m.sortedNames() {
		v := m.attrs.of(name)
		var n scan.Need
		switch parts := databasePart.FindStringSubmatch(name); {
		case parts != nil:
			n.Kind = scan.KindOfScheme(v.plain())
			if host := m.attrs.of(parts[1] + "host"); host.known() {
				n.SetHost(host.text)
			}
			if database := m.attr(parts[1]+"database", parts[1]+"name").plain(); plainWord.MatchString(database) {
				n.Database = database
			}
			for _, part := range []string{"host", "port", "database", "name", "username", "user", "password"} {
				if v, ok := m.attrs.get(parts[1] + part); ok {
					g.use(v)
				}
			}
			if user := m.attr(parts[1]+"username", parts[1]+"user").plain(); plainWord.MatchString(user) {
				n.User = user
			}
		case g.is(storeSetting, name) && v.kind != valueUndef && !v.open:
			first := v
			if items := v.items(); len(items) > 0 {
				first = items[0]
			}
			found, ok := scan.NeedOfURL(first.plain())
			if !ok {
				found.Kind = scan.KindOfScheme(name[:strings.IndexByte(name, '_')])
				host, port, _ := strings.Cut(first.plain(), ":")
				found.SetHost(host)
				found.Port = textValue(port, "", 0).number()
			}
			if found.Host == "" && found.Name == "" {
				continue
			}
			n = found
		}
		if n.Kind == "" || n.Kind == "http" || !validPort(n.Port) && n.Port != 0 || g.environment != "" && v.environment != g.environment {
			continue
		}
		n.Environment = v.environment
		f := m.finding()
		f.Need = &n
		g.claim(m, f, v, "store setting "+n.Environment+" "+n.Kind, scan.Declared, m.says(name))
		took++
	}
	return took
}

// storeDaemon are programs of stores that a service may have an instance of its own of, with a unit like its own processes.
var storeDaemon = map[string]string{"memcached": "memcached", "redis-server": "redis", "valkey-server": "redis", "mongod": "mongodb", "rabbitmq-server": "rabbitmq", "beanstalkd": "beanstalkd"}

// storeOfItsOwn is an instance of a store that runs for the service alone.
func (g *meaning) storeOfItsOwn(m *managed, run managedValue, kind string) bool {
	f := m.finding()
	f.Need = &scan.Need{Need: service.Need{Kind: kind}}
	g.claim(m, f, run, "store "+kind, scan.Declared, "for "+titleForNote(m))
	return true
}

// extension is an extension that operations bring into a service's database.
func (g *meaning) extension(m *managed) bool {
	name := m.attr("extension", "ext", "name").plain()
	if name == "" {
		name = m.title
	}
	if !extensionName.MatchString(name) || m.attr("state").plain() == "absent" {
		return false
	}
	f := m.finding()
	f.Need = &scan.Need{Need: service.Need{Kind: "postgres", Extensions: []string{name}}, Offer: true}
	g.claim(m, f, managedValue{}, "extension "+name, scan.Declared, m.kind+" "+titleForNote(m))
	return true
}

var (
	extensionName = scan.MustCompile(`^[a-z][a-z0-9_-]{0,62}$`)
	// storePackages are the servers of databases whose packages have the version in their names.
	storePackages = scan.MustCompile(`^(postgresql|mysql-server|mariadb-server|mongodb-org|elasticsearch|redis)-?(\d{1,2}(?:\.\d+)?)(?:-server|-contrib|(-postgis)[\d.-]*)?$`)
	// storeClass are the classes, cookbooks and roles that set up a store.
	storeClass   = scan.MustCompile(`^(postgres|postgresql|mysql|mariadb|redis|redisio|mongo|mongodb|elasticsearch|rabbitmq|memcached|solr)(::(globals|server|params|default|config))?$`)
	versionStart = scan.MustCompile(`^(?:\d+:)?v?(\d+(?:\.\d+){0,2})(?:$|[-~+.])`) // behind the epoch of a package
	// joinedPostgres is a version of PostgreSQL before 10 in the name of a package of Red Hat's: 96 of postgresql96-server.
	joinedPostgres = scan.MustCompile(`^9(\d)$`)
)

// storePackage takes over the version of a store that operations install beside a service, where that calls one of the kind.
func (g *meaning) storePackage(m *managed, name string) bool {
	parts := storePackages.FindStringSubmatch(name)
	if parts == nil {
		return false
	}
	kind, _ := storeOf(strings.ReplaceAll(parts[1], "-", "_"))
	need := service.Need{Kind: kind, Version: parts[2]}
	if kind == "postgres" {
		need.Version = joinedPostgres.ReplaceAllString(parts[2], "9.$1")
	}
	if parts[3] != "" {
		need.Extensions = []string{"postgis"}
	}
	f := m.finding()
	f.Need = &scan.Need{Need: need, Offer: true}
	g.claim(m, f, managedValue{}, "store package "+name, scan.Convention, "package "+name)
	return true
}

// storeVersionOf takes over the version that the class of a store is given for the service's sake.
func (g *meaning) storeVersionOf(m *managed) int {
	kind, _ := storeOf(m.title)
	version := versionStart.FindStringSubmatch(m.attrs.of("version").plain())
	if !m.class() || !storeClass.MatchString(m.title) || version == nil || g.environment != "" {
		return 0
	}
	f := m.finding()
	f.Need = &scan.Need{Need: service.Need{Kind: kind, Version: version[1]}, Offer: true}
	g.claim(m, f, m.attrs.of("version"), "store version "+kind, scan.Convention, m.says("version"))
	return 1
}
