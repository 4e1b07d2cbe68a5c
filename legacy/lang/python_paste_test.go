package lang

import "testing"

func TestPythonServesBySettings(t *testing.T) {
	runCases(t, Python(), []readerCase{
		{"an example is a guess, Pylons has its own command", files{"r2/setup.py": "from setuptools import setup\nsetup(name='r2', install_requires=['Pylons'])\n", "r2/example.ini": "[app:main]\nuse = egg:r2\n[server:main]\nport = 8001\n", "r2/test.ini": "[app:main]\n", "r2/r2/__init__.py": ""},
			[]string{"r2: command paster serve example.ini <- r2/example.ini:1 guess", "r2: port 8001 <- r2/example.ini:4"}, nil},
		{"settings for no environment, below gunicorn", files{"requirements.txt": "pyramid\ngunicorn\n", "conf/app.ini": "[pipeline:main]\npipeline = x\n", "x/__init__.py": "", "development.ini": "[app:main]\n"},
			[]string{".: command gunicorn --paste conf/app.ini --bind 0.0.0.0:8000 <- conf/app.ini:1 convention"}, nil},
		{"a package that serves as a module", files{"requirements.txt": "twisted\n", "x/__init__.py": "", "x/__main__.py": "from twisted.internet import reactor\nif __name__ == '__main__':\n    reactor.run()\n"},
			[]string{".: command python -m x <- x/__main__.py:3 guess"}, nil},
	})
}
