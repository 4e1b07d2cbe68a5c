package kube

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// release runs a release Job to its end. A finished one of the same name makes room for it; a running one is joined where
// it is the same, as after an apply that was killed, and otherwise is an error: two releases at once would be worse.
func (a *apply) release(ctx context.Context, p *planned) error {
	if p.action == unchanged {
		a.done(p.Object, unchanged)
		return nil
	}
	if p.live != nil {
		joined, err := a.makeRoom(ctx, p)
		if err != nil {
			return err
		}
		if joined {
			a.emit(p.ID(), "run", "is running already, joined")
			return a.follow(ctx, p)
		}
	}
	if _, err := tryApply(ctx, p.client, p.Object, a.options(false)); err != nil {
		return a.halfway(a.refused(p.Object, err))
	}
	a.done(p.Object, p.action)
	a.emit(p.ID(), "run", "runs before the rollout; no rollback undoes it")
	return a.follow(ctx, p)
}

func (a *apply) makeRoom(ctx context.Context, p *planned) (joined bool, err error) {
	started, err := a.started(ctx, p)
	if err != nil {
		return false, a.halfway(a.refused(p.Object, err))
	}
	if jobState(p.live) == jobRunning && started {
		if sameRelease(p) {
			return true, nil
		}
		return false, fmt.Errorf("%s of another release is still running in %s: wait for it, or stop it: kubectl --context %s -n %s delete job %s",
			p.ID(), p.GetNamespace(), a.cluster.Context, p.GetNamespace(), p.GetName())
	}
	foreground, uid := metav1.DeletePropagationForeground, p.live.GetUID()
	err = p.client.Delete(ctx, p.GetName(), metav1.DeleteOptions{PropagationPolicy: &foreground, Preconditions: &metav1.Preconditions{UID: &uid}})
	if err != nil && !apierrors.IsNotFound(err) {
		return false, a.halfway(a.refused(p.Object, err))
	}
	for {
		live, err := p.client.Get(ctx, p.GetName(), metav1.GetOptions{})
		if apierrors.IsNotFound(err) || err == nil && live.GetUID() != uid {
			return false, nil
		}
		if err != nil {
			return false, a.halfway(a.refused(p.Object, err))
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return false, err
		}
	}
}

// started says whether any container of a Job has ever run. One that hasn't, for want of its image or configuration, has
// done nothing and may be replaced.
func (a *apply) started(ctx context.Context, p *planned) (bool, error) {
	selector, err := podSelector(Object{Unstructured: p.live})
	if err != nil || selector.Empty() {
		return false, err
	}
	pods, err := a.cluster.typed.CoreV1().Pods(p.GetNamespace()).List(ctx, metav1.ListOptions{LabelSelector: selector.String()})
	if err != nil {
		return false, err
	}
	for _, pod := range pods.Items {
		for _, s := range append(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses...) {
			if s.State.Running != nil || s.State.Terminated != nil || s.LastTerminationState.Terminated != nil {
				return true, nil
			}
		}
	}
	return false, nil
}

// dropSteps deletes the Jobs of the release steps of a release that is undone, as far as they came to no good end: one that waits
// for its image would run when nobody expects it any more. One that is at work is left to it, as half of it may be worse, and
// its key is among those that are spared.
func (a *apply) dropSteps(ctx context.Context, objects Objects) (spared map[string]bool, err error) {
	spared = map[string]bool{}
	for _, o := range objects {
		if !o.release() {
			continue
		}
		client, err := a.resource(o)
		if err != nil {
			return nil, a.cluster.advised(err)
		}
		live, err := client.Get(ctx, o.GetName(), metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, a.refused(o, err)
		}
		p := &planned{Object: o, client: client, live: live}
		state := jobState(live)
		if state == jobComplete {
			continue
		}
		started, err := a.started(ctx, p)
		switch {
		case err != nil:
			return nil, a.refused(o, err)
		case state == jobRunning && started:
			a.emit(p.ID(), "warning", "still runs, and is left to come to its end")
			spared[o.key()] = true
		case live.GetAnnotations()[hashAnnotation] == p.hash():
			if err := a.prune(ctx, []*planned{p}); err != nil {
				return nil, err
			}
		}
	}
	return spared, nil
}

// pause waits for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// follow passes a Job's logs on until it has ended. A pod that can't start fails it at once.
func (a *apply) follow(ctx context.Context, p *planned) error {
	logs := &follower{apply: a, job: p.Object, seen: map[string]bool{}}
	defer logs.drain()
	watch := newWatch(a.cluster, a.redact)
	var last verdict
	for {
		job, err := p.client.Get(ctx, p.GetName(), metav1.GetOptions{})
		if err != nil {
			return a.halfway(a.refused(p.Object, err))
		}
		view, err := watch.look(ctx, Object{Unstructured: job, File: p.File, Line: p.Line})
		if err != nil {
			return a.cluster.advised(err)
		}
		logs.start(ctx, view.pods)
		v := watch.judge(view)
		switch jobState(job) {
		case jobComplete:
			logs.drain()
			a.emit(p.ID(), "run", "done")
			return nil
		case jobFailed:
			logs.drain()
			return a.notReady(watch.jobFailure(ctx, v, last), 0)
		}
		if len(v.failures) > 0 {
			return a.notReady(watch.withEvidence(ctx, view, v.failures), 0)
		}
		last = v
		if err := pause(ctx, 500*time.Millisecond); err != nil {
			v.ready, v.text = false, "the release step has not ended"
			return a.timedOut(ctx, []verdict{v}, watch)
		}
	}
}

// jobFailure names why a Job failed: its pods' own reason where there is one, then what stood in its way when it was last
// looked at, as a Job that ran out of time takes its pods with it, and otherwise what the Job itself says.
func (w *watch) jobFailure(ctx context.Context, now, before verdict) []Failure {
	job := now.view.object
	f := Failure{Workload: job.ID(), Reason: "Failed", Cause: "it failed",
		Fix: "mend what its log says, then run the same command again: nothing after it was written"}
	for _, c := range maps(child(job.Object, "status")["conditions"]) {
		if (c["type"] == "Failed" || c["type"] == "FailureTarget") && c["status"] == "True" {
			f.Reason, _ = c["reason"].(string)
			f.Cause, _ = c["message"].(string)
		}
	}
	for _, pod := range now.view.pods {
		for _, s := range pod.Status.ContainerStatuses {
			if t := s.State.Terminated; t != nil && t.ExitCode != 0 {
				f.Pod, f.Container = pod.Name, s.Name
				f.Cause = exitText(t)
				if fix := exitFix(pod, s.Name, t); fix != "" {
					f.Fix = fix + "; nothing after it was written"
				}
				return w.withEvidence(ctx, now.view, []Failure{f})
			}
		}
	}
	if f.Reason == "DeadlineExceeded" {
		f.Cause, f.Fix = "it took longer than its activeDeadlineSeconds", "give it more time in kube/base, or make it faster"
	}
	if len(before.suspects) > 0 {
		return w.withEvidence(ctx, before.view, before.suspects)
	}
	return w.withEvidence(ctx, now.view, []Failure{f})
}
