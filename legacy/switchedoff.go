package legacy

import (
	"maps"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// useSwitch is a variable by which a service uses something or does without it: USE_S3, REDIS_ENABLED.
var useSwitch = scan.MustCompile(`^(?:USE|ENABLE|WITH)_([A-Z0-9]+)$|^([A-Z0-9]+)_(?:ENABLED|ENABLE)$`)

// mailWords are what such a variable calls mail.
var mailWords = map[string]bool{"MAIL": true, "EMAIL": true, "SMTP": true}

// unused leaves out what a variable of every service that would call it says is not used, and nothing runs beside them.
func (r *resolver) unused(groups []*group) []*group {
	return slices.DeleteFunc(groups, func(g *group) bool {
		if r.exampleAlone(g) {
			r.note(g.found[0].Evidence, "the example names "+g.family+", and no driver that is chosen uses it: it is no need; add it under needs in "+service.FileName+" where it is used")
			return true
		}
		var off []Claim
		for u := range g.users {
			claim, ok := r.switchedOffIn(u, g)
			if !ok {
				return false
			}
			off = append(off, claim)
		}
		if len(off) == 0 || g.operated() {
			return false
		}
		slices.SortFunc(off, func(a, b Claim) int { return strings.Compare(a.String(), b.String()) })
		r.note(off[0].Evidence, g.family+" is switched off here: it is no need; add it under needs in "+service.FileName+" where it is used")
		return true
	})
}

// exampleAlone says whether nothing but the example of an .env file speaks of a store that Laravel keeps sessions, the cache or the
// queues in: its reader knows which drivers are chosen, and has found none that uses it.
func (r *resolver) exampleAlone(g *group) bool {
	if g.family != "redis" && g.family != "memcached" || len(g.users) == 0 {
		return false
	}
	for u := range g.users {
		if s := r.App.Services[u.base]; s == nil || s.Framework != "laravel" {
			return false
		}
	}
	return !slices.ContainsFunc(g.found, func(f Claimed) bool { return f.Evidence.Reader != "dotenv" })
}

// switchedOffIn is what says that a service does without a backing service.
func (r *resolver) switchedOffIn(u *unit, g *group) (Claim, bool) {
	env := r.App.Services[u.base].Env
	for _, key := range slices.Sorted(maps.Keys(env)) {
		m := useSwitch.FindStringSubmatch(key)
		if m == nil || !isOff.MatchString(env[key]) {
			continue
		}
		claims := r.Claims["services."+u.base+".env."+key]
		if word := m[1] + m[2]; len(claims) > 0 && (strings.EqualFold(word, g.family) || g.family == "smtp" && mailWords[word] || g.pointedBy(word+"_")) {
			return claims[0], true
		}
	}
	return Claim{}, false
}

// pointedBy says whether a variable that begins like this leads to the backing service.
func (g *group) pointedBy(prefix string) bool {
	for _, f := range g.found {
		for variable := range f.Need.Env {
			if strings.HasPrefix(variable, prefix) {
				return true
			}
		}
	}
	return false
}

// partSwitch is a variable that turns a part of a service on, whose other variables begin alike: OIDC_ENABLED.
var partSwitch = scan.MustCompile(`^([A-Z0-9][A-Z0-9_]+)_ENABLED?$`)

// unasked leaves out the secrets of the parts of a service that are switched off, by more than an example for developers.
func (r *resolver) unasked(u *unit) {
	main, at := r.App.Services[u.base], "services."+u.base
	for _, key := range slices.Sorted(maps.Keys(main.Env)) {
		m := partSwitch.FindStringSubmatch(key)
		claims := r.Claims[at+".env."+key]
		if m == nil || len(claims) == 0 || claims[0].Rank < scan.Declared || !isOff.MatchString(main.Env[key]) {
			continue
		}
		var dropped []string
		main.Secrets = slices.DeleteFunc(main.Secrets, func(name string) bool {
			off := strings.HasPrefix(name, m[1]+"_")
			if off {
				dropped = append(dropped, name)
			}
			return off
		})
		if dropped == nil {
			continue
		}
		r.Claims[at+".secrets"] = slices.DeleteFunc(r.Claims[at+".secrets"], func(c Claim) bool { return slices.Contains(dropped, c.Value) })
		r.note(claims[0].Evidence, key+" is off, so nothing asks for "+strings.Join(dropped, ", ")+"; add it under secrets in "+service.FileName+" where that is on")
	}
}
