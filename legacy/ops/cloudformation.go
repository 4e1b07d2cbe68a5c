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
	c := &cloud{subject: subject{t: t, r: r, file: p, about: []string{base, path.Base(path.Dir(p))}}, defaults: map[string]string{}, said: said}
	for _, parameter := range pairs(at(doc, "Parameters")) {
		c.defaults["${"+parameter.key.Value+"}"] = scalar(at(parameter.value, "Default"))
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
		c.resource(kind, res.key.Value, body)
	}
	c.rest("CloudFormation")
}

// referenced writes !Ref NAME and {"Ref": "NAME"} as ${NAME}, and what other functions make as ${}.
func referenced(n *yaml.Node, depth int) {
	if n == nil || depth > maxWritten {
		return
	}
	if n.Kind == yaml.MappingNode && len(n.Content) == 2 && (n.Content[0].Value == "Ref" || strings.HasPrefix(n.Content[0].Value, "Fn::")) {
		name := ""
		if n.Content[0].Value == "Ref" {
			name = n.Content[1].Value
		}
		n.Kind, n.Tag, n.Value, n.Content = yaml.ScalarNode, "!!str", "${"+name+"}", nil
		return
	}
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		name := ""
		if n.Tag == "!Ref" {
			name = n.Value
		}
		n.Kind, n.Tag, n.Value, n.Content = yaml.ScalarNode, "!!str", "${"+name+"}", nil
		return
	}
	for _, inner := range n.Content {
		referenced(inner, depth+1)
	}
}
