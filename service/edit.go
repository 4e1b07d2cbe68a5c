package service

import (
	"bytes"
	"cmp"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// Edit writes the model into an existing migrate.yaml as a person with an editor would: what does not change keeps every
// byte, odd indentation and alignment too. comment, which may be nil, gives what stands behind a new field, as for Format.
// Where the text is of a form in which that can't be done, it is what Update makes of it.
func Edit(old []byte, a *App, comment func(field string) string) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(old, &doc); err != nil {
		return nil, yamlProblems(FileName, err)
	}
	now, err := a.node()
	if err != nil {
		return nil, err
	}
	if len(doc.Content) == 1 && doc.Content[0].Kind == yaml.MappingNode {
		if comment == nil {
			comment = func(string) string { return "" }
		}
		e := newEditor(old, comment)
		if e.change(doc.Content[0], now, "") {
			text := e.text()
			if loaded, err := Load(FileName, text); err == nil && reflect.DeepEqual(loaded, a.loaded()) {
				return text, nil
			}
		}
	}
	return Update(old, a)
}

// loaded is the model as it comes back from its text: empty lists and maps are not told from none.
func (a *App) loaded() *App {
	text, err := yaml.Marshal((*plainApp)(a))
	if err != nil {
		return a
	}
	again, err := Load(FileName, text)
	if err != nil {
		return a
	}
	return again
}

// editor collects the places of a text that change. It gives up (false) on what it does not understand.
type editor struct {
	old     []byte
	lines   [][]byte // with their ends
	starts  []int    // offset of each line
	eol     string
	comment func(field string) string
	splices []splice
}

type splice struct {
	at, remove int
	insert     string
}

func newEditor(old []byte, comment func(string) string) *editor {
	e := &editor{old: old, lines: bytes.SplitAfter(old, []byte("\n")), eol: "\n", comment: comment}
	at := 0
	for _, line := range e.lines {
		e.starts = append(e.starts, at)
		at += len(line)
	}
	if bytes.Contains(old, []byte("\r\n")) {
		e.eol = "\r\n"
	}
	return e
}

func (e *editor) text() []byte {
	slices.SortStableFunc(e.splices, func(a, b splice) int { return cmp.Or(a.at-b.at, min(a.remove, 1)-min(b.remove, 1)) })
	var b bytes.Buffer
	at := 0
	for _, s := range e.splices {
		if s.at < at {
			return nil // they overlap
		}
		b.Write(e.old[at:s.at])
		b.WriteString(strings.ReplaceAll(s.insert, "\n", e.eol))
		at = s.at + s.remove
	}
	b.Write(e.old[at:])
	return b.Bytes()
}

// change makes old say what now says.
func (e *editor) change(old, now *yaml.Node, field string) bool {
	switch {
	case same(old, now):
		return true
	case old.Kind == yaml.AliasNode || old.Anchor != "":
		return false
	case old.Kind == yaml.MappingNode && now.Kind == yaml.MappingNode && len(old.Content) > 0:
		return e.mapping(old, now, field)
	case old.Kind == yaml.SequenceNode && now.Kind == yaml.SequenceNode && len(old.Content) > 0 && extends(now, old):
		return e.items(old, now.Content[len(old.Content):])
	}
	return e.replace(old, now)
}

// mapping changes the values of keys and puts in what is new, each after the key that it follows in the model. A mapping
// on one line that loses a key is written anew.
func (e *editor) mapping(old, now *yaml.Node, field string) bool {
	last := -1 // the pair of old that the next new one goes after
	for i := 0; i+1 < len(old.Content); i += 2 {
		switch key := old.Content[i]; {
		case child(now, key.Value) != nil:
		case old.Style&yaml.FlowStyle != 0 || i == 0: // the first has what comes before it, such as a dash
			return e.replace(old, now)
		default:
			from, to := e.starts[key.Line-1], e.below(key, false)
			e.splices = append(e.splices, splice{at: from, remove: e.starts[to-1] + len(e.lines[to-1]) - from})
		}
	}
	for i := 0; i+1 < len(now.Content); i += 2 {
		key, value := now.Content[i], now.Content[i+1]
		if at := indexOf(old, key.Value); at >= 0 {
			last = at
			was, path := old.Content[at+1], join(field, key.Value)
			if !e.change(was, value, path) {
				return false
			}
			switch {
			case same(was, value):
			case was.Kind == yaml.ScalarNode:
				e.evidence(was, path, fromEvidence)
			default: // else it may be about a part that stays
				e.evidence(was, path, fromGuess)
			}
			continue
		}
		after := last
		if after < 0 {
			after = len(old.Content) - 2
		}
		pair := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{key, value}}
		if !e.insert(old, after, pair, field) {
			return false
		}
	}
	return true
}

func indexOf(m *yaml.Node, key string) int {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return i
		}
	}
	return -1
}

// insert puts a pair after the one at index after: behind a comma, or on lines of its own.
func (e *editor) insert(m *yaml.Node, after int, pair *yaml.Node, field string) bool {
	if m.Style&yaml.FlowStyle != 0 {
		end, ok := e.end(m.Content[after+1])
		text, fits := flowText(pair)
		if !ok || !fits {
			return false
		}
		e.splices = append(e.splices, splice{at: end, insert: ", " + strings.TrimSuffix(strings.TrimPrefix(text, "{"), "}")})
		return true
	}
	key := m.Content[after]
	if field == "services" && short(pair.Content[1]) {
		pair.Content[1].Style = yaml.FlowStyle
	}
	addComments(pair, field, e.comment)
	body, err := encode(pair)
	if err != nil {
		return false
	}
	pad := strings.Repeat(" ", key.Column-1)
	text := pad + strings.ReplaceAll(strings.TrimSuffix(string(body), "\n"), "\n", "\n"+pad) + "\n"
	line := e.below(key, after+2 == len(m.Content))
	at := e.starts[line-1] + len(e.lines[line-1])
	if !bytes.HasSuffix(e.lines[line-1], []byte("\n")) {
		text = "\n" + strings.TrimSuffix(text, "\n")
	}
	e.splices = append(e.splices, splice{at: at, insert: text})
	return true
}

// below is the last line, from 1, of what belongs to a key of a block mapping. Comments that stand as deep as the key are
// about the next one, unless it is the last.
func (e *editor) below(key *yaml.Node, last bool) int {
	end := key.Line
	for i := key.Line; i < len(e.lines); i++ {
		text := bytes.TrimSpace(e.lines[i])
		depth := len(e.lines[i]) - len(bytes.TrimLeft(e.lines[i], " "))
		deeper := depth >= key.Column
		level := depth == key.Column-1
		switch {
		case len(text) == 0:
			continue
		case text[0] == '#' && (deeper || level && last):
		case text[0] == '#' && level:
			continue
		case deeper, level && (bytes.HasPrefix(text, []byte("- ")) || text[0] == '}' || text[0] == ']'):
		default:
			return end
		}
		end = i + 1
	}
	return end
}

func (e *editor) items(list *yaml.Node, more []*yaml.Node) bool {
	lastItem := list.Content[len(list.Content)-1]
	if list.Style&yaml.FlowStyle != 0 {
		end, ok := e.end(lastItem)
		for _, item := range more {
			text, fits := flowText(item)
			if !ok || !fits {
				return false
			}
			e.splices = append(e.splices, splice{at: end, insert: ", " + text})
		}
		return ok
	}
	line := lastItem.Line
	for line < len(e.lines) && len(bytes.TrimSpace(e.lines[line])) > 0 && len(e.lines[line])-len(bytes.TrimLeft(e.lines[line], " ")) >= lastItem.Column-1 {
		line++
	}
	text := e.lines[line-1]
	at, pad := e.starts[line-1]+len(text), strings.Repeat(" ", max(0, list.Column-1))
	for _, item := range more {
		flow, fits := flowText(item)
		if !fits {
			return false
		}
		e.splices = append(e.splices, splice{at: at, insert: pad + "- " + flow + "\n"})
	}
	return bytes.HasSuffix(text, []byte("\n"))
}

// replace writes a value that stands on one line anew; the comment behind it stays.
func (e *editor) replace(old, now *yaml.Node) bool {
	start, ok := e.offset(old)
	end, found := e.end(old)
	text, fits := flowText(now)
	if !ok || !found || !fits || start == end {
		return false
	}
	e.splices = append(e.splices, splice{at: start, remove: end - start, insert: text})
	return true
}

// flowText is a value as it stands on one line.
func flowText(n *yaml.Node) (string, bool) {
	value := *n
	if value.Kind == yaml.MappingNode || value.Kind == yaml.SequenceNode {
		value.Style = yaml.FlowStyle
	}
	// Inside a list the encoder quotes what would end a value there.
	text, err := yaml.Marshal(&yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: []*yaml.Node{&value}})
	line := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(string(text)), "["), "]")
	return line, err == nil && !strings.Contains(line, "\n")
}

// fromEvidence is a comment that Format wrote: a place, or a rank. Others are the team's.
var fromEvidence = pattern.MustCompile(`^#\s+(?:(?:guess|convention|asked)\b|\S+:\d+)`)

// fromGuess is such a comment of a value that nobody had said.
var fromGuess = pattern.MustCompile(`^#\s+guess\b`)

// evidence puts the comment for a value in the place of what was said of the one before, where that is of the form.
func (e *editor) evidence(was *yaml.Node, field string, form *pattern.Pattern) {
	end, ok := e.end(was)
	said := e.comment(field)
	if !ok || said == "" {
		return
	}
	rest := e.old[end:]
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i]
	}
	comment := bytes.TrimSpace(rest)
	if form.Match(comment) {
		e.splices = append(e.splices, splice{at: end + bytes.IndexByte(rest, '#'), remove: len(comment), insert: "# " + commentText(said)})
	}
}

// extends says whether now begins with the items of old.
func extends(now, old *yaml.Node) bool {
	return len(now.Content) > len(old.Content) && slices.EqualFunc(now.Content[:len(old.Content)], old.Content, func(a, b *yaml.Node) bool { return same(b, a) })
}

// offset is where a node begins; columns count characters.
func (e *editor) offset(n *yaml.Node) (int, bool) {
	if n.Line < 1 || n.Line > len(e.lines) {
		return 0, false
	}
	line, at := e.lines[n.Line-1], 0
	for range n.Column - 1 {
		_, size := utf8.DecodeRune(line[at:])
		at += size
	}
	return e.starts[n.Line-1] + at, at <= len(line)
}

// end is where a node on one line ends.
func (e *editor) end(n *yaml.Node) (int, bool) {
	at, ok := e.offset(n)
	if !ok {
		return 0, false
	}
	rest := e.old[at:]
	switch {
	case n.Kind == yaml.ScalarNode && n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		length := quotedLength(rest)
		return at + length, length > 0
	case n.Kind == yaml.ScalarNode:
		return at + len(n.Value), n.Style&(yaml.LiteralStyle|yaml.FoldedStyle|yaml.TaggedStyle) == 0 && bytes.HasPrefix(rest, []byte(n.Value))
	case n.Style&yaml.FlowStyle != 0:
		length := bracketLength(rest)
		return at + length, length > 0
	}
	return 0, false
}

// quotedLength is the length of the quoted text at the beginning, 0 where it does not end.
func quotedLength(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && text[0] == '"':
			i++
		case text[i] == '\'' && text[0] == '\'' && i+1 < len(text) && text[i+1] == '\'':
			i++
		case text[i] == text[0]:
			return i + 1
		}
	}
	return 0
}

// bracketLength is the length of the flow list or mapping at the beginning, 0 where it does not end.
func bracketLength(text []byte) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		case (c == '"' || c == '\'') && bytes.ContainsRune([]byte(" ,[{:\n"), rune(text[i-1])):
			length := quotedLength(text[i:])
			if length == 0 {
				return 0
			}
			i += length - 1
		case c == '#' && (text[i-1] == ' ' || text[i-1] == '\n'):
			for i < len(text) && text[i] != '\n' {
				i++
			}
		}
	}
	return 0
}
