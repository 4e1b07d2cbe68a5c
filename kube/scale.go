package kube

import (
	"context"
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Scale gives workloads another number of pods, by their names, and waits until they run. It is a release like any other: one
// at a time, remembered, undone when it fails. The next Apply brings back what the files say. Where a
// HorizontalPodAutoscaler has the say it is an error.
func (c *Cluster) Scale(ctx context.Context, objects Objects, replicas map[string]int64, o ApplyOptions) (*Result, error) {
	a := newApply(c, o)
	bounded, stop := context.WithTimeout(ctx, a.Timeout)
	defer stop()
	err := a.scale(bounded, objects, replicas)
	a.warn()
	if err != nil {
		err = a.stopped(ctx, bounded, err)
	}
	return a.result, a.redact.error(err)
}

func (a *apply) scale(ctx context.Context, objects Objects, replicas map[string]int64) error {
	if err := a.cluster.discover(ctx); err != nil {
		return err
	}
	var changed Objects
	var said, problems []error
	known := map[string]bool{}
	for _, o := range objects {
		n, wanted := replicas[o.GetName()]
		if !wanted || o.GetKind() != "Deployment" && o.GetKind() != "StatefulSet" {
			continue
		}
		if known[o.GetName()] = true; o.GetNamespace() == "" {
			o.SetNamespace(a.Namespace)
		}
		applied, err := a.applied(ctx, o)
		if err == nil {
			err = a.scalable(ctx, o)
		}
		if err != nil {
			problems = append(problems, err)
			continue
		}
		child(applied.Object, "spec")["replicas"] = n
		changed = append(changed, applied)
		said = append(said, fmt.Errorf("%s=%d", o.GetName(), n))
	}
	for _, name := range sortedKeys(replicas) {
		if !known[name] {
			problems = append(problems, fmt.Errorf("%s is no Deployment and no StatefulSet of this environment: its number of pods can't be set", name))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	a.redact = a.cluster.redactorFor(ctx, a.Namespace, changed)
	whole, err := a.withImages(ctx, changed)
	if err != nil {
		return err
	}
	return a.transact(ctx, change{objects: changed, whole: whole, note: "scaled " + strings.ReplaceAll(errors.Join(said...).Error(), "\n", " ")})
}

// scalable refuses a workload whose number of pods an autoscaler sets.
func (a *apply) scalable(ctx context.Context, o Object) error {
	list, err := a.cluster.typed.AutoscalingV2().HorizontalPodAutoscalers(o.GetNamespace()).List(ctx, metav1.ListOptions{})
	if apierrors.IsForbidden(err) {
		a.emit(o.ID(), "warning", "whether an autoscaler sets its number of pods can't be seen: "+err.Error())
		return nil
	}
	if err != nil {
		return a.cluster.advised(err)
	}
	for _, h := range list.Items {
		if h.Spec.ScaleTargetRef.Kind == o.GetKind() && h.Spec.ScaleTargetRef.Name == o.GetName() {
			low := int32(1)
			if h.Spec.MinReplicas != nil {
				low = *h.Spec.MinReplicas
			}
			return fmt.Errorf("%s: HorizontalPodAutoscaler %s keeps it between %d and %d pods and would undo this: change its minReplicas and maxReplicas in kube/ and run kube apply",
				o.ID(), h.Name, low, h.Spec.MaxReplicas)
		}
	}
	return nil
}
