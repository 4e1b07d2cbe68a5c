package ops

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// written is a value as it is written down in JavaScript, JSON, YAML or HCL: an object, a list, a string, or an expression that
// only running the code would tell.
type written struct {
	kind   byte // '{', '[', '"' for strings, numbers and words; 'x' for an expression
	text   string
	fields []writtenField
	items  []*written
	line   int
	secret bool // an expression that makes a secret
	given  []givenValue
	file   string // where it stands, if that is another file than the one around it
}

// givenValue is a line of another file that gives a value, or a part of it.
type givenValue struct {
	file string
	line int
}

type writtenField struct {
	key   string
	value *written
	line  int
}

// get is the value of a key, nil where there is none; nil has no keys.
func (l *written) get(keys ...string) *written {
	for _, key := range keys {
		if l == nil {
			return nil
		}
		var found *written
		for _, f := range l.fields {
			if f.key == key {
				found = f.value
			}
		}
		l = found
	}
	return l
}

// word is the text of a string, number or word.
func (l *written) word() string {
	if l == nil || l.kind != '"' {
		return ""
	}
	return l.text
}

// list are the elements of a list, or the one value.
func (l *written) list() []*written {
	switch {
	case l == nil:
		return nil
	case l.kind == '[':
		return l.items
	}
	return []*written{l}
}

// words are the texts of a list's elements.
func (l *written) words() []string {
	var all []string
	for _, item := range l.list() {
		if w := item.word(); w != "" {
			all = append(all, w)
		}
	}
	return all
}

// writtenReader reads one value after the other. It knows no operators: what goes on behind a value is an expression.
type writtenReader struct {
	text string
	at   int
	line int
}

// maxWritten bounds how deep values may lie in each other.
const maxWritten = 40

// readWritten reads the value that begins at offset in text.
func readWritten(text string, offset int) *written {
	p := &writtenReader{text: text, at: offset, line: 1 + strings.Count(text[:offset], "\n")}
	return p.value(0)
}

func (p *writtenReader) more() bool { return p.at < len(p.text) }

func (p *writtenReader) next() byte {
	c := p.text[p.at]
	if p.at++; c == '\n' {
		p.line++
	}
	return c
}

// space skips blanks and comments; ends of lines only where they mean nothing.
func (p *writtenReader) space(lines bool) {
	for p.more() {
		rest := p.text[p.at:]
		switch c := rest[0]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' && lines:
			p.next()
		case strings.HasPrefix(rest, "//"):
			for p.more() && p.text[p.at] != '\n' {
				p.at++
			}
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				end = len(rest) - 4
			}
			for stop := p.at + max(end, 0) + 4; p.at < stop && p.more(); {
				p.next()
			}
		default:
			return
		}
	}
}

// value reads a value and what goes on behind it.
func (p *writtenReader) value(depth int) *written {
	p.space(true)
	l := &written{kind: 'x', line: p.line}
	if !p.more() || depth > maxWritten {
		p.at = len(p.text)
		return l
	}
	from := p.at
	switch c := p.text[p.at]; {
	case c == '{':
		l.kind = '{'
		p.next()
		p.object(l, depth)
	case c == '[':
		l.kind = '['
		p.next()
		p.elements(l, depth)
	case c == '"' || c == '\'' || c == '`':
		l.kind = '"'
		l.text = p.quoted()
	default:
		if word := p.bare(); word != "" {
			l.kind, l.text = '"', word
		}
	}
	if end := p.at; p.rest() {
		p.space(false)
	} else if strings.TrimSpace(p.text[end:p.at]) != "" {
		return &written{kind: 'x', text: strings.TrimSpace(p.text[from:p.at]), line: l.line, items: p.inside(l)}
	}
	return l
}

// inside keeps what an expression such as a call begins with.
func (p *writtenReader) inside(l *written) []*written {
	if l.kind == '"' && l.text != "" {
		return []*written{l}
	}
	return nil
}

// bare reads a number or a name.
func (p *writtenReader) bare() string {
	from := p.at
	for p.more() {
		c := p.text[p.at]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '.' || c == '$' || c == '-' && p.at == from {
			p.at++
			continue
		}
		break
	}
	return p.text[from:p.at]
}

// rest goes on to what ends a value: true where nothing stood between.
func (p *writtenReader) rest() bool {
	p.space(true)
	plain := true
	for depth := 0; p.more(); {
		switch c := p.text[p.at]; {
		case depth == 0 && (c == ',' || c == '}' || c == ']' || c == ')' || c == ';'):
			return plain
		case c == '"' || c == '\'' || c == '`':
			p.quoted()
			plain = false
			continue
		case c == '{' || c == '[' || c == '(':
			depth++
		case c == '}' || c == ']' || c == ')':
			depth--
		}
		if p.next() != '\n' {
			plain = false
		}
	}
	return plain
}

func (p *writtenReader) object(l *written, depth int) {
	for {
		if p.space(true); !p.more() {
			return
		}
		switch c := p.text[p.at]; {
		case c == '}':
			p.next()
			return
		case c == ',' || c == ';':
			p.next()
			continue
		case c == ']' || c == ')':
			return // not closed: what holds it goes on
		}
		at, line, key := p.at, p.line, ""
		if c := p.text[p.at]; c == '"' || c == '\'' {
			key = p.quoted()
		} else {
			key = p.bare()
		}
		p.space(true)
		if key != "" && p.more() && p.text[p.at] == ':' {
			p.next()
			l.fields = append(l.fields, writtenField{key, p.value(depth + 1), line})
			continue
		}
		if !p.rest() || p.at == at { // ...spread, method() {} and the like
			if p.at == at {
				p.next()
			}
		}
	}
}

func (p *writtenReader) elements(l *written, depth int) {
	for {
		if p.space(true); !p.more() {
			return
		}
		switch p.text[p.at] {
		case ']':
			p.next()
			return
		case ',', ';':
			p.next()
			continue
		case '}', ')':
			return
		}
		at := p.at
		if l.items = append(l.items, p.value(depth+1)); p.at == at {
			p.next()
		}
	}
}

// quoted reads a string; what a template fills in with ${} may hold quotes of its own.
func (p *writtenReader) quoted() string {
	quote := p.next()
	var b strings.Builder
	for depth := 0; p.more(); {
		c := p.next()
		switch {
		case c == '\\' && p.more():
			switch e := p.next(); e {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			default:
				b.WriteByte(e)
			}
			continue
		case c == '{' && (depth > 0 || strings.HasSuffix(b.String(), "$")) && quote == '`':
			depth++
		case c == '}' && depth > 0:
			depth--
		case c == quote && depth == 0 || c == '\n' && quote != '`':
			return b.String()
		}
		b.WriteByte(c)
	}
	return b.String()
}

// moved adds lines to where a value stands, which was read out of a text within a file.
func (l *written) moved(lines, depth int) {
	if l == nil || depth > maxWritten {
		return
	}
	l.line += lines
	for i, f := range l.fields {
		l.fields[i].line += lines
		f.value.moved(lines, depth+1)
	}
	for _, item := range l.items {
		item.moved(lines, depth+1)
	}
}

// yamlWritten is a YAML document in the same form.
func yamlWritten(n *yaml.Node) *written {
	left := maxYAMLNodes
	return yamlWrittenWithin(n, &left, 0)
}

// maxYAMLNodes bounds what aliases of aliases make of a small file.
const maxYAMLNodes = 100_000

func yamlWrittenWithin(n *yaml.Node, left *int, depth int) *written {
	if n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if *left--; n == nil || depth > maxWritten || *left < 0 {
		return nil
	}
	l := &written{kind: '"', text: n.Value, line: n.Line}
	switch n.Kind {
	case yaml.MappingNode:
		l.kind = '{'
		for _, p := range pairs(n) {
			if value := yamlWrittenWithin(p.value, left, depth+1); value != nil {
				l.fields = append(l.fields, writtenField{p.key.Value, value, p.key.Line})
			}
		}
	case yaml.SequenceNode:
		l.kind = '['
		for _, item := range n.Content {
			if value := yamlWrittenWithin(item, left, depth+1); value != nil {
				l.items = append(l.items, value)
			}
		}
	}
	return l
}
