package legacy

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestWhatAManifestSaysGoesToTheCode(t *testing.T) {
	code := func(dir string) scan.Finding {
		return scan.Finding{Dir: dir, Service: service.Service{Language: "python", Command: []string{"gunicorn", "shop"}}}
	}
	manifest := func(dir, process string) scan.Finding {
		return scan.Finding{Dir: dir, Process: process, Service: service.Service{Port: 8080, Secrets: []string{"DB_PASS"}}}
	}
	for name, c := range map[string]struct {
		findings []scan.Finding
		want     string
	}{
		"a package of the code has the name":       {[]scan.Finding{code("."), manifest("shop", "")}, "web"},
		"code of its own":                          {[]scan.Finding{code("."), code("shop"), manifest("shop", "")}, "web shop"},
		"no code anywhere":                         {[]scan.Finding{manifest("shop", "")}, "shop"},
		"the file lies below another service":      {[]scan.Finding{code("."), code("k8s"), manifest("shop", "")}, "k8s web"},
		"an image of its own says where it builds": {[]scan.Finding{code("."), dockerfileAt("shop", "")}, "web shop"},
	} {
		r := resolve(t, says("kubernetes", c.findings...))
		got := strings.Join(slices.Sorted(maps.Keys(r.App.Services)), " ")
		if len(strings.Fields(got)) != len(strings.Fields(c.want)) {
			t.Errorf("%s: services %s, want as many as %s", name, got, c.want)
		}
	}
	r := resolve(t, says("kubernetes", code("."), manifest("shop", "")))
	for _, s := range r.App.Services {
		if s.Port != 8080 || len(s.Secrets) != 1 || s.Command[0] != "gunicorn" {
			t.Errorf("what the manifest says is the service's: %+v", s)
		}
	}
}
