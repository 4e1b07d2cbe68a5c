package kube

import (
	"context"
	"errors"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const deleted = "deleted"

// neverPruned are kinds whose deletion loses data or takes others along. They are named and left to a person.
var neverPruned = map[string]bool{"Namespace": true, "CustomResourceDefinition": true, "PersistentVolumeClaim": true, "PersistentVolume": true}

// leftover lists what other releases brought and the wanted objects don't have, in the order in which it can go: what sends
// traffic first. ConfigMaps and Secrets stay while an earlier release that can be gone back to uses them.
func leftover(wanted Objects, earlier, brought []*Record) Objects {
	keep := map[string]bool{}
	for _, o := range wanted {
		keep[o.key()] = true
	}
	young, _ := remembered(earlier)
	for _, r := range young {
		if r.State != stateReady {
			continue
		}
		for _, o := range r.objects {
			if o.is("", "ConfigMap") || o.is("", "Secret") {
				keep[o.key()] = true
			}
		}
	}
	var gone Objects
	for _, r := range brought {
		for _, o := range r.objects {
			if !keep[o.key()] {
				keep[o.key()] = true
				gone = append(gone, o.copy())
			}
		}
	}
	gone.sortForApply()
	slices.Reverse(gone)
	return gone
}

// remains are those of the objects left over that are in the cluster and may be deleted: what migrate itself applied, by the
// server's own account, and what holds no data. tell names those that stay.
func (a *apply) remains(ctx context.Context, gone Objects, tell bool) ([]*planned, error) {
	return a.leftBehind(ctx, gone, tell, false)
}

// leftBehind is remains with what holds data, too, where data says so.
func (a *apply) leftBehind(ctx context.Context, gone Objects, tell, data bool) ([]*planned, error) {
	found := make([]*planned, len(gone))
	problems := make([]error, len(gone))
	each(len(gone), func(i int) {
		o := gone[i]
		client, err := a.resource(o)
		if meta.IsNoMatchError(err) {
			return // its kind is gone, and so is it
		}
		var live *unstructured.Unstructured
		if err == nil {
			live, err = client.Get(ctx, o.GetName(), metav1.GetOptions{})
		}
		switch {
		case apierrors.IsNotFound(err) || err == nil && live.GetDeletionTimestamp() != nil:
		case err != nil:
			problems[i] = fmt.Errorf("%s, which is left over: %w", o.ID(), a.cluster.advised(err))
		default:
			found[i] = &planned{Object: o, client: client, live: live, everywhere: a.everywhere(o)}
		}
	})
	var remains []*planned
	for _, p := range found {
		if p == nil || p.is("", "Namespace") && p.GetName() == a.Namespace { // which is not the application's alone
			continue
		}
		why, err := a.staying(ctx, p, data)
		switch {
		case err != nil:
			problems = append(problems, err)
		case why == "":
			remains = append(remains, p)
		case tell:
			a.emit(p.ID(), "warning", "is left over, and stays, "+why)
		}
	}
	return remains, errors.Join(problems...)
}

// staying says why an object that is left over is not deleted, empty where it is.
func (a *apply) staying(ctx context.Context, p *planned, data bool) (string, error) {
	switch {
	case !appliedByUs(p.live.GetManagedFields()):
		return "since somebody else made it anew", nil
	case neverPruned[p.GetKind()] && !data:
		return fmt.Sprintf("since it may hold data: kubectl --context %s -n %s delete %s %s", a.cluster.Context, p.GetNamespace(), p.GetKind(), p.GetName()), nil
	}
	if others := a.sharing(p); others != "" {
		return others, nil
	}
	owner, err := a.ownerOf(ctx, p.live)
	if owner != "" {
		owner = "since it belongs to " + owner
	}
	return owner, err
}

// prune deletes what is left over, exactly the objects that were looked at: one of the same name that somebody has made
// since stays.
func (a *apply) prune(ctx context.Context, remains []*planned) error {
	for _, p := range remains {
		if err := unhindered(func() error { return p.remove(ctx) }); err != nil {
			return fmt.Errorf("%s, which is left over: %w", p.ID(), a.cluster.advised(err))
		}
		a.done(p.Object, deleted)
	}
	return nil
}

// remove deletes the very object that was looked at, whichever way it goes.
func (p *planned) remove(ctx context.Context) error {
	uid, background := p.live.GetUID(), metav1.DeletePropagationBackground
	err := p.client.Delete(ctx, p.GetName(), metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}, PropagationPolicy: &background})
	if apierrors.IsConflict(err) {
		live, e := p.client.Get(ctx, p.GetName(), metav1.GetOptions{})
		if apierrors.IsNotFound(e) || e == nil && live.GetUID() != uid {
			return nil // somebody has made another one since
		}
	}
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

func appliedByUs(fields []metav1.ManagedFieldsEntry) bool {
	for _, f := range fields {
		if f.Manager == Manager && f.Operation == metav1.ManagedFieldsOperationApply {
			return true
		}
	}
	return false
}
