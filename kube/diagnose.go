package kube

import (
	"fmt"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/migrate-to-kubernetes/migrate/pattern"
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
	class    string // of reasons that take turns for one trouble and share its patience; the Reason where it is empty
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
	stuckTime       = 60 * time.Second
	webhookTime     = 60 * time.Second
	maxEvicted      = 3 // pods of one revision that their nodes threw out
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
	if f, bad := evictedFinding(v); bad {
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
	if child(v.object.Object, "spec")["paused"] == true && !heldBack(v.object) {
		all = append(all, finding{fatal: true, Failure: Failure{Reason: "Paused", Cause: "its rollout is paused: nothing of what was written starts",
			Fix: "take spec.paused out, or: kubectl rollout resume " + strings.ToLower(v.object.GetKind()) + " " + v.object.GetName()}})
	}
	for _, c := range maps(child(v.object.Object, "status")["conditions"]) {
		if f, bad := conditionFinding(v, c); bad {
			all = append(all, f)
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
	for _, e := range latestFirst(v.events[v.object.GetUID()]) { // only read where there are too few pods
		if e.Reason == "FailedCreate" {
			return append(all, createFinding(e.Message))
		}
	}
	if f, bad := stuckFinding(v); bad {
		all = append(all, f)
	}
	return all
}

// conditionFinding judges one condition of a workload's status.
func conditionFinding(v view, c map[string]any) (finding, bool) {
	message, _ := c["message"].(string)
	reason, _ := c["reason"].(string)
	switch {
	case c["type"] == "Progressing" && c["status"] == "False" && reason == deadlineExceeded && (v.set == nil || strings.Contains(message, v.set.Name)):
		return finding{fatal: true, Failure: Failure{Reason: reason, Cause: message,
			Fix: "if it only starts slowly, raise progressDeadlineSeconds and the startup probe's failureThreshold"}}, true
	case v.object.GetKind() == "Job" && (c["type"] == "Failed" || c["type"] == "FailureTarget") && c["status"] == "True":
		f := finding{fatal: true, Failure: Failure{Reason: reason, Cause: firstLine(message), Fix: "its pods' last lines say why"}}
		if reason == "DeadlineExceeded" {
			f.Cause, f.Fix = "it took longer than its activeDeadlineSeconds", "give it more time in kube/base, or make it faster"
		}
		return f, true
	}
	return finding{}, false
}

// deadlineExceeded says that something kept a Deployment from going on, and never what.
const deadlineExceeded = "ProgressDeadlineExceeded"

// evictedFinding tells when nodes throw out, or don't take in, one pod of a revision after the other.
func evictedFinding(v view) (finding, bool) {
	last, n := map[string]*corev1.Pod{}, map[string]int{}
	for i, p := range v.lost {
		if !underPressure(p) {
			last[p.Status.Reason] = &v.lost[i]
			n[p.Status.Reason]++
		}
	}
	for _, reason := range sortedKeys(n) {
		if n[reason] < maxEvicted {
			continue
		}
		did, fix := "refused", ""
		switch {
		case reason == "Evicted":
			did, fix = "thrown out", "it uses more than it asks for: raise resources.requests (memory, ephemeral-storage) in kube/base, or write less to the container's disk"
		case reason == "SysctlForbidden":
			fix = "take the sysctls out of the pod's securityContext, or have the cluster allow them on its nodes"
		case reason == "UnexpectedAdmissionError" || strings.HasPrefix(reason, "OutOf"):
			fix = "the node has less to give than its account says: ask for less under resources in kube/base, or ask who runs the cluster"
		default:
			continue // a node that goes down
		}
		cause := fmt.Sprintf("nodes have %s %d of its pods: %s", did, n[reason], firstLine(last[reason].Status.Message))
		return finding{fatal: true, Failure: Failure{Reason: reason, Pod: last[reason].Name, Cause: cause, Fix: fix}}, true
	}
	return pressureFinding(v)
}

// underPressure says of a pod that ended whether a node refused it because its own disk or memory is full.
func underPressure(p corev1.Pod) bool {
	return strings.Contains(p.Status.Message, "The node had condition")
}

// pressureFinding tells of such pods until a node has taken one: the node's taint keeps the next ones away.
func pressureFinding(v view) (finding, bool) {
	taken := func(p corev1.Pod) bool { return len(p.Status.ContainerStatuses) > 0 }
	refused := slices.DeleteFunc(slices.Clone(v.lost), func(p corev1.Pod) bool { return !underPressure(p) })
	if len(refused) < maxEvicted || slices.ContainsFunc(v.pods, taken) {
		return finding{}, false
	}
	last := refused[len(refused)-1]
	return finding{patience: schedulingTime, Failure: Failure{Reason: last.Status.Reason, Pod: last.Name,
		Cause: fmt.Sprintf("nodes have refused %d of its pods: %s", len(refused), firstLine(last.Status.Message)), Fix: nodeTrouble}}, true
}

// stuckFinding tells of a StatefulSet that waits for a pod of the revision before: its controller never replaces one that
// is not ready.
func stuckFinding(v view) (finding, bool) {
	if v.object.GetKind() != "StatefulSet" {
		return finding{}, false
	}
	for _, p := range v.before {
		if !podReady(p) {
			return finding{patience: stuckTime, Failure: Failure{Reason: "StuckUpdate", Pod: p.Name,
				Cause: fmt.Sprintf("it waits for pod %s of the revision before, which is not ready and is never replaced by itself", p.Name),
				Fix:   "make room for the new one: kubectl -n " + p.Namespace + " delete pod " + p.Name}}, true
		}
	}
	return finding{}, false
}

// latestFirst are the events in the order in which they are of interest.
func latestFirst(events []corev1.Event) []corev1.Event {
	sorted := slices.Clone(events)
	slices.SortStableFunc(sorted, func(a, b corev1.Event) int { return b.LastTimestamp.Compare(a.LastTimestamp.Time) })
	return sorted
}

// createFinding judges why the cluster refuses to make pods.
func createFinding(message string) finding {
	f := finding{fatal: true, Failure: Failure{Reason: "FailedCreate", Cause: "the cluster refuses its pods: " + message,
		Fix: "correct in kube/base what the message names"}}
	has := func(text string) bool { return strings.Contains(message, text) }
	switch {
	case has("violates PodSecurity"):
		f.Fix = "set what the message names in the securityContext of the pod and its containers, in kube/base"
	case has("exceeded quota"), has("failed quota"):
		f.fatal, f.patience = false, quotaTime
		f.Fix = "ask for less under resources or replicas, or have the namespace's quota raised"
	case has("failed calling webhook"):
		f.fatal, f.patience = false, webhookTime
		f.Fix = "an admission webhook of this cluster doesn't answer: ask who runs it"
	case has("webhook"):
		f.Fix = "an admission webhook of this cluster says no: do what it asks, or ask who runs it"
	case has("serviceaccount"), has("service account"):
		f.fatal, f.patience = false, createErrorTime
		f.Fix = "the ServiceAccount that the pods name isn't in the namespace: add it to kube/base"
	case has("usage per Container"), has("usage per Pod"):
		f.Fix = "a LimitRange of the namespace bounds resources: stay within it in kube/base, or have it changed"
	case has("PriorityClass"):
		f.Fix = "correct priorityClassName in kube/base, or have the PriorityClass made"
	}
	return f
}

// podFindings are those of one pod that isn't ready.
func podFindings(pod corev1.Pod, events []corev1.Event) []finding {
	if f, bad := schedulingFinding(pod, events); bad {
		return []finding{f}
	}
	var all []finding
	for _, s := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
		if f, bad := containerFinding(pod, s, events); bad {
			f.Container = s.Name
			all = append(all, f)
		}
	}
	if f, bad := mountFinding(pod, events); bad {
		return []finding{f}
	}
	if f, bad := gateFinding(pod); bad && len(all) == 0 {
		return []finding{f}
	}
	return all
}

var missingKey = pattern.MustCompile(`couldn't find key (\S+) in (Secret|ConfigMap) \S*?/?([^/\s]+)$`)

var missingObject = pattern.MustCompile(`^(secret|configmap) ".*" not found$`)

// configFinding judges CreateContainerConfigError: a reference that leads nowhere, or a user that is not allowed.
func configFinding(message string) finding {
	f := finding{fatal: true, Failure: Failure{Reason: "CreateContainerConfigError", Cause: message,
		Fix: "the pod names configuration that isn't there: compare env and envFrom in kube/base with the ConfigMap and migrate.yaml's secrets"}}
	switch m := missingKey.FindStringSubmatch(message); {
	case m != nil:
		f.Cause = fmt.Sprintf("%s %s has no key %s", m[2], m[3], m[1])
		f.Fix = fmt.Sprintf("add %s to the configuration of the service in migrate.yaml (env, or secrets for a secret), or take the reference out of kube/base", m[1])
	case missingObject.MatchString(message):
		f.Fix = "the pod names a Secret or ConfigMap that isn't in the namespace: name its keys under secrets in migrate.yaml, or add it to kube/base"
	case strings.Contains(message, "runAsNonRoot"), strings.Contains(message, "non-root"), strings.Contains(message, "non-numeric user"):
		f.Fix = "give the image a numeric user that isn't root (USER 10001 in the Dockerfile), or set runAsUser in kube/base"
	case strings.Contains(message, "subPath"):
		f.Fix = "the subPath leads out of its volume, or nothing can be made there: correct subPath of the mount in kube/base, or what the volume holds"
	case strings.Contains(message, "cache"): // "failed to sync configmap cache: timed out": the kubelet tries again
		f.fatal, f.patience = false, cacheTime
	}
	return f
}
