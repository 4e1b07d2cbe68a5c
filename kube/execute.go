package kube

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// execute writes the plan in order. A release Job runs to its end before what comes after it; the workloads that answer
// needs are up before the first one starts. At the end it waits for everything that runs.
func (a *apply) execute(ctx context.Context, plan []*planned) error {
	var running Objects
	needsUp := false
	for _, p := range plan {
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
	var services Objects
	for _, p := range plan {
		if p.is("", "Service") {
			services = append(services, p.Object)
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

func (a *apply) write(ctx context.Context, p *planned) error {
	if p.action == unchanged {
		a.done(p.Object, unchanged)
		return nil
	}
	if !a.lease.safe() {
		return errLeaseLost
	}
	if _, err := p.client.Apply(ctx, p.GetName(), p.Unstructured, a.options(false)); err != nil {
		return a.halfway(p.Object, err)
	}
	a.done(p.Object, p.action)
	a.warn()
	return nil
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
