package legacy

import (
	"slices"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestProgramsOfTheImagesVirtualEnvironment(t *testing.T) {
	r := resolve(t, says("dockerfile", scan.Finding{Service: service.Service{Language: "python", Command: []string{"venv/bin/uwsgi", "--ini", "shop.ini"}, Build: &service.Build{Dockerfile: "Dockerfile"}}}),
		says("uwsgi", scan.Finding{Process: "tidy", Service: service.Service{Command: []string{"python", "manage.py", "tidy"}, Schedule: "0 3 * * *"}},
			scan.Finding{Process: "send", Service: service.Service{Command: []string{"bin/send"}}}))
	for name, want := range map[string][]string{"tidy": {"venv/bin/python", "manage.py", "tidy"}, "send": {"bin/send"}} {
		if s := r.App.Services[name]; s == nil || !slices.Equal(s.Command, want) {
			t.Errorf("%s is %+v", name, s)
		}
	}
}
