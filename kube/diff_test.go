package kube

import (
	"reflect"
	"testing"

	"sigs.k8s.io/yaml"
)

func TestComparison(t *testing.T) {
	tests := []struct {
		name, old, new string
		want           []FieldChange
	}{
		{"the same", "spec: {a: 1}", "spec: {a: 1}", nil},
		{"a container's image, by its name and not its place",
			"spec: {containers: [{name: web, image: 'a:1'}, {name: log, image: l}]}", "spec: {containers: [{name: log, image: l}, {name: web, image: 'a:2'}]}",
			[]FieldChange{{"spec.containers[web].image", "a:1", "a:2"}}},
		{"one more variable", "env: [{name: A, value: x}]", "env: [{name: A, value: x}, {name: B, value: 'y z'}]", []FieldChange{{"env[B]", "", `{"name":"B","value":"y z"}`}}},
		{"a list of texts, a number, and one that goes", "args: [a, b]\ncount: 1\ngone: true", "args: [a, c]\ncount: 2", []FieldChange{{"args", `["a","b"]`, `["a","c"]`}, {"count", "1", "2"}, {"gone", "true", ""}}},
		{"annotations with dots", "metadata: {annotations: {a.b/c: x}}", "metadata: {annotations: {a.b/c: ''}}", []FieldChange{{"metadata.annotations[a.b/c]", "x", `""`}}},
		{"two of one name are a list", "l: [{name: a, v: 1}, {name: a, v: 2}]", "l: [{name: a, v: 1}]", []FieldChange{{"l", `[{"name":"a","v":1},{"name":"a","v":2}]`, `[{"name":"a","v":1}]`}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var old, new map[string]any
			if err := yaml.Unmarshal([]byte(tt.old), &old); err != nil {
				t.Fatal(err)
			}
			if err := yaml.Unmarshal([]byte(tt.new), &new); err != nil {
				t.Fatal(err)
			}
			var c comparison
			c.values("", old, new)
			if !reflect.DeepEqual(c.changes, tt.want) {
				t.Errorf("got %+v", c.changes)
			}
		})
	}
}
