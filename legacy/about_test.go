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

// operate is a reader of operations code: it claims a command for each file, about what the file is called.
func operate() scan.Reader {
	return scan.Reader{Name: "operate", Ops: true, Wants: func(p string) bool { return strings.HasSuffix(p, ".conf") }, Read: func(t *scan.Tree, paths []string, r *scan.Report) {
		for _, p := range paths {
			f := scan.Finding{About: []string{strings.TrimSuffix(p[strings.LastIndexByte(p, '/')+1:], ".conf")}}
			f.Service.Command = strings.Fields(t.Text(p, r))
			r.Find(f, p, 1, scan.Declared, "")
			r.NoteAbout(f.About, p, 1, "seen")
		}
	}}
}

func operated(t *testing.T, name string, repo, ops fstest.MapFS, code ...scan.Finding) *Resolution {
	t.Helper()
	repo["file"] = &fstest.MapFile{Data: []byte("x\n")}
	s, err := scanWith(context.Background(), repo, ScanOptions{Ops: []Root{{"ops", ops}}}, []scan.Reader{operate(), says("code", code...)})
	if err != nil {
		t.Fatal(err)
	}
	return Resolve(s, ResolveOptions{Name: name})
}

func conf(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text + "\n")} }

func python(dir string, command ...string) scan.Finding {
	return scan.Finding{Dir: dir, Service: service.Service{Language: "python", Command: command, Port: 8000}, Evidence: guess()}
}

func TestOperationsSpeakOfTheServiceByItsNames(t *testing.T) {
	for subject, want := range map[string]string{
		"shop":         "web: shop",
		"acme_shop":    "web: acme_shop",
		"shop.service": "web: shop.service",
		"shop-worker":  "worker: shop-worker",
		"shop-web":     "web: shop-web",
		"shop2":        "web: shop2",
		"shop2-worker": "worker: shop2-worker",
		"shop01":       "",
		"workshop":     "",
		"billing":      "",
		"web":          "",
	} {
		r := operated(t, "acme-shop", fstest.MapFS{}, fstest.MapFS{subject + ".conf": conf(subject)}, python("."))
		got := ""
		for _, name := range r.App.ServiceNames() {
			if command := r.App.Services[name].Command; len(command) > 0 {
				got = name + ": " + strings.Join(command, " ")
			}
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", subject, got, want)
		}
	}
}

func TestOthersAreLeftOutAndCounted(t *testing.T) {
	ops := fstest.MapFS{"a/billing.conf": conf("billing"), "b/shop.conf": conf("shop")}
	r := operated(t, "shop", fstest.MapFS{}, ops, python("."))
	var notes []string
	for _, n := range r.Notes {
		notes = append(notes, n.File+": "+n.Text)
	}
	want := "@ops: what is said here of other services is left out: billing|@ops/b/shop.conf: seen"
	if got := strings.Join(notes, "|"); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if got := r.Claims["services.web.command"]; len(got) == 0 || got[0].File != "@ops/b/shop.conf" {
		t.Errorf("the command's evidence is %v", got)
	}
}

func TestOfSeveralServicesTheOneWithTheName(t *testing.T) {
	ops := fstest.MapFS{"cart.conf": conf("run-cart"), "shop.conf": conf("run-shop")}
	r := operated(t, "shop", fstest.MapFS{}, ops, python("services/cart", "x"), python("services/stock", "y"))
	if got := strings.Join(r.App.Services["cart"].Command, " "); got != "run-cart" {
		t.Errorf("cart runs %q", got)
	}
	if got := strings.Join(r.App.Services["stock"].Command, " "); got != "y" {
		t.Errorf("nobody spoke of stock, it runs %q", got)
	}
}

func TestInTheRepositoryAPlainNameMeansTheOnlyCode(t *testing.T) {
	r := operated(t, "shop", fstest.MapFS{"deploy/app.conf": conf("run"), "deploy/postgresql.conf": conf("postgres")}, fstest.MapFS{}, python("."))
	if len(r.App.Services) != 1 || strings.Join(r.App.Services["web"].Command, " ") != "run" {
		t.Errorf("got %v", r.App.Services)
	}
}

func TestSettingsOfOneEnvironment(t *testing.T) {
	in := func(environment string, env map[string]string) scan.Finding {
		return scan.Finding{Environment: environment, Service: service.Service{Env: env}}
	}
	r := resolve(t, says("hiera",
		scan.Finding{Service: service.Service{Language: "python", Command: []string{"run"}}},
		in("production", map[string]string{"LEVEL": "warn", "DB_PASSWORD": "canary"}),
		in("preview", map[string]string{"LEVEL": "debug"})))
	if got := r.App.Environments["production"].Env; len(got) != 1 || got["LEVEL"] != "warn" {
		t.Errorf("production has %v", got)
	}
	if got := r.App.Environments["preview"].Env["LEVEL"]; got != "debug" {
		t.Errorf("an environment that operations know is made: LEVEL is %q", got)
	}
	if c := r.Claims["environments.production.env.LEVEL"]; len(c) != 1 || c[0].Line != 2 {
		t.Errorf("its evidence is %v", c)
	}
	for _, s := range r.App.Services {
		if len(s.Env) > 0 {
			t.Errorf("what differs by environment is not in the service: %v", s.Env)
		}
	}
}

func TestNotesOfManyThingsBecomeOne(t *testing.T) {
	report := func(r *scan.Report) {
		for i, item := range []string{"b", "a", "b", "c"} {
			r.NoteItem([]string{"shop"}, "x.pp", 9-i, "seen", item)
		}
		r.NoteItem([]string{"shop"}, "y.pp", 1, "seen", "d")
		r.NoteItem([]string{"billing"}, "x.pp", 1, "seen", "other")
	}
	reader := scan.Reader{Name: "many", Wants: func(p string) bool { return p == "file" }, Read: func(_ *scan.Tree, _ []string, r *scan.Report) { report(r) }}
	s, err := scanWith(context.Background(), fstest.MapFS{"file": {Data: []byte("x")}}, ScanOptions{}, []scan.Reader{reader, says("code", python("shop"), python("billing-api"))})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range Resolve(s, ResolveOptions{Name: "acme"}).Notes {
		if strings.HasSuffix(n.File, ".pp") {
			got = append(got, n.File+": "+n.Text)
		}
	}
	if want := "x.pp: seen: c, b, a|y.pp: seen: d"; strings.Join(got, "|") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNamesWithProcesses(t *testing.T) {
	for subject, want := range map[string]string{"shop-worker-fast": "worker-fast", "shop-web": "", "shop": "", "read-shop": "read", "read-shop-vhost": "read", "web-shop": "", "www-shop": "", "write-shop": "none"} {
		known := &subjects{names: map[string]string{"shop": "."}, dirs: []string{"."}, runs: map[string]bool{"read": true}}
		if _, process, ok := known.named(subject); want == "none" {
			if ok {
				t.Errorf("%s is taken for %q: no process here is called so", subject, process)
			}
			continue
		}
		if _, process, ok := known.named(subject); !ok || process != want {
			t.Errorf("%s: %q, %v", subject, process, ok)
		}
	}
	for line, want := range map[string]string{
		"plackup 0.0.0.0:5001": "", "gunicorn -w 4 shop.wsgi": "shop", "gunicorn --reload shop.wsgi": "shop", "celery -A shop.tasks worker": "shop",
		"python -m gunicorn.app.wsgiapp -c gunicorn-prod.conf.py shop.wsgi:application": "shop", "python -m gunicorn.app.wsgiapp": "", "celery beat -S redbeat.RedBeatScheduler": "",
	} {
		if got := program(strings.Fields(line)); got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}

// The first label of a host's name says whose it is; the rest is no process.
func TestNamesOfHosts(t *testing.T) {
	known := &subjects{names: map[string]string{"shop": "."}, dirs: []string{"."}}
	for name, want := range map[string]string{"shop.example.edu": "", "shop-worker.example.edu": "worker", "shop.worker.service": "worker", "shop-worker": "worker"} {
		if _, process, ok := known.meant([]string{name}, true); !ok || process != want {
			t.Errorf("%s: %q, %v", name, process, ok)
		}
	}
}

// Separators mean nothing, and neither does the company in front.
func TestNamesWithoutTheCompany(t *testing.T) {
	for name, want := range map[string]bool{"big_shop": true, "bigshop": true, "big-shop": true, "acme-bigshop": true, "shop": false, "acme": false, "gshop": false} {
		known := &subjects{names: map[string]string{}, dirs: []string{"."}, whole: []string{"acme-bigshop"}}
		if _, _, ok := known.named(slug(name)); ok != want {
			t.Errorf("%s: %v", name, ok)
		}
	}
}

func TestNamesOfSites(t *testing.T) {
	known := &subjects{names: map[string]string{}, dirs: []string{"."}, whole: []string{"shop-website"}}
	for name, want := range map[string]bool{
		"www.shop.org": true, "shop.org": true, "shop.acme.org": false, "shop-website.acme.edu": true, "/srv/www.shop.org": true, "/srv/www.shop.org/current": false, "git.shop.org": false, "shop": false, "/srv/shop.git": false, "www.other.org": false,
	} {
		if _, _, ok := known.meant([]string{name}, true); ok != want {
			t.Errorf("%s: %v", name, ok)
		}
	}
}

func TestRepositoriesCalledAfterTheirSite(t *testing.T) {
	for name, want := range map[string]bool{"shop.org": true, "shop.js": false, "shop": true} {
		known := (&resolver{options: ResolveOptions{Name: name}}).subjects([]Claimed{{Finding: scan.Finding{Dir: ".", Service: service.Service{Language: "ruby", Port: 80}}}})
		if _, _, ok := known.meant([]string{"shop"}, true); ok != want {
			t.Errorf("%s: %v", name, ok)
		}
	}
}

func TestCodeForShowCountsWhereNoOtherIs(t *testing.T) {
	reader := scan.Reader{Name: "code", Wants: func(p string) bool { return strings.HasSuffix(p, "run") }, Read: func(_ *scan.Tree, paths []string, r *scan.Report) {
		for _, p := range paths {
			r.Find(scan.Finding{Dir: strings.TrimSuffix(p, "/run"), Service: service.Service{Language: "go", Command: []string{"x"}}}, p, 1, scan.Declared, "")
		}
	}}
	for _, c := range []struct {
		files string
		want  string
	}{
		{"samples/shop/run tests/run", "samples/shop"},
		{"shop/run samples/shop2/run", "shop"},
		{"tests/run", ""},
	} {
		tree := fstest.MapFS{}
		for _, name := range strings.Fields(c.files) {
			tree[name] = conf("x")
		}
		s, err := scanWith(context.Background(), tree, ScanOptions{}, []scan.Reader{reader})
		if err != nil {
			t.Fatal(err)
		}
		var dirs []string
		for _, svc := range Resolve(s, ResolveOptions{Name: "x"}).App.Services {
			dirs = append(dirs, svc.Dir)
		}
		if got := strings.Join(dirs, " "); got != c.want {
			t.Errorf("%s: found %q, want %q", c.files, got, c.want)
		}
	}
}

// What stands in front of the services speaks of them by names; without one it is about the code beside it, and never a
// service or a process of its own.
func TestRoutesOfTheRepository(t *testing.T) {
	routed := func(dir string, about ...string) scan.Finding {
		return scan.Finding{Dir: dir, About: about, Service: service.Service{Routes: []service.Route{{Host: "shop.org", Path: "/"}}}, Evidence: guess()}
	}
	for name, c := range map[string]struct {
		found scan.Finding
		code  []scan.Finding
		want  string
	}{
		"a name":              {routed(".", "billing"), []scan.Finding{python("shop"), python("billing")}, "billing"},
		"a common name":       {routed(".", "api"), []scan.Finding{python("shop"), python("api")}, "api"},
		"the code beside":     {routed("shop", "gateway"), []scan.Finding{python("shop"), python("billing")}, "shop"},
		"no code beside":      {routed(".", "gateway"), []scan.Finding{python("shop"), python("billing")}, ""},
		"the only code":       {routed("", "web"), []scan.Finding{python(".")}, "web"},
		"a stranger":          {routed("", "cache"), []scan.Finding{python(".")}, ""},
		"no process of it":    {routed("", "shop-admin"), []scan.Finding{python("shop"), python("billing")}, ""},
		"no code at all":      {routed(".", "shop"), nil, ""},
		"a port is not known": {routed("."), []scan.Finding{{Dir: ".", Service: service.Service{Language: "python", Command: []string{"x"}}, Evidence: guess()}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := operated(t, "acme", fstest.MapFS{}, fstest.MapFS{}, append(c.code, c.found)...)
			got := ""
			for _, name := range r.App.ServiceNames() {
				if s := r.App.Services[name]; len(s.Routes) > 0 {
					got += name
				}
			}
			if got != c.want || len(r.App.Services) > len(c.code) {
				t.Errorf("got %q, want %q, of %v", got, c.want, r.App.ServiceNames())
			}
		})
	}
}

// What lies in a directory that operations bring the code to is about that code, whatever the directory is called; one that
// others share is nobody's.
func TestDeployedDirectories(t *testing.T) {
	deployed := func(dir, code string) scan.Finding {
		return scan.Finding{About: []string{"https://github.com/acme/" + code + ".git"}, Deployed: dir, Evidence: guess()}
	}
	s := &subjects{names: map[string]string{}, plain: map[string]string{}, dirs: []string{"."}, whole: []string{"orders"}}
	var findings []Claimed
	for _, f := range []scan.Finding{deployed("/srv/ord.example/http", "orders"), deployed("/data/all/orders-code", "orders"), deployed("/home/x/src", "orders"), deployed("/home/x/http", "billing")} {
		findings = append(findings, Claimed{Finding: f})
	}
	s.places(findings)
	for name, want := range map[string]bool{
		"/srv/ord.example/http/public": true, "/srv/ord.example/run/puma.sock": true, "/srv/other": false, "/srv": false, "ord.example": false,
		"/data/all/orders-code/bin": true, "/data/all/other": false, "/home/x/src/a": true, "/home/x/y": false, "/home/x/http/a": false,
	} {
		if _, _, ok := s.meant([]string{name}, true); ok != want {
			t.Errorf("%s: %v", name, ok)
		}
	}
}

func TestWhatIsSaidOfAProcessThatHasTheNameOfItsProgram(t *testing.T) {
	s, err := Scan(t.Context(), fstest.MapFS{
		"requirements.txt": &fstest.MapFile{Data: []byte("celery\nflask\ngunicorn\n")}, "app.py": &fstest.MapFile{Data: []byte("app = Flask(__name__)\n")},
		"etc/crontab.example":  &fstest.MapFile{Data: []byte("MAILTO=ops@corp.example\n0 1 * * * /srv/shop/app.py tidy\n")},
		"etc/supervisord.conf": &fstest.MapFile{Data: []byte("[program:celery]\ncommand=celery -A shop worker\nstopsignal=INT\n")},
	}, ScanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r := Resolve(s, ResolveOptions{Name: "shop"})
	if !slices.ContainsFunc(r.Notes, func(n scan.Note) bool { return strings.Contains(n.Text, "SIGINT") }) {
		t.Errorf("the note on celery's signal is lost: %v", r.Notes)
	}
	if !slices.ContainsFunc(r.Notes, func(n scan.Note) bool { return strings.Contains(n.Text, "was mailed to ops@corp.example") }) {
		t.Errorf("the note on the crontab's mail is lost: %v", r.Notes)
	}
}
