package service_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

const shop = `# yaml-language-server: $schema=.migrate/migrate.schema.json
version: 1
name: shop
owner: squad-checkout # CODEOWNERS:1
image: registry.example.com/shop
services:
  web:
    dir: .
    language: python # requirements.txt:1
    version: "3.8" # runtime.txt:1
    command: [gunicorn, shop.wsgi, --bind, "0.0.0.0:8000"] # Procfile:1
    port: 8000
    routes: [{host: shop.example.com, path: /}]
    health: {live: /healthz, ready: /readyz}
    env:
      LOG_LEVEL: info
    secrets: [SECRET_KEY, DATABASE_URL]
    needs: [db, erp]
  # the nightly report
  nightly: {from: web, command: [python, manage.py, report], schedule: "0 3 * * *"}
needs:
  db: {kind: postgres, version: "12", port: 5432}
  erp: {kind: http, port: 8443, tls: true}
environments:
  staging:
    namespace: shop-staging
    context: staging
    needs: {db: {inside: true}, erp: {addresses: [10.2.3.4]}}
secrets: {store: gopass, prefix: shop}
`

func TestLoadReportsEverythingAtOnce(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"unknown key", "    port: 8000", "    prot: 8000", "migrate.yaml:12: services.web.prot: unknown key; did you mean port?"},
		{"unknown need key", "{inside: true}", "{insied: true}", "migrate.yaml:28: environments.staging.needs.db.insied: unknown key; did you mean inside?"},
		{"check of nothing", "secrets: {store: gopass, prefix: shop}", "checks:\n  load: {was: nagios Load}", "migrate.yaml:30: checks.load: has to say what takes its place: exactly one of smoke, alert, script, probe and none (a reason)"},
		{"check of two", "secrets: {store: gopass, prefix: shop}", "checks:\n  l: {was: nagios L, service: wbe, smoke: {tcp: ':80', status: [200]}}", "migrate.yaml:30: checks.l.service: there is no service wbe; did you mean web?\nmigrate.yaml:30: checks.l.smoke: headers, body, follow, status, contains, matches and within belong to a request"},
		{"type", "port: 8000", "port: many", "migrate.yaml:12: cannot unmarshal text `many` where a number belongs"},
		{"twice", "name: shop", "name: shop\nname: other", "migrate.yaml:4: name: is there twice, first on line 3"},
		{"syntax", "version: 1", "version: [1", "migrate.yaml:2: did not find expected ',' or ']'"},
		{"version", "version: 1", "version: 7", "migrate.yaml:2: version: is 7, and this toolkit knows version 1"},
		{"from nothing", "from: web", "from: wbe", "migrate.yaml:20: services.nightly.from: there is no service wbe"},
		{"undeclared need", "needs: [db, erp]", "needs: [db, epr]", "migrate.yaml:18: services.web.needs.1: there is no need epr; did you mean erp?"},
		{"no answer", "needs: {db: {inside: true}, erp: {addresses: [10.2.3.4]}}", "needs: {db: {inside: true}}",
			"migrate.yaml:28: environments.staging.needs.erp: has no answer: say {host: NAME}, {addresses: [IP]} or {inside: true}"},
		{"two answers", "{inside: true}", "{inside: true, host: db1.corp.example}", "environments.staging.needs.db: has to have exactly one of host, addresses and inside"},
		{"address as host", "{inside: true}", "{host: 10.1.1.1}", "environments.staging.needs.db.host: 10.1.1.1 is an address; say addresses: [10.1.1.1]"},
		{"two environments in one place", "  staging:\n", "  qa: {namespace: shop-staging, context: staging, needs: {db: {inside: true}, erp: {addresses: [10.2.3.4]}}}\n  staging:\n",
			`environments.staging.namespace: shop-staging in context "staging" is also the place of qa`},
		{"an environment in the failover of another", "  staging:\n",
			"  qa: {namespace: shop-staging, context: qa, failover: staging, needs: {db: {inside: true}, erp: {addresses: [10.2.3.4]}}}\n  staging:\n", "is also the place of qa"},
		{"exposed nothing", "    context: staging\n", "    context: staging\n    expose: {wbe: {nodePort: 30080}}\n", "migrate.yaml:28: environments.staging.expose.wbe: there is no service wbe; did you mean web?"},
		{"exposed job", "    context: staging\n", "    context: staging\n    expose: {nightly: {nodePort: 30080}}\n", "environments.staging.expose.nightly: nightly serves at no port"},
		{"exposed twice", "    context: staging\n", "    context: staging\n    expose: {web: {nodePort: 30080, balancer: true}}\n", "environments.staging.expose.web: has to have exactly one of nodePort and balancer"},
		{"port of no node", "    context: staging\n", "    context: staging\n    expose: {web: {nodePort: 70000}}\n", "environments.staging.expose.web.nodePort: 70000"},
		{"one port of the nodes for two", "  staging:\n    namespace: shop-staging\n    context: staging\n", "  qa: {namespace: shop-qa, context: staging, expose: {web: {nodePort: 30080}}, needs: {db: {inside: true}, erp: {addresses: [10.2.3.4]}}}\n  staging:\n    namespace: shop-staging\n    context: staging\n    expose: {web: {nodePort: 30080}}\n",
			"environments.staging.expose.web.nodePort: 30080 of the same nodes is that of web in qa"},
		{"loopback", "10.2.3.4", "127.0.0.1", "environments.staging.needs.erp.addresses.0: 127.0.0.1 can't be reached from a pod"},
		{"schedule", "0 3 * * *", "0 25 * * *", `migrate.yaml:20: services.nightly.schedule: "0 25 * * *": "25" is no hour`},
		{"image tag", "registry.example.com/shop\n", "registry.example.com/shop:1.2\n", "migrate.yaml:5: image:"},
		{"secret in clear", "LOG_LEVEL: info", "SECRET_KEY: hunter2", "services.web.secrets.0: SECRET_KEY is also plain configuration under env; keep one of them"},
		{"dir outside", "dir: .", "dir: ../x", `migrate.yaml:8: services.web.dir: "../x" is outside the repository`},
		{"a stage of no Dockerfile", "dir: .", "dir: .\n    build: {target: web}", `services.web.build: target and args are for the team's own Dockerfile`},
		{"a stage", "dir: .", "dir: .\n    build: {dockerfile: Dockerfile, target: -web}", `services.web.build.target: "-web" is no name of a stage`},
		{"a build argument", "dir: .", "dir: .\n    build: {dockerfile: Dockerfile, args: {\"A B\": x}}", `a build argument has the name of a variable`},
		{"init outside", "db: {kind: postgres", "db: {init: [../db.sql], kind: postgres", `needs.db.init.0: "../db.sql" is no path in the repository`},
		{"name", "name: shop", "name: Shop_1", `migrate.yaml:3: name: "Shop_1" is no DNS label`},
		{"file elsewhere", "dir: .", "dir: .\n    files: {/etc/shop/a.ini: ops/a.ini}", `services.web.files./etc/shop/a.ini: "ops/a.ini" is no file below kube/base/files/`},
		{"file nowhere", "dir: .", "dir: .\n    files: {../a.ini: kube/base/files/a.ini}", `"../a.ini" is no path of a file in the container`},
		{"two files of one name", "dir: .", "dir: .\n    files: {/a: kube/base/files/a, /b: kube/base/files/b/a}", "kube/base/files/a and kube/base/files/b/a have the same name in one ConfigMap"},
		{"file of no ConfigMap", "dir: .", "dir: .\n    files: {/a: kube/base/files/ä}", "a ConfigMap allows letters"},
		{"file of an environment alone", "    namespace: shop-staging", "    namespace: shop-staging\n    files: {/a: kube/overlays/staging/files/a}", "no service has this file under its files"},
		{"empty service", "  # the nightly report", "  batch:", "migrate.yaml:19: services.batch: is empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(shop, c.from, c.to, 1)
			if text == shop {
				t.Fatalf("%q is not in the file", c.from)
			}
			_, err := service.Load("migrate.yaml", []byte(text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
	broken := strings.NewReplacer("prot", "x", "port: 8000", "prot: 8000", "owner:", "onwer:").Replace(shop)
	_, err := service.Load("migrate.yaml", []byte(broken))
	if err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("two mistakes are two lines, got: %v", err)
	}
}

func TestFormatLoadsBack(t *testing.T) {
	app, err := service.Load("migrate.yaml", []byte(shop))
	if err != nil {
		t.Fatal(err)
	}
	text, err := service.Format(app, func(field string) string {
		return map[string]string{"services.web.port": "Procfile:1", "services.web.secrets": "settings.py:3", "needs.db": "settings.py:9"}[field]
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"port: 8000 # Procfile:1\n", "secrets: [SECRET_KEY, DATABASE_URL] # settings.py:3\n", "db: {kind: postgres, version: \"12\", port: 5432} # settings.py:9\n"} {
		if !strings.Contains(string(text), line) {
			t.Errorf("no line %q in\n%s", line, text)
		}
	}
	back, err := service.Load("migrate.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(app, back) {
		t.Errorf("lost something:\n%s", text)
	}
}

// Comments name files, whose names may hold anything.
func TestCommentsHoldNoControlCharacters(t *testing.T) {
	app := &service.App{Version: 1, Name: "shop", Image: "registry.example.com/shop", Services: map[string]*service.Service{"web": {Command: []string{"x\x1b[2J\n\ty"}}}}
	text, err := service.Format(app, func(string) string { return "a\x1b[2J\nb\u0085c\ufeffd\xff日本 \"x\":1" })
	if err != nil {
		t.Fatal(err)
	}
	if want := `# a\x1b[2J\nb\u0085c\ufeffd\ufffd日本 "x":1`; !strings.Contains(string(text), want) && !strings.Contains(string(text), strings.ReplaceAll(want, `\ufffd`, "\ufffd")) {
		t.Errorf("got\n%s", text)
	}
	loaded, err := service.Load(service.FileName, text)
	if err != nil || loaded.Services["web"].Command[0] != app.Services["web"].Command[0] {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestUpdateKeepsTheTeamsText(t *testing.T) {
	app, err := service.Load("migrate.yaml", []byte(shop))
	if err != nil {
		t.Fatal(err)
	}
	same, err := service.Update([]byte(shop), app)
	if err != nil || string(same) != shop {
		t.Fatalf("nothing changed, and yet (%v):\n%s", err, same)
	}
	app.Services["web"].Port = 9000
	app.Services["web"].Env["TZ"] = "UTC"
	app.Services["batch"] = &service.Service{From: "web", Command: []string{"true"}}
	got, err := service.Update([]byte(shop), app)
	if err != nil {
		t.Fatal(err)
	}
	for _, keep := range []string{"owner: squad-checkout # CODEOWNERS:1", "# Procfile:1", "# the nightly report\n  nightly: {from: web", "port: 9000", "TZ: UTC", "batch:"} {
		if !strings.Contains(string(got), keep) {
			t.Errorf("no %q in\n%s", keep, got)
		}
	}
	if strings.Index(string(got), "nightly:") > strings.Index(string(got), "batch:") {
		t.Errorf("new keys go to the end:\n%s", got)
	}
	back, err := service.Load("migrate.yaml", got)
	if err != nil || !reflect.DeepEqual(app, back) {
		t.Errorf("%v, lost something:\n%s", err, got)
	}
}

func TestEffective(t *testing.T) {
	app, err := service.Load("migrate.yaml", []byte(shop))
	if err != nil {
		t.Fatal(err)
	}
	app.Services["nightly"].Env = map[string]string{"LOG_LEVEL": "debug"}
	s := app.Effective("nightly")
	if s.Language != "python" || s.Env["LOG_LEVEL"] != "debug" || len(s.Needs) != 2 || len(s.Secrets) != 2 {
		t.Errorf("not taken over: %+v", s)
	}
	if s.Port != 0 || s.Health != nil || s.Routes != nil {
		t.Errorf("belongs to web only: %+v", s)
	}
	if app.Services["web"].Env["LOG_LEVEL"] != "info" {
		t.Error("the base was changed")
	}
}

func TestServicesOfOneImage(t *testing.T) {
	app, err := service.Load("migrate.yaml", []byte(shop))
	if err != nil {
		t.Fatal(err)
	}
	live := &service.Service{Language: "node", Command: []string{"node", "live.js"}, Port: 4000, Build: &service.Build{From: "web"}}
	app.Services["live"] = live
	if s := app.Effective("live"); s.Language != "node" || s.Version != "" || s.Env["LOG_LEVEL"] != "info" || len(s.Secrets) != 2 || s.Port != 4000 {
		t.Errorf("got %+v", s)
	}
	if app.ImageName("live") != app.ImageName("web") || app.ConfigName("live") != app.ConfigName("web") || len(app.Bases()) != 1 {
		t.Errorf("%s has %s, the services with images are %v", "live", app.ImageName("live"), app.Bases())
	}
	if err := app.Validate(); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(){
		"there is no service gone":   func() { live.Build.From = "gone" },
		"has no image of its own":    func() { live.Build.From = "nightly" },
		"keep one of them":           func() { live.From = "web" },
		"leave out from or the rest": func() { live.Build.Dockerfile = "Dockerfile" },
	} {
		change()
		if err := app.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
		*live = service.Service{Command: []string{"node", "live.js"}, Build: &service.Build{From: "web"}}
	}
}

func TestDockerfileOutsideOfItsDirectory(t *testing.T) {
	for context, wrong := range map[string]string{".": "", "web": "is outside what the image is built from", "": "is outside what the image is built from"} {
		app, err := service.Load("migrate.yaml", []byte(shop))
		if err != nil {
			t.Fatal(err)
		}
		web := app.Services["web"]
		web.Dir, web.Build = "web", &service.Build{Dockerfile: "../docker/Dockerfile.web", Context: context}
		if err := app.Validate(); (err == nil) != (wrong == "") || err != nil && !strings.Contains(err.Error(), wrong) {
			t.Errorf("built from %q: want %q, got %v", context, wrong, err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(shop))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("services: {web: null}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		app, err := service.Load("migrate.yaml", data)
		if err != nil {
			return
		}
		text, err := service.Format(app, nil)
		if err != nil {
			t.Fatal(err)
		}
		back, err := service.Load("migrate.yaml", text)
		if err != nil {
			t.Fatalf("%v in what Format wrote:\n%s", err, text)
		}
		again, _ := service.Format(back, nil)
		if string(again) != string(text) {
			t.Fatalf("not stable:\n%s\n%s", text, again)
		}
	})
}

func TestNothingIsKnown(t *testing.T) {
	if got := service.DidYouMean("db", map[string]int{}); got != "" {
		t.Errorf("%q", got)
	}
}
