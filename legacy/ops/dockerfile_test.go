package ops

import "testing"

func TestDockerfile(t *testing.T) {
	runCases(t, Dockerfile(), []readerCase{
		{"extensions that an image compiles into PHP", files{"composer.json": "{}", "index.php": "", "Dockerfile": "FROM php:7-fpm-alpine\nRUN apk add icu-dev && \\\n    docker-php-ext-install -j4 intl pdo_mysql dom\nCOPY . /app\n"}, []string{".: extension intl <- Dockerfile:2 convention", ".: extension pdo_mysql <- Dockerfile:2"}, []string{"extension dom"}},
		{"an image of developers under supervisord", files{"composer.json": "{}", "artisan": "", "docker-compose.yml": "services:\n  node:\n    build: {context: ., dockerfile: docker/node/Dockerfile}\n    volumes: ['.:/app']\n", "docker/node/Dockerfile": "FROM node:10\nRUN apk add supervisor\nCMD [\"supervisord\", \"-c\", \"/etc/supervisord.conf\"]\n"}, []string{"note docker/node/Dockerfile:1 an image without the code"}, []string{"command supervisord"}},
		{"the image of another program beside one that the code is mounted into", files{"package.json": "{}", "index.js": "", "Dockerfile-app": "FROM node:16\nCOPY package.json ./\n", "Dockerfile-login": "FROM openjdk:8\nCOPY login/login.yml /login.yml\nCMD [\"/tomcat/bin/catalina.sh\", \"run\"]\n", "login/login.yml": "",
			"docker-compose.yml": "services:\n  app:\n    build: {context: ., dockerfile: Dockerfile-app}\n    volumes: ['.:/app']\n    command: node index.js\n  login:\n    build: {context: ., dockerfile: Dockerfile-login}\n"}, []string{"note Dockerfile-app:1 an image without the code", "note Dockerfile-login:1 an image for another language than node"}, []string{"catalina"}},
		{"Dockerfiles that are called after directories of code", files{"package.json": "{}", "api/package.json": "{}", "web/package.json": "{}", "web/Dockerfile": "FROM node:20\nCMD [\"node\", \"web.js\"]\n", "docker/Dockerfile.api": "FROM node:12\nCOPY package.json ./\nCOPY . .\nCMD [\"node\", \"api.js\"]\n", "docker/Dockerfile.web": "FROM node:12\nCMD [\"node\", \"old.js\"]\n", "docker/Dockerfile.test": "FROM node:12\nCMD [\"node\", \"t.js\"]\n", "test/package.json": "{}"}, []string{
			"note docker/Dockerfile.api:0 builds api by its name", "web: command node|web.js", "note docker/Dockerfile.web:0 not the Dockerfile of production"}, []string{"old.js", "t.js"}},
		{"Erlang's image for Elixir", files{"mix.exs": "", "Dockerfile": "FROM hexpm/erlang:27\nCOPY . .\nCMD [\"/app/bin/shop\", \"start\"]\n"}, []string{".: language elixir"}, []string{"erlang"}},
		{"a server that watches its files", files{"requirements.txt": "", "Dockerfile": "FROM python:3\nCOPY . .\nCMD [\"gunicorn\", \"--workers\", \"5\", \"--reload\", \"shop:app\"]\n"}, []string{".: command gunicorn|--workers|5|shop:app <- Dockerfile:3 declared"}, []string{"--reload"}},
		{"a script of developers'", files{"Gemfile": "", "Dockerfile": "FROM ruby:3\nCOPY . .\nCMD [\"run-dev\"]\n"}, []string{".: command run-dev <- Dockerfile:3 guess"}, nil},
		{"Java's image for Clojure", files{"project.clj": "(defproject shop \"1\")", "Dockerfile": "FROM eclipse-temurin:21\nCOPY . .\nCMD [\"/bin/shop\"]\n"}, []string{".: language clojure"}, []string{"version 21", "language java"}},
		{"migrations before a server for developers", files{"Gemfile": "", "Dockerfile": "FROM ruby:3.4\nCOPY . .\nCMD bundle exec rails db:migrate && bundle exec rails server\n"}, []string{"migrate: command (release) bundle|exec|rails|db:migrate <- Dockerfile:3 convention", ".: command bundle|exec|rails|server <- Dockerfile:3 guess"}, nil},
		{"the programs of several projects of .NET, of which it starts none", files{"Dockerfile": "FROM mcr.microsoft.com/dotnet/sdk:8.0 AS build\nWORKDIR /source\nCOPY . ./\nRUN dotnet publish\nFROM mcr.microsoft.com/dotnet/aspnet:8.0\nCOPY --from=build /source/src/Api/bin/Release/net8.0/publish/ ./Api/\nCOPY --from=build /source/src/Worker/bin/Release/net8.0/publish/ ./Worker/\nENV ASPNETCORE_HTTP_PORTS=3000\n",
			"src/Api/Api.csproj": "<Project Sdk=\"Microsoft.NET.Sdk.Web\" />", "src/Worker/Worker.csproj": "<Project Sdk=\"Microsoft.NET.Sdk\" />"}, []string{"src/Api: port 3000 <- Dockerfile:8", "note Dockerfile:5 an image for 2 programs"}, []string{".: ", "src/Worker: port"}},
		{"all that a stage says", files{"Dockerfile": `ARG PY=3.8
FROM python:${PY}-slim AS base
ENV PORT=8080 SECRET_KEY=geheim PAGE_SIZE=20 PYTHONUNBUFFERED=1
FROM base
COPY . /app
EXPOSE 8080/tcp 8125/udp
VOLUME /data
HEALTHCHECK CMD curl -f http://localhost:8080/health || exit 1
ENTRYPOINT ["tini", "--"]
CMD ["gunicorn", "shop.wsgi", "-b", ":8080"]
`}, []string{
			".: build Dockerfilewraps <- Dockerfile:2 declared", ".: language python 3.8", ".: command gunicorn|shop.wsgi|-b|:8080 <- Dockerfile:10 declared", ".: port 8080 <- Dockerfile:10",
			".: env PAGE_SIZE=20 <- Dockerfile:3", ".: secret SECRET_KEY <- Dockerfile:3", "note Dockerfile:3 SECRET_KEY has a value", ".: health  /health <- Dockerfile:8", ".: state /data <- Dockerfile:7",
		}, []string{"geheim", "8125", "PYTHONUNBUFFERED"}},
		{"PHP behind a web server of the same image, kept going by supervisord", files{"composer.json": "{}", "Dockerfile": "FROM php:8.2-fpm\nCOPY . /app\nCOPY docker/supervisord.conf /etc/\nCMD [\"supervisord\", \"-n\"]\n", "docker/supervisord.conf": "[program:fpm]\ncommand=/usr/local/sbin/php-fpm -F\n[program:nginx]\ncommand=nginx -g 'daemon off;'\n",
			"b/composer.json": "{}", "b/Dockerfile": "FROM php:8.2-fpm\nCOPY . /app\nCMD [\"supervisord\", \"-n\"]\n", "b/supervisord.conf": "[program:fpm]\ncommand=/usr/local/sbin/php-fpm -F\n[program:queue]\ncommand=php artisan queue:work\n"}, []string{
			".: command supervisord|-n <- Dockerfile:4 declared", "b: command supervisord|-n <- b/Dockerfile:3 guess"}, nil},
		{"plackup without a server of its own choice", files{"cpanfile": "", "Dockerfile": "FROM perl:5.38\nCOPY . /app\nCMD [\"plackup\", \"app.psgi\"]\n", "b/cpanfile": "", "b/Dockerfile": "FROM perl:5.38\nCOPY . /app\nCMD [\"plackup\", \"-s\", \"Starman\", \"app.psgi\"]\n"}, []string{
			".: command plackup|app.psgi <- Dockerfile:3 convention", "b: command plackup|-s|Starman|app.psgi <- b/Dockerfile:3 declared"}, nil},
		{"an init program is kept, and runs what the service is told elsewhere", files{"Dockerfile": "FROM node:8\nENTRYPOINT [\"/sbin/tini\", \"-g\", \"--\"]\nCMD node a.js\n", "b/Dockerfile": "FROM node:8\nENTRYPOINT [\"tini\", \"--\", \"node\", \"b.js\"]\n"}, []string{
			".: build Dockerfilewraps <- Dockerfile:1", ".: command node|a.js <- Dockerfile:3 declared", "b: build Dockerfile <- b/Dockerfile:1", "b: command tini|--|node|b.js <- b/Dockerfile:2"}, nil},
		{"an ENTRYPOINT that the image below may have", files{"Dockerfile": "FROM acme/runner:2\nCMD [\"serve\"]\n", "b/Dockerfile": "FROM debian:10\nCMD [\"serve\"]\n", "c/Dockerfile": "FROM python:3.8\nCMD [\"serve\"]\n", "d/Dockerfile": "FROM wordpress:5\nCMD [\"serve\"]\n"}, []string{
			".: build Dockerfilewraps", "b: build Dockerfile <-", "c: build Dockerfile <-", "d: build Dockerfilewraps"}, nil},
		{"the interpreter of an image that holds nothing else", files{"Dockerfile": "FROM gcr.io/distroless/nodejs20-debian12\nCOPY . /app\nCMD [\"a.js\"]\n", "b/Dockerfile": "FROM gcr.io/distroless/java17-debian12\nCOPY . /app\nCMD [\"b.jar\"]\n", "c/Dockerfile": "FROM gcr.io/distroless/java-base-debian12\nCOPY . /app\nCMD [\"bin/c\"]\n"}, []string{
			".: command /nodejs/bin/node|a.js <- Dockerfile:3", "b: command java|-jar|b.jar <- b/Dockerfile:3", "c: command bin/c"}, nil},
		{"Java's arguments alone, for an image that starts Java", files{"Dockerfile": "FROM corp.example/base/java:21\nCOPY build/libs/shop.jar /opt/\nCMD [\"--add-opens\", \"java.base/java.nio=ALL-UNNAMED\", \"shop.jar\"]\n", "b/Dockerfile": "FROM corp.example/jre\nCMD [\"-jar\", \"b.jar\"]\n", "c/Dockerfile": "FROM corp.example/jre\nCMD [\"run\", \"c.jar\"]\n"}, []string{
			".: command java|-jar|--add-opens|java.base/java.nio=ALL-UNNAMED|shop.jar <- Dockerfile:3", "b: command java|-jar|b.jar <- b/Dockerfile:2", "c: command run|c.jar <- c/Dockerfile:2"}, nil},
		{"an image that a plugin of the build makes", files{"pom.xml": "", "src/server/pom.xml": "", "src/server/src/main/docker/Dockerfile": "FROM openjdk:11\nARG JAR\nADD src/server/src/main/docker/start.sh /start.sh\nADD ${JAR} /app.jar\nENV AUTH_PASSWORD=\nCMD [\"/start.sh\"]\n", "src/server/src/main/docker/start.sh": "#!/bin/sh\nset -e\nsed -i s/a/b/ /etc/x\nexec java -jar /app.jar\n"}, []string{
			"src/server: secret AUTH_PASSWORD", "src/server: command /start.sh <- src/server/src/main/docker/Dockerfile:6 convention"}, nil},
		{"pages behind Caddy and nginx", files{"package.json": "{}", "site/Dockerfile": "FROM corp.example/caddy:2\nCOPY Caddyfile /etc/caddy/\nCOPY html/ /site/\n", "site/Caddyfile": "{\n  admin off\n}\n:2015 {\n  root * /site\n}\n", "site/html/index.html": "", "b/Dockerfile": "FROM nginx\nCOPY html/ /usr/share/nginx/html/\n", "b/html/index.html": ""}, []string{
			"site: language static", "site: port 2015 <- site/Caddyfile:4 declared", "b: port 80 <- b/Dockerfile:1 convention"}, nil},
		{"checks by a program", files{"Dockerfile": "FROM node:20\nCMD node a.js\nHEALTHCHECK CMD node -e \"require('http').get('http://localhost:'+(process.env.PORT||8080)+'/api/health')\"\n",
			"b/Dockerfile": "FROM node:20\nCOPY . .\nCMD node a.js\nHEALTHCHECK CMD node healthcheck.js\n", "b/healthcheck.js": "const r = require('http').request({host: 'localhost', port: 3000, path: '/up'})\n",
			"c/Dockerfile": "FROM python:3.8\nCOPY . .\nCMD [\"a\"]\nHEALTHCHECK CMD [\"/usr/bin/python\", \"bin/check.py\"]\n", "c/bin/check.py": "import os\nport = os.environ['PORT']\nurlopen(f'http://127.0.0.1:{port}/well')\n"},
			[]string{".: health  /api/health <- Dockerfile:3 declared", "b: health  /up <- b/Dockerfile:4 convention", "c: health  /well <- c/Dockerfile:4"}, nil},
		{"the user's number", files{"Dockerfile": "FROM python:3.8 AS base\nARG ID=1032\nRUN addgroup --gid 7 shop && adduser --system \\\n --uid $ID shop && mkdir /x\nFROM base\nUSER shop:shop\nCMD [\"a\"]\n",
			"b/Dockerfile": "FROM ruby:3.3\nRUN useradd -u 900 -g 1000 b\nUSER 1000:1000\nCMD [\"b\"]\n", "c/Dockerfile": "FROM node:20\nUSER node\nCMD [\"c\"]\n", "d/Dockerfile": "FROM ruby:3.3\nRUN useradd -m d\nUSER d\nCMD [\"d\"]\n", "e/Dockerfile": "FROM ruby:3.3\nUSER 5\nUSER root\nCMD [\"e\"]\n",
			"f/Dockerfile": "FROM ruby:3.3\nRUN useradd -mu 900 -g 12 f\nUSER f\nCMD [\"f\"]\n"}, []string{
			".: user 1032 <- Dockerfile:6 declared", "b: user 1000 <- b/Dockerfile:3", "c: user 1000 <- c/Dockerfile:2", "f: user 900 <- f/Dockerfile:3"}, []string{"d: user", "e: user"}},
		{"what ASP.NET Core binds", files{"Dockerfile": "FROM mcr.microsoft.com/dotnet/aspnet:8.0\nENV ASPNETCORE_URLS=https://+:5051;http://+:5050\nENTRYPOINT [\"dotnet\", \"a.dll\"]\n"}, []string{".: port 5050 <- Dockerfile:2 declared"}, nil},
		{"shell form", files{"Dockerfile": "FROM node:8\nEXPOSE 3000\nCMD exec node server.js\n"}, []string{".: command node|server.js <- Dockerfile:3", ".: port 3000 <- Dockerfile:2 declared", ".: language node 8"}, nil},
		{"shell form with a variable", files{"Dockerfile": "FROM node:8\nENV PORT 5000\nCMD node server.js --port $PORT\n"}, []string{".: command sh|-c|exec node server.js --port $PORT", ".: port 5000 <- Dockerfile:2"}, nil},
		{"a development server", files{"Dockerfile": "FROM python:2.7\nCMD python manage.py runserver 0.0.0.0:8000\n"}, []string{".: command python|manage.py|runserver|0.0.0.0:8000 <- Dockerfile:2 guess", ".: port 8000"}, nil},
		{"a compiled service takes its language from the builder, assets don't count", files{"Dockerfile": "FROM node:10 AS assets\nFROM golang:1.9 AS build\nFROM alpine:3.4\nCOPY --from=assets /a /a\nCOPY --from=build /go/bin/x /x\nCMD [\"/x\"]\n"}, []string{".: language go 1.9  <- Dockerfile:2"}, []string{"node"}},
		{"a runtime's own stage for a bare last one", files{"Dockerfile": "FROM node:20.1 AS b\nFROM alpine\nCOPY --from=b /x /x\nENTRYPOINT [\"node\", \"server.js\"]\n"}, []string{".: language node 20.1"}, nil},
		{"code that compose mounts, started by a file of it", files{"Dockerfile": "FROM team/tools:1\nEXPOSE 4000\nENTRYPOINT [\"./start.sh\"]\n", "start.sh": "#!/bin/sh\nservice rsyslog start\nexec ./all.py\n", "cmd/x/main.go": "", "docker-compose.yml": "version: '2'\nservices:\n  shop:\n    build: .\n    volumes: ['.:/go/src/shop']\n"},
			[]string{".: command ./start.sh <- Dockerfile:3 declared", ".: port 4000 <- Dockerfile:2"}, []string{"program of others", "build Dockerfile"}},
		{"a program that keeps others going", files{"Dockerfile": "FROM phusion/baseimage\nCOPY . /app\nCMD [\"/sbin/my_init\"]\n", "b/Dockerfile": "FROM x\nCOPY start.sh /\nCMD [\"/start.sh\"]\n", "b/start.sh": "#!/bin/sh\nexec /usr/bin/supervisord -c x\n", "c/Dockerfile": "FROM x\nCOPY init /\nCMD [\"/init\"]\n", "c/init": "#!/bin/sh\nexec serve\n"},
			[]string{".: command /sbin/my_init <- Dockerfile:3 guess", "b: command /usr/bin/supervisord|-c|x <- b/start.sh:2 guess", "c: command serve <- c/init:2 declared"}, nil},
		{"a command that only tells", files{"Dockerfile": "FROM alpine\nENTRYPOINT [\"dex\"]\nCMD [\"version\"]\n"}, []string{".: command dex <- Dockerfile:3 guess"}, []string{"version"}},
		{"what builds the program counts more than what wants it built", files{"docker/pay/Dockerfile": "FROM golang:1.7\nCOPY . /go/src/x\nFROM alpine\nCOPY --from=0 /app /app\nCMD [\"/app\"]\n", "docker/pay/Dockerfile-release": "FROM alpine\nCOPY app /\nCMD [\"/app\"]\n", "docker-compose.yml": "version: '2'\nservices:\n  pay:\n    build: {context: ., dockerfile: docker/pay/Dockerfile}\n", "cmd/x/main.go": "", "go.mod": ""},
			[]string{".: build docker/pay/Dockerfile", ".: language go 1.7"}, []string{"build docker/pay/Dockerfile-release"}},
		{"images that only arguments name", files{"package.json": "{}", "a.js": "", "Dockerfile": "ARG RUNTIME\nARG BUILDER=node:8\nFROM ${BUILDER} AS b\nFROM $RUNTIME\nCOPY . /app\nEXPOSE 3000\nCMD [\"node\", \"a.js\"]\n"}, []string{".: port 3000 <- Dockerfile:6 convention", "note Dockerfile:4 wants the build argument RUNTIME"}, []string{".: build Dockerfile", "BUILDER"}},
		{"made of what dotnet publish has left", files{"Shop.csproj": "", "A.cs": "", "Dockerfile": "FROM microsoft/dotnet:2.1-aspnetcore-runtime\nCOPY . .\nENTRYPOINT [\"dotnet\", \"Shop.dll\"]\n"}, []string{".: command dotnet|Shop.dll <- Dockerfile:3 declared", "note Dockerfile:1 takes what dotnet publish has made"}, []string{".: build Dockerfile"}},
		{"the port of nginx's own configuration", files{"package.json": "{}", "public/index.html": "", "nginx.conf": "server {\n  listen 443 ssl;\n  listen [::]:8081 default_server;\n}\n", "Dockerfile": "FROM node:18 AS b\nCOPY . .\nRUN npm run build\nFROM acme/nginx-120\nCOPY --from=b build /usr/share/nginx/html\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\n"}, []string{".: port 8081 <- nginx.conf:3 declared"}, []string{"port 443"}},
		{"the module that an argument with a default names", files{"pom.xml": "", "api/pom.xml": "", "Dockerfile": "FROM maven:3 AS b\nARG NAME=api\nCOPY . .\nRUN mvn install\nFROM eclipse-temurin:17\nARG NAME=api\nCOPY --from=b ./${NAME}/target/${NAME}-*.jar /app/service.jar\nCMD [\"java\", \"-jar\", \"/app/service.jar\"]\n"}, []string{".: holds api"}, nil},
		{"a program of others that a script sets up", files{"package.json": "{}", "auth/Dockerfile": "FROM quay.io/keycloak/keycloak:20\nCOPY setup.sh /tmp/\nCMD [\"/tmp/setup.sh\"]\n", "auth/setup.sh": "#!/bin/sh\ncurl x\n"}, []string{"note auth/Dockerfile:1 holds no code"}, []string{"auth: command"}},
		{"an argument that a variable gives a default", files{"Dockerfile": "FROM node:8\nARG SRC\nENV SRC ${SRC:-./}\nCOPY ${SRC} /app\nCMD [\"node\", \"a.js\"]\n"}, []string{".: build Dockerfile <- Dockerfile:1"}, []string{"wants the build argument"}},
		{"the compiler of Rust", files{"Dockerfile": "FROM team/rust-musl-builder:1.51.0 AS b\nFROM alpine\nCOPY --from=b /x /x\nCMD [\"/x\"]\n"}, []string{".: language rust", ".: version 1.51.0 <- Dockerfile:1 convention"}, nil},
		{"the last stage is for tests", files{"Dockerfile": "FROM node:8 AS base\nFROM base AS production\nCMD [\"node\", \"a.js\"]\nFROM base AS test\nCMD [\"npm\", \"test\"]\n"}, []string{".: command node|a.js <- Dockerfile:3"}, []string{"npm"}},
		{"several ports, one of them the command's", files{"Dockerfile": "FROM x\nEXPOSE 443 9229 8081\nEXPOSE 3000\nCMD [\"run\"]\n", "b/Dockerfile": "FROM x\nEXPOSE 80\nCMD run --port 81\n"}, []string{
			".: port 3000 <- Dockerfile:3 convention", "b: port 81 <- b/Dockerfile:3 declared", "note b/Dockerfile:2 EXPOSE 80",
		}, nil},
		{"the ports that ASP.NET Core had before .NET 8, and what it is told to bind", files{"Dockerfile": "FROM mcr.microsoft.com/dotnet/aspnet:8.0 AS base\nEXPOSE 80\nEXPOSE 443\nFROM base\nCOPY . /app\nENTRYPOINT [\"dotnet\", \"Shop.dll\"]\n", "b/Dockerfile": "FROM mcr.microsoft.com/dotnet/aspnet:6.0\nEXPOSE 80\nCOPY . /app\nENTRYPOINT [\"dotnet\", \"Shop.dll\"]\n", "c/Dockerfile": "FROM mcr.microsoft.com/dotnet/aspnet:8.0\nEXPOSE 80\nENV ASPNETCORE_URLS=http://+:5005\nCOPY . /app\nENTRYPOINT [\"dotnet\", \"Shop.dll\"]\n"},
			[]string{".: port 8080 <- Dockerfile:1 convention", "b: port 80 <- b/Dockerfile:2 declared", "c: port 5005 <- c/Dockerfile:3 declared"}, nil},
		{"images that make packages, beside the one of the service", files{"go.mod": "", "main.go": "", "packaging/debian/Dockerfile": "FROM golang:1 AS build\nRUN apt-get install -y debhelper\nADD . /src\nCMD [\"/src/packaging/debian/build.sh\"]\n", "packaging/rpm/Dockerfile": "FROM golang:1 AS build\nADD . /src\nFROM rockylinux:9\nRUN dnf install -y rpm-build\n", "packaging/docker/Dockerfile": "FROM golang:1 AS build\nADD . /src\nFROM alpine:3\nEXPOSE 8080\nCOPY --from=build /src/shop /usr/bin/shop\nCMD [\"/usr/bin/shop\"]\n"},
			[]string{".: build packaging/docker/Dockerfile", ".: command /usr/bin/shop", ".: port 8080", "note packaging/debian/Dockerfile:1 makes packages for a distribution (debhelper)", "note packaging/rpm/Dockerfile:3 makes packages"}, nil},
		{"Node.js on Alpine in another's image", files{"package.json": "{}", "Dockerfile": "FROM team/alpine-node:5.8.0\nCOPY . /app\nCMD [\"node\", \"a.js\"]\n"}, []string{".: language node 5.8.0"}, nil},
		{"its context, by what it copies", files{"go.mod": "", "main.go": "", "docker/Dockerfile": "FROM golang:1.9\nCOPY go.mod main.go /x/\nCMD [\"x\"]\n"}, []string{".: build docker/Dockerfile"}, nil},
		{"its context, by the compose file", files{"docker-compose.yml": "web:\n  build: .\n  dockerfile: ops/web.Dockerfile\n", "ops/web.Dockerfile": "FROM node:6\nCMD node a.js\n", "a.js": ""}, []string{".: build ops/web.Dockerfile"}, nil},
		{"Symfony's server for developers", files{"Dockerfile": "FROM php:8.2-fpm\nCOPY . /app\nCMD [\"php\", \"bin/console\", \"--env=dev\", \"server:run\", \"0.0.0.0:8000\"]\n"}, []string{
			".: command php|bin/console|--env=dev|server:run|0.0.0.0:8000 <- Dockerfile:3 guess"}, nil},
		{"what compose runs for developers", files{"Dockerfile.dev": "FROM ruby:3.2\nENV DATABASE_HOST db\nCMD rails server\n", "docker-compose.yml": "services:\n  app: {build: {context: ., dockerfile: Dockerfile.dev}}\n"}, []string{
			"note Dockerfile.dev:0 for developers by its name"}, []string{"command", "DATABASE_HOST"}},
		{"images that are no service", files{"db/Dockerfile": "FROM mysql:5.7\n", "lb/Dockerfile": "FROM nginx\nCOPY nginx.conf /etc/nginx/\n", "lb/nginx.conf": "", "Dockerfile.dev": "FROM node:8\nCMD npm run dev\n", "monitoring/Dockerfile": "FROM prom/prometheus\n"}, []string{
			"note db/Dockerfile:1 an image of mysql", "note lb/Dockerfile:1 a web server", "note Dockerfile.dev:0", "note monitoring/Dockerfile:1",
		}, []string{"command", "build "}},
		{"production by name first, a second image", files{"Dockerfile": "FROM node:8\nCMD [\"nodemon\"]\n", "Dockerfile.prod": "FROM node:8\nCMD [\"node\", \"a\"]\n"}, []string{".: command node|a <- Dockerfile.prod:2", "note Dockerfile:0 Dockerfile.prod holds the image"}, []string{"nodemon"}},
		{"an image of the repository as base", files{"docker/images/shop_base/Dockerfile": "FROM python:3.6\nCOPY requirements.txt /\n", "docker/images/shop/Dockerfile": "FROM team/shop_base:latest\nCOPY . /app\nCMD [\"gunicorn\", \"x\"]\n", "requirements.txt": ""}, []string{
			".: language python 3.6  <- docker/images/shop_base/Dockerfile:1", ".: command gunicorn|x <- docker/images/shop/Dockerfile:3", ".: build docker/images/shop/Dockerfile",
		}, []string{"second image"}},
		{"an argument that has its value at the top, and what comes from elsewhere", files{"Dockerfile": "ARG SRC=web\nFROM node:8 AS b\nARG TOOL\nADD https://example.com/${TOOL}.tgz /t\nFROM node:8\nARG SRC\nCOPY ${SRC} /app\nCMD [\"node\", \"a.js\"]\n", "web/a.js": ""}, []string{".: command node|a.js"}, []string{"wants the build argument"}},
		{"the arguments of Java's interpreter, with a WAR", files{"pom.xml": "", "Dockerfile": "FROM acme/java:25-distroless\nADD build/libs/a.war /opt/\nCMD [\"-Dx=y\", \"a.war\"]\n"}, []string{".: command java|-jar|-Dx=y|a.war"}, nil},
		{"made for several services", files{"docker/Dockerfile": "FROM openjdk:8\nARG ARTIFACT\nCOPY ${ARTIFACT}.jar app.jar\nENTRYPOINT [\"java\", \"-jar\", \"app.jar\"]\n"}, []string{".: command java|-jar|app.jar <- docker/Dockerfile:4 convention", "note docker/Dockerfile:1 wants the build argument ARTIFACT"}, []string{"build docker"}},
		{"what the base image starts", files{"Dockerfile": "FROM php:8.2-apache\nCOPY . /app\n", "b/Dockerfile": "FROM wordpress:5.8\nENTRYPOINT [\"/start.sh\"]\n", "c/Dockerfile": "FROM php:8.2-fpm\n"}, []string{".: command apache2-foreground <- Dockerfile:1 convention", ".: port 80 <- Dockerfile:1 convention", "b: port 80", "b: language php", "c: command php-fpm"}, []string{"c: port", "php 5.8"}},
		{"images of Microsoft's", files{"a/Dockerfile": "FROM mcr.microsoft.com/other/runtime:1\nCMD [\"x\"]\n", "b/Dockerfile": "FROM mcr.microsoft.com/dotnet/aspnet:6.0\nCMD [\"dotnet\", \"b.dll\"]\n", "c/Dockerfile": "FROM mcr.microsoft.com/dotnet/framework/aspnet:4.8\n"}, []string{"b: language dotnet 6.0  <- b/Dockerfile:1 convention", "c: language dotnet .NET Framework 4.8"}, []string{"a: language"}},
		{"many for other machines", files{"x/Dockerfile.amd64": "FROM a\n", "x/Dockerfile.arm": "FROM a\n", "x/Dockerfile.arm64": "FROM a\n", "x/Dockerfile.s390": "FROM a\n"}, []string{"note x/Dockerfile.amd64:0 this and 3 more"}, []string{"arm64:0"}},
		{"templates and nonsense", files{"Dockerfile": "m4_include(x)\nFROM a\n", "b/Dockerfile": "{% if x %}\nFROM b\n", "c/Dockerfile": ""}, []string{"note Dockerfile:1 not understood", "note b/Dockerfile:1 not understood"}, nil},
	})
}

func FuzzDockerfile(f *testing.F) {
	f.Add("FROM a AS b\nFROM b\nCOPY --from=b x y\nENV A=$B\nCMD $A\nEXPOSE $A 1-2 99999\nHEALTHCHECK CMD curl localhost/")
	f.Add("FROM scratch\nONBUILD RUN x\nRUN <<EOF\ny\nEOF\nENTRYPOINT []\nCMD []")
	f.Fuzz(func(t *testing.T, text string) {
		checkReport(t, read(t, Dockerfile(), files{"Dockerfile": text, "a/docker/Dockerfile": text}))
	})
}
