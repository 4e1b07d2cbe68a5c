package legacy

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// dropRepeated leaves out the further processes that a library among the dependencies suggests, where what starts the
// service names processes that do the same work: a Procfile's workers of Celery, each with its queue, are all the workers
// there are, and a second scheduler would do everything twice.
func (u *unit) dropRepeated() []scan.Note {
	notes := u.dropMain()
	for _, name := range slices.Sorted(maps.Keys(u.processes)) {
		own, ok := strongestCommand(u.processes[name])
		if name == "" || !ok {
			continue
		}
		for _, other := range slices.Sorted(maps.Keys(u.processes)) {
			by, ok := strongestCommand(u.processes[other])
			if ok && own.Evidence.Rank < scan.Declared && !scheduled(u.processes[name]) && scheduled(u.processes[other]) && sameQueue(own.Service.Command, by.Service.Command) {
				delete(u.processes, name) // cron starts the worker, again and again
				break
			}
			if !ok || other == name || by.order >= own.order || by.Evidence.Rank < own.Evidence.Rank || scheduled(u.processes[other]) != scheduled(u.processes[name]) {
				continue
			}
			own.Service.Command, by.Service.Command = u.started(own.Service.Command), u.started(by.Service.Command)
			if repeats(own.Service, by.Service) || own.Evidence.Rank < scan.Declared && (startsAlike(own.Service.Command, by.Service.Command) || calledAfter(by.Service.Command, own.Service.Command)) {
				for _, f := range u.processes[name] { // what operations know of it holds, by whatever name they call it
					if strings.HasPrefix(f.Evidence.File, "@") {
						u.processes[other] = append(u.processes[other], f)
					}
				}
				delete(u.processes, name)
				break
			}
		}
	}
	return notes
}

// dropMain leaves out a further process that another file starts as the main one is, with no settings of its own but a file of
// them, where the main one has none: two of them with a file each are two processes. What else is known of one with a file of
// settings holds for the main process, and a note says what became of it.
func (u *unit) dropMain() []scan.Note {
	main, ok := strongestCommand(u.processes[""])
	if !ok {
		return nil
	}
	same := func(command []string) bool { return slices.EqualFunc(main.Service.Command, command, sameWord) }
	var told []string // with a file of settings
	for _, name := range slices.Sorted(maps.Keys(u.processes)) {
		own, ok := strongestCommand(u.processes[name])
		settings := slices.ContainsFunc(u.processes[name], func(f Claimed) bool { return len(f.Service.Env)+len(f.Service.Secrets)+f.Service.Port > 0 })
		if name == "" || !ok || own.Evidence.File == main.Evidence.File || settings || scheduled(u.processes[name]) {
			continue
		}
		if same(own.Service.Command) {
			delete(u.processes, name)
		} else if same(withoutSettings(own.Service.Command)) {
			told = append(told, name)
		}
	}
	if len(told) != 1 {
		return nil
	}
	return []scan.Note{u.joinMain(told[0])}
}

// joinMain hands over to the main process what is known of another one, but for its command and its name.
func (u *unit) joinMain(name string) scan.Note {
	own, _ := strongestCommand(u.processes[name])
	for _, f := range u.processes[name] {
		f.Name, f.Process, f.Service.Command = "", "", nil
		u.processes[""] = append(u.processes[""], f)
	}
	for _, list := range [][]Claimed{u.files, u.replicas} {
		for i := range list {
			if list[i].Process == name {
				list[i].Process = ""
			}
		}
	}
	delete(u.processes, name)
	return scan.Note{File: own.Evidence.File, Line: own.Evidence.Line, Text: name + " is taken for the main process, with a file of settings: " + strings.Join(own.Service.Command, " ") + "; where it is one beside it, say so in " + service.FileName}
}

// settingsOption names the file of a program's settings.
var settingsOption = scan.MustCompile(`^--?config(?:-file)?(=.*)?$`)

// withoutSettings is a command without the option that names the file of its settings.
func withoutSettings(command []string) []string {
	var words []string
	for i := 0; i < len(command); i++ {
		m := settingsOption.FindStringSubmatch(command[i])
		if m == nil {
			words = append(words, command[i])
		} else if m[1] == "" {
			i++
		}
	}
	return words
}

// installedIn are the directories that packages and people install programs into.
var installedIn = scan.MustCompile(`^/usr/(?:local/)?s?bin/`)

// sameWord compares words of two commands: ./bin/shop is bin/shop, and /usr/sbin/shopd is /usr/local/bin/shopd.
func sameWord(a, b string) bool {
	if installedIn.MatchString(a) && installedIn.MatchString(b) {
		return path.Base(a) == path.Base(b)
	}
	return strings.TrimPrefix(a, "./") == strings.TrimPrefix(b, "./")
}

// scheduled says whether a process runs at times, and does not keep running.
func scheduled(findings []Claimed) bool {
	return slices.ContainsFunc(findings, func(f Claimed) bool { return f.Service.Schedule != "" })
}

func strongestCommand(findings []Claimed) (Claimed, bool) {
	for _, f := range stronger(findings) {
		if len(f.Service.Command) > 0 {
			return f, true
		}
	}
	return Claimed{}, false
}

// repeats says whether a process does the work of another: the words of its command, without options, stand in the
// other's in the same order; or both are steps of a release, of which the other is the team's own script.
func repeats(s, other service.Service) bool {
	if s.Release != other.Release {
		return false
	}
	if program := other.Command[0]; s.Release && len(other.Command) == 1 && strings.Contains(program, "/") {
		return true
	}
	if len(s.Env) == 0 && slices.EqualFunc(s.Command, other.Command, sameWord) {
		return true
	}
	want := operands(ofDelayedJob(s.Command))
	if len(want) < 2 {
		return false // the bare name of a program says too little
	}
	if q := queues(s.Command); q != nil && !slices.Equal(q, queues(other.Command)) {
		return false // work of its own
	}
	line := strings.Join(ofDelayedJob(other.Command), " ") + " "
	if task := celeryTask.FindString(line); task != "" && !strings.Contains(task, "beat") && path.Base(s.Command[0]) == "celery" && want[len(want)-1] == "worker" {
		return true
	}
	for _, word := range strings.Fields(djangoCelery.Replace(line)) {
		if beatInside.MatchString(word) {
			word = "beat" // the scheduler runs inside of the worker
		}
		if len(want) > 0 && (path.Base(word) == want[0] || word == "rails" && want[0] == "rake") { // which runs the tasks of rake
			want = want[1:]
		}
	}
	return len(want) == 0
}

// startsAlike says whether a command is nothing but a program of its own, which the other starts with more said: a file of the
// code, or a scheduler.
func startsAlike(command, other []string) bool {
	want, have := operands(command), operands(other)
	return len(want) == 1 && len(have) > 0 && want[0] == have[0] && (path.Ext(want[0]) != "" || want[0] == "rqscheduler")
}

// calledAfter says whether a script that is run without any argument has the name of a gem's program in its own:
// docker-entrypoint-sidekiq.
func calledAfter(script, command []string) bool {
	if len(script) != 1 || !strings.Contains(script[0], "/") || len(command) < 3 || command[0] != "bundle" {
		return false
	}
	words := strings.FieldsFunc(path.Base(script[0]), func(r rune) bool { return strings.ContainsRune("-_.", r) })
	return slices.Contains(words, command[2])
}

// worksQueue is the word by which the programs of frameworks work off a queue: queue:work, queue/run, queue.
var worksQueue = scan.MustCompile(`^queue(?:[:/](?:work|run|listen))?$`)

// sameQueue says whether two commands start the same program to work off its queue.
func sameQueue(a, b []string) bool {
	at, of := slices.IndexFunc(a, worksQueue.MatchString), slices.IndexFunc(b, worksQueue.MatchString)
	return at > 0 && at == of && slices.EqualFunc(a[:at], b[:of], sameWord)
}

// queues are what a worker is told to take its work from.
func queues(command []string) []string {
	var found []string
	words := strings.Fields(strings.Join(command, " "))
	for i, word := range words {
		switch name, value, joined := strings.Cut(word, "="); {
		case joined && (name == "--queues" || name == "--queue"):
			found = append(found, value)
		case i+1 < len(words) && slices.Contains([]string{"-Q", "-q", "--queues", "--queue"}, word):
			found = append(found, words[i+1])
		}
	}
	return found
}

// ofDelayedJob is the task that works the jobs off, for a command that does so by delayed_job's own script.
func ofDelayedJob(command []string) []string {
	words := strings.Fields(strings.Join(command, " "))
	if !slices.ContainsFunc(words, func(word string) bool { return path.Base(word) == "delayed_job" || word == "jobs:work" }) {
		return command
	}
	return append([]string{"rake", "jobs:work"}, slices.DeleteFunc(words, func(word string) bool { return !strings.HasPrefix(word, "--queue") })...)
}

// celeryTask is a command of the team's own for manage.py that runs Celery: run_celery_prod. The scheduler has another name.
var celeryTask = scan.MustCompile(`\bmanage\.py (?:\w+_celery(?:_\w+)?|celery_\w+) `)

// djangoCelery leads from the words by which django-celery starts its processes to those of Celery's own program.
var djangoCelery = strings.NewReplacer("manage.py celeryd ", "celery worker ", "manage.py celerybeat ", "celery beat ", "manage.py celery ", "celery ")

// operands are the base names of a command's words without its options, their values and the interpreter.
func operands(command []string) []string {
	var words []string
	for i, word := range command {
		value := i > 0 && strings.HasPrefix(command[i-1], "-") && !strings.Contains(command[i-1], "=") && command[i-1] != "-B"
		if strings.HasPrefix(word, "-") || value || i == 0 && slices.Contains([]string{"python", "python2", "python3", "node", "php"}, path.Base(word)) {
			continue
		}
		words = append(words, path.Base(word))
	}
	return words
}
