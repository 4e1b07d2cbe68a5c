package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// directive is one statement of nginx's configuration: words that end with ; or with a block.
type directive struct {
	words []string
	file  string
	line  int
	block []*directive
	opens bool // a block follows, an empty one perhaps
}

func (d *directive) name() string {
	if len(d.words) == 0 {
		return ""
	}
	return d.words[0]
}

// value is the word after the name, "" where there is none.
func (d *directive) value() string {
	if len(d.words) < 2 {
		return ""
	}
	return d.words[1]
}

// rest are the words after the name.
func (d *directive) rest() string {
	if len(d.words) < 2 {
		return ""
	}
	return strings.Join(d.words[1:], " ")
}

// filledIn stands for what a template fills in and nobody knows here.
const filledIn = "\uFFFD"

var (
	filledValue = scan.MustCompile(`<%=[^%]*(?:%[^>][^%]*)*%>|\{\{[^{}]*\}\}|!!\([^)]*\)!!|@@\w+@@`)
	filledLogic = scan.MustCompile(`<%[^%]*(?:%[^>][^%]*)*%>|\{%[^%]*%\}|\{#[^#]*#\}`)
)

// withoutTemplate writes filledIn for each value of ERB, Jinja and their like, and takes out their logic; lines stay.
func withoutTemplate(text string) string {
	lines := func(found string) string { return strings.Repeat("\n", strings.Count(found, "\n")) }
	if strings.Contains(text, "<%") || strings.Contains(text, "{{") || strings.Contains(text, "!!(") || strings.Contains(text, "@@") {
		text = filledValue.ReplaceAllStringFunc(text, func(found string) string { return filledIn + lines(found) })
	}
	if strings.Contains(text, "<%") || strings.Contains(text, "{%") || strings.Contains(text, "{#") {
		text = filledLogic.ReplaceAllStringFunc(text, lines)
	}
	return text
}

// maxNested bounds the blocks in each other; what is deeper belongs to the last one.
const maxNested = 40

// nginxText takes a text apart. Nothing in it is an error: what does not end is left out, what closes nothing is passed over.
type nginxText struct {
	file  string
	text  string
	at    int
	line  int
	stack []*directive // the last is open
	deep  int          // blocks beyond maxNested
	next  *directive
}

func parseNginx(file, text string) []*directive {
	root := &directive{opens: true}
	if strings.Contains(text, "{%") {
		text = templateInclude.ReplaceAllString(text, "include $1;")
	}
	p := &nginxText{file: file, text: withoutTemplate(text), line: 1, stack: []*directive{root}}
	for p.at < len(p.text) {
		p.step()
	}
	return root.block
}

func (p *nginxText) step() {
	switch c := p.text[p.at]; c {
	case '\n':
		if p.next != nil && len(p.next.words) == 1 && p.next.name() == filledIn { // statements that a template fills in
			p.end(false)
		}
		p.line++
		p.at++
	case ' ', '\t', '\r':
		p.at++
	case '#':
		p.skipTo('\n')
	case ';':
		p.at++
		p.end(false)
	case '{':
		p.at++
		p.end(true)
	case '}':
		p.at++
		p.next = nil
		if p.deep > 0 {
			p.deep--
		} else if len(p.stack) > 1 {
			p.stack = p.stack[:len(p.stack)-1]
		}
	default:
		p.word()
	}
}

func (p *nginxText) skipTo(c byte) {
	if i := strings.IndexByte(p.text[p.at:], c); i >= 0 {
		p.at += i
	} else {
		p.at = len(p.text)
	}
}

// word reads one word, in quotes or not; ${name} is a part of it.
func (p *nginxText) word() {
	if p.next == nil {
		p.next = &directive{file: p.file, line: p.line}
	}
	if c := p.text[p.at]; c == '"' || c == '\'' {
		p.next.words = append(p.next.words, p.quoted(c))
		return
	}
	from := p.at
	for p.at < len(p.text) {
		c := p.text[p.at]
		if c == '{' && p.at > from && p.text[p.at-1] == '$' {
			if end := strings.IndexAny(p.text[p.at:min(p.at+100, len(p.text))], "}\n;"); end > 0 && p.text[p.at+end] == '}' {
				p.at += end + 1
				continue
			}
		}
		if c == ';' || c == '{' || c == '}' || c == ' ' || c == '\t' || c == '\n' || c == '\r' {
			break
		}
		if c == '\\' && p.at+1 < len(p.text) && p.text[p.at+1] != '\n' {
			p.at++
		}
		p.at++
	}
	if p.at == from {
		p.at++ // never stand still
	}
	p.next.words = append(p.next.words, p.text[from:p.at])
}

func (p *nginxText) quoted(quote byte) string {
	p.at++
	from := p.at
	for ; p.at < len(p.text); p.at++ {
		switch p.text[p.at] {
		case '\\':
			p.at++
			if p.at < len(p.text) && p.text[p.at] == '\n' {
				p.line++
			}
		case '\n':
			p.line++
		case quote:
			word := p.text[from:p.at]
			p.at++
			return word
		}
	}
	p.at = len(p.text)
	return p.text[from:]
}

// end closes the directive that was read, or opens its block.
func (p *nginxText) end(block bool) {
	d := p.next
	p.next = nil
	if d == nil {
		d = &directive{file: p.file, line: p.line}
		if !block {
			return
		}
	}
	if block && strings.HasSuffix(d.name(), "_by_lua_block") {
		p.code()
		return
	}
	if block && d.name() == "server" && len(d.words) == 1 { // the branches of a template may leave one open
		for len(p.stack) > 1 && (p.stack[len(p.stack)-1].name() == "server" || p.stack[len(p.stack)-1].name() == "location") {
			p.stack, p.deep = p.stack[:len(p.stack)-1], 0
		}
	}
	open := p.stack[len(p.stack)-1]
	open.block = append(open.block, d)
	if !block {
		return
	}
	if d.opens = true; len(p.stack) >= maxNested {
		p.deep++
		return
	}
	p.stack = append(p.stack, d)
}

// code passes over a block in another language.
func (p *nginxText) code() {
	for depth := 1; p.at < len(p.text) && depth > 0; p.at++ {
		switch p.text[p.at] {
		case '{':
			depth++
		case '}':
			depth--
		case '\n':
			p.line++
		}
	}
}
