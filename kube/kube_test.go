package kube

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// TestYAMLStream: a stream is its documents as sigs.k8s.io/yaml writes each, whatever a text ends in.
func TestYAMLStream(t *testing.T) {
	var all Objects
	want := ""
	for i, text := range []string{"one line", "two\nlines\n", "ends open\n\n", "\n", "", "---\n", "...\n", "--- a\n...\n\n\n", " led by a blank\n", "tab\t\n", "last: \"quoted\"\n\n"} {
		o := Object{Unstructured: &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "data": map[string]any{"a": int64(i), "z": text}}}}
		all = append(all, o)
		document, err := yaml.Marshal(o.Object)
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			want += "---\n"
		}
		want += string(document)
	}
	if got, err := all.YAML(); err != nil || string(got) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
}
