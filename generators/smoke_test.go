package generators

import (
	"fmt"
	"path"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/service"
	"github.com/migrate-to-kubernetes/migrate/smoke"
)

type smokeFile struct {
	Service string
	Checks  []any
}

func smokeFiles(t *testing.T, app *service.App) map[string]smokeFile {
	t.Helper()
	files, err := smokeTests(app)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]smokeFile{}
	for _, f := range files {
		if _, err := smoke.Load(fstest.MapFS{f.Path: {Data: f.Data}}, []string{path.Dir(f.Path)}); err != nil {
			t.Error(err)
		}
		var s smokeFile
		if err := yaml.Unmarshal(f.Data, &s); err != nil {
			t.Errorf("%s: %v\n%s", f.Path, err, f.Data)
		}
		all[f.Path] = s
	}
	return all
}

func TestSmokeOfHealthAndRoutes(t *testing.T) {
	files := smokeFiles(t, ordersApp())
	s := files["smoke/orders.yaml"]
	if len(files) != 1 || s.Service != "orders" || len(s.Checks) != 3 || s.Checks[0] != "GET /health/ready -> 200" || s.Checks[1] != "GET /health/live -> 200" {
		t.Fatalf("%+v", files)
	}
	if c := s.Checks[2].(map[string]any); c["request"] != "GET /" || c["from"] != "services.web.routes in migrate.yaml" {
		t.Errorf("%v", c)
	}
}

// A page that a probe asks may lead to another one.
func TestSmokeOfPagesThatProbesAsk(t *testing.T) {
	for ready, want := range map[string]string{"/": "GET / -> 2xx,3xx", "/shop": "GET /shop -> 2xx,3xx", "/actuator/health": "GET /actuator/health -> 200", "/_status": "GET /_status -> 200", "/up": "GET /up -> 200", "/upload": "GET /upload -> 2xx,3xx"} {
		app := &service.App{Name: "shop", Services: map[string]*service.Service{"web": {Port: 80, Health: &service.Health{Ready: ready}}}}
		if got := smokeFiles(t, app)["smoke/shop.yaml"].Checks[0]; got != want {
			t.Errorf("%s: %v, want %s", ready, got, want)
		}
	}
}

func TestSmokeWithoutAnyKnownPath(t *testing.T) {
	app := &service.App{Name: "a", Services: map[string]*service.Service{"web": {Port: 80}, "job": {Schedule: "@daily"}, "worker": {}}}
	s := smokeFiles(t, app)
	if len(s) != 1 || len(s["smoke/a.yaml"].Checks) != 1 || s["smoke/a.yaml"].Checks[0].(map[string]any)["request"] != "GET /" {
		t.Errorf("%+v", s)
	}
}

// TestSmokeOfSeveralServices: one TARGET_URL is one service, so a run of smoke/ may only find the checks of one.
func TestSmokeOfSeveralServices(t *testing.T) {
	app := twoBasesApp()
	files := smokeFiles(t, app)
	if front := app.Front(); len(files) != 2 || front != "web" || files["smoke/shop.yaml"].Service != "shop" || files["smoke/api/api.yaml"].Service != "api" {
		t.Errorf("%+v", files)
	}
	if got := files["smoke/api/api.yaml"].Checks; !reflect.DeepEqual(got, []any{"GET /healthz -> 200"}) {
		t.Errorf("%v", got)
	}
}

// TestSmokeTargetsAreThoseOfCompose: of two services on one port, the second answers at the next one here.
func TestSmokeTargetsAreThoseOfCompose(t *testing.T) {
	app := twoBasesApp()
	app.Services["api"].Port = app.Services["web"].Port
	port := app.Services["web"].Port + 1
	files := rendered(t, app)
	if !strings.Contains(files["compose.yaml"], fmt.Sprintf("127.0.0.1:%d:%d", port, port-1)) || !strings.Contains(files["smoke/api/api.yaml"], fmt.Sprintf("--target 127.0.0.1:%d\n", port)) {
		t.Errorf("%s\n%s", files["compose.yaml"], files["smoke/api/api.yaml"])
	}
}

func TestRequestPath(t *testing.T) {
	for path, want := range map[string]string{
		"": "/", "health": "/health", "/a b": "/a%20b", "/users/{id}": "/users/%7Bid%7D", "/x?q={y} z": "/x?q=%7By%7D%20z", "/a%2Fb": "/a/b", "/a#b": "/a%23b",
	} {
		if got := requestPath(path); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
}
