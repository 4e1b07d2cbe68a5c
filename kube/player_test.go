package kube

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	sigsyaml "sigs.k8s.io/yaml"
)

// player is a cluster that follows a script: an API server without a network, whose clock is that of the test.
type player struct {
	*testing.T
	script
	began  time.Time
	judged map[int]bool // frames whose status has been looked at
}

// now is the frame that holds at this moment.
func (p *player) now() (frame, int) {
	current := 0
	for i, s := range p.Steps {
		if time.Since(p.began) >= s.at(p.T) {
			current = i
		}
	}
	return p.Steps[current], current
}

var playedLabels = map[string]string{"app": "web"}

func (p *player) RoundTrip(r *http.Request) (*http.Response, error) {
	now, _ := p.now()
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	query := r.URL.Query()
	switch name := parts[len(parts)-1]; {
	case name == "log":
		return p.log(now, parts[len(parts)-2], query.Get("container"), query.Get("previous") == "true"), nil
	case name == "pods":
		selector, err := labels.Parse(query.Get("labelSelector"))
		if err != nil {
			return nil, err
		}
		list := corev1.PodList{}
		for _, pod := range p.pods(now) {
			if selector.Matches(labels.Set(pod.Labels)) {
				list.Items = append(list.Items, pod)
			}
		}
		return answer(list), nil
	case name == "replicasets":
		return answer(appsv1.ReplicaSetList{Items: p.sets(now)}), nil
	case name == "events":
		return answer(corev1.EventList{Items: p.events(now, query.Get("fieldSelector"))}), nil
	case name == "endpointslices":
		return answer(p.slices(now)), nil
	case name == "web":
		return answer(p.workload(now)), nil
	}
	return nil, fmt.Errorf("the script has no answer to %s", r.URL)
}

func answer(v any) *http.Response {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(text))}
}

func (p *player) log(now frame, pod, container string, previous bool) *http.Response {
	for i, one := range now.Pods {
		if podName(i) != pod {
			continue
		}
		text, there := one.Log[container]
		if previous {
			text, there = one.Previous[container]
		}
		if there {
			return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"text/plain"}}, Body: io.NopCloser(strings.NewReader(text))}
		}
	}
	return &http.Response{StatusCode: 400, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("no log"))}
}

func podName(i int) string { return fmt.Sprintf("web-%d", i) }

func owner(uid types.UID) []metav1.OwnerReference {
	yes := true
	return []metav1.OwnerReference{{UID: uid, Controller: &yes}}
}

func (p *player) pods(now frame) []corev1.Pod {
	var all []corev1.Pod
	pod := func(name string, one played) corev1.Pod {
		revision := map[bool]string{true: "old", false: "new"}[one.Old]
		by := types.UID("workload")
		if p.Kind == "Deployment" {
			by = types.UID(revision)
		}
		made := corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "shop", UID: types.UID(name), OwnerReferences: owner(by),
			Labels: map[string]string{"app": "web", appsv1.ControllerRevisionHashLabelKey: revision}}, Spec: p.Spec, Status: one.Status}
		if one.Gone {
			made.DeletionTimestamp = &metav1.Time{Time: time.Now()}
		}
		if one.Ready {
			made.Status.Phase = corev1.PodRunning
			made.Status.Conditions = append(made.Status.Conditions, corev1.PodCondition{Type: corev1.PodReady, Status: corev1.ConditionTrue})
		}
		return made
	}
	ready := 0
	for i, one := range now.Pods {
		if one.Ready && !one.Old {
			ready++
		}
		all = append(all, pod(podName(i), one))
	}
	for i := range max(0, p.Old-ready) {
		all = append(all, pod(fmt.Sprintf("before-%d", i), played{Old: true, Ready: true}))
	}
	return all
}

func (p *player) sets(now frame) []appsv1.ReplicaSet {
	set := func(name, revision string, conditions []appsv1.ReplicaSetCondition) appsv1.ReplicaSet {
		return appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{Name: "web-" + name, Namespace: "shop", UID: types.UID(name), OwnerReferences: owner("workload"),
			Annotations: map[string]string{revisionAnnotation: revision}, Labels: playedLabels}, Status: appsv1.ReplicaSetStatus{Conditions: conditions}}
	}
	return []appsv1.ReplicaSet{set("old", "1", nil), set("new", "2", now.Set)}
}

// events are those of one object, as the field selector wants it.
func (p *player) events(now frame, selector string) []corev1.Event {
	wanted, err := fields.ParseSelector(selector)
	if err != nil {
		return nil
	}
	var all []corev1.Event
	add := func(uid, name string, events []corev1.Event) {
		if !wanted.Matches(fields.Set{"involvedObject.uid": uid, "involvedObject.name": name, "involvedObject.kind": "PersistentVolumeClaim"}) {
			return
		}
		for i, e := range events {
			if e.Type == "" {
				e.Type = corev1.EventTypeWarning
			}
			e.Name, e.LastTimestamp = strconv.Itoa(i), metav1.Time{Time: p.began.Add(time.Duration(i) * time.Second)}
			all = append(all, e)
		}
	}
	add("workload", "web", now.Events)
	for i, one := range now.Pods {
		add(podName(i), podName(i), one.Events)
	}
	for name, events := range now.Claims {
		add("claim", name, events)
	}
	return all
}

func (p *player) slices(now frame) discoveryv1.EndpointSliceList {
	slice := discoveryv1.EndpointSlice{ObjectMeta: metav1.ObjectMeta{Name: "web-1", Namespace: "shop", Labels: map[string]string{discoveryv1.LabelServiceName: "web"}}}
	if name, port := "http", int32(8080); now.Endpoints {
		slice.Ports = []discoveryv1.EndpointPort{{Name: &name, Port: &port}}
		slice.Endpoints = []discoveryv1.Endpoint{{Addresses: []string{"10.1.1.1"}}}
	}
	return discoveryv1.EndpointSliceList{Items: []discoveryv1.EndpointSlice{slice}}
}

// workload is the object itself, with the status that its controller would give it.
func (p *player) workload(now frame) map[string]any {
	ready, current := int64(0), int64(0)
	for _, one := range now.Pods {
		if !one.Old && !one.Gone && !lostPod(corev1.Pod{Status: one.Status}) {
			current++
			if one.Ready {
				ready++
			}
		}
	}
	all := current + int64(max(0, p.Old-int(ready)))
	available := min(p.Replicas, ready+int64(p.Old))
	o := p.object()
	o["metadata"].(map[string]any)["uid"], o["metadata"].(map[string]any)["generation"] = "workload", int64(2)
	o["status"] = map[string]any{"observedGeneration": int64(2), "replicas": all, "updatedReplicas": current, "readyReplicas": available, "availableReplicas": available}
	switch p.Kind {
	case "Deployment":
		o["status"].(map[string]any)["conditions"] = []any{
			map[string]any{"type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated"},
			map[string]any{"type": "Available", "status": map[bool]string{true: "True", false: "False"}[available == p.Replicas]},
		}
	case "StatefulSet":
		o["status"].(map[string]any)["updateRevision"], o["status"].(map[string]any)["currentRevision"] = "new", "new"
		o["status"].(map[string]any)["currentReplicas"] = current
	case "DaemonSet":
		o["status"] = map[string]any{"observedGeneration": int64(2), "desiredNumberScheduled": p.Replicas, "currentNumberScheduled": all, "numberMisscheduled": int64(0),
			"updatedNumberScheduled": current, "numberAvailable": ready, "numberReady": ready}
	case "Job":
		o["status"] = map[string]any{"active": current, "startTime": p.began.Format(time.RFC3339)}
	}
	for k, v := range now.Workload {
		if k == "spec" {
			for k, v := range v.(map[string]any) {
				o["spec"].(map[string]any)[k] = v
			}
			continue
		}
		o["status"].(map[string]any)[k] = v
	}
	p.plausible(o)
	return o
}

// plausible looks, once for each frame, whether a status is one that the kind can have.
func (p *player) plausible(o map[string]any) {
	_, frame := p.now()
	if p.judged[frame] {
		return
	}
	p.judged[frame] = true
	text, err := json.Marshal(o)
	if err == nil {
		err = sigsyaml.UnmarshalStrict(text, map[string]any{"Deployment": &appsv1.Deployment{}, "StatefulSet": &appsv1.StatefulSet{},
			"DaemonSet": &appsv1.DaemonSet{}, "Job": &batchv1.Job{}}[p.Kind])
	}
	if err != nil {
		p.Errorf("the script writes a status that no %s has: %v", p.Kind, err)
	}
}

func (p *player) object() map[string]any {
	group := map[bool]string{true: "batch/v1", false: "apps/v1"}[p.Kind == "Job"]
	selector := map[string]any{"matchLabels": map[string]any{"app": "web"}}
	o := map[string]any{"apiVersion": group, "kind": p.Kind, "metadata": map[string]any{"name": "web", "namespace": "shop"},
		"spec": map[string]any{"selector": selector, "template": map[string]any{"metadata": map[string]any{"labels": map[string]any{"app": "web"}}}}}
	if p.Kind == "Deployment" || p.Kind == "StatefulSet" {
		o["spec"].(map[string]any)["replicas"] = p.Replicas
	}
	return o
}

// play waits for the workload of a script as an apply does, and gives what came of it and when, by the clock of the script.
func (p *player) play() (time.Duration, error) {
	p.began, p.judged = time.Now(), map[int]bool{}
	c, err := newCluster("test", &rest.Config{Host: "http://cluster.test", Transport: p})
	if err != nil {
		p.Fatal(err)
	}
	mapper := meta.NewDefaultRESTMapper(nil)
	for _, kind := range []string{"Deployment", "StatefulSet", "DaemonSet"} {
		mapper.Add(schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: kind}, meta.RESTScopeNamespace)
	}
	mapper.Add(schema.GroupVersionKind{Group: "batch", Version: "v1", Kind: "Job"}, meta.RESTScopeNamespace)
	c.mapper = mapper
	a := newApply(c, ApplyOptions{Namespace: "shop", Timeout: 7 * time.Minute})
	a.result.Written = 1
	a.redact = newRedactor(map[SecretRef][]byte{{"shop", "K"}: []byte("hunter2-canary")})
	var services Objects
	if p.Service {
		services = Objects{{Unstructured: &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Service",
			"metadata": map[string]any{"name": "web", "namespace": "shop"},
			"spec":     map[string]any{"selector": map[string]any{"app": "web"}, "ports": []any{map[string]any{"name": "http", "port": int64(80), "targetPort": "http"}}}}}}}
	}
	ctx, stop := context.WithTimeout(p.Context(), a.Timeout)
	defer stop()
	err = a.wait(ctx, Objects{{Unstructured: &unstructured.Unstructured{Object: p.object()}}}, services)
	return time.Since(p.began), err
}
