package kube

import (
	"reflect"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// TestDiffersBetweenClusters: the namespaces that share an object in a cluster make no difference, what it says does.
func TestDiffersBetweenClusters(t *testing.T) {
	role := func(name, namespaces, verb string) Object {
		return Object{Unstructured: &unstructured.Unstructured{Object: map[string]any{"kind": "ClusterRole",
			"metadata": map[string]any{"name": name, "annotations": map[string]any{namespacesAnnotation: namespaces}}, "verb": verb}}}
	}
	main := &Record{objects: Objects{role("reader", "shop,shop-staging", "get"), role("writer", "shop", "create")}}
	other := &Record{objects: Objects{role("reader", "shop", "get"), role("writer", "shop", "update")}}
	if got := main.Differs(other); !reflect.DeepEqual(got, []string{"ClusterRole writer"}) {
		t.Errorf("%v", got)
	}
	if main.objects[0].GetAnnotations()[namespacesAnnotation] == "" {
		t.Error("the record itself has lost it")
	}
}
