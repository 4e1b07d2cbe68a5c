package lang

import (
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// nodeYAML are files of the package config in YAML.
var nodeYAML = scan.MustCompile(`(^|/)config/(default|production|staging|custom-environment-variables)\.ya?ml$`)

// readsYAML says whether the code reads a file of configuration: JSON by any means, YAML through the package config.
func (p *nodeProject) readsYAML(file string) bool {
	if !nodeYAML.MatchString(file) {
		return true
	}
	_, ok := p.pkg.find("config")
	return ok && path.Join(p.dir, "config") == path.Dir(file)
}

func (p *nodeProject) parseYAML(file string) value {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(p.t.Text(file, p.r)), &doc); err != nil {
		p.r.Note(file, 0, "is no valid YAML: %s", strings.TrimPrefix(firstLine(err.Error()), "yaml: "))
		return value{}
	}
	return yamlValue(&doc, 0)
}

// yamlValue is a node of YAML as a value of the code; what an alias leads to is not followed.
func yamlValue(n *yaml.Node, depth int) value {
	v := value{line: n.Line}
	if depth > 40 {
		return v
	}
	switch n.Kind {
	case yaml.DocumentNode:
		if len(n.Content) > 0 {
			return yamlValue(n.Content[0], depth+1)
		}
	case yaml.MappingNode:
		v.kind = valDict
		for i := 0; i+1 < len(n.Content); i += 2 {
			v.keys, v.items = append(v.keys, n.Content[i].Value), append(v.items, yamlValue(n.Content[i+1], depth+1))
		}
	case yaml.SequenceNode:
		v.kind = valList
		for _, item := range n.Content {
			v.items = append(v.items, yamlValue(item, depth+1))
		}
	case yaml.ScalarNode:
		switch n.Tag {
		case "!!int":
			v.kind, v.text = valNumber, n.Value
		case "!!str":
			v.kind, v.text = valString, n.Value
		}
	}
	return v
}
