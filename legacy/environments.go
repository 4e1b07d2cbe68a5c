package legacy

import (
	"fmt"
	"maps"
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// environments makes the places where the application runs and answers every need there: with what the evidence says is
// there today; outside production with a workload of its own, where an image exists; else with a placeholder and a question.
func (r *resolver) environments() {
	for _, name := range r.environmentNames() {
		production := scan.EnvironmentName(name) == "production"
		at := "environments." + name
		e := service.Environment{Namespace: r.App.Name + "-" + name}
		if production {
			e.Namespace = r.App.Name
		} else {
			e.Hosts = r.siblings(name)
		}
		for _, need := range r.App.NeedNames() {
			if e.Needs == nil {
				e.Needs = map[string]service.Answer{}
			}
			e.Needs[need] = r.answer(at+".needs."+need, need, name, production)
		}
		e.Env = r.differences(at+".env", name)
		r.App.Environments[name] = e
	}
}

// environmentNames are those that were asked for, or else the usual two; and, unless no others are wanted, those in which
// operations set something.
func (r *resolver) environmentNames() []string {
	names := slices.Clone(r.asked())
	only := len(r.options.Environments) > 0 && !r.options.Further
	for _, name := range slices.Sorted(maps.Keys(r.differs)) {
		switch {
		case slices.Contains(names, name):
		case only:
			r.note(r.differs[name][0].Evidence, "settings for the environment "+name+" stand here; it was not asked for, so they are left out")
		case service.Label(name):
			names = append(names, name)
		}
	}
	return names
}

// asked are the environments that were asked for, or else the usual two.
func (r *resolver) asked() []string {
	if len(r.options.Environments) == 0 {
		return []string{"staging", "production"}
	}
	return r.options.Environments
}

// onlyThere keeps aside the settings that hold in one environment only. It says whether nothing else is claimed.
func (r *resolver) onlyThere(f *Claimed) bool {
	if f.Environment == "" || f.Need != nil {
		return false
	}
	r.holdsThere(*f)
	f.Service.Env, f.Service.Routes = nil, nil
	return reflect.ValueOf(f.Service).IsZero()
}

// holdsThere keeps what is said of the environment that a finding names.
func (r *resolver) holdsThere(f Claimed) {
	if r.differs == nil {
		r.differs = map[string][]Claimed{}
	}
	r.differs[f.Environment] = append(r.differs[f.Environment], f)
}

// differences are the settings of one environment, but for those that hold everywhere. A secret is never among them: its reader
// gives it as a name.
func (r *resolver) differences(at, environment string) map[string]string {
	settled := map[string]string{}
	for _, f := range stronger(r.differs[environment]) {
		for _, key := range slices.Sorted(maps.Keys(f.Service.Env)) {
			value := r.callKept(key, f.Service.Env[key])
			if scan.SecretName(key) || !service.VariableName(key) {
				continue
			}
			if _, known := settled[key]; !known {
				settled[key] = value
			}
			r.Claims[at+"."+key] = append(r.Claims[at+"."+key], Claim{f.Evidence, value, f.order})
		}
	}
	maps.DeleteFunc(settled, func(key, value string) bool {
		if r.everywhere(key, value) {
			delete(r.Claims, at+"."+key)
			return true
		}
		return false
	})
	if len(settled) == 0 {
		return nil
	}
	return settled
}

// everywhere says whether a variable has a value in all environments already: in each service that has it at all.
func (r *resolver) everywhere(key, value string) bool {
	known := false
	for _, s := range r.App.Services {
		have, ok := s.Env[key]
		if known = known || ok; ok && have != value {
			return false
		}
	}
	return known
}

func (r *resolver) answer(at, need, environment string, production bool) service.Answer {
	known, ok := r.hosts[need][environment]
	if !ok && production {
		known, ok = r.hosts[need]["production"]
	}
	if ok {
		r.Claims[at] = append(r.Claims[at], Claim{known.evidence, known.host, known.order})
		if ip, err := netip.ParseAddr(known.host); err == nil {
			return service.Answer{Addresses: []string{ip.String()}}
		}
		return service.Answer{Host: known.host}
	}
	if n := r.App.Needs[need]; n.Kind == "s3" && n.Port == 443 && !r.addressed(need) && !r.ofMinIO(need) {
		r.claim(at, amazonS3, "Amazon's own: no variable says another", scan.Convention)
		return service.Answer{Host: amazonS3}
	}
	answer := Unanswered(need, r.App.Needs[need].Kind, environment)
	if answer.Inside {
		r.claim(at, "inside", r.App.Needs[need].Kind+" of its own; its data is not kept", scan.Convention)
		return answer
	}
	r.claim(at, answer.Host, "a placeholder; where does it answer?", scan.Guess)
	r.Questions = append(r.Questions, Question{
		Field:    at,
		Question: fmt.Sprintf("%s: where does %s's %s (%s) answer? A host name or an address; inside for a workload of its own", at, environment, need, r.App.Needs[need].Kind),
		Choices:  []string{answer.Host},
	})
	return answer
}

// amazonS3 is the object store that code asks which is told no other.
const amazonS3 = "s3.amazonaws.com"

// ofMinIO says whether the library that tells of an object store is MinIO's own, with which people seldom ask Amazon's.
func (r *resolver) ofMinIO(need string) bool {
	return slices.ContainsFunc(r.Claims["needs."+need+".kind"], func(c Claim) bool { return strings.HasPrefix(c.Note, "minio") })
}

// addressed says whether a variable of a service holds the name of a need where an address has its host.
func (r *resolver) addressed(need string) bool {
	for _, s := range r.App.Services {
		for _, value := range s.Env {
			if value == need || strings.HasPrefix(value, need+":") || strings.Contains(value, "//"+need) || strings.Contains(value, "@"+need) {
				return true
			}
		}
	}
	return false
}

// Unanswered is what answers a need where nobody has said it: outside production a workload of its own, where an image
// exists; else a placeholder.
func Unanswered(need, kind, environment string) service.Answer {
	if k, _ := service.KindOf(kind); k.Container && scan.EnvironmentName(environment) != "production" {
		return service.Answer{Inside: true}
	}
	return service.Answer{Host: need + "." + environment + service.Placeholder}
}

// siblings names the hosts of an environment that is not production: as operations call a service's only one there, or
// staging.shop.example.com for shop.example.com.
func (r *resolver) siblings(environment string) map[string]string {
	var hosts map[string]string
	at := "environments." + environment + ".hosts"
	name := func(host string, by Claim) {
		if hosts == nil {
			hosts = map[string]string{}
		}
		hosts[host] = by.Value
		r.Claims[at] = append(r.Claims[at], by)
	}
	known := func(service string) bool {
		host, there := r.onlyHost(environment, service)
		if host != "" {
			name(host, Claim{there.Evidence, there.Service.Routes[0].Host, there.order})
		}
		return host != ""
	}
	if known("") {
		return hosts
	}
	for _, base := range r.App.ServiceNames() {
		if known(base) {
			continue
		}
		for _, route := range r.App.Services[base].Routes {
			if route.Host == "" {
				continue
			}
			sibling := service.SiblingHost(environment, route.Host)
			name(route.Host, Claim{Evidence: scan.Evidence{Reader: "resolve", Note: "from the route of " + base, Rank: scan.Guess}, Value: sibling})
		}
	}
	return hosts
}

// onlyHost is the host of a service, or for "" of the application, where it has a single one, and what says how that is
// called in an environment.
func (r *resolver) onlyHost(environment, service string) (string, Claimed) {
	host, names := "", r.App.ServiceNames()
	if service != "" {
		names = []string{service}
	}
	for _, name := range names {
		for _, route := range r.App.Services[name].Routes {
			if route.Host == "" || host != "" && host != route.Host {
				return "", Claimed{}
			}
			host = route.Host
		}
	}
	var there Claimed
	for _, f := range stronger(r.differs[environment]) {
		if service != "" && f.Dir != r.App.Services[service].Dir {
			continue
		}
		for _, route := range f.Service.Routes {
			if there.Service.Routes != nil && there.Service.Routes[0].Host != route.Host {
				return "", Claimed{}
			}
			if there.Service.Routes == nil {
				there = f
			}
		}
	}
	if there.Service.Routes == nil {
		return "", Claimed{}
	}
	return host, there
}
