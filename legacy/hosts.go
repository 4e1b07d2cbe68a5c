package legacy

import (
	"fmt"
	"slices"

	"github.com/migrate-to-kubernetes/migrate/legacy/host"
	"github.com/migrate-to-kubernetes/migrate/legacy/lang"
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// hosts adds what the snapshots of hosts tell. Between findings of equal rank a host stands behind what builds the image
// and starts it, which may be newer, and before the code, which may say what it could run with.
func (s *Scanned) hosts(snapshots []*host.Loaded) {
	if len(snapshots) == 0 {
		return
	}
	s.snapshot = map[string][]string{}
	for _, l := range snapshots {
		s.snapshot[l.File] = l.Text
	}
	report := host.Read(snapshots)
	for _, f := range report.Findings {
		s.Findings = append(s.Findings, Claimed{f, hostOrder()})
	}
	s.Notes = append(s.Notes, report.Notes...)
}

// hostOrder is a place between two readers: before the first of the languages.
func hostOrder() int {
	first := lang.Python().Name
	return 2*slices.IndexFunc(readers(), func(r scan.Reader) bool { return r.Name == first }) - 1
}

// hosted makes the only service that hosts run the only code that is here, whatever they are called, unless they are in
// different languages; where no code is here at all, it will be in the root.
func (s *subjects) hosted(findings []Claimed) {
	subject, running, code := "", "", ""
	for _, f := range findings {
		switch {
		case f.About == nil && f.Service.Language != "" && code == "":
			code = f.Service.Language
		case f.About == nil || f.Dir != "":
		case f.Evidence.Reader != host.Reader || subject != "" && subject != f.About[0]:
			return
		default:
			subject = f.About[0]
			if f.Service.Language != "" {
				running = f.Service.Language
			}
		}
	}
	switch name := slug(subject); {
	case name == "":
	case len(s.dirs) == 0:
		s.alone = name
	case len(s.dirs) == 1 && running == code && s.names[name] == "":
		s.names[name] = s.dirs[0]
	}
}

// sourceless asks for the image of services that only a host knows: no code is here to build one of.
func (r *resolver) sourceless(units []*unit) {
	for _, u := range units {
		if !u.onlyFrom(host.Reader) {
			continue
		}
		seen := u.processes[""][0].Evidence
		r.Questions = append(r.Questions, Question{
			Field: "image",
			Question: fmt.Sprintf("image: the source of %s is not here, only what %s shows of it: put its code into %s and run migrate init again, or say the image that holds it",
				u.base, seen.File, where(u.dir)),
			Choices: []string{r.App.Image},
		})
	}
}

func where(dir string) string {
	if dir == "." {
		return "this directory"
	}
	return dir + "/"
}
