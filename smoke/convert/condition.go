package convert

import (
	"encoding/json"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/requests"
)

// negated is the operator for what "not" holds, and what it compares with.
func negated(value any) (operator string, literal []byte) {
	n := nodeOf(value, true)
	operator = "!="
	if n.Kind == yaml.MappingNode && len(n.Content) == 2 {
		operator = map[string]string{"min": "<", "max": ">"}[n.Content[0].Value]
		n = n.Content[1]
	}
	if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!str" {
		return "", nil
	}
	return operator, []byte(n.Value)
}

// condition is the key and value of a condition; why says why there is none.
func condition(a requests.Assert, filters []requests.Filter) (key string, value any, why string) {
	counted := false
	for _, f := range filters {
		switch f.Name {
		case "count":
			counted = true
		case "toInt", "toFloat", "toString":
		default:
			return "", nil, "a check has no filter " + f.Name
		}
	}
	if capturedText(a.Value) {
		return "", nil, "a text that begins with $ stands for something else in a check"
	}
	op := a.Op
	if positive, negated := negations[op]; negated {
		inner := a
		inner.Op = positive
		if op == requests.NotExists {
			return "present", false, ""
		}
		key, value, why := condition(inner, filters)
		if why != "" {
			return "", nil, why
		}
		return "not", conditionNode(key, value), ""
	}
	if counted && op != requests.Equal {
		return "", nil, "a count is compared with == alone"
	}
	return positiveCondition(a, counted)
}

var negations = map[string]string{requests.NotEqual: requests.Equal, requests.NotContains: requests.Contains, requests.NotMatches: requests.Matches, requests.NotIs: requests.Is, requests.NotExists: requests.Exists}

func positiveCondition(a requests.Assert, counted bool) (key string, value any, why string) {
	_, isNumber := a.Value.(json.Number)
	switch {
	case counted && a.Query.Kind == requests.OfJSON && isNumber && !strings.ContainsAny(a.Query.Arg, "*?") && !strings.Contains(a.Query.Arg, ".."):
		return "length", a.Value, ""
	case counted && isNumber:
		return "count", a.Value, ""
	case counted:
		return "", nil, "a count is compared with a number"
	}
	switch a.Op {
	case requests.Equal:
		return "equals", a.Value, ""
	case requests.Contains:
		return "contains", a.Value, ""
	case requests.Matches:
		text, ok := a.Value.(string)
		if _, err := regexp.Compile(text); !ok || err != nil {
			return "", nil, "its pattern is none that Go's regexp knows"
		}
		return "matches", text, ""
	case requests.Exists:
		return "present", true, ""
	case requests.Is:
		return "type", a.Value, ""
	}
	if !isNumber {
		return "", nil, "more and less are for numbers"
	}
	switch a.Op {
	case requests.GreaterEqual:
		return "min", a.Value, ""
	case requests.LessEqual:
		return "max", a.Value, ""
	case requests.Greater:
		return not("max", a.Value)
	case requests.Less:
		return not("min", a.Value)
	}
	return "", nil, "it is not understood"
}

func not(key string, value any) (string, any, string) {
	m := newMapping(true)
	m.set(key, value)
	return "not", m, ""
}

var textOfCapture = pattern.MustCompile(`^\$[A-Za-z_]`)

func capturedText(value any) bool {
	text, ok := value.(string)
	return ok && textOfCapture.MatchString(text)
}
