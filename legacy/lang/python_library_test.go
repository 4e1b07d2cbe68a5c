package lang

import "testing"

func TestPythonProjectsThatAreNoServices(t *testing.T) {
	runCases(t, Python(), []readerCase{
		{"a package with a module that can be run for itself", files{
			"setup.py": "from setuptools import setup\nsetup()\n", "setup.cfg": "[metadata]\nname = x\n", "pyproject.toml": "[build-system]\nrequires = []\n", "src/x/__init__.py": "", "src/x/help.py": "import os\nos.environ.get('X')\nif __name__ == '__main__':\n    main()\n",
		}, []string{".: library <- setup.py:1 convention"}, []string{"command"}},
		{"a tool for the command line", files{
			"pyproject.toml": "[project]\nname = 'x'\ndependencies = ['click']\n[project.scripts]\nx = 'x.cli:main'\n", "x/__init__.py": "", "x/cli.py": "import os\nif __name__ == '__main__':\n    main()\n",
		}, []string{".: library <- pyproject.toml:1 convention"}, nil},
		{"a script that serves", files{
			"setup.py": "from setuptools import setup\nsetup(packages=['x'], install_requires=['tornado'], entry_points={'console_scripts': ['x = x:main']})\n", "x/__init__.py": "import os, tornado.web\nos.environ.get('X')\n",
		}, []string{".: framework tornado <- setup.py:2 declared"}, []string{"library"}},
		{"a setup.py that installs nothing, below what it runs on", files{
			"requirements.txt": "Django==2.2\ngunicorn\n", "web/setup.py": "from setuptools import setup\nsetup(name='web', packages=[], install_requires=[])\n", "web/manage.py": "import django", "web/site1/__init__.py": "", "web/site1/wsgi.py": "import django\n",
		}, []string{".: language python", ".: command gunicorn site1.wsgi:application --bind 0.0.0.0:8000 --chdir web"}, []string{"web: "}},
		{"a framework beside a package.json", files{
			"package.json": "{", "requirements/requirements.txt": "pyramid\n", "x/app.py": "def create_app():\n    config.add_route('check', '/_status')\n    return config.make_wsgi_app()\n",
		}, []string{".: language python", ".: framework pyramid", ".: health |/_status"}, nil},
		{"tools beside pages in PHP", files{"composer.json": "{}", "www/docs/index.php": "<?php\n", "requirements.txt": "django\n", "scripts/old/manage.py": "import django\n", "src/tools/models.py": "from django.db import models\n"}, nil, []string{".: "}},
		{"a program that is called a service in the end", files{"setup.py": "from setuptools import setup\nsetup(packages=['x'], install_requires=['flask'], entry_points={'console_scripts': ['check_service = x.check:main', 'check_links = x.check:main']})\n", "x/__init__.py": "", "x/app.py": "from flask import Flask\napp = Flask(__name__)\n", "x/check.py": "import time\ndef main():\n    while True:\n        time.sleep(1)\n"},
			[]string{"check-service: command check_service"}, []string{"check-links", "check_links"}},
		{"a lone script", files{"bot.py": "print(1)\n"}, []string{".: command python bot.py <- bot.py:1 guess"}, nil},
		{"a module of a package is no lone script", files{"setup.py": "from setuptools import setup\nsetup(packages=['x'])\n", "x/__init__.py": "", "x/main.py": "print(1)\n"}, nil, []string{"command"}},
		{"a client's library serves nothing", files{"requirements.txt": "aiohttp\nTwisted\n", "main.py": "import aiohttp\nfrom twisted.internet import reactor\nif __name__ == '__main__':\n    reactor.listenTCP(5000, site)\n    reactor.run()\n"},
			[]string{".: framework twisted <- requirements.txt:2 declared", ".: port 5000"}, []string{"framework aiohttp"}},
	})
}
