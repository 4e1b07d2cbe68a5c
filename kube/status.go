package kube

import (
	"context"
	"fmt"
	"sort"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// The states of a WorkloadStatus.
const (
	StateReady    = "ready"
	StateStarting = "starting"
	StateFailing  = "failing"
	StateMissing  = "missing"
	StateRunning  = "running"
	StateDone     = "done"
	StateWaiting  = "scheduled"
)

// WorkloadStatus is how one workload is.
type WorkloadStatus struct {
	Kind     string    `json:"kind"`
	Name     string    `json:"name"`
	State    string    `json:"state"`
	Ready    int64     `json:"ready"`  // pods
	Wanted   int64     `json:"wanted"` // pods; 0 for jobs
	Images   []string  `json:"images"`
	Since    time.Time `json:"since,omitzero"` // of this revision, of the job's end, or of the last schedule
	Text     string    `json:"text,omitempty"`
	Failures []Failure `json:"failures,omitempty"`
}

// Bad says whether somebody should look at it. A Job may be gone when it has done its work, or with a release that was undone.
func (s WorkloadStatus) Bad() bool {
	return s.State == StateFailing || s.State == StateMissing && s.Kind != "Job"
}

// Status looks at every workload among the objects and at the Services that lead to them, and changes nothing.
func (c *Cluster) Status(ctx context.Context, objects Objects, namespace string) ([]WorkloadStatus, error) {
	if err := c.discover(ctx); err != nil {
		return nil, err
	}
	a := newApply(c, ApplyOptions{Namespace: namespace})
	all := []WorkloadStatus{}
	var services, found Objects
	var verdicts []verdict
	for _, o := range objects {
		if o.is("", "Service") {
			services = append(services, o)
		}
		if !o.runs() && o.GetKind() != "CronJob" && !o.release() {
			continue
		}
		client, err := a.resource(o)
		if err != nil {
			return nil, c.advised(err)
		}
		live, err := client.Get(ctx, o.GetName(), metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			all = append(all, WorkloadStatus{Kind: o.GetKind(), Name: o.GetName(), State: StateMissing, Images: []string{}, Text: "not in the cluster"})
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.ID(), c.advised(err))
		}
		o.Unstructured = live
		found = append(found, o)
	}
	w := newWatch(c, c.redactorFor(ctx, namespace, found))
	for _, o := range found {
		s, v, err := w.status(ctx, o)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.ID(), c.advised(err))
		}
		all, verdicts = append(all, s), append(verdicts, v)
	}
	empty, err := w.emptyServices(ctx, services, verdicts)
	if err != nil {
		return nil, c.advised(err)
	}
	for _, v := range empty {
		all = append(all, WorkloadStatus{Kind: "Service", Name: v.view.object.GetName(), State: StateFailing, Images: []string{}, Text: v.text, Failures: v.suspects})
	}
	return all, nil
}

func (w *watch) status(ctx context.Context, o Object) (WorkloadStatus, verdict, error) {
	s := WorkloadStatus{Kind: o.GetKind(), Name: o.GetName(), Images: o.images(), Since: o.GetCreationTimestamp().Time}
	if o.GetKind() == "CronJob" {
		err := s.cronJob(o)
		return s, verdict{view: view{object: o}}, err
	}
	view, err := w.look(ctx, o)
	if err != nil {
		return s, verdict{}, err
	}
	v := w.judge(view)
	if o.GetKind() == "Job" {
		s.job(ctx, w, view, v)
		return s, v, nil
	}
	if !view.since.IsZero() {
		s.Since = view.since
	}
	s.Wanted, _ = desired(o)
	for _, p := range view.pods {
		if podReady(p) {
			s.Ready++
		}
	}
	switch found := append(v.failures, v.suspects...); {
	case v.ready:
		s.State = StateReady
	case len(found) > 0:
		s.State, s.Text, s.Failures = StateFailing, v.text, w.withEvidence(ctx, view, found)
	default:
		s.State, s.Text = StateStarting, v.text
	}
	return s, v, nil
}

func (s *WorkloadStatus) job(ctx context.Context, w *watch, view view, v verdict) {
	switch jobState(view.object.Unstructured) {
	case jobComplete:
		s.State = StateDone
		if t, err := time.Parse(time.RFC3339, fmt.Sprint(child(view.object.Object, "status")["completionTime"])); err == nil {
			s.Since = t
		}
	case jobFailed:
		s.Failures = w.jobFailure(ctx, v, verdict{})
		s.State, s.Text = StateFailing, s.Failures[0].Reason
	default:
		s.State = StateRunning
		if found := append(v.failures, v.suspects...); len(found) > 0 {
			s.State, s.Text, s.Failures = StateFailing, found[0].Reason, w.withEvidence(ctx, view, found)
		}
	}
}

// cronJob compares when it last ran with when it last succeeded.
func (s *WorkloadStatus) cronJob(o Object) error {
	var job batchv1.CronJob
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, &job); err != nil {
		return err
	}
	s.State, s.Text = StateWaiting, "at "+job.Spec.Schedule+", has not run yet"
	if job.Spec.Suspend != nil && *job.Spec.Suspend {
		s.Text = "suspended"
	}
	last, good := job.Status.LastScheduleTime, job.Status.LastSuccessfulTime
	switch {
	case last == nil:
	case len(job.Status.Active) > 0:
		s.State, s.Since, s.Text = StateRunning, last.Time, "at "+job.Spec.Schedule
	case good == nil || good.Before(last):
		s.State, s.Since, s.Text = StateFailing, last.Time, "its last run has not succeeded"
		s.Failures = []Failure{{Workload: o.ID(), Reason: "Failed", Cause: s.Text, Fix: "look at the log of its last job: kubectl -n " + o.GetNamespace() + " get jobs"}}
	default:
		s.Since, s.Text = good.Time, "at "+job.Spec.Schedule+", succeeded last time"
	}
	return nil
}

// images are those of the containers, without repetitions, sorted.
func (o Object) images() []string {
	seen := map[string]bool{}
	for _, c := range containers(o.podSpec()) {
		if image, ok := c["image"].(string); ok {
			seen[image] = true
		}
	}
	names := sortedKeys(seen)
	sort.Strings(names)
	return names
}
