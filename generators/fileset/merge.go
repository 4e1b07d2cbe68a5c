package fileset

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// The lines around a part that both changed.
const (
	markYours   = "<<<<<<< yours\n"
	markBetween = "=======\n"
	markMigrate = ">>>>>>> migrate\n"
)

// side says whose lines are taken where both changed the same.
type side int

const (
	sideNone   side = iota // nobody's: both stand there, between marks
	sideYours              // the team's
	sideTheirs             // the generated ones
)

// merged is the outcome of a three-way merge.
type merged struct {
	data  []byte
	clean bool // nothing was changed by both; else data holds marks, or what was preferred
}

// merge puts what was changed from base to theirs into ours. Lines come first, since they keep every byte; where lines
// clash, or agree to something that is broken YAML or JSON, the structure decides.
func merge(name string, base, ours, theirs []byte, prefer side) merged {
	byLines := mergeLines(base, ours, theirs, prefer)
	if !structured(name) {
		return byLines
	}
	if byLines.clean && sound(byLines.data) {
		return byLines
	}
	if whole, ok := mergeYAML(base, ours, theirs, yamlRules{json: path.Ext(name) == ".json"}); ok {
		return merged{whole, true}
	}
	if byLines.clean {
		return clash(ours, theirs, prefer)
	}
	return byLines
}

// clash is a merge of which nothing goes together.
func clash(ours, theirs []byte, prefer side) merged {
	switch prefer {
	case sideYours:
		return merged{ours, false}
	case sideTheirs:
		return merged{theirs, false}
	}
	h := hunk{ours: lines(ours), theirs: lines(theirs)}
	return merged{[]byte(strings.Join(h.marked(), "")), false}
}

func structured(name string) bool {
	switch path.Ext(name) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}

// mergeLines is the merge of diff3: what only one side changed is taken, also what both changed to the same.
func mergeLines(base, ours, theirs []byte, prefer side) merged {
	if bytes.IndexByte(ours, 0) >= 0 || bytes.IndexByte(theirs, 0) >= 0 {
		if prefer == sideNone { // no place for marks
			prefer = sideTheirs
		}
		return clash(ours, theirs, prefer)
	}
	out, clean := []string(nil), true
	for _, h := range hunks(lines(base), lines(ours), lines(theirs)) {
		text, ok := h.resolve()
		if !ok {
			clean = false
			switch prefer {
			case sideYours:
				text = h.ours
			case sideTheirs:
				text = h.theirs
			default:
				text = h.marked()
			}
		}
		out = append(out, text...)
	}
	return merged{[]byte(strings.Join(out, "")), clean}
}

// lines are the lines of a text with their ends.
func lines(data []byte) []string {
	all := strings.SplitAfter(string(data), "\n")
	if all[len(all)-1] == "" {
		all = all[:len(all)-1]
	}
	return all
}

// hunk is a part of the three texts, between lines that all have.
type hunk struct{ base, ours, theirs []string }

func (h hunk) resolve() ([]string, bool) {
	switch {
	case slices.Equal(h.ours, h.theirs), slices.Equal(h.base, h.theirs):
		return h.ours, true
	case slices.Equal(h.base, h.ours):
		return h.theirs, true
	}
	return nil, false
}

func (h hunk) marked() []string {
	out := append([]string{markYours}, endLast(h.ours)...)
	out = append(append(out, markBetween), endLast(h.theirs)...)
	return append(out, markMigrate)
}

// endLast ends the last line, so that a mark after it stands on its own.
func endLast(text []string) []string {
	if n := len(text); n > 0 && !strings.HasSuffix(text[n-1], "\n") {
		return append(slices.Clone(text[:n-1]), text[n-1]+"\n")
	}
	return text
}

// hunks divides the three texts, in turn into what all have and what one of them has otherwise.
func hunks(base, ours, theirs []string) []hunk {
	toOurs, toTheirs := matches(base, ours), matches(base, theirs)
	var all []hunk
	b, o, t := 0, 0, 0
	for b < len(base) || o < len(ours) || t < len(theirs) {
		n := 0
		for b+n < len(base) && toOurs[b+n] == o+n && toTheirs[b+n] == t+n {
			n++
		}
		if n > 0 {
			same := base[b : b+n]
			all = append(all, hunk{same, same, same})
			b, o, t = b+n, o+n, t+n
			continue
		}
		next := b
		for next < len(base) && (toOurs[next] < 0 || toTheirs[next] < 0) {
			next++
		}
		endO, endT := len(ours), len(theirs)
		if next < len(base) {
			endO, endT = toOurs[next], toTheirs[next]
		}
		all = append(all, hunk{base[b:next], ours[o:endO], theirs[t:endT]})
		b, o, t = next, endO, endT
	}
	return all
}

// hasMarks says whether a text still holds the marks of a conflict.
func hasMarks(data []byte) bool {
	for _, line := range lines(data) {
		if line == markYours || line == markMigrate {
			return true
		}
	}
	return false
}
