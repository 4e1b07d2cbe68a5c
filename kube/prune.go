package kube

import (
	"context"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
	for i, r := range earlier {
		if i+1 >= kept {
			break
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

// prune deletes objects that earlier releases brought and this one lacks. Only what migrate itself applied, by the server's
// own account, and exactly the object that was looked at: one of the same name that somebody made since stays.
func (a *apply) prune(ctx context.Context, gone Objects) error {
	for _, o := range gone {
		client, err := a.resource(o)
		if meta.IsNoMatchError(err) {
			continue // its kind is gone, and so is it
		}
		if err != nil {
			return a.cluster.unreachable(err)
		}
		live, err := client.Get(ctx, o.GetName(), metav1.GetOptions{})
		switch {
		case apierrors.IsNotFound(err) || err == nil && live.GetDeletionTimestamp() != nil:
			continue
		case err != nil:
			return fmt.Errorf("%s, which is left over: %w", o.ID(), a.cluster.unreachable(err))
		case !appliedByUs(live.GetManagedFields()):
			a.emit(o.ID(), "warning", "is left over, and stays, since somebody else made it anew")
			continue
		case neverPruned[o.GetKind()]:
			a.emit(o.ID(), "warning", fmt.Sprintf("is left over, and stays, since it may hold data: kubectl --context %s -n %s delete %s %s", a.cluster.Context, o.GetNamespace(), o.GetKind(), o.GetName()))
			continue
		}
		if !a.lease.safe() {
			return errLeaseLost
		}
		uid, background := live.GetUID(), metav1.DeletePropagationBackground
		err = client.Delete(ctx, o.GetName(), metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}, PropagationPolicy: &background})
		if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
			return fmt.Errorf("%s, which is left over: %w", o.ID(), a.cluster.unreachable(err))
		}
		a.done(o, deleted)
	}
	return nil
}

func appliedByUs(fields []metav1.ManagedFieldsEntry) bool {
	for _, f := range fields {
		if f.Manager == Manager && f.Operation == metav1.ManagedFieldsOperationApply {
			return true
		}
	}
	return false
}
