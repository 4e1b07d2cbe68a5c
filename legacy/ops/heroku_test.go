package ops

import "testing"

const appJSON = `{
	"name": "shop",
	"addons": ["heroku-postgresql:mini", {"plan": "rediscloud:30"}, "papertrail", "acme-pdf"],
	"env": {
		"SESSION_SALT_X": {"generator": "secret"},
		"API_KEY": {"value": "abc", "required": true},
		"PAGE_SIZE": "20",
		"RAILS_ENV": {"value": "production"},
		"HOST": "yourappname.herokuapp.com"
	},
	"scripts": {"postdeploy": "bundle exec rake db:migrate db:seed"}
}`

func TestHeroku(t *testing.T) {
	runCases(t, Heroku(), []readerCase{
		{"app.json", files{"Gemfile": "", "app.json": appJSON}, []string{
			".: need postgres", ".: need redis", ".: secret SESSION_SALT_X <- app.json:5 declared", ".: secret API_KEY <- app.json:6 declared", ".: env PAGE_SIZE=20 <- app.json:7 convention",
			"migrate: command (release) bundle|exec|rake|db:migrate <- app.json:11 guess", "note app.json:3 the add-on acme-pdf",
		}, []string{"abc", "yourapp", "papertrail", "seed"}},
		{"a first set-up that would empty the tables, and one beside the step of each release", files{"Gemfile": "", "app.json": `{"scripts": {"postdeploy": "bundle exec rake db:schema:load && rake db:seed"}}`, "shop/Gemfile": "", "shop/Procfile": "release: rake db:migrate\n", "shop/app.json": `{"scripts": {"postdeploy": "rake db:schema:load db:migrate"}}`},
			[]string{"note app.json:1 run once after the first deployment", "note shop/app.json:1 run once"}, []string{"(release)"}},
		{"values that whoever deploys it is asked for", files{"Gemfile": "", "app.json": `{"env": {"PUBLIC_HOST": {"description": "where it runs"}, "MODE": {"required": false}, "API_TOKEN": {"required": true}, "SIZE": {"value": "3"}}}`},
			[]string{".: requires PUBLIC_HOST <- app.json:1", ".: secret API_TOKEN"}, []string{"requires MODE", "requires API_TOKEN", "requires SIZE"}},
		{"of another kind, and without code", files{"package.json": "{}", "app.json": `{"expo": {"name": "x"}, "env": {"A_TOKEN": "x"}}`, "site/app.json": `{"env": {"B": "1"}}`, "site/index.txt2": ""}, nil, []string{"A_TOKEN", "env B"}},
		{"heroku.yml", files{"package.json": "{}", "heroku.yml": "setup:\n  addons: [{plan: cloudamqp}]\n  config: {MODE: full}\nbuild: {docker: {web: Dockerfile}}\nrelease: {command: [./migrate], image: web}\nrun:\n  web: node server.js --port $PORT\n  worker: {command: [node worker.js], image: web}\n"}, []string{
			".: command node|server.js|--port|8000 <- heroku.yml:7 declared", ".: port 8000", "worker: command node|worker.js <- heroku.yml:8", "release: command (release) ./migrate", ".: need rabbitmq", ".: env MODE=full",
		}, nil},
		{"jobs of Dokku's and Scalingo's", files{"package.json": "{}", "app.json": `{"cron": [{"command": "node jobs/poll.js", "schedule": "@daily"}, {"command": "node x.js"}]}`, "cron.json": `{"jobs": [{"command": "*/5 * * * * node jobs/send.js all"}, {"command": "node y.js"}]}`},
			[]string{"poll: command node|jobs/poll.js", "poll: schedule @daily <- app.json:1 declared", "send: command node|jobs/send.js|all", "send: schedule */5 * * * * <- cron.json:1"}, []string{"x.js", "y.js"}},
		{"broken", files{"package.json": "{}", "app.json": "{ 'a: ["}, []string{"note app.json:"}, nil},
	})
}
