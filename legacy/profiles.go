package legacy

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// startedWith are options by which a command chooses profiles of Spring.
var startedWith = scan.MustCompile(`(?:-D|--)spring\.profiles\.active=([\w,-]+)`)

// profiles drops what holds under a profile of Spring's that the service is not started with. Where it is started with one
// that the code knows, what would be to decide is decided.
func (r *resolver) profiles(u *unit) {
	chosen, known := u.profiles(), false
	holds := func(f Claimed) bool {
		active := slices.Contains(chosen, f.Profile)
		known = known || active && f.Profile != ""
		return f.Profile == "" || active
	}
	for process, findings := range u.processes {
		u.processes[process] = slices.DeleteFunc(findings, func(f Claimed) bool { return !holds(f) })
	}
	u.needs = slices.DeleteFunc(u.needs, func(f Claimed) bool { return !holds(f) })
	if known {
		r.Notes = slices.DeleteFunc(r.Notes, func(n scan.Note) bool { return n.Undecided == u.dir })
	}
}

// profiles are those that the main process is started with, by the strongest evidence.
func (u *unit) profiles() []string {
	for _, f := range stronger(u.processes[""]) {
		if names := f.Service.Env["SPRING_PROFILES_ACTIVE"]; names != "" {
			return strings.Split(names, ",")
		}
		if m := startedWith.FindStringSubmatch(strings.Join(f.Service.Command, " ")); m != nil {
			return strings.Split(m[1], ",")
		}
	}
	return nil
}
