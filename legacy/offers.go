package legacy

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// offered lets the backing services that a compose file starts, without saying for whom, name what the code calls: the
// one called rabbitmq is the message broker for which nothing but a library speaks.
func (r *resolver) offered(groups []*group) []*group {
	count, asked := map[string]int{}, map[string]int{}
	for _, o := range r.offers {
		if needName(o) != "" {
			count[family(o.Need.Kind)]++
		}
	}
	for _, g := range groups {
		asked[g.family]++
	}
	for _, o := range r.offers {
		fam, name := family(o.Need.Kind), needName(o)
		taken := false
		for _, g := range groups {
			if name == "" { // what is known of it, by whatever name it is called
				if g.family == fam && asked[fam] == 1 {
					taken = true
					g.found = stronger(append(g.found, o))
				}
				continue
			}
			if g.family == fam && slices.Contains(g.aliases, name) {
				taken = true
				g.found = stronger(append(g.found, o))
				continue
			}
			known := g.family == fam && (g.name == name || g.name == "" && count[fam] == 1)
			if !known && !(g.family == "http" && g.name == name) {
				continue
			}
			g.family, g.name, taken = fam, name, true
			g.found = stronger(append(g.found, o))
		}
		if !taken {
			r.note(o.Evidence, cmp.Or(o.Need.Name, o.Need.Kind)+": no service says that it calls it")
		}
	}
	return groups
}

// namedAfterSibling leaves out what only the name of a variable speaks for, where what runs the service leads that variable
// to another service of the repository: EMAIL_SERVICE_ADDR is emailservice:5000, and no mail server.
func (r *resolver) namedAfterSibling(u *unit) {
	said := map[string]string{}
	for _, f := range u.processes[""] {
		if f.Evidence.Rank >= scan.Declared && f.Environment == "" {
			maps.Copy(said, f.Service.Env)
		}
	}
	u.needs = slices.DeleteFunc(u.needs, func(f Claimed) bool {
		if f.Evidence.Rank >= scan.Declared || f.Need.Host != "" || f.Need.Name != "" {
			return false
		}
		for variable := range f.Need.Env {
			value := said[variable]
			if _, after, ok := strings.Cut(value, "://"); ok {
				value = after
			}
			host, _, _ := strings.Cut(value, ":")
			host = r.keptName(host)
			if s := r.App.Services[host]; s != nil && s.From == "" && host != u.base {
				return true
			}
		}
		return false
	})
}

// answersAs says whether all that was found of a system is called by the name of the service itself: shop.example.gov in shop.
func (g *group) answersAs(name string) bool {
	return g.family == "http" && !slices.ContainsFunc(g.found, func(f Claimed) bool {
		label, _, more := strings.Cut(f.Need.Host, ".")
		return !more || label != name
	})
}

// ownCalls leaves out the calls to a service of the repository: its name and port are the same in the cluster. A variable
// that points there keeps doing so.
func (r *resolver) ownCalls(units []*unit, groups []*group) (kept, own []*group) {
	for _, g := range groups {
		if len(units) == 1 && !genericNames[r.App.Name] && g.answersAs(r.App.Name) {
			r.note(g.found[0].Evidence, g.found[0].Need.Host+" is the service's own address by its name: no need of it")
			continue
		}
		if byAddress(g.family) {
			g.name = r.keptName(g.name)
		}
		if r.App.Services[g.name] == nil || g.family != "http" && g.family != "tcp" {
			kept = append(kept, g)
			continue
		}
		own = append(own, g)
	}
	return kept, own
}

// pointToOwn points the units' configuration to the services of the repository that they call.
func (r *resolver) pointToOwn(units []*unit, own []*group) {
	for _, g := range own {
		n := service.Need{Port: r.App.Services[g.name].Port}
		for _, f := range g.found {
			if f.Need.Port != 0 {
				n.Port = f.Need.Port
				break
			}
		}
		for _, u := range units {
			if g.users[u] && n.Port != 0 {
				r.point(u, g, n)
			}
		}
	}
}
