package export

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// celSteps is a path in CEL, the language in which the exporter judges JSON.
func celSteps(steps []string) string {
	var out strings.Builder
	for _, s := range steps {
		if _, err := strconv.ParseUint(s, 10, 32); err == nil {
			out.WriteString("[" + s + "]")
		} else if plainStep.MatchString(s) {
			out.WriteString("." + s)
		} else {
			out.WriteString("[" + strconv.Quote(s) + "]")
		}
	}
	return out.String()
}

// celTypes are tests of the type of a value.
var celTypes = map[string]string{"string": "type(%s) == string", "number": "type(%s) == double", "boolean": "type(%s) == bool", "array": "type(%s) == list", "object": "type(%s) == map", "null": "%s == null"}

// cel says conditions on a value of a JSON body. A value that is missing makes the probe fail.
func (b *blackbox) cel(m smoke.PlainMatch, at string) (out []string, why string) {
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if m.Equal {
		literal, ok := b.literal(m.Equals)
		if !ok {
			return nil, "it compares with a document, a secret or what was captured"
		}
		say("%s == %s", at, literal)
	}
	if m.Has {
		literal, ok := b.literal(m.Contains)
		if !ok {
			return nil, "it compares with a document, a secret or what was captured"
		}
		if _, isText := m.Contains.(smoke.PlainText); isText {
			say("(type(%s) == string ? %[1]s.contains(%s) : %[2]s in %[1]s)", at, literal)
		} else {
			say("%s in %s", literal, at)
		}
	}
	if m.Pattern != "" {
		say("string(%s).matches(%s)", at, strconv.Quote(m.Pattern))
	}
	if m.Type == "integer" {
		say("type(%s) == double && double(int(%[1]s)) == %[1]s", at)
	} else if m.Type != "" {
		say(celTypes[m.Type], at)
	}
	if m.Min != nil {
		say("%s >= %s", at, celNumber(*m.Min))
	}
	if m.Max != nil {
		say("%s <= %s", at, celNumber(*m.Max))
	}
	for _, n := range []*int{m.Length, m.Count} {
		if n != nil {
			say("size(%s) == %d", at, *n)
		}
	}
	if m.Present != nil {
		if i := strings.LastIndexByte(at, '.'); strings.HasSuffix(at, "]") || i < 0 {
			why = "CEL asks only for keys whether they are there"
		} else {
			say("%shas(%s)", map[bool]string{true: "", false: "!"}[*m.Present], at)
		}
	}
	if m.Not != nil {
		inner, reason := b.cel(*m.Not, at)
		if reason != "" {
			return out, reason
		}
		say("!(%s)", strings.Join(inner, " && "))
	}
	return out, why
}

func celNumber(f float64) string {
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// literal is a value in CEL, whose numbers of JSON have a point.
func (b *blackbox) literal(value any) (string, bool) {
	switch v := value.(type) {
	case smoke.PlainText:
		text, ok := b.textOf(v)
		return strconv.Quote(text), ok
	case json.Number:
		f, err := v.Float64()
		return celNumber(f), err == nil
	case map[string]any, []any:
		return "", false
	}
	return scalar(value), true
}
