package generators

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// kubeRoutes renders what leads to a service: its Service, PodDisruptionBudget and HTTPRoutes or Ingress; nothing for a
// process that doesn't serve.
func kubeRoutes(app *service.App, name string) ([]byte, error) {
	s := app.Effective(name)
	if !serves(s) && !servesUDP(s) {
		return nil, nil
	}
	door := map[string]any{"Name": name, "Labels": kubeLabels{app.Name, name}, "Door": nil, "Further": nil, "UDP": udpPorts(s), "Budget": kubeReplicas(s) > 1}
	if serves(s) {
		door["Door"], door["Further"] = kubeDoor(s), furtherPorts(app, name)
	}
	text, err := execute("kube/base/service.yaml", door)
	if err != nil || !serves(s) {
		return text, err
	}
	if ingressClass(app) != "" {
		ingress, err := kubeIngress(app, name)
		return append(text, ingress...), err
	}
	for _, g := range routeGroups(name, s.Routes) {
		route, err := execute("kube/base/httproute.yaml", map[string]any{
			"Name": g.name, "Service": name, "Parent": kubeParent(app), "Hosts": g.hosts, "Rules": routeRules(s, g.paths), "Comments": routeComments(s),
		})
		if err != nil {
			return nil, err
		}
		text = append(text, route...)
	}
	for _, r := range redirectRoutes(name, s) {
		route, err := execute("kube/base/redirects.yaml", map[string]any{"Name": r.Name, "Parent": kubeParent(app), "Hosts": r.Hosts, "Rules": r.Rules})
		if err != nil {
			return nil, err
		}
		text = append(text, route...)
	}
	return text, nil
}

// kubeDoor is the first port of a service's Service: 80 for HTTP, else its own.
func kubeDoor(s service.Service) kubePort {
	if s.HTTP() {
		return kubePort{Name: doorName(s), Port: 80}
	}
	return kubePort{Name: doorName(s), Port: s.Port}
}

// kubePort is a port of a Service, and for a further one why it is there of a Service.
type kubePort struct {
	Name string
	Port int
	Why  string
}

// furtherPorts are the ports beside the first at which other services of the application call this one: those of a need with its
// name, and where there are several services the port on which it listens. They know each other by name and that port, as
// run_local and the compose files of old have it.
func furtherPorts(app *service.App, name string) []kubePort {
	var ports []kubePort
	need, called := app.Needs[name]
	port, callers := needPort(need), callersOf(app, name)
	door := kubeDoor(app.Effective(name)).Port
	if called && port != 0 && port != door && len(callers) > 0 {
		ports = append(ports, kubePort{"inside", port, "the port that " + strings.Join(callers, ", ") + " asks for"})
	}
	if own := app.Effective(name).Port; severalServices(app) && own != door && (len(ports) == 0 || ports[0].Port != own) {
		ports = append(ports, kubePort{"own", own, "where it listens, for callers that say the port"})
	}
	return ports
}

// severalServices says whether there are services that may call each other, be it from one image.
func severalServices(app *service.App) bool {
	count := 0
	for _, s := range app.Services {
		if s.From == "" {
			count++
		}
	}
	return count > 1
}

// callersOf are the other processes of the application that call the service by its name, in the order of ServiceNames.
func callersOf(app *service.App, name string) []string {
	var callers []string
	for _, caller := range app.ServiceNames() {
		if caller != name && slices.Contains(app.Effective(caller).Needs, name) {
			callers = append(callers, caller)
		}
	}
	return callers
}

// isOwn says that a need is a service of the application itself, whose Service stands in the base.
func isOwn(app *service.App, need string) bool {
	return app.Services[need] != nil && serves(app.Effective(need))
}

// parentRef is the Gateway that routes attach to.
type parentRef struct {
	Name      string `yaml:"name"`
	Namespace string `yaml:"namespace,omitempty"`
}

func kubeParent(app *service.App) parentRef {
	parent := parentRef{"public", "gateway"}
	if g := app.Gateway; g != nil && g.Name != "" {
		parent = parentRef{g.Name, g.Namespace}
	} else if g != nil && g.Namespace != "" {
		parent.Namespace = g.Namespace
	}
	return parent
}

func ingressClass(app *service.App) string {
	if app.Gateway == nil {
		return ""
	}
	return app.Gateway.Ingress
}

// routeGroup is one HTTPRoute: the hosts that share the same paths. No host at all means every host of the Gateway.
type routeGroup struct {
	name  string
	hosts []string
	paths []string
}

// routeGroups makes as few HTTPRoutes of the routes as there are different sets of paths. The first has the service's
// name, the further ones its name and their first host.
func routeGroups(name string, routes []service.Route) []routeGroup {
	var hosts []string
	paths := map[string][]string{}
	for _, r := range routes {
		host := strings.ToLower(r.Host)
		if paths[host] == nil {
			hosts = append(hosts, host)
		}
		if p := routePath(r); !slices.Contains(paths[host], p) {
			paths[host] = append(paths[host], p)
		}
	}
	var groups []routeGroup
	for _, host := range hosts {
		slices.Sort(paths[host])
		i := slices.IndexFunc(groups, func(g routeGroup) bool {
			return host != "" && len(g.hosts) > 0 && slices.Equal(g.paths, paths[host])
		})
		if i >= 0 {
			groups[i].hosts = append(groups[i].hosts, host)
			continue
		}
		g := routeGroup{name: name, paths: paths[host]}
		if host != "" {
			g.hosts = []string{host}
		}
		if len(groups) > 0 {
			g.name = name + "-" + hostLabel(host)
		}
		groups = append(groups, g)
	}
	return groups
}

func routePath(r service.Route) string { return "/" + strings.TrimPrefix(r.Path, "/") }

func hostLabel(host string) string {
	if host == "" {
		return "any-host"
	}
	return dnsLabel(strings.Replace(host, "*", "any", 1), 180)
}

// ingressRule is one host of an Ingress.
type ingressRule struct {
	Host  string
	Paths []string
}

// ingressRules are the routes by host, in the model's order.
func ingressRules(routes []service.Route) []ingressRule {
	var rules []ingressRule
	for _, r := range routes {
		host := strings.ToLower(r.Host)
		i := slices.IndexFunc(rules, func(rule ingressRule) bool { return rule.Host == host })
		if i < 0 {
			i, rules = len(rules), append(rules, ingressRule{Host: host})
		}
		if p := routePath(r); !slices.Contains(rules[i].Paths, p) {
			rules[i].Paths = append(rules[i].Paths, p)
		}
	}
	return rules
}

func kubeIngress(app *service.App, name string) ([]byte, error) {
	s := app.Effective(name)
	rules := ingressRules(s.Routes)
	if len(rules) == 0 {
		return nil, nil
	}
	class := ingressClass(app)
	return execute("kube/base/ingress.yaml", map[string]any{
		"Name": name, "Class": class, "Rules": rules, "Annotations": ingressAnnotations(class, s.Edge), "Comments": ingressComments(class, s),
	})
}
