package lang

import "testing"

func TestPython(t *testing.T) {
	runCases(t, Python(), []readerCase{
		{"the README names the Python it runs on before the one of another branch", files{"requirements.txt": "flask\ngunicorn\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n", "README.md": "# Shop for python 3\n\nIt runs in python >= 3.6.\n\nIf you have python2.7, take the branch of that name.\n"}, []string{".: version 3.6 <- README.md:3 guess"}, []string{"version 2.7"}},
		{"settings that manage.py alone names", files{"requirements.txt": "Django==1.6\ngunicorn\n", "manage.py": "import django\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings.default')\n", "shop/settings/default.py": ""}, []string{
			".: command gunicorn django.core.wsgi:get_wsgi_application() --bind 0.0.0.0:8000", ".: env DJANGO_SETTINGS_MODULE=shop.settings.default <- manage.py:2"}, nil},
		{"what a server loads among the files of deployment", files{"requirements.txt": "Django==1.6\ngunicorn\n", "manage.py": "import django\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.dev')\n", "shop/__init__.py": "", "shop/deploy/__init__.py": "", "shop/deploy/wsgi.py": "import django\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\napplication = WSGIHandler()\n"}, []string{
			".: command gunicorn shop.deploy.wsgi:application --bind 0.0.0.0:8000", ".: env DJANGO_SETTINGS_MODULE=shop.settings <- shop/deploy/wsgi.py:2"}, []string{"shop.dev"}},
		{"a framework that is there for a library beside the one that the code imports", files{"requirements.txt": "django<2\nFlask==0.10\n", "shop/server.py": "from flask import Flask\napp = Flask(__name__)\n"}, []string{".: framework flask <- requirements.txt:2 declared"}, []string{"framework django"}},
		{"what a deployment installs in addition", files{"requirements.txt": "Django==1.11\n", "manage.py": "import django", "shop/wsgi.py": "application = 1\n", "deploy/requirements.txt": "-r ../requirements.txt\ngunicorn\n", "deploy/wsgi.py": "application = 1\n", "Dockerfile": "FROM python:3\nRUN pip install -r deploy/requirements.txt\n"},
			[]string{".: build pip deploy/requirements.txt requirements.txt", ".: framework django"}, []string{"deploy: ", "from outside"}},
		{"settings that an image brings, and a library of another store that nothing uses", files{"requirements.txt": "flask\npymongo\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n", "docker/src/shop.conf.py": "import os\nSECRET_KEY = repr(os.environ.get('SECRET_KEY', 'x'))\n"}, []string{".: secret SECRET_KEY <- docker/src/shop.conf.py:2", "note requirements.txt:2 pymongo is installed, and the code does not import it"}, []string{"need mongodb"}},
		{"two services that share requirements", files{"requirements.txt": "flask\n", "a/app.py": "from flask import Flask\napp = Flask(__name__)\n", "a/requirements.txt": "-r ../requirements.txt\n"}, []string{"a: language python"}, nil},
		{"migrations of Alembic below the project", files{"requirements.txt": "flask\nflask-migrate\n", "shop/app.py": "from flask import Flask\napp = Flask(__name__)\n", "shop/migrations/alembic.ini": ""}, []string{"migrate: release command flask db upgrade --directory shop/migrations <- shop/migrations/alembic.ini:1 guess"}, nil},
		{"routes that a list of the same file includes, over several lines", files{"requirements.txt": "django\n", "manage.py": "import django", "shop/wsgi.py": "application = 1\n", "conf/urls.py": "checks = [\n    url(\n        r'^$',\n        views.Check.as_view(),\n    ),\n    url(\n        r'^ping/$',\n        views.Ping.as_view(),\n    ),\n]\nurlpatterns = [\n    url(\n        r'^healthcheck/',\n        include(\n            checks,\n            namespace='checks',\n        )\n    ),\n]\n"}, []string{".: health /healthcheck/ping/| <- conf/urls.py:6", ".: health |/healthcheck/"}, nil},
		{"flask with gunicorn and its settings", files{
			"requirements.txt":  "Flask==1.0.2\ngunicorn==19.9\nredis==3.0 # cache\npsycopg2-binary\n",
			"app.py":            "from flask import Flask\nimport redis, os\napp = Flask(__name__)\ncache = redis.StrictRedis(host=os.environ.get('REDIS_HOST', 'cache01.corp.example'), port=6380)\n\n@app.route('/_status')\ndef status():\n    return 'ok'\n\nif __name__ == '__main__':\n    app.run(port=5001)\n",
			"gunicorn.conf.py":  "bind = '0.0.0.0:%s' % os.environ.get('PORT', '8081')\nworkers = 3\n",
			".python-version":   "3.6.9\n",
			"tests/settings.py": "MONGO_URL = 'mongodb://db/x'\n",
		}, []string{
			".: language python <- requirements.txt:1 declared", ".: version 3.6 <- .python-version:1 declared", ".: framework flask <- requirements.txt:1 declared", ".: build pip requirements.txt",
			".: port 8081 <- gunicorn.conf.py:1 declared", ".: command gunicorn -c gunicorn.conf.py app:app --bind 0.0.0.0:8081 <- app.py:3 convention", ".: health |/_status <- app.py:6 declared",
			".: need redis host=cache01.corp.example REDIS_HOST={host}:6380 <- app.py:4 declared", ".: need postgres:5432 <- requirements.txt:4 guess",
		}, []string{"mongodb", "env REDIS_HOST"}},
		{"a plugin that talks to a database whose library nothing installs", files{
			"requirements.txt": "Flask\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n", "plugins/store.py": "import psycopg2\nhost = 'db01'\ndef init(): psycopg2.connect(host=host)\n",
		}, []string{".: framework flask"}, []string{"need"}},
		{"the library comes by the image", files{
			"requirements.txt": "Flask\n", "Dockerfile": "FROM python:3\nRUN pip install psycopg2\n", "app.py": "import psycopg2\nfrom flask import Flask\napp = Flask(__name__)\npsycopg2.connect(host='db01')\n",
		}, []string{".: need postgres name=db01"}, nil},
		{"no server among the dependencies", files{
			"requirements.txt": "Flask\n", "app.py": "from flask import Flask\napp = Flask(__name__)\napp.run(host='0.0.0.0', port=80)\n",
		}, []string{".: port 80 <- app.py:3 declared", ".: command gunicorn app:app --bind 0.0.0.0:80 <- app.py:2 guess"}, nil},
		{"a framework whose forms alone are used, beside the one that serves", files{
			"requirements.txt": "django>=1.3\nFlask==0.10\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n",
		}, []string{".: framework flask <- requirements.txt:2"}, nil},
		{"a port that the settings say", files{
			"requirements.txt": "Flask\n", "src/settings.py": "WEB_IP = '127.0.0.1'\nWEB_PORT = 1500\n", "src/web.py": "import settings\nfrom flask import Flask\napp = Flask(__name__)\nif __name__ == '__main__':\n    app.run(settings.WEB_IP, settings.WEB_PORT)\n",
		}, []string{".: port 1500 <- src/settings.py:2 declared"}, nil},
		{"a port that the application's settings say, and none of tests", files{
			"requirements.txt": "Flask\n", "config.py": "import os\nclass TestConfig:\n    PORT = 9999\nclass Config:\n    PORT = os.getenv('PORT', 8085)\n", "run.py": "from flask import Flask\napp = Flask(__name__)\napp.config.from_object('config.Config')\napp.run(host='0.0.0.0', port=int(app.config['PORT']))\n",
		}, []string{".: port 8085 <- config.py:5 declared"}, nil},
		{"a port that the example of the settings says", files{
			"requirements.txt": "Flask\n", "settings.py.example": "WEB_PORT = 1500\n", "web.py": "import settings\nfrom flask import Flask\napp = Flask(__name__)\napp.run(port=settings.WEB_PORT)\n",
		}, []string{".: port 1500 <- settings.py.example:1 declared"}, nil},
		{"the code itself among its requirements, and a list of them with a name", files{
			"requirements.txt": "-e .\n", "setup.py": "from setuptools import setup\nneeds = [\n  'Flask==1.1',\n  'redis',\n  'rq']\nsetup(name='x', packages=['x'], install_requires=needs)\n",
			"run.py":      "from x.core import create_app\nif __name__ == \"__main__\":\n    app = create_app()\n    app.run()\nelse:\n    app = create_app()\n",
			"a_worker.py": "from rq import Queue, Worker\nfrom x.core import create_app\napp = create_app()\nWorker(qs).work()\n",
		}, []string{".: build pip requirements.txt setup.py", ".: framework flask <- setup.py:3 declared", ".: command gunicorn run:app --bind 0.0.0.0:8000 <- run.py:3 guess", ".: install gunicorn <- run.py:3 guess", "worker: command python a_worker.py <- a_worker.py:1 convention"}, nil},
		{"uv before what was exported from it", files{
			"pyproject.toml": "[project]\nname = 'x'\nrequires-python = '>=3.12'\ndependencies = ['fastapi', 'uvicorn']\n", "uv.lock": "", "requirements.txt": "fastapi\n", "main.py": "app = FastAPI()\n",
		}, []string{".: build uv pyproject.toml uv.lock", ".: command uvicorn main:app --host 0.0.0.0 --port 8000"}, []string{"install"}},
		{"secrets through a function of the team's own, and fallbacks that are none", files{
			"requirements.txt": "Django==4.2\n", "hc/settings.py": "SECRET_KEY = envsecret('SECRET_KEY', '---')\nCOMMIT = os.environ.get('COMMIT', 'null')\nCEF_HOST = os.environ.get('CEF_HOST', '127.0.0.1')\nADMIN = os.environ.get('ADMIN_URL', 'http://localhost:6012')\nREPORTS = os.environ.get('REPORTS_DB_URL', 'https://localhost/x')\nPASSWORD_RESET_SENT = 'password_reset_sent'\nNEW_PASSWORD_TEMPLATE = 'a1b2c3d4e5f6'\nWSGI_APPLICATION = 'hc.wsgi.application'\n", "manage.py": "import django",
		}, []string{".: secret SECRET_KEY <- hc/settings.py:1", ".: requires CEF_HOST <- hc/settings.py:3", ".: secret REPORTS_DB_URL <- hc/settings.py:5"}, []string{"COMMIT", "env CEF_HOST", "env ADMIN", "PASSWORD_"}},
		{"requirements of production, and never those of tests", files{
			"requirements/base.txt": "Django==2.2.3\n", "requirements/production.txt": "-r base.txt\n-c constraints.txt\ngunicorn\nuwsgi\n", "requirements/constraints.txt": "six==1.0\n",
			"requirements/test.txt": "-r base.txt\npymongo\nfakeredis\nredis\n", "src/manage.py": "import django", "src/site1/wsgi.py": "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
			"src/site1/settings.py": "WSGI_APPLICATION = 'site1.wsgi.application'\n", "src/shop/migrations/0001_initial.py": "",
		}, []string{
			".: build pip requirements/production.txt requirements/base.txt requirements/constraints.txt", ".: version 3.8 <- requirements/base.txt:1 guess",
			".: command gunicorn site1.wsgi:application --bind 0.0.0.0:8000 --chdir src", "migrate: release command python src/manage.py migrate --noinput", ".: packages gcc libc6-dev |  <- requirements/production.txt:4",
		}, []string{"mongodb", "redis"}},
		{"variables that have to be set", files{"requirements.txt": "flask\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n",
			"config.py": "import os\nDOMAIN = os.environ['SHOP_DOMAIN']\nSIZE = int(os.environ['PAGE_SIZE'])\nKEY = os.environ['SECRET_KEY']\nLEVEL = os.environ.get('LOG_LEVEL')\nif x:\n    A = os.environ['FEATURE']\n\nclass ProductionConfig:\n    SITE = os.environ['SITE_NAME']\n\nclass DevelopmentConfig:\n    BASE = os.environ['DEV_DOMAIN']\n    DB = os.environ.get('DEV_SECRET')\n\nclass DeviceConfig:\n    TOKEN = os.environ.get('DEVICE_TOKEN')\n"}, []string{
			".: requires SHOP_DOMAIN <- config.py:2", ".: requires PAGE_SIZE <- config.py:3", ".: requires SITE_NAME <- config.py:10", ".: secret SECRET_KEY <- config.py:4", ".: secret DEVICE_TOKEN <- config.py:17",
		}, []string{"requires SECRET_KEY", "LOG_LEVEL", "requires FEATURE", "DEV_"}},
		{"the requirements that the image installs", files{"requirements/heroku.txt": "flask\npsycopg2\n", "requirements/docker.txt": "flask\npymysql\n", "Dockerfile": "FROM python:3.6\nRUN venv/bin/pip install -r requirements/docker.txt\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}, []string{
			".: build pip requirements/docker.txt",
		}, []string{"libpq"}},
		{"requirements from git", files{"requirements.txt": "flask\n# -e git+https://git.example/old#egg=old\ngunicorn\n-e git+https://git.example/shop.git#egg=shop\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}, []string{
			".: packages git |  <- requirements.txt:4 convention",
		}, []string{"requirements.txt:2"}},
		{"a lock with a source in git", files{"pyproject.toml": "[project]\nname = 'x'\ndependencies = ['flask']\n", "uv.lock": "[[package]]\nname = \"a\"\nsource = { git = \"https://git.example/a.git?tag=1#0a1b\" }\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}, []string{
			".: packages git |  <- uv.lock:3 convention",
		}, nil},
		{"django databases of two environments", files{
			"requirements.txt": "Django==1.11\nmysqlclient\n", "manage.py": "import django",
			"shop/settings/base.py": "DATABASES = {\n  'default': {\n    'ENGINE': 'django.db.backends.mysql',\n    'HOST': 'localhost', 'NAME': 'shop', 'USER': 'dev',\n  },\n" +
				"  'legacy_crm': {'ENGINE': 'django.db.backends.oracle', 'HOST': 'ora1.corp.example', 'PORT': 1522},\n}\n",
			"shop/settings/production.py": "from .base import *\nDATABASES['default']['HOST'] = 'my1.corp.example'\nDATABASES['default']['USER'] = 'shop'\nMEDIA_ROOT = os.path.join(BASE_DIR, 'media')\nSECRET_KEY = os.environ['SECRET_KEY']\n",
			"shop/settings/dev.py":        "CACHES = {'default': {'BACKEND': 'django_redis.cache.RedisCache', 'LOCATION': 'redis://r:6379/1'}}\n",
		}, []string{
			".: need mysql host=my1.corp.example in=production user=shop:3306 <- shop/settings/production.py:2", ".: need mysql db=shop:3306 <- shop/settings/base.py:4",
			".: need oracle name=legacy-crm host=ora1.corp.example:1522 <- shop/settings/base.py:6", ".: state media <- shop/settings/production.py:4", ".: secret SECRET_KEY <- shop/settings/production.py:5",
			".: packages gcc libc6-dev default-libmysqlclient-dev pkg-config | libmariadb3 <- requirements.txt:2 convention",
		}, []string{"redis", "user=dev"}},
		{"poetry, fastapi and a sqlite file", files{
			"pyproject.toml": "[tool.poetry]\nname = 'x'\n[tool.poetry.dependencies]\npython = \"^3.8\"\nfastapi = \"*\"\nuvicorn = {version = \"*\"}\n[tool.poetry.dev-dependencies]\nredis = \"*\"\n", "poetry.lock": "",
			"svc/__init__.py": "", "svc/main.py": "from fastapi import FastAPI\napi = FastAPI()\nengine = create_engine('sqlite:///data/app.db')\n\n@api.get('/health/live')\ndef live(): pass\n",
		}, []string{
			".: build poetry pyproject.toml poetry.lock", ".: version 3.8 <- pyproject.toml:4 convention", ".: command uvicorn svc.main:api --host 0.0.0.0 --port 8000 <- svc/main.py:2 convention",
			".: health /health/live|/health/live", ".: state data <- svc/main.py:3", "note svc/main.py:3 the database is a file",
		}, []string{"need "}},
		{"pipenv, a factory and a wrapper around the environment", files{
			"Pipfile": "[packages]\nflask = \"*\"\ngunicorn = \"*\"\n\n[dev-packages]\npsycopg2 = \"*\"\n\n[requires]\npython_version = \"3.7\"\n", "Pipfile.lock": "{}",
			"web/__init__.py": "def create_app():\n    app = Flask(__name__)\n    return app\n", "web/config.py": "import os\n\ndef maybe(settings, key, name, default=None):\n    if name in os.environ:\n        settings[key] = os.environ[name]\n\nmaybe(s, 'a', 'SESSION_SECRET')\nmaybe(s, 'b', 'SITE_NAME', default='Shop')\n",
		}, []string{
			".: build pipenv Pipfile Pipfile.lock", ".: version 3.7 <- Pipfile:9 declared", ".: command gunicorn web:create_app() --bind 0.0.0.0:8000", ".: secret SESSION_SECRET <- web/config.py:7", ".: env SITE_NAME=Shop <- web/config.py:8 convention",
		}, []string{"postgres"}},
		{"flask's own variables and names in YAML", files{
			"requirements.in": "flask\n", "requirements.txt": "flask==1.0\n", ".flaskenv": "API_PORT=5009\nAPP_PORT=5008\nFLASK_RUN_PORT=${APP_PORT}\n", "application.py": "application = create_app('x')\n",
			"config/config_sample.yml": "smtp:\n  host: _env:SMTP_HOST\n  password: _env:SMTP_PASSWORD\nlevel: ${LOG_LEVEL:-info}\n",
		}, []string{".: port 5008 <- .flaskenv:2 declared", ".: command gunicorn application:application --bind 0.0.0.0:5008 <- application.py:1 guess", ".: build pip requirements.txt", ".: secret SMTP_PASSWORD <- config/config_sample.yml:3", ".: env LOG_LEVEL=info <- config/config_sample.yml:4"}, nil},
		{"pyramid by its settings for production", files{
			"requirements.txt": "pyramid\nwaitress\n", "production.ini": "[server:main]\nuse = egg:waitress#main\nlisten = 0.0.0.0:6543\n", "svc/__init__.py": "def main(g, **s):\n    config.add_route('health', '/_health/')\n",
		}, []string{".: command pserve production.ini <- production.ini:1 convention", ".: port 6543 <- production.ini:3 declared", ".: framework pyramid <- requirements.txt:1", ".: health |/_health/ <- svc/__init__.py:2"}, nil},
		{"what says of itself where it answers, and settings of Everett", files{
			"requirements.txt": "pyramid\ngunicorn\n", "svc/__init__.py": "", "svc/wsgi.py": "from .app import make\napplication = make()\n",
			"svc/monitor.py": "class Heartbeat:\n    route = '/__heartbeat__'\n    path = '/a/b'\n",
			"svc/conf.py":    "from everett.manager import Option\n\nclass Config:\n    secret_key = Option(default='dev')\n    page_size = Option(default='25', parser=int)\n    db_uri = Option(doc='where')\n",
		}, []string{".: command gunicorn svc.wsgi:application --bind 0.0.0.0:8000 <- svc/wsgi.py:2", ".: health |/__heartbeat__ <- svc/monitor.py:2", ".: secret SECRET_KEY <- svc/conf.py:4", ".: env PAGE_SIZE=25 <- svc/conf.py:5"}, nil},
		{"settings whose name is made at run time", files{"requirements.txt": "django==4.2\n", "manage.py": "import django\n", "site1/__init__.py": "", "site1/wsgi.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site1.settings.{}'.format(place))\n"}, nil, []string{"DJANGO_SETTINGS_MODULE"}},
		{"a site below a prefix, gunicorn's settings in the package, settings of production beside the default", files{
			"requirements.txt": "django==4.2\ngunicorn\nfedora-messaging\n", "manage.py": "import django\n", "site1/__init__.py": "", "site1/settings.py": "WSGI_APPLICATION = 'site1.wsgi.application'\n", "site1/production.py": "from .settings import *\n",
			"site1/wsgi.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site1.settings')\n", "site1/docker_gunicorn_configuration.py": "bind = '127.0.0.1:8040'\n",
			"site1/urls.py": "from django.urls import include, path\nurlpatterns = [path('shop/', include('orders.urls'))]\n", "orders/__init__.py": "", "orders/urls.py": "urlpatterns = [\n    path('orders/', orders),\n    path('status/', status),\n]\n",
		}, []string{".: command gunicorn -c site1/docker_gunicorn_configuration.py site1.wsgi:application --bind 0.0.0.0:8040", ".: health |/shop/status/ <- orders/urls.py:3", ".: env DJANGO_SETTINGS_MODULE=site1.production", ".: need rabbitmq:5672"}, nil},
		{"a list of routes that the same file includes", files{
			"requirements.txt": "django==4.2\n", "manage.py": "import django\n", "site1/__init__.py": "", "site1/urls.py": "api_urls = [\n    path('checks/', checks),\n    path('status/', status),\n]\nurlpatterns = [\n    path('api/v1/', include(api_urls)),\n    path('about', about),\n]\n",
		}, []string{".: health |/api/v1/status/ <- site1/urls.py:3"}, []string{"/api/v1/about"}},
		{"status below one of several prefixes is a page", files{
			"requirements.txt": "django==4.2\n", "manage.py": "import django\n", "site1/__init__.py": "", "site1/urls.py": "urlpatterns = [\n    path('shop/', include('orders.urls')),\n    path('admin/', include('people.urls')),\n]\n",
			"orders/__init__.py": "", "orders/urls.py": "urlpatterns = [path('status/', status)]\n", "people/__init__.py": "", "people/urls.py": "urlpatterns = []\n",
		}, nil, []string{"health"}},
		{"a package is a library", files{
			"setup.py":        "from setuptools import setup, find_packages\nsetup(name='x', packages=find_packages(), install_requires=['requests>=2', 'redis'], tests_require=['pymongo'], python_requires='>=3.5')\n",
			"orm/__init__.py": "def connect(): pass\n",
		}, []string{".: library <- setup.py:1 convention", ".: version 3.5 <- setup.py:2 convention", ".: build setuptools setup.py"}, []string{"command", "port", "mongodb"}},
		{"a unix socket and Python 2", files{
			"requirements.txt": "bottle\ngunicorn\nMySQL-python==1.2.5\n", "wsgi.py": "import bottle\napplication = bottle.default_app()\nprint 'up'\n", "deploy/gunicorn.py": "bind = 'unix:/tmp/x.sock'\n",
		}, []string{".: version 2.7 <- requirements.txt:3 guess", "note deploy/gunicorn.py:1 binds a unix socket", ".: port 8000 <- wsgi.py:2 convention", ".: command gunicorn -c deploy/gunicorn.py wsgi:application"}, nil},
		{"the tests of a program in C, in Python", files{"configure.ac": "AC_INIT([poold])\n", "pyproject.toml": "[project]\nname = \"poold\"\ndependencies = [\"pytest\", \"psycopg\"]\n", "test/test_a.py": "import pytest\n"}, nil, []string{"language", "need"}},
		{"tools in Python beside another language", files{"package.json": "{}", "requirements.txt": "requests\n", "tool.py": "import os\nos.environ['X_TOKEN']\n"}, nil, []string{"language", "secret"}},
		{"a consumer without a port", files{
			"requirements.txt": "pika==1.0\n", "consume.py": "import os, pika\nc = pika.BlockingConnection(pika.URLParameters(os.environ['AMQP_URL']))\nif __name__ == '__main__':\n    ch.start_consuming()\n",
		}, []string{".: command python consume.py <- consume.py:4 guess", ".: secret AMQP_URL <- consume.py:2", ".: need rabbitmq:5672 <- consume.py:2 declared"}, []string{"port "}},
	})
}

func TestPythonKeepsSecretsSecret(t *testing.T) {
	lines := said(read(t, Python(), files{
		"requirements.txt": "Django\npsycopg2\n", "manage.py": "import django",
		"x/settings.py": "SECRET_KEY = 'hunter2hunter2'\nDB_URL = os.environ.get('DB', 'postgres://u:hunter2hunter2@db1.corp.example/x')\nDATABASES = {'default': {'ENGINE': 'postgresql', 'HOST': 'h', 'PASSWORD': 'hunter2hunter2'}}\nAPI_TOKEN = os.getenv('API_TOKEN', 'hunter2hunter2')\n",
	}))
	notes := 0
	for _, l := range lines {
		if contains(l, "hunter2") {
			t.Errorf("a value that must stay secret: %s", l)
		}
		if contains(l, "note x/settings.py") {
			notes++
		}
	}
	if notes < 4 {
		t.Errorf("%d notes about values in the code, want 4:\n%v", notes, lines)
	}
}

// What gathers the static files is known where the settings load without anything being set.
func TestPythonStaticFiles(t *testing.T) {
	tree := func(settings string) files {
		return files{"requirements.txt": "Django==4.2\ngunicorn\n", "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
			"shop/wsgi.py": "application = 1\n", "shop/settings.py": settings + "STATIC_ROOT = 'collected'\n"}
	}
	runCases(t, Python(), []readerCase{
		{"they load", tree("import os\n"), []string{".: collects python manage.py collectstatic --noinput <- shop/settings.py:2"}, []string{"served by something else"}},
		{"a variable is missing", tree("import os\nKEY = os.environ['SHOP_KEY']\n"), []string{"note shop/settings.py:3 static files are collected in STATIC_ROOT and served by something else today"}, []string{"collects"}},
	})
}

func TestPythonSourceThatCountsByItsName(t *testing.T) {
	for name, want := range map[string]bool{
		"settings_live.py": true, "my_settings.py": true, "AppConfig.py": true, "shopapp.py": true, "__init__.py": true, "celeryconfig.py": true, "Task.py": true, "shop.wsgi": true, "shop.tac": true,
		"tasking.py": false, "mainly.py": false, "shop.py": false, "settings.txt": false, "config": false,
	} {
		if pythonCounts(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}
