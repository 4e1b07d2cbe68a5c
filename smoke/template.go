package smoke

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// template is a text with variables in it:
//
//	${NAME}        from the environment; ${NAME:-text} with a value where it is unset or empty
//	${first.id}    from what an earlier check captured as first
//	{id}           in the path of a request: from the check's "with"
//	$${            a plain ${
type template struct {
	parts []part
	line  int
}

type part struct {
	text string
	ref  *ref // nil for plain text
}

// ref is one use of a variable. Exactly one of env, capture and with is set.
type ref struct {
	env      string
	fallback *string // of env
	capture  string
	path     jsonPath // inside the captured value
	with     *template
	name     string // of with
}

// scope is what the variables of a check may refer to.
type scope struct {
	with     map[string]template
	used     map[string]bool // of with
	captured []string        // by earlier checks
}

var (
	variableName = pattern.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	captureRef   = pattern.MustCompile(`^\$[A-Za-z_][A-Za-z0-9_]*(\..+)?$`)
)

// parse reads a text. In a path, {name} is a variable too.
func (sc *scope) parse(text string, line int, inPath bool) (template, error) {
	t := template{line: line}
	var plain strings.Builder
	flush := func() {
		if plain.Len() > 0 {
			t.parts = append(t.parts, part{text: plain.String()})
			plain.Reset()
		}
	}
	for text != "" {
		switch {
		case strings.HasPrefix(text, "$${"):
			plain.WriteString("${")
			text = text[3:]
			continue
		case !strings.HasPrefix(text, "${") && (!inPath || text[0] != '{'):
			plain.WriteByte(text[0])
			text = text[1:]
			continue
		}
		open := strings.IndexByte(text, '{')
		end := strings.IndexByte(text, '}')
		if end < 0 {
			return t, fmt.Errorf("the %q in it is never closed", text[:open+1])
		}
		r, err := sc.reference(text[open+1:end], open == 0)
		if err != nil {
			return t, err
		}
		flush()
		t.parts = append(t.parts, part{ref: r})
		text = text[end+1:]
	}
	flush()
	return t, nil
}

// reference finds what a variable stands for. A bare one, {id}, can only come from "with".
func (sc *scope) reference(name string, bare bool) (*ref, error) {
	if t, ok := sc.with[name]; ok {
		sc.used[name] = true
		return &ref{with: &t, name: name}, nil
	}
	if bare {
		return nil, fmt.Errorf("{%s} has no value: add \"with: {%s: ...}\" to the check%s", name, name, didYouMean(name, slices.Collect(maps.Keys(sc.with))))
	}
	name, fallback, hasFallback := strings.Cut(name, ":-")
	root, rest, dotted := strings.Cut(name, ".")
	if dotted || slices.Contains(sc.captured, root) {
		return sc.captureRef(root, rest)
	}
	if !variableName.MatchString(name) {
		return nil, fmt.Errorf("${%s} is no variable: a name has letters, digits and _", name)
	}
	r := &ref{env: name}
	if hasFallback {
		r.fallback = &fallback
	}
	return r, nil
}

func (sc *scope) captureRef(root, rest string) (*ref, error) {
	if !slices.Contains(sc.captured, root) {
		return nil, fmt.Errorf("no earlier check of this file captures %q%s", root, didYouMean(root, sc.captured))
	}
	p, err := parsePath(rest)
	if err != nil {
		return nil, err
	}
	return &ref{capture: root, path: p}, nil
}

// value reads a value of "with": a text, or $first.id for a captured value.
func (sc *scope) value(text string, line int) (template, error) {
	if !captureRef.MatchString(text) {
		return sc.parse(text, line, false)
	}
	root, rest, _ := strings.Cut(text[1:], ".")
	r, err := sc.captureRef(root, rest)
	return template{parts: []part{{ref: r}}, line: line}, err
}

// constant says that nothing in the text stands for a variable.
func (t template) constant() bool {
	return !slices.ContainsFunc(t.parts, func(p part) bool { return p.ref != nil })
}

// sample is the text with a plain letter for every variable, to judge its form before the values are known.
func (t template) sample() string {
	var b strings.Builder
	for _, p := range t.parts {
		if p.ref != nil {
			b.WriteByte('x')
		}
		b.WriteString(p.text)
	}
	return b.String()
}

// escaped is the template with its plain text escaped; expand does the same for the values.
func (t template) escaped(escape func(string) string) template {
	out := template{line: t.line}
	for _, p := range t.parts {
		p.text = escape(p.text)
		out.parts = append(out.parts, p)
	}
	return out
}

// cut parts a template before the first sep in its plain text.
func (t template) cut(sep byte) (before, after template) {
	for i, p := range t.parts {
		if at := strings.IndexByte(p.text, sep); at >= 0 {
			before.parts = append(append(before.parts, t.parts[:i]...), part{text: p.text[:at]})
			after.parts = append(append(after.parts, part{text: p.text[at:]}), t.parts[i+1:]...)
			return before, after
		}
	}
	return t, template{}
}

// environment calls f for each variable that the template takes from the environment, with the line where it stands.
func (t template) environment(f func(r *ref, line int)) {
	for _, p := range t.parts {
		switch {
		case p.ref == nil:
		case p.ref.with != nil:
			p.ref.with.environment(f)
		case p.ref.env != "":
			f(p.ref, t.line)
		}
	}
}

// errNotCaptured says that a check can't run since an earlier one captured nothing.
var errNotCaptured = errors.New("not captured")

// values resolves references while a suite runs.
type values struct {
	env      func(string) (string, bool)
	captured map[string]any
	// stand, where set, may put something else in the place of a variable's value: $NAME of a secret in a curl line.
	stand func(name, value string) (string, bool)
}

// expand is the text with its variables filled in; each value goes through escape, which may be nil.
func (v values) expand(t template, escape func(string) string) (string, error) {
	var b strings.Builder
	for _, p := range t.parts {
		if p.ref == nil {
			b.WriteString(p.text)
			continue
		}
		text, err := v.text(p.ref, escape)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

func (v values) text(r *ref, escape func(string) string) (string, error) {
	if r.with != nil && escape != nil {
		return v.expand(r.with.escaped(escape), escape)
	}
	if r.with != nil {
		return v.expand(*r.with, nil)
	}
	value, err := v.resolve(r)
	if err != nil {
		return "", err
	}
	text := display(value)
	name := r.env + r.capture
	if v.stand != nil {
		if other, ok := v.stand(name, text); ok {
			return other, nil
		}
	}
	if escape != nil {
		text = escape(text)
	}
	return text, nil
}

// single is the value of a template that is nothing but one captured value, with its type.
func (v values) single(t template) (any, bool, error) {
	if len(t.parts) != 1 || t.parts[0].ref == nil {
		return nil, false, nil
	}
	r := t.parts[0].ref
	if r.with != nil {
		return v.single(*r.with)
	}
	if r.capture == "" {
		return nil, false, nil
	}
	value, err := v.resolve(r)
	if err == nil && v.stand != nil {
		if other, ok := v.stand(r.capture, display(value)); ok {
			return other, true, nil
		}
	}
	return value, true, err
}

func (v values) resolve(r *ref) (any, error) {
	if r.env != "" {
		value, ok := v.env(r.env)
		if r.fallback != nil && value == "" {
			return *r.fallback, nil
		}
		if !ok {
			return nil, fmt.Errorf("the environment has no %s", r.env)
		}
		return value, nil
	}
	root, ok := v.captured[r.capture]
	if !ok {
		return nil, fmt.Errorf("%w: the check before that should capture %s did not", errNotCaptured, r.capture)
	}
	value, ok := r.path.find(root)
	if !ok {
		return nil, fmt.Errorf("the captured %s has no %s: it is %s", r.capture, r.path, display(root))
	}
	return value, nil
}
