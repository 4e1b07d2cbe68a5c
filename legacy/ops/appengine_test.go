package ops

import "testing"

func TestAppEngine(t *testing.T) {
	runCases(t, AppEngine(), []readerCase{
		{"flexible", files{"package.json": "{}", "app.yaml": "runtime: nodejs\nenv: flex\nservice: shop\nentrypoint: node server.js --port $PORT\nruntime_config: {runtime_version: \"18\"}\nenv_variables:\n  MONGO_URL: mongodb://u:geheim@db/x\n  KEYS_TOKEN: <your-token>\n  MODE: full\nreadiness_check: {path: /ready}\n"}, []string{
			".: name shop", ".: command node|server.js|--port|8080 <- app.yaml:4 declared", ".: port 8080", ".: language node 18", ".: secret MONGO_URL", ".: secret KEYS_TOKEN", ".: env MODE=full", ".: health  /ready",
		}, []string{"geheim"}},
		{"standard", files{"main.py": "", "app.yaml": "runtime: python39\n", "cron.yaml": "cron:\n- url: /tasks/x\n  schedule: every 24 hours\n"}, []string{
			".: command gunicorn|--bind|0.0.0.0:8080|main:app <- app.yaml:1 convention", ".: language python 3.9", "note cron.yaml:3 App Engine requested /tasks/x every 24 hours",
		}, nil},
		{"of Python 2", files{"shop/main.py": "", "app.yaml": "runtime: python27\nhandlers:\n- url: /s\n  static_dir: s\n- url: /.*\n  script: shop.main.app\n"}, nil, []string{"note"}},
		{"its handler", files{"main.py": "", "app.yaml": "runtime: python27\nhandlers:\n- url: /.*\n  script: main.app\n"}, []string{".: command gunicorn|--bind|0.0.0.0:8080|main:app <- app.yaml:4 guess", ".: language python 2.7"}, nil},
		{"something else", files{"package.json": "{}", "app.yaml": "kind: Application\n"}, nil, []string{"language", "command"}},
	})
}
