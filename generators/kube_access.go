package generators

import "strconv"

// What opens a need that runs in an environment to the services. The services' own configuration decides: where one of
// their secrets is the password and nothing else, the need takes it from the same Secret. Where the password is only
// known inside a URL, the need is left open to the application's pods, and to nobody else by its NetworkPolicy.

// account is who calls a need: by which name and port, and as whom.
type account struct {
	need     string
	port     int
	user     string
	database string
	password *kubeKeyRef // nil where no secret of the services is its password alone
}

func (a account) secret(name string) kubeEnv {
	return kubeEnv{Name: name, ValueFrom: &kubeValueFrom{*a.password}}
}

func plainEnv(name, value string) kubeEnv { return kubeEnv{Name: name, Value: &value} }

func optionalEnv(name, value string) []kubeEnv {
	if value == "" {
		return nil
	}
	return []kubeEnv{plainEnv(name, value)}
}

func orElse(value, other string) string {
	if value == "" {
		return other
	}
	return value
}

const (
	inURL = "No secret holds its password alone, so it asks for none; its policy lets only this application in."
	// throwAway is for what can't run without a password. It guards nothing: the policy does.
	throwAway = "Test-only1"
)

func postgresAccess(a account) ([]kubeEnv, string) {
	env := []kubeEnv{plainEnv("PGDATA", "/data/postgres")} // of its own user: initdb changes its mode, which a volume's top refuses
	env = append(env, optionalEnv("POSTGRES_USER", a.user)...)
	env = append(env, optionalEnv("POSTGRES_DB", a.database)...)
	if a.password != nil {
		return append(env, a.secret("POSTGRES_PASSWORD")), ""
	}
	return append(env, plainEnv("POSTGRES_HOST_AUTH_METHOD", "trust")), inURL
}

func mysqlAccess(a account) ([]kubeEnv, string) {
	env := optionalEnv("MYSQL_DATABASE", a.database)
	switch {
	case a.password == nil:
		return append(env, plainEnv("MYSQL_ALLOW_EMPTY_PASSWORD", "yes")),
			"No secret holds its password alone: the URL in the secret store has to say root and no password."
	case a.user == "" || a.user == "root":
		return append(env, a.secret("MYSQL_ROOT_PASSWORD")), ""
	}
	return append(env, plainEnv("MYSQL_USER", a.user), a.secret("MYSQL_PASSWORD"), plainEnv("MYSQL_RANDOM_ROOT_PASSWORD", "yes")), ""
}

// A server that runs its first scripts listens on its socket only, so readiness asks 127.0.0.1; it asks as the account
// that is there, as everything else fills the log with refusals.

func postgresReady(a account) []string {
	user := orElse(a.user, "postgres")
	return []string{"pg_isready", "--host", "127.0.0.1", "--username", user, "--dbname", orElse(a.database, user)}
}

func mysqlReady(account) []string {
	return []string{"sh", "-c", `exec "$(command -v mariadb-admin || command -v mysqladmin)" ping --silent --host=127.0.0.1 ` +
		`--user="${MYSQL_USER:-root}" --password="${MYSQL_PASSWORD:-$MYSQL_ROOT_PASSWORD}"`}
}

func redisReady(account) []string { return []string{"redis-cli", "ping"} }

func mongoAccess(a account) ([]kubeEnv, string) {
	env := optionalEnv("MONGO_INITDB_DATABASE", a.database)
	if a.password == nil {
		return env, inURL
	}
	return append(env, plainEnv("MONGO_INITDB_ROOT_USERNAME", orElse(a.user, "root")), a.secret("MONGO_INITDB_ROOT_PASSWORD")), ""
}

func rabbitAccess(a account) ([]kubeEnv, string) {
	if a.password == nil {
		return nil, "No secret holds its password alone: the URL in the secret store has to say guest:guest."
	}
	return []kubeEnv{plainEnv("RABBITMQ_DEFAULT_USER", orElse(a.user, "guest")), a.secret("RABBITMQ_DEFAULT_PASS")}, ""
}

// redisAccess gives the password to redis-cli; the server's argument takes it from the same variable.
func redisAccess(a account) ([]kubeEnv, string) {
	if a.password == nil {
		return nil, ""
	}
	return []kubeEnv{a.secret("REDISCLI_AUTH")}, ""
}

func elasticsearchAccess(account) ([]kubeEnv, string) {
	return []kubeEnv{
		plainEnv("discovery.type", "single-node"),
		plainEnv("xpack.security.enabled", "false"),
		plainEnv("ES_JAVA_OPTS", "-Xms512m -Xmx512m"),
	}, ""
}

func mssqlAccess(a account) ([]kubeEnv, string) {
	env := []kubeEnv{plainEnv("ACCEPT_EULA", "Y")}
	if a.password != nil {
		return append(env, a.secret("MSSQL_SA_PASSWORD")), "Its account is sa."
	}
	return append(env, plainEnv("MSSQL_SA_PASSWORD", throwAway)),
		"No secret holds its password alone: the URL in the secret store has to say sa and " + throwAway + "; its policy lets only this application in."
}

func couchAccess(a account) ([]kubeEnv, string) {
	env := []kubeEnv{plainEnv("COUCHDB_USER", orElse(a.user, "admin"))}
	if a.password != nil {
		return append(env, a.secret("COUCHDB_PASSWORD")), ""
	}
	return append(env, plainEnv("COUCHDB_PASSWORD", throwAway)),
		"No secret holds its password alone: the URL in the secret store has to say " + throwAway + "; its policy lets only this application in."
}

func ldapAccess(a account) ([]kubeEnv, string) {
	env := []kubeEnv{plainEnv("LDAP_ROOT", "dc=example,dc=com"), plainEnv("LDAP_ADMIN_USERNAME", "admin")}
	if a.password != nil {
		return append(env, a.secret("LDAP_ADMIN_PASSWORD")), "Its administrator is cn=admin,dc=example,dc=com."
	}
	return append(env, plainEnv("LDAP_ADMIN_PASSWORD", throwAway)),
		"Its administrator is cn=admin,dc=example,dc=com with " + throwAway + "; its policy lets only this application in."
}

func neo4jAccess(account) ([]kubeEnv, string) {
	return []kubeEnv{plainEnv("NEO4J_AUTH", "none")}, "It asks for no password; its policy lets only this application in."
}

func cassandraAccess(account) ([]kubeEnv, string) {
	return []kubeEnv{plainEnv("MAX_HEAP_SIZE", "512M"), plainEnv("HEAP_NEWSIZE", "128M")}, ""
}

// kafkaAccess makes it tell its clients the name and port by which they call it.
func kafkaAccess(a account) ([]kubeEnv, string) {
	return []kubeEnv{
		plainEnv("KAFKA_NODE_ID", "1"),
		plainEnv("KAFKA_PROCESS_ROLES", "broker,controller"),
		plainEnv("KAFKA_LISTENERS", "PLAINTEXT://:9092,CONTROLLER://:19093"),
		plainEnv("KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://"+a.need+":"+strconv.Itoa(a.port)),
		plainEnv("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER"),
		plainEnv("KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT"),
		plainEnv("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@127.0.0.1:19093"),
		plainEnv("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "1"),
		plainEnv("KAFKA_LOG_DIRS", "/var/lib/kafka/data"),
		plainEnv("KAFKA_HEAP_OPTS", "-Xms256m -Xmx512m"),
	}, ""
}

// solrAccess names the core that the server makes at its first start.
func solrAccess(a account) ([]kubeEnv, string) {
	return []kubeEnv{plainEnv("CORE", orElse(a.database, "core"))}, ""
}

func s3Access(account) ([]kubeEnv, string) {
	return nil, "It takes any access key and starts without buckets."
}

func mailAccess(account) ([]kubeEnv, string) { return nil, "It catches every mail and delivers none." }
