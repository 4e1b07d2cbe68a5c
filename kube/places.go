package kube

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Place is where a Service answers to callers outside of the cluster.
type Place struct {
	Service  string   `json:"service"`
	By       string   `json:"by"`              // what answers there: a node, a load balancer, a Gateway or an Ingress, with its name
	Hosts    []string `json:"hosts,omitempty"` // for which it leads to the Service; none where it does for all
	Address  string   `json:"address"`         // IP address or DNS name
	Port     int      `json:"port"`
	Protocol string   `json:"protocol"` // http, https, tcp or udp
	Ready    int      `json:"ready"`    // endpoints of the Service that take requests
}

// Places are those of the named Services of a namespace: ports of the nodes, load balancers, and the Gateways and Ingresses
// that lead to them. Services that are not there have none. nodes are the addresses of the nodes where the user may not look
// for them, or the callers know them by others.
func (c *Cluster) Places(ctx context.Context, namespace string, services, nodes []string) ([]Place, error) {
	e := &entrances{cluster: c, namespace: namespace, ready: map[string]int{}}
	for _, ip := range nodes {
		e.nodes = append(e.nodes, address{ip, ip})
	}
	for _, name := range services {
		service, err := c.typed.CoreV1().Services(namespace).Get(ctx, name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("the Service %s: %w", name, c.advised(err))
		}
		if err := e.service(ctx, service); err != nil {
			return nil, err
		}
	}
	if err := e.ingresses(ctx); err != nil {
		return nil, err
	}
	if err := e.routes(ctx); err != nil {
		return nil, err
	}
	slices.SortStableFunc(e.places, func(a, b Place) int {
		return cmp.Or(cmp.Compare(slices.Index(services, a.Service), slices.Index(services, b.Service)), cmp.Compare(a.By, b.By), cmp.Compare(a.Address, b.Address), cmp.Compare(a.Port, b.Port))
	})
	return e.places, nil
}

// entrances looks for where the Services of a namespace can be reached.
type entrances struct {
	cluster   *Cluster
	namespace string
	nodes     []address
	ready     map[string]int // by Service
	places    []Place
}

// address is one of a node.
type address struct{ node, ip string }

func (e *entrances) service(ctx context.Context, s *corev1.Service) error {
	endpoints, err := e.cluster.endpoints(ctx, e.namespace, s.Name)
	if err != nil {
		return fmt.Errorf("the endpoints of Service %s: %w", s.Name, e.cluster.advised(err))
	}
	e.ready[s.Name] = len(readyEndpoints(endpoints[s.Name]))
	ports := doorsTo(s.Spec.Ports)
	for _, ingress := range s.Status.LoadBalancer.Ingress {
		for _, p := range ports {
			e.add(Place{Service: s.Name, By: "load balancer", Address: cmp.Or(ingress.IP, ingress.Hostname), Port: int(p.Port), Protocol: spoken(p)})
		}
	}
	if s.Spec.Type != corev1.ServiceTypeNodePort {
		return nil
	}
	if err := e.lookForNodes(ctx); err != nil {
		return err
	}
	for _, n := range e.nodes {
		for _, p := range ports {
			if p.NodePort != 0 {
				e.add(Place{Service: s.Name, By: "node " + n.node, Address: n.ip, Port: int(p.NodePort), Protocol: spoken(p)})
			}
		}
	}
	return nil
}

// doorsTo are the ports of a Service without those that lead where an earlier one does.
func doorsTo(ports []corev1.ServicePort) []corev1.ServicePort {
	var doors []corev1.ServicePort
	for _, p := range ports {
		if !slices.ContainsFunc(doors, func(q corev1.ServicePort) bool { return p.TargetPort == q.TargetPort && p.Protocol == q.Protocol }) {
			doors = append(doors, p)
		}
	}
	return doors
}

func (e *entrances) add(p Place) {
	p.Ready = e.ready[p.Service]
	e.places = append(e.places, p)
}

// spoken is what a port of a Service speaks, by its name.
func spoken(p corev1.ServicePort) string {
	switch {
	case p.Protocol == corev1.ProtocolUDP:
		return "udp"
	case p.Name == "http":
		return "http"
	}
	return "tcp"
}

// noBalancer is the label of nodes to which nothing outside is to be led, such as those of the control plane.
const noBalancer = "node.kubernetes.io/exclude-from-external-load-balancers"

// lookForNodes finds the addresses by which the nodes know each other.
func (e *entrances) lookForNodes(ctx context.Context) error {
	if e.nodes != nil {
		return nil
	}
	list, err := e.cluster.typed.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("the addresses of the nodes: %w; --node tells them", e.cluster.advised(err))
	}
	for _, every := range []bool{false, true} { // a cluster of one node has none but that of the control plane
		for _, n := range list.Items {
			if _, kept := n.Labels[noBalancer]; !every && kept || !nodeReady(n) {
				continue
			}
			for _, a := range n.Status.Addresses {
				if a.Type == corev1.NodeInternalIP {
					e.nodes = append(e.nodes, address{n.Name, a.Address})
				}
			}
		}
		if e.nodes != nil {
			return nil
		}
	}
	return fmt.Errorf("no node of the cluster is ready and has an address; --node tells them")
}

func nodeReady(n corev1.Node) bool {
	return slices.ContainsFunc(n.Status.Conditions, func(c corev1.NodeCondition) bool {
		return c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue
	})
}

// ingresses adds what leads to the Services by an Ingress.
func (e *entrances) ingresses(ctx context.Context) error {
	list, err := e.cluster.typed.NetworkingV1().Ingresses(e.namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return e.cluster.advised(err)
	}
	for _, ingress := range list.Items {
		secure := map[string]bool{}
		for _, tls := range ingress.Spec.TLS {
			for _, host := range tls.Hosts {
				secure[host] = true
			}
		}
		for _, rule := range ingress.Spec.Rules {
			for _, at := range ingress.Status.LoadBalancer.Ingress {
				p := Place{By: "Ingress " + ingress.Name, Address: cmp.Or(at.IP, at.Hostname), Port: 80, Protocol: "http"}
				if secure[rule.Host] {
					p.Port, p.Protocol = 443, "https"
				}
				e.lead(p, rule.Host, backends(rule))
			}
		}
	}
	return nil
}

func backends(rule networkingv1.IngressRule) []string {
	var names []string
	if rule.HTTP == nil {
		return nil
	}
	for _, path := range rule.HTTP.Paths {
		if path.Backend.Service != nil {
			names = append(names, path.Backend.Service.Name)
		}
	}
	return names
}

// lead adds a place for each of the Services that a host leads to there, or the host to the place that has others.
func (e *entrances) lead(p Place, host string, services []string) {
	slices.Sort(services)
	for _, name := range slices.Compact(services) {
		if _, ours := e.ready[name]; !ours {
			continue
		}
		p.Service = name
		i := slices.IndexFunc(e.places, func(q Place) bool {
			return q.Service == p.Service && q.By == p.By && q.Address == p.Address && q.Port == p.Port
		})
		if i < 0 {
			p.Hosts = nil
			e.add(p)
			i = len(e.places) - 1
		}
		if host != "" && !slices.Contains(e.places[i].Hosts, host) {
			e.places[i].Hosts = append(e.places[i].Hosts, host)
		}
	}
}

var (
	httpRoutes = schema.GroupVersionResource{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "httproutes"}
	gateways   = schema.GroupVersionResource{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "gateways"}
)

// routes adds what leads to the Services by an HTTPRoute, at the addresses of its Gateways. A cluster without the Gateway API
// has none.
func (e *entrances) routes(ctx context.Context) error {
	list, err := e.cluster.dynamic.Resource(httpRoutes).Namespace(e.namespace).List(ctx, metav1.ListOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return e.cluster.advised(err)
	}
	found := map[string]*unstructured.Unstructured{}
	for _, route := range list.Items {
		hosts, _, _ := unstructured.NestedStringSlice(route.Object, "spec", "hostnames")
		if len(hosts) == 0 {
			hosts = []string{""}
		}
		services := routeBackends(route.Object)
		for _, parent := range maps(child(route.Object, "spec")["parentRefs"]) {
			namespace, name := cmp.Or(text(parent["namespace"]), e.namespace), text(parent["name"])
			gateway, asked := found[namespace+"/"+name]
			if !asked {
				gateway, err = e.cluster.dynamic.Resource(gateways).Namespace(namespace).Get(ctx, name, metav1.GetOptions{})
				if err != nil && !apierrors.IsNotFound(err) {
					return fmt.Errorf("the Gateway %s in namespace %s: %w", name, namespace, e.cluster.advised(err))
				}
				if err != nil {
					gateway = nil
				}
				found[namespace+"/"+name] = gateway
			}
			if gateway == nil {
				continue
			}
			for _, p := range gatewayPlaces(gateway.Object, text(parent["sectionName"])) {
				p.By = "Gateway " + name
				for _, host := range hosts {
					e.lead(p, host, services)
				}
			}
		}
	}
	return nil
}

// routeBackends are the Services of all rules of an HTTPRoute.
func routeBackends(route map[string]any) []string {
	var names []string
	for _, rule := range maps(child(route, "spec")["rules"]) {
		for _, ref := range maps(rule["backendRefs"]) {
			if kind := cmp.Or(text(ref["kind"]), "Service"); kind == "Service" {
				names = append(names, text(ref["name"]))
			}
		}
	}
	return names
}

// gatewayPlaces are the addresses of a Gateway with the ports of its listeners for HTTP, or of the one that a route names.
// Where it has one for https, that for http alone is left out: it redirects, as a rule.
func gatewayPlaces(gateway map[string]any, section string) []Place {
	var places []Place
	secure := false
	for _, at := range maps(child(gateway, "status")["addresses"]) {
		for _, l := range maps(child(gateway, "spec")["listeners"]) {
			protocol := strings.ToLower(text(l["protocol"]))
			if protocol != "http" && protocol != "https" || section != "" && text(l["name"]) != section {
				continue
			}
			port, _ := l["port"].(int64)
			places = append(places, Place{Address: text(at["value"]), Port: int(port), Protocol: protocol})
			secure = secure || protocol == "https"
		}
	}
	return slices.DeleteFunc(places, func(p Place) bool { return secure && p.Protocol == "http" })
}

func text(v any) string {
	s, _ := v.(string)
	return s
}
