package legacy

import (
	"slices"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestImagesThatArgumentsChoose(t *testing.T) {
	args := func(part string) *service.Build { return &service.Build{Args: map[string]string{"PART": part}} }
	db := scan.Need{Name: "db", Need: service.Need{Kind: "postgres", Port: 5432}, Env: map[string]string{"DB_HOST": "{host}"}}
	queue := scan.Need{Name: "queue", Need: service.Need{Kind: "rabbitmq", Port: 5672}}
	r := resolve(t, says("dockerfile", scan.Finding{Service: service.Service{Language: "go", Command: []string{"server"}, Build: &service.Build{Dockerfile: "Dockerfile"}, Health: &service.Health{Ready: "/ops/ready", Port: 9090}}}),
		says("compose", scan.Finding{Name: "api", Service: service.Service{Port: 8000, Build: args("api"), Secrets: []string{"API_KEY"}}}, scan.Finding{Need: &db}, scan.Finding{Need: &queue},
			scan.Finding{Process: "stock", Service: service.Service{Port: 8001, Build: args("stock")}}, scan.Finding{Process: "stock", Need: &db}),
		says("go", scan.Finding{Service: service.Service{Env: map[string]string{"LEVEL": "info"}}, Evidence: guess()},
			scan.Finding{Process: "stock", Service: service.Service{Command: []string{"/app/stock"}}, Evidence: guess()}, scan.Finding{Process: "all", Service: service.Service{Command: []string{"/app/all"}}, Evidence: guess()}))
	s := r.App.Services["stock"]
	if s == nil || s.From != "" || s.Build == nil || s.Build.From != "" || s.Build.Dockerfile != "Dockerfile" || s.Build.Args["PART"] != "stock" {
		t.Fatalf("stock is %+v", s)
	}
	if s.Language != "go" || !slices.Equal(s.Command, []string{"server"}) || s.Port != 8001 || s.Env["LEVEL"] != "info" || s.Env["DB_HOST"] != "db" || !slices.Equal(s.Secrets, []string{"API_KEY"}) || !slices.Equal(s.Needs, []string{"db"}) {
		t.Errorf("stock is %+v", s)
	}
	if r.App.Services["api"].Build.Args["PART"] != "api" || r.App.Services["all"] != nil {
		t.Errorf("services %+v", r.App.Services)
	}
	for _, name := range []string{"api", "stock"} {
		if h := r.App.Services[name].Health; h == nil || h.Port != 9090 || len(r.Claims["services."+name+".health.port"]) == 0 {
			t.Errorf("health of %s is %+v", name, h)
		}
	}
	if problems := r.App.Validate(); problems != nil {
		t.Error(problems)
	}
}
