package ops

import "testing"

func TestProcfile(t *testing.T) {
	runCases(t, Procfile(), []readerCase{
		{"the program of the image with another path behind it", files{"go.mod": "module x", "Dockerfile": "FROM alpine\nCMD [\"/usr/bin/shopd\"]\n", "Procfile": "worker: shopd || ./build/shopd\n"}, []string{".: command /app/shopd <- Procfile:1"}, []string{"worker: "}},
		{"the same server with other steps before it", files{"Gemfile": "", "Procfile": "web: bundle exec puma -p 3000\napp: cp -r a b && bundle exec puma -p 3000\n"}, []string{".: command bundle|exec|puma|-p|3000", "note Procfile:2 app starts the same server as web"}, []string{"app: command"}},
		{"servers of developers under other names", files{"Gemfile": "", "Procfile": "web: bundle exec puma\nrails: CACHING=true bundle exec rails s -p 3000\nshakapacker: ./bin/shakapacker-dev-server\nsidekiq: bundle exec sidekiq\n"}, []string{
			"sidekiq: command bundle|exec|sidekiq", "note Procfile:2 rails runs a server for developers: it was left out", "note Procfile:3 shakapacker: a helper of developers"}, []string{"rails: command", "shakapacker: command"}},
		{"what developers start, with its stores in containers", files{"manage.py": "", "Procfile": "db: docker-compose up db\nweb: poetry run ./manage.py runserver\nassets: npm run start\n"}, []string{"note Procfile:1 for developers, since db starts containers"}, []string{"command"}},
		{"a server of production beside a container", files{"manage.py": "", "Procfile": "db: docker-compose up db\nweb: gunicorn shop.wsgi\n"}, []string{".: command gunicorn|shop.wsgi"}, []string{"for developers, since"}},
		{"foreman's own port", files{"Gemfile": "", ".foreman": "port: 3000\nformation: web=1\n", "Procfile": "web: unicorn -p $PORT\n", "b/Gemfile": "", "b/.foreman": "port: 99999\n", "b/Procfile": "web: unicorn -p $PORT\n"}, []string{
			".: command unicorn|-p|3000", ".: port 3000 <- .foreman:1 declared", "b: port 8000"}, nil},
		{"a script where the platform keeps the code, and what it sets", files{"manage.py": "", "Procfile": "web: /app/bin/web.sh\n", "bin/web.sh": "#!/bin/bash\n: \"${PORT:=8000}\"\nexport ROLE=web\nif [ \"$LOCAL_DEV_ENV\" == \"true\" ]; then\n  python manage.py runserver\nelse\n  echo up\n  gunicorn shop.wsgi\nfi\n"}, []string{".: command gunicorn|shop.wsgi <- Procfile:1 declared", ".: env ROLE=web"}, []string{"runserver"}},
		{"web, worker, release, console", files{"Procfile": "# processes\nweb: gunicorn shop.wsgi --bind 0.0.0.0:$PORT\nworker: celery -A shop worker\nrelease: python manage.py migrate\nconsole: bash\n\nnot a line\n"}, []string{
			".: name web <- Procfile:2", ".: command gunicorn|shop.wsgi|--bind|0.0.0.0:8000 <- Procfile:2 declared", ".: port 8000 <- Procfile:2 convention", ".: env PORT=8000 <- Procfile:2 convention",
			"worker: command celery|-A|shop|worker <- Procfile:3", "release: command (release) python|manage.py|migrate <- Procfile:4", "note Procfile:5 console", "note Procfile:7 not understood",
		}, nil},
		{"a module that is not there any more", files{"Procfile": "web: gunicorn -w 4 manage:app\n", "shop.py": "", "b/Procfile": "web: gunicorn shop.wsgi:app\n", "b/src/shop/wsgi.py": "", "c/Procfile": "web: newrelic-admin run-program gunicorn own.old.wsgi\n", "c/own/__init__.py": "", "c/own/wsgi.py": "", "d/Procfile": "web: gunicorn library.wsgi\n"}, []string{
			".: command gunicorn|-w|4|manage:app <- Procfile:1 guess", "b: command gunicorn|shop.wsgi:app <- b/Procfile:1 declared", "c: command newrelic-admin|run-program|gunicorn|own.old.wsgi <- c/Procfile:1 guess", "d: command gunicorn|library.wsgi <- d/Procfile:1 declared"}, nil},
		{"a script that is not there any more", files{"package.json": "{}", "deploy/publish.js": "", "Procfile": "web: node deploy/cron.js\n", "b/package.json": "{}", "b/dist/a.js": "", "b/Procfile": "web: node dist/server.js\n", "c/package.json": "{}", "c/srv/server.ts": "", "c/srv/a.js": "", "c/Procfile": "web: node srv/server.js\n", "d/package.json": "{}", "d/Procfile": "web: node made/server.js\n"}, []string{
			".: command node|deploy/cron.js <- Procfile:1 guess", "b: command node|dist/server.js <- b/Procfile:1 declared", "c: command node|srv/server.js <- c/Procfile:1 declared", "d: command node|made/server.js <- d/Procfile:1 declared"}, nil},
		{"a literal port and a default", files{"Procfile": "web: uwsgi --http :7000\n", "b/Procfile": "web: puma -p ${PORT:-3016}\n"}, []string{".: port 7000 <- Procfile:1 declared", "b: command puma|-p|3016", "b: port 3016 <- b/Procfile:1 declared", "b: env PORT=3016"}, []string{".: env"}},
		{"a port where a shell is needed all the same", files{"Procfile": "web: cd src && gunicorn a -b :$PORT -w ${WORKERS:-2}\n"}, []string{".: command sh|-c|cd src && exec gunicorn a -b :$PORT -w ${WORKERS:-2}", ".: env PORT=8000"}, nil},
		{"a development server, another file", files{"Procfile": "web: python manage.py runserver\n", "Procfile.dev": "assets: webpack --watch\n"}, []string{".: command python|manage.py|runserver <- Procfile:1 guess", "note Procfile.dev:0"}, []string{"webpack"}},
		{"what the image calls otherwise", files{"Procfile": "web: java -jar target/shop-1.0.jar\n", "pom.xml": "", "go/Procfile": "web: bin/shop -port 81\n", "go/go.mod": ""}, []string{
			".: command java|-jar|/app/app.jar", ".: build target/shop-1.0.jar", "go: command /app/shop|-port|81",
		}, nil},
		{"other work where the first fails", files{"Gemfile": "", "Procfile": "web: puma\nrelease: bundle exec rake db:migrate || bundle exec rake db:setup\n"}, []string{"release: command (release) sh|-c|bundle exec rake db:migrate || bundle exec rake db:setup"}, nil},
		{"a worker beside what the image starts by the same launcher", files{"Gemfile": "", "Dockerfile": "FROM ruby:3\nCMD bundle exec puma\n", "Procfile": "worker: bundle exec sidekiq\n", "b/Gemfile": "", "b/Dockerfile": "FROM ruby:3\nCMD bundle exec puma\n", "b/Procfile": "shop: bundle exec puma -w 2\n", "c/app.py": "", "c/Dockerfile": "FROM python:3\nCMD python3.9 app.py\n", "c/Procfile": "jobs: python3.9 jobs.py\n"},
			[]string{"worker: command bundle|exec|sidekiq", "b: command bundle|exec|puma|-w|2", "c/jobs: command python3.9|jobs.py"}, []string{".: command", "c: command"}},
		{"no web: the only process is the main one", files{"Procfile": "bot: node bot.js\n"}, []string{".: name bot", ".: command node|bot.js"}, nil},
		{"workers alone beside a web server's file: none is the main one", files{"Procfile": "worker: bundle exec sidekiq\n", "config.ru": ""}, []string{"worker: command bundle|exec|sidekiq"}, []string{".: command", ".: name"}},
		{"a web process of developers beside a server of something else", files{"Gemfile": "", "Procfile": "worker: bundle exec sidekiq\nweb: bundle exec rails s -b 0.0.0.0\npush: bundle exec rackup push.ru -E production\n", "config.ru": ""}, []string{".: command bundle|exec|rails|s|-b|0.0.0.0 <- Procfile:2 guess", "push: command bundle|exec|rackup|push.ru|-E|production"}, []string{"left out"}},
		{"a web process of developers beside a server", files{"Procfile": "web: bundle exec rails s\njobs: bundle exec sidekiq\npuma: bundle exec puma -e production\n", "config.ru": ""}, []string{".: command bundle|exec|puma|-e|production <- Procfile:3", "jobs: command"}, []string{"rails|s", "puma: "}},
		{"a server by another name", files{"Procfile": "jobs: bundle exec sidekiq\napi: bundle exec puma\n", "config.ru": ""}, []string{".: name api", ".: command bundle|exec|puma", "jobs: command"}, nil},
		{"helpers of developers", files{"Procfile": "web: puma\ncss: bin/rails tailwindcss:watch\nmail: mailcatcher -f\nsolr: bundle exec rake sunspot:solr:run\nassets: ./bin/webpack-dev-server\nredis: redis-server\ndocs: sphinx-autobuild docs out\n"}, []string{"note Procfile:2 css", "note Procfile:3 mail", "note Procfile:4 solr: a helper", "note Procfile:5 assets", "note Procfile:6 redis: a helper"}, []string{"css: command", "mail: command", "assets: command", "redis: command", "docs: command"}},
		{"packaging beside the code", files{"package.json": "{}", "packager/Procfile": "web: node a.js\n"}, []string{".: command node|a.js <- packager/Procfile:1"}, nil},
		{"what a buildpack puts around it", files{"Procfile": "web: jemalloc.sh bin/start-pgbouncer bin/puma -C config/puma.rb\nworker: bin/start-stunnel sidekiq -c ${N:-5}\n", "bin/start-stunnel": "#!/bin/sh\n"}, []string{".: command bin/puma|-C|config/puma.rb", "worker: command sh|-c|exec bin/start-stunnel sidekiq", "note Procfile:1 web: jemalloc.sh comes with a buildpack"}, nil},
		{"the buildpack's server for PHP", files{"composer.json": "{}", "pages/index.php": "", "Procfile": "web: composer warmup && vendor/bin/heroku-php-nginx -C nginx.conf pages/\n", "b/composer.json": "{}", "b/Procfile": "web: php artisan migrate --force && heroku-php-apache2\n", "c/composer.json": "{}", "c/Procfile": "web: vendor/bin/heroku-php-apache2 ../pages\n"}, []string{
			".: command apache2-foreground <- Procfile:1 convention", ".: build pages", "note Procfile:1 web: composer warmup ran at each start", "note Procfile:1 web: options of the buildpack's server for PHP, which Apache in the image does not know: -C nginx.conf",
			"b: command apache2-foreground", "b/migrate: command (release) php|artisan|migrate|--force", "c: command apache2-foreground"}, []string{"heroku-php-nginx", "build .."}},
		{"a loop with a pause", files{"Procfile": "web: puma\nclock: while true; do rake due; sleep 10m; done\n"}, []string{"clock: command rake|due", "clock: schedule */10 * * * *"}, nil},
		{"production's own, and one of an image", files{"Gemfile": "", "Procfile.production": "worker: rvm . do bundle exec sidekiq -c 3\n", "Procfile.dev": "web: rails s\n", "docker/nginx/Procfile": "fpm: php-fpm\n"}, []string{
			"note docker/nginx/Procfile:0 for one of the images of docker", ".: command bundle|exec|sidekiq|-c|3 <- Procfile.production:1 declared"}, []string{"php-fpm", "rails"}},
		{"beside the plain one", files{"Procfile": "web: puma\n", "Procfile.production": "web: unicorn\n"}, []string{".: command puma", "note Procfile.production:0"}, []string{"unicorn"}},
		{"a template", files{"Procfile": "web: <%= cmd %>\n"}, []string{"note Procfile:1 web: a template"}, []string{"command <"}},
	})
}

func TestDotenv(t *testing.T) {
	runCases(t, Dotenv(), []readerCase{
		{"options of an example that turn something on or off are no secrets", files{".env.example": "PAGE=1\n# PASSWORD_HINTS_ALLOWED=true\n# ADMIN_TOKEN=changeme\n"}, []string{".: secret ADMIN_TOKEN"}, []string{"HINTS"}},
		{"an example for developers and one for test runs beside that of production", files{".env.example": "DB_HOST=db01.corp.example\n", ".env.example.sail": "DB_HOST=mysql\nMAIL_HOST=mailpit\n", ".env.example.ci": "MAIL_HOST=localhost\n"}, []string{".: env DB_HOST=db01.corp.example"}, []string{"mailpit", "MAIL_HOST", "mysql"}},
		{"an example", files{".env.example": "# settings\nPAGE_SIZE=20\nexport SECRET_KEY=changeme\nDATABASE_URL=postgres://u:geheim@db01.corp.example/shop\nREDIS_HOST=redis\nDEBUG=1\nAPP_URL=http://localhost:8000\nERP_URL=https://erp.corp.example/api\n"}, []string{
			".: env PAGE_SIZE=20 <- .env.example:2 convention", ".: secret SECRET_KEY <- .env.example:3 declared", ".: need postgres |db01.corp.example|shop|u:5432 <- .env.example:4 declared", ".: secret DATABASE_URL <- .env.example:4",
			".: need redis redis||| REDIS_HOST={host}:0", ".: need http erp|erp.corp.example|| ERP_URL=https://{host}:{port}/api:443",
		}, []string{"geheim", "changeme", "DEBUG", "env APP_URL"}},
		{"a real one gives names only", files{".env": "TOKEN=geheim\nPAGE_SIZE=20\n", "x/.env.test": "A=1\n"}, []string{"note .env:0 .env is in the repository", ".: secret TOKEN <- .env:1"}, []string{"geheim", "PAGE_SIZE", ".env.test"}},
		{"what only fills in the compose file", files{".env.example": "DB_NAME=shop\nPAGE_SIZE=20\n", "docker-compose.yml": "services:\n  db:\n    image: postgres:12\n    environment: {POSTGRES_DB: \"${DB_NAME}\"}\n"}, []string{".: env PAGE_SIZE=20"}, []string{"DB_NAME"}},
		{"what it hands to the containers whole", files{".env.example": "DB_NAME=shop\n", "docker-compose.yml": "services:\n  web:\n    build: .\n    env_file: .env\n    environment: {X: \"${DB_NAME}\"}\n"}, []string{".: env DB_NAME=shop"}, nil},
		{"placeholders, and what only tests read", files{".env.example": "COMPOSE_PROJECT_NAME=shop\nDOCKER_WEB_PORT_FORWARD=8000\nBUCKET=bucket_name_here\nREGION=xx-xxxx-x\nPLACE=here\nDATA=<FULL PATH TO data.json>\nTEST_DATABASE_URL=postgres://u:p@db/x\n"}, []string{".: env PLACE=here"}, []string{"BUCKET", "REGION", "DATA", "COMPOSE_", "DOCKER_"}},
		{"an option that is commented out", files{".env.template": "# SMTP_PASSWORD=password\n# a word=here\n# PAGE_SIZE=20\n# DEBUG_TOKENS=false\n# SHOP_API_KEY=\n"}, []string{".: secret SMTP_PASSWORD <- .env.template:1 convention", ".: secret SHOP_API_KEY <- .env.template:5 convention"}, []string{"PAGE_SIZE", "word", "DEBUG_TOKENS"}},
		{"lines that count by themselves, and the port of an example", files{"env.dist": "PORT=3500\nLANGS=\"[ \"*\" ]\"\nPAGE_SIZE=20\n# export DB_PASSWORD=\"\"\n"}, []string{".: port 3500 <- env.dist:1 convention", ".: env PAGE_SIZE=20", ".: secret DB_PASSWORD <- env.dist:4 convention", "note env.dist:2 not understood"}, []string{"not all"}},
		{"what answers at an address is told by the port in another variable", files{".env.example": "DB_HOST=192.168.33.110\nDB_PORT=3306\nERP_HOST=192.168.33.111\nERP_PORT=8080\n"}, []string{".: need mysql |192.168.33.110", ".: need http erp|192.168.33.111"}, []string{"need http db"}},
		{"what a developer's own file comes after", files{"defaults.env": "GUNICORN_OPTS=reload=True\nSHOP_TOKEN=\n"}, []string{".: secret SHOP_TOKEN <- defaults.env:2"}, []string{"GUNICORN_OPTS"}},
		{"odd lines", files{".env.example": "A B C\n=x\nTOKEN\nPASSWORD=\"un\nclosed\n"}, []string{".: secret PASSWORD <- .env.example:4"}, nil},
	})
}

func FuzzProcfile(f *testing.F) {
	f.Add("web: a --port $PORT\nworker: b &&\n")
	f.Fuzz(func(t *testing.T, text string) {
		checkReport(t, read(t, Procfile(), files{"Procfile": text, "go.mod": ""}))
		checkReport(t, read(t, Dotenv(), files{".env.example": text, ".env": text}))
	})
}
