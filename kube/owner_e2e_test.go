//go:build e2e

package kube

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// neighbour is another application in the namespace of a fixture, with one object.
func (f *fixture) neighbour(objects ...string) *fixture {
	other := *f
	other.files, other.events = load(f.T, small), nil
	other.files["kube/overlays/test/kustomization.yaml"] = file("namespace: " + f.namespace + "\nresources: [own.yaml]\n")
	other.files["kube/overlays/test/own.yaml"] = file(strings.Join(objects, "---\n"))
	return &other
}

func (f *fixture) releaseOf(app string, takeOver bool) (*Result, error) {
	f.Helper()
	o := f.options()
	o.App, o.Tag, o.TakeOver = app, "v1", takeOver
	return f.cluster.Apply(f.Context(), f.render("v1"), o)
}

// alias is a Service without pods.
func alias(name, labels string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: Service\nmetadata: {name: %s, labels: {%s}}\nspec: {type: ExternalName, externalName: erp.corp.example}\n", name, labels)
}

// TestTwoApplicationsInOneNamespace: what carries no label of an application, or that of a third, is the one's whose release
// brought it last.
func TestTwoApplicationsInOneNamespace(t *testing.T) {
	f := newFixture(t)
	bare, labelled := alias("bare", ""), alias("labelled", "app.kubernetes.io/name: redis")
	first, second := f.neighbour(bare, labelled), f.neighbour(bare, alias("more", ""))
	f.must(first.releaseOf("orders", false))
	if again := f.must(first.releaseOf("orders", false)); again.Written != 0 {
		t.Errorf("second apply: %v", actions(again))
	}
	if _, err := second.releaseOf("ledger", false); err == nil || !strings.Contains(err.Error(), "Service bare: it belongs to the application orders") {
		t.Fatalf("%v", err)
	}
	time.Sleep(time.Second) // the server's time has whole seconds
	f.must(second.releaseOf("ledger", true))
	if again := f.must(second.releaseOf("ledger", false)); again.Written != 0 {
		t.Errorf("apply after it was taken over: %v", actions(again))
	}
	first = f.neighbour(labelled, alias("fresh", ""))
	if got := actions(f.must(first.releaseOf("orders", false))); got["Service bare"] == deleted {
		t.Error("what the other application has taken over is deleted")
	}
	if len(first.events) == 0 || !strings.Contains(fmt.Sprint(first.events), "stays, since it belongs to the application ledger") {
		t.Errorf("%v", first.events)
	}
}

// TestLabelsOfSharedObjects: what bears another's label is the application's own in its second environment, too; another
// application's is refused, in the same namespace also where it bears one's own label.
func TestLabelsOfSharedObjects(t *testing.T) {
	f, g := newFixture(t), newFixture(t)
	name := f.namespace + "-reader"
	role := func(label string) string {
		return "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: " + name + "-" + label + ", labels: {app.kubernetes.io/name: " + label + "}}\nrules: []\n"
	}
	t.Cleanup(func() {
		for _, label := range []string{"prometheus", "orders"} {
			_ = f.cluster.typed.RbacV1().ClusterRoles().Delete(context.Background(), name+"-"+label, metav1.DeleteOptions{})
		}
	})
	f.must(f.neighbour(role("prometheus"), role("orders"), alias("mine", "app.kubernetes.io/name: ledger")).releaseOf("orders", false))
	f.must(g.neighbour(role("prometheus"), role("orders")).releaseOf("orders", false))
	if _, err := newFixture(t).neighbour(role("orders")).releaseOf("ledger", false); err == nil || !strings.Contains(err.Error(), "it belongs to the application orders") {
		t.Errorf("what another application brought in other namespaces: %v", err)
	}
	if _, err := f.neighbour(alias("mine", "app.kubernetes.io/name: ledger")).releaseOf("ledger", false); err == nil || !strings.Contains(err.Error(), "it belongs to the application orders") {
		t.Errorf("what another application's release brought with this one's label: %v", err)
	}
}

// TestSharedAtTheSameTime: of two environments that planned before the other wrote, both are noted.
func TestSharedAtTheSameTime(t *testing.T) {
	f := newFixture(t)
	name := f.namespace + "-reader"
	role := "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: " + name + "}\nrules: []\n"
	roles := f.cluster.typed.RbacV1().ClusterRoles()
	t.Cleanup(func() { _ = roles.Delete(context.Background(), name, metav1.DeleteOptions{}) })
	f.must(f.neighbour(alias("a", "")).releaseOf("ledger", false))
	for _, pair := range [][]string{{"shop-one", "shop-two"}, {"shop-three", "shop-four"}} { // that make it, and that find it
		var sides []*apply
		var plans [][]*planned
		for _, namespace := range pair {
			o := f.options()
			o.Namespace = namespace
			a := newApply(f.cluster, o)
			plan, err := a.plan(t.Context(), f.neighbour(role).render("v1"))
			f.check(err)
			sides, plans = append(sides, a), append(plans, plan)
		}
		for i, a := range sides {
			f.check(a.writeAll(t.Context(), plans[i]))
		}
		live, err := roles.Get(t.Context(), name, metav1.GetOptions{})
		f.check(err)
		for _, namespace := range pair {
			if noted := live.Annotations[namespacesAnnotation]; !strings.Contains(noted, namespace) {
				t.Errorf("%s is not in %s", namespace, noted)
			}
		}
	}
}

// TestSharedByEnvironments: what is in no namespace goes with the only environment that ever had it, is left to a person where
// several had it, and the namespace never goes.
func TestSharedByEnvironments(t *testing.T) {
	f, g := newFixture(t), newFixture(t)
	name := f.namespace + "-reader"
	role := "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: " + name + "}\nrules: [{apiGroups: [''], resources: [pods], verbs: [get]}]\n"
	roles := f.cluster.typed.RbacV1().ClusterRoles()
	t.Cleanup(func() { _ = roles.Delete(context.Background(), name, metav1.DeleteOptions{}) })
	space := func(f *fixture) string {
		return "apiVersion: v1\nkind: Namespace\nmetadata: {name: " + f.namespace + "}\n"
	}
	here, there := f.neighbour(alias("a", ""), space(f), role), g.neighbour(alias("a", ""), role)
	f.must(here.releaseOf("ledger", false))
	f.must(there.releaseOf("ledger", false))
	for _, side := range []*fixture{here, there} {
		if again := f.must(side.releaseOf("ledger", false)); again.Written != 0 {
			t.Errorf("second apply: %v", actions(again))
		}
	}
	here = f.neighbour(alias("b", ""))
	f.must(here.releaseOf("ledger", false))
	if _, err := roles.Get(t.Context(), name, metav1.GetOptions{}); err != nil {
		t.Fatalf("the other environment's: %v", err)
	}
	if told := fmt.Sprint(here.events); !strings.Contains(told, "since releases in "+g.namespace+" have brought it, too; when nobody needs it any more: kubectl --context ") || strings.Contains(told, "Namespace") {
		t.Errorf("%s", told)
	}
	there = g.neighbour(alias("b", ""))
	f.must(there.releaseOf("ledger", false))
	if told := fmt.Sprint(there.events); !strings.Contains(told, f.namespace+" have brought it, too") || !strings.Contains(told, " delete ClusterRole "+name) {
		t.Errorf("the last that drops it: %s", told)
	}
	if _, err := roles.Get(t.Context(), name, metav1.GetOptions{}); err != nil {
		t.Errorf("after the last has dropped it: %v", err)
	}
	role = strings.Replace(role, name, name+"-own", 1)
	here = f.neighbour(alias("a", ""), role)
	f.must(here.releaseOf("ledger", false))
	var events []Event
	o := DestroyOptions{Namespace: f.namespace, App: "ledger", Data: true, Agreed: func([]Outcome) (bool, error) { return true, nil },
		Events: func(e Event) { events = append(events, e) }}
	f.must(f.cluster.Destroy(t.Context(), o))
	if told := fmt.Sprint(events); strings.Count(told, "ClusterRole "+name+" warning is left over, and stays") != 1 {
		t.Errorf("what stays is told once, with the data gone, too: %s", told)
	}
	if _, err := roles.Get(t.Context(), name+"-own", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("its own: %v", err)
	}
	if n, err := f.cluster.typed.CoreV1().Namespaces().Get(t.Context(), f.namespace, metav1.GetOptions{}); err != nil || n.Status.Phase != corev1.NamespaceActive {
		t.Errorf("the namespace: %v", err)
	}
}
