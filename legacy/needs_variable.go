package legacy

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// sameVariable makes one of two backing services of a kind to which one variable of a service leads: what is called redis
// where developers run it, and shop-production-redis in production.
func sameVariable(groups []*group) []*group {
	for i, g := range groups {
		for j := i + 1; j < len(groups); {
			other := groups[j]
			if g.family != other.family || byAddress(g.family) || !g.shares(other) {
				j++
				continue
			}
			g.aliases = append(append(g.aliases, g.name, other.name), other.aliases...)
			if placed(g.name) && !placed(other.name) {
				g.name = other.name
			}
			g.name = withoutPlace(g.name)
			g.found = append(g.found, other.found...)
			maps.Copy(g.users, other.users)
			groups = slices.Delete(groups, j, j+1)
		}
	}
	return groups
}

// shares says whether a variable that leads to the one leads to the other as well, for the same service.
func (g *group) shares(other *group) bool {
	if !slices.ContainsFunc(slices.Collect(maps.Keys(g.users)), func(u *unit) bool { return other.users[u] }) {
		return false
	}
	for _, f := range g.found {
		for _, o := range other.found {
			for name := range f.Need.Env {
				if _, both := o.Need.Env[name]; both && f.Dir == o.Dir && strings.Contains(name, "_") {
					return true
				}
			}
		}
	}
	return false
}

// withoutPlace is a name without the environment that it speaks of.
func withoutPlace(name string) string {
	words := slices.DeleteFunc(strings.Split(name, "-"), func(word string) bool { return scan.EnvironmentName(word) != "" })
	return cmp.Or(strings.Join(words, "-"), name)
}

// placed says whether a name speaks of one environment: shop-production-redis.
func placed(name string) bool {
	return slices.ContainsFunc(strings.Split(name, "-"), func(word string) bool { return scan.EnvironmentName(word) != "" })
}
