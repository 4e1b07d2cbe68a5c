package lang

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	// backgroundName are the names of scripts and commands that work beside the server.
	backgroundName = scan.MustCompile(`(?i)(^|[-_])(clock|cron|workers?|daemon|consumers?|scheduler|listener|poller|monitor|processor|dispatcher|collector|watcher|listen|consume|poll|watch|work|schedule|runapscheduler)([-_]|$)`)
	// keepsLooping are the words of keepsRunning that say so by themselves: asyncio also runs what ends.
	keepsLooping = scan.MustCompile(`\b(start_consuming|while True|while 1|run_forever|KafkaConsumer|\.basic_consume|BlockingScheduler|schedule\.run_pending)\b`)
	restsBetween = scan.MustCompile(`\bsleep\(|\bstart_consuming\b|\bKafkaConsumer\b|\bBlockingScheduler\b|\bpubsub\(|\bpoll\(`)
	managed      = scan.MustCompile(`(?:^|/)management/commands/([a-z]\w*)\.py$`)
)

// background reports the scripts of the project's own that keep running beside what serves: a clock, a consumer, and the
// commands of Django's that do.
func (p *pythonProject) background(e pythonEntry) {
	if procfile := p.t.First(p.dir, "Procfile"); procfile != "" && procfileWorks.MatchString(p.t.Text(procfile, p.r)) {
		return
	}
	found := 0
	for _, f := range p.files {
		rel := relative(p.dir, f)
		command := managed.FindStringSubmatch(rel)
		name := strings.TrimSuffix(path.Base(rel), ".py")
		if command == nil && (strings.Count(rel, "/") > 1 || rel == e.script) || f == e.file || p.t.Aside(f) || !backgroundName.MatchString(name) || calledTool.MatchString(name) || found == maxPrograms {
			continue
		}
		text := p.t.Text(f, p.r)
		line := scan.LineOf(text, keepsLooping)
		if line == 0 || !restsBetween.MatchString(text) {
			continue
		}
		words := []string{"python", rel}
		switch root, module := p.locate(f); {
		case command != nil && e.manage != "":
			words = []string{"python", e.manage, name}
		case command != nil, !isMain.MatchString(text) && !keepsAtOnce.MatchString(text):
			continue // made to be imported
		case root == "." && strings.Contains(module, "."):
			words = []string{"python", "-m", module}
		}
		found++
		p.process(strings.ReplaceAll(strings.ToLower(name), "_", "-"), words, f, line, scan.Guess, "it keeps running beside the server")
	}
}

// keepsAtOnce is a script that keeps running as soon as it is loaded.
var keepsAtOnce = scan.MustCompile(`(?m)^(?:while (?:True|1)\b|\w+\.start(?:_consuming)?\(\)|for \w+ in \w*[cC]onsumer)`)

var kronosTask = scan.MustCompile(`(?m)^@(?:kronos\.)?register\(\s*["']([^"'\n]+)["'][^\n]*\n(?:@[^\n]*\n)*def\s+(\w+)`)

// crons reports what libraries of Django's run by the clock: the jobs of django-crontab and kronos at their own times, and
// the one command of django-cron, which knows them itself.
func (p *pythonProject) crons(e pythonEntry) {
	if e.manage == "" {
		return
	}
	at := func(schedule, name string, words []string, file string, line int, note string) {
		if service.ValidSchedule(schedule) {
			s := service.Service{Command: append([]string{"python", e.manage}, words...), Schedule: schedule}
			p.r.Find(scan.Finding{Dir: p.dir, Process: strings.ReplaceAll(strings.ToLower(name), "_", "-"), Service: s}, file, line, scan.Convention, note)
		}
	}
	if p.has("django-kronos") {
		for _, f := range p.files {
			if path.Base(f) != "cron.py" || p.t.Aside(f) {
				continue
			}
			for _, m := range findSome(p.t.Text(f, p.r), kronosTask) {
				at(m.Groups[1], m.Groups[2], []string{"runtask", m.Groups[2]}, f, m.Line, "kronos runs it at this time")
			}
		}
	}
	for _, s := range p.sources {
		if !settingsFile.MatchString(s.file) {
			continue
		}
		for _, set := range s.settings {
			switch {
			case set.name == "CRON_CLASSES" && p.has("django-cron"):
				at("*/5 * * * *", "cron", []string{"runcrons"}, s.file, set.v.line, "runs what is due; how often is a guess")
			case set.name == "CRONJOBS" && p.has("django-crontab"):
				for _, job := range set.v.items[:min(len(set.v.items), maxPrograms)] {
					schedule, name, words := crontabJob(job)
					if words != nil {
						at(schedule, name, words, s.file, job.line, "django-crontab runs it at this time")
					}
				}
			}
		}
	}
}

// crontabJob is a job of django-crontab's settings: a time, a function by its path, and its arguments. A function is called
// from a shell of Django's, and a command as one.
func crontabJob(job value) (schedule, name string, words []string) {
	text := func(i int) string {
		if i >= len(job.items) {
			return ""
		}
		return literalOf(&job.items[i])
	}
	schedule, called := text(0), text(1)
	module, function := path.Split(strings.ReplaceAll(called, ".", "/"))
	if job.kind != valList || !dottedPath.MatchString(called) || module == "" {
		return "", "", nil
	}
	module = strings.ReplaceAll(strings.TrimSuffix(module, "/"), "/", ".")
	switch {
	case function == "call_command" && len(job.items) > 2 && job.items[2].kind == valList && len(job.items[2].items) > 0:
		for _, item := range job.items[2].items {
			words = append(words, literalOf(&item))
		}
		if slices.ContainsFunc(words, func(w string) bool { return !plainWord.MatchString(strings.TrimLeft(w, "-")) }) {
			return "", "", nil
		}
		return schedule, words[0], words
	case len(job.items) > 2 && job.items[2].kind == valList && len(job.items[2].items) > 0:
		return "", "", nil
	}
	return schedule, function, []string{"shell", "-c", "from " + module + " import " + function + "; " + function + "()"}
}

var dottedPath = scan.MustCompile(`^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$`)
