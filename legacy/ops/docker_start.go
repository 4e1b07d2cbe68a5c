package ops

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// scriptFinder finds the file of the repository that a path in the image stands for: by the end of the path below the
// build's directory, or by its name among what the image copies.
func (d *dockerfile) scriptFinder(t *scan.Tree) func(word string) string {
	context := d.builtFrom()
	return func(word string) string {
		if word == "" || strings.ContainsAny(word, "$*?") {
			return ""
		}
		name := path.Base(word)
		if from := d.renamed[name]; from != "" {
			if at := path.Join(context, path.Clean(strings.TrimPrefix(from, "/"))); t.Has(at) {
				return at
			}
		}
		for _, c := range d.sources {
			s := path.Join(context, path.Clean(strings.TrimPrefix(c.value, "/")))
			if path.Base(s) == name && t.Has(s) {
				return s
			}
			if at := path.Join(s, name); s != context && t.Has(at) {
				return at
			}
		}
		for rest, more := strings.Trim(path.Clean(word), "/"), true; more; _, rest, more = strings.Cut(rest, "/") {
			if at := path.Join(context, rest); t.Has(at) {
				return at
			}
		}
		if at := path.Join(path.Dir(d.file), name); t.Has(at) {
			return at
		}
		return ""
	}
}

// words are what ENTRYPOINT and CMD make together, and the line that says most of it.
func (d *dockerfile) words() (argv []string, line int) { return d.wordsWith(d.named) }

func (d *dockerfile) wordsWith(named func(*process) *process) (argv []string, line int) {
	switch {
	case d.entry != nil && d.cmd != nil && d.entry.init():
		argv, line = named(d.cmd).argv(), d.cmd.line
	case d.entry != nil && d.entry.shell:
		argv, _ = command(strings.Join(named(d.entry).words, " "))
		line = d.entry.line
	case d.entry != nil:
		argv, line = append(argv, d.entry.words...), d.entry.line
		if d.cmd != nil {
			argv, line = append(argv, d.cmd.argv()...), d.cmd.line
		}
	case d.cmd != nil:
		argv, line = named(d.cmd).argv(), d.cmd.line
	}
	return argv, line
}

var (
	programWord  = scan.MustCompile(`^(?:exec\s+)?\S+`)
	namedPart    = scan.MustCompile(`\$(?:\{(\w+)\}|(\w+))`)
	plainProgram = scan.MustCompile(`^[\w./-]+$`)
	wholeCommand = scan.MustCompile(`^(?:exec\s+)?\$(?:\{\w+\}|\w+)\s*$`)
)

// named is a process whose program the shell finds by variables of the image, with what those say in their place: the
// variables name a place in the image, and nobody gives them other values. One that is the whole command is there to be set
// elsewhere, and stays.
func (d *dockerfile) named(p *process) *process {
	if wholeCommand.MatchString(p.shellLine()) {
		return p
	}
	return d.followed(p)
}

// followed is a process by what the variables of the image say, also where one is the whole command.
func (d *dockerfile) followed(p *process) *process {
	line := p.shellLine()
	first := programWord.FindString(line)
	if !strings.Contains(first, "$") {
		return p
	}
	written := namedPart.ReplaceAllStringFunc(first, func(part string) string {
		m := namedPart.FindStringSubmatch(part)
		if c, ok := d.env[m[1]+m[2]]; ok && c.value != "" { // one that is made of others has none here
			return c.value
		}
		return part
	})
	if !plainProgram.MatchString(strings.TrimPrefix(written, "exec ")) {
		return p
	}
	other := *p
	other.words, other.shell = []string{written + line[len(first):]}, true
	if !p.shell && isShell(other.argv()) { // what Bash understands stays with it
		other.words, other.shell = []string{p.words[0], p.words[1], other.words[0]}, false
	}
	return &other
}

// shellLine is the line that a shell is given, "" where the process has none.
func (p *process) shellLine() string {
	switch {
	case p.shell:
		return strings.Join(p.words, " ")
	case isShell(p.words):
		return p.words[2]
	}
	return ""
}

// wantsWord says whether the ENTRYPOINT is a script of the repository that chooses by the word that it is given.
func (d *dockerfile) wantsWord(t *scan.Tree) bool {
	at := scriptIn(d.entry.words)
	if at != len(d.entry.words)-1 {
		return false
	}
	file := d.scriptFinder(t)(d.entry.words[at])
	return file != "" && choosesByWord.MatchString(t.Text(file, &scan.Report{}))
}

var choosesByWord = scan.MustCompile(`(?m)^\s*case\s+["']?\$(?:\{?1\}?|\{?\w+\}?)["']?\s+in\b[\s\S]*?^\s*["']?(?:web|server|serve|start|app|worker|api)["']?\s*\)`)

// init says whether the process does no more than to start the one that it is given.
func (p *process) init() bool { return !p.shell && initProgram.MatchString(strings.Join(p.words, " ")) }

// handsOn says whether the image has an ENTRYPOINT that is given what to run: an init program, or whatever the image that
// it rests on may bring along. A start script of the repository is read for that, see reportStart.
func (d *dockerfile) handsOn() bool {
	if d.entry != nil {
		return d.entry.init()
	}
	if d.base != nil {
		return d.base.entry != nil || d.base.handsOn()
	}
	return d.cmd != nil && parseImage(d.from.image).mayPrepare()
}

// start is what the image runs in the end, nil where its command is no script of the repository.
func (d *dockerfile) start(t *scan.Tree) *started {
	argv, _ := d.wordsWith(d.followed)
	return followScript(t, d.scriptFinder(t), argv, d.environment())
}

// startsForDevelopers says whether the image starts a script of the repository that runs a server for developers, and none
// for production.
func (d *dockerfile) startsForDevelopers(t *scan.Tree, argv []string) bool {
	at := scriptIn(argv)
	if at < 0 {
		return false
	}
	file := d.scriptFinder(t)(argv[at])
	if file == "" {
		return false
	}
	text := t.Text(file, &scan.Report{})
	return shebang.MatchString(text) && runsForDevelopers.MatchString(text) && !runsForProduction.MatchString(text)
}

var (
	runsForDevelopers = scan.MustCompile(`(?m)^[^#\n]*\b(?:rails\s+s(?:erver)?|manage(?:\.py)?\s+runserver(?:_plus)?|flask\s+run|artisan\s+serve|mix\s+phx\.server|next\s+dev|nodemon)\b`)
	runsForProduction = scan.MustCompile(`\b(?:gunicorn|uwsgi|uvicorn|daphne|hypercorn|waitress\S*|puma|unicorn|passenger|thin|rainbows|starman|php-fpm\S*|apache2\S*|httpd|nginx|supervisord|circusd|foreman)\b|(?i)\bprod(?:uction)?\b`)
)

// environment is what a script in the image finds set.
func (d *dockerfile) environment() map[string]string {
	env := d.variables()
	if _, own := env["PWD"]; !own {
		env["PWD"] = d.workdir
	}
	return env
}

// variables are those that the image sets.
func (d *dockerfile) variables() map[string]string {
	env := map[string]string{}
	for name, c := range d.env {
		env[name] = c.value
	}
	return env
}

// supervised says whether the image runs several processes under one that keeps them going.
func (d *dockerfile) supervised(t *scan.Tree) bool { return d.keeper(t) != "" }

// keeper is the program that keeps several processes going where the image runs one, "" otherwise.
func (d *dockerfile) keeper(t *scan.Tree) string {
	argv, _ := d.words()
	if s := d.start(t); s != nil && len(s.argv) > 0 {
		argv = append(append([]string(nil), argv...), s.argv...)
	}
	for _, word := range argv {
		for _, part := range strings.Fields(word) {
			if keepers.MatchString(path.Base(part)) && d.scriptFinder(t)(part) == "" {
				return path.Base(part)
			}
		}
	}
	return ""
}

// keepers are init programs, and those of images that others base theirs on.
var keepers = scan.MustCompile(`^(supervisord|my_init|s6-svscan|runsvdir|runsvdir-start|circusd|monit|systemd|init|s6-init|boot-debian-base|baseimage-\S+)$`)

// reportStarted claims what a start script runs in place of the script, where the script does nothing that a container
// would miss; what it runs to its end before becomes a step of the release.
func reportStarted(r *scan.Report, f scan.Finding, s *started, rank scan.Rank) {
	if len(s.release) > 0 {
		reportSteps(r, f, s, rank, "the start script runs it first")
	}
	s.reportFirst(r)
	if forDevelopment(s.argv) {
		rank = scan.Guess
	}
	f.Name, f.Service.Command = "", s.argv
	if len(s.sets) > 0 {
		f.Service.Env = s.sets
	}
	r.Find(f, s.file, max(s.line, 1), rank, "what the start script runs in the end")
}

// reportStart claims what the image's start script runs in place of the script, and gives it; nil where the script has to
// stay the command. What a script runs that takes any command is that command: the image goes on to start the script.
func (d *dockerfile) reportStart(t *scan.Tree, r *scan.Report, rank scan.Rank) []string {
	s := d.start(t)
	switch {
	case s == nil || len(s.argv) == 0 || s.passes && d.mounted:
		return nil
	case s.own != "" && !s.passes && s.sources && s.prepares != "":
		r.Find(scan.Finding{Dir: d.dir, Prepares: true}, s.file, s.line, rank, "")
		r.Note(s.file, s.line, "runs %s at each start, in each pod, and %s in the end; the script stays the command, since it does more before that: %s", s.prepares, shown(s.argv), s.own)
		return nil
	case s.own != "" && !s.passes:
		reportSteps(r, d.finding(service.Service{}), s, min(rank, scan.Convention), "the start script runs it, too")
		r.Note(s.file, s.line, "runs %s in the end; the script stays the command, since it does more before that: %s", shown(s.argv), s.own)
		return nil
	case s.passes:
		f := d.finding(service.Service{Command: s.argv, Build: &service.Build{Wraps: true}})
		_, line := d.words()
		r.Find(f, d.file, line, rank, "the ENTRYPOINT runs the command that it is given")
		reportSteps(r, d.finding(service.Service{}), s, min(rank, scan.Convention), "the start script runs it, too")
	default:
		reportStarted(r, d.finding(service.Service{}), s, rank)
	}
	return s.argv
}

// withEntrypoint is what a compose service's command makes together with the ENTRYPOINT of the image that it builds: for a
// script that runs whatever it is given, and does nothing else of its own, the command itself.
func (c *composeReader) withEntrypoint(s *composeService, given []string) []string {
	d := c.built(s)
	if d == nil {
		d = c.publishes(s)
	}
	if d == nil || d.entry == nil || d.entry.shell || len(d.entry.words) == 0 {
		return given
	}
	return d.given(c.t, given)
}

// publishes is the Dockerfile of an image that the repository publishes and that a compose service takes from there, nil for
// none.
func (c *composeReader) publishes(s *composeService) *dockerfile {
	dir := c.placeOf(s).dir
	file := path.Join(dir, "Dockerfile")
	if s.Build != nil || dir == "" || c.placeOf(s).mounted || !c.t.Has(file) {
		return nil
	}
	d := parseStage(c.t, file, "", &scan.Report{})
	if d != nil {
		d.dir = dir
	}
	return d
}

// given is what the ENTRYPOINT makes of a command that the image is given.
func (d *dockerfile) given(t *scan.Tree, given []string) []string {
	whole := append(append([]string(nil), d.entry.words...), given...)
	run := followScript(t, d.scriptFinder(t), whole, d.environment())
	if run != nil && forDevelopment(run.argv) { // started by developers; production leaves that argument out
		if plain := slices.DeleteFunc(slices.Clone(whole), developersFlag.MatchString); len(plain) < len(whole) {
			run = followScript(t, d.scriptFinder(t), plain, d.environment())
		}
	}
	switch {
	case run != nil && (run.own == "" && len(run.sets) == 0 || run.passes) && len(run.argv) > 0:
		return run.argv
	case run == nil && initProgram.MatchString(strings.Join(d.entry.words, " ")):
		return given
	}
	return whole
}

// developersFlag are arguments by which a start script is told that it starts something for developers.
var developersFlag = scan.MustCompile(`^--?(dev|devel|development|debug|local)$`)

// initProgram are programs that start others, and do no more for a container that Kubernetes runs.
var initProgram = scan.MustCompile(`^\S*(tini|dumb-init)( -\w+( \d+)?)*( --)?$`)

// built is the Dockerfile that a compose service builds, nil for none.
func (c *composeReader) built(s *composeService) *dockerfile {
	if s.Build == nil {
		for _, other := range s.file.services {
			if s.Image != "" && other.Build != nil && other.Image == s.Image {
				return c.built(other)
			}
		}
		return nil
	}
	context, file, ok := s.builds()
	if !ok || !c.t.Has(file) {
		return nil
	}
	d := parseStage(c.t, file, s.Build.Target, &scan.Report{})
	if d != nil {
		d.dir = context
	}
	return d
}

// archive is a program of Java's.
var archive = scan.MustCompile(`\.[jw]ar$`)

// interpreter is the ENTRYPOINT that the image rests on, as far as it is known: that of images which hold an interpreter and
// nothing else, and Java's where the command is nothing but its arguments.
func (d *dockerfile) interpreter() []string {
	if words := parseImage(d.from.image).interpreter(); words != nil || d.cmd == nil || d.cmd.shell || len(d.cmd.words) == 0 {
		return words
	}
	first, jar := d.cmd.words[0], slices.ContainsFunc(d.cmd.words, func(w string) bool { return archive.MatchString(w) })
	switch {
	case !jar || !strings.HasPrefix(first, "-") && !archive.MatchString(first):
		return nil
	case slices.Contains(d.cmd.words, "-jar"):
		return []string{"java"}
	}
	return []string{"java", "-jar"}
}
