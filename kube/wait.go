package kube

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// tolerated is how many rounds in a row may fail to reach the server, which may be restarting, before it is an error.
const tolerated = 10

// wait returns when all workloads run as they were last written and the Services lead to pods; when it is clear that
// they won't, as a *NotReady; or when ctx ends.
func (a *apply) wait(ctx context.Context, running, services Objects) error {
	if len(running) == 0 {
		return nil
	}
	if a.result.Written > 0 {
		a.emit("", "stage", "wait until it runs")
	}
	w := newWatch(a.cluster, a.redact)
	w.unready = map[types.UID]time.Time{}
	said, lost := map[string]string{}, 0
	var last []verdict
	for {
		next, began := a.cluster.pace.look, w.now()
		verdicts, err := w.round(ctx, a, running)
		switch {
		case ctx.Err() != nil:
			return a.timedOut(ctx, last, w)
		case err != nil:
			if lost++; lost > tolerated {
				return a.cluster.advised(err)
			}
		default:
			lost, last = 0, verdicts
			if pending(verdicts) == 0 && len(services) > 0 {
				empty, err := w.emptyServices(ctx, services, verdicts)
				if err != nil && ctx.Err() == nil {
					lost++
				}
				verdicts = append(verdicts, empty...)
				last = verdicts
			}
			if failures := w.doomed(ctx, verdicts); len(failures) > 0 {
				return a.notReady(failures, 0)
			}
			a.progress(verdicts, said)
			unsettled := w.unsettled(verdicts)
			if pending(verdicts) == 0 && (unsettled == 0 || a.result.Written == 0) {
				return nil
			}
			next = a.cluster.pace.next(w.now().Sub(began))
			if pending(verdicts) == 0 {
				next = min(next, unsettled)
			}
		}
		if err := pause(ctx, next); err != nil {
			return a.timedOut(ctx, last, w)
		}
	}
}

// next is the pause before the next look, after one that took so long: a server that is quick is asked more often.
func (p *pace) next(took time.Duration) time.Duration { return min(max(3*took, p.soon()), p.look) }

// soon is the least time between two looks.
func (p *pace) soon() time.Duration { return p.look / 4 }

// settles is how long a workload must stay ready, for what dies right after its start. One whose readinessProbes have been
// answered has shown that it serves, and is looked at once more; one without counts as ready as soon as it has started, and has
// shown nothing yet.
func (p *pace) settles(workload Object) time.Duration {
	if slices.ContainsFunc(maps(workload.podSpec()["containers"]), func(c map[string]any) bool { return len(child(c, "readinessProbe")) == 0 }) {
		return 2 * p.look
	}
	return p.soon()
}

// unsettled is how long it takes until every workload has been ready for long enough, if all stay so. Its pods count from when
// they are: many controllers' worth of work may lie before the workload's own status says it.
func (w *watch) unsettled(verdicts []verdict) time.Duration {
	var longest time.Duration
	now := w.now()
	for _, v := range verdicts {
		key := v.view.object.key()
		if !v.ready && !v.view.up() {
			delete(w.ready, key)
			continue
		}
		if w.ready[key].IsZero() {
			w.ready[key] = now
		}
		longest = max(longest, w.ready[key].Add(w.cluster.pace.settles(v.view.object)).Sub(now))
	}
	return longest
}

func pending(verdicts []verdict) int {
	n := 0
	for _, v := range verdicts {
		if !v.ready {
			n++
		}
	}
	return n
}

// progress tells of each workload whose state has changed since it was last told of.
func (a *apply) progress(verdicts []verdict, said map[string]string) {
	for _, v := range verdicts {
		id := v.view.object.ID()
		before, known := said[id]
		now := fmt.Sprint(v.ready, v.text)
		said[id] = now
		switch {
		case before == now, v.ready && !known && !a.wrote(v.view.object): // the latter ran all along
		case v.ready:
			a.waits(id, "ready", v)
		default:
			a.waits(id, "wait", v)
		}
	}
}

// wrote says whether this run has changed an object.
func (a *apply) wrote(o Object) bool {
	return slices.ContainsFunc(a.result.Objects, func(done Outcome) bool {
		return done.Kind == o.GetKind() && done.Name == o.GetName() && done.Action != unchanged
	})
}

// waits tells how a workload is.
func (a *apply) waits(id, action string, v verdict) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.Events != nil {
		a.Events(Event{Object: id, Action: action, Text: a.redact.text(v.text), Pods: v.view.count()})
	}
}

// notReady ends an apply that wrote what it could.
func (a *apply) notReady(failures []Failure, timeout time.Duration) error {
	a.result.Failures = failures
	return &NotReady{Failures: failures, Timeout: timeout}
}

// failed tells why a release failed while all of it is still there to look at.
func (a *apply) failed(cause error) {
	var notReady *NotReady
	if a.Failed != nil && errors.As(cause, &notReady) {
		a.Failed(notReady.Failures)
		notReady.Told = true
	}
}

// timedOut says, when the time is over, what each workload still lacked. A stop by the user needs no evidence.
func (a *apply) timedOut(ctx context.Context, verdicts []verdict, w *watch) error {
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ctx.Err()
	}
	fresh, stop := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer stop()
	var failures []Failure
	for _, v := range verdicts {
		if v.ready {
			continue
		}
		found := v.suspects
		if len(found) == 0 {
			found = []Failure{{Workload: v.view.object.ID(), Reason: "NotReady", Cause: v.text,
				Fix: "look at it with kubectl describe, or give it more --timeout"}}
		}
		failures = append(failures, w.withEvidence(fresh, v.view, found)...)
	}
	if len(failures) == 0 {
		return ctx.Err()
	}
	return a.notReady(failures, a.Timeout)
}

// round looks at every workload once.
func (w *watch) round(ctx context.Context, a *apply, running Objects) ([]verdict, error) {
	lives, err := a.lives(ctx, running)
	if err != nil {
		return nil, err
	}
	if w.crowd, err = w.gather(ctx, lives); err != nil {
		return nil, err
	}
	views, problems := make([]view, len(lives)), make([]error, len(lives))
	each(len(lives), func(i int) { views[i], problems[i] = w.look(ctx, lives[i]) })
	verdicts := make([]verdict, 0, len(lives))
	for i, view := range views {
		if err := problems[i]; err != nil {
			return nil, fmt.Errorf("%s: %w", lives[i].ID(), err)
		}
		verdicts = append(verdicts, w.judge(view))
	}
	return verdicts, nil
}

// doomed collects the failures that no waiting will cure, with their evidence.
func (w *watch) doomed(ctx context.Context, verdicts []verdict) []Failure {
	var all []Failure
	for _, v := range verdicts {
		if len(v.failures) > 0 {
			all = append(all, w.withEvidence(ctx, v.view, v.failures)...)
		}
	}
	return all
}
