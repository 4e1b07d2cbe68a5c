package ops

import (
	"strings"
)

// saltKinds are modules under the name that all configuration management has for what they keep.
var saltKinds = map[string]string{
	"pip": "package", "npm": "package", "gem": "package", "cabal": "package", "bower": "package", "pip_state": "package", "pkg": "packages",
	"cmd": "exec", "module": "exec", "git": "git", "hg": "git", "svn": "git", "archive": "git", "dockerng": "docker_container", "docker": "docker_container", "environ": "environment", "supervisord": "service",
}

// saltReads complete a resource of a kind; they are false where it stands for nothing itself.
var saltReads = map[string]func(run *saltRun, m *managed, module, what string) bool{
	"packages": (*saltRun).packages, "package": (*saltRun).library, "virtualenv": (*saltRun).library, "file": (*saltRun).fileState, "cron": (*saltRun).cronState, "exec": (*saltRun).commandState, "git": (*saltRun).code,
	"docker_container": (*saltRun).container, "test": (*saltRun).nothing, "include": (*saltRun).nothing, "extend": (*saltRun).nothing,
}

// meant hands a state on as the resource that it keeps.
func (run *saltRun) meant(m *managed, module, what string) {
	m.kind = module
	if kind := saltKinds[module]; kind != "" {
		m.kind = kind
	}
	if owner := m.attrs.of("owner"); strings.HasSuffix(module, "_database") && owner.kind == valueText {
		m.set("user", owner)
	}
	if read := saltReads[m.kind]; read == nil || read(run, m, module, what) {
		run.found = append(run.found, m)
	}
}

func (run *saltRun) nothing(m *managed, _, _ string) bool {
	m.kind = "include" // it only brings others together
	return true
}

// library is a package of a language, or what such packages are installed in.
func (run *saltRun) library(m *managed, module, _ string) bool {
	m.set("provider", textValue(module, "", 0))
	return true
}

// code is where the code comes from and where it goes.
func (run *saltRun) code(m *managed, _, _ string) bool {
	m.set("repo", m.attrs.of("name"))
	if target := m.attrs.of("target"); target.kind == valueText {
		m.set("path", target)
	}
	return true
}

func (run *saltRun) container(m *managed, _, _ string) bool {
	for from, to := range map[string]string{"port_bindings": "ports", "binds": "volumes", "environment": "env"} {
		if v, ok := m.attrs.get(from); ok {
			m.set(to, pairsAsHash(v))
		}
	}
	return true
}

// pairsAsHash makes one hash of a list of hashes of one key each, as Salt writes them.
func pairsAsHash(v managedValue) managedValue {
	if v.kind != valueList || len(v.list) == 0 || v.list[0].kind != valueHash {
		return v
	}
	all := managedValue{kind: valueHash, hash: map[string]managedValue{}, file: v.file, line: v.line}
	for _, item := range v.list {
		for _, key := range item.keys {
			all.put(key, item.hash[key])
		}
	}
	return all
}

// packages makes a resource of each package of a state.
func (run *saltRun) packages(m *managed, _, what string) bool {
	if what != "installed" && what != "latest" && what != "group_installed" {
		return true
	}
	names := m.attrs.of("pkgs").items()
	if len(names) == 0 {
		names = m.attrs.of("names").items()
	}
	if len(names) == 0 {
		names = []managedValue{textValue(m.title, m.file, m.line)}
	}
	for _, item := range names {
		name := item.text
		if item.kind == valueHash && len(item.keys) > 0 { // with its version
			name = item.keys[0]
		}
		one := &managed{kind: "package", title: name, file: m.file, line: m.line, outer: m.outer}
		run.found = append(run.found, one)
	}
	return false
}

// fileState is a file, a directory or a link.
func (run *saltRun) fileState(m *managed, _, what string) bool {
	m.located = true
	m.set("path", textValue(m.title, m.file, m.line))
	switch what {
	case "directory", "recurse":
		m.kind = "directory"
		m.set("ensure", textValue("directory", "", 0))
		m.attrs.drop("source")
	case "symlink", "hardlink":
		m.set("ensure", textValue("link", "", 0))
	case "append", "prepend", "line", "blockreplace", "accumulated":
		if text := m.attrs.of("text"); text.kind == valueText {
			m.set("content", text)
		}
	default:
		run.fileSource(m)
	}
	return true
}

// fileSource gives a file its text: the contents in the state, or a template with the state's context.
func (run *saltRun) fileSource(m *managed) {
	if v := m.attrs.of("contents"); v.kind == valueText {
		m.set("content", v)
		return
	}
	for _, source := range m.attrs.of("source").texts() {
		p := run.source(m.file, source)
		if p == "" {
			continue
		}
		v := managedValue{kind: valueText, template: []string{p}, file: m.file, line: m.line}
		context := map[string]managedValue{}
		for _, name := range []string{"defaults", "context"} {
			given := pairsAsHash(m.attrs.of(name))
			for _, key := range given.keys {
				context[key] = guard(key, given.hash[key])
			}
		}
		plain := m.attrs.of("template").plain() == ""
		v.fill = func(text string) (string, []int) {
			if plain {
				return text, nil
			}
			return run.jinja(p, context).template(text, false)
		}
		m.attrs.drop("source")
		m.set("content", v)
		return
	}
}

// cronState is a job: its command is its name.
func (run *saltRun) cronState(m *managed, _, what string) bool {
	if what == "env_present" {
		m.kind = "cron_env"
		return true
	}
	command := m.attrs.of("name")
	if command.kind != valueText {
		command = partlyKnown(textValue(m.title, m.file, m.line))
	}
	if id := m.attrs.of("identifier").plain(); id != "" {
		m.title = id
	}
	m.set("command", command)
	m.set("monthday", m.attrs.of("daymonth"))
	m.set("weekday", m.attrs.of("dayweek"))
	for _, name := range []string{"monthday", "weekday"} {
		if v := m.attrs.of(name); v.kind != valueText {
			m.attrs.drop(name)
		}
	}
	if _, timed := m.attrs.get("minute"); !timed && m.attrs.of("special").kind != valueText {
		m.set("minute", textValue("*", m.file, m.line))
	}
	return true
}

// commandState is a command line, with the variables that it is given.
func (run *saltRun) commandState(m *managed, _, _ string) bool {
	command := m.attrs.of("name")
	if command.kind != valueText {
		command = partlyKnown(textValue(m.title, m.file, m.line))
	}
	m.set("command", command)
	env := pairsAsHash(m.attrs.of("env"))
	if env.kind != valueHash || forPackages.MatchString(command.text) {
		return true
	}
	given := &managed{kind: "environment", title: m.title, file: m.file, line: m.line, outer: m.outer, inner: true}
	given.set("environment", env)
	run.found = append(run.found, given)
	return true
}
