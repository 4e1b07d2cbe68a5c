//go:build e2e

package kube

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A deploy leaves configuration alone, whatever the files say by then.
func TestDeployShipsOnlyTheImage(t *testing.T) {
	f := newFixture(t)
	f.play("web", running)
	f.must(f.apply())
	f.change("kube/base/kustomization.yaml", "LOG_LEVEL=info", "LOG_LEVEL=debug")
	f.change("kube/base/web.yaml", "replicas: 1", "replicas: 3")
	before, err := f.cluster.typed.AppsV1().Deployments(f.namespace).Get(t.Context(), "web", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	f.must(f.cluster.Deploy(t.Context(), f.render("v2"), map[string]string{"local/hello": ""}, "v2", f.options()))
	after, err := f.cluster.typed.AppsV1().Deployments(f.namespace).Get(t.Context(), "web", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := after.Spec.Template.Spec.Containers[0].Image; got != "local/hello:v2" {
		t.Errorf("image %s", got)
	}
	after.Spec.Template.Spec.Containers[0].Image = before.Spec.Template.Spec.Containers[0].Image
	if !equality.Semantic.DeepEqual(before.Spec, after.Spec) {
		t.Errorf("more than the image has changed:\n%+v\n%+v", before.Spec, after.Spec)
	}
}

// Who has set an image by hand owns it, and the deploy must not say that its own runs.
func TestDeployMeetsAnImageSetByHand(t *testing.T) {
	kubelet(t)
	f := newFixture(t)
	f.must(f.release("v1"))
	f.kubectl("", "set", "image", "deployment/web", "web=local/hello:hot")
	o, images := f.options(), map[string]string{"local/hello": ""}
	o.App, o.Tag = "ledger", "v2"
	if _, err := f.cluster.Deploy(t.Context(), f.render("v2"), images, "v2", o); err == nil ||
		!strings.Contains(err.Error(), `others own fields of it: spec.template.spec.containers[name="web"].image (kubectl-set)`) {
		t.Fatalf("%v", err)
	}
	f.must(f.cluster.Scale(t.Context(), f.render(""), map[string]int64{"web": 2}, o))
	for _, r := range f.history()[0].objects {
		if r.ID() == "Deployment web" && !r.usesAny(images) {
			t.Error("the release that scaled remembers no image")
		}
	}
	o.Force = true
	f.must(f.cluster.Deploy(t.Context(), f.render("v2"), images, "v2", o))
	if got := f.deployment().Spec.Template.Spec.Containers[0].Image; got != "local/hello:v2" {
		t.Errorf("image %s", got)
	}
}

// What a release brought that was rolled back is no part of the next one.
func TestDeployAfterARollback(t *testing.T) {
	kubelet(t)
	f := newFixture(t)
	f.must(f.release("v1"))
	f.change("kube/base/kustomization.yaml", "LOG_LEVEL=info", "LOG_LEVEL=debug")
	if _, err := f.release("bad"); err == nil {
		t.Fatal("it is ready")
	}
	o := f.options()
	o.App, o.Tag = "ledger", "v3"
	f.must(f.cluster.Deploy(t.Context(), f.render("v3"), map[string]string{"local/hello": ""}, "v3", o))
	all := f.history()
	if differ := all[0].Differs(all[2]); strings.Join(differ, ", ") != "CronJob tidy, Deployment web" {
		t.Errorf("%s differs from v1 in %v", states(all), differ)
	}
}

func TestDeployNeedsAnApply(t *testing.T) {
	f := newFixture(t)
	_, err := f.cluster.Deploy(t.Context(), f.render("v2"), map[string]string{"local/hello": ""}, "v2", f.options())
	if err == nil || !strings.Contains(err.Error(), "Deployment web isn't in namespace") || !strings.Contains(err.Error(), "make kube_apply") {
		t.Errorf("%v", err)
	}
}
