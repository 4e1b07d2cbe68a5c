package kube

import (
	"strconv"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// plainInteger says whether a whole number is small enough: kustomize passes some of them through floating point.
func plainInteger(i int64) bool { return -1<<50 < i && i < 1<<50 }

// plainValue gives what a node stands for: maps, lists, strings, booleans and whole numbers. It is false for everything that
// versions and implementations of YAML take differently, or that text is lost of on its way through kustomize.
func plainValue(n *yaml.Node) (any, bool) {
	if n.Anchor != "" || n.Style&yaml.TaggedStyle != 0 {
		return nil, false
	}
	switch n.Kind {
	case yaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, plain := plainValue(n.Content[i])
			name, text := key.(string)
			value, ok := plainValue(n.Content[i+1])
			if _, known := m[name]; known || !plain || !text || !ok {
				return nil, false
			}
			m[name] = value
		}
		return m, true
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, element := range n.Content {
			value, ok := plainValue(element)
			if !ok {
				return nil, false
			}
			list[i] = value
		}
		return list, true
	case yaml.ScalarNode:
		return plainScalar(n)
	}
	return nil, false
}

func plainScalar(n *yaml.Node) (any, bool) {
	switch n.Tag {
	case "!!str":
		return n.Value, n.Style&yaml.FoldedStyle == 0 && plainText(n.Value)
	case "!!bool":
		return n.Value == "true", n.Value == "true" || n.Value == "false"
	case "!!int":
		i, err := strconv.ParseInt(n.Value, 10, 64)
		return i, err == nil && strconv.FormatInt(i, 10) == n.Value && plainInteger(i)
	}
	return nil, false
}

// plainText says whether a text comes through YAML as it is: printable, and where it has lines, the first begins with no space.
func plainText(s string) bool {
	for _, r := range s {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) && r != '\n' && r != '\t' {
			return false
		}
	}
	return !strings.Contains(s, "\n") || !strings.ContainsAny(s[:1], " \n\t")
}
