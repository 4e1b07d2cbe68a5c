package kube

import (
	"context"
	"errors"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// RolledBack is the error of a release that failed and was undone: what ran before runs again.
type RolledBack struct {
	Cause error
	To    *Record
}

func (e *RolledBack) Error() string {
	return fmt.Sprintf("%v; rolled back to release %d (%s)", e.Cause, e.To.Number, e.To.Tag)
}

// Unwrap gives why the release failed.
func (e *RolledBack) Unwrap() error { return e.Cause }

// HalfBack is the error of a release that failed and could not be undone either.
type HalfBack struct {
	Cause error
	To    *Record
	Err   error // what the way back met
}

func (e *HalfBack) Error() string {
	return fmt.Sprintf("%v; and the rollback to release %d (%s) did not end: %v", e.Cause, e.To.Number, e.To.Tag, e.Err)
}

// Unwrap gives why the release failed.
func (e *HalfBack) Unwrap() error { return e.Cause }

// change is what a transaction brings into the cluster.
type change struct {
	objects Objects // to write
	whole   Objects // all of the application's, to remember
	prune   bool    // delete what earlier releases brought and whole lacks
	note    string
}

// transact makes a change under the lock: it is on record before the first write, and when it fails what ran before is
// brought back. A change that changes nothing writes nothing, and needs no lock.
func (a *apply) transact(ctx context.Context, c change) error {
	if err := a.unstaged(ctx, c.objects); err != nil {
		return err
	}
	plan, err := a.plan(ctx, c.objects)
	if err != nil {
		return err
	}
	if a.App == "" {
		return a.deliver(ctx, plan, nil)
	}
	earlier, err := a.history(ctx)
	if apierrors.IsForbidden(err) {
		if refused := a.refusedRights(ctx, keeping); len(refused) > 0 {
			if err := a.permitted(ctx, plan, nil); err != nil {
				return err
			}
			return a.unlocked(ctx, c, plan, refused)
		}
	}
	if err != nil {
		return err
	}
	var remains []*planned
	if c.prune {
		if remains, err = a.remains(ctx, leftover(c.whole, earlier, earlier), false); err != nil {
			return err
		}
	}
	if settled(plan, earlier) && len(remains) == 0 {
		return a.execute(ctx, plan, nil)
	}
	if err := a.permitted(ctx, plan, remains); err != nil {
		return err
	}
	if refused := a.refusedRights(ctx, keeping); len(refused) > 0 {
		return a.unlocked(ctx, c, plan, refused)
	}
	lease, inner, err := a.lock(ctx)
	if err != nil {
		return err
	}
	defer lease.release()
	err = a.locked(inner, c, plan)
	if errors.Is(err, errLeaseLost) || errors.Is(context.Cause(inner), errLeaseLost) {
		return errLeaseLost
	}
	return err
}

// unlocked brings a change in for who may neither lock nor remember it.
func (a *apply) unlocked(ctx context.Context, c change, plan []*planned, refused []right) error {
	a.emit("", "warning", unkept(refused))
	if err := a.mendHeld(ctx, plan); err != nil {
		return err
	}
	plan, err := a.planAgain(ctx, plan, c.objects)
	if err != nil {
		return err
	}
	return a.deliver(ctx, plan, nil)
}

// lock takes the lock on the application.
func (a *apply) lock(ctx context.Context) (*lease, context.Context, error) {
	lease, inner, err := a.cluster.acquire(ctx, a.Namespace, a.App)
	var locked *Locked
	if err == nil || errors.As(err, &locked) || ctx.Err() != nil {
		return lease, inner, err
	}
	return nil, nil, fmt.Errorf("the lock on %s in namespace %s: %w", a.App, a.Namespace, a.cluster.advised(err))
}

// settled says whether the cluster has all of it already, and as the outcome of a release that ended well.
func settled(plan []*planned, earlier []*Record) bool {
	if len(earlier) == 0 || earlier[0].State != stateReady {
		return false
	}
	return !slices.ContainsFunc(plan, func(p *planned) bool { return p.action != unchanged })
}

// locked is the part of a transaction that nobody else does at the same time. Everything is looked at again: somebody may
// have been faster.
func (a *apply) locked(ctx context.Context, c change, plan []*planned) error {
	if err := a.unstaged(ctx, c.objects); err != nil {
		return err
	}
	if err := a.mendHeld(ctx, plan); err != nil {
		return err
	}
	earlier, err := a.history(ctx)
	if err != nil {
		return err
	}
	if plan, err = a.planAgain(ctx, plan, c.objects); err != nil {
		return err
	}
	if err := a.interrupted(ctx, earlier); err != nil {
		return err
	}
	if earlier, err = a.before(ctx, plan, earlier); err != nil {
		return err
	}
	record, err := a.open(ctx, c.whole, earlier, c.note)
	if err != nil {
		return err
	}
	found := found(plan)
	err = a.deliver(ctx, plan, record)
	if err == nil && c.prune {
		err = a.clear(ctx, record, leftover(c.whole, earlier, earlier))
	}
	if err == nil {
		if err = a.mark(ctx, record, stateReady); err == nil {
			_, old := remembered(earlier)
			err = a.forget(ctx, old)
		}
		return err
	}
	if errors.Is(err, errLeaseLost) {
		return err
	}
	if errors.Is(ctx.Err(), context.Canceled) { // stopped from outside: the next run goes on from here
		return err
	}
	return a.undo(ctx, err, record, earlier, found)
}

// undo brings back the last release that was ready, in a time of its own, and takes away what the failed one brought. What
// others had set before the failed one began, as the objects were found then, stays theirs.
func (a *apply) undo(ctx context.Context, cause error, failed *Record, earlier []*Record, found map[string]*unstructured.Unstructured) error {
	a.failed(cause)
	to := lastReady(earlier)
	if to == nil || a.KeepFailed {
		return errors.Join(cause, a.mark(ctx, failed, stateFailed))
	}
	if err := a.mark(ctx, failed, stateUndoing); err != nil {
		return &HalfBack{cause, to, err}
	}
	a.emit("", "rollback", fmt.Sprintf("to release %d (%s); release steps that ran are not undone", to.Number, to.Tag))
	back := newApply(a.cluster, a.ApplyOptions)
	back.redact = a.redact
	back.asFound = found
	back.Force = true // what others have set meanwhile is to be as it was, too
	if err := back.bring(ctx, to, failed, earlier); err != nil {
		return &HalfBack{cause, to, errors.Join(err, a.mark(ctx, failed, stateFailed))}
	}
	if err := a.mark(ctx, failed, stateRolledBack); err != nil {
		return &HalfBack{cause, to, err}
	}
	a.result.RolledBack = to.Number
	return &RolledBack{cause, to}
}

// bring applies a release once more, but for its release steps, and deletes what it did not have.
func (a *apply) bring(ctx context.Context, to, failed *Record, earlier []*Record) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), a.Timeout)
	defer stop()
	objects, err := a.restorable(ctx, to)
	if err != nil {
		return err
	}
	plan, err := a.plan(ctx, objects)
	if err != nil {
		return err
	}
	if err := a.execute(ctx, plan, nil); err != nil {
		return err
	}
	spared, err := a.dropSteps(ctx, failed.objects)
	if err != nil {
		return err
	}
	gone := leftover(to.objects, earlier, append([]*Record{failed}, earlier...))
	gone = slices.DeleteFunc(gone, func(o Object) bool { return spared[o.key()] })
	remains, err := a.remains(ctx, gone, true)
	if err != nil {
		return err
	}
	return a.prune(ctx, remains)
}

// restorable are the objects of a release that can be applied once more: all but its release steps, and its Secrets, which
// are immutable and have to be there still.
func (a *apply) restorable(ctx context.Context, r *Record) (Objects, error) {
	var objects Objects
	for _, o := range r.objects {
		if !o.is("", "Secret") && !o.release() {
			objects = append(objects, o.copy())
		}
	}
	refs, _ := objects.SecretRefs()
	return objects, a.cluster.missingSecrets(ctx, a.Namespace, refs, nil)
}

// Rollback brings back an earlier release: the one of that number, or, where it is 0, the last one before the current that
// was ready. Its configuration and its secrets come back with it; release steps are not run, and not undone.
func (c *Cluster) Rollback(ctx context.Context, to int, o ApplyOptions) (*Result, *Record, error) {
	a := newApply(c, o)
	bounded, stop := context.WithTimeout(ctx, a.Timeout)
	defer stop()
	target, err := a.rollback(bounded, to)
	a.warn()
	if err != nil {
		err = a.stopped(ctx, bounded, err)
	}
	return a.result, target, a.redact.error(err)
}

func (a *apply) rollback(ctx context.Context, to int) (*Record, error) {
	if err := a.cluster.discover(ctx); err != nil {
		return nil, err
	}
	if err := a.unstaged(ctx, nil); err != nil {
		return nil, err
	}
	earlier, err := a.history(ctx)
	if err != nil {
		return nil, err
	}
	target, err := pick(earlier, to)
	if err != nil {
		return nil, err
	}
	objects, err := a.restorable(ctx, target)
	if err != nil {
		return target, err
	}
	a.redact = a.cluster.redactorFor(ctx, a.Namespace, objects)
	a.Tag, a.Commit = target.Tag, target.Commit
	a.emit("", "rollback", fmt.Sprintf("to release %d (%s); release steps are neither run nor undone", target.Number, target.Tag))
	return target, a.transact(ctx, change{objects: objects, whole: target.objects, prune: true, note: fmt.Sprintf("back to %d", target.Number)})
}

// pick finds the release to go back to: that of the number, or the last that was ready but for the one that runs now.
func pick(earlier []*Record, to int) (*Record, error) {
	var known []int
	runs := len(earlier) > 0 && (earlier[0].State == stateReady || earlier[0].State == stateRolledBack)
	for _, r := range earlier {
		switch {
		case to == r.Number:
			return r, nil
		case r.State != stateReady:
		case to == 0 && !runs:
			return r, nil
		default:
			runs = false
			known = append(known, r.Number)
		}
	}
	if to == 0 {
		return nil, errors.New("no earlier release that was ready is remembered: there is nothing to go back to")
	}
	if len(known) == 0 {
		return nil, fmt.Errorf("release %d is not remembered, and none that was ready is: see migrate kube history", to)
	}
	return nil, fmt.Errorf("release %d is not remembered; those that were ready: %v", to, known)
}
