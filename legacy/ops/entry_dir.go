package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// ownPlace is where a script lies, as scripts find that out themselves: "$(dirname "$0")", ${0%/*}, and a path from there.
var ownPlace = scan.MustCompile(`^"?(?:\$\(\s*dirname\s+(?:--\s+)?"?\$(?:\{?0\}?|\{BASH_SOURCE(?:\[0\])?\}|BASH_SOURCE)"?\s*\)|\$\{(?:0|BASH_SOURCE(?:\[0\])?)%/\*\})"?((?:/[\w.-]+)*)"?$`)

// changeDir follows a cd, as far as it can be told where that leads.
func (w *startWalk) changeDir(to string) {
	if m := ownPlace.FindStringSubmatch(to); m != nil && w.home != "" {
		w.dir, w.beside = path.Join(w.home, m[1]), true
		to = ""
	}
	to = strings.Trim(to, `"'`)
	switch {
	case to == "":
	case strings.ContainsAny(to, "$`"):
	case w.dir != "" && !path.IsAbs(to):
		w.dir = path.Join(w.dir, to)
	default:
		w.dir, w.beside = to, false
	}
	if w.dir == "." || path.Clean(w.dir) == path.Clean(w.env["PWD"]) {
		w.dir = "" // where the image starts anyway
	}
}

// fromDir is a command as it runs from the directory where the script has gone. A script that only goes where it lies, to
// start another one beside it, is followed there; a program that needs nothing of that place starts where the image says.
func (w *startWalk) fromDir(text string) string {
	if w.dir == "" || w.dir == "/" {
		return text
	}
	if w.beside && w.t != nil {
		words := strings.Fields(text)
		lies := path.Dir(w.file)
		if rest, ok := strings.CutPrefix(words[0], "./"); ok && w.dir == w.home && w.t.Has(path.Join(lies, rest)) {
			return path.Join(w.dir, rest) + text[len(words[0]):]
		}
		if !w.uses(lies, words) {
			return text
		}
	}
	return "cd " + w.dir + " && " + text
}

// uses says whether one of the words is a file, a directory or a module of the place, or a path that starts from there.
func (w *startWalk) uses(place string, words []string) bool {
	for _, word := range words {
		word = strings.Trim(word, `"'`)
		first := word
		if end := strings.IndexAny(word, "/.:"); end > 0 {
			first = word[:end]
		}
		if strings.HasPrefix(word, ".") || w.t.Has(path.Join(place, word)) || w.t.Has(path.Join(place, first+".py")) || w.t.HasDir(path.Join(place, first)) {
			return true
		}
	}
	return false
}
