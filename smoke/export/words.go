package export

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// words say the texts of a check to a tool that has no variables, or only those of its environment.
type words struct {
	list
	tool  string
	suite smoke.Suite
	why   string                   // the check at hand can't be said
	env   func(name string) string // a variable as the tool writes it; nil for a tool without
}

func (w *words) begin(c smoke.Plain) { w.check, w.why = c, "" }

// plain is a text whose variables have values that the file says and that are no secrets, or are the tool's own; others
// make the check one that can't be said.
func (w *words) plain(text smoke.PlainText) string {
	var out strings.Builder
	for _, p := range text {
		value, given, secret := w.suite.Given(p.Variable)
		secret = secret || slices.Contains(w.check.Concealed, p.Variable)
		switch {
		case p.Variable == "":
			out.WriteString(p.Plain)
		case p.Captured:
			w.why = "it needs what an earlier check captured: $" + p.Variable
		case given && !secret:
			out.WriteString(value)
		case p.Fallback != nil && !secret:
			out.WriteString(*p.Fallback)
		case w.env != nil:
			out.WriteString(w.env(p.Variable))
		case secret:
			w.why = "it needs the secret ${" + p.Variable + "}, and " + w.tool + " takes none here"
		default:
			w.why = "it needs ${" + p.Variable + "}, and " + w.tool + " has no variables; give it a value under \"values\""
		}
	}
	return out.String()
}

// path is the path of a request with its query.
func (w *words) path() string {
	path := w.plain(w.check.Path)
	var pairs []string
	for _, f := range w.check.Query {
		pairs = append(pairs, url.QueryEscape(f.Name)+"="+w.escaped(f.Value))
	}
	if len(pairs) == 0 {
		return path
	}
	join := "?"
	if strings.Contains(path, "?") {
		join = "&"
	}
	return path + join + strings.Join(pairs, "&")
}

// escaped is a value in a query or a form; a variable of the tool's stands as it is.
func (w *words) escaped(text smoke.PlainText) string {
	var out strings.Builder
	for _, p := range text {
		piece := w.plain(smoke.PlainText{p})
		if w.env == nil || p.Variable == "" || piece != w.env(p.Variable) {
			piece = url.QueryEscape(piece)
		}
		out.WriteString(piece)
	}
	return out.String()
}

func (w *words) form() string {
	var pairs []string
	for _, f := range w.check.Form {
		pairs = append(pairs, url.QueryEscape(f.Name)+"="+w.escaped(f.Value))
	}
	return strings.Join(pairs, "&")
}

func (w *words) cookies() string {
	var pairs []string
	for _, f := range w.check.Cookies {
		pairs = append(pairs, f.Name+"="+w.plain(f.Value))
	}
	return strings.Join(pairs, "; ")
}

// tree is a value of JSON with plain texts.
func (w *words) tree(value any) any {
	switch v := value.(type) {
	case smoke.PlainText:
		return w.plain(v)
	case map[string]any:
		out := map[string]any{}
		for _, key := range slices.Sorted(maps.Keys(v)) { // in order: the last reason counts
			out[key] = w.tree(v[key])
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = w.tree(item)
		}
		return out
	}
	return value
}

// textOf is a value as a text; false where it is a document, or needs what a probe has not.
func (w *words) textOf(value any) (string, bool) {
	if isTree(value) {
		return "", false
	}
	text, isText := value.(smoke.PlainText)
	if !isText {
		return scalar(value), true
	}
	before := w.why
	out := w.plain(text)
	failed := w.why != before
	w.why = before
	return out, !failed
}
