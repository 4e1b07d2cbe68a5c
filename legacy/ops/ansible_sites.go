package ops

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// sites are those of nginx that stand in variables.
func (w *ansibleWorld) sites(g *meaning) {
	elsewhere := map[string]bool{}
	for _, v := range w.vars {
		elsewhere[v.file] = v.environment != "" && v.environment != "production"
	}
	scope := (&ansibleRun{w: w, environment: "production"}).scope("")
	x := &nginxValues{fill: func(expression string) string { return scope.filled(textValue(expression, "", 0), 0).filledText() }, template: func(name string) string { return w.templateNamed(g.root, name) }}
	for _, file := range slices.Sorted(maps.Keys(w.docs)) {
		if !elsewhere[file] {
			x.look("", w.docs[file], 0)
		}
	}
	x.report(g)
}

// templateNamed is the text of the only template of this name.
func (w *ansibleWorld) templateNamed(root, name string) string {
	found := ""
	for _, p := range w.t.Below(cmp.Or(root, ".")) {
		if !strings.HasSuffix(p, "/templates/"+name) {
			continue
		}
		if found != "" {
			return ""
		}
		found = p
	}
	if found == "" {
		return ""
	}
	data, _ := w.t.Read(found)
	return string(data)
}
