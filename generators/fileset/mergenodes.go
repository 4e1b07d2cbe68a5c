package fileset

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// sameNode says whether two trees hold the same values, whatever their style and comments.
func sameNode(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.ShortTag() != b.ShortTag() || a.Anchor != b.Anchor || a.Kind <= yaml.AliasNode && a.Value != b.Value {
		return false
	}
	return slices.EqualFunc(a.Content, b.Content, sameNode)
}

// mergeNodes merges values that stand on one line: {a: 1, b: 2} and [a, b].
func mergeNodes(b, o, t *yaml.Node) (*yaml.Node, bool) {
	switch {
	case sameNode(b, t), sameNode(o, t):
		return o, true
	case sameNode(b, o):
		return t, true
	case b.Kind != o.Kind || o.Kind != t.Kind || o.Kind != yaml.MappingNode && o.Kind != yaml.SequenceNode:
		return nil, false
	}
	nb, no, nt := pairs(b), pairs(o), pairs(t)
	kb, ko, kt := nodeKeys(b), nodeKeys(o), nodeKeys(t)
	if len(nb) != len(kb) || len(no) != len(ko) || len(nt) != len(kt) || replacedTwice(kb, ko, kt) {
		return nil, false
	}
	out := *o
	out.Content = nil
	for _, key := range union(kb, ko, kt) {
		base, ours, theirs := nb[key], no[key], nt[key]
		switch {
		case ours == nil:
			ours = theirs
		case theirs == nil && base != nil && slices.EqualFunc(base, ours, sameNode):
			continue
		case theirs == nil:
		case base == nil:
			if !slices.EqualFunc(ours, theirs, sameNode) {
				return nil, false
			}
		default:
			last := len(ours) - 1
			value, ok := mergeNodes(base[last], ours[last], theirs[last])
			if !ok {
				return nil, false
			}
			ours = append(slices.Clone(ours[:last]), value)
		}
		out.Content = append(out.Content, ours...)
	}
	return &out, true
}

// nodeKeys are the keys of a mapping, or what tells the items of a list apart.
func nodeKeys(n *yaml.Node) []string {
	var keys []string
	for i := 0; i < len(n.Content); i++ {
		keys = append(keys, keyOf(n, i))
		if n.Kind == yaml.MappingNode {
			i++
		}
	}
	return keys
}

// pairs are the nodes by their keys: key and value in a mapping, the item in a list. An item that has no key is left out.
func pairs(n *yaml.Node) map[string][]*yaml.Node {
	all := map[string][]*yaml.Node{}
	width := 1
	if n.Kind == yaml.MappingNode {
		width = 2
	}
	for i := 0; i+width <= len(n.Content); i += width {
		if key := keyOf(n, i); key != "" {
			all[key] = n.Content[i : i+width]
		}
	}
	return all
}

// keyOf tells a child from its siblings: a key, an item that is a word, an item's name. It is empty where nothing does.
func keyOf(n *yaml.Node, i int) string {
	c := n.Content[i]
	switch {
	case n.Kind == yaml.MappingNode || c.Kind == yaml.ScalarNode:
		return "=" + c.Value
	case c.Kind == yaml.MappingNode:
		if name := nameOf(c); name != "" {
			return "name=" + name
		}
	}
	return ""
}

// nameOf is the name of an item, or "".
func nameOf(item *yaml.Node) string {
	for i := 0; item.Kind == yaml.MappingNode && i+1 < len(item.Content); i += 2 {
		if item.Content[i].Value == "name" && item.Content[i+1].Kind == yaml.ScalarNode {
			return item.Content[i+1].Value
		}
	}
	return ""
}

// union is the order of the outcome: that of ours, with what theirs added after the one that it follows there.
func union(b, o, t []string) []string {
	out := slices.Clone(o)
	at := 0
	for _, key := range t {
		if i := slices.Index(out, key); i >= 0 {
			at = i + 1
		} else if !slices.Contains(b, key) {
			out = slices.Insert(out, at, key)
			at++
		}
	}
	return out
}

// replacedTwice says whether both took out the same and put in something of their own: two answers to one question.
func replacedTwice(b, o, t []string) bool {
	gone, ours, theirs := false, false, false
	for _, key := range b {
		gone = gone || !slices.Contains(o, key) && !slices.Contains(t, key)
	}
	for _, key := range o {
		ours = ours || !slices.Contains(b, key) && !slices.Contains(t, key)
	}
	for _, key := range t {
		theirs = theirs || !slices.Contains(b, key) && !slices.Contains(o, key)
	}
	return gone && ours && theirs
}
