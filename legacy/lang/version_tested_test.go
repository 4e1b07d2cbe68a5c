package lang

import "testing"

func TestTestedOn(t *testing.T) {
	circle := ".circleci/config.yml"
	runCases(t, Python(), []readerCase{
		{"an image of CI", files{"requirements.txt": "flask\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n", circle: "jobs:\n  a:\n    docker: [{image: \"circleci/python:3.6.5-browsers\"}, {image: circleci/postgres:10}]\n"}, []string{".: version 3.6 <- .circleci/config.yml:3 guess"}, nil},
		{"a workflow", files{"requirements.txt": "flask\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n", ".github/workflows/a.yml": "on: push\n", ".github/workflows/test.yml": "jobs:\n  a:\n    steps:\n      - uses: actions/setup-python@v2\n        with:\n          python-version: '3.7'\n"}, []string{".: version 3.7 <- .github/workflows/test.yml:6 guess"}, nil},
		{"what is said beats what tests run on", files{"requirements.txt": "flask\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n", "runtime.txt": "python-3.9.1\n", circle: "image: cimg/python:3.6\n"}, []string{".: version 3.9"}, []string{"3.6"}},
	})
	runCases(t, Go(), []readerCase{
		{"code without go.mod", files{"main.go": "package main\n\nimport \"net/http\"\n\nfunc main() { http.ListenAndServe(\":9090\", nil) }\n", ".github/workflows/ci.yml": "      - uses: actions/setup-go@v2\n        with: {go-version: '1.15'}\n"}, []string{".: version 1.15"}, nil},
	})
	runCases(t, Ruby(), []readerCase{
		{"a workflow", files{"Gemfile": "gem 'sinatra'\n", "config.ru": "run A\n", ".github/workflows/ci.yml": "        with:\n          ruby-version: 2.7.1\n"}, []string{".: version 2.7.1"}, nil},
	})
}
