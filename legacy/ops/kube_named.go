package ops

import (
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	includesPart = scan.MustCompile(`\{\{-?\s*(?:include|template)\s+"([\w./-]+)"`)
	definesPart  = scan.MustCompile(`\{\{-?\s*define\s+"([\w./-]+)"`)
)

// maxParts bounds the parts of a chart that one template includes.
const maxParts = 50

// included are the variables that a template of a chart takes from its named parts, as workloads that hold nothing else:
// {{ include "shop.env" . }} for what _env.tpl defines.
func (k *kubernetes) included(file string) (parts []workload) {
	chart := chartOf(k.t, file)
	if chart == "" {
		return nil
	}
	if known, ok := k.parts[file]; ok {
		return known
	}
	wanted := map[string]bool{}
	for _, m := range includesPart.FindAllStringSubmatch(k.t.Text(file, &scan.Report{}), maxParts) {
		wanted[m[1]] = true
	}
	for _, p := range k.t.Below(path.Join(chart, "templates")) {
		if len(wanted) == 0 || path.Ext(p) != ".tpl" {
			continue
		}
		lines := strings.Split(k.t.Text(p, &scan.Report{}), "\n")
		for i, line := range lines {
			if m := definesPart.FindStringSubmatch(line); m != nil && wanted[m[1]] {
				delete(wanted, m[1])
				if env := k.environmentIn(p, lines, i); env != nil {
					parts = append(parts, workload{file: p, container: object("env", env)})
				}
			}
		}
	}
	if k.parts == nil {
		k.parts = map[string][]workload{}
	}
	k.parts[file] = parts
	return parts
}

// environmentIn is the list of variables in the part that is defined from a line on, nil where it is about something else.
func (k *kubernetes) environmentIn(file string, lines []string, from int) *yaml.Node {
	end := endOfBlock(lines, from)
	if end <= from {
		return nil
	}
	text := strings.Repeat("\n", from+1) + strings.Join(lines[from+1:end], "\n")
	values, chart := k.values(file)
	for _, doc := range documents(file, k.withoutTemplates(file, text, values, chart), &scan.Report{}) {
		if env := child(doc, "env"); env != nil {
			return env
		}
		if doc.Kind == yaml.SequenceNode && holdsVariables(doc) {
			return doc
		}
	}
	return nil
}

// holdsVariables says whether each item of a list is a variable with a value: volumes and pull secrets have names, too.
func holdsVariables(list *yaml.Node) bool {
	for _, item := range list.Content {
		name := scalar(child(item, "name"))
		if !service.VariableName(name) && !placeholder.MatchString(name) || child(item, "value") == nil && child(item, "valueFrom") == nil {
			return false
		}
	}
	return true
}
