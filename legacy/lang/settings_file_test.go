package lang

import "testing"

func TestSecretsOfSettingsFiles(t *testing.T) {
	runCases(t, Python(), []readerCase{
		{"an example in JSON, and one in INI", files{"requirements.txt": "flask\n", "app.py": "import json\nfrom flask import Flask\napp = Flask(__name__)\nc = json.load(open('config.json'))\nd = read('etc/local.ini')\n",
			"config.json.example": "{\n \"mail\": {\n  \"password\": \"x\"},\n \"title\": \"Shop\"}\n", "etc/local.ini-dist": "[stripe]\n; comment\nsecret = fill_me\n[test]\npassword = x\n"},
			[]string{".: secret mail_password <- config.json.example:3", ".: secret stripe_secret <- etc/local.ini-dist:3", "note config.json.example:3 an example of the file of settings", "note etc/local.ini-dist:3 an example"}, []string{"test_password", "title"}},
		{"a file of the repository's own, whose values are not told", files{"requirements.txt": "flask\n", "app.py": "from flask import Flask\napp = Flask(__name__)\nload('conf/general.yml')\n",
			"conf/general.yml": "api_token: canary-4711\nother_secret: ''\n", "conf/other.yml": "a_secret: canary-4712\n", "docker-compose.yml": "x_secret: canary-4713\n"},
			[]string{".: secret api_token <- conf/general.yml:1", "note conf/general.yml:1 holds secrets (api_token, values masked ***)"}, []string{"canary", "other_secret", "a_secret"}},
		{"an example beside the file that was made of it", files{"requirements.txt": "flask\n", "app.py": "from flask import Flask\napp = Flask(__name__)\nload('config.json')\n", "config.json": "{}", "config.json.sample": "{\"token\": \"x\"}"}, nil, []string{"secret"}},
	})
	runCases(t, PHP(), []readerCase{
		{"what Zend reads", files{"public/index.php": "<?php\n$app = new Zend_Config_Ini('application/configs/application.ini');\n", "application/configs/application.ini": "[production]\nresources.db.params.password = \"canary-4714\"\n[testing : production]\nmail.password = canary-4715\n"},
			[]string{".: framework zend", ".: secret resources_db_params_password <- application/configs/application.ini:2"}, []string{"canary", "mail"}},
		{"a file that no code names", files{"index.php": "<?php\n", "config/local.ini.dist": "[db]\npassword = x\n"}, nil, []string{"secret"}},
	})
}

func FuzzINISettings(f *testing.F) {
	f.Add("a = 1\n[b : c]\n[]\n = x\nd.e = 'f\n%g\n]")
	f.Fuzz(func(t *testing.T, text string) {
		checkReport(t, read(t, PHP(), files{"index.php": "<?php parse_ini_file('config.ini');", "config.ini": text, "config.json.dist": text}))
	})
}
