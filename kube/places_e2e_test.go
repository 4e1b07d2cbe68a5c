//go:build e2e

package kube

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// TestPlaces: a Service by the nodes' ports, another by an Ingress, a third by nothing, and one that isn't there.
func TestPlaces(t *testing.T) {
	f := newFixture(t)
	ctx, clients := t.Context(), f.cluster.typed
	create := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := clients.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: f.namespace}}, metav1.CreateOptions{})
	create(err)
	service := func(name string, kind corev1.ServiceType, ports ...corev1.ServicePort) *corev1.Service {
		t.Helper()
		s, err := clients.CoreV1().Services(f.namespace).Create(ctx, &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: corev1.ServiceSpec{Type: kind, Ports: ports}}, metav1.CreateOptions{})
		create(err)
		return s
	}
	web := service("web", corev1.ServiceTypeNodePort, corev1.ServicePort{Name: "http", Port: 80, TargetPort: intstr.FromString("http")}, corev1.ServicePort{Name: "own", Port: 8080, TargetPort: intstr.FromString("http")}, corev1.ServicePort{Name: "udp-514", Port: 514, Protocol: corev1.ProtocolUDP})
	service("api", corev1.ServiceTypeClusterIP, corev1.ServicePort{Name: "http", Port: 80})
	service("inner", corev1.ServiceTypeClusterIP, corev1.ServicePort{Name: "http", Port: 80})
	no := false
	for family, at := range map[discoveryv1.AddressType][2]string{discoveryv1.AddressTypeIPv4: {"192.0.2.1", "192.0.2.2"}, discoveryv1.AddressTypeIPv6: {"2001:db8::1", "2001:db8::2"}} {
		_, err = clients.DiscoveryV1().EndpointSlices(f.namespace).Create(ctx, &discoveryv1.EndpointSlice{
			ObjectMeta: metav1.ObjectMeta{Name: "web-" + strings.ToLower(string(family)), Labels: map[string]string{discoveryv1.LabelServiceName: "web"}}, AddressType: family,
			Endpoints: []discoveryv1.Endpoint{
				{Addresses: []string{at[0]}, TargetRef: &corev1.ObjectReference{Kind: "Pod", Name: "web-1"}},
				{Addresses: []string{at[1]}, TargetRef: &corev1.ObjectReference{Kind: "Pod", Name: "web-2"}, Conditions: discoveryv1.EndpointConditions{Ready: &no}},
			}}, metav1.CreateOptions{})
		create(err)
	}
	way := networkingv1.PathTypePrefix
	to := func(name string) networkingv1.IngressRuleValue {
		return networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{Paths: []networkingv1.HTTPIngressPath{{Path: "/", PathType: &way,
			Backend: networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: name, Port: networkingv1.ServiceBackendPort{Name: "http"}}}}}}}
	}
	ingress, err := clients.NetworkingV1().Ingresses(f.namespace).Create(ctx, &networkingv1.Ingress{ObjectMeta: metav1.ObjectMeta{Name: "routes"}, Spec: networkingv1.IngressSpec{
		TLS: []networkingv1.IngressTLS{{Hosts: []string{"api.example.com"}}},
		Rules: []networkingv1.IngressRule{
			{Host: "api.example.com", IngressRuleValue: to("api")}, {Host: "old.example.com", IngressRuleValue: to("api")}, {Host: "other.example.com", IngressRuleValue: to("other")},
		}}}, metav1.CreateOptions{})
	create(err)
	ingress.Status.LoadBalancer.Ingress = []networkingv1.IngressLoadBalancerIngress{{Hostname: "lb.example.net"}}
	_, err = clients.NetworkingV1().Ingresses(f.namespace).UpdateStatus(ctx, ingress, metav1.UpdateOptions{})
	create(err)

	port, further := int(web.Spec.Ports[0].NodePort), int(web.Spec.Ports[2].NodePort)
	want := []Place{
		{Service: "web", By: "node 198.51.100.7", Address: "198.51.100.7", Port: port, Protocol: "http", Ready: 1},
		{Service: "web", By: "node 198.51.100.7", Address: "198.51.100.7", Port: further, Protocol: "udp", Ready: 1},
		{Service: "api", By: "Ingress routes", Hosts: []string{"old.example.com"}, Address: "lb.example.net", Port: 80, Protocol: "http"},
		{Service: "api", By: "Ingress routes", Hosts: []string{"api.example.com"}, Address: "lb.example.net", Port: 443, Protocol: "https"},
	}
	names := []string{"web", "api", "inner", "gone"}
	slices.SortStableFunc(want[:2], func(a, b Place) int { return a.Port - b.Port })
	got, err := f.cluster.Places(ctx, f.namespace, names, []string{"198.51.100.7"})
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v\n got %v\nwant %v", err, got, want)
	}

	// The addresses of the nodes that are ready, without those that are kept from load balancers.
	for name, n := range map[string]struct {
		ip     string
		ready  corev1.ConditionStatus
		labels map[string]string
	}{"": {"198.51.100.1", corev1.ConditionTrue, nil}, "-kept": {"198.51.100.2", corev1.ConditionTrue, map[string]string{noBalancer: ""}}, "-down": {"198.51.100.3", corev1.ConditionFalse, nil}} {
		node, err := clients.CoreV1().Nodes().Create(ctx, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: f.namespace + name, Labels: n.labels},
			Spec: corev1.NodeSpec{Taints: []corev1.Taint{{Key: "migrate/played", Effect: corev1.TaintEffectNoSchedule}}}}, metav1.CreateOptions{})
		create(err)
		t.Cleanup(func() {
			_ = clients.CoreV1().Nodes().Delete(context.Background(), node.Name, metav1.DeleteOptions{})
		})
		status := fmt.Sprintf(`{"status": {"addresses": [{"type": "Hostname", "address": "n"}, {"type": "InternalIP", "address": %q}], "conditions": [{"type": "Ready", "status": %q}]}}`, n.ip, n.ready)
		_, err = clients.CoreV1().Nodes().Patch(ctx, node.Name, types.StrategicMergePatchType, []byte(status), metav1.PatchOptions{}, "status")
		create(err)
	}
	got, err = f.cluster.Places(ctx, f.namespace, names[:1], nil)
	at := map[string]bool{}
	for _, p := range got {
		at[p.Address] = true
	}
	if err != nil || !at["198.51.100.1"] || at["198.51.100.2"] || at["198.51.100.3"] {
		t.Errorf("%v, at %v", err, at)
	}
}
