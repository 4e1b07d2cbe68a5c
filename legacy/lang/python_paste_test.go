package lang

import "testing"

func TestPythonServesBySettings(t *testing.T) {
	runCases(t, Python(), []readerCase{
		{"an example is a guess, Pylons has its own command", files{"r2/setup.py": "from setuptools import setup\nsetup(name='r2', install_requires=['Pylons'])\n", "r2/example.ini": "[app:main]\nuse = egg:r2\n[server:main]\nport = 8001\n", "r2/test.ini": "[app:main]\n", "r2/r2/__init__.py": ""},
			[]string{"r2: command paster serve example.ini <- r2/example.ini:1 guess", "r2: port 8001 <- r2/example.ini:4"}, nil},
		{"settings for no environment, below gunicorn", files{"requirements.txt": "pyramid\ngunicorn\n", "conf/app.ini": "[pipeline:main]\npipeline = x\n", "x/__init__.py": "", "development.ini": "[app:main]\n"},
			[]string{".: command gunicorn --paste conf/app.ini --bind 0.0.0.0:8000 <- conf/app.ini:1 convention"}, nil},
		{"a template, of which each machine makes its own", files{"requirements.txt": "pyramid\n", "conf/production.ini.tmpl": "[app:main]\n[server:main]\nport = 6544\n", "x/__init__.py": ""},
			[]string{".: command pserve conf/production.ini <- conf/production.ini.tmpl:1 guess", ".: port 6544 <- conf/production.ini.tmpl:3"}, nil},
		{"a module that is run without asking whether it is", files{"requirements.txt": "aiohttp\n", "x/__init__.py": "", "x/__main__.py": "from aiohttp import web\ndef main():\n    web.run_app(web.Application(), port=8055)\nmain()\n"},
			[]string{".: command python -m x <- x/__main__.py:3 guess", ".: port 8055"}, nil},
		{"applications of Twisted", files{"a/requirements.txt": "twisted\n", "a/chat.tac": "from twisted.application import service, internet\napplication = service.Application('chat')\ninternet.TCPServer(8123, site)\n",
			"b/requirements.txt": "twisted\n", "b/chat/__init__.py": "", "b/twisted/plugins/chat_plugin.py": "from twisted.application.service import ServiceMaker\nchat = ServiceMaker('Chat', 'chat.tap', 'talks', 'chat-server')\n"},
			[]string{"a: command twistd --nodaemon --pidfile= --python chat.tac <- a/chat.tac:2 convention", "a: port 8123", "b: command twistd --nodaemon --pidfile= chat-server <- b/twisted/plugins/chat_plugin.py:2"}, nil},
		{"CherryPy's port, and gunicorn's settings under their old name", files{"a/requirements.txt": "cherrypy\n", "a/main.py": "import cherrypy\ncherrypy.config.update({'server.socket_port': 9191})\nif __name__ == '__main__':\n    cherrypy.quickstart(Root())\n",
			"b/requirements.txt": "flask\ngunicorn\n", "b/app.py": "app = Flask(__name__)\n", "b/conf/gunicorn.conf": "bind = '0.0.0.0:8003'\n"},
			[]string{"a: port 9191 <- a/main.py:2", "b: command gunicorn -c conf/gunicorn.conf app:app --bind 0.0.0.0:8003", "b: port 8003 <- b/conf/gunicorn.conf:1"}, nil},
		{"what starts gunicorn is no settings of it, nor are those of a project below", files{"requirements.txt": "flask\ngunicorn\n", "app.py": "app = Flask(__name__)\n", "deploy/gunicorn.conf": "description \"shop\"\nstart on runlevel [2345]\nenv bind=1\nexec gunicorn app:app\n", "etc/gunicorn.cfg": "[program:gunicorn]\ncommand = gunicorn app:app\nworkers = 3\n", "other/gunicorn.conf": "key = 3\n",
			"sub/requirements.txt": "flask\ngunicorn\n", "sub/app.py": "app = Flask(__name__)\n", "sub/gunicorn.conf.py": "bind = '0.0.0.0:8003'\n"},
			[]string{".: command gunicorn app:app --bind 0.0.0.0:8000", "sub: command gunicorn -c gunicorn.conf.py app:app --bind 0.0.0.0:8003"}, nil},
		{"a package that serves as a module", files{"requirements.txt": "twisted\n", "x/__init__.py": "", "x/__main__.py": "from twisted.internet import reactor\nif __name__ == '__main__':\n    reactor.run()\n"},
			[]string{".: command python -m x <- x/__main__.py:3 guess"}, nil},
	})
}
