package kube

import (
	"reflect"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
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
		{"elements without a name, by their place", "l: [{ref: {name: a}}, {x: 1}]", "l: [{ref: {name: b}}, {x: 1}]", []FieldChange{{"l[0].ref.name", "a", "b"}}},
		{"a file, by its lines", "f: \"[a]\\nb = 1\\nc\\n\"", "f: \"[a]\\nb = 2\\nd\\nc\\n\"", []FieldChange{{"f[line 2]", "b = 1", `"b = 2\nd"`}}},
		{"a line more", "f: \"a\\nb\\n\"", "f: \"a\\nb\\nc\\n\"", []FieldChange{{"f[line 3]", "", "c"}}},
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

func TestDiffSaysWhatConfigurationSucceeds(t *testing.T) {
	config := func(kind, name string, data map[string]any) Object {
		return Object{Unstructured: &unstructured.Unstructured{Object: map[string]any{"kind": kind, "metadata": map[string]any{"name": name}, "data": data}}}
	}
	naming := func(workload, secret string) Object {
		o := config("Deployment", workload, nil)
		o.Object["spec"] = map[string]any{"template": map[string]any{"spec": map[string]any{"containers": []any{
			map[string]any{"envFrom": []any{map[string]any{"secretRef": map[string]any{"name": secret}}}}}}}}
		return o
	}
	old := Objects{config("ConfigMap", "shop-459bd6dt8g", map[string]any{"LEVEL": "info", "GONE": "x"}), config("ConfigMap", "plain", nil), config("Secret", "shop-2222222222", nil), config("Secret", "shop-4444444444", nil),
		naming("database", "shop-4444444444"), naming("web", "shop-2222222222"), naming("worker", "shop-4444444444")}
	wanted := Objects{config("ConfigMap", "shop-b64g8fc4bk", map[string]any{"LEVEL": "debug"}), config("ConfigMap", "other-b64g8fc4bk", nil), config("Secret", "shop-3333333333", map[string]any{"KEY": "hunter2"}),
		config("Secret", "shop-4444444444", nil), config("Secret", "shop-5555555555", nil), naming("database", "shop-4444444444"), naming("web", "shop-3333333333"), naming("worker", "shop-5555555555")}
	var got []Difference
	for _, o := range wanted {
		if o.GetKind() == "Deployment" || o.GetName() == "shop-4444444444" {
			continue
		}
		got = append(got, Difference{Kind: o.GetKind(), Name: o.GetName(), Action: created})
	}
	succeed(got, wanted, []*Record{{objects: old}})
	want := []Difference{
		{Kind: "ConfigMap", Name: "shop-b64g8fc4bk", Action: created, InPlaceOf: "shop-459bd6dt8g", Changes: []FieldChange{{"data.GONE", "x", ""}, {"data.LEVEL", "info", "debug"}}},
		{Kind: "ConfigMap", Name: "other-b64g8fc4bk", Action: created},
		{Kind: "Secret", Name: "shop-3333333333", Action: created, InPlaceOf: "shop-2222222222"}, // its values are nobody's to see
		{Kind: "Secret", Name: "shop-5555555555", Action: created},                               // what the worker had is the database's still
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
