package fileset

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"gopkg.in/yaml.v3"
)

// yamlRules are the ways in which structures are merged.
type yamlRules struct {
	json bool
	// yours keeps what the team has where both changed the same, and what theirs no longer says.
	yours bool
	// frozen, which may be nil, says of what base holds for a key that theirs can't know better.
	frozen func(lines []string) bool
}

// mergeYAML puts what was changed from base to theirs into ours, key by key. What did not change keeps its bytes: the
// structure only says which lines belong together. Not ok means that both changed the same, or that the texts are of a form
// in which keys don't have lines of their own.
func mergeYAML(base, ours, theirs []byte, rules yamlRules) ([]byte, bool) {
	b, okB := documents(base)
	o, okO := documents(ours)
	t, okT := documents(theirs)
	if !okB || !okO || !okT {
		return nil, false
	}
	m := yamlMerge{rules}
	out, ok := m.parts(b, o, t)
	if !ok {
		return nil, false
	}
	data := []byte(strings.Join(endedLines(out), ""))
	return data, sound(data)
}

// sound says whether a text is YAML in which no key stands twice, and no item of a list has the name of another.
func sound(data []byte) bool {
	d := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var n yaml.Node
		if err := d.Decode(&n); err != nil {
			return errors.Is(err, io.EOF)
		}
		var v any
		if n.Decode(&v) != nil || !distinct(&n) {
			return false
		}
	}
}

func distinct(n *yaml.Node) bool {
	if n.Kind == yaml.SequenceNode {
		seen := map[string]bool{}
		for _, item := range n.Content {
			name := nameOf(item)
			if name != "" && seen[name] {
				return false
			}
			seen[name] = true
		}
	}
	for _, c := range n.Content {
		if !distinct(c) {
			return false
		}
	}
	return true
}

type yamlMerge struct{ rules yamlRules }

// part merges one key, item or document that all three have.
func (m yamlMerge) part(b, o, t part) ([]string, bool) {
	shifted := shift(t.lines, o.indent-t.indent)
	switch {
	case b.text() == t.text(), o.text() == t.text():
		return o.lines, true
	case m.rules.frozen != nil && m.rules.frozen(b.lines):
		return o.lines, true
	case b.text() == o.text() && !m.rules.yours:
		return shifted, true
	}
	kb, okB := b.split(m.rules.json)
	ko, okO := o.split(m.rules.json)
	kt, okT := t.split(m.rules.json)
	if okB && okO && okT && kb.kind == ko.kind && ko.kind == kt.kind {
		return m.split(kb, ko, kt)
	}
	if b.text() == o.text() {
		return shifted, true
	}
	if out, ok := m.leaf(b, o, t); ok {
		return out, true
	}
	return o.lines, m.rules.yours
}

func (m yamlMerge) split(b, o, t split) ([]string, bool) {
	head, ok := hunk{dedent(b.head, b.indent), dedent(o.head, o.indent), dedent(t.head, t.indent)}.resolve()
	switch {
	case ok:
		head = shift(head, o.indent)
	case m.rules.yours:
		head = o.head
	default:
		return nil, false
	}
	kids, ok := m.parts(b.kids, o.kids, t.kids)
	if !ok {
		return nil, false
	}
	return append(append(append([]string{}, head...), kids...), o.tail...), true
}

// parts merges the keys of a mapping, the items of a list or the documents of a file.
func (m yamlMerge) parts(b, o, t []part) ([]string, bool) {
	inB, inO, inT := byKey(b), byKey(o), byKey(t)
	if len(inB) != len(b) || len(inO) != len(o) || len(inT) != len(t) || replacedTwice(keysOf(b), keysOf(o), keysOf(t)) {
		return nil, false
	}
	var out [][]string
	add := func(like part, text []string) bool {
		text, ok := like.withDash(text)
		out = append(out, text)
		return ok
	}
	for _, key := range union(keysOf(b), keysOf(o), keysOf(t)) {
		base, hadB := inB[key]
		ours, hadO := inO[key]
		theirs, hadT := inT[key]
		text, ok := ours.lines, true
		switch {
		case hadO && hadT && hadB:
			text, ok = m.part(base, ours, theirs)
		case hadO && hadT:
			ok = ours.text() == theirs.text() || m.rules.yours
		case hadO && hadB:
			if !m.rules.yours && ours.text() == base.text() {
				continue
			}
		case !hadO:
			ours = like(o, theirs)
			text = shift(theirs.lines, ours.indent-theirs.indent)
		}
		if !ok || !add(ours, text) {
			return nil, false
		}
	}
	if m.rules.json {
		commas(out)
	}
	return flat(out), true
}

// like is where a part of theirs goes among those of ours.
func like(ours []part, theirs part) part {
	if len(ours) > 0 {
		return part{indent: ours[0].indent, dash: ours[0].dash}
	}
	return theirs
}

// leaf merges what stands on one line: the value by itself, and the comment behind it.
func (m yamlMerge) leaf(b, o, t part) ([]string, bool) {
	switch {
	case b.node == nil || o.node == nil || t.node == nil:
		return nil, false
	case sameNode(b.node, t.node), sameNode(o.node, t.node):
		return o.lines, true
	case len(o.lines) != 1 || len(t.lines) != 1 || len(b.lines) != 1:
		return nil, false
	}
	value, ok := mergeNodes(b.node, o.node, t.node)
	if !ok {
		return nil, false
	}
	before, comment := o.around()
	if _, was := b.around(); was == comment && sameNode(value, t.node) {
		_, comment = t.around()
	}
	text, ok := oneLine(value)
	if !ok || before == "" {
		return nil, false
	}
	return []string{before + text + comment}, true
}

// oneLine writes a value as it stands behind a key.
func oneLine(n *yaml.Node) (string, bool) {
	value := *n
	value.HeadComment, value.LineComment, value.FootComment, value.Anchor = "", "", "", ""
	data, err := yaml.Marshal(&value)
	text := strings.TrimSuffix(string(data), "\n")
	return text, err == nil && !strings.Contains(text, "\n")
}

func commas(parts [][]string) {
	for i, p := range parts {
		if n := len(p); n > 0 && i < len(parts)-1 {
			last := strings.TrimRight(p[n-1], "\r\n")
			parts[i] = append(append([]string{}, p[:n-1]...), last+",\n")
		}
	}
}
