package ops

import (
	"fmt"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// told writes what operations code says as one line each, behind the first name by which it speaks of a service.
func told(r *scan.Report) []string {
	var lines []string
	for _, f := range r.Findings {
		who := strings.Join(f.About[:min(1, len(f.About))], "")
		if f.Process != "" {
			who += "/" + f.Process
		}
		if f.Environment != "" {
			who += " in " + f.Environment
		}
		s := f.Service
		var what []string
		if s.Build != nil {
			what = append(what, "runtime "+strings.Join(s.Build.Runtime, " "))
		}
		if s.Schedule != "" {
			what = append(what, "schedule "+s.Schedule)
		}
		for _, route := range s.Routes {
			what = append(what, "route "+route.Host)
		}
		if f.Deployed != "" {
			what = append(what, "deployed "+f.Deployed)
		}
		if f.File != nil {
			text := "file " + f.File.Path
			if f.File.Secret {
				text += " secret"
			}
			if len(f.File.Sets) > 0 {
				text += " sets " + strings.Join(f.File.Sets, " ")
			}
			if f.File.Text != "" {
				text += ": " + strings.ReplaceAll(f.File.Text, "\n", "|")
			}
			what = append(what, text)
		}
		plain := f
		plain.Dir, plain.Process, plain.About, plain.Environment, plain.File = "", "", nil, "", nil
		plain.Service.Build, plain.Service.Schedule, plain.Service.Routes = nil, "", nil
		for _, line := range said(&scan.Report{Findings: []scan.Finding{plain}}) {
			line, _, _ = strings.Cut(strings.TrimPrefix(line, ": "), " <- ")
			what = append(what, line)
		}
		lines = append(lines, fmt.Sprintf("%s: %s <- %s:%d", who, strings.Join(what, "; "), f.Evidence.File, f.Evidence.Line))
	}
	for _, n := range r.Notes {
		who, _, _ := strings.Cut(n.About, "\n")
		lines = append(lines, fmt.Sprintf("note %s: %s:%d %s: %s", who, n.File, n.Line, n.Text, n.Item))
	}
	return lines
}

// runManaged checks what a reader of configuration management tells; the canary is never among it.
func runManaged(t *testing.T, reader scan.Reader, cases []readerCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := read(t, reader, c.tree)
			checkManaged(t, r)
			all := "\n" + strings.Join(told(r), "\n")
			for _, want := range c.want {
				if !strings.Contains(all, "\n"+want) {
					t.Errorf("missing: %s", want)
				}
			}
			for _, not := range append([]string{"canary", "Canary"}, c.not...) {
				if strings.Contains(fmt.Sprintf("%+v", r), not) {
					t.Errorf("unwanted: %s", not)
				}
			}
			if t.Failed() {
				t.Logf("told:%s", all)
			}
		})
	}
}

// checkManaged holds what every finding must be, whatever the text.
func checkManaged(t *testing.T, r *scan.Report) {
	t.Helper()
	checkReport(t, r)
	for _, f := range r.Findings {
		if len(f.About) == 0 {
			t.Fatalf("about nothing: %+v", f)
		}
	}
	for _, n := range r.Notes {
		if n.File == "" || len(n.Item) > 1000 {
			t.Fatalf("%+v", n)
		}
	}
}

// withAttributes is a resource that is given these.
func withAttributes(values map[string]managedValue) *managed {
	m := &managed{}
	for name, v := range values {
		m.set(name, v)
	}
	return m
}

func TestCronSchedules(t *testing.T) {
	text := func(s string) managedValue { return textValue(s, "x", 1) }
	for _, c := range []struct {
		attrs map[string]managedValue
		want  string
	}{
		{map[string]managedValue{"minute": text("5"), "hour": text("*/6")}, "5 */6 * * *"},
		{map[string]managedValue{"minute": {kind: valueList, list: []managedValue{text("0"), text("30")}}}, "0,30 * * * *"},
		{map[string]managedValue{"hour": text("3"), "minute": text("1"), "weekday": text("Sunday")}, "1 3 * * 0"},
		{map[string]managedValue{"minute": text("1"), "weekday": text("7")}, "1 * * * 0"},
		{map[string]managedValue{"special": text("daily")}, "0 0 * * *"},
		{map[string]managedValue{"time": text(":hourly")}, "0 * * * *"},
		{map[string]managedValue{"special": text("absent"), "minute": text("4")}, "4 * * * *"},
		{map[string]managedValue{"special": text("reboot")}, ""},
		{map[string]managedValue{"on_calendar": text("*-*-* 04:05:00")}, "5 4 * * *"},
		{map[string]managedValue{"on_calendar": unknownValue("w", "x", 1)}, ""},
		{map[string]managedValue{"minute": text("fqdn_rand(30)")}, ""},
		{map[string]managedValue{"minute": unknownValue("m", "x", 1)}, ""},
		{map[string]managedValue{"minute": text("75")}, ""},
		{map[string]managedValue{"hour": text("5-2")}, ""},
	} {
		if got := cronSchedule(withAttributes(c.attrs)); got != c.want {
			t.Errorf("%v: got %q, want %q", c.attrs, got, c.want)
		}
	}
}

func TestCommandsOfTheOldMachine(t *testing.T) {
	g := &meaning{installed: map[string]bool{"app_setenv": true, "spinup": true}}
	for line, want := range map[string]string{
		"cd /var/apps/shop && app_setenv shop bundle exec rake report >> /var/log/shop.log 2>&1":  "bundle exec rake report",
		"/usr/bin/env RAILS_ENV=production nice -n 10 bundle exec rake tidy":                      "bundle exec rake tidy",
		"/srv/shop/venv/bin/gunicorn shop.wsgi --bind 0.0.0.0:8000":                               "gunicorn shop.wsgi --bind 0.0.0.0:8000",
		"cd /srv/shop; /usr/bin/python2.7 /srv/shop/manage.py report":                             "python2.7 manage.py report",
		"/bin/bash -c 'export PATH=/x:$PATH; cd /srv/shop; ~/.rbenv/shims/bundle exec rake tidy'": "bundle exec rake tidy",
		"app_setenv shop spinup":              "",
		"rsync -a /a /b":                      "",
		"/usr/local/bin/shop-backup":          "",
		"test -e /x && find /x -delete":       "",
		"bundle exec rake a && backup":        "",
		"bundle exec rake report --to ${who}": "",
		"":                                    "",
	} {
		if got := strings.Join(g.commandLine(textValue(line, "x", 1), &managed{}), " "); got != want {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}

func TestDirectoriesThatKeepData(t *testing.T) {
	for dir, want := range map[string]bool{
		"/var/lib/shop": true, "/data/uploads": true, "/srv/shop/shared/uploads": true, "/var/log/shop": false, "/data/vhost/shop": false, "/etc/shop/data": false, "/data": false,
		"/var/run/shop": false, "${dir}/uploads": false, "uploads": false, "/usr/share/files": false,
	} {
		if keepsData(dir) != want {
			t.Errorf("%s: %v", dir, !want)
		}
	}
}
