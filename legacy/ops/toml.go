package ops

import (
	"errors"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
	"gopkg.in/yaml.v3"
)

// tomlDocument reads TOML into the nodes that documents of YAML and JSON are made of, with their lines, so that one set
// of helpers reads the files of platforms in whichever form they stand. A key that is there twice keeps its first value.
func tomlDocument(text string) (*yaml.Node, error) {
	p := &unstable.Parser{}
	p.Reset([]byte(text))
	d := tomlReader{p: p, lines: lineStarts(text)}
	root := mapping(1)
	at := root
	for n := 0; p.NextExpression(); n++ {
		e := p.Expression()
		if n == maxTOML {
			return nil, errors.New("more than people write")
		}
		switch e.Kind {
		case unstable.Table:
			at = d.table(root, e)
		case unstable.ArrayTable:
			at = d.element(root, e)
		case unstable.KeyValue:
			if at != nil {
				d.set(at, e)
			}
		}
	}
	if err := p.Error(); err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "toml: "))
	}
	return root, nil
}

// maxTOML bounds the lines of a file that say something.
const maxTOML = 5_000

type tomlReader struct {
	p     *unstable.Parser
	lines []int // where each line starts
}

func lineStarts(text string) []int {
	starts := []int{0}
	for i := range len(text) {
		if text[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// line is the line of a node's text, from 1.
func (d tomlReader) line(n *unstable.Node) int {
	low, high := 0, len(d.lines)
	for high-low > 1 {
		if mid := (low + high) / 2; d.lines[mid] <= int(n.Raw.Offset) {
			low = mid
		} else {
			high = mid
		}
	}
	return low + 1
}

// keys are the parts of a dotted key.
func (d tomlReader) keys(e *unstable.Node) (names []string, line int) {
	for it := e.Key(); it.Next(); {
		if names == nil {
			line = d.line(it.Node())
		}
		names = append(names, string(it.Node().Data))
	}
	return names, line
}

// descend goes to the mapping below a path of keys, and makes what is not there. It is nil where a value is in the way.
func descend(at *yaml.Node, names []string, line int) *yaml.Node {
	for _, name := range names {
		next := child(at, name)
		if next == nil {
			next = mapping(line)
			add(at, name, line, next)
		}
		if next.Kind == yaml.SequenceNode && len(next.Content) > 0 {
			next = next.Content[len(next.Content)-1]
		}
		if next.Kind != yaml.MappingNode {
			return nil
		}
		at = next
	}
	return at
}

// table is the mapping of a [table].
func (d tomlReader) table(root *yaml.Node, e *unstable.Node) *yaml.Node {
	names, line := d.keys(e)
	return descend(root, names, line)
}

// element is a further mapping of a list of [[tables]].
func (d tomlReader) element(root *yaml.Node, e *unstable.Node) *yaml.Node {
	names, line := d.keys(e)
	last := len(names) - 1
	above := descend(root, names[:last], line)
	if above == nil {
		return nil
	}
	list := child(above, names[last])
	if list == nil {
		list = &yaml.Node{Kind: yaml.SequenceNode, Line: line}
		add(above, names[last], line, list)
	}
	if list.Kind != yaml.SequenceNode {
		return nil
	}
	one := mapping(line)
	list.Content = append(list.Content, one)
	return one
}

func (d tomlReader) set(at *yaml.Node, e *unstable.Node) {
	names, line := d.keys(e)
	last := len(names) - 1
	if at = descend(at, names[:last], line); at != nil && child(at, names[last]) == nil {
		add(at, names[last], line, d.value(e.Value(), line))
	}
}

func (d tomlReader) value(v *unstable.Node, line int) *yaml.Node {
	switch v.Kind {
	case unstable.Array:
		list := &yaml.Node{Kind: yaml.SequenceNode, Line: line}
		for it := v.Children(); it.Next(); {
			if it.Node().Kind == unstable.Comment {
				continue
			}
			if it.Node().Raw.Length > 0 {
				line = d.line(it.Node())
			}
			list.Content = append(list.Content, d.value(it.Node(), line))
		}
		return list
	case unstable.InlineTable:
		table := mapping(line)
		for it := v.Children(); it.Next(); {
			if it.Node().Kind == unstable.KeyValue {
				d.set(table, it.Node())
			}
		}
		return table
	}
	text := string(v.Data)
	if v.Kind == unstable.Integer {
		text = strings.ReplaceAll(text, "_", "")
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Line: line, Value: text}
}

func mapping(line int) *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode, Line: line} }

func add(at *yaml.Node, name string, line int, value *yaml.Node) {
	at.Content = append(at.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name, Line: line}, value)
}
