package generators

import (
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

func readmeText(t *testing.T, app *service.App) string {
	t.Helper()
	files, err := readme(app)
	return only(t, files, err)
}

func TestReadmeOfOrders(t *testing.T) {
	want := "## Run, deploy and check orders\n" + `
Written by migrate from ~migrate.yaml~; squad-checkout answers for it. ~make help~ lists every target.

| service | runs | when | port |
|---|---|---|---|
| web | ~gunicorn 'orders:create_app()'~ | always | 8000 |
| migrate | ~flask db upgrade~ | to its end, before each rollout |  |
| nightly | ~flask invoices~ | ~30 2 * * *~ Europe/Warsaw |  |
| worker | ~celery -A orders.tasks worker~ | always |  |

### Run it here

With Docker; what orders calls is started beside it, under the names that it has in every environment:

~~~sh
make run_local  # http://127.0.0.1:8000
make logs
make stop_local
~~~

### Deploy it

~~~sh
make docker_push
ENV=staging make kube_create_config  # look at build/kube/staging.yaml; it holds no secret value
ENV=staging make kube_apply          # everything, secrets included
ENV=staging make kube_deploy         # only a new image: what CI does
ENV=staging make kube_status
~~~

| environment | namespace | context | reached at |
|---|---|---|---|
| production | orders | production | orders.example.com |
| staging | orders-staging | staging | orders.staging.example.com |

What orders calls, and what answers:

| name | what it is | production | staging |
|---|---|---|---|
| ~db:5432~ | postgres 12 | 10.20.0.7, port 5433 | db.staging.corp.example |
| ~erp:8443~ | http, TLS | erp.corp.example | a workload of its own |

~~~mermaid
flowchart LR
  subgraph cluster["Kubernetes, production"]
    service_web["web<br>migrate<br>nightly<br>worker"]
  end
  subgraph behind["stays where it is"]
    need_db[("db<br>postgres 12<br>10.20.0.7")]
    need_erp[("erp<br>http<br>erp.corp.example")]
  end
  route_web(["orders.example.com"]) --> service_web
  service_web --> need_db
  service_web --> need_erp
~~~

The pods reach the ports of what the service needs and the Internet by http and https, nothing else. Narrow
it under ~egress~ in ~kube/base/network-policy.yaml~: a later run keeps your edit.

Back to the release before, with nothing but kubectl:

~~~sh
kubectl --context staging --namespace orders-staging rollout undo deployment/web
kubectl --context staging --namespace orders-staging rollout undo deployment/worker
~~~

### Check it

~~~sh
make smoke_test                                        # what run_local started
TARGET_URL=orders.staging.example.com make smoke_test  # staging
TARGET_URL=orders.example.com make smoke_test          # production
make perf_test                                         # put load on it
ENV=staging make secrets_check                         # is every secret in gopass?
make migrate_check                                     # do the files still follow migrate.yaml?
~~~

### Configuration

| variable | value | used by |
|---|---|---|
| ~DATABASE_URL~ | **secret** | all |
| ~LOG_LEVEL~ | ~info~; staging: ~debug~ | all |
| ~SECRET_KEY~ | **secret** | all |

Secrets are in gopass, at ~orders/ENV/web/VARIABLE~; what services share at ~orders/ENV/common/VARIABLE~, what environments share too at ~orders/common/VARIABLE~. migrate never writes their values to a file.

### What it keeps on disk

A pod's disk is gone when the pod is, and so is what kube/base gives each of these, an ~emptyDir~. Put a PersistentVolumeClaim in
its place, or the data into a better one, such as an object store or a database:

- ~uploads~ (worker)
`
	want = strings.ReplaceAll(want, "~", "`")
	got := readmeText(t, orders())
	for i, line := range strings.Split(got, "\n") {
		if lines := strings.Split(want, "\n"); i >= len(lines) || line != lines[i] {
			t.Fatalf("line %d: %q\n%s", i+1, line, got)
		}
	}
	if got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestReadmeOfLittle(t *testing.T) {
	app := &service.App{Name: "job", Image: "job", Services: map[string]*service.Service{"job": {Dir: "."}}}
	want := "## Run, deploy and check job\n" + `
Written by migrate from ~migrate.yaml~; nobody answers for it yet: set ~owner~ there. ~make help~ lists every target.

| service | runs | when |
|---|---|---|
| job | what its image says | always |

### Run it here

With Docker:

~~~sh
make run_local
make logs
make stop_local
~~~

### Check it

~~~sh
make migrate_check  # do the files still follow migrate.yaml?
~~~
`
	if got := readmeText(t, app); got != strings.ReplaceAll(want, "~", "`") {
		t.Errorf("got\n%s", got)
	}
}

func TestReadmeTellsValuesApart(t *testing.T) {
	app := orders()
	app.Services["worker"].Env = map[string]string{"LOG_LEVEL": "warn|err", "TICK": "`a`\nb"}
	app.Services["worker"].Secrets = []string{"BROKER_URL"}
	app.Environments["production"] = service.Environment{Env: map[string]string{"ONLY": ""},
		Needs: map[string]service.Answer{"db": {Host: "db.production.invalid"}}}
	got := readmeText(t, app)
	for _, row := range []string{
		"| `BROKER_URL` | **secret** | worker |",
		"| `LOG_LEVEL` | web: `info`; migrate: `info`; nightly: `info`; worker: `warn\\|err`; staging: `debug` | all |",
		"| `TICK` | `` `a` b `` | worker |",
		"| `ONLY` | production: (empty) | all |",
		"| `db:5432` | postgres 12 | nothing yet | db.staging.corp.example |",
	} {
		if !strings.Contains(got, row+"\n") {
			t.Errorf("no row %s in\n%s", row, got)
		}
	}
}

// Nothing in the model can end the section early or break a table.
func FuzzReadme(f *testing.F) {
	f.Add("<!-- migrate:end -->")
	f.Add("a|b\n<!-- migrate:end -->\n```\n# x")
	f.Fuzz(func(t *testing.T, s string) {
		app := orders()
		app.Name, app.Owner = s, s
		app.Services["web"].Command = []string{s}
		app.Services["web"].State = []string{s}
		app.Services["web"].Env = map[string]string{"X": s}
		app.Services["web"].Secrets = []string{s}
		app.Needs["db"] = service.Need{Kind: s, Version: s}
		files, err := readme(app)
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		for _, line := range strings.Split(string(files[0].Data), "\n") {
			if mark := strings.TrimSpace(line); mark == "<!-- migrate:end -->" || mark == "<!-- migrate:begin -->" {
				t.Fatalf("%q makes a mark", s)
			}
			if strings.HasPrefix(line, "|") {
				rows++
			}
		}
		if rows != 6+4+4+5 && s != "LOG_LEVEL" && s != "X" {
			t.Fatalf("%q: %d rows\n%s", s, rows, files[0].Data)
		}
	})
}
