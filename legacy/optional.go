package legacy

import (
	"maps"
	"slices"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// optional names the secrets without which the services start. What operations give a value stays needed: it is in use there.
func (r *resolver) optional(units []*unit) {
	evidence, needed := map[string]scan.Evidence{}, map[string]bool{}
	wanting := map[string]bool{"dotenv": true} // readers that say what the code would like to have
	for _, reader := range codeReaders() {
		wanting[reader.Name] = true
	}
	for _, u := range units {
		said, sayers := map[string]scan.Evidence{}, map[string]map[string]bool{}
		for _, findings := range u.processes {
			for _, f := range findings {
				if f.Optional != "" {
					said[f.Optional] = f.Evidence
					if sayers[f.Optional] == nil {
						sayers[f.Optional] = maps.Clone(wanting)
					}
					sayers[f.Optional][f.Evidence.Reader] = true
				}
			}
		}
		for _, name := range r.secretsOf(u.base) {
			if e, ok := said[name]; !ok || r.given(u.base, name, sayers[name]) {
				needed[name] = true
			} else {
				evidence[name] = e
			}
		}
	}
	for name := range evidence {
		if !needed[name] {
			r.App.Secrets.Optional = append(r.App.Secrets.Optional, name)
		}
	}
	slices.Sort(r.App.Secrets.Optional)
	for _, name := range r.App.Secrets.Optional {
		r.Claims["secrets.optional"] = append(r.Claims["secrets.optional"], Claim{Evidence: evidence[name], Value: name})
	}
}

// secretsOf are the secrets of all processes that run a service's image.
func (r *resolver) secretsOf(base string) []string {
	var names []string
	for _, name := range r.App.ServiceNames() {
		if r.App.Base(name) == base {
			names = append(names, r.App.Services[name].Secrets...)
		}
	}
	return names
}

// given says whether operations speak of a secret of an image.
func (r *resolver) given(base, secret string, wanting map[string]bool) bool {
	for _, name := range r.App.ServiceNames() {
		if r.App.Base(name) == base && slices.ContainsFunc(r.Claims["services."+name+".secrets"], func(c Claim) bool {
			return c.Value == secret && !wanting[c.Reader]
		}) {
			return true
		}
	}
	return false
}
