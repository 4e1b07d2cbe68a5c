package ops

import "testing"

func TestScriptsThatGoWhereTheyLie(t *testing.T) {
	image := "FROM python:3\nWORKDIR /app\nCOPY . /app\n"
	runCases(t, Dockerfile(), []readerCase{
		{"a script that starts another one beside it", files{"app.py": "", "requirements.txt": "", "Dockerfile": image + "ENTRYPOINT [\"/app/docker/entry.sh\"]\nCMD [\"web\"]\n",
			"docker/entry.sh": "#!/bin/sh\ncd \"$(dirname \"$0\")\"\ncase $1 in\nweb) exec ./web.sh ;;\n*) cd ..\n exec /bin/bash ;;\nesac\n", "docker/web.sh": "#!/bin/sh\npython manage.py check --deploy\ngunicorn shop:app\n"},
			[]string{".: command gunicorn|shop:app <- docker/web.sh:3 declared"}, []string{"cd "}},
		{"a script that only opens a shell", files{"app.py": "", "requirements.txt": "", "Dockerfile": image + "ENTRYPOINT [\"/app/docker/entry.sh\"]\n", "docker/entry.sh": "#!/bin/sh\ncd ${0%/*}\ncd ..\nexec /bin/bash\n"},
			[]string{".: command /bin/bash <- docker/entry.sh:4 guess"}, nil},
		{"what lies there is used", files{"src/run.sh": "#!/bin/sh\ncd $(dirname $0)\nexec gunicorn shop:app\n", "src/shop.py": "", "requirements.txt": "", "Dockerfile": image + "CMD src/run.sh\n"},
			[]string{".: command sh|-c|cd src && exec gunicorn shop:app"}, nil},
		{"above it is where the image starts", files{"bin/run.sh": "#!/bin/sh\ncd \"$(dirname \"$0\")/..\"\npython manage.py migrate\nexec gunicorn shop:app\n", "shop.py": "", "requirements.txt": "", "Dockerfile": image + "CMD [\"/app/bin/run.sh\"]\n"},
			[]string{".: command gunicorn|shop:app", "migrate: command (release) python|manage.py|migrate"}, []string{"cd "}},
		{"a script that chooses by a word, which it keeps under a name", files{"app.py": "", "requirements.txt": "", "Dockerfile": image + "ENTRYPOINT [\"/app/bin/entry.sh\"]\n",
			"bin/entry.sh": "#!/bin/bash\nset -u\nSERVICE=$1\ncase ${SERVICE} in\nweb)  ## serve\n  exec gunicorn shop:app ;;\n*) exit 1\nesac\n"}, []string{".: command gunicorn|shop:app <- bin/entry.sh:6 convention"}, nil},
		{"servers by the words of a release or of a worker", files{"app.py": "", "requirements.txt": "", "Dockerfile": image + "ENTRYPOINT [\"/app/bin/entry.sh\"]\nCMD [\"web\"]\n",
			"bin/entry.sh": "#!/bin/sh\ncase \"$1\" in\nweb) exec gunicorn shop ;;\nrelease) exec gunicorn -c prod.py shop ;;\ndaemon) exec uwsgi --ini a.ini ;;\nlistener) exec python listen.py ;;\nesac\n"}, []string{".: command gunicorn|shop", "listener: command python|listen.py"}, []string{"(release)", "daemon: ", "release: "}},
		{"a wrapper that only developers set", files{"app.py": "", "requirements.txt": "", "Dockerfile": image + "CMD [\"/app/run.sh\"]\n",
			"run.sh": "#!/bin/bash\nCMD_PREFIX=${CMD_PREFIX:-\"\"}\nHOSTNAME=${HOSTNAME:-$(hostname)}\nexec ${CMD_PREFIX} gunicorn --tags=$HOSTNAME shop:app\n"}, []string{".: command sh|-c|exec gunicorn --tags=$HOSTNAME shop:app <- run.sh:4"}, nil},
		{"an ENTRYPOINT that waits for what compose names", files{"app.py": "", "requirements.txt": "", "Dockerfile": image + "ENTRYPOINT [\"/app/entry.sh\", \"--\"]\n", "entry.sh": "#!/bin/sh\nflask db upgrade\nexec \"$@\"\n"}, []string{".: build wraps"}, []string{"command"}},
	})
}

func TestWhatScriptsDemand(t *testing.T) {
	runCases(t, Procfile(), []readerCase{
		{"by name and by set -u", files{"app.py": "", "requirements.txt": "", "Procfile": "web: bin/web\nflower: flower --basic_auth=$FLOWER_PASSWORD\n",
			"bin/web": "#!/bin/bash\nset -euo pipefail\n: \"${SHOP_REGION:?must be set}\"\nWORKERS=${WORKERS:-4}\nDIR=/tmp\necho $DIR ${SHOP_DEBUG:-0} $1\nexport X=$(cat $DIR)\nexec gunicorn -w $WORKERS --key $SIGNING_KEY shop:$SHOP_APP\n"},
			[]string{".: requires SHOP_REGION <- bin/web:3 declared", ".: requires SHOP_APP <- bin/web:8", ".: secret SIGNING_KEY <- bin/web:8", "flower: secret FLOWER_PASSWORD <- Procfile:2"},
			[]string{"requires DIR", "requires WORKERS", "requires SHOP_DEBUG", "requires X"}},
		{"a target of the Makefile that is for developers", files{"app.py": "", "requirements.txt": "", "Procfile": "web: make run\n", "Makefile": "all: x\n\nrun:\n\tpython -m manage runserver\n\ntest:\n\ttrue\n"}, []string{".: command python|-m|manage|runserver <- Procfile:1 guess"}, nil},
		{"targets that only developers' processes name", files{"app.py": "", "requirements.txt": "", "Procfile": "web: make run\nscss: make watch\n", "Makefile": "run:\n\tbuild x\n\tflask run\n\nwatch:\n\twatchmedo shell-command\n"}, []string{".: command make|run <- Procfile:1 guess", "note Procfile:2 scss runs watchmedo shell-command, which is for developers"}, []string{"command make|watch"}},
		{"a secret with a default of the script's own is one all the same", files{"app.py": "", "requirements.txt": "", "Procfile": "web: bin/web\n", "bin/web": "#!/bin/bash\nset -u\nSHOP_SECRET=${SHOP_SECRET:-$(pwgen -1)}\nSHOP_HOST=${SHOP_HOST:-mail}\nOWN_TOKEN=$(date)\necho $SHOP_HOST $OWN_TOKEN\nexec gunicorn shop:app\n"},
			[]string{".: secret SHOP_SECRET <- bin/web:3"}, []string{"requires SHOP_HOST", "OWN_TOKEN"}},
		{"without set -u nothing stops it", files{"app.py": "", "requirements.txt": "", "Procfile": "web: bin/web\n", "bin/web": "#!/bin/sh\nexport A=$(date)\nexec gunicorn $SHOP_FLAGS shop:app\n"}, nil, []string{"requires"}},
	})
}
