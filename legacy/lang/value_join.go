package lang

import "strings"

func either(a, b value) value {
	v := value{kind: valEither, line: a.line}
	for _, x := range []value{a, b} {
		if x.kind == valEither {
			v.items = append(v.items, x.items...)
		} else {
			v.items = append(v.items, x)
		}
	}
	return v
}

// join is a + b: a string with {} for the part that is not known.
func join(a, b value) value {
	if a.kind == valList && b.kind == valList {
		items := append(append([]value{}, a.items...), b.items...)
		return value{kind: valList, line: a.line, items: items, keys: make([]string, len(items))}
	}
	if a.kind != valString && b.kind != valString {
		return value{kind: valOther, line: a.line, items: []value{a, b}}
	}
	text := a.orBlank() + b.orBlank()
	return value{kind: valString, line: a.line, text: text[:min(len(text), maxText)], items: append(append([]value{}, unknown(a)...), unknown(b)...)}
}

// format is a % b or a.format(b): the placeholders are filled with what is known.
func format(a, b value) value {
	if a.kind != valString {
		return value{kind: valOther, line: a.line, items: []value{a, b}}
	}
	args := []value{b}
	if b.kind == valList || b.kind == valDict {
		args = b.items
	}
	text := a.text
	for _, arg := range args {
		at, size := -1, 0
		for _, mark := range []string{"%s", "%d", "%r", "{}", "{0}", "{1}", "{2}"} {
			if i := strings.Index(text, mark); i >= 0 && (at < 0 || i < at) {
				at, size = i, len(mark)
			}
		}
		if at < 0 {
			break
		}
		fill := arg.orBlank()
		if fill == "{}" {
			fill = "{?}"
		}
		text = text[:at] + fill + text[at+size:]
		text = text[:min(len(text), maxText)]
	}
	return value{kind: valString, line: a.line, text: text, items: args}
}

func unknown(v value) []value {
	if v.kind == valString {
		return v.items
	}
	return []value{v}
}

// orBlank is the literal that an expression comes to, or {} where that can't be told.
func (v value) orBlank() string {
	if text, ok := v.literal(); ok {
		return text
	}
	return "{}"
}
