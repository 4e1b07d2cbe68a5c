package legacy

import (
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestProgramsThatAreServicesOfTheirOwn(t *testing.T) {
	web := scan.Finding{Name: "web", Service: service.Service{Language: "ruby", Framework: "rails", Command: []string{"puma"}, Port: 3000}}
	for _, c := range []struct {
		name     string
		process  string
		says     service.Service
		evidence scan.Evidence
		own      bool
		language string
	}{
		{"a program with a port of its own", "verifier", service.Service{Command: []string{"bin/verifier"}, Port: 3001}, scan.Evidence{}, true, "ruby"},
		{"another language on a port of its own", "streaming", service.Service{Command: []string{"node", "streaming.js"}, Port: 4000}, scan.Evidence{}, true, "node"},
		{"another language on the same port of another container", "ssr", service.Service{Command: []string{"node", "ssr.js"}, Port: 3000}, scan.Evidence{}, true, "node"},
		{"the same program on the same port", "other", service.Service{Command: []string{"bin/other"}, Port: 3000}, scan.Evidence{}, false, ""},
		{"the same application twice", "uploads", service.Service{Command: []string{"puma", "--port", "3001"}, Port: 3001}, scan.Evidence{}, false, ""},
		{"no port", "mailer", service.Service{Command: []string{"bin/mailer"}}, scan.Evidence{}, false, ""},
		{"a worker that tells how it is", "worker", service.Service{Command: []string{"bin/work"}, Port: 3001}, scan.Evidence{}, false, ""},
		{"what looks at the queue", "flower", service.Service{Command: []string{"celery", "flower"}, Port: 5555}, scan.Evidence{}, false, ""},
		{"what developers start", "assets", service.Service{Command: []string{"bin/webpack-dev-server"}, Port: 8080}, scan.Evidence{}, false, ""},
		{"what nothing deploys", "tool", service.Service{Command: []string{"bin/tool"}, Port: 3001}, scan.Evidence{Rank: scan.Convention}, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := resolve(t, says("compose", web, scan.Finding{Process: c.process, Service: c.says, Evidence: c.evidence}),
				says("node", scan.Finding{Service: service.Service{Version: "10"}, Evidence: guess()}))
			s := r.App.Services[c.process]
			if s == nil {
				t.Fatalf("services %+v", r.App.Services)
			}
			if own := s.From == ""; own != c.own || s.Language != c.language || own && (s.Build == nil || s.Build.From != "web") {
				t.Errorf("from %q, language %q, build %+v", s.From, s.Language, s.Build)
			}
			if c.language == "node" && s.Version != "10" {
				t.Errorf("version %q, want that of its own language", s.Version)
			}
			if problems := r.App.Validate(); problems != nil {
				t.Error(problems)
			}
		})
	}
}

// What another program of the same code reads, it reads as well.
func TestProgramsOfTheirOwnShareTheSettings(t *testing.T) {
	web := scan.Finding{Name: "web", Service: service.Service{Language: "ruby", Command: []string{"puma"}, Port: 3000, Env: map[string]string{"LEVEL": "info", "PORT": "3000", "ROLE": "web"}, Secrets: []string{"CRYPTO_KEY", "ROLE_KEY"}}}
	other := scan.Finding{Process: "verifier", Service: service.Service{Command: []string{"bin/verifier"}, Port: 3001, Env: map[string]string{"ROLE": "verifier"}}}
	need := scan.Finding{Need: &scan.Need{Need: service.Need{Kind: "redis"}}}
	s := resolve(t, says("compose", web, other, need)).App.Services["verifier"]
	if s.Env["LEVEL"] != "info" || s.Env["ROLE"] != "verifier" || s.Env["PORT"] != "" || len(s.Secrets) != 2 || len(s.Needs) != 1 {
		t.Errorf("env %v, secrets %v, needs %v", s.Env, s.Secrets, s.Needs)
	}
}

func TestProgramsOfGoOnOnePortEach(t *testing.T) {
	program := func(name string) service.Service {
		return service.Service{Command: []string{"/app/" + name}, Port: 8080, Build: &service.Build{Artifact: "./cmd/" + name}}
	}
	back := program("back")
	back.Language = "go"
	for artifact, own := range map[string]bool{"front": true, "back": false} {
		front := program(artifact)
		front.Command = []string{"/app/front"}
		r := resolve(t, says("golang", scan.Finding{Name: "back", Service: back}, scan.Finding{Process: "front", Service: front}))
		if s := r.App.Services["front"]; s == nil || s.From == "" != own {
			t.Errorf("made of %s: %+v", artifact, s)
		}
	}
}
