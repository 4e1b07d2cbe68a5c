package lang

import "testing"

func TestNodeScripts(t *testing.T) {
	runCases(t, Node(), []readerCase{
		{"a program that a dependency brings", files{"package.json": `{"scripts": {"start": "service-runner -c config.yaml"}, "dependencies": {"service-runner": "2", "express": "4"}}`, "app.js": "app.listen(1970)"},
			[]string{".: command node_modules/.bin/service-runner -c config.yaml <- package.json:1 declared"}, nil},
		{"one with its package's name, that would go to the background", files{"package.json": `{"scripts": {"start": "egg-scripts start --daemon --port 7001"}, "dependencies": {"egg": "2", "express": "4"}}`, "app.js": "app.listen(7001)"},
			[]string{".: command node_modules/.bin/egg-scripts start --port 7001 <- package.json:1 declared"}, nil},
		{"a program that only developers install stays npm's", files{"package.json": `{"scripts": {"start": "shoprun"}, "dependencies": {"express": "4"}, "devDependencies": {"shoprun": "1"}}`, "lib/x.js": "app.listen(80)"}, nil, []string{"shoprun"}},
		{"what scripts run for those who start them", files{"package.json": `{"scripts": {"start": "nodemon server.js", "start:prod": "NODE_ENV=production node --max-old-space-size=300 server.js", "jobs": "PORT=1 node jobs.js", "all": "npm run build && node server.js", "start:dev": "NODE_ENV=development node server.js"}, "dependencies": {"express": "4"}}`, "server.js": "app.listen(80)", "jobs.js": ""},
			[]string{".: script start: node server.js <- package.json:1 convention", ".: script start:prod: node --max-old-space-size=300 server.js"}, []string{"script jobs", "script all", "script start:dev"}},
		{"scripts that something outside calls now and then", files{"package.json": `{"scripts": {"start": "node server.js", "cron:daily": "./scripts/cron.sh daily", "cron:10mn": "./scripts/cron.sh 10mn", "job-weekly": "node jobs/weekly.js", "cron:90m": "node x.js", "cron:daily2": "node server.js"}, "dependencies": {"express": "4"}}`, "server.js": "app.listen(80)", "scripts/cron.sh": "", "x.js": ""},
			[]string{"cron-daily: command ./scripts/cron.sh daily <- package.json:1 convention", "cron-daily: schedule 0 3 * * *", "cron-10mn: schedule */10 * * * *"}, []string{"job-weekly: schedule", "cron-90m: schedule", "cron-daily2: schedule"}},
		{"a migration by a script of the repository", files{"package.json": `{"scripts": {"start": "node server.js", "db:migrate": "./scripts/sequelize.sh db:migrate"}, "dependencies": {"express": "4"}}`, "server.js": "app.listen(80)", "scripts/sequelize.sh": ""},
			[]string{"migrate: release command ./scripts/sequelize.sh db:migrate"}, nil},
		{"a program that migrates where it is told to", files{"package.json": `{"scripts": {"start": "node $SHOP_OPTIONS ${MORE} server.js $LAST", "migrations": "east"}, "dependencies": {"express": "4", "east": "1"}}`, "server.js": "app.listen(80)"},
			[]string{".: command node server.js $LAST"}, []string{"migrate: ", "SHOP_OPTIONS", "MORE"}},
		{"variables that functions of the file's own read", files{"package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4"}}`, "server.js": "app.listen(80)",
			"src/config.ts": "function get<T>(name: string, fallback: T, options = { required: false }): T | string {\n  if (process.env[name]) {\n    return process.env[name]\n  }\n  throw new Error(name)\n}\nconst must = (key) => process.env[key]\nconst other = (key) => process.env[word]\n" +
				"export default {\n  session: { secret: get('SESSION_SECRET', 'geheim', needed) },\n  ingressUrl: get('INGRESS_URL', 'http://localhost:3000'),\n  erp: { url: get('ERP_URL', 'http://localhost:8080/api', needed), token: must('ERP_TOKEN') },\n  word: other('OTHER_TOKEN'),\n}\n"},
			[]string{".: secret SESSION_SECRET <- src/config.ts:10", ".: secret ERP_TOKEN <- src/config.ts:12", ".: need http name=erp"}, []string{"geheim", "OTHER_TOKEN", "ingress"}},
		{"functions that read variables in code without semicolons", files{"package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4"}}`, "server.js": "const express = require('express')\nconst path = require('path')\nconst get = (name, fallback = null): string => process.env[name] || fallback\nlet must = name => process.env[name]\nconst app = express()\napp.listen(80)\nconst keys = {\n  session: { secret: get('SESSION_SECRET') },\n  mail: { token: must('MAIL_TOKEN') }\n}\n"},
			[]string{".: secret SESSION_SECRET <- server.js:8", ".: secret MAIL_TOKEN <- server.js:9"}, nil},
		{"variables that CoffeeScript reads", files{"package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4"}}`, "server.js": "app.listen(80)",
			"config/settings.defaults.coffee": "module.exports =\n\tsession: process.env['SESSION_SECRET'] or 'geheim'\n\tkey: process.env.MAIL_API_KEY\n#\told: process.env.OLD_TOKEN\n\tsize: process.env[\"PAGE_SIZE\"] || 20\n", "lib/setup.coffee": "{ NODE_ENV, SIGNING_SECRET } = process.env\n{ get } = require 'x'\n", "test/a.coffee": "process.env.TEST_TOKEN\n"},
			[]string{".: secret SESSION_SECRET <- config/settings.defaults.coffee:2", ".: secret MAIL_API_KEY <- config/settings.defaults.coffee:3", ".: secret SIGNING_SECRET <- lib/setup.coffee:1"}, []string{"geheim", "OLD_TOKEN", "TEST_TOKEN"}},
		{"variables that getconfig puts into JSON", files{"package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"hapi": "17", "getconfig": "4"}}`, "server.js": "x", "config/production.json": "{\n\"mail\": {\n\"token\": \"$MAIL_TOKEN\"}}",
			"b/package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"hapi": "17"}}`, "b/server.js": "x", "b/config/production.json": "{\"token\": \"$OTHER_TOKEN\"}"},
			[]string{".: secret MAIL_TOKEN <- config/production.json:3"}, []string{"OTHER_TOKEN"}},
		{"a migration by what the machine has", files{"package.json": `{"scripts": {"start": "node server.js", "db:migrate": "docker compose up migrate"}, "dependencies": {"express": "4"}}`, "server.js": "app.listen(80)"}, nil, []string{"migrate: "}},
		{"a variable that the code only writes is no need", files{"package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4"}}`, "server.js": "process.env.MEMCACHE_SERVERS = process.env.OTHER_SERVERS;\napp.listen(80)"}, nil, []string{"need memcached"}},
		{"configuration in YAML, with the names of its variables", files{"package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4", "config": "3", "ioredis": "4"}}`, "server.js": "app.listen(config.get('http.port'))", "config/default.yaml": "http:\n  port: 3111\nservices:\n  redis:\n    host: redis://localhost:6379\nloop: &a [*a]\n", "config/custom-environment-variables.yaml": "sessionEncryptionSecret: SESSION_ENCRYPTION_SECRET\nservices:\n  redis:\n    host: REDISCLOUD_URL\n"},
			[]string{".: port 3111 <- config/default.yaml:2", ".: secret SESSION_ENCRYPTION_SECRET <- config/custom-environment-variables.yaml:1", ".: need redis"}, nil},
		{"YAML that no package reads", files{"package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4"}}`, "server.js": "app.listen(80)", "config/default.yml": "redis: {host: cache01}\n"}, nil, []string{"need redis"}},
		{"a server of Hono", files{"package.json": `{"main": "src/app.ts", "dependencies": {"hono": "4"}}`, "Dockerfile": "", "src/app.ts": "app.get('/ping', (c) => c.text(''));\nserve({\n  fetch: app.fetch, port: 8080 })\n"}, []string{".: framework hono", ".: health /ping|"}, nil},
		{"the health route that a library answers", files{"package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4", "@hmcts/nodejs-healthcheck": "1"}}`, "server.js": "const healthcheck = require('@hmcts/nodejs-healthcheck')\nhealthcheck.addTo(router, checks)\napp.listen(process.env.PORT)"},
			[]string{".: health |/health <- server.js:2"}, nil},
		{"the one that terminus is told", files{"package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4", "@godaddy/terminus": "1"}}`, "server.js": "require('@godaddy/terminus').createTerminus(server, {\n  healthChecks: {\n    '/internal/state': check\n  }\n})\nserver.listen(80)"},
			[]string{".: health |/internal/state <- server.js:2"}, nil},
		{"what drives a browser for tests tells nothing", files{"package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4"}}`, "server.js": "app.listen(80)", "shop.conf.js": "exports.config = {\n tests: './a', key: process.env.SAUCE_ACCESS_KEY\n}", "src/integration-test/a.js": "process.env.SMOKE_PASSWORD"}, nil, []string{"SAUCE", "SMOKE"}},
	})
}
