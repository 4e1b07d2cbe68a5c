package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// modelTree is the model as maps, lists and scalars, with the names of migrate.yaml.
func modelTree(app *service.App) any {
	var tree any
	if data, err := app.MarshalJSON(); err != nil || json.Unmarshal(data, &tree) != nil {
		return nil
	}
	return tree
}

// valueAt follows a path. Keys may hold dots, as the names of hosts do: the longest that fits is taken.
func valueAt(tree any, field string) any {
	m, ok := tree.(map[string]any)
	if !ok {
		return nil
	}
	for end := len(field); end > 0; end = strings.LastIndexByte(field[:end], '.') {
		value, ok := m[field[:end]]
		switch {
		case ok && end == len(field):
			return value
		case ok:
			return valueAt(value, field[end+1:])
		}
	}
	return nil
}

func valueText(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case []any:
		words := make([]string, len(v))
		for i := range v {
			words[i] = valueText(v[i])
		}
		if severalWords(v) {
			return strings.Join(words, ", ")
		}
		return strings.Join(words, " ")
	case map[string]any:
		return mappingText(v)
	case float64:
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprint(value)
}

// mappingText writes a route as host and path, an answer as what it leads to, and anything else as its keys and values.
func mappingText(m map[string]any) string {
	host, hasHost := m["host"].(string)
	path, hasPath := m["path"].(string)
	if hasHost && len(m) == 1 || hasPath && (len(m) == 1 || hasHost && len(m) == 2) {
		return host + path
	}
	words := make([]string, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		words = append(words, key+"="+valueText(m[key]))
	}
	return answerValue(strings.Join(words, " "))
}

// answerValue is what an answer leads to, without saying in which way.
func answerValue(text string) string {
	if text == "inside=true" {
		return "inside"
	}
	for _, way := range []string{"host=", "addresses="} {
		if rest, ok := strings.CutPrefix(text, way); ok && !strings.Contains(rest, "=") {
			return rest
		}
	}
	return text
}

// fieldNames are the paths of the fields that stand on lines of their own, for completion.
func fieldNames(app *service.App) []string {
	var names []string
	var walk func(tree any, path string)
	walk = func(tree any, path string) {
		if path != "" {
			names = append(names, path)
		}
		if m, ok := tree.(map[string]any); ok {
			for _, key := range slices.Sorted(maps.Keys(m)) {
				walk(m[key], strings.TrimPrefix(path+"."+key, "."))
			}
		}
	}
	walk(modelTree(app), "")
	return names
}
