package lang

import (
	"strings"
	"testing"
)

func TestSettingsOfAProjectWithinTheProject(t *testing.T) {
	runCases(t, Python(), []readerCase{
		{"what the server nearer to the directory loads", files{"requirements.txt": "Django==1.9\n", "manage.py": "import django\n", "shop/manage.py": "import django\n", "site1/__init__.py": "", "shop/__init__.py": "", "shop/shop/__init__.py": "",
			"site1/wsgi.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site1.settings')\n", "shop/shop/wsgi.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"},
			[]string{".: env DJANGO_SETTINGS_MODULE=site1.settings <- site1/wsgi.py:2"}, []string{"DJANGO_SETTINGS_MODULE=shop.settings"}},
	})
}

func TestPythonVariablesInFull(t *testing.T) {
	runCases(t, Python(), []readerCase{
		{"a loop over names", files{"requirements.txt": "flask\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n", "configs/docker_config.py": "import os\nallowed = (\n    'SHOP_MODE',\n    'MAIL_PASSWORD',\n)\nother = ['OTHER_TOKEN']\nfor v in allowed:\n    if v in os.environ:\n        globals()[v] = os.environ[v]\nfor v in other:\n    print(v)\n"},
			[]string{".: secret MAIL_PASSWORD <- configs/docker_config.py:4"}, []string{"OTHER_TOKEN"}},
		{"a function that puts a prefix before the name, and one that hands it on", files{
			"requirements.txt": "flask\n", "app.py": "app = Flask(__name__)\n",
			"settings.py": "from os import environ\n\ndef env(name, default=None):\n    value = environ.get('SHOP_%s' % name)\n    return value or default\n\ndef env_list(name, default=''):\n    value = env(name)\n    return value.split(',')\n\nSECRET_KEY = env('SECRET_KEY')\nTITLE = env('TITLE', 'Shop')\nOAUTH_SECRET = env_list('OAUTH_SECRET')\nAWS = environ.get('AWS_SECRET_ACCESS_KEY')\n",
		}, []string{".: secret SHOP_SECRET_KEY <- settings.py:11", ".: env SHOP_TITLE=Shop <- settings.py:12", ".: secret SHOP_OAUTH_SECRET <- settings.py:13", ".: secret AWS_SECRET_ACCESS_KEY"}, []string{"SHOP_AWS", "secret SECRET_KEY", "env TITLE"}},
		{"a method with many parameters that reads what one of them names", files{
			"requirements.txt": "pyramid\ngunicorn\n", "shop/settings.py": "import os\n\nclass Manager(object):\n    def __init__(self, environ=None):\n        self._environ = environ or os.environ\n\n    def set(\n        self,  # pylint: disable=too-many-arguments\n        name,\n        envvar: str,\n        type_=str,\n        required=False,\n        default=None,\n        deprecated_msg=None,\n    ):\n        \"\"\"" + strings.Repeat("Settings come from several places.\n        ", 40) + "\"\"\"\n        if envvar in self._environ:\n            val = self._environ[envvar]\n",
			"shop/config.py": "from pyramid.config import Configurator\n\ndef configure(environ):\n    manager = Manager(environ)\n    manager.set('mail.sender', 'MAIL_SENDER', default='shop')\n    manager.set('secret_key', 'SHOP_SECRET_KEY', required=True)\n    manager.set('mail.password', 'MAILER_APIKEY')\n",
		}, []string{".: secret SHOP_SECRET_KEY <- shop/config.py:6", ".: secret MAILER_APIKEY <- shop/config.py:7", ".: env MAIL_SENDER=shop"}, nil},
		{"options that Everett's older releases add", files{
			"requirements.txt": "falcon\neverett\nboto3\n", "shop/app.py": "from everett.manager import ConfigManager\nfrom everett.component import ConfigOptions\n\nclass App:\n    required_config = ConfigOptions()\n    required_config.add_option(\n        'secret_sentry_dsn',\n        default='',\n    )\n",
			"shop/store.py": "import boto3\nfrom everett.component import ConfigOptions\n\nKWARGS = {'service_name': 's3', 'region_name': 'x'}\n", "shop/watch.py": "import boto3\nclass W:\n    service_name = 'sqs'\n",
		}, []string{".: secret SECRET_SENTRY_DSN <- shop/app.py:6", ".: need s3"}, []string{"need sqs"}},
		{"a function for secrets, with types, and a manager of Everett's", files{
			"requirements.txt": "django\neverett\ndjango-redis\n", "manage.py": "import django\n", "shop/__init__.py": "",
			"shop/settings.py": "from everett.manager import ConfigManager\nfrom os import getenv\n_config = ConfigManager.basic_config()\n\ndef get_secret(s: str, default: str | None = None) -> str | None:\n    \"\"\"Read it from a file, or from the environment.\"\"\"\n    return getenv(s, default)\n\nSMS_AUTH = get_secret('SMS_AUTH')\nDB_HOST = get_secret('DB_HOST', '')\nPAGES = _config('PAGES', default='20')\nMAIL_PASSWORD = (\n    _config('MAIL_PASSWORD', raise_error=False)\n    or None\n)\nCACHES = {'default': {'BACKEND': 'shop.cache.RedisLocMemCache', 'LOCATION': 'unique-snowflake'}}\n",
		}, []string{".: secret SMS_AUTH <- shop/settings.py:9 declared", ".: secret MAIL_PASSWORD", ".: env PAGES=20 <- shop/settings.py:11"}, []string{"secret DB_HOST", "unique-snowflake"}},
		{"an example of settings in YAML that the code reads", files{
			"requirements.txt": "Django==3.2\n", "manage.py": "import django", "x/__init__.py": "", "x/settings.py": "import yaml\nwith open(os.path.join(BASE, 'conf', 'general.yml')) as f:\n    config = yaml.safe_load(f)\nSECRET_KEY = config.get('SHOP_SECRET_KEY', '')\n",
			"conf/general.yml-example": "NAME: shop\nSHOP_SECRET_KEY: geheim\nDB_PASS: ''\n", "conf/other.yml-example": "OTHER_PASS: x\n",
		}, []string{".: secret SHOP_SECRET_KEY <- conf/general.yml-example:2 convention", ".: secret DB_PASS", "note conf/general.yml-example:2 an example of the file of settings"}, []string{"geheim", "OTHER_PASS"}},
		{"options of a command line that come from the environment as well", files{
			"requirements.txt": "twisted\nconfigargparse\n", "setup.py": "setup(name='push', entry_points={'console_scripts': ['push = push.main:main']})\n", "push/__init__.py": "", "push/main.py": "import configargparse\nfrom twisted.internet import reactor\n\ndef main():\n    parser = configargparse.ArgumentParser()\n    parser.add_argument('--crypto_key', env_var='CRYPTO_KEY', default=[])\n    parser.add_argument('--max_data', type=int, env_var='MAX_DATA', default=4096)\n    parser.add_argument('-p', '--port', env_var='PORT', default=8080, type=int)\n    reactor.listenTCP(8080, f)\n    reactor.run()\n",
		}, []string{".: secret CRYPTO_KEY <- push/main.py:6", ".: env MAX_DATA=4096 <- push/main.py:7"}, nil},
		{"options that Click reads behind a prefix", files{"requirements.txt": "flask\nclick\n", "shop.py": "import click\nfrom flask import Flask\napp = Flask(__name__)\n\n@click.command()\n@click.option('--db-password')\n@click.option('-t', '--api-token/--no-api-token', envvar='OWN_TOKEN')\ndef main(db_password, api_token):\n    app.run()\n\nif __name__ == '__main__':\n    main(auto_envvar_prefix='SHOP')\n", "tool.py": "import click\n\n@click.command()\n@click.option('--git-token')\ndef tool(git_token):\n    pass\n"},
			[]string{".: secret SHOP_DB_PASSWORD <- shop.py:6", ".: secret OWN_TOKEN <- shop.py:7"}, []string{"GIT_TOKEN", "SHOP_API_TOKEN"}},
		{"a factory that asks for its settings makes no application by itself", files{"requirements.txt": "flask\n", "app.py": "import yaml\nfrom flask import Flask\n\ndef create_app(conf):\n    return Flask(__name__)\n\ndef main():\n    create_app(yaml.safe_load(open('c.yml'))).run(host='0.0.0.0', port=8555)\n\nif __name__ == '__main__':\n    main()\n"},
			[]string{".: command python app.py"}, []string{"create_app()"}},
		{"a factory whose parameters all have defaults", files{"requirements.txt": "flask\n", "app.py": "from flask import Flask\n\ndef create_app(conf=None, *args, **more):\n    return Flask(__name__)\n"},
			[]string{".: command gunicorn app:create_app()"}, nil},
		{"a factory whose parameters have types, and defaults with brackets", files{"requirements.txt": "flask\n", "app.py": "def make_app(name: Dict[str, int]):\n    pass\n\ndef create_app(config: Dict[str, Any] = None, more: Mapping[str, Any] | None = None, at=now(), key=\"a,)\", *, by: Union[str, None] = None,  # last, or none\n):\n    return Flask(__name__)\n",
			"asks/requirements.txt": "flask\n", "asks/app.py": "def create_app(at=now(), config: Dict[str, Any]):\n    pass\n"},
			[]string{".: command gunicorn app:create_app()"}, []string{"make_app", "asks: command"}},
		{"a secret with a long default", files{"requirements.txt": "flask\n", "app.py": "import os\napp = Flask(__name__)\nSIGNING_SALT = os.environ.get('SIGNING_SALT', '" + strings.Repeat("ab", 120) + "')\n"}, []string{".: secret SIGNING_SALT"}, []string{"abab"}},
		{"django-configurations", files{
			"requirements.txt": "Django==3.2\ndjango-configurations\npsycopg2\n", "manage.py": "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'x.settings')\n", "x/migrations/0001_initial.py": "",
			"x/settings.py": "class Base(Configuration):\n    SECRET_KEY = values.SecretValue()\n    EMAIL_HOST_PASSWORD = values.Value()\n    TIME_ZONE = values.Value('UTC')\n    DATABASES = values.DatabaseURLValue('postgres://postgres@localhost/x')\n    HOOK_TOKEN = values.Value(environ_prefix='SHOP', environ_name='HOOK_TOKEN')\n",
		}, []string{".: secret DJANGO_SECRET_KEY <- x/settings.py:2", ".: secret DJANGO_EMAIL_HOST_PASSWORD", ".: env DJANGO_TIME_ZONE=UTC", ".: secret DATABASE_URL", ".: secret SHOP_HOOK_TOKEN", "migrate: release command python manage.py migrate --noinput", ".: command gunicorn django.core.wsgi:get_wsgi_application() --bind 0.0.0.0:8000 <- manage.py:1 guess"}, []string{"secret SECRET_KEY"}},
	})
}

func TestPythonWrittenSecrets(t *testing.T) {
	runCases(t, Python(), []readerCase{
		{"what settings hold is a secret of the service, unless it is read from outside in another file", files{
			"requirements.txt": "Django==3.2\n", "manage.py": "import django", "x/settings/base.py": "SECRET_KEY = 'UNSAFE_DEFAULT'\nMAIL_PASSWORD = 'tai8Phai'\nHOOK_TOKEN = 'a1b2c3d4e5'\nCREDENTIALS_BACKEND = 'x.auth.lookup'\nPASSWORD_RESET_SENT = 'password_reset_sent'\nSMTP_PASS = ''\n",
			"docker/settings.py": "MAIL_PASSWORD = os.environ['SHOP_MAIL_PASSWORD']\n", "x/views.py": "from django import x\nOTHER_PASSWORD = 'tai8Phai'\n@app.route('/x')\n", "x/settings/test.py": "TEST_SECRET = 'tai8Phai'\n",
		}, []string{".: secret SECRET_KEY <- x/settings/base.py:1 guess", ".: secret HOOK_TOKEN <- x/settings/base.py:3 guess", ".: secret SHOP_MAIL_PASSWORD <- docker/settings.py:1", "note x/settings/base.py:2 MAIL_PASSWORD has its value in the code"}, []string{"secret MAIL_PASSWORD", "CREDENTIALS", "RESET_SENT", "SMTP_PASS", "secret OTHER_PASSWORD", "TEST_SECRET"}},
	})
}

func TestPythonSecretsOfEachPlace(t *testing.T) {
	settings := "MAPS_API_KEY = ''\nMAIL_PASSWORD = ''\nLOGIN_CLIENT_SECRET = \"\"\n"
	runCases(t, Python(), []readerCase{
		{"that it loads over those of the repository", files{"requirements.txt": "Django==3.2\n", "manage.py": "import django", "x/settings.py": settings + "try:\n    from .local import *  # noqa\nexcept ImportError:\n    pass\n"}, []string{".: secret MAPS_API_KEY <- x/settings.py:1 guess", ".: secret LOGIN_CLIENT_SECRET <- x/settings.py:3 guess"}, []string{"secret MAIL_PASSWORD"}},
		{"without such a file they are off", files{"requirements.txt": "Django==3.2\n", "manage.py": "import django", "x/settings.py": settings}, nil, []string{"secret MAPS_API_KEY", "LOGIN_CLIENT"}},
	})
}

func TestPythonExampleOfSettings(t *testing.T) {
	runCases(t, Python(), []readerCase{
		{"a module that each installation makes of an example", files{
			"requirements.txt": "flask\n", "app.py": "app = Flask(__name__)\napp.config.from_object('config')\n", "config.example.py": "import os\nSECRET_KEY = '***'\nMAIL_PASSWORD = 'your password'\nTOKEN_REQUIRED = 'yes'\nTITLE = 'Shop'\n", "settings.py.dist": "API_TOKEN = ''\n",
		}, []string{".: secret SECRET_KEY <- config.example.py:2 convention", ".: secret MAIL_PASSWORD <- config.example.py:3", "note config.example.py:2 an example of the module of settings"}, []string{"API_TOKEN", "TOKEN_REQUIRED", "your password"}},
		{"functions that take secrets from a file, in a module called setup", files{"requirements.txt": "flask\n", "application.py": "from app.setup import make\napplication = make()\n", "app/setup.py": "from flask import Flask\ndef make():\n    app = Flask(__name__)\n    app.secret_key = app.store.get_secret_by_name('SHOP_SIGNING')\n    app.queue = get_secret('MQ_HOST')\n    @app.route('/status')\n    def status():\n        return 'OK'\n    return app\n"},
			[]string{".: secret SHOP_SIGNING <- app/setup.py:4 convention", "note app/setup.py:4 SHOP_SIGNING secrets that get_secret_by_name", ".: health |/status"}, []string{"MQ_HOST"}},
		{"an example beside the module", files{"requirements.txt": "flask\n", "app.py": "import config\napp = Flask(__name__)\n", "config.py": "X = 1\n", "config.example.py": "MAIL_PASSWORD = 'x'\n"}, []string{".: framework flask"}, []string{"MAIL_PASSWORD"}},
	})
}

func TestPythonMaps(t *testing.T) {
	runCases(t, Python(), []readerCase{
		{"django with maps", files{"requirements.txt": "Django==3.2\npsycopg2-binary\n", "manage.py": "import django", "x/settings.py": "INSTALLED_APPS = [\n    'django.contrib.gis',\n]\n"}, []string{".: packages  | binutils gdal-bin <- x/settings.py:2", ".: need postgres with=postgis:0 <- x/settings.py:2"}, nil},
		{"django that had maps", files{"requirements.txt": "Django==3.2\n", "manage.py": "import django", "x/settings.py": "INSTALLED_APPS = [\n    # 'django.contrib.gis',\n]\n"}, []string{".: framework django"}, []string{"gdal"}},
	})
}

func TestPythonNoise(t *testing.T) {
	runCases(t, Python(), []readerCase{
		{"what is written to the environment, developers' fallbacks and public services", files{
			"requirements.txt": "Django==3.2\npsycopg2\nredis\n", "manage.py": "import django",
			"settings.py": "os.environ['OMP_TOKEN'] = '1'\nDB = os.environ.get('DATABASE_URL') or 'sqlite:///x/db.sqlite3'\nLINKS = {'support': {'url': 'https://tree.shop.io/support/'}}\nAPI_URL = 'https://api.shop.io/v1'\nERP_URL = 'http://erp.corp.example:8080/'\n" +
				"CACHES = {'default': {'BACKEND': 'django.core.cache.backends.locmem.LocMemCache', 'LOCATION': 'unique-snowflake'}, 'r': {'BACKEND': 'django_redis.cache.RedisCache', 'LOCATION': os.environ['REDIS_URL']}}\nURL = f\"amqp://{ os.getenv('MQ_USER') }:{ os.getenv('MQ_PASS') }@mq:5672/x\"\n",
		}, []string{".: need http name=erp host=erp.corp.example", ".: need redis REDIS_URL=redis://{host}:{port}", ".: secret MQ_PASS <- settings.py:7", ".: secret DATABASE_URL"}, []string{"OMP_TOKEN", "SQLite", "tree.shop.io", "api.shop.io", "memcached", "snowflake"}},
	})
}
