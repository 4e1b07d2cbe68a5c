package host

import (
	"maps"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	cronLine   = scan.MustCompile(`^\s*((?:[0-9*,/A-Za-z-]+\s+){5}|@[a-z]+\s+)(.*)$`)
	cronAssign = scan.MustCompile(`^\s*["']?([A-Za-z_][A-Za-z0-9_]*)["']?\s*=\s*(.*)$`)
	cronFields = scan.MustCompile(`^[0-9*,/A-Za-z-]+$`)
)

// periodic are directories whose scripts cron runs, with the times of Debian's /etc/crontab.
var periodic = []struct{ dir, schedule string }{
	{"/etc/cron.hourly", "17 * * * *"}, {"/etc/cron.daily", "25 6 * * *"}, {"/etc/cron.weekly", "47 6 * * 0"}, {"/etc/cron.monthly", "52 6 1 * *"},
}

// cron reads the crontabs of the system and of the users, without the jobs of the operating system's own packages.
func (r *root) cron(o *owners) []Job {
	var jobs []Job
	jobs = append(jobs, r.crontab("/etc/crontab", "", true)...)
	for _, name := range r.list("/etc/cron.d") {
		if file := path.Join("/etc/cron.d", name); o.of(file) == "" && !strings.HasPrefix(name, ".") {
			jobs = append(jobs, r.crontab(file, "", true)...)
		}
	}
	for _, dir := range []string{"/var/spool/cron/crontabs", "/var/spool/cron"} {
		for _, user := range r.list(dir) {
			if user != "crontabs" && user != "atjobs" && user != "atspool" && !strings.HasPrefix(user, ".") {
				jobs = append(jobs, r.crontab(path.Join(dir, user), user, false)...)
			}
		}
	}
	for _, p := range periodic {
		for _, name := range r.list(p.dir) {
			if file := path.Join(p.dir, name); o.of(file) == "" && !strings.HasPrefix(name, ".") && name != "README" {
				jobs = append(jobs, Job{Schedule: p.schedule, User: "root", Command: file, File: file})
			}
		}
	}
	return jobs
}

// maxVariables and maxJobs bound what one crontab gives: each job has all the variables above it.
const (
	maxVariables = 200
	maxJobs      = 1000
)

// crontab reads one. Those of the system name the user in a sixth field.
func (r *root) crontab(file, user string, named bool) []Job {
	text, err := r.text(file)
	r.miss(file, err)
	var jobs []Job
	var given Variables // so far: they are for the lines below them
	lent := false       // to a job, which keeps them as they are
	n := 0
	for line := range strings.Lines(strings.ToValidUTF8(text, "?")) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if set := cronAssign.FindStringSubmatch(line); set != nil {
			if _, again := given[set[1]]; !again && len(given) >= maxVariables {
				r.miss(file, errVariables)
				continue
			}
			if given == nil {
				given = Variables{}
			} else if lent {
				given, lent = maps.Clone(given), false
			}
			given[set[1]] = plainValue(set[1], strings.Trim(strings.TrimSpace(set[2]), `"'`))
			continue
		}
		m := cronLine.FindStringSubmatch(line)
		if m == nil || !validFields(m[1]) {
			continue
		}
		job := Job{Schedule: strings.Join(strings.Fields(m[1]), " "), User: user, File: file, Line: n, Environment: given}
		command := m[2]
		if named {
			f := strings.Fields(command)
			if len(f) < 2 {
				continue
			}
			job.User = f[0]
			command = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(command), f[0]))
		}
		if strings.Contains(command, "run-parts") || strings.Contains(command, "anacron") {
			continue // the directories below are read themselves
		}
		if len(jobs) == maxJobs {
			r.miss(file, errJobs)
			break
		}
		job.Command, lent = maskShell(command), true
		jobs = append(jobs, job)
	}
	return jobs
}

func validFields(schedule string) bool {
	for _, f := range strings.Fields(schedule) {
		if !strings.HasPrefix(f, "@") && !cronFields.MatchString(f) {
			return false
		}
	}
	return true
}
