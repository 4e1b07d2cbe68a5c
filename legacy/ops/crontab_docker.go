package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	imageFile   = scan.MustCompile(`(?i)^((docker|container)file([._-](prod|production|alpine|debian))?|[\w-]+\.dockerfile)$`)
	writesCron  = scan.MustCompile(`\b(?:echo|printf)\s+(?:-\w+\s+)*("(?:[^"\\]|\\.)*"|'[^']*')\s*(?:>{1,2}\s*([^\s;&|]*cron[^\s;&|]*)|\|\s*crontab\b)`)
	cronUnquote = strings.NewReplacer(`\"`, `"`, `\$`, `$`, "\\`", "`", `\\`, `\`)
)

// crontabOf gives the jobs of a crontab that an image makes while it is built: RUN echo "0 3 * * * ..." > /etc/cron.d/shop.
func crontabOf(t *scan.Tree, p string, r *scan.Report) []*daemon {
	if !imageFile.MatchString(path.Base(p)) || t.Aside(p) {
		return nil
	}
	text := t.Text(p, r)
	if !strings.Contains(text, "cron") {
		return nil
	}
	var daemons []*daemon
	c := &crontab{t: t, r: r, file: p, vars: map[string]string{}, taken: map[string]bool{}, seen: map[string]bool{}}
	joined := strings.ReplaceAll(text, "\\\n", "  ") // of the same length
	for _, m := range writesCron.FindAllStringSubmatchIndex(joined, maxCronJobs) {
		at := 1 + strings.Count(text[:m[0]], "\n")
		quoted, to := joined[m[2]:m[3]], ""
		if m[4] >= 0 {
			to = joined[m[4]:m[5]]
		}
		job := quoted[1 : len(quoted)-1]
		if quoted[0] == '"' {
			job = cronUnquote.Replace(job)
		}
		c.system = strings.Contains(to, "cron.d/") || strings.HasSuffix(to, "etc/crontab")
		for _, line := range strings.Split(strings.ReplaceAll(job, `\n`, "\n"), "\n") {
			if m := cronLine.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
				if d := c.job(m[1], m[2], at); d != nil {
					daemons = append(daemons, d)
				}
			}
		}
	}
	return daemons
}
