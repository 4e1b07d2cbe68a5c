package ops

import "strings"

// chefParser reads the statements of a recipe as far as they say something: resources with their settings, assignments,
// branches and loops. What it can't place it leaves out to the end of the line.
type chefParser struct {
	tokens []chefToken
	at     int
	depth  int
	// enclosing is how many brackets are open: in them a line's end means nothing.
	enclosing int
}

func parseChef(text string) *puppetNode {
	p := &chefParser{tokens: chefTokens(text, 1)}
	block := &puppetNode{op: "block", line: 1}
	for p.peek().kind != chefEnd {
		block.kids = append(block.kids, p.block().kids...)
		p.take() // an end too many
	}
	return block
}

func (p *chefParser) peek() chefToken { return p.tokens[min(p.at, len(p.tokens)-1)] }

func (p *chefParser) ahead(n int) chefToken { return p.tokens[min(p.at+n, len(p.tokens)-1)] }

func (p *chefParser) take() chefToken {
	t := p.peek()
	p.at = min(p.at+1, len(p.tokens)-1)
	return t
}

func (p *chefParser) is(kind chefKind, texts ...string) bool {
	t := p.peek()
	if t.kind != kind {
		return false
	}
	for _, text := range texts {
		if t.text == text {
			return true
		}
	}
	return len(texts) == 0
}

func (p *chefParser) lines() {
	for p.is(chefLine) || p.is(chefSign, ";") {
		p.take()
	}
}

// rest goes to the end of the line, over the blocks that begin on it.
func (p *chefParser) rest() {
	for p.peek().kind != chefEnd && !p.is(chefLine) && !p.is(chefSign, ";") {
		if p.is(chefWord, "end") {
			return
		}
		if p.is(chefWord, "do") {
			p.take()
			p.skipBlock()
			continue
		}
		if p.is(chefSign, "{", "(", "[") {
			p.brackets()
			continue
		}
		p.take()
	}
}

// brackets goes past a pair of brackets and all between them.
func (p *chefParser) brackets() {
	depth := 0
	for p.peek().kind != chefEnd {
		t := p.take()
		if t.kind == chefSign && strings.Contains("([{", t.text) {
			depth++
		}
		if t.kind == chefSign && strings.Contains(")]}", t.text) {
			if depth--; depth <= 0 {
				return
			}
		}
	}
}

func (p *chefParser) skipBlock() {
	if p.depth > maxPuppetDepth {
		p.take()
		return
	}
	p.depth++
	p.block()
	p.depth--
	if p.is(chefWord, "end") {
		p.take()
	}
}

// block reads statements up to end, else, elsif or when.
func (p *chefParser) block() *puppetNode {
	b := &puppetNode{op: "block", line: p.peek().line}
	p.depth++
	defer func() { p.depth-- }()
	for {
		p.lines()
		if p.peek().kind == chefEnd || p.is(chefWord, "end", "else", "elsif", "when", "rescue", "ensure") {
			return b
		}
		before := p.at
		if p.depth <= maxPuppetDepth {
			if s := p.statement(); s != nil {
				b.kids = append(b.kids, s)
			}
		}
		if p.at == before {
			p.take()
		}
	}
}

func (p *chefParser) statement() *puppetNode {
	t := p.peek()
	if t.kind == chefWord {
		switch t.text {
		case "if", "unless", "while", "until":
			return p.branch()
		case "case":
			return p.cases()
		case "begin":
			p.take()
			return p.closed(p.alternatives(&puppetNode{op: "if", line: t.line, kids: []*puppetNode{{op: "bool", text: "true"}, p.block()}}))
		case "def":
			p.take()
			return p.method(t)
		case "class", "module", "for":
			p.take()
			for !p.is(chefLine) && p.peek().kind != chefEnd {
				p.take()
			}
			p.skipBlock()
			return nil
		case "return", "require", "require_relative", "raise", "next", "break", "loop", "extend", "include":
			p.rest()
			return nil
		}
		if next := p.ahead(1); next.kind == chefSign && next.text == "=" && p.ahead(2).kind == chefWord && p.ahead(3).kind == chefWord && p.ahead(3).text == "do" {
			p.at += 2 // r = rails do ... end
			return p.command(p.peek())
		}
		if next := p.ahead(1); next.kind == chefSign && (next.text == "=" || next.text == "||=") {
			p.at += 2
			if p.is(chefWord, "if", "unless") {
				return &puppetNode{op: "=", text: t.text, kids: []*puppetNode{p.choice()}, line: t.line}
			}
			return p.modified(&puppetNode{op: "=", text: t.text, kids: []*puppetNode{p.expression()}, line: t.line})
		}
		if s := p.command(t); s != nil {
			return s
		}
	}
	return p.loose(t)
}

// method reads a method without parameters that is one expression; it is nil for any other.
func (p *chefParser) method(t chefToken) *puppetNode {
	n := &puppetNode{op: "def", text: p.peek().text, line: t.line}
	plain := p.ahead(1).kind == chefLine
	for !p.is(chefLine) && p.peek().kind != chefEnd {
		p.take()
	}
	p.lines()
	begin := p.at
	if e := p.expression(); e != nil && plain {
		p.lines()
		if p.is(chefWord, "end") {
			p.take()
			n.kids = []*puppetNode{e}
			return n
		}
	}
	p.at = begin
	p.skipBlock()
	return nil
}

// loose reads an expression that stands alone: the assignment of an attribute, a loop.
func (p *chefParser) loose(t chefToken) *puppetNode {
	e := p.expression()
	switch {
	case e == nil:
		p.rest()
		return nil
	case p.is(chefSign, "=", "||=", "+="):
		p.take()
		p.lines()
		return p.modified(&puppetNode{op: "set", kids: []*puppetNode{e, p.expression()}, line: t.line})
	case p.is(chefWord, "do") || p.is(chefSign, "{"):
		return p.loop(e)
	}
	p.rest()
	return nil
}

// loop reads the block behind LIST.each.
func (p *chefParser) loop(over *puppetNode) *puppetNode {
	n := &puppetNode{op: "loop", kids: []*puppetNode{over}, line: over.line}
	if p.is(chefSign, "{") {
		p.brackets()
		return nil
	}
	p.take()
	params := &puppetNode{op: "params"}
	if p.is(chefSign, "|") {
		for p.take(); !p.is(chefSign, "|") && !p.is(chefLine) && p.peek().kind != chefEnd; {
			if t := p.take(); t.kind == chefWord {
				params.kids = append(params.kids, &puppetNode{op: "param", text: t.text})
			}
		}
		p.take()
	}
	n.kids = append(n.kids, params, p.block())
	return p.closed(n)
}

func (p *chefParser) closed(n *puppetNode) *puppetNode {
	if p.is(chefWord, "end") {
		p.take()
	}
	return n
}

// branch reads if and unless, whose conditions are left to the machine.
func (p *chefParser) branch() *puppetNode {
	t := p.take()
	cond := p.expression()
	for !p.is(chefLine) && p.peek().kind != chefEnd && !p.is(chefWord, "then") {
		cond = nil // more than an expression that is understood
		p.take()
	}
	if t.text == "unless" && cond != nil {
		cond = &puppetNode{op: "not", kids: []*puppetNode{cond}, line: t.line}
	}
	if p.is(chefWord, "then") {
		p.take()
	}
	return p.closed(p.alternatives(&puppetNode{op: "if", kids: []*puppetNode{cond, p.block()}, line: t.line}))
}

// alternatives reads elsif, else and rescue.
func (p *chefParser) alternatives(n *puppetNode) *puppetNode {
	switch {
	case p.depth > maxPuppetDepth:
	case p.is(chefWord, "elsif"):
		p.depth++
		t := p.take()
		cond := p.expression()
		for !p.is(chefLine) && p.peek().kind != chefEnd {
			cond = nil
			p.take()
		}
		inner := p.alternatives(&puppetNode{op: "if", kids: []*puppetNode{cond, p.block()}, line: t.line})
		n.kids = append(n.kids, &puppetNode{op: "block", kids: []*puppetNode{inner}, line: t.line})
		p.depth--
	case p.is(chefWord, "else", "rescue", "ensure"):
		for !p.is(chefLine) && p.peek().kind != chefEnd {
			p.take()
		}
		n.kids = append(n.kids, p.block())
	}
	return n
}

func (p *chefParser) cases() *puppetNode {
	t := p.take()
	n := &puppetNode{op: "case", kids: []*puppetNode{p.expression()}, line: t.line}
	p.rest()
	p.lines()
	for p.is(chefWord, "when", "else") {
		when := p.take()
		values := &puppetNode{op: "array", line: when.line}
		if when.text == "else" {
			values.kids = []*puppetNode{{op: "default"}}
		} else {
			values.kids = p.list()
		}
		if p.is(chefWord, "then") {
			p.take()
		}
		n.kids = append(n.kids, &puppetNode{op: "option", kids: []*puppetNode{values, p.block()}, line: when.line})
	}
	return p.closed(n)
}

// modified puts the condition behind a statement before it: x if y.
func (p *chefParser) modified(n *puppetNode) *puppetNode {
	if !p.is(chefWord, "if", "unless") {
		p.rest()
		return n
	}
	t := p.take()
	cond := p.expression()
	if !p.is(chefLine) {
		cond = nil
		p.rest()
	}
	if t.text == "unless" && cond != nil {
		cond = &puppetNode{op: "not", kids: []*puppetNode{cond}, line: t.line}
	}
	return &puppetNode{op: "if", kids: []*puppetNode{cond, {op: "block", kids: []*puppetNode{n}, line: n.line}}, line: n.line}
}

// command reads WORD arguments [do ... end]: a resource, or one of its settings. It is nil for other things.
func (p *chefParser) command(t chefToken) *puppetNode {
	next := p.ahead(1)
	value := next.kind == chefText || next.kind == chefSym || next.kind == chefList || next.kind == chefLabel || next.kind == chefWord && !next.glued && !chefKeywords[next.text]
	bracket := next.kind == chefSign && (next.text == "(" || !next.glued && (next.text == "[" || next.text == "{" || next.text == "::"))
	alone := next.kind == chefWord && next.text == "do" || next.kind == chefLine
	minus := next.kind == chefSign && next.text == "-" && !next.glued && p.ahead(2).glued
	if !value && !bracket && !alone && !minus {
		return nil
	}
	before := p.at
	p.take()
	n := &puppetNode{op: "resource", text: t.text, line: t.line}
	if p.is(chefSign, "(") && p.peek().glued {
		p.take()
		p.enclosing++
		n.kids = p.list()
		p.enclosing--
		if p.is(chefSign, ")") {
			p.take()
		}
		if p.is(chefSign, ".", "[") { // a value after all: data_bag_item('a', 'b')['c']
			p.at = before
			return nil
		}
	} else if !alone {
		n.kids = p.list()
	}
	args := &puppetNode{op: "args", kids: n.kids, line: t.line}
	n.kids = []*puppetNode{args}
	if p.is(chefWord, "do") {
		l := p.loop(args)
		if len(l.kids) == 3 {
			n.kids = append(n.kids, l.kids[2])
		}
		return n
	}
	if p.is(chefSign, "{") {
		p.brackets()
	}
	return p.modified(n)
}

var chefKeywords = map[string]bool{"do": true, "if": true, "unless": true, "then": true, "end": true, "and": true, "or": true, "rescue": true, "in": true}
