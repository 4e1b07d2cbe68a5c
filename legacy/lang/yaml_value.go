package lang

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// yamlReading turns YAML into values of the code. used bounds the work, as aliases may repeat what is large.
type yamlReading struct {
	scalar func(*yaml.Node) value
	used   int
}

// yamlValue is what a document says; scalar reads what is neither a map nor a list.
func yamlValue(doc *yaml.Node, scalar func(*yaml.Node) value) value {
	y := yamlReading{scalar: scalar}
	return y.value(doc, 0)
}

func (y *yamlReading) value(n *yaml.Node, depth int) value {
	y.used++
	if depth > maxDepth || y.used > maxValues {
		return value{line: n.Line}
	}
	switch n.Kind {
	case yaml.DocumentNode:
		if len(n.Content) > 0 {
			return y.value(n.Content[0], depth)
		}
	case yaml.AliasNode:
		return y.value(n.Alias, depth+1)
	case yaml.MappingNode:
		return y.mapping(n, depth)
	case yaml.SequenceNode:
		v := value{kind: valList, line: n.Line}
		for _, c := range n.Content {
			v.keys, v.items = append(v.keys, ""), append(v.items, y.value(c, depth+1))
		}
		return v
	case yaml.ScalarNode:
		return y.scalar(n)
	}
	return value{line: n.Line}
}

func (y *yamlReading) mapping(n *yaml.Node, depth int) value {
	v := value{kind: valDict, line: n.Line}
	var merged []value
	for i := 0; i+1 < len(n.Content); i += 2 {
		item := y.value(n.Content[i+1], depth+1)
		if n.Content[i].Value == "<<" {
			merged = append(merged, item)
			continue
		}
		v.keys, v.items = append(v.keys, strings.TrimPrefix(n.Content[i].Value, ":")), append(v.items, item)
	}
	for _, m := range merged { // the first of a key counts
		v.keys, v.items = append(v.keys, m.keys...), append(v.items, m.items...)
	}
	return v
}
