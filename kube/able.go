package kube

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// able is a workload as it runs, if pods of another image may run beside its own; otherwise the error says why not.
func (a *apply) able(ctx context.Context, o Object, b Beside) (*appsv1.Deployment, error) {
	if o.GetKind() != "Deployment" {
		return nil, fmt.Errorf("only a Deployment's pods are alike and have nothing of their own, a %s's are not", o.GetKind())
	}
	if o.GetNamespace() == "" {
		o.SetNamespace(a.Namespace)
	}
	applied, err := a.applied(ctx, o)
	if err != nil {
		return nil, err
	}
	if !applied.usesAny(b.Images) && !a.Force {
		return nil, errors.New("its image has been set by somebody else than migrate: take it over with --force-conflicts")
	}
	live, object, lead, err := a.workload(ctx, o.GetName())
	if err != nil {
		return nil, err
	}
	next := object.copy()
	next.replaceTag(b.Images, a.Tag)
	switch {
	case slices.Equal(next.images(), object.images()):
		return nil, fmt.Errorf("it runs %s already", a.Tag)
	case live.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType:
		return nil, errors.New("its strategy is Recreate: pods of two images must not run at once")
	case len(lead.ours) == 0:
		return nil, errors.New("no Service that migrate applied leads to its pods, so there are no requests to send elsewhere: kube deploy ships it")
	case b.Kind == Switch && len(lead.others) > 0:
		return nil, fmt.Errorf("there is Service %s too that leads to its pods, which migrate didn't apply: requests by it would reach the preview before it is judged", strings.Join(lead.others, ", "))
	case live.Spec.Paused:
		return nil, errors.New("its rollout is paused: kubectl rollout resume deployment " + live.Name)
	case wanted(live) == 0:
		return nil, errors.New("it has no pods: kube deploy ships it")
	}
	if err := a.volumesShared(ctx, live.Spec.Template.Spec.Volumes); err != nil {
		return nil, err
	}
	v, err := a.lookAt(ctx, live.Name)
	if err != nil {
		return nil, err
	}
	if !v.up() || v.old > 0 {
		return nil, fmt.Errorf("it is not ready, or its rollout has not ended (%d of %d pods ready, %d of before): see migrate kube status", v.count().Ready, wanted(live), v.old)
	}
	return live, nil
}

// volumesShared refuses volumes that pods on one node only, or one pod, may have.
func (a *apply) volumesShared(ctx context.Context, volumes []corev1.Volume) error {
	for _, volume := range volumes {
		if volume.PersistentVolumeClaim == nil {
			continue
		}
		name := volume.PersistentVolumeClaim.ClaimName
		claim, err := a.cluster.typed.CoreV1().PersistentVolumeClaims(a.Namespace).Get(ctx, name, metav1.GetOptions{})
		if apierrors.IsForbidden(err) {
			return fmt.Errorf("whether its volume claim %s can be shared can't be seen: %w", name, a.cluster.advised(err))
		}
		if err != nil {
			return a.cluster.advised(err)
		}
		shared := slices.ContainsFunc(claim.Spec.AccessModes, func(m corev1.PersistentVolumeAccessMode) bool {
			return m == corev1.ReadWriteMany || m == corev1.ReadOnlyMany
		})
		if !shared {
			return fmt.Errorf("its volume claim %s is for one node alone (%v)", name, claim.Spec.AccessModes)
		}
	}
	return nil
}
