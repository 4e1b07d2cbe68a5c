package kube

import (
	"context"
	"errors"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
)

// Withdraw ends a preview: all requests go to the pods that ran before, at once, and then it is taken away. Where none stands
// nothing is left of one either. The result's Preview is nil then.
func (c *Cluster) Withdraw(ctx context.Context, kind PreviewKind, o ApplyOptions) (*Result, *Preview, error) {
	var was *Preview
	result, err := c.staged(ctx, o, func(ctx context.Context, a *apply) error {
		return a.exclusively(ctx, func(ctx context.Context, p *Preview) error {
			if p == nil {
				return a.clearLoose(ctx)
			}
			if was = p; p.Kind != kind {
				return &Standing{Preview: *p, Environment: a.Environment}
			}
			if err := a.unfinished(ctx, p); err != nil {
				return err
			}
			return a.withdraw(ctx, p)
		})
	})
	return result, was, err
}

// Promote ends a preview by making its image the release: it is deployed as Deploy does it, to all that runs the images, the
// requests go to these pods, and then the preview is taken away. A release that fails is undone, and the preview stands.
func (c *Cluster) Promote(ctx context.Context, objects Objects, kind PreviewKind, o ApplyOptions) (*Result, *Preview, error) {
	var was *Preview
	result, err := c.staged(ctx, o, func(ctx context.Context, a *apply) error {
		err := a.exclusively(ctx, func(ctx context.Context, p *Preview) (err error) {
			was, err = p, a.promotable(ctx, p, kind)
			return err
		})
		if err != nil {
			return err
		}
		a.ending, a.Tag, a.Commit = was, was.Tag, was.Commit
		if err := a.deploy(ctx, objects, was.images, was.Tag); err != nil {
			return err
		}
		return a.exclusively(ctx, func(ctx context.Context, p *Preview) error {
			if p == nil || !p.is(was) { // somebody else has ended it meanwhile
				return nil
			}
			return a.takePlace(ctx, p)
		})
	})
	return result, was, err
}

// ErrNothingStands is the error of an end of a preview that has ended.
var ErrNothingStands = errors.New("no preview stands: there is nothing to finish")

// promotable says whether a preview may become the release, and lets the rollout of its workload go on.
func (a *apply) promotable(ctx context.Context, p *Preview, kind PreviewKind) error {
	if p == nil {
		return fmt.Errorf("namespace %s: %w", a.Namespace, ErrNothingStands)
	}
	if p.Kind != kind {
		return &Standing{Preview: *p, Environment: a.Environment}
	}
	live, object, err := a.deployment(ctx, p.Workload)
	if err != nil {
		return err
	}
	if p.Pods > 0 && wanted(live) == 0 {
		return a.withoutPods(p)
	}
	lead, err := a.doors(ctx, live.Spec.Template.Labels)
	if err != nil {
		return err
	}
	next := object.copy()
	next.replaceTag(p.images, p.Tag)
	begun := slices.Equal(next.images(), object.images()) // its release has begun
	served := p.Pods > 0 && (kind == Canary || lead.traffic(p.Name) == TrafficPreview)
	if !begun && !served {
		return &Standing{Preview: *p, Environment: a.Environment,
			Why: fmt.Sprintf("it was cut off before its pods got any request: migrate kube %s --tag %s --env %s goes on, migrate kube %s --back --env %s takes it away", kind, p.Tag, a.Environment, kind, a.Environment)}
	}
	switch lead.traffic(p.Name) { // a run that was cut off may have left one Service behind the others
	case TrafficHeld:
		err = a.lead(ctx, lead, "", "")
	case TrafficPreview:
		err = a.lead(ctx, lead, previewMark, p.Name)
	}
	if err != nil {
		return err
	}
	return a.pauseRollout(ctx, p.Workload, false, nil)
}

// withoutPods is the error of an end of a preview whose workload was told to have no pods.
func (a *apply) withoutPods(p *Preview) error {
	return &Standing{Preview: *p, Environment: a.Environment,
		Why: fmt.Sprintf("%s wants no pods, and nobody would be there for requests: first kubectl --context %s -n %s scale deployment %s --replicas %d",
			p.Workload, a.cluster.Context, a.Namespace, p.Workload, p.Pods)}
}

// takePlace sends the requests to the pods of the workload, which run the preview's image by now.
func (a *apply) takePlace(ctx context.Context, p *Preview) error {
	lead, err := a.doorsOf(ctx, p)
	if err != nil {
		return err
	}
	if err := a.lead(ctx, lead, "", ""); err != nil {
		return err
	}
	if err := a.arrive(ctx, p.Workload, lead); err != nil {
		return err
	}
	return a.clearAway(ctx, p, lead)
}

// doorsOf are the Services that lead to a preview or to what it is a preview of.
func (a *apply) doorsOf(ctx context.Context, p *Preview) (doors, error) {
	template, _, _ := unstructured.NestedStringMap(p.own.Object, "spec", "template", "metadata", "labels")
	return a.doors(ctx, template)
}

// releaseOf is the newest release that began to take the place of a preview; nil where none did. While a preview stands there
// is no other one. The server's time counts on both sides.
func releaseOf(p *Preview, earlier []*Record) *Record {
	i := slices.IndexFunc(earlier, func(r *Record) bool {
		return r.open() || r.Tag == p.Tag && !r.kept.CreationTimestamp.Time.Before(p.Since)
	})
	if i < 0 {
		return nil
	}
	return earlier[i]
}

// unfinished undoes a release that failed, or whose run was cut off, while it took the place of a preview. One that has come to
// its end is undone where none of its pods is ready any more; otherwise they are all that the workload has.
func (a *apply) unfinished(ctx context.Context, p *Preview) error {
	earlier, err := a.history(ctx)
	if err != nil {
		return err
	}
	failed := releaseOf(p, earlier)
	if failed == nil || failed.State == stateRolledBack {
		return nil
	}
	to := lastReady(slices.DeleteFunc(slices.Clone(earlier), func(r *Record) bool { return r == failed }))
	if to == nil {
		return nil
	}
	if failed.State == stateReady {
		if err := a.fallen(ctx, p, failed); err != nil {
			return err
		}
	}
	a.emit("", "resume", failed.text()+"; what ran before comes back")
	a.redact = a.cluster.redactorFor(ctx, a.Namespace, to.objects)
	back := newApply(a.cluster, a.ApplyOptions)
	back.redact, back.ending = a.redact, p
	if err := back.bring(ctx, to, failed, earlier); err != nil {
		return err
	}
	a.result.Written += back.result.Written
	return a.mark(ctx, failed, stateRolledBack)
}

// fallen has a release that took the place of a preview no longer count as one that ended well, which it may only where none
// of its pods is ready.
func (a *apply) fallen(ctx context.Context, p *Preview, r *Record) error {
	live, _, err := a.deployment(ctx, p.Workload)
	if err != nil {
		return err
	}
	if wanted(live) == 0 {
		return a.withoutPods(p)
	}
	ready := int64(0)
	for range 3 { // a pod may be away for a moment
		v, err := a.lookAt(ctx, p.Workload)
		if err != nil {
			return err
		}
		if ready = int64(v.count().Ready); ready > 0 {
			break
		}
		if err := pause(ctx, a.cluster.pace.look); err != nil {
			return err
		}
	}
	if ready > 0 {
		return &Standing{Preview: *p, Environment: a.Environment,
			Why: fmt.Sprintf("%s is the release already: migrate kube %s --finish --env %s ends the %s, and then migrate kube rollback --env %s brings back what ran before",
				p.Tag, p.Kind, a.Environment, p.Kind, a.Environment)}
	}
	return a.mark(ctx, r, stateUndoing)
}

// withdraw takes a preview away, whatever of it there is.
func (a *apply) withdraw(ctx context.Context, p *Preview) error {
	lead, err := a.doorsOf(ctx, p)
	if err != nil {
		return err
	}
	if _, _, err := a.deployment(ctx, p.Workload); err != nil {
		return fmt.Errorf("%w; its preview goes with: kubectl --context %s -n %s delete deployment %s", err, a.cluster.Context, a.Namespace, p.Name)
	}
	if lead.traffic(p.Name) == TrafficPreview {
		revision, err := a.hold(ctx, p.Workload)
		if err == nil {
			err = a.lead(ctx, lead, appsv1.DefaultDeploymentUniqueLabelKey, revision)
		}
		if err == nil {
			err = a.arrive(ctx, p.Workload, lead)
		}
		if err != nil {
			return err
		}
		a.emit("", "rollback", fmt.Sprintf("all requests go to what ran before of %s", p.Workload))
	}
	return a.clearAway(ctx, p, lead)
}

// clearAway deletes a preview that nobody is sent to, or whose pods are like those beside it. Its Deployment goes last, as it
// is what says that there is something to clear away.
func (a *apply) clearAway(ctx context.Context, p *Preview, lead doors) error {
	if err := a.sizePreview(ctx, p, 0); err != nil {
		return err
	}
	if err := a.emptied(ctx, p.Name); err != nil {
		return err
	}
	if err := a.lead(ctx, lead, "", ""); err != nil {
		return err
	}
	if err := a.pauseRollout(ctx, p.Workload, false, nil); err != nil {
		return err
	}
	gone, err := a.previewObjects(ctx, p.Name)
	if err == nil {
		err = a.prune(ctx, gone)
	}
	a.result.Ready = err == nil
	return err
}

// emptied waits until all pods of a preview are on their way out: they finish what they have begun, and get no more. Those that
// have ended by themselves stay until their Deployment goes, as nobody counts them any more.
func (a *apply) emptied(ctx context.Context, name string) error {
	for {
		list, err := a.cluster.typed.CoreV1().Pods(a.Namespace).List(ctx, metav1.ListOptions{LabelSelector: previewMark + "=" + name})
		if err != nil {
			return a.cluster.advised(err)
		}
		left := 0
		for _, pod := range list.Items {
			over := pod.Status.Phase == corev1.PodFailed || pod.Status.Phase == corev1.PodSucceeded
			if pod.DeletionTimestamp == nil && !over {
				left++
			}
		}
		if left == 0 {
			return nil
		}
		if err := pause(ctx, a.cluster.pace.soon()); err != nil {
			return err
		}
	}
}

// previewObjects are the objects of a preview in the order in which they go; of all previews where the name is empty.
func (a *apply) previewObjects(ctx context.Context, name string) ([]*planned, error) {
	selector := previewMark
	if name != "" {
		selector += "=" + name
	}
	selector += ",app.kubernetes.io/managed-by=" + Manager + ",app.kubernetes.io/name=" + a.App
	var all []*planned
	for _, kind := range []struct{ version, kind string }{{"v1", "Service"}, {"apps/v1", "Deployment"}} {
		o := Object{Unstructured: &unstructured.Unstructured{}}
		o.SetAPIVersion(kind.version)
		o.SetKind(kind.kind)
		client, err := a.resource(o)
		if err != nil {
			return nil, a.cluster.advised(err)
		}
		list, err := client.List(ctx, metav1.ListOptions{LabelSelector: selector})
		if err != nil {
			return nil, fmt.Errorf("the objects of previews: %w", a.cluster.advised(err))
		}
		for i := range list.Items {
			live := &list.Items[i]
			all = append(all, &planned{Object: Object{Unstructured: live}, client: client, live: live})
		}
	}
	return all, nil
}

// clearLoose mends what is left of a preview that was taken away by hand, and deletes the Services by which it was asked.
func (a *apply) clearLoose(ctx context.Context) error {
	if err := a.mendLoose(ctx); err != nil {
		return err
	}
	left, err := a.previewObjects(ctx, "")
	if err != nil {
		return err
	}
	return a.prune(ctx, left)
}

// mendHeld is mendLoose where a rollout that is to be written is held back, as no preview stands.
func (a *apply) mendHeld(ctx context.Context, plan []*planned) error {
	if slices.ContainsFunc(plan, func(p *planned) bool { return p.live != nil && heldBack(Object{Unstructured: p.live}) }) {
		return a.mendLoose(ctx)
	}
	return nil
}

// mendLoose has Services lead to all pods again, and rollouts go on, where a preview was taken away by hand. What a preview of
// another application stands on is left alone.
func (a *apply) mendLoose(ctx context.Context) error {
	deployments, err := a.cluster.typed.AppsV1().Deployments(a.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return a.cluster.advised(err)
	}
	others, err := stagesOf(deployments.Items)
	if err != nil {
		return err
	}
	services, err := a.cluster.typed.CoreV1().Services(a.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return a.cluster.advised(err)
	}
	for _, s := range services.Items {
		pinned := appliedByUs(s.ManagedFields) && len(withoutPins(s.Spec.Selector)) < len(s.Spec.Selector)
		if s.Labels[previewMark] == "" && pinned && !others.reachedBy(s.Spec.Selector) {
			if err := a.leadOne(ctx, s.Name, "", "", nil); err != nil {
				return err
			}
		}
	}
	for _, d := range deployments.Items {
		if d.Annotations[heldAnnotation] != "" && !others.workloads[d.Name] {
			if err := a.pauseRollout(ctx, d.Name, false, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// stages are the previews of a namespace, whatever application they are of, with what they are beside.
type stages struct {
	workloads map[string]bool     // that have one
	templates []map[string]string // the labels of their pods, and of those of the previews
}

func stagesOf(deployments []appsv1.Deployment) (stages, error) {
	found := stages{workloads: map[string]bool{}}
	for i := range deployments {
		d := &deployments[i]
		if d.Labels[previewMark] == "" || d.Labels["app.kubernetes.io/managed-by"] != Manager {
			continue
		}
		p, err := readPreview(d)
		if err != nil {
			return found, err
		}
		found.workloads[p.Workload] = true
		found.templates = append(found.templates, d.Spec.Template.Labels)
	}
	for _, d := range deployments {
		if found.workloads[d.Name] {
			found.templates = append(found.templates, d.Spec.Template.Labels)
		}
	}
	return found, nil
}

// reachedBy says whether a Service with a selector leads to pods of one of them, wherever exactly it leads now.
func (s stages) reachedBy(selector map[string]string) bool {
	plain := labels.Set(withoutPins(selector)).AsSelector()
	return slices.ContainsFunc(s.templates, func(template map[string]string) bool { return plain.Matches(labels.Set(template)) })
}
