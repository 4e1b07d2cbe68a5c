package ops

import (
	"strings"
	"testing"
)

const composeV1 = `web:
  build: .
  command: python manage.py runserver 0.0.0.0:8000
  ports:
    - "8001:8000"
  links:
    - postgres:db
  environment:
    DB_HOST: db
    DB_PORT: "5432"
    SECRET_KEY: geheim
    PAGE_SIZE: 20
    DEBUG: 1
postgres:
  image: postgres:9.4
  environment:
    - POSTGRES_DB=shop
    - POSTGRES_USER=app
    - POSTGRES_PASSWORD=geheim
mailhog:
  image: mailhog/mailhog
`

const composeV3 = `version: "3.4"
x-env: &env
  REDIS_URL: redis://cache:6379/0
  DATABASE_URL: postgres://u:geheim@db/shop
services:
  worker:
    build: {context: ./app, dockerfile: Dockerfile}
    command: celery -A shop worker
    environment: *env
  web:
    build: ./app
    environment:
      <<: *env
      API_KEY: ${API_KEY:?must be set}
    ports: ["${WEB_PORT}:8000", "9229:9229"]
    healthcheck: {test: [CMD, curl, -f, "http://localhost:8000/status"]}
    volumes: ["uploads:/app/uploads", "./app:/app", "/var/run/docker.sock:/var/run/docker.sock"]
    depends_on: [cache]
  migrate:
    build: ./app
    command: python manage.py migrate
  tests:
    build: ./app
    command: pytest
  cache: {image: "redis:3"}
  db:
    build: ./db
volumes: {uploads: {}}
`

func TestCompose(t *testing.T) {
	runCases(t, Compose(), []readerCase{
		{"scripts that an image has from elsewhere", files{"composer.json": "{}", "index.php": "", "Dockerfile": "FROM wordpress\nCOPY . /var/www/html\n", "docker-compose.yml": "services:\n  web:\n    build: .\n    command: php /var/www/html/wp-cron.php\n",
			"b/composer.json": "{}", "b/index.php": "", "b/Dockerfile": "FROM php:8-cli\nWORKDIR /app\nCOPY . .\n", "b/docker-compose.yml": "services:\n  b:\n    build: .\n    command: php vendor/acme/queue/work.php\n",
			"c/composer.json": "{}", "c/index.php": "", "c/Dockerfile": "FROM php:8-cli\nWORKDIR /app\nCOPY . .\n", "c/docker-compose.yml": "services:\n  c:\n    build: .\n    command: php old.php\n"},
			[]string{".: command php|/var/www/html/wp-cron.php", "b: command php|vendor/acme/queue/work.php", "note c/docker-compose.yml:4 c: runs old.php, which was not found"}, []string{"c: command"}},
		{"a script that has gone since", files{"requirements.txt": "", "wsgi.py": "", "b/requirements.txt": "", "b/src/run.py": "", "Dockerfile": "FROM python:3\nCOPY . /code\n", "b/Dockerfile": "FROM python:3\nCOPY . /code\n", "docker-compose.yml": "services:\n  web:\n    build: .\n    command: python /code/runserver.py\n  b:\n    build: b\n    command: python /opt/run.py\n"},
			[]string{"note docker-compose.yml:4 web: runs /code/runserver.py, which was not found in the repository", "b: command python|/opt/run.py"}, []string{".: command"}},
		{"stores alone, beside code that is run by hand", files{"package.json": "{}", "docker-compose.yml": "services:\n  pg-dev:\n    image: postgres:9.6\n    environment: {POSTGRES_DB: shop}\n  cache:\n    image: redis:6\n"}, []string{
			".: need postgres9.6 |", ".: need redis6 cache|"}, []string{"pg-dev"}},
		{"the image that CI pushes", files{"pom.xml": "<project>\n <artifactId>docs-parent</artifactId>\n</project>\n", "Dockerfile": "FROM tomcat\nCOPY . .\n", ".github/workflows/build.yml": "jobs:\n  x:\n    container: {image: acme/runner}\n    steps:\n      - uses: docker/metadata-action@v3\n        with:\n          images: |\n            acme/docs\n",
			"docker-compose.yml": "services:\n  teedy:\n    image: acme/docs:v1.10\n    environment: {BASE: x}\n  run:\n    image: acme/runner\n"}, []string{".: env BASE=x <- docker-compose.yml:4", "note docker-compose.yml:5 run: runs an image that isn't built here"}, nil},
		{"a server of accounts that the service calls", files{"package.json": "{}", "Dockerfile": "FROM node:20\nCOPY . .\n", "docker-compose.yml": "services:\n  web:\n    build: .\n    environment: {KEYCLOAK_URL: 'http://keycloak:8080'}\n  keycloak:\n    image: quay.io/keycloak/keycloak:20\n"}, []string{".: env KEYCLOAK_URL=http://keycloak:8080"}, nil},
		{"stores alone in one of two files", files{"package.json": "{}", "docker-compose.yml": "services:\n  pg:\n    image: postgres:9.6\n", "ops/docker-compose.yml": "services:\n  web:\n    build: ..\n"}, nil, []string{"need postgres"}},
		{"an image with no more than libraries, and a script of developers'", files{"manage.py": "", "Pipfile": "", "package.json": "{\"scripts\": {\"styles\": \"npm run prepare && npx gulp watch\"}}", "Dockerfile": "FROM python:3.10\nCOPY Pipfile Pipfile.lock ./\nRUN pipenv install --system\n", "Dockerfile-tests": "FROM node:20\n", "docker-compose.yml": "services:\n  app:\n    build: .\n    volumes: ['.:/shop']\n    ports: ['8000:8000']\n    command: python manage.py runserver 0.0.0.0:8000\n  styles:\n    image: node:20\n    volumes: ['.:/shop']\n    entrypoint: npm run styles\n  tests:\n    build: {context: ., dockerfile: Dockerfile-tests}\n"}, []string{"note docker-compose.yml:10 styles: runs npm run styles, which is for development only"}, []string{"styles: command"}},
		{"a file of production by another name, with the only image that it runs", files{"requirements.txt": "", "Dockerfile": "FROM python:3.9\nCOPY . .\n", "deploy/web.yaml": "version: '3.7'\nservices:\n  web:\n    image: acme/front:2\n    ports: ['80:5000']\n    environment: {LEVEL: warn}\n  worker:\n    image: acme/front:2\n    command: celery -A shop worker\n  cache:\n    image: redis:6\n", "deploy/settings.yml": "services:\n  a: {}\n", "docker/k8s.yml": "kind: Deployment\nservices:\n  a:\n    image: x\n"}, []string{
			".: env LEVEL=warn <- deploy/web.yaml:6 declared", "worker: command celery|-A|shop|worker <- deploy/web.yaml:9 declared", ".: port 5000", ".: need redis"}, []string{"settings.yml", "k8s.yml"}},
		{"a script of the mounted source, and credentials in JSON", files{"composer.json": "{}", "index.php": "", ".docker/Dockerfile": "FROM php:7.1-apache\n", ".docker/startup": "#!/bin/bash\n/srv/bootstrap.sh\napache2-foreground\n", "docker-compose.yml": "services:\n  web:\n    build: .docker\n    volumes: ['.:/srv']\n    command: /srv/.docker/startup\n    environment:\n      VCAP_SERVICES: '{\"rds\": [{\"credentials\": {\"host\": \"db\", \"password\": \"geheim\"}}]}'\n      LIMITS: '{\"pages\": \"20\"}'\n"}, []string{".: command /srv/.docker/startup <- docker-compose.yml:5 guess", ".: secret VCAP_SERVICES <- docker-compose.yml:7", ".: env LIMITS={\"pages\": \"20\"}"}, []string{"geheim"}},
		{"the machines of production before those of developers", files{"package.json": "{\n  \"name\": \"finder\"\n}", "Dockerfile": "FROM node:8\nCOPY . .\n", "docker-compose.yml": "services:\n  finder:\n    build: .\n    environment: {CACHE_SECONDS: 60}\n", "rancher-config/docker-compose.yml": "version: '2'\nservices:\n  finder:\n    image: 'acme/pages:$TAG'\n    environment: {CACHE_SECONDS: 1800}\n"}, []string{".: env CACHE_SECONDS=1800 <- rancher-config/docker-compose.yml:5"}, []string{"CACHE_SECONDS=60"}},
		{"images of others, one of them alone", files{"requirements.txt": "", "Dockerfile": "FROM python:3.9\nCOPY . .\n", "docker-compose.yml": "services:\n  dynamo:\n    image: acme/dynamodb\n    environment: {LEVEL: x}\n", "docker-stack.yml": "services:\n  a:\n    image: acme/a\n    environment: {LEVEL: y}\n  b:\n    image: acme/b\n"}, []string{"note docker-stack.yml:2 a: runs an image that isn't built here"}, []string{"LEVEL"}},
		{"checks of a page that name no path, or no scheme", files{"package.json": "{}", "api/package.json": "{}", "docker-compose.yml": "services:\n  web:\n    build: .\n    ports: ['3000:3000']\n    healthcheck:\n      test: curl --silent --fail localhost:3000/up\n  api:\n    build: ./api\n    healthcheck:\n      test: [CMD, wget, -q, 'http://localhost:80']\n"}, []string{".: health  /up <- docker-compose.yml:6 declared", "api: health  / <- docker-compose.yml:10 convention"}, nil},
		{"what checks the code on its way", files{"package.json": "{}", "ci/docker/docker-compose.yml": "services:\n  app:\n    build: ../..\n    environment: {CI_REPORTER: x}\n"}, []string{"note ci/docker/docker-compose.yml:0 for tests"}, []string{"CI_REPORTER"}},
		{"scripts that install into the mounted source, and a debugger's settings", files{"composer.json": "{}", "index.php": "", "dev/docker/Dockerfile": "FROM php:8-apache\n", "dev/docker/app.sh": "#!/bin/bash\nif [ -n \"$1\" ]; then exec \"$@\"; else\n  composer install\n  exec apache2-foreground\nfi\n", "dev/docker/node.sh": "#!/bin/sh\nnpm install\nexec npm run watch\n", "dev/docker/xdebug.ini": "a=b\n", "docker-compose.yml": "services:\n  app:\n    build: {context: ., dockerfile: dev/docker/Dockerfile}\n    volumes: ['./:/app', './dev/docker/xdebug.ini:/usr/local/etc/php/conf.d/xdebug.ini']\n    ports: ['8080:80']\n    entrypoint: /app/dev/docker/app.sh\n  node:\n    image: node:22\n    volumes: ['./:/app']\n    entrypoint: /app/dev/docker/node.sh\n"},
			[]string{".: port 80", "note docker-compose.yml:6 app: runs /app/dev/docker/app.sh, which installs libraries", "note docker-compose.yml:10 node: runs /app/dev/docker/node.sh", "note docker-compose.yml:4 app: reads /usr/local/etc/php/conf.d/xdebug.ini"}, []string{"command", ": file"}},
		{"a watcher of developers', and a service that is called production", files{"manage.py": "", "Dockerfile": "FROM python:3\nCOPY . /app\n", "docker-compose.yml": "services:\n  app:\n    build: .\n    command: ./run.sh dev\n    ports: ['3000:3000']\n  prod:\n    build: .\n    command: gunicorn a\n    ports: ['8000:8000']\n  worker:\n    build: .\n    command: [watchmedo, auto-restart, '--patterns=*.py', --, python, manage.py, qcluster]\n"},
			[]string{".: command gunicorn|a <- docker-compose.yml:8", "worker: command python|manage.py|qcluster <- docker-compose.yml:12 declared", "note docker-compose.yml:4 app: runs ./run.sh dev, which is for development only"}, []string{"prod: command", "watchmedo|"}},
		{"profiles that choose among the services", files{"main.go": "", "Dockerfile": "FROM golang:1 AS run\nCMD [\"shop\"]\n", "docker-compose.yml": "services:\n  web:\n    build: {context: ., args: {PROFILE: dev, SIZE: big}}\n    profiles: [web, full]\n    ports: ['80:3000']\n  jobs:\n    build: .\n    profiles: [full]\n    command: shop jobs\n  once:\n    build: .\n    profiles: [manual]\n    command: shop once\n  db:\n    image: postgres:14\n  store:\n    image: minio/minio\n    ports: ['9000:9000']\n"},
			[]string{".: port 3000 <- docker-compose.yml:5 declared", "jobs: command shop|jobs", "note docker-compose.yml:10 helpers of tests", "note docker-compose.yml:3 web: the argument PROFILE of the build is dev", ".: argument SIZE=big", ".: need s3 store|||:9000"}, []string{"PROFILE=dev", "once: command"}},
		{"what developers' tools start", files{"go.mod": "", "docker-compose.yml": "services:\n  app:\n    image: golang:1.9\n    volumes: ['.:/a']\n    command: ./shop\n  tools:\n    image: golang:1.9\n    volumes: ['.:/a']\n    entrypoint: ./devtools/go/install_then\n"}, []string{"note docker-compose.yml:6 helpers of tests"}, []string{"tools: command"}},
		{"an image that tests another one, and variables of tests", files{"go.mod": "", "main.go": "", "Dockerfile": "FROM golang:1.20\nCOPY . /a\nCMD [\"/a/shop\"]\n", "tools/mon/Dockerfile.check": "FROM shop-app\nCOPY run.sh /\nCMD [\"/run-tests.sh\"]\n", "docker-compose.yml": "services:\n  app:\n    build: .\n    environment: [\"TEST_DATABASE_URL=postgres://u:p@db/t\", \"LEVEL=1\"]\n  mon:\n    build: {context: tools/mon, dockerfile: Dockerfile.check}\n    environment: [\"SHOP_URL=http://app:80\"]\n"},
			[]string{".: env LEVEL=1", "note docker-compose.yml:5 mon: builds something that is no service"}, []string{"SHOP_URL", "TEST_DATABASE_URL"}},
		{"a service that only fetches libraries", files{"Gemfile": "", "Dockerfile": "FROM ruby:3\nCMD [\"puma\"]\n", "docker-compose.yml": "services:\n  gems:\n    build: .\n    command: sh -lc 'bundle install --quiet; sha256sum Gemfile.lock > /gems/.sum'\n    restart: 'no'\n  web:\n    build: .\n"}, []string{"note docker-compose.yml:2 helpers of tests"}, []string{"gems: command", "bundle|install"}},
		{"a service that makes a package of the code", files{"setup.py": "", "dockerfiles/trusty/Dockerfile": "FROM ubuntu\nRUN apt-get install debhelper\nWORKDIR /work\n", "dockerfiles/trusty/docker-compose.yml": "trusty:\n  build: .\n  command: bash -c \"dpkg-buildpackage -d -uc -us && mv ../*.deb ./dist/trusty\"\n  volumes: ['../../:/work']\n"}, nil, []string{"command", "service trusty"}},
		{"a service that only builds", files{"main.go": "", "Dockerfile": "FROM golang:1\nCMD [\"shop\"]\n", "docker-compose.yml": "services:\n  make:\n    image: golang:1\n    working_dir: /x\n    command: go build -o /bin/shop ./cmd\n    volumes: ['.:/x']\n  web:\n    build: .\n"},
			[]string{"note docker-compose.yml:2 helpers of tests"}, []string{"make: command", "command go|build"}},
		{"a connection string whose password nobody knows, and one whose database is called after the host", files{"main.go": "", "Dockerfile": "FROM golang:1\nCMD [\"shop\"]\n", "docker-compose.yml": "services:\n  web:\n    build: .\n    environment:\n      SHOP_DB: \"Server=db;User Id=sa;Password=${SA_PASSWORD}\"\n      OTHER_DB: \"Database=db_shop;Server=db\"\n  db:\n    image: mcr.microsoft.com/mssql/server:2019-latest\n"},
			[]string{".: secret SHOP_DB <- docker-compose.yml:5", ".: need mssql2019 db||| OTHER_DB=Database=db_shop;Server={host}:1433"}, []string{"SHOP_DB=", "{host}_shop"}},
		{"a profile beside what always runs", files{"main.go": "", "Dockerfile": "FROM golang:1\nCMD [\"shop\"]\n", "docker-compose.yml": "services:\n  web:\n    build: .\n  other:\n    build: .\n    profiles: [extra]\n    command: shop other\n"},
			[]string{"note docker-compose.yml:4 helpers of tests"}, []string{"other: command"}},
		{"code that a web server shows, and settings of developers by their name", files{"main.go": "", "Dockerfile": "FROM golang:1\nCMD [\"shop\"]\n", "etc/php-dev.ini": "a=b\n", "etc/php.ini": "a=c\n", "docker-compose.yml": "services:\n  web:\n    build: .\n    volumes: ['code:/srv/app', 'up:/srv/app/up', './etc/php-dev.ini:/etc/php/dev.ini', './etc/php.ini:/etc/php/own.ini']\n  front:\n    image: nginx:1\n    volumes: ['code:/srv/app', 'up:/srv/app/up']\n"},
			[]string{".: state /srv/app/up", "note docker-compose.yml:4 web: the volume at /srv/app is taken for the code of the image, which front shows", ".: file /etc/php/own.ini", "note docker-compose.yml:4 web: reads /etc/php/dev.ini, which is mounted from"}, []string{"state /srv/app <", "file /etc/php/dev.ini"}},
		{"data that a web server shows, too", files{"themes/shop/index.php": "", "docker-compose.yml": "services:\n  web:\n    image: wordpress:6-fpm\n    volumes: ['wp:/var/www/html', './themes/shop:/var/www/html/wp-content/themes/shop']\n  front:\n    image: nginx:1\n    volumes: ['wp:/var/www/html']\n",
			"b/main.go": "", "b/Dockerfile": "FROM golang:1\nCMD [\"shop\"]\n", "b/docker-compose.yml": "services:\n  web:\n    build: .\n    volumes: ['data:/srv/app', '/srv/app/node_modules']\n  front:\n    image: nginx:1\n    volumes: ['data:/srv/app']\n"},
			[]string{"themes/shop: state /var/www/html <- docker-compose.yml:4", "b: state /srv/app <- b/docker-compose.yml:4"}, nil},
		{"a directory for developers", files{"main.go": "", "dev/compose.yml": "services:\n  web:\n    build: ..\n    command: shop\n    volumes: ['build:/app/_build', 'up:/srv/up']\n"}, []string{".: command shop <- dev/compose.yml:4 guess", ".: state /srv/up"}, []string{"_build"}},
		{"variables that nothing sets", files{"app.py": "", "requirements.txt": "", "Dockerfile": "FROM python:3\n", "docker-compose.yml": "services:\n  web:\n    build: .\n    profiles: ['${WEB_PROFILE:-}']\n    volumes: ['${DATA}:/srv/data', 'up:/srv/up']\n    healthcheck: {interval: '${EVERY}'}\n    deploy: {}\n    ports: ['8000:8000']\n" +
			"  jobs:\n    build: .\n    healthcheck: {interval: '${EVERY}'}\n    cap_add: {no: list}\n    command: rq worker\n"}, []string{
			".: port 8000 <- docker-compose.yml:8", ".: state /srv/up", "jobs: command rq|worker <- docker-compose.yml:13", "note docker-compose.yml:10 jobs: only the half of it"}, []string{"/srv/data", "helper"}},
		{"a system's own daemon in the image", files{"app.py": "", "requirements.txt": "", "Dockerfile": "FROM python:3\nCMD [\"gunicorn\", \"a\"]\n", "docker-compose.yml": "services:\n  web: {build: ., command: bin/dev}\n  mail: {build: ., command: postfix start-fg, ports: ['25:25']}\n"}, []string{
			"note docker-compose.yml:3 mail: runs postfix, a program of the system", ".: command bin/dev <- docker-compose.yml:2 guess"}, []string{"port 25", "mail: command"}},
		{"tests by another image, with the code mounted into it", files{"package.json": "{}", "docker/checks.yml": "services:\n  browser:\n    image: team/codecept:7\n    command: bash -c \"Xvfb :0 & NODE_PATH=. codeceptjs run -c ./test\"\n    environment: [DISPLAY=:0]\n    volumes: ['../.:/tests']\n"}, nil, []string{"DISPLAY", "name browser"}},
		{"the first format", files{"docker-compose.yml": composeV1, "manage.py": ""}, []string{
			".: name web", ".: command python|manage.py|runserver|0.0.0.0:8000 <- docker-compose.yml:3 guess", ".: port 8000 <- docker-compose.yml:5 convention",
			".: need postgres9.4 postgres||| DB_HOST={host} DB_PORT={port}:5432 <- docker-compose.yml:9", ".: need postgres9.4 postgres||shop|app:5432 <- docker-compose.yml:15 declared",
			".: secret SECRET_KEY <- docker-compose.yml:11", ".: env PAGE_SIZE=20 <- docker-compose.yml:12", "note docker-compose.yml:20 mailhog: a tool of development",
		}, []string{"geheim", "DEBUG", "8001", "env DB_"}},
		{"the third: anchors, unset variables, processes, an own image of a database", files{"compose.yaml": composeV3, "app/manage.py": "", "app/Dockerfile": "FROM python:3.6\nCOPY . /app\n", "db/Dockerfile": "FROM postgres:11\n"}, []string{
			"app: name web", "app: port 8000 <- compose.yaml:15 declared", "app/worker: command celery|-A|shop|worker <- compose.yaml:8", "app/migrate: command (release) python|manage.py|migrate",
			"app: need redis3 cache||| REDIS_URL=redis://{host}:{port}/0:6379 <- compose.yaml:3", "app: secret DATABASE_URL <- compose.yaml:4", "app: need postgres11 db||shop|u:5432", "app: secret API_KEY <- compose.yaml:14",
			"app: health  /status <- compose.yaml:16", "app: state /app/uploads", "note compose.yaml:22 helpers of tests",
		}, []string{"geheim", "9229", "docker.sock", "state /app <", "pytest"}},
		{"scripts of developers in images that the code is mounted into, and variables from their files", files{"docker-compose.yml": "services:\n  app:\n    build: {context: ., dockerfile: dev/Dockerfile}\n    volumes: ['.:/app']\n    entrypoint: /app/dev/entry.app.sh\n  pages:\n    image: node:8\n    volumes: ['.:/app']\n    entrypoint: /app/dev/entry.node.sh\n", "dev/Dockerfile": "FROM php:8-apache\n", "dev/entry.app.sh": "#!/bin/sh\ncomposer install\nexec apache2-foreground\n", "dev/entry.node.sh": "#!/bin/sh\nnpm install\nnpm run watch\n", "composer.json": "{}", "index.php": "",
			"b/docker-compose.yml": "services:\n  web:\n    build: .\n    entrypoint: honcho run -e defaults.env,local.env\n    command: python app.py\n", "b/Dockerfile": "FROM python:3\nCOPY . /app\n", "b/app.py": ""}, []string{
			"b: command python|app.py <- b/docker-compose.yml:4"}, []string{"entry.node.sh <-", "entry.app.sh <- docker-compose.yml:5 declared", "honcho|"}},
		{"an image with what is installed alone, whose code is mounted", files{"docker-compose.yml": "services:\n  app:\n    build: {context: ., dockerfile: docker/Dockerfile.python}\n    volumes: ['.:/app']\n    command: python manage.py runserver\n", "docker/Dockerfile.python": "FROM python:3.7\nCOPY Pipfile Pipfile.lock ./\nRUN pipenv install -d\n", "Pipfile": "", "Pipfile.lock": "", "manage.py": ""}, []string{
			".: command python|manage.py|runserver <- docker-compose.yml:5 guess"}, []string{".: dockerfile"}},
		{"a command that waits a moment, and one that only waits", files{"docker-compose.prod.yml": "services:\n  app:\n    build: .\n    command: bash -c \"sleep 5 && puma -p 4001\"\n  idle:\n    build: .\n    command: sleep 100d\n", "Gemfile": "", "Dockerfile": "FROM ruby:3\nCOPY . .\n"}, []string{
			".: command puma|-p|4001 <- docker-compose.prod.yml:4 declared", "note docker-compose.prod.yml:7 idle"}, nil},
		{"mounted source", files{"docker-compose.yml": "services:\n  app:\n    image: node:8\n    working_dir: /src\n    volumes: ['./web:/src']\n    command: node server.js\n    expose: [3000]\n", "web/package.json": "{}"}, []string{
			"web: language node 8  <- docker-compose.yml:3", "web: command node|server.js <- docker-compose.yml:6 declared", "web: name app",
		}, nil},
		{"images by the names of directories", files{"docker-compose.yml": "services:\n  gateway:\n    image: team/shop-gateway\n    ports: ['4000:4000']\n  db:\n    image: team/shop-mongodb\n", "gateway/pom.xml": "", "mongodb/Dockerfile": "FROM mongo:3\n"}, []string{
			"gateway: port 4000 <- docker-compose.yml:4", "gateway: need mongodb db|",
		}, nil},
		{"several files: production's word, and the others'", files{"docker-compose.yml": "services:\n  web:\n    build: .\n    command: node dev.js\n    ports: ['3000']\n", "docker-compose.prod.yml": "services:\n  web:\n    build: .\n    command: node server.js\n",
			"docker-compose.override.yml": "services:\n  web:\n    command: nodemon\n", "docker-compose.test.yml": "services:\n  sut:\n    build: .\n    command: npm test\n", "package.json": "{}"}, []string{
			".: command node|server.js <- docker-compose.prod.yml:4 declared", ".: port 3000 <- docker-compose.yml:5", "note docker-compose.override.yml:0", "note docker-compose.test.yml:0",
		}, []string{"dev.js", "nodemon", "npm"}},
		{"the image of the whole, which something else publishes", files{"docker/docker-compose.yml": "services:\n  app:\n    image: ghcr.io/acme/shop:2\n    ports: ['8080:8080']\n    environment: {DB_PASSWORD: geheim}\n    volumes: ['../build/install/shop:/opt/shop', 'up:/srv/up']\n  other:\n    image: acme/stock\n", "build.gradle": "", "settings.gradle": "rootProject.name = 'shop'\n"}, []string{
			".: port 8080 <- docker/docker-compose.yml:4", ".: secret DB_PASSWORD", ".: state /srv/up", "note docker/docker-compose.yml:7 other: runs an image that isn't built here"}, []string{"geheim", "/opt/shop"}},
		{"an environment of tests", files{"docker-compose.yml": "services:\n  app:\n    build: .\n    environment: {SPRING_PROFILES_ACTIVE: acceptanceTest, LEVEL: info}\n", "pom.xml": ""}, []string{".: env LEVEL=info"}, []string{"acceptanceTest"}},
		{"a check of another port, and of the service's", files{"docker-compose.yml": "services:\n  a:\n    build: a\n    ports: ['8000:8000']\n    healthcheck: {test: [CMD, curl, 'http://localhost:7979/health']}\n  b:\n    build: b\n    ports: ['8000:8000']\n    healthcheck: {test: 'curl http://b:8000/up'}\n", "a/pom.xml": "", "a/Dockerfile": "FROM openjdk:17\nCOPY . .\n", "b/package.json": "{}", "b/Dockerfile": "FROM corp.example/library/node-18-alpine\nCOPY . .\n"}, []string{
			"a: health  /health <- docker-compose.yml:5", "a: health at port 7979", "b: health  /up", "b: port 8000"}, []string{"b: health at"}},
		{"arguments that choose what an image holds", files{"docker-compose.yml": "services:\n  shop-api:\n    build: {context: ., args: {PART: api}}\n    ports: ['80:8000']\n  stock:\n    build: {context: ., args: {PART: stock}}\n    ports: ['81:8001']\n  same:\n    build: {context: ., args: {PART: api}}\n", "Dockerfile": "FROM golang:1\nARG PART\nRUN go build ./cmd/$PART\n", "go.mod": ""}, []string{
			".: argument PART=api", ".: port 8000", "stock: argument PART=stock <- docker-compose.yml:6 declared", "stock: port 8001", "note docker-compose.yml:8 same: runs the same image as shop-api"}, nil},
		{"the administration of servers in Java", files{"docker-compose.yml": "services:\n  a:\n    build: a\n    ports: ['9901:9901']\n    healthcheck: {test: 'curl --fail http://localhost:9901/healthcheck'}\n  b:\n    build: b\n    ports: ['8081:8081', '8000:8000']\n", "a/pom.xml": "", "a/Dockerfile": "FROM openjdk:17\nCOPY . .\n", "a/src/main/resources/application.yml": "server:\n  applicationConnectors:\n    - type: http\n      port: 3002\n  adminConnectors:\n    - type: http\n      port: 9901\n",
			"b/pom.xml": "", "b/Dockerfile": "FROM openjdk:17\nCOPY . .\n", "b/src/main/resources/application.yaml": "management:\n  endpoints:\n    web: {exposure: health}\n  server:\n    port: ${MANAGEMENT_PORT:8081}\n"}, []string{"b: port 8000", "a: health at port 9901 <- docker-compose.yml:5"}, []string{"a: port"}},
		{"a check that any answer passes", files{"docker-compose.yml": "services:\n  a:\n    build: .\n    healthcheck: {test: 'curl -I http://localhost'}\n", "Dockerfile": "FROM python:3\nCOPY . .\n", "app.py": ""}, nil, []string{"health"}},
		{"beside projects of tests", files{"Shop.Tests/docker-compose.yml": "services:\n  sshd:\n    build: .\n", "Shop.Tests/Shop.Tests.csproj": "", "Shop.Tests/Dockerfile": "FROM debian\n"}, []string{"note Shop.Tests/docker-compose.yml:0 for tests"}, []string{"sshd"}},
		{"a job of the database's, what keeps the image's own files from the code that is mounted, and an image that variables name", files{"manage.py": "", "Dockerfile": "FROM python:3\nCOPY . /app\n", "dump/Dockerfile": "FROM postgres:14\n", "jobs/docker-compose.yml": "services:\n  db:\n    image: postgres:9\n  run:\n    build: ..\n    environment: {DB_HOST: db}\n",
			"docker-compose.yml": "services:\n  web:\n    build: .\n    command: gunicorn a\n    volumes: ['.:/app', '/app/lib', 'up:/app/up']\n    depends_on: [db]\n  db:\n    image: postgres:14\n  save:\n    build: dump\n    depends_on: [db]\n  edge:\n    image: ${REPO}/edge:${TAG}\n"}, []string{
			".: need postgres14 db", ".: state /app/up", "note docker-compose.yml:9 save: works on db", "note docker-compose.yml:12 edge: runs an image that isn't built here (${REPO}/edge:${TAG})"}, []string{"save|", "/app/lib"}},
		{"data below code that is mounted into an image without code", files{"composer.json": "{}", "docker/Dockerfile": "FROM php:8-apache\nRUN a2enmod rewrite\n", "docker-compose.yml": "services:\n  php:\n    build: docker\n    volumes: ['.:/var/www/html', 'up:/var/www/html/data/up', 'keep:/srv/keep']\n"}, []string{
			".: state data/up <- docker-compose.yml:4", ".: state /srv/keep"}, []string{"/var/www"}},
		{"Laravel's tool for developers, whose services take over the ports of the first", files{"artisan": "", "composer.json": "{}", "docker-compose.yml": "services:\n  laravel.test: &app\n    build: ./vendor/laravel/sail/runtimes/8.3\n    ports: ['80:80']\n    volumes: ['.:/var/www/html']\n  laravel.queue:\n    <<: *app\n    command: php artisan queue:work --tries=3\n  laravel.cron:\n    <<: *app\n    command: php artisan schedule:run\n"}, []string{
			".: port 80", "laravel.queue: command php|artisan|queue:work|--tries=3", "laravel.cron: schedule * * * * *"}, []string{"name laravel", "helper", "laravel.queue: port", "laravel.cron: port"}},
		{"pages in an image of a web server", files{"web/Dockerfile": "FROM nginx:1.25\nCOPY static /usr/share/nginx/html\n", "web/static/index.html": "<html></html>", "api/package.json": "{}", "api/Dockerfile": "FROM node:20\nCOPY . .\n", "docker-compose.yml": "services:\n  api: {build: api}\n  web:\n    build: web\n    ports: ['8080:8080']\n"}, []string{
			"web: port 8080"}, []string{"no service of this repository"}},
		{"built from the repository itself, by its address", files{"composer.json": "{\n    \"name\": \"acme/shop\"\n}", "index.php": "", "Dockerfile": "FROM php:8-apache\nCOPY . /var/www\n", "docker/docker-compose.yml": "services:\n  shop:\n    build: {context: 'https://git.example.com/acme/Shop.git#main'}\n    volumes: ['data:/var/www/data']\n  other:\n    build: https://git.example.com/acme/stock\n"}, []string{
			".: state /var/www/data", "note docker/docker-compose.yml:5 other: builds something"}, []string{"shop: builds"}},
		{"what isn't here", files{"docker-compose.yml": "services:\n  a:\n    build: ../outside\n  b:\n    build: https://github.com/x/y.git\n  c:\n    image: corp/billing:3\n  d:\n    build: ./missing\n"}, []string{
			"note docker-compose.yml:2 a: builds something", "note docker-compose.yml:4 b: builds", "note docker-compose.yml:6 c: runs an image that isn't built here (corp/billing:3)", "note docker-compose.yml:8 d:",
		}, []string{"port", "command"}},
		{"bad files", files{"docker-compose.yml": "services: [1, 2]\n", "a/docker-compose.yml": "a: [\n", "b/fig.yml": "x: 1\n", "c/compose.yml": "services:\n  w:\n    build: .\n    ports: {a: b}\n    extends: {file: ../../../etc/passwd, service: x}\n    env_file: /etc/passwd\n"}, []string{
			"note docker-compose.yml:1 services is no mapping", "note a/docker-compose.yml:1 not understood as YAML", "note b/fig.yml:1 a compose file without services",
		}, nil},
	})
}

func TestComposeNamesOfContainers(t *testing.T) {
	runCases(t, Compose(), []readerCase{{"a variable that leads to one", files{"requirements.txt": "", "Dockerfile": "FROM python:3\nCOPY . .\n", "docker-compose.yml": "services:\n  web:\n    build: .\n    environment: {STORE_HOST: shop-db}\n  db:\n    image: postgres:12\n    container_name: shop-db\n"},
		[]string{".: need postgres12 db||| STORE_HOST={host}:5432"}, []string{"shop-db"}}})
}

func TestComposeOfVolumesAndOfDevelopers(t *testing.T) {
	runCases(t, Compose(), []readerCase{
		{"a container for volumes alone", files{"requirements.txt": "", "docker-compose.yml": "data:\n  image: redis:2.6\n  command: /bin/true\ndb:\n  image: redis:2.6\n  volumes_from: [data]\nweb:\n  build: .\n  links: [db]\n", "Dockerfile": "FROM python:3\nCOPY . .\n"},
			[]string{".: need redis2.6 db|", "note docker-compose.yml:1 data: runs nothing and holds volumes for others"}, []string{"redis2.6 data|"}},
		{"ports of UDP", files{"package.json": "", "docker-compose.yml": "services:\n  app:\n    build: .\n    ports:\n      - '8126:8126'\n      - '8125:8125/udp'\n      - '443:443/udp'\n", "Dockerfile": "FROM node:20\nCOPY . .\nCMD [\"node\", \"a.js\"]\n", "b/package.json": "", "b/Dockerfile": "FROM node:20\nCOPY . .\nCMD [\"node\", \"b.js\"]\n", "b/docker-compose.yml": "services:\n  b:\n    build: .\n    ports: ['3478:3478', '49152-49170:49152-49170/udp']\n"},
			[]string{".: udp [8125] <- docker-compose.yml:6", ".: port 8126", "b: port 3478", "note b/docker-compose.yml:4 many ports of UDP"}, []string{"443", "b: udp"}},
		{"a command as another user", files{"composer.json": "", "docker-compose.yml": "services:\n  app:\n    build: .\n    ports: ['80:80']\n  worker:\n    build: .\n    command: gosu www-data php artisan horizon\n", "Dockerfile": "FROM php:7-apache\nCOPY . .\n"}, []string{"worker: command php|artisan|horizon"}, []string{"gosu"}},
		{"a job that looks after the database", files{"requirements.txt": "", "docker-compose.yml": "services:\n  db-backup-job:\n    build: pg\n  db:\n    image: postgres:17\n  web:\n    build: .\n    depends_on: [db, db-backup-job]\n", "Dockerfile": "FROM python:3\nCOPY . .\n", "pg/Dockerfile": "FROM postgres:17\nCOPY backup.sh /\nCMD [\"/backup.sh\"]\n"},
			[]string{".: need postgres17 db|"}, []string{"db-backup-job|"}},
	})
	runCases(t, Dockerfile(), []readerCase{
		{"an image that the code is mounted into", files{"rebar.config": "", "bin/shop": "#!/bin/sh\nexec erl -s shop\n", "Dockerfile": "FROM erlang:18.1\nENV LEVEL=info\nWORKDIR /usr/src/app\nCMD [\"./bin/shop\"]\n"},
			[]string{".: version 18.1", ".: env LEVEL=info", "note Dockerfile:1 takes no code of the repository into the image"}, []string{"command", ".: build"}},
		{"a stage that tests are run in, of a file whose last one is production's", files{"package.json": "{}", "Dockerfile": "FROM node:10.23 as base\nFROM base AS app\nCOPY . .\nCMD [\"node\", \"app.js\"]\n", "docker-compose.yml": "services:\n  test_unit: {build: {context: ., target: base}, command: npm test}\n"},
			[]string{".: build Dockerfile", ".: command node|app.js"}, []string{"tests or development"}},
		{"a stage that one service is built from, of a file that another one builds whole", files{"Gemfile": "", "Dockerfile": "FROM ruby:2.7 AS pages\nRUN make\nFROM ruby:2.7\nCOPY . .\nCMD bundle exec puma\n", "docker-compose.yml": "services:\n  pages: {build: {context: ., target: pages}, image: shop-pages}\n  web: {build: {context: .}, command: bundle exec rails server, ports: ['3001:3001']}\n"},
			[]string{".: build Dockerfile", ".: command bundle|exec|puma"}, []string{"stage pages"}},
		{"the stage of production before that of developers, whom another service builds the file for", files{"Gemfile": "", "Dockerfile": "FROM ruby:2.7 AS live\nCOPY . .\nCMD bundle exec puma\nFROM live AS development\nCMD bundle exec rails s\n", "docker-compose.yml": "services:\n  live: {build: {context: ., target: live}, ports: ['80:80']}\n  web: {build: {context: .}}\n"},
			[]string{".: stage live"}, nil},
		{"an image that copies by itself", files{"package.json": "{}", "server.js": "", "run": "#!/bin/sh\nexec node server.js\n", "Dockerfile": "FROM node:8-onbuild\nCMD [\"./run\"]\n"}, []string{".: command node|server.js"}, nil},
	})
	runCases(t, Procfile(), []readerCase{
		{"the program of a release where it is made", files{"rebar.config": "", "Procfile": "web: RELX_REPLACE_OS_VARS=true _build/prod/rel/shop/bin/shop foreground\n"}, []string{".: command /app/bin/shop|foreground <- Procfile:1"}, nil},
	})
}

func TestComposeReadsNoEnvironment(t *testing.T) {
	t.Setenv("WEB_PORT", "1234")
	t.Setenv("API_KEY", "geheim")
	all := strings.Join(said(read(t, Compose(), files{"compose.yaml": "services:\n  web:\n    build: .\n    ports: ['${WEB_PORT:-80}']\n    environment: [API_KEY, 'X=${API_KEY}', \"HOME\"]\n", "a.py": ""})), "\n")
	if strings.Contains(all, "1234") || strings.Contains(all, "geheim") || !strings.Contains(all, ".: port 80 <-") || !strings.Contains(all, ".: secret API_KEY") {
		t.Errorf("only the file counts:\n%s", all)
	}
}

func FuzzCompose(f *testing.F) {
	f.Add(composeV1)
	f.Add(composeV3)
	f.Add("services:\n  a: &a\n    build: .\n    extends: b\n  b:\n    <<: *a\n    extends: a\n")
	f.Add("a: &a [*a]\n")
	f.Fuzz(func(t *testing.T, text string) {
		checkReport(t, read(t, Compose(), files{"docker-compose.yml": text, "package.json": "{}", "app/Dockerfile": "FROM mysql"}))
	})
}

func TestComposeInitScripts(t *testing.T) {
	for _, c := range []struct{ volumes, want string }{
		{"[./sql:/docker-entrypoint-initdb.d/]", "sql"},
		{"['./sql/b.sql:/docker-entrypoint-initdb.d/2.sql', './sql/a.sql:/docker-entrypoint-initdb.d/9.sql:ro']", "sql/b.sql sql/a.sql"},
		{"[../sql:/docker-entrypoint-initdb.d, data:/docker-entrypoint-initdb.d/x.sql, ./gone:/docker-entrypoint-initdb.d, .:/x]", ""},
	} {
		tree := files{"sql/a.sql": "-- a", "sql/b.sql": "-- b", "app.js": "x",
			"docker-compose.yml": "web: {build: ., links: [db]}\ndb:\n  image: postgres:9.4\n  volumes: " + c.volumes + "\n"}
		for _, f := range read(t, Compose(), tree).Findings {
			if f.Need != nil && strings.Join(f.Need.Init, " ") != c.want {
				t.Errorf("%s: %v", c.volumes, f.Need.Init)
			}
		}
		if r := read(t, Compose(), tree); !strings.Contains(strings.Join(said(r), "\n"), "need") {
			t.Errorf("%s: no need: %v", c.volumes, said(r))
		}
	}
}

func TestComposeLinesOfSeveralStatements(t *testing.T) {
	runCases(t, Compose(), []readerCase{
		{"a limit before the program, and a front in the same directory", files{"requirements.txt": "flask\n", "Dockerfile": "FROM python:3\nCOPY . /app\n", "Dockerfile.front": "FROM nginx\nCOPY front.conf /etc/nginx/conf.d/\n", "docker-compose.yml": "services:\n  app:\n    build: .\n    command: ulimit -n 65536; uwsgi --ini app.ini\n  rec:\n    build: .\n    command: ulimit -n 65536; uwsgi --ini rec.ini\n  front:\n    build: {context: ., dockerfile: Dockerfile.front}\n    ports: ['80:80']\n"},
			[]string{".: command uwsgi|--ini|app.ini <- docker-compose.yml:4", "rec: command uwsgi|--ini|rec.ini"}, []string{"front: command", "port 80"}},
	})
}
