package ops

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// isVars says whether a file gives variables to a group or to a host.
func (w *ansibleWorld) isVars(p string) bool {
	p = "/" + p
	return strings.Contains(p, "/group_vars/") || strings.Contains(p, "/host_vars/")
}

// readVars takes a file of variables with its group and the environment in which it holds. Those of developers' machines
// are left out.
func (w *ansibleWorld) readVars(p string) {
	dir, within, host := "", "", false
	if i := strings.Index("/"+p, "/group_vars/"); i >= 0 {
		dir, within = p[:i], p[i+len("group_vars/"):]
	} else if i := strings.Index("/"+p, "/host_vars/"); i >= 0 {
		dir, within, host = p[:i], p[i+len("host_vars/"):], true
	}
	group, _, _ := strings.Cut(within, "/")
	group = strings.TrimSuffix(strings.TrimSuffix(group, ".yml"), ".yaml")
	v := ansibleVars{file: p, group: group, host: host}
	if path.Ext(group) == ".json" || developersGroup.MatchString(group) || developersGroup.MatchString(path.Base(dir)) {
		return
	}
	v.environment = environmentIn(group)
	if v.environment == "" {
		v.environment = inventoryEnvironment(dir)
	}
	if _, file, inside := strings.Cut(within, "/"); inside && v.environment == "" {
		if v.environment = scan.EnvironmentName(path.Base(file)); developersVars.MatchString(path.Base(file)) {
			return
		}
	}
	if host && v.environment == "" {
		v.environment = w.environmentOf(group)
	}
	v.values = w.doc(p)
	if v.values.kind == valueHash {
		v.values = ofEnvironment(v.values, v.environment, 0)
		w.vars = append(w.vars, v)
	}
}

var developersGroup = scan.MustCompile(`(?i)(^|[_.-])(vagrant|dev|devel|development|local|localhost|sandbox|test|testing|ci|molecule|devstack)([_.-]|$)`)

// developersVars is a file of a group's variables for developers' machines.
var developersVars = scan.MustCompile(`(?i)^(vagrant|dev|devel|development|local|sandbox|test|testing|ci|molecule|devstack)\.ya?ml$`)

// environmentIn is the environment that one of the words of a group's name stands for: web_production.
func environmentIn(name string) string {
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune("_-.", r) }) {
		if env := scan.EnvironmentName(word); env != "" {
			return env
		}
	}
	return ""
}

// inventoryEnvironment is the environment of an inventory: of the last directory that is one.
func inventoryEnvironment(dir string) string {
	parts := strings.Split(dir, "/")
	for i := len(parts) - 1; i >= 0; i-- {
		if env := environmentIn(parts[i]); env != "" && !strings.HasPrefix(parts[i], "@") {
			return env
		}
	}
	return ""
}

// ofEnvironment marks a value, with all that is in it, as one of an environment.
func ofEnvironment(v managedValue, environment string, depth int) managedValue {
	if environment == "" || depth > maxJinjaDepth {
		return v
	}
	v.environment = environment
	return v.each(func(_ string, item managedValue) managedValue { return ofEnvironment(item, environment, depth+1) })
}

// weight orders variables: those of an environment count more than those of a group, and these more than those of all.
func (v ansibleVars) weight() int {
	weight := 0
	if v.group != "all" {
		weight++
	}
	if v.environment != "" {
		weight += 2
	}
	if v.host {
		weight += 4
	}
	return weight
}

// groupVars are the variables that hold for the hosts of a play in an environment: of all, of its groups, and of groups that
// are an environment. Those of one of the hosts count where nothing else speaks, those of an environment's only one before all.
func (w *ansibleWorld) groupVars(hosts, environment string) map[string]managedValue {
	key := hosts + "\n" + environment
	if known, ok := w.ofHosts[key]; ok {
		return known
	}
	values := map[string]managedValue{}
	w.ofHosts[key] = values
	only, alone := w.onlyHost(hosts, environment)
	for _, v := range w.vars {
		if v.environment != "" && v.environment != environment {
			continue
		}
		if v.host {
			own := alone && v.group == only
			if !own && !w.isHost(hosts, v.group) {
				continue
			}
			for key, item := range v.values.hash {
				if _, spoken := values[key]; own || !spoken {
					values[key] = item
				}
			}
			continue
		}
		if v.group != "all" && v.environment == "" && !w.inGroup(hosts, v.group) || v.environment != "" && v.group != "all" && environmentIn(v.group) == "" && !w.inGroup(hosts, v.group) {
			continue
		}
		for key, item := range v.values.hash {
			values[key] = item
		}
	}
	if _, spoken := values["inventory_hostname"]; alone && !spoken {
		at := w.hosts[only]
		values["inventory_hostname"] = ofEnvironment(textValue(only, at.file, at.line), environment, 0)
	}
	return values
}

// inGroup says whether the variables of a group hold for a play: hosts may be a pattern.
func (w *ansibleWorld) inGroup(hosts, group string) bool {
	if everyHost(hosts) {
		return true
	}
	for _, name := range strings.FieldsFunc(hosts, hostsEnd) {
		if name == group || slices.Contains(w.groupsOf(name), group) {
			return true
		}
	}
	return false
}

// everyHost says of a play's hosts that they are all of them, or not known.
func everyHost(hosts string) bool {
	return hosts == "all" || hosts == "*" || hosts == "" || strings.Contains(hosts, "$") || strings.Contains(hosts, "{{")
}

// isHost says whether a play for hosts is for this one: by its name, or by one of its groups.
func (w *ansibleWorld) isHost(hosts, name string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(hosts, hostsEnd), func(word string) bool { return word == name || slices.Contains(w.groupsOf(name), word) })
}

// hostsEnd parts the names in a play's hosts.
func hostsEnd(r rune) bool { return strings.ContainsRune(":,&! \n", r) }

// environments are those with variables of their own.
func (w *ansibleWorld) environments() []string {
	seen := map[string]bool{}
	for _, v := range w.vars {
		if v.environment != "" {
			seen[v.environment] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// fileVars reads the variables of a role: main.yml, or all files of a directory main.
func (w *ansibleWorld) fileVars(dir, part string) managedValue {
	for _, ending := range []string{".yml", ".yaml", ""} {
		if p := path.Join(dir, part, "main"+ending); w.t.Has(p) {
			return w.doc(p)
		}
	}
	var all managedValue
	for _, p := range w.t.Below(path.Join(dir, part, "main")) {
		if v := w.doc(p); v.kind == valueHash && all.kind != valueHash {
			all = v
		} else {
			all = deeper(all, v)
		}
	}
	return all
}

// ansibleScope is where the variables of a task live; the strongest stand last.
type ansibleScope struct {
	w      *ansibleWorld
	layers []map[string]managedValue
	open   map[string]bool // names that are being worked out: variables may be made of each other in circles
	work   *jinjaWork
	read   map[string]bool // file:line of what was asked for; nil where nobody counts
}

func (s *ansibleScope) with(values ...map[string]managedValue) *ansibleScope {
	return &ansibleScope{w: s.w, layers: append(slices.Clip(s.layers), values...), open: s.open, work: s.work, read: s.read}
}

// unread is the scope for those who only look.
func (s *ansibleScope) unread() *ansibleScope {
	quiet := *s
	quiet.read = nil
	return &quiet
}

// run makes what works out expressions for this scope.
func (s *ansibleScope) run(file string, line int) *jinjaRun {
	return &jinjaRun{get: s.get, others: s.others, file: file, line: line, depth: len(s.open), work: s.work}
}

// get is the value of a variable with all that it is made of filled in.
func (s *ansibleScope) get(name string) (managedValue, bool) {
	v, ok := s.raw(name)
	if !ok {
		return managedValue{}, false
	}
	return s.worked(name, v), true
}

// raw is the value of a variable as it is written.
func (s *ansibleScope) raw(name string) (managedValue, bool) {
	for i := len(s.layers) - 1; i >= 0; i-- {
		if v, ok := s.layers[i][name]; ok {
			return v, true
		}
	}
	v, ok := s.w.defaults[name]
	return v, ok
}

// others says of a variable that only another role gives it a value, which need not run before.
func (s *ansibleScope) others(name string) bool {
	_, known := s.w.defaults[name]
	return known && !slices.ContainsFunc(s.layers, func(layer map[string]managedValue) bool { _, has := layer[name]; return has })
}

func (s *ansibleScope) worked(name string, raw managedValue) managedValue {
	if s.open[name] || len(s.open) > maxJinjaDepth/2 {
		return unknownValue(placeholderName(name), raw.file, raw.line)
	}
	s.open[name] = true
	v := s.w.guarded(name, s.filled(raw, 0))
	delete(s.open, name)
	if s.read != nil {
		s.read[writtenAt(raw)] = true
		markRead(s.read, v, 0)
	}
	return v
}

// markRead remembers where a value comes from, with all that is in it.
func markRead(read map[string]bool, v managedValue, depth int) {
	if depth > maxJinjaDepth || depth > 0 && read[writtenAt(v)] {
		return
	}
	read[writtenAt(v)] = true
	for _, place := range v.from {
		read[place] = true
	}
	for _, pair := range v.pairs() {
		markRead(read, pair.item, depth+1)
	}
}

// filled works out the expressions in a value and in all that it holds.
func (s *ansibleScope) filled(v managedValue, depth int) managedValue {
	if depth > maxJinjaDepth || !s.work.goesOn(0) {
		return unknownValue("value", v.file, v.line)
	}
	switch v.kind {
	case valueText:
		if !strings.Contains(v.text, "{{") && !strings.Contains(v.text, "{%") {
			return v
		}
		made := s.run(v.file, v.line).render(v.text)
		if made.environment == "" {
			made.environment = v.environment
		}
		if made.file != v.file || made.line != v.line {
			made.from = append(append([]string(nil), made.from...), writtenAt(v))
		}
		return made.at(v.file, v.line)
	case valueUnknown:
		for _, name := range v.names {
			if raw, ok := s.raw(name); ok {
				v.from = append(slices.Clip(v.from), writtenAt(raw))
			}
		}
		v.names = nil
		return v
	}
	return v.each(func(key string, item managedValue) managedValue {
		if item = s.filled(item, depth+1); key == "" {
			return item
		}
		return s.w.guarded(key, item)
	})
}
