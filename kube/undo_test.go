package kube

import (
	"reflect"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// deploymentOf has two containers and a number of pods, and field managers with what they own.
func deploymentOf(replicas int64, first, second string, owners map[string]string) *unstructured.Unstructured {
	u := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"name": "web"},
		"spec": map[string]any{"replicas": replicas, "containers": []any{map[string]any{"name": "first", "image": first}, map[string]any{"name": "second", "image": second}}}}}
	var fields []metav1.ManagedFieldsEntry
	for _, manager := range sortedKeys(owners) {
		operation := metav1.ManagedFieldsOperationUpdate
		if manager == Manager {
			operation = metav1.ManagedFieldsOperationApply
		}
		fields = append(fields, metav1.ManagedFieldsEntry{Manager: manager, Operation: operation, FieldsV1: metav1.NewFieldsV1(owners[manager])})
	}
	u.SetManagedFields(fields)
	return u
}

const (
	replicasField = `{"f:spec":{"f:replicas":{}}}`
	firstField    = `{"f:spec":{"f:containers":{"k:{\"name\":\"first\"}":{".":{},"f:name":{},"f:image":{}}}}}`
	bothFields    = `{"f:spec":{"f:containers":{"k:{\"name\":\"first\"}":{".":{},"f:name":{},"f:image":{}},"k:{\"name\":\"second\"}":{".":{},"f:name":{},"f:image":{}}}}}`
	secondOnly    = `{"f:spec":{"f:containers":{"k:{\"name\":\"second\"}":{".":{},"f:name":{},"f:image":{}}}}}`
	allFields     = `{"f:spec":{"f:replicas":{},"f:containers":{"k:{\"name\":\"first\"}":{".":{},"f:name":{},"f:image":{}},"k:{\"name\":\"second\"}":{".":{},"f:name":{},"f:image":{}}}}}`
)

func TestWhatIsBroughtBackYields(t *testing.T) {
	set := func(fields string) map[string]string { return map[string]string{Manager: secondOnly, "hand": fields} }
	tests := []struct {
		name         string
		before, live *unstructured.Unstructured
		want         map[string]any // the spec that is applied; of release 1, which says 2 pods of a1 and b1
	}{
		{"nobody else's", deploymentOf(2, "a1", "b1", map[string]string{Manager: allFields}), deploymentOf(9, "a2", "b2", map[string]string{Manager: bothFields, "hand": replicasField}),
			map[string]any{"replicas": int64(2), "containers": []any{map[string]any{"name": "first", "image": "a1"}, map[string]any{"name": "second", "image": "b1"}}}},
		{"theirs before and still", deploymentOf(9, "a1", "b1", map[string]string{Manager: bothFields, "hand": replicasField}),
			deploymentOf(9, "a2", "b2", map[string]string{Manager: bothFields, "hand": replicasField}),
			map[string]any{"containers": []any{map[string]any{"name": "first", "image": "a1"}, map[string]any{"name": "second", "image": "b1"}}}},
		{"in an element", deploymentOf(2, "hand", "b1", set(firstField)), deploymentOf(2, "hand", "b2", set(firstField)),
			map[string]any{"replicas": int64(2), "containers": []any{map[string]any{"name": "first"}, map[string]any{"name": "second", "image": "b1"}}}},
		{"taken by force", deploymentOf(9, "hand", "b1", map[string]string{Manager: secondOnly, "hand": firstField, "other": replicasField}),
			deploymentOf(3, "a2", "b2", map[string]string{Manager: allFields}),
			map[string]any{"replicas": int64(9), "containers": []any{map[string]any{"name": "first", "image": "hand"}, map[string]any{"name": "second", "image": "b1"}}}},
		{"not written", nil, deploymentOf(9, "a1", "b1", map[string]string{Manager: bothFields, "hand": replicasField}),
			map[string]any{"containers": []any{map[string]any{"name": "first", "image": "a1"}, map[string]any{"name": "second", "image": "b1"}}}},
		{"kubectl's, which is adopted", nil, deploymentOf(2, "a1", "b1", map[string]string{"kubectl-client-side-apply": allFields}),
			map[string]any{"replicas": int64(2), "containers": []any{map[string]any{"name": "first", "image": "a1"}, map[string]any{"name": "second", "image": "b1"}}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := Object{Unstructured: deploymentOf(2, "a1", "b1", nil)}
			a := &apply{asFound: map[string]*unstructured.Unstructured{}}
			if test.before != nil {
				a.asFound[o.key()] = test.before
			}
			if err := a.yields(o, test.live); err != nil {
				t.Fatal(err)
			}
			if got := o.Object["spec"]; !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %v\nwant %v", got, test.want)
			}
		})
	}
}
