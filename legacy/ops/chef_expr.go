package ops

import "strings"

// list reads values between commas; pairs among them become one hash at the end.
func (p *chefParser) list() []*puppetNode {
	var all []*puppetNode
	var hash *puppetNode
	p.depth++
	defer func() { p.depth-- }()
	for p.depth <= maxPuppetDepth {
		p.wrapped()
		if p.is(chefSign, ")", "]", "}") || p.peek().kind == chefEnd {
			break
		}
		before := p.at
		key := p.pairKey()
		if key == nil {
			e := p.expression()
			if p.is(chefSign, "=>") {
				p.take()
				key = e
			} else if e != nil {
				all = append(all, e)
			}
		}
		if key != nil {
			p.wrapped()
			if hash == nil {
				hash = &puppetNode{op: "hash", line: key.line}
			}
			hash.kids = append(hash.kids, key, p.expression())
		}
		if p.is(chefLine) && p.inBrackets() {
			p.wrapped()
		}
		if !p.is(chefSign, ",") {
			if p.at == before {
				break
			}
			if !p.is(chefSign, ")", "]", "}") && !p.is(chefLine) && p.inBrackets() { // something that isn't understood: on to the next
				p.toComma()
				if p.is(chefSign, ",") {
					p.take()
					continue
				}
			}
			break
		}
		p.take()
	}
	if hash != nil {
		all = append(all, hash)
	}
	return all
}

// wrapped goes past the ends of lines within a list.
func (p *chefParser) wrapped() {
	for p.is(chefLine) && (p.inBrackets() || p.at > 0 && p.tokens[p.at-1].kind == chefSign && (p.tokens[p.at-1].text == "," || p.tokens[p.at-1].text == "=>")) {
		p.take()
	}
}

func (p *chefParser) inBrackets() bool { return p.enclosing > 0 }

func (p *chefParser) toComma() {
	for p.peek().kind != chefEnd && !p.is(chefSign, ",", ")", "]", "}") && !p.is(chefWord, "end", "do") {
		if p.is(chefSign, "(", "[", "{") {
			p.brackets()
			continue
		}
		p.take()
	}
}

// pairKey reads key: of a hash.
func (p *chefParser) pairKey() *puppetNode {
	if t := p.peek(); t.kind == chefLabel {
		p.take()
		return &puppetNode{op: "text", text: t.text, line: t.line}
	}
	return nil
}

// expression reads a value; nil is for what is none. Operators that are not understood make it unknown.
func (p *chefParser) expression() *puppetNode {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxPuppetDepth {
		return nil
	}
	left := p.postfix(p.primary())
	for left != nil {
		t := p.peek()
		switch {
		case t.kind == chefSign && (t.text == "||" || t.text == "+"):
			p.take()
			p.lines()
			left = &puppetNode{op: "binary", text: map[string]string{"||": "else", "+": "+"}[t.text], kids: []*puppetNode{left, p.postfix(p.primary())}, line: left.line}
		case t.kind == chefSign && (t.text == "==" || t.text == "!="):
			p.take()
			left = &puppetNode{op: "binary", text: t.text, kids: []*puppetNode{left, p.postfix(p.primary())}, line: left.line}
		case t.kind == chefSign && t.text == "?":
			p.take()
			p.lines()
			choice := &puppetNode{op: "choice", kids: []*puppetNode{left, p.expression(), nil}, line: left.line}
			p.lines()
			if p.is(chefSign, ":") {
				p.take()
				p.lines()
				choice.kids[2] = p.expression()
			}
			left = choice
		case t.kind == chefSign && (t.text == "&&" || t.text == "=~" || t.text == "*" || t.text == "/" || t.text == "-" || t.text == "<<" || t.text == "%" || t.text == "<" || t.text == ">" || t.text == ">=" || t.text == "<=" || t.text == ".."):
			p.take()
			p.postfix(p.primary())
			left = &puppetNode{op: "unknown", line: left.line}
		default:
			return left
		}
	}
	return left
}

// choice reads an if that is a value: x = if CONDITION ... else ... end, with one expression in each branch.
func (p *chefParser) choice() *puppetNode {
	begin := p.at
	t := p.take()
	n := &puppetNode{op: "choice", kids: []*puppetNode{p.expression(), nil, nil}, line: t.line}
	if t.text == "unless" {
		n.kids[0] = &puppetNode{op: "not", kids: []*puppetNode{n.kids[0]}, line: t.line}
	}
	if whole := p.is(chefLine) || p.is(chefWord, "then"); whole && p.depth < maxPuppetDepth {
		p.depth++
		defer func() { p.depth-- }()
		p.branchValue(n, 1)
		switch {
		case p.is(chefWord, "elsif"):
			n.kids[2] = p.choice()
			return n
		case p.is(chefWord, "else"):
			p.branchValue(n, 2)
		}
		if p.is(chefWord, "end") {
			p.take()
			return n
		}
	}
	p.at = begin
	p.branch()
	return &puppetNode{op: "unknown", line: t.line}
}

// branchValue reads the expression of a branch.
func (p *chefParser) branchValue(n *puppetNode, kid int) {
	p.take()
	p.lines()
	n.kids[kid] = p.expression()
	p.lines()
}

func (p *chefParser) primary() *puppetNode {
	t := p.peek()
	n := &puppetNode{text: t.text, line: t.line}
	switch t.kind {
	case chefText:
		p.take()
		n.op = "mixed"
		for _, part := range t.parts {
			if part.source == "" {
				n.kids = append(n.kids, &puppetNode{op: "text", text: part.text, line: part.line})
				continue
			}
			inner := &chefParser{tokens: chefTokens(part.source, part.line), depth: p.depth}
			n.kids = append(n.kids, inner.expression())
		}
	case chefSym:
		p.take()
		n.op = "text"
	case chefList:
		p.take()
		n.op = "array"
		for _, word := range strings.Fields(t.text) {
			n.kids = append(n.kids, &puppetNode{op: "text", text: word, line: t.line})
		}
	case chefWord:
		return p.bare(t)
	case chefSign:
		return p.enclosed(t)
	default:
		return nil
	}
	return n
}

func (p *chefParser) bare(t chefToken) *puppetNode {
	switch t.text {
	case "end", "do", "if", "unless", "then", "else", "elsif", "when", "and", "or", "rescue":
		return nil
	}
	p.take()
	switch {
	case t.text == "true" || t.text == "false":
		return &puppetNode{op: "bool", text: t.text, line: t.line}
	case t.text == "nil":
		return &puppetNode{op: "undef", line: t.line}
	case t.text == "not":
		return &puppetNode{op: "not", kids: []*puppetNode{p.expression()}, line: t.line}
	case t.text == "lazy" && p.is(chefSign, "{"):
		p.take()
		p.enclosing++
		e := p.expression()
		p.enclosing--
		if p.is(chefSign, "}") {
			p.take()
		}
		return e
	case t.text[0] >= '0' && t.text[0] <= '9':
		if p.is(chefSign, ".") && p.ahead(1).kind == chefWord && p.ahead(1).text[0] <= '9' {
			p.take()
			return &puppetNode{op: "text", text: t.text + "." + p.take().text, line: t.line}
		}
		return &puppetNode{op: "text", text: strings.ReplaceAll(t.text, "_", ""), line: t.line}
	}
	return &puppetNode{op: "var", text: t.text, line: t.line}
}

func (p *chefParser) enclosed(t chefToken) *puppetNode {
	switch t.text {
	case "(", "[", "{":
		p.take()
		p.enclosing++
		kids := p.list()
		p.enclosing--
		for p.peek().kind != chefEnd && !p.is(chefSign, ")", "]", "}") && !p.is(chefWord, "end") {
			p.toComma()
			if p.is(chefSign, ",") {
				p.take()
			} else {
				break
			}
		}
		if p.is(chefSign, ")", "]", "}") {
			p.take()
		}
		switch {
		case t.text == "[":
			return &puppetNode{op: "array", kids: kids, line: t.line}
		case t.text == "(" && len(kids) == 1:
			return kids[0]
		case t.text == "{" && len(kids) == 1 && kids[0].op == "hash":
			return kids[0]
		case t.text == "{" && len(kids) == 0:
			return &puppetNode{op: "hash", line: t.line}
		}
		return &puppetNode{op: "unknown", line: t.line}
	case "-":
		p.take()
		p.primary()
		return &puppetNode{op: "unknown", line: t.line}
	case "!":
		p.take()
		return &puppetNode{op: "not", kids: []*puppetNode{p.postfix(p.primary())}, line: t.line}
	case "::":
		p.take()
		return p.primary()
	case "@", "&", "*", "$":
		p.take()
		return p.primary()
	}
	return nil
}

// postfix reads what follows a value: [key], .method(arguments), ::Name.
func (p *chefParser) postfix(n *puppetNode) *puppetNode {
	for n != nil {
		t := p.peek()
		switch {
		case t.kind == chefSign && t.text == "[" && t.glued:
			p.take()
			p.enclosing++
			n = &puppetNode{op: "index", kids: append([]*puppetNode{n}, p.list()...), line: n.line}
			p.enclosing--
			if p.is(chefSign, "]") {
				p.take()
			}
		case t.kind == chefSign && (t.text == "." || t.text == "&." || t.text == "::") && (p.ahead(1).kind == chefWord || p.ahead(1).kind == chefLabel):
			p.take()
			n = p.arguments(&puppetNode{op: "call", text: p.take().text, kids: []*puppetNode{n}, line: n.line})
		case t.kind == chefLine && p.ahead(1).kind == chefSign && p.ahead(1).text == "." && !p.inBrackets():
			p.take() // a chain of calls, one on each line
		case n.op == "var" && t.kind == chefSign && t.text == "(" && t.glued:
			n = p.arguments(&puppetNode{op: "call", text: n.text, line: n.line})
		default:
			return n
		}
	}
	return n
}

func (p *chefParser) arguments(call *puppetNode) *puppetNode {
	if !p.is(chefSign, "(") || !p.peek().glued {
		return call
	}
	p.take()
	p.enclosing++
	call.kids = append(call.kids, p.list()...)
	p.enclosing--
	if !p.is(chefSign, ")") {
		for p.peek().kind != chefEnd && !p.is(chefSign, ")") && !p.is(chefLine) {
			p.take()
		}
	}
	if p.is(chefSign, ")") {
		p.take()
	}
	return call
}
