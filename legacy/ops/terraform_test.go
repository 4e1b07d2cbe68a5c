package ops

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

const terraformShop = `# resource "aws_db_instance" "old" { engine = "mysql" }
variable "engine_version" {
  default = "12.4"
}
resource "aws_db_instance" "db" {
  identifier     = "shop-${var.env}"
  engine         = "postgres"
  engine_version = var.engine_version
  db_name        = "shop"
  password       = "canary-tf"
  port           = 5433
}
resource "aws_s3_bucket" "state" { bucket = "shop-tfstate" }
resource "aws_lb_target_group" "web" {
  port = 8080
  health_check {
    path = "/healthz"
  }
}
resource "aws_ecs_task_definition" "web" {
  family = "shop"
  container_definitions = jsonencode([
    {
      name    = "web"
      image   = "${var.repo}:latest"
      command = ["bin/web", "-v"]
      portMappings = [{ containerPort = 8081 }]
      environment = [
        { name = "LOG_LEVEL", value = "warn" },
        { name = "API_TOKEN", value = "canary-ecs" }
      ]
      secrets = [{ name = "DATABASE_URL", valueFrom = aws_ssm_parameter.x.arn }]
    },
    { name = "xray", image = "amazon/aws-xray-daemon" }
  ])
}
resource "aws_cloudwatch_event_rule" "nightly" { schedule_expression = "cron(0 3 * * ? *)" }
module "cache" { source = "git@github.com:corp/module-redis?ref=master" }
module "app" {
  source = "./modules/app"
  app_settings = {
    SESSION_SECRET = "${random_string.x.result}"
    THEME          = "dark"
  }
}
resource "aws_iam_role" "a" {}
resource "aws_iam_role" "b" {}
`

const stackShop = `{"Parameters": {"V": {"Default": "5.7"}}, "Resources": {
 "Db": {"Type": "AWS::RDS::DBInstance", "Properties": {"Engine": "MySQL", "EngineVersion": {"Ref": "V"}, "DBName": "shop", "MasterUserPassword": "canary-cfn"}},
 "Lb": {"Type": "AWS::ElasticLoadBalancing::LoadBalancer", "Properties": {"HealthCheck": {"Target": "HTTP:80/up"}}},
 "Role": {"Type": "AWS::IAM::Role"}}}`

func TestApplicationsInValues(t *testing.T) {
	runCases(t, Terraform(), []readerCase{
		{"tables of applications", files{"Gemfile": "", "tf/app.tf": "variable \"worker_apps\" {}\n", "tf/vars/production.tfvars.json": `{"main_app": {"main": {"startup_command": ["sh", "-c", "bundle exec rails db:migrate && bundle exec puma"]}}, "worker_apps": {"mail": {"startup_command": ["bundle", "exec", "sidekiq"], "replicas": 3}, "none": {"replicas": 1}}}`,
			"tf/vars/review.tfvars.json": `{"worker_apps": {"other": {"startup_command": ["bundle", "exec", "other"]}}}`, "tf/vars/pen.tfvars": "a = 1\n", "tf/vars/x.tfvars": "b = 1\n"},
			[]string{".: command bundle|exec|puma <- tf/vars/production.tfvars.json:1", "mail: command bundle|exec|sidekiq", "migrate: command (release) bundle|exec|rails|db:migrate", "mail: replicas 3", "note tf/vars/x.tfvars:1 values for what is not converted"}, []string{"other|", "none: "}},
		{"machines", files{"Gemfile": "", "main.tf": "variable \"on\" { default = true }\nvariable \"n\" { default = 3 }\nresource \"aws_instance\" \"web\" {\n  count = var.on ? var.n : 0\n}\nresource \"aws_instance\" \"one\" {\n  count = 1\n}\n"}, []string{".: replicas 3 <- main.tf:4"}, []string{"replicas 1"}},
		{"machines of something else", files{"Gemfile": "", "main.tf": "resource \"aws_instance\" \"rabbitmq\" {\n  count = 3\n}\nresource \"aws_instance\" \"bastion\" {\n  count = 2\n}\nresource \"hcloud_server\" \"kafka\" {\n  count = 5\n}\nresource \"aws_instance\" \"db_postgres\" {\n  count = 2\n}\n"}, []string{"note main.tf:1 resources of Terraform that are not converted"}, []string{"replicas"}},
		{"values of a list", files{"Gemfile": "", "tf/app.tf": "variable \"apps\" {}\n", "tf/production.tfvars": "apps = { mail = { command = [\"run\", 3] } }\nother = [\"a\"]\n"}, nil, []string{"command"}},
	})
}

func TestTerraform(t *testing.T) {
	runCases(t, Terraform(), []readerCase{
		{"a module called for each environment", files{"go.mod": "module x", "tf/main.tf": "module \"staging\" {\n source = \"./staging\"\n}\nmodule \"live\" {\n source = \"./production\"\n}\n",
			"tf/staging/main.tf":    "resource \"aws_ecs_task_definition\" \"web\" {\n container_definitions = jsonencode([{name = \"x\", environment = [{name = \"TRIAL\", value = \"on\"}]}])\n}\n",
			"tf/production/main.tf": "resource \"aws_ecs_task_definition\" \"web\" {\n container_definitions = jsonencode([{name = \"x\", environment = [{name = \"LEVEL\", value = \"warn\"}]}])\n}\n"},
			[]string{".: [staging] env TRIAL=on", ".: env LEVEL=warn <- tf/production/main.tf:2"}, []string{".: env TRIAL"}},
		{"of this service", files{"go.mod": "module x", "terraform/main.tf": terraformShop, "terraform/staging/main.tf": "resource \"aws_db_instance\" \"db\" {\n engine = \"postgres\"\n}\n"}, []string{
			".: need postgres12.4 ||shop|:5433 <- terraform/main.tf:5 declared", ".: health  /healthz <- terraform/main.tf:17", ".: port 8080 <- terraform/main.tf:15 convention", ".: command bin/web|-v <- terraform/main.tf:23", ".: port 8081 <- terraform/main.tf:27",
			".: env LOG_LEVEL=warn", ".: secret API_TOKEN", ".: secret DATABASE_URL", ".: need redis ", ".: secret SESSION_SECRET <- terraform/main.tf:42", ".: env THEME=dark",
			"note terraform/main.tf:13 a bucket state, which the service does not seem to call", "note terraform/main.tf:34 a container xray beside", "note terraform/main.tf:37 nightly runs at cron(0 3 * * ? *)", "note terraform/main.tf:46 resources of Terraform that are not converted (rights in the cloud", "note terraform/main.tf:47 resources of Terraform that are not converted (rights in the cloud",
		}, []string{"canary", "mysql", "need s3", "staging"}},
	})
	runCases(t, Terraform(), []readerCase{
		{"per environment", files{"go.mod": "module x", "infra/main.tf": terraformSettings, "infra/prod.tfvars": "level = \"warn\"\ndb_password = \"canary-1\"\nregion = \"eu\"\n", "infra/staging.tfvars.json": `{"level": "error", "db_password": "canary-2", "pool": 5}`,
			"infra/aat.tfvars": "level = \"aat\"\n", "infra/terraform.tfvars": "pool = 10\n"}, []string{
			".: env LEVEL=warn <- infra/main.tf:12 declared", ".: [staging] env LEVEL=error", ".: env POOL=10", ".: [staging] env POOL=5", ".: need http catalog|catalog-prod.corp|| CATALOG=http://{host}:{port}", ".: [staging] need http catalog|catalog-staging.corp||",
			".: secret ACCOUNT <- infra/main.tf:15", ".: secret KEY ", ".: secret VAULTED ", ".: secret INNER ", ".: env REGION=x1", ".: need postgres |||:0", ".: need postgres ||| DB_ADDRESS={host}", ".: need postgres ||| DB_LISTENS={port}", ".: env MODE=eu",
			"note infra/main.tf:22 what the cloud's resources give these variables is not known here", ".: [aat] env LEVEL=aat <- infra/aat.tfvars:1", ".: [staging] env POOL=5 <- infra/staging.tfvars.json:1", ".: env POOL=10 <- infra/terraform.tfvars:1",
			"note infra/prod.tfvars:2 values that are those of production", "note infra/prod.tfvars:3 where the cloud ran it",
		}, []string{"canary", "[staging] env REGION", "[staging] env MODE"}},
		{"modules of the tree", files{"go.mod": "module x", "tf/modules/app/main.tf": "variable \"size\" {}\nvariable \"token\" {}\nresource \"heroku_app\" \"a\" {\n config_vars = {\n  SIZE = var.size\n  VISIBLE = var.token\n }\n}\n",
			"tf/environments/prod/main.tf":    "module \"app\" {\n source = \"../../modules/app\"\n size = 3\n token = \"canary-3\"\n}\n",
			"tf/environments/staging/main.tf": "module \"app\" {\n source = \"../../modules/app\"\n size = 1\n token = \"canary-4\"\n}\n"}, []string{
			".: env SIZE=3 <- tf/modules/app/main.tf:5", ".: [staging] env SIZE=1 <- tf/modules/app/main.tf:5", ".: secret VISIBLE",
		}, []string{"canary"}},
		{"containers written as JSON in a text, and of Kubernetes", files{"go.mod": "module x", "a/main.tf": "resource \"aws_ecs_task_definition\" \"web\" {\n container_definitions = <<EOF\n[\n {\"name\": \"web\", \"image\": \"${aws_ecr.x.url}:1\",\n  \"environment\": [{\"name\": \"LEVEL\", \"value\": \"info\"}]}\n]\nEOF\n}\n",
			"b/main.tf": "resource \"kubernetes_deployment\" \"w\" {\n spec {\n  template {\n   spec {\n    container {\n     args = [\"serve\"]\n     env {\n      name = \"COLOUR\"\n      value = \"blue\"\n     }\n     port {\n      container_port = 9090\n     }\n    }\n   }\n  }\n }\n}\n"}, []string{
			".: env LEVEL=info <- a/main.tf:5", ".: command serve <- b/main.tf:5", ".: env COLOUR=blue <- b/main.tf:8", ".: port 9090 <- b/main.tf:12",
		}, nil},
		{"containers that a module is called with", files{"go.mod": "module x", "tf/main.tf": terraformCalled, "tf/modules/task/main.tf": "variable \"containers\" {}\nvariable \"domains\" {}\nvariable \"copies\" {}\nresource \"aws_ecs_task_definition\" \"task\" {\n container_definitions = var.containers\n}\nresource \"aws_ecs_service\" \"s\" {\n desired_count = var.copies\n}\nresource \"aws_lb_listener_rule\" \"r\" {\n condition {\n  host_header {\n   values = var.domains\n  }\n }\n}\n"}, []string{
			".: env LEVEL=info <- tf/main.tf:9", ".: secret TOKEN <- tf/main.tf:12", ".: port 8080 <- tf/main.tf:8", ".: route www.shop.org <- tf/main.tf:19", ".: route shop.org <- tf/main.tf:19", ".: replicas 3 <- tf/main.tf:18", "note tf/main.tf:2 modules of the same tree",
		}, []string{"canary"}},
		{"redirects of a balancer", files{"go.mod": "module x", "lb.tf": `resource "aws_lb_listener_rule" "secure" {
  action {
    type = "redirect"
    redirect {
      port = "443"
      protocol = "HTTPS"
      status_code = "HTTP_301"
    }
  }
  condition {
    host_header { values = ["shop.org", "www.shop.org"] }
  }
}
resource "aws_lb_listener_rule" "bare" {
  action {
    redirect {
      host = "www.#{host}"
      status_code = "HTTP_301"
    }
  }
  condition {
    host_header { values = ["shop.org"] }
  }
}
resource "aws_lb_listener_rule" "maps" {
  action {
    redirect {
      host = "maps.shop.org"
      path = "/all"
      status_code = "HTTP_302"
    }
  }
  condition {
    host_header { values = ["www.shop.org"] }
  }
  condition {
    path_pattern { values = ["/maps/*", "/map"] }
  }
}
resource "aws_lb_listener_rule" "files" {
  action {
    redirect {
      host = aws_s3_bucket.files.bucket_regional_domain_name
      status_code = "HTTP_302"
    }
  }
  condition {
    host_header { values = ["www.shop.org"] }
  }
}
`}, []string{
			".: edge {true   map[] map[] []} <- lb.tf:4", ".: edge {false   map[] map[] [shop.org -> https://www.shop.org]} <- lb.tf:16", ".: edge {false   map[] map[] [www.shop.org/maps -> https://maps.shop.org/all]} <- lb.tf:27", ".: edge {false   map[] map[] [www.shop.org/map -> https://maps.shop.org/all]}", "note lb.tf:40 requests are redirected here",
		}, []string{": route"}},
		{"redirects to a bucket", files{"go.mod": "module x", "lb.tf": "resource \"aws_s3_bucket\" \"maps\" {\n  bucket = \"shop-${var.of}\"\n}\nvariable \"of\" { default = \"maps\" }\nresource \"aws_s3_bucket\" \"a\" { bucket = aws_s3_bucket.a.bucket_domain_name }\nresource \"aws_lb_listener_rule\" \"maps\" {\n  action {\n    redirect {\n      host = aws_s3_bucket.maps.bucket_regional_domain_name\n      status_code = \"HTTP_302\"\n    }\n  }\n  condition {\n    host_header { values = [\"www.shop.org\"] }\n  }\n  condition {\n    path_pattern { values = [\"/maps/*\"] }\n  }\n}\n"}, []string{
			".: edge {false   map[] map[] [www.shop.org/maps -> https://shop-maps.s3.amazonaws.com]} <- lb.tf:8",
		}, nil},
		{"broken", files{"go.mod": "module x", "main.tf": "resource \"aws_sqs_queue\" \"jobs\" {\n name = \"jobs\"\n}\nresource \"x\" {\n"}, []string{".: need sqs", "note main.tf:"}, nil},
	})
	runCases(t, CloudFormation(), []readerCase{
		{"JSON", files{"go.mod": "module x", "aws/cloudformation.json": stackShop}, []string{".: need mysql5.7 ||shop|:0 <- aws/cloudformation.json:2", ".: health  /up", "note aws/cloudformation.json:4 resources of CloudFormation that are not converted (rights in the cloud"}, []string{"canary"}},
		{"YAML with functions", files{"go.mod": "module x", "cfn/stack.yml": "Parameters:\n  Port: {Default: 8080}\nResources:\n  Tg:\n    Type: AWS::ElasticLoadBalancingV2::TargetGroup\n    Properties:\n      Port: !Ref Port\n      HealthCheckPath: /status\n      Name: !Sub '${A}-b'\n"}, []string{".: port 8080 <- cfn/stack.yml:7", ".: health  /status <- cfn/stack.yml:8"}, nil},
	})
}

const terraformCalled = `variable "domain" { default = "shop.org" }
module "task" {
  source = "./modules/task"
  containers = <<EOF
[
  {
    "image": "${module.ecr.url}",
    "portMappings": [{"containerPort": 8080}],
    "environment": [{"name": "LEVEL", "value": "info"}],
    "secrets": [
      {
        "name": "TOKEN", "valueFrom": "${data.aws_ssm_parameter.shop["canary"].arn}"
      }
    ]
  }
]
EOF
  copies  = 3
  domains = ["www.shop.org", var.domain]
}
`

const terraformSettings = `variable "level" { default = "info" }
variable "pool" { default = 1 }
variable "env" {}
variable "region" { default = "x1" }
variable "db_password" {}
variable "hidden" {
  default   = "canary-5"
  sensitive = true
}
locals {
  settings = { # of all parts
    LEVEL   = var.level
    POOL    = tostring(var.pool)
    CATALOG = format("http://catalog-%s.corp", var.env)
    ACCOUNT = "shop:${var.db_password}"
    KEY     = upper(local.inside)
    VAULTED = data.azurerm_key_vault_secret.x[0].value
    INNER   = "${local.inside}/x"
    REGION  = var.level == "nothing" ? "eu" : "x1"
    DB_ADDRESS = aws_db_instance.db.address
    DB_LISTENS = "${aws_db_instance.db.port}"
    ARN     = aws_sns_topic.t.arn
    MODE    = coalesce("", "eu")
  }
  inside = var.hidden
}
resource "azurerm_app_service" "a" { app_settings = merge(local.settings, var.more) }
resource "aws_db_instance" "db" { engine = "postgres" }
`

// Values that grow with each step, and modules that call each other, end where no person would go on.
func TestTerraformGrowth(t *testing.T) {
	var text strings.Builder
	text.WriteString("locals {\n l0 = \"0123456789\"\n t0 = [\"a\"]\n")
	for i := 1; i < 200; i++ {
		fmt.Fprintf(&text, " l%d = \"${local.l%d}${local.l%d}\"\n t%d = [local.t%d, local.t%d]\n", i, i-1, i-1, i, i-1, i-1)
	}
	text.WriteString(" a = local.b\n b = local.a\n}\nresource \"heroku_app\" \"a\" {\n config_vars = { FINE = local.l2, BIG = local.l199, LIST = local.t199, ROUND = local.a }\n}\n")
	for i := range 10 {
		fmt.Fprintf(&text, "module \"m%d\" {\n source = \"../b\"\n}\n", i)
	}
	tree := files{"go.mod": "", "a/main.tf": text.String(), "b/main.tf": strings.ReplaceAll(text.String(), "../b", "../c"), "c/main.tf": strings.ReplaceAll(text.String(), "../b", "../a"), "d/main.tf": text.String()}
	all := strings.Join(said(read(t, Terraform(), tree)), "\n")
	if !strings.Contains(all, "env FINE=0123456789012345678901234567890123456789") || len(all) > 100_000 {
		t.Errorf("%d bytes: %.500s", len(all), all)
	}
}

// Buckets that are called after each other are worked out once each.
func TestTerraformBucketsOfBuckets(t *testing.T) {
	var text strings.Builder
	for i := range 40 {
		fmt.Fprintf(&text, "resource \"aws_s3_bucket\" \"b%d\" {\n bucket = \"${aws_s3_bucket.b%d.bucket_domain_name}${aws_s3_bucket.b%d.bucket_regional_domain_name}\"\n}\n", i, i+1, i+1)
	}
	text.WriteString("resource \"aws_s3_bucket\" \"b40\" {\n bucket = \"shop\"\n}\nresource \"heroku_app\" \"a\" {\n config_vars = { FIRST = aws_s3_bucket.b0.bucket_domain_name, LAST = aws_s3_bucket.b40.bucket_domain_name }\n}\n")
	if all := strings.Join(said(read(t, Terraform(), files{"go.mod": "", "main.tf": text.String()})), "\n"); !strings.Contains(all, "env LAST=shop.s3.amazonaws.com") {
		t.Errorf("the last bucket has no address: %.500s", all)
	}
}

func FuzzCloud(f *testing.F) {
	f.Add(terraformShop)
	f.Add(terraformSettings)
	f.Add("{\"db_password\": [1, {\"a\": null}]}")
	f.Add(stackShop)
	f.Add("resource \"a\" \"b\" { x = <<EOF\n[\nEOF\n c { d { \"${\"}\"}\" = [{}}")
	f.Add("Resources: &a {x: {Type: AWS::ECS::TaskDefinition, Properties: {ContainerDefinitions: [*a, !Ref b]}}}")
	f.Fuzz(func(t *testing.T, text string) {
		checkReport(t, read(t, Terraform(), files{"go.mod": "", "main.tf": text, "env/prod.tfvars": text, "env/qa.tfvars.json": text}))
		checkReport(t, read(t, CloudFormation(), files{"go.mod": "", "aws/stack.yml": text + "\n# AWS:: Resources"}))
	})
}

// TestTerraformLosesNothing sees that every block and every value of a file of variables is in some evidence or note, by its line.
func TestTerraformLosesNothing(t *testing.T) {
	tree := files{"go.mod": "module x", "tf/main.tf": terraformShop + terraformCalled, "tf/settings/main.tf": terraformSettings, "tf/settings/prod.tfvars": "level = \"warn\"\nregion = \"eu\"\npool = 4\n", "tf/settings/perf.tfvars": "level = \"warn\"\npool = 7\n",
		"tf/modules/task/main.tf": "variable \"containers\" {}\nresource \"aws_iam_user\" \"ci\" {}\nresource \"aws_ecs_task_definition\" \"task\" {\n container_definitions = var.containers\n}\n"}
	told := toldLines(read(t, Terraform(), tree))
	block := scan.MustCompile(`^(resource|module|data)\b`)
	delete(tree, "go.mod")
	for _, p := range slices.Sorted(maps.Keys(tree)) {
		for i, line := range strings.Split(tree[p], "\n") {
			said := told[fmt.Sprint(p, ":", i+1)]
			for below, rest := i+2, strings.Split(tree[p], "\n")[i+1:]; block.MatchString(line) && !said && below-i-2 < len(rest) && !block.MatchString(rest[below-i-2]); below++ {
				said = told[fmt.Sprint(p, ":", below)] // one of its lines
			}
			if !said && (block.MatchString(line) || strings.HasSuffix(p, ".tfvars") && line != "") {
				t.Errorf("%s:%d is lost: %s", p, i+1, line)
			}
		}
	}
}
