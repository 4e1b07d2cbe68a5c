package ops

// puppetBinds is how strongly an operator binds.
var puppetBinds = map[string]int{
	"or": 1, "and": 2, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4, "=~": 5, "!~": 5, "in": 5, "<<": 6, ">>": 6, "+": 7, "-": 7, "*": 8, "/": 8, "%": 8,
}

// expression reads an expression; nil is for none.
func (p *puppetParser) expression() *puppetNode {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxPuppetDepth {
		p.fail()
		return nil
	}
	return p.binary(0)
}

func (p *puppetParser) binary(least int) *puppetNode {
	left := p.unary()
	for {
		t := p.peek()
		binds := puppetBinds[t.text]
		if binds <= least || left == nil || t.kind != puppetSign && t.kind != puppetName {
			return left
		}
		p.take()
		p.depth++
		if p.depth > maxPuppetDepth {
			p.depth--
			p.fail()
			return left
		}
		left = &puppetNode{op: "binary", text: t.text, kids: []*puppetNode{left, p.binary(binds)}, line: t.line}
		p.depth--
	}
}

func (p *puppetParser) unary() *puppetNode {
	t := p.peek()
	switch {
	case p.sign("!"):
		return &puppetNode{op: "not", kids: []*puppetNode{p.expressionOf(p.unary)}, line: t.line}
	case p.sign("-"):
		return &puppetNode{op: "minus", kids: []*puppetNode{p.expressionOf(p.unary)}, line: t.line}
	case p.sign("*"):
		return p.expressionOf(p.unary)
	}
	return p.postfix(p.primary())
}

// expressionOf goes one level deeper, as far as that is allowed.
func (p *puppetParser) expressionOf(read func() *puppetNode) *puppetNode {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxPuppetDepth {
		p.fail()
		return nil
	}
	return read()
}

// postfix reads what follows a value: [key], .method(...), ? { selector }.
func (p *puppetParser) postfix(n *puppetNode) *puppetNode {
	for n != nil {
		t := p.peek()
		switch {
		case t.kind != puppetSign:
			return n
		case t.text == "[" && (n.op == "var" || n.op == "index" || n.op == "ref" || n.op == "call") && t.line == n.line:
			p.take()
			op := "index"
			if n.op == "ref" {
				op = "ref"
			}
			n = &puppetNode{op: op, text: n.text, kids: append([]*puppetNode{n}, p.list("]")...), line: n.line}
			if op == "ref" {
				n.kids = n.kids[1:]
			}
		case t.text == "." && (p.ahead(1).kind == puppetName || p.ahead(1).kind == puppetRef):
			p.take()
			call := &puppetNode{op: "call", text: p.take().text, kids: []*puppetNode{n}, line: t.line}
			if p.sign("(") {
				call.kids = append(call.kids, p.list(")")...)
			}
			n = p.lambda(call)
		case t.text == "?" && p.isSign(1, "{"):
			p.at += 2
			n = &puppetNode{op: "selector", kids: append([]*puppetNode{n}, p.pairs()...), line: t.line}
		default:
			return n
		}
	}
	return n
}

// lambda reads |$a, $b| { ... } behind a call.
func (p *puppetParser) lambda(call *puppetNode) *puppetNode {
	if !p.isSign(0, "|") {
		return call
	}
	l := &puppetNode{op: "lambda", line: p.take().line}
	l.kids = append(l.kids, p.parameters("|"))
	if p.sign("{") {
		l.kids = append(l.kids, p.block("}"))
		call.kids = append(call.kids, l)
	}
	return call
}

// list reads expressions up to the closing sign.
func (p *puppetParser) list(closing string) []*puppetNode {
	var all []*puppetNode
	for p.peek().kind != puppetEnd && !p.sign(closing) {
		before := p.at
		if e := p.expression(); e != nil {
			all = append(all, e)
		}
		if p.sign("=>") { // a hash without its braces
			p.expression()
		}
		if !p.sign(",") && p.at == before {
			p.fail()
			if t := p.peek(); t.kind == puppetSign && (t.text == "}" || t.text == ";") {
				return all
			}
			p.take()
		}
	}
	return all
}

// pairs reads key => value up to }: the keys and values in turn.
func (p *puppetParser) pairs() []*puppetNode {
	var all []*puppetNode
	for p.peek().kind != puppetEnd && !p.sign("}") {
		before := p.at
		key := p.expression()
		if p.sign("=>") {
			all = append(all, key, p.expression())
		}
		if !p.sign(",") && p.at == before {
			p.fail()
			p.take()
		}
	}
	return all
}

func (p *puppetParser) primary() *puppetNode {
	t := p.peek()
	n := &puppetNode{text: t.text, line: t.line}
	switch t.kind {
	case puppetVariable:
		n.op = "var"
	case puppetText:
		n.op = "text"
	case puppetMixed:
		p.take()
		return p.mixed(t)
	case puppetRegexp:
		n.op = "regexp"
	case puppetRef:
		n.op = "ref"
		p.take()
		if p.sign("(") {
			return &puppetNode{op: "call", text: t.text, kids: p.list(")"), line: t.line}
		}
		return n
	case puppetName:
		return p.bare(t)
	case puppetSign:
		return p.enclosed(t)
	default:
		return nil
	}
	p.take()
	return n
}

// bare reads a word: a value, the call of a function, or a branch that gives a value.
func (p *puppetParser) bare(t puppetToken) *puppetNode {
	switch t.text {
	case "if", "unless":
		return p.branch()
	case "case":
		return p.cases()
	}
	p.take()
	n := &puppetNode{op: "text", text: t.text, line: t.line}
	switch {
	case t.text == "undef" || t.text == "default":
		n.op = t.text
	case t.text == "true" || t.text == "false":
		n.op = "bool"
	case p.sign("("):
		return p.lambda(&puppetNode{op: "call", text: t.text, kids: p.list(")"), line: t.line})
	case p.isSign(0, ".") && wordByte(t.text[0]) && t.text[0] <= '9' && p.ahead(1).kind == puppetName: // 0.5
		p.take()
		n.text += "." + p.take().text
	}
	return n
}

func (p *puppetParser) enclosed(t puppetToken) *puppetNode {
	switch t.text {
	case "(":
		p.take()
		e := p.expression()
		if !p.sign(")") {
			p.fail()
		}
		return e
	case "[":
		p.take()
		return &puppetNode{op: "array", kids: p.list("]"), line: t.line}
	case "{":
		p.take()
		return &puppetNode{op: "hash", kids: p.pairs(), line: t.line}
	}
	return nil
}

// mixed makes an expression of a string with expressions in it.
func (p *puppetParser) mixed(t puppetToken) *puppetNode {
	n := &puppetNode{op: "mixed", line: t.line}
	for _, part := range t.parts {
		if part.source == "" {
			n.kids = append(n.kids, &puppetNode{op: "text", text: part.text, line: part.line})
			continue
		}
		inner := &puppetParser{tokens: puppetTokens(part.source, part.line), depth: p.depth}
		n.kids = append(n.kids, inner.expression())
	}
	return n
}
