package legacy

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"
)

func resolveTree(t *testing.T, tree map[string]string) *Resolution {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range tree {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	s, err := Scan(context.Background(), fsys, ScanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return Resolve(s, ResolveOptions{Name: "shop"})
}

func noted(r *Resolution, part string) bool {
	for _, n := range r.Notes {
		if strings.Contains(n.Text, part) {
			return true
		}
	}
	return false
}

const flaskApp = "import os\nfrom flask import Flask\napp = Flask(__name__)\nDOMAIN = os.environ['SHOP_DOMAIN']\nREGION = os.environ['SHOP_REGION']\nOWNER = os.environ['SHOP_OWNER']\n"

func TestVariablesThatADeploymentIsAskedFor(t *testing.T) {
	r := resolveTree(t, map[string]string{"requirements.txt": "flask\ngunicorn\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n", "app.json": `{"env": {"PUBLIC_HOST": {"description": "x"}, "LEVEL": {"description": "y"}}}`, "Procfile": "web: LEVEL=info gunicorn app:app\n"})
	if !noted(r, "env of each environment): PUBLIC_HOST") || !noted(r, "is asked of whoever deploys this") || noted(r, "LEVEL") {
		t.Errorf("got %v", r.Notes)
	}
}

// Code that listens where PORT says is told the port at which its image is asked, where only a habit gave it another.
func TestPortIsToldToWhatReadsIt(t *testing.T) {
	tree := map[string]string{"package.json": `{"dependencies": {"express": "4"}}`, "server.js": "require('express')().listen(process.env.PORT);\n", "Dockerfile": "FROM node:20\nCOPY . /app\nEXPOSE 1337\nCMD [\"node\", \"server.js\"]\n"}
	if web := resolveTree(t, tree).App.Services["web"]; web.Port != 1337 || web.Env["PORT"] != "1337" {
		t.Errorf("asked at %d and told %s", web.Port, web.Env["PORT"])
	}
}

func TestRequiredVariables(t *testing.T) {
	r := resolveTree(t, map[string]string{"requirements.txt": "flask\ngunicorn\n", "app.py": flaskApp, "Procfile": "web: env SHOP_REGION=eu gunicorn app:app\n", "Dockerfile": "FROM python:3.9\nENV SHOP_REGION=eu\nCOPY . .\nCMD [\"gunicorn\", \"app:app\"]\n"})
	if !noted(r, "(say it in migrate.yaml: services.web.env, or env of each environment): SHOP_DOMAIN, SHOP_OWNER") {
		t.Errorf("nothing is said of SHOP_DOMAIN and SHOP_OWNER in one note: %v", r.Notes)
	}
	if noted(r, "SHOP_REGION") {
		t.Error("SHOP_REGION has a value in the image")
	}
}

// Where nothing but the code's own machine would answer, it is said; where a container is given the address, it is not.
func TestAddressOfThisMachine(t *testing.T) {
	tree := map[string]string{"package.json": `{"scripts": {"start": "node a.js"}, "dependencies": {"express": "4"}}`,
		"a.js":       "const pages = process.env.PAGES_URL || 'http://localhost:3735';\nconst other = process.env.SITE_URL || 'http://localhost:2727';\nrequire('express')().listen(8000)\n",
		"Dockerfile": "FROM node:20\nENV PAGES_URL=https://pages.shop.org\nCMD [\"node\", \"a.js\"]\n"}
	r := resolveTree(t, tree)
	if !noted(r, "environment): SITE_URL (http://localhost:2727)") || noted(r, "PAGES_URL") {
		t.Errorf("notes %v", r.Notes)
	}
}

// A start script of the team's is one process, whether a Procfile or a compose file names it.
func TestScriptsOfProcesses(t *testing.T) {
	r := resolveTree(t, map[string]string{"requirements.txt": "flask\ngunicorn\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n",
		"bin/queue.sh": "#!/bin/bash -ex\nARGS=${QUEUE_ARGS:-''}\nexec python manage.py queue $ARGS\n", "Procfile": "web: gunicorn app:app\nqueue: bin/queue.sh\n",
		"docker-compose.yml": "services:\n  web:\n    build: .\n    ports: ['5000:5000']\n  the-queue:\n    build: .\n    command: ./bin/queue.sh\n",
		"Dockerfile":         "FROM python:3.9\nCOPY . /app\nWORKDIR /app\nCMD [\"gunicorn\", \"app:app\"]\n"})
	if s := r.App.Services["queue"]; s == nil || strings.Join(s.Command, " ") != "sh -c exec python manage.py queue ${QUEUE_ARGS:-}" || r.App.Services["the-queue"] != nil {
		t.Errorf("services %v", r.App.ServiceNames())
	}
	if s := r.App.Services["web"]; s.Port != 5000 || s.Env["PORT"] != "5000" {
		t.Errorf("gunicorn listens on 127.0.0.1: %v, port %d", s.Env, s.Port)
	}
}

// A start script that makes the surroundings for a migration and runs it leaves nothing to a step of its own.
func TestStartScriptThatPrepares(t *testing.T) {
	tree := map[string]string{
		"requirements.txt": "flask\nflask-migrate\ngunicorn\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n", "migrations/env.py": "",
		"boot.sh":    "#!/bin/sh\nsource venv/bin/activate\nwhile true; do\n  flask deploy\n  if [ $? = 0 ]; then break; fi\n  sleep 5\ndone\nexec gunicorn -b :5000 app:app\n",
		"Dockerfile": "FROM python:3.9\nCOPY . .\nRUN python -m venv venv && venv/bin/pip install -r requirements.txt\nENTRYPOINT [\"./boot.sh\"]\n",
	}
	r := resolveTree(t, tree)
	if r.App.Services["migrate"] != nil {
		t.Errorf("a step that can't find its program: %v", r.App.Services["migrate"].Command)
	}
	if !noted(r, "runs flask deploy at each start") {
		t.Errorf("notes %v", r.Notes)
	}
	tree["boot.sh"] = "#!/bin/sh\nsource venv/bin/activate\nexec gunicorn -b :5000 app:app\n"
	if r = resolveTree(t, tree); r.App.Services["migrate"] == nil {
		t.Error("a script that prepares nothing leaves it to a step of its own")
	}
}

// What only an image of the toolkit's own would install starts nothing in an image that rests on another one.
func TestCommandThatTheImageLacks(t *testing.T) {
	r := resolveTree(t, map[string]string{"shop/Dockerfile": "FROM shopbase/flask:1\nRUN pip install redis\nADD /shop /app\n", "shop/shop/main.py": "from flask import Flask\napp = Flask(__name__)\n"})
	if len(r.App.Services) != 1 {
		t.Fatalf("services %v", r.App.ServiceNames())
	}
	for name, s := range r.App.Services {
		if s.Language != "python" || len(s.Command) > 0 || s.Build == nil || s.Build.Dockerfile != "Dockerfile" || len(s.Build.Install) > 0 {
			t.Errorf("%s: %+v, build %+v", name, s, s.Build)
		}
	}
	if !noted(r, "what its base image starts runs") {
		t.Errorf("notes %v", r.Notes)
	}
}
