package ops

import "testing"

// What a compose file starts for developers is no evidence for production.
func TestComposeForDevelopers(t *testing.T) {
	runCases(t, Compose(), []readerCase{
		{"a mounted source that is installed into", files{"package.json": "{}", "docker-compose.yml": "web:\n  image: node:8\n  working_dir: /srv\n  command: sh -c \"npm install && npm start\"\n  volumes: [\".:/srv\"]\n"}, []string{
			".: command sh|-c|npm install && npm start <- docker-compose.yml:4 guess",
		}, nil},
		{"a container that installs libraries for the others", files{"requirements.txt": "", "docker-compose.yml": "services:\n  web:\n    build: .\n    command: gunicorn shop\n  requirements:\n    build: .\n    command: [/bin/bash, -c, '$$HOME/bin/poetry install && rm -rf /x/* && cp -R /usr/lib/x /']\n  worker:\n    build: .\n    command: bash -c \"pip install x && celery -A shop worker\"\n", "Dockerfile": "FROM python:3\nCOPY . /a\n"}, []string{"note docker-compose.yml:7 requirements: only installs libraries", "worker: command"}, []string{"requirements: command"}},
		{"a container that waits for developers", files{"requirements.txt": "", "docker-compose.yml": "services:\n  web:\n    build: .\n    command: bash -c 'tail -f /dev/null'\n    ports: ['80:80']\n", "Dockerfile": "FROM python:3\nCOPY . .\n"}, []string{"note docker-compose.yml:4 web: runs tail -f /dev/null, which keeps the container there"}, []string{": command"}},
		{"a container that sleeps in turns", files{"Gemfile": "", "docker-compose.yml": "services:\n  app:\n    build: .\n    command: /bin/bash -c 'while true; do sleep 60; done'\n", "Dockerfile": "FROM ruby:3\nCOPY . .\n"}, []string{"note docker-compose.yml:4 app: runs while true"}, []string{": command"}},
		{"a machine for developers", files{"package.json": "{}", ".devcontainer/docker-compose.yml": "services:\n  devcontainer:\n    build: ..\n    command: other\n    volumes: [\"a:/root/.cache/x\"]\n"}, []string{".: command other <- .devcontainer/docker-compose.yml:4 guess"}, []string{"state", "name"}},
		{"a machine for developers beside a real one", files{"package.json": "{}", "docker-compose.yml": "services:\n  web:\n    build: .\n    command: real\n", ".devcontainer/docker-compose.yml": "services:\n  web:\n    build: ..\n    command: other\n"}, []string{".: command real", "note .devcontainer/docker-compose.yml:0 for tests"}, []string{"command other"}},
		{"the same in an image of its own", files{"package.json": "{}", "Dockerfile": "FROM node:8\n", "docker-compose.yml": "services:\n  web:\n    build: .\n    command: sh -c \"npm install && npm start\"\n"}, []string{
			".: command sh|-c|npm install && npm start <- docker-compose.yml:4 declared",
		}, nil},
		{"stand-ins, watchers and file servers beside the service", files{"requirements.txt": "", "Dockerfile": "FROM python:3\n", "docker-compose.yml": `services:
  web:
    build: .
    command: gunicorn shop
    ports: ["8000:8000"]
  smtp:
    build: .
    command: python /srv/dev/smtp.py 0.0.0.0:2525
  files:
    build: .
    command: python -m http.server 9001
  bundle:
    build: .
    command: gulp watch
  worker:
    build: .
    command: celery -A shop worker
`}, []string{".: command gunicorn|shop", "worker: command celery|-A|shop|worker", "note docker-compose.yml:6 helpers of tests", "note docker-compose.yml:11 files: runs python -m http.server 9001", "note docker-compose.yml:14 bundle: runs gulp watch"},
			[]string{"smtp: command", "files: command", "bundle: command"}},
		{"pages that are made again beside the service, only in the file for developers", files{"go.mod": "module x\n", "dev/docker-compose.yml": `services:
  front:
    build: {context: ..}
    command: make run-frontend
  worker:
    build: {context: ..}
    command: ./x worker
  backend:
    build: {context: ..}
    command: ./x
    ports: ["9000:9000"]
`}, []string{"worker: command ./x|worker", "note dev/docker-compose.yml:2 front: serves the pages of backend while they are developed"}, []string{"front: command"}},
		{"the package that is called like the image", files{"Dockerfile": "FROM ubuntu\n", "requirements.txt": "", "shop/app.py": "", "docker-compose.yml": "services:\n  shop:\n    image: acme/shop\n    command: gunicorn shop\n"}, []string{
			".: command gunicorn|shop",
		}, []string{"shop: command"}},
	})
}

func TestAProgramInAVariableIsNotUnderstood(t *testing.T) {
	runCases(t, Initd(), []readerCase{
		{"upstart", files{"package.json": "{}", "debian/proxy.upstart": "start on runlevel [2345]\nscript\n  exec $NODE_BIN proxy.js\nend script\n"}, []string{"note debian/proxy.upstart:3 starts a program whose name stands in a variable"}, []string{"command"}},
	})
}

func TestAStageForTestsIsNotTheImage(t *testing.T) {
	runCases(t, Dockerfile(), []readerCase{
		{"by the end of its name", files{"requirements.txt": "", "Dockerfile": "FROM python:3.12 AS production\nENV A=1\nCMD [\"gunicorn\", \"x\"]\nFROM production AS concourse_tests\nENV B=2\n"}, []string{".: env A=1", ".: command gunicorn|x"}, []string{"env B"}},
	})
}
