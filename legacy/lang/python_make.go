package lang

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	makeWorker = scan.MustCompile(`^(?:run|start|launch)[-_]((?:[a-z]+[-_])*(?:workers?|jobs|scheduler|sync|syncer|consumers?|queues?|daemon|listener|poller|beat))$`)
	makeIdle   = scan.MustCompile(`(^|[-_])(tests?|dev|local|docker|debug)([-_]|$)`)
	makePython = scan.MustCompile(`\$[({](?:PYTHON\d?|PY|VENV_PYTHON)[)}]`)
	makeLine   = scan.MustCompile(`^(?:(?:poetry|pipenv|uv) run )?python[\d.]* ([\w./-]+\.py)((?: [\w./:=@-]+)*)$`)
)

// makeWorkers reports the processes that a Makefile starts by name and that nothing else speaks of: run-syncer, with a
// script of the project's own behind it. The Makefile of production comes first.
func (p *pythonProject) makeWorkers() {
	if procfile := p.t.First(p.dir, "Procfile"); procfile != "" && procfileWorks.MatchString(p.t.Text(procfile, p.r)) {
		return
	}
	file, recipes := p.recipes()
	rank := scan.Guess
	if path.Base(file) != "Makefile" {
		rank = scan.Convention
	}
	told := ""
	for _, recipe := range recipes {
		target, m := makeWorker.FindStringSubmatch(recipe.target), makeLine.FindStringSubmatch(recipe.command)
		if target == nil || m == nil || makeIdle.MatchString(target[1]) || told == recipe.target || !p.t.Has(path.Join(p.dir, m[1])) {
			continue
		}
		told = recipe.target
		p.process(strings.ReplaceAll(target[1], "_", "-"), append([]string{"python", m[1]}, strings.Fields(m[2])...), file, recipe.line, rank, "the Makefile starts it so")
	}
}

// makeRecipe is one line of what a Makefile runs for a target.
type makeRecipe struct {
	target, command string
	line            int
}

// recipes are the lines that the Makefile runs: production's own, if there is one.
func (p *pythonProject) recipes() (file string, recipes []makeRecipe) {
	if file = p.t.First(p.dir, "Makefile.prod", "Makefile.production", "Makefile"); file == "" {
		return "", nil
	}
	target := ""
	for i, line := range strings.Split(p.t.Text(file, p.r), "\n") {
		if recipe, ok := strings.CutPrefix(line, "\t"); ok {
			command := makePython.ReplaceAllString(strings.TrimSpace(strings.TrimLeft(recipe, "@-+ \t")), "python")
			recipes = append(recipes, makeRecipe{target, command, i + 1})
		} else if line != "" {
			target, _, _ = strings.Cut(line, ":")
		}
	}
	return file, recipes
}

// makeServes is a server of production with its own options as a Makefile starts it: what its developers run reloads the code.
var makeServes = scan.MustCompile(`^(?:(?:poetry|pipenv|uv) run )?(?:[\w./-]*/)?((?:gunicorn|uwsgi|uvicorn|hypercorn|daphne|waitress-serve)(?: [\w./:=@,\[\]-]+)+)$`)

// makeBinds is the port among them.
var makeBinds = scan.MustCompile(` (?:-b|-p|--bind|--port|--http|--http-socket|--listen)[ =](?:[\w.*]*:)?(\d{2,5})\b`)

// makeServer is the command by which the Makefile starts the server, nil where none does or where several differ.
func (p *pythonProject) makeServer() (command []string, file string, line int) {
	file, recipes := p.recipes()
	for _, recipe := range recipes {
		m := makeServes.FindStringSubmatch(recipe.command)
		if m == nil || makeIdle.MatchString(recipe.target) || strings.Contains(m[1], "--reload") {
			continue
		}
		if command != nil {
			return nil, "", 0
		}
		command, line = strings.Fields(m[1]), recipe.line
	}
	return command, file, line
}

var (
	saysHost = scan.MustCompile(` (?:--host|--bind|-b|--uds|-u|--fd|--endpoint|-e|--config|-c)[ =]`)
	saysPort = scan.MustCompile(` (?:--port|-p)[ =]`)
)

// bindAll has a server that listens on this machine alone, where nothing says more, listen at every address, since a pod is
// called from outside. Where the command says no port, it binds the one that is reported.
func bindAll(command []string, port string) []string {
	line := strings.Join(command, " ")
	if saysHost.MatchString(line) {
		return command
	}
	option := ""
	switch command[0] {
	case "gunicorn", "hypercorn":
		return append(command, "--bind", "0.0.0.0:"+port)
	case "uvicorn":
		command, option = append(command, "--host", "0.0.0.0"), "--port"
	case "waitress-serve": // listens at every address, and takes no option after the module
		if !strings.Contains(line, " --listen") && !saysPort.MatchString(line) {
			command = slices.Insert(command, 1, "--port="+port)
		}
	case "daphne":
		command, option = append(command, "-b", "0.0.0.0"), "-p"
	}
	if option != "" && !saysPort.MatchString(line) {
		command = append(command, option, port)
	}
	return command
}
