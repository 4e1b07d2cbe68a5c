package ops

import "testing"

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

func TestTerraform(t *testing.T) {
	runCases(t, Terraform(), []readerCase{
		{"of this service", files{"go.mod": "module x", "terraform/main.tf": terraformShop, "terraform/staging/main.tf": "resource \"aws_db_instance\" \"db\" {\n engine = \"postgres\"\n}\n"}, []string{
			".: need postgres12.4 ||shop|:5433 <- terraform/main.tf:5 declared", ".: health  /healthz <- terraform/main.tf:17", ".: port 8080 <- terraform/main.tf:15 convention", ".: command bin/web|-v <- terraform/main.tf:23", ".: port 8081 <- terraform/main.tf:23",
			".: env LOG_LEVEL=warn", ".: secret API_TOKEN", ".: secret DATABASE_URL", ".: need redis ", ".: secret SESSION_SECRET <- terraform/main.tf:42", ".: env THEME=dark",
			"note terraform/main.tf:13 a bucket state, which the service does not seem to call", "note terraform/main.tf:34 a container xray beside", "note terraform/main.tf:37 nightly runs at cron(0 3 * * ? *)", "note terraform/main.tf:46 resources of Terraform that are not converted: aws_iam_role (2)",
		}, []string{"canary", "mysql", "need s3", "staging"}},
	})
	runCases(t, CloudFormation(), []readerCase{
		{"JSON", files{"go.mod": "module x", "aws/cloudformation.json": stackShop}, []string{".: need mysql5.7 ||shop|:0 <- aws/cloudformation.json:2", ".: health  /up", "note aws/cloudformation.json:4 resources of CloudFormation that are not converted: AWS::IAM::Role"}, []string{"canary"}},
		{"YAML with functions", files{"go.mod": "module x", "cfn/stack.yml": "Parameters:\n  Port: {Default: 8080}\nResources:\n  Tg:\n    Type: AWS::ElasticLoadBalancingV2::TargetGroup\n    Properties:\n      Port: !Ref Port\n      HealthCheckPath: /status\n      Name: !Sub '${A}-b'\n"}, []string{".: port 8080 <- cfn/stack.yml:7", ".: health  /status <- cfn/stack.yml:8"}, nil},
	})
}

func FuzzCloud(f *testing.F) {
	f.Add(terraformShop)
	f.Add(stackShop)
	f.Add("resource \"a\" \"b\" { x = <<EOF\n[\nEOF\n c { d { \"${\"}\"}\" = [{}}")
	f.Add("Resources: &a {x: {Type: AWS::ECS::TaskDefinition, Properties: {ContainerDefinitions: [*a, !Ref b]}}}")
	f.Fuzz(func(t *testing.T, text string) {
		checkReport(t, read(t, Terraform(), files{"go.mod": "", "main.tf": text}))
		checkReport(t, read(t, CloudFormation(), files{"go.mod": "", "aws/stack.yml": text + "\n# AWS:: Resources"}))
	})
}
