package ops

import (
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// cloudRule is what starts something at its hours, cloudTarget what a rule starts: a task with a command of its own.
type (
	cloudRule struct {
		at             cloud
		resource, name string
		when           *written
		zone           string // the time zone of its hours, "" for UTC
		starts         []cloudTarget
	}
	cloudTarget struct {
		at   cloud
		rule string // its name, or a reference to it
		argv []string
		line int
	}
)

// rule remembers what starts something on a schedule, until it is known what.
func (c *cloud) rule(name string, body *written) {
	if c.environment != "" {
		return
	}
	for _, key := range []string{"scheduleexpression", "schedule"} {
		when := prop(body, key)
		if when.word() == "" {
			continue
		}
		if ruleIsOff(body) {
			c.note(when.line, "%s is switched off, and would run at %s: what it starts gets no schedule", name, when.word())
			continue
		}
		rule := cloudRule{at: *c, resource: name, name: known(prop(body, "name")), when: when, zone: c.ruleZone(name, body)}
		for _, key := range []string{"target", "targets"} {
			for _, target := range all(body, key) {
				if argv, line := overriddenCommand(target); argv != nil {
					rule.starts = append(rule.starts, cloudTarget{*c, "", argv, line})
				}
			}
		}
		c.made.rules = append(c.made.rules, rule)
	}
}

// ruleIsOff says whether a rule is there but starts nothing.
func ruleIsOff(body *written) bool {
	return strings.EqualFold(known(prop(body, "state")), "disabled") || known(prop(body, "isenabled")) == "false" || known(prop(body, "paused")) == "true"
}

// zoneName is a time zone as the database of zones calls it.
var zoneName = scan.MustCompile(`^[A-Z]\w*(?:/[A-Z][\w+-]*)*$`)

// ruleZone is the time zone of a rule's hours; one that is not written there is noted.
func (c *cloud) ruleZone(name string, body *written) string {
	zone := prop(body, "scheduleexpressiontimezone")
	if zone == nil {
		return ""
	}
	if word := known(zone); zoneName.MatchString(word) {
		return word
	}
	c.note(zone.line, "the time zone of %s is not known here: give the schedule of what it starts its timezone in %s", name, service.FileName)
	return ""
}

// target remembers what a rule starts. It says whether that is a command.
func (c *cloud) target(body *written) bool {
	argv, line := overriddenCommand(body)
	if argv != nil && c.environment == "" {
		c.made.targets = append(c.made.targets, cloudTarget{*c, textOf(prop(body, "rule")), argv, line})
	}
	return argv != nil
}

// overriddenCommand is what a task is started with in place of its own command, the input of ECS's targets, and its line.
func overriddenCommand(target *written) (argv []string, line int) {
	input := prop(target, "input")
	if input != nil {
		line = input.line
	}
	if input != nil && input.kind != '{' {
		if open := strings.IndexByte(input.text, '{'); open >= 0 {
			input = readWritten(input.text, open)
		}
	}
	for _, container := range all(input, "containeroverrides") {
		if argv := containerCommand(container); argv != nil {
			return argv, line
		}
	}
	return nil, 0
}

// scheduled claims the jobs that rules start; of others their hours are noted.
func (c *cloud) scheduled() {
	for _, rule := range c.made.rules {
		starts := rule.starts
		for _, target := range c.made.targets {
			if target.rule != "" && (target.rule == rule.name || target.rule == rule.resource || strings.Contains(target.rule+".", "aws_cloudwatch_event_rule."+rule.resource+".")) {
				starts = append(starts, target)
			}
		}
		schedule := cloudSchedule(rule.when.word())
		if len(starts) == 0 || !service.ValidSchedule(schedule) {
			rule.at.note(rule.when.line, "%s runs at %s: give what it starts a schedule in %s", rule.resource, rule.when.word(), service.FileName)
			continue
		}
		for i, target := range starts {
			f := rule.at.finding()
			if len(f.About) == 0 && !newPlatform(c.t, c.r, 0).hasCode(f.Dir) {
				target.at.note(target.line, "%s is run at %q: give it to the service whose image runs it, in %s", shown(target.argv), schedule, service.FileName)
				continue
			}
			f.Process = strings.ReplaceAll(rule.resource, "_", "-")
			if i > 0 {
				f.Process += "-" + strconv.Itoa(i+1)
			}
			f.Service.Schedule, f.Service.TimeZone = schedule, rule.zone
			rule.at.find(f, "schedule", rule.when.line, scan.Declared)
			f.Service = service.Service{Command: target.argv}
			target.at.find(f, "scheduled command", target.line, scan.Declared)
		}
	}
}

var (
	cloudCron = scan.MustCompile(`^cron\((\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+\*\)$`)
	cloudRate = scan.MustCompile(`^rate\((\d{1,3}) (minute|hour|day)s?\)$`)
	dayNumber = scan.MustCompile(`\b[1-7]\b`)
)

// cloudSchedule is a schedule of Amazon's as cron writes it, which counts Sunday as 0 and knows no ?; "" where cron has none.
func cloudSchedule(when string) string {
	if m := cloudCron.FindStringSubmatch(when); m != nil {
		if strings.ContainsAny(m[3], "LW") || strings.ContainsAny(m[5], "#L") {
			return ""
		}
		days := strings.Split(m[5], ",")
		for i, day := range days {
			day, step, stepped := strings.Cut(day, "/")
			if days[i] = dayNumber.ReplaceAllStringFunc(day, func(n string) string { return string(n[0] - 1) }); stepped {
				days[i] += "/" + step
			}
		}
		return strings.ReplaceAll(strings.Join([]string{m[1], m[2], m[3], m[4], strings.Join(days, ",")}, " "), "?", "*")
	}
	if m := cloudRate.FindStringSubmatch(when); m != nil {
		return everySchedule(m[1], m[2])
	}
	return ""
}

// everySchedule is how cron writes a time that passes between two runs. Cron begins anew with each hour and day, so that the
// time has to divide them.
func everySchedule(count, unit string) string {
	n, err := strconv.Atoi(count)
	switch {
	case err != nil || n < 1:
		return ""
	case unit == "minute" && n < 60 && 60%n == 0:
		return everyField(n) + " * * * *"
	case unit == "minute" && n%60 == 0:
		return everySchedule(strconv.Itoa(n/60), "hour")
	case unit == "hour" && n < 24 && 24%n == 0:
		return "0 " + everyField(n) + " * * *"
	case unit == "hour" && n == 24, unit == "day" && n == 1:
		return "0 0 * * *"
	}
	return ""
}

func everyField(n int) string {
	if n == 1 {
		return "*"
	}
	return "*/" + strconv.Itoa(n)
}
