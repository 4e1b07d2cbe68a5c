package kube

import (
	"context"
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
)

// crowd is what several workloads have, read with few requests: fifty workloads that start would cost the server a hundred and
// fifty a second otherwise. What a crowd does not know is asked for by itself.
type crowd struct {
	pods   []corev1.Pod
	sets   []appsv1.ReplicaSet
	of     map[string]bool                         // the workloads, by key, whose pods and ReplicaSets are among them
	events map[string]map[types.UID][]corev1.Event // all of a namespace's, by what they are about
}

const (
	together = 50 // workloads that are asked for with one request, as their names stand in its URL
	eventful = 8  // pods that aren't ready: of more than these the events are read with those of the whole namespace
	allOf    = 5000
)

// alike says by which labels, and where, a workload finds its pods, if it says no more than that they have certain values.
func alike(live Object) string {
	if len(maps(child(live.Object, "spec", "selector")["matchExpressions"])) > 0 {
		return ""
	}
	keys := sortedKeys(child(live.Object, "spec", "selector", "matchLabels"))
	if len(keys) == 0 {
		return ""
	}
	return live.GetNamespace() + " " + strings.Join(keys, ",")
}

// gather reads the pods and ReplicaSets of those workloads that can be asked for together.
func (w *watch) gather(ctx context.Context, lives Objects) (*crowd, error) {
	c, groups := &crowd{of: map[string]bool{}, events: map[string]map[types.UID][]corev1.Event{}}, map[string]Objects{}
	for _, o := range lives {
		if key := alike(o); key != "" {
			groups[key] = append(groups[key], o)
		}
	}
	for _, key := range sortedKeys(groups) {
		for group := range slices.Chunk(groups[key], together) {
			if len(group) < 2 {
				continue
			}
			if err := w.gatherGroup(ctx, c, group); err != nil {
				return nil, err
			}
		}
	}
	return c, w.gatherEvents(ctx, c)
}

// gatherEvents reads the events of namespaces in which many pods aren't ready: the server goes through all of them for each pod.
func (w *watch) gatherEvents(ctx context.Context, c *crowd) error {
	troubled := map[string]int{}
	for _, p := range c.pods {
		if w.lingers(p) {
			troubled[p.Namespace]++
		}
	}
	for _, namespace := range sortedKeys(troubled) {
		if troubled[namespace] <= eventful {
			continue
		}
		list, err := w.cluster.typed.CoreV1().Events(namespace).List(ctx, metav1.ListOptions{Limit: allOf})
		if err != nil {
			return err
		}
		if list.Continue != "" {
			continue // so many that those of each pod are less
		}
		about := map[types.UID][]corev1.Event{}
		for _, e := range list.Items {
			about[e.InvolvedObject.UID] = append(about[e.InvolvedObject.UID], e)
		}
		c.events[namespace] = about
	}
	return nil
}

// eventsOf lists what has been told of an object.
func (w *watch) eventsOf(ctx context.Context, namespace string, uid types.UID) ([]corev1.Event, error) {
	if w.crowd != nil && w.crowd.events[namespace] != nil {
		return w.crowd.events[namespace][uid], nil
	}
	list, err := w.cluster.typed.CoreV1().Events(namespace).List(ctx, metav1.ListOptions{FieldSelector: "involvedObject.uid=" + string(uid), Limit: 200})
	if err != nil {
		return nil, err
	}
	return list.Items, nil
}

func (w *watch) gatherGroup(ctx context.Context, c *crowd, group Objects) error {
	namespace, options := group[0].GetNamespace(), metav1.ListOptions{LabelSelector: anyOf(group)}
	pods, err := w.cluster.typed.CoreV1().Pods(namespace).List(ctx, options)
	if err != nil {
		return err
	}
	c.pods = append(c.pods, pods.Items...)
	if slices.ContainsFunc(group, func(o Object) bool { return o.GetKind() == "Deployment" }) {
		sets, err := w.cluster.typed.AppsV1().ReplicaSets(namespace).List(ctx, options)
		if err != nil {
			return err
		}
		c.sets = append(c.sets, sets.Items...)
	}
	for _, o := range group {
		c.of[o.key()] = true
	}
	return nil
}

// anyOf selects what any of the workloads selects, and maybe more.
func anyOf(group Objects) string {
	values := map[string]map[string]bool{}
	for _, o := range group {
		for k, v := range child(o.Object, "spec", "selector", "matchLabels") {
			if values[k] == nil {
				values[k] = map[string]bool{}
			}
			values[k][fmt.Sprint(v)] = true
		}
	}
	var parts []string
	for _, k := range sortedKeys(values) {
		parts = append(parts, fmt.Sprintf("%s in (%s)", k, strings.Join(sortedKeys(values[k]), ",")))
	}
	return strings.Join(parts, ",")
}

// podsOf lists the pods that a workload's selector finds.
func (w *watch) podsOf(ctx context.Context, live Object, selector labels.Selector) ([]corev1.Pod, error) {
	if w.crowd == nil || !w.crowd.of[live.key()] {
		list, err := w.cluster.typed.CoreV1().Pods(live.GetNamespace()).List(ctx, metav1.ListOptions{LabelSelector: selector.String()})
		if err != nil {
			return nil, err
		}
		return list.Items, nil
	}
	return among(w.crowd.pods, func(p *corev1.Pod) *metav1.ObjectMeta { return &p.ObjectMeta }, live, selector), nil
}

// setsOf lists the ReplicaSets that a workload's selector finds.
func (w *watch) setsOf(ctx context.Context, live Object, selector labels.Selector) ([]appsv1.ReplicaSet, error) {
	if w.crowd == nil || !w.crowd.of[live.key()] {
		list, err := w.cluster.typed.AppsV1().ReplicaSets(live.GetNamespace()).List(ctx, metav1.ListOptions{LabelSelector: selector.String()})
		if err != nil {
			return nil, err
		}
		return list.Items, nil
	}
	return among(w.crowd.sets, func(s *appsv1.ReplicaSet) *metav1.ObjectMeta { return &s.ObjectMeta }, live, selector), nil
}

// among are those of a crowd that a workload's selector finds.
func among[T any](all []T, meta func(*T) *metav1.ObjectMeta, live Object, selector labels.Selector) []T {
	var found []T
	for i := range all {
		if m := meta(&all[i]); m.Namespace == live.GetNamespace() && selector.Matches(labels.Set(m.Labels)) {
			found = append(found, all[i])
		}
	}
	return found
}
