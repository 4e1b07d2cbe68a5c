package ops

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// cloud turns resources of a cloud, as Terraform or CloudFormation describe them, into findings.
type cloud struct {
	subject
	defaults map[string]string // of variables and parameters
	said     map[string]bool   // needs and claims that another environment's files made already
	unknown  map[string]int
	first    int // line of the first resource that is not converted
}

// cloudNeeds are the resources that a service calls. A kind of "" is told by the engine.
var cloudNeeds = map[string]string{
	"aws_db_instance": "", "aws_rds_cluster": "", "aws_elasticache_cluster": "", "aws_elasticache_replication_group": "redis", "aws_docdb_cluster": "mongodb", "aws_sqs_queue": "sqs", "aws_s3_bucket": "s3",
	"aws_elasticsearch_domain": "elasticsearch", "aws_opensearch_domain": "elasticsearch", "aws_mq_broker": "", "aws_msk_cluster": "kafka", "aws_neptune_cluster": "neo4j",
	"google_sql_database_instance": "", "google_redis_instance": "redis", "google_memcache_instance": "memcached", "google_storage_bucket": "s3",
	"azurerm_postgresql_server": "postgres", "azurerm_postgresql_flexible_server": "postgres", "azurerm_mysql_server": "mysql", "azurerm_mysql_flexible_server": "mysql", "azurerm_mariadb_server": "mariadb",
	"azurerm_mssql_server": "mssql", "azurerm_sql_server": "mssql", "azurerm_redis_cache": "redis", "digitalocean_database_cluster": "",
}

// cloudEngines lead from a word in an engine's name to the kind of need.
var cloudEngines = []struct{ word, kind string }{
	{"postgres", "postgres"}, {"pg", "postgres"}, {"mariadb", "mariadb"}, {"aurora", "mysql"}, {"mysql", "mysql"}, {"sqlserver", "mssql"}, {"oracle", "oracle"}, {"redis", "redis"}, {"valkey", "redis"}, {"memcached", "memcached"},
	{"rabbitmq", "rabbitmq"}, {"activemq", "activemq"}, {"mongo", "mongodb"}, {"kafka", "kafka"},
}

// otherBucket are buckets that the service never calls: states, logs, archives, sites.
var otherBucket = scan.MustCompile(`(?i)state|\blog|logs?\b|_log|trail|backup|artifact|deploy|lambda|pipeline|website|site|release|terraform|config`)

// prop is a property by its name without capitals and underscores, which the two languages write differently.
func prop(l *written, keys ...string) *written {
	for _, key := range keys {
		if l == nil {
			return nil
		}
		var found *written
		for _, f := range l.fields {
			if strings.ToLower(strings.ReplaceAll(f.key, "_", "")) == key {
				found = f.value
				break
			}
		}
		l = found
	}
	return l
}

// value is the text of a property where it is known: a plain one, or a variable's default.
func (c *cloud) value(l *written) string {
	word := l.word()
	if v, ok := c.defaults[word]; ok && word != "" {
		return v
	}
	if inner, ok := strings.CutPrefix(word, "${"); ok {
		word = strings.TrimSuffix(inner, "}")
	}
	if v, ok := c.defaults[word]; ok {
		word = v
	}
	for _, reference := range []string{"var.", "local.", "module.", "data.", "aws_", "google_", "azurerm_", "random_", "each."} {
		if strings.HasPrefix(word, reference) {
			return ""
		}
	}
	if strings.Contains(word, "${") {
		return ""
	}
	return word
}

// resource is one resource of this type and name.
func (c *cloud) resource(kind, name string, body *written) {
	at := *c
	at.about = nil
	for _, n := range []string{c.value(prop(body, "name")), c.value(prop(body, "identifier")), c.value(prop(body, "family")), name} {
		if n != "" && n != "this" && n != "main" && n != "default" {
			at.about = append(at.about, n)
		}
	}
	at.about = append(at.about, c.about...)
	at.settings(prop(body, "appsettings"))
	need, called := cloudNeeds[kind]
	switch {
	case called:
		at.need(need, name, body)
	case strings.HasSuffix(kind, "_target_group") || kind == "aws_elb":
		at.balanced(body)
	case kind == "aws_ecs_task_definition":
		at.containers(prop(body, "containerdefinitions"))
	case kind == "aws_cloudwatch_event_rule" || kind == "google_cloud_scheduler_job" || kind == "aws_scheduler_schedule":
		for _, key := range []string{"scheduleexpression", "schedule"} {
			if v := prop(body, key); v.word() != "" {
				at.note(v.line, "%s runs at %s: give what it starts a schedule in %s", name, v.word(), service.FileName)
			}
		}
	default:
		if c.unknown == nil {
			c.unknown = map[string]int{}
			c.first = body.line
		}
		c.unknown[kind]++
	}
}

// module is a module called by its source: one for a database makes a database.
func (c *cloud) module(name string, body *written) {
	source := c.value(prop(body, "source"))
	c.settings(prop(body, "appsettings"))
	kind := moduleKind(source)
	if kind == "" && strings.Contains(source, "rds") {
		kind = engineKind(c.value(prop(body, "engine")))
	}
	if kind == "" || kind == "s3" || kind == "smtp" {
		c.note(body.line, "the module %s (%s) is not looked into", name, source)
		return
	}
	at := *c
	at.about = append([]string{name}, c.about...)
	at.need(kind, name, body)
}

// moduleKind is the kind of need that a module's source is named after: .../module-redis?ref=master.
func moduleKind(source string) string {
	source, _, _ = strings.Cut(source, "?")
	return bindingKind(source[strings.LastIndexAny(source, "/:")+1:])
}

func engineKind(engine string) string {
	engine = strings.ToLower(engine)
	for _, e := range cloudEngines {
		if strings.Contains(engine, e.word) {
			return e.kind
		}
	}
	return ""
}

// need is a backing service that the cloud runs.
func (c *cloud) need(kind, name string, body *written) {
	engine := c.value(prop(body, "engine"))
	if engine == "" {
		engine = c.value(prop(body, "enginetype"))
	}
	version := c.value(prop(body, "engineversion"))
	if all := c.value(prop(body, "databaseversion")); all != "" { // POSTGRES_13
		engine, version, _ = strings.Cut(all, "_")
		version = strings.ReplaceAll(version, "_", ".")
	}
	for _, key := range []string{"version", "redisversion", "elasticsearchversion"} {
		if version == "" {
			version = strings.TrimPrefix(strings.TrimPrefix(c.value(prop(body, key)), "REDIS_"), "OpenSearch_")
		}
	}
	if kind == "" {
		kind = engineKind(engine)
	}
	if kind == "" {
		c.note(body.line, "a database %s of an engine that is not said here", name)
		return
	}
	if kind == "s3" && otherBucket.MatchString(name+" "+c.value(prop(body, "bucket"))) || kind == "s3" && prop(body, "website") != nil {
		c.note(body.line, "a bucket %s, which the service does not seem to call", name)
		return
	}
	need := scan.Need{Need: service.Need{Kind: kind, Version: versionText(version), Port: portText(c.value(prop(body, "port")))}}
	for _, key := range []string{"dbname", "databasename", "postgresqldatabase"} {
		if v := c.value(prop(body, key)); v != "" && need.Database == "" && need.Kind != "sqs" && plainDatabase.MatchString(v) {
			need.Database = v
		}
	}
	f := c.finding()
	f.Need = &need
	rank := scan.Declared
	if kind == "s3" || kind == "sqs" {
		rank = scan.Convention
	}
	c.find(f, "need "+kind, body.line, rank)
}

var plainDatabase = scan.MustCompile(`^[A-Za-z_]\w*$`)

// find reports a claim once: the files of further environments say the same.
func (c *cloud) find(f scan.Finding, what string, line int, rank scan.Rank) {
	key := c.t.MountOf(c.file) + " " + strings.Join(f.About, ",") + f.Dir + f.Process + " " + what
	if !c.said[key] {
		c.said[key] = true
		c.r.Find(f, c.file, line, rank, "")
	}
}

// balanced is what a load balancer sends requests to, and how it asks whether that is well.
func (c *cloud) balanced(body *written) {
	check := prop(body, "healthcheck")
	health, line := prop(check, "path"), body.line
	if health == nil {
		health = prop(body, "healthcheckpath")
	}
	at := c.value(health)
	if target := c.value(prop(check, "target")); target != "" { // HTTP:8080/health
		if i := strings.IndexByte(target, '/'); i > 0 {
			at = target[i:]
		}
	}
	if health != nil {
		line = health.line
	}
	if strings.HasPrefix(at, "/") && at != "/" {
		f := c.finding()
		f.Service.Health = &service.Health{Ready: at}
		c.find(f, "health", line, scan.Declared)
	}
	if port := portText(c.value(prop(body, "port"))); port > 0 && port != 80 && port != 443 {
		f := c.finding()
		f.Service.Port = port
		c.find(f, "port", prop(body, "port").line, scan.Convention)
	}
}

// containers are the containers of a task of ECS; the first with an image of the team's own is the service.
func (c *cloud) containers(l *written) {
	if l == nil {
		return
	}
	if l.kind != '[' {
		open := strings.IndexAny(l.text, "[")
		if open < 0 || l.kind == 'x' && !strings.HasPrefix(l.text, "jsonencode") {
			c.note(l.line, "the containers of this task stand elsewhere: %s", l.text)
			return
		}
		inner := readWritten(l.text, open, l.kind == 'x')
		c.eachContainer(inner, l.line)
		return
	}
	c.eachContainer(l, 0)
}

func (c *cloud) eachContainer(list *written, from int) {
	for i, container := range list.list() {
		name, line := c.value(prop(container, "name")), max(container.line+from-1, 1)
		if from == 0 {
			line = container.line
		}
		if i > 0 {
			c.note(line, "a container %s beside the service's", name)
			continue
		}
		f := c.finding()
		if argv := prop(container, "command").words(); len(argv) > 0 && !strings.Contains(strings.Join(argv, " "), "${") && prop(container, "command").kind == '[' {
			f.Service.Command = argv
			c.find(f, "command", line, scan.Declared)
		}
		for _, mapping := range prop(container, "portmappings").list() {
			if port := portText(c.value(prop(mapping, "containerport"))); port > 0 {
				f.Service = service.Service{Port: port}
				c.find(f, "container port", line, scan.Declared)
				break
			}
		}
		f.Service = service.Service{}
		for _, e := range prop(container, "environment").list() {
			if name := c.value(prop(e, "name")); service.VariableName(name) && !imageOwn.MatchString(name) {
				claimSetting(c.r, f, name, c.value(prop(e, "value")), scan.Evidence{File: c.file, Line: line, Rank: scan.Declared})
			}
		}
		for _, e := range prop(container, "secrets").list() {
			if name := c.value(prop(e, "name")); service.VariableName(name) {
				f.Service = service.Service{Secrets: []string{name}}
				c.r.Find(f, c.file, line, scan.Declared, "")
			}
		}
	}
}

// settings are the variables that a platform gives the service; what Terraform makes of one as it runs has a name only.
func (c *cloud) settings(l *written) {
	if l == nil {
		return
	}
	for _, f := range l.fields {
		value := c.value(f.value)
		switch {
		case !service.VariableName(f.key) || imageOwn.MatchString(f.key):
		case value != "":
			claimSetting(c.r, c.finding(), f.key, value, scan.Evidence{File: c.file, Line: f.line, Rank: scan.Declared})
		case scan.SecretName(f.key):
			found := c.finding()
			found.Service = service.Service{Secrets: []string{f.key}}
			c.r.Find(found, c.file, f.line, scan.Declared, "")
		}
	}
}

// rest names what is not converted: networks, accounts and alarms mostly, which Kubernetes has in its own way.
func (c *cloud) rest(tool string) {
	if len(c.unknown) == 0 {
		return
	}
	var kinds []string
	for kind, n := range c.unknown {
		if n > 1 {
			kind = fmt.Sprintf("%s (%s)", kind, strconv.Itoa(n))
		}
		kinds = append(kinds, kind)
	}
	sort.Strings(kinds)
	c.note(max(c.first, 1), "resources of %s that are not converted: %s", tool, some(kinds))
}
