package generators

import "github.com/migrate-to-kubernetes/migrate/service"

// needKind is what is known about a kind of need wherever it runs.
type needKind struct {
	port    int    // where it answers
	image   string // what runs it here, without a tag; nothing where it can't be run
	version string // the image's tag where the model gives no version
}

// needKinds is every kind with a port of its own.
func needKinds() map[string]needKind {
	return map[string]needKind{
		"activemq":      {port: 61616},
		"cassandra":     {port: 9042},
		"elasticsearch": {9200, "elasticsearch", "7.17.28"},
		"kafka":         {port: 9092},
		"ldap":          {port: 389},
		"mariadb":       {3306, "mariadb", "10.11"},
		"memcached":     {11211, "memcached", "1.6"},
		"mongodb":       {27017, "mongo", "7.0"},
		"mssql":         {port: 1433},
		"mysql":         {3306, "mysql", "8.0"},
		"nats":          {4222, "nats", "2.11"},
		"neo4j":         {port: 7687},
		"oracle":        {port: 1521},
		"postgres":      {5432, "postgres", "16"},
		"rabbitmq":      {5672, "rabbitmq", "3.13"},
		"redis":         {6379, "redis", "7"},
		"smtp":          {25, "axllent/mailpit", "v1.27"},
		"solr":          {port: 8983},
		"statsd":        {port: 8125},
	}
}

func kindPort(kind string) int { return needKinds()[kind].port }

// kindImage is the image that runs a need, or nothing.
func kindImage(need service.Need) string {
	k := needKinds()[need.Kind]
	version := need.Version
	if version == "" || need.Kind == "smtp" { // a mail server's version says nothing about the catcher that stands in for it
		version = k.version
	}
	if k.image == "" {
		return ""
	}
	return k.image + ":" + version
}

// udp is the protocol of a kind where that isn't TCP.
func udp(kind string) string {
	if kind == "statsd" || kind == "syslog" {
		return "UDP"
	}
	return ""
}
