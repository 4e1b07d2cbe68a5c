package ops

import "testing"

const taskDefinition = `[
  {
    "name": "shop", "image": "${image}",
    "portMappings": [{"containerPort": 8000}],
    "environment": [{"name": "MODE", "value": "live"}, {"name": "SIZE", "value": "${size}"}],
    "secrets": [{"name": "SIGNING", "valueFrom": "${signing}"}]
  },
  {"name": "worker", "image": "${image}", "command": ["celery", "-A", "shop", "worker"]},
  {"name": "agent", "image": "datadog/agent"}
]
`

func TestTaskDefinitions(t *testing.T) {
	runCases(t, TaskDefinitions(), []readerCase{
		{"a list that Terraform fills in", files{"requirements.txt": "", "terraform/task-definitions/shop.json": taskDefinition},
			[]string{".: port 8000 <- terraform/task-definitions/shop.json:4 declared", ".: env MODE=live", ".: secret SIGNING", "worker: command celery|-A|shop|worker", "note terraform/task-definitions/shop.json:9 a container agent"}, []string{"SIZE="}},
		{"a whole one that CI registers, and another environment's", files{"package.json": "{}", "task-definition.json": `{"family": "shop", "containerDefinitions": [{"name": "shop", "image": "a/shop", "command": ["node", "a.js"]}]}`, "task-definition.staging.json": `{"containerDefinitions": [{"name": "shop", "image": "a/shop", "environment": [{"name": "STAGE", "value": "1"}]}]}`},
			[]string{".: command node|a.js <- task-definition.json:1"}, []string{"STAGE"}},
		{"containers that the task can do without", files{"Gemfile": "", "task-definition.json": `{"containerDefinitions": [{"name": "shop", "image": "a/shop"}, {"name": "migrate", "image": "a/shop", "command": ["rails","db:migrate"], "essential": false}, {"name": "warm", "image": "a/shop", "command": ["bin/warm"], "essential": false}]}`},
			[]string{"migrate: command (release) rails|db:migrate", "note task-definition.json:1 a container warm beside"}, []string{"warm: command"}},
		{"production's beside those for development and tests", files{"package.json": "{}", "ecs/task-definition.json": `{"containerDefinitions": [{"name": "shop", "image": "a/shop", "environment": [{"name": "LIVE", "value": "1"}]}]}`, "ecs/task-definition.dev.json": `{"containerDefinitions": [{"name": "shop", "image": "a/shop", "environment": [{"name": "DEVELOPED", "value": "1"}]}]}`, "ecs/task-def-test.json": `{"containerDefinitions": [{"name": "shop", "image": "a/shop", "environment": [{"name": "TESTED", "value": "1"}]}]}`},
			[]string{".: env LIVE=1"}, []string{"DEVELOPED", "TESTED"}},
		{"directories of environments", files{"package.json": "{}", "ecs/production/task-definition.json": `{"containerDefinitions": [{"name": "shop", "image": "a/shop", "environment": [{"name": "LIVE", "value": "1"}]}]}`, "ecs/staging/task-definition.json": `{"containerDefinitions": [{"name": "shop", "image": "a/shop", "environment": [{"name": "STAGED", "value": "1"}]}]}`, "ecs/dev/task-definition.json": `{"containerDefinitions": [{"name": "shop", "image": "a/shop", "environment": [{"name": "DEVELOPED", "value": "1"}]}]}`},
			[]string{".: env LIVE=1"}, []string{"STAGED", "DEVELOPED"}},
		{"one environment alone", files{"package.json": "{}", "ecs/dev/task-definition.json": `{"containerDefinitions": [{"name": "shop", "image": "a/shop", "environment": [{"name": "ALONE", "value": "1"}]}]}`}, []string{".: env ALONE=1"}, nil},
		{"other JSON by such a name", files{"package.json": "{}", "task_definition.json": `{"containerDefinitions": [{"title": "x"}]}`, "tasks.json": "{}"}, nil, []string{"command", "note"}},
	})
}

func FuzzTaskDefinitions(f *testing.F) {
	f.Add(taskDefinition)
	f.Fuzz(func(t *testing.T, text string) {
		checkReport(t, read(t, TaskDefinitions(), files{"package.json": "{}", "task-definition.json": text}))
	})
}
