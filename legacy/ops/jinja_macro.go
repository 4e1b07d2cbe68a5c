package ops

import "strings"

// jinjaMacro is a part of a template that others of it call by a name, as a function: {% macro part(file, width=4) %}.
type jinjaMacro struct {
	params   []string
	defaults map[string]string // expressions
	body     []*jinjaNode
}

// define remembers a macro.
func (j *jinjaRun) define(n *jinjaNode) {
	name, list, ok := strings.Cut(n.text, "(")
	if name = strings.TrimSpace(name); !ok || name == "" {
		return
	}
	m := &jinjaMacro{defaults: map[string]string{}, body: n.body}
	list = list[:max(strings.LastIndexByte(list, ')'), 0)]
	for _, param := range strings.Split(list, ",") {
		key, otherwise, _ := strings.Cut(param, "=")
		m.params = append(m.params, strings.TrimSpace(key))
		m.defaults[strings.TrimSpace(key)] = otherwise
	}
	if j.macros == nil {
		j.macros = map[string]*jinjaMacro{}
	}
	j.macros[name] = m
}

// expand is what a macro writes for these arguments, of which the last may be given by their names.
func (j *jinjaRun) expand(m *jinjaMacro, args []managedValue, names []string) managedValue {
	if j.depth > maxJinjaDepth/2 || !j.work.goesOn(len(m.params)) {
		return unknownValue("macro", j.file, j.line)
	}
	vars := map[string]managedValue{}
	for _, param := range m.params {
		vars[param] = managedValue{kind: valueUndef}
		if m.defaults[param] != "" {
			vars[param] = j.value(m.defaults[param])
		}
	}
	for i, arg := range args {
		if i < len(names) && names[i] != "" {
			vars[names[i]] = arg
		} else if i < len(m.params) {
			vars[m.params[i]] = arg
		}
	}
	w, line := &jinjaWriter{}, j.line
	j.vars = append(j.vars, vars)
	j.write(m.body, w)
	j.vars, j.line = j.vars[:len(j.vars)-1], line
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
