package legacy

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// lastApp is what the evidence said at the last init, without the services and needs that the team has taken out or renamed since.
func (o ResolveOptions) lastApp() *service.App {
	if o.Last == nil || o.Team == nil {
		return o.Last
	}
	last := *o.Last
	last.Services, last.Needs = maps.Clone(last.Services), maps.Clone(last.Needs)
	maps.DeleteFunc(last.Services, func(name string, _ *service.Service) bool { return o.Team.Services[name] == nil })
	maps.DeleteFunc(last.Needs, func(name string, _ service.Need) bool {
		_, there := o.Team.Needs[name]
		return !there
	})
	return &last
}

// lastName is the application's name at the last init.
func (r *resolver) lastName() string {
	if r.last == nil {
		return ""
	}
	return r.last.Name
}

// onlyLast is the one service of the last init that a condition holds for, "" for none and for several.
func onlyLast(last *service.App, is func(s *service.Service) bool) string {
	found := ""
	if last == nil {
		return found
	}
	for _, name := range last.ServiceNames() {
		if is(last.Services[name]) {
			if found != "" {
				return ""
			}
			found = name
		}
	}
	return found
}

// builtFrom is the service whose image a service runs, "" for an image of its own.
func builtFrom(s *service.Service) string {
	if s.From == "" && s.Build != nil {
		return s.Build.From
	}
	return s.From
}

// lastUnit is what the service of a directory was called at the last init.
func lastUnit(last *service.App, u *unit) string {
	return onlyLast(last, func(s *service.Service) bool { return builtFrom(s) == "" && cmp.Or(s.Dir, ".") == cmp.Or(u.dir, ".") })
}

// reserved says of a name that a need of the last init bears it, or a service of another directory whose code still runs.
func reserved(last *service.App, units []*unit, u *unit, name string) bool {
	if last == nil {
		return false
	}
	if _, need := last.Needs[name]; need {
		return true
	}
	s := last.Services[name]
	if s != nil && builtFrom(s) != "" {
		s = last.Services[builtFrom(s)]
	}
	if s == nil || cmp.Or(s.Dir, ".") == u.dir {
		return false
	}
	return slices.ContainsFunc(units, func(other *unit) bool { return other.dir == cmp.Or(s.Dir, ".") })
}

// lastProcess is what a further process was called at the last init, by what it runs, where no other process bears that name now.
func (r *resolver) lastProcess(u *unit, process string) string {
	if r.last == nil {
		return ""
	}
	now := r.finished(u, process)
	if len(now.Command) == 0 {
		return ""
	}
	name := onlyLast(r.last, func(s *service.Service) bool {
		return builtFrom(s) == u.base && s.Schedule == now.Schedule && slices.Equal(s.Command, now.Command)
	})
	for other := range u.processes {
		if slug(other) == name {
			return ""
		}
	}
	return name
}

// finished is a further process with the command that the model will have of it, whatever it is called.
func (r *resolver) finished(u *unit, process string) *service.Service {
	const at = "services.any"
	trial := &resolver{Resolution: Resolution{App: r.App, Claims: map[string][]Claim{}}, options: r.options, elsewhere: r.elsewhere}
	s, main := trial.merge(at, u.processes[process]), r.App.Services[u.base]
	s.Command = slices.Clone(s.Command)
	if main == nil || len(s.Command) == 0 {
		return s
	}
	s.From, s.Dir, s.Language, s.Version, s.Framework = u.base, "", "", "", ""
	trial.ownArtifact(at, s, main)
	trial.command(at, u, process, s)
	return s
}

// lastNeed is what the only need of a kind was called at the last init, where it is still the only one and the code doesn't
// call it by the name of today.
func lastNeed(last *service.App, g *group, groups []*group) string {
	if last == nil || byAddress(g.family) || g.writtenInCode() {
		return ""
	}
	if slices.ContainsFunc(groups, func(other *group) bool { return other != g && other.family == g.family }) {
		return ""
	}
	found := ""
	for _, name := range last.NeedNames() {
		if family(last.Needs[name].Kind) == g.family {
			if found != "" {
				return ""
			}
			found = name
		}
	}
	return found
}

// writtenInCode says whether the code itself holds today's name of a need, and no variable can tell it another.
func (g *group) writtenInCode() bool {
	return g.name != "" && slices.ContainsFunc(g.found, func(f Claimed) bool { return f.writes(g.name) })
}

// writes says whether a finding is a name without a dot that something calls with no variable for it.
func (f Claimed) writes(name string) bool {
	return f.Need.Host != "" && !strings.Contains(f.Need.Host, ".") && slug(f.Need.Host) == slug(name) && len(f.Need.Env) == 0
}

// anotherNeed says of a name that a need of another kind had it at the last init.
func anotherNeed(last *service.App, g *group, name string) bool {
	if last == nil {
		return false
	}
	need, known := last.Needs[name]
	return known && family(need.Kind) != g.family && !byAddress(need.Kind) && !byAddress(g.family)
}

// processName is what a further process is called: as at the last init, else by its own name, where that is free.
func (r *resolver) processName(u *unit, process string) string {
	today := slug(process)
	name := cmp.Or(r.lastProcess(u, process), today)
	_, taken := r.App.Services[name]
	kept := reserved(r.last, r.running, u, name)
	if taken || kept || name == "" {
		name = slug(u.base + "-" + process)
	}
	if today != "" && r.App.Services[today] == nil && name != today {
		r.keeps(process, name)
		r.keeps(today, name)
	}
	return name
}
