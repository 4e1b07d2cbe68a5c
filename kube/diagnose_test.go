package kube

import (
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

// podWith is a pod of a Deployment with one container in a state.
func podWith(change func(p *corev1.Pod, s *corev1.ContainerStatus)) corev1.Pod {
	p := corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "web-1", UID: "u1"}, Spec: corev1.PodSpec{RestartPolicy: corev1.RestartPolicyAlways,
		Containers: []corev1.Container{{Name: "web", Image: "shop:1"}}}, Status: corev1.PodStatus{Phase: corev1.PodRunning}}
	s := corev1.ContainerStatus{Name: "web", Image: "shop:1"}
	change(&p, &s)
	p.Status.ContainerStatuses = []corev1.ContainerStatus{s}
	return p
}

func waiting(reason, message string) func(*corev1.Pod, *corev1.ContainerStatus) {
	return func(p *corev1.Pod, s *corev1.ContainerStatus) {
		p.Status.Phase = corev1.PodPending
		s.State.Waiting = &corev1.ContainerStateWaiting{Reason: reason, Message: message}
	}
}

func crashed(restarts int32, code int32, reason, message string) func(*corev1.Pod, *corev1.ContainerStatus) {
	return func(_ *corev1.Pod, s *corev1.ContainerStatus) {
		s.RestartCount = restarts
		s.State.Waiting = &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}
		s.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: code, Reason: reason, Message: message}
	}
}

func TestPodFindings(t *testing.T) {
	const never, now = time.Duration(0), time.Duration(-1) // patience: only explains; fatal at once
	tests := []struct {
		name       string
		pod        corev1.Pod
		events     []corev1.Event
		reason     string
		patience   time.Duration
		cause, fix string
	}{
		{"image missing", podWith(waiting("ImagePullBackOff", `Back-off pulling image "shop:1": rpc error: code = NotFound desc = failed to resolve reference "docker.io/shop:1": docker.io/shop:1: not found`)), nil,
			"ImagePullBackOff", notFoundTime, "not found", "built and pushed"},
		{"registry says no", podWith(waiting("ErrImagePull", "failed to authorize: status 401")), nil, "ErrImagePull", registryTime, "401", "imagePullSecret"},
		{"registry unreachable", podWith(waiting("ErrImagePull", "dial tcp: lookup registry.example.com: no such host")), nil, "ErrImagePull", registryTime, "no such host", "can't reach"},
		{"no sidecar", podWith(func(p *corev1.Pod, s *corev1.ContainerStatus) {
			p.Spec.Containers[0].Image, s.Image = "r.example/migrate-sidecar:1", "r.example/migrate-sidecar:1"
			waiting("ErrImagePull", "r.example/migrate-sidecar:1: not found")(p, s)
		}), nil, "ErrImagePull", notFoundTime, "not found", "make sidecar_image SIDECAR_IMAGE=r.example/migrate-sidecar:1"},
		{"never pulled", podWith(waiting("ErrImageNeverPull", "x")), nil, "ErrImageNeverPull", now, "isn't on the node", "load the image"},
		{"bad name", podWith(waiting("InvalidImageName", "x")), nil, "InvalidImageName", now, `"shop:1"`, "--tag"},
		{"secret key missing", podWith(waiting("CreateContainerConfigError", "couldn't find key DATABASE_URL in Secret shop/shop-0a1b2c3d4e")), nil,
			"CreateContainerConfigError", now, "Secret shop-0a1b2c3d4e has no key DATABASE_URL", "add DATABASE_URL"},
		{"config cache", podWith(waiting("CreateContainerConfigError", "failed to sync configmap cache: timed out waiting for the condition")), nil,
			"CreateContainerConfigError", cacheTime, "sync", ""},
		{"root", podWith(waiting("CreateContainerConfigError", "container has runAsNonRoot and image will run as root")), nil,
			"CreateContainerConfigError", now, "runAsNonRoot", "USER 10001"},
		{"no such command", podWith(waiting("RunContainerError", `failed to create task: exec: "gunicorn": executable file not found in $PATH: unknown`)), nil,
			"RunContainerError", now, `exec: "gunicorn": executable file not found in $PATH`, "isn't in the image"},
		{"other start error", podWith(waiting("CreateContainerError", "context deadline exceeded")), nil, "CreateContainerError", createErrorTime, "deadline", "node"},
		{"crash, young", podWith(crashed(2, 1, "Error", "")), nil, "CrashLoopBackOff", never, "exits with code 1 (2 restarts)", "last lines"},
		{"crash, often", podWith(crashed(3, 1, "Error", "")), nil, "CrashLoopBackOff", now, "exits with code 1 (3 restarts)", "last lines"},
		{"ends by itself", podWith(crashed(3, 0, "Completed", "")), nil, "CrashLoopBackOff", now, "code 0", "ends by itself"},
		{"wrong processor", podWith(crashed(1, 128, "StartError", "exec /hello: exec format error")), nil, "StartError", now, "exec format error", "--platform"},
		{"out of memory", podWith(crashed(1, 137, "OOMKilled", "")), nil, "OOMKilled", now, "more memory than its limit", "memory limit"},
		{"liveness", podWith(crashed(3, 137, "Error", "")), []corev1.Event{
			{Reason: "Unhealthy", Message: "Liveness probe failed: HTTP probe failed with statuscode: 500"},
			{Reason: "Killing", Message: "Container web failed liveness probe, will be restarted"},
		}, "Liveness", now, "statuscode: 500", "failureThreshold"},
		{"not ready", podWith(func(p *corev1.Pod, s *corev1.ContainerStatus) {
			s.State.Running = &corev1.ContainerStateRunning{}
			p.Spec.Containers[0].ReadinessProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/readyz"}}}
		}), []corev1.Event{{Reason: "Unhealthy", Message: "Readiness probe failed: HTTP probe failed with statuscode: 503",
			InvolvedObject: corev1.ObjectReference{FieldPath: "spec.containers{web}"}}}, "NotReady", never, "GET /readyz", "says itself"},
		{"no node", podWith(func(p *corev1.Pod, _ *corev1.ContainerStatus) {
			p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: "Unschedulable", Message: "0/3 nodes are available: 3 Insufficient memory."}}
		}), nil, "Unschedulable", schedulingTime, "Insufficient memory", "resources.requests"},
		{"a node is coming", podWith(func(p *corev1.Pod, _ *corev1.ContainerStatus) {
			p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: "Unschedulable", Message: "Insufficient cpu"}}
		}), []corev1.Event{{Reason: "TriggeredScaleUp"}}, "Unschedulable", never, "cpu", ""},
		{"volume", podWith(waiting("ContainerCreating", "")), []corev1.Event{{Reason: "FailedMount", Message: `MountVolume.SetUp failed for volume "keys" : secret "keys" not found`}},
			"FailedMount", mountTime, `secret "keys" not found`, "namespace"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found := podFindings(test.pod, test.events)
			if len(found) != 1 {
				t.Fatalf("%d findings: %+v", len(found), found)
			}
			f := found[0]
			if f.Reason != test.reason || !strings.Contains(f.Cause, test.cause) || !strings.Contains(f.Fix, test.fix) {
				t.Errorf("%s: %s\nfix: %s", f.Reason, f.Cause, f.Fix)
			}
			if f.fatal != (test.patience == now) || !f.fatal && f.patience != test.patience {
				t.Errorf("fatal %v, patience %v; want %v", f.fatal, f.patience, test.patience)
			}
		})
	}
}

func TestHealthyPodsHaveNoFindings(t *testing.T) {
	for name, pod := range map[string]corev1.Pod{
		"creating": podWith(waiting("ContainerCreating", "")),
		"a job's end": podWith(func(p *corev1.Pod, s *corev1.ContainerStatus) {
			p.Spec.RestartPolicy = corev1.RestartPolicyNever
			s.State.Terminated = &corev1.ContainerStateTerminated{Reason: "Completed"}
		}),
		"ready after restarts": podWith(func(_ *corev1.Pod, s *corev1.ContainerStatus) {
			s.Ready, s.RestartCount = true, 9
			s.State.Running = &corev1.ContainerStateRunning{}
			s.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: 1}
		}),
	} {
		if found := podFindings(pod, nil); len(found) > 0 {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

func deployment(generation, observed int64) Object {
	u := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"name": "web", "generation": generation},
		"spec":   map[string]any{"replicas": int64(1)},
		"status": map[string]any{"observedGeneration": observed},
	}}
	return Object{Unstructured: u}
}

// What passes by itself is waited for, and no longer than its budget.
func TestPatience(t *testing.T) {
	clock := time.Unix(0, 0)
	w := newWatch(nil, nil)
	w.now = func() time.Time { return clock }
	v := view{object: deployment(1, 1), pods: []corev1.Pod{podWith(waiting("ErrImagePull", "dial tcp: i/o timeout"))}}
	if got := w.judge(v); len(got.failures) > 0 || len(got.suspects) != 1 || got.ready {
		t.Fatalf("at once: %+v", got)
	}
	for range int(registryTime/time.Second) - 1 {
		clock = clock.Add(time.Second)
		if got := w.judge(v); len(got.failures) > 0 {
			t.Fatalf("within the budget: %+v", got.failures)
		}
	}
	clock = clock.Add(time.Second)
	if got := w.judge(v); len(got.failures) != 1 {
		t.Fatalf("after the budget: %+v", got)
	}
}

// A workload has been ready for as long as its pods were, also while its own status lagged behind; one that was not in between
// begins anew.
func TestSettlesFromItsPods(t *testing.T) {
	clock := time.Unix(0, 0)
	w := newWatch(&Cluster{pace: &usual}, nil)
	w.now = func() time.Time { return clock }
	object := deployment(1, 1)
	object.Object["spec"].(map[string]any)["template"] = map[string]any{"spec": map[string]any{"containers": []any{
		map[string]any{"name": "web", "readinessProbe": map[string]any{"periodSeconds": int64(1)}}}}}
	pods := func(ready corev1.ConditionStatus) []corev1.Pod {
		return []corev1.Pod{podWith(func(p *corev1.Pod, _ *corev1.ContainerStatus) {
			p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: ready}}
		})}
	}
	steps := []struct {
		pods  corev1.ConditionStatus
		ready bool // as the workload's status has it
		want  time.Duration
	}{
		{corev1.ConditionTrue, false, 250 * time.Millisecond},
		{corev1.ConditionTrue, false, 150 * time.Millisecond},
		{corev1.ConditionTrue, true, 50 * time.Millisecond},
		{corev1.ConditionFalse, false, 0}, // not ready, so there is nothing to stay
		{corev1.ConditionTrue, true, 250 * time.Millisecond},
		{corev1.ConditionTrue, true, 150 * time.Millisecond},
	}
	for i, step := range steps {
		v := verdict{view: view{object: object, pods: pods(step.pods)}, ready: step.ready}
		if got := w.unsettled([]verdict{v}); got != step.want {
			t.Errorf("step %d: %v, want %v", i, got, step.want)
		}
		clock = clock.Add(100 * time.Millisecond)
	}
}

// A workload that is ready at the first look is told of where this run has written it; one that ran all along is not.
func TestReadyAtTheFirstLook(t *testing.T) {
	for action, want := range map[string]int{created: 1, configured: 1, unchanged: 0} {
		var told []Event
		a := newApply(nil, ApplyOptions{Events: func(e Event) { told = append(told, e) }})
		a.result.Objects = []Outcome{{"Deployment", "web", "", action}}
		a.progress([]verdict{{view: view{object: deployment(1, 1)}, ready: true, text: "1 of 1 pods ready"}}, map[string]string{})
		if len(told) != want || want == 1 && (told[0].Action != "ready" || told[0].Object != "Deployment web") {
			t.Errorf("%s: told %+v", action, told)
		}
	}
}

// Pods of the revision before are not blamed on a write that the controller has not seen, nor its conditions on a new
// ReplicaSet.
func TestOldTroubleIsNotBlamed(t *testing.T) {
	w := newWatch(nil, nil)
	v := view{object: deployment(2, 1), pods: []corev1.Pod{podWith(waiting("InvalidImageName", ""))}}
	if got := w.judge(v); len(got.failures)+len(got.suspects) > 0 || got.ready {
		t.Errorf("not yet seen: %+v", got)
	}
	v = view{object: deployment(2, 2), set: &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{Name: "web-new", UID: types.UID("n")}}}
	child(v.object.Object, "status")["conditions"] = []any{
		map[string]any{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": `ReplicaSet "web-old" has timed out progressing.`},
		map[string]any{"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "violates PodSecurity"},
	}
	if got := workloadFindings(v); len(got) > 0 {
		t.Errorf("old conditions: %+v", got)
	}
	v.set.Status.Conditions = []appsv1.ReplicaSetCondition{{Type: appsv1.ReplicaSetReplicaFailure, Status: corev1.ConditionTrue, Message: "violates PodSecurity"}}
	if got := workloadFindings(v); len(got) != 1 || !got[0].fatal {
		t.Errorf("its own condition: %+v", got)
	}
}

// Ten pods that fail alike are one failure.
func TestDistinct(t *testing.T) {
	got := distinct([]Failure{{Workload: "Deployment web", Pod: "a", Reason: "X"}, {Workload: "Deployment web", Pod: "b", Reason: "X"}, {Workload: "Deployment web", Pod: "c", Reason: "Y"}})
	if len(got) != 2 || got[0].Pods != 2 || got[0].Pod != "a" || got[1].Pods != 1 {
		t.Errorf("%+v", got)
	}
}
