package lang

import (
	"strings"
)

// setting is one name that source or configuration gives a value: NAME = ..., config['NAME'] = ..., a key of an object.
type setting struct {
	name   string // db.host, DATABASES.default; attributes and subscripts are parts of it
	v      value
	class  string // the Python class around it, "" outside
	indent int    // of its line, Python only
}

// source is one file, cut into what the readers ask for.
type source struct {
	file     string
	text     string
	settings []setting
	calls    []value // every call of a named thing, arguments read
	names    []value // every process.env.X that stands outside a call
}

// maxValues bounds how many settings and calls of one file are looked at.
const maxValues = 20_000

// parseSource cuts a file into settings and calls.
func parseSource(file, text string, d dialect) *source {
	s := &source{file: file, text: text}
	p := &parser{tokens: tokenize(text, d), d: d, scope: map[string]value{}}
	s.readSettings(p)
	for i := range p.tokens {
		if len(s.calls)+len(s.names) > maxValues {
			break
		}
		s.readCall(p, i)
	}
	return s
}

func (s *source) readSettings(p *parser) {
	var class string
	classIndent, indent := 0, 0
	for i := 0; i < len(p.tokens) && len(s.settings) < maxValues; i++ {
		t := p.tokens[i]
		if t.kind == tokNewline {
			indent = t.indent
			if class != "" && t.indent <= classIndent {
				class = ""
			}
			if i+2 < len(p.tokens) && p.tokens[i+1].text == "class" && p.tokens[i+1].kind == tokName {
				class, classIndent = p.tokens[i+2].text, t.indent
			}
			continue
		}
		exported := t.kind == tokName && t.text == "default" && i > 0 && p.tokens[i-1].text == "export"
		if !exported && (t.kind != tokOp || t.text != "=" || p.d.python && p.inBrackets(i)) {
			continue
		}
		name := "module.exports"
		if !exported {
			name = leftOf(p.tokens, i)
		}
		if name == "" {
			continue
		}
		p.at = i + 1
		v := p.expr(0)
		s.settings = append(s.settings, setting{name, v, class, indent})
		if !strings.Contains(name, ".") && small(v, 12) >= 0 && v.kind != valOther && v.kind != valName {
			p.scope[name] = v
		}
		if v.kind == valDict && !p.d.python {
			i = max(i, p.at-1) // what is inside is part of the object
		}
	}
}

// inBrackets says whether a Python = stands inside brackets, where it gives a keyword and no setting.
func (p *parser) inBrackets(i int) bool {
	for j := i - 1; j >= 0 && i-j < 200; j-- {
		if p.tokens[j].kind == tokNewline {
			return false
		}
		if m := p.tokens[j]; m.kind == tokOp && (m.text == "(" || m.text == "[" || m.text == "{") && m.match > i {
			return true
		}
	}
	return false
}

// small counts down the parts of a value and is negative where there are more than n: only such a value may stand for a
// name elsewhere, or a few lines could grow without end.
func small(v value, n int) int {
	n--
	for _, item := range v.items {
		if n < 0 {
			break
		}
		n = small(item, n)
	}
	return n
}

// leftOf reads the name that stands before an equals sign: a.b, a['b']['c'], a: type.
func leftOf(tokens []token, eq int) string {
	var parts []string
	i := beforeGeneric(tokens, eq-1)
	for i >= 0 && len(parts) < 10 {
		t := tokens[i]
		switch {
		case t.kind == tokName:
			parts = append(parts, t.text)
			i--
		case t.kind == tokOp && t.text == "]" && i >= 2 && tokens[i-1].kind == tokString && tokens[i-2].text == "[":
			parts = append(parts, tokens[i-1].text)
			i -= 3
			continue
		default:
			return ""
		}
		if i < 0 || tokens[i].kind != tokOp || tokens[i].text != "." {
			break
		}
		i--
	}
	if i >= 1 && tokens[i].kind == tokOp && tokens[i].text == ":" && tokens[i-1].kind == tokName && len(parts) == 1 &&
		(i < 2 || tokens[i-2].kind == tokNewline || tokens[i-2].kind == tokName) {
		parts[0] = tokens[i-1].text // NAME: type = value
	}
	for a, b := 0, len(parts)-1; a < b; a, b = a+1, b-1 {
		parts[a], parts[b] = parts[b], parts[a]
	}
	return strings.Join(parts, ".")
}

// beforeGeneric steps over what a type is made with: from the end of Config<Schema> to Config.
func beforeGeneric(tokens []token, end int) int {
	open := 0
	for i := end; i >= 0 && end-i < 40; i-- {
		switch {
		case tokens[i].kind == tokOp && tokens[i].text == ">":
			open++
		case tokens[i].kind == tokOp && tokens[i].text == "<":
			open--
		}
		if open == 0 {
			if i < end {
				return i - 1
			}
			return end
		}
	}
	return end
}

// notCalls are words before a bracket that are no call.
var notCalls = map[string]bool{"if": true, "for": true, "while": true, "switch": true, "function": true, "return": true, "def": true, "class": true, "catch": true,
	"elif": true, "and": true, "or": true, "not": true, "in": true, "with": true, "except": true, "print": true, "lambda": true, "import": true, "super": true}

// readCall reads the call or the environment variable that begins at token i.
func (s *source) readCall(p *parser, i int) {
	t := p.tokens[i]
	if t.kind != tokName || notCalls[t.text] {
		return
	}
	if i > 0 && p.tokens[i-1].kind == tokOp && p.tokens[i-1].text == "." {
		// The method of something that is no plain name: a(...).b(...)
		if i < 2 || p.tokens[i-2].kind == tokName {
			return
		}
		if i+1 < len(p.tokens) && p.tokens[i+1].text == "(" {
			p.at = i + 1
			call := value{kind: valCall, text: "." + t.text, line: t.line}
			call.keys, call.items = p.list(1)
			s.calls = append(s.calls, call)
		}
		return
	}
	if i > 0 && p.tokens[i-1].kind == tokName && (p.tokens[i-1].text == "def" || p.tokens[i-1].text == "function" || p.tokens[i-1].text == "class") {
		return
	}
	name, j := t.text, i+1
	for ; j+1 < len(p.tokens) && p.tokens[j].kind == tokOp && p.tokens[j].text == "." && p.tokens[j+1].kind == tokName && j-i < 2*maxOperators; j += 2 {
		name += "." + p.tokens[j+1].text
	}
	if j < len(p.tokens) && p.tokens[j].kind == tokOp && (p.tokens[j].text == "(" || p.tokens[j].text == "[" && strings.HasSuffix(name, "env") || p.tokens[j].text == "[" && strings.HasSuffix(name, "environ")) {
		call := value{kind: valCall, text: name, line: t.line}
		if p.tokens[j].text == "[" {
			call.text += "[]"
		}
		p.at = j
		call.keys, call.items = p.list(0)
		if t := p.peek(); call.text[len(call.text)-1] == ']' && t.kind == tokOp && t.text == "=" {
			return // what is written there is read by something else
		}
		s.calls = append(s.calls, call)
		return
	}
	if strings.HasPrefix(name, "process.env.") {
		p.at = i
		s.names = append(s.names, p.expr(0))
	}
}
