package generators

import (
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// policyRule is one ingress or egress rule of a NetworkPolicy with its reason.
type policyRule struct {
	Rule kubeRule
	Why  string
}

type kubeRule struct {
	From  []kubePeer       `yaml:"from,omitempty"`
	To    []kubePeer       `yaml:"to,omitempty"`
	Ports []kubePolicyPort `yaml:"ports,omitempty"`
}

// kubePeer selects pods, namespaces or addresses; an empty selector selects all.
type kubePeer struct {
	Namespaces *kubeSelector `yaml:"namespaceSelector,omitempty"`
	Pods       *kubeSelector `yaml:"podSelector,omitempty"`
	Addresses  *kubeIPBlock  `yaml:"ipBlock,omitempty"`
}

type kubeIPBlock struct {
	CIDR   string   `yaml:"cidr"`
	Except []string `yaml:"except"`
}

type kubeSelector struct {
	MatchLabels map[string]string `yaml:"matchLabels,omitempty"`
}

type kubePolicyPort struct {
	Protocol string `yaml:"protocol,omitempty"` // TCP where it is absent
	Port     any    `yaml:"port"`
	EndPort  int    `yaml:"endPort,omitempty"`
}

var httpPort = []kubePolicyPort{{Port: "http"}}

// portsOf are the ports of services by the names that these have in their pods.
func portsOf(app *service.App, names []string) []kubePolicyPort {
	var ports []kubePolicyPort
	for _, name := range names {
		if port := (kubePolicyPort{Port: doorName(app.Effective(name))}); !slices.Contains(ports, port) {
			ports = append(ports, port)
		}
	}
	return ports
}

// kubePolicy renders the NetworkPolicy of the application: in from the gateway to what has a route, out to DNS and to
// the needs.
func kubePolicy(app *service.App) ([]byte, error) {
	routed, unrouted := servingServices(app)
	data := map[string]any{
		"App": app.Name, "RoutedName": app.Name + "-routes", "Gateway": gatewayRule(app), "Routed": nil, "Internet": internetRule(app),
		"Out": policyOut(app), "Egress": egressRules(app),
	}
	var ingress []policyRule
	var in []string
	switch {
	case len(routed) > 0 && len(unrouted) > 0:
		data["Routed"] = routed
		in = append(in, "the gateway to "+strings.Join(routed, " and "))
	case len(routed) > 0:
		ingress = append(ingress, gatewayRule(app))
		in = append(in, "the gateway to "+strings.Join(routed, " and "))
	}
	if len(unrouted) > 0 {
		rule := kubeRule{From: []kubePeer{{Pods: &kubeSelector{}}}, Ports: portsOf(app, slices.Concat(routed, unrouted))}
		ingress = append(ingress, policyRule{rule, "no route leads to " + strings.Join(unrouted, ", ") + ": the callers are in this namespace"})
		in = append(in, "this namespace to "+strings.Join(unrouted, " and "))
	} else if why := ownCalls(app); why != "" {
		ingress = append(ingress, policyRule{kubeRule{From: ownPods(app), Ports: portsOf(app, routed)}, why})
		in = append(in, "its own services")
	}
	if rules, names := udpRules(app); rules != nil {
		ingress = append(ingress, rules...)
		in = append(in, "this namespace to "+strings.Join(names, " and ")+" by UDP")
	}
	if hasSidecar(app) {
		rule := kubeRule{From: []kubePeer{{Namespaces: &kubeSelector{}}}, Ports: []kubePolicyPort{{Port: sidecarPort}}}
		ingress = append(ingress, policyRule{rule, "metrics, for whoever scrapes them"})
		in = append(in, "metrics")
	}
	if in == nil {
		in = []string{"nobody"}
	}
	data["Ingress"], data["In"] = ingress, strings.Join(in, ", ")
	return execute("kube/base/network-policy.yaml", data)
}

// servingServices are the services that answer at a port, with and without a route.
func servingServices(app *service.App) (routed, unrouted []string) {
	for _, name := range app.ServiceNames() {
		switch s := app.Effective(name); {
		case !serves(s):
		case len(s.Routes) > 0:
			routed = append(routed, name)
		default:
			unrouted = append(unrouted, name)
		}
	}
	return routed, unrouted
}

// gatewayRule lets in what passes the routes on. The controller of an Ingress class may live in any namespace.
func gatewayRule(app *service.App) policyRule {
	namespace := kubeParent(app).Namespace
	if ingressClass(app) != "" {
		namespace = app.Gateway.Namespace
	}
	if namespace == "" {
		rule := kubeRule{From: []kubePeer{{Namespaces: &kubeSelector{}}}, Ports: httpPort}
		return policyRule{rule, "any namespace: gateway.namespace in " + service.FileName + " narrows it"}
	}
	from := kubePeer{Namespaces: &kubeSelector{map[string]string{"kubernetes.io/metadata.name": namespace}}}
	return policyRule{kubeRule{From: []kubePeer{from}, Ports: httpPort}, ""}
}

// ownCalls tells which service of the application calls which other, or that they may where there are several and the
// model doesn't say, or that the smoke checks do; nothing where there is nobody to call.
func ownCalls(app *service.App) string {
	var calls []string
	serving := false
	for _, name := range app.ServiceNames() {
		if callers := callersOf(app, name); isOwn(app, name) && len(callers) > 0 {
			calls = append(calls, strings.Join(callers, " and ")+" to "+name)
		}
		serving = serving || serves(app.Effective(name))
	}
	switch {
	case calls != nil || !serving:
	case severalServices(app):
		return "its services may call each other"
	case smokeInside(app):
		return "the smoke checks of a release, which ask from inside"
	}
	return strings.Join(calls, ", ")
}

// smokeInside says whether an environment's smoke checks are asked by a Job, which bears the application's name.
func smokeInside(app *service.App) bool {
	for _, e := range app.Environments {
		if e.Smoke == service.SmokeInside {
			return true
		}
	}
	return false
}

func ownPods(app *service.App) []kubePeer {
	return []kubePeer{{Pods: &kubeSelector{map[string]string{"app.kubernetes.io/name": app.Name}}}}
}

func hasSidecar(app *service.App) bool {
	for _, s := range app.Services {
		if s.Sidecar && serves(*s) {
			return true
		}
	}
	return false
}

// egressRules let out to the application itself, to its needs and to public services.
func egressRules(app *service.App) []policyRule {
	var rules []policyRule
	if why := ownCalls(app); why != "" {
		rules = append(rules, policyRule{kubeRule{To: ownPods(app)}, why})
	}
	return slices.Concat(rules, needRules(app), outsideRules(app))
}

// needRules let out what the needs ask for, by port: where they are differs between environments.
func needRules(app *service.App) []policyRule {
	var rules []policyRule
	for _, name := range app.NeedNames() {
		if isOwn(app, name) {
			continue
		}
		need := app.Needs[name]
		port := kubePolicyPort{Protocol: udp(need.Kind), Port: needPort(need)}
		why := name
		if port.Port == 0 {
			port.Port, port.EndPort = 1, 65535
			why += ": on which port is not known; needs." + name + ".port in " + service.FileName + " narrows this"
		}
		rules = append(rules, policyRule{kubeRule{Ports: []kubePolicyPort{port}}, why})
	}
	return rules
}

// calledName are names of variables that say where something is called, and not where a browser is sent.
var calledName = pattern.MustCompile(`(?i)(^|_)(api|gateway|endpoint|webhook)(_?(base|root))?(_?(url|uri|host))?$`)

// publicHost is the host of an https URL with a name of the Internet, "" for others.
func publicHost(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Port() != "" || !strings.Contains(u.Hostname(), ".") || net.ParseIP(u.Hostname()) != nil {
		return ""
	}
	return u.Hostname()
}

// maxKeys is how many of them a comment names.
const maxKeys = 3

// outsideNames are the keys for public services, and the variables with the addresses where these are called: such services
// have names and certificates of their own, so they are no needs, and this is all that tells of them. Those in own may as
// well be for a service of one's own, at a private address.
func outsideNames(app *service.App) (public, own []string) {
	c := composer{app: app, backends: backendsOf(app)}
	keys := map[string]bool{}
	for _, name := range app.ServiceNames() {
		for _, key := range c.realSecrets(name) {
			if service.KeyForOutside(key) {
				keys[key] = service.PublicProvider(key)
			}
		}
		for key, address := range app.Services[name].Env {
			if host := publicHost(address); host != "" && (calledName.MatchString(key) || strings.HasPrefix(host, "api.")) {
				keys[key] = false
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if keys[key] {
			public = append(public, key)
		} else {
			own = append(own, key)
		}
	}
	return public, own
}

// outsideRules let out to public services by https: to every address where one of them may be one's own, unless a need lets
// out there anyway.
func outsideRules(app *service.App) []policyRule {
	if slices.ContainsFunc(needRules(app), opensHTTPS) {
		return nil
	}
	public, own := outsideNames(app)
	https := []kubePolicyPort{{Port: 443}}
	var out []policyRule
	if len(own) > 0 {
		out = append(out, policyRule{kubeRule{Ports: https}, publicServices(own)})
	}
	if len(public) > 0 {
		out = append(out, policyRule{kubeRule{To: internet, Ports: https}, publicServices(public)})
	}
	return out
}

// opensHTTPS says whether a rule lets out to every address by https.
func opensHTTPS(r policyRule) bool { return r.Rule.To == nil && r.Rule.Ports[0].Port == 443 }

func publicServices(names []string) string {
	why := "public services, by https: " + strings.Join(names[:min(maxKeys, len(names))], ", ")
	if len(names) > maxKeys {
		why += " ..."
	}
	return commentLine(why)
}
