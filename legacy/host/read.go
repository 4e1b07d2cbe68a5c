package host

import (
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Reader is the name by which evidence calls what snapshots tell.
const Reader = "host"

// reading makes findings of snapshots.
type reading struct {
	hosts  []*Loaded
	groups map[*Loaded][]*program
	code   []*deployed
	report *scan.Report
}

// Read says what the snapshots tell of the services that run on these hosts: findings name their subjects, since a host
// does not know the repository. Several hosts with the same code are one service.
func Read(hosts []*Loaded) *scan.Report {
	r := &reading{hosts: hosts, groups: map[*Loaded][]*program{}, report: &scan.Report{Reader: Reader, Masked: true}}
	for _, l := range hosts {
		r.groups[l] = group(l)
	}
	r.code = code(hosts, r.groups)
	for _, d := range r.code {
		for _, p := range d.programs {
			r.process(d, p)
			r.needs(d, p)
		}
		r.state(d)
		r.packages(d)
	}
	for _, l := range hosts {
		r.cron(l)
		r.fronts(l)
		r.unseen(l)
	}
	r.once()
	return r.report
}

// once leaves out remarks that another host has made before: machines of one service have one configuration.
func (r *reading) once() {
	seen := map[[2]string]string{}
	r.report.Notes = slices.DeleteFunc(r.report.Notes, func(n scan.Note) bool {
		key := [2]string{n.Text, n.About}
		first, again := seen[key]
		if !again {
			seen[key] = n.File
		}
		return again && first != n.File
	})
}

// at is the place of a process's value in its snapshot.
func (p *program) at(field ...string) int {
	return p.host.Line(append([]string{"processes", itoa(p.processes[0])}, field...)...)
}

// find adds a finding about one process of deployed code.
func (r *reading) find(d *deployed, p *process, f scan.Finding, line int, rank scan.Rank, note string) {
	d.remember(f)
	f.About = d.about
	f.Process = p.name
	if p.name == "" {
		f.Name = d.serviceName(p)
	}
	r.report.Find(f, p.host.File, line, rank, note)
}

// serviceName is what the main process is called beside others.
func (d *deployed) serviceName(p *process) string {
	if len(p.ports()) > 0 || strings.Contains(strings.Join(p.listens(), " "), "unix ") || p.servesUnseen() {
		return "web"
	}
	return ""
}

// servesUnseen says whether a process serves by what it is, where its sockets were hidden from who looked.
func (p *process) servesUnseen() bool {
	return len(p.listens()) == 0 && len(p.main().Environment) == 0 && webLaunchers[p.program.name()]
}

// process says how one program runs.
func (r *reading) process(d *deployed, p *process) {
	main := p.main()
	if p.name == "" {
		r.language(d, p)
	}
	if slices.ContainsFunc(p.command, func(w string) bool {
		return strings.HasPrefix(w, "-") && strings.HasSuffix(w, masked) && !strings.Contains(w, "=")
	}) {
		r.note(d, p.host, p.at("command"), "*** stands for a secret in this command line: put a variable of gopass there")
	}
	if len(p.command) > 0 {
		line, why := p.at("command"), ""
		if titled(main) && p.unit != nil {
			line, why = p.host.Line("units", itoa(p.host.unitIndex(p.unit)), "text"), "what the unit starts: the running process has written over its command line"
		}
		r.find(d, p, scan.Finding{Service: service.Service{Command: p.command}}, line, scan.Declared, why)
	} else if interpreter(main.Program) != "php" {
		r.note(d, p.host, p.at("command"), "the process has written over its command line (%s), and no unit tells how it is started", main.Command[0])
	}
	r.port(d, p)
	r.environment(d, p)
	for _, log := range p.logs() {
		if !strings.HasPrefix(log, "/dev/") && !p.told(log) {
			r.note(d, p.host, p.at("logs"), "%s writes its log to %s: a container's log is its output, and no such directory is in the image; where its code opens that file, let it write to its output, or name the directory under state", d.called(p), log)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(main.Limits)) {
		if name == "open files" && number(main.Limits[name]) <= 65536 {
			continue // what a node gives anyway
		}
		r.note(d, p.host, p.at("limits", name), "%s has a limit of its own, %s %s: a pod has the node's", d.called(p), name, main.Limits[name])
	}
}

// told says whether the command line named a file that the command of the image leaves out.
func (p *process) told(file string) bool {
	names := func(words []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return w == file || strings.HasSuffix(w, "="+file) })
	}
	return len(p.command) > 0 && names(p.main().Command) && !names(p.command)
}

func (d *deployed) called(p *process) string {
	if p.name == "" {
		return d.name
	}
	return d.name + "'s " + p.name
}

func (r *reading) note(d *deployed, l *Loaded, line int, format string, args ...any) {
	if d == nil {
		r.report.Note(l.File, line, format, args...)
		return
	}
	r.report.NoteAbout(d.about, l.File, line, format, args...)
}

func (l *Loaded) unitIndex(u *Unit) int {
	for i := range l.Units {
		if &l.Units[i] == u {
			return i
		}
	}
	return 0
}

func (l *Loaded) runtimeIndex(t *Runtime) int {
	for i := range l.Runtimes {
		if &l.Runtimes[i] == t {
			return i
		}
	}
	return 0
}

// language says what the program runs in, and the version that the host has.
func (r *reading) language(d *deployed, p *process) {
	main := p.main()
	lang := interpreter(main.Program)
	if lang == "" && len(main.Command) > 0 {
		lang = interpreter(main.Command[0])
	}
	t := p.host.runtime(main.Program)
	if lang == "" && t != nil && t.Name == "go" {
		lang = "go"
	}
	if lang == "" {
		return
	}
	s := service.Service{Language: lang}
	if lang == "erlang" {
		if !strings.Contains(strings.Join(main.Command, " "), "elixir") {
			return
		}
		s.Language = "elixir"
	}
	line := p.at("program")
	if t != nil && t.Version != "" && t.Name == lang {
		s.Version = shortVersion(lang, t.Version)
		line = p.host.Line("runtimes", itoa(p.host.runtimeIndex(t)), "version")
	}
	r.find(d, p, scan.Finding{Service: s}, line, scan.Declared, "what the host runs")
}

// shortVersion is a version as people write it: 3.11 of Python 3.11.2, 18 of Node 18.19.0, 8 of Java 1.8.0.
func shortVersion(lang, version string) string {
	f := strings.Split(version, ".")
	switch {
	case lang == "java" && f[0] == "1" && len(f) > 1:
		return f[1]
	case lang == "node" || lang == "java" || len(f) == 1:
		return f[0]
	}
	return f[0] + "." + f[1]
}

// port is where the process serves: the port that a web server in front of it calls, else the one in its command, else the
// lowest.
func (r *reading) port(d *deployed, p *process) {
	ports := p.ports()
	if len(ports) == 0 {
		for i, s := range p.main().Listens {
			if strings.HasPrefix(s, "unix ") && p.name == "" {
				r.find(d, p, scan.Finding{Service: service.Service{Port: scan.ServePort}}, p.at("listens", itoa(i)), scan.Convention, "a Unix socket on the host; a pod serves on a port")
				return
			}
		}
		if p.servesUnseen() && p.name == "" {
			r.find(d, p, scan.Finding{Service: service.Service{Port: scan.ServePort}}, p.at("command"), scan.Convention, "a web server; where it listens could not be seen")
		}
		return
	}
	best := ports[0]
	for _, port := range ports {
		if r.called(p.host, port) || slices.ContainsFunc(p.main().Command, func(w string) bool { return w == strconv.Itoa(port) || strings.HasSuffix(w, ":"+strconv.Itoa(port)) }) {
			best = port
			break
		}
	}
	line := p.at("listens")
	for _, i := range p.processes {
		for n, s := range p.host.Processes[i].Listens {
			if portOf(s) == best && strings.HasPrefix(s, "tcp ") {
				line = p.host.Line("processes", itoa(i), "listens", itoa(n))
			}
		}
	}
	r.find(d, p, scan.Finding{Service: service.Service{Port: best}}, line, scan.Declared, "it listens there")
	r.onLoopback(d, p, best, line)
	for _, port := range ports {
		if port != best && port < 32768 {
			r.note(d, p.host, line, "%s also listens on %d", d.called(p), port)
		}
	}
}

// called says whether a web server on the host has a connection to the port, or its configuration names it.
func (r *reading) called(l *Loaded, port int) bool {
	for _, s := range l.sites() {
		for _, to := range s.targets() {
			if portOf(to) == port {
				return true
			}
		}
	}
	return false
}

// environment are the variables of the process itself, not those of the machine.
func (r *reading) environment(d *deployed, p *process) {
	main := p.main()
	var kept []string
	for _, name := range slices.Sorted(maps.Keys(main.Environment)) {
		value := main.Environment[name]
		if systemVariable(name) || !service.VariableName(name) {
			continue
		}
		line := p.at("environment", name)
		if value != nil {
			if r.leftOut(d, p.host, line, name, *value) {
				continue
			}
			open := p.opened(name, *value)
			if open != *value {
				r.note(d, p.host, line, "%s lets it listen on %s, where nothing outside of its container reaches it; %s is put there", name, *value, open)
			}
			r.find(d, p, scan.Finding{Service: service.Service{Env: map[string]string{name: relative(open, d.home)}}}, line, scan.Declared, "")
			continue
		}
		r.find(d, p, scan.Finding{Service: service.Service{Secrets: []string{name}}}, line, scan.Declared, "")
		if _, said := d.programs[0].main().Environment[name]; !scan.SecretName(name) && !secretName(name) && (p.name == "" || !said) {
			kept = append(kept, name)
		}
	}
	if len(kept) > 0 {
		r.note(d, p.host, p.at("environment", kept[0]), "the values of %s stayed on the host and may be secret; write under env those that are not", strings.Join(kept, ", "))
	}
	if len(main.Environment) == 0 && p.name == "" {
		r.note(d, p.host, p.at(), "the variables of %s could not be seen: run migrate inspect as root", d.called(p))
	}
}

// leftOut says, with one note, that a variable is a path of the host outside of the code.
func (r *reading) leftOut(d *deployed, l *Loaded, line int, name, value string) bool {
	if !machinePath.MatchString(value) || d.home == "" || strings.HasPrefix(value, d.home) {
		return false
	}
	if key := l.File + "\n" + name + "=" + value; !d.leftOut[key] {
		if d.leftOut == nil {
			d.leftOut = map[string]bool{}
		}
		d.leftOut[key] = true
		r.note(d, l, line, "%s is a path of the host (%s); left out", name, value)
	}
	return true
}

var machinePath = scan.MustCompile(`^/(home|root|tmp|usr|etc|run|proc|sys|dev)/`)

// state are the directories that the code writes to: what it holds open, what its variables and units name, what is
// mounted below it.
func (r *reading) state(d *deployed) {
	p := d.programs[0]
	say := func(p *process, dir string, line int, rank scan.Rank, why string) {
		if dir = path.Clean(dir); !path.IsAbs(dir) {
			return
		}
		if ofTheImage.MatchString(dir) {
			r.note(d, p.host, line, "%s writes into %s, which the image holds and where nothing can be written in a container", d.called(p), dir)
			return
		}
		if dir == d.home {
			r.note(d, p.host, line, "%s writes into the directory of its code, where nothing can be written in a container", d.called(p))
			return
		}
		if rel := relative(dir, d.home); rel != "" && !passing.MatchString(dir) {
			r.find(d, p, scan.Finding{Service: service.Service{State: []string{rel}}}, line, rank, why)
		}
	}
	for _, p := range d.programs {
		for _, i := range p.processes {
			for n, dir := range p.host.Processes[i].Writes {
				say(p, dir, p.host.Line("processes", itoa(i), "writes", itoa(n)), scan.Declared, "a file there is open for writing")
			}
		}
		for _, name := range slices.Sorted(maps.Keys(p.main().Environment)) {
			if value := p.main().Environment[name]; value != nil && stateName.MatchString(name) && path.IsAbs(*value) {
				say(p, path.Clean(*value), p.at("environment", name), scan.Convention, "by the variable's name")
			}
		}
		for _, key := range []string{"StateDirectory", "ReadWritePaths", "ReadWriteDirectories"} {
			for _, dir := range strings.Fields(p.unit.setting(key)) {
				if dir = strings.TrimLeft(dir, "-+"); key == "StateDirectory" {
					dir = path.Join("/var/lib", dir)
				}
				say(p, dir, p.host.Line("units", itoa(p.host.unitIndex(p.unit)), "text"), scan.Declared, key+" of its unit")
			}
		}
	}
	for i, m := range p.host.Mounts {
		if d.home != "" && strings.HasPrefix(m.Path, d.home+"/") {
			say(p, m.Path, p.host.Line("mounts", itoa(i)), scan.Declared, "a file system of its own is mounted there ("+m.Type+")")
		}
	}
}

var (
	passing    = scan.MustCompile(`^/(tmp|var/tmp|run|var/run|var/log|dev|proc|var/cache)(/|$)|/(__pycache__|\.cache|tmp|logs?|pids)(/|$)`)
	ofTheImage = scan.MustCompile(`^/((etc|usr|s?bin|lib(64)?|boot)(/.*)?|root|home|srv|opt|var(/(lib|spool))?)?$`)
	stateName  = scan.MustCompile(`(?i)(^|_)(UPLOADS?|MEDIA|DATA|STORAGE|FILES|STATE|ATTACHMENTS?|DOCUMENTS?|SPOOL)_?(DIR|DIRECTORY|PATH|ROOT|FOLDER|LOCATION)?$`)
)

// unseen repeats what the snapshot could not hold, since what is missing there is missing here.
func (r *reading) unseen(l *Loaded) {
	for i, u := range l.Unseen {
		if strings.HasPrefix(u.What, "/") {
			continue
		}
		r.report.Note(l.File, l.Line("unseen", itoa(i)), "not seen on %s: %s: %s", or(l.Machine.Name, "the host"), u.What, u.Reason)
	}
	for i, s := range l.Sockets {
		if strings.HasPrefix(s.Listens, "tcp 127.0.0.11:") && l.Machine.Container != "" {
			continue // Docker's own server of names
		}
		r.report.Note(l.File, l.Line("sockets", itoa(i)), "something of %s listens on %s; which process could not be seen", s.User, strings.TrimPrefix(s.Listens, "tcp "))
	}
}
