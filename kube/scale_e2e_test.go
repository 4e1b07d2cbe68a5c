//go:build e2e

package kube

import (
	"strings"
	"testing"

	autoscaling "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestScale(t *testing.T) {
	kubelet(t)
	f := newFixture(t)
	f.must(f.release("v1"))
	o := f.options()
	o.App, o.Tag = "ledger", "v1"
	f.must(f.cluster.Scale(t.Context(), f.render(""), map[string]int64{"web": 2}, o))
	if d := f.deployment(); *d.Spec.Replicas != 2 || d.Status.ReadyReplicas != 2 {
		t.Errorf("%+v", d.Status)
	}
	if h := f.history(); h[0].Note != "scaled web=2" || len(h[0].objects) != len(h[1].objects) {
		t.Errorf("%+v", h[0])
	}
	if _, err := f.cluster.Scale(t.Context(), f.render(""), map[string]int64{"wob": 2}, o); err == nil || !strings.HasPrefix(err.Error(), "wob is no Deployment") {
		t.Errorf("%v", err)
	}
	target := autoscaling.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "web"}
	hpa := &autoscaling.HorizontalPodAutoscaler{ObjectMeta: metav1.ObjectMeta{Name: "busy"}, Spec: autoscaling.HorizontalPodAutoscalerSpec{ScaleTargetRef: target, MaxReplicas: 4}}
	if _, err := f.cluster.typed.AutoscalingV2().HorizontalPodAutoscalers(f.namespace).Create(t.Context(), hpa, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.cluster.Scale(t.Context(), f.render(""), map[string]int64{"web": 3}, o); err == nil || !strings.Contains(err.Error(), "HorizontalPodAutoscaler busy keeps it between 1 and 4 pods") {
		t.Errorf("%v", err)
	}
}

func TestDestroy(t *testing.T) {
	kubelet(t)
	f := newFixture(t)
	f.change("kube/base/kustomization.yaml", "  - tidy.yaml\n", "  - tidy.yaml\n  - disk.yaml\n")
	f.files["kube/base/disk.yaml"] = file("apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: disk}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n")
	f.must(f.release("v1"))
	other := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "theirs"}}
	if _, err := f.cluster.typed.CoreV1().ConfigMaps(f.namespace).Create(t.Context(), other, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	var asked []Outcome
	say := false
	o := DestroyOptions{Namespace: f.namespace, App: "ledger", Agreed: func(objects []Outcome) (bool, error) { asked = objects; return say, nil }}
	if result, err := f.cluster.Destroy(t.Context(), o); err != nil || result.Written != 0 || len(asked) < 5 || len(f.history()) != 1 {
		t.Fatalf("not agreed: %v, %d written, asked about %v", err, result.Written, asked)
	}
	say = true
	result := f.must(f.cluster.Destroy(t.Context(), o))
	if result.Written != len(asked) || len(f.history()) != 0 {
		t.Errorf("%d written, asked about %v, %d releases are remembered", result.Written, asked, len(f.history()))
	}
	if _, err := f.cluster.typed.AppsV1().Deployments(f.namespace).Get(t.Context(), "web", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("the Deployment: %v", err)
	}
	if _, err := f.cluster.typed.CoreV1().ConfigMaps(f.namespace).Get(t.Context(), "theirs", metav1.GetOptions{}); err != nil {
		t.Errorf("what is not ours: %v", err)
	}
	if _, err := f.cluster.typed.CoreV1().PersistentVolumeClaims(f.namespace).Get(t.Context(), "disk", metav1.GetOptions{}); err != nil {
		t.Errorf("what holds data: %v", err)
	}
	if _, err := f.cluster.Destroy(t.Context(), o); err == nil || !strings.Contains(err.Error(), "remembers no release of ledger") {
		t.Errorf("once more: %v", err)
	}
}
