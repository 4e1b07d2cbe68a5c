package legacy

import (
	"reflect"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// What a bundler puts into pages is an argument of the build, and neither a secret nor a variable of what runs.
func TestBuildArguments(t *testing.T) {
	claim := func(s service.Service) scan.Finding { return find(s, scan.Declared) }
	r := resolve(t, says("node",
		claim(service.Service{Language: "node", Framework: "static", Build: &service.Build{Tool: "npm", Command: []string{"npm", "run", "build"}, Artifact: "dist"}}),
		claim(service.Service{Secrets: []string{"VITE_MAPS_API_KEY", "API_KEY"}}),
		claim(service.Service{Env: map[string]string{"VITE_TITLE": "Shop", "VITE_API_URL": "http://localhost:3000", "MIX_ENV": "prod"}})))
	s := r.App.Services["web"]
	if s == nil || s.Build == nil {
		t.Fatalf("no service: %+v", r.App.Services)
	}
	if want := map[string]string{"VITE_TITLE": "Shop"}; !reflect.DeepEqual(s.Build.Args, want) {
		t.Errorf("arguments %v, want %v", s.Build.Args, want)
	}
	if !reflect.DeepEqual(s.Secrets, []string{"API_KEY"}) || s.Env["VITE_TITLE"]+s.Env["VITE_API_URL"] != "" || s.Env["MIX_ENV"] != "prod" {
		t.Errorf("secrets %v, env %v", s.Secrets, s.Env)
	}
	said := ""
	for _, n := range r.Notes {
		said += n.Text
	}
	if !strings.Contains(said, "VITE_API_URL, VITE_MAPS_API_KEY while they are built") {
		t.Errorf("notes: %s", said)
	}
}
