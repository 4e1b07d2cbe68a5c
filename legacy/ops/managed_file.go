package ops

import (
	"cmp"
	"maps"
	"path"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	initFile    = scan.MustCompile(`^/etc/init/[^/]+\.conf$`)
	unitPath    = scan.MustCompile(`^(/etc/systemd/system|/lib/systemd/system|/usr/lib/systemd/system)/[^/]+\.service$|^[\w@.-]+\.service$`)
	runPath     = scan.MustCompile(`^/etc/(sv|service)/[^/]+/run$`)
	superFile   = scan.MustCompile(`/supervisor(d)?(/conf\.d|/conf\.available\.d|/conf\.d\.available|\.d)?/[^/]+\.(conf|ini)$`)
	cronFile    = scan.MustCompile(`^/etc/cron\.d/[^/]+$`)
	settingFile = scan.MustCompile(`(^|/)(\.env|env|environment|[\w.-]+[._-]env)$|^/etc/(default|sysconfig|conf\.d)/[^/]+$`)
	webFile     = scan.MustCompile(`nginx|apache|httpd|/sites-(available|enabled)/`)
	logFile     = scan.MustCompile(`^/var/log/|^/var/run/|^/run/|/logs?(/|$)|/tmp(/|$)|\.pid$|\.log$|^/etc/logrotate`)
)

// fileResource understands a file or directory. Files that start a process or hold its settings are read as far as their
// templates can be filled; of the others the template is named.
func (g *meaning) fileResource(m *managed) bool {
	where := m.attr("path", "target").plain()
	if where == "" || m.attr("ensure").plain() == "link" {
		where = m.title
	}
	ensure := m.attr("ensure").plain()
	switch {
	case g.environment != "" && (ensure == "directory" || ensure == "link" || m.kind == "directory" || m.kind == "link" || logFile.MatchString(where)):
	case ensure == "directory" || m.kind == "directory":
		g.directory(m, where)
	case ensure == "link" || m.kind == "link":
		g.keep(m, service.JobCode, "links of the old machine: the image has its own layout", titleForNote(m), m.file, m.line)
	case logFile.MatchString(where):
		group, job := "files that last no longer than the process: the image and the pod have their own", service.JobDirectories
		switch {
		case sendsLogs.MatchString(where):
			group, job = "rotation of logs: the cluster keeps what goes to standard output in bounds", service.JobLogs
		case logDirectory.MatchString(where) || strings.HasSuffix(where, ".log"):
			group, job = ownLogs, ""
		}
		g.keep(m, job, group, titleForNote(m), m.file, m.line)
	default:
		g.content(m, where)
	}
	return true
}

// content reads what stands in a file.
func (g *meaning) content(m *managed, where string) {
	if g.copied[path.Clean(where)] {
		g.note(m, "files that others are copied from on the machine: see what is said of those", titleForNote(m), m.file, m.line)
		return
	}
	v := g.filledBy(m)
	g.asked = nil
	text, file := g.contents(m, v)
	for _, v := range g.asked {
		if m.asks == nil {
			m.asks = map[string]bool{}
		}
		v.places(m.asks)
	}
	if text != "" {
		g.r.Placed = append(g.r.Placed, where)
		if g.asInProduction(m, where, text) {
			return
		}
	}
	took := false
	switch {
	case text == "":
	case g.environment != "" && !settingFile.MatchString(where) && !onlyExports(text):
	case g.composed(m, text, file, where):
		took = true
	case g.manifests(m, text, file, where):
		took = true
	case initFile.MatchString(where):
		took = g.initJob(m, text, file, where)
	case runPath.MatchString(where):
		took = g.runScript(m, text, file)
	case unitPath.MatchString(where):
		took = g.unit(m, text, file, where)
	case g.regular(m, v, text, file, where):
		took = true
	case cronFile.MatchString(where):
		took = g.cronTable(m, text, file)
	case superFile.MatchString(where):
		took = g.supervised(m, text, file)
	case uwsgiFile.MatchString(where):
		took = g.vassal(m, text, file, where)
	case g.variablesOfRails(m, v, text, file, where):
		took = true
	case settingFile.MatchString(where) || onlyExports(text) && !(strings.HasSuffix(where, ".rb") && g.amongTheCode(m, where)):
		took = g.settingsFile(m, text, file, v)
	case strings.HasSuffix(where, ".sh") || strings.Contains(where, "bin/"):
		took = g.startScript(m, text, file, where)
	}
	if !took && configPath.MatchString(where) {
		g.configured(m, text, file)
	}
	open := len(g.candidates)
	if !took && !startsSomething(where) {
		took = g.serviceFile(m, v, text, file, where)
	}
	if took || webFile.MatchString(where) {
		maps.Copy(g.used, m.asks)
	}
	if took && len(g.candidates) == open && !g.at[writtenAt(managedValue{file: m.file, line: m.line})] {
		g.aside(m, "files of which the text is taken over, as it stands in "+cmp.Or(strings.TrimPrefix(file, g.root+"/"), "the resource"))
	}
	if took || g.environment != "" || text == "" && g.elsewhere(m, v, where) {
		return
	}
	if webFile.MatchString(where) {
		g.sites(m, text, file)
	}
	if file == "" {
		file = v.plain()
	}
	g.leaveFile(m, file, where)
}

// sourcedLine is a line of a file that a shell or Ruby reads for its variables: one of them, a comment, or nothing.
var sourcedLine = scan.MustCompile(`^[ \t]*(export[ \t]+[A-Za-z_]\w*=|ENV\[["'][A-Za-z_]\w*["']\][ \t]*(\|\|)?=|#|$)`)

// onlyExports says of a text that it gives variables to who reads it, and does nothing else.
func onlyExports(text string) bool {
	said := 0
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if !sourcedLine.MatchString(line) {
			return false
		}
		if strings.Contains(line, "=") && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			said++
		}
	}
	return said > 1
}

// asInProduction says of a file in another environment that it is the same one there.
func (g *meaning) asInProduction(m *managed, where, text string) bool {
	key := where + "\n" + m.file + ":" + strconv.Itoa(m.line) + "\n" + strings.Join(m.aboutFrom(m), "\n")
	if g.environment == "" {
		g.same[key] = text
		return false
	}
	return g.same[key] == text
}

// startsSomething says whether a file starts a process.
func startsSomething(where string) bool {
	return initFile.MatchString(where) || unitPath.MatchString(where) || superFile.MatchString(where) || runPath.MatchString(where) || cronFile.MatchString(where) || strings.HasPrefix(where, "/etc/init.d/")
}

// leaveFile notes a file that has no place in the model.
func (g *meaning) leaveFile(m *managed, file, where string) {
	item := titleForNote(m)
	file = strings.TrimPrefix(file, g.root+"/")
	if file != "" && !strings.Contains(file, "\n") {
		item += " (" + file + ")"
	}
	job := jobOfFile(where)
	group := "files that are put on the machine; what the service reads of them becomes a ConfigMap, or a Secret"
	if startsSomething(where) {
		group = "files that start a process; what they run is not understood"
	}
	if webFile.MatchString(where) {
		group = "files of the web server in front: what they add, the gateway has to keep"
	}
	if machineRule.MatchString(where) {
		group = "rights, limits and kernel settings of the machine: the pod has its own (securityContext, resources)"
	}
	if strings.Contains(where, "bin/") {
		group, job = "programs that are put on the machine", ""
	}
	g.keep(m, job, group, item, m.file, m.line)
}

// machineRule are files about what accounts may do on the machine.
var machineRule = scan.MustCompile(`^/etc/(sudoers|security/|sysctl|pam\.d/|polkit)`)

// contents is the text of a file, with placeholders for what isn't known, and the file of the operations code that it
// comes from.
func (g *meaning) contents(m *managed, v managedValue) (text, file string) {
	switch {
	case len(v.template) == 1:
		data, err := g.t.Read(v.template[0])
		if err != nil {
			return "", v.template[0]
		}
		if v.fill != nil {
			text, m.lines = v.fill(string(data))
			return text, v.template[0]
		}
		return filledTemplate(string(data), g.using(v.scope)), v.template[0]
	case v.kind == valueText:
		if name, ok := strings.CutPrefix(v.text, "puppet:///modules/"); ok {
			return g.moduleFile(name)
		}
		return v.text, ""
	}
	return "", ""
}

// using remembers what a template asks for: it counts as taken over where the file is understood.
func (g *meaning) using(scope func(name string) managedValue) func(name string) managedValue {
	if scope == nil {
		return nil
	}
	return func(name string) managedValue {
		v := scope(name)
		g.asked = append(g.asked, v)
		return v
	}
}

// moduleFile is the file of a module that puppet:///modules/MODULE/NAME means.
func (g *meaning) moduleFile(name string) (text, file string) {
	module, name, _ := strings.Cut(name, "/")
	if !g.looked {
		g.looked = true
		g.files = map[string]string{}
		for _, p := range g.t.Below(cmp.Or(g.root, ".")) {
			if before, after, ok := strings.Cut(p, "/files/"); ok {
				g.files[path.Base(before)+"/"+after] = p
			}
		}
	}
	p := g.files[module+"/"+name]
	if p == "" {
		return "", "puppet:///modules/" + module + "/" + name
	}
	data, err := g.t.Read(p)
	if err != nil {
		return "", p
	}
	return string(data), p
}

// dataWords are names of directories in which services keep what they are given.
var dataWords = scan.MustCompile(`(^|/)(uploads?|media|attachments?|storage|incoming|documents?)(/|$)|(^|/)(user[_-]?data|data|files|spool|blobs?|repositories|repos|site_media|images|photos|pictures|avatars|iso|archives?|downloads?|exports?|imports|dumps)$|(^|/)(shared|public)/system$`)

// ownVar is a directory of a service's own beside those that the system has there: /var/shop.
var ownVar = scan.MustCompile(`(^|/)var/([\w.-]+)$`)

var systemVar = map[string]bool{"run": true, "log": true, "logs": true, "cache": true, "tmp": true, "spool": true, "lock": true, "www": true, "lib": true, "mail": true, "opt": true, "local": true, "backups": true, "empty": true, "apps": true, "puppet": true}

// othersData are directories of the machine's own programs.
var othersData = scan.MustCompile(`^/var/lib/(jenkins|puppet|chef|nagios|icinga|munin|collectd|grafana|prometheus|docker|dpkg|apt|logrotate|postgresql|mysql|mongodb|redis|rabbitmq|elasticsearch|nginx|apache2|systemd|ntp|dhcp)(/|$)|/backups?(/|$)`)

// keepsData says whether a directory is one in which a service keeps data.
func keepsData(dir string) bool {
	if !path.IsAbs(dir) || strings.Contains(dir, "$") || logFile.MatchString(dir) || strings.HasPrefix(dir, "/etc/") || strings.HasPrefix(dir, "/usr/") || othersData.MatchString(dir) || strings.HasPrefix(dir, "/var/cache") {
		return false
	}
	if strings.HasPrefix(dir, "/var/lib/") && strings.Count(dir, "/") >= 3 {
		return true
	}
	if own := ownVar.FindStringSubmatch(path.Clean(dir)); own != nil && !systemVar[own[2]] {
		return true
	}
	return dataWords.MatchString(path.Clean(dir)) && strings.Count(dir, "/") > 1
}

// ownLayout are directories that any image has, or that hold what installs the code.
var ownLayout = scan.MustCompile(`(^|/)(releases|shared|current|vendor|bundle|node_modules|venvs?|virtualenvs?|\.bundle|\.ssh|\.rbenv|s?bin|pids?|sockets?|cache|etc|env\.d|conf|config)/?$`)

func (g *meaning) directory(m *managed, where string) {
	if !keepsData(where) {
		group, job := "directories", service.Job("")
		if logFile.MatchString(where+"/") || ownLayout.MatchString(where) || g.holdsCode(where) {
			group, job = "directories for code and what lasts no longer than the process: the image and the pod have their own", service.JobDirectories
			if logDirectory.MatchString(where) {
				group, job = ownLogs, ""
			}
		}
		home := ""
		if job == "" && codeHome.MatchString(path.Clean(where)) {
			job, home = service.JobDirectories, path.Base(where)
		}
		g.keep(m, job, group, titleForNote(m), m.file, m.line)
		if g.environment == "" {
			g.r.Notes[len(g.r.Notes)-1].Named = home
		}
		return
	}
	f := m.finding()
	where = path.Clean(where)
	f.Service = service.Service{State: []string{where}}
	g.kept[where] = true
	g.useFor(m, m.attr("path", "dest", "name"), where)
	g.claim(m, f, managedValue{}, "state "+where, scan.Declared, where+" is kept there")
}

// storeData are directories in which databases and their like keep what they have.
var storeData = scan.MustCompile(`(?i)pg_?data|postgres|mysql|mariadb|mongo|redis|elastic|solr|rabbitmq|cassandra|kafka|influx`)

// mount is a file system of another machine, or a disk: data that outlives the service.
func (g *meaning) mount(m *managed) bool {
	where := m.attr("name", "mount_point", "mountpoint").plain()
	if where == "" {
		where = m.title
	}
	if g.environment != "" {
		return true
	}
	if !path.IsAbs(where) || strings.Contains(where, "$") || where == "/tmp" {
		return false
	}
	if storeData.MatchString(where) {
		g.note(m, "disks of a database: what is on them moves with it", titleForNote(m), m.file, m.line)
		return true
	}
	f := m.finding()
	where = path.Clean(where)
	f.Service = service.Service{State: []string{where}}
	g.kept[where] = true
	g.claim(m, f, managedValue{}, "state "+where, scan.Declared, where+" is mounted there")
	return true
}

// releaseLine is the step of a command line that prepares the database: the whole line, or one of several commands.
func (g *meaning) releaseLine(run managedValue, m *managed) []string {
	for _, part := range commandEnd.Split(run.text, -1) {
		one := run
		one.text = givenToCommand.ReplaceAllString(strings.TrimSpace(part), "")
		one.open, one.secret = run.open && strings.Contains(one.text, "${"), run.secret && strings.Contains(one.text, "${")
		if argv := g.commandLine(one, m); argv != nil && releaseStep.MatchString(shown(argv)) && !makesStore.MatchString(shown(argv)) && !forImage.MatchString(shown(argv)) {
			return argv
		}
	}
	return nil
}

var (
	commandEnd = scan.MustCompile(`&&|;|\n`)
	makesStore = scan.MustCompile(`\bdb:(setup|create)\b`) // done once, where the store is
)

// steering are commands to what keeps the machine's processes running.
var steering = scan.MustCompile(`^\s*(sudo )?([\w/.-]*/)?(systemctl|service|supervisorctl|initctl|start|stop|restart|reload|monit|sv|pm2|rc-service|chkconfig|update-rc\.d|invoke-rc\.d)\s|^/etc/init\.d/`)

// installing are commands by which an image is built as well.
var installing = scan.MustCompile(`\b(pip3?|easy_install|npm|yarn|bundle|gem|composer|carton|cpanm?|mix|go|apt-get|yum|dnf) (-\S+ )*(install|update|ci|require|get|add)\b|\b(virtualenv|nodeenv|venv|bower install|gulp|grunt|webpack|collectstatic|compilemessages|assets[:.]precompile|make ([\w-]*requirements|static|assets|build|all|install)|mvn|gradle|setup\.py)\b`)

// execResource takes over a step that prepares the database; other commands are notes.
func (g *meaning) execResource(m *managed) bool {
	run := m.attr("command", "code")
	if run.kind == valueUndef {
		run = textValue(m.title, m.file, m.line)
	}
	if g.environment != "" {
		return true
	}
	if argv := g.releaseLine(run, m); argv != nil {
		f := m.finding()
		f.About = append(f.About, placesIn(run.text)...)
		f.Process = "migrate"
		step := f
		step.Service = service.Service{Command: argv, Release: true}
		g.claim(m, step, run, "release", rankOf(argv), m.says("command"))
		g.given(m, f, run)
		return true
	}
	if g.groups(m, run) {
		return true
	}
	for _, name := range m.attr("environment").keys {
		g.note(m, "variables that commands of the old machine are given; the service has its own", name, m.file, m.line)
	}
	group, job := "commands that are run on the machine", service.Job("")
	if makesStore.MatchString(run.text) {
		group = "commands that make the database: it is made where it is kept, the release prepares what is in it"
	}
	if steering.MatchString(run.text) {
		group, job = "commands that start or stop what runs on the machine: the Deployment does that", service.JobProcesses
		if othersProcess.MatchString(run.text) {
			job = ""
		}
	}
	if installing.MatchString(run.text) {
		group, job = "commands that install what the service is made of, or build it: the image's build does that", ""
		if fromLists.MatchString(run.text) {
			job = service.JobCode
		}
	}
	g.keep(m, job, group, titleWithin(m), m.file, m.line)
	return true
}
