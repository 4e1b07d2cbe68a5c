package legacy

import (
	"maps"
	"path"
	"slices"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// helperDir are directories of what stands in for others, drives load or is for developers' machines.
var helperDir = scan.MustCompile(`(?i)(^|/)(load[-_]?gen(erator)?|load[-_]?(tests?|testing|driver)|(mock|fake|stub)s?([-_][\w-]+)?|[\w-]+[-_](mock|fake|stub)s?|e2e|seed[-_]?data|seeder|dev|dev[-_]?tools?|devel|local[-_]?dev|test[-_]images?|\.devcontainer)(/|$)`)

// withoutHelpers leaves out the units that serve developers or tests by their directory, where there are others.
func (r *resolver) withoutHelpers(units []*unit) []*unit {
	var kept []*unit
	for _, u := range units {
		if !helperDir.MatchString(u.dir) {
			kept = append(kept, u)
		}
	}
	if len(kept) == 0 || len(kept) == len(units) {
		return units
	}
	for _, u := range units {
		if !helperDir.MatchString(u.dir) {
			continue
		}
		for _, process := range slices.Sorted(maps.Keys(u.processes)) {
			if found := u.processes[process]; len(found) > 0 {
				r.note(found[0].Evidence, path.Base(u.dir)+": for developers or tests by its directory, left out; add it under services if production runs it")
				break
			}
		}
	}
	return kept
}
