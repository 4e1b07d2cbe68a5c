package legacy

import (
	"cmp"
	"fmt"
	"path"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// nameUnits gives each main service its name: that of the last init, else what the evidence calls it, else web or worker where it is alone, else the
// name of its directory.
func (r *resolver) nameUnits(units []*unit) {
	taken := map[string]bool{}
	for _, u := range units {
		name := cmp.Or(r.lastUnit(u), calledByHost(u))
		for _, f := range stronger(u.processes[""]) {
			if name == "" && f.Name != "" && !(len(units) > 1 && (f.Name == "web" || f.Name == "app" || f.Name == "worker")) {
				name = slug(f.Name)
			}
		}
		if name == "" {
			name = r.plainName(units, u)
		}
		for dir := path.Dir(u.dir); taken[name] && dir != "."; dir = path.Dir(dir) {
			name = slug(path.Base(dir) + "-" + name)
		}
		u.base = name
		for i := 2; taken[u.base]; i++ {
			u.base = fmt.Sprintf("%s-%d", name, i)
		}
		taken[u.base] = true
	}
}

// calledByHost is the name under which other services reach this one over compose's network: what they are told calls it so.
func calledByHost(u *unit) string {
	for _, f := range u.processes[""] {
		if f.Name != "" && f.Evidence.Reader == "compose" && f.Evidence.Rank == scan.Declared && !genericNames[f.Name] {
			return slug(f.Name)
		}
	}
	return ""
}

// serves says whether a framework answers HTTP: those that do something else are few.
func serves(framework string) bool {
	switch framework {
	case "", "grpc", "celery", "rq", "kafka", "static":
		return false
	}
	return true
}

func (r *resolver) plainName(units []*unit, u *unit) string {
	if len(units) > 1 {
		if u.dir == "." {
			return r.App.Name
		}
		if name := slug(scan.Called(u.dir)); name != "" {
			return name
		}
		return "service" // a name without a single letter of a-z: several get a number
	}
	for _, findings := range u.processes {
		for _, f := range findings {
			if f.Service.Port > 0 || f.Process == "web" || scan.SpeaksFastCGI(f.Service.Command) {
				return "web"
			}
		}
	}
	if u.has(func(s service.Service) bool { return len(s.Command) > 0 }) && !u.has(func(s service.Service) bool { return serves(s.Framework) }) {
		return "worker"
	}
	return "web"
}
