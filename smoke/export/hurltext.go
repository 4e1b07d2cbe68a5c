package export

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// The texts of hurl, each with its own escapes; {{name}} stands in all of them for a variable.
var (
	hurlKeyPlain = pattern.MustCompile(`[^A-Za-z0-9_.\[\]@$-]`)
	hurlValue    = strings.NewReplacer(`\`, `\\`, "#", `\#`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace
	hurlQuoted   = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace
	hurlOneLine  = strings.NewReplacer(`\`, `\\`, "`", "\\`", "#", `\#`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace
)

// hurlKey is a name before a colon.
func hurlKey(text string) string {
	return hurlKeyPlain.ReplaceAllStringFunc(text, func(c string) string {
		switch c {
		case ":", "#", `\`:
			return `\` + c
		}
		return fmt.Sprintf(`\u{%x}`, []rune(c)[0])
	})
}

// hurlName is a name as hurl's variables have it: it begins with a letter.
func hurlName(name string) string {
	if strings.HasPrefix(name, "_") {
		return "v" + name
	}
	return name
}

// hurlPattern is a regular expression between slashes.
func hurlPattern(pattern string) string {
	if strings.ContainsAny(pattern, "\n\r") {
		return `"` + hurlQuoted(pattern) + `"`
	}
	var b strings.Builder
	b.WriteByte('/')
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\' && i+1 < len(pattern):
			b.WriteString(pattern[i : i+2])
			i++
		case c == '/':
			b.WriteString(`\/`)
		default:
			b.WriteByte(c)
		}
	}
	return b.String() + "/"
}

// filled is a text with its variables.
func (h *hurl) filled(text smoke.PlainText, escape func(string) string) string {
	var b strings.Builder
	for _, p := range text {
		if p.Variable == "" {
			if strings.Contains(p.Plain, "{{") {
				h.why = "{{ begins a variable of hurl, which has no way to write it otherwise"
			}
			b.WriteString(escape(p.Plain))
			continue
		}
		b.WriteString("{{" + h.variable(p) + "}}")
	}
	return b.String()
}

// variable is the name of a variable; those of the environment are noted.
func (h *hurl) variable(p smoke.Piece) string {
	if p.Captured {
		return capturedName(p.Variable, p.Steps)
	}
	if known := h.variables[p.Variable]; known == nil {
		h.variables[p.Variable] = p.Fallback
	}
	return hurlName(p.Variable)
}

// capturedName is the name of a value inside of one that is captured: hurl's templates have no paths, so it is captured
// by itself.
func capturedName(root string, steps []string) string {
	name := strings.Join(append([]string{root}, steps...), "_")
	return hurlName(notInNames.ReplaceAllString(name, "_"))
}

func (h *hurl) value(text smoke.PlainText) string { return h.filled(text, hurlValue) }
func (h *hurl) key(text smoke.PlainText) string   { return h.filled(text, hurlKey) }

// quoted is a value to compare with: a text in quotes, or a captured value with its type.
func (h *hurl) quoted(text smoke.PlainText) string {
	if len(text) == 1 && text[0].Captured {
		return "{{" + h.variable(text[0]) + "}}"
	}
	return `"` + h.filled(text, hurlQuoted) + `"`
}

// json is a body, with variables in its texts.
func (h *hurl) json(value any, indent string) string {
	inner := indent + "  "
	switch v := value.(type) {
	case smoke.PlainText:
		if len(v) == 1 && v[0].Captured {
			h.leave(0, "body", "{{%s}} is sent as a text: hurl doesn't say its type", h.variable(v[0]))
		}
		return `"` + h.filled(v, inJSON) + `"`
	case map[string]any:
		var items []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if strings.Contains(key, "{{") {
				h.why = "{{ begins a variable of hurl, which has no way to write it otherwise"
			}
			items = append(items, inner+`"`+inJSON(key)+`": `+h.json(v[key], inner))
		}
		return enclosed("{", items, indent, "}")
	case []any:
		var items []string
		for _, item := range v {
			items = append(items, inner+h.json(item, inner))
		}
		return enclosed("[", items, indent, "]")
	}
	return scalar(value)
}

func enclosed(open string, items []string, indent, end string) string {
	if len(items) == 0 {
		return open + end
	}
	return open + "\n" + strings.Join(items, ",\n") + "\n" + indent + end
}

// inJSON is a text as it stands between the quotes of JSON.
func inJSON(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a text is always JSON, and memory takes it
	return strings.TrimSuffix(b.String()[1:], "\"\n")
}

// scalar is a number, true, false or null.
func scalar(value any) string {
	if value == nil {
		return "null"
	}
	return fmt.Sprint(value)
}

// inner notes the values inside of captured ones that a check needs.
func (h *hurl) inner(c smoke.Plain) {
	note := func(t smoke.PlainText) {
		for _, p := range t {
			if p.Captured && len(p.Steps) > 0 {
				h.steps[p.Variable+"."+strings.Join(p.Steps, ".")] = p.Steps
			}
		}
	}
	for _, t := range []smoke.PlainText{c.Path, c.User, c.Password} {
		note(t)
	}
	for _, fields := range [][]smoke.PlainField{c.Query, c.Headers, c.Cookies, c.Form} {
		for _, f := range fields {
			note(f.Value)
		}
	}
	eachText(c.Body, note)
	for i := range c.Expect.Matches {
		for m := &c.Expect.Matches[i]; m != nil; m = m.Not {
			eachText(m.Equals, note)
			eachText(m.Contains, note)
		}
	}
}

func eachText(value any, f func(smoke.PlainText)) {
	switch v := value.(type) {
	case smoke.PlainText:
		f(v)
	case map[string]any:
		for _, item := range v {
			eachText(item, f)
		}
	case []any:
		for _, item := range v {
			eachText(item, f)
		}
	}
}
