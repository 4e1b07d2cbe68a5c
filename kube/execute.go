package kube

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync/atomic"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// execute writes the plan step by step. A release Job runs to its end before what comes after it; the workloads that answer
// needs are up before the first one starts. At the end it waits for everything that runs. What it begins is in the journal
// of the record first, where there is one.
func (a *apply) execute(ctx context.Context, plan []*planned, record *Record) error {
	journal := newJournal(plan, record)
	var running, services Objects
	for group := range chunks(plan, func(p *planned) string { return p.step().String() }) {
		if err := a.note(ctx, journal, group); err != nil {
			return err
		}
		if group[0].release() {
			if err := a.releases(ctx, group, running); err != nil {
				return err
			}
			continue
		}
		for kind := range chunks(group, func(p *planned) string { return p.GetKind() }) { // a Role before its RoleBinding
			if err := a.writeAll(ctx, kind); err != nil {
				return err
			}
		}
		for _, p := range group {
			switch {
			case p.runs():
				running = append(running, p.Object)
			case p.is("", "Service"):
				services = append(services, p.Object)
			}
		}
	}
	if err := a.wait(ctx, running, services); err != nil {
		return err
	}
	a.result.Ready = true
	return nil
}

// chunks are the parts of a plan that follow each other and have the same key.
func chunks(plan []*planned, key func(*planned) string) iter.Seq[[]*planned] {
	return func(yield func([]*planned) bool) {
		for len(plan) > 0 {
			n := slices.IndexFunc(plan, func(p *planned) bool { return key(p) != key(plan[0]) })
			if n < 0 {
				n = len(plan)
			}
			if !yield(plan[:n]) {
				return
			}
			plan = plan[n:]
		}
	}
}

// releases runs release Jobs one after the other, when all that runs so far is ready.
func (a *apply) releases(ctx context.Context, jobs []*planned, running Objects) error {
	if slices.ContainsFunc(jobs, func(p *planned) bool { return p.action != unchanged }) {
		if err := a.wait(ctx, running, nil); err != nil {
			return err
		}
	}
	for _, p := range jobs {
		if err := a.release(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// writeAll applies objects of one kind, a few at the same time, and tells of them in their order. After the first that fails
// no further one is begun; as they begin in order, the error is always that of the first which the server refuses.
func (a *apply) writeAll(ctx context.Context, group []*planned) error {
	ends := make([]chan error, len(group))
	for i := range ends {
		ends[i] = make(chan error, 1)
	}
	var failed atomic.Bool
	go each(len(group), func(i int) {
		err := errNotBegun
		if !failed.Load() {
			if err = a.write(ctx, group[i]); err != nil {
				failed.Store(true)
			}
		}
		ends[i] <- err
	})
	var first error
	for i, p := range group { // to the last: nothing may be under way when the step is over
		err := <-ends[i]
		if p.taken {
			a.emit(p.ID(), "adopted", "")
		}
		switch {
		case err == nil:
			a.done(p.Object, p.action)
		case first == nil:
			first = err
		}
	}
	a.warn()
	return a.halfway(first)
}

// errNotBegun stands for what was not written after something else had failed.
var errNotBegun = errors.New("not begun")

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
		return nil
	}
	if p.live == nil && p.everywhere { // another environment's release may have made it since
		if err := a.lookAgain(ctx, p); err != nil {
			return err
		}
	}
	for tries := 0; ; tries++ {
		err := a.put(ctx, p)
		if err == nil {
			return nil
		}
		if !apierrors.IsConflict(err) || conflictsOf(err) != "" || tries == 5 {
			return a.refused(p.Object, err)
		}
		if err := a.lookAgain(ctx, p); err != nil {
			return err
		}
	}
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
// what this write itself has left there when its answer was lost. Who has noted itself there since is not lost.
func (a *apply) lookAgain(ctx context.Context, p *planned) error {
	live, err := p.client.Get(ctx, p.GetName(), metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		p.live = nil
		return nil
	}
	if err != nil {
		return a.refused(p.Object, err)
	}
	before, adopting := p.live, p.adopt != nil
	if adopting {
		if p.adopt, err = a.adopts(live); err != nil {
			return a.refused(p.Object, err)
		}
	}
	p.live = live
	a.share(p)
	if before == nil || adopting || ours(before) == ours(live) || p.want != nil && ours(p.want) == ours(live) {
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

// halfway says what stays of a release that met an error after the dry run had passed.
func (a *apply) halfway(err error) error {
	if err == nil || a.result.Written == 0 {
		return err
	}
	return fmt.Errorf("%w (what was written before stays: %d of the objects)", err, a.result.Written)
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
