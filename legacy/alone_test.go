package legacy

import (
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func endsItself(dir, name string) scan.Finding {
	return scan.Finding{Dir: dir, Alone: true, Service: service.Service{Language: "rust", Command: []string{name}}, Evidence: guess()}
}

func TestAProgramThatAnImageRunsIsKnown(t *testing.T) {
	declared := scan.Evidence{File: "Dockerfile", Line: 1, Rank: scan.Declared}
	image := scan.Finding{Dir: ".", Service: service.Service{Command: []string{"/main"}}, Evidence: declared}
	for _, want := range []string{"rust", "go"} { // the second: what the image says goes before
		r := resolve(t, says("r", image, endsItself(".", "main")))
		s := r.App.Services[r.App.ServiceNames()[0]]
		if s.Language != want || s.Command[0] != "/main" {
			t.Errorf("want %s: %+v", want, s)
		}
		image.Service.Language = "go"
	}
}

func TestAProgramThatServesNobodyCountsAlone(t *testing.T) {
	server := scan.Finding{Dir: "api", Service: service.Service{Language: "go", Command: []string{"serve"}, Port: 80}}
	for _, c := range []struct {
		name     string
		findings []scan.Finding
		dir      string
		command  string
	}{
		{"nothing else runs", []scan.Finding{endsItself("deep/tool", "tool"), endsItself("cli", "cli"), endsItself("abc/x", "x")}, "cli", "cli"},
		{"the root is nearest", []scan.Finding{endsItself("cli", "cli"), endsItself(".", "main")}, ".", "main"},
		{"a service runs", []scan.Finding{endsItself(".", "cli"), server}, "api", "serve"},
		{"a library that could be run does not", []scan.Finding{endsItself("cli", "cli"), {Dir: ".", Library: true}, {Dir: ".", Service: service.Service{Command: []string{"npm", "start"}}, Evidence: guess()}}, "cli", "cli"},
	} {
		r := resolve(t, says("r", c.findings...))
		if len(r.App.Services) != 1 {
			t.Errorf("%s: %v", c.name, r.App.ServiceNames())
			continue
		}
		s := r.App.Services[r.App.ServiceNames()[0]]
		if s.Dir != c.dir || len(s.Command) != 1 || s.Command[0] != c.command {
			t.Errorf("%s: %+v", c.name, s)
		}
	}
}

func TestAProgramThatAnImageOfItsLanguageStarts(t *testing.T) {
	own := scan.Finding{Dir: ".", Alone: true, Service: service.Service{Language: "go", Secrets: []string{"SHOP_TOKEN"}}}
	image := find(service.Service{Language: "go", Command: []string{"/shopd"}}, scan.Declared)
	image.Dir = "."
	r := resolve(t, says("go", own), says("dockerfile", image))
	for name, s := range r.App.Services {
		if len(s.Secrets) != 1 {
			t.Errorf("%s: secrets %v", name, s.Secrets)
		}
	}
}
