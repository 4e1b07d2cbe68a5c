package ops

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// timed makes a scheduled process of a daemon that a timer starts.
func (d *daemon) timed(timer *unit) {
	for _, e := range timer.all("Timer", "OnCalendar") {
		if cron := calendarCron(e.value); cron != "" {
			d.scheduled(cron, e.file, e.line)
			return
		}
		d.r.NoteAbout(d.about(), e.file, e.line, "%s is started at %q, which no schedule of five fields says; write one into migrate.yaml", d.name, e.value)
	}
	for _, key := range []string{"OnUnitActiveSec", "OnUnitInactiveSec"} {
		if e := timer.last("Timer", key); e.value != "" {
			if cron := everyCron(e.value); cron != "" {
				d.scheduled(cron, e.file, e.line)
				return
			}
			d.r.NoteAbout(d.about(), e.file, e.line, "%s is started every %s, which no schedule of five fields says; write one into migrate.yaml", d.name, e.value)
		}
	}
}

// calendarNames are the short forms of systemd.time(7).
var calendarNames = map[string]string{
	"minutely": "* * * * *", "hourly": "0 * * * *", "daily": "0 0 * * *", "weekly": "0 0 * * 1", "monthly": "0 0 1 * *",
	"yearly": "0 0 1 1 *", "annually": "0 0 1 1 *", "quarterly": "0 0 1 1,4,7,10 *", "semiannually": "0 0 1 1,7 *",
}

var calendarForm = scan.MustCompile(`^(?:([A-Za-z,.-]+)\s+)?(?:(?:\*|\d{4})-([\d*,./]+)-([\d*,./]+)\s*)?(?:([\d*,./]+):([\d*,./]+)(?::([\d*,./]+))?)?$`)

// calendarCron is the schedule of an OnCalendar= value: "Mon..Fri *-*-* 03:30:00" is 30 3 * * 1-5. It is "" where cron
// has no words for it: seconds, years, a last day of the month.
func calendarCron(value string) string {
	value = strings.TrimSpace(value)
	if cron, ok := calendarNames[strings.ToLower(value)]; ok {
		return cron
	}
	m := calendarForm.FindStringSubmatch(value)
	if m == nil || m[0] == "" {
		return ""
	}
	if seconds := strings.TrimLeft(m[6], "0"); seconds != "" {
		return ""
	}
	minute, hour := "0", "0"
	if m[4] != "" {
		hour, minute = calendarField(m[4], 0), calendarField(m[5], 0)
	}
	day, month := "*", "*"
	if m[2] != "" {
		month, day = calendarField(m[2], 1), calendarField(m[3], 1)
	}
	weekday, ok := calendarDays(m[1])
	if !ok || minute == "" || hour == "" || day == "" || month == "" {
		return ""
	}
	if cron := strings.Join([]string{minute, hour, day, month, weekday}, " "); service.ValidSchedule(cron) {
		return cron
	}
	return ""
}

// calendarField rewrites a list with ranges (1..5) and steps (0/15) in the words of cron; "" where that can't be.
func calendarField(field string, first int) string {
	var parts []string
	for _, part := range strings.Split(field, ",") {
		start, step, stepped := strings.Cut(part, "/")
		if stepped && start != "*" {
			if n, err := strconv.Atoi(start); err != nil || n != first {
				return ""
			}
			start = "*"
		}
		low, high, ranged := strings.Cut(start, "..")
		text := plainNumber(low)
		if ranged {
			text += "-" + plainNumber(high)
		}
		if stepped {
			text += "/" + plainNumber(step)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ",")
}

func plainNumber(text string) string {
	if n, err := strconv.Atoi(text); err == nil {
		return strconv.Itoa(n)
	}
	return text
}

func calendarDays(text string) (string, bool) {
	if text == "" {
		return "*", true
	}
	days := []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	number := func(name string) (string, bool) {
		for i, day := range days {
			if len(name) >= 3 && strings.EqualFold(name[:3], day) {
				return strconv.Itoa(i), true
			}
		}
		return "", false
	}
	var parts []string
	for _, part := range strings.Split(strings.ReplaceAll(text, "..", "-"), ",") {
		low, high, ranged := strings.Cut(part, "-")
		a, ok := number(low)
		if !ok {
			return "", false
		}
		if ranged {
			b, ok := number(high)
			if !ok {
				return "", false
			}
			if b == "0" {
				b = "7"
			}
			if b == "7" { // Kubernetes counts to 6
				parts = append(parts, a+"-6", "0")
				continue
			}
			a += "-" + b
		}
		parts = append(parts, a)
	}
	return strings.Join(parts, ","), true
}

var spanForm = scan.MustCompile(`^(\d+)\s*(s|sec|seconds?|m|min|minutes?|h|hr|hours?|d|days?|w|weeks?)?$`)

// everyCron is the schedule of a span of time that divides an hour or a day: 15min is */15 * * * *.
func everyCron(span string) string {
	m := spanForm.FindStringSubmatch(strings.TrimSpace(span))
	if m == nil {
		return ""
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n <= 0 || n > 1<<20 {
		return ""
	}
	minutes := n
	switch {
	case m[2] == "" || m[2][0] == 's':
		if n%60 != 0 {
			return ""
		}
		minutes = n / 60
	case m[2][0] == 'h':
		minutes = n * 60
	case m[2][0] == 'd':
		minutes = n * 60 * 24
	case m[2][0] == 'w':
		minutes = n * 60 * 24 * 7
	}
	switch {
	case minutes == 1:
		return "* * * * *"
	case minutes < 60 && 60%minutes == 0:
		return fmt.Sprintf("*/%d * * * *", minutes)
	case minutes == 60:
		return "0 * * * *"
	case minutes == 24*60:
		return "0 0 * * *"
	case minutes == 7*24*60:
		return "0 0 * * 0"
	case minutes%60 == 0 && minutes < 24*60 && (24*60)%minutes == 0:
		return fmt.Sprintf("0 */%d * * *", minutes/60)
	}
	return ""
}
