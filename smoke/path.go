package smoke

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// jsonPath leads to a value in a JSON document: items.0.name. A key that has dots itself stands in quotes: "a.b".c.
type jsonPath []string

func parsePath(text string) (jsonPath, error) {
	var p jsonPath
	for rest := text; rest != ""; {
		var key string
		if rest[0] == '"' {
			end := strings.IndexByte(rest[1:], '"')
			if end < 0 {
				return nil, fmt.Errorf("the path %s has an open quote", text)
			}
			key, rest = rest[1:end+1], rest[end+2:]
			if rest != "" && rest[0] != '.' {
				return nil, fmt.Errorf("the path %s needs a dot after the closing quote", text)
			}
		} else {
			end := strings.IndexByte(rest, '.')
			if end < 0 {
				end = len(rest)
			}
			key, rest = rest[:end], rest[end:]
			if key == "" {
				return nil, fmt.Errorf("the path %s has an empty step", text)
			}
		}
		p = append(p, key)
		if rest == "." {
			return nil, fmt.Errorf("the path %s ends with a dot", text)
		}
		rest = strings.TrimPrefix(rest, ".")
	}
	return p, nil
}

func (p jsonPath) String() string { return strings.Join(p, ".") }

// find walks from root, an object by key and an array by index from 0.
func (p jsonPath) find(root any) (any, bool) {
	for _, key := range p {
		switch v := root.(type) {
		case map[string]any:
			next, ok := v[key]
			if !ok {
				return nil, false
			}
			root = next
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			root = v[i]
		default:
			return nil, false
		}
	}
	return root, true
}

// display is a value as a person writes it: a text without quotes, anything else as JSON.
func display(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return asJSON(v)
}

func asJSON(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
