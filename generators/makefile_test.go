package generators

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate"
	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// orders is a service with a worker, two environments and a bit of everything that the team-facing files show.
func orders() *service.App {
	return &service.App{
		Version: 1, Name: "orders", Owner: "squad-checkout", Image: "registry.example.com/orders",
		Services: map[string]*service.Service{
			"web": {Dir: ".", Language: "python", Version: "3.8", Framework: "flask", Command: []string{"gunicorn", "orders:create_app()"}, Port: 8000,
				Routes: []service.Route{{Host: "orders.example.com", Path: "/"}},
				Env:    map[string]string{"LOG_LEVEL": "info"}, Secrets: []string{"DATABASE_URL", "SECRET_KEY"}, Needs: []string{"db", "erp"}},
			"worker":  {From: "web", Command: []string{"celery", "-A", "orders.tasks", "worker"}, State: []string{"uploads"}},
			"nightly": {From: "web", Command: []string{"flask", "invoices"}, Schedule: "30 2 * * *", TimeZone: "Europe/Warsaw"},
			"migrate": {From: "web", Command: []string{"flask", "db", "upgrade"}, Release: true},
		},
		Needs: map[string]service.Need{"db": {Kind: "postgres", Version: "12", Port: 5432}, "erp": {Kind: "http", Port: 8443, TLS: true}},
		Environments: map[string]service.Environment{
			"staging": {Namespace: "orders-staging", Context: "staging", Hosts: map[string]string{"orders.example.com": "orders.staging.example.com"},
				Env:   map[string]string{"LOG_LEVEL": "debug"},
				Needs: map[string]service.Answer{"db": {Host: "db.staging.corp.example"}, "erp": {Inside: true}}},
			"production": {Namespace: "orders", Context: "production",
				Needs: map[string]service.Answer{"db": {Addresses: []string{"10.20.0.7"}, Port: 5433}, "erp": {Host: "erp.corp.example"}}},
		},
		Secrets: service.Secrets{Store: "gopass", Prefix: "orders"},
	}
}

// only is the text of the one file that a generator gives.
func only(t *testing.T, files []fileset.File, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 {
		t.Fatalf("%d files", len(files))
	}
	return string(files[0].Data)
}

func makefileText(t *testing.T, app *service.App) string {
	t.Helper()
	files, err := makefile(app)
	return only(t, files, err)
}

// runMake runs make in a directory of its own that holds the files. Arguments of the form A=b after "env" are environment.
func runMake(t *testing.T, files map[string]string, env []string, args ...string) (string, error) {
	t.Helper()
	bin, err := exec.LookPath("make")
	if err != nil {
		t.Skip("no make")
	}
	dir := t.TempDir()
	for name, text := range files {
		mode := os.FileMode(0o644)
		if strings.HasPrefix(text, "#!") {
			mode = 0o755
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(bin, args...)
	cmd.Dir = dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}, env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestRunLocalShowsWhatEnded: a release step that fails takes the whole start with it, and its log says why.
func TestRunLocalShowsWhatEnded(t *testing.T) {
	files := map[string]string{"Makefile": makefileText(t, orders()), "docker": `#!/bin/sh
case "$*" in
*" up "*) exit 255 ;;
*" ps --all --status exited --services") echo migrate ;;
*" logs --tail 20 migrate") echo 'migrate-1 | no such table' ;;
*) echo "unknown: $*" ;;
esac
`}
	out, err := runMake(t, files, []string{"PATH=.:" + os.Getenv("PATH")}, "-s", "run_local")
	if err == nil || !strings.Contains(out, "migrate-1 | no such table\n") || strings.Contains(out, "unknown") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestMakefileRunsEveryTarget(t *testing.T) {
	text := makefileText(t, orders())
	want := map[string]string{
		"run_local":          "docker compose --file compose.yaml up --build --detach --wait || \\\n  { docker compose --file compose.yaml logs --tail 20 $(docker compose --file compose.yaml ps --all --status exited --services); exit 1; }\n",
		"stop_local":         "docker compose --file compose.yaml down\n",
		"logs":               "docker compose --file compose.yaml logs --follow\n",
		"docker_build":       "docker build --tag \"registry.example.com/orders:7\" .\n",
		"docker_push":        "docker build --tag \"registry.example.com/orders:7\" .\ndocker push \"registry.example.com/orders:7\"\n",
		"kube_create_config": "migrate kube create-config --env \"staging\" --tag \"7\"\n",
		"kube_apply":         "migrate kube apply --env \"staging\" --tag \"7\"\n",
		"kube_diff":          "migrate kube diff --env \"staging\" --tag \"7\"\n",
		"kube_rollback":      "migrate kube rollback --env \"staging\"\n",
		"kube_switch":        "migrate kube switch --env \"staging\" --service \"\" --tag \"7\"\n",
		"kube_canary":        "migrate kube canary --env \"staging\" --service \"\" --tag \"7\" --percent \"10\"\n",
		"kube_deploy":        "migrate kube deploy --env \"staging\" --tag \"7\"\n",
		"kube_status":        "migrate kube status --env \"staging\"\n",
		"kube_scale":         "migrate kube scale --env \"staging\" \"=\"\n", // which says what it wants
		"kube_destroy":       "migrate kube destroy --env \"staging\"\n",
		"smoke_test":         "migrate smoke smoke --target \"127.0.0.1:8000\"\n",
		"perf_test":          "migrate perf --target \"127.0.0.1:8000\"\n",
		"secrets_check":      "migrate secrets check --env \"staging\"\n",
		"migrate_check":      "migrate generate --check\n",
	}
	for target, lines := range want {
		out, err := runMake(t, map[string]string{"Makefile": text}, nil, "-n", "--warn-undefined-variables", target, "TAG=7")
		if err != nil || out != lines {
			t.Errorf("%s: %v\n%s", target, err, out)
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^([a-z_]+):`).FindAllStringSubmatch(text, -1) {
		if _, ok := want[m[1]]; !ok && m[1] != "help" {
			t.Errorf("%s is not tried", m[1])
		}
	}
}

func TestMakefileKnobs(t *testing.T) {
	files := map[string]string{"Makefile": makefileText(t, orders())}
	for _, tc := range []struct {
		env, args []string
	}{
		{[]string{"ENV=production", "TAG=7"}, []string{"-n", "kube_apply"}},
		{nil, []string{"-n", "kube_apply", "ENV=production", "TAG=7"}},
	} {
		if out, err := runMake(t, files, tc.env, tc.args...); err != nil || out != "migrate kube apply --env \"production\" --tag \"7\"\n" {
			t.Errorf("%v %v: %v\n%s", tc.env, tc.args, err, out)
		}
	}
	files["Makefile.local"] = "ENV ?= production\n"
	if out, _ := runMake(t, files, nil, "-n", "kube_status"); !strings.Contains(out, `"production"`) {
		t.Errorf("Makefile.local: %s", out)
	}
	if out, _ := runMake(t, files, []string{"ENV=staging"}, "-n", "kube_status"); !strings.Contains(out, `"staging"`) {
		t.Errorf("the environment is stronger than Makefile.local: %s", out)
	}
	delete(files, "Makefile.local")
	if out, err := runMake(t, files, nil, "-n", "kube_switch", "END=back", "SERVICE=web"); err != nil || out != "migrate kube switch --env \"staging\" --service \"web\" \"--back\"\n" {
		t.Errorf("an end: %v\n%s", err, out)
	}
	if out, err := runMake(t, files, nil, "-n", "docker_push"); err != nil || !strings.Contains(out, "orders:dev") {
		t.Errorf("without git: %v\n%s", err, out)
	}
}

func TestMakeHelp(t *testing.T) {
	out, err := runMake(t, map[string]string{"Makefile": makefileText(t, orders())}, []string{"TARGET_URL=api.example.com/users", "TAG=7"})
	if err != nil {
		t.Fatal(err)
	}
	want := `
Run it here
  run_local            Start the service and all it needs, http://127.0.0.1:8000
  stop_local           Stop it; data stays (docker compose down --volumes forgets it)
  logs                 Follow the logs

Ship it
  docker_build         Build the image
  docker_push          Push the image

Kubernetes, ENV=production|staging
  kube_create_config   Render build/kube/ENV.yaml; holds no secret value
  kube_diff            What would kube_apply change?
  kube_apply           Apply everything, secrets included; wait until it runs or say why not
  kube_deploy          Ship only a new image (what CI does)
  kube_rollback        Bring back what ran before, configuration and secrets with it
  kube_switch          All requests to a new image at once; END=back or END=finish
  kube_canary          PERCENT of the requests to a new image; END=back or END=finish
  kube_status          What runs, since when, how it is
  kube_scale           Another number of pods: make kube_scale SERVICE=web PODS=3
  kube_destroy         Delete what was applied; asks for the name of the namespace

Check it
  smoke_test           Check a running service: TARGET_URL=orders.staging.example.com make smoke_test
  perf_test            Put load on it: TARGET_URL=orders.staging.example.com make perf_test
  secrets_check        Is every key of ENV in gopass?
  migrate_check        Do the files still follow migrate.yaml?

Help
  help                 This list, and what the knobs are set to

Knobs
  ENV                  staging
  TAG                  7
  IMAGE                registry.example.com/orders
  TARGET_URL           api.example.com/users
  SECRETS_FROM         
  MIGRATE              migrate
`
	if out != want {
		t.Errorf("got\n%s", out)
	}
}

// What GNU Make 3.81, a POSIX shell or BSD tools do not know, and what hides logic in the Makefile.
func TestMakefileIsPortable(t *testing.T) {
	for _, no := range []string{".ONESHELL", ".SHELLFLAGS", ".RECIPEPREFIX", "$(file", "pipefail", "sed -i", "!=", "::=", "&:", "[[", "echo -e", "$(eval", "define ", "--password"} {
		if strings.Contains(migrate.Makefile, no) {
			t.Errorf("Makefile.tmpl has %s", no)
		}
	}
	for n, line := range strings.Split(makefileText(t, orders()), "\n") {
		if strings.HasSuffix(line, " ") || strings.HasPrefix(line, " ") {
			t.Errorf("line %d: space at an end: %q", n+1, line)
		}
		if len(line) > 140 {
			t.Errorf("line %d has %d characters", n+1, len(line))
		}
	}
}

func TestMakefileOfSeveralImages(t *testing.T) {
	app := orders()
	app.Services = map[string]*service.Service{
		"api":   {Dir: "api", Port: 9000, Build: &service.Build{Dockerfile: "docker/Dockerfile.prod"}},
		"front": {Dir: "it's $HOME/a dir", Build: &service.Build{Dockerfile: "./Dockerfile"}},
		"odd":   {Dir: "-rf"},
		"stage": {Dir: "s", Build: &service.Build{Dockerfile: "Dockerfile", Target: "server", Args: map[string]string{"B": "two $words", "A": "1"}}},
		"work":  {From: "api"},
	}
	out, err := runMake(t, map[string]string{"Makefile": makefileText(t, app)}, nil, "-n", "docker_push", "TAG=7")
	want := `docker build --tag "registry.example.com/orders-api:7" --file api/docker/Dockerfile.prod api
docker build --tag "registry.example.com/orders-front:7" 'it'\''s $HOME/a dir'
docker build --tag "registry.example.com/orders-odd:7" ./-rf
docker build --tag "registry.example.com/orders-stage:7" --target server --build-arg A=1 --build-arg 'B=two $words' s
docker push "registry.example.com/orders-api:7"
docker push "registry.example.com/orders-front:7"
docker push "registry.example.com/orders-odd:7"
docker push "registry.example.com/orders-stage:7"
`
	if err != nil || out != want {
		t.Errorf("%v\n%s", err, out)
	}
	if out, _ := runMake(t, map[string]string{"Makefile": makefileText(t, app)}, nil, "-n", "smoke_test"); !strings.Contains(out, `"127.0.0.1:9000"`) {
		t.Errorf("got %s", out)
	}
}

func TestMakefileRefusesWhatItCannotHold(t *testing.T) {
	for name, change := range map[string]func(*service.App){
		"image":       func(a *service.App) { a.Image = "x`id`" },
		"expansion":   func(a *service.App) { a.Image = "$(shell id)" },
		"environment": func(a *service.App) { a.Environments["a b"] = service.Environment{} },
		"directory":   func(a *service.App) { a.Services["web"].Dir = "a\nb" },
	} {
		app := orders()
		change(app)
		if _, err := makefile(app); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestMakefileWithoutHTTP(t *testing.T) {
	app := orders()
	app.Services["web"].Port = 0
	text := makefileText(t, app)
	if strings.Contains(text, "smoke_test") || strings.Contains(text, "TARGET_URL") || strings.Contains(text, "perf_test") {
		t.Errorf("nothing serves HTTP, and yet\n%s", text)
	}
	if out, err := runMake(t, map[string]string{"Makefile": text}, nil, "help"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestDefaultEnvironment(t *testing.T) {
	for want, names := range map[string][]string{
		"staging": {"production", "staging", "dev"}, "dev": {"acme", "dev", "production"}, "acme": {"production", "acme"}, "production": {"production"},
	} {
		app := orders()
		app.Environments = map[string]service.Environment{}
		for _, n := range names {
			app.Environments[n] = service.Environment{}
		}
		if got := defaultEnvironment(app); got != want {
			t.Errorf("%v: %s", names, got)
		}
	}
}
