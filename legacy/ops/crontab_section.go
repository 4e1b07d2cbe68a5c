package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	// cronHeading is what a section about scheduled jobs is called, guideUnderline what headings are underlined with.
	cronHeading    = scan.MustCompile(`(?i)\bcron(?:[ -]?(?:jobs?|tabs?))?\b|\b(?:scheduled|periodic|recurring) (?:tasks?|jobs?|commands?|scripts?)\b`)
	guideUnderline = scan.MustCompile(`^(?:={3,}|-{3,}|~{3,}|\^{3,}|"{3,})\s*$`)
	codeDirective  = scan.MustCompile(`^\.\. (?:code(?:-block)?|sourcecode|highlight)::`)
)

// oftenWords are the words by which people say how often something runs, with the schedule that each means.
var oftenWords = []struct {
	said     *scan.Pattern
	schedule string
}{
	{scan.MustCompile(`(?i)\bevery minute\b|\bonce (?:a|per) minute\b|\beach minute\b`), "* * * * *"},
	{scan.MustCompile(`(?i)\bhourly\b|\b(?:every|each) hour\b|\bonce (?:an|per|every) hour\b`), "@hourly"},
	{scan.MustCompile(`(?i)\bweekly\b|\b(?:every|each) week\b|\bonce (?:a|per|every) week\b`), "@weekly"},
	{scan.MustCompile(`(?i)\bmonthly\b|\b(?:every|each) month\b|\bonce (?:a|per|every) month\b`), "@monthly"},
	{scan.MustCompile(`(?i)\bdaily\b|\bnightly\b|\b(?:every|each) ?(?:day|night)\b|\bonce (?:a|per|every) (?:day|night)\b`), "@daily"},
}

// headingLevel is how deep the heading on a line of a guide stands, 0 for no heading. A line that leads to code with a colon
// is the least of all.
func headingLevel(lines []string, fenced []bool, at int) int {
	line := strings.TrimRight(lines[at], " ")
	switch {
	case fenced[at]:
		return 0
	case strings.HasPrefix(line, "#"):
		return len(line) - len(strings.TrimLeft(line, "#"))
	case line == "" || line[0] == ' ' || line[0] == '\t' || codeDirective.MatchString(line):
		return 0
	case at+1 < len(lines) && guideUnderline.MatchString(lines[at+1]) && !guideUnderline.MatchString(line):
		return 1 + strings.IndexByte("=-~^\"", lines[at+1][0])
	case strings.HasSuffix(line, ":") && len(line) < 100:
		return leadIn
	}
	return 0
}

const leadIn = 9

// cronSection is the section about cron in which a line of a guide stands: the level of its heading, 0 outside of one, the
// line of that, and whether it has shown code.
type cronSection struct {
	level, begin int
	shown        bool
}

// enter takes a line that may be a heading, or the end of what a line has led to, and says whether it is one.
func (s *cronSection) enter(lines []string, fenced []bool, at int) bool {
	n := headingLevel(lines, fenced, at)
	switch {
	case n > 0 && (s.level == 0 || n <= s.level):
		*s = cronSection{}
		if cronHeading.MatchString(lines[at]) {
			s.level, s.begin = n, at
		}
		return true
	case isCode(lines[at], fenced[at]):
		s.shown = s.shown || strings.TrimSpace(lines[at]) != ""
	case s.level == leadIn && s.shown && lines[at] != "" && !strings.ContainsRune(" `.", rune(lines[at][0])):
		*s = cronSection{}
	}
	return false
}

// sectionJobs gives the jobs that a section about cron shows as code: what it shows is run on a schedule, though no line of a
// crontab says when. Where nothing there says how often, that is noted. told are the lines of which this has been said.
func (c *crontab) sectionJobs(lines []string, fenced []bool) (daemons []*daemon, told []bool) {
	told = make([]bool, len(lines))
	var section cronSection
	for i, line := range lines {
		if section.enter(lines, fenced, i) || section.level == 0 && !c.calledJob(lines, fenced, i) {
			continue
		}
		argv := c.shownJob(line, fenced[i])
		if argv == nil {
			continue
		}
		c.seen[shown(argv)] = true
		begin := section.begin
		if section.level == 0 {
			begin = i
		}
		for at := begin; at < min(len(lines), i+nearLines) && (at <= i || section.level == 0); at++ {
			told[at] = true
		}
		schedule := howOftenSaid(lines, fenced, begin, i)
		if schedule == "" {
			c.r.Note(c.file, i+1, "said to be run by cron, but not how often: give it a schedule in %s: %s", service.FileName, shown(argv))
			continue
		}
		d := newDaemon(c.t, c.r, c.jobName(argv), c.file, i+1)
		d.rank, d.script.argv = scan.Guess, argv
		d.claims = append(d.claims, daemonClaim{service.Service{Schedule: schedule}, c.file, i + 1, "as it is said here in words"})
		daemons = append(daemons, d)
	}
	return daemons, told
}

// schedulesItself are commands of Django that somebody gives once, when the service is installed.
var schedulesItself = scan.MustCompile(`\bmanage\.py (?:crontab|createsuperuser|installtasks)\b`)

// shownJob is the program of the repository that a line of code starts and that cron may run, nil for none. Text with a command in
// it is no code, though it is set in.
func (c *crontab) shownJob(line string, fenced bool) []string {
	if !isCode(line, fenced) || codeSpan.MatchString(line) || cronLine.MatchString(strings.Trim(line, " \t`>$")) {
		return nil
	}
	argv := c.commandIn(line, fenced)
	text := shown(argv)
	if len(argv) < 2 || releaseStep.MatchString(text) || testRun.MatchString(text) || schedulesItself.MatchString(text) || forDevelopment(argv) || c.seen[text] || len(c.seen) >= maxCronJobs {
		return nil
	}
	return argv
}

// listItem begins an item of a list.
var listItem = scan.MustCompile(`^\s*(?:[-*+]|\d+[.)]?)\s`)

// isCode says whether a line of a guide shows code: between fences, or set in, and no item of a list.
func isCode(line string, fenced bool) bool {
	return !listItem.MatchString(line) && (fenced || strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "\t"))
}

// asCronJob are words by which people say that what they have just shown is a job for cron.
var asCronJob = scan.MustCompile(`(?i)\b(?:as|to|by|via|with|from) an? \[?cron ?jobs?\b`)

// calledJob says whether the text behind a line of code calls it a job for cron: that it can be scheduled as a cron job.
func (c *crontab) calledJob(lines []string, fenced []bool, at int) bool {
	if !isCode(lines[at], fenced[at]) {
		return false
	}
	for i := at + 1; i < min(len(lines), at+nearLines) && headingLevel(lines, fenced, i) == 0; i++ {
		if strings.HasPrefix(strings.TrimSpace(lines[i]), "```") || isCode(lines[i], fenced[i]) {
			continue
		}
		if asCronJob.MatchString(lines[i]) {
			return true
		}
	}
	return false
}

// howOftenSaid is the schedule that the lines of a section say nearest to a command: before it, then behind it, and "" where
// none does.
func howOftenSaid(lines []string, fenced []bool, begin, at int) string {
	var order []int
	for i := at; i >= begin; i-- {
		if order = append(order, i); headingLevel(lines, fenced, i) > 0 {
			break
		}
	}
	for i := at + 1; i < min(len(lines), at+nearLines) && headingLevel(lines, fenced, i) == 0; i++ {
		order = append(order, i)
	}
	for _, i := range order {
		for _, often := range oftenWords {
			if often.said.MatchString(lines[i]) {
				return often.schedule
			}
		}
	}
	return ""
}
