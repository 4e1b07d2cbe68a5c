package kube

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Beside says what is put beside a workload that runs.
type Beside struct {
	Kind     PreviewKind
	Workload string            // empty for the only one that can have a preview
	Images   map[string]string // see Deploy
	Percent  int               // of the requests that a Canary gets: 1 to 50
	Watch    time.Duration     // for how long a Canary that runs is looked at
}

// PreviewFailed is the error of a preview that did not come to run or to answer. It has been taken away again, unless Left says
// what kept it from that, or that it was to stay.
type PreviewFailed struct {
	Preview Preview
	Cause   error
	Left    error
}

func (e *PreviewFailed) Error() string {
	if e.Left != nil {
		return fmt.Sprintf("%v; and the preview still stands: %v", e.Cause, e.Left)
	}
	return fmt.Sprintf("%v; the preview was taken away again, and %s runs as before", e.Cause, e.Preview.Workload)
}

// Unwrap gives why it failed.
func (e *PreviewFailed) Unwrap() error { return e.Cause }

// ErrKept is why a failed preview still stands where ApplyOptions.KeepFailed asks for it.
var ErrKept = errors.New("it was to be kept")

// Stage puts the image with the tag of the options beside a workload that runs. The pods of a Switch get requests when they run
// and have passed the gate, and then all of them; those of a Canary get their share as soon as they are ready. Release steps run
// before. What fails is taken away again, as a *PreviewFailed says. The same once more goes on where it was cut off, and gives a
// Canary another share; another preview that stands is a *Standing.
func (c *Cluster) Stage(ctx context.Context, objects Objects, b Beside, o ApplyOptions) (*Result, *Preview, error) {
	var p *Preview
	result, err := c.staged(ctx, o, func(ctx context.Context, a *apply) (err error) {
		p, err = a.stage(ctx, objects, b)
		return err
	})
	return result, p, err
}

// staged does work on previews.
func (c *Cluster) staged(ctx context.Context, o ApplyOptions, work func(context.Context, *apply) error) (*Result, error) {
	a := newApply(c, o)
	bounded, stop := context.WithTimeout(ctx, a.Timeout)
	defer stop()
	err := c.discover(bounded)
	if err == nil {
		err = work(bounded, a)
	}
	a.warn()
	var failed *PreviewFailed
	if err != nil && !errors.As(err, &failed) {
		err = a.stopped(ctx, bounded, err)
	}
	return a.result, a.redact.error(err)
}

// exclusively does work under the lock, on the preview that stands then.
func (a *apply) exclusively(ctx context.Context, work func(context.Context, *Preview) error) error {
	if refused := a.refusedRights(ctx, keeping); len(refused) > 0 {
		return fmt.Errorf("nothing was changed: %s", unkept(refused))
	}
	lease, inner, err := a.lock(ctx)
	if err != nil {
		return err
	}
	defer lease.release()
	p, err := a.standing(inner)
	if err == nil {
		err = work(inner, p)
	}
	if errors.Is(err, errLeaseLost) || errors.Is(context.Cause(inner), errLeaseLost) {
		return errLeaseLost
	}
	return err
}

// standing is the preview that stands, nil where none does.
func (a *apply) standing(ctx context.Context) (*Preview, error) {
	all, err := a.previews(ctx)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

func (a *apply) stage(ctx context.Context, objects Objects, b Beside) (*Preview, error) {
	if _, err := a.released(ctx); err != nil { // which needs no lock to be said
		return nil, err
	}
	var made *Preview
	err := a.exclusively(ctx, func(ctx context.Context, p *Preview) (err error) {
		a.emit("", "stage", "check")
		if p != nil && (p.Kind != b.Kind || p.Tag != a.Tag || !labels.Equals(p.images, b.Images) || b.Workload != "" && p.Workload != b.Workload) {
			return &Standing{Preview: *p, Environment: a.Environment}
		}
		if p == nil {
			if p, err = a.candidate(ctx, objects, b); err != nil {
				return err
			}
		}
		steps, err := a.previewSteps(ctx, objects, p)
		if err != nil {
			return err
		}
		if err := a.allowed(ctx, *p, steps); err != nil {
			return err
		}
		made = p
		err = a.raise(ctx, p, steps, b)
		if err == nil || errors.Is(err, errLeaseLost) || errors.Is(ctx.Err(), context.Canceled) {
			return err
		}
		return a.putBack(ctx, p, err)
	})
	return made, err
}

// putBack takes a preview away that failed, in a time of its own.
func (a *apply) putBack(ctx context.Context, p *Preview, cause error) error {
	a.failed(cause)
	if a.KeepFailed {
		return &PreviewFailed{*p, cause, ErrKept}
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), a.Timeout)
	defer stop()
	a.emit("", "rollback", fmt.Sprintf("the preview of %s is taken away; release steps that ran are not undone", p.Workload))
	return &PreviewFailed{*p, cause, a.withdraw(ctx, p)}
}

// previewSteps are the release steps with the new image, as a deploy would run them. One that ran with it runs no more.
func (a *apply) previewSteps(ctx context.Context, objects Objects, p *Preview) ([]*planned, error) {
	var steps Objects
	for _, o := range objects {
		if !o.release() || !o.usesAny(p.images) {
			continue
		}
		if o.GetNamespace() == "" {
			o.SetNamespace(a.Namespace)
		}
		applied, err := a.applied(ctx, o)
		if err != nil {
			return nil, err
		}
		applied.replaceTag(p.images, p.Tag)
		steps = append(steps, applied)
	}
	a.redact = a.cluster.redactorFor(ctx, a.Namespace, append(steps.copy(), p.own))
	return a.plan(ctx, steps)
}

// allowed has the server judge what a preview needs, before the first write.
func (a *apply) allowed(ctx context.Context, p Preview, steps []*planned) error {
	_, _, lead, err := a.workload(ctx, p.Workload)
	if err != nil {
		return err
	}
	door := Object{Unstructured: p.own.DeepCopy()}
	door.SetAPIVersion("v1")
	door.SetKind("Service")
	needed := []*planned{{Object: p.own}, {Object: door}}
	if err := a.permitted(ctx, append(needed, steps...), needed); err != nil {
		return err
	}
	dry := []string{metav1.DryRunAll}
	problems := []error{a.dryPreview(ctx, p)}
	if p.Kind == Switch {
		problems = append(problems, a.pauseRollout(ctx, p.Workload, true, dry))
		for _, s := range lead.ours {
			problems = append(problems, a.leadOne(ctx, s.Name, previewMark, p.Name, dry))
		}
	}
	return a.refusals(problems)
}

func (a *apply) dryPreview(ctx context.Context, p Preview) error {
	client, err := a.resource(p.own)
	if err != nil {
		return a.cluster.advised(err)
	}
	if _, err := client.Get(ctx, p.Name, metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		return err
	}
	if _, err = tryApply(ctx, client, p.own, a.options(true)); err != nil {
		err = a.refused(p.own, err)
	}
	return err
}

// raise brings a preview from wherever it is to where it gets its requests. The requests go over only when all else is done.
func (a *apply) raise(ctx context.Context, p *Preview, steps []*planned, b Beside) error {
	live, _, lead, err := a.workload(ctx, p.Workload)
	if err != nil {
		return err
	}
	p.Beside = wanted(live)
	if lead.traffic(p.Name) == TrafficPreview {
		return a.goOver(ctx, p, lead)
	}
	a.emit("", "stage", "write")
	if err := a.sizePreview(ctx, p, p.Pods); err != nil {
		return err
	}
	for _, step := range steps {
		if err := a.release(ctx, step); err != nil {
			return err
		}
	}
	if p.Kind == Switch {
		revision, err := a.hold(ctx, p.Workload)
		if err == nil {
			err = a.lead(ctx, lead, appsv1.DefaultDeploymentUniqueLabelKey, revision)
		}
		if err != nil {
			return err
		}
	}
	services, err := a.openDoors(ctx, *p, lead.ours)
	if err == nil {
		err = a.sizePreview(ctx, p, b.pods(p.Beside))
	}
	if err == nil {
		err = a.wait(ctx, Objects{p.own}, services)
	}
	if err == nil {
		err = a.pass(ctx)
	}
	switch {
	case err != nil:
		return err
	case p.Kind == Switch:
		return a.goOver(ctx, p, lead)
	case b.Watch > 0:
		if err := a.prove(ctx, p, b.Watch); err != nil {
			return err
		}
		err = a.pass(ctx)
	}
	p.Traffic = TrafficAll
	a.result.Ready = err == nil
	return err
}

// openDoors makes the Services by which a preview is asked alone.
func (a *apply) openDoors(ctx context.Context, p Preview, of []corev1.Service) (Objects, error) {
	var services Objects
	for _, s := range of {
		o, err := a.previewService(p, s)
		if err == nil {
			_, err = a.bringOne(ctx, o)
		}
		if err != nil {
			return nil, err
		}
		services = append(services, o)
	}
	return services, nil
}

// goOver sends all requests to a preview. What its workload is may change again then: nobody is sent to certain pods of it.
func (a *apply) goOver(ctx context.Context, p *Preview, lead doors) error {
	if lead.traffic(p.Name) != TrafficPreview { // where they have gone already a pod may be away for a moment
		v, err := a.lookAt(ctx, p.Name)
		if err == nil && v.count().Ready == 0 {
			err = fmt.Errorf("%s has no ready pod: requests can't go there", v.object.ID())
		}
		if err != nil {
			return err
		}
	}
	if err := a.lead(ctx, lead, previewMark, p.Name); err != nil {
		return err
	}
	if err := a.arrive(ctx, p.Name, lead); err != nil {
		return err
	}
	if err := a.pauseRollout(ctx, p.Workload, false, nil); err != nil {
		return err
	}
	p.Traffic, a.result.Ready = TrafficPreview, true
	return nil
}

// released is the last release, of those that there has to be one of to put something beside it.
func (a *apply) released(ctx context.Context) (*Record, error) {
	earlier, err := a.history(ctx)
	if err != nil {
		return nil, err
	}
	if lastReady(earlier) == nil {
		return nil, fmt.Errorf("no release of %s that was ready is remembered in namespace %s: run kube apply first (make kube_apply)", a.App, a.Namespace)
	}
	return earlier[0], nil
}

// candidate is the preview of the workload that is meant, if it can have one.
func (a *apply) candidate(ctx context.Context, objects Objects, b Beside) (*Preview, error) {
	last, err := a.released(ctx)
	if err != nil {
		return nil, err
	}
	if last.open() {
		return nil, fmt.Errorf("release %d (%s) was cut off: run kube apply or kube rollback first, which puts that right", last.Number, last.Tag)
	}
	var able []*appsv1.Deployment
	var reasons []error
	for _, o := range objects {
		if b.Workload != "" && o.GetName() != b.Workload || !o.runs() || o.GetKind() == "Job" || !o.usesAny(b.Images) {
			continue
		}
		live, err := a.able(ctx, o, b)
		if err != nil {
			reasons = append(reasons, fmt.Errorf("%s can have no %s: %w", o.ID(), b.Kind, err))
			continue
		}
		able = append(able, live)
	}
	switch {
	case len(able) == 1:
		p, err := a.preview(able[0], b.Kind, b.Images)
		return &p, err
	case len(able) > 1:
		var names []string
		for _, d := range able {
			names = append(names, d.Name)
		}
		slices.Sort(names)
		return nil, &Ambiguous{names}
	case len(reasons) == 0:
		return nil, fmt.Errorf("no service %s of this environment runs an image of this repository: there is nothing to put beside it", b.Workload)
	}
	return nil, errors.Join(reasons...)
}

// Ambiguous is the error of a preview of one of several workloads.
type Ambiguous struct{ Names []string }

func (e *Ambiguous) Error() string {
	return "one service at a time, say which: --service " + strings.Join(e.Names, "|")
}
