package legacy

import (
	"strconv"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func find(s service.Service, rank scan.Rank) scan.Finding {
	return scan.Finding{Service: s, Evidence: scan.Evidence{Rank: rank}}
}

// The command and the model must speak of one port, whoever knew it.
func TestTheCommandAndThePortAgree(t *testing.T) {
	for _, c := range []struct {
		name    string
		command []string
		rank    scan.Rank
		env     map[string]string // said beside the command
		port    int
		want    string
		binds   int
	}{
		{"a guessed command follows", []string{"gunicorn", "a:b", "--bind", "0.0.0.0:8000"}, scan.Guess, nil, 9000, "gunicorn a:b --bind 0.0.0.0:9000", 9000},
		{"joined", []string{"waitress-serve", "--listen=0.0.0.0:8000", "a:b"}, scan.Convention, nil, 9000, "waitress-serve --listen=0.0.0.0:9000 a:b", 9000},
		{"a port alone", []string{"uvicorn", "a:b", "--host", "0.0.0.0", "--port", "8000"}, scan.Guess, nil, 80, "uvicorn a:b --host 0.0.0.0 --port 80", 80},
		{"no host", []string{"uwsgi", "--http-socket", ":8000"}, scan.Guess, nil, 9000, "uwsgi --http-socket :9000", 9000},
		{"a declared command is right", []string{"gunicorn", "a:b", "-b", "[::]:8000"}, scan.Declared, nil, 9000, "gunicorn a:b -b [::]:8000", 8000},
		{"unless a platform chose its port", []string{"gunicorn", "a:b", "-b", ":8000"}, scan.Declared, map[string]string{"PORT": "8000"}, 9000, "gunicorn a:b -b :9000", 9000},
		{"a flag of Go's with one dash", []string{"shopd", "-port=8000"}, scan.Declared, map[string]string{"PORT": "8000"}, 9000, "shopd -port=9000", 9000},
		{"through a shell", []string{"sh", "-c", "cd x && exec gunicorn a -b 0.0.0.0:8000 --timeout 9000"}, scan.Guess, nil, 9000, "sh -c cd x && exec gunicorn a -b 0.0.0.0:9000 --timeout 9000", 9000},
		{"by a variable", []string{"gunicorn", "a:b", "--log-file=-"}, scan.Declared, map[string]string{"LEVEL": "info"}, 9000, "gunicorn a:b --log-file=-", 9000},
		{"by a variable that the command takes", []string{"sh", "-c", "node server -p ${PORT}"}, scan.Declared, map[string]string{"LEVEL": "info"}, 9000, "sh -c node server -p ${PORT}", 9000},
		{"no port of its own", []string{"gunicorn", "a:b", "--bind", "unix:/run/a.sock", "--max-requests", "8000"}, scan.Declared, nil, 9000, "gunicorn a:b --bind unix:/run/a.sock --max-requests 8000", 9000},
	} {
		r := resolve(t, says("first", find(service.Service{Port: c.port}, scan.Declared)),
			says("second", find(service.Service{Command: c.command}, c.rank), find(service.Service{Env: c.env}, scan.Convention)))
		web := r.App.Services["web"]
		if got := strings.Join(web.Command, " "); got != c.want || web.Port != c.binds || c.env != nil && web.Env["PORT"] != "9000" {
			t.Errorf("%s: got %q on %d with %v, want %q on %d", c.name, got, web.Port, web.Env, c.want, c.binds)
		}
		if said := r.Claims["services.web.command"][0].Value; said != c.want {
			t.Errorf("%s: the claim says %q", c.name, said)
		}
	}
}

func TestAVariableTellsTheFrameworkWhatItBinds(t *testing.T) {
	for _, c := range []struct {
		framework, name, value string
		rank                   scan.Rank
		want                   int
	}{
		{"asp.net-core", "ASPNETCORE_URLS", "https://+:443;http://+:8080", scan.Declared, 8080},
		{"asp.net-core", "ASPNETCORE_URLS", "http://+:8080", scan.Asked, 80},
		{"asp.net-core", "ASPNETCORE_URLS", "https://+:443", scan.Declared, 80},
		{"spring-boot", "SERVER_PORT", "8181", scan.Declared, 8181},
		{"express", "SERVER_PORT", "8181", scan.Declared, 80},
	} {
		r := resolve(t, says("first", find(service.Service{Command: []string{"x"}, Framework: c.framework, Port: 80}, c.rank)), says("second", find(service.Service{Env: map[string]string{c.name: c.value}}, scan.Convention)))
		if got := r.App.Services["web"].Port; got != c.want {
			t.Errorf("%s with %s=%s: port %d, want %d", c.framework, c.name, c.value, got, c.want)
		}
	}
}

func TestTheVariableCountsBeforeWhatStandsInItsPlace(t *testing.T) {
	code := find(service.Service{Port: 3000, Env: map[string]string{"PORT": "3000"}}, scan.Declared)
	told := find(service.Service{Env: map[string]string{"PORT": "4000"}}, scan.Declared)
	r := resolve(t, says("systemd", told), says("node", code))
	if web := r.App.Services["web"]; web.Port != 4000 || r.Claims["services.web.port"][0].Reader != "systemd" {
		t.Errorf("port %d by %v", web.Port, r.Claims["services.web.port"])
	}
}

func TestThePortOfAPlatformGivesWay(t *testing.T) {
	r := resolve(t, says("code", find(service.Service{Port: 3000}, scan.Declared)), says("procfile", find(service.Service{Command: []string{"sh", "-c", "SHOP_PORT=$PORT npm start"}}, scan.Declared), find(service.Service{Port: 8000, Env: map[string]string{"PORT": "8000"}}, scan.Convention)))
	if web := r.App.Services["web"]; web.Port != 3000 || web.Env["PORT"] != "3000" || r.Claims["services.web.env.PORT"][0].Value != "3000" {
		t.Errorf("port %d, PORT %s", web.Port, web.Env["PORT"])
	}
}

func TestDevelopersValuesStayBehind(t *testing.T) {
	r := resolve(t, says("first", find(service.Service{Command: []string{"x"}, Port: 80, Env: map[string]string{
		"DEBUG": "True", "DJANGO_SETTINGS_MODULE": "shop.settings.dev", "CELERY_ALWAYS_EAGER": "true", "SHOP_DEBUG": "0", "SHOP_ENVIRONMENT": "development", "FLASK_ENV": "production", "SESSION_COOKIE_SECURE": "False", "CSRF_COOKIE_SECURE": "True",
	}}, scan.Convention)))
	env := r.App.Services["web"].Env
	want := map[string]string{"DEBUG": "False", "SHOP_DEBUG": "0", "FLASK_ENV": "production", "CSRF_COOKIE_SECURE": "True"}
	if len(env) != len(want) {
		t.Errorf("got %v", env)
	}
	for k, v := range want {
		if env[k] != v {
			t.Errorf("%s is %q, want %q", k, env[k], v)
		}
	}
	if len(r.Notes) != 4 || r.Notes[0].Line != 1 {
		t.Errorf("what was left out is noted: %v", r.Notes)
	}
}

func TestWhatIsInstalledBesideTheDependencies(t *testing.T) {
	guessed := find(service.Service{Command: []string{"gunicorn", "a:b"}, Port: 80, Build: &service.Build{Install: []string{"gunicorn"}}}, scan.Guess)
	if b := resolve(t, says("python", guessed)).App.Services["web"].Build; len(b.Install) != 1 {
		t.Errorf("the guessed server is installed: %+v", b)
	}
	other := find(service.Service{Command: []string{"uwsgi", "x.ini"}}, scan.Declared)
	if b := resolve(t, says("procfile", other), says("python", guessed)).App.Services["web"].Build; len(b.Install) != 0 {
		t.Errorf("another server runs: %+v", b)
	}
	image := find(service.Service{Build: &service.Build{Dockerfile: "Dockerfile"}}, scan.Declared)
	r := resolve(t, says("dockerfile", image), says("python", guessed))
	if b := r.App.Services["web"].Build; len(b.Install) != 0 {
		t.Errorf("the team's own image installs what it needs: %+v", b)
	}
	if len(r.Notes) != 1 || !strings.Contains(r.Notes[0].Text, "what its base image starts runs") || len(r.App.Services["web"].Command) != 0 {
		t.Errorf("a server that the image lacks: %v, notes %v", r.App.Services["web"].Command, r.Notes)
	}
	r = resolve(t, says("dockerfile", image), says("python", find(service.Service{Command: []string{"gunicorn", "a:b"}, Port: 80}, scan.Guess)))
	if len(r.Notes) != 1 || !strings.Contains(r.Notes[0].Text, "the command is a guess") || len(r.App.Services["web"].Command) == 0 {
		t.Errorf("notes %v", r.Notes)
	}
}

// Of several databases that the code could use, the one that runs today is the need; of several drivers none is.
func TestTheDatabaseThatRuns(t *testing.T) {
	need := func(kind string, rank scan.Rank) scan.Finding {
		return scan.Finding{Need: &scan.Need{Need: service.Need{Kind: kind, Port: 1}}, Evidence: scan.Evidence{Rank: rank}}
	}
	web := find(service.Service{Command: []string{"x"}, Port: 80}, scan.Declared)
	r := resolve(t, says("compose", web, need("postgres", scan.Declared)), says("python", need("mysql", scan.Declared), need("redis", scan.Guess)))
	if len(r.App.Needs) != 2 || r.App.Needs["db"].Kind != "postgres" {
		t.Errorf("got %v", r.App.Needs)
	}
	r = resolve(t, says("node", web, need("postgres", scan.Guess), need("mysql", scan.Guess)))
	if len(r.App.Needs) != 0 || len(r.Notes) != 2 {
		t.Errorf("got %v, %v", r.App.Needs, r.Notes)
	}
	r = resolve(t, says("node", web, need("postgres", scan.Guess)))
	if len(r.App.Needs) != 1 {
		t.Errorf("one driver is a guess that counts: %v", r.App.Needs)
	}
}

// A Dockerfile below one that builds the same code is another way to do so, and no second answer.
func TestASecondDockerfileIsNoAnswer(t *testing.T) {
	at := func(dir string, s service.Service) scan.Finding {
		return scan.Finding{Dir: dir, Service: s, Evidence: scan.Evidence{Rank: scan.Declared}}
	}
	own := at(".", service.Service{Command: []string{"a"}, Port: 80, Build: &service.Build{Dockerfile: "Dockerfile"}})
	below := at("contrib/go", service.Service{Command: []string{"b"}, Port: 81, Build: &service.Build{Dockerfile: "Dockerfile"}})
	r := resolve(t, says("dockerfile", own, below), says("python", at(".", service.Service{Language: "python"})))
	web := r.App.Services["web"]
	if len(r.App.Services) != 1 || web.Command[0] != "a" || web.Port != 80 || len(r.Questions) != 0 || len(r.Notes) != 1 {
		t.Errorf("got %+v, %v, %v", r.App.Services, r.Questions, r.Notes)
	}
}

// EXPOSE is the word of nobody else: what two others declare is bound.
func TestExposeAloneIsOutvoted(t *testing.T) {
	exposes := func(note string) scan.Reader {
		return scan.Reader{Name: "dockerfile", Wants: func(p string) bool { return p == "file" }, Read: func(_ *scan.Tree, _ []string, r *scan.Report) {
			r.Find(scan.Finding{Service: service.Service{Port: 8000}}, "file", 1, scan.Declared, note)
		}}
	}
	port := func(n int, rank scan.Rank) scan.Finding {
		return find(service.Service{Port: n, Command: []string{"x"}}, rank)
	}
	for _, c := range []struct {
		note    string
		readers []scan.Reader
		want    int
	}{
		{"EXPOSE", []scan.Reader{says("kubernetes", port(8080, scan.Declared)), says("node", port(8080, scan.Declared))}, 8080},
		{"in the command", []scan.Reader{says("kubernetes", port(8080, scan.Declared)), says("node", port(8080, scan.Declared))}, 8000},
		{"EXPOSE", []scan.Reader{says("kubernetes", port(8080, scan.Declared)), says("node", port(8080, scan.Convention))}, 8000},
		{"EXPOSE", []scan.Reader{says("kubernetes", port(8080, scan.Declared)), says("node", port(8080, scan.Declared)), says("compose", port(8000, scan.Declared))}, 8000},
	} {
		r := resolve(t, append([]scan.Reader{exposes(c.note)}, c.readers...)...)
		if got := r.App.Services["web"].Port; got != c.want || r.Claims["services.web.port"][0].Value != strconv.Itoa(got) {
			t.Errorf("%s: %d, want %d; the first claim says %s", c.note, got, c.want, r.Claims["services.web.port"][0].Value)
		}
	}
}

// A task of Django's that keeps running listens nowhere, whatever the framework's servers do.
func TestATaskHasNoPort(t *testing.T) {
	for command, want := range map[string]int{"python manage.py scheduler": 0, "newrelic-admin run-program python manage.py consume --all": 0, "python manage.py serve_api": 8000, "gunicorn a.wsgi": 8000, "bundle exec sidekiq -C a.yml": 0, "celery -A a worker": 0, "php artisan queue:work --tries=3": 0, "/usr/bin/php8.1 /srv/artisan queue:work": 0, "python -m celery -A a worker": 0, "php artisan octane:start": 8000, "bin/sidekiq-web": 8000} {
		r := &resolver{Resolution: Resolution{Claims: map[string][]Claim{
			"x.command": {{Evidence: scan.Evidence{Rank: scan.Declared}, Value: command}}, "x.port": {{Evidence: scan.Evidence{Rank: scan.Convention}, Value: "8000"}}}}}
		s := &service.Service{Framework: "django", Port: 8000, Command: strings.Fields(command)}
		if r.settlePort("x", s); s.Port != want {
			t.Errorf("%s: port %d, want %d", command, s.Port, want)
		}
	}
}

func TestPumaIsToldThePortOfAnother(t *testing.T) {
	for command, want := range map[string]string{"puma": "3208", "bundle exec puma -C config/puma.rb": "3208", "puma -p 3208": "", "rackup": ""} {
		r := resolve(t, says("dockerfile", scan.Finding{Service: service.Service{Command: strings.Fields(command), Build: &service.Build{Dockerfile: "Dockerfile"}}}), says("procfile", scan.Finding{Service: service.Service{Port: 3208}}))
		if got := r.App.Services["web"].Env["PORT"]; got != want {
			t.Errorf("%s: PORT is %q", command, got)
		}
	}
}
