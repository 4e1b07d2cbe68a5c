package smoke

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// viewer makes data of checks, and takes out the secrets that stand in the file: by the name of what bears them.
type viewer struct {
	secrets   map[string]string // names by values
	names     map[string]string // values by names
	concealed []string          // names of the variables that stand for secrets of the check at hand
}

// text is a template with the values of "with" in it; those are escaped.
func (v *viewer) text(t template, escape func(string) string) PlainText {
	var out PlainText
	for _, p := range t.parts {
		r := p.ref
		switch {
		case r == nil:
			out = append(out, v.plain(p.text)...)
		case r.with != nil:
			inner := *r.with
			if isSecretName(r.name) {
				inner = v.concealedTemplate(r.name, inner)
			}
			if escape != nil {
				inner = inner.escaped(escape)
			}
			out = append(out, v.text(inner, escape)...)
		case r.capture != "":
			out = append(out, Piece{Variable: r.capture, Captured: true, Steps: r.path})
		default:
			fallback := r.fallback
			if fallback != nil && isSecretName(r.env) {
				fallback = nil
			}
			out = append(out, Piece{Variable: r.env, Fallback: fallback})
		}
	}
	return out
}

func (v *viewer) concealedTemplate(name string, t template) template {
	if text := t.sample(); t.constant() && text != "" {
		return template{line: t.line, parts: []part{{ref: &ref{env: v.note(name, text)}}}}
	}
	return t
}

// plain is a text in which variables stand for the secrets that are known.
func (v *viewer) plain(text string) PlainText {
	for _, secret := range v.longestFirst() {
		if before, after, found := strings.Cut(text, secret); found {
			return append(append(v.plain(before), Piece{Variable: v.secrets[secret]}), v.plain(after)...)
		}
	}
	if text == "" {
		return nil
	}
	return PlainText{{Plain: text}}
}

func (v *viewer) longestFirst() []string {
	var all []string
	for secret := range v.secrets {
		all = append(all, secret)
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) })
	return all
}

// clean is a text for people without the secrets that are known.
func (v *viewer) clean(text string) string {
	for _, secret := range v.longestFirst() {
		text = strings.ReplaceAll(text, secret, "$"+v.secrets[secret])
	}
	return text
}

// note gives a secret the name of a variable: that of what bears it, and another one where that stands for another secret.
func (v *viewer) note(bearer, secret string) string {
	bearer = headerVariable(bearer)
	name := bearer
	for i := 2; v.names[name] != "" && v.names[name] != secret; i++ {
		name = fmt.Sprintf("%s_%d", bearer, i)
	}
	v.names[name] = secret
	if len(secret) >= shortestSecret {
		v.secrets[secret] = name
	}
	if !slices.Contains(v.concealed, name) {
		v.concealed = append(v.concealed, name)
	}
	return name
}

// named is the value of what has a name: nothing that is a secret by that name.
func (v *viewer) named(name string, t template) PlainText {
	text := v.text(t, nil)
	if !isSecretName(name) {
		return text
	}
	return v.conceal(name, text)
}

// conceal puts a variable in the place of a text that stands in the file. A scheme before it stays, as in "Bearer x".
func (v *viewer) conceal(name string, text PlainText) PlainText {
	plain := ""
	for _, p := range text {
		plain += p.Plain
	}
	scheme, rest, _ := strings.Cut(plain, " ")
	_, constant := text.Constant()
	switch {
	case plain == "", !constant && strings.TrimSpace(rest) == "" && (authScheme.MatchString(scheme) || len(scheme) < shortestSecret):
		return text
	case constant && rest != "" && authScheme.MatchString(scheme):
		return PlainText{{Plain: scheme + " "}, {Variable: v.note(name, rest)}}
	}
	return PlainText{{Variable: v.note(name, plain)}}
}

// tree is a value of JSON with texts as data. Where name is set it is a secret as a whole.
func (v *viewer) tree(t tree, name string) any {
	switch t := t.(type) {
	case template:
		if name != "" {
			return v.conceal(name, v.text(t, nil))
		}
		return v.text(t, nil)
	case map[string]any:
		out := map[string]any{}
		for _, key := range slices.Sorted(maps.Keys(t)) { // in order: names are numbered as they come
			inner := name
			if inner == "" && isSecretName(key) {
				inner = key
			}
			out[key] = v.tree(t[key], inner)
		}
		return out
	case []any:
		out := make([]any, len(t))
		for i, item := range t {
			out[i] = v.tree(item, name)
		}
		return out
	}
	return t
}

// inText finds values behind names in forms, JSON and XML that are written as texts.
var inText = pattern.MustCompile(`(?:([\w.-]+)=|"([\w.-]+)"\s*:\s*"|<(?:\w+:)?([\w.-]+)>)([^&\s"<]+)`)

// inBody takes the secrets out of a body that is a text.
func (v *viewer) inBody(text PlainText) PlainText {
	var out PlainText
	for _, p := range text {
		if p.Variable != "" {
			out = append(out, p)
			continue
		}
		at := 0
		for _, m := range inText.FindAllStringSubmatchIndex(p.Plain, -1) {
			name := ""
			for group := 2; group < 8; group += 2 {
				if m[group] >= 0 {
					name = p.Plain[m[group]:m[group+1]]
				}
			}
			if !isSecretName(name) {
				continue
			}
			out = append(out, Piece{Plain: p.Plain[at:m[8]]}, Piece{Variable: v.note(name, p.Plain[m[8]:m[9]])})
			at = m[9]
		}
		if at < len(p.Plain) {
			out = append(out, Piece{Plain: p.Plain[at:]})
		}
	}
	return out
}

// pathQuery are the fields of the query of a path where they hold variables or secrets; nil for a query that may stand as
// it is.
func (v *viewer) pathQuery(t template) []PlainField {
	var pairs []template
	needed := !t.constant()
	for rest := t; len(rest.parts) > 0; {
		var pair template
		pair, rest = rest.withoutFirst().cut('&')
		pairs = append(pairs, pair)
	}
	var out []PlainField
	for _, pair := range pairs {
		key, value := pair.cut('=')
		name := unescaped(key.sample())
		needed = needed || isSecretName(name)
		if name != "" {
			out = append(out, PlainField{name, v.named(name, value.withoutFirst().escaped(unescaped))})
		}
	}
	if !needed {
		return nil
	}
	return out
}

// withoutFirst leaves out the separator that a template begins with.
func (t template) withoutFirst() template {
	if len(t.parts) == 0 {
		return t
	}
	t.parts = slices.Clone(t.parts)
	t.parts[0].text = t.parts[0].text[min(1, len(t.parts[0].text)):]
	return t
}

func unescaped(text string) string {
	if out, err := url.QueryUnescape(text); err == nil {
		return out
	}
	return text
}
