package smoke

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Two ways not to write a check again: "use" takes the checks of another file, and a "with" of several values takes the
// check once for each.

// maxRows is how many checks one "with" may stand for.
const maxRows = 1000

// pair is a key of a mapping with its value.
type pair struct {
	key, value *yaml.Node
	varies     bool // one of several values: it tells the checks apart
}

// rows are the values of "with" for each check that n stands for: one row for a plain mapping, all combinations where its
// values are lists, and each entry where it is a list itself.
func (d *suiteDecoder) rows(n *yaml.Node) [][]pair {
	with := d.child(n, "with")
	switch {
	case with == nil:
		return [][]pair{nil}
	case with.Kind == yaml.MappingNode:
		return d.combine(with)
	case with.Kind != yaml.SequenceNode || len(with.Content) == 0:
		d.fail(with, "with must be a mapping of names to values, or a list of such mappings, not %s", kindOf(with))
		return [][]pair{nil}
	}
	var out [][]pair
	for _, item := range with.Content {
		var row []pair
		d.mapping(item, "an entry of with", nil, func(k, v *yaml.Node) bool {
			row = append(row, pair{k, v, true})
			return true
		})
		out = append(out, row)
	}
	return d.few(with, out)
}

func (d *suiteDecoder) combine(with *yaml.Node) [][]pair {
	out := [][]pair{nil}
	d.mapping(with, "with", nil, func(k, v *yaml.Node) bool {
		choices := []*yaml.Node{v}
		if v.Kind == yaml.SequenceNode {
			choices = v.Content
		}
		if v.Kind == yaml.SequenceNode && len(choices) == 0 {
			d.fail(v, "with %s: an empty list leaves no check", k.Value)
		}
		var longer [][]pair
		for _, row := range out {
			for _, choice := range choices {
				longer = append(longer, append(slices.Clone(row), pair{k, d.follow(choice), v.Kind == yaml.SequenceNode}))
			}
		}
		out = d.few(v, longer)
		return true
	})
	return out
}

func (d *suiteDecoder) few(n *yaml.Node, rows [][]pair) [][]pair {
	if len(rows) > maxRows {
		d.fail(n, "with stands for more than %d checks", maxRows)
		return rows[:1]
	}
	return rows
}

// child is the value of a key; nil where the mapping hasn't got it.
func (d *decoder) child(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return d.follow(n.Content[i+1])
		}
	}
	return nil
}

// nameRow puts the values that tell this check from the others into its name.
func (c *checkDecoder) nameRow() {
	var tail []string
	for _, p := range c.row {
		place := "{" + p.key.Value + "}"
		if strings.Contains(c.check.Name, place) {
			c.check.Name = strings.ReplaceAll(c.check.Name, place, p.value.Value)
		} else if p.varies {
			tail = append(tail, p.key.Value+"="+p.value.Value)
		}
	}
	if len(tail) > 0 {
		c.check.Name += " [" + strings.Join(tail, ", ") + "]"
	}
}

// use takes the checks of another file, in this place: they see what was captured before and what "with" says, and what
// they capture is there after them.
func (c *checkDecoder) use(v *yaml.Node) {
	file := c.beside(c.text(v, "use"))
	if slices.Contains(c.chain, file) {
		c.fail(v, "use goes round in a circle: %s", strings.Join(append(slices.Clone(c.chain), file), " -> "))
		return
	}
	text, err := read(c.fsys, file)
	if err != nil {
		c.fail(v, "use: %v", err)
		return
	}
	d := c.suiteDecoder
	inner := &suiteDecoder{decoder: decoder{file: file, visited: d.visited}, fsys: d.fsys, chain: append(slices.Clone(d.chain), file),
		suite: Suite{File: d.suite.File}, headers: slices.Clone(d.headers), auth: d.auth, timeout: d.timeout, tags: slices.Clone(d.tags),
		with: c.scope.with, captured: slices.Clone(d.captured)}
	top, err := inner.document(text)
	if err != nil {
		c.fail(v, "use: %v", err)
		return
	}
	if top != nil && inner.mapping(top, "the file", inner.fields(), nil) {
		inner.readChecks(top)
	}
	d.mistakes = append(d.mistakes, inner.mistakes...)
	d.tooMany = d.tooMany || inner.tooMany
	d.suite.Checks = append(d.suite.Checks, inner.suite.Checks...)
	d.suite.secrets = append(d.suite.secrets, inner.suite.secrets...)
	for _, s := range inner.suite.values {
		d.suite.set(s.name, s.value)
	}
	d.captured = inner.captured
}

// beside is the path of a file that a file of checks names.
func (d *decoder) beside(name string) string { return path.Join(path.Dir(d.file), name) }

// content reads a file that a check sends or compares with.
func (c *checkDecoder) content(v *yaml.Node, what string) (file string, text []byte) {
	name := c.text(v, what)
	if name == "" {
		return "", nil
	}
	if path.IsAbs(name) {
		c.fail(v, "%s: write the path of %s from the directory of this file", what, name)
		return "", nil
	}
	file = c.beside(name)
	text, err := read(c.fsys, file)
	if err != nil {
		c.fail(v, "%s: %v", what, fmt.Errorf("can't read it: %w", err))
	}
	return file, text
}
