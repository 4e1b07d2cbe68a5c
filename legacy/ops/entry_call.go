package ops

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// declare takes over what export, local and the like set.
func (w *startWalk) declare(c *syntax.DeclClause) {
	for _, a := range c.Args {
		w.assign(a, c.Variant.Value == "export")
	}
}

// assign remembers a variable with the text of its value. One that a program makes is the script's own affair once it is
// exported.
func (w *startWalk) assign(a *syntax.Assign, exported bool) {
	if a.Name == nil || a.Naked && a.Value == nil {
		return
	}
	value := ""
	if a.Value != nil {
		value = emptyDefault.ReplaceAllString(strings.Trim(w.source(a.Value), `"`), "$1}")
	}
	if cased, ok := w.inCase(value); ok {
		w.vars[a.Name.Value] = cased
		return
	}
	switch {
	case a.Name.Value == "HOSTNAME" && !exported: // which every container has
	case a.Append || a.Array != nil || strings.Contains(value, "$(") || strings.Contains(value, "`"):
		delete(w.vars, a.Name.Value)
		if exported && w.own == "" {
			w.own = a.Name.Value + " is made by a program"
		}
		w.vars[a.Name.Value] = "\x00"
	default:
		name := a.Name.Value
		w.vars[name] = w.filled(value)
		switch plain := strings.Trim(w.vars[name], "'"); {
		case !exported || ownDefault(name, value):
		case w.sets != nil && service.VariableName(name) && !strings.ContainsAny(plain, "$`~\x00\n\"'\\") && !scan.SecretName(name) && !scan.SecretValue(name, plain):
			w.sets[name] = plain
		case w.own == "":
			w.own = "it exports " + name
		}
	}
}

// ownDefault says whether a value is the variable's own, or what holds where it is not set.
func ownDefault(name, value string) bool {
	return strings.HasPrefix(value, "${"+name+":") || strings.HasPrefix(value, "${"+name+"-") || value == "$"+name || name == "PATH" && strings.Contains(value, "$") || name == "PYTHONPATH" || name == "PYTHONUNBUFFERED"
}

// call looks at one command.
func (w *startWalk) call(s *syntax.Stmt, c *syntax.CallExpr, tail bool, depth int) {
	if len(c.Args) == 0 {
		for _, a := range c.Assigns {
			w.assign(a, false)
		}
		return
	}
	first := strings.Trim(w.source(c.Args[0]), `"'`)
	line := int(s.Pos().Line())
	if body := w.functions[first]; body != nil && !w.done {
		if w.steps++; w.steps > maxSteps || depth > maxDepth {
			return // one whose body is nothing but a call of itself
		}
		w.statement(body, tail, depth+1)
		return
	}
	text := w.source(s)
	switch {
	case first == "exit" || first == "return":
		w.done = true
	case first == "exec" && len(c.Args) > 1, tail && !harmless.MatchString(first) && first != "exec":
		w.final(strings.TrimPrefix(strings.TrimSpace(text), "exec "), line)
	case writesFile(s):
		w.keep(s)
	case first == "shift":
		if len(w.args) > 0 {
			w.args = w.args[1:]
		}
	case first == "cd" || first == "pushd":
		if len(c.Args) == 2 {
			w.changeDir(w.source(c.Args[1]))
		}
	case first == ":":
		w.defaults(text)
	case first == "source" || first == ".":
		w.sources = true
		w.keep(s)
	case ofDevelopers.MatchString(text), harmless.MatchString(first), onlyChecks.MatchString(text), w.placesBuild(c, first):
	case first == "set" && len(c.Args) > 1 && w.source(c.Args[1]) == "--":
		if !w.setArguments(c.Args[2:]) {
			w.keep(s)
		}
	case first == "set" || first == "shopt":
	case fillsCaches.MatchString(text), forImage.MatchString(text):
		w.caches = append(w.caches, w.filled(text))
	case oneOff.MatchString(text), ownTask.MatchString(text) && !stays.MatchString(text):
		if len(w.release) == 0 {
			w.at, w.releaseDir = line, w.dir
		}
		if w.releaseDir != w.dir {
			w.keep(s)
		}
		w.release = append(w.release, w.filled(text))
	case w.onlySteps(c, line):
	default:
		w.keep(s)
	}
}

// ofDevelopers are commands that say themselves that they work on what developers or tests have.
var ofDevelopers = scan.MustCompile(`\s--env[= ](?:dev|test)\b|^(?:RAILS|RACK|NODE|APP|SYMFONY|FLASK|DJANGO)_ENV=(?:dev\w*|test\w*)\s`)

// onlySteps takes over the steps of another script of the repository that this one calls, where that does nothing else.
func (w *startWalk) onlySteps(c *syntax.CallExpr, line int) bool {
	word, ok := literal(c.Args[0])
	if !ok || w.find == nil || len(c.Args) > 1 || w.dir != "" || path.Base(word) == word {
		return false
	}
	file := w.find(word)
	if file == "" || file == w.file {
		return false
	}
	text := w.t.Text(file, &scan.Report{})
	parsed, err := parseShell(text)
	if err != nil || !shebang.MatchString(text) {
		return false
	}
	called := &startWalk{started: started{file: file}, t: w.t, text: text, env: w.env, vars: map[string]string{}, functions: map[string]*syntax.Stmt{}, steps: w.steps}
	called.statements(parsed.Stmts, false, 0)
	if called.own != "" || called.done || called.dir != "" || len(called.release) == 0 {
		return false
	}
	if len(w.release) == 0 {
		w.at = line
	}
	w.release, w.steps = append(w.release, called.release...), called.steps
	return true
}

// setArguments takes over the arguments that set -- gives the script; false where one is not written down.
func (w *startWalk) setArguments(words []*syntax.Word) bool {
	var args []string
	for _, word := range words {
		if text := w.source(word); allArguments.FindString(text) == text {
			args = append(args, w.args...)
			continue
		}
		text, ok := literal(word)
		if !ok {
			text = w.filled(strings.Trim(w.source(word), `"`))
			if strings.ContainsAny(text, "$`\x00") {
				return false
			}
		}
		args = append(args, text)
	}
	w.args = args
	return true
}

// whichBuild are files that tell which build this is, and nothing that the service needs.
var whichBuild = scan.MustCompile(`(?i)^(revision|version|commit|build|sha|git[-_]?(sha|commit|revision))([-_.]?(info|id|number))?(\.(txt|json|html))?$`)

// placesBuild says whether a command puts a file that tells the build to where it is served.
func (w *startWalk) placesBuild(c *syntax.CallExpr, first string) bool {
	if first != "cp" && first != "mv" && first != "ln" || len(c.Args) < 3 {
		return false
	}
	for _, word := range c.Args[1 : len(c.Args)-1] {
		if name := strings.Trim(w.source(word), `"'`); !strings.HasPrefix(name, "-") && !whichBuild.MatchString(path.Base(name)) {
			return false
		}
	}
	return true
}

// writesFile says whether a statement puts something into a file.
func writesFile(s *syntax.Stmt) bool {
	for _, r := range s.Redirs {
		if r.Op != syntax.RdrOut && r.Op != syntax.AppOut && r.Op != syntax.RdrAll && r.Op != syntax.AppAll || r.Word == nil {
			continue
		}
		if to, ok := literal(r.Word); !ok || !strings.HasPrefix(to, "/dev/") && !whichBuild.MatchString(path.Base(to)) {
			return true
		}
	}
	return false
}

// emptyDefault is nothing in an assignment, and an empty argument where it stands in a command: ${ARGS:-”}.
var emptyDefault = scan.MustCompile(`(\$\{\w+:?-)(?:''|"")\}`)

var setDefault = scan.MustCompile(`\$\{(\w+):?=([^}]{0,300})\}`)

// defaults takes over what : ${PORT:=8000} sets.
func (w *startWalk) defaults(text string) {
	for _, m := range setDefault.FindAllStringSubmatch(text, 20) {
		w.vars[m[1]] = "${" + m[1] + ":-" + m[2] + "}"
	}
}
