package ops

import (
	"strings"
	"testing"
)

func TestStartScripts(t *testing.T) {
	image := func(script, entry, cmd string) files {
		return files{"app.py": "", "requirements.txt": "", "docker/start.sh": "#!/bin/sh\n" + script, "Dockerfile": "FROM python:3\nENV SERVER=/srv/bin/shop\nCOPY . /srv\nENTRYPOINT " + entry + "\n" + cmd}
	}
	alone := `["/srv/docker/start.sh"]`
	runCases(t, Dockerfile(), []readerCase{
		{"the wrapper of a build tool is no script of the service", files{"pom.xml": "", "Dockerfile": "FROM eclipse-temurin:17\nCOPY . .\nCMD ./mvnw cargo:run\n", "mvnw": "#!/bin/sh\nif [ -n \"$MVNW_PASSWORD\" ]; then echo x; fi\nexec java -jar w.jar\n"}, []string{".: command ./mvnw|cargo:run"}, []string{"MVNW", "w.jar"}},
		{"what it runs by words that nothing says", image("export MODE=live\nRUN=\"celery -A shop worker\"\ncase \"$1\" in\n  worker) exec $RUN ;;\n  mails) exec $RUN -Q mails ;;\n  web|server) exec gunicorn shop ;;\n  local) exec flask run ;;\n  migration) exec flask db upgrade ;;\n  debug) exec bash ;;\n  *) echo usage; exit 1 ;;\nesac\n", alone, ""), []string{
			".: command gunicorn|shop <- docker/start.sh:7 convention", "worker: command celery|-A|shop|worker <- docker/start.sh:5 convention", "mails: command celery|-A|shop|worker|-Q|mails", "migration: command (release) flask|db|upgrade", "mails: env MODE=live"}, []string{"server: command", "local:", "debug:", "command /srv/docker/start.sh"}},
		{"a case of which one branch is taken", image("urlwait\ncase ${STATE} in\n  create) bundle exec rake db:create; bundle exec rake db:seed ;;\n  migrate) bundle exec rake db:migrate ;;\nesac\nexec bundle exec puma\n", alone, ""), []string{".: command bundle|exec|puma", "migrate: command (release) bundle|exec|rake|db:migrate"}, []string{"db:seed", "db:create"}},
		{"a case of environments, which the image does not name", image("case \"$RAILS_ENV\" in\n  development|test)\n    rails db:reset ;;\n  staging)\n    rails db:setup ;;\n  production)\n    rails db:migrate ;;\n  *)\n    rails db:create ;;\nesac\nexec puma\n", alone, ""), []string{".: command puma", "migrate: command (release) rails|db:migrate <- docker/start.sh:8"}, []string{"db:reset", "db:setup", "db:create"}},
		{"a case of environments, which the image names", image("case \"${RAILS_ENV}\" in\n  staging) exec puma -w 1 ;;\n  production) rails db:migrate; exec puma -w 2 ;;\nesac\n", alone, "ENV RAILS_ENV=production\n"), []string{".: command puma|-w|2", "migrate: command (release) rails|db:migrate"}, nil},
		{"a case of what those who start an image may change", image("case \"${ROLE}\" in\n  web) exec puma ;;\n  jobs) exec sidekiq ;;\nesac\n", alone, "ENV ROLE=web\n"), []string{".: command /srv/docker/start.sh"}, []string{"command puma"}},
		{"a list that only the script can fill", files{"Dockerfile": "FROM golang:1.22\nCOPY . .\nCMD [\"./start.sh\"]\n", "start.sh": "#!/bin/bash\nIFS=',' read -ra B <<< \"${BROKERS}\"\nexec ./shop $(for b in \"${B[@]}\"; do echo -n \"-b=$b\"; done)\n"}, []string{".: command ./start.sh"}, []string{"command sh"}},
		{"what it runs in the end, and before", image("set -e\nuntil nc -z db 5432; do sleep 1; done\npython manage.py migrate --noinput\nrm -f /tmp/x.pid\nexec gunicorn shop \\\n  --workers 3\n", alone, ""), []string{
			".: command gunicorn|shop|--workers|3 <- docker/start.sh:6 declared", "migrate: command (release) python|manage.py|migrate|--noinput <- docker/start.sh:4 declared",
		}, nil},
		{"the argument decides", image("case \"$1\" in\n  web) exec gunicorn shop ;;\n  worker) exec celery -A shop worker ;;\n  *) echo usage; exit 1 ;;\nesac\n", alone, `CMD ["web"]`), []string{".: command gunicorn|shop <- docker/start.sh:3 declared", "worker: command celery|-A|shop|worker <- docker/start.sh:4 convention"}, nil},
		{"ifs that know the word of CMD and others", image("if [ \"$1\" == \"release\" ]; then\n  exec ./bin/pre_deploy\nelif [ \"$1\" == \"web\" ]; then\n  exec gunicorn shop\nelif [ \"$1\" == \"beat\" ]; then\n  exec celery -A shop beat\nelif [ \"$1\" == \"pulse_listener\" ]; then\n  exec ./manage.py pulse\nelif [ \"$1\" == \"cycle_data\" ]; then\n  ./manage.py cycle_data\nelif [ \"$1\" == \"shell\" ]; then\n  exec bash\nelse\n  exit 1\nfi\n", alone, `CMD ["web"]`), []string{
			".: command gunicorn|shop", "release: command (release) ./bin/pre_deploy", "beat: command celery|-A|shop|beat", "pulse_listener: command ./manage.py|pulse", "note docker/start.sh:0 also runs what nothing here starts: give each that production runs a process, with a schedule where it comes to an end, in migrate.yaml: cycle_data"}, []string{"cycle_data: command", "shell"}},
		{"a case of a variable that holds the word", image("SERVICE=$1\nshift\ncase \"${SERVICE}\" in\n  web) exec gunicorn shop ;;\n  scheduler) exec celery -A shop beat ;;\nesac\n", alone, `CMD ["web"]`), []string{".: command gunicorn|shop", "scheduler: command celery|-A|shop|beat"}, nil},
		{"a CMD that the script does not know", image("case \"$1\" in\n  worker) exec celery -A shop worker ;;\nesac\nexec \"$@\"\n", alone, `CMD ["gunicorn", "shop"]`), []string{".: command gunicorn|shop"}, []string{"worker:"}},
		{"a function named by the argument", image("web() {\n  exec gunicorn shop\n}\nif [ $# -lt 1 ]; then exit 1; fi\ncase $1 in web) shift; web \"$@\" ;; esac\n", alone, `CMD ["web"]`), []string{".: command gunicorn|shop <- docker/start.sh:3"}, nil},
		{"defaults of its own", image(": \"${PORT:=8000}\"\nW=${WORKERS:-2}\nexec gosu app gunicorn shop -b 0.0.0.0:${PORT} -w $W\n", alone, ""), []string{".: command sh|-c|exec gunicorn shop -b 0.0.0.0:${PORT:-8000} -w ${WORKERS:-2}", ".: port 8000"}, []string{"gosu"}},
		{"a program in a variable of the image", image("exec $SERVER serve\n", alone, ""), []string{".: command /srv/bin/shop|serve"}, nil},
		{"it passes on what it gets", image("exec \"$@\"\n", alone, `CMD ["gunicorn", "shop"]`), []string{".: command gunicorn|shop <- Dockerfile:5", ".: build wraps <- Dockerfile:5"}, nil},
		{"it prepares, and passes on what it gets", image("envsubst < a.tmpl > a.conf\nexec \"$@\"\n", alone, `CMD ["gunicorn", "shop"]`), []string{".: command gunicorn|shop <- Dockerfile:5", ".: build wraps <- Dockerfile:5"}, nil},
		{"it has a command of its own where it gets none", image("if [ \"${1#-}\" != \"$1\" ] || [ -z \"$1\" ]; then\n  set -- gunicorn shop \"$@\"\nfi\nsed -i s/a/b/ /etc/x\nexec \"$@\"\n", alone, ""), []string{".: command gunicorn|shop <- Dockerfile:4", ".: build wraps"}, nil},
		{"it puts the program before options", image("if [ \"${1#-}\" != \"$1\" ]; then\n  set -- gunicorn \"$@\"\nfi\nexec \"$@\"\n", alone, `CMD ["-w", "3"]`), []string{".: command gunicorn|-w|3"}, nil},
		{"arguments that some machines set", image("if [ -f /debug ]; then\n  set -- flask run\nfi\nexec \"$@\"\n", alone, `CMD ["gunicorn", "shop"]`), []string{".: command gunicorn|shop"}, []string{"flask"}},
		{"production by its name", image("if [ \"$ENV\" != \"prod\" ]; then\n  ./manage.py seed\nfi\nif [ \"$ENV\" == \"local\" ]; then\n  flask run\nelse\n  gunicorn shop\nfi\n", alone, ""), []string{".: command gunicorn|shop <- docker/start.sh:8"}, []string{"flask"}},
		{"what only developers set", image("if [ -n \"$DEBUG\" ]; then exec flask run; fi\n[ \"$DEV_MODE\" = \"true\" ] && exec flask run\nexec gunicorn shop\n", alone, ""), []string{".: command gunicorn|shop"}, []string{"flask"}},
		{"which build it is, and where the image starts anyway", image("cd /srv\necho \"$SHA\" > static/revision.txt\n${CMD_PREFIX} gunicorn shop\n", alone, "WORKDIR /srv"), []string{".: command gunicorn|shop"}, nil},
		{"through an init program with options", files{"app.py": "", "requirements.txt": "", "start.sh": "#!/bin/sh\ntmpreaper 6h /tmp\nexec gunicorn shop\n", "Dockerfile": "FROM python:3\nCOPY . .\nENTRYPOINT [\"tini\", \"-e\", \"143\", \"--\"]\nCMD [\"bash\", \"./start.sh\"]\n"}, []string{".: command gunicorn|shop <- start.sh:3"}, nil},
		{"a database that is made first", image("bash ./setup_postgres.sh\nexec gunicorn shop\n", alone, ""), []string{".: command gunicorn|shop", "migrate: command (release) bash|./setup_postgres.sh"}, nil},
		{"under another name in the image", files{"app.py": "", "requirements.txt": "", "docker/start": "#!/bin/sh\ndockerize -wait tcp://db:5432 true\nexec \"$@\"\n", "Dockerfile": "FROM python:3\nADD ./docker/start /usr/local/bin/shop-entrypoint\nCOPY . /srv\nENTRYPOINT [\"/usr/local/bin/shop-entrypoint\"]\nCMD [\"gunicorn\", \"shop\"]\n"}, []string{".: command gunicorn|shop", ".: build wraps"}, nil},
		{"it does more", image("envsubst < a.tmpl > a.conf\nexec gunicorn shop\n", alone, ""), []string{".: command /srv/docker/start.sh <- Dockerfile:4", "note docker/start.sh:3 runs gunicorn shop in the end; the script stays the command"}, nil},
		{"it migrates and does more", image("java -jar app.jar waitForDatabase\nif [ \"$RUN_MIGRATION\" == \"true\" ]; then\n  java -jar app.jar db migrate x.yaml\nfi\nexec java -jar app.jar server x.yaml\n", alone, ""), []string{
			".: command /srv/docker/start.sh <- Dockerfile:4", "migrate: command (release) java|-jar|app.jar|db|migrate|x.yaml <- docker/start.sh:4 convention"}, nil},
		{"it migrates and passes on", image("bin/shop eval \"Shop.Release.migrate\"\nexec \"$@\"\n", alone, `CMD ["bin/shop", "start"]`), []string{
			".: command bin/shop|start", "migrate: command (release) bin/shop|eval|Shop.Release.migrate <- docker/start.sh:2 convention"}, nil},
		{"it seeds by a function of the release", image("bin/shop eval \"Shop.Release.migrate\"\nbin/shop eval \"Shop.Release.seed\"\nexec bin/shop \"$@\"\n", alone, `CMD ["start"]`), []string{
			".: command bin/shop|start <- docker/start.sh:4", "migrate: command (release) sh|-c|bin/shop eval \"Shop.Release.migrate\" && exec bin/shop eval \"Shop.Release.seed\""}, nil},
		{"what is done once", image("pushd /srv\nif ! [ -f /data/made ]; then\n  python ./make_index.py | tee /data/log\n  python manage.py migrate\n  touch /data/made\nfi\nif [ -f commit_id.txt ]; then\n  cp commit_id.txt public/\nfi\nexec gunicorn shop\n", alone, "WORKDIR /srv"), []string{
			".: command gunicorn|shop <- docker/start.sh:11", "migrate: command (release) python|manage.py|migrate", "note docker/start.sh:4 done once, before the very first start, and by nobody now that the script is not the command: python ./make_index.py"}, nil},
		{"until a file is there that something else makes", image("if [ ! -f /data/made ]; then\n  python ./make_index.py\nfi\nexec gunicorn shop\n", alone, ""), []string{".: command /srv/docker/start.sh"}, nil},
		{"caches of its own container", image("php artisan storage:link\nphp artisan horizon:assets\nphp artisan config:cache\nphp artisan migrate --force\nexec apache2-foreground\n", alone, ""), []string{".: command apache2-foreground", "migrate: command (release) php|artisan|migrate|--force <- docker/start.sh:5", "note docker/start.sh:6 wrote what only its own container has at each start"}, nil},
		{"data for tests", image("if [ \"$LOAD_TEST_DATA\" == \"True\" ]; then\n  python manage.py loaddata people.json\nfi\nexec gunicorn shop\n", alone, ""), []string{".: command gunicorn|shop"}, []string{"people.json"}},
		{"it looks for programs in one more place", image("export PATH=\"$PATH:/home/vcap/bin\"\nexec gunicorn shop\n", alone, ""), []string{".: command gunicorn|shop"}, nil},
		{"it exports what is written down", image("export SHOP_MODE=full\nexport LEVEL='info'\nexec gunicorn shop\n", alone, ""), []string{".: command gunicorn|shop <- docker/start.sh:4", ".: env SHOP_MODE=full", ".: env LEVEL=info"}, nil},
		{"it exports a secret", image("export SHOP_SECRET_KEY=geheim77xx\nexec gunicorn shop\n", alone, ""), []string{".: command /srv/docker/start.sh"}, []string{"geheim77xx"}},
		{"it exports on some machines only", image("if [ -f /x ]; then export SHOP_MODE=full; fi\nexec gunicorn shop\n", alone, ""), []string{".: command /srv/docker/start.sh"}, []string{"env SHOP_MODE=full"}},
		{"the same as another user", image("if [ \"$(id -u)\" != 0 ]; then\n  exec gunicorn shop\nelse\n  adduser web\n  exec gosu web gunicorn shop\nfi\n", alone, ""), []string{".: command gunicorn|shop <- docker/start.sh:3"}, nil},
		{"many sides before the end", image(strings.Repeat("if [ -f /x ]; then\n  echo a\nelse\n  echo b\n", 40)+strings.Repeat("fi\n", 40)+"exec gunicorn shop\n", alone, ""), []string{".: command gunicorn|shop"}, nil},
		{"two sides that differ", image("if [ \"$(id -u)\" != 0 ]; then\n  exec gunicorn shop\nelse\n  exec gunicorn other\nfi\n", alone, ""), []string{".: command /srv/docker/start.sh"}, nil},
		{"it makes a variable", image("export HOSTS=$(hostname)\nexec gunicorn shop\n", alone, ""), []string{".: command /srv/docker/start.sh"}, nil},
		{"one thing or another", image("if [ -f /debug ]; then exec flask run; fi\nexec gunicorn shop\n", alone, ""), []string{".: command /srv/docker/start.sh"}, nil},
		{"a side that only complains, and the word in letters of one case", image("start() {\n  exec gunicorn shop\n}\nif [ -n \"$1\" ]; then W=$(echo \"$1\" | tr '[:lower:]' '[:upper:]'); else exit 1; fi\ncase \"$W\" in START) if [ -x /usr/bin/gunicorn ]; then start; else echo none; exit 1; fi ;; esac\n", alone, `CMD ["start"]`), []string{".: command gunicorn|shop <- docker/start.sh:3"}, nil},
		{"tasks of the team's own", image("flask createdb alembic.ini\npython manage.py create_missing\nexec gunicorn shop\n", alone, ""), []string{".: command gunicorn|shop", "migrate: command (release) sh|-c|flask createdb alembic.ini && exec python manage.py create_missing"}, nil},
		{"a task that stays", image("flask run\nexec gunicorn shop\n", alone, ""), []string{".: command /srv/docker/start.sh"}, nil},
		{"an image that ends in a shell", image("", `["/bin/bash", "-c", "service mysql start && exec /bin/bash"]`, ""), []string{".: command /bin/bash|-c|service mysql start && exec /bin/bash <- Dockerfile:4 guess"}, nil},
		{"no shell's", files{"app.py": "", "requirements.txt": "", "start": "#!/usr/bin/env python\nimport x\n", "Dockerfile": "FROM python:3\nCOPY . .\nCMD [\"./start\"]\n"}, []string{".: command ./start"}, nil},
	})
}

func TestImagesOfDevelopersAndOfMake(t *testing.T) {
	dev := "#!/bin/bash\npython manage.py migrate\nwhile true; do\n  python manage.py runserver_plus 0.0.0.0:8000\n  sleep 1\ndone\n"
	image := "FROM python:3\nCOPY . .\nCMD ./start.sh\n"
	runCases(t, Dockerfile(), []readerCase{
		{"a script that runs a server for developers", files{"requirements.txt": "", "start.sh": dev, "Dockerfile": image}, []string{".: command ./start.sh <- Dockerfile:3 guess"}, nil},
		{"beside a Procfile", files{"requirements.txt": "", "start.sh": dev, "Dockerfile": image, "Procfile": "web: gunicorn shop\n"}, []string{"note Dockerfile:3 ./start.sh runs a server for developers"}, []string{": command"}},
		{"a script for both", files{"requirements.txt": "", "start.sh": "#!/bin/bash\nif [ \"$E\" = x ]; then\n  flask run\nelse\n  gunicorn shop\nfi\n", "Dockerfile": image}, []string{".: command ./start.sh <- Dockerfile:3 declared"}, nil},
		{"a server for developers of pages", files{"Gemfile": "", "Dockerfile": "FROM ruby:2.7\nCOPY . .\nCMD bundle exec jekyll serve --host 0.0.0.0\n"}, []string{".: command bundle|exec|jekyll|serve|--host|0.0.0.0 <- Dockerfile:3 guess"}, nil},
		{"a Ruby that the Gemfile refuses", files{"Gemfile": "source 'x'\nruby '2.7.1'\n", "Dockerfile": "FROM ruby:2.5.3\nCOPY . .\nCMD [\"puma\"]\n"}, []string{".: version 2.5.3 <- Dockerfile:1 convention", "note Dockerfile:1 FROM ruby:2.5.3, and the Gemfile says ruby 2.7"}, nil},
		{"a Ruby that it takes", files{"Gemfile": "ruby '2.5.1'\n", "Dockerfile": "FROM ruby:2.5\nCOPY . .\nCMD [\"puma\"]\n"}, []string{".: language ruby 2.5"}, []string{"note"}},
		{"what make runs", files{"rebar.config": "", "Makefile": "dir=src\nrun: | $(dir)\n\tbin/shop foreground\n\nstop:\n\tkill 1\n", "Dockerfile": "FROM erlang:24\nCOPY . .\nCMD [\"make\", \"run\"]\n"}, []string{".: command bin/shop|foreground <- Makefile:3 declared"}, nil},
		{"what make makes first", files{"rebar.config": "", "Makefile": "run: all\n\tbin/shop foreground\n", "Dockerfile": "FROM erlang:24\nCOPY . .\nCMD [\"make\", \"run\"]\n"}, []string{".: command make|run"}, nil},
	})
}

func TestLinesThatOnlyWaitFirst(t *testing.T) {
	runCases(t, Dockerfile(), []readerCase{
		{"in a Dockerfile", files{"app.jar": "", "Dockerfile": "FROM openjdk:11\nCOPY . .\nCMD echo \"starts in ${SLEEP}s\" && sleep ${SLEEP} && exec java -jar app.jar\n"}, []string{".: command java|-jar|app.jar <- Dockerfile:3"}, []string{"sleep"}},
		{"with work of its own", files{"app.jar": "", "Dockerfile": "FROM openjdk:11\nCOPY . .\nCMD sleep 5 && tool make && exec java -jar app.jar\n"}, []string{".: command sh|-c|sleep 5 && tool make && exec java -jar app.jar"}, nil},
	})
}

func TestStepsOfDevelopersAreNoSteps(t *testing.T) {
	runCases(t, Dockerfile(), []readerCase{{"by the environment that they name", files{"composer.json": "{}", "start.sh": "#!/bin/sh\nphp bin/console doctrine:database:create --env=test\nRAILS_ENV=test rake db:setup\nphp bin/console doctrine:migrations:migrate --env=prod\nexec php-fpm\n", "Dockerfile": "FROM php:7-fpm\nCOPY . .\nCMD [\"./start.sh\"]\n"},
		[]string{"migrate: command (release) php|bin/console|doctrine:migrations:migrate|--env=prod", ".: command php-fpm"}, []string{"test"}}})
}

func TestPHPBesideServersOfNode(t *testing.T) {
	tree := files{"composer.json": "{}", "package.json": "{}", "src/x.php": "<?php\n", "docker/node/start.sh": "#!/bin/sh\nnpm install\nnode a.js\n", "docker/node/Dockerfile": "FROM node:8\nCOPY docker/node/start.sh /\nCMD /start.sh\n", "docker/php/Dockerfile": "FROM php:7.1-fpm\nCOPY src src/\nCMD [\"php-fpm\"]\n",
		"docker-compose.yml": "services:\n  node:\n    build: {context: ., dockerfile: docker/node/Dockerfile}\n    volumes: ['.:/srv']\n  php:\n    build: {context: ., dockerfile: docker/php/Dockerfile}\n"}
	runCases(t, Dockerfile(), []readerCase{{"the image of PHP holds the code", tree, []string{".: language php 7.1", ".: command php-fpm"}, []string{"language node", "start.sh|", "another language"}}})
}

func TestComposeCommandsGoToTheEntrypoint(t *testing.T) {
	script := "#!/bin/sh\ncase $1 in\nworker) exec celery -A shop worker ;;\ndev_web) exec flask run ;;\nweb) exec gunicorn shop ;;\nesac\n"
	runCases(t, Compose(), []readerCase{
		{"a script that dispatches", files{"app.py": "", "requirements.txt": "", "start": script, "Dockerfile": "FROM python:3\nCOPY . /app\nENTRYPOINT [\"/app/start\"]\nCMD [\"web\"]\n",
			"docker-compose.yml": "services:\n  web:\n    build: .\n    ports: ['80:80']\n  worker:\n    build: .\n    command: worker\n  other:\n    build: .\n    command: dev_web\n"},
			[]string{"worker: command celery|-A|shop|worker <- docker-compose.yml:7", "note docker-compose.yml:10 other: runs flask run, which is for development only"}, nil},
		{"an image that is taken from where it is published", files{"app.py": "", "requirements.txt": "", "start": script, "Dockerfile": "FROM python:3\nCOPY . /app\nENTRYPOINT [\"/app/start\"]\nCMD [\"web\"]\n",
			"setup/docker-compose.yml": "services:\n  web:\n    image: team/shop:7\n    ports: ['80:80']\n  jobs:\n    image: team/shop:7\n    command: worker\n  store:\n    image: redis\n"}, []string{"jobs: command celery|-A|shop|worker <- setup/docker-compose.yml:7"}, nil},
		{"as developers start it", files{"app.py": "", "requirements.txt": "", "start": "#!/bin/sh\nif [ \"$1\" = \"--dev\" ]; then\n  flask run\nelse\n  gunicorn shop\nfi\n", "Dockerfile": "FROM python:3\nCOPY . /app\nENTRYPOINT [\"/app/start\"]\n",
			"docker-compose.yml": "services:\n  web:\n    build: .\n    command: --dev\n    ports: ['80:80']\n"}, []string{".: command gunicorn|shop <- docker-compose.yml:4"}, []string{"flask"}},
		{"a program", files{"app.py": "", "requirements.txt": "", "Dockerfile": "FROM python:3\nCOPY . /app\nENTRYPOINT [\"python\", \"app.py\"]\n", "docker-compose.yml": "services:\n  web:\n    build: .\n    command: serve\n"}, []string{".: command python|app.py|serve"}, nil},
	})
}

func TestImagesThatHoldNoCode(t *testing.T) {
	tools := files{
		"Gemfile": "", "docker/dns/Dockerfile": "FROM debian\nRUN apt-get install -y dnsmasq\nEXPOSE 53\nENTRYPOINT [\"dnsmasq\", \"-k\"]\n",
		"docker/mail/Dockerfile": "FROM ruby:3\nRUN gem install mailcatcher\nCMD [\"mailcatcher\"]\n", "ops/Dockerfile": "FROM debian\nCOPY run.sh /\nCMD [\"/run.sh\"]\n", "ops/run.sh": "#!/bin/sh\nexec cron -f\n",
		"web/Dockerfile": "FROM nginx\nCOPY html /usr/share/nginx/html\nEXPOSE 8080\n", "web/html/index.html": "", "proxy/Dockerfile": "FROM nginx\nCOPY nginx.conf /etc/nginx/\nCOPY 502.html /x/\n", "proxy/nginx.conf": "", "proxy/502.html": "",
		"docker/app/Dockerfile": "FROM ruby:3\nCOPY . .\nCMD [\"puma\"]\n", "loop/Dockerfile": "FROM alpine\nCOPY loop.sh /\nCMD [\"/loop.sh\"]\n", "loop/loop.sh": "#!/bin/sh\nwhile true; do sleep 1; done\n", "ci/Dockerfile": "FROM ruby\nCOPY . .\nCMD make test\n",
	}
	runCases(t, Dockerfile(), []readerCase{{"beside those that do", tools, []string{
		".: command puma", "web: language static", "web: port 8080", "loop: command /loop.sh", "note docker/dns/Dockerfile:1 holds no code", "note docker/mail/Dockerfile:1 holds no code", "note ops/Dockerfile:1 holds no code", "note proxy/Dockerfile:1 a web server or proxy",
		"note ci/Dockerfile:3 runs tests",
	}, []string{"dnsmasq|", "command mailcatcher"}}})
	mounted := files{"requirements.txt": "gunicorn\n", "shop/app.py": "", "shop/scripts/run.sh": "#!/bin/sh\nflask run\n", "seed.py": "", "docker/web/Dockerfile": "FROM python:3\nWORKDIR /usr/src/app\nCOPY requirements.txt seed.py /usr/src/app/\nWORKDIR /usr/src/app/shop\nCMD [\"scripts/run.sh\"]\n"}
	runCases(t, Dockerfile(), []readerCase{{"a script that is mounted", mounted, []string{"note docker/web/Dockerfile:1 takes no code of the repository"}, []string{": command"}}})
	mounted["docker/web/Dockerfile"] += "COPY shop /usr/src/app/shop\n"
	runCases(t, Dockerfile(), []readerCase{{"a script that is copied", mounted, []string{".: command scripts/run.sh"}, []string{"takes no code"}}})
	alone := files{"app/Dockerfile": "FROM debian\nRUN curl example.com/mm\nCOPY e.sh /\nENTRYPOINT [\"/e.sh\"]\n", "app/e.sh": "#!/bin/sh\nexec \"$@\"\n"}
	runCases(t, Dockerfile(), []readerCase{{"a repository that is about images", alone, []string{"app: command /e.sh"}, []string{"holds no code"}}})
	several := files{"Gemfile": "", "docker/multi/Dockerfile": "FROM ruby\nCOPY . .\nCMD [\"supervisord\"]\n", "docker/single/Dockerfile": "FROM ruby\nCOPY . .\nCMD [\"puma\"]\n"}
	runCases(t, Dockerfile(), []readerCase{{"one process goes before several", several, []string{".: command puma"}, []string{"command supervisord"}}})
}

func FuzzStartScript(f *testing.F) {
	f.Add("set -e\nif [ -z \"$1\" ]; then exec a; else exec \"$@\"; fi\n", "web")
	f.Add("f() { f; }\nf\n: ${A:=1}\nexport B=$(x)\nexec $B $A ${1:-x} \"$*\"\n", "")
	f.Add("f() f\nf\n", "x")
	f.Add("R=\"celery worker\"\ncase \"$1\" in\n  a|b*) exec $R -Q $1 ;;\n  web) exec gunicorn x ;;\n  \"$2\") case ${1} in web) ;; esac ;;\nesac\n", "")
	f.Fuzz(func(t *testing.T, script, arg string) {
		image := "FROM python\nCOPY . .\nENTRYPOINT [\"./start.sh\"]\n"
		if arg != "" {
			image += "CMD [" + quoteJSON(arg) + "]\n"
		}
		tree := files{"app.py": "", "start.sh": "#!/bin/sh\n" + script, "Dockerfile": image}
		checkReport(t, read(t, Dockerfile(), tree))
	})
}

func quoteJSON(s string) string {
	return `"` + strings.NewReplacer(`"`, "", `\`, "", "\n", "").Replace(s) + `"`
}
