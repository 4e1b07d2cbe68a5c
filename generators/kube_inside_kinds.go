package generators

// insideKind is how a kind of need runs in a cluster under Pod Security "restricted".
type insideKind struct {
	user     int // of the published image
	port     int // in the container, where it isn't the kind's
	args     []string
	dirs     []string               // what it writes to
	data     bool                   // holds data that somebody may miss
	writable string                 // why its root can't be read-only
	ready    func(account) []string // the command that asks whether it is ready; without one the port is asked
	requests kubeResources
	limits   kubeResources
	// access gives the variables of its account, and a word on how to log in.
	access func(account) ([]kubeEnv, string)
}

// insideKinds is every kind that can run in an environment. What has an image of its own in service.Kinds has to be here:
// `migrate init` proposes it.
func insideKinds() map[string]insideKind {
	kinds := map[string]insideKind{
		"memcached": {user: 11211},
		"mqtt":      {user: 1883, args: openMosquitto(1883), dirs: []string{"/tmp"}},
		"nats":      {user: 1000},
		"redis": {user: 999, args: []string{"redis-server", "--save", "", "--appendonly", "no"}, ready: redisReady,
			access: redisAccess},
		"smtp": {user: 1000, port: 1025, dirs: []string{"/tmp"}, access: mailAccess},
	}
	for name, k := range kinds {
		k.requests, k.limits = kubeResources{"50m", "64Mi"}, kubeResources{Memory: "128Mi"}
		kinds[name] = k
	}
	for name, k := range insideStores() {
		k.data = true
		k.dirs = append(k.dirs, "/tmp")
		if k.requests.Memory == "" {
			k.requests, k.limits = kubeResources{"100m", "256Mi"}, kubeResources{Memory: "1Gi"}
		}
		kinds[name] = k
	}
	return kinds
}

// insideStores are the kinds that hold data.
func insideStores() map[string]insideKind {
	const startScript = "its start script writes its configuration beside the program"
	large, largest := kubeResources{"250m", "1Gi"}, kubeResources{Memory: "1536Mi"}
	return map[string]insideKind{
		"activemq":      {user: 1000, dirs: []string{"/opt/apache-activemq/data", "/opt/apache-activemq/tmp"}, writable: startScript},
		"cassandra":     {user: 999, dirs: []string{"/var/lib/cassandra"}, writable: startScript, requests: large, limits: largest, access: cassandraAccess},
		"couchdb":       {user: 5984, dirs: []string{"/opt/couchdb/data"}, writable: startScript, access: couchAccess},
		"elasticsearch": {user: 1000, dirs: []string{"/usr/share/elasticsearch/data"}, writable: "it writes its keystore beside its configuration", requests: large, limits: largest, access: elasticsearchAccess},
		"influxdb":      {user: 1000, dirs: []string{"/var/lib/influxdb"}},
		"kafka":         {user: 1000, dirs: []string{"/var/lib/kafka/data"}, writable: startScript, access: kafkaAccess},
		"ldap":          {user: 1001, port: 1389, dirs: []string{"/bitnami/openldap"}, writable: startScript, access: ldapAccess},
		"mariadb":       {user: 999, dirs: []string{"/var/lib/mysql", "/run/mysqld"}, ready: mysqlReady, access: mysqlAccess},
		"mongodb":       {user: 999, dirs: []string{"/data/db", "/data/configdb"}, access: mongoAccess},
		"mssql":         {user: 10001, dirs: []string{"/var/opt/mssql"}, writable: "it keeps its state beside the program", requests: kubeResources{"250m", "2Gi"}, limits: kubeResources{Memory: "3Gi"}, access: mssqlAccess},
		"mysql":         {user: 999, dirs: []string{"/var/lib/mysql", "/var/run/mysqld"}, ready: mysqlReady, access: mysqlAccess},
		"neo4j":         {user: 7474, dirs: []string{"/data", "/logs"}, writable: startScript, requests: large, limits: largest, access: neo4jAccess},
		"postgres":      {user: 999, dirs: []string{"/data", "/var/run/postgresql"}, ready: postgresReady, access: postgresAccess},
		"rabbitmq":      {user: 999, dirs: []string{"/var/lib/rabbitmq", "/var/log/rabbitmq"}, writable: "its start script writes its configuration to /etc/rabbitmq", access: rabbitAccess},
		"s3":            {user: 1000, port: 9000, args: []string{"server", "-dir=/data", "-s3", "-s3.port=9000"}, dirs: []string{"/data"}, access: s3Access},
		"solr":          {user: 8983, args: []string{"solr-precreate", "$(CORE)"}, dirs: []string{"/var/solr"}, writable: startScript, access: solrAccess},
		"zookeeper":     {user: 1000, dirs: []string{"/data", "/datalog", "/logs"}, writable: startScript},
	}
}
