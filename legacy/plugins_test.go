package legacy

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// A plugin of the team's own is called as it lies in the repository; one of operations code is noted; others keep their place.
func TestPluginsOfTheirOwn(t *testing.T) {
	repo := fstest.MapFS{"ops/nagios/check_backlog": conf("x"), "monitoring/plugins/check_age": conf("x"), "src/check_http": conf("x"), "file": conf("x"),
		"a/nagios/check_two": conf("x"), "b/nagios/check_two": conf("x")}
	ops := fstest.MapFS{"modules/shop/files/nagios/check_far": conf("x")}
	var found []scan.Finding
	for _, plugin := range []string{"/srv/shop/ops/nagios/check_backlog", "/usr/local/lib/check_age", "/usr/lib/nagios/plugins/check_http", "/usr/lib/check_two", "/usr/lib/check_far", "check_age"} {
		found = append(found, scan.Finding{Dir: ".", Name: plugin, Evidence: guess(), Check: &service.Check{Was: plugin, Script: []string{plugin, "-w", "1"}}})
	}
	s, err := scanWith(context.Background(), repo, ScanOptions{Ops: []Root{{"ops", ops}}}, []scan.Reader{says("code", append(found, python(".", "shop"))...)})
	if err != nil {
		t.Fatal(err)
	}
	r := Resolve(s, ResolveOptions{Name: "shop"})
	want := map[string]string{"/srv/shop/ops/nagios/check_backlog": "ops/nagios/check_backlog", "/usr/local/lib/check_age": "monitoring/plugins/check_age"}
	for _, c := range r.App.Checks {
		if w := want[c.Was]; c.Script[0] != w && (w != "" || c.Script[0] != c.Was) || c.Script[2] != "1" {
			t.Errorf("%s: %v", c.Was, c.Script)
		}
	}
	noted := 0
	for _, n := range r.Notes {
		if strings.Contains(n.Text, "lies at @ops/modules/shop/files/nagios/check_far: copy it") {
			noted++
		}
	}
	if noted != 1 || len(r.App.Checks) != len(found) {
		t.Errorf("%d checks, notes %v", len(r.App.Checks), r.Notes)
	}
}
