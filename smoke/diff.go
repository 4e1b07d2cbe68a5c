package smoke

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// maxDiff is how many differences between two documents are told.
const maxDiff = 20

// difference tells where two documents differ, path by path; nothing for values that a line shows as well.
func difference(want, got any) []string {
	if !isTree(want) || !isTree(got) {
		return nil
	}
	d := &differ{}
	d.compare("", want, got)
	if d.more > 0 {
		d.lines = append(d.lines, fmt.Sprintf("and %d more", d.more))
	}
	return d.lines
}

func isTree(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

type differ struct {
	lines []string
	more  int
}

func (d *differ) add(format string, args ...any) {
	if len(d.lines) == maxDiff {
		d.more++
		return
	}
	d.lines = append(d.lines, fmt.Sprintf(format, args...))
}

func (d *differ) compare(path string, want, got any) {
	if equal(want, got) {
		return
	}
	switch w := want.(type) {
	case map[string]any:
		if g, ok := got.(map[string]any); ok {
			d.objects(path, w, g)
			return
		}
	case []any:
		if g, ok := got.([]any); ok {
			d.lists(path, w, g)
			return
		}
	}
	d.add("~ %s: %s -> %s", path, quote(want), quote(got))
}

func (d *differ) objects(path string, want, got map[string]any) {
	keys := slices.Sorted(maps.Keys(want))
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[key]; !ok {
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		w, wanted := want[key]
		g, found := got[key]
		switch at := step(path, key); {
		case !found:
			d.add("- %s: %s", at, quote(w))
		case !wanted:
			d.add("+ %s: %s", at, quote(g))
		default:
			d.compare(at, w, g)
		}
	}
}

func (d *differ) lists(path string, want, got []any) {
	for i := range max(len(want), len(got)) {
		switch at := step(path, strconv.Itoa(i)); {
		case i >= len(got):
			d.add("- %s: %s", at, quote(want[i]))
		case i >= len(want):
			d.add("+ %s: %s", at, quote(got[i]))
		default:
			d.compare(at, want[i], got[i])
		}
	}
}

func step(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
