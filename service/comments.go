package service

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// Comment is what stands behind a value of migrate.yaml.
type Comment struct {
	Field string // services.web.port
	Line  int
	Text  string // without the #
}

// Comments are the comments behind the values of a migrate.yaml, in their order. Text that is not YAML has none.
func Comments(data []byte) []Comment {
	var doc yaml.Node
	if yaml.Unmarshal(data, &doc) != nil || len(doc.Content) == 0 {
		return nil
	}
	return commentsOf(doc.Content[0], "", 0)
}

func commentsOf(n *yaml.Node, field string, depth int) []Comment {
	var all []Comment
	for i := 0; depth < maxDepth && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		key, v := n.Content[i], n.Content[i+1]
		path := join(field, key.Value)
		for _, node := range []*yaml.Node{key, v} {
			if text := strings.TrimSpace(strings.TrimLeft(node.LineComment, "#")); text != "" {
				all = append(all, Comment{path, node.Line, text})
			}
		}
		all = append(all, commentsOf(v, path, depth+1)...)
	}
	return all
}
