package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// guide are the texts of a repository that tell how it is installed and kept going.
var guide = scan.MustCompile(`(?i)^(?:docs?/)?(?:README|INSTALL(?:ATION|ING)?|DEPLOY(?:MENT|ING)?|SETUP|CRON(?:TAB|JOBS)?|PRODUCTION)(?:\.(?:md|markdown|rst|txt|adoc|asciidoc))?$|` +
	`^(?:docs?|documentation)/[\w/ .-]*(?:install|deploy|cron|production|setup|admin|maint|schedul|operat|updat|upgrad|console|commands)[\w/ .-]*\.(?:md|markdown|rst|txt|adoc|asciidoc)$`)

// everyMachines stands in a guide for what each machine has elsewhere: <path-to-shop>/bin/send.
var everyMachines = scan.MustCompile(`<[A-Za-z][^<>\n]{0,60}>|\{[A-Za-z][\w -]{0,60}\}|\[(?i:path|your)[^\]\n]{0,60}\]`)

// beforeDirectory ends in front of the directory that a command changes into.
var beforeDirectory = scan.MustCompile(`\bcd\s+["']?[^\s;&|]*$`)

// forEveryMachine puts a directory in the place of what each machine has elsewhere. Where that is no directory, but an
// argument, dots stand for it.
func forEveryMachine(text string) (filled string, argument bool) {
	var b strings.Builder
	end := 0
	for _, m := range everyMachines.FindAllStringIndex(text, -1) {
		b.WriteString(text[end:m[0]])
		if end = m[1]; strings.HasPrefix(strings.TrimLeft(text[end:], `"'`), "/") || beforeDirectory.MatchString(text[:m[0]]) {
			b.WriteString("/x")
			continue
		}
		b.WriteString("...")
		argument = true
	}
	return b.String() + text[end:], argument
}

// crontabOfGuide gives the jobs that a guide asks for: the lines of a crontab in it that start a program of this repository.
// What it only says in words to be run on a schedule is noted.
func crontabOfGuide(t *scan.Tree, p string, names *scriptNames, r *scan.Report) []*daemon {
	c := &crontab{t: t, r: &scan.Report{}, file: p, names: names, vars: map[string]string{}, taken: map[string]bool{}, seen: map[string]bool{}}
	var daemons, open []*daemon
	lines := strings.Split(strings.ReplaceAll(t.Text(p, r), "\u00a0", " "), "\n")
	for i, line := range lines {
		m := cronLine.FindStringSubmatch(strings.TrimRight(strings.TrimLeft(line, " \t`>$"), " \t`$"))
		if m == nil || !strings.Contains(m[1], "*") && cronTimes[strings.TrimPrefix(m[1], "@")] == "" {
			continue
		}
		command, argument := forEveryMachine(m[2])
		d := c.job(m[1], command, i+1)
		switch {
		case d != nil && argument:
			delete(c.taken, d.name)
			open = append(open, d)
			r.NoteAbout(d.about(), p, i+1, "runs at %q with an argument that each machine has its own of: give it that and its schedule in %s: %s", m[1], service.FileName, shown(d.script.argv))
		case d != nil:
			d.r, d.script.r = r, r
			daemons = append(daemons, d)
		}
	}
	c.r = r
	g := &guideText{lines, fencedLines(lines), make([]bool, len(lines)), make([]bool, len(lines))}
	daemons = append(daemons, c.sectionJobs(g)...)
	daemons = append(daemons, c.sentences(g)...)
	c.worded(g, append(open, daemons...))
	return daemons
}

// guideText are the lines of a guide: those between fences, those of which all has been said, and those of a section about cron.
type guideText struct {
	lines              []string
	fenced, told, cron []bool
}

// fencedLines says of each line whether it stands between fences, as code.
func fencedLines(lines []string) []bool {
	fenced, inside := make([]bool, len(lines)), false
	for i, line := range lines {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			inside = !inside
		}
		fenced[i] = inside
	}
	return fenced
}

// onSchedule are words by which people say that something runs again and again, howOften those that say when.
var (
	onSchedule = scan.MustCompile(`(?i)\bcron(?:[ -]?(?:jobs?|tabs?))?\b|\bnightly\b|\bscheduled (?:tasks?|jobs?)\b|\b(?:run|runs|called|executed|invoked|triggered)\b[^.\n]{0,40}\b(?:every|each|once an?|hourly|daily|weekly|periodically|regularly)\b`)
	howOften   = scan.MustCompile(`(?i)\b(?:every|each) (?:\d+ )?(?:minutes?|hours?|days?|nights?|weeks?|months?|few)\b|\bonce (?:an?|per|every) |\b(?:hourly|daily|nightly|weekly|monthly|periodically|regularly)\b`)
)

const (
	maxWorded = 5 // notes of one guide
	nearLines = 8 // between what is said and the command that it is said of
)

// worded notes the programs of the repository of which a guide says in words alone that they run on a schedule.
func (c *crontab) worded(g *guideText, jobs []*daemon) {
	said := map[string]bool{}
	for _, d := range jobs {
		said[shown(d.script.argv)] = true
	}
	noted := 0
	for i, line := range g.lines {
		if g.fenced[i] || g.told[i] || noted == maxWorded || !onSchedule.MatchString(line) || cronLine.MatchString(strings.Trim(line, " \t`>$")) {
			continue
		}
		for _, at := range linesNear(g.lines, i) {
			if at != i && !howOften.MatchString(line) {
				break
			}
			argv := c.commandIn(g.lines[at], g.fenced[at])
			if len(argv) == 0 {
				continue
			}
			if text := shown(argv); !said[text] && !testRun.MatchString(text) {
				said[text] = true
				noted++
				c.r.Note(c.file, i+1, "says in words when this is run, not as a line of a crontab: give it a schedule in %s: %s", service.FileName, text)
			}
			break
		}
	}
}

// linesNear are the places of a line itself and of those near it: before it from the nearest on, then behind it, and the
// other way round where it ends in a colon.
func linesNear(lines []string, line int) []int {
	var before, behind []int
	for at := line - 1; at >= max(0, line-nearLines); at-- {
		before = append(before, at)
	}
	for at := line + 1; at <= min(len(lines)-1, line+nearLines/2); at++ {
		behind = append(behind, at)
	}
	if strings.HasSuffix(strings.TrimSpace(lines[line]), ":") {
		before, behind = behind, before
	}
	return append(append([]int{line}, before...), behind...)
}

var codeSpan = scan.MustCompile("`([^`\n]{3,200})`")

// commandIn is the program of the repository that a line of a guide shows as code, nil for none.
func (c *crontab) commandIn(line string, fenced bool) []string {
	var texts []string
	for _, m := range codeSpan.FindAllStringSubmatch(line, 5) {
		texts = append(texts, m[1])
	}
	if fenced || strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "\t") {
		texts = append(texts, line)
	}
	for _, text := range texts {
		text, _ = forEveryMachine(strings.TrimLeft(strings.TrimSpace(text), "$%> "))
		if argv := (cronJob{t: c.t, r: &scan.Report{}, dir: codeDir(c.t, c.file, ""), names: c.names}).find(text, 0); len(argv) > 1 {
			return argv
		}
	}
	return nil
}
