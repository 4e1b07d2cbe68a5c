package ops

import (
	"slices"
	"strings"
)

// jinjaMacro is a part of a template that others of it call by a name, as a function: {% macro part(file, width=4) %}.
type jinjaMacro struct {
	params   []string
	defaults map[string][]jinjaToken // expressions
	body     []*jinjaNode
}

// define remembers a macro.
func (j *jinjaRun) define(n *jinjaNode) {
	name, list, ok := strings.Cut(n.text, "(")
	if name = strings.TrimSpace(name); !ok || name == "" {
		return
	}
	m := &jinjaMacro{defaults: map[string][]jinjaToken{}, body: n.body}
	for _, param := range betweenCommas(lexJinja(list[:max(strings.LastIndexByte(list, ')'), 0)])) {
		if param[0].kind != 'w' {
			continue
		}
		m.params = append(m.params, param[0].text)
		if len(param) > 2 && param[1].text == "=" {
			m.defaults[param[0].text] = param[2:]
		}
	}
	if j.macros == nil {
		j.macros = map[string]*jinjaMacro{}
	}
	j.macros[name] = m
}

// betweenCommas parts tokens at the commas that stand in no bracket; of two commas next to each other there is nothing between.
func betweenCommas(tokens []jinjaToken) [][]jinjaToken {
	var parts [][]jinjaToken
	depth, start := 0, 0
	for i, t := range append(slices.Clip(tokens), jinjaToken{'o', ","}) {
		switch {
		case t.kind != 'o':
		case strings.Contains("([{", t.text):
			depth++
		case strings.Contains(")]}", t.text):
			depth--
		case t.text == "," && (depth <= 0 || i == len(tokens)):
			if i > start {
				parts = append(parts, tokens[start:i])
			}
			start = i + 1
		}
	}
	return parts
}

// expand is what a macro writes for these arguments, of which the last may be given by their names.
func (j *jinjaRun) expand(m *jinjaMacro, args []managedValue, names []string) managedValue {
	if j.depth > maxJinjaDepth/2 || !j.work.goesOn(len(m.params)) {
		return unknownValue("macro", j.file, j.line)
	}
	vars := map[string]managedValue{}
	for i, arg := range args {
		if i < len(names) && names[i] != "" {
			vars[names[i]] = arg
		} else if i < len(m.params) {
			vars[m.params[i]] = arg
		}
	}
	w, line, outer := &jinjaWriter{}, j.line, j.vars
	j.vars = append(slices.Clip(outer[:min(len(outer), 1)]), vars) // the loops of the caller are not seen
	for _, param := range m.params {
		if _, given := vars[param]; given {
			continue
		}
		vars[param] = managedValue{kind: valueUndef}
		if otherwise := m.defaults[param]; otherwise != nil {
			vars[param] = j.valueOf(otherwise)
		}
	}
	j.write(m.body, w)
	j.vars, j.line = outer, line
	return partlyKnown(textValue(w.b.String(), j.file, line))
}

// maxIndent is the widest that the filter sets a line in.
const maxIndent = 40

// indented is a text with all lines but the first set in, as the filter has it; first sets that in, too.
func indented(text string, width int, first bool) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if line != "" && (i > 0 || first) {
			lines[i] = strings.Repeat(" ", width) + line
		}
	}
	return strings.Join(lines, "\n")
}
