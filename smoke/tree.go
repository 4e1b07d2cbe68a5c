package smoke

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// A tree is a value of any shape in a file of checks: a body to send, a value to expect. It is made of map[string]any,
// []any, json.Number, bool, nil and, for texts, template.
type tree any

var jsonNumber = pattern.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

func (c *checkDecoder) tree(n *yaml.Node, what string) tree {
	switch n = c.follow(n); n.Kind {
	case yaml.MappingNode:
		out := map[string]any{}
		c.mapping(n, what, nil, func(k, v *yaml.Node) bool {
			out[k.Value] = c.tree(v, what)
			return true
		})
		return out
	case yaml.SequenceNode:
		out := make([]any, 0, len(n.Content))
		for _, item := range n.Content {
			out = append(out, c.tree(item, what))
		}
		return out
	}
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!int", "!!float":
		return c.number(n, what)
	}
	t, err := c.scope.value(n.Value, n.Line)
	if err != nil {
		c.fail(n, "%s: %v", what, err)
	}
	return t
}

// number keeps the digits of the file where JSON knows them, so that no long number is rounded.
func (c *checkDecoder) number(n *yaml.Node, what string) json.Number {
	if jsonNumber.MatchString(n.Value) {
		return json.Number(n.Value)
	}
	var i int64
	if n.Decode(&i) == nil { // 0x1F, 1_000
		return json.Number(strconv.FormatInt(i, 10))
	}
	var f float64
	if err := n.Decode(&f); err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		c.fail(n, "%s: JSON knows no number %s; put it in quotes if it is a text", what, n.Value)
		return "0"
	}
	return json.Number(strconv.FormatFloat(f, 'g', -1, 64))
}

// fill puts the variables into a tree, so that it compares with a JSON document.
func (v values) fill(t tree) (any, error) {
	switch t := t.(type) {
	case template:
		if value, ok, err := v.single(t); ok || err != nil {
			return value, err
		}
		return v.expand(t, nil)
	case map[string]any:
		out := make(map[string]any, len(t))
		for key, item := range t {
			value, err := v.fill(item)
			if err != nil {
				return nil, err
			}
			out[key] = value
		}
		return out, nil
	case []any:
		out := make([]any, len(t))
		for i, item := range t {
			value, err := v.fill(item)
			if err != nil {
				return nil, err
			}
			out[i] = value
		}
		return out, nil
	}
	return t, nil
}

// treeTemplates are the templates in a tree.
func treeTemplates(t tree) []template {
	var out []template
	switch t := t.(type) {
	case template:
		out = append(out, t)
	case map[string]any:
		for _, item := range t {
			out = append(out, treeTemplates(item)...)
		}
	case []any:
		for _, item := range t {
			out = append(out, treeTemplates(item)...)
		}
	}
	return out
}

// equal compares two JSON values; numbers by their value, whole ones to the last digit.
func equal(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		return ok && equalNumbers(a, b)
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for key, v := range a {
			if w, ok := b[key]; !ok || !equal(v, w) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	}
	switch b.(type) {
	case map[string]any, []any:
		return false // not comparable with ==
	}
	return a == b
}

func equalNumbers(a, b json.Number) bool {
	i, errA := a.Int64()
	j, errB := b.Int64()
	if errA == nil && errB == nil {
		return i == j
	}
	f, errA := a.Float64()
	g, errB := b.Float64()
	return errA == nil && errB == nil && f == g
}

// typeName is what JSON calls the kind of v.
func typeName(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case bool:
		return "boolean"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	case json.Number:
		if f, err := v.Float64(); err == nil && f == math.Trunc(f) {
			return "integer"
		}
		return "number"
	}
	return fmt.Sprintf("%T", v)
}

// typeNames are the names that an expectation may use.
var typeNames = []string{"string", "number", "integer", "boolean", "array", "object", "null"}

func isType(v any, want string) bool {
	is := typeName(v)
	return is == want || want == "number" && is == "integer"
}
