package legacy

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// again resolves findings after those of an earlier init.
func again(t *testing.T, last *service.App, found ...scan.Finding) *service.App {
	t.Helper()
	s, err := scanWith(context.Background(), fstest.MapFS{"file": {Data: []byte("x\n")}}, ScanOptions{}, []scan.Reader{says("compose", found...)})
	if err != nil {
		t.Fatal(err)
	}
	return Resolve(s, ResolveOptions{Name: "shop", Last: last, Team: last}).App
}

func runs(dir, name string, env map[string]string) scan.Finding {
	return scan.Finding{Dir: dir, Name: name, Service: service.Service{Command: []string{"run", dir}, Port: 80, Env: env}}
}

func asks(dir string, n scan.Need) scan.Finding { return scan.Finding{Dir: dir, Need: &n} }

func TestAKeptNameIsTheOneThatOthersCall(t *testing.T) {
	redis := service.Need{Kind: "redis"}
	last := again(t, nil, runs("api", "catalog", nil), runs("site", "front", nil), asks("site", scan.Need{Need: redis, Name: "cache"}))
	env := map[string]string{
		"CATALOG_URL": "http://products:8080/v1", "CATALOG_HOST": "products", "TITLE": "products", "PEERS": "front:80,products:8080", "BROKER": "redis://u@sessions/0",
		"OTHER": "http://products.example.com", "FLAG": "with products: all",
	}
	caller := runs("site", "front", env)
	caller.Service.Command = []string{"celery", "--broker=redis://sessions:6379/0", "products:app", "-h", "products"}
	app := again(t, last, runs("api", "products", nil), caller, asks("site", scan.Need{Need: redis, Name: "sessions", Env: map[string]string{"REDIS_HOST": "{host}"}}))
	want := map[string]string{
		"CATALOG_URL": "http://catalog:8080/v1", "CATALOG_HOST": "catalog", "TITLE": "products", "PEERS": "front:80,catalog:8080", "BROKER": "redis://u@cache/0",
		"OTHER": "http://products.example.com", "FLAG": "with products: all", "REDIS_HOST": "cache",
	}
	if got := app.Services["front"].Env; !maps.Equal(got, want) {
		t.Errorf("env %v", got)
	}
	if got := app.Services["front"].Command; !slices.Equal(got, []string{"celery", "--broker=redis://cache:6379/0", "products:app", "-h", "catalog"}) {
		t.Errorf("command %q", got)
	}
	if got := app.ServiceNames(); !slices.Equal(got, []string{"catalog", "front"}) {
		t.Errorf("services %v", got)
	}
}

func TestTheCodeCallsASiblingThatKeepsItsName(t *testing.T) {
	last := again(t, nil, runs("api", "catalog", nil), runs("site", "front", nil))
	n := scan.Need{Need: service.Need{Kind: "http", Port: 8080}, Host: "products", Env: map[string]string{"CATALOG_URL": "http://{host}:{port}"}}
	app := again(t, last, runs("api", "products", nil), runs("site", "front", nil), asks("site", n))
	if got := app.Services["front"].Env["CATALOG_URL"]; got != "http://catalog:8080" || len(app.Needs) > 0 {
		t.Errorf("%q, needs %v", got, app.NeedNames())
	}
}

// Where no variable can tell the code another name, the one that it calls is the name.
func TestANameInTheCodeIsNotKeptUnderAnother(t *testing.T) {
	redis := service.Need{Kind: "redis"}
	last := again(t, nil, runs("api", "catalog", nil), runs("site", "front", nil), asks("site", scan.Need{Need: redis, Name: "cache"}))
	app := again(t, last, runs("api", "products", nil), runs("site", "front", nil), asks("site", scan.Need{Need: redis, Host: "sessions"}),
		asks("site", scan.Need{Need: service.Need{Kind: "http", Port: 8080}, Host: "products"}))
	if got := app.NeedNames(); !slices.Equal(got, []string{"sessions"}) {
		t.Errorf("needs %v", got)
	}
	if got := app.ServiceNames(); !slices.Equal(got, []string{"front", "products"}) {
		t.Errorf("services %v", got)
	}
}

func TestANewDirectoryTakesNoNameOfAnother(t *testing.T) {
	unnamed := func(dir string) scan.Finding { return runs(dir, "", nil) }
	last := again(t, nil, unnamed("server"))
	app := again(t, last, unnamed("apps/web"), unnamed("server"))
	if s := app.Services["web"]; s == nil || s.Dir != "server" || len(app.Services) != 2 {
		t.Errorf("%v, web %+v", app.ServiceNames(), s)
	}
	last = again(t, nil, runs("z", "catalog", nil), runs("m", "front", nil))
	app = again(t, last, runs("a", "catalog", nil), runs("m", "front", map[string]string{"NEW": "http://catalog:80", "OLD": "http://catalog-old:80"}), runs("z", "catalog-old", nil))
	if s := app.Services["catalog"]; s == nil || s.Dir != "z" || app.Services["catalog-2"] == nil {
		t.Errorf("%v, catalog %+v", app.ServiceNames(), s)
	}
	if env := app.Services["front"].Env; env["NEW"] != "http://catalog-2:80" || env["OLD"] != "http://catalog:80" {
		t.Errorf("env %v", env)
	}
}

func TestANewServiceTakesNoNameOfAProcess(t *testing.T) {
	worker := scan.Finding{Dir: "site", Process: "worker", Service: service.Service{Command: []string{"work"}}}
	last := again(t, nil, runs("site", "front", nil), worker)
	app := again(t, last, runs("site", "front", nil), worker, runs("worker", "", nil))
	if s := app.Services["worker"]; s == nil || s.From != "front" || len(app.Services) != 3 {
		t.Errorf("%v, worker %+v", app.ServiceNames(), s)
	}
}

func TestANewStoreTakesNoNameOfAnother(t *testing.T) {
	need := func(kind, name string) scan.Finding {
		return asks(".", scan.Need{Need: service.Need{Kind: kind}, Name: name})
	}
	last := again(t, nil, runs(".", "", nil), need("redis", "cache"))
	app := again(t, last, runs(".", "", nil), need("memcached", "cache"), need("redis", "sessions"))
	if app.Needs["cache"].Kind != "redis" || app.Needs["memcached"].Kind != "memcached" || len(app.Needs) != 2 {
		t.Errorf("needs %v", app.Needs)
	}
	app = again(t, last, runs(".", "", nil), need("memcached", "cache"))
	if _, taken := app.Needs["cache"]; taken {
		t.Errorf("needs %v", app.Needs)
	}
}

// A name that the team has changed by hand may be followed by the evidence.
func TestANameThatTheTeamTookOutDoesNotStay(t *testing.T) {
	found := []scan.Finding{runs("api", "catalog", nil), runs("site", "front", nil), asks("site", scan.Need{Need: service.Need{Kind: "redis"}, Name: "cache"})}
	last := again(t, nil, found...)
	s, err := scanWith(context.Background(), fstest.MapFS{"file": {Data: []byte("x\n")}}, ScanOptions{}, []scan.Reader{says("compose",
		runs("api", "products", nil), runs("site", "front", nil), asks("site", scan.Need{Need: service.Need{Kind: "redis"}, Name: "sessions"}))})
	if err != nil {
		t.Fatal(err)
	}
	team := &service.App{Services: map[string]*service.Service{"products": last.Services["catalog"], "front": last.Services["front"]}, Needs: map[string]service.Need{"sessions": last.Needs["cache"]}}
	app := Resolve(s, ResolveOptions{Name: "shop", Last: last, Team: team}).App
	if got := slices.Concat(app.ServiceNames(), app.NeedNames()); !slices.Equal(got, []string{"front", "products", "sessions"}) {
		t.Errorf("%v", got)
	}
}

// What a command becomes in a container is no other process.
func TestAProcessIsTheSameByItsFinishedCommand(t *testing.T) {
	beat := func(name string) scan.Finding {
		return scan.Finding{Process: name, Service: service.Service{Command: []string{"celery", "-A", "shop", "beat"}}}
	}
	script := scan.Finding{Script: "worker", Runs: []string{"node", "worker.js"}}
	worker := func(name string) scan.Finding {
		return scan.Finding{Process: name, Service: service.Service{Command: []string{"wait-for-it.sh", "db:5432", "--", "npm", "run", "worker"}}}
	}
	last := again(t, nil, runs(".", "", nil), script, beat("beat"), worker("worker"))
	if got := last.Services["worker"].Command; !slices.Equal(got, []string{"node", "worker.js"}) {
		t.Fatalf("%q", got)
	}
	app := again(t, last, runs(".", "", nil), script, beat("scheduler"), worker("mailer"))
	if got := app.ServiceNames(); !slices.Equal(got, []string{"web", "beat", "worker"}) {
		t.Errorf("services %v", got)
	}
}

// Whatever today's names are: a service keeps its directory and what it runs, a need its kind, and all are there.
func TestNamesStay(t *testing.T) {
	for seed := range int64(300) {
		random := rand.New(rand.NewSource(seed))
		names := []string{"", "web", "catalog", "cache", "worker", "api", "db", "front_end", "queue", "shop"}
		dirs, kinds := []string{".", "web", "apps/web", "a", "catalog", "z/cache"}, []string{"redis", "postgres", "memcached", "rabbitmq"}
		findings := func(dirs, kinds []string) []scan.Finding {
			free := slices.Clone(names[1:]) // as compose has each name once
			random.Shuffle(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] })
			take := func() string {
				name := free[0]
				free = free[1:]
				return name
			}
			found := []scan.Finding{{Dir: dirs[0], Process: take(), Service: service.Service{Command: []string{"celery", "-A", "shop", "beat"}}}}
			for _, dir := range dirs {
				name := ""
				if random.Intn(3) > 0 {
					name = take()
				}
				found = append(found, runs(dir, name, nil))
			}
			for _, kind := range kinds {
				found = append(found, asks(dirs[0], scan.Need{Need: service.Need{Kind: kind}, Name: take()}))
			}
			return found
		}
		random.Shuffle(len(dirs), func(i, j int) { dirs[i], dirs[j] = dirs[j], dirs[i] })
		random.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
		n, m := 1+random.Intn(3), random.Intn(3)
		first := again(t, nil, findings(dirs[:n], kinds[:m])...)
		second := again(t, first, findings(dirs[:n+random.Intn(2)], kinds[:m+random.Intn(2)])...)
		for name, was := range first.Services {
			if s := second.Services[name]; s == nil || s.Dir != was.Dir || s.From != was.From || !slices.Equal(s.Command, was.Command) {
				t.Errorf("seed %d: %s was %s, is %s", seed, name, told(was), told(s))
			}
		}
		for name, was := range first.Needs {
			if second.Needs[name].Kind != was.Kind {
				t.Errorf("seed %d: %s was %s, is %q", seed, name, was.Kind, second.Needs[name].Kind)
			}
		}
		if err := second.Validate(); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
}

func told(s *service.Service) string {
	if s == nil {
		return "gone"
	}
	return fmt.Sprint(cmp.Or(s.Dir, s.From), s.Command)
}
