package kube

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// execute writes the plan in order. A release Job runs to its end before what comes after it; the workloads that answer
// needs are up before the first one starts. At the end it waits for everything that runs. What it begins is in the journal
// of the record first, where there is one.
func (a *apply) execute(ctx context.Context, plan []*planned, record *Record) error {
	journal := newJournal(plan, record)
	var running, services Objects
	needsUp := false
	for _, p := range plan {
		if err := a.note(ctx, journal, p); err != nil {
			return err
		}
		if p.is("", "Service") {
			services = append(services, p.Object)
		}
		if p.release() {
			if p.action != unchanged && !needsUp {
				needsUp = true
				if err := a.wait(ctx, running, nil); err != nil {
					return err
				}
			}
			if err := a.release(ctx, p); err != nil {
				return err
			}
			continue
		}
		if err := a.write(ctx, p); err != nil {
			return err
		}
		if p.runs() {
			running = append(running, p.Object)
		}
	}
	if err := a.wait(ctx, running, services); err != nil {
		return err
	}
	a.result.Ready = true
	return nil
}

// runs says whether an object is something whose pods can be waited for.
func (o Object) runs() bool {
	switch o.GetKind() {
	case "Deployment", "StatefulSet", "DaemonSet":
		return o.GroupVersionKind().Group == "apps"
	case "Job":
		return o.GroupVersionKind().Group == "batch" && !o.release()
	}
	return false
}

// write applies an object as the dry run has shown it. Somebody else's write since, as a controller's of the status, is
// looked at first: a run that slept finds what the next one has written.
func (a *apply) write(ctx context.Context, p *planned) error {
	if p.action == unchanged {
		a.done(p.Object, unchanged)
		return nil
	}
	for tries := 0; ; tries++ {
		err := a.put(ctx, p)
		if err == nil {
			break
		}
		if !apierrors.IsConflict(err) || conflictsOf(err) != "" || tries == 5 {
			return a.halfway(p.Object, err)
		}
		if err := a.lookAgain(ctx, p); err != nil {
			return err
		}
	}
	a.done(p.Object, p.action)
	a.warn()
	return nil
}

// put sends the write of an object, which fails if anybody has written it since it was looked at.
func (a *apply) put(ctx context.Context, p *planned) error {
	if p.live != nil && p.adopt != nil {
		if err := a.take(ctx, p); err != nil {
			return err
		}
		p.adopt = nil
	}
	wanted := p.copy()
	if p.live != nil {
		wanted.SetResourceVersion(p.live.GetResourceVersion())
	}
	_, err := p.client.Apply(ctx, p.GetName(), wanted.Unstructured, a.options(false))
	return err
}

// lookAgain reads an object that has changed since it was planned. What migrate has applied of it must be the same, or
// what this write itself has left there when its answer was lost.
func (a *apply) lookAgain(ctx context.Context, p *planned) error {
	live, err := p.client.Get(ctx, p.GetName(), metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		p.live = nil
		return nil
	}
	if err != nil {
		return a.halfway(p.Object, err)
	}
	before, adopting := p.live, p.adopt != nil
	if adopting {
		if p.adopt, err = a.adopts(live); err != nil {
			return a.halfway(p.Object, err)
		}
	}
	if p.live = live; before == nil || adopting || ours(before) == ours(live) || p.want != nil && ours(p.want) == ours(live) {
		return nil
	}
	return fmt.Errorf("%s: another run of migrate has written it meanwhile; nothing more was written: run it again", p.ID())
}

// ours is what the server says that migrate has applied of an object.
func ours(u *unstructured.Unstructured) string {
	for _, f := range u.GetManagedFields() {
		if f.Manager == Manager && f.Operation == metav1.ManagedFieldsOperationApply && f.FieldsV1 != nil {
			return f.FieldsV1.String()
		}
	}
	return ""
}

// halfway is the error of a write that the dry run had passed.
func (a *apply) halfway(o Object, err error) error {
	if a.result.Written == 0 {
		return a.refused(o, err)
	}
	return fmt.Errorf("%w (what was written before stays: %d of the objects)", a.refused(o, err), a.result.Written)
}

// The states of a Job.
const (
	jobRunning  = "running"
	jobComplete = "complete"
	jobFailed   = "failed"
)

func jobState(job *unstructured.Unstructured) string {
	for _, c := range maps(child(job.Object, "status")["conditions"]) {
		if c["status"] != "True" {
			continue
		}
		switch c["type"] {
		case "Complete", "SuccessCriteriaMet":
			return jobComplete
		case "Failed", "FailureTarget":
			return jobFailed
		}
	}
	return jobRunning
}
