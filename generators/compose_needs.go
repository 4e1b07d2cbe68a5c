package generators

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// A container answers a need on a developer's machine.
type container struct {
	Image    string
	Hostname string            // where the data belongs to a host name, which is another for every container otherwise
	Platform string            // where the image exists for one processor only
	Command  []string          // instead of the image's own
	Env      map[string]string // how the image is told its account, database and port
	Data     string            // directory that outlives the container; empty for one that may forget
	Scratch  string            // directory that may forget, for which the image would leave a volume without a name behind
	Test     []string          // says that it answers
	Slow     bool              // takes longer than a minute to start on a small machine
	Notes    []string          // what a developer has to know
}

// containerKinds is how each kind of need is answered. Every container listens on the need's port, so that the
// configuration of the service is the same here as everywhere. Where the need names no version, one is taken that is
// maintained and close to what legacy services were written for.
var containerKinds = map[string]struct {
	port int
	make func(b backend) container
}{
	"activemq":      {61616, activemq},
	"elasticsearch": {9200, elasticsearch},
	"kafka":         {9092, kafka},
	"ldap":          {389, ldap},
	"mariadb":       {3306, mariadb},
	"memcached":     {11211, memcached},
	"mongodb":       {27017, mongodb},
	"mqtt":          {1883, mqtt},
	"mssql":         {1433, mssql},
	"mysql":         {3306, mysql},
	"oracle":        {1521, oracle},
	"postgres":      {5432, postgres},
	"rabbitmq":      {5672, rabbitmq},
	"redis":         {6379, redis},
	"s3":            {9000, s3},
	"smtp":          {25, smtp},
	"solr":          {8983, solr},
	"zookeeper":     {2181, zookeeper},
}

// kindNames are other names of the kinds.
var kindNames = map[string]string{
	"amqp": "rabbitmq", "mail": "smtp", "mosquitto": "mqtt", "memcache": "memcached", "minio": "s3", "mongo": "mongodb", "openldap": "ldap",
	"postgresql": "postgres", "sqlserver": "mssql",
}

// containerKind is the kind under which a need's container is known; empty where there is none (http and the like).
func containerKind(kind string) string {
	kind = strings.ToLower(kind)
	if other := kindNames[kind]; other != "" {
		kind = other
	}
	if containerKinds[kind].make == nil {
		return ""
	}
	return kind
}

var plainTag = pattern.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)

// tag is the need's version where it can be one of an image's tags, and the fallback otherwise.
func (b backend) tag(fallback string) string {
	if plainTag.MatchString(b.Version) {
		return b.Version
	}
	return fallback
}

// older says whether the need's version is given and below major.minor.
func (b backend) older(major, minor int) bool {
	have, sub, ok := numbers(b.Version)
	return ok && (have < major || have == major && sub >= 0 && sub < minor)
}

// elsewhere says that the need is not at the port that the image listens on by itself.
func (b backend) elsewhere() bool { return b.Port != b.Usual }

// moved is the command, where the need is not at the port that the image listens on.
func (b backend) moved(command ...string) []string {
	if !b.elsewhere() {
		return nil
	}
	return command
}

// at is the option that names the port, where it has to be named.
func (b backend) at(option ...string) []string { return b.moved(append(option, b.portText())...) }

// fixed is the note on an image that can't be told another port.
func (b backend) fixed() []string {
	return b.moved(fmt.Sprintf("listens on %d, not on %d: give the service that port here", b.Usual, b.Port))
}

func (b backend) portText() string { return strconv.Itoa(b.Port) }

// The first start runs init files before the server listens on the network: only a check over TCP waits for the end.
func postgres(b backend) container {
	data := "/var/lib/postgresql/data"
	if major, _, ok := numbers(b.Version); ok && major >= 18 {
		data = "/var/lib/postgresql"
	}
	image, platform := postgresImage(b)
	return container{
		Image:    image,
		Platform: platform,
		Command:  b.moved("postgres", "-p", b.portText()),
		Env:      map[string]string{"POSTGRES_USER": b.User, "POSTGRES_PASSWORD": localPassword, "POSTGRES_DB": b.Database},
		Data:     data,
		Test:     append([]string{"CMD", "pg_isready", "--host", "127.0.0.1", "--username", b.User}, b.at("--port")...),
	}
}

func mysql(b backend) container {
	c := mysqlLike(b, "mysqladmin")
	c.Image = "mysql:" + b.tag("8.0")
	if b.older(8, 0) {
		c.Platform = "linux/amd64" // no image for ARM before 8.0
	}
	return c
}

func mariadb(b backend) container {
	admin := "mariadb-admin"
	if b.older(10, 5) {
		admin = "mysqladmin"
	}
	c := mysqlLike(b, admin)
	c.Image = "mariadb:" + b.tag("10.11")
	return c
}

func mysqlLike(b backend, admin string) container {
	env := map[string]string{"MYSQL_DATABASE": b.Database, "MYSQL_ROOT_PASSWORD": localPassword}
	if b.User != "root" { // which is there anyway, and which the image refuses to make
		env["MYSQL_USER"], env["MYSQL_PASSWORD"] = b.User, localPassword
	}
	return container{
		Command: b.moved("mysqld", "--port="+b.portText()),
		Env:     env,
		Data:    "/var/lib/mysql",
		Test: append([]string{"CMD", admin, "ping", "--silent", "--host=127.0.0.1", "--user=" + b.User, "--password=" + localPassword},
			b.moved("--port="+b.portText())...),
	}
}

var plainDatabase = pattern.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func mssql(b backend) container {
	// SQL Server runs on Linux from 2017 on
	tag := "2019-latest"
	if major, _, ok := numbers(b.Version); ok && major >= 2000 {
		tag = strconv.Itoa(min(max(major, 2017), 2022)) + "-latest"
	}
	query := "SELECT 1"
	if plainDatabase.MatchString(b.Database) {
		query = fmt.Sprintf("IF DB_ID('%[1]s') IS NULL CREATE DATABASE %[1]s", b.Database)
	}
	return container{
		Image:    "mcr.microsoft.com/mssql/server:" + tag,
		Platform: "linux/amd64",
		Env:      map[string]string{"ACCEPT_EULA": "Y", "MSSQL_SA_PASSWORD": mssqlPassword, "MSSQL_TCP_PORT": b.portText()},
		Data:     "/var/opt/mssql",
		Test: []string{"CMD-SHELL", fmt.Sprintf(`$(ls /opt/mssql-tools*/bin/sqlcmd | tail -n 1) -C -b -S 127.0.0.1,%d -U sa -P %s -Q "%s"`,
			b.Port, mssqlPassword, query)},
		Slow:  true,
		Notes: []string{"the image makes no database: the check does"},
	}
}

func oracle(b backend) container {
	return container{
		Image: "gvenzl/oracle-free:23-slim", // the only one that may be used freely, whatever version production has
		Env:   map[string]string{"ORACLE_PASSWORD": localPassword, "APP_USER": b.User, "APP_USER_PASSWORD": localPassword},
		Data:  "/opt/oracle/oradata",
		Test:  []string{"CMD", "healthcheck.sh"},
		Slow:  true,
		Notes: append(b.fixed(), "its database is called FREEPDB1"),
	}
}

func mongodb(b backend) container {
	shell := "mongosh"
	if b.older(5, 0) {
		shell = "mongo"
	}
	c := container{
		Image:   "mongo:" + b.tag("4.4"),
		Command: b.moved("mongod", "--bind_ip_all", "--port", b.portText()),
		Data:    "/data/db",
		Test:    append([]string{"CMD", shell, "--quiet", "--eval", "db.runCommand({ping: 1}).ok || quit(1)"}, b.at("--port")...),
	}
	if b.Version == "" {
		c.Test[1] = "mongo"
	}
	if b.Auth {
		c.Env = map[string]string{"MONGO_INITDB_ROOT_USERNAME": b.User, "MONGO_INITDB_ROOT_PASSWORD": localPassword}
	}
	return c
}

func redis(b backend) container {
	c := container{
		Image:   "redis:" + b.tag("7"),
		Command: b.moved("redis-server", "--port", b.portText()),
		Scratch: "/data",
		Test:    append(append([]string{"CMD", "redis-cli"}, b.at("-p")...), "ping"),
	}
	if b.Auth {
		c.Command = append(append([]string{"redis-server"}, b.at("--port")...), "--requirepass", localPassword)
		c.Env = map[string]string{"REDISCLI_AUTH": localPassword}
	}
	return c
}

func memcached(b backend) container {
	return container{
		Image:   "memcached:" + b.tag("1.6"),
		Command: b.moved("memcached", "-p", b.portText()),
		Test:    []string{"CMD", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/" + b.portText()},
	}
}

func mqtt(b backend) container {
	return container{
		Image:   "eclipse-mosquitto:" + b.tag("2.0"),
		Command: openMosquitto(b.Port),
		Test:    []string{"CMD", "nc", "-z", "127.0.0.1", b.portText()},
	}
}

// openMosquitto starts a broker that anybody may use: its own configuration takes calls from its own machine only.
func openMosquitto(port int) []string {
	const file = "/tmp/mosquitto.conf"
	return []string{"sh", "-c", fmt.Sprintf("printf 'listener %d\\nallow_anonymous true\\n' >%s && exec mosquitto -c %s", port, file, file)}
}

func rabbitmq(b backend) container {
	env := map[string]string{"RABBITMQ_DEFAULT_USER": b.User, "RABBITMQ_DEFAULT_PASS": localPassword}
	if b.elsewhere() {
		env["RABBITMQ_NODE_PORT"] = b.portText()
	}
	test := []string{"CMD", "rabbitmq-diagnostics", "--quiet", "check_port_connectivity"}
	if b.older(3, 8) {
		test = []string{"CMD", "rabbitmqctl", "status"}
	}
	return container{Image: "rabbitmq:" + b.tag("3.13"), Hostname: b.Name, Env: env, Data: "/var/lib/rabbitmq", Test: test, Slow: true}
}

func kafka(b backend) container {
	tag := "3.9.1"
	if !b.older(3, 7) { // the first that the project itself published an image of; older clients talk to it
		if strings.Count(b.Version, ".") == 2 {
			tag = b.tag(tag)
		}
	}
	port := b.portText()
	return container{
		Image: "apache/kafka:" + tag,
		Env: map[string]string{
			"KAFKA_NODE_ID": "1", "KAFKA_PROCESS_ROLES": "broker,controller",
			"KAFKA_LISTENERS":                        "PLAINTEXT://:" + port + ",CONTROLLER://:19093",
			"KAFKA_ADVERTISED_LISTENERS":             "PLAINTEXT://" + b.Name + ":" + port,
			"KAFKA_CONTROLLER_LISTENER_NAMES":        "CONTROLLER",
			"KAFKA_LISTENER_SECURITY_PROTOCOL_MAP":   "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
			"KAFKA_CONTROLLER_QUORUM_VOTERS":         "1@127.0.0.1:19093",
			"KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
			"KAFKA_LOG_DIRS":                         "/var/lib/kafka/data",
		},
		Data: "/var/lib/kafka/data",
		Test: []string{"CMD", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/" + port},
		Slow: true,
	}
}

func zookeeper(b backend) container {
	c := container{Image: "zookeeper:" + b.tag("3.8"), Data: "/data", Test: []string{"CMD", "zkServer.sh", "status"}}
	if b.elsewhere() {
		c.Env = map[string]string{"ZOO_PORT": b.portText(), "ZOO_CFG_EXTRA": "clientPort=" + b.portText()}
	}
	return c
}

func activemq(b backend) container {
	tag := "5.18.7"
	if !b.older(5, 18) && strings.Count(b.Version, ".") == 2 {
		tag = b.tag(tag)
	}
	c := container{
		Image: "apache/activemq-classic:" + tag, // nothing older was published by the project
		Data:  "/opt/apache-activemq/data",
		Test:  []string{"CMD", "bash", "-c", fmt.Sprintf("exec 3<>/dev/tcp/127.0.0.1/%d", b.Usual)},
		Slow:  true,
		Notes: b.fixed(),
	}
	if b.Auth {
		c.Env = map[string]string{"ACTIVEMQ_CONNECTION_USER": b.User, "ACTIVEMQ_CONNECTION_PASSWORD": localPassword}
	}
	return c
}

// elasticsearchTags holds the last release of each major version: the image is published under full versions only.
var elasticsearchTags = map[int]string{5: "5.6.16", 6: "6.8.23", 7: "7.17.28", 8: "8.19.20", 9: "9.5.2"}

func elasticsearch(b backend) container {
	tag := elasticsearchTags[7]
	if major, _, ok := numbers(b.Version); ok {
		if last := elasticsearchTags[major]; last != "" {
			tag = last
		}
		if strings.Count(b.Version, ".") == 2 {
			tag = b.tag(tag)
		}
	}
	env := map[string]string{"discovery.type": "single-node", "ES_JAVA_OPTS": "-Xms512m -Xmx512m", "xpack.security.enabled": "false"}
	if b.elsewhere() {
		env["http.port"] = b.portText()
	}
	return container{
		Image: "elasticsearch:" + tag,
		Env:   env,
		Data:  "/usr/share/elasticsearch/data",
		Test:  []string{"CMD", "curl", "--silent", "--fail", "--output", "/dev/null", "http://127.0.0.1:" + b.portText() + "/"},
		Slow:  true,
	}
}

func solr(b backend) container {
	data := "/var/solr"
	if b.older(8, 0) {
		data = "/opt/solr/server/solr"
	}
	env := map[string]string{}
	if b.elsewhere() {
		env["SOLR_PORT"] = b.portText()
	}
	return container{
		Image:   "solr:" + b.tag("8.11"),
		Command: []string{"solr-precreate", b.Database},
		Env:     env,
		Data:    data,
		Test:    []string{"CMD", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/" + b.portText()},
		Slow:    true,
	}
}

// s3 is SeaweedFS: MinIO's images are no longer published. Without a configuration it takes any key.
func s3(b backend) container {
	return container{
		Image:   "chrislusf/seaweedfs:3.97",
		Command: []string{"server", "-dir=/data", "-s3", "-s3.port=" + b.portText()},
		Data:    "/data",
		Test:    []string{"CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:" + b.portText() + "/healthz"},
		Notes:   []string{"takes any access key; starts without buckets"},
	}
}

func smtp(b backend) container {
	return container{
		Image: "axllent/mailpit:v1.27",
		Env:   map[string]string{"MP_SMTP_BIND_ADDR": "0.0.0.0:" + b.portText(), "MP_SMTP_AUTH_ACCEPT_ANY": "1", "MP_SMTP_AUTH_ALLOW_INSECURE": "1"},
		Test:  []string{"CMD", "/mailpit", "readyz"},
		Notes: []string{"keeps every mail and sends none: read them at port 8025 of the container"},
	}
}

func ldap(b backend) container {
	c := container{
		Image: "osixia/openldap:1.5.0",
		Env:   map[string]string{"LDAP_ADMIN_PASSWORD": localPassword, "LDAP_DOMAIN": "example.com", "LDAP_ORGANISATION": b.Database},
		Data:  "/var/lib/ldap",
		Test:  []string{"CMD", "ldapwhoami", "-x", "-H", "ldap://127.0.0.1:" + b.portText()},
		Notes: []string{"its administrator is cn=admin,dc=example,dc=com; put your own entries in compose.override.yaml"},
	}
	if b.elsewhere() {
		c.Env["LDAP_PORT"] = b.portText()
	}
	return c
}
