package ops

import (
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// CloudFormation reads the templates of AWS for the same resources as Terraform's.
func CloudFormation() scan.Reader {
	return scan.Reader{
		Name:  "cloudformation",
		Wants: wantsCloudFormation,
		Ops:   true,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			said := map[string]bool{}
			for _, p := range productionFirst(paths) {
				if data, err := t.Read(p); err != nil || !strings.Contains(string(data), "AWS::") || !strings.Contains(string(data), "Resources") {
					continue
				}
				for _, doc := range documents(p, t.Text(p, r), r) {
					readStack(t, p, r, doc, said)
				}
			}
		},
	}
}

var stackPath = scan.MustCompile(`(?i)(cloudformation|cfn|aws|stack|infra|template)[^/]*(/[^/]+){0,2}\.(ya?ml|json|template)$|\.template$`)

func wantsCloudFormation(p string) bool {
	switch path.Ext(p) {
	case ".yml", ".yaml", ".json", ".template":
		return stackPath.MatchString(p)
	}
	return false
}

// stackTypes lead from AWS's types to Terraform's names of the same.
var stackTypes = map[string]string{
	"AWS::RDS::DBInstance": "aws_db_instance", "AWS::RDS::DBCluster": "aws_rds_cluster", "AWS::ElastiCache::CacheCluster": "aws_elasticache_cluster", "AWS::ElastiCache::ReplicationGroup": "aws_elasticache_replication_group",
	"AWS::SQS::Queue": "aws_sqs_queue", "AWS::S3::Bucket": "aws_s3_bucket", "AWS::Elasticsearch::Domain": "aws_elasticsearch_domain", "AWS::OpenSearchService::Domain": "aws_opensearch_domain", "AWS::AmazonMQ::Broker": "aws_mq_broker",
	"AWS::MSK::Cluster": "aws_msk_cluster", "AWS::DocDB::DBCluster": "aws_docdb_cluster", "AWS::ElasticLoadBalancingV2::TargetGroup": "aws_lb_target_group", "AWS::ElasticLoadBalancing::LoadBalancer": "aws_elb",
	"AWS::ECS::TaskDefinition": "aws_ecs_task_definition", "AWS::Events::Rule": "aws_cloudwatch_event_rule",
}

// readStack reads one template with its parameters' defaults.
func readStack(t *scan.Tree, p string, r *scan.Report, doc *yaml.Node, said map[string]bool) {
	resources := pairs(at(doc, "Resources"))
	if len(resources) == 0 {
		return
	}
	base, _, _ := strings.Cut(path.Base(p), ".")
	c := &cloud{subject: subject{t: t, r: r, file: p, about: []string{base, path.Base(path.Dir(p))}}, said: said, made: newCloudMade(), tool: "CloudFormation"}
	parameters := map[string]*written{}
	for _, parameter := range pairs(at(doc, "Parameters")) {
		name := parameter.key.Value
		hidden := scan.SecretName(name) || strings.EqualFold(scalar(at(parameter.value, "NoEcho")), "true")
		parameters[name] = &written{text: scalar(at(parameter.value, "Default")), secret: hidden}
	}
	for _, res := range resources {
		kind := scalar(at(res.value, "Type"))
		if known := stackTypes[kind]; known != "" {
			kind = known
		}
		properties := at(res.value, "Properties")
		if properties == nil {
			properties = res.value
		}
		referenced(properties, 0)
		body := yamlWritten(properties)
		if body == nil {
			continue
		}
		filledStack(body, parameters, 0)
		c.resource(kind, res.key.Value, body)
	}
	c.pointed()
	c.scheduled()
}

// filledStack puts the defaults of parameters into the texts that name them; what they don't know is an expression.
func filledStack(l *written, parameters map[string]*written, depth int) {
	if l == nil || depth > maxWritten {
		return
	}
	for _, f := range l.fields {
		filledStack(f.value, parameters, depth+1)
	}
	for _, item := range l.items {
		filledStack(item, parameters, depth+1)
	}
	if l.kind != '"' || !strings.Contains(l.text, "${") {
		return
	}
	l.text = stackName.ReplaceAllStringFunc(l.text, func(found string) string {
		p := parameters[strings.Trim(found, "${}")]
		switch {
		case p == nil:
			return found
		case p.secret:
			l.secret = true
			return "${}"
		}
		return p.text
	})
	if m := stackReference.FindStringSubmatch(l.text); m != nil { // Db.Endpoint.Address
		l.kind, l.text = 'x', "stack."+m[1]
	} else if strings.Contains(l.text, "${") {
		l.kind = 'x'
	}
}

var (
	stackName      = scan.MustCompile(`\$\{\w+\}`)
	stackReference = scan.MustCompile(`^\$\{(\w+\.[\w.]+)\}$`)
)

// referenced writes !Ref NAME and {"Ref": "NAME"} as ${NAME}, !GetAtt A.B as ${A.B}, !Sub as its text and what other
// functions make as ${}.
func referenced(n *yaml.Node, depth int) {
	if n == nil || depth > maxWritten {
		return
	}
	function, of := "", n
	switch {
	case n.Kind == yaml.MappingNode && len(n.Content) == 2 && (n.Content[0].Value == "Ref" || strings.HasPrefix(n.Content[0].Value, "Fn::")):
		function, of = strings.TrimPrefix(n.Content[0].Value, "Fn::"), n.Content[1]
	case strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!"):
		function = n.Tag[1:]
	default:
		for _, inner := range n.Content {
			referenced(inner, depth+1)
		}
		return
	}
	text := "${}"
	switch {
	case function == "Ref", function == "GetAtt" && of.Kind == yaml.ScalarNode:
		text = "${" + of.Value + "}"
	case function == "GetAtt" && len(of.Content) == 2:
		text = "${" + of.Content[0].Value + "." + of.Content[1].Value + "}"
	case function == "Sub" && of.Kind == yaml.ScalarNode:
		text = of.Value
	}
	n.Kind, n.Tag, n.Value, n.Content = yaml.ScalarNode, "!!str", text, nil
}
