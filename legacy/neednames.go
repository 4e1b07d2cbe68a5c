package legacy

import (
	"cmp"
	"sort"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// nameNeeds gives groups the name of the last init, and a name by kind to those that have none, and keeps names apart from each other and from services.
func (r *resolver) nameNeeds(groups []*group) {
	sort.SliceStable(groups, func(i, j int) bool { return groups[i].name != "" && groups[j].name == "" })
	today, kept := r.needNames(groups, nil), r.needNames(groups, r.last)
	for _, g := range groups {
		if g.name != "" && today[g] == g.name && kept[g] != g.name {
			r.keeps(g.name, kept[g])
			for _, f := range g.found {
				for _, host := range []string{f.Need.Name, f.Need.Host} {
					if slug(host) == g.name {
						r.keeps(host, kept[g])
					}
				}
			}
		}
		g.name = kept[g]
	}
}

// needNames are the names of the needs, of which those that have one from the last init come first.
func (r *resolver) needNames(groups []*group, last *service.App) map[*group]string {
	taken := map[string]bool{}
	for name := range r.App.Services {
		taken[name] = true
	}
	names := map[*group]string{}
	for _, g := range groups {
		if name := lastNeed(last, g, groups); name != "" && !taken[name] {
			names[g], taken[name] = name, true
		}
	}
	for _, g := range groups {
		if names[g] != "" {
			continue
		}
		free := func(name string) bool { return !taken[name] && !anotherNeed(last, g, name) }
		name := g.name
		if name == "" {
			k, _ := service.KindOf(g.found[0].Need.Kind)
			name = cmp.Or(k.Name, g.family)
		}
		for _, candidate := range []string{name, g.family, name + "-" + g.family} {
			if free(candidate) && service.Label(candidate) {
				name = candidate
				break
			}
		}
		for n := 2; !free(name); n++ {
			name = strings.TrimRight(name, "0123456789") + strconv.Itoa(n)
		}
		names[g], taken[name] = name, true
	}
	return names
}
