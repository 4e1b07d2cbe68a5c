package kube

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/migrate-to-kubernetes/migrate/kube/schemas"
)

// check walks one object along its schema. The embedded schemas use a dozen keywords, and walking them ourselves takes
// microseconds where compiling the definitions takes 50 ms in each process; a test holds it against a full
// implementation of JSON Schema.
type check struct {
	definitions map[string]*schemas.Schema
	history     *schemas.Since
	minor       int // version of Kubernetes, as 31 for 1.31
	object      Object
	problems    []Problem
	reported    map[string]bool // fields that have their message
}

func (c *check) fail(p fieldPath, format string, args ...any) {
	if c.reported == nil {
		c.reported = map[string]bool{}
	}
	c.reported[p.String()] = true
	c.problems = append(c.problems, c.object.problem(p, fmt.Sprintf(format, args...)))
}

func (c *check) value(p fieldPath, v any, s *schemas.Schema) {
	name := ""
	for s != nil && s.Ref != "" {
		name = strings.TrimPrefix(s.Ref, "#/definitions/")
		s = c.definitions[name]
	}
	if s == nil || v == nil { // the server takes null for absent
		return
	}
	if !slices.ContainsFunc(s.Type, func(t string) bool { return isType(v, t) }) && len(s.Type) > 0 {
		c.fail(p, "must be %s, is %s", typeNames(s.Type), show(v))
		return
	}
	switch v := v.(type) {
	case map[string]any:
		c.later(p, v, name)
		c.mapping(p, v, s)
	case []any:
		c.list(p, v, s)
	case string:
		c.text(p, v, s)
	default:
		c.number(p, v, s)
	}
}

// later reports fields of a definition that came after the version of Kubernetes: an older server drops them without a word.
func (c *check) later(p fieldPath, m map[string]any, definition string) {
	if c.history.Fields[definition] == nil {
		return
	}
	for _, name := range sortedKeys(m) {
		if since := c.history.Fields[definition][name]; since > c.minor {
			c.fail(p.add(name), "came with Kubernetes 1.%d, and this environment runs 1.%d: take it out, or have the cluster brought up to date", since, c.minor)
		}
	}
}

func (c *check) mapping(p fieldPath, m map[string]any, s *schemas.Schema) {
	for _, name := range s.Required {
		if m[name] == nil {
			c.fail(p.add(name), "is required")
		}
	}
	if s.MinProperties > len(m) {
		c.fail(p, "needs at least %d entries", s.MinProperties)
	}
	if s.MaxProperties != nil && len(m) > *s.MaxProperties {
		c.fail(p, "takes %d entries at most, has %d", *s.MaxProperties, len(m))
	}
	for _, name := range sortedKeys(m) {
		if property, known := s.Properties[name]; known {
			c.value(p.add(name), m[name], property)
			continue
		}
		switch {
		case s.Additional.Schema != nil:
			c.value(p.add(name), m[name], s.Additional.Schema)
		case s.Additional.Forbidden:
			c.fail(p.add(name), "unknown field%s", didYouMean(name, sortedKeys(s.Properties)))
		}
	}
}

func (c *check) list(p fieldPath, list []any, s *schemas.Schema) {
	if len(list) < s.MinItems {
		c.fail(p, "needs at least %d, has %d", s.MinItems, len(list))
	}
	if s.MaxItems != nil && len(list) > *s.MaxItems {
		c.fail(p, "takes %d at most, has %d", *s.MaxItems, len(list))
	}
	for i, v := range list {
		c.value(p.add(i), v, s.Items)
	}
}

func (c *check) text(p fieldPath, v string, s *schemas.Schema) {
	length := utf8.RuneCountInString(v)
	switch {
	case len(s.Enum) > 0 && !slices.Contains(s.Enum, any(v)):
		names := enumNames(s.Enum)
		c.fail(p, "%q is not one of %s%s", v, strings.Join(names, ", "), didYouMean(v, names))
	case length < s.MinLength:
		c.fail(p, "must not be empty")
	case s.MaxLength != nil && length > *s.MaxLength:
		c.fail(p, "takes %d characters at most, has %d", *s.MaxLength, length)
	case s.Pattern != "":
		if re := compiled(s.Pattern); re != nil && !re.MatchString(v) {
			words := "of the form " + s.Pattern
			if s.Description != "" {
				words = s.Description
			}
			c.fail(p, "%q is not %s", v, words)
		}
	}
}

// patterns are those of the schemas that have been asked for.
var patterns sync.Map

// compiled is a pattern of the schemas. Those of CRDs are written for ECMAScript: one that Go doesn't know is the server's to
// check, and nil here.
func compiled(pattern string) *regexp.Regexp {
	re, known := patterns.Load(pattern)
	if !known {
		made, _ := regexp.Compile(pattern)
		re, _ = patterns.LoadOrStore(pattern, made)
	}
	return re.(*regexp.Regexp)
}

func (c *check) number(p fieldPath, v any, s *schemas.Schema) {
	n, ok := asFloat(v)
	if !ok {
		return
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, any(n)) {
		c.fail(p, "%v is not one of %s", v, strings.Join(enumNames(s.Enum), ", "))
	}
	if s.Minimum != nil && n < *s.Minimum {
		c.fail(p, "must be at least %v, is %v", *s.Minimum, v)
	}
	if s.Maximum != nil && n > *s.Maximum {
		c.fail(p, "must be at most %v, is %v", *s.Maximum, v)
	}
}

func enumNames(enum []any) []string {
	names := make([]string, len(enum))
	for i, v := range enum {
		names[i] = fmt.Sprint(v)
	}
	return names
}

func asFloat(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

func isType(v any, t string) bool {
	switch v := v.(type) {
	case map[string]any:
		return t == "object"
	case []any:
		return t == "array"
	case string:
		return t == "string"
	case bool:
		return t == "boolean"
	case int64:
		return t == "integer" || t == "number"
	case float64:
		return t == "number" || t == "integer" && v == float64(int64(v))
	}
	return false
}

var plainTypes = map[string]string{
	"object": "a mapping", "array": "a list", "string": "a string", "boolean": "true or false", "integer": "a whole number", "number": "a number",
}

func typeNames(types []string) string {
	if len(types) > 1 {
		return "a number or a string"
	}
	return plainTypes[types[0]]
}

// show is a value as it would stand in YAML, shortened.
func show(v any) string {
	switch v := v.(type) {
	case map[string]any:
		return "a mapping"
	case []any:
		return "a list"
	default:
		text, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		if len(text) > 40 {
			text = append(text[:40], "..."...)
		}
		switch v.(type) {
		case string:
			return "the string " + string(text)
		}
		return string(text)
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// didYouMean proposes the candidate that is nearest to a misspelt name, where one is near.
func didYouMean(name string, candidates []string) string {
	best, distance := "", 3
	if len(name) < 5 {
		distance = 2
	}
	for _, c := range candidates {
		if strings.EqualFold(c, name) {
			return fmt.Sprintf(": did you mean %s?", c)
		}
		if d := editDistance(name, c); d < distance || d == distance && best == "" {
			best, distance = c, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(": did you mean %s?", best)
}

func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		previous := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := previous
			if a[i] != b[j] {
				cost = 1 + min(previous, row[j], row[j+1])
			}
			previous, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
