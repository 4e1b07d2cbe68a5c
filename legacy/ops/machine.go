package ops

import (
	"path"
	"sort"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// daemon is a process as a machine runs it: a unit of systemd, a program of supervisor, a line of a crontab. It becomes
// findings when all of one source are known, since the first of a directory is its main process.
type daemon struct {
	r      *scan.Report
	name   string
	rank   scan.Rank
	user   string
	dir    string // the working directory on the machine
	script *initScript
	claims []daemonClaim // about this process
	steps  []daemonClaim // before it: release steps
	home   string        // the directory of its code, where the source says that itself
	behind bool          // it never serves, whatever it is called
	said   bool          // another file starts it: only what is known besides its command counts
	// elsewhere are settings that hold in one environment only.
	elsewhere []elsewhereSetting
	instances []daemonInstances
}

// daemonInstances is how many of a process run.
type daemonInstances struct {
	count, file, note string
	line              int
}

// counted takes over how many instances there are; false where that is one, or no number.
func (d *daemon) counted(count, file string, line int, note string) bool {
	if !severalInstances(count) {
		return false
	}
	d.instances = append(d.instances, daemonInstances{count, file, note, line})
	return true
}

// elsewhereSetting is a variable in one environment.
type elsewhereSetting struct {
	environment, name, value, file string
	line                           int
}

type daemonClaim struct {
	service service.Service
	file    string
	line    int
	note    string
}

func newDaemon(t *scan.Tree, r *scan.Report, name, file string, line int) *daemon {
	return &daemon{r: r, name: name, rank: scan.Declared, script: &initScript{
		t: t, r: r, file: file, line: line,
		vars: map[string]string{}, exported: map[string]bool{}, from: map[string]scan.Evidence{},
	}}
}

// about are the names by which the daemon may be known: its own, its user, where it is deployed, its program.
func (d *daemon) about() []string {
	names := []string{d.name}
	for _, name := range []string{d.user, d.dir} {
		if name != "" && !sharedUsers[name] && !fillsIn.MatchString(name) {
			names = append(names, name)
		}
	}
	if argv := d.script.argv; len(argv) > 0 && !isShell(argv) {
		names = append(names, argv[0])
	}
	return namedBy(d.script.t, d.script.file, names...)
}

// sharedUsers are accounts that say nothing of what runs under them.
var sharedUsers = map[string]bool{
	"root": true, "www-data": true, "nobody": true, "deploy": true, "deployer": true, "ubuntu": true, "vagrant": true, "ec2-user": true, "nginx": true,
	"apache": true, "daemon": true, "app": true, "admin": true, "centos": true, "debian": true, "http": true, "/": true, "/root": true, "/tmp": true,
}

// start takes the command line over, as it has to be in an image: in the foreground, without the machine's own paths.
func (d *daemon) start(line string) bool {
	line = d.deployed(untemplated(d.filled(line)))
	if fillsIn.MatchString(line) {
		return false
	}
	argv, env := command(line)
	if isShell(argv) {
		if inner, vars := command(ownPath.ReplaceAllString(argv[2], "")); len(inner) > 0 && !isShell(inner) {
			argv, env = inner, vars
		}
	}
	for name, value := range env {
		d.script.exported[name] = true
		d.script.set(name, value, scan.Evidence{File: d.script.file, Line: d.script.line})
	}
	if len(argv) == 0 {
		return false
	}
	if work, schedule, ok := looped(argv); ok {
		argv = work
		d.scheduled(schedule, d.script.file, d.script.line)
	} else if words := daemonLine(argv, false); words != nil {
		argv = words
	} else {
		argv = foreground(argv)
	}
	d.script.argv = d.inContainer(argv)
	return len(d.script.argv) > 0
}

// ownPath puts a directory of the machine before the PATH; the image has its own.
var ownPath = scan.MustCompile(`^\s*PATH=[\w./:-]*\$(?:PATH|\{PATH\})[\w./:-]*\s+(?:exec\s+)?`)

// templatePath is a path below a directory that a template fills in, {{ venv }}/bin/gunicorn; fillsIn is any place that a
// template of ERB, Jinja or mySociety's fills in.
var (
	templatePath = scan.MustCompile(`"?((?:\{\{[^}]*\}\}|<%=[^%]*%>|!!\([^)]*\)!!)(?:/[\w.-]+|/?(?:\{\{[^}]*\}\}|<%=[^%]*%>|!!\([^)]*\)!!))*)/(s?bin|scripts?|commands|venv/bin|env/bin)/([\w.-]+)"?`)
	fillsIn      = scan.MustCompile(`<%|\{\{|\{%|!!\(`)
	environment  = scan.MustCompile(`(?i)env\b|venv|rbenv|rvm`)
)

// untemplated writes a program of a directory that a template names as it is called in an image: by its name alone where
// the directory is a language's own environment, else relative to the code.
func untemplated(line string) string {
	return templatePath.ReplaceAllStringFunc(line, func(found string) string {
		m := templatePath.FindStringSubmatch(found)
		if environment.MatchString(m[1] + "/" + m[2]) {
			return m[3]
		}
		return m[2] + "/" + m[3]
	})
}

// deployedPath is a path below a directory that a variable names: "$HOME/shop/bin/send".
var deployedPath = scan.MustCompile(`"?\$(?:\w+|\{\w+\})/([\w./-]+)("?)`)

// deployed writes the path of a file that the repository holds as it lies there, whatever variable names the deployment.
func (d *daemon) deployed(line string) string {
	return deployedPath.ReplaceAllStringFunc(line, func(found string) string {
		m := deployedPath.FindStringSubmatch(found)
		if (m[2] != "") != strings.HasPrefix(found, `"`) { // quotes around more than the path
			return found
		}
		if d.script.t.Has(m[1]) {
			return m[1]
		}
		if p := d.inRepository("/" + m[1]); p != "/"+m[1] {
			return p
		}
		return found
	})
}

// filled puts in what is known of the variables in a line; the others stay.
func (d *daemon) filled(line string) string {
	return variable.ReplaceAllStringFunc(line, func(ref string) string {
		if v := fill(ref, d.script.vars); v != "" && !scan.SecretName(strings.Trim(ref, "${}")) {
			return v
		}
		return ref
	})
}

// toolPath is where a machine keeps the programs of a language's own environment, which an image has in its PATH.
var toolPath = scan.MustCompile(`^/\S*/(?:\.?v?env|virtualenvs?|venvs?|\.virtualenvs|\.?(?:rb|py|pl|php|nod|j)env|\.rvm|\.nvm|\.asdf|shims|node_modules|bundle|\.bundle|vendor|gems)[\w./@-]*/(?:\.?bin|shims)/([^/\s]+)$`)

// inContainer rewrites the machine's paths: a program of a virtual environment is in the image's PATH, and a path below
// the working directory is relative to it.
func (d *daemon) inContainer(argv []string) []string {
	installed := len(argv) > 0 && path.IsAbs(argv[0]) && !toolPath.MatchString(argv[0])
	for i, word := range argv {
		switch {
		case toolPath.MatchString(word):
			word = path.Base(word)
		case d.dir != "" && d.dir != "/" && strings.HasPrefix(word, d.dir+"/"):
			if word = strings.TrimPrefix(word, d.dir+"/"); i == 0 && strings.Contains(word, "bin/") && !d.script.t.Has(word) && toolPath.MatchString("/x/"+word) {
				word = path.Base(word)
			}
		}
		argv[i] = d.inRepository(word)
	}
	if len(argv) > 1 && scriptRunner.MatchString(path.Base(argv[0])) {
		if name := path.Base(argv[1]); path.IsAbs(argv[1]) && !strings.HasPrefix(argv[1], "/app/") && d.script.t.Has(name) && !d.script.t.Has("Dockerfile") {
			argv[1] = name
		}
	}
	if installed && !strings.Contains(argv[0], "/") && d.script.t.Has(argv[0]) {
		argv[0] = "./" + argv[0] // beside the code, and not on the PATH
	}
	return argv
}

// inRepository writes the path of a file on the machine as that of the same file in the repository, where it has one:
// bin/send of /var/www/shop/bin/send.
func (d *daemon) inRepository(word string) string {
	if !path.IsAbs(word) || strings.Count(word, "/") > 20 {
		return word
	}
	parts := strings.Split(strings.TrimPrefix(word, "/"), "/")
	for i := 1; i+1 < len(parts); i++ {
		if p := strings.Join(parts[i:], "/"); d.script.t.Has(p) {
			return p
		}
	}
	if name := path.Base(word); cronRuns[path.Ext(name)] != "" && !strings.HasPrefix(word, "/usr/") && !strings.HasPrefix(word, "/etc/") && d.script.t.Has(name) {
		return name
	}
	return word
}

func (d *daemon) claim(s service.Service, file string, line int) {
	d.claims = append(d.claims, daemonClaim{s, file, line, ""})
}

func (d *daemon) scheduled(cron, file string, line int) {
	d.claim(service.Service{Schedule: cron}, file, line)
}

// keeps says that the process keeps data in a directory. Those for what is gone after a restart don't count.
func (d *daemon) keeps(dir, file string, line int) {
	dir = path.Clean(dir)
	if !path.IsAbs(dir) || dir == "/" || strings.ContainsAny(dir, "%${") {
		return
	}
	for _, gone := range []string{"/run", "/var/run", "/tmp", "/var/tmp", "/dev", "/var/log", "/proc", "/sys"} {
		if dir == gone || strings.HasPrefix(dir, gone+"/") {
			return
		}
	}
	d.claim(service.Service{State: []string{dir}}, file, line)
}

var listenForm = scan.MustCompile(`^(?:.*:)?(\d{1,5})$`)

// listens takes a port from an address such as 8000, :8000 and 127.0.0.1:8000.
func (d *daemon) listens(address, file string, line int) {
	if m := listenForm.FindStringSubmatch(address); m != nil {
		if port, err := strconv.Atoi(m[1]); err == nil && validPort(port) {
			d.claim(service.Service{Port: port}, file, line)
		}
	}
}

// before takes over what has to run first: a release step as such, anything else as a remark.
func (d *daemon) before(line, file string, at int) {
	argv, _ := command(d.filled(line))
	if len(argv) == 0 {
		return
	}
	if releaseStep.MatchString(shown(argv)) {
		d.steps = append(d.steps, daemonClaim{service.Service{Command: d.inContainer(argv), Release: true}, file, at, "before the service starts"})
		return
	}
	if prog := path.Base(argv[0]); prog == "mkdir" || prog == "chown" || prog == "chmod" || prog == "rm" || prog == "install" || prog == "test" || prog == "touch" {
		return // the image has its directories
	}
	d.r.NoteAbout(d.about(), file, at, "%s runs before %s starts here; in the image it is on nobody's list", shown(argv), d.name)
}

// report adds the findings of the daemon; f says where it belongs.
func (d *daemon) report(f scan.Finding) {
	d.script.rank = d.rank
	if d.said {
		f.Name = ""
		d.script.settings(f)
	} else {
		d.script.report(f)
	}
	f.Name = ""
	for _, e := range d.elsewhere {
		g := f
		g.Environment = e.environment
		claimSetting(d.r, g, e.name, e.value, scan.Evidence{File: e.file, Line: e.line, Rank: d.rank})
	}
	for _, c := range d.claims {
		f.Service = c.service
		d.r.Find(f, c.file, c.line, d.rank, c.note)
	}
	f.Service = service.Service{}
	for _, i := range d.instances {
		claimReplicas(d.r, f, i.count, i.file, i.line, i.note)
	}
	for _, c := range d.steps {
		f.Process = "release"
		f.Service = c.service
		d.r.Find(f, c.file, c.line, d.rank, c.note)
	}
}

// The standings of a daemon, from the one that serves to those that work behind it.
const (
	front = iota
	unclear
	behind
	occasional
)

var (
	frontName  = scan.MustCompile(`(?i)web|http|www|gunicorn|uwsgi|puma|unicorn|uvicorn|api|server$`)
	behindName = scan.MustCompile(`(?i)worker|celery|beat|sched|queue|sidekiq|resque|delayed|cron|jobs?\b|rqw?orker|\brq\b|consum|mailer|send|notif|index(?:[^.]|$)|import|sync|clean|backup|watch|listen|proxy`)
)

// standing says by its port, name and command how near a daemon is to being the one that serves.
func (d *daemon) standing() int {
	line := d.name + " " + shown(d.script.argv)
	port, _ := portOf(d.script.argv, nil)
	switch {
	case d.isScheduled():
		return occasional
	case d.behind:
		return behind
	case behindName.MatchString(d.name) || behindName.MatchString(shown(d.script.argv[:min(len(d.script.argv), 4)])) && !frontName.MatchString(line):
		return behind
	case port > 0 || frontName.MatchString(line):
		return front
	}
	return unclear
}

func (d *daemon) isScheduled() bool {
	for _, c := range d.claims {
		if c.service.Schedule != "" {
			return true
		}
	}
	return false
}

// placeDaemons says where each belongs: those of operations code kept elsewhere go by their names; in the repository they
// start the code that they stand beside, the one with the shortest name as its main process.
func placeDaemons(t *scan.Tree, r *scan.Report, daemons []*daemon) {
	byDir := map[string][]*daemon{}
	var dirs []string
	for _, d := range instancesByPort(daemons) {
		if d.beside() {
			continue
		}
		if t.MountOf(d.script.file) != "" || otherMachine.MatchString(d.script.file) {
			d.report(scan.Finding{About: d.about(), Process: d.scheduledName()})
			continue
		}
		dir := d.home
		if dir == "" {
			dir = codeDir(t, d.script.file, d.script.argv[0])
		}
		if byDir[dir] == nil {
			dirs = append(dirs, dir)
		}
		d.behind = d.behind || besidePages(t, dir, d.script.argv) || ofOtherLanguage(t, dir, d.script.argv)
		byDir[dir] = append(byDir[dir], d)
		d.noteUnmade(t, r, dir)
	}
	for _, dir := range dirs {
		placeIn(r, dir, byDir[dir])
	}
}

// scheduledName keeps a scheduled process from becoming the main one of the service that it is about.
func (d *daemon) scheduledName() string {
	if d.isScheduled() {
		return d.name
	}
	return ""
}

func placeIn(r *scan.Report, dir string, daemons []*daemon) {
	sort.SliceStable(daemons, func(i, j int) bool {
		a, b := daemons[i], daemons[j]
		if a.standing() != b.standing() {
			return a.standing() < b.standing()
		}
		return len(a.name) < len(b.name)
	})
	main := daemons[0].name
	seen := map[string]bool{}
	for i, d := range daemons {
		f := scan.Finding{Dir: dir}
		if i == 0 && d.standing() < behind {
			f.Name = d.name
		} else if f.Process = d.name; daemons[0].standing() < behind && strings.HasPrefix(d.name, main+"-") {
			f.Process = strings.TrimPrefix(d.name, main+"-")
		}
		if seen[d.name] {
			r.Note(d.script.file, d.script.line, "another start of %s, left out", d.name)
			continue
		}
		seen[d.name] = true
		d.report(f)
	}
}
