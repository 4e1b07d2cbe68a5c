package service

import (
	"maps"
	"slices"
	"strings"
)

// What Environment.Smoke may say beside a URL.
const (
	NoSmoke     = "none"   // every release that is ready is kept
	SmokeInside = "inside" // a Job in the cluster asks
)

// Environment is one place where the application runs.
type Environment struct {
	Namespace string `yaml:"namespace" jsonschema:"required"`
	Context   string `yaml:"context,omitempty" jsonschema:"description=The kubeconfig context that kube_apply is allowed to talk to."`
	// Kubernetes is 1.MINOR.
	Kubernetes string `yaml:"kubernetes,omitempty" jsonschema:"pattern=^1\\.[0-9]+$,description=Version of Kubernetes here\\, such as 1.31: what the manifests are judged for without a cluster. The newest one that is known where it is absent."`

	Failover  string            `yaml:"failover,omitempty" jsonschema:"description=The kubeconfig context of a second cluster that gets all that this environment gets\\, before it."`
	Protected bool              `yaml:"protected,omitempty" jsonschema:"description=migrate kube destroy refuses it."`
	Smoke     string            `yaml:"smoke,omitempty" jsonschema:"description=What the smoke checks of a release ask before it is kept: a URL of the service here\\, inside for a Job in the cluster\\, or none to keep every release that is ready. A way through the API server to the pods where it is absent."`
	Hosts     map[string]string `yaml:"hosts,omitempty,flow" jsonschema:"description=What a route's host is called here."`
	Replicas  map[string]int    `yaml:"replicas,omitempty,flow" jsonschema:"description=Pods by service."`
	Scale     map[string]Limits `yaml:"scale,omitempty,flow" jsonschema:"description=Between how many pods kube_scale may set a service."`
	Env       map[string]string `yaml:"env,omitempty" jsonschema:"description=Plain configuration that differs here."`
	Files     map[string]string `yaml:"files,omitempty" jsonschema:"description=Files of services that are others here: the same path in the container\\, and the file below kube/overlays/NAME/files."`
	Needs     map[string]Answer `yaml:"needs,omitempty" jsonschema:"description=What answers each need here."`
	// Expose is the other direction of Needs.
	Expose map[string]Exposure `yaml:"expose,omitempty" jsonschema:"description=Services that systems outside of the cluster call at a fixed address and port here\\, and not by a route."`
	// Components are directories of the repository.
	Components []string `yaml:"components,omitempty,flow" jsonschema:"description=Kustomize components of the team's own that only this environment takes in."`

	Secrets map[string]SecretValue `yaml:"secrets,omitempty" jsonschema:"description=How the value of a secret is made where that differs here."`
}

// Limits are the fewest and the most pods of a service. A Max of 0 is none.
type Limits struct {
	Min int `yaml:"min,omitempty" jsonschema:"minimum=0"`
	Max int `yaml:"max,omitempty" jsonschema:"minimum=0"`
}

// Answer says what a need leads to in an environment. Exactly one of Host, Addresses and Inside is set.
type Answer struct {
	Host      string   `yaml:"host,omitempty" jsonschema:"description=DNS name outside the cluster (an ExternalName Service)."`
	Addresses []string `yaml:"addresses,omitempty,flow" jsonschema:"description=IP addresses outside the cluster (a Service with an EndpointSlice)."`
	Inside    bool     `yaml:"inside,omitempty" jsonschema:"description=A workload of its own in the namespace."`
	Port      int      `yaml:"port,omitempty" jsonschema:"minimum=1,maximum=65535,description=Port at those addresses where it is another than the need's."`
}

// Exposure is how systems outside of the cluster reach a service. Exactly one of NodePort and Balancer is set.
type Exposure struct {
	NodePort int  `yaml:"nodePort,omitempty" jsonschema:"minimum=1,maximum=65535,description=TCP port at which every node of the cluster answers (UDP for a service that has nothing else)\\, of those that the cluster has for it: 30000 to 32767 unless it was told others."`
	Balancer bool `yaml:"balancer,omitempty" jsonschema:"description=An address of its own from the cluster's load balancer\\, which most clouds give on the Internet: a component sets their annotation for an internal one."`
}

// Placeholder is the ending of host names that nobody has filled in yet. RFC 2606 keeps it from ever resolving, so that a
// forgotten one fails instead of reaching a stranger.
const Placeholder = ".invalid"

// IsPlaceholder says whether a host name stands for one that nobody has filled in.
func IsPlaceholder(host string) bool {
	return strings.HasSuffix(strings.TrimSuffix(host, "."), Placeholder)
}

// Open says that nobody has said yet where the need answers.
func (a Answer) Open() bool {
	return !a.Inside && len(a.Addresses) == 0 && (a.Host == "" || IsPlaceholder(a.Host))
}

// HostIn is what a route's host is called in an environment, in small letters, and whether the environment says so.
func (a *App) HostIn(environment, host string) (here string, said bool) {
	host = strings.ToLower(host)
	hosts := a.Environments[environment].Hosts
	for _, from := range slices.Sorted(maps.Keys(hosts)) {
		if strings.ToLower(from) == host {
			return strings.ToLower(hosts[from]), true
		}
	}
	return host, false
}
