package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// scriptNames leads from the names of scripts in a directory to where they lie below it. It is made once for the crontabs of
// a directory: each of their words may ask, and there may be many files.
type scriptNames struct {
	dir   string
	files map[string]string
}

// only is the one script in a directory, or below it, that has this name, "" where there are several: deployments put scripts
// elsewhere.
func (n *scriptNames) only(t *scan.Tree, dir, name string) string {
	if n.files == nil || n.dir != dir {
		n.dir, n.files = dir, map[string]string{}
		for _, file := range t.Below(dir) {
			base := path.Base(file)
			if cronRuns[path.Ext(base)] == "" || t.Aside(file) {
				continue
			}
			if _, again := n.files[base]; again {
				file = ""
			}
			n.files[base] = file
		}
	}
	found := n.files[name]
	if dir != "." {
		found = strings.TrimPrefix(found, dir+"/")
	}
	return found
}
