package lang

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// The lines of whenever's schedule.rb.
var (
	everyLine   = scan.MustCompile(`^\s*every\s*\(?\s*(.+?)\)?\s+(?:do\b|\{)\s*`)
	everyAt     = scan.MustCompile(`(?:\bat:|:at\s*=>)\s*(?:ENV(?:\[[^\]]*\]\s*\|\||\.fetch\([^,()]*,)\s*|Time(?:\.zone)?\.parse[\s(]\s*)?(\[[^\]]*\]|"[^"]*"|'[^']*'|\d+)`)
	parsedTime  = scan.MustCompile(`(?:\bat:|:at\s*=>)\s*Time\b`)
	anyTime     = scan.MustCompile(`\bat:|:at\s*=>`)
	everyDays   = scan.MustCompile(`^(?:%[iw])?[\[(]\s*((?::?(?:sun|mon|tues|wednes|thurs|fri|satur)day[\s,]*){1,7})[\])]`)
	jobLine     = scan.MustCompile(`^\s*(\w+)\s*\(?\s*(?:"([^"]+)"|'([^']+)')`)
	jobType     = scan.MustCompile(`^\s*job_type\s*\(?\s*:(\w+)\s*,\s*(?:"([^"]+)"|'([^']+)')`)
	clockTime   = scan.MustCompile(`(?i)(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?`)
	everyNumber = scan.MustCompile(`^(\d{1,3})\.(minute|hour|day|week|month)s?$`)
	fiveFields  = scan.MustCompile(`^["']([\d*/,\-]+\s+[\d*/,\-]+\s+[\d*/,\-]+\s+[\d*/,\-a-zA-Z]+\s+[\d*/,\-a-zA-Z]+)["']$`)
)

// maxJobs bounds how many scheduled jobs one file makes.
const maxJobs = 40

// schedule reads config/schedule.rb, from which whenever writes a crontab: each job becomes a scheduled process.
func (p *rubyProject) schedule() {
	file, text := p.text("config/schedule.rb", "schedule.rb")
	if _, ok := p.gems.brought("whenever"); !ok || file == "" {
		return
	}
	var times []string
	rank := scan.Declared
	taken, types := map[string]int{}, map[string]string{"rake": "", "runner": "", "command": "", "script": ""}
	for i, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "#") || len(taken) >= maxJobs {
			continue
		}
		if m := everyLine.FindStringSubmatch(line); m != nil {
			if times = cronOf(m[1]); len(times) == 0 {
				p.r.Note(file, i+1, "a schedule that is not understood: its jobs were left out")
			}
			if rank = scan.Declared; len(times) > 0 && parsedTime.MatchString(m[1]) {
				rank = scan.Guess
				p.r.Note(file, i+1, "Ruby works out when this runs, in a time zone of its own: see whether the hour is right in %s", service.FileName)
			}
			line = strings.TrimPrefix(line, m[0]) // a block in braces has its job in the same line
		}
		if m := jobType.FindStringSubmatch(line); m != nil {
			if _, builtin := types[m[1]]; !builtin { // one that is there already does the same in other words
				types[m[1]] = m[2] + m[3]
			}
			continue
		}
		m := jobLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		template, known := types[m[1]]
		if !known {
			continue
		}
		what := m[2] + m[3]
		command := jobCommand(m[1], what)
		if template != "" {
			command = customJob(template, what)
		}
		if strings.Contains(what, "#{") || strings.ContainsAny(what, "\n\\") || len(command) == 0 {
			p.r.Note(file, i+1, "a job whose command is put together: it was left out")
			continue
		}
		for n, cron := range times {
			name := jobName(what, taken)
			note := ""
			if n > 0 {
				note = "one of its times"
			}
			p.process(name, service.Service{Command: command, Schedule: cron}, dependency{file: file, line: i + 1}, rank, note)
		}
	}
}

func jobCommand(kind, what string) []string {
	switch kind {
	case "rake":
		return append([]string{"bundle", "exec", "rake"}, strings.Fields(what)...)
	case "runner":
		return []string{"bundle", "exec", "rails", "runner", what}
	case "script":
		return append([]string{"bundle", "exec", "script/" + strings.Fields(what + " x")[0]}, strings.Fields(what)[min(1, len(strings.Fields(what))):]...)
	}
	return []string{"sh", "-c", what}
}

// What a job_type of the team's own holds beside the command: where the code lies, the environment, and the file for what
// it writes, which a container has for all that it runs.
var (
	jobBefore = scan.MustCompile(`^\s*cd\s+:path\s*(?:&&|;)\s*`)
	jobBeside = scan.MustCompile(`\s*(?:\S+=:environment\b|:output\b)`)
	jobHole   = scan.MustCompile(`(?:^|[\s/="']):[a-z]\w*`)
)

// customJob is the command of a job_type, nil where it asks for something that is not known.
func customJob(template, task string) []string {
	text := jobBeside.ReplaceAllString(jobBefore.ReplaceAllString(template, ""), "")
	text = strings.NewReplacer(":bundle_command", "bundle exec", ":runner_command", "bin/rails runner", ":path/", "", ":task", task).Replace(text)
	text = strings.TrimSpace(text)
	switch {
	case jobHole.MatchString(strings.ReplaceAll(text, task, "")) || strings.Contains(text, "#{"):
		return nil
	case strings.ContainsAny(text, "|&;<>$`\"'"):
		return []string{"sh", "-c", text}
	}
	return strings.Fields(text)
}

var jobWord = scan.MustCompile(`[A-Za-z0-9]+`)

// jobName is a name for the job after what it runs.
func jobName(what string, taken map[string]int) string {
	name := strings.ToLower(strings.Join(jobWord.FindAllString(strings.Fields(what + " job")[0], -1), "-"))
	name = strings.Trim(name[:min(len(name), 38)], "-")
	if name == "" {
		name = "job"
	}
	taken[name]++
	if n := taken[name]; n > 1 {
		name = fmt.Sprintf("%s-%d", name, n)
	}
	return name
}

// cronOf turns whenever's words into cron fields, one line for each time of the day; nil for what it does not understand.
func cronOf(words string) []string {
	period, _, _ := strings.Cut(words, ",")
	if m := fiveFields.FindStringSubmatch(strings.TrimSpace(words)); m != nil {
		return []string{m[1]}
	}
	period = strings.TrimPrefix(strings.TrimSpace(period), ":")
	at := everyAt.FindStringSubmatch(words)
	if at == nil && anyTime.MatchString(words) {
		return nil // what only Ruby works out
	}
	if m := everyDays.FindStringSubmatch(words); m != nil {
		return daily(at, "* * "+daysOf(m[1]))
	}
	if m := everyNumber.FindStringSubmatch(period); m != nil {
		n, _ := strconv.Atoi(m[1])
		switch {
		case m[2] == "minute" && n == 1:
			return []string{"* * * * *"}
		case m[2] == "minute" && n > 0 && n < 60:
			return []string{fmt.Sprintf("*/%d * * * *", n)}
		case m[2] == "hour" && n > 1 && n < 24:
			return hourly(at, fmt.Sprintf("*/%d", n))
		case n == 1:
			period = m[2]
		default:
			return nil
		}
	}
	switch period {
	case "minute":
		return []string{"* * * * *"}
	case "hour":
		return hourly(at, "*")
	case "day":
		return daily(at, "* * *")
	case "week":
		return daily(at, "* * 0")
	case "month":
		return daily(at, "1 * *")
	case "year":
		return daily(at, "1 1 *")
	}
	if day := cronDays[period]; day != "" {
		return daily(at, "* * "+day)
	}
	return nil
}

var cronDays = map[string]string{"sunday": "0", "monday": "1", "tuesday": "2", "wednesday": "3", "thursday": "4", "friday": "5", "saturday": "6", "weekday": "1-5", "weekend": "0,6"}

// daysOf are the days of a list in cron's numbers.
func daysOf(list string) string {
	var days []string
	for _, day := range jobWord.FindAllString(list, 10) {
		if n := cronDays[day]; n != "" {
			days = append(days, n)
		}
	}
	return strings.Join(days, ",")
}

func hourly(at []string, hours string) []string {
	minute := 0
	if at != nil {
		if m := clockTime.FindStringSubmatch(at[1]); m != nil {
			minute, _ = strconv.Atoi(m[1])
		}
	}
	return []string{fmt.Sprintf("%d %s * * *", minute%60, hours)}
}

func daily(at []string, rest string) []string {
	if at == nil {
		return []string{"0 0 " + rest}
	}
	var lines []string
	for _, m := range clockTime.FindAllStringSubmatch(at[1], 10) {
		hour, _ := strconv.Atoi(m[1])
		minute, _ := strconv.Atoi(m[2])
		switch half := strings.ToLower(m[3]); {
		case half == "pm" && hour < 12:
			hour += 12
		case half == "am" && hour == 12:
			hour = 0
		}
		if hour < 24 && minute < 60 {
			lines = append(lines, fmt.Sprintf("%d %d %s", minute, hour, rest))
		}
	}
	return lines
}
