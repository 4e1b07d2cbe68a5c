package legacy

import (
	"maps"
	"slices"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// required notes the variables without which the code stops and that nothing gives a value: the first start would fail.
func (r *resolver) required(units []*unit) {
	for _, u := range units {
		noted := map[string]bool{}
		for _, process := range slices.Sorted(maps.Keys(u.processes)) {
			for _, f := range u.processes[process] {
				if name := f.Requires; name != "" && !noted[name] && !r.set(u.base, name) {
					noted[name] = true
					r.note(f.Evidence, name+" has to be set, or the code stops here, and nothing says to what: give it under services."+u.base+".env in "+service.FileName+
						", or under env of each environment")
				}
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
