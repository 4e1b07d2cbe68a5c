package ops

import (
	"path"
	"strings"
)

// saltRun works out the states for one environment.
type saltRun struct {
	w      *saltWorld
	pillar managedValue
	found  []*managed
	work   jinjaWork
}

// jinja makes what fills the templates of a file: with the pillar, and with the context of a file.managed.
func (run *saltRun) jinja(file string, context map[string]managedValue) *jinjaRun {
	j := &jinjaRun{file: file, work: &run.work}
	j.get = func(name string) (managedValue, bool) {
		if v, ok := context[name]; ok {
			return v, true
		}
		switch name {
		case "pillar":
			return run.pillar, true
		case "tpldir", "slspath":
			return textValue(strings.TrimPrefix(strings.TrimPrefix(path.Dir(file), run.w.root), "/"), file, 1), true
		case "sls":
			return textValue(saltName(file), file, 1), true
		}
		return managedValue{}, false
	}
	j.call = func(name string, args []managedValue) (managedValue, bool) {
		switch strings.TrimPrefix(name, "salt.") {
		case "file.dirname":
			if dir := argument(args, 0); dir.known() && strings.Contains(dir.text, "/") {
				dir.text = path.Dir(dir.text)
				return dir, true
			}
		case "pillar.get", "config.get", "pillar.item":
			if len(args) > 0 && args[0].known() {
				return run.pillarGet(args[0].text, argument(args, 1), file), true
			}
		case "grains.filter_by", "defaults.merge":
			if v := argument(args, 0); v.kind == valueHash {
				for _, key := range []string{"Debian", "Ubuntu", "default"} {
					if item, ok := v.hash[key]; ok {
						return deeper(run.merged(args), item), true
					}
				}
			}
		}
		return managedValue{}, false
	}
	j.load = func(name string) (string, bool) {
		p := run.source(file, "salt://"+strings.TrimPrefix(name, "salt://"))
		if p == "" {
			p = run.w.pillarFile(name)
		}
		if p == "" {
			return "", false
		}
		data, err := run.w.t.Read(p)
		return string(data), err == nil
	}
	return j
}

// merged is what grains.filter_by lays over its choice: the data of the pillar that it is given.
func (run *saltRun) merged(args []managedValue) managedValue {
	for _, arg := range args[1:] {
		if arg.kind == valueHash {
			return arg
		}
	}
	return managedValue{kind: valueHash, hash: map[string]managedValue{}}
}

// pillarGet follows a name such as shop:db:host.
func (run *saltRun) pillarGet(name string, otherwise managedValue, file string) managedValue {
	v := run.pillar
	for _, part := range strings.Split(name, ":") {
		item, ok := v.hash[part]
		if !ok {
			if otherwise.kind == valueUndef {
				return guard(part, unknownValue(placeholderName(part), file, 1))
			}
			return otherwise
		}
		v = item
	}
	return v
}

// saltName is the name of a file as states speak of each other: shop.web of salt/shop/web.sls.
func saltName(p string) string {
	p = strings.TrimSuffix(strings.TrimSuffix(p, ".sls"), "/init")
	parts := strings.Split(p, "/")
	for i := len(parts) - 1; i >= 0; i-- {
		if saltRoots[parts[i]] || strings.HasPrefix(parts[i], "@") {
			parts = parts[i+1:]
			break
		}
	}
	return strings.Join(parts, ".")
}

// saltRoots are directories that file_roots usually names.
var saltRoots = map[string]bool{"salt": true, "states": true, "srv": true, "salt-states": true, "salt_states": true, "file_roots": true, "roots": true, "formulas": true}

// source finds the file that salt://shop/files/x names: below a directory above the file that asks.
func (run *saltRun) source(file, name string) string {
	name = strings.TrimPrefix(name, "salt://")
	name, _, _ = strings.Cut(name, "?")
	if strings.Contains(name, "$") || name == "" {
		return ""
	}
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		if p := path.Join(dir, name); run.w.t.Has(p) {
			return p
		}
		if dir == "." || dir == "/" || dir == run.w.root {
			return ""
		}
	}
}

// top tells the states that the same minions have to each other; those of all minions are about the machines.
func (run *saltRun) top(p string) {
	text, lines := run.w.lined(p, run)
	top := yamlValues(p, text, run.w.r)
	for _, base := range top.keys {
		for _, target := range top.hash[base].keys {
			var names []managedValue
			for _, item := range top.hash[base].hash[target].list {
				if item.kind == valueText {
					names = append(names, textValue(item.text, p, mappedLine(item.line, lines)))
				}
			}
			if target != "*" {
				run.found = append(run.found, setUpTogether(names)...)
			}
		}
	}
}

// states takes the states of one file. What a state is called is its ID, unless it names itself.
func (run *saltRun) states(p string) {
	text, lines := run.w.lined(p, run)
	if strings.HasPrefix(text, "#!") {
		first, rest, _ := strings.Cut(text, "\n")
		if !strings.Contains(first, "yaml") && !strings.Contains(first, "jinja") {
			run.w.r.Note(p, 1, "states in another language than YAML (%s) are not read", first)
			return
		}
		text = "\n" + rest
	}
	doc := yamlValues(p, text, run.w.r)
	name := strings.ReplaceAll(saltName(p), ".", "::")
	owner := &managed{kind: "class", title: name, file: p, line: 1, inner: true, here: run.w.root == ""}
	for _, id := range doc.keys {
		if id == "include" || id == "extend" || id == "exclude" || doc.hash[id].kind == valueUndef {
			for _, item := range doc.hash[id].items() {
				run.found = append(run.found, &managed{kind: "include", title: item.text, file: p, line: mappedLine(item.line, lines), outer: owner})
			}
			continue
		}
		if !run.work.goesOn(0) || len(run.found) > maxManaged {
			return
		}
		run.state(p, id, doc.hash[id], owner, lines)
	}
}

// state is one ID with one or several functions, in each of the ways in which they may be written.
func (run *saltRun) state(p, id string, state managedValue, owner *managed, lines []int) {
	line := mappedLine(state.line, lines)
	if state.kind == valueText { // nginx: pkg.installed
		run.call(&managed{title: id, file: p, line: line, outer: owner}, state.text, managedValue{})
		return
	}
	for _, key := range state.keys {
		m := &managed{title: id, file: p, line: mappedLine(state.hash[key].line, lines), outer: owner}
		function, args := key, state.hash[key]
		if args.kind == valueText && !strings.Contains(key, ".") { // pkg: installed
			function += "." + args.text
		} else if !strings.Contains(key, ".") {
			for _, item := range args.list {
				if item.kind == valueText {
					function += "." + item.text
					break
				}
			}
		}
		run.call(m, function, args)
	}
}

func mappedLine(line int, lines []int) int {
	if line > 0 && line <= len(lines) {
		return lines[line-1]
	}
	return max(line, 1)
}

// call gives a resource its attributes, and hands it on in the words that all configuration management shares.
func (run *saltRun) call(m *managed, function string, args managedValue) {
	module, what, _ := strings.Cut(function, ".")
	if gone := strings.HasSuffix(what, "absent") || what == "purged" || what == "removed" || what == "dead" || what == "disabled"; gone || strings.Contains(function, "$") && module == "" {
		m.kind = module
		m.set("ensure", textValue("absent", "", 0))
		run.found = append(run.found, m)
		return
	}
	list := args.list
	if args.kind == valueHash {
		list = []managedValue{args}
	}
	for _, item := range list {
		for _, key := range item.keys {
			if !saltOrdering[key] {
				m.set(key, placed(item.hash[key], m))
			}
		}
	}
	if name := m.attrs.of("name"); name.kind == valueText && module != "cmd" && module != "cron" {
		m.title = name.text
	}
	run.meant(m, module, what)
}

// placed gives a value, as it was filled in, the place of the state, and marks what is not known of it.
func placed(v managedValue, m *managed) managedValue {
	v.file, v.line = m.file, m.line
	if v.kind == valueText {
		return partlyKnown(v)
	}
	return v.each(func(key string, item managedValue) managedValue {
		if item = placed(item, m); key == "" {
			return item
		}
		return guard(key, item)
	})
}

// saltOrdering are arguments that say when a state is looked after.
var saltOrdering = map[string]bool{
	"require": true, "require_in": true, "watch": true, "watch_in": true, "watch_any": true, "onchanges": true, "onchanges_in": true, "onfail": true, "prereq": true, "require_any": true,
	"unless": true, "onlyif": true, "creates": true, "order": true, "failhard": true, "reload_modules": true, "use": true, "use_in": true, "listen": true, "listen_in": true, "mode": true,
	"show_changes": true, "makedirs": true, "user": true, "group": true, "dir_mode": true, "file_mode": true, "recurse": true, "refresh": true, "enable": true, "reload": true, "backup": true,
}
