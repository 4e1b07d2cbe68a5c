package legacy

import (
	"cmp"
	"slices"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// lastName is the application's name at the last init.
func (r *resolver) lastName() string {
	if r.options.Last == nil {
		return ""
	}
	return r.options.Last.Name
}

// onlyLast is the one service of the last init that a condition holds for, "" for none and for several.
func (r *resolver) onlyLast(is func(s *service.Service) bool) string {
	found := ""
	if r.options.Last == nil {
		return found
	}
	for _, name := range r.options.Last.ServiceNames() {
		if is(r.options.Last.Services[name]) {
			if found != "" {
				return ""
			}
			found = name
		}
	}
	return found
}

// lastUnit is what the service of a directory was called at the last init.
func (r *resolver) lastUnit(u *unit) string {
	return r.onlyLast(func(s *service.Service) bool { return s.From == "" && cmp.Or(s.Dir, ".") == cmp.Or(u.dir, ".") })
}

// lastProcess is what a further process was called at the last init, by what it runs, where no other process bears that name now.
func (r *resolver) lastProcess(u *unit, process string) string {
	now, ok := strongestCommand(u.processes[process])
	if !ok {
		return ""
	}
	name := r.onlyLast(func(s *service.Service) bool {
		return s.From == u.base && s.Schedule == now.Service.Schedule && slices.Equal(s.Command, now.Service.Command)
	})
	for other := range u.processes {
		if slug(other) == name {
			return ""
		}
	}
	return name
}

// lastNeed is what the only need of a kind was called at the last init, where it is still the only one.
func (r *resolver) lastNeed(g *group, groups []*group) string {
	if r.options.Last == nil || g.family == "http" || g.family == "tcp" {
		return ""
	}
	if slices.ContainsFunc(groups, func(other *group) bool { return other != g && other.family == g.family }) {
		return ""
	}
	found := ""
	for _, name := range r.options.Last.NeedNames() {
		if family(r.options.Last.Needs[name].Kind) == g.family {
			if found != "" {
				return ""
			}
			found = name
		}
	}
	return found
}
