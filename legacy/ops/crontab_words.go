package ops

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// oftenWords are the words by which people say how often something runs, with the schedule that each means; those with a
// hour or a day in them take the ones that are said beside.
var oftenWords = []struct {
	said     *scan.Pattern
	schedule string
}{
	{scan.MustCompile(`(?i)\bevery minute\b|\bonce (?:a|per) minute\b|\beach minute\b`), "* * * * *"},
	{scan.MustCompile(`(?i)\bhourly\b|\b(?:every|each) hour\b|\bonce (?:an|per|every) hour\b`), "@hourly"},
	{scan.MustCompile(`(?i)\bweekly\b|\b(?:every|each) week\b|\bonce (?:a|per|every) week\b|\bevery (?:mon|tues|wednes|thurs|fri|satur|sun)day\b`), "@weekly"},
	{scan.MustCompile(`(?i)\bmonthly\b|\b(?:every|each) month\b|\bonce (?:a|per|every) month\b`), "@monthly"},
	{scan.MustCompile(`(?i)\bdaily\b|\bnightly\b|\b(?:every|each) ?(?:day|night|morning|evening)\b|\bonce (?:a|per|every) (?:day|night)\b`), "@daily"},
}

var (
	everyFew  = scan.MustCompile(`(?i)\bevery (\d{1,2}) ?(min(?:ute)?s?|hours?|hrs?)\b`)
	clockSaid = scan.MustCompile(`(?i)\b(?:(midnight)|(noon|midday)|(\d{1,2})(?:[:.](\d\d))? ?([ap])\.?m\b|(\d{1,2}):(\d\d)\b)`)
	dayOfWeek = scan.MustCompile(`(?i)\b(sun|mon|tues|wednes|thurs|fri|satur)days?\b`)

	// otherTimes are words for times that none of these schedules has.
	otherTimes = scan.MustCompile(`(?i)\b(?:twice|thrice|(?:two|three|four|\d+) times|bi-?(?:weekly|monthly|daily)|(?:every|each) other|fortnight\w*|(?:week|working|business) ?days?|weekends?)\b`)
	daysOfWeek = []string{"sun", "mon", "tues", "wednes", "thurs", "fri", "satur"}
)

// scheduleSaid is the schedule that a line of text says in words, "" for none: daily, every 10 minutes, every Sunday at 3am.
func scheduleSaid(text string) string {
	if otherTimes.MatchString(text) || len(dayOfWeek.FindAllString(text, 2)) > 1 {
		return ""
	}
	if m := everyFew.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		switch minutes := strings.HasPrefix(strings.ToLower(m[2]), "m"); {
		case minutes && n > 0 && n < 60 && 60%n == 0:
			return fmt.Sprintf("*/%d * * * *", n)
		case !minutes && n > 0 && n < 24 && 24%n == 0:
			return fmt.Sprintf("0 */%d * * *", n)
		}
		return "" // cron starts anew with each hour and each day
	}
	for _, often := range oftenWords {
		if often.said.MatchString(text) {
			return atClock(often.schedule, text)
		}
	}
	return ""
}

// atClock puts the hour and the day that a text says into the schedule of something that runs once a day or once a week.
func atClock(schedule, text string) string {
	if schedule != "@daily" && schedule != "@weekly" {
		return schedule
	}
	hour, minute, day := 0, 0, "*"
	m := clockSaid.FindStringSubmatch(text)
	switch {
	case m == nil:
	case m[2] != "":
		hour = 12
	case m[3] != "":
		hour, _ = strconv.Atoi(m[3])
		minute, _ = strconv.Atoi(m[4])
		if hour %= 12; strings.EqualFold(m[5], "p") {
			hour += 12
		}
	case m[6] != "":
		hour, _ = strconv.Atoi(m[6])
		minute, _ = strconv.Atoi(m[7])
	}
	if schedule == "@weekly" {
		day = "0"
		if m := dayOfWeek.FindStringSubmatch(text); m != nil {
			for n, name := range daysOfWeek {
				if strings.EqualFold(name, m[1]) {
					day = strconv.Itoa(n)
				}
			}
		}
	}
	if hour > 23 || minute > 59 || m == nil && (day == "*" || day == "0") {
		return schedule
	}
	return fmt.Sprintf("%d %d * * %s", minute, hour, day)
}

var (
	// runsAgain are words by which a sentence says that something is run, and not what it gives.
	runsAgain = scan.MustCompile(`(?i)\b(?:runs?|running|ran|execut\w+|invok\w+|call(?:s|ed|ing)?|trigger\w*|schedul\w+|cron\w*|tasks?|jobs?|scripts?|commands?)\b`)

	// byPerson are words by which a sentence says that somebody does it, or may.
	byPerson = scan.MustCompile(`(?i)\b(?:by hand|manual(?:ly)?|yourself|immediately|ad[- ]hoc|locally|tests?|specs?|development|instead of|rather than|deploy\w*|build)\b`)

	// notSaid are words by which a sentence says that it is not run, or not in production.
	notSaid = scan.MustCompile(`(?i)\b(?:not|never|no longer|used to|don['’]?t|doesn['’]?t|isn['’]?t|staging|demo|sandbox)\b`)

	// oftenFirst begins a line that says when, and then what: Hourly: `bin/poll`.
	oftenFirst = scan.MustCompile(`^[\s|*_#-]*(?i:hourly|daily|nightly|weekly|monthly|every)\b[^.` + "`" + `]{0,40}[:|]`)

	sentenceEnd = scan.MustCompile(`[.;!?]\s`)
)

// sentences gives the jobs that a guide names in the words that say how often they run: run `bin/send` every night.
func (c *crontab) sentences(g *guideText) []*daemon {
	var daemons []*daemon
	for i, line := range g.lines {
		if g.fenced[i] || g.told[i] || !strings.Contains(line, "`") || len(line) > 1000 {
			continue
		}
		for _, sentence := range sentencesOf(line) {
			words := codeSpan.ReplaceAllString(sentence, "")
			schedule := scheduleSaid(words)
			if schedule == "" || byPerson.MatchString(sentence) || notSaid.MatchString(words) || !g.cron[i] && !runsAgain.MatchString(words) && !oftenFirst.MatchString(line) {
				continue
			}
			argv := c.commandIn(sentence, false)
			if !c.jobShown(argv) {
				continue
			}
			c.seen[shown(argv)] = true
			g.told[i] = true
			daemons = append(daemons, c.saidJob(argv, schedule, i+1))
		}
	}
	return daemons
}

// sentencesOf are the sentences of a line; an end within code is none.
func sentencesOf(line string) []string {
	var list []string
	begin := 0
	for _, m := range sentenceEnd.FindAllStringIndex(line, -1) {
		if strings.Count(line[begin:m[0]], "`")%2 == 0 {
			list = append(list, line[begin:m[0]])
			begin = m[1]
		}
	}
	return append(list, line[begin:])
}

// saidJob is a job of which words alone say when it runs.
func (c *crontab) saidJob(argv []string, schedule string, line int) *daemon {
	d := newDaemon(c.t, c.r, c.jobName(argv), c.file, line)
	d.rank, d.script.argv = scan.Guess, argv
	d.claims = append(d.claims, daemonClaim{service.Service{Schedule: schedule}, c.file, line, "as it is said here in words"})
	return d
}
