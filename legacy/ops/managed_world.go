package ops

import (
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// opsRoot is the repository, or a mount, with the files of it that a reader wants.
type opsRoot struct {
	name  string
	paths []string
}

// rootsOf parts files by their roots, each of which is read for itself: what one names, another doesn't know.
func rootsOf(t *scan.Tree, paths []string) []opsRoot {
	var roots []opsRoot
	at := map[string]int{}
	for _, p := range paths {
		name := t.MountOf(p)
		i, known := at[name]
		if !known {
			i = len(roots)
			at[name] = i
			roots = append(roots, opsRoot{name: name})
		}
		roots[i].paths = append(roots[i].paths, p)
	}
	return roots
}

// managedWorld works out the resources of one root as they are in an environment. What is left over in the end is noted by
// rest, which may be nil.
type managedWorld struct {
	found func(environment string) []*managed
	rest  func(g *meaning)
}

// report tells what the resources mean in production, which is what holds everywhere, then what differs in the others.
func (w managedWorld) report(t *scan.Tree, r *scan.Report, root string, environments []string) {
	production := newMeaning(t, r, root, "")
	production.seeAll(w.found("production"))
	if w.rest != nil {
		w.rest(production)
	}
	production.finish()
	values, texts, same := production.values, production.texts, production.same // all that is kept of production: its resources are let go
	for _, environment := range environments {
		if environment == "production" {
			continue
		}
		there := newMeaning(t, r, root, environment)
		there.production, there.texts, there.same = values, texts, same
		there.seeAll(w.found(environment))
	}
}

func (g *meaning) seeAll(found []*managed) {
	g.timers(found)
	g.startedInstances(found)
	g.copiedFiles(found)
	g.mounts(found)
	g.environments(found)
	g.deployments(found)
	g.includes(found)
	for _, m := range found {
		g.see(m)
	}
}
