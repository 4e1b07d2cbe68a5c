package ops

import (
	"maps"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// ansibleRun works out the plays for one environment.
type ansibleRun struct {
	w           *ansibleWorld
	root        string
	environment string
	found       []*managed
	done        map[string]bool // roles that were worked out, with what they were given
	open        map[string]bool // roles and files of tasks that are being worked out: they may call themselves
	work        jinjaWork
	read        map[string]bool // file:line of the variables that tasks and templates ask for
	depth       int
	asking      map[string][]*managed // the plays that ask for a role, by its title
}

// maxAnsibleDepth bounds how roles and files of tasks call each other: they may do so in circles.
const maxAnsibleDepth = 12

// report works out everything as it is in production, then what differs in the other environments.
func (w *ansibleWorld) report(root string) {
	found := func(environment string) []*managed {
		clear(w.ofHosts) // those of another environment are not asked for again
		run := &ansibleRun{w: w, root: root, environment: environment, done: map[string]bool{}, open: map[string]bool{}, read: map[string]bool{}, asking: map[string][]*managed{}}
		run.everything()
		run.lend()
		if environment == "production" {
			w.read = run.read
		}
		if environment == "production" && (!run.work.goesOn(0) || len(run.found) > maxManaged) {
			w.r.Note(w.anyFile(), 0, "more than can be worked out: what the playbooks say is not complete")
		}
		return withoutOff(run.found)
	}
	managedWorld{found, w.unused}.report(w.t, w.r, root, w.environments())
}

// withoutOff drops what one play switches off and another has: a role may be given what it is to do.
func withoutOff(found []*managed) []*managed {
	on := map[string]bool{}
	for _, m := range found {
		if !m.off {
			on[m.file+":"+strconv.Itoa(m.line)] = true
		}
	}
	return slices.DeleteFunc(found, func(m *managed) bool { return m.off && on[m.file+":"+strconv.Itoa(m.line)] })
}

// anyFile is a file to hang a remark on all of them on.
func (w *ansibleWorld) anyFile() string {
	if len(w.plays) > 0 {
		return w.plays[0]
	}
	return w.roles[w.order[0]].dir
}

// everything works out the plays, then the roles that none of them names.
func (run *ansibleRun) everything() {
	for _, file := range run.w.plays {
		for _, play := range run.w.doc(file).list {
			if play.kind == valueHash && play.hash["hosts"].kind == valueText {
				run.play(file, play)
			}
		}
	}
	for _, last := range []bool{false, true} { // what others ask for is worked out for them
		named := map[string]bool{}
		for key := range run.done {
			name, _, _ := strings.Cut(key, "\x00")
			named[name] = true
		}
		for _, name := range run.w.order {
			if (run.w.asked[name] > 0) == last && !named[name] {
				run.role(name, nil, nil, run.scope(""))
			}
		}
	}
}

// maxAskers is how many others may ask for a role that is still about them: one for more is about the machines.
const maxAskers = 4

// askers counts for each role how many others depend on it.
func (w *ansibleWorld) askers() map[string]int {
	asked := map[string]int{}
	for _, name := range w.order {
		for _, item := range w.fileVars(w.roles[name].dir, "meta").hash["dependencies"].list {
			other := item.plain()
			if item.kind == valueHash {
				other = item.hash["role"].plain() + item.hash["name"].plain()
			}
			if role := w.role(other); role != nil && role.name != name {
				asked[role.name]++
			}
		}
	}
	return asked
}

func (run *ansibleRun) scope(hosts string) *ansibleScope {
	s := &ansibleScope{w: run.w, open: map[string]bool{}, work: &run.work, read: run.read}
	return s.with(run.w.groupVars(hosts, run.environment))
}

// play works out one play: it is about the group of hosts that it is for, and the playbook's name.
func (run *ansibleRun) play(file string, play managedValue) {
	hosts, files := run.chosen(file, play)
	scope := run.scope(hosts)
	for _, name := range files {
		if v := run.w.doc(name); v.kind == valueHash {
			scope = scope.with(ofEnvironment(v, scan.EnvironmentName(path.Base(name)), 0).hash)
		}
	}
	vars := play.hash["vars"]
	scope = scope.with(vars.hash)
	title := strings.TrimSuffix(path.Base(file), path.Ext(file))
	if ansibleGeneral[title] {
		title = "main"
	}
	if group := strings.Trim(hosts, "{} "); plainWord.MatchString(group) && !ansibleGeneral[group] {
		title += "::" + group
	}
	owner := &managed{kind: "class", title: title, file: file, line: play.line, inner: true, here: run.root == ""}
	run.named(owner, scope)
	c := &ansibleTasks{run: run, scope: scope, owner: owner, file: file}
	c.list(play.hash["pre_tasks"])
	for _, item := range play.hash["roles"].list {
		run.listed(item, owner, scope)
	}
	c.list(play.hash["tasks"])
	c.list(play.hash["post_tasks"])
	c.list(play.hash["handlers"])
	run.together(play.hash["roles"].list, owner)
}

// together are the roles of a play.
func (run *ansibleRun) together(roles []managedValue, play *managed) {
	var names []managedValue
	for _, item := range roles {
		name := item.plain() + item.hash["role"].plain() + item.hash["name"].plain()
		if role := run.w.role(name); role != nil {
			name = role.name
			title := strings.ReplaceAll(name, "/", "::")
			run.asking[title] = append(run.asking[title], play)
		}
		names = append(names, textValue(name, play.file, item.line))
	}
	run.found = append(run.found, setUpTogether(names)...)
}

// ansibleGeneral are names of playbooks and groups that say nothing of the service.
var ansibleGeneral = map[string]bool{"site": true, "playbook": true, "all": true, "localhost": true, "main": true, "deploy": true, "provision": true, "setup": true, "production": true, "staging": true, "servers": true, "webservers": true, "vagrant": true, "install": true, "dbservers": true, "appservers": true, "hosts": true}

// beside is a file that another one names: in the same directory, or from the top of the operations code.
func (run *ansibleRun) beside(file, name string) string {
	if path.IsAbs(name) {
		return run.ownPlace(name)
	}
	if p := path.Join(path.Dir(file), name); run.w.t.Has(p) {
		return p
	}
	return path.Join(run.root, name)
}

// ownPlace is the file of the operations code that a path on the machine where Ansible runs means: the longest end of the
// path that is a file here. It is empty where there is none.
func (run *ansibleRun) ownPlace(name string) string {
	for rest := strings.TrimPrefix(name, "/"); strings.Contains(rest, "/"); _, rest, _ = strings.Cut(rest, "/") {
		if p := path.Join(run.root, rest); run.w.t.Has(p) {
			return p
		}
	}
	return ""
}

// appNames are variables that say which application it is all about.
var appNames = []string{"app_name", "application_name", "project_name", "service_name", "app", "application", "project", "appname"}

// named gives a play or role the name of the application, where its variables say it.
func (run *ansibleRun) named(m *managed, scope *ansibleScope) {
	for _, name := range appNames {
		if v, ok := scope.get(name); ok && !scope.others(name) && plainWord.MatchString(v.plain()) && m.attrs.of("app_name").kind == valueUnknown {
			m.attrs.put("app_name", v)
		}
	}
}

// listed is a role as a play or a role's meta names it: by its name alone, or with what it is given.
func (run *ansibleRun) listed(item managedValue, owner *managed, scope *ansibleScope) {
	name, params := item.plain(), map[string]managedValue{}
	if item.kind == valueHash {
		for _, key := range item.keys {
			switch v := item.hash[key]; key {
			case "role", "name":
				name = scope.filled(v, 0).plain()
			case "vars":
				for k, inner := range v.hash {
					params[k] = inner
				}
			case "when", "tags", "become", "become_user", "sudo", "sudo_user", "environment", "src", "version", "delegate_to":
			default:
				params[key] = v
			}
		}
		if off(scope, item.hash["when"]) {
			return
		}
	}
	run.role(name, params, owner, scope)
}

// off says whether a condition is known to be false.
func off(scope *ansibleScope, when managedValue) bool {
	for _, item := range when.items() {
		if item.kind == valueSwitch && item.text == "false" {
			return true
		}
		if item.kind != valueText {
			continue
		}
		v := scope.run(item.file, item.line).value(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(item.text), "{{"), "}}"))
		if v.kind == valueText && strings.Contains(v.text, "{{") {
			v = scope.filled(v, 0)
		}
		if is, known := jinjaTruth(v); known && !is {
			return true
		}
	}
	return false
}

// role works out a role. With parameters it does its work for what gives them, so it is a part of that; without, it is a
// thing of its own, however many others ask for it.
func (run *ansibleRun) role(name string, params map[string]managedValue, owner *managed, scope *ansibleScope) {
	role := run.w.role(name)
	if role == nil {
		run.foreign(name, params, owner, scope)
		return
	}
	name = role.name
	if owner != nil && len(params) > 0 && besideRole.MatchString(name) {
		run.foreign(name, params, owner, scope)
		return
	}
	if len(params) == 0 && run.w.asked[name] > maxAskers {
		params = run.calledAfter(role, owner)
	}
	own := !layers[strings.ToLower(name)] && owner != nil && owner.attrs.of("app_name").plain() == ""
	if len(params) == 0 && (own || run.root != "" && run.w.asked[name] > maxAskers) {
		owner = nil
	}
	given := make(map[string]managedValue, len(params))
	for k, v := range params { // as they are where the role is asked for
		given[k] = run.w.guarded(k, scope.unread().filled(v, 0))
	}
	key := name + "\x00" + paramsKey(given)
	for o := owner; o != nil; o = o.outer {
		key += "\x00" + o.title
	}
	if run.done[key] || run.open[role.dir] || run.depth >= maxAnsibleDepth || !run.work.goesOn(0) {
		return
	}
	run.done[key], run.open[role.dir] = true, true
	defer delete(run.open, role.dir)
	run.depth++
	defer func() { run.depth-- }()
	defaults, vars := run.w.fileVars(role.dir, "defaults"), run.w.fileVars(role.dir, "vars")
	inner := &ansibleScope{w: scope.w, open: scope.open, work: scope.work, read: scope.read}
	inner = inner.with(defaults.hash).with(scope.layers...).with(vars.hash, given)
	file := run.tasksFile(role)
	self := &managed{kind: "class", title: strings.ReplaceAll(name, "/", "::"), file: file, line: 1, outer: owner, inner: true, role: true, here: run.root == ""}
	run.named(self, inner)
	run.settle(self, inner, defaults, vars, params)
	run.found = append(run.found, self)
	for _, item := range run.w.fileVars(role.dir, "meta").hash["dependencies"].list {
		run.listed(item, self, inner)
	}
	c := &ansibleTasks{run: run, scope: inner, owner: self, role: role, file: file}
	c.include(file)
	for _, name := range []string{"handlers/main.yml", "handlers/main.yaml"} {
		c.include(path.Join(role.dir, name))
	}
}

func (run *ansibleRun) tasksFile(role *ansibleRole) string {
	for _, name := range []string{"tasks/main.yml", "tasks/main.yaml", "meta/main.yml", "meta/main.yaml"} {
		if p := path.Join(role.dir, name); run.w.t.Has(p) {
			return p
		}
	}
	return role.dir
}

func paramsKey(params map[string]managedValue) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(params)) {
		b.WriteString(name + "=" + params[name].text + writtenAt(params[name]) + ";")
	}
	return b.String()
}

// besideRole are roles for what stands beside a service: what they do with its settings is the machine's affair.
var besideRole = scan.MustCompile(`^(nginx|apache2?|httpd|haproxy|varnish|supervisor|supervisord|logrotate|rsyslog|monit|nagios|nrpe|datadog|newrelic|newrelic_infrastructure|collectd|filebeat|fail2ban|ufw|firewall|sudo|ssh|sshd|users|splunkforwarder|docker|docker-tools|certbot|letsencrypt)$`)

// settle gives a role's class its variables, by their own names and without the role's name before them.
func (run *ansibleRun) settle(m *managed, scope *ansibleScope, defaults, vars managedValue, params map[string]managedValue) {
	if infrastructure.MatchString(m.title) || beside.MatchString(m.title) {
		return
	}
	names := append(append(append([]string(nil), defaults.keys...), vars.keys...), slices.Sorted(maps.Keys(params))...)
	sort.Strings(names)
	prefix := rolePrefix(strings.ReplaceAll(m.title, "::", "/"))
	for _, name := range names {
		v, ok := scope.unread().get(name)
		if !ok || m.attrs.of(name).file != "" {
			continue
		}
		m.set(name, v)
		if short := strings.TrimPrefix(strings.ToLower(name), prefix); short != name {
			if _, have := m.attrs.get(short); !have {
				m.attrs.put(short, v)
			}
		}
	}
}

// unused notes variables of groups that are named as a service and went nowhere.
func (w *ansibleWorld) unused(g *meaning) {
	g.read = w.read
	w.sites(g)
	for _, v := range w.vars {
		if v.environment == "" || v.environment == "production" {
			g.named("", v.values, 0)
			if v.values.kind == valueHash {
				g.leaves([]string{v.group}, "data that nothing was taken from", "", v.values.without(func(_ string, item managedValue) bool { return item.kind != valueHash }))
			}
		}
		general := v.group == "all" || v.host || environmentIn(v.group) != "" || ansibleGeneral[v.group]
		for _, key := range v.values.keys {
			item := v.values.hash[key]
			if strings.HasPrefix(key, "ansible_") {
				continue
			}
			name := v.group
			if general {
				if name = w.roleOf(key); name == "" {
					continue
				}
			}
			g.leaveData(&managed{kind: "class", title: name, file: v.file, line: 1}, "variables of the group "+v.group, key, item)
		}
	}
}

// roleOf is the role after which a variable is called, "" for none.
func (w *ansibleWorld) roleOf(variable string) string {
	for _, name := range w.order {
		if prefix := rolePrefix(name); len(prefix) > len("web_") && strings.HasPrefix(strings.ToLower(variable), prefix) && !besideRole.MatchString(name) {
			return name
		}
	}
	return ""
}

// wantsNothing are modules that only look, wait or talk.
var wantsNothing = scan.MustCompile(`^(debug|assert|fail|wait_for|wait_for_connection|pause|stat|meta|setup|ping|gather_facts|async_status|add_host|group_by|slurp|find|tempfile|service_facts|package_facts|getent|[a-z0-9_]+_(info|facts)|include_vars|set_fact|register|import_playbook|set_stats|ec2_tag|hipchat|slack|mail)$`)
