package legacy

import (
	"fmt"
	"reflect"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// checks takes over the checks of the old monitoring, each under a name of its own. Two that say the same (of two hosts,
// as a rule) are one.
func (r *resolver) checks(units []*unit) {
	for _, u := range units {
		for _, f := range u.checks {
			c := *f.Check
			if c.Service == "" && len(r.App.Bases()) > 1 {
				c.Service = u.base
			}
			r.check(slug(f.Name), c, f)
		}
	}
}

func (r *resolver) check(name string, c service.Check, f Claimed) {
	if name == "" {
		name = "check"
	}
	free := name
	for n := 2; ; n++ {
		other, taken := r.App.Checks[free]
		if !taken || sameCheck(other, c) {
			break
		}
		free = fmt.Sprintf("%s-%d", name, n)
	}
	if r.App.Checks == nil {
		r.App.Checks = map[string]service.Check{}
	}
	if _, taken := r.App.Checks[free]; !taken {
		r.App.Checks[free] = c
	}
	field := "checks." + free + ".was"
	r.Claims[field] = append(r.Claims[field], Claim{f.Evidence, c.Was, f.order})
}

// sameCheck says whether two checks ask the same; what they were called may differ by the host.
func sameCheck(a, b service.Check) bool {
	a.Was, b.Was = "", ""
	return reflect.DeepEqual(a, b)
}
