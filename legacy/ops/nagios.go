package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Nagios reads the objects of Nagios and Icinga 1 with their templates, and the commands of NRPE: every service that is
// checked becomes a check of the model, with what takes its place.
func Nagios() scan.Reader {
	return scan.Reader{
		Name: "nagios",
		Wants: func(p string) bool {
			base := unitFile(p)
			return strings.HasSuffix(base, ".cfg") && base != "setup.cfg" && base != "tox.cfg"
		},
		Ops: true,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			n := newNagios(t, r)
			for _, p := range paths {
				n.collect(p, t.Text(p, r))
			}
			n.report()
		},
	}
}

// nagios is what the files of one tree hold together: their order says nothing.
type nagios struct {
	t              *scan.Tree
	r              *scan.Report
	services       []nagiosObject
	commands       map[string]nagiosObject
	templates      map[string]nagiosObject // kind and name
	hosts          map[string]nagiosObject
	nrpe           map[string]nrpeCommand
	order          []string // of the NRPE commands
	used           map[string]bool
	icingaCommands map[string]icingaCommand // those of the team's own, by name
}

func newNagios(t *scan.Tree, r *scan.Report) *nagios {
	return &nagios{t: t, r: r, commands: map[string]nagiosObject{}, templates: map[string]nagiosObject{}, hosts: map[string]nagiosObject{}, nrpe: map[string]nrpeCommand{}, used: map[string]bool{}}
}

// nagiosObject is one define block.
type nagiosObject struct {
	kind, file string
	line       int // of the define
	keys       map[string]nagiosValue
}

type nagiosValue struct {
	text string
	line int
}

func (o nagiosObject) get(key string) string { return o.keys[key].text }

// nrpeCommand is command[name]=line of nrpe.cfg.
type nrpeCommand struct {
	line string
	file string
	at   int
}

var (
	nagiosDefine = scan.MustCompile(`^\s*define\s+(\w+)\s*\{?\s*(.*)$`)
	nrpeLine     = scan.MustCompile(`^\s*command\[([^\]]+)\]\s*=\s*(.+)$`)
)

// collect reads one file. Those of other programs that end in .cfg define nothing.
func (n *nagios) collect(p, text string) {
	if !strings.Contains(text, "define") && !strings.Contains(text, "command[") {
		return
	}
	var open *nagiosObject
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		if m := nrpeLine.FindStringSubmatch(line); m != nil && open == nil {
			n.nrpe[m[1]] = nrpeCommand{m[2], p, i + 1}
			n.order = append(n.order, m[1])
			continue
		}
		if m := nagiosDefine.FindStringSubmatch(line); m != nil && open == nil {
			open = &nagiosObject{kind: m[1], file: p, line: i + 1, keys: map[string]nagiosValue{}}
			line = m[2]
		}
		if open == nil {
			continue
		}
		closed := line == "}" || strings.HasSuffix(line, " }") || strings.HasSuffix(line, ";}")
		line = strings.TrimSpace(strings.TrimSuffix(line, "}"))
		if key, value, ok := cutBlank(strings.TrimPrefix(line, "{")); ok {
			open.keys[key] = nagiosValue{withoutNagiosComment(value), i + 1}
		}
		if closed {
			n.keep(*open)
			open = nil
		}
	}
	if open != nil {
		n.r.Note(p, open.line, "a definition of a %s that does not end, left out", open.kind)
	}
}

func cutBlank(line string) (key, value string, ok bool) {
	i := strings.IndexAny(line, " \t")
	if i <= 0 {
		return "", "", false
	}
	return line[:i], strings.TrimSpace(line[i:]), true
}

// withoutNagiosComment takes off what stands behind ; unless it is escaped.
func withoutNagiosComment(value string) string {
	for i := range value {
		if value[i] == ';' && (i == 0 || value[i-1] != '\\') {
			value = value[:i]
			break
		}
	}
	return strings.TrimSpace(strings.ReplaceAll(value, `\;`, ";"))
}

func (n *nagios) keep(o nagiosObject) {
	if name := o.get("name"); name != "" {
		n.templates[o.kind+" "+name] = o
	}
	switch o.kind {
	case "command":
		n.commands[o.get("command_name")] = o
	case "host":
		n.hosts[o.get("host_name")] = o
		if o.get("register") != "0" {
			n.services = append(n.services, o)
		}
	case "service":
		if o.get("register") != "0" {
			n.services = append(n.services, o)
		}
	}
}

// inherited gives the object with what it takes over from its templates, the first named first, own keys before all.
func (n *nagios) inherited(o nagiosObject, depth int) nagiosObject {
	full := nagiosObject{kind: o.kind, file: o.file, line: o.line, keys: map[string]nagiosValue{}}
	for key, value := range o.keys {
		full.keys[key] = value
	}
	if depth > 20 { // templates that use each other
		return full
	}
	for _, name := range strings.Split(o.get("use"), ",") {
		parent, known := n.templates[o.kind+" "+strings.TrimSpace(name)]
		if !known {
			continue
		}
		for key, value := range n.inherited(parent, depth+1).keys {
			if _, have := full.keys[key]; !have && key != "name" && key != "register" {
				full.keys[key] = nagiosValue{value.text, o.line}
			}
		}
	}
	for key, value := range full.keys { // + adds to what is inherited, null takes it away
		if value.text == "null" {
			delete(full.keys, key)
		} else if strings.HasPrefix(value.text, "+") {
			full.keys[key] = nagiosValue{strings.TrimPrefix(value.text, "+"), value.line}
		}
	}
	return full
}

// report makes a check of every service, and of every command of NRPE that none of them calls.
func (n *nagios) report() {
	for _, o := range n.services {
		if o = n.inherited(o, 0); o.kind == "service" || o.get("check_command") != "" {
			n.service(o)
		}
	}
	for _, name := range n.order {
		if c := n.nrpe[name]; !n.used[name] {
			n.find(name, "nrpe "+name, nil, c.file, c.at, newPlugin(splitWords(c.line)).converted())
		}
	}
}

func (n *nagios) service(o nagiosObject) {
	name := o.get("service_description")
	if o.kind == "host" {
		name = "host " + o.get("host_name")
	}
	about := []string{name, o.get("display_name")}
	for _, key := range []string{"host_name", "hostgroup_name", "servicegroups", "hostgroups"} {
		for _, host := range strings.Split(o.get(key), ",") {
			about = append(about, hostNames(strings.TrimSpace(host))...)
		}
	}
	command, at := o.get("check_command"), o.keys["check_command"].line
	if at == 0 {
		at = o.line
	}
	was := `nagios "` + name + `"`
	if command == "" {
		n.find(name, was, about, o.file, at, service.Check{None: "no command: its results were sent in from outside"})
		return
	}
	line, why := n.commandLine(command, o, 0)
	if why != "" {
		n.find(name, was, about, o.file, at, service.Check{None: why})
		return
	}
	words := splitWords(line)
	p := newPlugin(words)
	if vhost := p.address(); vhost != "" {
		about = append(about, hostNames(vhost)...)
	}
	check := p.converted()
	if o.kind == "host" && check.None != "" { // the same of every machine: one line in the table
		name = "machines answer"
		was = `nagios "` + name + `"`
	}
	n.find(name, was, about, o.file, at, check)
}

// find adds a check. In the repository itself it belongs to the code beside it; elsewhere to what it is named after.
func (n *nagios) find(name, was string, about []string, file string, line int, check service.Check) {
	check.Was = was
	f := scan.Finding{Name: name, Check: &check}
	if n.t.MountOf(file) != "" {
		f.About = append(about, path.Base(path.Dir(file)), path.Base(unitFile(file)))
	} else {
		f.Dir = codeDir(n.t, file, name)
	}
	n.r.Find(f, file, line, scan.Declared, "")
}

// hostNames are the words by which a host's name may speak of a service: shop-1.example.com says shop-1.example.com,
// shop-1 and example.
func hostNames(host string) []string {
	if host == "" || host == "*" {
		return nil
	}
	names := []string{host}
	labels := strings.Split(host, ".")
	if len(labels) > 1 {
		names = append(names, labels[:len(labels)-1]...)
	}
	return names
}
