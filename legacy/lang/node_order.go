package lang

import (
	"sort"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var nodeRelative = scan.MustCompile(`(?:require\(\s*|\bfrom\s+|\bimport\s+)['"](\.{1,2}(?:/[^'"\n]*)?)['"]`)

// loaded numbers the sources by how far they are from an entry that loads them, by itself or through others. What is not
// in it belongs to another program of the package.
func (p *nodeProject) loaded(entry string) map[string]int {
	byFile := map[string]*source{}
	for _, s := range p.sources {
		byFile[s.file] = s
	}
	far := map[string]int{entry: 0}
	queue := []string{entry}
	for i := 0; i < len(queue); i++ {
		s := byFile[queue[i]]
		if s == nil {
			continue
		}
		for _, m := range nodeRelative.FindAllStringSubmatch(s.text, 200) {
			file := p.required(s.file, m[1])
			if _, seen := far[file]; !seen && len(far) < maxSources {
				far[file] = far[s.file] + 1
				queue = append(queue, file)
			}
		}
	}
	return far
}

// fromEntry orders the sources: those that the entry loads stand first, the nearest before others.
func (p *nodeProject) fromEntry(entry string) []*source {
	far := p.loaded(entry)
	order := append([]*source{}, p.sources...)
	rank := func(s *source) int {
		if n, ok := far[s.file]; ok {
			return n
		}
		return maxSources
	}
	sort.SliceStable(order, func(a, b int) bool { return rank(order[a]) < rank(order[b]) })
	return order
}

// portOf is the port that a further program of the package binds, in a file that it loads.
func (p *nodeProject) portOf(entry string) (port int, file string, line int) {
	far := p.loaded(entry)
	for _, s := range p.fromEntry(entry) {
		if _, ok := far[s.file]; !ok {
			break
		}
		for _, call := range s.calls {
			v, ok := p.listens(s, call)
			if !ok {
				continue
			}
			if n := v.number(); n > 0 {
				return n, s.file, v.line
			}
			if set, from, ok := p.lookUp(v, func(v value) bool { return v.number() > 0 }); ok {
				return set.number(), from, set.line
			}
		}
	}
	return 0, "", 0
}
