package ops

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// scriptOfCron is a program that lies where people keep what cron runs: scripts/cron/send, bin/cron/send.php, bin/cron.
var scriptOfCron = scan.MustCompile(`^(?:bin|scripts?|tools)/cron(?:[-_]?(?:jobs?|scripts?))?/[\w-]+(?:\.(?:sh|php|py|rb|pl))?$|^(?:bin|scripts?)/cron(?:\.(?:sh|php|py|rb|pl))?$`)

// scriptsOfCron gives the programs in such places that no line of a crontab starts: where they lie says that cron runs them.
func scriptsOfCron(t *scan.Tree, paths []string, jobs []*daemon, names *scriptNames, r *scan.Report) []*daemon {
	c := &crontab{t: t, r: r, vars: map[string]string{}, taken: map[string]bool{}, seen: map[string]bool{}}
	for _, d := range jobs {
		c.taken[d.name] = true
	}
	var daemons []*daemon
	for _, p := range paths {
		if !scriptOfCron.MatchString(p) || t.Aside(p) || !strings.HasPrefix(t.Text(p, r), "#!") || len(daemons) == maxCronJobs ||
			slices.ContainsFunc(jobs, func(d *daemon) bool { return strings.Contains(shown(d.script.argv), p) }) {
			continue
		}
		argv := cronJob{t: t, r: r, dir: ".", names: names}.command([]string{p})
		if argv == nil {
			continue
		}
		c.file = p
		name := c.jobName(argv)
		if name == "cron" || strings.HasPrefix(name, "cron-") {
			name = strings.Replace(name, "cron", "scheduled", 1) // and not cron itself
		}
		d := newDaemon(t, r, name, p, 1)
		d.rank, d.script.argv = scan.Guess, argv
		d.claims = append(d.claims, daemonClaim{service.Service{Schedule: "@daily"}, p, 1, "cron runs it, by where it lies; how often is a guess"})
		daemons = append(daemons, d)
	}
	return daemons
}
