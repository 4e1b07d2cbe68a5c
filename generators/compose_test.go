package generators

import (
	"context"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// loadCompose reads the generated file as docker compose does, with all profiles on and no variable set.
func loadCompose(t *testing.T, app *service.App) (*types.Project, string) {
	t.Helper()
	files, err := composeFiles(app)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 || files[0].Path != "compose.yaml" {
		t.Fatalf("files %v, want compose.yaml alone", files)
	}
	text := string(files[0].Data)
	project, err := loader.LoadWithContext(context.Background(), types.ConfigDetails{
		WorkingDir:  "/repo",
		ConfigFiles: []types.ConfigFile{{Filename: "compose.yaml", Content: files[0].Data}},
		Environment: types.Mapping{},
	}, func(o *loader.Options) { o.Profiles = []string{"*"} })
	if err != nil {
		t.Fatalf("compose refuses the file: %v\n%s", err, text)
	}
	return project, text
}

func shop() *service.App {
	return &service.App{
		Version: 1, Name: "old-shop", Image: "registry.example.com/old-shop",
		Services: map[string]*service.Service{
			"web": {
				Dir: ".", Language: "python", Version: "3.8", Framework: "django", Command: []string{"gunicorn", "shop.wsgi"},
				Port: 8000, Health: &service.Health{Live: "/live", Ready: "/ready"}, Routes: []service.Route{{Host: "shop.example.com"}},
				Env: map[string]string{"LOG_LEVEL": "info"}, Secrets: []string{"SECRET_KEY", "DATABASE_URL"},
				Needs: []string{"db", "queue", "erp"}, State: []string{"media"},
			},
			"worker":  {From: "web", Command: []string{"celery", "worker"}},
			"mailer":  {From: "web", Command: []string{"mailer"}, Env: map[string]string{"SENDER": "a@b"}},
			"migrate": {From: "web", Command: []string{"python", "manage.py", "migrate"}, Release: true},
			"nightly": {From: "web", Command: []string{"python", "manage.py", "report"}, Schedule: "0 3 * * *"},
		},
		Needs: map[string]service.Need{
			"db": {Kind: "postgres", Version: "12"}, "queue": {Kind: "rabbitmq"}, "erp": {Kind: "http", Port: 8443},
		},
	}
}

func TestComposeRunsEveryProcess(t *testing.T) {
	p, text := loadCompose(t, shop())
	if p.Name != "old-shop" {
		t.Errorf("project %q", p.Name)
	}
	var names []string
	for name := range p.Services {
		names = append(names, name)
	}
	sort.Strings(names)
	if want := []string{"db", "mailer", "migrate", "nightly", "queue", "web", "worker"}; !reflect.DeepEqual(names, want) {
		t.Fatalf("services %v, want %v", names, want)
	}
	web, worker := p.Services["web"], p.Services["worker"]
	if web.Command != nil || !reflect.DeepEqual([]string(worker.Command), []string{"celery", "worker"}) {
		t.Errorf("commands %v and %v: the base's is in its image, the worker's is its own", web.Command, worker.Command)
	}
	if len(web.Ports) != 1 || web.Ports[0].HostIP != "127.0.0.1" || web.Ports[0].Published != "8000" || web.Ports[0].Target != 8000 {
		t.Errorf("ports %v", web.Ports)
	}
	if !reflect.DeepEqual(web.Environment, worker.Environment) || *web.Environment["DATABASE_URL"] != "postgresql://old_shop:local@db:5432/old_shop" {
		t.Errorf("environment of web %v, of the worker %v", web.Environment, worker.Environment)
	}
	if mailer := p.Services["mailer"].Environment; *mailer["SENDER"] != "a@b" || *mailer["LOG_LEVEL"] != "info" {
		t.Errorf("the mailer's environment is %v, want the base's and its own", mailer)
	}
	if !reflect.DeepEqual(p.Services["nightly"].Profiles, []string{"jobs"}) || len(web.Profiles) != 0 {
		t.Error("only the scheduled job belongs to a profile")
	}
	if !strings.Contains(text, "# Nothing answers here for erp (http)") {
		t.Errorf("nothing is said about erp:\n%s", text)
	}
	for _, s := range []types.ServiceConfig{web, worker} {
		if len(s.Volumes) != 1 || s.Volumes[0].Source != "web-media" || s.Volumes[0].Target != "/app/media" {
			t.Errorf("volumes %v: the processes share the directory of state", s.Volumes)
		}
	}
}

func TestComposeWaits(t *testing.T) {
	p, _ := loadCompose(t, shop())
	healthy, done := "service_healthy", "service_completed_successfully"
	for name, want := range map[string]map[string]string{
		"web":     {"db": healthy, "queue": healthy, "migrate": done},
		"worker":  {"db": healthy, "queue": healthy, "migrate": done},
		"nightly": {"db": healthy, "queue": healthy, "migrate": done},
		"migrate": {"db": healthy, "queue": healthy},
	} {
		got := map[string]string{}
		for on, d := range p.Services[name].DependsOn {
			got[on] = d.Condition
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s waits for %v, want %v", name, got, want)
		}
	}
	for _, name := range []string{"db", "queue", "web"} {
		if h := p.Services[name].HealthCheck; h == nil || len(h.Test) < 2 {
			t.Errorf("%s has no healthcheck to wait for", name)
		}
	}
	if test := strings.Join(p.Services["web"].HealthCheck.Test, " "); !strings.Contains(test, "http://127.0.0.1:8000/ready") || !strings.Contains(test, "shop.example.com") {
		t.Errorf("the check %q does not ask /ready as the route's host", test)
	}
	if p.Services["worker"].HealthCheck != nil {
		t.Error("a worker without a port has nothing to ask")
	}
}

func TestComposeSeveralBases(t *testing.T) {
	app := shop()
	app.Services["api"] = &service.Service{Dir: "services/api", Language: "go", Port: 8000, Secrets: []string{"DB_PASSWORD"}, Needs: []string{"db"}}
	app.Services["own"] = &service.Service{Dir: "own", Language: "ruby", Build: &service.Build{Dockerfile: "docker/prod"}, Command: []string{"puma"}, Port: 8001}
	app.Services["own-worker"] = &service.Service{From: "own", Command: []string{"sidekiq"}}
	app.Services["wrapped"] = &service.Service{Dir: "wrapped", Language: "ruby", Build: &service.Build{Dockerfile: "Dockerfile", Wraps: true}, Command: []string{"puma"}}
	app.Services["stage"] = &service.Service{Dir: "stage", Language: "ruby", Build: &service.Build{Dockerfile: "Dockerfile", Target: "server", Args: map[string]string{"RUBY": "a $b"}}, Command: []string{"puma"}}
	app.Services["odd"] = &service.Service{Dir: "odd", Language: "cobol"}
	p, text := loadCompose(t, app)
	if got := p.Services["api"].Build.Context; !strings.HasSuffix(got, "services/api") {
		t.Errorf("the api builds in %q", got)
	}
	if own := p.Services["own"]; own.Build.Dockerfile != "docker/prod" || !slices.Equal(own.Entrypoint, []string{"puma"}) || len(own.Command) > 0 {
		t.Errorf("own: %v %v, want the team's Dockerfile and the command of the model in place of its ENTRYPOINT", own.Build, own.Entrypoint)
	}
	if s := p.Services["own-worker"]; !slices.Equal(s.Entrypoint, []string{"sidekiq"}) {
		t.Errorf("a process would be handed to the ENTRYPOINT of the team's image: %v %v", s.Entrypoint, s.Command)
	}
	if s := p.Services["wrapped"]; !slices.Equal(s.Command, []string{"puma"}) || len(s.Entrypoint) > 0 {
		t.Errorf("the ENTRYPOINT that runs what it is given was replaced: %v %v", s.Entrypoint, s.Command)
	}
	if b := p.Services["stage"].Build; b.Target != "server" || b.Args["RUBY"] == nil || *b.Args["RUBY"] != "a $b" {
		t.Errorf("stage: %+v", b)
	}
	ports := map[string]string{}
	for _, s := range p.Services {
		for _, port := range s.Ports {
			if other := ports[port.Published]; other != "" {
				t.Errorf("%s and %s both want port %s", other, s.Name, port.Published)
			}
			ports[port.Published] = s.Name
		}
	}
	if ports["8000"] != app.Front() {
		t.Errorf("8000 leads to %s, TARGET_URL means %s", ports["8000"], app.Front())
	}
	for _, want := range []string{"no Dockerfile is generated for cobol", "another service has 8000"} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing says %q:\n%s", want, text)
		}
	}
}

func TestComposeNeedOfAServicesName(t *testing.T) {
	app := shop()
	app.Services["cache"] = &service.Service{Dir: "cache", Language: "go", Port: 6379}
	app.Needs["cache"] = service.Need{Kind: "redis"}
	app.Services["web"].Needs = append(app.Services["web"].Needs, "cache")
	p, _ := loadCompose(t, app)
	if p.Services["cache"].Image != "" {
		t.Error("a need that is a service of the repository is answered by that, not by a second container")
	}
}

func TestComposeIsDeterministic(t *testing.T) {
	_, first := loadCompose(t, shop())
	for i := 0; i < 20; i++ {
		if _, again := loadCompose(t, shop()); again != first {
			t.Fatal("the same model gave other bytes")
		}
	}
}

// FuzzComposeValues puts foreign text where the model takes it and reads it back as docker compose does.
func FuzzComposeValues(f *testing.F) {
	for _, s := range []string{"", "!pass", "it's $5 & \"more\"", "${HOME}", "$$", "a: b # c", "line\nbreak\n", "[x, {y", "null", "012", "*a", "&a", "<<", "é\u2028", "- x", "\ttab", " lead", "|", "> x", "@x", "%d %[1]s", "{{.}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		app := shop()
		app.Services["web"].Env["VALUE"] = s
		app.Services["worker"].Command = []string{"celery", s}
		app.Services["worker"].Env = map[string]string{"MORE": s}
		if _, err := composeFiles(app); err != nil {
			return // what YAML can't hold is refused, never written wrongly
		}
		p, text := loadCompose(t, app)
		if got := *p.Services["web"].Environment["VALUE"]; got != s {
			t.Fatalf("VALUE is %q, want %q\n%s", got, s, text)
		}
		if got := *p.Services["worker"].Environment["MORE"]; got != s {
			t.Fatalf("MORE is %q, want %q\n%s", got, s, text)
		}
		if got := p.Services["worker"].Command; len(got) != 2 || got[1] != s {
			t.Fatalf("the command is %q, want %q\n%s", got, s, text)
		}
	})
}

func TestComposeMakesTheTables(t *testing.T) {
	for _, c := range []struct {
		init []string
		want string
	}{
		{[]string{"docker/initdb.d"}, "docker/initdb.d>/docker-entrypoint-initdb.d"},
		{[]string{"db/schema.sql", "db/data.sql.gz"}, "db/schema.sql>/docker-entrypoint-initdb.d/01-schema.sql db/data.sql.gz>/docker-entrypoint-initdb.d/02-data.sql.gz"},
	} {
		app := shop()
		app.Needs["db"] = service.Need{Kind: "postgres", Port: 5432, Init: c.init}
		app.Needs["queue"] = service.Need{Kind: "rabbitmq", Port: 5672, Init: c.init} // which runs none
		p, _ := loadCompose(t, app)
		var got []string
		for _, name := range []string{"db", "queue"} {
			for _, v := range p.Services[name].Volumes {
				if v.Type == "bind" && v.ReadOnly {
					got = append(got, strings.TrimPrefix(v.Source, p.WorkingDir+"/")+">"+v.Target)
				}
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%v: mounts %v", c.init, got)
		}
	}
}

// The image of redis declares a volume: each run_local would leave one without a name behind.
func TestComposeLeavesNoVolumesBehind(t *testing.T) {
	app := shop()
	app.Needs["queue"] = service.Need{Kind: "redis", Port: 6379}
	p, _ := loadCompose(t, app)
	if got := p.Services["queue"].Tmpfs; len(got) != 1 || got[0] != "/data" {
		t.Errorf("tmpfs %v", got)
	}
}
