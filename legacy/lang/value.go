package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// value is an expression of Python, JavaScript or PHP as far as its text tells: literals, names, calls, and which of several
// values it may take. Everything else is of kind valOther and keeps what it holds in items.
type value struct {
	kind  byte
	text  string // a string's text, a number's digits, a dotted name, what is called
	line  int
	keys  []string // a dict's keys; a call's keywords, "" for what is given by position
	items []value  // a dict's values, a list's elements, a call's arguments, the alternatives, what an unknown thing is made of

	secret bool // the code itself says that nobody may see it
}

const (
	valOther  = 0
	valString = 's' // with {} where a part is not known
	valNumber = '#'
	valName   = 'n'
	valDict   = 'd'
	valList   = 'l'
	valCall   = 'c' // a subscript of a name is the call "name[]"
	valEither = '|' // a or b, a || b, a if c else b, c ? a : b
)

// What bounds the work on one expression; code that is written by people stays far below.
const (
	maxDepth     = 40   // nesting
	maxOperators = 200  // operators at one level, and parts of a.b.c
	maxText      = 8192 // bytes of a string that is put together
)

type parser struct {
	tokens []token
	at     int
	d      dialect
	scope  map[string]value // what the file's own names stand for
}

func (p *parser) peek() token {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return token{kind: tokOp}
}

func (p *parser) is(text string) bool {
	t := p.peek()
	return t.text == text && (t.kind == tokOp || t.kind == tokName)
}

func (p *parser) accept(text string) bool {
	if p.is(text) {
		p.at++
		return true
	}
	return false
}

// expr reads an operand and the operators that follow, all at one level: what matters is which literals take part.
func (p *parser) expr(depth int) value {
	v := p.operand(depth)
	for n := 0; depth < maxDepth && n < maxOperators; n++ {
		t := p.peek()
		if t.kind != tokOp && t.kind != tokName {
			return v
		}
		switch t.text {
		case "or", "||", "??", "and", "&&":
			p.at++
			v = either(v, p.operand(depth+1))
		case "if":
			if !p.d.python {
				return v
			}
			p.at++
			p.expr(depth + 1)
			if p.accept("else") {
				v = either(v, p.expr(depth+1))
			}
		case "?":
			p.at++
			if p.d.php && p.accept(":") { // a ?: b
				v = either(v, p.operand(depth+1))
				continue
			}
			v = p.expr(depth + 1)
			if p.accept(":") {
				v = either(v, p.expr(depth+1))
			}
		case "+":
			p.at++
			v = join(v, p.operand(depth+1))
		case "%":
			p.at++
			v = format(v, p.operand(depth+1))
		case "/":
			p.at++
			v = value{kind: valCall, text: "join", line: v.line, keys: []string{"", ""}, items: []value{v, p.operand(depth + 1)}}
		case "-", "*", "**", "//", "|", "&", "^", "==", "!=", "===", "!==", "<", ">", "<=", ">=", "in", "is", "instanceof":
			p.at++
			p.accept("not")
			v = value{kind: valOther, line: v.line, items: []value{v, p.operand(depth + 1)}}
		case "not":
			p.at++
		default:
			return v
		}
	}
	return v
}

// operand reads one thing with its prefixes, attributes, calls and subscripts.
func (p *parser) operand(depth int) value {
	for p.is("not") || p.is("!") || p.is("-") || p.is("+") || p.is("~") || p.is("await") || p.is("new") || p.is("typeof") || p.is("*") || p.is("**") || p.is("...") {
		p.at++
	}
	t := p.peek()
	v := value{line: t.line}
	switch {
	case p.at >= len(p.tokens) || depth >= maxDepth:
		p.skip()
		return v
	case t.kind == tokString || t.kind == tokFormat:
		p.strings(&v, depth)
	case t.kind == tokNumber:
		v.kind, v.text = valNumber, t.text
		p.at++
	case t.kind == tokName && (t.text == "function" || t.text == "async" || t.text == "lambda" || t.text == "class"):
		p.function()
		return v
	case t.kind == tokName || p.d.php && t.kind == tokOp && t.text == `\`:
		v.kind, v.text = valName, t.text
		p.at++
		if p.d.php {
			v.text = p.qualified(v.text)
		}
	case t.text == "(" || t.text == "[":
		v.kind = valList
		v.keys, v.items = p.list(depth)
		if t.text == "(" && len(v.items) == 1 {
			v = v.items[0]
		} else if p.d.php && strings.Join(v.keys, "") != "" {
			v.kind = valDict
		}
	case t.text == "{":
		v.kind = valDict
		v.keys, v.items = p.dict(depth)
		v = described(v)
	default:
		return v
	}
	v = p.postfix(v, depth)
	if known, ok := p.scope[v.text]; ok && v.kind == valName {
		return known
	}
	return v
}

// qualified reads on in a name of PHP's: of \Cake\Database\Driver\Mysql::class the last part of the path counts, and
// class says nothing more.
func (p *parser) qualified(name string) string {
	for n := 0; n < maxOperators && p.at+1 < len(p.tokens); n++ {
		t, next := p.tokens[p.at], p.tokens[p.at+1]
		switch {
		case t.kind == tokOp && t.text == `\` && next.kind == tokName:
			name = next.text
			p.at += 2
		case name == `\` && t.kind == tokName:
			name = t.text
			p.at++
		case t.kind == tokOp && t.text == ":" && next.kind == tokOp && next.text == ":" && p.at+2 < len(p.tokens) && p.tokens[p.at+2].kind == tokName:
			if member := p.tokens[p.at+2].text; member != "class" {
				name += "::" + member
			}
			p.at += 3
		default:
			return name
		}
	}
	return name
}

// strings reads a string and those that stand beside it, which Python takes for one.
func (p *parser) strings(v *value, depth int) {
	v.kind = valString
	for p.peek().kind == tokString || p.peek().kind == tokFormat {
		text := p.peek().text
		if p.peek().kind == tokFormat && depth < maxDepth/2 {
			var parts []value
			text, parts = p.fill(text, depth)
			moveTo(parts, p.peek().line)
			v.items = append(v.items, parts...)
		}
		if len(v.text) < maxText {
			v.text += text
		}
		p.at++
	}
}

// moveTo gives values that were read out of a string the line of the string.
func moveTo(values []value, line int) {
	for i := range values {
		values[i].line = line
		moveTo(values[i].items, line)
	}
}

var inFormat = scan.MustCompile(`\$?\{([^{}]{1,200})\}`)

// fill puts what is known into an f-string or template literal.
func (p *parser) fill(text string, depth int) (string, []value) {
	if len(text) > maxText {
		return text, nil
	}
	var parts []value
	filled := inFormat.ReplaceAllStringFunc(text, func(part string) string {
		inner := &parser{tokens: tokenize(inFormat.FindStringSubmatch(part)[1], p.d), d: p.d, scope: p.scope}
		for inner.peek().kind == tokNewline && inner.at < len(inner.tokens) {
			inner.at++
		}
		v := inner.expr(depth + maxDepth/2)
		parts = append(parts, v)
		if known, ok := v.literal(); ok {
			return known
		}
		return part
	})
	return filled[:min(len(filled), maxText)], parts
}

func (p *parser) postfix(v value, depth int) value {
	for n := 0; n < maxOperators; n++ {
		switch {
		case (p.is(".") || p.is("?.")) && p.at+1 < len(p.tokens) && p.tokens[p.at+1].kind == tokName:
			name := p.tokens[p.at+1].text
			p.at += 2
			if v.kind == valName {
				v.text += "." + name
				continue
			}
			v = value{kind: valName, text: "." + name, line: v.line, items: []value{v}}
		case p.is("("):
			call := value{kind: valCall, text: v.text, line: v.line}
			call.keys, call.items = p.list(depth)
			if p.d.php && v.text == "array" {
				call.kind = valDict
			}
			if v.kind == valName && len(v.items) == 1 && v.text == ".format" && v.items[0].kind == valString {
				args := value{kind: valList, items: call.items, keys: call.keys}
				v = format(v.items[0], args)
				continue
			}
			if v.kind == valName && len(v.items) == 1 { // x(...).y(...): keep x reachable
				call.items = append(call.items, v.items[0])
				call.keys = append(call.keys, ".")
			}
			v = call
		case p.is("["):
			name := v.text
			if v.kind != valName {
				name = ""
			}
			_, items := p.list(depth)
			call := value{kind: valCall, text: name + "[]", line: v.line, items: items, keys: make([]string, len(items))}
			if v.kind == valCall && strings.HasSuffix(v.text, "[]") { // x["a"]["b"]: keep x["a"] reachable
				call.items, call.keys = append(call.items, v), append(call.keys, ".")
			}
			v = call
		default:
			return v
		}
	}
	return v
}

// function steps over a function, arrow, lambda or class; the calls inside are found by those who look for calls.
func (p *parser) function() {
	p.at++
	for p.at < len(p.tokens) && p.peek().kind != tokNewline {
		switch {
		case p.is("{"):
			p.at = p.peek().match + 1
			return
		case p.is("(") || p.is("["):
			p.at = max(p.peek().match, p.at) + 1
		case p.is(",") || p.is(")") || p.is("]") || p.is("}") || p.is(";"):
			return
		default:
			p.at++
		}
	}
}

// skip moves over one thing, brackets and all.
func (p *parser) skip() {
	if p.is("(") || p.is("[") || p.is("{") {
		p.at = max(p.peek().match, p.at)
	}
	p.at++
}

// skipItem moves to the comma or closing bracket that ends an item.
func (p *parser) skipItem(end int) {
	for p.at < end && !p.is(",") {
		p.skip()
	}
	p.at = min(p.at, end)
}

// list reads what stands between round or square brackets: elements, arguments and keyword=arguments.
func (p *parser) list(depth int) (keys []string, items []value) {
	end := max(p.peek().match, p.at)
	p.at++
	for p.at < end && depth < maxDepth {
		key := ""
		if p.d.python && p.peek().kind == tokName && p.at+1 < end && p.tokens[p.at+1].kind == tokOp && p.tokens[p.at+1].text == "=" {
			key = p.peek().text
			p.at += 2
		}
		from := p.at
		v := p.expr(depth + 1)
		if p.d.php && p.at < end && p.is("=>") { // 'key' => value
			p.at++
			key = v.text
			v = p.expr(depth + 1)
		}
		p.skipItem(end)
		if p.at > from {
			keys, items = append(keys, key), append(items, v)
		}
		p.accept(",")
	}
	p.at = end + 1
	return keys, items
}

// dict reads what stands between braces. What is no pair (a set, a method, a spread) is left out.
func (p *parser) dict(depth int) (keys []string, items []value) {
	end := max(p.peek().match, p.at)
	p.at++
	for p.at < end && depth < maxDepth {
		t := p.peek()
		next := token{}
		if p.at+1 < end {
			next = p.tokens[p.at+1]
		}
		if (t.kind == tokName || t.kind == tokString || t.kind == tokNumber) && next.kind == tokOp && next.text == ":" {
			p.at += 2
			keys, items = append(keys, t.text), append(items, p.expr(depth+1))
		} else if t.kind == tokName && (next.text == "," || p.at+1 == end) && !p.d.python {
			keys, items = append(keys, t.text), append(items, value{kind: valName, text: t.text, line: t.line}) // {host, port}
			p.at++
		}
		p.skipItem(end)
		p.accept(",")
	}
	p.at = end + 1
	return keys, items
}
