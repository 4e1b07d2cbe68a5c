package fileset

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// part is a key, an item of a list or a document, and the lines that it has for itself: comments above it belong to it.
type part struct {
	key    string
	lines  []string
	first  int        // the number of the first line, as the nodes count
	node   *yaml.Node // the value
	indent int
	whole  bool // a document: comments at its top are about all of it
	dash   int  // the column of an item's dash, from 1, which lines don't hold; 0 for what is no item
}

// text is what the part says wherever it is indented.
func (p part) text() string { return strings.Join(endedLines(dedent(p.lines, p.indent)), "") + "\n" }

// split is a part that holds others.
type split struct {
	kind   yaml.Kind
	indent int
	head   []string
	kids   []part
	tail   []string // the closing bracket of JSON
}

// documents are the documents of a file. Not ok means that it is not YAML.
func documents(data []byte) ([]part, bool) {
	var all []part
	seen := map[string]int{}
	rest := lines(data)
	for len(rest) > 0 {
		end := 1
		for end < len(rest) && strings.TrimRight(rest[end], " \r\n") != "---" {
			end++
		}
		var n yaml.Node
		if yaml.Unmarshal([]byte(strings.Join(rest[:end], "")), &n) != nil || len(n.Content) != 1 || n.Content[0].Kind == yaml.ScalarNode {
			return nil, false
		}
		name := identity(n.Content[0])
		seen[name]++
		all = append(all, part{key: name + strings.Repeat("+", seen[name]), lines: rest[:end], first: 1, node: n.Content[0], whole: true})
		rest = rest[end:]
	}
	return all, len(all) > 0
}

// identity is how Kubernetes tells objects apart; it is empty for other documents.
func identity(doc *yaml.Node) string {
	var id struct {
		Kind     string
		Metadata struct{ Name string }
	}
	if doc.Decode(&id) != nil {
		return ""
	}
	return id.Kind + "/" + id.Metadata.Name
}

// split divides a part whose keys or items begin on lines of their own.
func (p part) split(isJSON bool) (split, bool) {
	n := p.node
	if n == nil || len(n.Content) == 0 || n.Kind != yaml.MappingNode && n.Kind != yaml.SequenceNode || (n.Style&yaml.FlowStyle != 0) != isJSON {
		return split{}, false
	}
	s := split{kind: n.Kind, indent: p.indent}
	body := p.lines
	if isJSON {
		body, s.tail = body[:len(body)-1], body[len(body)-1:]
		if strings.Trim(s.tail[0], " \t\r\n") != "}" && strings.Trim(s.tail[0], " \t\r\n") != "]" {
			return split{}, false
		}
	}
	starts, width := []int(nil), 1
	if n.Kind == yaml.MappingNode {
		width = 2
	}
	for i := 0; i < len(n.Content); i += width {
		at := n.Content[i].Line - p.first
		if at < 0 || at >= len(body) || len(starts) > 0 && at <= starts[len(starts)-1] || isJSON && at == 0 {
			return split{}, false
		}
		starts = append(starts, at)
	}
	from := starts[0]
	if !p.whole {
		from = above(body, from, 0)
	}
	s.head = body[:from]
	for i, start := range starts {
		end := len(body)
		if i+1 < len(starts) {
			end = above(body, starts[i+1], start)
		}
		kid := part{key: keyOf(n, i*width), lines: body[from:end], first: p.first + from, node: n.Content[i*width+width-1], indent: indentOf(body[start])}
		if kid.key == "" {
			return split{}, false
		}
		if isJSON {
			kid.lines = withoutComma(kid.lines)
		} else if n.Kind == yaml.SequenceNode && !kid.takeDash(start-from) {
			return split{}, false
		}
		s.kids = append(s.kids, kid)
		from = end
	}
	return s, true
}

// above is where the comments above a line begin, those that are indented as it is.
func above(body []string, line, after int) int {
	indent := indentOf(body[line])
	for line > after+1 {
		text := strings.TrimSpace(body[line-1])
		if text != "" && (text[0] != '#' || indentOf(body[line-1]) != indent) {
			break
		}
		line--
	}
	return line
}

// takeDash makes an item's lines those of what it holds.
func (p *part) takeDash(at int) bool {
	line := p.lines[at]
	rest, ok := strings.CutPrefix(line[p.indent:], "-")
	if !ok || !strings.HasPrefix(rest, " ") {
		return false
	}
	p.dash = p.indent + 1
	p.lines = append(append(append([]string{}, p.lines[:at]...), line[:p.indent]+" "+rest), p.lines[at+1:]...)
	return true
}

// withDash gives an item its dash again, on the first line that is no comment.
func (p part) withDash(text []string) ([]string, bool) {
	if p.dash == 0 {
		return text, true
	}
	for i, line := range text {
		if t := strings.TrimSpace(line); t == "" || t[0] == '#' {
			continue
		}
		if indentOf(line) < p.dash {
			return nil, false
		}
		return append(append(append([]string{}, text[:i]...), line[:p.dash-1]+"-"+line[p.dash:]), text[i+1:]...), true
	}
	return nil, false
}

// around is what stands before the value of a part of one line, and the comment behind it with the line's end.
func (p part) around() (before, after string) {
	line := p.lines[0]
	at := p.node.Column - 1
	if at <= 0 || at > len(line) {
		return "", ""
	}
	end := strings.TrimRight(line, " \r\n")
	if c := p.node.LineComment; c != "" {
		if i := strings.LastIndex(line, c); i > at {
			end = strings.TrimRight(line[:i], " ")
		}
	}
	return line[:at], line[max(len(end), at):]
}

func byKey(parts []part) map[string]part {
	all := make(map[string]part, len(parts))
	for _, p := range parts {
		all[p.key] = p
	}
	return all
}

func keysOf(parts []part) []string {
	keys := make([]string, len(parts))
	for i, p := range parts {
		keys[i] = p.key
	}
	return keys
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

func dedent(text []string, by int) []string { return shift(text, -by) }

// shift indents lines by more, or less as far as they are indented.
func shift(text []string, by int) []string {
	if by == 0 {
		return text
	}
	out := make([]string, len(text))
	for i, line := range text {
		switch {
		case strings.TrimSpace(line) == "":
			out[i] = line
		case by > 0:
			out[i] = strings.Repeat(" ", by) + line
		default:
			out[i] = line[min(-by, indentOf(line)):]
		}
	}
	return out
}

// endedLines ends every line but the last.
func endedLines(text []string) []string {
	out := make([]string, len(text))
	for i, line := range text {
		if out[i] = line; i < len(text)-1 && !strings.HasSuffix(line, "\n") {
			out[i] += "\n"
		}
	}
	return out
}

func withoutComma(text []string) []string {
	n := len(text) - 1
	last := strings.TrimRight(text[n], " \t\r\n")
	return append(append([]string{}, text[:n]...), strings.TrimSuffix(last, ",")+"\n")
}

func flat(parts [][]string) []string {
	var out []string
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}
