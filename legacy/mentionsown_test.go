package legacy

import (
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
