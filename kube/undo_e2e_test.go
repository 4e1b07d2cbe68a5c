//go:build e2e

package kube

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// TestUndoneStepsDoNotRunLater: a release step that waits for its image goes with the release that is undone.
func TestUndoneStepsDoNotRunLater(t *testing.T) {
	f := newFixture(t)
	f.change("kube/base/kustomization.yaml", "  - tidy.yaml\n", "  - tidy.yaml\n  - upgrade.yaml\n")
	f.play("web", running)
	stop := f.play("upgrade", succeeded)
	f.must(f.release("v1"))
	stop()
	stop = f.play("upgrade", strings.Replace(badImage, `"name":"web"`, `"name":"upgrade"`, 1))
	var back *RolledBack
	if _, err := f.release("v2"); !errors.As(err, &back) {
		t.Fatalf("%v", err)
	}
	if _, err := f.cluster.typed.BatchV1().Jobs(f.namespace).Get(t.Context(), "upgrade", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("the release step that has not begun: %v", err)
	}
	all, err := f.cluster.Status(t.Context(), f.render("v2"), f.namespace)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.Bad() {
			t.Errorf("%+v", s)
		}
	}
	stop()
	f.play("upgrade", succeeded)
	o := f.options()
	o.App, o.Tag = "ledger", "v3"
	result := f.must(f.cluster.Deploy(t.Context(), f.render("v3"), map[string]string{"local/hello": ""}, "v3", o))
	if got := actions(result); got["Job upgrade"] != created || got["Deployment web"] != configured {
		t.Errorf("deploy: %v", got)
	}
}

// TestUndoneStepsAtWorkStay: a release step that runs is left to its end, also where the release before does not have it.
func TestUndoneStepsAtWorkStay(t *testing.T) {
	f := newFixture(t)
	f.play("web", running)
	f.must(f.release("v1"))
	f.change("kube/base/kustomization.yaml", "  - tidy.yaml\n", "  - tidy.yaml\n  - upgrade.yaml\n")
	f.play("upgrade", strings.Replace(running, `"name":"web"`, `"name":"upgrade"`, 1))
	for _, tag := range []string{"v2", "v3"} { // the second finds the Job of the first
		o := f.options()
		o.App, o.Tag, o.Timeout = "ledger", tag, 6*time.Second
		var back *RolledBack
		if _, err := f.cluster.Apply(t.Context(), f.render(tag), o); !errors.As(err, &back) {
			t.Fatalf("%s: %v", tag, err)
		}
		if _, err := f.cluster.typed.BatchV1().Jobs(f.namespace).Get(t.Context(), "upgrade", metav1.GetOptions{}); err != nil {
			t.Fatalf("%s: the release step that is at work: %v", tag, err)
		}
	}
	if said := fmt.Sprint(f.events); !strings.Contains(said, "Job upgrade warning still runs, and is left to come to its end") {
		t.Errorf("%s", said)
	}
}

// TestUndoneOverOthers: what somebody has set while the failed release left it free is as it was before.
func TestUndoneOverOthers(t *testing.T) {
	kubelet(t)
	f := newFixture(t)
	f.must(f.release("v1"))
	f.change("kube/base/web.yaml", "  replicas: 1\n", "")
	o := f.options()
	o.App, o.Tag = "ledger", "v2"
	o.Gate = func(ctx context.Context, _ *Cluster, _ func(string, string)) []Failure {
		f.kubectl("", "patch", "deployment/web", "-p", `{"spec":{"replicas":3}}`)
		return []Failure{{Workload: "Service web", Reason: SmokeFailed, Cause: "it answers 500"}}
	}
	var back *RolledBack
	if _, err := f.cluster.Apply(t.Context(), f.render("v2"), o); !errors.As(err, &back) {
		t.Fatalf("%v", err)
	}
	if n := *f.deployment().Spec.Replicas; n != 1 {
		t.Errorf("%d pods are wanted", n)
	}
}

// TestUndoneUnderOthers: what somebody had set before the failed release began is as they set it, taken by force or not.
func TestUndoneUnderOthers(t *testing.T) {
	f := newFixture(t)
	f.play("web", running)
	f.must(f.release("v1"))
	f.scaleByHand(2)
	o := f.options()
	o.App, o.Tag = "ledger", "v2"
	o.Gate = func(context.Context, *Cluster, func(string, string)) []Failure {
		return []Failure{{Workload: "Service web", Reason: SmokeFailed, Cause: "it answers 500"}}
	}
	var back *RolledBack
	if _, err := f.cluster.Deploy(t.Context(), f.render("v2"), map[string]string{"local/hello": ""}, "v2", o); !errors.As(err, &back) {
		t.Fatalf("%v", err)
	}
	if d := f.deployment(); *d.Spec.Replicas != 2 || d.Spec.Template.Spec.Containers[0].Image != "local/hello:v1" {
		t.Errorf("after the deploy: %d pods of %s", *d.Spec.Replicas, d.Spec.Template.Spec.Containers[0].Image)
	}
	o.Tag, o.Force = "v3", true
	if _, err := f.cluster.Apply(t.Context(), f.render("v3"), o); !errors.As(err, &back) {
		t.Fatalf("%v", err)
	}
	if d := f.deployment(); *d.Spec.Replicas != 2 || d.Spec.Template.Spec.Containers[0].Image != "local/hello:v1" {
		t.Errorf("after the apply that took it: %d pods of %s", *d.Spec.Replicas, d.Spec.Template.Spec.Containers[0].Image)
	}
}

// scaleByHand is kubectl scale.
func (f *fixture) scaleByHand(n int) {
	f.Helper()
	_, err := f.cluster.typed.AppsV1().Deployments(f.namespace).Patch(f.Context(), "web", types.MergePatchType, fmt.Appendf(nil, `{"spec":{"replicas":%d}}`, n),
		metav1.PatchOptions{FieldManager: "kubectl"}, "scale")
	f.check(err)
}
