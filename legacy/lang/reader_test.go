package lang

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"sort"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// files are the contents of a tree by path.
type files map[string]string

// read runs one reader over a tree as legacy.Scan does.
func read(t testing.TB, reader scan.Reader, tree files) *scan.Report {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range tree {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return readFS(t, reader, fsys)
}

func readFS(t testing.TB, reader scan.Reader, fsys fs.FS) *scan.Report {
	t.Helper()
	walked, _, err := scan.Walk(context.Background(), fsys, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, f := range walked.Files() {
		if reader.Wants(f) && (reader.Aside || !walked.Aside(f)) {
			paths = append(paths, f)
		}
	}
	r := &scan.Report{Reader: reader.Name}
	reader.Read(walked, paths, r)
	return r
}

// said writes every finding and note as one line, so that a test can say which ones it wants and where they come from.
func said(r *scan.Report) []string {
	var lines []string
	for _, f := range r.Findings {
		where := fmt.Sprintf(" <- %s:%d %s", f.Evidence.File, f.Evidence.Line, f.Evidence.Rank)
		who := path.Join(f.Dir, f.Process) + ": "
		if f.Profile != "" {
			who += "under " + f.Profile + " "
		}
		add := func(format string, args ...any) {
			lines = append(lines, who+fmt.Sprintf(format, args...)+where)
		}
		s := f.Service
		if f.Library {
			add("library")
		}
		if f.Requires != "" {
			add("requires %s", f.Requires)
		}
		if s.Language != "" {
			add("language %s", s.Language)
		}
		if s.Version != "" {
			add("version %s", s.Version)
		}
		if s.Framework != "" {
			add("framework %s", s.Framework)
		}
		if b := s.Build; b != nil {
			if b.Tool != "" {
				add("build %s %s", b.Tool, strings.Join(b.Files, " "))
			}
			if len(b.Command) > 0 {
				add("build runs %s -> %s", strings.Join(b.Command, " "), b.Artifact)
			}
			if len(b.Install) > 0 {
				add("install %s", strings.Join(b.Install, " "))
			}
			if b.Tool == "" && b.Artifact != "" {
				add("artifact %s", b.Artifact)
			}
			if b.Module != "" {
				add("module %s", b.Module)
			}
			if b.Context != "" {
				add("context %s", b.Context)
			}
			for _, a := range b.Assets {
				add("asset %s", a)
			}
			if len(b.Extensions) > 0 {
				add("extensions %s", strings.Join(b.Extensions, " "))
			}
			if len(b.Command)+len(b.Files) == 0 && b.Artifact != "" {
				add("document root %s", b.Artifact)
			}
			if len(b.Packages)+len(b.Runtime) > 0 {
				add("packages %s | %s", strings.Join(b.Packages, " "), strings.Join(b.Runtime, " "))
			}
		}
		if s.UDP != nil {
			add("udp %v", s.UDP)
		}
		if len(s.Command) > 0 {
			release := ""
			if s.Release {
				release = "release "
			}
			add("%scommand %s", release, strings.Join(s.Command, " "))
		} else if s.Release {
			add("release")
		}
		if s.Schedule != "" {
			add("schedule %s", s.Schedule)
		}
		if f.Script != "" {
			add("script %s: %s", f.Script, strings.Join(f.Runs, " "))
		}
		if s.Port > 0 {
			add("port %d", s.Port)
		}
		if s.Protocol != "" {
			add("speaks %s", s.Protocol)
		}
		if s.Health != nil {
			add("health %s|%s", s.Health.Live, s.Health.Ready)
			if s.Health.Port != 0 {
				add("health at port %d", s.Health.Port)
			}
		}
		for _, k := range slices.Sorted(maps.Keys(s.Env)) {
			add("env %s=%s", k, s.Env[k])
		}
		for _, k := range s.Secrets {
			add("secret %s", k)
		}
		for _, k := range s.State {
			add("state %s", k)
		}
		if f.Holds != "" {
			add("holds %s", f.Holds)
		}
		if f.Collects != nil {
			add("collects %s", strings.Join(f.Collects, " "))
		}
		if n := f.Need; n != nil {
			parts := []string{n.Kind}
			for _, p := range []struct{ k, v string }{{"name", n.Name}, {"host", n.Host}, {"in", n.Environment}, {"db", n.Database}, {"user", n.User}, {"with", strings.Join(n.Extensions, ",")}} {
				if p.v != "" {
					parts = append(parts, p.k+"="+p.v)
				}
			}
			for _, k := range slices.Sorted(maps.Keys(n.Env)) {
				parts = append(parts, k+"="+n.Env[k])
			}
			add("need %s:%d", strings.Join(parts, " "), n.Port)
		}
	}
	for _, n := range r.Notes {
		lines = append(lines, fmt.Sprintf("note %s:%d %s", n.File, n.Line, strings.TrimSpace(n.Item+" "+n.Text)))
	}
	return lines
}

type readerCase struct {
	name string
	tree files
	want []string // lines that must be there, by their beginning
	not  []string // words that no line may hold
}

func runCases(t *testing.T, reader scan.Reader, cases []readerCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			lines := said(read(t, reader, c.tree))
			all := strings.Join(lines, "\n")
			for _, want := range c.want {
				if !strings.Contains("\n"+all, "\n"+want) {
					t.Errorf("missing: %s", want)
				}
			}
			for _, not := range c.not {
				if strings.Contains(all, not) {
					t.Errorf("unwanted: %s", not)
				}
			}
			if t.Failed() {
				t.Logf("found:\n%s", all)
			}
		})
	}
}

// The services of examples/ are the readers' longest cases.
func TestExamples(t *testing.T) {
	for _, c := range []struct {
		dir    string
		reader scan.Reader
		want   []string
		not    []string
	}{
		{"../../examples/shop/before", Python(), []string{
			".: version 3.6 <- runtime.txt:1 declared", ".: framework django <- requirements.txt:1 declared", ".: command gunicorn shop.wsgi:application --bind 0.0.0.0:8000 <- shop/settings.py:30 convention",
			"worker: command celery -A shop worker <- shop/celery.py:10", "beat: command celery -A shop beat -s /tmp/celerybeat-schedule --pidfile= <- shop/celery.py:14",
			"migrate: release command python manage.py migrate --noinput", ".: need postgres host=db01.corp.example db=shop user=shop DB_HOST={host} DB_PORT={port}:5432",
			".: need rabbitmq host=mq01.corp.example user=shop RABBITMQ_HOST={host}:5672", ".: need http name=erp host=erp.corp.example ERP_URL=https://{host}:{port}/api:8443",
			".: need smtp host=mail.corp.example EMAIL_HOST={host}:25", ".: health /healthz|", ".: health |/readyz", ".: secret DB_PASSWORD", ".: secret RABBITMQ_PASSWORD", ".: state media",
		}, []string{"redis", "dev-7f3k2m9x", "env DB_HOST"}},
		{"../../examples/catalog/before", Node(), []string{
			".: version 8 <- package.json:13 declared", ".: framework express", ".: command node server.js <- package.json:8 declared", "worker: command node worker.js <- package.json:9",
			".: port 3000 <- config/default.json:2 declared", ".: env PORT=3000", ".: need mysql host=mysql02.corp.example DB_HOST={host}:3306", ".: need redis host=redis01.corp.example REDIS_HOST={host}:6379",
			".: need http name=images host=images.corp.example IMAGES_URL=http://{host}:{port}/img:8090", ".: health |/status", ".: secret DB_PASSWORD <- lib/config.js:14", "note config/default.json:8 password",
		}, []string{"smtp"}},
	} {
		lines := said(readFS(t, c.reader, os.DirFS(c.dir)))
		all := "\n" + strings.Join(lines, "\n")
		for _, want := range c.want {
			if !strings.Contains(all, "\n"+want) {
				t.Errorf("%s: missing: %s", c.dir, want)
			}
		}
		for _, not := range c.not {
			if strings.Contains(all, not) {
				t.Errorf("%s: unwanted: %s", c.dir, not)
			}
		}
		if t.Failed() {
			sort.Strings(lines)
			t.Logf("found:%s", all)
		}
	}
}
