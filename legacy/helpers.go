package legacy

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// helperDir are directories of what stands in for others, drives load or is for developers' machines.
var helperDir = scan.MustCompile(`(?i)(^|/)(load[-_]?gen(erator)?|load[-_]?(tests?|testing|driver)|(mock|fake|stub)s?([-_][\w-]+)?|[\w-]+[-_](mock|fake|stub)s?|e2e|seed[-_]?data|seeder|dev|dev[-_]?tools?|devel|local[-_]?dev|test[-_]images?|\.devcontainer)(/|$)`)

// toolDir are directories of what operates a service or helps to build it.
var toolDir = scan.MustCompile(`(?i)(^|/)(tools?|utils?|scripts?|contrib|hack|misc)/|[-_]tools?$`)

// deployDir are directories of what puts a service somewhere.
var deployDir = scan.MustCompile(`(?i)(^|/)(scripts?|contrib|deploy|deployments?|kubernetes|k8s|helm|charts?)/`)

// besideServices are programs of a repository in Go that write its documentation or code, or show how the others are used.
var besideServices = scan.MustCompile(`(?i)(^|/)cmd/([\w-]*[-_])?((cli-?)?docs?-?gen|(gen|mk)docs|docs|gen|generate|generator|codegen|schemagen|lint|bench|benchmark|(examples?|samples?|demo)([-_][\w-]*)?)$`)

// helps says why a unit is none of the services, by its directory; "" where it may be one.
func (u *unit) helps(units []*unit) string {
	switch {
	case helperDir.MatchString(u.dir):
		return "for developers or tests by its directory"
	case besideServices.MatchString(u.dir) && u.has(func(s service.Service) bool { return s.Language == "go" }):
		return "a tool or an example beside the services by its directory"
	case toolDir.MatchString(u.dir) && !u.has(func(s service.Service) bool { return s.Port > 0 }):
		return "a tool by its directory, which answers on no port"
	case deployDir.MatchString(u.dir) && u.deploysAnother(units):
		return "another way to deploy a service of this repository"
	case u.frontEndOf(units):
		return "a front end in the directory of the service that serves it"
	}
	return ""
}

// deploysAnother says whether a unit without code of its own is made for the port of one that has code.
func (u *unit) deploysAnother(units []*unit) bool {
	code := func(s service.Service) bool { return s.Build != nil && len(s.Build.Files) > 0 }
	if u.has(code) {
		return false
	}
	for _, f := range u.processes[""] {
		port := f.Service.Port
		if port > 0 && slices.ContainsFunc(units, func(other *unit) bool {
			return other != u && other.has(code) && other.has(func(s service.Service) bool { return s.Port == port })
		}) {
			return true
		}
	}
	return false
}

// frontEndOf says whether a unit is built to files, is deployed by nothing, and lies in the directory of a service in
// another language.
func (u *unit) frontEndOf(units []*unit) bool {
	if !u.onlyFrom("node") || !u.has(func(s service.Service) bool { return s.Framework == "static" }) {
		return false
	}
	return slices.ContainsFunc(units, func(other *unit) bool {
		return other != u && (other.dir == "." || strings.HasPrefix(u.dir, other.dir+"/")) &&
			other.has(func(s service.Service) bool { return s.Language != "" && s.Language != "node" }) && other.has(func(s service.Service) bool { return s.Port > 0 })
	})
}

// withoutHelpers leaves out the units that serve developers or tests by their directory, where there are others.
func (r *resolver) withoutHelpers(units []*unit) []*unit {
	var kept []*unit
	left := map[*unit]string{}
	for _, u := range units {
		if why := u.helps(units); why != "" {
			left[u] = why
			continue
		}
		kept = append(kept, u)
	}
	if len(kept) == 0 || len(left) == 0 {
		return units
	}
	for _, u := range units {
		if left[u] == "" {
			continue
		}
		for _, process := range slices.Sorted(maps.Keys(u.processes)) {
			if found := u.processes[process]; len(found) > 0 {
				r.note(found[0].Evidence, path.Base(u.dir)+": "+left[u]+", left out; add it under services if production runs it")
				break
			}
		}
	}
	return kept
}
