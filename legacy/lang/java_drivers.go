package lang

import (
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// javaDrivers leads from the names of libraries to what they talk to; a * at the end stands for anything.
var javaDrivers = []struct{ dep, kind string }{
	{"postgresql", "postgres"}, {"r2dbc-postgresql", "postgres"}, {"mysql-connector-*", "mysql"}, {"mariadb-java-client", "mysql"}, {"mssql-jdbc", "mssql"}, {"jtds", "mssql"},
	{"sqljdbc*", "mssql"}, {"ojdbc*", "oracle"}, {"jcc", "db2"}, {"db2jcc*", "db2"}, {"quarkus-jdbc-db2", "db2"}, {"spring-boot-starter-data-mongodb*", "mongodb"}, {"mongo-java-driver", "mongodb"}, {"mongodb-driver*", "mongodb"}, {"morphia*", "mongodb"},
	{"spring-boot-starter-data-redis*", "redis"}, {"spring-boot-starter-redis", "redis"}, {"jedis", "redis"}, {"redisson*", "redis"}, {"lettuce-core", "redis"}, {"spring-session-data-redis", "redis"},
	{"spymemcached", "memcached"}, {"xmemcached", "memcached"}, {"spring-boot-starter-amqp", "rabbitmq"}, {"spring-rabbit", "rabbitmq"}, {"amqp-client", "rabbitmq"},
	{"spring-cloud-starter-stream-rabbit", "rabbitmq"}, {"spring-cloud-starter-bus-amqp", "rabbitmq"}, {"spring-cloud-stream-binder-rabbit", "rabbitmq"},
	{"spring-kafka", "kafka"}, {"kafka-clients", "kafka"}, {"kafka-streams*", "kafka"}, {"rapids-and-rivers*", "kafka"}, {"spring-cloud-starter-stream-kafka", "kafka"}, {"spring-cloud-stream-binder-kafka*", "kafka"},
	{"spring-boot-starter-activemq", "activemq"}, {"activemq-client", "activemq"}, {"activemq-all", "activemq"}, {"spring-boot-starter-artemis", "activemq"},
	{"spring-boot-starter-data-elasticsearch", "elasticsearch"}, {"elasticsearch-rest-*", "elasticsearch"}, {"org.eclipse.paho.client.mqttv3", "mqtt"}, {"org.eclipse.paho.mqttv5.client", "mqtt"}, {"hivemq-mqtt-client", "mqtt"}, {"spring-integration-mqtt", "mqtt"}, {"solr-solrj", "solr"}, {"spring-boot-starter-data-solr", "solr"},
	{"spring-boot-starter-data-cassandra*", "cassandra"}, {"cassandra-driver-core", "cassandra"}, {"spring-boot-starter-data-neo4j", "neo4j"}, {"neo4j-java-driver", "neo4j"},
	{"elastic4s-*", "elasticsearch"}, {"elasticsearch-java", "elasticsearch"}, {"opensearch-java", "elasticsearch"}, {"opensearch-rest-*", "elasticsearch"}, {"spring-data-opensearch*", "elasticsearch"}, {"reactivemongo*", "mongodb"}, {"play2-reactivemongo*", "mongodb"}, {"mongo-scala-driver", "mongodb"}, {"casbah*", "mongodb"}, {"hmrc-mongo-*", "mongodb"},
	{"rediculous", "redis"}, {"redis4cats-*", "redis"}, {"rediscala", "redis"}, {"play-redis", "redis"}, {"scala-redis", "redis"}, {"scredis", "redis"}, {"play-mailer*", "smtp"}, {"fs2-kafka", "kafka"}, {"akka-stream-kafka", "kafka"}, {"pekko-connectors-kafka", "kafka"},
	{"quarkus-jdbc-postgresql", "postgres"}, {"quarkus-reactive-pg-client", "postgres"}, {"quarkus-jdbc-mysql", "mysql"}, {"quarkus-jdbc-mariadb", "mysql"}, {"quarkus-reactive-mysql-client", "mysql"}, {"quarkus-jdbc-mssql", "mssql"}, {"quarkus-jdbc-oracle", "oracle"},
	{"quarkus-mongodb-*", "mongodb"}, {"quarkus-redis-client", "redis"}, {"quarkus-redis-cache", "redis"}, {"quarkus-kafka-*", "kafka"}, {"quarkus-messaging-kafka", "kafka"}, {"quarkus-smallrye-reactive-messaging-kafka", "kafka"}, {"quarkus-messaging-rabbitmq", "rabbitmq"}, {"quarkus-smallrye-reactive-messaging-rabbitmq", "rabbitmq"},
	{"quarkus-messaging-amqp", "activemq"}, {"quarkus-smallrye-reactive-messaging-amqp", "activemq"}, {"quarkus-elasticsearch-*", "elasticsearch"}, {"quarkus-hibernate-search-orm-elasticsearch", "elasticsearch"}, {"quarkus-neo4j", "neo4j"}, {"quarkus-mailer", "smtp"}, {"quarkus-amazon-s3", "s3"},
	{"vertx-pg-client", "postgres"}, {"vertx-mysql-client", "mysql"}, {"vertx-mongo-client", "mongodb"}, {"vertx-redis-client", "redis"}, {"vertx-kafka-client", "kafka"}, {"vertx-rabbitmq-client", "rabbitmq"}, {"vertx-mail-client", "smtp"},
	{"micronaut-mongo-*", "mongodb"}, {"micronaut-redis-*", "redis"}, {"micronaut-kafka", "kafka"}, {"micronaut-rabbitmq", "rabbitmq"}, {"micronaut-elasticsearch", "elasticsearch"}, {"micronaut-neo4j-*", "neo4j"}, {"micronaut-cassandra", "cassandra"},
	{"aws-java-sdk-sqs", "sqs"}, {"spring-cloud-aws-starter-sqs", "sqs"}, {"spring-cloud-starter-aws-messaging", "sqs"}, {"spring-cloud-aws-messaging", "sqs"}, {"sqs-core", "sqs"}, {"amazon-sqs-java-messaging-lib", "sqs"}, {"*sqs-spring-boot-starter", "sqs"},
	{"spring-boot-starter-data-ldap", "ldap"}, {"spring-security-ldap", "ldap"}, {"aws-java-sdk-s3", "s3"}, {"jets3t", "s3"}, {"s3", "s3"}, {"s3-transfer-manager", "s3"}, {"sqs", "sqs"}, {"spring-boot-starter-mail", "smtp"},
}

// embeddedJava are databases that run inside of the program.
var embeddedJava = []string{"h2", "hsqldb", "derby", "sqlite-jdbc", "de.flapdoodle.embed.mongo"}

// drivers reports needs for which only a library speaks. Several SQL drivers, or one beside a database that runs in the
// process, are a choice that is made somewhere else: what isn't configured then is a note.
func (c *javaConfig) drivers() {
	found, sql := c.installed()
	sql = c.forData(found, c.besideEmbedded(found, sql))
	kinds := make([]string, 0, len(found))
	for kind := range found {
		kinds = append(kinds, kind)
	}
	sort.Strings(kinds)
	for _, kind := range kinds {
		rank := scan.Convention
		if c.configured(kind) {
			continue
		}
		if kind == "ldap" {
			c.r.Note(found[kind].file, found[kind].line, "%s is there, but no address of a directory; add it under needs if the service asks one", found[kind].name)
			continue
		}
		if sqlKinds[kind] {
			if !listed(sql, kind) || c.sql {
				continue
			}
			if len(sql) > 1 {
				rank = scan.Guess
			}
		}
		if found[kind].optional {
			rank = scan.Guess
		}
		n := scan.Need{Need: service.Need{Kind: kind}, Env: c.bootAddress(kind, found[kind].name)}
		c.r.Find(scan.Finding{Dir: c.m.dir, Need: &n}, found[kind].file, found[kind].line, rank, "by its library")
	}
}

// bootAddress is the variable by which Spring Boot's own client of a store is told where it is, where no file of the
// configuration speaks of that store: without it the client asks its own machine.
func (c *javaConfig) bootAddress(kind, library string) map[string]string {
	if !c.relaxed || !strings.HasPrefix(library, "spring-") {
		return nil
	}
	for _, p := range c.m.configs {
		if p != c.m.file && strings.Contains(strings.ToLower(c.t.Text(p, c.r)), kind) {
			return nil
		}
	}
	switch major := bootMajor(c.m.bootVersion().text); {
	case kind == "redis" && major >= 3:
		return map[string]string{"SPRING_DATA_REDIS_HOST": "{host}", "SPRING_DATA_REDIS_PORT": "{port}"}
	case kind == "redis" && major > 0:
		return map[string]string{"SPRING_REDIS_HOST": "{host}", "SPRING_REDIS_PORT": "{port}"}
	case kind == "rabbitmq":
		return map[string]string{"SPRING_RABBITMQ_HOST": "{host}", "SPRING_RABBITMQ_PORT": "{port}"}
	case kind == "kafka":
		return map[string]string{"SPRING_KAFKA_BOOTSTRAP_SERVERS": "{host}:{port}"}
	}
	return nil
}

// forData gives the SQL databases that count where there are drivers for three kinds or more, and none is configured: none,
// with a note. They are for whatever data people bring along.
func (c *javaConfig) forData(found map[string]javaDependency, sql []string) []string {
	if len(sql) < 3 || c.sql {
		return sql
	}
	first := found[sql[0]]
	c.r.Note(first.file, first.line, "drivers for %s are there, and nothing chooses one: add the database under needs if the service keeps its own data in one", strings.Join(sql, ", "))
	return nil
}

// installed are the first library for each kind of store, and the kinds of SQL database among them.
func (c *javaConfig) installed() (found map[string]javaDependency, sql []string) {
	found = map[string]javaDependency{}
	for _, d := range javaDrivers {
		dep, ok := c.m.dep(d.dep)
		if _, known := found[d.kind]; !ok || known {
			continue
		}
		found[d.kind] = dep
		if sqlKinds[d.kind] {
			sql = append(sql, d.kind)
		}
	}
	return found, sql
}

// besideEmbedded gives the SQL databases that count beside one that runs in the process: none, with a note.
func (c *javaConfig) besideEmbedded(found map[string]javaDependency, sql []string) []string {
	inProcess := javaDependency{}
	for _, name := range embeddedJava {
		if d, ok := c.m.dep(name); ok {
			inProcess = d
			break
		}
	}
	switch {
	case c.sql, inProcess.name != "" && !c.embedded && c.inProcessByProfile():
	case inProcess.name != "" && len(sql) > 0:
		choices := sql
		if len(sql) > 1 { // so many are for choosing, and so is what else could hold the data
			choices = append(choices, c.otherStores(found)...)
		}
		c.r.Note(inProcess.file, inProcess.line, "%s runs inside of the process unless a profile chooses %s; add the database under needs if one does", inProcess.name, strings.Join(choices, " or "))
		c.r.Notes[len(c.r.Notes)-1].Undecided = c.m.dir
		return nil
	case inProcess.name != "" && !c.embedded:
		c.r.Note(inProcess.file, inProcess.line, "%s is there; if the service uses it, its data is gone with the process", inProcess.name)
	}
	return sql
}

// inProcessByProfile says whether a profile of its own chooses the database in the process: then what holds without that
// profile is another one.
func (c *javaConfig) inProcessByProfile() bool {
	for _, p := range c.m.configs {
		if text := c.t.Text(p, c.r); strings.Contains(text, "jdbc:h2:") || strings.Contains(text, "jdbc:hsqldb:") {
			return true
		}
	}
	return false
}

// otherStores takes out of found what Spring Data could keep the same data in, where the configuration says nothing of it.
func (c *javaConfig) otherStores(found map[string]javaDependency) []string {
	var kinds []string
	for _, kind := range []string{"cassandra", "mongodb", "neo4j", "redis"} {
		if d, ok := found[kind]; ok && strings.Contains(d.name, "-data-") && !c.configured(kind) {
			kinds = append(kinds, kind)
			delete(found, kind)
		}
	}
	return kinds
}

func listed(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// configured says whether the configuration named a service of this kind.
func (c *javaConfig) configured(kind string) bool { return needFound(c.r, c.m.dir, kind) }
