package legacy

import (
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// TestNameOfAnotherPlace: what operations set to staging holds in staging, and production keeps what else is known.
func TestNameOfAnotherPlace(t *testing.T) {
	mode := func(reader, value string) scan.Reader {
		return says(reader, scan.Finding{Dir: ".", Service: service.Service{Env: map[string]string{"RAILS_ENV": value}}})
	}
	for name, c := range map[string]struct {
		readers           []scan.Reader
		everywhere, there string
	}{
		"of operations":                 {[]scan.Reader{mode("ansible", "staging")}, "", "staging"},
		"beside another value":          {[]scan.Reader{mode("ansible", "staging"), mode("code", "production")}, "production", "staging"},
		"of the image, everywhere":      {[]scan.Reader{mode("dockerfile", "staging")}, "staging", ""},
		"of production":                 {[]scan.Reader{mode("ansible", "production")}, "production", ""},
		"of a place that nobody speaks": {[]scan.Reader{mode("ansible", "qa")}, "qa", ""},
	} {
		r := resolve(t, append([]scan.Reader{says("language", python("."))}, c.readers...)...)
		if got := r.App.Services["web"].Env["RAILS_ENV"]; got != c.everywhere {
			t.Errorf("%s: everywhere %q, want %q", name, got, c.everywhere)
		}
		if got := r.App.Environments["staging"].Env["RAILS_ENV"]; got != c.there {
			t.Errorf("%s: in staging %q, want %q", name, got, c.there)
		}
	}
}

func TestVariablesOfDevelopers(t *testing.T) {
	r := resolve(t, says("language", python("."), scan.Finding{Service: service.Service{
		Env:     map[string]string{"DB_TEST_DRIVER": "sqlite", "LARAVEL_SAIL": "1", "AB_TEST_SHARE": "5", "PAGES_URL": "http://host.docker.internal:3000"},
		Secrets: []string{"DB_TEST_PASSWORD", "GITHUB_SECRET_DEVELOPMENT", "DB_PASSWORD"}}}))
	s := r.App.Services["web"]
	if len(s.Env) != 1 || s.Env["AB_TEST_SHARE"] != "5" {
		t.Errorf("env %v", s.Env)
	}
	if len(s.Secrets) != 1 || s.Secrets[0] != "DB_PASSWORD" || len(r.Claims["services.web.secrets"]) != 1 {
		t.Errorf("secrets %v by %v", s.Secrets, r.Claims["services.web.secrets"])
	}
}

func TestWhatOnlyPretends(t *testing.T) {
	for rank, want := range map[scan.Rank]string{scan.Convention: "", scan.Declared: "mock"} {
		r := resolve(t, says("language", python("."), scan.Finding{Service: service.Service{Env: map[string]string{"LOGIN": "mock", "PAINT": "mockingbird"}}, Evidence: scan.Evidence{Rank: rank}}))
		if env := r.App.Services["web"].Env; env["LOGIN"] != want || env["PAINT"] != "mockingbird" {
			t.Errorf("rank %v: %v", rank, env)
		}
		if noted(r, "LOGIN is mock here") != (want == "") {
			t.Errorf("rank %v: %v", rank, r.Notes)
		}
	}
}

func TestProgramsOfRoot(t *testing.T) {
	for command, want := range map[string]bool{"/root/start.sh": true, "/srv/start.sh": false} {
		r := resolve(t, says("dockerfile", scan.Finding{Service: service.Service{Language: "go", Port: 80, Command: []string{command}, Build: &service.Build{Dockerfile: "Dockerfile"}}}))
		if noted(r, "only root may look") != want {
			t.Errorf("%s: %v", command, r.Notes)
		}
	}
}
