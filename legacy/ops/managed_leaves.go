package ops

import (
	"slices"
	"strings"
)

// maxLeaves bounds how many single values of data are noted, maxLeafNames by how many names one may be known.
const (
	maxLeaves    = 20_000
	maxLeafNames = 20
)

// leaves notes for the record the single values of data that nothing was said of when all else is, under the names by which
// their services may be known: those given, and those of what stands around each.
func (g *meaning) leaves(names []string, group, under string, v managedValue) {
	g.last = append(g.last, func() { g.leaf(names, group, under, v, 0) })
}

func (g *meaning) leaf(names []string, group, under string, v managedValue, depth int) {
	if depth > maxNamedDepth*2 || g.environment != "" || len(names) > 3*maxLeafNames {
		return
	}
	if v.kind == valueHash && len(v.keys) > 0 {
		for _, key := range v.keys {
			about := names
			if dataName.MatchString(key) && !layers[key] && !slices.Contains(names, key) {
				about = append(slices.Clip(names), key)
			}
			g.leaf(about, group, strings.TrimPrefix(under+": "+key, ": "), v.hash[key], depth+1)
		}
		return
	}
	if v.file == "" || v.line < 1 || g.at[writtenAt(v)] || g.leftOver >= maxLeaves {
		return
	}
	g.leftOver++
	if where := g.into[writtenAt(v)]; where != "" {
		group += ", which goes into " + where
	}
	g.noteAside(names, group, under, v.file, v.line)
}
