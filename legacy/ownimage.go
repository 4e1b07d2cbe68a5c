package legacy

import (
	"maps"
	"slices"
	"sort"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// ownImage is a service that the Dockerfile of another one makes, too, when it is given other arguments.
type ownImage struct {
	unit          *unit
	name, process string
}

// builtWithArguments says whether a further process has an image of its own: the same Dockerfile with other arguments.
func builtWithArguments(s, main *service.Service) bool {
	return s.Build != nil && len(s.Build.Args) > 0 && main.Build != nil && main.Build.Dockerfile != ""
}

// imageOfItsOwn makes a service of such a process. What the code tells of language and health holds for it, too.
func (r *resolver) imageOfItsOwn(u *unit, name, process string, s *service.Service) {
	at, base, main := "services."+name, "services."+u.base, r.App.Services[u.base]
	if command := r.Claims[at+".command"]; len(command) == 0 || command[0].Reader != "compose" {
		s.Command = slices.Clone(main.Command) // what the Dockerfile says, whatever the arguments are
		delete(r.Claims, at+".command")
		r.sameClaims(at+".command", base+".command")
	}
	build := *main.Build
	build.Args = maps.Clone(main.Build.Args)
	maps.Copy(build.Args, s.Build.Args)
	if s.Build.Artifact != "" {
		build.Artifact = s.Build.Artifact
	}
	s.Build, s.From, s.Dir = &build, "", u.dir
	s.Language, s.Version, s.Framework = main.Language, main.Version, main.Framework
	fields := []string{"dir", "language", "version", "framework", "build.dockerfile", "build.tool"}
	if s.Health == nil && main.Health != nil {
		health := *main.Health
		s.Health, fields = &health, append(fields, "health.live", "health.ready", "health.port")
	}
	for _, field := range fields {
		r.sameClaims(at+"."+field, base+"."+field)
	}
	s.State = outermost(s.State)
	r.shared(at, base, s, main)
	r.App.Services[name] = s
	r.plainOrSecret(at, s)
	r.developersValues(at, s)
	r.settlePort(at, s)
	r.finish(name, s)
	r.edge(at, s)
	r.ties(at)
	r.images = append(r.images, ownImage{u, name, process})
}

// sameClaims gives a field the reasons of another.
func (r *resolver) sameClaims(field, of string) {
	if claims := r.Claims[of]; len(claims) > 0 {
		r.Claims[field] = claims
	}
}

// shared gives an image of its own the variables that the code asks for whatever starts it, and its secrets where nothing is
// said of any.
func (r *resolver) shared(at, base string, s, main *service.Service) {
	for key, value := range main.Env {
		field := ".env." + key
		if claims := r.Claims[base+field]; s.Env[key] == "" && len(claims) > 0 && claims[0].Reader != "compose" {
			if s.Env == nil {
				s.Env = map[string]string{}
			}
			s.Env[key], r.Claims[at+field] = value, claims
		}
	}
	if s.Secrets == nil {
		s.Secrets = slices.Clone(main.Secrets)
		r.sameClaims(at+".secrets", base+".secrets")
	}
}

// onlyInCode says of a process beside images that arguments choose whether only the code knows it: none of them holds it.
func (r *resolver) onlyInCode(u *unit, at string, main *service.Service) bool {
	command := r.Claims[at+".command"]
	if len(command) == 0 || command[0].Rank >= scan.Declared || !slices.ContainsFunc(slices.Collect(maps.Values(u.processes)), func(found []Claimed) bool {
		return slices.ContainsFunc(found, func(f Claimed) bool { return f.Process != "" && builtWithArguments(&f.Service, main) })
	}) {
		return false
	}
	r.note(command[0].Evidence, "a program that no image holds: arguments of the Dockerfile choose the one that is built; it is left out")
	return true
}

// ownNeeds gives the services with an image of their own what they themselves are said to call, else what the code calls.
func (r *resolver) ownNeeds(groups []*group) {
	for _, image := range r.images {
		s, main := r.App.Services[image.name], r.App.Services[image.unit.base]
		for _, g := range groups {
			if _, known := r.App.Needs[g.name]; !known {
				continue
			}
			for _, f := range g.found {
				if f.Process != image.process || !fromUnit(image.unit.needs, f) {
					continue
				}
				if !slices.Contains(s.Needs, g.name) {
					s.Needs = append(s.Needs, g.name)
				}
				for _, property := range slices.Sorted(maps.Keys(f.Need.Env)) {
					key := variableFor(s.Framework, property)
					if value, pointed := main.Env[key]; pointed {
						if s.Env == nil {
							s.Env = map[string]string{}
						}
						s.Env[key] = value
					}
				}
			}
		}
		if s.Needs == nil {
			s.Needs = slices.Clone(main.Needs)
		}
		sort.Strings(s.Needs)
	}
}
