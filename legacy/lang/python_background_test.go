package lang

import "testing"

func TestPythonBackground(t *testing.T) {
	const django, settings = "Django==3.2\n", "x/settings.py"
	runCases(t, Python(), []readerCase{
		{"scripts that keep running beside the server", files{"requirements.txt": "flask\n", "app.py": "app = Flask(__name__)\n", "clock.py": "sched = BlockingScheduler()\nsched.start()\n", "jobs/__init__.py": "", "jobs/consumer.py": "def main():\n    for m in KafkaConsumer('t'):\n        pass\nif __name__ == '__main__':\n    main()\n",
			"watch.py": "def f():\n    while True:\n        sleep(1)\n", "poll.py": "while True:\n    x()\n", "worker_import.py": "while True:\n    sleep(1)\n"},
			[]string{"clock: command python clock.py <- clock.py:1 guess", "consumer: command python -m jobs.consumer <- jobs/consumer.py:2"}, []string{"watch", "poll", "import"}},
		{"scripts that end, whatever their names end in", files{"requirements.txt": "flask\n", "app.py": "app = Flask(__name__)\n", "seed.py": "while True:\n    sleep(1)\n    if full(): break\n", "mail_worker.py": "async def main():\n    await asyncio.sleep(1)\nif __name__ == '__main__':\n    asyncio.run(main())\n"}, nil, []string{"seed", "mail"}},
		{"beside a Procfile that names the workers", files{"requirements.txt": "flask\n", "app.py": "app = Flask(__name__)\n", "clock.py": "BlockingScheduler().start()\n", "Procfile": "worker: python x.py\n"}, nil, []string{"clock: "}},
		{"a command of Django's that keeps running", files{"requirements.txt": django, "manage.py": "import django", "shop/management/commands/listen.py": "class Command(BaseCommand):\n    def handle(self):\n        while True:\n            time.sleep(1)\n", "shop/management/commands/fetch.py": "while True:\n    sleep(1)\n"},
			[]string{"listen: command python manage.py listen <- shop/management/commands/listen.py:3"}, []string{"fetch"}},
		{"what django-crontab, django-cron and kronos run", files{"requirements.txt": django + "django-crontab\ndjango-cron\ndjango-kronos\n", "manage.py": "import django",
			settings:       "CRONJOBS = [\n ('*/5 * * * *', 'x.cron.refresh'),\n ('0 4 * * *', 'django.core.management.call_command', ['clearsessions']),\n ('never', 'x.cron.bad'),\n ('1 * * * *', 'x.cron.given', ['a']),\n]\nCRON_CLASSES = ['x.cron.Job']\n",
			"shop/cron.py": "@kronos.register('0 3 * * *')\ndef complain():\n    pass\n"},
			[]string{"refresh: command python manage.py shell -c from x.cron import refresh; refresh() <- x/settings.py:2", "clearsessions: command python manage.py clearsessions <- x/settings.py:3", "cron: command python manage.py runcrons <- x/settings.py:7", "complain: command python manage.py runtask complain <- shop/cron.py:1"}, []string{"bad", "given"}},
		{"programs of the package that loop, beside an application that a function makes", files{"setup.py": "from setuptools import setup\nsetup(name='shop', packages=['shop'], install_requires=['falcon'], entry_points={'console_scripts': ['shop-notifier = shop.notifier:main', 'shop-report = shop.report:main']})\n", "shop/__init__.py": "", "shop/app.py": "def get_wsgi_app():\n    return falcon.API()\n",
			"shop/notifier.py": "def main():\n    while 1:\n        sleep(60)\n", "shop/report.py": "def main():\n    while 1:\n        if next(): break\n"},
			[]string{".: command gunicorn shop.app:get_wsgi_app()", "notifier: command shop-notifier <- setup.py:2 guess"}, []string{"report"}},
		{"the paths of a description that connexion reads, and a class that is called Dockerflow", files{"requirements.txt": "connexion\nflask\n", "app.py": "app = connexion.FlaskApp(__name__)\n", "db.py": "class Dockerflow(Table):\n    pass\n", "api/swagger.yml": "swagger: '2.0'\nbasePath: /api\npaths:\n  /health:\n    get: {}\n"},
			[]string{".: health |/api/health <- api/swagger.yml:4"}, []string{"heartbeat"}},
		{"settings of django-crontab's without the library", files{"requirements.txt": django, "manage.py": "import django", settings: "CRONJOBS = [('*/5 * * * *', 'x.cron.refresh')]\n"}, nil, []string{"refresh"}},
		{"ports of an endpoint, of gRPC's server and of a section", files{"a/requirements.txt": "twisted\n", "a/server.py": "e = endpoints.serverFromString(reactor, 'tcp:8750:interface=0.0.0.0')\nreactor.run()\n",
			"b/requirements.txt": "grpcio\n", "b/server.py": "def serve():\n    s.add_insecure_port('[::]:50051')\n    s.wait_for_termination()\nif __name__ == '__main__':\n    serve()\n",
			"c/requirements.txt": "flask\n", "c/server.py": "app = Flask(__name__)\nconfig.read('config.ini')\napp.run(port=config.getint('server', 'port'))\n", "c/config.ini": "[server]\nport = 9200\n"},
			[]string{"a: port 8750 <- a/server.py:1", "b: port 50051 <- b/server.py:2", "c: port 9200 <- c/config.ini:2"}, nil},
	})
}
