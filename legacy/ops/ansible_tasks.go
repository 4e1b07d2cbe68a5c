package ops

import (
	"path"
	"strings"
)

// ansibleTasks goes through tasks of a play or role.
type ansibleTasks struct {
	run   *ansibleRun
	scope *ansibleScope
	owner *managed
	role  *ansibleRole // nil in a play
	file  string
	maybe bool
}

// maxAnsibleLoop bounds how many items of a list are looked at.
const maxAnsibleLoop = 200

// keywords are what a task may have beside its module.
var keywords = map[string]bool{
	"name": true, "when": true, "register": true, "tags": true, "notify": true, "become": true, "become_user": true, "become_method": true, "sudo": true, "sudo_user": true,
	"environment": true, "vars": true, "args": true, "ignore_errors": true, "changed_when": true, "failed_when": true, "until": true, "retries": true, "delay": true, "run_once": true,
	"delegate_to": true, "delegate_facts": true, "no_log": true, "listen": true, "async": true, "poll": true, "any_errors_fatal": true, "check_mode": true, "diff": true, "remote_user": true,
	"connection": true, "first_available_file": true, "debugger": true, "module_defaults": true, "throttle": true, "timeout": true, "collections": true, "loop": true, "loop_control": true,
	"always_run": true, "local_action": true, "action": true, "become_flags": true, "become_exe": true, "ignore_unreachable": true, "only_if": true, "user": true,
}

func (c *ansibleTasks) list(tasks managedValue) {
	for _, task := range tasks.list {
		if task.kind == valueHash && c.run.work.goesOn(0) && len(c.run.found) <= maxManaged {
			c.task(task)
		}
	}
}

// include goes through a file of tasks.
func (c *ansibleTasks) include(file string) {
	if c.run.depth >= maxAnsibleDepth || !strings.Contains(path.Base(file), ".") || path.Base(path.Dir(file)) == "meta" || c.run.open[file] {
		return
	}
	c.run.open[file] = true
	defer delete(c.run.open, file)
	c.run.depth++
	inner := *c
	inner.file = file
	inner.list(c.run.w.doc(file))
	c.run.depth--
}

// task works out one task, for each item of its loop.
func (c *ansibleTasks) task(task managedValue) {
	inner := *c
	if vars := task.hash["vars"]; vars.kind == valueHash {
		inner.scope = c.scope.with(vars.hash)
	}
	items, variable, looped := inner.loop(task)
	if !looped {
		inner.once(task)
		return
	}
	for i, item := range items {
		if i >= maxAnsibleLoop || !c.run.work.goesOn(0) {
			return
		}
		each := inner
		each.scope = inner.scope.with(map[string]managedValue{variable: item})
		each.once(task)
	}
}

// loop is the list over which a task goes: one unknown item where it is not known.
func (c *ansibleTasks) loop(task managedValue) (items []managedValue, variable string, looped bool) {
	variable = "item"
	if name := task.hash["loop_control"].hash["loop_var"].plain(); name != "" {
		variable = name
	}
	for _, key := range task.keys {
		if key != "loop" && !strings.HasPrefix(key, "with_") {
			continue
		}
		raw := task.hash[key]
		if raw.kind == valueText && !strings.Contains(raw.text, "{{") && key != "with_fileglob" {
			raw.text = "{{ " + raw.text + " }}" // of old versions
		}
		v := c.scope.filled(raw, 0)
		switch {
		case v.kind == valueHash && key == "with_dict":
			e := &jinjaExpr{run: c.scope.run(v.file, v.line)}
			return e.records(v, "key", "value").list, variable, true
		case v.kind == valueList && key == "with_items":
			return v.items(), variable, true
		case v.kind == valueList && (key == "loop" || key == "with_list" || key == "with_flattened" || key == "with_community.general.flattened"):
			return v.list, variable, true
		case v.kind == valueUndef:
			return nil, variable, true
		}
		return []managedValue{unknownValue(variable, raw.file, raw.line)}, variable, true
	}
	return nil, variable, false
}

// once works out a task with all its variables in place.
func (c *ansibleTasks) once(task managedValue) {
	if off(c.scope, task.hash["when"]) {
		c.run.found = append(c.run.found, &managed{kind: "task", title: c.title(managedValue{}, task), file: c.file, line: task.line, outer: c.owner, off: true})
		return
	}
	inner := *c
	inner.maybe = c.maybe || task.hash["when"].kind == valueText || task.hash["when"].kind == valueList
	if block := task.hash["block"]; block.kind == valueList {
		inner.list(block)
		inner.list(task.hash["always"])
		return
	}
	for _, key := range []string{"local_action", "action"} {
		if v, ok := task.hash[key]; ok {
			name, args := v.hash["module"].text, v
			if v.kind == valueText {
				text, rest, _ := strings.Cut(strings.TrimSpace(v.text), " ")
				name, args = text, textValue(rest, v.file, v.line)
			}
			inner.module(name, args, task)
			return
		}
	}
	for _, key := range task.keys {
		account := key == "user" && (task.hash[key].kind == valueHash || strings.Contains(task.hash[key].text, "=")) // the module, not the keyword of old
		if account || !keywords[key] && !strings.HasPrefix(key, "with_") {
			inner.module(key, task.hash[key], task)
			return
		}
	}
}

// module understands one call of a module: those that lead to other tasks here, the rest as resources.
func (c *ansibleTasks) module(name string, raw managedValue, task managedValue) {
	name = lastName(name)
	args := c.arguments(name, raw, task)
	switch name {
	case "include", "include_tasks", "import_tasks":
		c.included(args, task)
	case "include_role", "import_role":
		params := map[string]managedValue{}
		for key, v := range task.hash["vars"].hash {
			params[key] = v
		}
		c.run.role(args.hash["name"].plain(), params, c.owner, c.scope)
	case "set_fact":
		for key, v := range args.hash {
			if key != "cacheable" {
				c.scope.layers[len(c.scope.layers)-1] = withKey(c.scope.layers[len(c.scope.layers)-1], key, v)
			}
		}
	case "include_vars":
		file := args.hash["file"]
		if file.kind == valueUnknown {
			file = args.hash["_raw_params"]
		}
		c.includeVars(file.plain())
	default:
		if !wantsNothing.MatchString(name) {
			c.resource(ansibleCall{name, args, task})
		}
	}
}

// withKey is a copy of the variables with one more: those of a file are shared by all who read it.
func withKey(vars map[string]managedValue, key string, v managedValue) map[string]managedValue {
	copied := make(map[string]managedValue, len(vars)+1)
	for k, item := range vars {
		copied[k] = item
	}
	copied[key] = v
	return copied
}

// included goes on with another file of tasks, which may be named by a variable.
func (c *ansibleTasks) included(args, task managedValue) {
	name := args.hash["_raw_params"]
	for _, key := range []string{"file", "tasks"} {
		if v, ok := args.hash[key]; ok {
			name = v
		}
	}
	file, _, _ := strings.Cut(name.text, " ")
	if strings.Contains(file, "$") || file == "" {
		g := &managed{kind: "include_tasks", title: name.text, file: c.file, line: task.line, outer: c.owner}
		c.run.found = append(c.run.found, g)
		return
	}
	dir := path.Dir(c.file)
	p := path.Join(dir, file)
	if !c.run.w.t.Has(p) && c.role != nil {
		p = path.Join(c.role.dir, "tasks", file)
	}
	if path.IsAbs(file) {
		p = c.run.ownPlace(file)
	}
	c.include(p)
}

func (c *ansibleTasks) includeVars(name string) {
	if name == "" || strings.Contains(name, "$") {
		return
	}
	places := []string{path.Join(path.Dir(c.file), name)}
	if path.IsAbs(name) {
		places = []string{c.run.ownPlace(name)}
	}
	if c.role != nil {
		places = append(places, path.Join(c.role.dir, "vars", name))
	}
	for _, p := range places {
		if c.run.w.t.Has(p) {
			for key, v := range c.run.w.doc(p).hash {
				c.scope.layers[len(c.scope.layers)-1] = withKey(c.scope.layers[len(c.scope.layers)-1], key, v)
			}
			return
		}
	}
}

// arguments are what a module is given, with everything filled in: as a hash, or as words key=value in one text.
func (c *ansibleTasks) arguments(module string, raw, task managedValue) managedValue {
	v := managedValue{kind: valueHash, hash: map[string]managedValue{}, file: c.file, line: raw.line}
	if raw.kind == valueHash {
		for _, key := range raw.keys {
			v.put(key, c.scope.filled(raw.hash[key], 0))
		}
	} else if raw.kind == valueText {
		rest := freeForm[module]
		for _, word := range ansibleWords(raw.text) {
			key, value, pair := strings.Cut(word, "=")
			if pair && plainWord.MatchString(key) && (!rest || commandArgs[key]) {
				one := textValue(unquotedWord(value), raw.file, raw.line)
				v.put(key, c.scope.filled(guard(key, one), 0))
				continue
			}
			before := v.hash["_raw_params"].text
			v.put("_raw_params", textValue(strings.TrimSpace(before+" "+word), raw.file, raw.line))
		}
		if text, ok := v.hash["_raw_params"]; ok {
			v.put("_raw_params", c.scope.filled(text, 0))
		}
	} else if raw.kind == valueList {
		v.put("_raw_params", c.scope.filled(raw, 0))
	}
	if extra := c.scope.filled(task.hash["args"], 0); extra.kind == valueHash {
		for _, key := range extra.keys {
			v.put(key, extra.hash[key])
		}
	}
	return v
}

// freeForm are modules that are given a command line; commandArgs are the words in it that are meant for the module.
var (
	freeForm    = map[string]bool{"command": true, "shell": true, "raw": true, "script": true, "include": true, "include_tasks": true, "import_tasks": true}
	commandArgs = map[string]bool{"chdir": true, "creates": true, "removes": true, "executable": true, "warn": true}
)

// unquotedWord is a word without the quotes around all of it.
func unquotedWord(word string) string {
	if last := len(word) - 1; last > 0 && word[0] == word[last] && (word[0] == '"' || word[0] == '\'') {
		return strings.ReplaceAll(word[1:last], `\`+word[:1], word[:1])
	}
	return word
}

// ansibleWords parts a text at blanks outside of quotes and of {{ }}; quotes stay, and one behind a backslash ends nothing.
func ansibleWords(text string) []string {
	var words []string
	start, deep, quote := -1, 0, byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote && text[i-1] != '\\' {
				quote = 0
			}
		case strings.HasPrefix(text[i:], "{{"):
			deep++
		case strings.HasPrefix(text[i:], "}}") && deep > 0:
			deep--
		case (c == '"' || c == '\'') && deep == 0:
			quote = c
		case (c == ' ' || c == '\n' || c == '\t') && deep == 0:
			if start >= 0 {
				words = append(words, text[start:i])
			}
			start = -1
			continue
		}
		if start < 0 {
			start = i
		}
	}
	if start >= 0 {
		words = append(words, text[start:])
	}
	return words
}
