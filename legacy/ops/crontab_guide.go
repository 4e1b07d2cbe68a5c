package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// guide are the texts of a repository that tell how it is installed.
var guide = scan.MustCompile(`(?i)^(?:docs?/)?(?:README|INSTALL(?:ATION|ING)?|DEPLOY(?:MENT|ING)?|SETUP|CRON(?:TAB|JOBS)?|PRODUCTION)(?:\.(?:md|markdown|rst|txt|adoc|asciidoc))?$`)

// crontabOfGuide gives the jobs that a guide asks for: the lines of a crontab in it that start a program of this repository.
func crontabOfGuide(t *scan.Tree, p string, r *scan.Report) []*daemon {
	c := &crontab{t: t, r: &scan.Report{}, file: p, vars: map[string]string{}, taken: map[string]bool{}, seen: map[string]bool{}}
	var daemons []*daemon
	for i, line := range strings.Split(t.Text(p, r), "\n") {
		m := cronLine.FindStringSubmatch(strings.Trim(line, " \t`>$"))
		if m == nil || !strings.Contains(m[1], "*") {
			continue
		}
		if d := c.job(m[1], m[2], i+1); d != nil {
			d.r, d.script.r = r, r
			daemons = append(daemons, d)
		}
	}
	return daemons
}
