package legacy

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/migrate-to-kubernetes/migrate/legacy/host"
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// running is a snapshot of a host on which these processes run.
func running(t *testing.T, processes ...host.Process) *host.Loaded {
	t.Helper()
	s := host.Snapshot{Version: host.Version, Samples: 1, Processes: processes, Runtimes: []host.Runtime{{Program: "/usr/bin/python3.6", Name: "python", Version: "3.6.9", From: "package"}}}
	text, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	l, err := host.Load("web1.json", text)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func gunicorn(dir string) host.Process {
	return host.Process{PID: 7, Command: []string{"/usr/bin/python3.6", dir + "/venv/bin/gunicorn", "wsgi"}, Program: "/usr/bin/python3.6", Dir: dir, Listens: []string{"tcp 127.0.0.1:8000"}}
}

func hosted(t *testing.T, name string, l *host.Loaded, code ...scan.Finding) *Resolution {
	t.Helper()
	s, err := scanWith(context.Background(), fstest.MapFS{"file": {Data: []byte("x\n")}}, ScanOptions{Hosts: []*host.Loaded{l}}, []scan.Reader{says("code", code...)})
	if err != nil {
		t.Fatal(err)
	}
	return Resolve(s, ResolveOptions{Name: name})
}

func TestAHostAloneMakesAModel(t *testing.T) {
	r := hosted(t, "new", running(t, gunicorn("/srv/shop")))
	web := r.App.Services["web"]
	if r.App.Name != "shop" || web == nil || web.Dir != "." || web.Port != 8000 || web.Version != "3.6" || strings.Join(web.Command, " ") != "gunicorn wsgi" {
		t.Fatalf("%s: %+v", r.App.Name, web)
	}
	if e := r.Claims["services.web.port"][0]; e.File != "web1.json" || e.Line < 2 {
		t.Errorf("evidence %+v", e)
	}
	asked := false
	for _, q := range r.Questions {
		asked = asked || q.Field == "image" && strings.Contains(q.Question, "the source of web is not here") && len(q.Choices) == 1
	}
	if !asked {
		t.Errorf("nothing says that there is no source: %+v", r.Questions)
	}
	if err := r.App.Validate(); err != nil {
		t.Error(err)
	}
}

func TestAHostSpeaksOfTheRepositorysCode(t *testing.T) {
	other := gunicorn("/srv/billing")
	other.PID, other.Listens = 8, []string{"tcp 127.0.0.1:9000"}
	node := scan.Finding{Dir: ".", Service: service.Service{Language: "node", Command: []string{"node", "x.js"}}, Evidence: guess()}
	for name, c := range map[string]struct {
		repo string
		on   []host.Process
		code []scan.Finding
		port int
	}{
		"by the directory":                {"shop", []host.Process{gunicorn("/srv/shop"), other}, []scan.Finding{python(".")}, 8000},
		"by the directory of two":         {"x", []host.Process{gunicorn("/srv/shop"), other}, []scan.Finding{python("billing"), python("else")}, 9000},
		"the only one":                    {"store", []host.Process{gunicorn("/srv/shop")}, []scan.Finding{python(".")}, 8000},
		"two, and none is meant":          {"store", []host.Process{gunicorn("/srv/shop"), other}, []scan.Finding{python(".")}, 0},
		"the only one, another language":  {"store", []host.Process{gunicorn("/srv/shop")}, []scan.Finding{node}, 0},
		"by the name, whatever language ": {"shop", []host.Process{gunicorn("/srv/shop")}, []scan.Finding{python(".")}, 8000},
	} {
		t.Run(name, func(t *testing.T) {
			r := hosted(t, c.repo, running(t, c.on...), c.code...)
			port := 0
			for field, claims := range r.Claims {
				if strings.HasSuffix(field, ".port") && claims[0].Reader == host.Reader {
					port = map[string]int{"8000": 8000, "9000": 9000}[claims[0].Value]
				}
			}
			if port != c.port {
				t.Errorf("got port %d, want %d; %+v", port, c.port, r.Notes)
			}
			for _, s := range r.App.Services {
				if s.Dir == "shop" {
					t.Error("what is no code of this repository became a service")
				}
			}
		})
	}
}

func TestAHostThatDiffersIsAsked(t *testing.T) {
	code := python(".")
	code.Service.Version = "2.7"
	code.Evidence.Rank = scan.Declared
	r := hosted(t, "shop", running(t, gunicorn("/srv/shop")), code)
	for _, q := range r.Questions {
		if q.Field == "services.web.version" {
			if strings.Join(q.Choices, " ") != "2.7 3.6" && strings.Join(q.Choices, " ") != "3.6 2.7" {
				t.Errorf("%+v", q)
			}
			if len(r.Claims[q.Field]) < 2 {
				t.Error("explain shows one side only")
			}
			return
		}
	}
	t.Errorf("nobody is asked: %+v", r.Questions)
}
