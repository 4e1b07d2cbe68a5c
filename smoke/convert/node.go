package convert

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/requests"
)

// mapping builds a mapping of YAML, in the order in which its keys are set.
type mapping struct{ node *yaml.Node }

// newMapping is an empty one; a flat one stands on one line.
func newMapping(flat bool) *mapping {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	if flat {
		n.Style = yaml.FlowStyle
	}
	return &mapping{n}
}

func (m *mapping) empty() bool { return len(m.node.Content) == 0 }

func (m *mapping) has(key string) bool { return m.get(key) != nil }

func (m *mapping) get(key string) *yaml.Node {
	for i := 0; i+1 < len(m.node.Content); i += 2 {
		if m.node.Content[i].Value == key {
			return m.node.Content[i+1]
		}
	}
	return nil
}

// set puts a value at the end. Where it makes a line too long, the mapping is one of several lines.
func (m *mapping) set(key string, value any) {
	n := nodeOf(value, true)
	m.node.Content = append(m.node.Content, nodeOf(key, true), n)
	if m.node.Style&yaml.FlowStyle != 0 && (width(m.node) > flatWidth || n.Style&yaml.LiteralStyle != 0) {
		m.node.Style &^= yaml.FlowStyle
	}
}

const flatWidth = 110

// fields sets a mapping of names to values; a name that comes several times gets a list.
func (m *mapping) fields(key string, fields []requests.Field) {
	if len(fields) == 0 {
		return
	}
	inner := newMapping(true)
	for _, f := range fields {
		have := inner.get(f.Name)
		switch {
		case have == nil:
			inner.set(f.Name, f.Value)
		case key == "headers" || key == "with":
			*have = *nodeOf(have.Value+", "+f.Value, true)
		case have.Kind == yaml.SequenceNode:
			have.Content = append(have.Content, nodeOf(f.Value, true))
		default:
			*have = yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: []*yaml.Node{nodeOf(have.Value, true), nodeOf(f.Value, true)}}
		}
	}
	m.set(key, inner)
}

// width is about how long a node is on one line.
func width(n *yaml.Node) int {
	w := len(n.Value) + 4
	for _, c := range n.Content {
		w += width(c)
	}
	return w
}

// nodeOf is a value of JSON, or one of the nodes made here.
func nodeOf(value any, flat bool) *yaml.Node {
	switch v := value.(type) {
	case *mapping:
		return v.node
	case *yaml.Node:
		return v
	case nil:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	case bool, int:
		tag := "!!bool"
		if _, isInt := v.(int); isInt {
			tag = "!!int"
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: fmt.Sprint(v)}
	case json.Number:
		tag := "!!int"
		if strings.ContainsAny(v.String(), ".eE") {
			tag = "!!float"
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: v.String()}
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range v {
			n.Content = append(n.Content, nodeOf(item, flat))
		}
		return shaped(n, flat)
	case map[string]any:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			n.Content = append(n.Content, nodeOf(key, flat), nodeOf(v[key], flat))
		}
		return shaped(n, flat)
	}
	n := &yaml.Node{}
	n.SetString(fmt.Sprint(value)) // in quotes where it would be read as something else
	return n
}

func shaped(n *yaml.Node, flat bool) *yaml.Node {
	if flat && width(n) <= flatWidth || len(n.Content) == 0 {
		n.Style = yaml.FlowStyle
	}
	return n
}
