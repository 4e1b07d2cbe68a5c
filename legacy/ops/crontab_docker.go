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

// startScript is a script that a container starts with.
var startScript = scan.MustCompile(`(?i)(^|/)(?:[\w-]+[._-])?(?:entry-?point|docker-(?:start|run|init|cmd)|start-container|container-start)(?:\.(?:sh|bash))?$`)

// copiesCron is a line by which an image puts a file where cron looks for its jobs.
var copiesCron = scan.MustCompile(`(?mi)^\s*(?:COPY|ADD)\s+(?:--ch\S+\s+)*([^\s-]\S*)\s+(/(?:etc/cron\.d/\S*|etc/crontabs?(?:/\S*)?|var/spool/cron/\S*))\s*$`)

// copiedCrontab is a file of the repository, and where an image has it.
type copiedCrontab struct{ from, to string }

// copiedCrontabs are the files that an image takes for crontabs, whatever they are called in the repository. Those that are
// called so are read anyway.
func copiedCrontabs(t *scan.Tree, dockerfile string) (found []copiedCrontab) {
	if !isDockerfile(dockerfile) || !imageFile.MatchString(path.Base(dockerfile)) || t.Aside(dockerfile) {
		return nil
	}
	for _, m := range copiesCron.FindAllStringSubmatch(t.Text(dockerfile, &scan.Report{}), maxCronJobs) {
		for _, dir := range []string{".", path.Dir(dockerfile)} {
			if p, ok := within(dir, m[1]); ok && t.Has(p) && !wantsCrontab(p) {
				found = append(found, copiedCrontab{p, m[2]})
				break
			}
		}
	}
	return found
}

// crontabOf gives the jobs of a crontab that an image makes while it is built, RUN echo "0 3 * * * ..." > /etc/cron.d/shop,
// or that a container makes when it starts.
func crontabOf(t *scan.Tree, p string, names *scriptNames, r *scan.Report) []*daemon {
	if !imageFile.MatchString(path.Base(p)) && !startScript.MatchString(p) || t.Aside(p) {
		return nil
	}
	text := t.Text(p, r)
	if !strings.Contains(text, "cron") {
		return nil
	}
	var daemons []*daemon
	c := &crontab{t: t, r: r, file: p, names: names, vars: map[string]string{}, taken: map[string]bool{}, seen: map[string]bool{}}
	joined := strings.ReplaceAll(text, "\\\n", "  ") // of the same length
	for _, m := range writesCron.FindAllStringSubmatchIndex(joined, maxCronJobs) {
		at := 1 + strings.Count(text[:m[0]], "\n")
		quoted, to := joined[m[2]:m[3]], ""
		if m[4] >= 0 {
			to = joined[m[4]:m[5]]
		}
		job := quoted[1 : len(quoted)-1]
		if quoted[0] == '"' {
			job = cronUnquote.Replace(withSchedules(job, text))
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

// scheduleSet is a variable that holds a schedule where the environment has none, and variableRead one that is read.
var (
	scheduleSet  = scan.MustCompile(`(?m)^\s*(?:export\s+)?(\w+)=["']?(?:\$\{\w+:?-)?["']?([@\d*][\w\d*,/ -]*)["']?\}?["']?\s*$`)
	variableRead = scan.MustCompile(`\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)`)
)

// withSchedules puts into a line of a crontab the schedules that variables of the script hold.
func withSchedules(line, script string) string {
	held := map[string]string{}
	for _, m := range scheduleSet.FindAllStringSubmatch(script, maxCronJobs) {
		if onlySchedule(m[2]) {
			held[m[1]] = m[2]
		}
	}
	return variableRead.ReplaceAllStringFunc(line, func(v string) string {
		m := variableRead.FindStringSubmatch(v)
		switch value := held[m[1]+m[3]]; {
		case value != "":
			return value
		case onlySchedule(m[2]):
			return m[2]
		}
		return v
	})
}

// onlySchedule says whether a value is a whole schedule and nothing else: any other one may be a secret.
func onlySchedule(value string) bool {
	m := cronLine.FindStringSubmatch(value + " x")
	return m != nil && m[2] == "x" && (m[1][0] != '@' || m[1] == "@reboot" || cronTimes[m[1][1:]] != "")
}
