package ops

import (
	"strings"
	"testing"
)

const ecosystem = `// pm2 start ecosystem.config.js --env production
const PORT = process.env.PORT || 3000;
module.exports = {
  apps: [
    {
      name: 'shop-api', // serves
      script: './dist/server.js',
      args: ['--verbose'],
      node_args: "--max-old-space-size=512",
      instances: 'max',
      exec_mode: "cluster",
      watch: false,
      max_memory_restart: '1G',
      out_file: '/var/log/shop.log',
      env: { NODE_ENV: 'development', SESSION_SECRET: 'canary-pm2', ...common },
      env_production: {
        NODE_ENV: "production",
        PORT: 8080,
        API_TOKEN: process.env.API_TOKEN,
      },
      env_staging: { NODE_ENV: 'production', LOG_LEVEL: 'verbose' }
    },
    { name: 'shop-mailer', script: 'mailer.js', cron_restart: '0 3 * * *', autorestart: false },
    { name: "front", script: "npm", args: "run start", cwd: './front', cron_restart: '0 4 * * *' },
    { name: 'dynamic', script: scripts.x() },
  ],
  deploy: { production: { user: 'node', host: ['10.0.0.1', '10.0.0.2'], path: '/srv/shop', 'post-deploy': 'npm ci && pm2 reload all' } }
};
`

func TestPM2(t *testing.T) {
	runCases(t, PM2(), []readerCase{
		{"a file called after the Procfile, with an option of pm2's among the variables", files{"package.json": "{}", "procfile.json": `{"apps": [{"name": "web", "script": "./server.js", "env": {"PORT": 3255, "instances": 2, "exec_mode": "cluster"}}, {"name": "crons", "script": "./crons.js"}]}`}, []string{"crons: command node|crons.js"}, []string{"instances", "exec_mode"}},
		{"ecosystem", files{"package.json": "{}", "front/package.json": "{}", "ecosystem.config.js": ecosystem}, []string{
			".: name shop-api", ".: command node|--max-old-space-size=512|dist/server.js|--verbose <- ecosystem.config.js:7 declared", ".: port 8080 <- ecosystem.config.js:18", ".: env NODE_ENV=production <- ecosystem.config.js:17", ".: secret SESSION_SECRET <- ecosystem.config.js:15", ".: secret API_TOKEN <- ecosystem.config.js:19",
			"shop-mailer: command node|mailer.js <- ecosystem.config.js:23", "shop-mailer: schedule 0 3 * * *", "front: command npm|run|start <- ecosystem.config.js:24",
			"note ecosystem.config.js:10 pm2 runs shop-api max times on one machine", "note ecosystem.config.js:13 pm2 restarts shop-api above 1G", "note ecosystem.config.js:14 pm2 writes what shop-api prints to files",
			"note ecosystem.config.js:24 pm2 restarts front at", "note ecosystem.config.js:25 a process of pm2 without a script", "note ecosystem.config.js:27 pm2 deploys production to /srv/shop of 10.0.0.1, 10.0.0.2",
		}, []string{"canary", "env NODE_ENV=development"}},
		{"for developers and tests", files{"project.clj": "", "pm2.config.js": "module.exports = { apps: [\n  { name: 'styles', script: 'bin/styles.sh', watch: ['less'] },\n  { name: 'front', script: 'lein', interpreter: '/bin/sh', args: ['start-figwheel'] },\n  { name: 'back', script: 'lein', interpreter: '/bin/sh', args: ['shop-dev'] },\n] }\n"}, []string{"note pm2.config.js:2 styles: for developers or tests", "note pm2.config.js:3 front", "note pm2.config.js:4 back"}, []string{"command"}},
		{"production's beside one for developers", files{"package.json": "{}", "pm2.json": `{"apps": [{"name": "dev", "script": "nodemon"}, {"name": "api", "script": "server.js", "watch": false}, {"name": "styles", "script": "styles.js", "watch": true}]}`}, []string{"note pm2.json:1 dev: for developers", "note pm2.json:1 styles: for developers", ".: command node|server.js"}, nil},
		{"one that watches its files and is no developer's", files{"package.json": "{}", "pm2.json": `{"apps": [{"name": "web", "script": "server.js", "watch": true}]}`}, []string{".: command node|server.js"}, nil},
		{"JSON, one process", files{"package.json": "{}", "process.json": "{\n \"name\": \"bot\",\n \"script\": \"index.js\"\n}"}, []string{".: name bot", ".: command node|index.js <- process.json:3"}, nil},
		{"YAML, other languages", files{"package.json": "{}", "pm2.yml": "apps:\n  - name: a\n    script: bin/a.py\n    args: -v \"two words\"\n  - script: bin/www\n"}, []string{"a: command python|bin/a.py|-v|two words <- pm2.yml:3", ".: command node|bin/www <- pm2.yml:5"}, nil},
		{"a directory of the machine that the repository has", files{"package.json": "{}", "app.js": "", "services/id/package.json": "{}", "services/id/web/index.js": "", "ecosystem.json": `{"apps": [{"name": "id", "cwd": "/srv/shop/services/id", "script": "./web/index.js"}]}`}, []string{"services/id: command node|web/index.js <- ecosystem.json:1"}, []string{".: command"}},
		{"something else of that name", files{"package.json": "{}", "process.json": "{\"pid\": 1}", "ecosystem.js": "module.exports = require('x')"}, nil, []string{"command", "note"}},
	})
}

func FuzzPM2(f *testing.F) {
	f.Add(ecosystem)
	f.Add("module.exports = [{script: `a${'`'}`, env: {A: '\\n'}}, ]}}")
	f.Add(strings.Repeat("[{a:", 100))
	f.Fuzz(func(t *testing.T, text string) {
		checkReport(t, read(t, PM2(), files{"package.json": "{}", "ecosystem.config.js": text, "process.json": text, "pm2.yml": text}))
	})
}
