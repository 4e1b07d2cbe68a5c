// Package clustertest plays the node of a cluster that has none: an API server with its controllers is enough for tests that
// want pods to run, fail and end. It is no part of the migrate binary.
package clustertest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// Node takes the pods of some namespaces that nobody else has scheduled, and says of them what a kubelet would: they run at
// once and are ready. A Job's pods succeed. A pod one of whose images ends in ":bad" can't fetch it.
type Node struct {
	name    string
	prefix  string
	client  kubernetes.Interface
	pods    map[types.UID]bool // that have been taken
	mu      sync.Mutex
	workers chan struct{}
}

// Start plays a node for all namespaces whose names begin with prefix, until ctx ends. stop takes it out of the cluster again.
func Start(ctx context.Context, config *rest.Config, name, prefix string) (stop func(), err error) {
	config = rest.CopyConfig(config)
	config.QPS = -1
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	n := &Node{name: name, prefix: prefix, client: client, pods: map[types.UID]bool{}, workers: make(chan struct{}, 16)}
	if err := n.register(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { n.beat(ctx) })
	running.Go(func() { n.work(ctx) })
	return func() {
		cancel()
		running.Wait()
		_ = client.CoreV1().Nodes().Delete(context.Background(), name, metav1.DeleteOptions{}) // it ends with its cluster otherwise
	}, nil
}

// register makes the node. Its taint keeps pods away that a real scheduler places.
func (n *Node) register(ctx context.Context) error {
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: n.name},
		Spec: corev1.NodeSpec{Taints: []corev1.Taint{{Key: "migrate/played", Effect: corev1.TaintEffectNoSchedule}}}}
	_, err := n.client.CoreV1().Nodes().Create(ctx, node, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	return n.ready(ctx)
}

// beat says every ten seconds that the node lives: the cluster would take it for lost after forty.
func (n *Node) beat(ctx context.Context) {
	for wait(ctx, 10*time.Second) {
		_ = n.ready(ctx) // the next one may come through
	}
}

func (n *Node) ready(ctx context.Context) error {
	now := metav1.Now()
	many := map[string]string{"cpu": "1000", "memory": "1000Gi", "pods": "10000"}
	status, err := json.Marshal(map[string]any{"status": map[string]any{"capacity": many, "allocatable": many,
		"conditions": []any{map[string]any{"type": "Ready", "status": "True", "reason": "Played", "lastHeartbeatTime": now}}}})
	if err != nil {
		return err
	}
	_, err = n.client.CoreV1().Nodes().Patch(ctx, n.name, types.StrategicMergePatchType, status, metav1.PatchOptions{}, "status")
	return err
}

func (n *Node) work(ctx context.Context) {
	for ctx.Err() == nil {
		n.watch(ctx)
		wait(ctx, 100*time.Millisecond)
	}
}

func (n *Node) watch(ctx context.Context) {
	watch, err := n.client.CoreV1().Pods("").Watch(ctx, metav1.ListOptions{})
	if err != nil {
		return
	}
	defer watch.Stop()
	for event := range watch.ResultChan() {
		pod, ok := event.Object.(*corev1.Pod)
		if !ok || !strings.HasPrefix(pod.Namespace, n.prefix) || event.Type == "DELETED" || pod.Spec.NodeName != "" && pod.Spec.NodeName != n.name {
			continue
		}
		going := pod.DeletionTimestamp != nil
		if !going && !n.take(pod) || going && pod.Spec.NodeName == "" {
			continue
		}
		n.workers <- struct{}{}
		go func() {
			defer func() { <-n.workers }()
			if going {
				n.end(ctx, pod)
				return
			}
			n.run(ctx, pod)
		}()
	}
}

// take says whether a pod is new here.
func (n *Node) take(pod *corev1.Pod) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	known := n.pods[pod.UID]
	n.pods[pod.UID] = true
	return !known
}

func (n *Node) end(ctx context.Context, pod *corev1.Pod) {
	now := int64(0)
	_ = n.client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, metav1.DeleteOptions{GracePeriodSeconds: &now, Preconditions: &metav1.Preconditions{UID: &pod.UID}})
}

// run binds a pod to the node and sets its status. What is gone meanwhile is nobody's loss.
func (n *Node) run(ctx context.Context, pod *corev1.Pod) {
	if pod.Spec.NodeName == "" {
		binding := &corev1.Binding{ObjectMeta: metav1.ObjectMeta{Name: pod.Name, UID: pod.UID}, Target: corev1.ObjectReference{Kind: "Node", Name: n.name}}
		if n.client.CoreV1().Pods(pod.Namespace).Bind(ctx, binding, metav1.CreateOptions{}) != nil {
			return
		}
	}
	text, err := json.Marshal(map[string]any{"status": n.status(pod)})
	if err == nil {
		_, _ = n.client.CoreV1().Pods(pod.Namespace).Patch(ctx, pod.Name, types.StrategicMergePatchType, text, metav1.PatchOptions{}, "status")
	}
}

// status is what a kubelet says of a pod that has just started, or can't.
func (n *Node) status(pod *corev1.Pod) corev1.PodStatus {
	now := metav1.Now()
	n.mu.Lock()
	ip := fmt.Sprintf("10.250.%d.%d", len(n.pods)/250%250, len(n.pods)%250+1)
	n.mu.Unlock()
	status := corev1.PodStatus{Phase: corev1.PodRunning, PodIP: ip, PodIPs: []corev1.PodIP{{IP: ip}}, StartTime: &now}
	job := len(pod.OwnerReferences) > 0 && pod.OwnerReferences[0].Kind == "Job"
	ready := corev1.ConditionTrue
	for _, c := range pod.Spec.Containers {
		s := corev1.ContainerStatus{Name: c.Name, Image: c.Image, ImageID: c.Image, Ready: !job, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}}}
		switch {
		case strings.HasSuffix(c.Image, ":bad"):
			status.Phase, ready, s.Ready = corev1.PodPending, corev1.ConditionFalse, false
			s.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ErrImageNeverPull", Message: "Container image \"" + c.Image + "\" is not present with pull policy of Never"}}
		case job:
			status.Phase, ready = corev1.PodSucceeded, corev1.ConditionFalse
			s.State = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Completed", StartedAt: now, FinishedAt: now}}
		}
		status.ContainerStatuses = append(status.ContainerStatuses, s)
	}
	for _, kind := range []corev1.PodConditionType{corev1.PodInitialized, corev1.PodScheduled, corev1.ContainersReady, corev1.PodReady} {
		is := corev1.ConditionTrue
		if kind == corev1.ContainersReady || kind == corev1.PodReady {
			is = ready
		}
		status.Conditions = append(status.Conditions, corev1.PodCondition{Type: kind, Status: is, LastTransitionTime: now})
	}
	return status
}

// wait waits for d; false says that ctx has ended.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
