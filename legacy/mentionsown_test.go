package legacy

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// Lines that do not name the service are noted where they stand among what is about it: each by its key, never by what it says.
func TestWhatStandsAmongWhatIsAboutTheService(t *testing.T) {
	ops := fstest.MapFS{
		"shop.conf":                 conf("run-shop"),
		"roles/shop/vars/main.yml":  conf("# all of a role of its own\nfirst: canary\nlist:\n  - canary\n\nend: canary\nkey: |\n  canary canary"),
		"data/apps.yaml":            conf("apps:\n  other:\n    port: canary\n  shop:\n    port: canary\n    \"log level\": x\n    envs: [canary]\nother::key: canary"),
		"roles/other/vars/main.yml": conf("first: canary"),
		"recipes/web.rb":            conf("package 'canary'\nexecute 'make' do\n  command 'canary'\nend\ncron 'shop'"),
	}
	r := operated(t, "shop", fstest.MapFS{}, ops, python("."))
	var got []string
	for _, n := range r.Notes {
		if strings.Contains(n.Text, "stands among") {
			for _, item := range n.Items {
				got = append(got, fmt.Sprintf("%s:%d %s %v", n.File, item.Line, item.Text, n.Aside))
			}
		}
		if strings.Contains(fmt.Sprint(n), "canary") {
			t.Errorf("a value: %v", n)
		}
	}
	want := []string{
		"@ops/data/apps.yaml:4 shop true", "@ops/data/apps.yaml:5 port true", "@ops/data/apps.yaml:7 envs true",
		"@ops/recipes/web.rb:1 package true", "@ops/recipes/web.rb:2 execute true", "@ops/recipes/web.rb:3 command true", "@ops/recipes/web.rb:5 cron true",
		"@ops/roles/shop/vars/main.yml:2 first true", "@ops/roles/shop/vars/main.yml:3 list true", "@ops/roles/shop/vars/main.yml:4 an entry of list true", "@ops/roles/shop/vars/main.yml:7 key true",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// States that the service's own bring in, and those that lie beside what leads to it, are about it as well.
func TestStatesThatBelongToTheService(t *testing.T) {
	site := "server {\n  server_name shop.acme.org;\n  location / { proxy_pass http://127.0.0.1:8000; }\n}"
	ops := fstest.MapFS{
		"shop/init.sls":   conf("include:\n  - python\n\nshop:\n  user.present:\n    - home: /srv/shop"),
		"python/init.sls": conf("python3:\n  pkg.installed:\n    - refresh: canary"),
		"nginx/init.sls":  conf("/etc/nginx/sites-available/default:\n  file.managed:\n    - source: salt://nginx/default\n\ncertbot:\n  pkg.installed:\n    - refresh: canary"),
		"nginx/default":   conf(site),
		"nginx/tls.sls":   conf("certbot:\n  pkg.installed:\n    - refresh: canary"),
		"flat/shop.sls":   conf("/etc/nginx/sites-enabled/shop:\n  file.managed:\n    - source: salt://nginx/default"),
		"flat/mail.sls":   conf("postfix:\n  pkg.installed:\n    - refresh: canary"),
		"other/init.sls":  conf("certbot:\n  pkg.installed:\n    - refresh: canary"),
	}
	s, err := Scan(context.Background(), fstest.MapFS{"requirements.txt": conf("flask"), "shop/wsgi.py": conf("application = None")}, ScanOptions{Ops: []Root{{"ops", ops}}})
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, n := range Resolve(s, ResolveOptions{Name: "shop"}).Notes {
		if strings.Contains(fmt.Sprint(n), "canary") {
			t.Errorf("a value: %v", n)
		}
		told[n.File] = told[n.File] || strings.Contains(n.Text, "stands among")
	}
	for file, want := range map[string]bool{"@ops/python/init.sls": true, "@ops/nginx/init.sls": true, "@ops/nginx/tls.sls": false, "@ops/flat/mail.sls": false, "@ops/other/init.sls": false} {
		if told[file] != want {
			t.Errorf("%s: %v", file, told[file])
		}
	}
}
