package service

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// SchemaPath is where the JSON Schema of migrate.yaml lies in a migrated repository.
const SchemaPath = ".migrate/migrate.schema.json"

const schemaComment = "# yaml-language-server: $schema=" + SchemaPath

// Format writes a new migrate.yaml. comment gives what stands behind a field (where its value came from), by the field's
// path such as services.web.port; it may be nil or return "".
func Format(a *App, comment func(field string) string) ([]byte, error) {
	n, err := a.node()
	if err != nil {
		return nil, err
	}
	if comment != nil {
		addComments(n, "", comment)
	}
	body, err := encode(&yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{n}})
	if err != nil {
		return nil, err
	}
	return append([]byte(schemaComment+"\n"), body...), nil
}

// Update writes the model into an existing migrate.yaml and keeps its comments, the order of its keys and the style of
// every value that did not change.
func Update(old []byte, a *App) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(old, &doc); err != nil {
		return nil, yamlProblems(FileName, err)
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return Format(a, nil)
	}
	n, err := a.node()
	if err != nil {
		return nil, err
	}
	if !replace(doc.Content[0], n) {
		return old, nil
	}
	return encode(&doc)
}

func encode(n *yaml.Node) ([]byte, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(n); err != nil {
		return nil, fmt.Errorf("write %s: %w", FileName, err)
	}
	return b.Bytes(), e.Close()
}

// node is the model as a YAML tree: bases before the processes that come from them, short things on one line.
func (a *App) node() (*yaml.Node, error) {
	n := &yaml.Node{}
	if err := n.Encode((*plainApp)(a)); err != nil {
		return nil, fmt.Errorf("write %s: %w", FileName, err)
	}
	if services := child(n, "services"); services != nil {
		sortLike(services, a.ServiceNames())
		eachPair(services, func(_ string, s *yaml.Node) {
			eachPair(s, func(key string, v *yaml.Node) {
				if key == "build" && short(v) {
					v.Style = yaml.FlowStyle
				}
				if key == "edge" {
					oneLineItems(child(v, "redirects"))
					oneLineItems(child(v, "parts"))
				}
			})
		})
	}
	oneLineEach(child(n, "needs"))
	if environments := child(n, "environments"); environments != nil {
		eachPair(environments, func(_ string, e *yaml.Node) {
			oneLineEach(child(e, "needs"))
			oneLineEach(child(e, "secrets"))
		})
	}
	if checks := child(n, "checks"); checks != nil {
		eachPair(checks, func(_ string, c *yaml.Node) { oneLineEach(c) })
	}
	for _, key := range []string{"secrets", "gateway"} {
		if m := child(n, key); m != nil && child(m, "keys") == nil {
			m.Style = yaml.FlowStyle
		} else if m != nil {
			oneLineEach(child(m, "keys"))
		}
	}
	return n, nil
}

// short says whether a mapping of texts and lists is read at a glance when it stands on one line.
func short(m *yaml.Node) bool {
	length := 0
	eachPair(m, func(key string, v *yaml.Node) {
		length += len(key) + len(v.Value) + 4
		for _, item := range v.Content {
			length += len(item.Value) + 2
		}
	})
	return length <= 100
}

func oneLineEach(m *yaml.Node) {
	if m != nil {
		eachPair(m, func(_ string, v *yaml.Node) { v.Style = yaml.FlowStyle })
	}
}

func oneLineItems(list *yaml.Node) {
	if list != nil {
		for _, item := range list.Content {
			item.Style = yaml.FlowStyle
		}
	}
}

func eachPair(m *yaml.Node, visit func(key string, value *yaml.Node)) {
	if m.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(m.Content); i += 2 {
		visit(m.Content[i].Value, m.Content[i+1])
	}
}

func child(m *yaml.Node, key string) *yaml.Node {
	var found *yaml.Node
	eachPair(m, func(k string, v *yaml.Node) {
		if k == key {
			found = v
		}
	})
	return found
}

func sortLike(m *yaml.Node, order []string) {
	pairs := map[string][]*yaml.Node{}
	for i := 0; i+1 < len(m.Content); i += 2 {
		pairs[m.Content[i].Value] = m.Content[i : i+2 : i+2]
	}
	var content []*yaml.Node
	for _, key := range order {
		content = append(content, pairs[key]...)
	}
	m.Content = content
}

// addComments puts a comment behind every value that stands on one line, and behind the key of a list that has a line for
// each item.
func addComments(n *yaml.Node, field string, comment func(string) string) {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		key, v := n.Content[i], n.Content[i+1]
		path := join(field, key.Value)
		if v.Kind == yaml.MappingNode && v.Style&yaml.FlowStyle == 0 {
			addComments(v, path, comment)
			continue
		}
		if v.Kind == yaml.SequenceNode && v.Style&yaml.FlowStyle == 0 {
			v = key
		}
		if text := comment(path); text != "" {
			v.LineComment = "# " + commentText(text)
		}
	}
}

// commentText spells out what no comment in YAML may hold: line breaks and control characters, from names of files.
func commentText(text string) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

// replace makes old say what now says, touching nothing that says it already. It reports whether anything changed.
func replace(old, now *yaml.Node) bool {
	if old.Kind == yaml.AliasNode && same(old.Alias, now) {
		return false
	}
	if same(old, now) {
		return false
	}
	if old.Kind != yaml.MappingNode || now.Kind != yaml.MappingNode {
		comments := *old
		*old = *now
		old.HeadComment, old.LineComment, old.FootComment = comments.HeadComment, comments.LineComment, comments.FootComment
		return true
	}
	var content []*yaml.Node
	for i := 0; i+1 < len(old.Content); i += 2 {
		if v := child(now, old.Content[i].Value); v != nil {
			replace(old.Content[i+1], v)
			content = append(content, old.Content[i], old.Content[i+1])
		}
	}
	for i := 0; i+1 < len(now.Content); i += 2 {
		if child(old, now.Content[i].Value) == nil {
			content = append(content, now.Content[i], now.Content[i+1])
		}
	}
	old.Content = content
	return true
}

// same says whether two trees hold the same values, whatever their style, comments and order of keys.
func same(a, b *yaml.Node) bool {
	if a.Kind == yaml.AliasNode {
		a = a.Alias
	}
	if a.Kind != b.Kind || len(a.Content) != len(b.Content) {
		return false
	}
	switch a.Kind {
	case yaml.ScalarNode:
		return a.Value == b.Value && a.ShortTag() == b.ShortTag()
	case yaml.MappingNode:
		for i := 0; i+1 < len(a.Content); i += 2 {
			v := child(b, a.Content[i].Value)
			if v == nil || !same(a.Content[i+1], v) {
				return false
			}
		}
		return true
	}
	for i := range a.Content {
		if !same(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}
