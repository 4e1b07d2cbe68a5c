package legacy

import (
	"slices"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestCommandsAreFittedToContainers(t *testing.T) {
	for _, c := range []struct{ from, want string }{
		{"gunicorn shop.wsgi --bind 127.0.0.1:8000 --daemon", "gunicorn shop.wsgi --bind 0.0.0.0:8000"},
		{"/venv/bin/gunicorn -D -b localhost:80 app:app", "/venv/bin/gunicorn -b 0.0.0.0:80 app:app"},
		{"gunicorn --bind=127.0.0.1:8000 app:app", "gunicorn --bind=0.0.0.0:8000 app:app"},
		{"uwsgi --http 127.0.0.1:5000 --daemonize=/var/log/x.log", "uwsgi --http 0.0.0.0:5000"},
		{"celery -A shop beat -l info", "celery -A shop beat -l info --schedule=/tmp/celerybeat-schedule"},
		{"celery -A shop worker -B", "celery -A shop worker -B --schedule=/tmp/celerybeat-schedule"},
		{"celery -A shop beat -S django", "celery -A shop beat -S django"},
		{"celery -A shop beat -s /data/beat", "celery -A shop beat -s /data/beat"},
		{"celery -A shop worker", "celery -A shop worker"},
		{"python manage.py celery beat", "python manage.py celery beat --schedule=/tmp/celerybeat-schedule"},
		{"worker --database 127.0.0.1:5432", "worker --database 127.0.0.1:5432"},
		{"node -D app.js", "node -D app.js"},
		{"./node_modules/.bin/forever -m 5 server.js --fast", "node server.js --fast"},
		{"forever --minUptime 100 -c node server.js", "node server.js"},
		{"forever start -l x.log app.js", "node app.js"},
		{"gunicorn app:app --bind unix:/run/app.sock", "gunicorn app:app --bind unix:/run/app.sock"},
		{"scripts/wait-for-it.sh db:5432 -t 30 -- gunicorn app:app", "gunicorn app:app"},
		{"dockerize -wait tcp://db:5432 -timeout 20s gunicorn app:app", "gunicorn app:app"},
		{"wait-for-it.sh db:5432", "wait-for-it.sh db:5432"},
	} {
		r := resolve(t, says("procfile", scan.Finding{Service: service.Service{Command: strings.Fields(c.from), Port: 80}}))
		if got := strings.Join(r.App.Services["web"].Command, " "); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.from, got, c.want)
		}
		if noted := len(r.Notes) > 0; noted != (c.from != c.want) {
			t.Errorf("%s: notes %v", c.from, r.Notes)
		}
	}
	r := resolve(t, says("p", scan.Finding{Service: service.Service{Command: []string{"sh", "-c", "exec gunicorn --bind 127.0.0.1:$PORT x"}}}))
	if got := r.App.Services["worker"].Command[2]; got != "exec gunicorn --bind 0.0.0.0:$PORT x" {
		t.Error(got)
	}
}

// A runtime is called by its name where the image is generated, which has it on its PATH; the team's own image may have it where
// the machine had it.
func TestRuntimesAreFoundOnThePath(t *testing.T) {
	for from, want := range map[string]string{
		"/usr/bin/node server.js": "node server.js", "/usr/bin/nodejs server.js": "node server.js", "/home/deploy/.nvm/versions/node/v16.3.0/bin/npm run worker": "npm run worker",
		"/usr/bin/python3.8 -m shop": "python -m shop", "/usr/bin/php7.4 bin/console run": "php bin/console run", "/opt/jdk/bin/java -jar a.jar": "java -jar a.jar",
		"bin/node server.js": "bin/node server.js", "/opt/shop/server": "/opt/shop/server", "/usr/bin/phpunit": "/usr/bin/phpunit",
	} {
		for own, want := range map[string]string{"": want, "Dockerfile": from} {
			s := service.Service{Command: strings.Fields(from), Port: 80, Language: "node"}
			if own != "" {
				s.Build = &service.Build{Dockerfile: own}
			}
			r := resolve(t, says("systemd", scan.Finding{Service: s}))
			if got := strings.Join(r.App.Services["web"].Command, " "); got != want {
				t.Errorf("%s with %q: %s, want %s", from, own, got, want)
			}
		}
	}
}

func TestDependenciesAreInTheImage(t *testing.T) {
	for _, c := range []struct{ from, want string }{
		{"npm install && npm start", "node server.js"}, // what package.json says that npm start is
		{"yarn && yarn run start", "node server.js"},
		{"npm ci --production; exec node --max-old-space-size=200 app.js", "node --max-old-space-size=200 app.js"},
		{"npm install -g forever && forever app.js", "sh|-c|npm install -g forever && forever app.js"},
		{"pip install -r requirements.txt && bundle install && PORT=80 ./run $X", "sh|-c|PORT=80 ./run $X"},
		{"./migrate && npm start", "sh|-c|./migrate && npm start"},
		{"npm install", "sh|-c|npm install"},
	} {
		r := resolve(t,
			says("compose", scan.Finding{Service: service.Service{Command: []string{"sh", "-c", c.from}, Port: 80}}),
			says("node", scan.Finding{Service: service.Service{Command: []string{"node", "server.js"}}}))
		if got := r.App.Services["web"].Command; strings.Join(got, "|") != c.want && strings.Join(got, " ") != c.want {
			t.Errorf("%s\n got %q\nwant %s", c.from, got, c.want)
		}
	}
}

func TestOwnDockerfileInstallsWhatItLikes(t *testing.T) {
	own := service.Service{Port: 80, Command: []string{"sh", "-c", "npm install && node app.js"}, Build: &service.Build{Dockerfile: "Dockerfile"}}
	if got := resolve(t, says("dockerfile", scan.Finding{Service: own})).App.Services["web"].Command; got[0] != "sh" {
		t.Error(got)
	}
}

func TestScriptsOfNpmAreWhatTheyRun(t *testing.T) {
	script := func(name, runs string) scan.Finding {
		return scan.Finding{Script: name, Runs: strings.Fields(runs)}
	}
	for _, c := range []struct{ from, want string }{
		{"npm run start:prod", "node dist/main.js"},
		{"sh -c|npm start", "node server.js"},
		{"yarn --silent start:prod", "node dist/main.js"},
		{"npm --production start", "node server.js"},
		{"pnpm run unknown", "pnpm run unknown"},
		{"sh -c|npm start && echo done", "sh -c npm start && echo done"},
		{"yarn start --services=worker", "node server.js --services=worker"},
		{"npm run start:prod -- --port 9000", "node dist/main.js --port 9000"},
		{"npm start --port 9000", "npm start --port 9000"}, // npm keeps those
		{"npm start:prod", "npm start:prod"},               // no command of npm's
	} {
		words, line, shell := strings.Cut(c.from, "|")
		command := strings.Fields(words)
		if shell {
			command = append(command, line)
		}
		r := resolve(t, says("procfile", scan.Finding{Service: service.Service{Command: command, Port: 80}}), says("node", script("start", "node server.js"), script("start:prod", "node dist/main.js")))
		if got := strings.Join(r.App.Services["web"].Command, " "); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.from, got, c.want)
		}
	}
}

func TestProgramsOfOneCargoPackage(t *testing.T) {
	found := func(own string) []scan.Finding {
		all := []scan.Finding{
			{Service: service.Service{Language: "rust", Port: 80, Command: []string{"/app/send"}, Build: &service.Build{Tool: "cargo", Artifact: "send"}}},
			{Process: "queues", Service: service.Service{Command: []string{"/app/queues"}, Build: &service.Build{Artifact: "queues"}}},
		}
		if own != "" {
			all[0].Service.Command, all[0].Service.Build.Dockerfile = []string{own}, "Dockerfile"
		}
		return all
	}
	s := resolve(t, says("rust", found("")...)).App.Services["queues"]
	if s.Command[0] != "/app/queues" || s.Build == nil || s.Build.Artifact != "queues" {
		t.Errorf("generated: %+v %+v", s, s.Build)
	}
	if s = resolve(t, says("rust", found("/opt/bin/send")...)).App.Services["queues"]; s.Command[0] != "/opt/bin/queues" || s.Build != nil {
		t.Errorf("the team's own: %+v %+v", s, s.Build)
	}
}

func TestReleaseStepOfTheTeamsOwnImage(t *testing.T) {
	r := resolve(t, says("go",
		scan.Finding{Service: service.Service{Language: "go", Port: 80, Command: []string{"/usr/bin/shop"}, Build: &service.Build{Tool: "go", Dockerfile: "Dockerfile"}}},
		scan.Finding{Process: "migrate", Service: service.Service{Command: []string{"/app/shop", "migrate"}, Release: true}},
		scan.Finding{Process: "import", Service: service.Service{Command: []string{"/app/import"}}}))
	for name, want := range map[string]string{"migrate": "/usr/bin/shop", "import": "/app/import"} {
		if got := r.App.Services[name].Command[0]; got != want {
			t.Errorf("%s starts %s, want %s", name, got, want)
		}
	}
}

func TestProgramsAreWhereTheGeneratedImageHasThem(t *testing.T) {
	for from, c := range map[string]struct {
		language string
		want     []string
	}{
		"jre/bin/java|-jar|shop.jar":               {"java", []string{"java", "-jar", "shop.jar"}},
		"bin/java|-jar|shop.jar":                   {"java", []string{"bin/java", "-jar", "shop.jar"}},
		"/usr/bin/shopd|-p|80":                     {"c", []string{"/usr/local/bin/shopd", "-p", "80"}},
		"sh|-c|exec /usr/bin/shopd -p 80 $OPTIONS": {"c", []string{"sh", "-c", "exec shopd -p 80 $OPTIONS"}},
		"sh|-c|exec /usr/bin/shopd2 -p 80 $OTHER":  {"c", []string{"sh", "-c", "exec /usr/bin/shopd2 -p 80 $OTHER"}},
	} {
		r := resolve(t, says("systemd", scan.Finding{Service: service.Service{Language: c.language, Command: strings.Split(from, "|"), Port: 80, Build: &service.Build{Tool: "make", Artifact: "shopd"}}}))
		if got := r.App.Services["web"].Command; !slices.Equal(got, c.want) {
			t.Errorf("%s: %q", from, got)
		}
	}
}

// The file that gunicorn reads by itself counts only where the command names no other.
func TestSettingsThatGunicornFindsByItself(t *testing.T) {
	for from, want := range map[string]string{
		"gunicorn shop:app":                              "gunicorn shop:app --bind 0.0.0.0:8042",
		"gunicorn -c gunicorn.conf.py shop:app":          "gunicorn -c gunicorn.conf.py shop:app --bind 0.0.0.0:8042",
		"gunicorn -c deploy/settings.py shop:app":        "gunicorn -c deploy/settings.py shop:app",
		"gunicorn --config deploy/settings.py shop:app":  "gunicorn --config deploy/settings.py shop:app",
		"gunicorn --config=deploy/settings.py shop:app":  "gunicorn --config=deploy/settings.py shop:app",
		"gunicorn -cdeploy/settings.py --preload shop:a": "gunicorn -cdeploy/settings.py --preload shop:a",
	} {
		command := says("procfile", scan.Finding{Service: service.Service{Command: strings.Fields(from), Port: 8042}})
		r := resolve(t, command, says("python", scan.Finding{Loopback: "gunicorn.conf.py"}))
		if got := strings.Join(r.App.Services["web"].Command, " "); got != want {
			t.Errorf("%s\n got %s\nwant %s", from, got, want)
		}
	}
}

func TestSettingsThatBindTheMachineAlone(t *testing.T) {
	for from, want := range map[string]string{
		"gunicorn shop:app -c conf/gunicorn.py":            "gunicorn shop:app -c conf/gunicorn.py --bind 0.0.0.0:8042",
		"gunicorn --config=conf/gunicorn.py shop:app":      "gunicorn --config=conf/gunicorn.py shop:app --bind 0.0.0.0:8042",
		"gunicorn shop:app -c other.py":                    "gunicorn shop:app -c other.py",
		"gunicorn shop:app -c conf/gunicorn.py -b :8042":   "gunicorn shop:app -c conf/gunicorn.py -b :8042",
		"python shop.py conf/gunicorn.py":                  "python shop.py conf/gunicorn.py",
		"gunicorn shop:app":                                "gunicorn shop:app",
		"gunicorn shop:app -c conf/gunicorn.py -b unix:/x": "gunicorn shop:app -c conf/gunicorn.py -b unix:/x",
	} {
		command := says("procfile", scan.Finding{Service: service.Service{Command: strings.Fields(from), Port: 8042}})
		settings := says("python", scan.Finding{Loopback: "conf/gunicorn.py"})
		r := resolve(t, command, settings)
		if got := strings.Join(r.App.Services["web"].Command, " "); got != want || (len(r.Notes) > 0) != (from != want) {
			t.Errorf("%s\n got %s\nwant %s\nnotes %v", from, got, want, r.Notes)
		}
	}
}

func TestTheProbesOfAManifestStandBeforeTheImagesCheck(t *testing.T) {
	r := resolve(t, says("dockerfile", find(service.Service{Language: "python", Command: []string{"gunicorn", "a:b"}, Port: 8000}, scan.Declared), find(service.Service{Health: &service.Health{Live: "/ping", Ready: "/ping"}}, scan.Declared)),
		says("kubernetes", find(service.Service{Health: &service.Health{Ready: "/ready"}}, scan.Declared)))
	if h := r.App.Services["web"].Health; h == nil || h.Ready != "/ready" || h.Live != "/ping" {
		t.Errorf("the cluster asks what the manifest says: got %+v", h)
	}
}
