package fileset

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// gone is a generated file that is no longer in its place.
type gone struct {
	path, id string
	lines    []string // nil where its text is not found
}

// Moved tells of a path that the lock does not know which generated file was moved to it: one that is no longer in its place,
// and most of whose lines are there. Such a file is the team's from then on, and still no evidence.
func (l Lock) Moved(root *os.Root) func(name string) (from string, ok bool) {
	store := openBases(root)
	defer store.close()
	missing := map[string][]gone{} // by kind
	for name, id := range l.Files {
		if _, err := root.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		text, _ := store.read(id)
		kind := kindOf(name)
		missing[kind] = append(missing[kind], gone{name, id, lines(text)})
	}
	for _, all := range missing {
		slices.SortFunc(all, func(a, b gone) int { return strings.Compare(a.path, b.path) })
	}
	return func(name string) (string, bool) {
		candidates := missing[kindOf(name)]
		if len(candidates) == 0 {
			return "", false
		}
		d, err := look(root, name)
		if err != nil || d.odd != "" {
			return "", false
		}
		id, text := blob(d.text()), lines(d.text())
		at := slices.IndexFunc(candidates, func(g gone) bool { return g.id == id })
		if at < 0 {
			at = slices.IndexFunc(candidates, func(g gone) bool { return alike(g.lines, text) })
		}
		if at < 0 {
			return "", false
		}
		return candidates[at].path, true
	}
}

// kindOf is what a file keeps when it is moved: the ending of its name, or the name.
func kindOf(name string) string {
	switch ext := path.Ext(name); ext {
	case ".yml":
		return ".yaml"
	case "":
		return path.Base(name)
	default:
		return ext
	}
}

// alike says whether most lines of each text are in the other. Of a few lines that says nothing.
func alike(a, b []string) bool {
	common := 0
	for _, at := range matches(a, b) {
		if at >= 0 && strings.TrimSpace(b[at]) != "" {
			common++
		}
	}
	return common >= 5 && 3*common >= 2*max(len(a), len(b))
}
