package requests

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// decodeJSON reads one document; numbers keep their digits.
func decodeJSON(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more follows behind the document")
	}
	return v, nil
}

// graphQL is a query in the JSON that servers take.
func graphQL(query string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	doc := map[string]any{}
	if m := graphQLVariables.FindStringSubmatchIndex(query); m != nil {
		if values, err := decodeJSON(strings.TrimSpace(query[m[2]:])); err == nil {
			doc["variables"], query = values, query[:m[0]]
		}
	}
	doc["query"] = strings.TrimSpace(query)
	_ = e.Encode(doc) // what came from JSON goes to JSON
	return strings.TrimSpace(b.String())
}

var graphQLVariables = pattern.MustCompile(`(?m)^variables\s*(\{)`)

// maxNodes bounds the values of a document, aliases followed.
const maxNodes = 500_000

// document reads JSON or YAML to nodes, which know their lines. JSON is YAML but for tabs, which are made blanks.
func document(text string) (*yaml.Node, error) {
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(untabbed(text)), &root); err != nil {
		return nil, errors.New("neither JSON nor YAML: " + strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if root.Kind == 0 || len(root.Content) == 0 {
		return nil, errors.New("it is empty")
	}
	return root.Content[0], nil
}

// untabbed makes blanks of the tabs that indent JSON.
func untabbed(text string) string {
	if start := strings.TrimLeft(text, " \t\n"); !strings.HasPrefix(start, "{") && !strings.HasPrefix(start, "[") {
		return text
	}
	return strings.ReplaceAll(text, "\t", " ")
}

// at leads from a mapping to the value of a key, through further ones; nil where there is none.
func at(n *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		if n = resolved(n); n == nil || n.Kind != yaml.MappingNode {
			return nil
		}
		var found *yaml.Node
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				found = n.Content[i+1]
			}
		}
		n = found
	}
	return resolved(n)
}

func resolved(n *yaml.Node) *yaml.Node {
	for range 10 {
		if n == nil || n.Kind != yaml.AliasNode {
			return n
		}
		n = n.Alias
	}
	return nil
}

// text is the text of a scalar, and "" of anything else.
func text(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return ""
	}
	return n.Value
}

// items are those of a list.
func items(n *yaml.Node) []*yaml.Node {
	if n = resolved(n); n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// keyed calls f for each pair of a mapping.
func keyed(n *yaml.Node, f func(key, value *yaml.Node)) {
	if n = resolved(n); n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		f(n.Content[i], resolved(n.Content[i+1]))
	}
}
