package ops

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Crontab reads crontabs, of a user or of the system (cron.d, with the user in its sixth field): each line becomes a
// scheduled process.
func Crontab() scan.Reader {
	return scan.Reader{
		Name:  "crontab",
		Wants: wantsCrontab,
		Ops:   true,
		Aside: true, // guides lie among the documents
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			var daemons []*daemon
			names := &scriptNames{}
			for _, p := range paths {
				if guide.MatchString(p) {
					daemons = append(daemons, crontabOfGuide(t, p, names, r)...)
					continue
				}
				if isDockerfile(p) || startScript.MatchString(p) {
					daemons = append(daemons, crontabOf(t, p, names, r)...)
					for _, copied := range copiedCrontabs(t, p) {
						daemons = append(daemons, readCrontab(t, copied.from, copied.to, names, r)...)
					}
					continue
				}
				if !scriptOfCron.MatchString(p) && !onlyCron.MatchString(p) || (cronPath.MatchString(p) || onlyCron.MatchString(p)) && holdsSchedule(t.Text(p, r)) {
					daemons = append(daemons, readCrontab(t, p, p, names, r)...)
				}
			}
			placeDaemons(t, r, append(daemons, scriptsOfCron(t, paths, daemons, names, r)...))
		},
	}
}

func wantsCrontab(p string) bool {
	if guide.MatchString(p) {
		return true
	}
	return mayHoldCrontab(p) && !(&scan.Tree{}).Aside(p)
}

func mayHoldCrontab(p string) bool {
	if startScript.MatchString(p) || scriptOfCron.MatchString(p) {
		return true
	}
	if strings.Contains(p, "ockerfile") || strings.Contains(p, "ontainerfile") {
		return isDockerfile(p)
	}
	if !strings.Contains(p, "cron") && !strings.Contains(p, "CRON") {
		return false
	}
	return (cronPath.MatchString(p) || onlyCron.MatchString(p) || cronNamed.MatchString(p) && !cronSource.MatchString(p)) && !inHidden.MatchString(p)
}

// cronPath are the usual places: crontab, crontab-example, app.cron, etc/cron.d/app, root.crontab; no source code.
var cronPath = scan.MustCompile(`(?i)(^|/)(cron\.d/[^/]+|cron/[^/.]+|crontabs?/[^/.]+|[^/]*crontab[^/.]*(\.(txt|conf|erb|j2|epp|example|sample|dist|in|tmpl|ugly))?|[^/.]+[_-]cron|[^/.]+\.cron(d|tab)?(\.(erb|j2|epp|example|dist|in))?|[^/]+\.cron\.d)$`)

// onlyCron is called nothing but cron, as crontabs and scripts may be.
var onlyCron = scan.MustCompile(`(^|/)cron$`)

// cronNamed is a crontab with the name of its user, its machine or its environment behind it; cronSource is source code by
// such a name.
var (
	cronNamed  = scan.MustCompile(`(?i)(^|/)crontab[._-][\w-]+$`)
	cronSource = scan.MustCompile(`(?i)\.(py|rb|php|pl|pm|js|ts|go|java|cs|sh|md|rst|html?|css|ya?ml|json|xml|ini|toml|po|tf|pp|sls|spec|lock)$`)
)

var (
	cronSample = scan.MustCompile(`(?i)[._-](example|sample|dist)$`)
	cronTag    = scan.MustCompile(`!!\(\*.*?\*\)!!|<%.*?%>|\{\{.*?\}\}|\{%.*?%\}`)
	cronLine   = scan.MustCompile(`^(@\w+|(?:[\d*?][\d*,/-]*|\*/\d+|[A-Za-z]{3}(?:[-,][A-Za-z]{3})*)(?:\s+(?:[\d*?][\d*,/-]*|[A-Za-z]{3}(?:[-,][A-Za-z]{3})*)){4})\s+(.+)$`)
	cronSet    = scan.MustCompile(`^([A-Za-z_]\w*)\s*=\s*(.*)$`)
	cronUser   = scan.MustCompile(`^([a-z_][a-z0-9_-]*\$?|<%=?[^%]*%>|\{\{[^}]*\}\}|!!\([^)]*\)!!)\s+(.+)$`)
	// cronUserTag is a template's place for a user.
	cronUserTag = scan.MustCompile(`(?i)^(?:<%|\{\{|!!\().*user`)

	jobWord = scan.MustCompile(`^[\w.:-]+$`)
)

// maxCronJobs bounds how many jobs one file makes.
const maxCronJobs = 40

// crontab is one file while it is read.
type crontab struct {
	t      *scan.Tree
	r      *scan.Report
	file   string
	system bool // lines name the user
	vars   map[string]string
	zone   string
	taken  map[string]bool // names
	seen   map[string]bool // jobs
	names  *scriptNames
	path   []string    // directories of programs
	open   []cronBlock // blocks of a template, the innermost last
}

// holdsSchedule says whether a text is a crontab's, and no script's, by a line of it.
func holdsSchedule(text string) bool {
	return slices.ContainsFunc(strings.Split(text, "\n"), func(line string) bool { return cronLine.MatchString(strings.TrimSpace(line)) })
}

// readCrontab gives the jobs of a crontab, which cron has at a place of its own where an image puts it there.
func readCrontab(t *scan.Tree, p, place string, names *scriptNames, r *scan.Report) []*daemon {
	text := t.Text(p, r)
	lines := strings.Split(text, "\n")
	c := &crontab{t: t, r: r, file: p, names: names, vars: map[string]string{}, taken: map[string]bool{}, seen: map[string]bool{}, system: namesUsers(place, lines)}
	if strings.HasPrefix(text, "#!") {
		return nil
	}
	var daemons []*daemon
	open := false // a block of a template that goes over several lines
	for i, line := range lines {
		line = strings.TrimSpace(line)
		c.blocks(line, i+1)
		alone := cronTag.ReplaceAllString(line, "")
		if open || alone == "" || strings.HasPrefix(alone, "!!(*") {
			open = (open || alone != "") && !strings.Contains(line, "*)!!")
			continue
		}
		if line == "" || line[0] == '#' || line[0] == '%' || line[0] == '<' {
			continue
		}
		if m := cronLine.FindStringSubmatch(line); m != nil {
			if d := c.job(m[1], m[2], i+1); d != nil {
				daemons = append(daemons, d)
				c.noteConditions()
			}
		} else if m := cronSet.FindStringSubmatch(line); m != nil {
			c.set(m[1], strings.Trim(m[2], `"'`), i+1)
		} else {
			r.NoteAbout(namedBy(c.t, c.file, c.name()), p, i+1, "a line of a crontab that is not understood")
		}
	}
	return daemons
}

// namesUsers says whether the sixth field is a user: in cron.d and /etc/crontab it is; elsewhere it is where each line has
// the same word there and a program behind it.
func namesUsers(p string, lines []string) bool {
	if strings.Contains(p, "cron.d/") || strings.HasSuffix(p, ".cron.d") || strings.HasSuffix(p, "etc/crontab") {
		return true
	}
	user := ""
	for _, line := range lines {
		m := cronLine.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		u := cronUser.FindStringSubmatch(m[2])
		if u != nil && cronUserTag.MatchString(u[1]) {
			return true
		}
		if u == nil || cronWords[u[1]] || user != "" && u[1] != user {
			return false
		}
		if program, _, _ := strings.Cut(u[2], " "); !strings.HasPrefix(program, "/") && !strings.HasPrefix(program, "$") && !cronWords[program] && !strings.HasPrefix(program, "[") {
			return false
		}
		user = u[1]
	}
	return user != ""
}

// cronWords begin a command and are no user, though they look like one.
var cronWords = map[string]bool{
	"cd": true, "bash": true, "sh": true, "python": true, "python3": true, "php": true, "ruby": true, "node": true, "perl": true, "java": true, "curl": true, "wget": true, "env": true,
	"test": true, "bundle": true, "find": true, "rm": true, "nice": true, "flock": true, "docker": true, "sudo": true, "su": true, "make": true, "rake": true, "run-parts": true, "mkdir": true,
	"sleep": true, "timeout": true, "chronic": true, "ionice": true, "npm": true, "yarn": true, "date": true, "echo": true, "cp": true, "mv": true, "exec": true, "source": true, "export": true,
}

func (c *crontab) name() string {
	name, _, _ := strings.Cut(unitFile(c.file), ".")
	return name
}

func (c *crontab) set(name, value string, line int) {
	switch name {
	case "CRON_TZ", "TZ":
		c.zone = value
	case "MAILTO":
		if value != "" {
			c.r.NoteAbout(namedBy(c.t, c.file, c.name()), c.file, line, "what the jobs print was mailed to %s; in Kubernetes it is in their logs", value)
		}
	case "PATH":
		c.path = strings.Split(cronTag.ReplaceAllString(value, ""), ":")
	case "SHELL", "HOME", "LOGNAME":
	default:
		c.vars[name] = value
	}
}

// job is one line: a scheduled process, or a note where cron says something that Kubernetes does not.
func (c *crontab) job(when, what string, line int) *daemon {
	user := ""
	if c.system {
		m := cronUser.FindStringSubmatch(what)
		if m == nil {
			c.r.NoteAbout(namedBy(c.t, c.file, c.name()), c.file, line, "a line of a crontab that is not understood: it names no user")
			return nil
		}
		user, what = m[1], m[2]
	}
	d := newDaemon(c.t, c.r, "", c.file, line)
	d.user, d.name = user, c.name()
	if cronSample.MatchString(c.file) {
		d.rank = scan.Convention
	} else if guide.MatchString(c.file) {
		d.rank = scan.Guess
	}
	for name, value := range c.vars {
		d.script.vars[name] = value
	}
	if when == "@reboot" {
		c.r.NoteAbout(d.about(), c.file, line, "%s is started with the machine: make it a process of its own in %s if the service needs it", what, service.FileName)
		return nil
	}
	if !c.start(d, what) {
		c.r.NoteAbout(d.about(), c.file, line, "a job at %q that starts no program of this repository, or is not understood: %s", when, what)
		return nil
	}
	schedule := kubernetesSchedule(when)
	if !service.ValidSchedule(schedule) {
		c.r.NoteAbout(d.about(), c.file, line, "%s runs at %q, which is no schedule that Kubernetes takes; write one into %s", what, when, service.FileName)
		return nil
	}
	if c.elsewise(shown(d.script.argv)) {
		return nil
	}
	if key := schedule + " " + shown(d.script.argv); c.seen[key] {
		return nil
	} else if c.seen[key] = true; len(c.seen) > maxCronJobs {
		c.r.NoteAbout(d.about(), c.file, line, "more than %d jobs: this one is left out", maxCronJobs)
		return nil
	}
	d.name = c.jobName(d.script.argv)
	d.claim(service.Service{Schedule: schedule, TimeZone: c.zone}, c.file, line)
	return d
}

// start finds what the job runs: a program of the repository, by whatever path the machine has it; in operations code that
// is kept elsewhere, any.
func (c *crontab) start(d *daemon, what string) bool {
	dir := codeDir(c.t, c.file, "")
	if c.elsewhere() {
		dir = "."
	}
	what = manageTag.ReplaceAllStringFunc(what, func(tag string) string { return c.managed(dir, tag) })
	found := cronJob{t: c.t, r: c.r, dir: dir, names: c.names, path: c.path}.find(cronTag.ReplaceAllString(strings.ReplaceAll(d.filled(what), `\%`, "%"), ""), 0)
	if found != nil {
		d.script.argv = found
		return true
	}
	return c.elsewhere() && d.start(c.command(what, d))
}

// manageTag stands in the template of a crontab for Django's manage.py, or for its command cron, which runs the jobs of
// django-cronjobs by their names.
var manageTag = scan.MustCompile(`^\{\{\s*(?:django|manage|manage_py|cron)\s*\}\}`)

// managed is what such a place is filled in with, as far as the code has it.
func (c *crontab) managed(dir, tag string) string {
	switch {
	case c.t.First(dir, "manage.py") == "":
	case !strings.Contains(tag, "cron"):
		return "python manage.py"
	case strings.Contains(c.t.Text(path.Join(dir, "requirements.txt"), c.r), "cronjobs"):
		return "python manage.py cron"
	}
	return tag
}

// elsewhere says whether the crontab is operations code, which lies far from what it runs.
func (c *crontab) elsewhere() bool {
	return c.t.MountOf(c.file) != "" || otherMachine.MatchString(c.file)
}

// kubernetesSchedule writes day 7, which is a Sunday to cron, as Kubernetes counts it.
func kubernetesSchedule(when string) string {
	fields := strings.Fields(when)
	if len(fields) == 5 {
		fields[4] = strings.NewReplacer("1-7", "*", "-7", "-6,0", "7", "0").Replace(fields[4])
	}
	return strings.Join(fields, " ")
}

var (
	cronOutput = scan.MustCompile(`\s*(?:[12&]?>>?\s*(?:&[12]|(?:\$\([^)]*\)|"[^"]*"|[^\s;|&()])+)|\|\s*(?:logger|mail|ts)\b.*)\s*$`)
	cronLock   = scan.MustCompile(`^(?:/usr/bin/)?(?:flock\s+(?:-\S+\s+)*\S+\s+(?:-c\s+)?|nice(?:\s+-n\s*-?\d+|\s+-\d+)?\s+|ionice(?:\s+-\S+)*\s+|chronic\s+|timeout\s+\S+\s+|sleep\s+[\d.]+\s*[;&]+\s*)`)
	cronSpare  = scan.MustCompile(`\s*\|\|\s*(?:echo|logger|true)\b[^|&;]*$`)
	cronRunner = scan.MustCompile(`^"?\S*(?:run-with-lockfile|lockrun|setlock|cronic|cronwrap)\S*"?\s+(?:-\S+\s+)*(?:"[^"]*lock[^"]*"|\S*lock\S*)?\s*("[^"]+"|.+)$`)
	cronTest   = scan.MustCompile(`^(?:\[ [^\]]* \]|test\s+(?:!\s+)?-\w\s+\S+)\s*&&\s*`)
	cronCD     = scan.MustCompile(`^cd\s+(\S+)\s*(?:&&|;)\s*(.+)$`)
)

// command takes off what only cron needs: where the output goes (a job's output is its log), locks (a CronJob forbids two
// at once), a test whether the program is there, and the change into the directory of the deployment.
func (c *crontab) command(what string, d *daemon) string {
	what = strings.ReplaceAll(what, `\%`, "%")
	for range 8 { // each round takes one layer off
		before := what
		what = cronOutput.ReplaceAllString(what, "")
		what = cronLock.ReplaceAllString(cronTest.ReplaceAllString(what, ""), "")
		what = cronSpare.ReplaceAllString(what, "")
		if m := cronRunner.FindStringSubmatch(what); m != nil {
			if what = m[1]; strings.Count(what, `"`) == 2 && strings.HasPrefix(what, `"`) {
				what = strings.Trim(what, `"`)
			}
		}
		if m := cronCD.FindStringSubmatch(what); m != nil {
			d.dir, what = strings.TrimRight(m[1], "/"), m[2]
		}
		if what = strings.TrimSpace(what); what == before {
			break
		}
	}
	return what
}

// jobName is what tells jobs apart: the last plain word of the command, send-reports of bin/send-reports --verbose and
// sync of manage.py sync, with the words behind it where another job has that name.
func (c *crontab) jobName(argv []string) string {
	name := ""
	for _, word := range strings.Fields(shown(argv)) {
		word = strings.Trim(word, `"'()`)
		if strings.HasPrefix(word, "-") || strings.ContainsAny(word, "$=<>|&;") {
			if name != "" && !interpreters.MatchString(name) && name != "runner" {
				break
			}
			continue
		}
		base, _, _ := strings.Cut(strings.ReplaceAll(path.Base(word), ":", "-"), ".")
		if rubyCall.MatchString(word) {
			base = strings.ToLower(strings.NewReplacer("::", "-", ".", "-", "!", "", "?", "").Replace(word))
		}
		if liveWord.MatchString(word) {
			continue
		}
		if !jobWord.MatchString(base) || base == "." || base == "" {
			continue
		}
		if name == "" || interpreters.MatchString(name) || genericPrograms[name] || genericRunner.MatchString(name) {
			name = base
			continue
		}
		if !c.taken[name] || len(name) > 40 {
			break
		}
		name += "-" + base
	}
	if name == "" {
		name = "job"
	}
	for n := 2; c.taken[name]; n++ {
		name = strings.TrimRight(name, "0123456789-") + "-" + string(rune('0'+n%10))
		if n > 9 {
			break
		}
	}
	c.taken[name] = true
	return name
}

// rubyCall is what Rails' runner is given: Reports.send_daily. liveWord says where.
var (
	rubyCall = scan.MustCompile(`^[A-Z]\w*(?:::[A-Z]\w*)*\.\w+[!?]?$`)
	liveWord = scan.MustCompile(`^(?:RAILS_ENV=)?prod(?:uction)?$`)
)

// interpreters and genericPrograms are followed by what really runs.
var (
	interpreters    = scan.MustCompile(`^((python|php|ruby|perl|node|nodejs|java)[\d.]*|sh|bash|env|exec|bundle|npm|yarn|run|sudo|dotnet|carton|cd|mkdir|-+|\d+)$`)
	genericRunner   = scan.MustCompile(`^(?:run|exec|do)[_-](?:[a-z]+[_-])?(?:command|cmd|task|job)$`)
	genericPrograms = map[string]bool{"cron": true, "index": true, "manage": true, "rake": true, "rails": true, "artisan": true, "console": true, "flask": true, "runner": true, "app": true, "cli": true, "wp": true, "drush": true, "django-admin": true, "yii": true, "cake": true}
)
