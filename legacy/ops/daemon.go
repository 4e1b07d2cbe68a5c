package ops

import (
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// daemonLine recognises the command by which an init script starts its daemon and gives the daemon's own command, without
// what puts it into the background: a container's process stays in the foreground.
func daemonLine(words []string, background bool) []string {
	switch path.Base(words[0]) {
	case "start-stop-daemon":
		return startStopDaemon(words[1:])
	case "daemon", "daemonize":
		words = afterOptions(words[1:], "--user", "--pidfile", "-u", "-p", "-o", "-e", "-c", "-n")
		if len(words) == 1 && strings.Contains(words[0], " ") { // a line for the shell
			words, _ = command(intoNothing.ReplaceAllString(words[0], ""))
		}
		return foreground(words)
	case "nohup", "setsid", "exec":
		return foreground(words)
	case "su", "runuser", "sudo", "chpst", "setuidgid":
		return foreground(words)
	}
	if background && strings.Contains(words[0], "/") || slices.ContainsFunc(words[1:], goesToBackground.MatchString) || startsItself(words) {
		return foreground(words)
	}
	return nil
}

// goesToBackground is the option by which a program detaches itself.
var goesToBackground = scan.MustCompile(`^--?daemon(?:ize)?$`)

// startsItself says whether a program of the team's is told to start: one that knows words such as start and stop, and
// detaches itself.
func startsItself(words []string) bool {
	if words[0] == "bundle" && len(words) > 3 && words[1] == "exec" {
		words = words[2:]
	}
	return len(words) > 1 && words[len(words)-1] == "start" && strings.Contains(words[0], "/") && !servicesOwn.MatchString(words[0])
}

// servicesOwn are programs that start what others have installed.
var servicesOwn = scan.MustCompile(`/(?:init\.d|rc\.d)/|/(?:service|systemctl|initctl|rc-service|invoke-rc\.d|monit|supervisorctl|apachectl|apache2ctl|nginx|catalina\.sh|solr|elasticsearch|rabbitmq-server|redis-server|pg_ctl|mysqld_safe)$|^/opt/(?:tomcat|solr|jetty|jboss|wildfly|activemq|kafka)`)

// intoNothing is what sends a command's output away and the command to the background.
var intoNothing = scan.MustCompile(`(\s*(\d?>>?\s*&?\S+|<\s*/dev/null|&))+\s*$`)

// startStopDaemon reads its options: what --exec or --startas names, with what follows --.
func startStopDaemon(words []string) []string {
	program, start := "", false
	var args []string
	for i := 0; i < len(words); i++ {
		key, value, joined := strings.Cut(words[i], "=")
		next := func() string {
			if joined {
				return value
			}
			if i++; i < len(words) {
				return words[i]
			}
			return ""
		}
		switch key {
		case "--":
			args, i = words[i+1:], len(words)
		case "--start", "-S":
			start = true
		case "--test", "-t", "--stop", "-K":
			return nil
		case "--exec", "-x":
			if p := next(); program == "" {
				program = p
			}
		case "--startas", "-a":
			program = next()
		case "--pidfile", "-p", "--chuid", "-c", "--user", "-u", "--group", "-g", "--chdir", "-d", "--name", "-n", "--umask", "-k", "--nicelevel", "-N", "--retry", "-R", "--signal", "-s":
			next()
		}
	}
	if !start || program == "" {
		return nil
	}
	return foreground(append([]string{program}, args...))
}

// afterOptions drops leading options; those named take a value.
func afterOptions(words []string, withValue ...string) []string {
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		skip := 1
		for _, o := range withValue {
			if words[0] == o {
				skip = 2
			}
		}
		if skip > len(words) {
			return nil
		}
		words = words[skip:]
	}
	return words
}

var daemonFlag = scan.MustCompile(`^(-d|-D|--daemon|--daemonize|--background|-daemon|--pid(file)?=\S*|--log-?file=\S*)$`)

// foreground takes wrappers that detach or change the user off a command, and its own flags to run as a daemon.
func foreground(words []string) []string {
	for len(words) > 0 {
		if inner := onlyCommand(words); inner != nil {
			words = inner
		}
		switch path.Base(words[0]) {
		case "nohup", "setsid", "exec", "nice", "ionice":
			words = afterOptions(words[1:], "-n", "-c")
		case "su", "runuser":
			for i, w := range words {
				if w == "-c" && i+1 < len(words) {
					argv, _ := command(strings.TrimSuffix(strings.TrimSpace(words[i+1]), "&"))
					return foreground(argv)
				}
			}
			return nil
		case "sudo":
			words = afterOptions(words[1:], "-u", "-g")
		case "chpst", "setuidgid":
			words = afterOptions(words[1:], "-u", "-U", "-e", "-b", "-m", "-o", "-n", "-l")
		case "env":
			if len(words) == 1 || strings.HasPrefix(words[1], "-") || strings.Contains(words[1], "=") {
				return words
			}
			words = words[1:]
		default:
			var argv []string
			for i, w := range words {
				if i > 0 && daemonFlag.MatchString(w) && !serverWithD(words[0]) {
					continue
				}
				argv = append(argv, w)
			}
			return scan.WithoutMachine(celeryMulti(delayedJob(argv)))
		}
	}
	return nil
}

// exports are the variables that a line for the shell sets before its command.
var exports = scan.MustCompile(`^(?:\s*(?:export\s+)?\w+=(?:'[^']*'|"[^"]*"|[^\s;'"]*)\s*;)+`)

var (
	exported       = scan.MustCompile(`(\w+)=(?:'[^']*'|"[^"]*"|[^\s;'"]*)\s*;`)
	ofEveryMachine = scan.MustCompile(`^(PATH|HOME|PWD|LANG|LC_ALL|(RAILS|RACK|NODE|APP|MIX|PLACK)_ENV)$`) // which images set
)

// onlyCommand is the command of a line for the shell that sets variables and runs one program, nil for any other.
func onlyCommand(words []string) []string {
	line := words[len(words)-1]
	if shell := path.Base(words[0]); len(words) < 3 || shell != "sh" && shell != "bash" || !strings.HasPrefix(words[len(words)-2], "-") || !strings.HasSuffix(words[len(words)-2], "c") || !exports.MatchString(line) {
		return nil
	}
	for _, m := range exported.FindAllStringSubmatch(exports.FindString(line), -1) {
		if !ofEveryMachine.MatchString(m[1]) {
			return nil // what it sets would be lost
		}
	}
	line = strings.TrimSuffix(strings.TrimSpace(exports.ReplaceAllString(line, "")), ";")
	if argv, _ := command(line); len(argv) > 0 && !isShell(argv) {
		return argv
	}
	return nil
}

// inForeground replaces the word start of a program of the team's that has another one for staying in the foreground: run,
// with Ruby's daemons, foreground, with Perl's Daemon::Control.
func inForeground(t *scan.Tree, dir string, argv []string) []string {
	last := len(argv) - 1
	if last < 1 || argv[last] != "start" {
		return argv
	}
	for _, word := range argv[:last] {
		file := path.Join(dir, word)
		if path.IsAbs(word) || !t.Has(file) {
			continue
		}
		switch text := t.Text(file, &scan.Report{}); {
		case strings.Contains(text, "Daemon::Control"):
			return append(slices.DeleteFunc(slices.Clone(argv[:last]), asDaemon.MatchString), "foreground")
		case rubyDaemon.MatchString(text):
			return append(slices.Clone(argv[:last]), "run")
		}
	}
	return argv
}

// stays adds the option that keeps a program of the repository's own in the foreground, where its code has just one.
func (s *initScript) stays(argv []string) []string {
	if !nativelyBuilt(s.t, path.Base(argv[0])) {
		return argv
	}
	options := s.t.ForegroundOptions()
	if len(options) != 1 || slices.Contains(argv, options[0]) {
		return argv
	}
	return slices.Insert(slices.Clone(argv), 1, options[0])
}

// asDaemon are options that matter to a daemon alone: whom root makes it, and where its output goes.
var asDaemon = scan.MustCompile(`^--(?:user|group|outfile)=`)

var rubyDaemon = scan.MustCompile(`\bDaemons\.run|\.daemonize\s*$`)

// delayedJob keeps delayed_job's script in the foreground, with one worker: it has a word for that.
func delayedJob(argv []string) []string {
	at := slices.IndexFunc(argv, func(word string) bool { return path.Base(word) == "delayed_job" })
	if at < 0 {
		return argv
	}
	argv = slices.Clone(argv)
	for i := at + 1; i < len(argv); {
		switch word := argv[i]; {
		case word == "start" || word == "restart":
			argv[i] = "run"
			i++
		case word == "-n" || word == "--number_of_workers" || word == "--number-of-workers" || word == "--pid-dir":
			argv = slices.Delete(argv, i, min(i+2, len(argv)))
		case word == "-m" || word == "--monitor" || strings.HasPrefix(word, "--number") || strings.HasPrefix(word, "--pid-dir="):
			argv = slices.Delete(argv, i, i+1)
		default:
			i++
		}
	}
	return argv
}

// multiOwn are options of celery multi alone: where it keeps what it knows of the processes that it sends to the background.
// multiOne are those for one of its names, with their values behind them.
var (
	multiOwn = scan.MustCompile(`^--(?:pidfile|logfile)=`)
	multiOne = scan.MustCompile(`^-\w:|^-[pf]$`)
)

// celeryMulti is the worker that celery multi starts in the background, once for each of the names that it is given.
func celeryMulti(argv []string) []string {
	at := slices.Index(argv, "multi")
	if at < 1 || path.Base(argv[at-1]) != "celery" || at+1 == len(argv) || argv[at+1] != "start" && argv[at+1] != "restart" {
		return argv
	}
	words := argv[at+2:]
	for len(words) > 0 && !strings.HasPrefix(words[0], "-") {
		words = words[1:] // the names
	}
	var app, options []string
	for len(words) > 0 {
		n := 1
		switch word := words[0]; {
		case word == "-A" || word == "--app":
			n = min(2, len(words))
			app = words[:n]
		case strings.HasPrefix(word, "--app="):
			app = words[:1]
		case multiOne.MatchString(word):
			n = min(2, len(words))
		case !multiOwn.MatchString(word):
			options = append(options, word)
		}
		words = words[n:]
	}
	return slices.Concat(argv[:at], app, []string{"worker"}, options)
}

// serverWithD are programs whose -d or -D means something else than daemon.
func serverWithD(program string) bool {
	base := path.Base(program)
	return strings.HasPrefix(base, "java") || strings.HasPrefix(base, "python") || base == "php" || base == "node"
}

var programVaries = scan.MustCompile(`^["']?\$`)

// report turns the daemon line and the variables that it gets into findings.
func (s *initScript) report(f scan.Finding) {
	argv, artifact := inImage(s.t, f.Dir, s.argv)
	argv = inForeground(s.t, f.Dir, argv)
	if s.forks {
		argv = s.stays(argv)
	}
	f.Service = service.Service{Command: argv}
	if artifact != "" {
		f.Service.Build = &service.Build{Artifact: artifact}
	}
	if programVaries.MatchString(shown(argv)) {
		s.r.Note(s.file, s.line, "starts a program whose name stands in a variable (%s), not understood", shown(argv))
		return
	}
	s.r.Find(f, s.file, s.line, s.rank, "")
	f.Name = ""
	if port, _ := portOf(argv, nil); port > 0 && !(behindName.MatchString(shown(argv)) && !frontName.MatchString(shown(argv))) {
		f.Service = service.Service{Port: port}
		at := scan.Evidence{File: s.file, Line: s.line}
		if from, ok := s.from["PORT"]; ok && s.vars["PORT"] != "" && strings.HasSuffix(shown(argv), s.vars["PORT"]) {
			at = from
		}
		s.r.Find(f, at.File, at.Line, s.rank, "in the daemon's command")
	}
	s.settings(f)
}

// settings reports the variables that the daemon gets.
func (s *initScript) settings(f scan.Finding) {
	f.Service = service.Service{}
	names := make([]string, 0, len(s.exported))
	for name := range s.exported {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		at, ok := s.from[name]
		if !ok {
			continue
		}
		if imageOwn.MatchString(name) {
			s.r.NoteItem(f.About, at.File, at.Line, imagesOwn, name)
			continue
		}
		at.Rank = s.rank
		claimSetting(s.r, f, name, s.vars[name], at)
	}
}

// codeDir is the directory of the code that an init script of the repository starts: one with the program's name, else the
// nearest one above the script with code in it, else the root.
func codeDir(t *scan.Tree, file, program string) string {
	name := path.Base(program)
	for _, dir := range []string{name, "cmd/" + name, "services/" + name} {
		if dir != "." && t.First(dir, manifests...) != "" && !strings.HasPrefix(dir, "cmd/") {
			return dir
		}
	}
	for dir := path.Dir(file); dir != "."; dir = path.Dir(dir) {
		if t.First(dir, manifests...) != "" {
			return dir
		}
	}
	return "."
}
