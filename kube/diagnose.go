package kube

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// Failure says why a workload doesn't run: the cause, what belongs to it as evidence, and what probably helps.
type Failure struct {
	Workload  string   `json:"workload"` // "Deployment web"
	Pod       string   `json:"pod,omitempty"`
	Pods      int      `json:"pods,omitempty"`   // how many pods fail this way; Pod is one of them
	Before    int      `json:"before,omitempty"` // pods of the release before that are still there
	Container string   `json:"container,omitempty"`
	Reason    string   `json:"reason"` // Kubernetes' word for it, such as CrashLoopBackOff
	Cause     string   `json:"cause"`
	Fix       string   `json:"fix,omitempty"`
	Log       []string `json:"log,omitempty"`      // last lines of the container
	Previous  []string `json:"previous,omitempty"` // last lines of the container before it was restarted
	Events    []string `json:"events,omitempty"`   // warnings, the oldest first
}

// finding is a failure that may still pass. fatal ones don't; others are given patience, for ever where it is zero: then
// they only explain why the time ran out.
type finding struct {
	Failure
	fatal    bool
	patience time.Duration
}

// The budgets of reasons that may pass.
const (
	maxRestarts     = 3 // about 40 s with Kubernetes' back-off
	oomRestarts     = 1
	schedulingTime  = 60 * time.Second
	registryTime    = 60 * time.Second
	mountTime       = 60 * time.Second
	notFoundTime    = 5 * time.Second // until the kubelet has asked a second time
	quotaTime       = 60 * time.Second
	createErrorTime = 10 * time.Second
	cacheTime       = 30 * time.Second
)

// findings are all that is wrong with a workload and its pods.
func findings(v view) []finding {
	var all []finding
	add := func(f finding) {
		f.Workload = v.object.ID()
		all = append(all, f)
	}
	for _, f := range workloadFindings(v) {
		add(f)
	}
	for _, pod := range v.pods {
		if podReady(pod) || pod.Status.Phase == corev1.PodSucceeded {
			continue
		}
		for _, f := range podFindings(pod, v.events[pod.UID]) {
			f.Pod = pod.Name
			add(f)
		}
	}
	return all
}

// workloadFindings are those that leave no pod to look at. A Deployment's own conditions may still speak of the revision
// before, so those of the current ReplicaSet count.
func workloadFindings(v view) []finding {
	var all []finding
	for _, c := range maps(child(v.object.Object, "status")["conditions"]) {
		message, _ := c["message"].(string)
		current := v.set == nil || strings.Contains(message, v.set.Name)
		if c["type"] == "Progressing" && c["status"] == "False" && c["reason"] == "ProgressDeadlineExceeded" && current {
			all = append(all, finding{fatal: true, Failure: Failure{Reason: "ProgressDeadlineExceeded", Cause: message,
				Fix: "if it only starts slowly, raise progressDeadlineSeconds and the startup probe's failureThreshold"}})
		}
	}
	if v.set != nil {
		for _, c := range v.set.Status.Conditions {
			if c.Type == appsv1.ReplicaSetReplicaFailure && c.Status == corev1.ConditionTrue {
				all = append(all, createFinding(c.Message))
			}
		}
		return all
	}
	for _, e := range v.events[v.object.GetUID()] { // only read where there is no pod
		if e.Reason == "FailedCreate" {
			return append(all, createFinding(e.Message))
		}
	}
	return all
}

// createFinding judges why the cluster refuses to make pods.
func createFinding(message string) finding {
	f := finding{fatal: true, Failure: Failure{Reason: "FailedCreate", Cause: "the cluster refuses its pods: " + message}}
	switch {
	case strings.Contains(message, "violates PodSecurity"):
		f.Fix = "set what the message names in the securityContext of the pod and its containers, in kube/base"
	case strings.Contains(message, "exceeded quota"), strings.Contains(message, "failed quota"):
		f.fatal, f.patience = false, quotaTime
		f.Fix = "ask for less under resources or replicas, or have the namespace's quota raised"
	case strings.Contains(message, "webhook"):
		f.Fix = "an admission webhook of this cluster says no: do what it asks, or ask who runs it"
	case strings.Contains(message, "serviceaccount"), strings.Contains(message, "service account"):
		f.fatal, f.patience = false, createErrorTime
		f.Fix = "the ServiceAccount that the pods name isn't in the namespace: add it to kube/base"
	}
	return f
}

// podFindings are those of one pod that isn't ready.
func podFindings(pod corev1.Pod, events []corev1.Event) []finding {
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse && c.Reason == corev1.PodReasonUnschedulable {
			return []finding{unschedulable(c.Message, events)}
		}
	}
	var all []finding
	for _, s := range append(append([]corev1.ContainerStatus{}, pod.Status.InitContainerStatuses...), pod.Status.ContainerStatuses...) {
		if f, bad := containerFinding(pod, s, events); bad {
			f.Container = s.Name
			all = append(all, f)
		}
	}
	if f, bad := mountFinding(pod, events); bad {
		return []finding{f}
	}
	return all
}

func unschedulable(message string, events []corev1.Event) finding {
	f := finding{patience: schedulingTime, Failure: Failure{Reason: "Unschedulable", Cause: "no node takes the pod: " + message}}
	for _, e := range events {
		if e.Reason == "TriggeredScaleUp" {
			f.patience = 0 // a node is on its way, and takes as long as it takes
		}
	}
	switch {
	case strings.Contains(message, "unbound immediate PersistentVolumeClaims"):
		f.Fix = "the volume it claims isn't there: check storageClassName, or make the PersistentVolume"
	case strings.Contains(message, "Insufficient"):
		f.Fix = "ask for less under resources.requests, or add nodes"
	case strings.Contains(message, "taint"), strings.Contains(message, "node affinity"), strings.Contains(message, "node selector"):
		f.Fix = "nodeSelector, affinity and tolerations leave it no node"
	}
	return f
}

// mountFinding looks for what keeps a pod from getting its volumes or its network.
func mountFinding(pod corev1.Pod, events []corev1.Event) (finding, bool) {
	if pod.Status.Phase != corev1.PodPending {
		return finding{}, false
	}
	for _, s := range pod.Status.ContainerStatuses {
		if s.State.Waiting == nil || s.State.Waiting.Reason != "ContainerCreating" && s.State.Waiting.Reason != "PodInitializing" {
			return finding{}, false
		}
	}
	for _, e := range events {
		switch e.Reason {
		case "FailedMount", "FailedAttachVolume":
			return finding{patience: mountTime, Failure: Failure{Reason: e.Reason, Cause: "a volume can't be mounted: " + e.Message,
				Fix: "the Secret, ConfigMap or claim that the volume names has to be in the namespace"}}, true
		case "FailedCreatePodSandBox":
			return finding{patience: mountTime, Failure: Failure{Reason: e.Reason, Cause: "the node can't start the pod: " + e.Message,
				Fix: "this is the node's or the network plug-in's trouble: ask who runs the cluster"}}, true
		}
	}
	return finding{}, false
}

var missingKey = regexp.MustCompile(`couldn't find key (\S+) in (Secret|ConfigMap) \S*?/?([^/\s]+)$`)

// configFinding judges CreateContainerConfigError: a reference that leads nowhere, or a user that is not allowed.
func configFinding(message string) finding {
	f := finding{fatal: true, Failure: Failure{Reason: "CreateContainerConfigError", Cause: message,
		Fix: "the pod names configuration that isn't there: compare env and envFrom in kube/base with the ConfigMap and migrate.yaml's secrets"}}
	switch m := missingKey.FindStringSubmatch(message); {
	case m != nil:
		f.Cause = fmt.Sprintf("%s %s has no key %s", m[2], m[3], m[1])
		f.Fix = fmt.Sprintf("add %s to the configuration of the service in migrate.yaml (env, or secrets for a secret), or take the reference out of kube/base", m[1])
	case strings.Contains(message, "runAsNonRoot"), strings.Contains(message, "non-root"), strings.Contains(message, "non-numeric user"):
		f.Fix = "give the image a numeric user that isn't root (USER 10001 in the Dockerfile), or set runAsUser in kube/base"
	case strings.Contains(message, "cache"): // "failed to sync configmap cache: timed out": the kubelet tries again
		f.fatal, f.patience = false, cacheTime
	}
	return f
}
