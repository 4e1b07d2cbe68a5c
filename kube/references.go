package kube

import (
	"path"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// The fields of a kustomization that name files: as a list, as the path of each element, and as what a generator reads.
var (
	resourceLists  = []string{"resources", "bases", "components", "generators", "transformers", "validators"}
	fileLists      = []string{"crds", "configurations", "patchesStrategicMerge"}
	pathLists      = []string{"patches", "patchesJson6902", "replacements"}
	generatorLists = []string{"configMapGenerator", "secretGenerator"}
	outside        = []string{"helmCharts", "helmChartInflationGenerator", "helmGlobals"}
)

// references takes in every file that a kustomization names; YAML written in place of a name is left to kustomize.
func (t *tree) references(dir, file string, root *yaml.Node) {
	for _, field := range resourceLists {
		t.each(root, field, func(n *yaml.Node) {
			if name, ok := t.inside(dir, file, n, n.Value); ok {
				t.resource(name, place{file, n.Line})
			}
		})
	}
	for _, field := range fileLists {
		t.each(root, field, func(n *yaml.Node) { t.plain(dir, file, n, n.Value) })
	}
	for _, field := range pathLists {
		t.each(root, field, func(n *yaml.Node) {
			if _, v := entry(n, "path"); v != nil {
				t.plain(dir, file, v, v.Value)
			}
		})
	}
	if _, openapi := entry(root, "openapi"); openapi != nil {
		if _, v := entry(openapi, "path"); v != nil {
			t.plain(dir, file, v, v.Value)
		}
	}
	for _, field := range generatorLists {
		t.each(root, field, func(n *yaml.Node) { t.generator(dir, file, field, n) })
	}
	for _, field := range outside {
		if key, _ := entry(root, field); key != nil {
			t.fail(place{file, key.Line}, "%s needs helm and the network: put what the chart renders into a file under resources", field)
		}
	}
}

func (t *tree) each(root *yaml.Node, field string, do func(*yaml.Node)) {
	_, list := entry(root, field)
	if list == nil {
		return
	}
	for _, n := range list.Content {
		if n.Kind == yaml.AliasNode {
			n = n.Alias
		}
		do(n)
	}
}

// generator takes in the files of a ConfigMap generator, and remembers it as the place that its ConfigMap comes from.
func (t *tree) generator(dir, file, field string, n *yaml.Node) {
	kind := "ConfigMap"
	if field == "secretGenerator" {
		kind = "Secret"
	}
	t.documents = append(t.documents, document{file: file, line: n.Line, kind: kind, name: scalar(n, "name"), node: n})
	t.each(n, "files", func(v *yaml.Node) {
		_, name, named := strings.Cut(v.Value, "=")
		if !named {
			name = v.Value
		}
		t.plain(dir, file, v, name)
	})
	t.each(n, "envs", func(v *yaml.Node) { t.plain(dir, file, v, v.Value) })
	if _, v := entry(n, "env"); v != nil {
		t.plain(dir, file, v, v.Value)
	}
}

// plain takes in a file that holds no objects.
func (t *tree) plain(dir, file string, n *yaml.Node, value string) {
	if name, ok := t.inside(dir, file, n, value); ok && !t.seen[name] {
		t.seen[name] = true
		t.file(name, place{file, n.Line})
	}
}

// inside turns what a kustomization names into a path of the repository, or reports why there is none.
// Text with a line break is YAML written in place.
func (t *tree) inside(dir, file string, n *yaml.Node, value string) (string, bool) {
	at := place{file, n.Line}
	switch {
	case n.Kind != yaml.ScalarNode, strings.Contains(value, "\n"):
		return "", false
	case strings.Contains(value, "://"), strings.HasPrefix(value, "git@"), strings.Contains(value, "?ref="), strings.HasPrefix(value, "github.com/"):
		t.fail(at, "%s is not in this repository, and what is applied must not depend on what a remote place holds today: copy it below kube/", value)
		return "", false
	case value == "", path.IsAbs(value):
		t.fail(at, "%q: want a path relative to %s", value, dir)
		return "", false
	}
	name := path.Join(dir, value)
	if name == ".." || strings.HasPrefix(name, "../") {
		t.fail(at, "%s leads out of the repository", value)
		return "", false
	}
	return name, true
}

// checkTargets reports patches that can hit nothing, which kustomize passes over in silence: after a renaming the
// environment would lose what made it different.
func (t *tree) checkTargets() {
	if len(t.problems) > 0 {
		return // an object may only be missing because its file is
	}
	for _, k := range t.kustomizations {
		for _, field := range []string{"namePrefix", "nameSuffix", "generators", "transformers"} {
			if key, _ := entry(k.node, field); key != nil {
				return // a target may mean a name that only kustomize knows
			}
		}
	}
	for _, k := range t.kustomizations {
		for _, field := range []string{"patches", "patchesJson6902"} {
			t.each(k.node, field, func(n *yaml.Node) {
				key, target := entry(n, "target")
				if target == nil || t.hits(scalar(target, "kind"), scalar(target, "name")) {
					return
				}
				what := strings.TrimSpace(scalar(target, "kind") + " " + scalar(target, "name"))
				t.fail(place{k.file, key.Line}, "no object is a %s: this patch changes nothing; correct its target or take it out", what)
			})
		}
	}
}

// hits says whether any object has that kind and name, either of which may be absent, and which are whole-string
// regular expressions to kustomize.
func (t *tree) hits(kind, name string) bool {
	match := func(pattern, s string) bool {
		if pattern == "" || pattern == s {
			return true
		}
		re, err := regexp.Compile("^(?:" + pattern + ")$")
		return err != nil || re.MatchString(s) // a broken expression is kustomize's to report
	}
	for _, d := range t.documents {
		if match(kind, d.kind) && match(name, d.name) || d.kind == "List" || strings.HasSuffix(d.kind, "List") {
			return true
		}
	}
	return false
}
