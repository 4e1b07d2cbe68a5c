package ops

import (
	"context"
	"fmt"
	"path"
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

// said writes every claim and note as one line.
func said(r *scan.Report) []string {
	var lines []string
	for _, f := range r.Findings {
		in := ""
		if f.Environment != "" {
			in = "[" + f.Environment + "] "
		}
		add := func(format string, args ...any) {
			lines = append(lines, fmt.Sprintf("%s: %s <- %s:%d %s", path.Join(f.Dir, f.Process), in+fmt.Sprintf(format, args...), f.Evidence.File, f.Evidence.Line, f.Evidence.Rank))
		}
		s := f.Service
		if f.Name != "" {
			add("name %s", f.Name)
		}
		if f.Holds != "" {
			add("holds %s", f.Holds)
		}
		if f.Library {
			add("library")
		}
		if f.File != nil && f.File.Secret {
			add("secret file %s", f.File.Path)
		} else if f.File != nil {
			add("file %s", f.File.Path)
		}
		if s.Language != "" {
			add("language %s", s.Language+" "+s.Version+" "+s.Framework)
		}
		if s.Language == "" && s.Version != "" {
			add("version %s", s.Version)
		}
		if s.Build != nil {
			add("build %s%s%s", s.Build.Dockerfile, s.Build.Artifact, map[bool]string{true: "wraps"}[s.Build.Wraps])
			if s.Build.Target != "" {
				add("stage %s", s.Build.Target)
			}
			for _, name := range s.Build.Extensions {
				add("extension %s", name)
			}
			if s.Build.User > 0 {
				add("user %d", s.Build.User)
			}
			for name, value := range s.Build.Args {
				add("argument %s=%s", name, value)
			}
		}
		if len(s.Command) > 0 {
			add("command %s%s", map[bool]string{true: "(release) "}[s.Release], strings.Join(s.Command, "|"))
		}
		if s.UDP != nil {
			add("udp %v", s.UDP)
		}
		if s.Port > 0 {
			add("port %d", s.Port)
		}
		if s.Schedule != "" {
			add("schedule %s", strings.TrimSpace(s.Schedule+" "+s.TimeZone))
		}
		if c := f.Check; c != nil {
			add("check %s: %s", c.Was, placeOf(*c))
		}
		if f.Replicas > 0 {
			add("replicas %d", f.Replicas)
		}
		for _, name := range f.About {
			add("about %s", name)
		}
		for _, route := range s.Routes {
			add("route %s%s", route.Host, route.Path)
		}
		if e := s.Edge; e != nil && e.FastCGI != "" {
			add("fastcgi %s", e.FastCGI)
		} else if e != nil {
			for _, p := range e.Parts {
				add("part {%s %v %v %s %d}%s", p.Path, p.Exact, p.Headers, p.Files, p.Refuse, p.Agents)
				if p.Pattern || p.Rate+p.Query+p.Host+p.Rewrite != "" || len(p.Allow)+len(p.Deny)+len(p.Methods) > 0 {
					add("part %s", p)
				}
			}
			if rest := fmt.Sprintf("edge {%v %s %s %v %v %v}", e.TLS, e.Timeout, e.Body, e.Headers, e.Rewrites, e.Redirects); len(e.Parts) == 0 {
				add("%s", rest)
			}
		}
		if s.Protocol != "" {
			add("speaks %s", s.Protocol)
		}
		if s.Health != nil {
			add("health %s %s", s.Health.Live, s.Health.Ready)
			if s.Health.Port != 0 {
				add("health at port %d", s.Health.Port)
			}
		}
		for _, k := range keys(s.Env) {
			add("env %s=%s", k, s.Env[k])
		}
		for _, k := range s.Secrets {
			add("secret %s", k)
		}
		if f.Requires != "" {
			add("requires %s", f.Requires)
		}
		for _, k := range s.State {
			add("state %s", k)
		}
		if n := f.Need; n != nil {
			text := n.Kind + n.Version + " " + n.Name + "|" + n.Host + "|" + n.Database + "|" + n.User
			for _, k := range keys(n.Env) {
				text += " " + k + "=" + n.Env[k]
			}
			if len(n.Extensions) > 0 {
				text += " with " + strings.Join(n.Extensions, ",")
			}
			add("need %s:%d", text, n.Port)
		}
		if f.File != nil && f.File.Secret {
			add("secret file %s", f.File.Path)
		}
	}
	for _, n := range r.Notes {
		lines = append(lines, fmt.Sprintf("note %s:%d %s", n.File, n.Line, n.Text))
	}
	return lines
}

// toldLines are the places, file:line, of which something is said.
func toldLines(r *scan.Report) map[string]bool {
	told := map[string]bool{}
	for _, f := range r.Findings {
		told[fmt.Sprint(f.Evidence.File, ":", f.Evidence.Line)] = true
	}
	for _, n := range r.Notes {
		told[fmt.Sprint(n.File, ":", n.Line)] = true
		for _, item := range n.Items {
			told[fmt.Sprint(n.File, ":", item.Line)] = true
		}
		for _, line := range furtherLine.FindAllString(n.Text, -1) {
			told[n.File+":"+strings.TrimPrefix(line, "line ")] = true
		}
	}
	return told
}

var furtherLine = scan.MustCompile(`line \d+`)

func keys(m map[string]string) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	sort.Strings(list)
	return list
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
			all := "\n" + strings.Join(said(read(t, reader, c.tree)), "\n")
			for _, want := range c.want {
				if !strings.Contains(all, "\n"+want) {
					t.Errorf("missing: %s", want)
				}
			}
			for _, not := range c.not {
				if strings.Contains(all, not) {
					t.Errorf("unwanted: %s", not)
				}
			}
			if t.Failed() {
				t.Logf("found:%s", all)
			}
		})
	}
}

// checkReport holds what every finding must be, whatever the text: with evidence, a port in range, no empty command.
func checkReport(t *testing.T, r *scan.Report) {
	t.Helper()
	for _, f := range r.Findings {
		if f.Evidence.File == "" || f.Evidence.Line < 1 || f.Evidence.Rank == 0 {
			t.Fatalf("no evidence: %+v", f)
		}
		if f.Service.Port < 0 || f.Service.Port > 65535 || f.Service.Command != nil && f.Service.Command[0] == "" {
			t.Fatalf("%+v", f.Service)
		}
		if strings.HasPrefix(f.Dir, "..") || f.Need != nil && (f.Need.Kind == "" || f.Need.Port < 0 || f.Need.Port > 65535) {
			t.Fatalf("%+v %+v", f.Dir, f.Need)
		}
	}
}
