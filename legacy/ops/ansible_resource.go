package ops

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"
)

// ansibleCall is one call of a module, with its arguments filled in and the task that it stands in.
type ansibleCall struct {
	module     string
	args, task managedValue
}

// resource makes what a module keeps on a machine out of its arguments, in the words that all configuration management
// shares.
func (c *ansibleTasks) resource(call ansibleCall) {
	m := &managed{kind: call.module, title: c.title(call.args, call.task), file: c.file, line: call.task.line, outer: c.owner, maybe: c.maybe}
	if state := call.args.hash["state"].plain(); state == "absent" || state == "removed" || state == "purged" {
		m.set("ensure", textValue("absent", "", 0))
		c.run.found = append(c.run.found, m)
		return
	}
	m.attrs.list, m.names = make([]attribute, 0, len(call.args.keys)+1), make([]string, 0, len(call.args.keys)+1)
	for _, key := range call.args.keys {
		m.set(key, call.args.hash[key])
	}
	m.attrs.drop("state") // what it says is another thing than whether it is there
	if call.args.hash["state"].plain() == "stopped" {
		m.set("ensure", textValue("stopped", "", 0))
	}
	if kind := ansibleKinds[call.module]; kind != "" {
		m.kind = kind
	}
	if read := ansibleReads[m.kind]; read != nil && !read(c, m, call) {
		return
	}
	c.run.found = append(c.run.found, m)
}

// ansibleKinds are modules under the name that all configuration management has for what they keep.
var ansibleKinds = map[string]string{
	"apt": "packages", "package": "packages", "yum": "packages", "dnf": "packages", "apk": "packages", "pacman": "packages", "zypper": "packages", "homebrew": "packages", "aptitude": "packages", "opkg": "packages",
	"pip": "package", "npm": "package", "gem": "package", "bundler": "package", "composer": "package", "yarn": "package", "cpanm": "package", "easy_install": "package", "pear": "package",
	"template": "file", "copy": "file", "assemble": "file", "file": "directory",
	"lineinfile": "lines", "blockinfile": "lines", "ini_file": "lines", "replace": "lines", "htpasswd": "lines", "xml": "lines",
	"git": "git", "subversion": "git", "hg": "git", "deploy_helper": "deploy", "unarchive": "deploy", "synchronize": "deploy", "maven_artifact": "deploy", "get_url": "download",
	"command": "exec", "shell": "exec", "raw": "exec", "script": "exec", "expect": "exec", "django_manage": "exec", "make": "exec", "win_shell": "exec", "win_command": "exec",
	"docker": "docker_container", "podman_container": "docker_container", "docker_swarm_service": "docker_container",
	"k8s": "k8s", "k8s_raw": "k8s", "openshift_raw": "k8s",
	"docker_compose_v2": "docker_compose", "docker_service": "docker_compose",
	"iptables": "firewall", "firewalld": "firewall", "pam_limits": "limits", "authorized_key": "ssh_authorized_key", "known_hosts": "ssh_hosts",
}

// ansibleReads complete a resource of a kind; they are false where it stands for nothing itself.
var ansibleReads = map[string]func(c *ansibleTasks, m *managed, call ansibleCall) bool{
	"packages": (*ansibleTasks).packages, "package": (*ansibleTasks).library, "file": (*ansibleTasks).fileOf, "directory": (*ansibleTasks).placeOnDisk, "lines": (*ansibleTasks).lines,
	"cron": (*ansibleTasks).cron, "git": (*ansibleTasks).deployed, "deploy": (*ansibleTasks).deployed, "download": (*ansibleTasks).deployed,
	"exec": (*ansibleTasks).commandOf, "docker_compose": (*ansibleTasks).compose, "mount": (*ansibleTasks).mount,
	"k8s": (*ansibleTasks).objects,
}

// library is a package of a language.
func (c *ansibleTasks) library(m *managed, call ansibleCall) bool {
	m.set("provider", textValue(call.module, "", 0))
	return true
}

// cron is a job, unless it is switched off.
func (c *ansibleTasks) cron(m *managed, call ansibleCall) bool {
	m.set("command", call.args.hash["job"])
	m.set("special", call.args.hash["special_time"])
	disabled, given := call.args.hash["disabled"]
	return !given || disabled.off()
}

func (c *ansibleTasks) mount(m *managed, call ansibleCall) bool {
	c.placed(m, call, "name", "path")
	return true
}

// placed gives a resource its place on the machine for a title: the last of these arguments that is there.
func (c *ansibleTasks) placed(m *managed, call ansibleCall, names ...string) {
	m.located = true
	for _, name := range names {
		if v := call.args.hash[name]; v.kind == valueText {
			m.title = v.text
			m.set("path", v)
		}
	}
}

// title is what a task is about: the thing that it keeps, else its own name.
func (c *ansibleTasks) title(args, task managedValue) string {
	for _, key := range []string{"dest", "path", "name", "db", "database", "user", "repo", "src"} {
		if v := args.hash[key]; (v.kind == valueText || v.kind == valueSwitch) && v.text != "" && !v.secret {
			return v.text
		}
	}
	if name := c.scope.filled(task.hash["name"], 0); name.kind == valueText {
		return name.text
	}
	return path.Base(c.file)
}

// packages makes a resource of each package that a task installs.
func (c *ansibleTasks) packages(m *managed, call ansibleCall) bool {
	names := m.attr("name", "pkg", "package", "_raw_params", "deb")
	provider := "apt"
	if module := call.module; module == "yum" || module == "dnf" || module == "apk" || module == "homebrew" {
		provider = module
	}
	for _, item := range names.items() {
		for _, name := range strings.Split(item.text, ",") {
			if name, _, _ = strings.Cut(strings.TrimSpace(name), "="); name == "" || name == "*" {
				continue
			}
			one := &managed{kind: "package", title: name, file: m.file, line: m.line, outer: m.outer, maybe: m.maybe}
			if item.file != "" && item.file != m.file { // a list of the role's variables
				one.file, one.line = item.file, item.line
			}
			one.set("provider", textValue(provider, "", 0))
			c.run.found = append(c.run.found, one)
		}
	}
	return false
}

// fileOf is a file that a task writes, with its template where that is here.
func (c *ansibleTasks) fileOf(m *managed, call ansibleCall) bool {
	m.located = true
	where, src := call.args.hash["dest"], call.args.hash["src"]
	if strings.HasSuffix(where.text, "/") {
		where.text += unitFile(src.text)
	}
	m.title = where.text
	m.set("path", where)
	if v := call.args.hash["content"]; v.kind != valueUnknown || v.text != "" {
		m.set("content", v)
		return true
	}
	if src.kind != valueText || src.text == "" {
		return true
	}
	if p := c.source(src.text); p != "" {
		c.filledFrom(m, p)
	} else {
		m.set("content", textValueOpen(src))
	}
	return true
}

// objects are what a task gives a cluster: as they stand in it, or by a file or template.
func (c *ansibleTasks) objects(m *managed, call ansibleCall) bool {
	definition, template := call.args.hash["definition"], call.args.hash["template"]
	if definition.kind != valueUnknown || definition.text != "" {
		if definition.kind == valueHash || definition.kind == valueList {
			definition = definition.document(formYAML, m.file, m.line)
		}
		m.set("content", definition)
		return true
	}
	if p := c.source(cmp.Or(template.plain(), template.hash["path"].plain(), call.args.hash["src"].plain())); p != "" {
		c.filledFrom(m, p)
	}
	return true
}

// filledFrom gives a resource the text of a template.
func (c *ansibleTasks) filledFrom(m *managed, p string) {
	m.asks = map[string]bool{}
	v := managedValue{kind: valueText, template: []string{p}, file: m.file, line: m.line}
	v.fill = func(text string) (string, []int) {
		scope := c.scope.with()
		if scope.read != nil {
			scope.read = m.asks
			defer maps.Copy(c.scope.read, m.asks)
		}
		run := scope.run(p, 1)
		run.load = func(name string) (string, bool) {
			data, err := c.run.w.t.Read(path.Join(path.Dir(p), name))
			return string(data), err == nil
		}
		return run.template(text, true)
	}
	m.set("content", v)
}

// textValueOpen names a source that isn't here.
func textValueOpen(src managedValue) managedValue {
	src.template = []string{src.text}
	return src
}

// source finds the file of the operations code that a task names.
func (c *ansibleTasks) source(name string) string {
	if strings.Contains(name, "$") {
		return ""
	}
	if path.IsAbs(name) {
		return c.run.ownPlace(name)
	}
	var places []string
	for _, part := range []string{"templates", "files", "."} {
		if c.role != nil {
			places = append(places, path.Join(c.role.dir, part, name))
		}
		places = append(places, path.Join(path.Dir(c.file), part, name), path.Join(path.Dir(path.Dir(c.file)), part, name))
	}
	for _, p := range places {
		if c.run.w.t.Has(p) {
			return p
		}
	}
	return ""
}

// placeOnDisk is a directory, a link or an empty file.
func (c *ansibleTasks) placeOnDisk(m *managed, call ansibleCall) bool {
	c.placed(m, call, "path", "dest", "name")
	switch call.args.hash["state"].plain() {
	case "directory":
		m.set("ensure", textValue("directory", "", 0))
	case "link", "hard":
		m.kind = "file"
		m.set("ensure", textValue("link", "", 0))
	case "touch":
		m.kind = "file"
	default:
		m.kind = "permissions" // of what another task keeps
	}
	return true
}

// lines are parts of files: variables, where the file is one of variables.
func (c *ansibleTasks) lines(m *managed, call ansibleCall) bool {
	m.kind = call.module
	c.placed(m, call, "dest", "path", "name")
	for _, key := range []string{"line", "block"} {
		if v := call.args.hash[key]; v.kind == valueText && settingFile.MatchString(m.title) {
			m.kind = "file"
			m.set("content", v)
		}
	}
	return true
}

// deployed is where the code comes from and where it goes.
func (c *ansibleTasks) deployed(m *managed, call ansibleCall) bool {
	m.located = call.module == "get_url" || call.module == "unarchive"
	if v := call.args.hash["dest"]; v.kind == valueText {
		m.set("path", v)
	}
	if v := m.attr("url", "src"); v.kind == valueText && (m.kind != "download" || !m.ofSomething()) { // what a role downloads has names of its own
		m.set("source", v)
	}
	return true
}

// commandOf is a command line, with the variables that it is given as those of the service.
func (c *ansibleTasks) commandOf(m *managed, call ansibleCall) bool {
	args, task := call.args, call.task
	m.title = c.title(managedValue{}, task)
	run := args.hash["_raw_params"]
	switch {
	case call.module == "django_manage":
		run = joined([]managedValue{textValue("python manage.py ", "", 0), args.hash["command"]}, c.file, task.line)
		m.set("cwd", args.hash["app_path"])
	case call.module == "make":
		run = joined([]managedValue{textValue("make ", "", 0), args.hash["target"]}, c.file, task.line)
	case args.hash["cmd"].kind == valueText:
		run = args.hash["cmd"]
	case args.hash["command"].kind == valueText:
		run = args.hash["command"]
	}
	if strings.Contains(run.text, "<<") {
		run.text, _, _ = strings.Cut(run.text, "<<")
	}
	if program, _, _ := strings.Cut(strings.TrimSpace(run.text), " "); task.hash["name"].kind != valueText && program != "" {
		program, _, _ = strings.Cut(program, "=") // a variable that it is given may be a secret
		m.title = program + " ..."
	}
	m.set("command", run)
	if v := args.hash["chdir"]; v.kind == valueText {
		m.set("cwd", v)
	}
	env := c.scope.filled(task.hash["environment"], 0)
	if env.kind != valueHash || forPackages.MatchString(run.text) {
		return true
	}
	given := &managed{kind: "environment", title: m.title, file: m.file, line: m.line, outer: m.outer, inner: true}
	given.set("environment", env)
	c.run.found = append(c.run.found, given)
	return true
}

// compose is a compose file that stands in a task.
func (c *ansibleTasks) compose(m *managed, call ansibleCall) bool {
	services := call.args.hash["definition"].hash["services"]
	for _, name := range services.keys {
		one := &managed{kind: "docker_container", title: name, file: m.file, line: m.line, outer: m.outer}
		for _, key := range services.hash[name].keys {
			one.set(key, services.hash[name].hash[key])
		}
		c.run.found = append(c.run.found, one)
	}
	m.inner = len(services.keys) > 0
	return true
}

// foreign is a role that is kept elsewhere: what it is given may still say something.
func (run *ansibleRun) foreign(name string, params map[string]managedValue, owner *managed, scope *ansibleScope) {
	if owner == nil || name == "" || strings.Contains(name, "{") {
		return
	}
	if len(params) == 0 {
		run.found = append(run.found, &managed{kind: "role", title: name, file: owner.file, line: max(owner.line, 1), outer: owner, away: true})
		return
	}
	m := &managed{kind: "role " + name, title: name, file: owner.file, line: owner.line, outer: owner}
	for _, key := range slices.Sorted(maps.Keys(params)) {
		m.set(key, guard(key, scope.filled(params[key], 0)))
		if at := params[key]; at.line > 0 {
			m.file, m.line = at.file, at.line
		}
	}
	run.found = append(run.found, m)
}
