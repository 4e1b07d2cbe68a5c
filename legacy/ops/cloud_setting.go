package ops

import (
	"fmt"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// containers are those of a task, at the end of a way of keys; the first one is the service.
func (c *cloud) containers(l *written, way []string) {
	for _, key := range way[:len(way)-1] {
		l = prop(l, key)
	}
	list := all(l, way[len(way)-1])
	if held := prop(l, way[len(way)-1]); held != nil && held.file != "" {
		at := *c
		at.file = held.file
		c = &at
	}
	if len(list) == 1 && list[0].kind != '{' {
		open := strings.IndexByte(list[0].text, '[')
		if open < 0 {
			c.note(list[0].line, "the containers of this task stand elsewhere: %s", list[0].text)
			return
		}
		from := list[0].line - 1
		list = readWritten(list[0].text, open).list()
		for _, container := range list {
			container.moved(from, 0)
		}
	}
	for i, container := range list {
		if name := known(prop(container, "name")); i > 0 {
			if !c.besideProcess(name, list[0], container) {
				c.note(container.line, "a container %s beside the service's", name)
			}
			continue
		}
		c.container(container)
	}
}

// besideProcess takes a container that runs the image of the service with a command of its own for another process of it. One
// that the task can do without is only taken where it is a step of the release, which comes to an end.
func (c *cloud) besideProcess(name string, first, l *written) bool {
	image, argv := textOf(prop(l, "image")), containerCommand(l)
	if image == "" || image != textOf(prop(first, "image")) || len(argv) == 0 || name == "" {
		return false
	}
	release := releaseStep.MatchString(shown(argv))
	if !release && known(prop(l, "essential")) == "false" {
		return false
	}
	f := c.finding()
	f.Process, f.Service.Command, f.Service.Release = name, argv, release
	c.find(f, "command of "+name, l.line, scan.Declared)
	return true
}

// containerCommand is what a container runs, nil where that is not all known.
func containerCommand(l *written) []string {
	var argv []string
	for _, key := range []string{"entrypoint", "command", "args"} {
		argv = append(argv, prop(l, key).words()...)
		if list := prop(l, key); list != nil && (list.kind != '[' || len(list.words()) < len(list.items)) {
			return nil
		}
	}
	if len(argv) == 0 || argv[0] == "" || strings.Contains(strings.Join(argv, " "), "${") {
		return nil
	}
	return argv
}

// container is what one container runs, listens on and is told.
func (c *cloud) container(l *written) {
	f := c.finding()
	if argv := containerCommand(l); argv != nil {
		f.Service.Command = argv
		c.find(f, "command", l.line, scan.Declared)
	}
	for _, key := range []string{"portmappings", "ports", "port"} {
		for _, mapping := range all(l, key) {
			if port := portText(known(prop(mapping, "containerport"))); port > 0 {
				f.Service = service.Service{Port: port}
				c.find(f, "container port", prop(mapping, "containerport").line, scan.Declared)
				break
			}
		}
	}
	for _, key := range []string{"environment", "env"} {
		for _, e := range all(l, key) {
			if value := prop(e, "value"); value != nil {
				c.setting(known(prop(e, "name")), value, nameLine(e))
			} else if name := known(prop(e, "name")); service.VariableName(name) {
				c.secret(name, nameLine(e))
			}
		}
	}
	for _, e := range all(l, "secrets") {
		if name := known(prop(e, "name")); service.VariableName(name) {
			c.secret(name, nameLine(e))
		}
	}
}

// nameLine is the line on which an entry of a list says its name.
func nameLine(e *written) int {
	if name := prop(e, "name"); name != nil && name.line > 0 {
		return name.line
	}
	return e.line
}

// settings are the variables that a platform gives the service, an object of names and values. It says whether there is one.
func (c *cloud) settings(l *written) bool {
	if l == nil || l.kind != '{' {
		return false
	}
	if l.file != "" {
		at := *c
		at.file = l.file
		c = &at
	}
	if inner := prop(l, "variables"); inner != nil && inner.kind == '{' {
		l = inner
	}
	for _, f := range l.fields {
		c.setting(f.key, f.value, f.line)
	}
	return true
}

// setting is one variable. Of one whose value comes to be when the cloud's resources do, only the name is known.
func (c *cloud) setting(name string, l *written, line int) {
	if !service.VariableName(name) || imageOwn.MatchString(name) || l == nil || l.kind == '{' || l.kind == '[' {
		return
	}
	value, key := known(l), strings.Join(c.about, ",")+" "+name
	switch {
	case l.secret || scan.SecretName(name):
		c.secret(name, line)
	case c.environment != "" && value == "":
	case c.environment != "" && c.made.settings[key] == value: // production's, which counts everywhere
		c.came(l, line, func(at scan.Evidence) { claimSetting(c.r, c.finding(), name, value, at) })
	case value != "" || l.kind == '"' && l.text == "":
		f := c.finding()
		f.Environment = c.environment
		if c.environment == "" {
			c.made.settings[key] = value
		}
		note := ""
		if c.with != "" {
			note = "with " + c.with
		}
		claimSetting(c.r, f, name, value, scan.Evidence{File: c.file, Line: line, Rank: scan.Declared, Note: note})
		c.came(l, line, func(at scan.Evidence) { claimSetting(c.r, f, name, value, at) })
		if noValue.MatchString(value) || developmentValue(name, value) {
			c.r.NoteAside(f.About, c.file, line, "variables whose values mean none, or hold on developers' machines only", name)
		}
	default:
		c.made.points = append(c.made.points, cloudPoint{name, l.text, c.file, line})
	}
}

// came says a claim again for each line of another file that its value comes from.
func (c *cloud) came(l *written, line int, claim func(at scan.Evidence)) {
	for _, at := range l.given {
		claim(scan.Evidence{File: at.file, Line: max(at.line, 1), Rank: scan.Declared, Note: fmt.Sprintf("goes into %s:%d", c.file, line)})
		c.given[at] = true
	}
}

// instanceCounts are what clouds call the number of instances that run.
var instanceCounts = []string{"desiredcount", "capacity", "instances", "instancecount", "numinstances", "replicas", "quantity", "minreplicas", "mininstancecount", "mincount"}

// replicas takes over how many instances of what is said here run, where l is about the service itself.
func (c *cloud) replicas(l *written, process string) {
	for _, key := range instanceCounts {
		count := prop(l, key)
		if count == nil {
			continue
		}
		f := c.finding()
		f.Environment, f.Process = c.environment, process
		text := known(count)
		if !claimReplicas(c.r, f, text, c.file, count.line, key) {
			continue
		}
		c.came(count, count.line, func(at scan.Evidence) { claimReplicas(c.r, f, text, at.File, at.Line, at.Note) })
		return
	}
}

func (c *cloud) secret(name string, line int) {
	f := c.finding()
	f.Service.Secrets = []string{name}
	c.find(f, "secret "+name, line, scan.Declared)
}

// cloudAddress are the ends of references to where a resource answers.
var cloudAddress = scan.MustCompile(`(?i)\.[\w.\[\]-]*?(hostname|host_name|host|address|fqdn|endpoint|domain_name|port|hosts)$`)

func textOf(l *written) string {
	if l == nil {
		return ""
	}
	return l.text
}

// handedOut says of secrets that are put where others read them by which need the service has them, too.
func (c *cloud) handedOut() {
	for _, p := range c.made.stored {
		words := strings.SplitN(p.reference, ".", 3)
		if f, ok := c.made.needs[strings.Join(words[:min(len(words), 2)], ".")]; ok && len(words) == 3 {
			c.r.Find(f, p.file, p.line, scan.Convention, "how it is reached is kept as "+p.name)
			continue
		}
		c.r.NoteItem(c.finding().About, p.file, p.line, "secrets that are put where others read them: who does finds them in gopass from now on", p.name)
	}
}

// pointed says of the settings that take their values from resources to which need they point the service.
func (c *cloud) pointed() {
	for _, p := range c.made.points {
		at := *c
		at.file = p.file
		words := strings.SplitN(p.reference, ".", 3)
		f, ok := scan.Finding{}, false
		if len(words) == 3 {
			f, ok = c.made.needs[words[0]+"."+strings.SplitN(words[1], "[", 2)[0]]
		}
		end := cloudAddress.FindStringSubmatch(p.reference)
		if ok && end == nil && at.madeFor(f, p) {
			continue
		}
		if !ok || end == nil {
			c.r.NoteItem(nil, p.file, p.line, "what the cloud's resources give these variables is not known here; say their values in services.NAME.env", p.name)
			continue
		}
		template := "{host}"
		if end[1] == "port" {
			template = "{port}"
		} else if end[1] == "endpoint" && words[0] == "aws_db_instance" {
			template = "{host}:{port}"
		}
		need := *f.Need
		need.Env = map[string]string{p.name: template}
		f.Need = &need
		at.find(f, "points "+p.name, p.line, scan.Declared)
	}
}

// cloudAccount are the ends of references to what a database is called, and its account.
var cloudAccount = scan.MustCompile(`(?i)[._](database|database_name|db_name|dbname|user|user_name|username|administrator_login)$`)

// madeFor gives a variable the name of the database or of the account that its need has.
func (c *cloud) madeFor(f scan.Finding, p cloudPoint) bool {
	end := cloudAccount.FindStringSubmatch(p.reference)
	if end == nil || f.Need == nil {
		return false
	}
	value := f.Need.Database
	if strings.Contains(strings.ToLower(end[1]), "user") || strings.Contains(end[1], "login") {
		value = f.Need.User
	}
	if value == "" {
		return false
	}
	own := c.finding()
	own.Service.Env = map[string]string{p.name: value}
	c.find(own, "env "+p.name, p.line, scan.Declared)
	return true
}
