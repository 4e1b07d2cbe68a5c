package ops

import (
	"strings"
	"testing"
)

func TestCommand(t *testing.T) {
	for line, want := range map[string]string{
		"gunicorn shop.wsgi --bind '0.0.0.0:8000'": "gunicorn|shop.wsgi|--bind|0.0.0.0:8000",
		"exec ./run":                        "./run",
		"bundle exec puma -p $PORT":         "sh|-c|exec bundle exec puma -p $PORT",
		"cd app && node index.js":           "sh|-c|cd app && exec node index.js",
		"a | tee log":                       "sh|-c|a | tee log",
		"FOO=$BAR run it":                   "sh|-c|FOO=$BAR exec run it",
		"npm start >> log 2>&1":             "sh|-c|exec npm start >> log 2>&1",
		"java $JAVA_OPTS -jar target/a.jar": "sh|-c|exec java $JAVA_OPTS -jar target/a.jar",
		"a; b":                              "sh|-c|a; exec b",
		"sleep 5 &":                         "sh|-c|sleep 5 &",
		"x --glob *.conf":                   "sh|-c|exec x --glob *.conf",
		"unclosed 'quote":                   "",
		"":                                  "",
		"MIN=10 bin/rake jobs:work":         "bin/rake|jobs:work",
		"carton exec -- starman -p 5000":    "starman|-p|5000",
		"carton exec 'MIN=10 bin/shop run'": "bin/shop|run",
		"carton exec bin/shop > $LOG":       "sh|-c|exec bin/shop > $LOG",
		"carton exec 'bin/shop ('":          "",
		"chmod +x ./run.sh && ./run.sh":     "./run.sh",
	} {
		argv, _ := command(line)
		if got := strings.Join(argv, "|"); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
	for _, line := range []string{"MIN=10 bin/rake", "carton exec 'MIN=10 bin/shop run'"} {
		if _, env := command(line); env["MIN"] != "10" {
			t.Errorf("the variable before a command: %s: %v", line, env)
		}
	}
}

func TestPortOf(t *testing.T) {
	env := map[string]string{"PORT": "9100"}
	for line, want := range map[string]int{
		"gunicorn -b 0.0.0.0:8000 a": 8000, "uwsgi --http-socket :8001": 8001, "app -port=8080": 8080, "x --port 81": 81, "puma -p ${PORT:-3016}": 3016, "x --bind :$PORT": 9100,
		"java -Dserver.port=8082 -jar x.jar": 8082, "java -jar x.jar --server.port=8083": 8083, "x --port 99999": 0, "x 8080": 0, "celery -c 4": 0, "x --listen=127.0.0.1:7000": 7000, "npm start": 0,
	} {
		argv, _ := command(line)
		if got, _ := portOf(argv, env); got != want {
			t.Errorf("%s: %d, want %d", line, got, want)
		}
	}
}

func TestForDevelopment(t *testing.T) {
	for line, want := range map[string]bool{
		"./bin/run.sh dev": true, "./bin/run.sh prod": false,
		"python manage.py runserver 0.0.0.0:8000": true, "flask --debug run": true, "npm run dev": true, "nodemon x.js": true, "bash": true, "go run .": true, "rails s": true, "pytest -q": true, "tail -f /dev/null": true,
		"gunicorn x --reload": true, "mvn spring-boot:run": true, "plackup -p 5000 -R lib app.psgi": true, "plackup -s Starman app.psgi": false,
		"bundle exec sidekiq --config config/sidekiq-development.yml": true, "bundle exec sidekiq -C config/sidekiq.yml": false, "bundle exec jekyll serve --host 0.0.0.0": true, "hugo": false,
		"gunicorn x": false, "node server.js": false, "npm start": false, "bundle exec puma": false, "python app.py": false, "./run.sh": false, "catalina.sh run": false, "node devices.js": false,
	} {
		if got := forDevelopment(strings.Fields(line)); got != want {
			t.Errorf("%s: %v, want %v", line, got, want)
		}
	}
}

func TestImages(t *testing.T) {
	for ref, want := range map[string]string{
		"python:3.8-slim": "python 3.8 ", "node:8": "node 8 ", "openjdk:8u151-jre": "java 8 ", "java:1.8": "java 8 ", "tomcat:8.5-jre8": "java 8 tomcat8", "tomcat:9": "java  tomcat9", "maven:3.6-jdk-11": "java 11 ",
		"adoptopenjdk/openjdk11:alpine": "java 11 ", "gcr.io/distroless/java:8": "java 8 ", "eclipse-temurin:17-jre@sha256:00": "java 17 ", "golang": "go  ", "registry:5000/team/node": "node  ", "team/ruby:8621ead7e4ef": "ruby  ", "ruby:20190101": "ruby  ",
		"centos/python-36-centos7": "python 3.6 ", "pypy:2-7.3.0": "python 2.7 ", "golang:1-bookworm": "go  ", "golang:1.21": "go 1.21 ", "ubi8/nodejs-16:1-50": "node 16 ", "ubi8/php-74": "php 7.4 ", "registry/library/node-18-alpine:latest": "node 18 ", "registry/python3-bookworm:latest": "python 3.11 ", "registry/python3": "python  ", "team/openjdk8": "java 8 ", "team/python-worker:1": "  ",
		"mcr.microsoft.com/dotnet/aspnet:7.0": "dotnet 7.0 ", "alpine:3.4": "  ", "nginx": "  ",
	} {
		lang, version, server := parseImage(ref).language()
		if got := lang + " " + version + " " + server; got != want {
			t.Errorf("%s: %q, want %q", ref, got, want)
		}
	}
	for ref, want := range map[string]string{"postgres:9.6-alpine": "postgres 9.6", "mysql": "mysql ", "bitnami/redis:latest": "redis ", "docker.elastic.co/elasticsearch/elasticsearch:6.2.4": "elasticsearch 6.2.4", "mcr.microsoft.com/mssql/server:2017-latest": "mssql 2017", "node:8": " ",
		"ankane/pgvector:v0.5.1": "postgres ", "pgvector/pgvector:0.7.0-pg16": "postgres 16", "timescale/timescaledb:2.11.2": "postgres ", "postgis/postgis:15-3.3": "postgres 15"} {
		kind, version := parseImage(ref).store()
		if got := kind + " " + version; got != want {
			t.Errorf("%s: %q, want %q", ref, got, want)
		}
	}
}

func FuzzCommand(f *testing.F) {
	f.Add("FOO=1 exec a | b && c > d &")
	f.Add("a $(b) `c` ${D:-${E}} 'f' \"g\" \\\nh")
	f.Fuzz(func(t *testing.T, line string) {
		argv, env := command(line)
		portOf(argv, env)
		forDevelopment(argv)
		daemonLine(append(argv, "x"), true)
		needOfSetting(line, line)
		parseImage(line).language()
	})
}
