package lang

import "testing"

func TestPythonPrograms(t *testing.T) {
	setup := "from setuptools import setup\nsetup(name='shop', packages=['shop'],\n  entry_points={'console_scripts': [\n    'shopd = shop.main:main',\n    'shop-worker = shop.jobs:main',\n    'shop-ctl = shop.ctl:main',\n    'shop-diagnostics = shop.jobs:show']},\n  install_requires=['tornado'])\n"
	code := files{"setup.py": setup, "shop/__init__.py": "", "shop/main.py": "import tornado.web\nfrom shop.serving import Server\ndef main():\n    Server().go()\n", "shop/serving.py": "from tornado.ioloop import IOLoop\nclass Server:\n    def go(self):\n        IOLoop.current().start()\n",
		"shop/jobs.py": "def main():\n    while True:\n        work()\n", "shop/ctl.py": "def main():\n    while True:\n        ask()\n"}
	runCases(t, Python(), []readerCase{
		{"programs that the installation makes: what serves, and what keeps running by its name", code,
			[]string{".: command shopd <- shop/serving.py:4 convention", "worker: command shop-worker <- setup.py:5 guess", ".: framework tornado"}, []string{"shop-ctl", "diagnostics"}},
		{"a module that the package makes a program of is none to run by its file", files{"setup.py": "from setuptools import setup\nsetup(name='gate', packages=['gate'], entry_points={'console_scripts': [\n 'gate=gate.main:main']}, install_requires=['bottle', 'toml'])\n", "gate/main.py": "from . import utils\n\ndef main():\n    import toml\n    cfg = toml.load(open('cfg.toml'))\n    from . import server\n    server.start(cfg)\n\nif __name__ == '__main__':\n    main()\n", "gate/utils.py": "",
			"gate/server.py":  "from bottle import run\n\ndef start(cfg):\n    Worker(cfg['web']['token'])\n    run(host=cfg['web'].get('host'),\n        port=cfg['web']['port'], server='waitress')\n",
			"cfg.sample.toml": "[[list]]\nport = 7\n[git]\nport = 8\n[web]\n# the port\nport = 54856\nclient_secret = \"\"\n"},
			[]string{".: command gate <- gate/server.py:5", ".: port 54856 <- cfg.sample.toml:7", ".: secret web_client_secret <- cfg.sample.toml:8"}, []string{"main.py|"}},
		{"a module of a package that keeps running, by the program that is made of it", files{"setup.py": "from setuptools import setup\nsetup(name='gate', entry_points={'console_scripts': ['gate=gate.main:main']}, install_requires=['requests'])\n", "gate/__init__.py": "", "gate/main.py": "import requests\n\ndef main():\n    while True:\n        requests.get('http://shop.example')\n\nif __name__ == '__main__':\n    main()\n"},
			[]string{".: command gate <- gate/main.py:4"}, []string{"main.py|"}},
		{"the developers' server of the application that a server starts", files{"setup.py": "from setuptools import setup\nsetup(name='shop', packages=['shop'], entry_points={'console_scripts': [\n 'shop-run = shop.site:run']}, install_requires=['flask', 'gunicorn'])\n", "shop/__init__.py": "", "shop/site.py": "from flask import Flask\napp = Flask(__name__)\ndef run():\n    app.run()\n"},
			[]string{".: command gunicorn shop.site:app"}, []string{"run: command"}},
		{"scripts in bin of a package that only its requirements are installed of", files{"requirements.txt": "tornado\n", "bin/shop-web": "#!/usr/bin/env python3\nfrom shop.web import main\nmain()\n", "bin/shop-background": "#!/usr/bin/python3\nfrom shop.background import main\nmain()\n", "bin/notes": "#!/bin/sh\nwhile true\n", "shop/__init__.py": "", "shop/web.py": "import tornado.httpserver\nHTTPServer(app)\n", "shop/background.py": "while True:\n    pass\n"},
			[]string{".: command python bin/shop-web <- shop/web.py:2 convention", "background: command python bin/shop-background <- bin/shop-background:1 guess"}, []string{"notes"}},
		{"a tool that shares a module with what stays", files{"requirements.txt": "flask\ngunicorn\n", "shop/__init__.py": "", "shop/config.py": "from shop.queue import Queue\n", "shop/queue.py": "import time\ndef work():\n    while True:\n        time.sleep(1)\n", "app.py": "app = Flask(__name__)\n", "bin/run-task": "#!/usr/bin/env python\nfrom shop.config import x\n", "bin/queue-worker": "#!/usr/bin/env python\nfrom shop.config import x\n"},
			[]string{"queue-worker: command python bin/queue-worker"}, []string{"run-task"}},
		{"a program with a server of its own before one that has to be added", files{"requirements.txt": "flask\ngevent\n", "bin/shop-api": "#!/usr/bin/env python\nfrom gevent.pywsgi import WSGIServer\nfrom shop import app\nWSGIServer(('', 5000), app).serve_forever()\n", "shop/__init__.py": "", "shop/app.py": "from flask import Flask\napp = Flask(__name__)\n"},
			[]string{".: command python bin/shop-api <- bin/shop-api:2"}, []string{"gunicorn"}},
		{"programs that people call, beside the one that serves", files{"requirements.txt": "gevent\n", "bin/shop-api": "#!/usr/bin/env python\nfrom shop.serving import start\nstart()\n", "bin/set-limit": "#!/usr/bin/env python\nfrom shop.serving import limit\n", "bin/balance": "#!/usr/bin/env python\nfrom shop.serving import limit\n", "shop/__init__.py": "", "shop/serving.py": "from gevent.pywsgi import WSGIServer\ndef start():\n    WSGIServer(('', 5000)).serve_forever()\n"},
			[]string{".: command python bin/shop-api <- shop/serving.py:1"}, []string{"set-limit"}},
		{"Poetry's and the standard's lists", files{"pyproject.toml": "[project]\nname = 'x'\ndependencies = ['aiohttp']\n[project.scripts]\nx-server = \"x.run:main\"\n\n[tool.poetry]\nname = 'x'\n", "poetry.lock": "", "x/__init__.py": "", "x/run.py": "from aiohttp import web\nimport os\ndef main():\n    web.run_app(app)\n"},
			[]string{".: command x-server <- x/run.py:4"}, nil},
		{"consumers of a message bus", files{"a/pyproject.toml": "[tool.poetry]\nname = 'a'\n[tool.poetry.dependencies]\npython = '^3.11'\nfedora-messaging = '^3'\n", "a/config/config.toml.example": "amqp_url = 'amqp://'\ncallback = \"a.consumer:Consumer\"\n", "a/a/__init__.py": "", "b/requirements.txt": "faust\n", "b/app.py": "import faust\napp = faust.App('b')\n"},
			[]string{"a: command fedora-messaging consume <- a/config/config.toml.example:2 convention", "b: command faust -A app worker <- b/app.py:2"}, []string{"library"}},
	})
}

func TestBuildouts(t *testing.T) {
	runCases(t, Python(), []readerCase{
		{"Plone with two servers and the database that they share", files{"buildout.cfg": "[buildout]\nextends = base.cfg\n", "base.cfg": "[buildout]\nextends = http://dist.plone.org/release/4.3.18/versions.cfg\n\n[instance]\nrecipe = plone.recipe.zope2instance\nhttp-address = 8081\n\n[zeo]\nrecipe = plone.recipe.zeoserver\n", "production.cfg": "[buildout]\nextends = base.cfg\n\n[instance1]\n<= instance\nport-base = 1\n"},
			[]string{".: framework plone", ".: command bin/instance1 console <- production.cfg:4 convention", ".: port 8081", "zeo: command bin/zeo fg <- base.cfg:8", "note base.cfg:8 the objects lie in var/filestorage"}, nil},
		{"a buildout of something else", files{"buildout.cfg": "[buildout]\nparts = test\n\n[test]\nrecipe = zc.recipe.testrunner\n"}, nil, []string{"language", "command"}},
	})
}

func TestPythonPortOptions(t *testing.T) {
	app := func(name, code string) files {
		return files{"requirements.txt": "tornado\n", name: "import tornado.web\n" + code}
	}
	runCases(t, Python(), []readerCase{
		{"the default of a parameter", app("main.py", "def start_web(listen='0.0.0.0', port=8123):\n    app.listen(port)\n"), []string{".: port 8123 <- main.py:2 declared"}, nil},
		{"an option of argparse", app("main.py", "parser.add_argument('-p', '--port', type=int, default=os.getenv('P', 8124))\napp.listen(args.port)\n"), []string{".: port 8124 <- main.py:2"}, nil},
		{"Tornado's own options", app("main.py", "define('port', default=8125, help='x')\napp.listen(options.port)\n"), []string{".: port 8125 <- main.py:2"}, nil},
		{"what docopt reads", app("main.py", "\"\"\"\n    --port=<num>  where\n                  [default: 8126]\n\"\"\"\napp.listen(port)\n"), []string{".: port 8126 <- main.py:3"}, nil},
		{"the port of another", app("main.py", "parser.add_argument('--redis-port', default=6379)\napp.listen(args.port)\n"), nil, []string{"port 6379 <-"}},
	})
}

func TestPythonSettingsOfAServersFile(t *testing.T) {
	runCases(t, Python(), []readerCase{
		{"variables in a .wsgi file, which nobody imports", files{"requirements.txt": "flask\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n", "apache/shop.wsgi": "import os\nKEY = os.environ['SHOP_SECRET']\napplication = create_app()\n"},
			[]string{".: secret SHOP_SECRET <- apache/shop.wsgi:2", ".: command gunicorn app:app"}, []string{"gunicorn shop"}},
		{"variables in the settings that Paste reads", files{"requirements.txt": "pyramid\n", "shop.ini": "[app:main]\nuse = egg:shop\n# ${OLD_SECRET}\nsentry_dsn = ${SENTRY_DSN}\n"}, []string{".: secret SENTRY_DSN <- shop.ini:4"}, []string{"OLD_SECRET"}},
		{"a secret that a settings object hands out", files{"requirements.txt": "flask\n", "settings.py": "SENTRY_DSN = config.get_nullable('SENTRY_DSN', None)\nTOKEN_FORMAT = config.get('TOKEN_FORMAT')\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}, []string{".: secret SENTRY_DSN <- settings.py:1 guess"}, []string{"TOKEN_FORMAT"}},
		{"what others alone want, and the installer's own file", files{"requirements/pip.txt": "pip==20\n", "requirements/base.txt": "flask==1  # via -r requirements/base.in\npymongo==3.11  # via opaque-keys\nredis==3\n    # via\n    #   rq\n    #   -r requirements/base.in\nelasticsearch==7\n    # via search\nasyncpg==1\n    # via\n    #   langchain-postgres\n",
			"Dockerfile": "FROM python:3\nRUN pip install -r requirements/pip.txt\nRUN pip install -r requirements/base.txt\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}, []string{".: build pip requirements/base.txt", ".: need redis:6379", ".: need postgres:5432", "note requirements/base.txt:2 pymongo is installed for another package alone"}, []string{"need mongodb", "need elasticsearch"}},
		{"variables by the name of a parameter, and one after another out of a list", files{"requirements.txt": "flask\n", "app.py": "from os import environ\nfrom flask import Flask\napp = Flask(__name__)\ndef set_env(key, default=None):\n  if key in environ:\n    app.config[key] = environ[key]\nset_env(key='SECRET_KEY', default='x')\nnames = [\n  'MAIL_PASSWORD', # of the account\n  'API_TOKEN']\nfor name in names:\n  set_env(key=name)\n"},
			[]string{".: secret SECRET_KEY <- app.py:7", ".: secret MAIL_PASSWORD <- app.py:9", ".: secret API_TOKEN <- app.py:10"}, nil},
		{"a broker that an extra of Celery's brings", files{"requirements.txt": "celery[redis]==5.1\nflask\n", "app.py": "from celery import Celery\napp = Celery('shop')\n"}, []string{".: need redis"}, []string{"need rabbitmq"}},
		{"the same in Poetry's words", files{"pyproject.toml": "[tool.poetry]\nname = 'a'\n[tool.poetry.dependencies]\ncelery = {version = '^5', extras = ['redis']}\n", "app.py": "from celery import Celery\napp = Celery('shop')\n"}, []string{".: need redis"}, []string{"need rabbitmq"}},
		{"a broker by the library below Celery", files{"requirements.txt": "kombu\nflask\n", "app.py": "from kombu import Connection, Queue\nwhile True:\n    pass\n", "b/requirements.txt": "kombu\ncelery[redis]\nflask\n", "b/app.py": "x = 1\n"}, []string{".: need rabbitmq:5672"}, []string{"b: need rabbitmq"}},
		{"tornado beside a client by aiohttp", files{"requirements.txt": "aiohttp\ntornado\n", "app.py": "import tornado.web\napp = tornado.web.Application([('/debug/health', Health), ('/x', X)])\napp.listen(8000)\n"}, []string{".: framework tornado", ".: health |/debug/health <- app.py:2"}, nil},
		{"routes that answer by themselves, that end like a file, and that ask who is there", files{"requirements.txt": "Django\n", "manage.py": "import django", "urls.py": "urlpatterns = [re_path(r'^test/state$', lambda _: HttpResponse('ok')),\n  re_path(r'^ping.json$', P)]\n", "b/requirements.txt": "flask\n", "b/app.py": "from flask import Flask\napp = Flask(__name__)\n@app.route('/status')\n@login_required\ndef status():\n    pass\n@app.route('/healthcheck')\n@csrf.exempt\ndef x():\n    pass\n"},
			[]string{".: health /ping.json|", ".: health |/test/state", "b: health |/healthcheck"}, []string{"/status"}},
	})
}
