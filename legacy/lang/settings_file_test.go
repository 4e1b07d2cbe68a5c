package lang

import "testing"

func TestSecretsOfSettingsFiles(t *testing.T) {
	runCases(t, Python(), []readerCase{
		{"an example in JSON, and one in INI", files{"requirements.txt": "flask\n", "app.py": "import json\nfrom flask import Flask\napp = Flask(__name__)\nc = json.load(open('config.json'))\nd = read('etc/local.ini')\n",
			"config.json.example": "{\n \"mail\": {\n  \"password\": \"x\"},\n \"title\": \"Shop\"}\n", "etc/local.ini-dist": "[stripe]\n; comment\nsecret = fill_me\n[test]\npassword = x\n[loggers]\nkeys = root, shop\n"},
			[]string{".: secret mail_password <- config.json.example:3", ".: secret stripe_secret <- etc/local.ini-dist:3", "note config.json.example:3 an example of the file of settings", "note etc/local.ini-dist:3 an example"}, []string{"test_password", "title", "secret keys"}},
		{"an example of records", files{"requirements.txt": "flask\n", "app.py": "from flask import Flask\napp = Flask(__name__)\nload('hooks.json')\n", "hooks.json.example": `[{"id": "deploy", "match": {"secret": "x"}}]`}, nil, []string{"match_secret"}},
		{"a file of the repository's own, whose values are not told", files{"requirements.txt": "flask\n", "app.py": "from flask import Flask\napp = Flask(__name__)\nload('conf/general.yml')\n",
			"conf/general.yml": "api_token: canary-4711\nother_secret: ''\n", "conf/other.yml": "a_secret: canary-4712\n", "docker-compose.yml": "x_secret: canary-4713\n"},
			[]string{".: secret api_token <- conf/general.yml:1", "note conf/general.yml:1 holds secrets (api_token, values masked ***)"}, []string{"canary", "other_secret", "a_secret"}},
		{"the defaults of a package, where an installation has its own below /etc", files{"setup.py": "from setuptools import setup\nsetup(name='shop', install_requires=['flask'], entry_points={'console_scripts': ['shop=shop:main']})\n", "shop/__init__.py": "import configparser, pkg_resources\nfrom werkzeug.serving import run_simple\nconf = configparser.ConfigParser()\nconf.read([pkg_resources.resource_filename('shop', 'shop.cfg'), '/etc/shop.cfg'])\ndef main():\n    run_simple(conf.get('server', 'host'), conf.getint('server', 'port'), app)\n", "shop/shop.cfg": "[server]\nport = 8766\n[smtp]\npassword =\n", "other/__init__.py": "", "other/own.cfg": "[smtp]\ntoken =\n"},
			[]string{".: secret smtp_password <- shop/shop.cfg:4", ".: port 8766 <- shop/shop.cfg:2"}, []string{"smtp_token"}},
		{"an example beside the file that was made of it", files{"requirements.txt": "flask\n", "app.py": "from flask import Flask\napp = Flask(__name__)\nload('config.json')\n", "config.json": "{}", "config.json.sample": "{\"token\": \"x\"}"}, nil, []string{"secret"}},
	})
	runCases(t, Python(), []readerCase{
		{"examples of local settings, of a module that is imported", files{"requirements.txt": "Django\n", "manage.py": "import django\n", "shop/settings/__init__.py": "from .base import *\ntry:\n    from .local import *\nexcept ImportError:\n    pass\n", "shop/settings/base.py": "DEBUG = False\n", "shop/settings/local.py-dist": "SECRET_KEY = ''\nTWITTER_TOKEN = ''\n", "b/settings/local.py-dist": "OTHER_TOKEN = ''\n"},
			[]string{".: secret TWITTER_TOKEN <- shop/settings/local.py-dist:2"}, nil},
		{"an environment that is called local is no module", files{"requirements.txt": "flask\n", "config.py": "if ENV == 'local':\n    DEBUG = True\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n", "local.py.example": "OTHER_TOKEN = ''\n"}, nil, []string{"OTHER_TOKEN"}},
		{"empty passwords of connections and defaults of libraries are no secrets", files{"requirements.txt": "Django\n", "manage.py": "import django\n", "shop/settings.py": "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'shop.db', 'PASSWORD': '', 'REPLICA_TOKEN': ''}}\nSIMPLE_JWT = {'VERIFYING_KEY': None, 'ALGORITHM': 'HS256'}\nMAILER = {'PASSWORD': '', 'SHOP_TOKEN': ''}\n"},
			[]string{".: secret SHOP_TOKEN <- shop/settings.py:3 guess"}, []string{"PASSWORD", "VERIFYING_KEY", "REPLICA_TOKEN"}},
		{"a broker in the database", files{"requirements.txt": "Django\ncelery\n", "manage.py": "import django\n", "shop/__init__.py": "", "shop/celery.py": "from celery import Celery\napp = Celery('shop')\n", "shop/settings.py": "BROKER_URL = 'django://'\n", "docker/Dockerfile": "FROM debian\nCOPY x /usr/lib/python3.8/site-packages/\n"}, []string{".: version 3.8 <- docker/Dockerfile:2"}, []string{"rabbitmq"}},
		{"defaults that are left empty, in a dict, and languages", files{"requirements.txt": "flask\nelasticsearch\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n", "config.py": "import os\nDEFAULTS = dict(\n    GITHUB_TOKEN=None,\n    CLIENT_SECRET='',\n    TITLE='')\nLINKS = {'en': os.environ.get('LINK_EN', 'https://a.example.com/'), 'es': os.environ.get('LINK_ES', 'https://a.example.com/es')}\n"},
			[]string{".: secret GITHUB_TOKEN <- config.py:3 guess", ".: secret CLIENT_SECRET <- config.py:4"}, []string{"TITLE", "LINK_ES={"}},
	})
	runCases(t, PHP(), []readerCase{
		{"arrays, constants of a class and defines of examples, without the passwords of connections", files{"a/composer.json": "{\"require\": {\"cakephp/cakephp\": \"4\"}}", "a/webroot/index.php": "<?php\n", "a/config/oauth_example.php": "<?php\nreturn [\n 'Github' => ['client_secret' => '<secret>'],\n 'mail' => ['host' => 'localhost', 'password' => 'x'],\n 'RepoToken' => ''];\n",
			"b/index.php": "<?php\n", "b/config-sample.php": "<?php\nclass Config {\n  const DB_PASSWORD = 'password';\n}\n", "c/web/index.php": "<?php\n", "c/conf/general-example": "<?php\ndefine('OPTION_DATA_TOKEN', '');\n", "c/conf/notes-example": "define('OTHER_TOKEN', '');\n"},
			[]string{"a: secret Github_client_secret <- a/config/oauth_example.php:3", "a: secret RepoToken <- a/config/oauth_example.php:5", "b: secret DB_PASSWORD <- b/config-sample.php:3", "c: secret OPTION_DATA_TOKEN <- c/conf/general-example:2"}, []string{"mail_password", "OTHER_TOKEN"}},
		{"constants that name a setting", files{"index.php": "<?php\n", "lib/Config.php": "<?php\nclass Config {\n  const DB_HOST = 'db';\n  const XML_PATH_API_KEY = 'payment/stripe/api_key';\n  const FIELD_AUTH_TOKEN = 'auth_token';\n  const SHOP_API_KEY = 'q8Zk2hVn4Tt0';\n}\n"},
			[]string{".: secret SHOP_API_KEY <- lib/Config.php:6"}, []string{"XML_PATH", "FIELD_AUTH"}},
		{"routes of CakePHP", files{"composer.json": "{\"require\": {\"cakephp/cakephp\": \"4\"}}", "webroot/index.php": "<?php\n", "config/routes.php": "<?php\n$routes->scope('/healthcheck', function ($routes) {\n  $routes->connect('/status', ['controller' => 'S']);\n});\n"}, []string{".: health |/healthcheck/status <- config/routes.php:3"}, nil},
		{"an application beside a Gemfile for its stylesheets", files{"Gemfile": "gem 'compass'\n", "web/index.php": "<?php\nrequire_once '../lib/a.php';\n", "lib/a.php": "<?php\n"}, []string{".: language php", ".: document root web"}, nil},
		{"sites beside the code that they share", files{"admin/index.php": "<?php\nrequire '../lib/common.php';\n", "shop/index.php": "<?php\nrequire '../lib/common.php';\n", "shop/sub/index.php": "<?php\nrequire '../../lib/common.php';\n", "lib/common.php": "<?php\n"},
			[]string{".: language php", "note admin/index.php:1 the first pages of several sites (admin/index.php, shop/index.php)"}, []string{".: document root"}},
		{"a page with code of its own beside a service in Node", files{"package.json": `{"dependencies": {"express": "4"}}`, "admin/index.php": "<?php\nrequire '../lib/common.php';\n", "lib/common.php": "<?php\n"}, []string{"note admin/index.php:1 pages in PHP beside the service of package.json"}, []string{"language"}},
		{"a page beside a service in Ruby", files{"Gemfile": "gem 'rails'\n", "public/index.php": "<?php\n"}, nil, []string{"language"}},
		{"what Zend reads", files{"public/index.php": "<?php\n$app = new Zend_Config_Ini('application/configs/application.ini');\n", "application/configs/application.ini": "[production]\nresources.db.params.password = \"canary-4714\"\n[testing : production]\nmail.password = canary-4715\n"},
			[]string{".: framework zend", ".: secret resources_db_params_password <- application/configs/application.ini:2"}, []string{"canary", "mail"}},
		{"a file that no code names", files{"index.php": "<?php\n", "config/local.ini.dist": "[db]\npassword = x\n"}, nil, []string{"secret"}},
	})
}

func TestSecretsOfExamples(t *testing.T) {
	runCases(t, Python(), []readerCase{
		{"secrets that an example only shows, below contrib, and the key of sessions", files{"requirements.txt": "flask\n", "app.py": "from flask import Flask\napp = Flask(__name__)\nload('/etc/shop.ini')\n",
			"contrib/shop.sample.ini": "[web]\nsession_key = changeme\n; secrets = are told apart\n[github]\n;token = <your token>\n# retries = 3\n"},
			[]string{".: secret session_key <- contrib/shop.sample.ini:2", ".: secret github_token <- contrib/shop.sample.ini:5"}, []string{"secret secrets", "retries"}},
		{"secrets with a slash in what an example shows for them, beside the paths of keys", files{"requirements.txt": "flask\n", "app.py": "from flask import Flask\napp = Flask(__name__)\nload('/etc/shop.ini')\n",
			"shop.sample.ini": "[web]\n#sentry_dsn = https://k@sentry.example/1\n;database_password = aGk/b3U=\n#api_token = https://k@x.example/token.txt\n#tls_secret = /etc/shop/tls\n#mail_secret = ./mail\n#sign_secret = keys/sign.pem\n#old_secret = C:/keys/old.pem\n"},
			[]string{".: secret sentry_dsn <- shop.sample.ini:2", ".: secret database_password <- shop.sample.ini:3", ".: secret api_token <- shop.sample.ini:4"}, []string{"tls_secret", "mail_secret", "sign_secret", "old_secret"}},
	})
	runCases(t, Node(), []readerCase{
		{"examples of modules of settings, by the path to an account", files{"package.json": `{"scripts": {"start": "node app.js"}, "dependencies": {"express": "4"}}`, "app.js": "const config = require('./config');\nrequire('express')().listen(config.port);\n",
			"config.default.js": "exports.config = {\n  port: 3100,\n  session_secret: 'change me',\n  mail: { auth: { user: 'a', pass: 'b' } },\n  push: { masterSecret: 'x' },\n};\n", "other.sample.json": `{"token": ""}`},
			[]string{".: secret session_secret <- config.default.js:3", ".: secret mail_auth_pass <- config.default.js:4", ".: secret push_masterSecret <- config.default.js:5", "note config.default.js:3 an example of config.js, which"}, []string{"secret token", "change me"}},
		{"an example of a module without which the code does not start", files{"package.json": `{"scripts": {"start": "node src/app.js"}, "dependencies": {"express": "4"}}`, "src/app.js": "const {SECRET} = require('./config');\napp.listen(80)", "src/config.js.example": "module.exports = {SECRET: 'x'}",
			"config.sample.js": "module.exports = {}"},
			[]string{"note src/config.js.example:1 an example of config.js, which"}, []string{"note config.sample.js"}},
		{"an example beside the file that was made of it", files{"package.json": `{"scripts": {"start": "node app.js"}, "dependencies": {"express": "4"}}`, "app.js": "require('./config.json')\nrequire('express')().listen(80)\n", "config.json": "{}", "config.example.json": `{"token": ""}`}, nil, []string{"secret"}},
		{"variables of the package config, and settings that hold their secret", files{"package.json": `{"scripts": {"start": "node app.js"}, "dependencies": {"express": "4", "config": "1"}}`, "app.js": "require('config')\nrequire('express')().listen(80)\n",
			"config/default.json": "{\"session\": {\"secret\": \"x\"},\n \"auth\": {\"jwtSecret\": \"canary-4716\"}, \"mysql\": {\"host\": \"db02.corp.example\", \"password\": \"canary-4717\"}}", "config/custom-environment-variables.json": `{"session": {"secret": "SESSION_KEY"}, "page": {"size": "PAGE_SIZE"}}`},
			[]string{".: secret SESSION_KEY <- config/custom-environment-variables.json:1", ".: secret jwtSecret <- config/default.json:2"}, []string{"canary", "secret PAGE_SIZE", "session_secret", "mysql_password"}},
		{"secrets of modules of settings by what they export, and what is only called like one", files{"package.json": `{"scripts": {"start": "node app.js"}, "dependencies": {"express": "4"}}`, "app.js": "require('express')().listen(80)\nuse(process.env.DB_PASSWORD, process.env.MAIL_PASSWORD)\n",
			"config/session.js": "module.exports.session = { secret: '0123canary456789abcdef0123456789a' }\n", "config/jwt.js": "exports.mode = process.env.MODE;\nexports.jwt = { secret: 'fedcba9876543210fedcba9canary789' }\n",
			"config/mail.js": "module.exports = { smtp: { password: 'canary-4718' }, mail: { password: 'canary-4719' } }\n"},
			[]string{".: secret session_secret <- config/session.js:1 guess", ".: secret jwt_secret <- config/jwt.js:2 guess", ".: secret smtp_password", "note config/session.js:1 each environment gets secrets of its own in the place of those that stand here (session_secret)"}, []string{".: secret secret", "mail_password", "canary"}},
		{"labels that are called like secrets", files{"package.json": `{"scripts": {"start": "node app.js"}, "dependencies": {"express": "4"}}`, "app.js": "require('express')().listen(80)\n",
			"src/constants.js": "module.exports = { forgotPassword: 'forgot-password', changePassword: 'change-password', invalidPassword: 'Invalid password', wrongPassword: 'That was wrong' }\n"},
			[]string{".: command"}, []string{"secret forgot", "secret change", "secret invalid", "secret wrong"}},
		{"variables that nconf takes settings from", files{"package.json": `{"scripts": {"start": "node app.js"}, "dependencies": {"express": "4", "nconf": "0.10"}}`, "app.js": "const nconf = require('nconf');\nnconf.argv().env('__').file('config.json');\nrequire('express')().listen(80);\nuse(nconf.get('cookie:secret'), nconf.get('page:size'));\n",
			"config.example.json": `{"db": {"password": "x"}}`},
			[]string{".: secret cookie__secret <- app.js:4", ".: secret db__password <- config.example.json:1"}, []string{"page__size", "note config.example.json"}},
	})
	program := func(imports string) string {
		return "package main\nimport (\n\"net/http\"\n\"os\"\n" + imports + ")\ntype config struct {\n Bind string `json:\"bind\" toml:\"listen_addr\"`\n HmacKey string `json:\"hmac_key\"`\n Push []struct{ CertPassword string }\n}\nfunc main() {\n var c config\n http.ListenAndServe(c.Bind, nil)\n}\n"
	}
	runCases(t, Go(), []readerCase{
		{"an example that the program decodes: what has a field, and where it listens", files{"go.mod": "module shop\n\ngo 1.12\n", "main.go": program("\"encoding/json\"\n"),
			"config.json.example": "{\"bind\": \":8077\",\n \"hmac_key\": \"change me\",\n \"push\": [{\"certPassword\": \"\"}],\n \"other_token\": \"x\"}\n"},
			[]string{".: port 8077 <- config.json.example:1 convention", ".: secret hmac_key <- config.json.example:2", ".: secret certPassword <- config.json.example:3", "note config.json.example:2 an example of the file of settings"}, []string{"other_token", "change me"}},
		{"where it listens, beside what it calls", files{"go.mod": "module shop\n\ngo 1.12\n", "main.go": "package main\nimport (\n\"net/http\"\n\"encoding/json\"\n)\ntype config struct {\n Listen string `json:\"listen\"`\n API struct{ Addr string `json:\"addr\"` } `json:\"api\"`\n}\nfunc main() {\n var c config\n load(\"config.json\", &c)\n http.ListenAndServe(c.Listen, nil)\n}\n",
			"config.json": "{\"api\": {\"addr\": \"partner.example:8443\"},\n \"listen\": \":8088\"}\n"}, []string{".: port 8088 <- config.json:2"}, []string{"8443"}},
		{"only addresses of others", files{"go.mod": "module shop\n\ngo 1.12\n", "main.go": "package main\nimport (\n\"net/http\"\n\"encoding/json\"\n)\ntype config struct {\n Addr string `json:\"addr\"`\n Server struct{ Host string; Port int }\n}\nfunc main() {\n var c config\n load(\"config.json\", &c)\n http.ListenAndServe(where, nil)\n}\n",
			"config.json": "{\"addr\": \"localhost:5672\",\n \"server\": {\"host\": \"partner.example\", \"port\": 8443}}\n"}, []string{".: command"}, []string{"port"}},
		{"a consumer, which nobody calls", files{"go.mod": "module shop\n\ngo 1.12\n", "main.go": "package main\nimport \"encoding/json\"\ntype config struct { Port int }\nfunc main() {\n var c config\n load(\"config.json\", &c)\n go consume(c)\n select {}\n}\n",
			"config.json": "{\"port\": 8444}\n"}, []string{".: command"}, []string{"port"}},
		{"a file of a form that the program does not read", files{"go.mod": "module shop\n\ngo 1.12\n", "main.go": program(""), "config.toml.example": "hmac_key = \"x\"\n"}, nil, []string{"secret"}},
	})
	runCases(t, PHP(), []readerCase{
		{"constants of an example beside a connection that the code makes", files{"index.php": "<?php\nrequire 'config.php';\n$db = new PDO('mysql:host=' . DB_HOST . ';dbname=shop', DB_USER, DB_PASS);\n", "config.sample.php": "<?php\ndefine('DB_HOST', 'localhost');\ndefine('DB_PASS', '');\ndefine('AUTH_SALT', 'put a text here');\n"},
			[]string{".: secret DB_PASS <- config.sample.php:3", ".: secret AUTH_SALT <- config.sample.php:4"}, []string{"put a text"}},
		{"constants of an example beside the file that was made of it", files{"index.php": "<?php\nrequire 'config.php';\n$db = new PDO('mysql:host=' . DB_HOST . ';dbname=shop', DB_USER, DB_PASS);\n", "config.php": "<?php\ndefine('DB_HOST', 'db');\ndefine('DB_PASS', getenv('APP_DB_PASS'));\n", "config.sample.php": "<?php\ndefine('DB_PASS', '');\ndefine('OLD_API_KEY', '');\n"},
			[]string{".: secret APP_DB_PASS"}, []string{"secret DB_PASS", "OLD_API_KEY"}},
	})
}

func FuzzINISettings(f *testing.F) {
	f.Add("; token = <x>\n#a_password=\n;[b]\n ; = ")
	f.Add("a = 1\n[b : c]\n[]\n = x\nd.e = 'f\n%g\n]")
	f.Fuzz(func(t *testing.T, text string) {
		checkReport(t, read(t, PHP(), files{"index.php": "<?php parse_ini_file('config.ini');", "config.ini": text, "config.json.dist": text, "local.ini.dist": text}))
		checkReport(t, read(t, Node(), files{"package.json": `{"scripts": {"start": "node a.js"}, "dependencies": {"express": "4"}}`, "a.js": "require('./config'); require('express')().listen(1)", "config.example.js": text}))
		checkReport(t, read(t, Go(), files{"go.mod": "module a\n", "main.go": "package main\nimport (\"encoding/json\"; \"net/http\")\ntype c struct { A_Password string }\nfunc main() { http.ListenAndServe(x, nil) }\n", "config.example.json": text}))
	})
}
