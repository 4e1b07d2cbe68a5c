package ops

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Procfile reads Procfiles: the processes of a directory by name, as Heroku, Dokku and foreman run them.
func Procfile() scan.Reader {
	return scan.Reader{
		Name:  "procfile",
		Wants: func(p string) bool { return strings.HasPrefix(path.Base(p), "Procfile") },
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			for _, p := range paths {
				if base := path.Base(p); base != "Procfile" && (!ofProduction.MatchString(base) || t.Has(path.Join(path.Dir(p), "Procfile"))) {
					r.Note(p, 0, "%s is an alternative to the Procfile, not read", base)
					continue
				}
				if dir := path.Dir(p); dockerDir[strings.ToLower(path.Base(path.Dir(dir)))] && dockerDir[strings.ToLower(strings.Split(dir, "/")[0])] {
					r.Note(p, 0, "for one of the images of %s, not read", path.Dir(dir))
					continue
				}
				readProcfile(t, p, r)
			}
		},
	}
}

// withoutSpare leaves out the other place in which a line looks for its program: shopd || ./build/shopd.
func withoutSpare(line string) string {
	first, spare, ok := strings.Cut(line, "||")
	words, others := strings.Fields(first), strings.Fields(spare)
	if !ok || len(words) == 0 || len(others) != len(words) || path.Base(words[0]) != path.Base(others[0]) || !slices.Equal(words[1:], others[1:]) {
		return line
	}
	return strings.TrimSpace(first)
}

// sameServer says whether two lines end in the same command, which starts a server.
func sameServer(one, other string) bool {
	last := func(line string) string { return strings.TrimSpace(line[strings.LastIndex(line, "&&")+len("&&"):]) }
	if !strings.Contains(one, "&&") {
		return false
	}
	if strings.Contains(other, "&&") {
		other = last(other)
	}
	return last(one) == strings.TrimSpace(other) && serverLine.MatchString(other)
}

// ofProduction are the names of Procfiles for production alone.
var ofProduction = scan.MustCompile(`(?i)^Procfile[._-](prod|production)$`)

// herokuPort is what $PORT is set to where nobody says: the platform chose it, so any port will do.
const herokuPort = 8000

var procLine = scan.MustCompile(`^([A-Za-z0-9_-]+):\s*(.+)$`)

func readProcfile(t *scan.Tree, p string, r *scan.Report) {
	var entries []procEntry
	dir := procDir(t, p)
	for i, line := range strings.Split(t.Text(p, r), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		m := procLine.FindStringSubmatch(line)
		if m == nil {
			r.Note(p, i+1, "not understood: a line of a Procfile is name: command")
			continue
		}
		entries = append(entries, procEntry{t: t, r: r, file: p, line: i + 1, dir: dir, name: m[1], command: withoutSpare(m[2])})
	}
	main := mainEntry(t, entries)
	for _, e := range entries {
		if startsContainers.MatchString(e.command) && (main < 0 || development.MatchString(entries[main].command)) {
			r.Note(p, e.line, "for developers, since %s starts containers beside the others: the Procfile was left out", e.name)
			return
		}
	}
	for i, e := range entries {
		e.main = i == main
		if main >= 0 && i != main && sameServer(e.command, entries[main].command) {
			r.Note(p, e.line, "%s starts the same server as %s, with other steps before it: it was left out", e.name, entries[main].name)
			continue
		}
		e.read()
	}
}

// procDir is the directory of the code that a Procfile starts: its own, or, where that holds none, the nearest above with code.
func procDir(t *scan.Tree, p string) string {
	own := path.Dir(p)
	for dir := own; ; dir = path.Dir(dir) {
		for _, m := range manifests {
			if m != "Procfile" && t.Has(path.Join(dir, m)) {
				return dir
			}
		}
		if dir == "." {
			return own
		}
	}
}

// webEntries are files by which a web server loads the code: where one stands beside a Procfile that names workers alone,
// the server is started from elsewhere.
var webEntries = []string{"config.ru", "app.psgi", "manage.py", "wsgi.py", "artisan"}

// serverLine finds a server in the command of a process that is not called web.
var serverLine = scan.MustCompile(`\$\{?PORT\b|\b(gunicorn|uwsgi|uvicorn|daphne|hypercorn|puma|unicorn|rainbows|thin|rackup|passenger|pitchfork|falcon|starman|plackup|hypnotoad|php-fpm|apache2-foreground|rails\s+s(erver)?|mr-sparkle)\b`)

// mainEntry is the index of the process that serves: web, otherwise the one that is given a port or is a server, otherwise
// the first, unless a Dockerfile or the code says what the directory's main process is. -1 where there is none.
func mainEntry(t *scan.Tree, entries []procEntry) int {
	first, web := -1, -1
	for i, e := range entries {
		switch {
		case e.name == "web" && !development.MatchString(e.command):
			return i
		case e.name == "web":
			web = i
		case e.name == "release" || e.name == "console":
		case first < 0 || strings.Contains(e.command, "$PORT") && !strings.Contains(entries[first].command, "$PORT"):
			first = i
		}
	}
	if web >= 0 { // for developers, unless nothing else serves
		for i, e := range entries {
			if serverLine.MatchString(e.command) && !development.MatchString(e.command) && !e.servesBeside() {
				return i
			}
		}
		return web
	}
	if first < 0 || strings.Contains(entries[first].command, "$PORT") {
		return first
	}
	dir := entries[first].dir
	if t.Has(path.Join(dir, "Dockerfile")) {
		if len(entries) == 1 && startsSame(t, path.Join(dir, "Dockerfile"), entries[0].command) {
			return 0
		}
		return -1
	}
	if t.First(dir, webEntries...) == "" {
		return first
	}
	for i, e := range entries {
		if serverLine.MatchString(e.command) {
			return i
		}
	}
	return -1
}

// startsSame says whether an image starts the program that the command of a process begins with. What starts others says too
// little: there the same server, or the same words, have to stand behind it.
func startsSame(t *scan.Tree, dockerfile, command string) bool {
	d := parseDockerfile(t, dockerfile, &scan.Report{})
	words := strings.Fields(command)
	if d == nil || len(words) == 0 {
		return false
	}
	argv, _ := d.words()
	if len(argv) == 0 || path.Base(argv[0]) != path.Base(words[0]) {
		return false
	}
	base := path.Base(words[0])
	if !shells[base] && !launchers[strings.TrimRight(base, "0123456789.")] {
		return true
	}
	server := serverLine.FindString(command)
	return slices.Equal(argv[1:], words[1:]) || server != "" && server == serverLine.FindString(strings.Join(argv, " "))
}

var rackupFile = scan.MustCompile(`(?:^|\s)(\S+\.ru)(?:\s|$)`)

// servesBeside says whether a line serves another file than config.ru, which is what the application itself is loaded by.
func (e procEntry) servesBeside() bool {
	m := rackupFile.FindStringSubmatch(e.command)
	return m != nil && path.Base(m[1]) != "config.ru" && e.t.Has(path.Join(e.dir, "config.ru"))
}

// startsContainers is a line by which a Procfile starts what the service calls, in containers.
var startsContainers = scan.MustCompile(`^(?:docker-compose|docker\s+(?:compose|run|start)|podman)\s`)

// helperLine finds what runs beside the developers' server alone: a compiler that watches files, a catcher of mails, a store.
var helperLine = scan.MustCompile(`\b(tailwindcss:watch|css:watch|sass\s.*--watch|\w+-dev-server|vite\s+dev|bin/vite\s+dev|guard|livereload|sphinx-autobuild|mailcatcher|mailhog|maildev|mailpit|browser-sync)\b|\b(yarn|npm|pnpm)\s+(run\s+)?(watch|build)\S*(\s.*--watch)?$|^(\S*/)?(redis-server|memcached|mongod|postgres|pg_ctl|mysqld\w*|rabbitmq-server|elasticsearch|minio|zookeeper-server-start\S*|kafka-server-start\S*|nsqd|solr_wrapper|fcrepo_wrapper)(\s|$)|\bsunspot:solr:(?:run|start)\b`)

// pagesOfDevelopers finds servers of pages that only developers run, whatever the process is called.
var pagesOfDevelopers = scan.MustCompile(`\b(rails\s+s(erver)?|manage(\.py)?\s+runserver(_plus)?|flask\s+run|artisan\s+serve|next\s+dev|nuxt\s+dev|ng\s+serve|vue-cli-service\s+serve)\b`)

type procEntry struct {
	t         *scan.Tree
	r         *scan.Report
	file      string
	line      int
	dir, name string
	command   string
	main      bool
}

func (e procEntry) read() {
	if strings.Contains(e.command, "<%") || strings.Contains(e.command, "{{") {
		e.r.Note(e.file, e.line, "%s: a template, not understood", e.name)
		return
	}
	e.command = e.withoutBuildpack()
	rank, note := scan.Declared, ""
	docroot := ""
	if serves, root := e.phpServer(); serves != "" {
		e.command, docroot = serves, root
		rank, note = scan.Convention, "the server of the buildpack for PHP, with Apache in its place"
	}
	argv, env := command(e.command)
	given, variables := argv, env
	if filled, set := command(e.fillPort()); len(filled) > 0 && !isShell(filled) {
		argv, env = filled, set
	}
	if argv == nil {
		e.r.Note(e.file, e.line, "%s: the command is not understood", e.name)
		return
	}
	e.demands(argv)
	if steps := e.started(argv); steps != nil {
		reportBefore(e.r, scan.Finding{Dir: e.dir}, steps, rank)
		argv, given = steps.argv, steps.argv
		if env == nil {
			env = map[string]string{}
		}
		maps.Copy(env, steps.sets)
	}
	if _, recipe, _ := recipeOf(e.t, e.dir, argv); len(recipe) == 1 && e.main && forDevelopment(e.made(argv)) {
		if made, _ := command(strings.TrimLeft(recipe[0], "@-+")); len(made) > 0 {
			argv = made // so that it is known for what it is
		}
	}
	switch {
	case e.leftOut(argv):
		return
	case e.name != "release" && (forDevelopment(argv) || forDevelopment(e.made(argv))):
		rank, note = scan.Guess, "a development command"
	case missingModule(e.t, argv) != "":
		rank, note = scan.Guess, "there is no module "+missingModule(e.t, argv)+" in this repository"
	case missingScript(e.t, e.dir, argv) != "":
		rank, note = scan.Guess, "there is no "+missingScript(e.t, e.dir, argv)+" in this repository"
	}
	argv, artifact := inImage(e.t, e.dir, argv)
	artifact = cmp.Or(artifact, docroot)
	s := service.Service{Command: argv, Env: env, Release: e.name == "release"}
	if work, schedule, ok := looped(argv); ok && !e.main && !s.Release {
		s.Command, s.Schedule = work, schedule
	}
	if artifact != "" {
		s.Build = &service.Build{Artifact: artifact}
	}
	f := scan.Finding{Dir: e.dir, Process: e.name, Service: s}
	if e.main {
		f.Process, f.Name = "", e.name
	}
	e.r.Find(f, e.file, e.line, rank, note)
	if e.main || strings.HasPrefix(e.name, "web") {
		e.port(f, given, variables)
	}
}

// leftOut says, with a note, whether the line starts nothing that production runs.
func (e procEntry) leftOut(argv []string) bool {
	switch {
	case e.name == "console":
		e.r.Note(e.file, e.line, "console is for a person, not a process to run")
	case !e.main && e.name != "release" && helperLine.MatchString(e.command):
		e.r.Note(e.file, e.line, "%s: a helper of developers, not a process to run", e.name)
	case !e.main && e.name == "web" && forDevelopment(argv):
		e.r.Note(e.file, e.line, "web runs a server for developers, and another process one for production: it was left out")
	case !e.main && e.name != "release" && forDevelopment(e.made(argv)):
		e.r.Note(e.file, e.line, "%s runs %s, which is for developers: it was left out", e.name, shown(e.made(argv)))
	case !e.main && e.name != "release" && pagesOfDevelopers.MatchString(e.command):
		e.r.Note(e.file, e.line, "%s runs a server for developers: it was left out", e.name)
	default:
		return false
	}
	return true
}

// demands reports what the line and its scripts take from the environment.
func (e procEntry) demands(argv []string) {
	of := scan.Finding{Dir: e.dir, Process: e.name}
	if e.main {
		of.Process = ""
	}
	if e.name != "release" && e.name != "console" && !forDevelopment(argv) {
		reportDemands(e.t, e.r, of, e.script, argv, scan.Evidence{File: e.file, Line: e.line, Rank: scan.Declared})
	}
}

// made is what the Makefile runs where a line names one of its targets, nil otherwise.
func (e procEntry) made(argv []string) []string {
	_, recipe, _ := recipeOf(e.t, e.dir, argv)
	return strings.Fields(strings.Join(recipe, " "))
}

// script is the file of the repository that a word of the line stands for, "" for none: the platform keeps the code in /app.
func (e procEntry) script(word string) string {
	word = strings.TrimPrefix(word, "/app/")
	if file := path.Join(e.dir, word); !path.IsAbs(word) && e.t.Has(file) {
		return file
	}
	return ""
}

// started is what the line runs in the end, through a script of the repository or after steps of a release, which only the
// main process may bring along. It is nil where the line says all there is.
func (e procEntry) started(argv []string) *started {
	if e.name == "release" {
		return nil
	}
	s := followScript(e.t, e.script, argv, nil)
	if s == nil || s.own != "" || s.passes || len(s.argv) == 0 {
		s = inLine(argv, e.file, e.line)
	}
	if s == nil || len(s.release) > 0 && !e.main {
		return nil
	}
	return s
}

var portVariable = scan.MustCompile(`\$PORT\b|\$\{PORT(?::?-(\d+))?\}`)

// fillPort puts a port in the place of $PORT, its default where it has one: what then needs no shell any more runs as it
// is, and gets its signals itself.
func (e procEntry) fillPort() string {
	port, _ := e.foremanPort()
	return portVariable.ReplaceAllStringFunc(e.command, func(ref string) string {
		if m := portVariable.FindStringSubmatch(ref); m[1] != "" {
			return m[1]
		}
		return strconv.Itoa(port)
	})
}

var foremanPort = scan.MustCompile(`(?m)^port:\s*(\d{2,5})\s*$`)

// foremanPort is the port that foreman's own settings beside the Procfile give to the first process, with its line, else the
// one that a platform would choose.
func (e procEntry) foremanPort() (int, scan.Evidence) {
	settings := path.Join(path.Dir(e.file), ".foreman")
	if e.main && e.t.Has(settings) {
		for _, m := range scan.Find(e.t.Text(settings, e.r), foremanPort) {
			if n, _ := strconv.Atoi(m.Groups[1]); validPort(n) {
				return n, scan.Evidence{File: settings, Line: m.Line}
			}
		}
	}
	return herokuPort, scan.Evidence{}
}

// port tells on which port a web process listens. Where that is $PORT without a default, the platform used to choose.
func (e procEntry) port(f scan.Finding, argv []string, env map[string]string) {
	port, variable := portOf(argv, env)
	if line := shown(argv); variable == "" && (strings.Contains(line, "$PORT") || strings.Contains(line, "${PORT}")) {
		variable = "PORT"
	}
	f.Service = service.Service{}
	switch {
	case port > 0:
		f.Service.Port = port
		if variable != "" && env[variable] == "" {
			f.Service.Env = map[string]string{variable: strconv.Itoa(port)}
		}
		e.r.Find(f, e.file, e.line, scan.Declared, "")
	case variable != "":
		n, at := e.foremanPort()
		f.Service.Port = n
		f.Service.Env = map[string]string{variable: strconv.Itoa(n)}
		if at.File != "" {
			e.r.Find(f, at.File, at.Line, scan.Declared, "foreman sets $"+variable)
			return
		}
		e.r.Find(f, e.file, e.line, scan.Convention, "the platform set $"+variable)
	}
}
