package legacy

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

func TestWhereTheServiceIsNamedAndNothingTaken(t *testing.T) {
	ops := fstest.MapFS{
		"shop.conf":                  conf("run-shop\nshop = below what is heard"),
		"varnish/default.vcl":        conf("# shop: a comment\nbackend shop_web {\n  .host = \"shop.internal\";\n}\nset x = \"workshop\";"),
		"dashboards/all.json":        conf(`{"title": "x",` + "\n" + `"target": "stats.apps.shop.requests"}`),
		"scripts/deploy":             conf("SHOP_PASSWORD=canary\npush canary shop\nother line"),
		"modules/shop/files/rates":   conf("nothing that names it"),
		"modules/shop/README.md":     conf("shop"),
		"modules/other/files/rates":  conf("nothing"),
		"modules/shop/spec/shop.yml": conf("shop: 1"),
	}
	r := operated(t, "shop", fstest.MapFS{}, ops, python("."))
	var got []string
	for _, n := range r.Notes {
		if n.File != "@ops/shop.conf" {
			got = append(got, fmt.Sprintf("%s:%d %s aside=%v", n.File, n.Line, n.Text, n.Aside))
		}
	}
	const named = "names the service, and nothing was taken from it: "
	want := []string{
		"@ops/dashboards/all.json:2 " + named + "target aside=true",
		"@ops/modules/shop/files:0 files among those of the service that nothing here reads: rates aside=false",
		"@ops/scripts/deploy:1 " + named + "SHOP_PASSWORD, push aside=true",
		"@ops/varnish/default.vcl:2 " + named + "backend, host aside=true",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A process of the machine that does the work of one that the repository has is evidence for it, under whatever name.
func TestEvidenceOfARepeatedProcessStays(t *testing.T) {
	web, worker := python(".", "gunicorn", "shop.wsgi"), python(".", "celery", "-A", "shop.tasks", "worker", "-l", "info")
	worker.Process, worker.Service.Port, worker.Evidence.Rank = "worker", 0, scan.Declared
	fsys := fstest.MapFS{"file": {Data: []byte("x\n")}}
	again := fstest.MapFS{"shop-queue.conf": conf("celery -A shop.tasks worker")}
	s, err := scanWith(context.Background(), fsys, ScanOptions{Ops: []Root{{"ops", again}}}, []scan.Reader{says("code", web, worker), operate()})
	if err != nil {
		t.Fatal(err)
	}
	r := Resolve(s, ResolveOptions{Name: "shop"})
	claims := r.Claims["services.worker.command"]
	if len(claims) != 2 || claims[1].File != "@ops/shop-queue.conf" || len(r.App.Services) != 2 {
		t.Errorf("evidence of the worker is %v, of services %v", claims, r.App.ServiceNames())
	}
}

// The text of a file that operations put on the machine for the service is about it, line by line.
func TestLinesOfAFileThatIsPlaced(t *testing.T) {
	ops := fstest.MapFS{
		"agent/files/logs.erb": conf("init:\n- type: file\n  path: /var/log/x\n# nothing\nlist: [\n\"Y2FuYXJ5=\",\nY2FuYXJ5=="), "agent/files/other.erb": conf("path: /var/log/y"),
		"agent/files/agent.key": conf("canary: 1\nY2FuYXJ5="), "agent/files/key.erb": conf("canary: 1\n-----BEGIN EC KEY-----"), "agent/files/sealed.erb": conf("canary: ENC[x]"),
		"machine.conf": conf("canary: 1"), "etc/agent.conf": conf("canary: 1"), "files/logs.erb": conf("canary: 1"),
		"agent/files/mail.erb": conf("x\nshop-mail pipe canary"), "agent/files/shop.erb": conf("shop-mail: 1\n-----BEGIN EC KEY-----\nshop canary"),
	}
	places := scan.Reader{Name: "places", Ops: true, Wants: func(p string) bool { return strings.HasSuffix(p, "logs.erb") },
		Read: func(_ *scan.Tree, _ []string, r *scan.Report) {
			r.NoteAside([]string{"shop"}, "@ops/agent/recipe.rb", 3, "files that are put on the machine", "/etc/agent/logs (agent/files/logs.erb)")
			r.NoteAside([]string{"shop"}, "@ops/agent/recipe.rb", 4, "files that are put on the machine.conf", "/etc/agent.conf (agent/files/agent.key) (agent/files/key.erb) (agent/files/sealed.erb) (agent/files/mail.erb) (agent/files/shop.erb)")
		}}
	fsys := fstest.MapFS{"file": {Data: []byte("x\n")}}
	s, err := scanWith(context.Background(), fsys, ScanOptions{Ops: []Root{{"ops", ops}}}, []scan.Reader{says("code", python(".")), places})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range Resolve(s, ResolveOptions{Name: "shop"}).Notes {
		if n.File != "@ops/agent/recipe.rb" {
			got = append(got, fmt.Sprintf("%s:%d %v aside=%v", n.File, n.Line, n.Items, n.Aside))
		}
	}
	if want := "@ops/agent/files/logs.erb:1 [{1 init} {2 type} {3 path} {5 list}] aside=true\n@ops/agent/files/mail.erb:2 [] aside=true"; strings.Join(got, "\n") != want {
		t.Errorf("got %s", strings.Join(got, "\n"))
	}
}
