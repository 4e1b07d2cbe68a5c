package lang

import (
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// plainSource is one file that was read, for the readers that look at its lines and not at its expressions.
type plainSource struct{ file, text string }

// worth says which files of a project can tell something.
type worth struct {
	telling interface{ MatchString(string) bool } // paths below the project whose files do by their names
	words   []string                              // another file does if it holds one of them
	never   func(name string) bool                // tests, migrations and what else is no evidence
}

// maxSourceBytes bounds the text that is looked at; what people write and what tells something stays far below.
const maxSourceBytes = 6 << 20

// plainSources reads the files that can tell something, in the order of their names. Where there are more than can be
// looked at, those that tell something by their names go before others.
func plainSources(t *scan.Tree, r *scan.Report, dir string, files []string, w worth) []plainSource {
	order := append([]string{}, files...)
	rank := func(name string) int {
		if rel := relative(dir, name); !w.telling.MatchString(rel) {
			return 10 + strings.Count(rel, "/")
		}
		return 0
	}
	sort.SliceStable(order, func(a, b int) bool { return rank(order[a]) < rank(order[b]) })
	var sources []plainSource
	read, size := 0, 0 // of which many hold none of the words
	for _, name := range order {
		if read == maxRead || len(sources) == maxSources || size > maxSourceBytes || t.Aside(name) || w.never(name) || strings.Count(relative(dir, name), "/") > maxDeep {
			continue
		}
		data, err := t.Read(name)
		if err != nil {
			r.Note(name, 0, "%v", err)
			continue
		}
		read++
		if text := string(data); rank(name) == 0 || hasAny(text, w.words...) {
			size += len(text)
			sources = append(sources, plainSource{name, text})
		}
	}
	sort.Slice(sources, func(a, b int) bool { return sources[a].file < sources[b].file })
	return sources
}
