package legacy

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// agreePorts lets a variable for the port of a need say the same as the need, where the variable for its host beside it leads
// there: MAIL_PORT beside MAIL_HOST. A port that is only the usual one of its kind follows the variable; one that the service
// has beside it today does not.
func (r *resolver) agreePorts(g *group) {
	n := r.App.Needs[g.name]
	users := slices.SortedFunc(maps.Keys(g.users), func(a, b *unit) int { return strings.Compare(a.base, b.base) })
	for _, u := range users {
		main := r.App.Services[u.base]
		for _, key := range slices.Sorted(maps.Keys(main.Env)) {
			prefix, ok := strings.CutSuffix(key, "HOST")
			port, err := strconv.Atoi(main.Env[prefix+"PORT"])
			if !ok || prefix == "" || main.Env[key] != g.name || err != nil || port == n.Port || port < 1 || port > 65535 {
				continue
			}
			field := "services." + u.base + ".env." + prefix + "PORT"
			if n.Port == scan.DefaultPort(n.Kind) && !g.operated() {
				n.Port = port
				r.App.Needs[g.name] = n
				at := "needs." + g.name + ".port"
				r.Claims[at] = append(append([]Claim{}, r.Claims[field]...), r.Claims[at]...)
				continue
			}
			main.Env[prefix+"PORT"] = strconv.Itoa(n.Port)
			r.Claims[field] = append([]Claim{{Evidence: g.found[0].Evidence, Value: main.Env[prefix+"PORT"], order: g.found[0].order}}, r.Claims[field]...)
		}
	}
}
