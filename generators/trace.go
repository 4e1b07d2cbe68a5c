package generators

import (
	"cmp"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Trace says what decides a line of a generated file. No generator keeps books about that: the model is changed one field at
// a time, what is generated from it is compared, and the fields that make a difference are the answer.
type Trace struct {
	Generator string // which one writes the file
	// Decide are the fields whose value stands in the line: with another value it is another. The most particular comes first.
	Decide []string
	// Cause are the fields with which, or without which, the line would be another or not there, where it holds the value of none.
	Cause []string
	// Unset are fields that migrate.yaml does not have, and with which the line would be another.
	Unset []string
}

// TraceLine traces a line, from 0, of a generated file. pick finds the file's text among all files, since a team's own may
// have moved it; it is nil for text that is not there. Not ok means that no generator writes such a file or line.
func TraceLine(app *service.App, line int, pick func([]fileset.File) []byte) (trace Trace, ok bool, err error) {
	for _, g := range list {
		files, err := g.render(app)
		if err != nil {
			return Trace{}, false, err
		}
		text := pick(files)
		if text == nil || line >= len(fileset.Lines(text, nil, true)) {
			continue
		}
		t := tracer{g: g, pick: pick, text: text, line: line}
		if t.model, err = newVariant(app); err != nil {
			return Trace{}, false, err
		}
		t.narrow()
		return t.trace(), true, nil
	}
	return Trace{}, false, nil
}

type tracer struct {
	g     generator
	pick  func([]fileset.File) []byte
	text  []byte
	line  int
	model *variant
}

// effect is what a change of the model does to the file.
type effect struct {
	field string
	here  bool // the line is another, or gone
	lines int  // how many of the file's lines are
	all   int
}

// broad says that so much of the file changes that it says little about the line.
func (e effect) broad() bool { return e.all > 3 && e.lines*10 > e.all*7 }

// of renders the changed model. Not ok means that it is no model, or that nothing can be generated from it.
func (t *tracer) of(field string, renamed ...string) (effect, bool) {
	app, ok := t.model.app()
	if !ok {
		return effect{}, false
	}
	files, err := t.g.render(app)
	if err != nil {
		return effect{}, false
	}
	if len(renamed) == 2 { // the file may be called after what has another name now
		for i := range files {
			files[i].Path = strings.ReplaceAll(files[i].Path, renamed[1], renamed[0])
		}
	}
	became := fileset.Lines(t.text, t.pick(files), true)
	e := effect{field: field, here: became[t.line] < 0, all: len(became)}
	for _, to := range became {
		if to < 0 {
			e.lines++
		}
	}
	return e, true
}

// narrow takes out of the model what has no part in the file: whole services, needs and environments.
func (t *tracer) narrow() {
	for _, group := range [][]string{t.model.names("checks"), t.model.names("environments"), t.model.services(), t.model.names("needs")} {
		t.drop(group)
	}
}

// drop takes out of the model what of the group can go without a change of the file: all at once, or half by half.
func (t *tracer) drop(group []string) {
	if len(group) == 0 {
		return
	}
	undo := t.model.without(group)
	if e, ok := t.of(""); ok && e.lines == 0 {
		return
	}
	undo()
	if half := len(group) / 2; half > 0 {
		t.drop(group[:half])
		t.drop(group[half:])
	}
}

func (t *tracer) trace() Trace {
	trace := Trace{Generator: t.g.name}
	var held, causes []effect
	fields := t.model.fields()
	for _, f := range fields {
		switch e, ok := t.otherwise(f); {
		case !ok || !e.here:
		case t.holds(f.value):
			held = append(held, e)
		default:
			causes = append(causes, e)
		}
	}
	if trace.Decide = particular(held, false); len(trace.Decide) > 0 {
		return trace
	}
	for _, f := range fields {
		undo := f.remove()
		if e, ok := t.of(f.path); ok && e.here {
			causes = append(causes, e)
		}
		undo()
	}
	trace.Cause = particular(causes, true)
	for _, f := range t.model.unset() {
		undo := f.set()
		if e, ok := t.of(f.path); ok && e.here && e.lines*10 <= max(e.all*3, 10) {
			trace.Unset = append(trace.Unset, f.path)
		}
		undo()
	}
	return trace
}

// otherwise is what the first other value does that makes a difference.
func (t *tracer) otherwise(f field) (e effect, ok bool) {
	for _, v := range f.others {
		undo := v.apply()
		e, ok = t.of(f.path, v.renamed...)
		undo()
		if ok && e.here {
			break
		}
	}
	return e, ok
}

// holds says whether a value stands in the line.
func (t *tracer) holds(value string) bool {
	line := strings.Split(string(t.text), "\n")[t.line]
	return value != "" && value != "." && value != "/" && strings.Contains(strings.ToLower(line), strings.ToLower(value))
}

// much is how many times as many lines a field may change as the most particular one does, and still be named.
const much = 3

// particular are the fields of effects, those that change the least of the file first. What changes nearly all of it counts
// where there is nothing better, unless strict.
func particular(effects []effect, strict bool) []string {
	slices.SortStableFunc(effects, func(a, b effect) int { return cmp.Compare(a.lines, b.lines) })
	var fields []string
	for _, e := range effects {
		if strict && (e.broad() || e.lines > much*effects[0].lines) || e.broad() && !effects[0].broad() {
			continue
		}
		if !slices.Contains(fields, e.field) {
			fields = append(fields, e.field)
		}
	}
	return fields
}
