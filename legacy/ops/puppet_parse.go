package ops

// puppetNode is a statement or an expression of a manifest: op says which, text its name or operator.
type puppetNode struct {
	op   string
	text string
	kids []*puppetNode
	line int
}

// puppetParser reads statements as far as they make sense: at what it can't place it goes on with the next token.
type puppetParser struct {
	tokens []puppetToken
	at     int
	depth  int
	broken int // the first line that was not understood, 0 where all was
}

// maxPuppetDepth bounds the nesting: people need a dozen.
const maxPuppetDepth = 100

// parsePuppet gives the statements of a manifest and the first line that was not understood.
func parsePuppet(text string) (block *puppetNode, broken int) {
	p := &puppetParser{tokens: puppetTokens(text, 1)}
	block = p.block("")
	return block, p.broken
}

func (p *puppetParser) peek() puppetToken { return p.tokens[min(p.at, len(p.tokens)-1)] }

func (p *puppetParser) ahead(n int) puppetToken { return p.tokens[min(p.at+n, len(p.tokens)-1)] }

func (p *puppetParser) take() puppetToken {
	t := p.peek()
	p.at = min(p.at+1, len(p.tokens)-1)
	return t
}

// sign says whether the next token is this sign, and goes past it then.
func (p *puppetParser) sign(text string) bool {
	if t := p.peek(); t.kind == puppetSign && t.text == text {
		p.take()
		return true
	}
	return false
}

func (p *puppetParser) isSign(n int, text string) bool {
	t := p.ahead(n)
	return t.kind == puppetSign && t.text == text
}

func (p *puppetParser) word(text string) bool {
	if t := p.peek(); t.kind == puppetName && t.text == text {
		p.take()
		return true
	}
	return false
}

func (p *puppetParser) fail() {
	if p.broken == 0 {
		p.broken = p.peek().line
	}
}

// block reads statements up to the sign that closes them, or to the end.
func (p *puppetParser) block(closing string) *puppetNode {
	b := &puppetNode{op: "block", line: p.peek().line}
	p.depth++
	defer func() { p.depth-- }()
	for p.peek().kind != puppetEnd {
		if closing != "" && p.sign(closing) {
			return b
		}
		before := p.at
		if p.depth <= maxPuppetDepth {
			if s := p.statement(); s != nil {
				b.kids = append(b.kids, s)
			}
		}
		if p.at == before {
			if t := p.take(); t.kind != puppetSign || t.text == "}" || p.depth > maxPuppetDepth {
				p.at = before
				p.fail()
				p.take()
			}
		}
	}
	if closing != "" {
		p.fail()
	}
	return b
}

// statement reads one statement; nil is for what says nothing: arrows between resources, collectors.
func (p *puppetParser) statement() *puppetNode {
	t := p.peek()
	switch t.kind {
	case puppetName:
		return p.named(t)
	case puppetRef:
		return p.reference(t)
	case puppetVariable:
		if s := p.ahead(1); s.kind == puppetSign && (s.text == "=" || s.text == "+=") {
			p.at += 2
			return &puppetNode{op: "=", text: t.text, kids: []*puppetNode{p.expression()}, line: t.line}
		}
		return p.expression()
	case puppetSign:
		if t.text == "@" || t.text == "@@" {
			p.take()
			if r := p.statement(); r != nil && r.op == "resource" {
				return r
			}
			return nil
		}
		if t.text == "(" || t.text == "[" {
			return p.expression()
		}
	}
	return nil
}

// named reads what begins with a word: a definition, a branch, a resource or the call of a function.
func (p *puppetParser) named(t puppetToken) *puppetNode {
	switch t.text {
	case "class", "define", "node", "plan", "application":
		if !p.isSign(1, "{") {
			return p.definition()
		}
	case "function":
		if p.ahead(1).kind == puppetName {
			d := p.definition()
			d.op = "function"
			return nil
		}
	case "type":
		if p.ahead(1).kind == puppetRef {
			p.at += 3
			p.expression()
			return nil
		}
	case "if", "unless":
		return p.branch()
	case "case":
		return p.cases()
	}
	if p.isSign(1, "{") {
		p.at += 2
		return p.resource(&puppetNode{op: "resource", text: t.text, line: t.line})
	}
	e := p.expression()
	if e == nil || e.op != "text" {
		return e
	}
	return p.callWords(e) // include shop, other
}

// callWords reads the arguments of a function that is called without parentheses.
func (p *puppetParser) callWords(name *puppetNode) *puppetNode {
	call := &puppetNode{op: "call", text: name.text, line: name.line}
	for t := p.peek(); t.line == name.line && t.kind != puppetEnd && !(t.kind == puppetSign && t.text != "[" && t.text != "("); t = p.peek() {
		before := p.at
		if e := p.expression(); e != nil {
			call.kids = append(call.kids, e)
		}
		for p.sign(",") {
			if e := p.expression(); e != nil {
				call.kids = append(call.kids, e)
			}
		}
		if p.at == before {
			break
		}
	}
	return call
}

// definition reads class, define and node: kids are the parameters and the body.
func (p *puppetParser) definition() *puppetNode {
	t := p.take()
	d := &puppetNode{op: t.text, line: t.line}
	for !(p.isSign(0, "(") || p.isSign(0, "{")) && p.peek().kind != puppetEnd { // the name, or several of nodes
		if n := p.take(); d.text == "" {
			d.text = n.text
		} else if n.text == "inherits" {
			d.kids = append(d.kids, &puppetNode{op: "inherits", text: p.take().text, line: n.line})
		}
	}
	if p.sign("(") {
		d.kids = append(d.kids, p.parameters(")"))
	}
	for !p.isSign(0, "{") && p.peek().kind != puppetEnd {
		if n := p.take(); n.text == "inherits" {
			d.kids = append(d.kids, &puppetNode{op: "inherits", text: p.take().text, line: n.line})
		}
	}
	p.take()
	d.kids = append(d.kids, p.block("}"))
	return d
}

// parameters reads (Type $name = default, ...), of a lambda's |...| too.
func (p *puppetParser) parameters(closing string) *puppetNode {
	list := &puppetNode{op: "params", line: p.peek().line}
	for p.peek().kind != puppetEnd && !p.sign(closing) {
		t := p.take()
		if t.kind == puppetSign && t.text == "[" { // of a type: Optional[Integer[1, 2]]
			for depth := 1; depth > 0 && p.peek().kind != puppetEnd; {
				switch n := p.take(); {
				case n.kind == puppetSign && n.text == "[":
					depth++
				case n.kind == puppetSign && n.text == "]":
					depth--
				}
			}
		}
		if t.kind != puppetVariable {
			continue
		}
		param := &puppetNode{op: "param", text: t.text, line: t.line}
		if p.sign("=") {
			param.kids = []*puppetNode{p.expression()}
		}
		list.kids = append(list.kids, param)
	}
	return list
}

// branch reads if and unless: kids are the condition, what then, what else.
func (p *puppetParser) branch() *puppetNode {
	t := p.take()
	cond := p.expression()
	if t.text == "unless" {
		cond = &puppetNode{op: "not", kids: []*puppetNode{cond}, line: t.line}
	}
	n := &puppetNode{op: "if", kids: []*puppetNode{cond, p.body()}, line: t.line}
	switch next := p.peek(); {
	case p.depth > maxPuppetDepth:
	case next.kind == puppetName && next.text == "elsif":
		p.depth++
		n.kids = append(n.kids, &puppetNode{op: "block", kids: []*puppetNode{p.branch()}, line: next.line})
		p.depth--
	case p.word("else"):
		n.kids = append(n.kids, p.body())
	}
	return n
}

func (p *puppetParser) body() *puppetNode {
	if !p.sign("{") {
		p.fail()
		return &puppetNode{op: "block", line: p.peek().line}
	}
	return p.block("}")
}

// cases reads case: kids are what is looked at and the options, each with its values and its body.
func (p *puppetParser) cases() *puppetNode {
	t := p.take()
	n := &puppetNode{op: "case", kids: []*puppetNode{p.expression()}, line: t.line}
	if !p.sign("{") {
		p.fail()
		return n
	}
	for p.peek().kind != puppetEnd && !p.sign("}") {
		before := p.at
		values := &puppetNode{op: "array", line: p.peek().line}
		for p.peek().kind != puppetEnd && !p.sign(":") && !p.isSign(0, "}") && !p.isSign(0, "{") {
			at := p.at
			values.kids = append(values.kids, p.expression())
			if !p.sign(",") && p.at == at {
				p.take()
			}
		}
		if p.isSign(0, "{") {
			n.kids = append(n.kids, &puppetNode{op: "option", kids: []*puppetNode{values, p.body()}, line: values.line})
		}
		if p.at == before {
			p.fail()
			p.take()
		}
	}
	return n
}

// resource reads what follows TYPE {: one or several titles with their attributes.
func (p *puppetParser) resource(r *puppetNode) *puppetNode {
	for p.peek().kind != puppetEnd && !p.sign("}") {
		before := p.at
		item := &puppetNode{op: "instance", line: p.peek().line, kids: []*puppetNode{p.expression()}}
		if p.sign(":") {
			item.kids = append(item.kids, p.attributes()...)
			r.kids = append(r.kids, item)
		}
		p.sign(";")
		if p.at == before {
			p.fail()
			p.take()
		}
	}
	return r
}

// attributes reads name => value, up to ; or }.
func (p *puppetParser) attributes() []*puppetNode {
	var all []*puppetNode
	for p.peek().kind != puppetEnd && !p.isSign(0, ";") && !p.isSign(0, "}") {
		t := p.take()
		if !p.sign("=>") && !p.sign("+>") {
			if t.kind != puppetSign {
				p.fail()
			}
			continue
		}
		name := t.text
		if t.kind == puppetSign && t.text == "*" {
			name = "*"
		}
		all = append(all, &puppetNode{op: "attr", text: name, kids: []*puppetNode{p.expression()}, line: t.line})
		p.sign(",")
	}
	return all
}

// reference reads what begins with a type's name: defaults File { }, an override File['x'] { }, a collector Package <| |>.
func (p *puppetParser) reference(t puppetToken) *puppetNode {
	if p.isSign(1, "{") {
		p.at += 2
		n := &puppetNode{op: "defaults", text: t.text, kids: p.attributes(), line: t.line}
		p.sign("}")
		return n
	}
	if s := p.ahead(1); s.kind == puppetSign && (s.text == "<|" || s.text == "<<|") {
		for p.peek().kind != puppetEnd && !p.sign("|>") && !p.sign("|>>") {
			p.take()
		}
		if p.sign("{") {
			p.attributes()
			p.sign("}")
		}
		return nil
	}
	e := p.expression()
	if e != nil && e.op == "ref" && p.sign("{") {
		n := &puppetNode{op: "override", text: e.text, kids: append(e.kids[:len(e.kids):len(e.kids)], p.attributes()...), line: t.line}
		p.sign("}")
		return n
	}
	return nil
}
