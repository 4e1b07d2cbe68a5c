package ops

import (
	"cmp"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// cloud turns resources of a cloud, as Terraform or CloudFormation describe them, into findings.
type cloud struct {
	subject
	environment string          // the one in which settings hold; then nothing else counts any more
	with        string          // the file of variables that the values come from
	said        map[string]bool // needs and claims that another environment's files made already
	tool        string
	made        *cloudMade
	given       map[givenValue]bool // values of other files that went into something; nil where nobody asks
}

// cloudMade is what the resources of one module are called and what settings say of them: aws_db_instance.db.address.
type cloudMade struct {
	needs    map[string]scan.Finding
	settings map[string]string // those that count everywhere, with their values
	points   []cloudPoint
	stored   []cloudPoint // secrets that are put where others read them
	rules    []cloudRule
	targets  []cloudTarget
}

// cloudPoint is a setting that takes its value from a resource.
type cloudPoint struct {
	name, reference, file string
	line                  int
}

func newCloudMade() *cloudMade {
	return &cloudMade{needs: map[string]scan.Finding{}, settings: map[string]string{}}
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

// all are the values of every field of this name: blocks that stand there several times, and the elements of lists.
func all(l *written, key string) []*written {
	if l == nil {
		return nil
	}
	var found []*written
	for _, f := range l.fields {
		if strings.ToLower(strings.ReplaceAll(f.key, "_", "")) == key {
			found = append(found, f.value.list()...)
		}
	}
	return found
}

// known is the text of a property where it is known.
func known(l *written) string {
	if word := l.word(); !strings.Contains(word, "${") {
		return word
	}
	return ""
}

// resource is one resource of this type and name.
func (c *cloud) resource(kind, name string, body *written) {
	if known(prop(body, "count")) == "0" {
		return // switched off
	}
	at := *c
	at.about = nil
	for _, n := range []string{known(prop(body, "name")), known(prop(body, "identifier")), known(prop(body, "family")), name} {
		if n != "" && n != "this" && n != "main" && n != "default" {
			at.about = append(at.about, n)
		}
	}
	at.about = append(at.about, c.about...)
	told := false
	for _, key := range []string{"appsettings", "environmentvariables", "configvars", "environment"} {
		told = at.settings(prop(body, key)) || told
	}
	need, called := cloudNeeds[kind]
	if told || cloudContainers[kind] != nil {
		at.aside(body.line, "resources of which the settings are taken over", kind+" "+name)
	}
	switch {
	case called:
		at.need(need, name, kind+"."+name, body)
	case strings.HasSuffix(kind, "_target_group") || kind == "aws_elb":
		at.balanced(body)
	case cloudContainers[kind] != nil:
		at.containers(body, cloudContainers[kind])
		at.replicas(prop(body, "spec"), "")
	case cloudMachines[kind] && !runsOther(name) && severalInstances(known(prop(body, "count"))):
		claimReplicas(c.r, at.finding(), known(prop(body, "count")), c.file, prop(body, "count").line, "machines of "+kind+" "+name)
	case kind == "aws_ecs_service" || kind == "cloudfoundry_app" || kind == "heroku_formation":
		process := known(prop(body, "type"))
		if process == "web" {
			process = ""
		}
		at.replicas(body, process)
	case cloudScheduled[kind]:
		at.rule(name, body)
	case kind == "aws_cloudwatch_event_target" && at.target(body):
	case at.redirects(kind, body), at.hosts(kind, body), c.environment == "" && at.kept(kind, name, body):
	case !told && c.environment == "":
		var about []string
		if at.elsewhere() {
			about = at.about
		}
		c.r.NoteItem(about, c.file, max(body.line, 1), "resources of "+c.tool+" that are not converted"+cloudHint(kind), kind+" "+name)
	}
}

// cloudMachines are machines, each of which runs the service.
var cloudMachines = map[string]bool{"aws_instance": true, "google_compute_instance": true, "azurerm_linux_virtual_machine": true, "digitalocean_droplet": true, "hcloud_server": true, "linode_instance": true, "openstack_compute_instance_v2": true}

// accessMachine are names of machines that only lead to others.
var accessMachine = scan.MustCompile(`bastion|jump|vpn`)

// runsOther says of a machine, by its name, that it runs something beside the service: a store, a queue, a proxy.
func runsOther(name string) bool {
	name = strings.ToLower(name)
	return accessMachine.MatchString(name) || beside.MatchString(name) || infrastructure.MatchString(name) || sqlKind(name) != ""
}

// cloudHosts lead from the resources that name the hosts of a service to the settings that do.
var cloudHosts = map[string][][]string{
	"aws_lb_listener_rule": {{"condition", "hostheader", "values"}, {"condition", "values"}}, "aws_alb_listener_rule": {{"condition", "hostheader", "values"}, {"condition", "values"}},
	"heroku_domain": {{"hostname"}}, "azurerm_app_service_custom_hostname_binding": {{"hostname"}}, "google_cloud_run_domain_mapping": {{"name"}},
}

// hosts takes over the names under which a balancer or a platform leads to the service.
func (c *cloud) hosts(kind string, body *written) bool {
	took := false
	for _, way := range cloudHosts[kind] {
		l := body
		at := *c
		for _, key := range way {
			if l = prop(l, key); l != nil && l.file != "" {
				at.file = l.file
			}
		}
		for _, item := range l.list() {
			host := strings.ToLower(known(item))
			if !hostName.MatchString(host) || localName.MatchString(host) {
				continue
			}
			f := at.finding()
			f.Service.Routes = []service.Route{{Host: host}}
			at.find(f, "route "+host, item.line, scan.Declared)
			at.came(item, body.line, func(place scan.Evidence) {
				if c.environment == "" {
					c.r.Find(f, place.File, place.Line, place.Rank, place.Note)
				}
			})
			took = true
		}
	}
	return took
}

// cloudHint says where what a kind of resource is for lives now, where that is generally known.
func cloudHint(kind string) string {
	for _, h := range cloudHints {
		if h.kind.MatchString(kind) {
			return " (" + h.says + ")"
		}
	}
	return ""
}

var cloudHints = []struct {
	kind *scan.Pattern
	says string
}{
	{scan.MustCompile(`(?i)log_?group|log_?stream|diagnostic_setting`), "logs: the cluster collects what goes to standard output"},
	{scan.MustCompile(`(?i)security_?group|firewall|network_?acl`), "network: a NetworkPolicy"},
	{scan.MustCompile(`(?i)ecs_?(service|cluster)|auto_?scaling|launch_?(config|template)|app_?service_plan|ec2::instance|aws_instance|compute_instance`), "what the cloud ran it on: the Deployment runs in the cluster"},
	{scan.MustCompile(`(?i)certificate|_lb$|_alb$|_elb$|listener|load_?balancer|route53|dns|record|cdn|cloudfront`), "what stands in front: the gateway, its certificate and the names that lead there"},
	{scan.MustCompile(`(?i)iam|policy|role|service_account|access_key`), "rights in the cloud: what the service calls there still wants them"},
	{scan.MustCompile(`(?i)ecr|container_registry|artifact_registry`), "where images were kept: see image"},
	{scan.MustCompile(`(?i)alarm|metric|monitor|dashboard|insights`), "monitoring"},
}

// cloudScheduled are what starts something at its hours.
var cloudScheduled = map[string]bool{"aws_cloudwatch_event_rule": true, "google_cloud_scheduler_job": true, "aws_scheduler_schedule": true}

// cloudContainers lead to where a resource says what containers it runs.
var cloudContainers = map[string][]string{
	"aws_ecs_task_definition": {"containerdefinitions"}, "google_cloud_run_service": {"template", "spec", "containers"}, "google_cloud_run_v2_service": {"template", "containers"},
	"kubernetes_deployment": {"spec", "template", "spec", "container"}, "kubernetes_deployment_v1": {"spec", "template", "spec", "container"},
}

// secretStores are resources that put a secret where others read it.
var secretStores = scan.MustCompile(`^(azurerm_key_vault_secret|aws_ssm_parameter|aws_secretsmanager_secret(_version)?|google_secret_manager_secret(_version)?|vault_generic_secret|vault_kv_secret(_v2)?)$`)

// kept is a secret that the service's own Terraform makes up, or puts where others read it.
func (c *cloud) kept(kind, name string, body *written) bool {
	switch {
	case strings.HasPrefix(kind, "random_") || kind == "tls_private_key":
		c.r.NoteItem(c.finding().About, c.file, body.line, "values that Terraform makes up: what takes them is a secret of the service; put it into gopass as it is today", name)
	case secretStores.MatchString(kind):
		c.made.stored = append(c.made.stored, cloudPoint{cmp.Or(known(prop(body, "name")), name), textOf(prop(body, "value")), c.file, body.line})
	default:
		return false
	}
	return true
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
func (c *cloud) need(kind, name, reference string, body *written) {
	engine := known(prop(body, "engine"))
	if engine == "" {
		engine = known(prop(body, "enginetype"))
	}
	version := known(prop(body, "engineversion"))
	if all := known(prop(body, "databaseversion")); all != "" { // POSTGRES_13
		engine, version, _ = strings.Cut(all, "_")
		version = strings.ReplaceAll(version, "_", ".")
	}
	for _, key := range []string{"version", "redisversion", "elasticsearchversion"} {
		if version == "" {
			version = strings.TrimPrefix(strings.TrimPrefix(known(prop(body, key)), "REDIS_"), "OpenSearch_")
		}
	}
	if kind == "" {
		kind = engineKind(engine)
	}
	if kind == "" {
		c.note(body.line, "a database %s of an engine that is not said here", name)
		return
	}
	if kind == "s3" && otherBucket.MatchString(name+" "+known(prop(body, "bucket"))) || kind == "s3" && prop(body, "website") != nil {
		c.note(body.line, "a bucket %s, which the service does not seem to call", name)
		return
	}
	need := scan.Need{Need: service.Need{Kind: kind, Version: versionText(version), Port: portText(known(prop(body, "port")))}}
	for _, key := range []string{"dbname", "databasename", "postgresqldatabase"} {
		if v := known(prop(body, key)); v != "" && need.Database == "" && need.Kind != "sqs" && plainDatabase.MatchString(v) {
			need.Database = v
		}
	}
	f := c.finding()
	f.Need = &need
	rank := scan.Declared
	if kind == "s3" || kind == "sqs" {
		rank = scan.Convention
	}
	c.made.needs[reference] = f
	c.find(f, "need "+kind, body.line, rank)
	if left := leftOut(body); len(left) > 0 {
		c.note(body.line, "of %s the size and what else the cloud is told are not taken over: %s", name, left)
		for _, field := range body.fields {
			if slices.Contains(left, field.key) && field.line != body.line && c.environment == "" {
				c.r.NoteAside(c.finding().About, c.file, field.line, "sizes and plans of what the cloud keeps ready, not taken over", field.key)
			}
		}
	}
}

var plainDatabase = scan.MustCompile(`^[A-Za-z_]\w*$`)

// find reports a claim once: the files of further environments say the same.
func (c *cloud) find(f scan.Finding, what string, line int, rank scan.Rank) {
	if c.environment != "" {
		return
	}
	key := c.t.MountOf(c.file) + " " + strings.Join(f.About, ",") + f.Dir + f.Process + " " + what
	if c.said[key] {
		c.aside(line, "said in another place already", what)
		return
	}
	c.said[key] = true
	c.r.Find(f, c.file, line, rank, "")
}

// aside notes something for the record, once for all environments.
func (c *cloud) aside(line int, group, item string) {
	if c.environment != "" {
		return
	}
	var about []string
	if c.elsewhere() {
		about = c.about
	}
	c.r.NoteAside(about, c.file, max(line, 1), group, item)
}

// balanced is what a load balancer sends requests to, and how it asks whether that is well.
func (c *cloud) balanced(body *written) {
	check := prop(body, "healthcheck")
	health, line := prop(check, "path"), body.line
	if health == nil {
		health = prop(body, "healthcheckpath")
	}
	at := known(health)
	if target := known(prop(check, "target")); target != "" { // HTTP:8080/health
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
	if port := portText(known(prop(body, "port"))); port > 0 && port != 80 && port != 443 {
		f := c.finding()
		f.Service.Port = port
		c.find(f, "port", prop(body, "port").line, scan.Convention)
	}
}

// note is a remark, made once for all environments.
func (c *cloud) note(line int, format string, args ...any) {
	if c.environment == "" {
		c.subject.note(line, format, args...)
	}
}
