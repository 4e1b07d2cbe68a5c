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

// maxClusterFronts bounds the hosts and paths of all files.
const maxClusterFronts = 1000

// frontsOf takes the hosts of a Route of OpenShift, an Ingress or an HTTPRoute.
func (k *kubernetes) frontsOf(file string, n *yaml.Node) {
	spec := child(n, "spec")
	if to := scalar(at(spec, "to", "name")); to != "" {
		k.front(n, file, child(spec, "host"), child(spec, "path"), to)
	}
	for _, rule := range items(child(spec, "rules")) {
		for _, p := range items(at(rule, "http", "paths")) {
			k.front(n, file, child(rule, "host"), child(p, "path"), cmp.Or(scalar(at(p, "backend", "service", "name")), scalar(at(p, "backend", "serviceName"))))
		}
		for _, host := range items(child(spec, "hostnames")) {
			for _, to := range items(child(rule, "backendRefs")) {
				for _, path := range append(items(child(rule, "matches")), nil)[:max(1, len(items(child(rule, "matches"))))] {
					k.front(n, file, host, at(path, "path", "value"), scalar(child(to, "name")))
				}
			}
		}
	}
}

func (k *kubernetes) front(n *yaml.Node, file string, host, path *yaml.Node, service string) {
	if len(k.fronts) >= maxClusterFronts || scalar(host) == "" {
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
