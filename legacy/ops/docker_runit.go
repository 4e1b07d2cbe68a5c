package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// putsRun finds what an image puts where runit or s6 looks for run scripts: a COPY, a link, a copy made while it is built.
var putsRun = scan.MustCompile(`(?m)(?:^\s*(?:COPY|ADD)|\bln|\bcp|\bmv|\binstall)\s+(?:-\S+\s+)*["']?([^\s"']+)["']?\s+["']?/etc/(?:service|services\.d|sv|s6/services)/([\w.@-]+)/run\b`)

// maxRunScripts bounds how many run scripts one image may have.
const maxRunScripts = 20

// runScriptsOf gives the daemons beside the server of the run scripts of the repository that an image puts into place under
// another name.
func runScriptsOf(t *scan.Tree, p string, r *scan.Report) []*daemon {
	text := t.Text(p, r)
	if !strings.Contains(text, "/run") || t.Aside(p) || forProduction(p) < 0 {
		return nil
	}
	var daemons []*daemon
	for _, m := range putsRun.FindAllStringSubmatch(strings.ReplaceAll(text, "\\\n", "  "), maxRunScripts) {
		file := ""
		for rest, more := strings.TrimPrefix(m[1], "./"), true; more && file == ""; _, rest, more = strings.Cut(rest, "/") {
			if at := path.Join(path.Dir(p), rest); t.Has(at) && !strings.HasSuffix(at, "/run") {
				file = at
			}
		}
		if file == "" {
			continue
		}
		if script := t.Text(file, &scan.Report{}); serverLine.MatchString(script) || pagesOfDevelopers.MatchString(script) {
			continue // the server speaks to one in front of it here, whose settings and code say more
		}
		if d := readRunOf(t, file, m[2], r); d != nil {
			daemons = append(daemons, d)
		}
	}
	return daemons
}
