//go:build e2e

package kube

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const gadgets = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.GROUP}
spec:
  group: GROUP
  names: {kind: Gadget, listKind: GadgetList, plural: gadgets, singular: gadget}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}
---
apiVersion: GROUP/v1
kind: Gadget
metadata: {name: first}
spec: {size: 3}
`

// TestDefinitionAndItsKind: a kind and an object of it come in one release, and the definition stays.
func TestDefinitionAndItsKind(t *testing.T) {
	f := newFixture(t)
	group := fmt.Sprintf("g%d.example.test", time.Now().UnixNano())
	definitions := f.cluster.dynamic.Resource(schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"})
	there := func() bool {
		_, err := definitions.Get(t.Context(), "gadgets."+group, metav1.GetOptions{})
		return err == nil
	}
	t.Cleanup(func() { _ = definitions.Delete(context.Background(), "gadgets."+group, metav1.DeleteOptions{}) })
	text := strings.ReplaceAll(gadgets, "GROUP", group)
	refused := f.neighbour(text, alias("erp", ""), "apiVersion: v1\nkind: Service\nmetadata: {name: Wrong-Name}\nspec: {ports: [{port: 80}]}\n")
	o := refused.options()
	o.App, o.Tag = "ledger", "v1"
	objects, err := Render(t.Context(), Options{Repo: refused.files, Environment: "test", Tag: "v1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.cluster.Apply(t.Context(), objects, o); err == nil || there() {
		t.Fatalf("it is defined before all else is judged: %v", err)
	}
	g := f.neighbour(text, alias("erp", ""))
	h := newFixture(t) // whose namespace is that of another environment, and whose lock somebody has
	o.Namespace, o.Environment = h.namespace, "staging"
	h.must(f.cluster.Apply(t.Context(), h.neighbour(alias("erp", "")).render("v1"), o))
	o.Environment = "production"
	if _, err := f.cluster.Apply(t.Context(), h.neighbour(text).render("v2"), o); err == nil || there() {
		t.Errorf("it is defined for the namespace of another environment: %v", err)
	}
	lease, _, err := f.cluster.acquire(t.Context(), h.namespace, "ledger")
	h.check(err)
	o.Environment = "staging"
	var locked *Locked
	if _, err := f.cluster.Apply(t.Context(), h.neighbour(text).render("v2"), o); !errors.As(err, &locked) || there() {
		t.Errorf("it is defined while somebody else is at work: %v", err)
	}
	lease.release()
	o.Namespace, o.Environment = f.namespace, ""
	all, err := g.cluster.Diff(t.Context(), g.render("v1"), o)
	if err != nil || len(all) != 3 {
		t.Errorf("diff: %v, %v", all, err)
	}
	f.must(g.releaseOf("ledger", false))
	if again := f.must(g.releaseOf("ledger", false)); again.Written != 0 {
		t.Errorf("second apply: %v", actions(again))
	}
	if got := actions(f.must(f.neighbour(alias("erp", "")).releaseOf("ledger", false))); got["Gadget first"] != deleted || !there() {
		t.Errorf("%v, the definition is there: %v", got, there())
	}
}
