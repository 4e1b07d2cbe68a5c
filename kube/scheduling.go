package kube

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// schedulingFinding tells why no node has taken a pod.
func schedulingFinding(pod corev1.Pod, events []corev1.Event) (finding, bool) {
	told := false
	for _, c := range pod.Status.Conditions {
		if c.Type != corev1.PodScheduled {
			continue
		}
		told = true
		switch {
		case c.Status != corev1.ConditionFalse:
		case c.Reason == corev1.PodReasonUnschedulable:
			f := unschedulable(c.Message, events)
			if pod.Status.NominatedNodeName != "" {
				f.patience = 0 // others make room for it there
			}
			return f, true
		case c.Reason == corev1.PodReasonSchedulingGated:
			return finding{Failure: Failure{Reason: c.Reason, Cause: "it is held back from being scheduled: " + c.Message,
				Fix: "whoever set schedulingGates on the pod has to take them away"}}, true
		}
	}
	if !told && pod.Status.Phase == corev1.PodPending && pod.Spec.NodeName == "" && len(pod.Status.ContainerStatuses) == 0 {
		name := pod.Spec.SchedulerName
		if name == "" {
			name = corev1.DefaultSchedulerName
		}
		return finding{Failure: Failure{Reason: "NotScheduled", Cause: fmt.Sprintf("no scheduler has looked at the pod; it asks for %s", name),
			Fix: "correct schedulerName in kube/base, or ask who runs the cluster whether its scheduler is up"}}, true
	}
	return finding{}, false
}

// nodeTrouble is what to do where nodes take no pods for their own sake.
const nodeTrouble = "the nodes are in trouble, not the workload: kubectl describe nodes says whether their disk or memory is full, or whether they are cordoned or away; mend that, or add nodes"

// nodesTaint is a taint that a message names: those of Kubernetes's own speak of the node.
var nodesTaint = pattern.MustCompile(`\{([^{}:]*)`)

// onlyNodes says whether nothing but the state of the nodes keeps a pod away.
func onlyNodes(message string) bool {
	taints := nodesTaint.FindAllStringSubmatch(message, -1)
	return len(taints) > 0 && !strings.Contains(message, "affinity") && !strings.Contains(message, "selector") &&
		!slices.ContainsFunc(taints, func(m []string) bool { return !strings.HasPrefix(m[1], "node.kubernetes.io/") })
}

func unschedulable(message string, events []corev1.Event) finding {
	f := finding{patience: schedulingTime, Failure: Failure{Reason: "Unschedulable", Cause: "no node takes the pod: " + message,
		Fix: "see which condition of the pod no node fulfils: kubectl describe pod"}}
	for _, e := range events {
		if e.Reason == "TriggeredScaleUp" {
			f.patience = 0 // a node is on its way, and takes as long as it takes
		}
	}
	has := func(text string) bool { return strings.Contains(message, text) }
	switch {
	case has("persistentvolumeclaim") && has("not found"):
		f.Fix = "the claim that the volume names isn't in the namespace: add the PersistentVolumeClaim to kube/base"
	case has("unbound immediate PersistentVolumeClaims"):
		f.Fix = "the volume it claims isn't there: check storageClassName, or make the PersistentVolume"
	case has("volume node affinity conflict"):
		f.Fix = "its volume lies in another zone than the nodes that are free: add a node there, or move the volume"
	case has("Insufficient"), has("Too many pods"):
		f.Fix = "ask for less under resources.requests, or add nodes"
	case has("free ports"):
		f.Fix = "a hostPort is taken on every node: take hostPort out of kube/base, a Service needs none"
	case has("topology spread"):
		f.Fix = "topologySpreadConstraints leave it no node: whenUnsatisfiable: ScheduleAnyway, or add nodes"
	case has("anti-affinity"):
		f.Fix = "its podAntiAffinity leaves it no node: prefer instead of require it, or add nodes"
	case onlyNodes(message):
		f.Fix = nodeTrouble
	case has("taint"), has("affinity"), has("selector"):
		f.Fix = "nodeSelector, affinity and tolerations leave it no node"
	}
	return f
}

// mountFinding looks for what keeps a pod from getting its volumes or its network. Trouble that its node has got over since
// is none.
func mountFinding(pod corev1.Pod, events []corev1.Event) (finding, bool) {
	if pod.Status.Phase != corev1.PodPending {
		return finding{}, false
	}
	for _, s := range pod.Status.ContainerStatuses {
		if s.State.Waiting == nil || s.State.Waiting.Reason != "ContainerCreating" && s.State.Waiting.Reason != "PodInitializing" {
			return finding{}, false
		}
	}
	for _, e := range latestFirst(events) {
		switch e.Reason {
		case "Pulling", "Pulled", "Created", "Started":
			return finding{}, false
		case "FailedMount", "FailedAttachVolume":
			f := finding{patience: mountTime, class: "volume", Failure: Failure{Reason: e.Reason, Cause: "a volume can't be mounted: " + firstLine(e.Message),
				Fix: "the Secret, ConfigMap or claim that the volume names has to be in the namespace"}}
			if strings.Contains(e.Message, "Multi-Attach") {
				f.Fix = "the volume can be on one node at a time, where a pod of before still holds it: set strategy: {type: Recreate} in kube/base"
			}
			return f, true
		case "FailedCreatePodSandBox":
			return finding{patience: mountTime, Failure: Failure{Reason: e.Reason, Cause: "the node can't start the pod: " + firstLine(e.Message),
				Fix: "this is the node's or the network plug-in's trouble: ask who runs the cluster"}}, true
		}
	}
	return finding{}, false
}

// gateFinding tells of a pod that is well but for a condition which something in the cluster has to set.
func gateFinding(pod corev1.Pod) (finding, bool) {
	for _, g := range pod.Spec.ReadinessGates {
		fulfilled := false
		for _, c := range pod.Status.Conditions {
			fulfilled = fulfilled || c.Type == g.ConditionType && c.Status == corev1.ConditionTrue
		}
		if !fulfilled {
			return finding{Failure: Failure{Reason: "ReadinessGate", Cause: fmt.Sprintf("its containers are ready, but nothing has set its condition %s", g.ConditionType),
				Fix: "the controller that the readiness gate is for (a load balancer's, a service mesh's) has to be in the cluster"}}, true
		}
	}
	return finding{}, false
}
