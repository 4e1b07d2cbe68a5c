package service

import (
	"maps"
	"slices"
)

// Kind is what is generally known of one kind of backing service.
type Kind struct {
	Port int // TCP port by convention
	// Name is what an application usually calls it: the name of the need where the evidence gives none.
	Name string
	// Container says that the open world has an image of it, so that run_local or a test environment can bring its own.
	Container bool
}

// Kinds is every kind of need that the toolkit knows something about; a need may have another kind.
var kinds = map[string]Kind{
	"postgres":      {5432, "db", true},
	"mysql":         {3306, "db", true},
	"mariadb":       {3306, "db", true},
	"mssql":         {1433, "db", true},
	"oracle":        {1521, "db", false},
	"db2":           {50000, "db", false},
	"mongodb":       {27017, "mongo", true},
	"cassandra":     {9042, "cassandra", true},
	"neo4j":         {7687, "graph", true},
	"couchdb":       {5984, "couch", true},
	"influxdb":      {8086, "influx", true},
	"redis":         {6379, "cache", true},
	"memcached":     {11211, "memcached", true},
	"rabbitmq":      {5672, "queue", true},
	"kafka":         {9092, "kafka", true},
	"activemq":      {61616, "queue", true},
	"nats":          {4222, "nats", true},
	"mqtt":          {1883, "mqtt", true},
	"zookeeper":     {2181, "zookeeper", true},
	"elasticsearch": {9200, "search", true},
	"solr":          {8983, "solr", true},
	"smtp":          {25, "mail", true},
	"s3":            {443, "objects", true},
	"sqs":           {443, "sqs", false},
	"ldap":          {389, "ldap", true},
	"ftp":           {21, "ftp", false},
	"sftp":          {22, "sftp", false},
	"statsd":        {8125, "statsd", false},
	"http":          {80, "", false},
	"tcp":           {0, "", false},
}

// KindOf is what is known of a kind; ok is false for one that the toolkit does not know.
func KindOf(kind string) (k Kind, ok bool) {
	k, ok = kinds[kind]
	return k, ok
}

// UDP says whether a kind is spoken to by UDP, by which nothing answers.
func UDP(kind string) bool { return kind == "statsd" }

// KindNames lists the known kinds, sorted.
func KindNames() []string { return slices.Sorted(maps.Keys(kinds)) }
