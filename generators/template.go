package generators

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"text/template"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/templates"
)

// execute fills in the template at templates/files/NAME. In YAML every value goes through {{yaml .X}}, in a Dockerfile's
// exec form and in JSON through {{json .X}}: nothing is quoted by hand.
func execute(name string, data any) ([]byte, error) {
	text, err := templates.FS.ReadFile("files/" + name)
	if err != nil {
		return nil, err
	}
	return executeText(name, string(text), data)
}

func executeText(name, text string, data any) ([]byte, error) {
	t, err := template.New(name).Option("missingkey=error").Funcs(template.FuncMap{
		"yaml": flowYAML,
		"json": flowJSON,
		"join": strings.Join,
	}).Parse(text)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// flowYAML encodes v on one line: a scalar as it stands after a key, lists and maps in flow style, map keys sorted.
func flowYAML(v any) (string, error) {
	var n yaml.Node
	if err := n.Encode(v); err != nil {
		return "", err
	}
	flow(&n)
	// Inside a flow list the encoder also quotes what would be plain in a block but ends a flow scalar (a comma, a bracket).
	wrapped := yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: []*yaml.Node{&n}}
	out, err := yaml.Marshal(&wrapped)
	if err != nil {
		return "", err
	}
	text := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(string(out)), "["), "]")
	if strings.Contains(text, "\n") {
		return "", fmt.Errorf("value does not fit on one line: %q", text)
	}
	return text, nil
}

func flow(n *yaml.Node) {
	switch n.Kind {
	case yaml.SequenceNode, yaml.MappingNode:
		n.Style = yaml.FlowStyle
	case yaml.ScalarNode:
		// The encoder would take single quotes for host:port; double ones are what people write.
		if n.ShortTag() == "!!str" && strings.ContainsAny(n.Value, "\n:") {
			n.Style = yaml.DoubleQuotedStyle
		}
	}
	for _, c := range n.Content {
		flow(c)
	}
}

func flowJSON(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSpace(b.String()), nil
}
