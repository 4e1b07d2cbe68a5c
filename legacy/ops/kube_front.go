package ops

import (
	"cmp"
	"strings"

	"gopkg.in/yaml.v3"
)

// clusterFront is a host, with a path of it, that the cluster leads to one of its Services.
type clusterFront struct {
	host, path, service, file string
	line                      int
	tls                       bool
}

// maxClusterFronts bounds the hosts and paths of all files, maxFrontsAsked how many rules, and hosts of them, are looked at.
const (
	maxClusterFronts = 1000
	maxFrontsAsked   = 10 * maxClusterFronts
)

// frontsOf takes the hosts of a Route of OpenShift, an Ingress or an HTTPRoute.
func (k *kubernetes) frontsOf(file string, n *yaml.Node) {
	spec := child(n, "spec")
	if to := scalar(at(spec, "to", "name")); to != "" {
		k.front(n, file, child(spec, "host"), child(spec, "path"), to)
	}
	for _, rule := range items(child(spec, "rules")) {
		if k.frontsFull() {
			return
		}
		k.asked++
		for _, p := range items(at(rule, "http", "paths")) {
			if k.frontsFull() {
				return
			}
			k.front(n, file, child(rule, "host"), child(p, "path"), cmp.Or(scalar(at(p, "backend", "service", "name")), scalar(at(p, "backend", "serviceName"))))
		}
		k.frontsOfHosts(file, n, rule)
	}
}

// frontsOfHosts are the hosts of an HTTPRoute with all that one rule leads to: the product of three lists of the file.
func (k *kubernetes) frontsOfHosts(file string, n, rule *yaml.Node) {
	matches := items(child(rule, "matches"))
	if len(matches) == 0 {
		matches = []*yaml.Node{nil}
	}
	refs := items(child(rule, "backendRefs"))
	if len(refs) == 0 {
		return
	}
	for _, host := range items(at(n, "spec", "hostnames")) {
		for _, to := range refs {
			for _, match := range matches {
				if k.frontsFull() {
					return
				}
				k.front(n, file, host, at(match, "path", "value"), scalar(child(to, "name")))
			}
		}
	}
}

func (k *kubernetes) frontsFull() bool {
	return len(k.fronts) >= maxClusterFronts || k.asked > maxFrontsAsked
}

func (k *kubernetes) front(n *yaml.Node, file string, host, path *yaml.Node, service string) {
	if k.asked++; k.frontsFull() || scalar(host) == "" {
		return
	}
	f := clusterFront{host: scalar(host), service: service, file: file, line: host.Line, tls: at(n, "spec", "tls") != nil}
	if p := scalar(path); strings.HasPrefix(p, "/") && p != "/" && !strings.ContainsAny(p, "(*$\\ ") {
		f.path = p
	} else if p != "" && p != "/" {
		return // an expression is no path
	}
	k.fronts = append(k.fronts, f)
}

// leadsTo says whether a Service has the pods of a workload behind it.
func (k *kubernetes) leadsTo(service string, w workload) bool {
	selector := k.selectors[service]
	if selector == nil {
		return service == w.name
	}
	for _, want := range pairs(selector) {
		if scalar(child(w.labels, want.key.Value)) != scalar(want.value) {
			return false
		}
	}
	return len(selector.Content) > 0
}
