package legacy

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// operations is a reader that claims these things of operations code about the service shop.
func operations(claims ...service.Service) scan.Reader {
	return scan.Reader{Name: "operations", Ops: true, Wants: func(p string) bool { return strings.HasPrefix(p, "@") }, Read: func(_ *scan.Tree, paths []string, r *scan.Report) {
		for i, s := range claims {
			r.Find(scan.Finding{About: []string{"shop"}, Service: s}, paths[0], i+1, scan.Declared, "")
		}
	}}
}

func TestWhatRepositoryAndOperationsDeclareDifferentlyIsAskedOnce(t *testing.T) {
	repo := service.Service{Language: "python", Version: "2.7", Command: []string{"gunicorn", "shop.wsgi"}, Port: 8000}
	for name, c := range map[string]struct {
		repo, ops service.Service
		field     string
		choices   string
	}{
		"version":                    {repo, service.Service{Version: "3.6"}, "services.web.version", "2.7|3.6"},
		"port":                       {repo, service.Service{Port: 8080}, "services.web.port", "8000|8080"},
		"command":                    {repo, service.Service{Command: []string{"uwsgi", "shop.ini"}}, "services.web.command", "gunicorn shop.wsgi|uwsgi shop.ini"},
		"the version to its patch":   {repo, service.Service{Version: "2.7.18"}, "services.web.version", ""},
		"the same port":              {repo, service.Service{Port: 8000}, "services.web.port", ""},
		"the command's options":      {repo, service.Service{Command: []string{"gunicorn", "shop.wsgi", "--workers", "8"}}, "services.web.command", ""},
		"a command through a shell":  {repo, service.Service{Command: []string{"sh", "-c", "exec gunicorn shop.wsgi ${OPTIONS}"}}, "services.web.command", ""},
		"the program with a version": {service.Service{Language: "python", Port: 80, Command: []string{"python", "app.py"}}, service.Service{Command: []string{"python3.6", "app.py"}}, "services.web.command", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := scanWith(context.Background(), fstest.MapFS{"file": {Data: []byte("x\n")}},
				ScanOptions{Ops: []Root{{"ops", fstest.MapFS{"shop.pp": {Data: []byte("x\n")}}}}},
				[]scan.Reader{says("code", scan.Finding{Dir: ".", Service: c.repo}), operations(c.ops)})
			if err != nil {
				t.Fatal(err)
			}
			r := Resolve(s, ResolveOptions{Name: "shop"})
			var asked []Question
			for _, q := range r.Questions {
				if q.Field == c.field {
					asked = append(asked, q)
				}
			}
			if c.choices == "" {
				if len(asked) > 0 {
					t.Fatalf("asked: %+v", asked)
				}
				return
			}
			if len(asked) != 1 {
				t.Fatalf("asked %d times: %+v", len(asked), r.Questions)
			}
			q := asked[0]
			if strings.Join(q.Choices, "|") != c.choices || !strings.Contains(q.Question, "file:1 says") || !strings.Contains(q.Question, "@ops/shop.pp:1 says") {
				t.Errorf("%+v", q)
			}
			if claims := r.Claims[c.field]; len(claims) != 2 || claims[0].Value != q.Choices[0] || claims[1].File != "@ops/shop.pp" {
				t.Errorf("explain has %+v", claims)
			}
		})
	}
}

// A name for all hosts of a domain is production's like any other: staging has its own below it.
func TestAWildcardHasASibling(t *testing.T) {
	r := resolve(t, says("code", scan.Finding{Service: service.Service{Language: "python", Command: []string{"run"}, Port: 80, Routes: []service.Route{{Host: "*.shop.example.com"}}}}))
	if got := r.App.Environments["staging"].Hosts["*.shop.example.com"]; got != "*.staging.shop.example.com" {
		t.Errorf("got %q", got)
	}
}

func TestAnEnvironmentsHostIsWhatOperationsCallIt(t *testing.T) {
	app := scan.Finding{Service: service.Service{Language: "python", Command: []string{"run"}, Port: 80, Routes: []service.Route{{Host: "shop.example.com"}}}}
	there := func(hosts ...string) (findings []scan.Finding) {
		for _, host := range hosts {
			findings = append(findings, scan.Finding{Environment: "staging", Service: service.Service{Routes: []service.Route{{Host: host}}}})
		}
		return findings
	}
	for name, c := range map[string]struct {
		says []scan.Finding
		want string
	}{
		"nothing":            {nil, "staging.shop.example.com"},
		"one":                {there("shop-test.example.com"), "shop-test.example.com"},
		"the same once more": {there("shop-test.example.com", "shop-test.example.com"), "shop-test.example.com"},
		"two":                {there("a.example.com", "b.example.com"), "staging.shop.example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			r := resolve(t, says("code", append([]scan.Finding{app}, c.says...)...))
			if got := r.App.Environments["staging"].Hosts["shop.example.com"]; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if n := len(r.App.Services["web"].Routes); n != 1 {
				t.Errorf("%d routes: another environment's became the service's", n)
			}
		})
	}
}

func TestADirectoryWithinAnotherIsNoStateOfItsOwn(t *testing.T) {
	r := resolve(t, says("code", scan.Finding{Service: service.Service{Language: "python", Command: []string{"run"}, Port: 80,
		State: []string{"/var/lib/shop/invoices", "/var/lib/shop", "/var/lib/shop-uploads"}}}))
	if got := strings.Join(r.App.Services["web"].State, " "); got != "/var/lib/shop /var/lib/shop-uploads" {
		t.Errorf("got %s", got)
	}
}

// What manages the machines of production is heard before a compose file, and a file without a place placed nothing that others
// miss.
func TestManagedMachinesAndComposeFiles(t *testing.T) {
	told := func(name, file, value string) scan.Reader {
		return scan.Reader{Name: name, Ops: true, Wants: func(p string) bool { return p == file }, Read: func(_ *scan.Tree, paths []string, r *scan.Report) {
			f := scan.Finding{Dir: ".", Service: service.Service{Env: map[string]string{"DB_NAME": value}}}
			if strings.HasPrefix(file, "@") {
				f.Dir, f.About, r.Placed = "", []string{"shop"}, []string{""}
				r.NoteAbout(f.About, file, 1, "a note")
			}
			r.Find(f, file, 1, scan.Declared, "")
		}}
	}
	x := []byte("x\n")
	s, err := scanWith(context.Background(), fstest.MapFS{"file": {Data: x}, "compose.yaml": {Data: x}}, ScanOptions{Ops: []Root{{"ops", fstest.MapFS{"shop.pp": {Data: x}}}}},
		[]scan.Reader{says("code", scan.Finding{Dir: ".", Service: service.Service{Language: "python", Port: 80, Command: []string{"python", "app.py"}}}), told("compose", "compose.yaml", "development"), told("puppet", "@ops/shop.pp", "shop")})
	if err != nil {
		t.Fatal(err)
	}
	r := Resolve(s, ResolveOptions{Name: "shop"})
	if claims := r.Claims["services.web.env.DB_NAME"]; len(claims) != 2 || claims[0].Value != "shop" {
		t.Errorf("DB_NAME is %v", claims)
	}
	if !slices.ContainsFunc(r.Notes, func(n scan.Note) bool { return n.Text == "a note" }) {
		t.Errorf("the note is lost: %v", r.Notes)
	}
}
