package legacy

import (
	"cmp"
	"fmt"
	"path"
	"slices"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// nameUnits gives each main service its name, and remembers where that is not the one by which others call it today.
func (r *resolver) nameUnits(units []*unit) {
	today, kept := r.unitNames(units, nil), r.unitNames(units, r.last)
	for i, u := range units {
		u.base = kept[i]
		for _, f := range u.processes[""] {
			if f.Name != "" && slug(f.Name) == today[i] && today[i] != u.base {
				r.keeps(today[i], u.base)
				r.keeps(f.Name, u.base)
			}
		}
	}
}

// unitNames are the names of the main services: that of the last init, for which it is kept free, else what the evidence calls
// it, else web or worker where it is alone, else the name of its directory.
func (r *resolver) unitNames(units []*unit, last *service.App) []string {
	taken, names := map[string]bool{}, make([]string, len(units))
	for i, u := range units {
		if name := lastUnit(last, u); name != "" && !writtenInCode(units, u) {
			names[i], taken[name] = name, true
		}
	}
	for i, u := range units {
		if names[i] != "" {
			continue
		}
		free := func(name string) bool { return !taken[name] && !reserved(last, units, u, name) }
		name := r.nameToday(units, u)
		for dir := path.Dir(u.dir); !free(name) && dir != "."; dir = path.Dir(dir) {
			name = slug(path.Base(dir) + "-" + name)
		}
		names[i] = name
		for n := 2; !free(names[i]); n++ {
			names[i] = fmt.Sprintf("%s-%d", name, n)
		}
		taken[names[i]] = true
	}
	return names
}

// nameToday is what a main service would be called if there were no others and no last init.
func (r *resolver) nameToday(units []*unit, u *unit) string {
	name := calledByHost(u)
	for _, f := range stronger(u.processes[""]) {
		if name == "" && f.Name != "" && !(len(units) > 1 && (f.Name == "web" || f.Name == "app" || f.Name == "worker")) {
			name = slug(f.Name)
		}
	}
	return cmp.Or(name, r.plainName(units, u))
}

// writtenInCode says whether code calls a service by its name of today, and no variable can tell it another.
func writtenInCode(units []*unit, u *unit) bool {
	name := calledByHost(u)
	return name != "" && slices.ContainsFunc(units, func(caller *unit) bool {
		return slices.ContainsFunc(caller.needs, func(f Claimed) bool { return byAddress(f.Need.Kind) && f.writes(name) })
	})
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
