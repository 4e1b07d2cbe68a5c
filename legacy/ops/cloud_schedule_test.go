package ops

import "testing"

func TestTasksThatACloudStarts(t *testing.T) {
	task := "resource \"aws_ecs_task_definition\" \"app\" {\n container_definitions = jsonencode([{name = \"app\", image = \"acme/app\", command = [\"puma\"]}])\n}\n"
	runCases(t, Terraform(), []readerCase{
		{"commands in place of the task's own", files{"Gemfile": "", "tf/main.tf": task + `resource "aws_cloudwatch_event_rule" "nightly_report" {
  schedule_expression = "cron(30 3 ? * MON-FRI *)"
}
resource "aws_cloudwatch_event_target" "report" {
  rule  = aws_cloudwatch_event_rule.nightly_report.name
  input = jsonencode({ containerOverrides = [{ name = "app", command = ["rake", "reports:send"] }] })
}
resource "aws_cloudwatch_event_rule" "sync" {
  name                = "sync-all"
  schedule_expression = "rate(1 hour)"
}
resource "aws_cloudwatch_event_target" "sync" {
  rule  = "sync-all"
  input = <<DOC
{"containerOverrides": [{"name": "app", "command": ["rake", "sync"]}]}
DOC
}
resource "aws_scheduler_schedule" "tidy" {
  schedule_expression = "rate(12 hours)"
  target {
    arn   = "x"
    input = jsonencode({ containerOverrides = [{ name = "app", command = ["rake", "tidy"] }] })
  }
}
resource "aws_cloudwatch_event_rule" "other" { schedule_expression = "rate(1 day)" }
resource "aws_cloudwatch_event_target" "other" {
  rule = aws_cloudwatch_event_rule.other.name
  arn  = aws_lambda_function.other.arn
}
`}, []string{"nightly-report: command rake|reports:send <- tf/main.tf:9 declared", "nightly-report: schedule 30 3 * * MON-FRI <- tf/main.tf:5", "sync: command rake|sync", "sync: schedule 0 * * * *", "tidy: command rake|tidy", "tidy: schedule 0 */12 * * *", "note tf/main.tf:28 other runs at rate(1 day)"}, []string{"other: command"}},
		{"beside several services", files{"api/Gemfile": "", "pages/Gemfile": "", "tf/main.tf": "resource \"aws_scheduler_schedule\" \"tidy\" {\n  schedule_expression = \"rate(12 hours)\"\n  target {\n    input = jsonencode({ containerOverrides = [{ command = [\"rake\", \"tidy\"] }] })\n  }\n}\n"},
			[]string{"note tf/main.tf:4 rake tidy is run at \"0 */12 * * *\""}, []string{"tidy: "}},
	})
}

func TestSchedulesOfAmazon(t *testing.T) {
	for when, want := range map[string]string{
		"cron(0 3 * * ? *)": "0 3 * * *", "cron(0/15 8-17 ? * 2-6 *)": "0/15 8-17 * * 1-5", "cron(0 9 L * ? *)": "", "cron(0 9 ? * 6#3 *)": "", "cron(0 9 1 1 ? 2030)": "",
		"rate(5 minutes)": "*/5 * * * *", "rate(1 day)": "0 0 * * *", "at(2022-11-20T13:00:00)": "", "cron(0 7 ? * WED *)": "0 7 * * WED",
		"rate(45 minutes)": "", "rate(90 minutes)": "", "rate(60 minutes)": "0 * * * *", "rate(120 minutes)": "0 */2 * * *", "rate(0 minutes)": "", "rate(20 minutes)": "*/20 * * * *", "rate(6 hours)": "0 */6 * * *", "rate(24 hours)": "0 0 * * *",
		"rate(36 hours)": "", "rate(5 hours)": "", "rate(2 days)": "", "rate(7 days)": "", "rate(30 days)": "", "cron(0 9 ? * 2-6/2 *)": "0 9 * * 1-5/2", "cron(0 9 ? * 1,3-7/2 *)": "0 9 * * 0,2-6/2", "cron(0 9 ? * */2 *)": "0 9 * * */2",
	} {
		if got := cloudSchedule(when); got != want {
			t.Errorf("%s: %q, not %q", when, got, want)
		}
	}
}

func TestRulesThatAreOffAndTimeZones(t *testing.T) {
	tf := func(more string) files {
		return files{"Gemfile": "", "tf/main.tf": "resource \"aws_ecs_task_definition\" \"app\" {\n container_definitions = jsonencode([{name = \"app\", image = \"acme/app\", command = [\"puma\"]}])\n}\nresource \"aws_scheduler_schedule\" \"tidy\" {\n  schedule_expression = \"cron(0 3 * * ? *)\"\n  " + more +
			"\n  target {\n    input = jsonencode({ containerOverrides = [{ command = [\"rake\", \"tidy\"] }] })\n  }\n}\n"}
	}
	runCases(t, Terraform(), []readerCase{
		{"off by its state", tf(`state = "DISABLED"`), []string{"note tf/main.tf:5 tidy is switched off"}, []string{"tidy: "}},
		{"off by the flag of old", tf("is_enabled = false"), []string{"note tf/main.tf:5 tidy is switched off"}, []string{"tidy: "}},
		{"on", tf(`state = "ENABLED"`), []string{"tidy: schedule 0 3 * * *"}, []string{"switched off", "time zone"}},
		{"hours of a place", tf(`schedule_expression_timezone = "America/New_York"`), []string{"tidy: schedule 0 3 * * * America/New_York"}, []string{"time zone"}},
		{"hours of a place that is not said", tf("schedule_expression_timezone = local.zone[0]"), []string{"tidy: schedule 0 3 * * *", "note tf/main.tf:6 the time zone of tidy"}, nil},
	})
	runCases(t, CloudFormation(), []readerCase{{"off in CloudFormation", files{"Gemfile": "", "stack.yaml": "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Tidy:\n    Type: AWS::Events::Rule\n    Properties:\n      ScheduleExpression: cron(0 3 * * ? *)\n      State: DISABLED\n      Targets:\n      - Input: '{\"containerOverrides\": [{\"command\": [\"rake\", \"tidy\"]}]}'\n"},
		[]string{"note stack.yaml:6 Tidy is switched off"}, []string{"schedule 0"}}})
}
