package secrets

import (
	"path"
	"slices"
	"sort"
	"strings"
)

// Duplicate is an entry whose name is nearly that of one that a key is looked for under, on the same level: somebody meant
// the same, and only one of the two is read.
type Duplicate struct {
	Path  string // of the entry that is not read
	File  string // where it is no entry at all: a file of another encryption, which gopass doesn't see
	Of    string // the path that is read
	There bool   // there is an entry at Of
}

// Fix is the command that leaves one of them.
func (d Duplicate) Fix() string {
	switch {
	case d.File != "":
		return "rm " + shellWord(d.File)
	case d.There:
		return "gopass rm " + shellWord(d.Path)
	}
	return "gopass mv " + shellWord(d.Path) + " " + d.Of
}

// Duplicates lists, sorted by path, what stands on a level of the hierarchy beside the entry that is looked for there and is
// called like it but for case, for - and . in place of _, or for the ending of a file. strays are files that are no entries.
func Duplicates(names []string, strays map[string]string, wanted []Key) []Duplicate {
	alike := map[string][]string{}
	for _, name := range names {
		alike[nearly(name)] = append(alike[nearly(name)], name)
	}
	for name := range strays {
		alike[nearly(name)] = append(alike[nearly(name)], name)
	}
	read := map[string]bool{}
	var paths []string
	for _, k := range wanted {
		for _, entry := range k.Entries() {
			for _, p := range k.Paths(entry) {
				if !read[p] {
					read[p] = true
					paths = append(paths, p)
				}
			}
		}
	}
	var found []Duplicate
	seen := map[string]bool{}
	for _, p := range paths {
		group := alike[nearly(p)]
		for _, name := range group {
			if file := strays[name]; (!read[name] || file != "") && !seen[name+file] {
				seen[name+file] = true
				found = append(found, Duplicate{Path: name, File: file, Of: p, There: slices.Contains(group, p)})
			}
		}
	}
	sort.Slice(found, func(i, j int) bool { return found[i].Path < found[j].Path })
	return found
}

// nearly is a name as somebody who means the same may have written it.
func nearly(name string) string {
	dir, last := path.Split(name)
	for _, f := range formats {
		last = strings.TrimSuffix(last, f.ext)
	}
	return dir + strings.ToLower(strings.NewReplacer("-", "_", ".", "_").Replace(last))
}

// shellWord is a text that a person can copy into a shell.
func shellWord(s string) string {
	if nameChars.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Remove is the command that takes an entry out of the store.
func Remove(entry string) string { return "gopass rm " + shellWord(entry) }
