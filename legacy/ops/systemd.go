package ops

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Systemd reads units: services with their drop-ins, and the timers that start them.
func Systemd() scan.Reader {
	return scan.Reader{
		Name:  "systemd",
		Wants: func(p string) bool { return unitKind(p) != "" && !developersFile.MatchString(p) },
		Ops:   true,
		Aside: true, // units to copy lie among the documents
		Read:  readUnits,
	}
}

// amongDocuments are the places where a repository shows the units that people copy to their machines.
var amongDocuments = scan.MustCompile(`(?i)^(?:docs?|documentation|examples?|samples?|contrib)/`)

// unitKind is service, timer or socket for the file of a unit, of one of its drop-ins, or of a template for them.
func unitKind(p string) string {
	base := unitFile(p)
	if dir := path.Base(path.Dir(p)); strings.HasSuffix(dir, ".d") && strings.HasSuffix(base, ".conf") {
		base = strings.TrimSuffix(dir, ".d")
	}
	for _, kind := range []string{"service", "timer", "socket"} {
		if strings.HasSuffix(base, "."+kind) {
			return kind
		}
	}
	return ""
}

// unitFile is the name of the unit's file without the ending of a template.
func unitFile(p string) string {
	base := path.Base(p)
	if !slices.Contains(templateEndings, path.Ext(base)) { // as nearly all paths of a tree
		return base
	}
	for _, ending := range templateEndings {
		base = strings.TrimSuffix(base, ending)
	}
	return base
}

var templateEndings = []string{".erb", ".epp", ".j2", ".jinja", ".jinja2", ".in", ".tmpl", ".tpl", ".template", ".dist", ".example", ".sample", ".ugly"}

// developersFile are files by which developers run the service, or its tests.
var developersFile = scan.MustCompile(`(?i)(^|/)(\.ddev|\.devcontainer|\.docksal|\.lando|\.?vagrant|devel)/|[-_.](dev|devel|development|local|test|testing)\.(conf|ini|service|cron)$`)

// unit is one unit with its drop-ins.
type unit struct {
	name    string // shop of shop.service and shop@.service
	kind    string
	file    string
	entries []unitEntry
}

type unitEntry struct {
	iniEntry
	file string
}

// all gives the values of a key; an empty one takes back those before it.
func (u *unit) all(section, key string) []unitEntry {
	var found []unitEntry
	for _, e := range u.entries {
		if e.section != section || e.key != key {
			continue
		}
		if e.value == "" {
			found = nil
			continue
		}
		found = append(found, e)
	}
	return found
}

// last is the value that counts of a key that is given once.
func (u *unit) last(section, key string) unitEntry {
	if all := u.all(section, key); len(all) > 0 {
		return all[len(all)-1]
	}
	return unitEntry{}
}

// filledLater says of a text of operations code that it is a template: what fills it says what it means.
func filledLater(t *scan.Tree, file, text string) bool {
	return t.MountOf(file) != "" && (strings.Contains(text, "{{") || strings.Contains(text, "<%"))
}

// readUnits puts the files of each unit together, then reads the services, each with the timer and the socket of its name.
func readUnits(t *scan.Tree, paths []string, r *scan.Report) {
	units := map[string]*unit{}
	var order []string
	for _, dropIn := range []bool{false, true} { // a drop-in adds to its unit, whatever their order
		for _, p := range paths {
			if strings.HasSuffix(path.Dir(p), ".d") != dropIn || t.Aside(p) && !amongDocuments.MatchString(p) {
				continue
			}
			key, u := readUnit(t, p, r)
			if u == nil {
				continue
			}
			if known := units[key]; known != nil {
				known.entries = append(known.entries, u.entries...)
				continue
			}
			units[key] = u
			order = append(order, key)
		}
	}
	var daemons []*daemon
	variants := shownAgain(t, units)
	ofSystems(units)
	for _, key := range order {
		u := units[key]
		base := strings.TrimSuffix(key, ".service")
		if u.kind != "service" || variants && t.Aside(u.file) && units[base+".timer"] == nil {
			continue
		}
		if d := u.daemon(t, r, units[base+".timer"], units[base+".socket"]); d != nil {
			daemons = append(daemons, d)
		}
	}
	placeDaemons(t, r, daemons)
}

// shownAgain says whether the documents show several units that stay: each is one way to run the service.
func shownAgain(t *scan.Tree, units map[string]*unit) bool {
	shown := 0
	for key, u := range units {
		if u.kind == "service" && t.Aside(u.file) && units[strings.TrimSuffix(key, ".service")+".timer"] == nil {
			shown++
		}
	}
	return shown > 1
}

// systemWords are the parts of a unit's name that say for which system it is.
var systemWords = scan.MustCompile(`(?i)(?:^|[-_.])(?:systemd|service|rhel\d*|el[6-9]|redhat|centos\d*|fedora|debian|ubuntu|suse|opensuse)(?:[-_.]|$)`)

// ofSystems gives one name to the units of a service that differ by the system which they are for: shop-rhel and shop-debian.
func ofSystems(units map[string]*unit) {
	same := map[string][]*unit{}
	for _, u := range units {
		name := u.name
		for last := ""; name != last; {
			last, name = name, strings.Trim(systemWords.ReplaceAllString(name, "-"), "-_.")
		}
		if name != "" && u.kind == "service" {
			same[name] = append(same[name], u)
		}
	}
	for name, all := range same {
		command := all[0].last("Service", "ExecStart").value
		if len(all) > 1 && !slices.ContainsFunc(all, func(u *unit) bool { return u.last("Service", "ExecStart").value != command }) {
			for _, u := range all {
				u.name = name
			}
		}
	}
}

// readUnit reads one file. The key is the path of the unit that it belongs to.
func readUnit(t *scan.Tree, p string, r *scan.Report) (key string, u *unit) {
	text := t.Text(p, r)
	if !strings.Contains(text, "[Unit]") && !strings.Contains(text, "[Service]") && !strings.Contains(text, "[Timer]") && !strings.Contains(text, "[Socket]") {
		return "", nil // runit calls shell scripts so, and Kubernetes its manifests
	}
	file := unitFile(p)
	dir := path.Dir(p)
	if strings.HasSuffix(dir, ".d") {
		file, dir = strings.TrimSuffix(path.Base(dir), ".d"), path.Dir(dir)
	}
	u = &unit{kind: unitKind(p), file: p}
	u.name = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(file, "."+u.kind), "@"), "-systemd")
	if kindOnly.MatchString(u.name) { // systemd.service, whatever it becomes where it is installed
		u.name = ""
	}
	for _, e := range parseINI(text, iniStyle{backslash: true}) {
		u.entries = append(u.entries, unitEntry{e, p})
	}
	return path.Join(dir, file), u
}

// kindOnly are names of units that say what they are, and not of what.
var kindOnly = scan.MustCompile(`(?i)^(systemd|service|unit|template|example|sample)$`)

// callsInit is the start of an init script in a unit that stands for it.
var callsInit = scan.MustCompile(`(?:/(?:init|rc)\.d/\S+|\.init(?:d|\.sh)?)["']?\s+start\s*$`)

// daemon is what the unit starts, nil with a note where that can't be told.
func (u *unit) daemon(t *scan.Tree, r *scan.Report, timer, socket *unit) *daemon {
	starts := u.all("Service", "ExecStart")
	if len(starts) == 0 {
		r.NoteAbout(namedBy(t, u.file, u.name), u.file, 1, "a unit without ExecStart: nothing is started here")
		return nil
	}
	start := starts[len(starts)-1]
	if callsInit.MatchString(start.value) {
		r.NoteAbout(namedBy(t, u.file, u.name), start.file, start.line, "a unit around an init script, which starts the program in the background: what that starts counts, where it is here: %s", start.value)
		return nil
	}
	d := newDaemon(t, r, u.name, start.file, start.line)
	if t.Aside(u.file) {
		d.rank = scan.Convention
	}
	d.dir = u.last("Service", "WorkingDirectory").value
	d.user = u.last("Service", "User").value
	d.script.forks = u.last("Service", "Type").value == "forking"
	u.environment(d)
	switch {
	case d.start(unitCommand(start.value, u.name)):
	case filledLater(t, start.file, start.value):
		return nil
	default:
		r.NoteAbout(d.about(), start.file, start.line, "the command of this unit is not understood: %s", start.value)
		return nil
	}
	for _, e := range append(u.all("Service", "ExecStartPre"), starts[:len(starts)-1]...) {
		d.before(unitCommand(e.value, u.name), e.file, e.line)
	}
	u.directories(d)
	u.remarks(d, timer != nil || u.last("Service", "Type").value == "oneshot")
	if timer != nil {
		d.timed(timer)
	} else if e := u.last("Service", "Type"); e.value == "oneshot" {
		r.NoteAbout(d.about(), e.file, e.line, "%s runs once at the start of the machine, not as a service: left out. Make it a release step or a schedule in %s if the service needs it", u.name, service.FileName)
		return nil
	}
	if socket != nil {
		for _, e := range socket.all("Socket", "ListenStream") {
			d.listens(e.value, e.file, e.line)
		}
	}
	return d
}

// bareBrackets writes what is no shell for one: brackets outside of quotes are letters as any other to systemd.
func bareBrackets(value string) string {
	if fillsIn.MatchString(value) || strings.Contains(value, "$(") {
		return value
	}
	var b strings.Builder
	quote := rune(0)
	for i, c := range value {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case (c == '(' || c == ')') && (i == 0 || value[i-1] != '\\'):
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// installDirs fills in the directories that configure and CMake put into a unit or a script where they install it.
var installDirs = strings.NewReplacer("@bindir@", "/usr/bin", "@sbindir@", "/usr/sbin", "@libexecdir@", "/usr/libexec", "@sysconfdir@", "/etc", "@localstatedir@", "/var", "@exec_prefix@", "/usr", "@prefix@", "/usr",
	"@CMAKE_INSTALL_PREFIX@", "/usr", "${CMAKE_INSTALL_PREFIX}", "/usr", "@CMAKE_INSTALL_FULL_BINDIR@", "/usr/bin", "@CMAKE_INSTALL_FULL_SBINDIR@", "/usr/sbin", "@CMAKE_INSTALL_FULL_SYSCONFDIR@", "/etc")

// unitCommand is the command line of Exec...= without its prefixes and specifiers, as a shell would take it.
func unitCommand(value, name string) string {
	value = bareBrackets(strings.TrimLeft(installDirs.Replace(value), "-@:+! "))
	return strings.NewReplacer("%%", "%", "%n", name+".service", "%N", name, "%p", name, "%i", "1", "%I", "1", "%t", "/run", "%S", "/var/lib", "%L", "/var/log").Replace(value)
}

// environment collects Environment= and the variables of the files that EnvironmentFile= names, as far as they lie here.
func (u *unit) environment(d *daemon) {
	for _, e := range u.all("Service", "EnvironmentFile") {
		if d.script.source(strings.TrimPrefix(e.value, "-")); d.script.inRepository(strings.TrimPrefix(e.value, "-")) == "" {
			d.r.NoteAbout(d.about(), e.file, e.line, "the variables of %s are not here; look there for what the service is told", strings.TrimPrefix(e.value, "-"))
			d.r.Notes[len(d.r.Notes)-1].Missing = strings.TrimPrefix(e.value, "-")
		}
	}
	for name := range d.script.vars {
		d.script.exported[name] = true
	}
	for _, e := range u.all("Service", "Environment") {
		for _, word := range assignments(e.value) {
			if name, value, ok := strings.Cut(word, "="); ok && service.VariableName(name) {
				d.script.exported[name] = true
				d.script.set(name, value, scan.Evidence{File: e.file, Line: e.line})
			}
		}
	}
}

// assignments parts the words of Environment=, which may be quoted: A=b "C=d e".
func assignments(value string) []string {
	argv, _ := command("env -- " + strings.ReplaceAll(value, "$", `\$`))
	if isShell(argv) || len(argv) < 2 {
		return strings.Fields(value)
	}
	return argv[2:]
}

// directories are the places in which the unit keeps data.
func (u *unit) directories(d *daemon) {
	for _, e := range u.all("Service", "StateDirectory") {
		for _, dir := range strings.Fields(e.value) {
			name, _, _ := strings.Cut(dir, ":")
			d.keeps("/var/lib/"+name, e.file, e.line)
		}
	}
	for _, key := range []string{"ReadWritePaths", "ReadWriteDirectories"} {
		for _, e := range u.all("Service", key) {
			for _, dir := range strings.Fields(e.value) {
				d.keeps(strings.TrimLeft(dir, "-+"), e.file, e.line)
			}
		}
	}
}

// unitRemarks say what becomes of settings that have a counterpart elsewhere.
var unitRemarks = map[string]string{
	"LimitNOFILE":  "the limit of open files (%s) is the container runtime's in Kubernetes; check it with ulimit -n in a pod",
	"LimitMEMLOCK": "locked memory (%s) needs a capability in Kubernetes",
	"MemoryMax":    "memory is limited to %s here; set that as limit of the pod",
	"MemoryLimit":  "memory is limited to %s here; set that as limit of the pod",
	"CPUQuota":     "CPU is limited to %s here; set that as limit of the pod",
	"ExecStop":     "the unit is stopped by %s; a pod gets SIGTERM",
	"KillSignal":   "the unit is stopped with %s; a pod gets SIGTERM",
}

func (u *unit) remarks(d *daemon, ends bool) {
	for _, e := range u.entries {
		text := unitRemarks[e.key]
		if e.section != "Service" || text == "" || e.key == "KillSignal" && (e.value == "SIGTERM" || e.value == "15") {
			continue
		}
		d.r.NoteAbout(d.about(), e.file, e.line, text, e.value)
	}
	for _, e := range u.entries {
		say := func(group string, job service.Job, key string, line int) {
			d.r.NoteJob(d.about(), e.file, line, job, group, settingOf(e.file, job, key))
		}
		if ends {
			say = endsItself(say)
		}
		unitRest([]iniEntry{e.iniEntry}, say)
	}
}
