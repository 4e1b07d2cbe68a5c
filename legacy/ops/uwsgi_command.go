package ops

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// uwsgiMachine are options about the machine: its paths, its users, the server before it and its logs.
var uwsgiMachine = scan.MustCompile(`^(chdir2?|cwd|home|virtualenv|venv|pyhome|H|pidfile2?|safe-pidfile2?|daemonize2?|d|logto2?|log-(4xx|5xx|date|format|maxsize|master|reopen|syslog|slow)|logger|req-logger|disable-logging|uid|gid|socket|uwsgi-socket|s|shared-socket|fastcgi-socket|scgi-socket` +
	`|chmod-socket|chown-socket|chmod|vacuum|touch-\w+|fs-reload|py-autoreload|python-autoreload|stats|stats-server|master-fifo|plugins?|plugins?-dir|need-plugins?|vhost|no-site|procname(-prefix|-prefix-spaced|-append|-master)?|auto-procname|listen|http|http-socket|http11|http11-socket|https|https-socket` +
	`|env|cron2?|mules?|farm|attach-daemon2?|smart-attach-daemon2?|legion-\w+|emperor|vassals?-\w+|subscribe\S*|static-map2?|check-static|static-index|spooler\S*|unbit|die-on-term|master|M|strict|print|ini|include|inherit|set|set-placeholder|set-ph|module|wsgi|callable|log-x-forwarded-for)$`)

// uwsgiLogic are words by which a file decides as it is read, so that only uWSGI itself can say what it holds.
var uwsgiLogic = scan.MustCompile(`^(if-\w[\w-]*|endif|end-if|for|endfor|for-\w+|ini|include|inherit)$`)

// uwsgiInside are options of what uWSGI runs beside its workers.
var uwsgiInside = scan.MustCompile(`^(cron2?|mules?|attach-daemon2?|smart-attach-daemon2?)$`)

// command starts uWSGI with the file where that fits a container as it is, else with its options, without those about the
// old machine.
func (u *uwsgi) command(d *daemon, program iniEntry) []string {
	if program.key == "paste" || program.key == "ini-paste" || u.t.MountOf(u.file) == "" && (u.decides() || u.fits()) {
		return u.withFile(d)
	}
	argv := []string{"uwsgi", "--http-socket", u.bind(), "--master", "--die-on-term"}
	for _, o := range u.options {
		switch value := o.value; {
		case (o.key == "module" || o.key == "wsgi") && o.line == program.line:
			argv = append(argv, "--module", value)
		case o.key == "callable":
			argv = append(argv, "--callable", value)
		case uwsgiMachine.MatchString(o.key) || u.named[o.key] || strings.HasPrefix(o.key, "_"):
		case fillsIn.MatchString(value) || strings.Contains(value, "$(") || strings.Contains(value, "%"):
		case !optionName.MatchString(o.key) || o.key == "pythonpath" && path.IsAbs(value):
		case value == "true" || value == "True" || value == "1" && !strings.HasSuffix(o.key, "s"):
			argv = append(argv, "--"+o.key)
		case value != "false" && value != "False":
			argv = append(argv, "--"+o.key, d.inRepository(value))
		}
	}
	if fillsIn.MatchString(program.value) {
		u.r.NoteAbout(d.about(), u.file, program.line, "what uWSGI serves stands in a template: %s", program.value)
		return nil
	}
	if dir := u.codeBelow(program); dir != "" {
		argv = append(argv, "--chdir", dir)
	}
	return argv
}

var optionName = scan.MustCompile(`^[a-z][a-z0-9-]*$`)

// decides says whether the file has conditions, loops or other files in it.
func (u *uwsgi) decides() bool {
	for _, o := range u.options {
		if uwsgiLogic.MatchString(o.key) {
			return true
		}
	}
	return false
}

// fits says whether uWSGI can read the file as it is in an image: it serves HTTP and names no place of the old machine.
func (u *uwsgi) fits() bool {
	http := false
	for _, o := range u.options {
		http = http || (o.key == "http" || o.key == "http-socket") && o.value != ""
		switch {
		case fillsIn.MatchString(o.value) || uwsgiInside.MatchString(o.key):
			return false
		case o.key == "socket" || o.key == "daemonize" || o.key == "uid" || o.key == "gid" || strings.HasPrefix(o.key, "plugin"):
			return false
		case path.IsAbs(o.value) && !strings.HasPrefix(o.value, "/tmp/") && !strings.HasPrefix(o.value, "/dev/") && !strings.Contains(o.key, "static"):
			return false
		}
	}
	return http
}

// withFile starts uWSGI with the file itself.
func (u *uwsgi) withFile(d *daemon) []string {
	form := strings.TrimPrefix(path.Ext(u.file), ".")
	if form == "yml" {
		form = "yaml"
	}
	argv := []string{"uwsgi", "--" + form, relativeTo(u.home(), u.file)}
	if u.last("paste", "ini-paste").value != "" {
		argv[1] = "--ini-paste"
	}
	if u.last("http", "http-socket").value == "" {
		argv = append(argv, "--http-socket", u.bind())
	}
	for _, key := range []string{"chdir", "home", "virtualenv", "daemonize", "uid"} {
		if e := u.last(key); u.startedBy() == "" && (path.IsAbs(e.value) || key == "uid" && e.value != "" || key == "daemonize" && e.value != "") {
			u.r.NoteAbout(d.about(), u.file, e.line, "%s = %s is the old machine's; take it out, or let the image have it", key, e.value)
		}
	}
	return argv
}

// relativeTo is a file below a directory as it is called from there.
func relativeTo(dir, file string) string {
	if dir == "." {
		return file
	}
	return strings.TrimPrefix(file, dir+"/")
}

// bind is the address for HTTP.
func (u *uwsgi) bind() string {
	if m := listenForm.FindStringSubmatch(u.port().value); m != nil {
		if port, err := strconv.Atoi(m[1]); err == nil && validPort(port) {
			return "0.0.0.0:" + m[1]
		}
	}
	return "0.0.0.0:8000"
}

// codeBelow is the directory of the repository that chdir means, where the module does not lie beside the manifests.
func (u *uwsgi) codeBelow(program iniEntry) string {
	dir := u.last("chdir", "pythonpath").value
	if program.key != "module" && program.key != "wsgi" || dir == "" || strings.Contains(dir, "..") {
		return ""
	}
	home := u.home()
	module, _, _ := strings.Cut(program.value, ":")
	module = strings.ReplaceAll(module, ".", "/")
	holds := func(dir string) bool {
		return u.t.First(path.Join(home, dir), module+".py", module+"/__init__.py") != ""
	}
	if holds(".") {
		return ""
	}
	for parts := strings.Split(strings.Trim(dir, "/"), "/"); len(parts) > 0; parts = parts[1:] {
		if below := strings.Join(parts, "/"); holds(below) {
			return below
		}
	}
	return ""
}

// beside are the processes that uWSGI runs besides its workers, which become processes of their own. Where the file itself
// stays the configuration it would run them still, which a note says.
func (u *uwsgi) beside(main *daemon) []*daemon {
	var found []*daemon
	taken := map[string]bool{}
	inside := len(main.script.argv) > 2 && strings.HasSuffix(u.file, main.script.argv[2])
	open := 0 // conditions and loops around the option
	for _, o := range u.options {
		if uwsgiLogic.MatchString(o.key) && !strings.HasPrefix(o.key, "in") {
			if open++; strings.HasPrefix(o.key, "end") {
				open -= 2
			}
		}
		if !uwsgiInside.MatchString(o.key) {
			continue
		}
		when, line := uwsgiCron(o)
		d := newDaemon(u.t, u.r, "", u.file, o.line)
		d.dir = main.dir
		if open > 0 || strings.HasPrefix(o.key, "mule") || !d.start(line) || when != "" && !service.ValidSchedule(when) {
			u.r.NoteAbout(main.about(), u.file, o.line, "uWSGI runs %s = %s beside its workers: make it a process of its own in %s if the service needs it", o.key, o.value, service.FileName)
			continue
		}
		d.name = (&crontab{taken: taken}).jobName(d.script.argv)
		if when != "" {
			d.scheduled(when, u.file, o.line)
		}
		if inside || u.startedBy() != "" {
			u.r.NoteAbout(main.about(), u.file, o.line, "uWSGI itself runs %s in each pod, and it is a process of its own here, so that it runs once: take it out of this file", line)
		}
		d.behind = true
		found = append(found, d)
	}
	return found
}

// uwsgiCron parts minute, hour, day, month and weekday, -1 for each and -n for every n, from the command.
func uwsgiCron(o iniEntry) (when, line string) {
	fields := strings.Fields(o.value)
	if o.key == "cron2" && len(fields) > 1 && strings.Contains(fields[0], "=") {
		fields = append(namedTimes(fields[0]), fields[1:]...)
	}
	if !strings.HasPrefix(o.key, "cron") || len(fields) < 6 {
		return "", o.value
	}
	for i, f := range fields[:5] {
		switch {
		case f == "-1":
			fields[i] = "*"
		case strings.HasPrefix(f, "-"):
			fields[i] = "*/" + f[1:]
		}
	}
	return strings.Join(fields[:5], " "), strings.Join(fields[5:], " ")
}

// namedTimes are the times of cron2 in cron's order: minute=0,hour=5,unique=1.
func namedTimes(options string) []string {
	times := []string{"-1", "-1", "-1", "-1", "-1"}
	for option := range strings.SplitSeq(options, ",") {
		name, value, _ := strings.Cut(option, "=")
		if i := slices.Index([]string{"minute", "hour", "day", "month", "week"}, name); i >= 0 && value != "" {
			times[i] = value
		}
	}
	return times
}

// remarks say what the file asks of the world around it.
func (u *uwsgi) remarks(d *daemon) {
	if e := u.port(); e.key == "socket" || e.key == "uwsgi-socket" || e.key == "s" || e.value == "" && u.last("socket").value != "" {
		if e.value == "" {
			e = u.last("socket")
		}
		if u.startedBy() != "" {
			u.r.NoteAbout(d.about(), u.file, e.line, "a web server speaks uwsgi to %s, which neither probes nor a gateway do: where none runs in the same container, write http-socket in place of socket", e.value)
		} else {
			u.r.NoteAbout(d.about(), u.file, e.line, "a web server spoke uwsgi to %s; in the image uWSGI serves HTTP itself (--http-socket)", e.value)
		}
	}
	if e := u.last("harakiri"); e.value != "" {
		u.r.NoteAbout(d.about(), u.file, e.line, "a request that takes more than %s s is ended here; the gateway's timeout has to be longer", e.value)
	}
	for _, o := range u.options {
		if dir, _, _ := strings.Cut(o.value, " "); strings.HasPrefix(o.key, "spooler") && path.IsAbs(dir) {
			d.keeps(dir, u.file, o.line)
		}
		if o.key == "static-map" {
			u.r.NoteAbout(d.about(), u.file, o.line, "uWSGI serves files itself: %s; in the image they have to be there", o.value)
		}
	}
}
