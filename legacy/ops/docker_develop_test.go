package ops

import "testing"

func TestDockerfileToDevelopIn(t *testing.T) {
	runCases(t, Dockerfile(), []readerCase{
		{"packages without the code that they are for", files{"Gemfile": "", "Gemfile.lock": "", "Dockerfile": "FROM ruby:2.7\nCOPY Gemfile* ./\nRUN bundle install\nCMD bundle exec jekyll serve\n"},
			[]string{".: version 2.7", "note Dockerfile:1 takes no code"}, []string{"build Dockerfile", ": command"}},
		{"Elixir's console", files{"mix.exs": "", "Dockerfile": "FROM elixir:1.6\nADD . /app\nRUN mix compile\nEXPOSE 4000\nCMD [\"iex\", \"-S\", \"mix\", \"phx.server\"]\n"}, []string{".: version 1.6", "note Dockerfile:1 starts a console"}, []string{"build Dockerfile", ": command"}},
		{"packages, keys and the script that starts what is mounted", files{"Gemfile": "", "start.sh": "#!/bin/sh\nyarn\npassenger start\n", "repo.gpg.key": "", "Dockerfile": "FROM ruby:2.4\nADD repo.gpg.key /tmp/\nCOPY Gemfile start.sh ./\nCMD [\"bash\", \"-l\", \"start.sh\"]\n", "b/Gemfile": "", "b/run.sh": "", "b/Dockerfile": "FROM ruby:2.4\nCOPY run.sh ./\nCMD [\"./run.sh\"]\n"},
			[]string{"note Dockerfile:1 takes no code", "b: build Dockerfile"}, []string{".: build Dockerfile"}},
		{"Mojolicious's server of one process", files{"cpanfile": "", "Dockerfile": "FROM perl:5.24\nCOPY . .\nCMD [\"shop-api\", \"daemon\", \"-l\", \"http://*:4000\"]\n", "b/main.go": "", "b/Dockerfile": "FROM alpine\nCOPY . .\nCMD [\"shop\", \"daemon\"]\n"},
			[]string{".: command shop-api|daemon|-l|http://*:4000 <- Dockerfile:3 convention", "b: command shop|daemon <- b/Dockerfile:3 declared"}, nil},
		{"code that a step fetches", files{"Gemfile": "", "Dockerfile": "FROM ruby:2.7\nCOPY Gemfile ./\nRUN git clone https://git.example/shop /app\nCMD [\"puma\"]\n"}, []string{".: build Dockerfile", ".: command puma"}, []string{"takes no code"}},
		{"images that get their code from the one that they are made of", files{"requirements.txt": "", "run.sh": "#!/bin/sh\nexec gunicorn shop\n", "Dockerfile": "FROM python:3-onbuild\nWORKDIR /usr/src/app\nCMD [\"./run.sh\"]\n", "docker-compose.yml": "services:\n  app: {build: .}\n",
			"b/requirements.txt": "", "b/Dockerfile": "FROM team/shop:3\nWORKDIR /srv\nCMD [\"bin/other.sh\"]\n", "b/docker-compose.yml": "services:\n  b: {build: .}\n"}, []string{".: build Dockerfile", "b: build Dockerfile"}, []string{"without the code", "takes no code"}},
		{"code that a stage before takes", files{"requirements.txt": "", "app/run.sh": "#!/bin/sh\nexec gunicorn shop\n", "Dockerfile": "FROM python:3 AS build\nCOPY . /src\nFROM python:3\nWORKDIR /srv/app\nCOPY settings ./settings\nCOPY --from=build /src/app .\nCMD [\"./run.sh\"]\n", "docker-compose.yml": "services:\n  app: {build: ., volumes: ['./app:/srv/app']}\n"}, []string{".: build Dockerfile"}, []string{"without the code"}},
		{"code beside the packages", files{"package.json": "{}", "Dockerfile": "FROM node:14\nCOPY package.json server.js ./\nCMD [\"node\", \"server.js\"]\n", "server.js": ""}, []string{".: build Dockerfile"}, []string{"takes no code"}},
		{"an image for developers by its directory, though compose builds no other", files{"Gemfile": "", "Dockerfile": "FROM ruby:3.4\nCOPY . .\nCMD [\"puma\"]\n", "config/docker-dev/Dockerfile": "FROM ruby:3.3 AS dev\nCOPY . .\nCMD [\"rails\", \"s\"]\n",
			"docker-compose.yml": "services:\n  app: {build: {context: ., dockerfile: config/docker-dev/Dockerfile, args: {devel_gems: \"true\"}}}\n"},
			[]string{".: build Dockerfile", ".: language ruby 3.4", "note config/docker-dev/Dockerfile:0 Dockerfile holds"}, nil},
		{"a bare system with a shell", files{"Gemfile": "", "Dockerfile": "FROM ubuntu\nRUN apt-get install -y ruby mysql-server\nENTRYPOINT service mysql start && exec /bin/bash \"$@\"\n"}, []string{"note Dockerfile:1 takes no code"}, []string{": command", "build Dockerfile"}},
		{"it keeps its place from the image of another program, and leaves it to that of production", files{"package.json": "{}", "Dockerfile-app": "FROM node:14\nCOPY package.json ./\nCMD [\"npm\", \"start\"]\n", "Dockerfile-auth": "FROM tomcat:9\nADD auth.war /x/\n",
			"docker-compose.yml": "services:\n  app: {build: {context: ., dockerfile: Dockerfile-app}}\n  auth: {build: {context: ., dockerfile: Dockerfile-auth}}\n",
			"b/package.json":     "{}", "b/Dockerfile": "FROM node:14\nCOPY . .\nCMD [\"node\", \"b.js\"]\n", "b/Dockerfile.local": "FROM node:14\nCOPY package.json ./\nCMD [\"npm\", \"start\"]\n"},
			[]string{"note Dockerfile-app:1 takes no code", "note Dockerfile-auth:0 Dockerfile-app holds", "b: build Dockerfile"}, []string{".: build"}},
		{"rackup, and a server of production in the Procfile", files{"Gemfile": "", "Procfile": "web: bundle exec unicorn\n", "Dockerfile": "FROM ruby:2.7\nCOPY . .\nCMD bundle exec rackup -p 80\n", "b/Gemfile": "", "b/Procfile": "web: bundle exec rackup\n", "b/Dockerfile": "FROM ruby:2.7\nCOPY . .\nCMD bundle exec rackup -p 80\n"},
			[]string{".: command bundle|exec|rackup|-p|80 <- Dockerfile:3 convention", "b: command bundle|exec|rackup|-p|80 <- b/Dockerfile:3 declared"}, nil},
		{"what a Procfile says, run by a program that reads it", files{"Gemfile": "", "Procfile": "web: puma\n", "Dockerfile": "FROM ruby:2.7\nCOPY . .\nEXPOSE 3000\nCMD foreman run web\n", "b/Gemfile": "", "b/Dockerfile": "FROM ruby:2.7\nCOPY . .\nCMD foreman run web\n"},
			[]string{".: build Dockerfile", ".: port 3000", "b: command foreman|run|web"}, []string{".: command"}},
	})
}
