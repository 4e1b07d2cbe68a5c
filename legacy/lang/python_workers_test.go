package lang

import "testing"

func TestPythonWorkers(t *testing.T) {
	runCases(t, Python(), []readerCase{
		{"a schedule that grows item by item, and Celery's own broker", files{
			"requirements.txt": "Django==3.2\ncelery==4.4\n", "manage.py": "import django", "x/__init__.py": "", "x/celery.py": "app = Celery('x')\nif settings.ON:\n    app.conf.beat_schedule['mail'] = {'task': 'x'}\n",
		}, []string{"worker: command celery -A x worker <- x/celery.py:1", "beat: command celery -A x beat -s /tmp/celerybeat-schedule --pidfile= <- x/celery.py:3", ".: need rabbitmq:5672 <- x/celery.py:1 guess"}, nil},
		{"a scheduler that the Procfile starts by a script", files{
			"requirements.txt": "Django==3.2\ncelery==4.4\n", "manage.py": "import django", "x/__init__.py": "", "x/celery.py": "app = Celery('x')\napp.conf.beat_schedule['mail'] = {'task': 'x'}\n", "Procfile": "web: bin/run web\nscheduler: bin/run scheduler\n",
		}, []string{"worker: command celery -A x worker"}, []string{"beat: command"}},
		{"the old names of a broker's parts", files{
			"requirements.txt": "Django==1.7\ncelery==3.1\nredis\n", "manage.py": "import django", "settings.py": "BROKER_HOST = 'mq1.corp.example'\nBROKER_PORT = 5672\n",
		}, []string{".: need rabbitmq host=mq1.corp.example:5672 <- settings.py:1"}, nil},
		{"Flask's module for workers, which is no application to serve", files{
			"requirements.txt": "flask\ncelery\ngunicorn\n", "shop/__init__.py": "celery = Celery(__name__)\ndef create_app(name):\n    pass\n", "celery_worker.py": "from shop import celery, create_app\napp = create_app('x')\napp.app_context().push()\n", "shopd.py": "app = create_app('x')\n", ".env.example": "FLASK_APP=shopd.py\n",
		}, []string{"worker: command celery -A celery_worker.celery worker <- celery_worker.py:1", ".: command gunicorn shopd:app --bind 0.0.0.0:8000"}, nil},
		{"a class derived from Celery's, which the package hands on", files{"requirements.txt": "Django==4\ncelery==5.4\n", "manage.py": "import django", "shop/__init__.py": "from .shop_celery import app as celery_app\n", "shop/shop_celery.py": "class ShopCelery(celery.Celery):\n    pass\napp = ShopCelery('shop')\n", "b/requirements.txt": "celery==5.4\n", "b/x/__init__.py": "", "b/x/celery_tasks.py": "app = CeleryApp('x')\n"},
			[]string{"worker: command celery -A shop worker <- shop/shop_celery.py:3", "b/worker: command celery -A x.celery_tasks worker"}, nil},
		{"scripts that the Makefile of production starts", files{
			"requirements.txt": "pyramid\n", "production.ini": "[app:main]\n", "shop/sync.py": "", "shop/jobs.py": "", "Makefile": "run-sync:\n\tpython shop/sync.py dev.ini\n",
			"Makefile.prod": "PYTHON = python\nrun-syncer: install\n\t@$(PYTHON) shop/sync.py production.ini\nrun-test-jobs:\n\tpython shop/jobs.py\nrun-background-jobs:\n\tpython shop/gone.py\n\trm x\nflush-queue:\n\tpython shop/jobs.py\n",
		}, []string{"syncer: command python shop/sync.py production.ini <- Makefile.prod:3 convention"}, []string{"dev.ini", "jobs.py", "gone.py"}},
		{"scripts of a Makefile beside a Procfile that names the workers", files{"requirements.txt": "flask\n", "app.py": "app = Flask(__name__)\n", "sync.py": "", "Procfile": "web: gunicorn app:app\nworker: python sync.py\n", "Makefile": "run-sync:\n\tpython sync.py\n"}, nil, []string{"sync: command"}},
		{"rq in Django with its scheduler", files{"requirements.txt": "Django==3.2\ndjango-rq\nrq-scheduler\n", "manage.py": "import django"},
			[]string{"worker: command python manage.py rqworker", "scheduler: command python manage.py rqscheduler"}, nil},
		{"dramatiq and arq", files{"a/requirements.txt": "dramatiq\n", "a/jobs.py": "import dramatiq\nbroker = RedisBroker()\ndramatiq.set_broker(broker)\n", "b/requirements.txt": "arq\n", "b/svc/__init__.py": "", "b/svc/jobs.py": "class WorkerSettings:\n    functions = []\n"},
			[]string{"a/worker: command dramatiq jobs <- a/jobs.py:3", "b/worker: command arq svc.jobs.WorkerSettings <- b/svc/jobs.py:1"}, nil},
		{"queues in a directory that is no package", files{"requirements.txt": "dramatiq[redis]\ncelery\n", "app/tasks.py": "import dramatiq\n@dramatiq.actor\ndef f(): pass\n", "proj/celery.py": "app = Celery('proj')\n"},
			[]string{"worker: command celery -A proj worker <- proj/celery.py:1", "worker: env PYTHONPATH=app <- app/tasks.py:2", ".: need redis:6379 <- requirements.txt:1"}, []string{"--workdir"}},
		{"the server as the Makefile starts it for production", files{"requirements.txt": "flask\ngunicorn\n", "app.py": "app = Flask(__name__)\n", "Makefile": "run:\n\tflask run\nrun-dev:\n\tgunicorn -b :7001 app:app\nreload:\n\tgunicorn --reload app:app\nserve: install\n\t@venv/bin/gunicorn -w 4 -b 0.0.0.0:7000 app:app\n"},
			[]string{".: command gunicorn -w 4 -b 0.0.0.0:7000 app:app <- Makefile:8 convention", ".: port 7000 <- Makefile:8 declared"}, []string{"7001", "command gunicorn app:app"}},
		{"servers of Makefiles that would listen on the machine alone", files{"a/requirements.txt": "fastapi\nuvicorn\n", "a/main.py": "from fastapi import FastAPI\napp = FastAPI()\n", "a/Makefile": "run:\n\tuvicorn main:app --port 8090\n",
			"b/requirements.txt": "fastapi\n", "b/main.py": "from fastapi import FastAPI\napp = FastAPI()\n", "b/Makefile": "run:\n\thypercorn main:app\n", "c/requirements.txt": "fastapi\ndaphne\n", "c/main.py": "from fastapi import FastAPI\napp = FastAPI()\n", "c/Makefile": "run:\n\tdaphne main:app\n",
			"d/requirements.txt": "flask\ngunicorn\n", "d/app.py": "app = Flask(__name__)\napp.run()\n", "d/Makefile": "run:\n\tgunicorn app:app\n"},
			[]string{"a: command uvicorn main:app --port 8090 --host 0.0.0.0 <- a/Makefile:2", "a: port 8090", "b: command hypercorn main:app --bind 0.0.0.0:8000", "c: command daphne main:app -b 0.0.0.0 -p 8000", "d: command gunicorn app:app --bind 0.0.0.0:5000 <- d/Makefile:2"}, []string{"a: command uvicorn main:app --host", "b: command uvicorn", "c: command daphne -b"}},
		{"several servers of a Makefile", files{"requirements.txt": "flask\ngunicorn\n", "app.py": "app = Flask(__name__)\n", "Makefile": "a:\n\tgunicorn -b :7000 app:app\nb:\n\tgunicorn -b :7001 app:app\n"}, nil, []string{"<- Makefile"}},
		{"Amazon's services by their clients and buckets by their settings", files{
			"requirements.txt": "flask\nboto3\n", "app.py": "app = Flask(__name__)\nq = boto3.client('sqs')\nd = boto3.client('dynamodb')\n", "config.py": "UPLOAD_BUCKET_NAME = 'x'\n",
		}, []string{".: need sqs:443 <- app.py:2", ".: need s3:443 <- config.py:1"}, nil},
	})
}

func TestPythonHealth(t *testing.T) {
	runCases(t, Python(), []readerCase{
		{"dockerflow", files{"requirements.txt": "Django==3.2\ndockerflow\n", "manage.py": "import django", "settings.py": "MIDDLEWARE = ['dockerflow.django.middleware.DockerflowMiddleware']\n"},
			[]string{".: health /__lbheartbeat__| <- settings.py:1", ".: health |/__heartbeat__ <- settings.py:1"}, nil},
		{"cornice and twisted", files{"a/requirements.txt": "pyramid\n", "a/views.py": "beat = Service(name='beat', path='/__heartbeat__', description='x')\nenviron\n", "b/requirements.txt": "twisted\n", "b/main.py": "from twisted.web import server\nroot.putChild(b'_ping', Ping())\n", "c/requirements.txt": "pyramid\ncornice\n", "c/rest.py": "@resource(path='/health', cors_policy=x)\nclass H(object):\n    pass\n"},
			[]string{"a: health |/__heartbeat__", "b: health /_ping|/_ping", "c: health |/health"}, nil},
		{"a setting that says where", files{"requirements.txt": "tornado\n", "shop/config.py": "Config.define(\n    \"HEALTHCHECK_ROUTE\", r\"/healthcheck/?\", \"where\")\n", "b/requirements.txt": "Django\n", "b/manage.py": "import django", "b/urls.py": "urlpatterns = [re_path(r'^monitoring/', include('m.urls'))]\n", "b/m/__init__.py": "", "b/m/urls.py": "urlpatterns = [re_path(r'^app_alive/$', A),\n  re_path(r'^app_ready/$', B)]\n"},
			[]string{".: health |/healthcheck <- shop/config.py:2", "b: health /monitoring/app_alive/|", "b: health |/monitoring/app_ready/"}, nil},
		{"an application that settings put on the path, and a page for people", files{"requirements.txt": "Django==1.7\n", "manage.py": "import django", "shop/__init__.py": "", "shop/urls.py": "urlpatterns = [url(r'^status/', include('status.urls')), url(r'^monitor/$', v)]\n",
			"shop/apps/__init__.py": "", "shop/apps/status/__init__.py": "", "shop/apps/status/urls.py": "urlpatterns = patterns('', url(r'^$', views.status))\n"},
			[]string{".: health |/status/ <- shop/apps/status/urls.py:1"}, []string{"monitor"}},
	})
}

func TestQueuesOfAmazonForCelery(t *testing.T) {
	runCases(t, Python(), []readerCase{
		{"by the transport, beside a cache", files{"requirements.txt": "flask\ncelery[sqs]==5.1\nredis\n", "app.py": "import os\nfrom celery import Celery\nfrom flask import Flask\napp = Flask(__name__)\nREDIS_URL = os.environ['REDIS_URL']\nCELERY = {\n    'broker_url': 'https://queues.example.com',\n    'broker_transport': 'sqs',\n}\nqueue = Celery('shop')\n"}, []string{".: need sqs:443 <- app.py:8 declared", ".: need redis"}, []string{"rabbitmq"}},
		{"by the address", files{"requirements.txt": "flask\ncelery[sqs]==5.1\n", "app.py": "from celery import Celery\nBROKER_URL = 'sqs://'\napp = Celery('shop')\n"}, []string{".: need sqs"}, []string{"rabbitmq"}},
		{"by an address that is put together with a format", files{"requirements.txt": "flask\ncelery[sqs]==5.1\n", "app.py": "from celery import Celery\nBROKER_URL = 'sqs://{}:{}@'.format(quote(KEY), quote(SALT))\napp = Celery('shop')\n"}, []string{".: need sqs:443 <- app.py:2"}, []string{"rabbitmq"}},
		{"by an address that is put together with a percent sign", files{"requirements.txt": "flask\ncelery[sqs]==5.1\n", "app.py": "from celery import Celery\nBROKER_URL = 'sqs://%s:%s@' % (quote(KEY), quote(SALT))\napp = Celery('shop')\n"}, []string{".: need sqs:443 <- app.py:2"}, []string{"rabbitmq"}},
		{"by what the application is given", files{"requirements.txt": "flask\ncelery[sqs]==5.1\n", "app.py": "from celery import Celery\napp = Celery('shop', broker='sqs://')\n"}, []string{".: need sqs:443 <- app.py:2"}, []string{"rabbitmq"}},
		{"in a comment", files{"requirements.txt": "flask\ncelery[sqs]==5.1\nredis\n", "app.py": "import os\nfrom celery import Celery\n# BROKER_URL = 'sqs://'  # on AWS\nBROKER_URL = os.environ['REDIS_URL']\napp = Celery('shop')\n"}, []string{".: need redis"}, []string{"sqs", "rabbitmq"}},
		{"in a comment alone", files{"requirements.txt": "flask\ncelery==5.1\n", "app.py": "from celery import Celery\n# BROKER_URL = 'sqs://'\napp = Celery('shop')\n"}, []string{".: need rabbitmq"}, []string{"sqs"}},
		{"in one branch", files{"requirements.txt": "flask\ncelery[sqs]==5.1\nredis\n", "app.py": "import os\nfrom celery import Celery\nif os.environ.get('ON_AWS'):\n    BROKER_TRANSPORT = 'sqs'\nelse:\n    BROKER_URL = os.environ['REDIS_URL']\napp = Celery('shop')\n"}, []string{".: need redis"}, []string{"sqs", "rabbitmq"}},
		{"in a class of settings beside others", files{"requirements.txt": "flask\ncelery[sqs]==5.1\nredis\n", "app.py": "import os\nfrom celery import Celery\nCELERY = {'broker_url': 'redis://cache.corp.example/1'}\nclass Aws:\n    BROKER_TRANSPORT = 'sqs'\napp = Celery('shop')\n"}, []string{".: need redis"}, []string{"sqs", "rabbitmq"}},
	})
}

func TestApplicationOfTheProjectsOwnClass(t *testing.T) {
	runCases(t, Python(), []readerCase{
		{"derived from Flask's, beside a factory that asks for it", files{"requirements.txt": "flask\ngunicorn\n", "application.py": "from shop import create_app\nfrom shop.base import Other, ShopApp  # noqa\napplication = ShopApp('shop')\ncreate_app(application)\n", "shop/__init__.py": "from flask import Flask\ndef create_app(application):\n    return application\n", "shop/base.py": "from flask import Flask\nclass ShopApp(Flask):\n    pass\n"},
			[]string{".: command gunicorn application:application", ".: port 8000"}, nil},
		{"of a class of something else", files{"requirements.txt": "flask\ngunicorn\n", "application.py": "from shop.base import Shop\napplication = Shop('shop')\n", "shop/__init__.py": "", "shop/base.py": "class Shop(object):\n    pass\n"}, nil, []string{"application:application"}},
	})
}
