package legacy

import (
	"fmt"
	"maps"
	"slices"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// required notes the variables without which the code stops, or calls its own machine, and that nothing gives a value: the
// first start would fail.
func (r *resolver) required(units []*unit) {
	for _, u := range units {
		noted := map[string]bool{}
		for _, process := range slices.Sorted(maps.Keys(u.processes)) {
			for _, f := range u.processes[process] {
				name := f.Requires
				if name == "" || noted[name] || r.set(u.base, name) {
					continue
				}
				noted[name] = true
				if f.Alternative != "" {
					r.note(f.Evidence, fmt.Sprintf("%s is this machine (%s) where nothing is set, which a container is alone on: say in %s what it is", name, f.Alternative, service.FileName))
					continue
				}
				why := "has to be set, or the code stops here"
				if f.Evidence.Reader == "heroku" {
					why = "is asked of whoever deploys this"
				}
				r.note(f.Evidence, name+" "+why+", and nothing says to what: give it under services."+u.base+".env in "+service.FileName+
					", or under env of each environment")
			}
		}
	}
}

// set says whether the service is given a variable: by itself, as a secret, or everywhere where it runs.
func (r *resolver) set(name, variable string) bool {
	s := r.App.Services[name]
	if s == nil || s.Env[variable] != "" || slices.Contains(s.Secrets, variable) {
		return true
	}
	for _, e := range r.App.Environments {
		if _, ok := e.Env[variable]; !ok {
			return false
		}
	}
	return len(r.App.Environments) > 0
}
