package ops

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// report turns the image into findings. It is false, with a note, for an image that is no service of the team's.
func (d *dockerfile) report(t *scan.Tree, r *scan.Report) bool {
	if !d.holdsService(t, r) {
		return false
	}
	own, ok := relative(d.dir, d.file)
	if _, inside := relative(d.builtFrom(), d.file); !ok && inside && d.context != "" {
		own, ok = upTo(d.dir, d.file), true
	}
	if !ok {
		r.Note(d.file, 0, "lies outside of the directory that it builds, not used")
		return false
	}
	before := len(r.Findings)
	defer d.ifRuns(r, before)
	if wanted := d.wanted(t); wanted != "" {
		if module, _, ok := strings.Cut(d.file, "/src/main/docker/"); ok {
			d.dir = module // where a plugin of Maven's or Gradle's build looks for it
		}
		// Made for several services or for a plugin of the build: it tells something, and builds nothing by itself.
		r.Note(d.file, d.from.line, "%s; not kept as the image's Dockerfile", wanted)
		defer func() {
			if d.ofPublished(t) {
				return // what it says of the program holds, whoever builds it
			}
			for i := range r.Findings[before:] {
				r.Findings[before+i].Evidence.Rank = min(r.Findings[before+i].Evidence.Rank, scan.Convention)
			}
		}()
	} else {
		r.Find(scan.Finding{Dir: d.dir, CodeAt: d.codeAt(), Service: service.Service{Build: &service.Build{Dockerfile: own, Context: d.context, Target: d.target, Args: d.chosenBy, Wraps: d.handsOn()}}}, d.file, d.from.line, scan.Declared, "")
		if id := d.userID(); id > 0 {
			r.Find(d.finding(service.Service{Build: &service.Build{User: id}}), d.file, max(d.user.line, 1), scan.Declared, "")
		}
		d.reportModule(t, r)
		d.reportParts(t, r)
		d.reportStaged(t, r)
		d.reportProgram(r)
		d.reportAbsent(t, r)
	}
	if templateImage.MatchString(d.from.image) {
		r.Note(d.file, d.from.line, "FROM %s is a template that something else fills in: docker build refuses it as it stands. `migrate adopt %s` shows the one that migrate would write", d.from.image, d.file)
	}
	if parseImage(d.from.image).webServer() && d.holdsSite(t) {
		r.Find(d.finding(service.Service{Language: "static"}), d.file, d.from.line, scan.Declared, "a web server with files of the repository")
	}
	d.reportLanguage(t, r)
	argv := d.reportCommand(t, r)
	d.reportFastCGI(t, argv, r)
	d.reportSiblings(r)
	d.reportPort(t, argv, r)
	d.reportEnv(r)
	d.reportHealth(t, r)
	d.reportVolumes(r)
	return true
}

// holdsService says whether the image has a service of the team's in it; a note says what it is otherwise.
func (d *dockerfile) holdsService(t *scan.Tree, r *scan.Report) bool {
	img := parseImage(d.from.image)
	if pageOfMaintenance.MatchString(d.dir) {
		r.Note(d.file, d.from.line, "a page for while the service is away, no service")
		return false
	}
	if img.webServer() && len(d.builders) == 0 && !d.holdsSite(t) {
		r.Note(d.file, d.from.line, "a web server or proxy in front of the services: the configuration of nginx, Apache and HAProxy is read where it lies in the repository")
		return false
	}
	if img.helper() && d.cmd == nil && d.entry == nil && len(d.programs) != 1 {
		r.Note(d.file, d.from.line, "an image of %s: a tool, not a service", img.base)
		return false
	}
	if why := d.toDevelopIn(t); why != "" {
		d.developersLanguage(t, r)
		d.reportEnv(r)
		r.Note(d.file, d.from.line, "%s: an image to develop in, not used to build. `migrate adopt %s` shows the one that migrate would write", why, d.file)
		return false
	}
	if d.mounted {
		if argv, _ := d.words(); d.process == "" && forDevelopment(argv) {
			d.developersLanguage(t, r)
		} else if d.process == "" {
			d.reportLanguage(t, r)
		}
		if len(d.sources) == 0 {
			d.reportEnv(r)
		}
		language, _, _ := parseImage(d.from.image).language()
		switch argv, _ := d.words(); {
		case language == "php": // the image that is written instead has Apache, and no php-fpm for another server to ask
		case d.commanded || len(argv) == 0 || d.keeper(t) != "" || d.process != "" && d.installsFirst(t, argv):
		case forDevelopment(argv):
			d.reportPort(t, argv, r)
		default:
			d.reportPort(t, d.reportCommand(t, r), r)
		}
		instead := ""
		if d.file == path.Join(d.dir, "Dockerfile") {
			instead = ", and kept where the one that has the code belongs: `migrate adopt " + d.file + "` shows that"
		}
		r.Note(d.file, d.from.line, "an image without the code, which was mounted from %s; not used to build%s", d.dir, instead)
		return false
	}
	return true
}

// pageOfMaintenance is the directory of what answers while the service does not.
var pageOfMaintenance = scan.MustCompile(`(?i)(?:^|/)maintenance[-_]page(?:/|$)`)

// templateImage is a name of an image with a sign in it that a program of the team's replaces.
var templateImage = scan.MustCompile(`__[A-Z][A-Z0-9_]*__|@@?[A-Z][A-Z0-9_]*@@?|\{\{`)

// settingsDir are directories of a VOLUME that hold what somebody puts there, and no data of the running service: an empty
// volume in their place would hide what the image has.
var settingsDir = scan.MustCompile(`(?i)^/etc(/|$)|/(etc|conf|config|configs|configuration|certs?|ssl|tls|secrets?)$`)

func (d *dockerfile) reportVolumes(r *scan.Report) {
	for _, v := range d.volumes {
		switch {
		case v.value == "" || v.value == "/tmp":
		case settingsDir.MatchString(v.value):
			r.Note(d.file, v.line, "VOLUME %s is for settings: what the image holds there is used; mount your own with a patch in kube/overlays", v.value)
		default:
			r.Find(d.finding(service.Service{State: []string{v.value}}), d.file, v.line, scan.Declared, "")
		}
	}
}

func (d *dockerfile) finding(s service.Service) scan.Finding {
	return scan.Finding{Dir: d.dir, Process: d.process, Service: s}
}

// upTo is the path of file seen from dir, which it does not lie below.
func upTo(dir, file string) string {
	up := ""
	for dir != "." {
		if rest, below := strings.CutPrefix(file, dir+"/"); below {
			return up + rest
		}
		dir, up = path.Dir(dir), up+"../"
	}
	return up + file
}

// relative is the path of file seen from dir, which must lie above it.
func relative(dir, file string) (string, bool) {
	if dir == "." {
		return file, true
	}
	return strings.CutPrefix(file, dir+"/")
}

// reportLanguage takes the language from the image that the last stage rests on and, where that is a bare system, from the
// compilers whose results it copies, or the stage whose program its command runs. A stage that only builds assets says
// nothing about the service.
func (d *dockerfile) reportLanguage(t *scan.Tree, r *scan.Report) {
	images, file := []base{d.from}, d.file
	if d.base != nil {
		images, file = []base{d.base.from}, d.base.file
	}
	for _, b := range d.builders {
		if lang, _, _ := parseImage(b.image).language(); lang == "go" || lang == "java" || lang == "rust" || lang == "dotnet" || lang == "elixir" && t.First(d.dir, "mix.exs") != "" || lang != "" && lang == d.runtime() {
			images = append(images, b)
		}
	}
	for _, b := range images {
		lang, version, server := parseImage(b.image).language()
		if lang == "" || lang == "node" && t.First(d.dir, "package.json") == "" && t.First(d.dir, pythonManifests...) != "" { // with Node.js for a front end alone
			continue
		}
		if lang == "rust" && version != "" { // a rust-toolchain file would choose another one
			r.Find(d.finding(service.Service{Version: version}), file, b.line, scan.Convention, "FROM "+b.image)
			version = ""
		}
		if wants := d.bundlerWants(t, lang, version); wants != "" {
			r.Find(d.finding(service.Service{Version: version}), file, b.line, scan.Convention, "FROM "+b.image)
			r.Note(file, b.line, "FROM %s, and the Gemfile says ruby %s: bundle install refuses another one, so that this image can't be built as it stands", b.image, wants)
			version = ""
		}
		rank := scan.Declared
		if lang == "dotnet" {
			rank = scan.Convention // the project's own file says C# or F#, and for which version it is compiled
		}
		if lang == "java" && t.First(d.dir, "project.clj", "deps.edn") != "" {
			lang, version = "clojure", "" // what the image is made for runs it; the version is the libraries'
		}
		if lang == "java" && holdsScala(t, d.dir) {
			lang, version = "scala", "" // what sbt builds; the version is Scala's
		}
		if lang == "erlang" && t.First(d.dir, "mix.exs") != "" {
			lang, version = "elixir", "" // not that of the language which runs on it
		}
		r.Find(d.finding(service.Service{Language: lang, Version: version, Framework: server}), file, b.line, rank, "FROM "+b.image)
		if lang == "php" {
			d.reportExtensions(r)
		}
		return
	}
	if d.python.value != "" && (t.First(d.dir, pythonManifests...) != "" || t.HasDir(path.Join(d.dir, "requirements"))) {
		r.Find(d.finding(service.Service{Language: "python", Version: d.python.value}), file, d.python.line, scan.Convention, "the Python of "+d.from.image)
	}
	if d.php.value != "" && t.First(d.dir, "composer.json", "index.php") != "" {
		r.Find(d.finding(service.Service{Language: "php", Version: d.php.value}), file, d.php.line, scan.Declared, "the image installs it")
	}
}

// holdsScala says whether a directory in a build of sbt's has code in Scala, where sbt or Play looks for it.
func holdsScala(t *scan.Tree, dir string) bool {
	if !slices.ContainsFunc(t.Below(dir), func(p string) bool {
		rel := strings.TrimPrefix(strings.TrimPrefix(p, dir), "/")
		return strings.HasSuffix(p, ".scala") && (strings.HasPrefix(rel, "src/main/scala/") || strings.HasPrefix(rel, "app/"))
	}) {
		return false
	}
	for ; ; dir = path.Dir(dir) {
		if t.First(dir, "build.sbt", "project/Build.scala") != "" {
			return true
		}
		if dir == "." {
			return false
		}
	}
}

// gemfileRuby is the Ruby on which a Gemfile insists.
var gemfileRuby = scan.MustCompile(`(?m)^\s*ruby\s+["'](\d+\.\d+)[\d.]*["']`)

// bundlerWants is the Ruby that the Gemfile beside the image insists on, where that is another one than the image's, "" where
// they agree.
func (d *dockerfile) bundlerWants(t *scan.Tree, lang, version string) string {
	file := path.Join(d.dir, "Gemfile")
	if lang != "ruby" || strings.Count(version, ".") == 0 || !t.Has(file) {
		return ""
	}
	m := gemfileRuby.FindStringSubmatch(t.Text(file, &scan.Report{}))
	if m == nil || version == m[1] || strings.HasPrefix(version, m[1]+".") {
		return ""
	}
	return m[1]
}

// pythonManifests are files by which the code beside a Dockerfile is in Python; what is in another language may install a
// Python for its tools.
var pythonManifests = []string{"requirements.txt", "setup.py", "Pipfile", "pyproject.toml", "manage.py"}

// runtime is the language whose own program the image's command is, "" for none.
func (d *dockerfile) runtime() string {
	argv, _ := d.words()
	if at := scriptIn(argv); at >= 0 || len(argv) == 0 {
		return ""
	}
	for _, word := range argv {
		switch base := path.Base(word); {
		case base == "node" || base == "ruby" || base == "php":
			return base
		case pythonProgram.MatchString(base):
			return "python"
		}
	}
	return ""
}

var pythonProgram = scan.MustCompile(`^(python[\d.]*|gunicorn|uvicorn|uwsgi)$`)

// onlyTells are arguments by which a program prints something and ends.
var onlyTells = scan.MustCompile(`^(version|help|--?version|--?help|-h|-V)$`)

// reportCommand puts ENTRYPOINT and CMD together as Docker does.
func (d *dockerfile) reportCommand(t *scan.Tree, r *scan.Report) []string {
	argv, line := d.words()
	if len(argv) == 0 {
		if d.cmd != nil || d.entry != nil {
			r.Note(d.file, line, "the command is not understood")
			return nil
		}
		if argv, _ = parseImage(d.from.image).inherited(); len(argv) > 0 {
			r.Find(d.finding(service.Service{Command: argv}), d.file, d.from.line, scan.Convention, "what the image "+d.from.image+" starts")
		}
		return argv
	}
	if d.startsArgument(argv) {
		return nil // which wanted tells
	}
	if s := d.start(t); s != nil && s.passes && len(s.argv) == 0 {
		r.Find(d.finding(service.Service{Build: &service.Build{Wraps: true}}), d.file, line, scan.Declared, "the ENTRYPOINT runs the command that it is given")
		if len(argv) == 1 { // started so it does what it does before that
			r.Find(d.finding(service.Service{Command: argv}), d.file, line, scan.Guess, "it runs what it is given, and nothing says what that is")
		}
		return nil
	}
	reportDemands(t, r, d.finding(service.Service{}), d.scriptFinder(t), argv, scan.Evidence{File: d.file, Line: line, Rank: scan.Declared})
	if ofProcfile.MatchString(shown(argv)) && t.Has(path.Join(d.dir, "Procfile")) {
		return nil // which says what runs
	}
	rank, note := scan.Declared, ""
	if n := len(argv) - 1; n > 0 && onlyTells.MatchString(argv[n]) {
		if d.entry == nil {
			r.Note(d.file, line, "its CMD only tells something, and whoever runs the image says what it does")
			return nil
		}
		argv, rank, note = argv[:n], scan.Guess, "its CMD only tells something, and whoever runs it says what it does"
	}
	if plain := withoutReload(argv); len(plain) < len(argv) {
		argv, note = plain, "without --reload, by which the server watches its files"
	}
	if forDevelopment(argv) {
		rank, note = scan.Guess, "a development command"
	} else if d.startsForDevelopers(t, argv) {
		if t.Has(path.Join(d.dir, "Procfile")) {
			r.Note(d.file, line, "%s runs a server for developers: it was left out, since the Procfile says what runs", shown(argv))
			return nil
		}
		rank, note = scan.Guess, "a development command"
	}
	if made, file, at := makes(t, d.builtFrom(), argv); made != nil {
		argv = made
		r.Find(d.finding(service.Service{Command: argv}), file, at, rank, "what make runs in the image")
		return argv
	}
	if keeper := d.keeper(t); keeper == "supervisord" && d.servesPages(t, r) || keeper != "" && d.runsPages(t) {
		note = "it keeps the web server and what answers behind it going, in one container"
	} else if keeper != "" {
		rank, note = scan.Guess, keeper+" keeps several processes going, each of which Kubernetes runs by itself"
	}
	d.reportRoles(t, argv, r)
	serves := d.reportWords(t, r)
	if started := d.reportStart(t, r, rank); started != nil {
		return started
	}
	if steps := inLine(argv, d.file, line); steps != nil {
		reportBefore(r, d.finding(service.Service{}), steps, max(rank, scan.Convention))
		argv = steps.argv
	}
	if serves != nil {
		return serves
	}
	if d.entry != nil && !d.entry.shell && d.cmd == nil && (d.commanded || d.wantsWord(t)) && rank > scan.Convention {
		rank, note = scan.Convention, "an ENTRYPOINT without a CMD: compose says what it starts"
	}
	if rank == scan.Declared {
		if server := d.plainServer(t, argv, r); server != "" {
			rank, note = scan.Convention, server
		}
	}
	r.Find(d.finding(service.Service{Command: argv}), d.file, line, rank, note)
	return argv
}

// plainServer says what is weak about the server that a framework brings, which other evidence of production outdoes.
func (d *dockerfile) plainServer(t *scan.Tree, argv []string, r *scan.Report) string {
	line, procfile := shown(argv), path.Join(d.dir, "Procfile")
	switch {
	case onlyPlackup.MatchString(line) && d.env["PLACK_SERVER"].line == 0:
		return "plackup's own server, which serves one request at a time"
	case mojoDaemon.MatchString(line) && t.First(d.dir, "cpanfile", "Makefile.PL", "dist.ini") != "":
		return "Mojolicious's own server, which is one process"
	case rackup.MatchString(line) && t.Has(procfile) && procfileServes.MatchString(t.Text(procfile, r)):
		return "rackup, and the Procfile names the server of production"
	}
	return ""
}

var (
	rackup         = scan.MustCompile(`\brackup\b`)
	procfileServes = scan.MustCompile(`(?m)^web:[^\n#]*\b(?:puma|unicorn|rainbows|thin|passenger|pitchfork|falcon)\b`)
)

// ofProcfile is a process of a Procfile, run by a program that reads it.
var ofProcfile = scan.MustCompile(`^(?:bundle exec )?(?:\S*/)?(?:foreman|forego|honcho|hivemind|overmind) (?:run|start)(?: -\S+(?: [\w.]+)?)* (?:web|app|server)$`)

// mojoDaemon is an application of Mojolicious's that serves by itself.
var mojoDaemon = scan.MustCompile(`^(?:carton exec )?(?:perl )?\S+ daemon(?: |$)`)

// onlyPlackup is plackup without a server of its own choice.
var onlyPlackup = scan.MustCompile(`^(?:(?:carton|perl|\S*/perl) (?:exec )?)?(?:\S*/)?plackup(?: -(?:[pIoRrlaMe]|-(?:port|host|listen|Reload|reload|app|env))(?:[ =]?\S+)?)*(?: [\w./-]+\.psgi)?$`)

func (p *process) argv() []string {
	if !p.shell {
		return append([]string(nil), p.words...)
	}
	argv, env := command(strings.Join(p.words, " "))
	if len(env) > 0 { // the image runs it with a shell; so does Kubernetes
		return []string{"sh", "-c", strings.Join(p.words, " ")}
	}
	return argv
}
