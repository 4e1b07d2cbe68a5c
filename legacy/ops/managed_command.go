package ops

import (
	"cmp"
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// launchers are programs that an image of the service has, by its language: what stands before one in a command line is
// the old machine's way to set things up.
var launchers = map[string]bool{
	"bundle": true, "rake": true, "rails": true, "ruby": true, "unicorn": true, "puma": true, "thin": true, "sidekiq": true, "rackup": true,
	"python": true, "python2": true, "python3": true, "gunicorn": true, "uwsgi": true, "celery": true, "flask": true, "django-admin": true, "uvicorn": true, "daphne": true, "waitress-serve": true,
	"node": true, "npm": true, "yarn": true, "npx": true, "java": true, "php": true, "php-fpm": true, "perl": true, "carton": true, "starman": true, "plackup": true, "hypnotoad": true,
	"dotnet": true, "mono": true, "elixir": true, "mix": true,
}

var (
	changeDir   = scan.MustCompile(`^\s*(?:\[ -d \S+ \] && )?cd\s+('[^']*'|"[^"]*"|[^\s;&]+)\s*(?:&&|;)\s*`)
	logTo       = scan.MustCompile(`(\s*(?:[12]|&)?>>?\s*(?:'[^']*'|"[^"]*"|&?[^\s;&|]+))+\s*$`)
	homeDir     = scan.MustCompile(`(^|[\s=])~/`)
	wrapperWord = scan.MustCompile(`^(/usr/bin/|/bin/|/usr/local/bin/)?(env|nice|ionice|chronic|cronic|time|exec|nohup|setsid)$`)
)

// commandLine makes a command for the image of a line that was written for the old machine. It is nil where the line
// starts something that only that machine has.
func (g *meaning) commandLine(v managedValue, m *managed) []string {
	line := strings.TrimSpace(strings.ReplaceAll(v.text, "\\\n", " "))
	cwd := m.attr("cwd", "directory", "working_directory", "chdir").plain()
	if match := changeDir.FindStringSubmatch(line); match != nil {
		cwd = strings.Trim(match[1], `'"`)
		line = line[len(match[0]):]
	}
	line = homeDir.ReplaceAllString(logTo.ReplaceAllString(line, ""), "${1}/home/user/")
	if inner, dir := soleCommand(line); inner != "" {
		line, cwd = inner, cmp.Or(dir, cwd)
	}
	argv, _ := command(line)
	if len(argv) == 0 || v.secret && !strings.Contains(line, "${") {
		return nil
	}
	if isShell(argv) {
		return nil // several commands: nobody knows which of their programs the image has
	}
	argv = g.unwrapped(foreground(argv))
	if len(argv) == 0 {
		return nil
	}
	for i, word := range argv {
		if place := g.codePlace(word); place != "" {
			argv[i] = place
		}
		if cwd != "" && strings.HasPrefix(word, strings.TrimSuffix(cwd, "/")+"/") {
			argv[i] = strings.TrimPrefix(word, strings.TrimSuffix(cwd, "/")+"/")
		}
	}
	if !g.ofRepository(argv[0]) && (launchers[path.Base(argv[0])] || launchers[strings.TrimRight(path.Base(argv[0]), "0123456789.")]) {
		argv[0] = path.Base(argv[0])
	}
	if base := path.Base(argv[0]); environmentBin.MatchString(argv[0]) && g.entryPoint(base) {
		argv[0] = base
		if !strings.Contains(strings.Join(argv, " "), "${") {
			return argv
		}
	}
	if strings.Contains(strings.Join(argv, " "), "${") || path.IsAbs(argv[0]) || g.installed[argv[0]] {
		return nil
	}
	if !launchers[argv[0]] && !launchers[strings.TrimRight(argv[0], "0123456789.")] && !g.ofRepository(argv[0]) {
		return nil
	}
	return argv
}

// environmentBin is a program among those that an environment of Python or Node has of its own.
var environmentBin = scan.MustCompile(`(^|/)[\w.-]*(env|venv|virtualenv|node_modules)[\w.-]*/\.?bin/[^/]+$`)

// entryPoint says whether the repository's own code installs a program of this name.
func (g *meaning) entryPoint(name string) bool {
	for _, file := range []string{"setup.py", "setup.cfg", "pyproject.toml", "package.json"} {
		if data, err := g.t.Read(file); err == nil {
			for _, word := range scan.Find(string(data), entryPointName) {
				if word.Groups[1] == name {
					return true
				}
			}
		}
	}
	return false
}

// entryPointName is a program with what it runs: shop = shop.main:run, "shop": "bin/shop.js".
var entryPointName = scan.MustCompile(`(?m)(?:^|[\s'"\[{(,])([\w.-]+)['"]?\s*[=:]\s*['"]?[\w./-]+(:[\w.]+|\.m?js)`)

// soleCommand is the one command that does the work of sh -c '...', without what sets up the shell before it, and the
// directory that it changes to; "" where there are several, or where the line is none of a shell.
func soleCommand(line string) (sole, dir string) {
	argv, _ := command(line)
	if len(argv) < 3 || path.Base(argv[0]) != "sh" && path.Base(argv[0]) != "bash" || !shellFlag.MatchString(argv[1]) {
		return "", ""
	}
	file, err := parseShell(argv[2])
	if err != nil {
		return "", ""
	}
	var commands []string
	for _, stmt := range sequence(file.Stmts) {
		text := strings.TrimSpace(argv[2][stmt.Pos().Offset():stmt.End().Offset()])
		text = strings.TrimRight(text, "; \n")
		word, rest, _ := strings.Cut(text, " ")
		switch {
		case word == "cd":
			dir = strings.Trim(rest, `'"`)
		case shellSetup[word] || strings.HasSuffix(word, "="):
		default:
			commands = append(commands, text)
		}
	}
	if len(commands) != 1 {
		return "", ""
	}
	return strings.TrimPrefix(commands[0], "exec "), dir
}

var shellFlag = scan.MustCompile(`^-[el]*c$`)

// shellSetup are words that prepare a shell for the command that follows.
var shellSetup = map[string]bool{"export": true, "source": true, ".": true, "eval": true, "set": true, "umask": true, "ulimit": true}

// sequence are the statements that run one after the other, with those that && joins.
func sequence(stmts []*syntax.Stmt) []*syntax.Stmt {
	var all []*syntax.Stmt
	for _, s := range stmts {
		if b, ok := s.Cmd.(*syntax.BinaryCmd); ok && b.Op == syntax.AndStmt {
			all = append(append(all, sequence([]*syntax.Stmt{b.X})...), sequence([]*syntax.Stmt{b.Y})...)
			continue
		}
		all = append(all, s)
	}
	return all
}

// ofRepository says whether a program is a file of the service's repository.
func (g *meaning) ofRepository(program string) bool {
	return strings.Contains(program, "/") && !path.IsAbs(program) && g.t.Has(strings.TrimPrefix(program, "./"))
}

// tracers are programs of monitoring that start another one.
var tracers = map[string]bool{"ddtrace-run": true, "opentelemetry-instrument": true, "newrelic-admin": true}

// unwrapped drops what stands before the program itself: scripts of the operations code, nice, env.
func (g *meaning) unwrapped(argv []string) []string {
	for len(argv) > 0 && wrapperWord.MatchString(argv[0]) {
		argv = afterOptions(argv[1:], "-n", "-c", "-u")
		for len(argv) > 0 && strings.Contains(argv[0], "=") && !strings.HasPrefix(argv[0], "-") {
			argv = argv[1:]
		}
	}
	switch {
	case len(argv) > 2 && path.Base(argv[0]) == "newrelic-admin" && argv[1] == "run-program":
		return argv[2:]
	case len(argv) > 1 && tracers[path.Base(argv[0])]:
		return argv[1:]
	case len(argv) == 0 || !g.installed[path.Base(argv[0])]:
		return argv
	}
	for i, word := range argv[1:] {
		if launchers[path.Base(word)] || g.ofRepository(word) {
			return argv[i+1:]
		}
	}
	return argv
}

// machinePlace is a path of the old machine in a word of a command.
var machinePlace = scan.MustCompile(`(^|[=:])/[\w.-]+/[\w.-]+/|/(etc|home|opt|srv|var|data)/`)

// rankOf says how much a command of the old machine is worth: one that names places of it is only a guess.
func rankOf(argv []string) scan.Rank {
	for _, word := range argv {
		if machinePlace.MatchString(word) {
			return scan.Guess
		}
	}
	return scan.Declared
}

var processKind = scan.MustCompile(`supervis|systemd|upstart|runit|daemontools|circus|gunicorn|unicorn|uwsgi|program|process|worker|service|app|bluepill|god|forever|pm2|init`)

// process understands resources that keep a command running.
func (g *meaning) process(m *managed) bool {
	m = m.asUnit()
	run := m.attr("command", "cmd", "exec", "exec_start", "start_command", "run_command", "daemon_command", "run")
	if run.kind == valueUndef || !g.is(processKind, m.kind) || g.is(checkKind, m.kind) || lastSegment(m.kind) == "exec" || lastSegment(m.kind) == "execute" {
		return false
	}
	if instances := g.instancesOf(m); len(instances) > 0 {
		for _, one := range instances {
			g.process(one)
		}
		return !m.inner
	}
	f := m.finding()
	when := g.startedAt(m.title)
	f.Process = g.processName(m, run, when)
	for _, name := range []string{"env", "environment", "environment_variables", "env_vars"} {
		g.environmentOf(m, m.attrs.of(name), f)
	}
	if g.environment != "" {
		return !m.inner
	}
	f.Service.Schedule = timerCron(when)
	if when.text != "" && f.Service.Schedule == "" {
		g.note(m, "scheduled jobs whose time or command is not understood", titleForNote(m), m.file, m.line)
		return !m.inner
	}
	if m.attrs.of("type").plain() == "oneshot" && when.text == "" && m.section("Service").kind == valueHash {
		file, line := m.place(run)
		g.note(m, runsOnce, m.title, file, line)
		return !m.inner
	}
	g.claimCommand(m, f, run, m.says("command"))
	g.leaveUnit(m)
	g.port(m)
	g.leaveSettings(m)
	return !m.inner
}

// startedAt is when a timer starts a unit: an instance by the timer of its template, where it has none of its own.
func (g *meaning) startedAt(unit string) managedValue {
	if when := g.calendar[unit]; when.text != "" {
		return when
	}
	if name, _, instance := strings.Cut(unit, "@"); instance {
		return g.calendar[name+"@"]
	}
	return managedValue{}
}

var (
	serves = scan.MustCompile(`\b(unicorn|puma|thin|rackup|passenger|rails s(erver)?|gunicorn|uwsgi|uvicorn|daphne|waitress-serve|hypercorn|starman|plackup|hypnotoad|php-fpm|runserver|java .*-jar|dotnet|npm start|npm run start)\b|\bnode \S*(server|app|index|www)`)
	works  = scan.MustCompile(`\b(sidekiq|resque|jobs:work|delayed_job|queue:work|rq worker|dramatiq|shoryuken|sneakers)\b|\bcelery\b.*\bworker\b`)
)

// processName is what a process is called beside the one that serves: after its unit, or worker, as everybody calls it.
func (g *meaning) processName(m *managed, run, when managedValue) string {
	switch {
	case strings.Contains(m.title, "@"): // of an instance
	case when.text == "" && g.is(serves, run.text):
		return ""
	case when.text == "" && g.is(works, run.text):
		return "worker"
	}
	return jobName(m.title)
}

// claimCommand claims what a process runs, and its port; a command of the old machine alone is a note.
func (g *meaning) claimCommand(m *managed, f scan.Finding, run managedValue, says string) {
	argv := g.commandLine(run, m)
	if argv == nil {
		if g.runsScript(m, f, m.title, f.Service.Schedule, run, g.scriptIn(run.text)) {
			return
		}
		if run.kind == valueText && run.text != "" {
			g.use(run)
			g.note(m, "processes that are started by a program of the old machine; what they run in the end is not known", titleForNote(m), m.file, m.line)
		}
		return
	}
	if forDevelopment(argv) {
		return
	}
	f.About = append(f.About, placesIn(run.text)...)
	f.Service = service.Service{Command: argv, Schedule: f.Service.Schedule}
	g.claim(m, f, run, "command "+m.title, rankOf(argv), says)
	if port, _ := portOf(argv, nil); port > 0 {
		f.Service = service.Service{Port: port}
		g.claim(m, f, run, "port", scan.Declared, says)
	}
}
