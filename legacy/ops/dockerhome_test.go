package ops

import "testing"

// A repository of several services builds each from its root; what compose mounts into images of two languages is two
// programs.
func TestDockerfileHome(t *testing.T) {
	image := "FROM php:8.2-fpm\nCOPY shared /shared\nCOPY api/composer.json /app/\nCOPY api/src /app/src\nCMD [\"php-fpm\"]\n"
	compose := "services:\n  api:\n    build: {context: ., dockerfile: api/docker/app/Dockerfile}\n"
	code := files{"package.json": "{}", "shared/a.php": "", "api/composer.json": "{}", "api/src/a.php": "", "api/docker/app/Dockerfile": image, "docker-compose.yml": compose}
	all := files{"Gemfile": "", "lib/a.rb": "", "tools/cpanfile": "", "tools/x.pl": "", "script/a.pl": "", "tools/Dockerfile": "FROM perl\nCOPY tools/cpanfile /\nCOPY lib /lib\nCOPY script /script\nCMD [\"a\"]\n"}
	whole := files{"Gemfile": "", "web/Gemfile": "", "web/a.rb": "", "web/Dockerfile": "FROM ruby\nCOPY . /app\nCOPY web/a.rb /\nCMD [\"a\"]\n", "docker-compose.yml": "services:\n  web:\n    build: {context: ., dockerfile: web/Dockerfile}\n"}
	runCases(t, Dockerfile(), []readerCase{
		{"a directory without code, and the scripts of the one above", files{"autogen.sh": "", "Makefile.am": "", "src/a.c": "", "contrib/Dockerfile": "FROM debian AS b\nCOPY . /src\nRUN ./autogen.sh --prefix=/opt/chat \\\n  && make install\nFROM debian\nCOPY --from=b /opt/chat /opt/chat\nCMD [\"/opt/chat/sbin/chatd\"]\n"}, []string{".: build contrib/Dockerfile", ".: command /opt/chat/sbin/chatd"}, []string{"contrib: "}},
		{"the version of a language in the tag of another's image", files{"package.json": "{}", "Dockerfile": "FROM team/node:2.10.3-node22.21.1\nCOPY . /app\nCMD [\"node\", \"a.js\"]\n", "b/package.json": "{}", "b/Dockerfile": "FROM node:18-python3.9\nCOPY . /app\nCMD [\"node\", \"b.js\"]\n"}, []string{".: language node 22.21.1", "b: language node 18"}, []string{"2.10.3", "3.9"}},
		{"code of one directory, and what is shared", code, []string{"api: build docker/app/Dockerfile", "api: command php-fpm"}, []string{".: command"}},
		{"the same where no compose file says it", files{"package.json": "{}", "shared/a.php": "", "api/composer.json": "{}", "api/src/a.php": "", "api/docker/app/Dockerfile": image}, []string{"api: build docker/app/Dockerfile"}, []string{".: command"}},
		{"the project of .NET whose program it starts", files{"api/Dockerfile": "FROM mcr.microsoft.com/dotnet/sdk:8.0 AS build\nCOPY . .\nRUN dotnet publish\nFROM mcr.microsoft.com/dotnet/aspnet:8.0\nCOPY --from=build /out .\nEXPOSE 5090\nENTRYPOINT [\"dotnet\", \"Shop.Api.dll\"]\n", "api/src/Shop.Api/Shop.Api.csproj": "", "api/src/Shop.Core/Shop.Core.csproj": "", "mail/src/Shop.Mail/Shop.Mail.csproj": "", "mail/Dockerfile": "FROM mcr.microsoft.com/dotnet/aspnet:8.0\nCOPY --from=build /out .\nENTRYPOINT [\"dotnet\", \"Shop.Mail.dll\"]\n"}, []string{"mail: command dotnet|Shop.Mail.dll", "api: command dotnet|Shop.Api.dll", "api: port 5090", "api: build Dockerfile"}, []string{".: "}},
		{"the Python of a distribution", files{"requirements.txt": "flask\n", "Dockerfile": "FROM ubuntu:focal\nRUN apt-get update && \\\n  apt-get install -y git python3-pip && rm -rf /x\nCOPY . /app\nCMD [\"gunicorn\", \"a\"]\n"}, []string{".: language python 3.8  <- Dockerfile:2 convention"}, nil},
		{"the older Python, and one for tools beside another language", files{"requirements.txt": "flask\n", "Dockerfile": "FROM debian:9.5-slim\nRUN apt-get install python python-pip\nCOPY . /app\nCMD [\"gunicorn\", \"a\"]\n", "b/package.json": "{}", "b/Dockerfile": "FROM debian:10\nRUN apt-get install -y python3 nodejs\nCOPY . /app\nCMD [\"node\", \"a.js\"]\n"},
			[]string{".: language python 2.7  <- Dockerfile:2 convention"}, []string{"b: language"}},
		{"a function of AWS, and an ENTRYPOINT that takes away what the image had", files{"app.py": "", "requirements.txt": "", "Dockerfile": "FROM python:3 AS prod\nCOPY . /app\nENTRYPOINT [\"gunicorn\"]\nCMD [\"a:b\"]\nFROM prod AS testapp\nENTRYPOINT [\"\"]\nCMD [\"bash\"]\n", "fn/app.py": "", "fn/Dockerfile": "FROM public.ecr.aws/lambda/python:3.11\nCOPY app.py .\nCMD [\"app.handler\"]\n"},
			[]string{".: command gunicorn|a:b", "fn: library", "note fn/Dockerfile:1 the image of a function of AWS Lambda"}, []string{"fn: command"}},
		{"only a list of its modules", all, []string{".: build tools/Dockerfile"}, []string{"tools: "}},
		{"all of the code", whole, []string{".: build web/Dockerfile"}, []string{"web: "}},
		{"what checks the code is no service", files{"composer.json": "{}", "phpcs/Dockerfile": "FROM php:8\nCOPY . /app\nCMD [\"vendor/bin/phpcbf\", \"--standard=x\"]\n", "b/Dockerfile": "FROM python:3\nCOPY . /x\nCMD [\"python\", \"-m\", \"unittest\"]\n"}, []string{"note phpcs/Dockerfile:3 runs tests", "note b/Dockerfile:3 runs tests"}, []string{": command"}},
		{"one that packs a release, beside one that compose builds", files{"composer.json": "{}", "docker/release.Dockerfile": "FROM golang:1.14\nCOPY . /x\nCMD [\"/release.sh\"]\n", "Dockerfile": "FROM php:8\nCOPY . /app\nCMD [\"start\"]\n", "docker-compose.yml": "services:\n  web: {build: .}\n"}, []string{".: command start", ".: language php 8"}, []string{"release.sh", "language go"}},
		{"a stage that an argument in quotes names", files{"composer.json": "{}", "Dockerfile": "ARG BASE=\"fpm\"\nFROM php:8.3-fpm AS fpm-base\nEXPOSE 9000\nFROM ${BASE}-base\nCOPY . /app\nCMD [\"/entrypoint.sh\"]\n"}, []string{".: language php 8.3", ".: port 9000"}, nil},
		{"PHP and a web server in one image of others", files{"composer.json": "{}", "Dockerfile": "FROM webdevops/php-nginx:8.1-alpine\nCOPY . /app\n", "b/composer.json": "{}", "b/Dockerfile": "FROM team/php-fpm-nginx:php-7.4\nCOPY . /app\nCMD [\"start\"]\n", "c/composer.json": "{}", "c/Dockerfile": "FROM richarvey/nginx-php-fpm:1.10.3\nCOPY . /app\n"}, []string{".: language php 8.1", ".: build Dockerfile", "b: language php 7.4", "b: command start", "c: language php  "}, []string{"web server or proxy", "1.10"}},
		{"tools stand in a stage of their own", files{"composer.json": "{}", "Dockerfile": "FROM php:8-fpm AS base\nCOPY . /app\nFROM base AS composer-tools\nCMD [\"composer\"]\nFROM base AS test-runner\nCMD [\"phpunit\"]\n"}, []string{".: language php 8  <- Dockerfile:1"}, []string{"composer|"}},
	})
	both := files{"composer.json": "{}", "package.json": "{}", "socket.js": "", "docker/php/Dockerfile": "FROM php:7-fpm\nCMD [\"php-fpm\", \"-F\"]\n", "docker/node/Dockerfile": "FROM node:12\nEXPOSE 6001\nCMD [\"node\", \"socket.js\"]\n",
		"docker-compose.yml": "services:\n  node:\n    build: docker/node\n    volumes: ['.:/app']\n    ports: ['6001:6001']\n  php:\n    build: docker/php\n    volumes: ['.:/app']\n  npm:\n    image: node:12\n    entrypoint: npm\n    volumes: ['.:/app']\n"}
	runCases(t, Dockerfile(), []readerCase{{"a program in Node.js beside PHP", both, []string{".: command php-fpm|-F", ".: language php 7", "node: command node|socket.js", "node: port 6001"}, []string{".: language node", ".: port"}}})
	runCases(t, Compose(), []readerCase{{"a program in Node.js beside PHP", both, []string{"node: port 6001", "note docker-compose.yml:9 npm: runs npm for developers"}, []string{".: port", "npm: command"}}})
}
