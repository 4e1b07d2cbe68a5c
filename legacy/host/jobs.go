package host

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// cron makes scheduled processes of the crontab lines and timers that run a service's code, and notes of the others.
func (r *reading) cron(l *Loaded) {
	for i, job := range l.Cron {
		line := l.Line("cron", itoa(i), "schedule")
		r.job(l, job, line, job.Command)
	}
	for i, u := range l.Units {
		name, ok := strings.CutSuffix(u.Name, ".timer")
		if !ok || u.Text == nil {
			continue
		}
		runs := u.setting("Unit")
		if runs == "" {
			runs = name + ".service"
		}
		target := l.unit(runs)
		line := l.Line("units", itoa(i), "text")
		schedule := timerSchedule(u.setting("OnCalendar"))
		if target == nil || target.Text == nil {
			continue
		}
		if schedule == "" {
			r.report.Note(l.File, line, "the timer %s (%s) has no time that a CronJob has; write its schedule into %s", u.Name, or(u.setting("OnCalendar"), "no OnCalendar"), service.FileName)
			continue
		}
		command := target.setting("ExecStart")
		if dir := target.setting("WorkingDirectory"); dir != "" {
			command = "cd " + dir + " && " + command
		}
		r.job(l, Job{Schedule: schedule, User: target.setting("User"), Command: command, File: u.Path}, line, command)
	}
}

// job gives one scheduled command to the code that it runs.
func (r *reading) job(l *Loaded, job Job, line int, command string) {
	schedule := fiveFields(job.Schedule)
	d := r.owner(l, job, command)
	if d == nil {
		r.report.Note(l.File, line, "%s of %s runs %s at %s: no service's code, it stays on the host", job.File, job.User, command, job.Schedule)
		return
	}
	if !service.ValidSchedule(schedule) {
		r.note(d, l, line, "%s runs %s at %s, which no CronJob does", job.File, command, job.Schedule)
		return
	}
	words, prepared := jobCommand(command, d.home)
	f := scan.Finding{About: d.about, Process: jobName(words), Service: service.Service{Command: words, Schedule: schedule}}
	f.Service.Env, f.Service.Secrets = r.jobVariables(d, l, job, line, f.Process)
	r.report.Find(f, l.File, line, scan.Declared, job.File)
	r.written(d, l, line, f.Process, words)
	for _, file := range prepared {
		if path.Base(file) != "activate" && !slices.ContainsFunc(l.Files, func(f File) bool { return f.Format == "environment" && f.Path == file }) {
			r.note(d, l, line, "%s reads %s before it starts, which stays on the host: a pod has the variables of the service, so add what else it sets", f.Process, file)
		}
	}
}

// jobVariables are those that the crontab gives to a job and neither the machine nor the service has: a CronJob has the
// service's, among them those that lead to needs by the needs' names.
func (r *reading) jobVariables(d *deployed, l *Loaded, job Job, line int, process string) (env map[string]string, secrets []string) {
	main := d.programs[0].main().Environment
	for _, name := range slices.Sorted(maps.Keys(job.Environment)) {
		if systemVariable(name) || cronVariables[name] || !service.VariableName(name) || d.needed[name] {
			continue
		}
		value := job.Environment[name]
		if own, has := main[name]; has {
			if value != nil && own != nil && *value != *own && !machinePath.MatchString(*value) {
				r.note(d, l, line, "the crontab gives %s another %s (%s) than the service has, whose value is kept: write this one under the env of %s in %s where it is meant", process, name, *value, process, service.FileName)
			}
			continue
		}
		if value == nil {
			secrets = append(secrets, name)
			continue
		}
		if r.leftOut(d, l, line, name, *value) {
			continue
		}
		if env == nil {
			env = map[string]string{}
		}
		env[name] = relative(*value, d.home)
	}
	return env, secrets
}

// cronVariables are read by cron itself.
var cronVariables = set("MAILTO MAILFROM CONTENT_TYPE CONTENT_TRANSFER_ENCODING RANDOM_DELAY CRON_TZ TZ START_HOURS_RANGE")

// owner is the code that a command runs: the one whose directory it names, or its user's where it names a program of it.
func (r *reading) owner(l *Loaded, job Job, command string) *deployed {
	for _, d := range r.code {
		if d.home != "" && (strings.Contains(command, d.home+"/") || strings.Contains(command+" ", d.home+" ") || strings.HasPrefix(job.File, d.home)) {
			return d
		}
	}
	for _, d := range r.code {
		for _, p := range d.programs {
			if p.host != l || p.main().User != job.User || systemUsers[job.User] {
				continue
			}
			for _, word := range strings.Fields(command) {
				if word == p.program.name() || path.Base(word) == path.Base(p.main().Program) && interpreter(p.main().Program) == "" {
					return d
				}
			}
		}
	}
	return nil
}

var (
	changeDir = scan.MustCompile(`^\s*cd\s+(\S+)\s*(?:&&|;)\s*`)
	// redirect is what ends a command: where its output goes, whose name may have quotes and a command of its own.
	redirect = scan.MustCompile(`\s*(?:(\d?>>?|&>>?)\s*(&[\d-]|&?(?:\$\([^()]*\)|` + "`[^`]*`" + `|"[^"]*"|'[^']*'|[^\s"'()` + "`" + `;&|<>])+)|\|\s*(?:/usr/bin/)?logger\b[^|]*|<\s*/dev/null)\s*;?\s*$`)
	// writes finds the files that a command writes, wherever it does.
	writes   = scan.MustCompile(`(?:^|[^=>-])>>?\s*((?:\$\([^()]*\)|[^\s"'()` + "`" + `;&|<>])+)`)
	inQuotes = scan.MustCompile(`'[^']*'`)
	ownBin   = scan.MustCompile(`(^|[\s;&|(])(?:\./)?(?:[\w-]+/)*\.?(?:venv|env|virtualenv)/bin/`)
	// prepares reads a file of variables before a command, or says that all of them are to be exported.
	prepares  = scan.MustCompile(`^\s*(?:(?:\.|source)\s+["']?([^\s"';&|]+)["']?|set\s+[-+](?:a|o\s+allexport))\s*(?:&&|;)\s*`)
	setsUp    = scan.MustCompile(`/bin/activate$|^/etc/(default|sysconfig)/|^/etc/profile$|/\.(bash_)?profile$|/\.bashrc$|(^|/|\.)env(ironment)?(\.[a-z]+)?$`)
	ownPath   = scan.MustCompile(`(^|[\s;&|(])/usr/(?:local/)?bin/(python|node|ruby|perl|php|java)(?:js|[\d.]+)?\b`)
	shellSign = scan.MustCompile(`[|;&<>$` + "`" + `*?~()]`)
)

// withoutSetUp takes off what comes before a crontab's command on the machine: the way to the code's directory, which is the
// image's own, and the files of variables that are read, which the pod is given.
func withoutSetUp(command, home string) (rest string, read []string) {
	for {
		if m := changeDir.FindStringSubmatch(command); m != nil && home != "" && (m[1] == home || strings.HasPrefix(m[1], home+"/")) {
			command = command[len(m[0]):]
			continue
		}
		m := prepares.FindStringSubmatch(command)
		if m == nil || m[1] != "" && !setsUp.MatchString(m[1]) {
			return command, read
		}
		if m[1] != "" {
			read = append(read, m[1])
		}
		command = command[len(m[0]):]
	}
}

// written notes the files that a job still writes where its pod has no such place.
func (r *reading) written(d *deployed, l *Loaded, line int, process string, words []string) {
	if len(words) != 3 || words[0] != "sh" || words[1] != "-c" {
		return
	}
	noted := map[string]bool{}
	for _, m := range writes.FindAllStringSubmatch(inQuotes.ReplaceAllString(words[2], ""), -1) {
		file := m[1]
		if noted[file] || strings.HasPrefix(file, "/dev/") || strings.HasPrefix(file, "/tmp/") || d.keeps(file) {
			continue
		}
		noted[file] = true
		r.note(d, l, line, "%s writes %s, which no pod has: give it a directory under state", process, file)
	}
}

// keeps says whether a file lies in a directory of the code's state.
func (d *deployed) keeps(file string) bool {
	return slices.ContainsFunc(d.state, func(dir string) bool { return strings.HasPrefix(file, dir+"/") })
}

// logged says whether what a job prints into a file is its log, and not what it is there to write.
func logged(file string) bool {
	return file == "" || strings.HasPrefix(file, "&") || strings.HasPrefix(file, "/dev/") || strings.HasPrefix(file, "/tmp/") || isLog(file)
}

// jobCommand is a crontab's command as a container runs it: in the code's directory, with its output as the log, which is
// also what it adds to a file, night after night. read are the files of variables that the machine has for it.
func jobCommand(command, home string) (words, read []string) {
	command, read = withoutSetUp(strings.ReplaceAll(command, `\%`, "%"), home)
	for {
		m := redirect.FindStringSubmatch(command)
		if m == nil || !strings.HasSuffix(m[1], ">>") && !logged(strings.Trim(m[2], `"'`)) {
			break
		}
		command = strings.TrimSuffix(command, m[0])
	}
	if home != "" {
		command = strings.ReplaceAll(strings.ReplaceAll(command, home+"/current/", ""), home+"/", "")
	}
	command = strings.TrimSpace(ownBin.ReplaceAllString(command, "$1"))
	inShell := []string{"sh", "-c", ownPath.ReplaceAllString(command, "$1$2")}
	if shellSign.MatchString(strings.ReplaceAll(command, masked, "x")) {
		return inShell, read
	}
	for _, p := range parts(command) {
		if _, word := quoted(p.word); word != "" {
			words = append(words, word)
		}
	}
	if len(words) == 0 || strings.Contains(words[0], "=") {
		return inShell, read
	}
	if lang := interpreter(words[0]); lang == "python" || lang == "node" || lang == "ruby" || lang == "perl" || lang == "php" {
		return interpreted(lang, words), read
	}
	if strings.Contains(words[0], "bin/") && launchers[path.Base(words[0])] {
		words[0] = path.Base(words[0])
	}
	return words, read
}

// jobName names a job by its script, or by what that is told to do: manage.py report is report.
func jobName(words []string) string {
	if len(words) == 3 && words[1] == "-c" {
		words = strings.Fields(words[2])
	}
	name := ""
	for i, w := range words {
		base := strings.TrimSuffix(path.Base(w), path.Ext(w))
		if base == "" || strings.HasPrefix(w, "-") || strings.Contains(w, "=") || interpreter(w) != "" || wrappers[base] || base == "bundle" || base == "exec" || base == "env" {
			continue
		}
		if (base == "manage" || base == "artisan" || base == "console" || base == "rake" || base == "rails" || base == "django-admin" || base == "flask" || base == "runner") && i+1 < len(words) {
			continue
		}
		name = base
		break
	}
	if name == "" {
		return "job"
	}
	return name
}

// fiveFields is a crontab's time as a CronJob has it, "" for @reboot.
func fiveFields(schedule string) string {
	switch schedule {
	case "@hourly":
		return "0 * * * *"
	case "@daily", "@midnight":
		return "0 0 * * *"
	case "@weekly":
		return "0 0 * * 0"
	case "@monthly":
		return "0 0 1 * *"
	case "@yearly", "@annually":
		return "0 0 1 1 *"
	}
	if strings.HasPrefix(schedule, "@") {
		return ""
	}
	return schedule
}

var calendar = scan.MustCompile(`^(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:-(Mon|Tue|Wed|Thu|Fri|Sat|Sun))? )?(?:\*-\*-(\*|\d\d) )?(\d{1,2}|\*)(?:/(\d+))?:(\d\d|\*|0/\d+|\*/\d+)(?::00)?$`)

var weekdays = map[string]string{"": "*", "Sun": "0", "Mon": "1", "Tue": "2", "Wed": "3", "Thu": "4", "Fri": "5", "Sat": "6"}

// timerSchedule is systemd's OnCalendar as five fields, "" for what these can't say.
func timerSchedule(when string) string {
	switch when {
	case "hourly", "daily", "weekly", "monthly", "yearly":
		if when == "weekly" {
			return "0 0 * * 1" // systemd's week begins on Monday
		}
		return fiveFields("@" + when)
	}
	m := calendar.FindStringSubmatch(when)
	if m == nil {
		return ""
	}
	day, hour, minute, week := "*", m[4], m[6], weekdays[m[1]]
	if m[3] != "" && m[3] != "*" {
		day = strings.TrimLeft(m[3], "0")
	}
	if m[2] != "" {
		week += "-" + weekdays[m[2]]
	}
	if m[5] != "" {
		hour = "*/" + m[5]
	}
	minute = strings.Replace(minute, "0/", "*/", 1)
	if n := strings.TrimLeft(minute, "0"); minute != "*" && !strings.HasPrefix(minute, "*/") {
		minute = or(n, "0")
	}
	if n := strings.TrimLeft(hour, "0"); hour != "*" && !strings.HasPrefix(hour, "*/") {
		hour = or(n, "0")
	}
	return minute + " " + hour + " " + day + " * " + week
}
