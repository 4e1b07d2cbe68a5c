package ops

import (
	"strings"
	"testing"
)

const flyTOML = `app = "shop"

[build]
  [build.args]
    A = "b"

[deploy]
  release_command = "bin/rails db:migrate"

[env]
  PORT = "8080"
  MODE = 'full'

[processes]
  worker = "bundle exec sidekiq"
  web = "bundle exec puma -C config/puma.rb"

[[mounts]]
  source = "data"
  destination = "/data"

[[services]]
  internal_port = 9_090
  processes = ["metrics"]

[[services]]
  internal_port = 8_080
  processes = ["web"]
  [[services.ports]]
    port = 443
    handlers = ["tls", "http"]
  [[services.http_checks]]
    path = "/healthz"
`

func TestFly(t *testing.T) {
	runCases(t, Fly(), []readerCase{
		{"processes, port and checks", files{"Gemfile": "", "fly.toml": strings.Replace(flyTOML, `processes = ["metrics"]`, "", 1)}, []string{
			".: port 8080 <- fly.toml:27 declared", ".: health /healthz /healthz <- fly.toml:33 declared", ".: command bundle|exec|puma|-C|config/puma.rb <- fly.toml:16 declared",
			"worker: command bundle|exec|sidekiq <- fly.toml:15 declared", "release: command (release) bin/rails|db:migrate <- fly.toml:8", ".: env MODE=full <- fly.toml:12", ".: state /data <- fly.toml:20",
		}, []string{"9090"}},
		{"http_service, and the later of two", files{"Dockerfile": "FROM x", "fly.io/shop-2024/fly.toml": "[http_service]\ninternal_port = 1\n", "mix.exs": "",
			"fly.io/shop-2025/fly.toml": "[http_service]\ninternal_port = 4000\n[[http_service.checks]]\npath = \"/up\"\n"}, []string{".: port 4000 <- fly.io/shop-2025/fly.toml:2", ".: health "}, []string{"port 1 "}},
		{"an image of others, and broken", files{"go.mod": "", "fly.toml": "[build]\nimage = 'x/y:1'\n[env]\nA = 'b'\n", "a/go.mod": "", "a/fly.toml": "[build\n"},
			[]string{"note fly.toml:2 runs the image x/y:1", "note a/fly.toml:0 not understood as TOML"}, []string{"env A"}},
	})
}

const blueprintYAML = `databases:
  - {name: shop-db, databaseName: shop, user: app, postgresMajorVersion: 15}
envVarGroups:
  - name: common
    envVars: [{key: REGION, value: eu}]
services:
  - type: web
    name: shop
    startCommand: gunicorn shop.wsgi --bind 0.0.0.0:$PORT
    preDeployCommand: python manage.py migrate
    healthCheckPath: /health
    domains: [shop.example.com]
    disk: {name: d, mountPath: /data}
    envVars:
      - {key: DATABASE_URL, fromDatabase: {name: shop-db, property: connectionString}}
      - {key: DB_HOST, fromDatabase: {name: shop-db, property: host}}
      - key: REDIS_URL
        fromService: {type: redis, name: q, property: connectionString}
      - key: LEDGER
        fromService: {type: pserv, name: ledger, property: hostport}
      - {key: SESSION_SALT, generateValue: true}
      - {key: API_KEY, sync: false}
      - {key: WORKERS, value: 4}
      - fromGroup: common
  - {type: worker, name: shop-queue, startCommand: celery -A shop worker}
  - {type: cron, name: shop-nightly, schedule: "0 3 * * 7", startCommand: python manage.py report}
  - {type: redis, name: q, ipAllowList: []}
`

func TestRender(t *testing.T) {
	runCases(t, Render(), []readerCase{
		{"all kinds", files{"requirements.txt": "", "render.yaml": blueprintYAML}, []string{
			".: command gunicorn|shop.wsgi|--bind|0.0.0.0:10000 <- render.yaml:9 declared", ".: port 10000", "release: command (release) python|manage.py|migrate <- render.yaml:10",
			".: health  /health <- render.yaml:11", ".: route shop.example.com/ <- render.yaml:12", ".: state /data", "queue: command celery|-A|shop|worker <- render.yaml:25",
			"nightly: command python|manage.py|report", "nightly: schedule 0 3 * * 0 <- render.yaml:26", ".: need postgres15 ||shop|app:0 <- render.yaml:15", ".: need postgres15 ||shop|app DB_HOST={host}",
			".: need redis ||| REDIS_URL=redis://{host}:{port}:0 <- render.yaml:17", ".: need http ledger||| LEDGER={host}:{port}", ".: secret DATABASE_URL", ".: secret SESSION_SALT", ".: secret API_KEY", ".: env WORKERS=4", ".: env REGION=eu",
		}, nil},
		{"several directories", files{"api/go.mod": "", "web/package.json": "{}", "render.yaml": "services:\n- {type: web, name: api, rootDir: api, startCommand: ./api}\n- {type: web, name: site, rootDir: web, startCommand: node x.js}\n- {type: web, name: other, rootDir: gone, startCommand: x}\n"},
			[]string{"api: name api <- render.yaml:2", "web: name site", "web: command node|x.js"}, []string{"other"}},
	})
}

func TestRailway(t *testing.T) {
	runCases(t, Railway(), []readerCase{
		{"toml", files{"package.json": "{}", "railway.toml": "[deploy]\nstartCommand = \"node server.js\"\npreDeployCommand = [\"npm run migrate\"]\nhealthcheckPath = \"/health\"\n"},
			[]string{".: command node|server.js <- railway.toml:2 declared", "release: command (release) npm|run|migrate <- railway.toml:3", ".: health  /health <- railway.toml:4"}, nil},
		{"json with a schedule", files{"package.json": "{}", "railway.json": "{\n\t\"deploy\": {\n\t\t\"startCommand\": \"node job.js\",\n\t\t\"cronSchedule\": \"5 0 * * *\"\n\t}\n}"}, []string{".: command node|job.js <- railway.json:3", ".: schedule 5 0 * * * <- railway.json:4"}, nil},
		{"nixpacks and railpack", files{"requirements.txt": "", "nixpacks.toml": "[variables]\nMODE = 'a'\n[phases.setup]\naptPkgs = ['...', 'ffmpeg']\n[start]\ncmd = 'python main.py'\n", "b/go.mod": "", "b/railpack.json": `{"deploy": {"startCommand": "./out", "aptPackages": ["git"]}}`},
			[]string{".: command python|main.py <- nixpacks.toml:6", ".: env MODE=a", ".: build  <- nixpacks.toml:4", "b: command /app/out <- b/railpack.json:1", "b: build  <- b/railpack.json:1"}, nil},
	})
}

const platformYAML = `name: app
type: php:8.1
relationships:
  database: "db:mysql"
  cache: {service: rediscache, endpoint: redis}
runtime:
  extensions: [redis]
mounts:
  var/cache: {source: local}
  public/media: {source: local, source_path: media}
  "/tmp/x": {source: tmp}
variables:
  env: {APP_ENV: prod}
hooks:
  deploy: |
    set -e
    php artisan optimize
    php artisan migrate --force
workers:
  queue: {commands: {start: "php artisan queue:work\n"}}
crons:
  report: {spec: "H 3 * * *", cmd: php artisan report}
`

func TestPlatformSH(t *testing.T) {
	runCases(t, PlatformSH(), []readerCase{
		{"php", files{"composer.json": "{}", ".platform.app.yaml": platformYAML, ".platform/services.yaml": "db: {type: \"mysql:10.4\", disk: 1}\nrediscache: {type: \"redis:6.2\"}\n"}, []string{
			".: language php   <- .platform.app.yaml:2 convention", ".: version 8.1 <- .platform.app.yaml:2 declared", ".: need mariadb10.4 ", ".: need redis6.2 ", ".: build  <- .platform.app.yaml:7", ".: state public/media", ".: env APP_ENV=prod",
			"migrate: command (release) php|artisan|migrate|--force <- .platform.app.yaml:15", "note .platform.app.yaml:15 run at each deployment", "queue: command php|artisan|queue:work <- .platform.app.yaml:20", "report: command php|artisan|report", "report: schedule 0 3 * * *",
		}, []string{"state var/cache", "state tmp"}},
		{"a socket", files{"requirements.txt": "", ".platform.app.yaml": "type: python:3.10\nweb:\n  commands: {start: \"gunicorn -b unix:$SOCKET a:app\"}\n"}, []string{".: command gunicorn|-b|0.0.0.0:8888|a:app <- .platform.app.yaml:3 declared", ".: port 8888"}, nil},
		{"several applications", files{"api/go.mod": "", "web/package.json": "{}", ".upsun/config.yaml": "applications:\n  api: {type: \"golang:1.22\", source: {root: /api}, web: {commands: {start: ./api}}}\n  web: {type: \"nodejs:20\", source: {root: web}, relationships: {database: null}}\nservices:\n  database: {type: \"postgresql:16\"}\n"},
			[]string{"api: version 1.22 ", "web: language node", "web: need postgres16 "}, []string{"..:"}},
	})
}

const ebConfig = `option_settings:
  aws:elasticbeanstalk:application:environment:
    MODE: full
    API_KEY: abc
  aws:elasticbeanstalk:container:python:
    WSGIPath: shop/wsgi.py
  aws:elasticbeanstalk:environment:process:default:
    HealthCheckPath: /health
container_commands:
  01_migrate:
    command: "source /opt/python/run/venv/bin/activate && python manage.py migrate --noinput"
    leader_only: true
  02_perms: {command: "chmod 755 x"}
packages:
  yum: {libjpeg-devel: []}
`

func TestBeanstalk(t *testing.T) {
	runCases(t, Beanstalk(), []readerCase{
		{"python", files{"requirements.txt": "", ".ebextensions/01.config": ebConfig}, []string{
			".: command gunicorn|--bind|0.0.0.0:8080|shop.wsgi:application <- .ebextensions/01.config:6 convention", ".: env MODE=full", ".: secret API_KEY", ".: health  /health <- .ebextensions/01.config:8",
			"migrate: command (release) python|manage.py|migrate|--noinput <- .ebextensions/01.config:11", "note .ebextensions/01.config:13 commands of the old machines", "note .ebextensions/01.config:15 packages of the old machines",
		}, []string{"abc"}},
		{"node, as a list", files{"package.json": "{}", ".ebextensions/a.config": "option_settings:\n- {namespace: \"aws:elasticbeanstalk:container:nodejs\", option_name: NodeCommand, value: node app.js}\n- {namespace: \"aws:elasticbeanstalk:application\", option_name: Application Healthcheck URL, value: /status/live}\n"},
			[]string{".: command node|app.js <- .ebextensions/a.config:2 declared", ".: health /status/live"}, nil},
		{"containers", files{"Dockerfile": "FROM x", "Dockerrun.aws.json": `{"AWSEBDockerrunVersion": 2, "containerDefinitions": [{"name": "app", "image": "team/app", "portMappings": [{"containerPort": 5000}], "environment": [{"name": "MODE", "value": "x"}]}, {"name": "r", "image": "redis:5"}]}`},
			[]string{".: port 5000 <- Dockerrun.aws.json:1 declared", ".: env MODE=x", ".: need redis5 "}, nil},
	})
}

func TestDokku(t *testing.T) {
	runCases(t, Dokku(), []readerCase{
		{"checks and scale", files{"package.json": "{}", "CHECKS": "WAIT=5\n# x\n//shop.example.com/status/check  OK\n/  home\n", "DOKKU_SCALE": "web=3\nworker=1\n", "Aptfile": "libvips-dev\n"}, []string{
			".: health  /status/check <- CHECKS:3 declared", ".: replicas 3 <- DOKKU_SCALE:1 declared", "note Aptfile:1 packages of Ubuntu"}, []string{"worker=1"}},
		{"captain-definition", files{"package.json": "{}", "captain-definition": "{\n\t\"schemaVersion\": 1,\n\t\"templateId\": \"node/8.7.0\"\n}", "b/captain-definition": `{"schemaVersion": 2, "dockerfilePath": "./Dockerfile.prod"}`},
			[]string{".: language node 8.7.0", "note b/captain-definition:1 builds from ./Dockerfile.prod"}, nil},
	})
}

func TestFunctions(t *testing.T) {
	runCases(t, Functions(), []readerCase{
		{"serverless", files{"package.json": "{}", "serverless.yml": "service: x\nprovider:\n  name: aws\n  environment: {TABLE: orders, API_TOKEN: \"${ssm:/x}\"}\nfunctions:\n  list:\n    handler: a.list\n    events:\n      - schedule: rate(1 hour)\n"},
			[]string{".: env TABLE=orders <- serverless.yml:4 convention", ".: secret API_TOKEN", "note serverless.yml:6 functions that a platform calls one by one", "note serverless.yml:9 the platform called list on a schedule (rate(1 hour))"}, nil},
		{"vercel and netlify", files{"package.json": "{}", "vercel.json": `{"env": {"DB_PASSWORD": "@db", "MODE": "x"}, "crons": [{"path": "/api/x", "schedule": "0 5 * * *"}], "rewrites": [{"source": "/a"}]}`, "netlify.toml": "[[redirects]]\nfrom = '/a'\n[context.production.environment]\nREGION = 'eu'\n"},
			[]string{".: secret DB_PASSWORD", ".: env MODE=x", "note vercel.json:1 the platform requested /api/x 0 5 * * *", ".: env REGION=eu <- netlify.toml:4", "note netlify.toml:1 the platform did this"}, nil},
	})
}

func TestComposeBuildsAStage(t *testing.T) {
	const web = "services:\n  web:\n    build:\n      context: .\n      target: %s\n      args:\n        RUBY: '2.7'\n        NPM_TOKEN: geheim\n        UNSET: ${UNSET:?say it}\n    ports: ['80:3000']\n"
	runCases(t, Compose(), []readerCase{
		{"what the build is given", files{"Gemfile": "", "Dockerfile": "FROM ruby AS web\nFROM web AS last\n", "docker-compose.yml": strings.Replace(web, "%s", "web", 1)}, []string{
			".: argument RUBY=2.7 <- docker-compose.yml:7 declared", "note docker-compose.yml:7 web: the argument NPM_TOKEN of the build is a secret"}, []string{"geheim", "UNSET"}},
		{"a worker's own stage, a web server in front", files{"composer.json": "{}", "Dockerfile": "FROM php:8.2-fpm AS app\nFROM caddy:2 AS front\nCOPY --from=app /x /x\nFROM app AS work\n",
			"docker-compose.yml": "services:\n  app: {build: {context: ., target: app}}\n  front:\n    build: {context: ., target: front}\n    ports: ['80:80']\n  jobs:\n    build: {context: ., target: work}\n    command: php work.php\n"}, []string{
			"jobs: command php|work.php", "note docker-compose.yml:3 front: a web server in front", "note docker-compose.yml:7 jobs: compose builds the stage work for it"}, []string{"port 80"}},
	})
	runCases(t, Dockerfile(), []readerCase{
		{"the stage of what serves", files{"Gemfile": "", "Dockerfile": "FROM ruby AS web\nCMD [\"puma\"]\nFROM web AS last\nCMD [\"other\"]\n", "docker-compose.yml": strings.Replace(web, "%s", "web", 1)}, []string{
			".: stage web <- Dockerfile:1 declared", ".: command puma <- Dockerfile:2"}, nil},
		{"developers' stage", files{"Gemfile": "", "Dockerfile": "FROM ruby AS web\nCMD [\"puma\"]\nFROM web AS development\nCMD [\"guard\"]\n", "docker-compose.yml": strings.Replace(web, "%s", "development", 1)}, []string{
			".: stage web", ".: command puma"}, []string{"guard"}},
		{"images beside each other", files{"Gemfile": "", "Dockerfile": "FROM ruby AS base\nFROM base AS work\nCMD [\"sidekiq\"]\nFROM base AS web\nEXPOSE 3000\nCMD [\"puma\"]\nFROM base AS fpm\nCMD [\"php-fpm\"]\nFROM base AS tidy\nENTRYPOINT [\"rake\", \"tidy\"]\n"}, []string{
			".: stage web <- Dockerfile:1", ".: command puma <- Dockerfile:6", ".: port 3000", "work: command sidekiq <- Dockerfile:3 declared", "tidy: command rake|tidy <- Dockerfile:10", "note Dockerfile:8 the stage fpm is another image"}, []string{"fpm: command"}},
		{"stages that others are made of", files{"Gemfile": "", "Dockerfile": "FROM ruby AS base\nFROM base AS web\nCMD [\"puma\"]\nFROM base AS last\nCOPY --from=web /x /x\nCMD [\"worker\"]\n"}, []string{".: command worker <- Dockerfile:6"}, []string{"stage", "puma"}},
	})
}
