package ops

import "strings"

// jinjaNode is a piece of a template: text, an output, or a statement with what stands in it.
type jinjaNode struct {
	kind string // text, out, for, if, set, or the name of another statement
	text string // the text, the expression, or what follows the statement's name
	line int
	body []*jinjaNode
	next *jinjaNode // elif and else
}

// jinjaBlocks are statements that end with end... .
var jinjaBlocks = map[string]bool{"for": true, "if": true, "macro": true, "filter": true, "call": true, "block": true, "with": true, "autoescape": true, "trans": true, "load_yaml": true, "load_json": true, "load_text": true, "raw": true}

type jinjaParser struct {
	text string
	last int // where the last comment ends
	at   int
	line int
	deep int
	trim bool // the line break behind a statement goes, as Ansible has it
}

// parseJinja parts a template. It never fails: what isn't closed ends with the text.
func parseJinja(text string, trim bool) []*jinjaNode {
	p := &jinjaParser{text: text, last: strings.LastIndex(text, "#}"), line: 1, trim: trim}
	nodes, _ := p.nodes()
	return nodes
}

// nodes reads up to a statement that ends or parts the block that it stands in.
func (p *jinjaParser) nodes() (list []*jinjaNode, end *jinjaNode) {
	for p.at < len(p.text) {
		open := p.opening()
		if open > p.at {
			list = append(list, p.plain(open))
		}
		if p.at >= len(p.text) {
			break
		}
		kind := p.text[p.at+1]
		n := p.tag()
		switch {
		case kind == '#':
		case kind == '{':
			n.kind = "out"
			list = append(list, n)
		default:
			n.kind, n.text, _ = strings.Cut(strings.TrimSpace(n.text), " ")
			if n.kind == "else" || n.kind == "elif" || strings.HasPrefix(n.kind, "end") {
				return list, n
			}
			list = append(list, p.statement(n))
		}
	}
	return list, nil
}

// statement reads what stands between a statement and its end.
func (p *jinjaParser) statement(n *jinjaNode) *jinjaNode {
	block := jinjaBlocks[n.kind] || n.kind == "set" && !strings.Contains(n.text, "=")
	if !block || p.deep > maxJinjaDepth {
		return n
	}
	p.deep++
	defer func() { p.deep-- }()
	for branch := n; ; {
		var end *jinjaNode
		branch.body, end = p.nodes()
		if end == nil || strings.HasPrefix(end.kind, "end") {
			return n
		}
		branch.next = end
		branch = end
	}
}

// opening is where the next tag begins, or the end of the text.
func (p *jinjaParser) opening() int {
	for i := p.at; i+1 < len(p.text); i++ {
		if p.text[i] == '{' && (p.text[i+1] == '{' || p.text[i+1] == '%' || p.text[i+1] == '#') {
			if p.text[i+1] != '#' || p.last > i { // ${#array} of a shell is no comment
				return i
			}
		}
	}
	return len(p.text)
}

func (p *jinjaParser) plain(end int) *jinjaNode {
	n := &jinjaNode{kind: "text", text: p.text[p.at:end], line: p.line}
	p.line += strings.Count(n.text, "\n")
	if strings.HasPrefix(p.text[end:], "{%-") || strings.HasPrefix(p.text[end:], "{{-") {
		n.text = strings.TrimRight(n.text, " \t\n")
	}
	p.at = end
	return n
}

// tag reads one {{ }}, {% %} or {# #}.
func (p *jinjaParser) tag() *jinjaNode {
	closing := map[byte]string{'{': "}}", '%': "%}", '#': "#}"}[p.text[p.at+1]]
	n := &jinjaNode{line: p.line}
	rest := p.text[p.at+2:]
	length := strings.Index(rest, closing)
	if length < 0 {
		p.at = len(p.text)
		n.text = rest
		return n
	}
	n.text = rest[:length]
	p.line += strings.Count(n.text, "\n")
	p.at += 2 + length + 2
	strip := strings.HasSuffix(n.text, "-")
	n.text = strings.Trim(n.text, "-+ \t\n")
	for p.at < len(p.text) && strip && strings.IndexByte(" \t\n", p.text[p.at]) >= 0 || p.trim && closing != "}}" && p.at < len(p.text) && p.text[p.at] == '\n' {
		newline := p.text[p.at] == '\n'
		if newline {
			p.line++
		}
		p.at++
		if newline && !strip {
			break
		}
	}
	return n
}

// jinjaWriter collects the text, with the line of the template that each line comes from.
type jinjaWriter struct {
	b     strings.Builder
	lines []int
	fresh bool // a line has just ended
}

func (w *jinjaWriter) write(text string, line int, moves bool) {
	for {
		if w.fresh || len(w.lines) == 0 {
			w.lines = append(w.lines, line)
			w.fresh = false
		}
		i := strings.IndexByte(text, '\n')
		if i < 0 {
			w.b.WriteString(text)
			return
		}
		w.b.WriteString(text[:i+1])
		text = text[i+1:]
		if moves {
			line++
		}
		w.fresh = true
		if text == "" {
			return
		}
	}
}
