package kube

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/user"
	"sync"
	"time"

	coordination "k8s.io/api/coordination/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	coordinationclient "k8s.io/client-go/kubernetes/typed/coordination/v1"
)

// runAnnotation tells on a lease which run holds it: the answer to a run's own write may have been lost.
const runAnnotation = "migrate/run"

// Locked is the error of a change that somebody else's change stands in the way of.
type Locked struct {
	App    string
	Holder string // anna@laptop (4711)
	Since  time.Time
	Ends   time.Duration // when the lock ends if its holder has died
}

func (e *Locked) Error() string {
	return fmt.Sprintf("%s is changing %s in this namespace since %s: wait for it; if that run died, its lock ends by itself in %d seconds",
		e.Holder, e.App, e.Since.UTC().Format("15:04:05 MST"), int(e.Ends.Seconds()))
}

// errLeaseLost stops a run whose lease somebody else may have by now: the machine slept, or the server was out of reach.
var errLeaseLost = errors.New("the lock on the release was lost, as it could not be renewed in time; nothing more was written: run it again")

// lease is the lock on one application in one namespace. All judging of time is by the server's clock, or by the time that
// has passed on this machine; its clock may be wrong.
type lease struct {
	client coordinationclient.LeaseInterface
	name   string
	app    string
	holder string
	run    string // tells this run from all others
	pace   *pace
	end    context.CancelFunc
	over   chan struct{} // closed when the renewal has ended

	mu      sync.Mutex
	live    *coordination.Lease
	renewed time.Time // by the monotonic clock
}

// acquire takes the lease, or returns a *Locked that names who has it. The context that it returns ends when the lease is
// lost, and what is written in it goes out only while the lease is held.
func (c *Cluster) acquire(ctx context.Context, namespace, app string) (*lease, context.Context, error) {
	l := &lease{client: c.typed.CoordinationV1().Leases(namespace), name: "migrate-" + app, app: app, holder: holder(), run: rand.Text(),
		pace: c.pace, over: make(chan struct{})}
	for try := 0; ; try++ {
		err := l.take(ctx)
		if err == nil {
			break
		}
		if !apierrors.IsConflict(err) && !apierrors.IsAlreadyExists(err) || try == 5 { // somebody was faster: look again
			return nil, nil, err
		}
	}
	inner, cancel := context.WithCancelCause(context.WithValue(ctx, leaseKey{}, l))
	renewal, end := context.WithCancel(context.WithoutCancel(ctx)) // a rollback has a time of its own
	l.end = end
	go l.keep(renewal, cancel)
	return l, inner, nil
}

type leaseKey struct{}

// leaseOf is the lease that what is written in a context needs; nil where it needs none.
func leaseOf(ctx context.Context) *lease {
	l, _ := ctx.Value(leaseKey{}).(*lease)
	return l
}

// holder names this run to others.
func holder() string {
	name, host := os.Getenv("USER"), "?"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if h, err := os.Hostname(); err == nil {
		host = h
	}
	return fmt.Sprintf("%s@%s (%d)", name, host, os.Getpid())
}

func (l *lease) take(ctx context.Context) error {
	now, err := l.serverTime(ctx)
	if err != nil {
		return err
	}
	stamp, seconds := metav1.NewMicroTime(now), int32(l.pace.lease.Seconds())
	fresh := &coordination.Lease{
		ObjectMeta: metav1.ObjectMeta{Name: l.name, Labels: map[string]string{"app.kubernetes.io/managed-by": Manager, "app.kubernetes.io/name": l.app},
			Annotations: map[string]string{runAnnotation: l.run}},
		Spec: coordination.LeaseSpec{HolderIdentity: &l.holder, LeaseDurationSeconds: &seconds, AcquireTime: &stamp, RenewTime: &stamp},
	}
	start := time.Now()
	live, err := l.client.Get(ctx, l.name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		live, err = l.client.Create(ctx, fresh, metav1.CreateOptions{FieldManager: Manager})
	case err != nil:
		return err
	case held(live, now) && !l.mine(live):
		return &Locked{l.app, *live.Spec.HolderIdentity, live.Spec.AcquireTime.Time, expiry(live).Sub(now)}
	default:
		fresh.ResourceVersion = live.ResourceVersion // whoever is second gets a conflict
		transitions := int32(1)
		if n := live.Spec.LeaseTransitions; n != nil {
			transitions = *n + 1
		}
		fresh.Spec.LeaseTransitions = &transitions
		live, err = l.client.Update(ctx, fresh, metav1.UpdateOptions{FieldManager: Manager})
	}
	if err == nil {
		l.live, l.renewed = live, start
	}
	return err
}

// held says whether somebody has the lease. now is the server's.
func held(live *coordination.Lease, now time.Time) bool {
	s := live.Spec
	return s.HolderIdentity != nil && *s.HolderIdentity != "" && s.RenewTime != nil && s.AcquireTime != nil && s.LeaseDurationSeconds != nil &&
		now.Before(expiry(live))
}

func expiry(live *coordination.Lease) time.Time {
	return live.Spec.RenewTime.Add(time.Duration(*live.Spec.LeaseDurationSeconds) * time.Second)
}

func (l *lease) mine(live *coordination.Lease) bool { return live.Annotations[runAnnotation] == l.run }

// serverTime asks the server what time it is: it stamps what it would create.
func (l *lease) serverTime(ctx context.Context) (time.Time, error) {
	trial := &coordination.Lease{ObjectMeta: metav1.ObjectMeta{GenerateName: "migrate-time-"}}
	stamped, err := l.client.Create(ctx, trial, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}, FieldManager: Manager})
	if err != nil {
		return time.Time{}, err
	}
	return stamped.CreationTimestamp.Time, nil
}

// keep renews the lease until it is given back. What is lost is not taken again: somebody else may have written.
func (l *lease) keep(ctx context.Context, lost context.CancelCauseFunc) {
	defer close(l.over)
	wait := l.pace.renewal
	for pause(ctx, wait) == nil {
		err := l.renew(ctx)
		if ctx.Err() != nil {
			return
		}
		if !l.safe() || apierrors.IsConflict(err) || apierrors.IsNotFound(err) {
			l.mu.Lock()
			l.renewed = time.Time{}
			l.mu.Unlock()
			lost(errLeaseLost)
			return
		}
		wait = l.pace.renewal
		if err != nil {
			wait /= 8
		}
	}
}

func (l *lease) renew(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, l.pace.safe/3)
	defer stop()
	l.mu.Lock()
	next := l.live.DeepCopy()
	l.mu.Unlock()
	start := time.Now()
	stamp := metav1.NewMicroTime(next.Spec.RenewTime.Add(start.Sub(l.started())))
	next.Spec.RenewTime = &stamp
	live, err := l.client.Update(ctx, next, metav1.UpdateOptions{FieldManager: Manager})
	if apierrors.IsConflict(err) { // the answer to an earlier try may have been lost
		if now, e := l.client.Get(ctx, l.name, metav1.GetOptions{}); e == nil && l.mine(now) {
			next.ResourceVersion = now.ResourceVersion
			live, err = l.client.Update(ctx, next, metav1.UpdateOptions{FieldManager: Manager})
		}
	}
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.live, l.renewed = live, start
	return nil
}

func (l *lease) started() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.renewed
}

// safe says whether the lease can't be anybody else's yet. It is asked before each write, since a machine that slept
// notices nothing by itself. A run without a lease is always safe.
func (l *lease) safe() bool {
	if l == nil {
		return true
	}
	now, then := time.Now(), l.started()
	// The monotonic clock stands still while a laptop sleeps, the other one may be set.
	return now.Sub(then) < l.pace.safe && now.Round(0).Sub(then.Round(0)) < l.pace.safe
}

// release gives the lease back, for the next run to have it at once.
func (l *lease) release() {
	if l == nil {
		return
	}
	l.end()
	<-l.over
	if !l.safe() {
		return
	}
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
	defer stop()
	live := l.live
	for range 3 { // where none of them comes through it ends by itself
		gone := metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &live.UID, ResourceVersion: &live.ResourceVersion}}
		err := l.client.Delete(ctx, l.name, gone)
		if err == nil || apierrors.IsNotFound(err) {
			return
		}
		now, err := l.client.Get(ctx, l.name, metav1.GetOptions{})
		switch {
		case err != nil: // once more as it was
		case !l.mine(now):
			return
		default: // the last renewal may have been under way
			live = now
		}
	}
}
