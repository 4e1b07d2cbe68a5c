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
	return yamlValue(&doc, plainYAML)
}

// plainYAML is a number or a text; a switch or nothing says nothing here.
func plainYAML(n *yaml.Node) value {
	switch n.Tag {
	case "!!int":
		return value{kind: valNumber, text: n.Value, line: n.Line}
	case "!!str":
		return value{kind: valString, text: n.Value, line: n.Line}
	}
	return value{line: n.Line}
}
