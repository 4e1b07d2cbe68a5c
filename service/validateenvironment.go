package service

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// meets says whether two environments have a cluster in common.
func (e Environment) meets(o Environment) bool {
	return e.Context == o.Context || e.Failover != "" && (e.Failover == o.Context || e.Failover == o.Failover) || o.Failover != "" && o.Failover == e.Context
}

func (v *validator) environment(a *App, name string) {
	at, e := "environments."+name, a.Environments[name]
	v.label(at, name)
	v.label(at+".namespace", e.Namespace)
	v.components(at+".components", e.Components)
	v.smoke(at+".smoke", e.Smoke)
	if e.Kubernetes != "" && !kubernetes.MatchString(e.Kubernetes) {
		v.add(at+".kubernetes", "%q is no version such as \"1.31\": in quotes, or YAML takes 1.30 for 1.3", e.Kubernetes)
	}
	if e.Failover != "" && (e.Context == "" || e.Failover == e.Context) {
		v.add(at+".failover", "is the context of a second cluster: context names the first one, another one")
	}
	for _, other := range a.EnvironmentNames() {
		if o := a.Environments[other]; other < name && o.Namespace == e.Namespace && o.meets(e) {
			v.add(at+".namespace", "%s in context %q is also the place of %s: each would undo what the other brings", e.Namespace, e.Context, other)
		}
	}
	v.numbers(at, a, e)
	v.exposures(at+".expose", a, name)
	for _, host := range slices.Sorted(maps.Keys(e.Hosts)) {
		if !dnsName.MatchString(strings.TrimPrefix(e.Hosts[host], "*.")) {
			v.add(at+".hosts."+host, "%q is no host name", e.Hosts[host])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(e.Env)) {
		if !envName.MatchString(key) {
			v.add(at+".env."+key, "is no name of a variable")
		}
	}
	v.environmentFiles(a, name)
	v.secretValues(at+".secrets", a, e.Secrets)
	for _, key := range slices.Sorted(maps.Keys(e.Secrets)) {
		if e.Secrets[key].File != "" {
			v.add(at+".secrets."+key+".file", "is the same in every environment; it belongs under secrets.keys")
		}
	}
	for _, need := range slices.Sorted(maps.Keys(e.Needs)) {
		if _, ok := a.Needs[need]; !ok {
			v.add(at+".needs."+need, "there is no need %s%s", need, DidYouMean(need, a.Needs))
			continue
		}
		v.answer(at+".needs."+need, e.Needs[need])
	}
	for _, need := range a.NeedNames() {
		if _, ok := e.Needs[need]; !ok {
			v.add(at+".needs."+need, "has no answer: say {host: NAME}, {addresses: [IP]} or {inside: true}")
		}
	}
}

// numbers checks how many pods there may be of each service.
func (v *validator) numbers(at string, a *App, e Environment) {
	for _, service := range slices.Sorted(maps.Keys(e.Scale)) {
		limits := e.Scale[service]
		if _, known := a.Services[service]; !known {
			v.add(at+".scale."+service, "there is no service of this name")
		}
		if limits.Min < 0 || limits.Max < 0 || limits.Max > 0 && limits.Max < limits.Min {
			v.add(at+".scale."+service, "want 0 <= min <= max")
		}
	}
	for _, s := range slices.Sorted(maps.Keys(e.Replicas)) {
		if _, ok := a.Services[s]; !ok {
			v.add(at+".replicas."+s, "there is no service %s", s)
		}
		if e.Replicas[s] < 0 {
			v.add(at+".replicas."+s, "%d is no number of pods", e.Replicas[s])
		}
	}
}

// exposures checks which services are reached from outside of the cluster, and that no two of a cluster want the same port
// of its nodes.
func (v *validator) exposures(at string, a *App, env string) {
	e := a.Environments[env]
	for _, name := range slices.Sorted(maps.Keys(e.Expose)) {
		at, exposure := at+"."+name, e.Expose[name]
		if a.Services[name] == nil {
			v.add(at, "there is no service %s%s", name, DidYouMean(name, a.Services))
			continue
		}
		if s := a.Effective(name); s.Port == 0 && len(s.UDP) == 0 || s.Schedule != "" || s.Release {
			v.add(at, "%s serves at no port", name)
		}
		v.port(at+".nodePort", exposure.NodePort)
		if exposure.Balancer == (exposure.NodePort != 0) {
			v.add(at, "has to have exactly one of nodePort and balancer")
		}
		if other := a.sameNodePort(env, name); other != "" {
			v.add(at+".nodePort", "%d of the same nodes is that of %s", exposure.NodePort, other)
		}
	}
}

// sameNodePort is the exposure, of those that stand before the named one in the order of names, that wants the same port of
// the same nodes.
func (a *App) sameNodePort(env, name string) string {
	mine := a.Environments[env].Expose[name].NodePort
	for _, other := range a.EnvironmentNames() {
		if mine == 0 || other > env || other != env && !a.Environments[other].meets(a.Environments[env]) {
			continue
		}
		for _, s := range slices.Sorted(maps.Keys(a.Environments[other].Expose)) {
			if (other < env || s < name) && a.Environments[other].Expose[s].NodePort == mine {
				return s + " in " + other
			}
		}
	}
	return ""
}

func (v *validator) answer(at string, a Answer) {
	ways := 0
	if a.Host != "" {
		ways++
		if _, err := netip.ParseAddr(a.Host); err == nil {
			v.add(at+".host", "%s is an address; say addresses: [%s]", a.Host, a.Host)
		} else if !dnsName.MatchString(a.Host) {
			v.add(at+".host", "%q is no host name", a.Host)
		}
		if a.Port != 0 {
			v.add(at+".port", "an alias can't change the port; the need's own port has to be right")
		}
	}
	if len(a.Addresses) > 0 {
		ways++
		for i, s := range a.Addresses {
			ip, err := netip.ParseAddr(s)
			switch {
			case err != nil:
				v.add(at+".addresses."+strconv.Itoa(i), "%q is no IP address", s)
			case ip.IsLoopback() || ip.IsUnspecified() || ip.IsMulticast() || ip.IsLinkLocalUnicast() || ip.Zone() != "":
				v.add(at+".addresses."+strconv.Itoa(i), "%s can't be reached from a pod", s)
			}
		}
	}
	if a.Inside {
		ways++
	}
	if ways != 1 {
		v.add(at, "has to have exactly one of host, addresses and inside")
	}
	v.port(at+".port", a.Port)
}
