package ops

import (
	"errors"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// mappingOf reads a file of YAML that is one mapping; anything else becomes a note, and nil.
func mappingOf(t *scan.Tree, p string, r *scan.Report) *yaml.Node {
	text, err := t.Read(p)
	if err != nil {
		r.Note(p, 0, "%v", err)
		return nil
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		noteYAML(p, err, r)
		return nil
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		r.Note(p, 1, "no mapping at the top, not understood")
		return nil
	}
	return doc.Content[0]
}

var yamlLine = scan.MustCompile(`line (\d+): `)

// noteYAML notes what the YAML package says, at the line that it names.
func noteYAML(p string, err error, r *scan.Report) {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 0
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = strings.Replace(text, m[0], "", 1)
	}
	r.Note(p, line, "not understood as YAML: %s", text)
}

// maxValues bounds what a file may come to when its aliases are followed.
const maxValues = 200_000

var errYAMLSize = errors.New("not understood as YAML: too large when its aliases are followed")

// plain makes maps, lists and scalars of a node. The YAML package's own way compares every key with every other one, and
// follows aliases further than a file of people's ever goes. Of keys that are given twice the last one holds.
func plain(node *yaml.Node) (any, error) {
	if node == nil {
		return nil, nil
	}
	left := maxValues
	return plainWithin(node, &left, 0)
}

func plainWithin(node *yaml.Node, left *int, depth int) (any, error) {
	if *left--; *left < 0 || depth > 200 {
		return nil, errYAMLSize
	}
	switch node.Kind {
	case yaml.AliasNode:
		return plainWithin(node.Alias, left, depth+1)
	case yaml.MappingNode:
		return plainMapping(node, left, depth)
	case yaml.SequenceNode:
		list := make([]any, 0, len(node.Content))
		for _, c := range node.Content {
			v, err := plainWithin(c, left, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	}
	var v any
	if err := node.Decode(&v); err != nil {
		return node.Value, nil
	}
	return v, nil
}

func plainMapping(node *yaml.Node, left *int, depth int) (any, error) {
	m := make(map[string]any, len(node.Content)/2)
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value != "<<" || node.Content[i].Tag == "!!str" {
			continue
		}
		v, err := plainWithin(node.Content[i+1], left, depth+1)
		if err != nil {
			return nil, err
		}
		merge(m, v)
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == "<<" {
			continue
		}
		v, err := plainWithin(node.Content[i+1], left, depth+1)
		if err != nil {
			return nil, err
		}
		m[node.Content[i].Value] = v
	}
	return m, nil
}

// merge takes over what << names: a mapping, or several of which the first wins.
func merge(m map[string]any, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if _, known := m[key]; !known {
				m[key] = value
			}
		}
	case []any:
		for _, item := range v {
			merge(m, item)
		}
	}
}
