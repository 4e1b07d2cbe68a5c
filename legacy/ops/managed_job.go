package ops

import (
	"path"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var checkKind = scan.MustCompile(`icinga|nagios|nrpe|sensu|monit|check|collectd|sudo|firewall|concat|backup_check|plugin`)

// job understands what runs at set times: cron, and every resource with a command and an hour or a minute.
func (g *meaning) job(m *managed) bool {
	run := m.attr("command", "cmd", "job", "code")
	timed := m.attr("minute", "hour", "special", "schedule", "cron_schedule", "weekday", "time", "predefined_value", "on_calendar")
	if run.kind == valueUndef || timed.kind == valueUndef || g.is(checkKind, m.kind) || m.inner {
		return false
	}
	if g.environment != "" {
		return true
	}
	schedule := cronSchedule(m)
	if schedule == "" || run.text == "" {
		g.note(m, "scheduled jobs whose time or command is not understood", titleForNote(m), m.file, m.line)
		return true
	}
	for _, name := range []string{"minute", "hour", "monthday", "day", "month", "weekday", "special", "schedule", "on_calendar"} {
		g.use(m.attrs.of(name))
	}
	g.scheduled(m, m.title, schedule, run)
	return true
}

// scheduled claims a job; one that only the old machine can run is a note.
func (g *meaning) scheduled(m *managed, title, schedule string, run managedValue) {
	f := m.finding()
	run.text = strings.ReplaceAll(run.text, `\%`, "%") // cron's own way to write it
	f.About = append(f.About, placesIn(run.text)...)
	argv := g.commandLine(run, m)
	if argv == nil && !run.secret && !run.open {
		argv = cronJob{t: g.t, r: quietly(), dir: ".", names: &g.jobScripts}.find(run.text, 0)
	}
	if argv == nil && g.runsScript(m, f, title, schedule, run, g.scriptIn(run.text)) {
		return
	}
	if argv == nil {
		g.use(run)
		g.noteFor(f.About, "scheduled jobs that run a program of the old machine: move what they do into the service, or leave them there", titleForNote(m)+" ("+schedule+")", m.file, m.line)
		return
	}
	f.Process = jobName(title)
	f.Service = service.Service{Command: argv, Schedule: schedule}
	run.file, run.line = run.written()
	g.claim(m, f, run, "job "+title, rankOf(argv), m.says("command"))
}

var cronTableLine = scan.MustCompile(`(?m)^[ \t]*([\d*/,-]+[ \t]+[\d*/,-]+[ \t]+[\d*/,-]+[ \t]+[\w*/,-]+[ \t]+[\w*/,-]+|@\w+)[ \t]+([a-z_$][\w${}-]*)[ \t]+(\S.*)$`)

// cronTable reads a file of /etc/cron.d: with the user before the command.
func (g *meaning) cronTable(m *managed, text, file string) bool {
	lines := scan.Find(text, cronTableLine)
	for i, l := range lines {
		schedule := strings.Join(strings.Fields(l.Groups[1]), " ")
		if s := cronTimes[strings.TrimPrefix(schedule, "@")]; s != "" {
			schedule = s
		}
		if strings.HasPrefix(schedule, "@") {
			continue
		}
		run := m.written(l.Groups[3], file, l.Line)
		title := path.Base(m.title)
		if i > 0 {
			title += "-" + strconv.Itoa(i+1)
		}
		g.scheduled(m, title, schedule, run)
	}
	return len(lines) > 0
}

var notJobName = scan.MustCompile(`[^A-Za-z0-9]+`)

func jobName(title string) string {
	name := strings.Trim(notJobName.ReplaceAllString(strings.ToLower(title), "-"), "-")
	if len(name) > 40 {
		name = strings.Trim(name[:40], "-")
	}
	return name
}

var cronTimes = map[string]string{"hourly": "0 * * * *", "daily": "0 0 * * *", "midnight": "0 0 * * *", "weekly": "0 0 * * 0", "monthly": "0 0 1 * *", "yearly": "0 0 1 1 *", "annually": "0 0 1 1 *"}

var dayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

var cronField = scan.MustCompile(`^(\*|\d{1,2}(-\d{1,2})?)(/\d{1,2})?(,(\*|\d{1,2}(-\d{1,2})?)(/\d{1,2})?)*$`)

// cronSchedule makes the five fields of the attributes; "" where they are not understood.
func cronSchedule(m *managed) string {
	special := strings.TrimLeft(m.attr("special", "predefined_value", "time").plain(), ":@")
	if special != "" && special != "absent" {
		return cronTimes[strings.ToLower(special)] // none for @reboot
	}
	if when := m.attr("on_calendar"); when.kind != valueUndef {
		return calendarCron(when.plain())
	}
	if whole := m.attr("schedule", "cron_schedule").plain(); whole != "" {
		if s := cronTimes[strings.TrimPrefix(whole, "@")]; s != "" {
			return s
		}
		if fields := strings.Fields(whole); len(fields) == 5 {
			return strings.Join(fields, " ")
		}
		return ""
	}
	var fields []string
	for _, names := range [][]string{{"minute"}, {"hour"}, {"monthday", "day", "date", "mday"}, {"month"}, {"weekday", "dow"}} {
		v := m.attr(names...)
		items := v.items()
		var texts []string
		for _, item := range items {
			if !item.known() {
				return ""
			}
			texts = append(texts, strings.ToLower(strings.TrimSpace(item.text)))
		}
		field := strings.Join(texts, ",")
		if field == "" || field == "absent" {
			field = "*"
		}
		if names[0] == "weekday" {
			field = weekdays(field)
		}
		if !cronField.MatchString(field) || outOfRange(field, map[string]int{"minute": 59, "hour": 23, "monthday": 31, "month": 12, "weekday": 6}[names[0]]) {
			return ""
		}
		fields = append(fields, field)
	}
	return strings.Join(fields, " ")
}

// weekdays writes names of days as numbers; the second Sunday of cron, 7, is 0.
func weekdays(field string) string {
	for i, day := range dayNames {
		for _, name := range []string{[]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}[i], day} {
			field = strings.ReplaceAll(field, name, strconv.Itoa(i))
		}
	}
	if field == "7" {
		return "0"
	}
	return field
}

// outOfRange says whether a field holds what cron would refuse.
func outOfRange(field string, most int) bool {
	for _, part := range strings.Split(field, ",") {
		part, _, _ = strings.Cut(part, "/")
		low, high, ranged := strings.Cut(part, "-")
		a, _ := strconv.Atoi(low)
		b, _ := strconv.Atoi(high)
		if a > most || b > most || ranged && a > b {
			return true
		}
	}
	return false
}

// placesIn are the directories that a command line names: the code that it is about.
func placesIn(line string) []string {
	var places []string
	for _, word := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t\n'\";&|()=", r) }) {
		if path.IsAbs(word) && strings.Count(word, "/") > 1 && !strings.HasPrefix(word, "/usr/") && !strings.HasPrefix(word, "/bin/") && !strings.HasPrefix(word, "/dev/") && !strings.HasPrefix(word, "/tmp/") && !strings.HasPrefix(word, "/etc/") && len(places) < 5 {
			for dir := word; dir != "/" && len(places) < 5; dir = path.Dir(dir) {
				if base := path.Base(dir); !deployedPart[base] && !strings.Contains(base, "$") {
					places = append(places, dir)
				}
			}
		}
	}
	return places
}

// deployedPart are parts of a path to a program that don't say whose program it is.
var deployedPart = map[string]bool{"bin": true, "current": true, "script": true, "scripts": true, "cron": true, "var": true, "home": true, "data": true, "apps": true, "opt": true, "srv": true, "www": true, "log": true, "vhost": true, "deploy": true, "shared": true, "venv": true}
