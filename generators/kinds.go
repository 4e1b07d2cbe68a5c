package generators

import "github.com/migrate-to-kubernetes/migrate/service"

// kindImages is what runs a kind of need in an environment: an image and the tag where the model gives no version.
func kindImages() map[string][2]string {
	return map[string][2]string{
		"activemq":      {"apache/activemq-classic", "5.18.7"},
		"cassandra":     {"cassandra", "4.1"},
		"couchdb":       {"couchdb", "3.3"},
		"elasticsearch": {"elasticsearch", "7.17.28"},
		"influxdb":      {"influxdb", "1.8"},
		"kafka":         {"apache/kafka", "3.9.1"},
		"ldap":          {"bitnamilegacy/openldap", "2.6.10"},
		"mariadb":       {"mariadb", "10.11"},
		"memcached":     {"memcached", "1.6"},
		"mongodb":       {"mongo", "4.4"},
		"mssql":         {"mcr.microsoft.com/mssql/server", "2019-latest"},
		"mysql":         {"mysql", "8.0"},
		"nats":          {"nats", "2.11"},
		"neo4j":         {"neo4j", "4.4"},
		"postgres":      {"postgres", "15"},
		"rabbitmq":      {"rabbitmq", "3.13"},
		"redis":         {"redis", "7"},
		"s3":            {"chrislusf/seaweedfs", "3.97"},
		"smtp":          {"axllent/mailpit", "v1.27"},
		"solr":          {"solr", "8.11"},
		"zookeeper":     {"zookeeper", "3.8"},
	}
}

// standIns are kinds whose image is another program than the one whose version the model gives.
func standIns(kind string) bool {
	switch kind {
	case "activemq", "elasticsearch", "kafka", "ldap", "mssql", "s3", "smtp":
		return true
	}
	return false
}

// kindImage is the image that runs a need, or nothing.
func kindImage(need service.Need) string {
	image, ok := kindImages()[need.Kind]
	switch {
	case !ok:
		return ""
	case need.Version == "" || standIns(need.Kind):
		return image[0] + ":" + image[1]
	}
	return image[0] + ":" + need.Version
}

// kindPort is where a kind answers by itself.
func kindPort(kind string) int {
	k, _ := service.KindOf(kind)
	return k.Port
}

// udp is the protocol of a kind where that isn't TCP.
func udp(kind string) string {
	if kind == "statsd" {
		return "UDP"
	}
	return ""
}
