package ops

import (
	"path"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	settingsWord = scan.MustCompile(`^[\w][\w./-]*\.(?:ini|conf|cfg|ya?ml|json|toml|properties)$`)
	madeFrom     = scan.MustCompile(`\.(?:template|tmpl|dist|example|sample)$`)
)

// noteUnmade notes a file of settings that the program is started with and that each machine makes of an example in the
// repository: the image would have none.
func (d *daemon) noteUnmade(t *scan.Tree, r *scan.Report, dir string) {
	for _, word := range d.script.argv[1:] {
		if !settingsWord.MatchString(word) || t.Has(path.Join(dir, word)) {
			continue
		}
		for _, p := range t.Below(dir) {
			if madeFrom.MatchString(p) && madeFrom.ReplaceAllString(path.Base(p), "") == path.Base(word) {
				r.Note(d.script.file, d.script.line, "%s: it is started with %s, which each machine makes of %s: put one under files in "+service.FileName+", or into the image", d.name, word, p)
				break
			}
		}
	}
}
