package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// image is the reference of a container image in parts: registry.example.com/team/postgres:9.6-alpine has the path
// registry.example.com/team/postgres, the base postgres and the tag 9.6-alpine.
type image struct{ path, base, tag string }

func parseImage(ref string) image {
	ref, _, _ = strings.Cut(strings.TrimSpace(ref), "@")
	i := image{path: ref}
	if colon := strings.LastIndexByte(ref, ':'); colon > strings.LastIndexByte(ref, '/') {
		i.path, i.tag = ref[:colon], ref[colon+1:]
	}
	i.path = strings.ToLower(i.path)
	i.base = i.path[strings.LastIndexByte(i.path, '/')+1:]
	if strings.Contains(i.path, "payara/") {
		i.base = "payara" // payara/micro and payara/server-full
	}
	return i
}

// leadingVersion is no hash that begins with a digit, and no date.
var leadingVersion = scan.MustCompile(`^v?(\d{1,4}(?:\.\d+)*)(?:$|[-_+.]|rc|beta|alpha|[abu]\d)`)

// version is the version that the tag starts with, "" for latest and names.
func (i image) version() string {
	if m := leadingVersion.FindStringSubmatch(i.tag); m != nil {
		return m[1]
	}
	if i.base == "node" {
		line, _, _ := strings.Cut(i.tag, "-")
		return nodeLines[line]
	}
	return ""
}

// nodeLines are the names of Node.js's lines with long support.
var nodeLines = map[string]string{"argon": "4", "boron": "6", "carbon": "8", "dubnium": "10", "erbium": "12", "fermium": "14", "gallium": "16", "hydrogen": "18", "iron": "20", "jod": "22"}

// languages leads from an image's base name to the language that runs in it.
var languages = map[string]string{
	"python": "python", "pypy": "python", "node": "node", "alpine-node": "node", "iojs": "node", "ruby": "ruby", "jruby": "ruby", "php": "php", "golang": "go", "go": "go",
	"deno": "deno", "bun": "node", "rust": "rust", "rust-musl-builder": "rust", "muslrust": "rust", "cargo-chef": "rust", "elixir": "elixir", "alpine-elixir": "elixir", "alpine-elixir-phoenix": "elixir", "erlang": "erlang", "alpine-erlang": "erlang", "perl": "perl", "swift": "swift", "haskell": "haskell", "clojure": "clojure",
	"java": "java", "openjdk": "java", "eclipse-temurin": "java", "amazoncorretto": "java", "adoptopenjdk": "java", "zulu-openjdk": "java",
	"zulu-openjdk-alpine": "java", "ibmjava": "java", "sapmachine": "java", "liberica-openjdk-alpine": "java", "liberica-openjdk-debian": "java",
	"maven": "java", "gradle": "java", "tomcat": "java", "jetty": "java", "wildfly": "java", "jboss-eap": "java", "tomee": "java", "payara": "java", "open-liberty": "java", "websphere-liberty": "java",
	"aspnet": "dotnet", "dotnet": "dotnet", "sdk": "dotnet", "runtime": "dotnet", "aspnetcore": "dotnet", "aspnetcore-build": "dotnet", "mono": "dotnet",
}

var (
	distroless  = scan.MustCompile(`distroless/(java|python|nodejs)(\d+)?`)
	adoptJDK    = scan.MustCompile(`(?:openjdk|jdk|jre)-?(\d+)`)
	javaInTag   = scan.MustCompile(`(?:jdk|jre|openjdk|java|temurin|corretto)-?(\d+)`)
	javaServers = map[string]string{"tomcat": "tomcat", "jetty": "jetty", "wildfly": "wildfly", "jboss-eap": "jboss", "tomee": "tomee", "payara": "payara", "open-liberty": "liberty", "websphere-liberty": "liberty"}
)

// language is the language that the image is made for, its version and the application server in it.
func (i image) language() (language, version, server string) {
	if m := distroless.FindStringSubmatch(i.path); m != nil {
		language, version = strings.TrimSuffix(m[1], "js"), m[2]
		if version == "" {
			version = i.version()
		}
		return language, version, ""
	}
	language = languages[i.base]
	if name, version := i.called(); language == "" && name != "" {
		return name, version, ""
	}
	if version, ok := i.withPHP(); ok && language == "" {
		return "php", version, ""
	}
	if language == "" && strings.HasPrefix(i.path, "adoptopenjdk/") || strings.HasPrefix(i.path, "azul/") {
		language = "java"
	}
	switch {
	case phpApplications[i.base]:
		return "php", "", i.base // the tag is the application's version
	case language == "dotnet" && !strings.Contains(i.path, "dotnet") && i.path != "microsoft/aspnet" && i.path != "microsoft/"+i.base && i.base != "mono":
		return "", "", "" // other images of Microsoft's that are called runtime or sdk
	case language == "dotnet" && i.version() != "" && (strings.Contains(i.path, "dotnet/framework/") || i.path == "microsoft/aspnet"):
		return language, ".NET Framework " + i.version(), ""
	case language == "":
		return "", "", ""
	case language != "java":
		return language, i.languageVersion(language), ""
	}
	if server = javaServers[i.base]; server != "" && i.version() != "" {
		server += strings.SplitN(i.version(), ".", 2)[0]
	}
	return language, i.javaVersion(), server
}

// languageInTag is a language in the tag of an image whose first number is the image's own: node:2.10.3-node22.21.1.
var languageInTag = scan.MustCompile(`(?:^|[-_])(node(?:js)?|python|ruby|php|golang|go|dotnet|elixir|rust|perl)-?v?(\d+(?:\.\d+)*)`)

// languageVersion is the version of a language that the tag names, else the one that it starts with.
func (i image) languageVersion(language string) string {
	if m := languageInTag.FindStringSubmatch(i.tag); m != nil && languages[strings.TrimSuffix(m[1], "js")] == language {
		return m[2]
	}
	version := i.version()
	switch {
	case language == "python" && version == "2":
		return "2.7" // the last there was
	case i.base == "cargo-chef":
		return "" // its own
	case language == "go" && !strings.Contains(version, "."):
		return "" // whichever is the newest: go.mod says which is wanted
	}
	return version
}

// phpApplications are the images of applications in PHP: Apache with the code in it.
var phpApplications = map[string]bool{"wordpress": true, "drupal": true, "joomla": true, "mediawiki": true}

// phpServers are images with PHP and a web server in them that many rest on, with what they start and where that listens.
var phpServers = map[string]struct {
	argv []string
	port int
}{
	"webdevops/php-nginx":     {[]string{"/entrypoint", "supervisord"}, 80},
	"webdevops/php-apache":    {[]string{"/entrypoint", "supervisord"}, 80},
	"serversideup/php":        {[]string{"/init"}, 8080},
	"trafex/php-nginx":        {[]string{"/usr/bin/supervisord", "-c", "/etc/supervisor/conf.d/supervisord.conf"}, 8080},
	"richarvey/nginx-php-fpm": {[]string{"/start.sh"}, 80},
}

// inherited is the command and the port that an image gives to those that rest on it: nil and 0 where that isn't known.
func (i image) inherited() (argv []string, port int) {
	fpm := strings.Contains(i.tag, "fpm") && !strings.Contains(i.tag, "nginx") && !strings.Contains(i.tag, "apache")
	if own, ok := phpServers[strings.TrimPrefix(i.path, "docker.io/")]; ok && (i.base != "php" || strings.Contains(i.tag, "nginx") || strings.Contains(i.tag, "apache")) {
		return own.argv, own.port
	}
	switch {
	case (i.base == "php" || phpApplications[i.base]) && fpm:
		return []string{"php-fpm"}, 0 // speaks FastCGI
	case i.base == "php" && strings.Contains(i.tag, "apache"), phpApplications[i.base]:
		return []string{"apache2-foreground"}, 80
	case i.base == "nginx" || i.base == "caddy":
		return nil, 80
	case i.base == "nginx-unprivileged":
		return nil, 8080
	case i.base == "httpd":
		return []string{"httpd-foreground"}, 80
	case i.base == "tomcat" || i.base == "tomee":
		return []string{"catalina.sh", "run"}, 8080
	case i.base == "wildfly":
		return []string{"/opt/jboss/wildfly/bin/standalone.sh", "-b", "0.0.0.0"}, 8080
	case strings.HasSuffix(i.path, "payara/micro"):
		return []string{"java", "-jar", "/opt/payara/payara-micro.jar", "--deploymentDir", "/opt/payara/deployments"}, 8080
	case i.base == "payara":
		return []string{"/opt/payara/scripts/entrypoint.sh"}, 8080
	case i.base == "open-liberty":
		return []string{"/opt/ol/wlp/bin/server", "run", "defaultServer"}, 9080
	}
	return nil, 0
}

// interpreter is the ENTRYPOINT of images that hold the interpreter of a language and nothing else, nil for others.
func (i image) interpreter() []string {
	m := distroless.FindStringSubmatch(i.path)
	if m == nil || strings.HasPrefix(i.base, "java-base") {
		return nil
	}
	switch m[1] {
	case "java":
		return []string{"java", "-jar"}
	case "nodejs":
		return []string{"/nodejs/bin/node"}
	}
	return []string{"/usr/bin/python3"}
}

// bare are images of systems: they start nothing before the command that they are given.
var bare = scan.MustCompile(`^(scratch|alpine|debian|ubuntu|centos|fedora|busybox|amazonlinux|rockylinux|almalinux|oraclelinux|opensuse|leap|tumbleweed|archlinux|photon|ubi\d*(-\w+)?|buildpack-deps|heroku|baseimage(-docker)?|static|base|cc|servercore|nanoserver)$`)

// mayPrepare says whether the image may have an ENTRYPOINT that prepares something before it runs what it is given: all may
// but those of systems, and those of languages, whose ENTRYPOINT a command can do without.
func (i image) mayPrepare() bool {
	language, _, server := i.language()
	return server != "" || language == "" && !bare.MatchString(i.base)
}

// javaVersion is the major version of Java: 8 for openjdk:8-jre, maven:3.6-jdk-8 and java:1.8.
func (i image) javaVersion() string {
	if m := adoptJDK.FindStringSubmatch(i.base); m != nil {
		return m[1]
	}
	if m := javaInTag.FindStringSubmatch(i.tag); m != nil {
		return m[1]
	}
	if javaServers[i.base] != "" || i.base == "maven" || i.base == "gradle" {
		return ""
	}
	v := strings.TrimPrefix(i.version(), "1.")
	return strings.SplitN(v, ".", 2)[0]
}

// stores leads from an image's base name to the kind of need that it answers.
var stores = map[string]string{
	"postgres": "postgres", "postgresql": "postgres", "postgis": "postgres", "timescaledb": "postgres", "timescaledb-ha": "postgres", "pgvector": "postgres", "alpine-postgres": "postgres",
	"mysql": "mysql", "mysql-server": "mysql", "mariadb": "mariadb", "percona": "mysql", "percona-server": "mysql", "mysql-57-centos7": "mysql",
	"mongo": "mongodb", "mongodb": "mongodb", "percona-server-mongodb": "mongodb", "redis": "redis", "valkey": "redis", "keydb": "redis", "redis-stack": "redis",
	"redis-stack-server": "redis", "memcached": "memcached", "rabbitmq": "rabbitmq", "kafka": "kafka", "cp-kafka": "kafka", "redpanda": "kafka",
	"zookeeper": "zookeeper", "cp-zookeeper": "zookeeper", "activemq": "activemq", "activemq-artemis": "activemq", "artemis": "activemq", "nats": "nats", "eclipse-mosquitto": "mqtt", "mosquitto": "mqtt", "emqx": "mqtt", "vernemq": "mqtt", "hivemq4": "mqtt", "hivemq-ce": "mqtt",
	"nats-streaming": "nats", "elasticsearch": "elasticsearch", "elasticsearch-oss": "elasticsearch", "opensearch": "elasticsearch", "solr": "solr",
	"cassandra": "cassandra", "neo4j": "neo4j", "couchdb": "couchdb", "couchbase": "couchbase", "influxdb": "influxdb", "clickhouse-server": "clickhouse",
	"cockroach": "postgres", "pgautoupgrade": "postgres", "minio": "s3", "mssql-server-linux": "mssql", "mssql-server": "mssql", "mssql-server-windows": "mssql", "mssql-server-windows-express": "mssql", "mssql-server-windows-developer": "mssql", "mssql-rhel-server": "mssql", "azure-sql-edge": "mssql", "oracle-xe-11g": "oracle",
	"oracle-xe": "oracle", "oracle-free": "oracle", "openldap": "ldap", "statsd": "statsd", "graphite-statsd": "statsd", "postfix": "smtp",
	"meilisearch": "meilisearch", "typesense": "typesense", "etcd": "etcd", "consul": "consul", "beanstalkd": "beanstalkd",
}

// store is the kind and version of backing service that the image is, "" for none.
func (i image) store() (kind, version string) {
	kind = stores[i.base]
	if strings.HasSuffix(i.path, "mssql/server") || strings.HasSuffix(i.path, "mssql/rhel/server") {
		kind = "mssql"
	}
	if kind == "" || i.base == "cockroach" {
		return kind, ""
	}
	if m := postgresInTag.FindStringSubmatch(i.tag); m != nil && kind == "postgres" {
		return kind, m[1]
	}
	if extensions := i.extensions(); len(extensions) > 0 && extensions[0] != "postgis" {
		return kind, "" // the tag is the extension's version
	}
	return kind, i.version()
}

// postgresInTag is the version of PostgreSQL in the tag of an image that is called after an extension: pg16, 2.11.2-pg14.
var postgresInTag = scan.MustCompile(`(?:^|-)pg(\d+(?:\.\d+)?)`)

// extensions are what an image of PostgreSQL has beside it.
func (i image) extensions() []string {
	if name := map[string]string{"postgis": "postgis", "timescaledb": "timescaledb", "timescaledb-ha": "timescaledb", "pgvector": "vector"}[i.base]; name != "" {
		return []string{name}
	}
	return nil
}

var helperImage = scan.MustCompile(`(^|[/-])(mailhog|mailpit|mailcatcher|maildev|mailtrap|smtp4dev|fakesmtp|inbucket|greenmail|adminer|phpmyadmin|phppgadmin|pgadmin4?|mongo-express|redis-commander|redisinsight|kafka-ui|kafdrop` +
	`|kibana|grafana|prometheus|alertmanager|node-exporter|cadvisor|jaeger|all-in-one|zipkin|otel\S*|opentelemetry-collector\S*|loki|fluentd?|logstash|portainer|watchtower|selenium|standalone-(chrome|firefox)\S*|hub|chrome|browserless` +
	`|localstack|moto|fake-s3|fake-sqs|elasticmq|goaws|dynamodb-local|wiremock|mockserver|mock-server|toxiproxy|hello-world|traefik|nginx-proxy|docker-letsencrypt\S*|certbot|ngrok|swagger-ui|swagger-editor|cypress|included|sonarqube|jenkins|locust|k6|docker-host|wait-for-it|dockerize|dnsmasq)$|(^|/)(busybox|alpine)$`)

// helper says whether the image is a tool of development or monitoring that the service does not call.
func (i image) helper() bool { return helperImage.MatchString(i.path) }

var proxyImage = scan.MustCompile(`(^|[/-])(nginx(-unprivileged|-\d+\S*)?|httpd|apache|haproxy|traefik|caddy|varnish|envoy|openresty|lighttpd)$`)

// webServer says whether the image is a plain web server or proxy: what it serves is another image's or static.
func (i image) webServer() bool {
	return proxyImage.MatchString(i.path) && !phpServer.MatchString(i.base)
}

// phpServer is an image that somebody put PHP and a web server into: webdevops/php-nginx:8.1, team/php-fpm-nginx:php-7.4.
// A number in front of its tag is PHP's where it may be one of PHP's.
var (
	phpServer  = scan.MustCompile(`(^|[-_])php([-_]|$)`)
	phpVersion = scan.MustCompile(`^(?:php-?)?([5-8]\.\d+)`)
)

// withPHP is the version of PHP in an image with a web server, false for other images.
func (i image) withPHP() (version string, ok bool) {
	if !phpServer.MatchString(i.base) {
		return "", false
	}
	if m := phpVersion.FindStringSubmatch(i.tag); m != nil {
		version = m[1]
	}
	return version, true
}
