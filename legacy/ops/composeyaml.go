package ops

import (
	"errors"

	"gopkg.in/yaml.v3"
)

// maxValues bounds what a file may come to when its aliases are followed.
const maxValues = 200_000

var errYAMLSize = errors.New("not understood as YAML: too large when its aliases are followed")

// plain makes maps, lists and scalars of a node. The YAML package's own way compares every key with every other one, and
// follows aliases further than a file of people's ever goes. Of keys that are given twice the last one holds.
func plain(node *yaml.Node) (any, error) {
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
