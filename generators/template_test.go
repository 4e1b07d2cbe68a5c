package generators

import (
	"reflect"
	"testing"

	"gopkg.in/yaml.v3"
)

func FuzzFlowYAML(f *testing.F) {
	for _, s := range []string{"", "a", "8000", "true", "!secret", "a: b", "a, b", "[x]", "{", "# c", "- x", "line\nbreak", "\"q\" 'q'", "0.0.0.0:8000", "é\u2028x", "\t", "null", "~", "*a", "&a", "%x", "@x", "`x`", "a\x07b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, v := range []any{s, []string{s, "x"}, map[string]string{"k": s}} {
			text, err := flowYAML(v)
			if err != nil {
				continue // what can't be written is refused, never written wrongly
			}
			var back struct{ V any }
			doc := "v: " + text + "\n"
			if err := yaml.Unmarshal([]byte(doc), &back); err != nil {
				t.Fatalf("%q: %v", doc, err)
			}
			var n yaml.Node
			_ = n.Encode(v)
			var want any
			_ = n.Decode(&want)
			if !reflect.DeepEqual(back.V, want) {
				t.Fatalf("%q gives %#v, want %#v", doc, back.V, want)
			}
		}
	})
}
