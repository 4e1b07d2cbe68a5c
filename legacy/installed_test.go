package legacy

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// What operations install beside the dependencies is kept, with what it takes to build it.
func TestWhatOperationsInstall(t *testing.T) {
	given := scan.Finding{About: []string{"shop"}, Service: service.Service{Build: &service.Build{Install: []string{"uwsgi", "psycopg2==2.9"}}}}
	machines := scan.Reader{Name: "ansible", Ops: true, Wants: func(p string) bool { return p == "@ops/shop.yml" }, Read: func(_ *scan.Tree, _ []string, r *scan.Report) { r.Find(given, "@ops/shop.yml", 1, scan.Declared, "") }}
	s, err := scanWith(t.Context(), fstest.MapFS{"file": conf("x")}, ScanOptions{Ops: []Root{{"ops", fstest.MapFS{"shop.yml": conf("x")}}}}, []scan.Reader{machines, says("code", python(".", "shop"))})
	if err != nil {
		t.Fatal(err)
	}
	b := Resolve(s, ResolveOptions{Name: "shop"}).App.Services["web"].Build
	if b == nil || strings.Join(b.Install, " ") != "uwsgi psycopg2==2.9" || strings.Join(b.Packages, " ") != "gcc libc6-dev libpq-dev" || strings.Join(b.Runtime, " ") != "libpq5" {
		t.Errorf("%+v", b)
	}
}
