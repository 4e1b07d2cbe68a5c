package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// UWSGI reads uWSGI's configuration, in its INI, YAML and XML forms: what it serves, where it listens, and the processes
// that it runs beside.
func UWSGI() scan.Reader {
	return scan.Reader{
		Name:  "uwsgi",
		Wants: wantsUWSGI,
		Ops:   true,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			var daemons []*daemon
			served := map[string]bool{} // what another file says already, that of production first
			for _, p := range productionFirst(paths) {
				daemons = append(daemons, readUWSGI(t, p, r, served)...)
			}
			placeDaemons(t, r, daemons)
		},
	}
}

// maxINIDepth bounds how deep an INI file of any name may lie: people put app.ini beside the code, not far below.
const maxINIDepth = 2

var uwsgiPath = scan.MustCompile(`(?i)(^|/)([^/]*uwsgi[^/]*|uwsgi/([^/]+/)?[^/]+)\.(ini|ya?ml|xml)$`)

func wantsUWSGI(p string) bool {
	base := unitFile(p)
	ini := strings.HasSuffix(base, ".ini") && strings.Count(p, "/") <= maxINIDepth
	named := func() bool {
		return strings.Contains(strings.ToLower(p), "uwsgi") && uwsgiPath.MatchString(path.Join(path.Dir(p), base))
	}
	return (ini || named()) && !developersFile.MatchString(base)
}

// uwsgi is one file while it is read.
type uwsgi struct {
	t       *scan.Tree
	r       *scan.Report
	file    string
	options []iniEntry
	vars    map[string]string // for %(name)
	named   map[string]bool   // those that a %(name) asks for
	starter *string           // see startedBy
}

func readUWSGI(t *scan.Tree, p string, r *scan.Report, served map[string]bool) []*daemon {
	u := &uwsgi{t: t, r: r, file: p, vars: map[string]string{}, named: map[string]bool{}}
	if u.options = uwsgiOptions(t, p, r); len(u.options) == 0 {
		return nil
	}
	for i, o := range u.options {
		u.options[i].key = strings.ReplaceAll(o.key, "_", "-")
		u.vars[o.key] = o.value
	}
	for i, o := range u.options {
		u.options[i].value = u.filled(o.value)
	}
	program := u.program()
	if program == nil {
		u.nothingServed()
		return nil
	}
	key := u.home() + " " + t.MountOf(p) + " " + program.value
	if served[key] && t.MountOf(p) == "" {
		r.NoteAbout(namedBy(u.t, u.file, u.name()), p, program.line, "another configuration of uWSGI for %s, left out", program.value)
		return nil
	}
	served[key] = true
	return u.daemons(*program)
}

// daemons are uWSGI itself and what it runs beside its workers.
func (u *uwsgi) daemons(program iniEntry) []*daemon {
	d := newDaemon(u.t, u.r, u.name(), u.file, program.line)
	d.dir, d.user, d.home = u.last("chdir").value, u.last("uid").value, u.home()
	u.settings(d)
	if d.script.argv = u.command(d, program); d.script.argv == nil || u.startedBy() != "" {
		d.said = true
	}
	if d.script.argv == nil {
		d.script.argv = []string{"uwsgi"}
	}
	if port := u.port(); port.value != "" {
		d.listens(port.value, u.file, port.line)
	}
	if (program.key == "module" || program.key == "wsgi" || program.key == "wsgi-file") && !d.said {
		d.claim(service.Service{Build: &service.Build{Install: []string{"uwsgi"}}}, u.file, program.line)
	}
	u.remarks(d)
	return append([]*daemon{d}, u.beside(d)...)
}

// home is the directory of the code that the file is about: above it, the nearest that holds what it names.
func (u *uwsgi) home() string {
	near := codeDir(u.t, u.file, "")
	program := u.program()
	if program == nil || u.t.MountOf(u.file) != "" {
		return near
	}
	named := program.value
	switch program.key {
	case "module", "wsgi":
		module, _, _ := strings.Cut(named, ":")
		named = strings.ReplaceAll(module, ".", "/") + ".py"
	case "wsgi-file", "file":
	default:
		return near
	}
	for dir := near; dir != "." && !path.IsAbs(named); dir = path.Dir(dir) {
		if u.t.Has(path.Join(dir, named)) {
			return dir
		}
		if up := path.Dir(dir); u.t.Has(path.Join(up, named)) {
			return up
		}
	}
	return near
}

// name is what the file calls the service; uwsgi.ini calls it nothing.
func (u *uwsgi) name() string {
	name, _, _ := strings.Cut(unitFile(u.file), ".")
	name = strings.Trim(strings.NewReplacer("uwsgi", "", "UWSGI", "").Replace(name), "-_")
	if name == "" {
		return "web"
	}
	return name
}

func (u *uwsgi) last(keys ...string) iniEntry {
	for i := len(u.options) - 1; i >= 0; i-- {
		for _, key := range keys {
			if u.options[i].key == key {
				return u.options[i]
			}
		}
	}
	return iniEntry{}
}

var uwsgiVariable = scan.MustCompile(`%\(([\w-]+)\)`)

// filled puts the file's own values into %(name).
func (u *uwsgi) filled(value string) string {
	for range 4 { // a value may name another
		before := value
		value = uwsgiVariable.ReplaceAllStringFunc(value, func(ref string) string {
			u.named[ref[2:len(ref)-1]] = true
			if v, ok := u.vars[ref[2:len(ref)-1]]; ok && len(v) < 200 {
				return v
			}
			return ref
		})
		if value == before || len(value) > 2000 {
			break
		}
	}
	return value
}

// uwsgiPrograms are the options that say what is served.
var uwsgiPrograms = map[string]bool{"module": true, "wsgi": true, "wsgi-file": true, "file": true, "mount": true, "pump": true, "psgi": true, "rack": true, "pecan": true, "paste": true, "ini-paste": true, "php-app": true, "lua": true}

// program is the option that says what is served, nil where none does.
func (u *uwsgi) program() *iniEntry {
	for i := range u.options {
		if uwsgiPrograms[u.options[i].key] && u.options[i].value != "" {
			return &u.options[i]
		}
	}
	return nil
}

// nothingServed says what a file without a program is good for.
func (u *uwsgi) nothingServed() {
	if e := u.last("emperor"); e.value != "" {
		u.r.NoteAbout(namedBy(u.t, u.file, u.name()), u.file, e.line, "uWSGI runs everything below %s here; in Kubernetes each becomes a workload of its own", e.value)
		return
	}
	u.r.NoteAbout(namedBy(u.t, u.file, u.name()), u.file, u.options[0].line, "a configuration of uWSGI that does not say what it serves")
}

// settings are the variables of env = NAME=value.
func (u *uwsgi) settings(d *daemon) {
	for _, o := range u.options {
		name, value, ok := strings.Cut(o.value, "=")
		if name = strings.TrimSpace(name); o.key == "env" && ok && service.VariableName(name) {
			d.script.exported[name] = true
			d.script.set(name, strings.TrimSpace(value), scan.Evidence{File: u.file, Line: o.line})
		}
	}
}

// port is where it listens: for HTTP, else for a web server in front of it, which is HTTP's port in an image.
func (u *uwsgi) port() iniEntry {
	var socket iniEntry
	for _, o := range u.options {
		if !listenForm.MatchString(o.value) {
			continue
		}
		switch o.key {
		case "http-socket", "http", "http11-socket", "http11":
			return o
		case "socket", "uwsgi-socket", "s", "shared-socket":
			if socket.value == "" {
				socket = o
			}
		}
	}
	return socket
}

var startsWithINI = scan.MustCompile(`(?i)(^|/)((\S*[.-])?Dockerfile(\.\w+)?|Procfile|[^/]+\.(sh|service|conf|upstart)|[^/]*supervisor[^/]*\.ini|docker-compose[^/]*\.ya?ml|Makefile)$`)

// startedBy is the file of the repository that starts uWSGI with this configuration, and so says more of it.
func (u *uwsgi) startedBy() string {
	if u.starter == nil {
		found := u.findStarter()
		u.starter = &found
	}
	return *u.starter
}

func (u *uwsgi) findStarter() string {
	files := u.t.Files()
	if u.t.MountOf(u.file) != "" {
		files = u.t.Mounted()
	}
	for _, f := range files {
		if f == u.file || strings.Count(f, "/") > 4 || !startsWithINI.MatchString(f) || u.t.Aside(f) {
			continue
		}
		if data, err := u.t.Read(f); err == nil && u.startedIn(f, string(data)) {
			return f
		}
	}
	return ""
}

// startedIn says whether a file starts uWSGI with this configuration: one that only copies it says no more of it, and a
// unit that is none of systemd's is read by nobody.
func (u *uwsgi) startedIn(file, text string) bool {
	if strings.HasSuffix(file, ".service") && !strings.Contains(text, "ExecStart") || !strings.Contains(text, "uwsgi") {
		return false
	}
	for line := range strings.SplitSeq(text, "\n") {
		if strings.Contains(line, path.Base(u.file)) && !copiesFile.MatchString(line) {
			return true
		}
	}
	return false
}

var copiesFile = scan.MustCompile(`(?i)^\s*(copy|add|#)\b`)
