package lang

import "github.com/migrate-to-kubernetes/migrate/legacy/scan"

// ownReader is a function of a file's own that takes the name of a variable and reads it: function get(name, fallback) {
// if (process.env[name]) ...; const required = (name) => process.env[name].
var ownReader = scan.MustCompile(`\bfunction\s+(\w+)\s*(?:<[^<>()]*>)?\s*\(\s*(\w+)\b[^{}]*(?:\{[^{}]*\}[^{}]*)?\{[^{}]*?\bprocess\.env\[(\w+)\]|` +
	`\b(?:const|let|var)\s+(\w+)\s*=\s*(?:<[^<>()]*>\s*)?(?:\(\s*(\w+)\b[^()]*\)(?:\s*:[^=;{}]*)?|(\w+))\s*=>\s*\{?[^{}]*?\bprocess\.env\[(\w+)\]`)

// ownReaders gives the calls of such functions the name of what they do.
func (s *source) ownReaders() {
	readers := map[string]bool{}
	for _, m := range ownReader.FindAllStringSubmatch(s.text, 20) {
		if m[2]+m[5]+m[6] == m[3]+m[7] {
			readers[m[1]+m[4]] = true
		}
	}
	if len(readers) == 0 {
		return
	}
	for i := range s.settings {
		s.settings[i].v = readingVariables(s.settings[i].v, readers)
	}
	for i := range s.calls {
		s.calls[i] = readingVariables(s.calls[i], readers)
	}
}

func readingVariables(v value, readers map[string]bool) value {
	if first, ok := v.arg(0); v.kind == valCall && readers[v.text] && ok && first.kind == valString && isVariable.MatchString(first.text) {
		v.text = "getenv"
	}
	if len(v.items) == 0 {
		return v
	}
	items := make([]value, len(v.items))
	for i, item := range v.items {
		items[i] = readingVariables(item, readers)
	}
	v.items = items
	return v
}
