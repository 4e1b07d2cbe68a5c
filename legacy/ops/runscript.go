package ops

import (
	"maps"
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// runScript collects what a script that ends in the program itself says of it: a run script, the script of an Upstart job.
type runScript struct {
	text   string
	offset int    // lines before the script in its file
	exec   string // what it becomes
	last   string // its last command, where it becomes none
	line   int
	dir    string // where it has gone
	user   string
	envdir string
}

// runs walks a script and takes over the program in which it ends.
func (d *daemon) runs(file *syntax.File, text string, offset int) bool {
	w := &runScript{text: text, offset: offset}
	d.script.run = w
	before := maps.Clone(d.script.from)
	d.script.block(file.Stmts)
	for name, at := range d.script.from {
		if at.File == d.script.file && at != before[name] {
			at.Line += offset
			d.script.from[name] = at
		}
	}
	line := w.exec
	if line == "" {
		line = w.last
	}
	words, user, envdir := unwrapped(strings.Fields(continued.ReplaceAllString(line, " ")))
	w.user, w.envdir = user, envdir
	if dir := d.filled(w.dir); dir != "" && !strings.Contains(dir, "$") {
		d.dir = dir
	}
	if user = d.filled(user); user != "" && !strings.Contains(user, "$") {
		d.user = user
	}
	d.script.line = max(w.line, 1)
	return len(words) > 0 && d.start(strings.Join(words, " ")) && !strings.Contains(shown(d.script.argv), templateWord)
}

// startsWithin takes over a line that may hand a line of its own to a shell, which goes to the code first.
func (d *daemon) startsWithin(line string) bool {
	if argv, _ := command(line); isShell(argv) {
		if file, err := parseShell(argv[2]); err == nil {
			at := d.script.line
			started := d.runs(file, argv[2], at-1)
			d.script.line = at
			return started
		}
	}
	return d.start(line)
}

// withoutTags is a script that a template fills in, as the shell's parser takes it.
func withoutTags(text string) string {
	return cronTag.ReplaceAllStringFunc(untemplated(text), func(string) string { return templateWord })
}

// templateWord stands in a script for what a template fills in.
const templateWord = "$FILLED_IN"

// runAside are commands that prepare the machine for the program.
var runAside = map[string]bool{"mkdir": true, "chown": true, "chmod": true, "rm": true, "touch": true, "ulimit": true, "umask": true, "sleep": true, "echo": true, "test": true, "[": true, "trap": true, "export": true, "sv": true, "exit": true, "return": true, "true": true, "shift": true, "kill": true, "ln": true, "install": true, "unset": true}

// call looks at one command of the script.
func (w *runScript) call(words []string, c *syntax.CallExpr, stmt *syntax.Stmt) {
	from, to := int(c.Pos().Offset()), int(c.End().Offset())
	if from < 0 || to > len(w.text) || from >= to {
		return
	}
	text := intoNothing.ReplaceAllString(w.text[from:to], "")
	switch words[0] {
	case "cd", "pushd":
		if len(words) > 1 && w.exec == "" {
			w.dir = strings.TrimRight(text[strings.IndexAny(text, " \t")+1:], "/ ;")
		}
	case "exec":
		if len(words) > 1 {
			w.exec, w.line = text, int(stmt.Pos().Line())+w.offset
		}
	default:
		if !runAside[path.Base(words[0])] && w.exec == "" {
			w.last, w.line = text, int(stmt.Pos().Line())+w.offset
		}
	}
}

// runWrappers are the programs that set something up and then become what follows: how many words of their own stand
// behind their options, and which of those take a value.
var runWrappers = map[string]struct {
	own   int
	value string
}{
	"exec": {0, "-a"}, "chpst": {0, "-u -U -e -/ -n -l -L -m -d -o -p -f -c -b -t -s -r"}, "softlimit": {0, "-a -c -d -f -l -m -o -p -r -s -t"}, "s6-softlimit": {0, "-a -c -d -f -l -m -o -p -r -s -t"},
	"setuidgid": {1, ""}, "s6-setuidgid": {1, ""}, "envuidgid": {1, ""}, "gosu": {1, ""}, "su-exec": {1, ""}, "envdir": {1, ""}, "s6-envdir": {1, ""}, "fdmove": {2, ""}, "nice": {0, "-n"}, "ionice": {0, "-n -c"},
	"nohup": {0, ""}, "setsid": {0, ""}, "sudo": {0, "-u -g"}, "with-contenv": {0, ""}, "setlock": {1, ""}, "pgrphack": {0, ""}, "env": {0, "-u"},
}

// unwrapped takes the wrappers off a command as it is written, quotes and variables included.
func unwrapped(words []string) (rest []string, user, envdir string) {
	for len(words) > 0 {
		program := path.Base(words[0])
		wrapper, ok := runWrappers[program]
		if !ok {
			return words, user, envdir
		}
		words = words[1:]
		for len(words) > 0 && strings.HasPrefix(words[0], "-") && words[0] != "--" {
			option := words[0]
			words = words[1:]
			if wrapper.value == "" || !strings.Contains(" "+wrapper.value+" ", " "+option[:min(2, len(option))]+" ") {
				continue
			}
			value := option[min(2, len(option)):]
			if value == "" && len(words) > 0 {
				value, words = words[0], words[1:]
			}
			switch option[:2] {
			case "-u":
				user, _, _ = strings.Cut(value, ":")
			case "-e":
				envdir = value
			}
		}
		if len(words) > 0 && words[0] == "--" {
			words = words[1:]
		}
		if len(words) <= wrapper.own {
			return nil, user, envdir
		}
		if wrapper.own == 1 && strings.Contains(program, "envdir") {
			envdir = words[0]
		} else if wrapper.own == 1 && program != "setlock" {
			user, _, _ = strings.Cut(words[0], ":")
		}
		words = words[wrapper.own:]
	}
	return nil, user, envdir
}
