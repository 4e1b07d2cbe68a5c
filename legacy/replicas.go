package legacy

import (
	"cmp"
	"fmt"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// replicas takes over how many instances of a process run today: what serves and what works can have several pods, a job,
// a step of a release and what keeps data of its own can't.
func (r *resolver) replicas(units []*unit) {
	for _, u := range units {
		for _, f := range stronger(u.replicas) {
			name := r.processService(u, f.Process)
			environment := f.Environment
			if environment == "" {
				environment = "production"
			}
			e, there := r.App.Environments[environment]
			if name == "" || !there {
				r.note(f.Evidence, fmt.Sprintf("%d instances of %s ran in %s, which is not there: say replicas in %s", f.Replicas, cmp.Or(f.Process, u.base), environment, service.FileName))
				continue
			}
			if s := r.App.Effective(name); s.Schedule != "" || s.Release || len(s.State) > 0 {
				r.note(f.Evidence, fmt.Sprintf("%d instances of %s ran: it keeps data, which pods would not share, so there is one", f.Replicas, name))
				continue
			}
			if e.Replicas == nil {
				e.Replicas = map[string]int{}
			}
			if e.Replicas[name] == 0 {
				e.Replicas[name] = f.Replicas
			}
			at := "environments." + environment + ".replicas." + name
			r.Claims[at] = append(r.Claims[at], Claim{f.Evidence, fmt.Sprint(f.Replicas), f.order})
			r.App.Environments[environment] = e
		}
	}
}

// processService is what the service of a process of this code is called, "" where there is none.
func (r *resolver) processService(u *unit, process string) string {
	if process == "" || len(u.processes[process]) == 0 && slug(process) == "web" {
		return u.base
	}
	for _, name := range []string{r.lastProcess(u, process), slug(process), slug(u.base + "-" + process)} {
		if s := r.App.Services[name]; s != nil && (name == u.base || s.From == u.base) {
			return name
		}
	}
	return ""
}
