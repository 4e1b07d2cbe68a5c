package legacy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// unheard notes what operations code kept elsewhere says of the service and what neither became evidence of a value nor
// stands in another note: it lost to something that is never compared with it, or the service has no use for it. Nothing that
// was seen is dropped without a word.
func (r *resolver) unheard(findings []Claimed) {
	type place struct {
		file string
		line int
	}
	heard := map[place]bool{}
	for _, claims := range r.Claims {
		for _, c := range claims {
			heard[place{c.Evidence.File, c.Evidence.Line}] = true
		}
	}
	for _, n := range r.Notes {
		heard[place{n.File, n.Line}] = true
		for _, item := range n.Items {
			heard[place{n.File, item.Line}] = true
		}
	}
	var notes []scan.Note
	for _, f := range findings {
		at := place{f.Evidence.File, f.Evidence.Line}
		says := saidBy(f)
		if heard[at] || says == "" || !strings.HasPrefix(at.file, "@") {
			continue
		}
		notes = append(notes, scan.Note{File: at.file, Line: at.line, Text: "seen, and of no use to what " + service.FileName + " says", Item: says, Aside: true})
	}
	r.Notes = append(r.Notes, together(notes)...)
}

// saidBy is in a few words what a finding says; values of variables are left out.
func saidBy(f Claimed) string {
	var said []string
	add := func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }
	s := f.Service
	if s.Language != "" || s.Version != "" {
		add("%s", strings.TrimSpace(s.Language+" "+s.Version))
	}
	if len(s.Command) > 0 {
		add("a command of %s", s.Command[0])
	}
	if s.Port > 0 {
		add("port %d", s.Port)
	}
	for _, route := range s.Routes {
		add("host %s", route.Host)
	}
	for name := range s.Env {
		add("variable %s", name)
	}
	for _, name := range s.Secrets {
		add("secret %s", name)
	}
	for _, dir := range s.State {
		add("directory %s", dir)
	}
	if s.Build != nil {
		for _, name := range s.Build.Runtime {
			add("package %s", name)
		}
	}
	if f.Need != nil {
		add("%s", strings.TrimSpace("need "+f.Need.Kind+" "+f.Need.Name))
	}
	if f.File != nil {
		add("file %s", f.File.Path)
	}
	if f.Check != nil {
		add("a check of the old monitoring")
	}
	if s.Edge != nil {
		add("what a web server does in front")
	}
	if s.Health != nil {
		add("a path for health checks")
	}
	slices.Sort(said)
	return strings.Join(said, ", ")
}
