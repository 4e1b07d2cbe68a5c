package kube

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// endpointTime is how long a Service may take to learn of pods that are ready.
const endpointTime = 10 * time.Second

// emptyServices gives a verdict on each Service that should lead to the pods of one of the workloads and does not.
func (w *watch) emptyServices(ctx context.Context, services Objects, workloads []verdict) ([]verdict, error) {
	leading := map[string]Objects{} // by namespace
	for _, s := range services {
		if readyPods(s, workloads) > 0 {
			leading[s.GetNamespace()] = append(leading[s.GetNamespace()], s)
		}
	}
	var out []verdict
	for _, namespace := range sortedKeys(leading) {
		for group := range slices.Chunk(leading[namespace], together) {
			var names []string
			for _, s := range group {
				names = append(names, s.GetName())
			}
			endpoints, err := w.cluster.endpoints(ctx, namespace, names...)
			if err != nil {
				return out, err
			}
			for _, s := range group {
				if problem := endpointProblem(s, endpoints[s.GetName()]); problem != "" {
					out = append(out, w.leadsNowhere(s, problem))
				}
			}
		}
	}
	return out, nil
}

// endpoints are the EndpointSlices of Services of a namespace, by the Service's name.
func (c *Cluster) endpoints(ctx context.Context, namespace string, services ...string) (map[string][]discoveryv1.EndpointSlice, error) {
	slices.Sort(services)
	list, err := c.typed.DiscoveryV1().EndpointSlices(namespace).List(ctx,
		metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + " in (" + strings.Join(services, ",") + ")"})
	if err != nil {
		return nil, err
	}
	found := map[string][]discoveryv1.EndpointSlice{}
	for _, s := range list.Items {
		name := s.Labels[discoveryv1.LabelServiceName]
		found[name] = append(found[name], s)
	}
	return found, nil
}

func (w *watch) leadsNowhere(service Object, problem string) verdict {
	f := finding{patience: endpointTime, Failure: Failure{Workload: service.ID(), Reason: "NoEndpoints", Cause: problem,
		Fix: "compare the Service's selector and targetPort with the labels and the names of the ports of the pods, in kube/base"}}
	v := verdict{view: view{object: service}, text: problem, suspects: []Failure{f.Failure}}
	if w.overdue(f) {
		v.failures = v.suspects
	}
	return v
}

// readyPods counts the ready pods of the workloads that a Service selects.
func readyPods(service Object, workloads []verdict) int {
	selector := serviceSelector(service)
	if selector == nil {
		return 0
	}
	n := 0
	for _, v := range workloads {
		if selector.Matches(templateLabels(v.view.object)) {
			for _, p := range v.view.pods {
				if podReady(p) {
					n++
				}
			}
		}
	}
	return n
}

// serviceSelector is nil for a Service without one, which leads elsewhere.
func serviceSelector(service Object) labels.Selector {
	set := labels.Set{}
	for k, v := range child(service.Object, "spec", "selector") {
		set[k] = fmt.Sprint(v)
	}
	if len(set) == 0 {
		return nil
	}
	return set.AsSelector()
}

// selecting is an object that stands before pods, a Service or a PodDisruptionBudget, and which pods those are.
type selecting struct {
	object   Object
	selector labels.Selector
}

// selecting are those of the objects that select any pods.
func (l Objects) selecting() []selecting {
	var all []selecting
	for _, o := range l {
		switch {
		case o.is("", "Service"):
			if selector := serviceSelector(o); selector != nil {
				all = append(all, selecting{o, selector})
			}
		case o.is("policy", "PodDisruptionBudget"):
			if selector, err := podSelector(o); err == nil && !selector.Empty() {
				all = append(all, selecting{o, selector})
			}
		}
	}
	return all
}

func templateLabels(workload Object) labels.Set {
	set := labels.Set{}
	for k, v := range child(workload.Object, "spec", "template", "metadata", "labels") {
		set[k] = fmt.Sprint(v)
	}
	return set
}

func endpointProblem(service Object, slices []discoveryv1.EndpointSlice) string {
	ports := map[string]bool{}
	for _, s := range slices {
		for _, p := range s.Ports {
			if p.Name != nil {
				ports[*p.Name] = true
			}
		}
	}
	if len(readyEndpoints(slices)) == 0 {
		return "it leads to no ready pod"
	}
	for _, p := range maps(child(service.Object, "spec")["ports"]) {
		name, _ := p["name"].(string)
		if !ports[name] {
			return fmt.Sprintf("its port %s leads to no port of the pods (targetPort %v)", name, p["targetPort"])
		}
	}
	return ""
}

// readyEndpoints are the names of the pods that take requests. A pod with an address of each family is one, and an endpoint that
// is no pod has a name that no pod has.
func readyEndpoints(slices []discoveryv1.EndpointSlice) map[string]bool {
	ready := map[string]bool{}
	for _, s := range slices {
		for i, e := range s.Endpoints {
			name := fmt.Sprint(s.Name, "/", i)
			if e.TargetRef != nil {
				name = e.TargetRef.Name
			}
			if e.Conditions.Ready == nil || *e.Conditions.Ready {
				ready[name] = true
			}
		}
	}
	return ready
}
