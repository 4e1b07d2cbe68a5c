package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	// cronHeading is what a section about scheduled jobs is called, guideUnderline what headings are underlined with.
	cronHeading    = scan.MustCompile(`(?i)\bcron(?:[ -]?(?:jobs?|tabs?))?\b|\b(?:scheduled|periodic|recurring) (?:tasks?|jobs?|commands?|scripts?)\b|\b(?:heroku|task|job) scheduler\b`)
	guideUnderline = scan.MustCompile(`^(?:={3,}|-{3,}|~{3,}|\^{3,}|"{3,})\s*$`)
	codeDirective  = scan.MustCompile(`^\.\. (?:code(?:-block)?|sourcecode|highlight)::`)
)

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
		if cronHeading.MatchString(lines[at]) || scheduleSaid(lines[at]) != "" && runsAgain.MatchString(lines[at]) {
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
// crontab says when. Where nothing there says how often, that is noted.
func (c *crontab) sectionJobs(g *guideText) []*daemon {
	var daemons []*daemon
	var section cronSection
	for i, line := range g.lines {
		heading := section.enter(g.lines, g.fenced, i)
		g.cron[i] = section.level > 0
		if heading || section.level == 0 && !c.calledJob(g.lines, g.fenced, i) {
			continue
		}
		argv := c.shownJob(line, g.fenced[i])
		if argv == nil {
			continue
		}
		c.seen[shown(argv)] = true
		begin := section.begin
		if section.level == 0 {
			begin = i
		}
		for at := begin; at < min(len(g.lines), i+nearLines) && (at <= i || section.level == 0); at++ {
			g.told[at] = true
		}
		schedule := howOftenSaid(g.lines, g.fenced, begin, i)
		if schedule == "" {
			c.r.Note(c.file, i+1, "said to be run by cron, but not how often: give it a schedule in %s: %s", service.FileName, shown(argv))
			continue
		}
		daemons = append(daemons, c.saidJob(argv, schedule, i+1))
	}
	return daemons
}

// schedulesItself are commands of Django that somebody gives once, when the service is installed.
var schedulesItself = scan.MustCompile(`\bmanage\.py (?:crontab|createsuperuser|installtasks)\b`)

// shownJob is the program of the repository that a line of code starts and that cron may run, nil for none. Text with a command in
// it is no code, though it is set in.
func (c *crontab) shownJob(line string, fenced bool) []string {
	if !isCode(line, fenced) || codeSpan.MatchString(line) || cronLine.MatchString(strings.Trim(line, " \t`>$")) {
		return nil
	}
	if argv := c.commandIn(line, fenced); c.jobShown(argv) {
		return argv
	}
	return nil
}

// jobShown says whether a command that a guide shows may be one that cron runs, and is a new one.
func (c *crontab) jobShown(argv []string) bool {
	text := shown(argv)
	return len(argv) > 1 && !releaseStep.MatchString(text) && !testRun.MatchString(text) && !schedulesItself.MatchString(text) && !forDevelopment(argv) && !c.seen[text] && len(c.seen) < maxCronJobs
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
		if schedule := scheduleSaid(lines[i]); schedule != "" {
			return schedule
		}
	}
	return ""
}
