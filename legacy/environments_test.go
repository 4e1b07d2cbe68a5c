package legacy

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// An object store is Amazon's own where no variable says another, and nobody is asked where that is.
func TestTheObjectStoreOfAmazon(t *testing.T) {
	for name, c := range map[string]struct {
		need scan.Need
		want service.Answer
	}{
		"nothing says where":   {scan.Need{Need: service.Need{Kind: "s3", Port: 443}}, service.Answer{Host: "s3.amazonaws.com"}},
		"a variable says so":   {scan.Need{Need: service.Need{Kind: "s3", Port: 443}, Env: map[string]string{"S3_ENDPOINT": "https://{host}:{port}"}}, service.Answer{Inside: true}},
		"a port of its own":    {scan.Need{Need: service.Need{Kind: "s3", Port: 9000}}, service.Answer{Inside: true}},
		"a database elsewhere": {scan.Need{Need: service.Need{Kind: "postgres", Port: 5432}}, service.Answer{Inside: true}},
	} {
		r := resolve(t, says("code", scan.Finding{Service: service.Service{Command: []string{"shopd"}, Port: 80}}, scan.Finding{Need: &c.need}))
		for need, got := range r.App.Environments["staging"].Needs {
			if got.Host != c.want.Host || got.Inside != c.want.Inside {
				t.Errorf("%s: %s is answered by %+v", name, need, got)
			}
		}
		if len(r.App.Needs) != 1 {
			t.Errorf("%s: %v", name, r.App.Needs)
		}
	}
}

// What is said of one environment and holds everywhere already is said once.
func TestSettingsThatHoldEverywhere(t *testing.T) {
	code := scan.Finding{Service: service.Service{Command: []string{"shopd"}, Port: 80, Env: map[string]string{"LEVEL": "warn", "COLOR": "red"}}}
	there := scan.Finding{Environment: "staging", Service: service.Service{Env: map[string]string{"LEVEL": "debug", "COLOR": "red", "TRIAL": "1"}}}
	weaker := scan.Finding{Environment: "staging", Service: service.Service{Env: map[string]string{"COLOR": "blue"}}}
	r := resolve(t, says("code", code, there, weaker))
	if got := fmt.Sprint(r.App.Environments["staging"].Env); got != "map[LEVEL:debug TRIAL:1]" || r.Claims["environments.staging.env.COLOR"] != nil {
		t.Errorf("staging has %s", got)
	}
}

// What the code calls where nothing is set is production's, unless its name is that of a place to try things out.
func TestHostsOfPlacesToTryThingsOut(t *testing.T) {
	for host, want := range map[string]string{"erp.corp.example": "erp.corp.example", "erp-aat.corp.example": "", "erp.test.corp.example": "", "shop.dev": "shop.dev"} {
		need := scan.Need{Need: service.Need{Kind: "http", Port: 80}, Name: "erp", Host: host, Env: map[string]string{"ERP_URL": "http://{host}"}}
		r := resolve(t, says("code", scan.Finding{Service: service.Service{Command: []string{"shopd"}, Port: 80}}, scan.Finding{Need: &need}))
		if got := r.App.Environments["production"].Needs["erp"].Host; got != want && (want != "" || got != "erp.production"+service.Placeholder) {
			t.Errorf("%s: %q", host, got)
		}
		if noted := strings.Contains(fmt.Sprint(r.Notes), host+" is what the code calls"); noted != (want == "") {
			t.Errorf("%s: notes %v", host, r.Notes)
		}
	}
}

// What operations say is called today is production's, whatever words its name has.
func TestHostsThatOperationsNameAreProductions(t *testing.T) {
	need := scan.Need{Need: service.Need{Kind: "http", Port: 443}, Name: "builds", Host: "dev.azure.com", Env: map[string]string{"BUILDS_URL": "https://{host}"}}
	operations := scan.Reader{Name: "operations", Ops: true, Wants: func(p string) bool { return strings.HasSuffix(p, "shop.conf") }, Read: func(_ *scan.Tree, paths []string, r *scan.Report) {
		r.Find(scan.Finding{Need: &need, About: []string{"shop"}}, paths[0], 1, scan.Declared, "")
	}}
	s, err := scanWith(t.Context(), fstest.MapFS{"file": conf("x")}, ScanOptions{Ops: []Root{{"ops", fstest.MapFS{"shop.conf": conf("x")}}}}, []scan.Reader{says("code", python(".", "shopd")), operations})
	if err != nil {
		t.Fatal(err)
	}
	r := Resolve(s, ResolveOptions{Name: "shop"})
	if got := r.App.Environments["production"].Needs["builds"].Host; got != "dev.azure.com" {
		t.Errorf("%q, notes %v", got, r.Notes)
	}
}
