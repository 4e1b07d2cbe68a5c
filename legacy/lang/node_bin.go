package lang

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var nodeShebang = scan.MustCompile(`\A#!\S*(?:/env\s+(?:-S\s+)?|/)node(?:js)?\b`)

// forLoad are programs that put load on the service, or play a part of its tests.
var forLoad = scan.MustCompile(`(?i)load|bench|test|mock|fake|example|cli$`)

// executables are the programs in bin/ that serve, where no script starts one: old services are made of several. The
// first is the one that is called like the package, or else a server.
func (p *nodeProject) executables() []nodeStart {
	if listed := p.awsbox(); len(listed) > 1 {
		return listed
	}
	all := p.bin()
	if len(all) < 2 {
		return nil // one program alone is found by its name, or is a tool
	}
	for i, s := range all {
		name := nameOf(s)
		if name == p.pkg.Name[strings.LastIndexByte(p.pkg.Name, '/')+1:] || name == "server" || name == "www" {
			all[0], all[i] = all[i], all[0]
			break
		}
	}
	return all
}

// bin are the programs in bin/ that serve, by their names.
func (p *nodeProject) bin() []nodeStart {
	var all []nodeStart
	for _, file := range p.t.Below(path.Join(p.dir, "bin")) {
		name := path.Base(file)
		if path.Dir(file) != path.Join(p.dir, "bin") || path.Ext(name) != "" && path.Ext(name) != ".js" || forLoad.MatchString(name) || strings.HasPrefix(name, "_") || p.t.Aside(file) {
			continue
		}
		data, err := p.t.Read(file)
		text := string(data)
		if line := scan.LineOf(text, serves); err == nil && line > 0 && (nodeShebang.MatchString(text) || path.Ext(name) == ".js") {
			all = append(all, nodeStart{command: []string{"node", "bin/" + name}, file: file, fromFile: true, line: line, rank: scan.Convention, note: "it serves, and no script for production starts it"})
		}
	}
	return all
}

// awsbox are the programs that .awsbox.json lists, by which Mozilla's services ran on a machine of their own.
func (p *nodeProject) awsbox() []nodeStart {
	file := p.t.First(p.dir, ".awsbox.json")
	if file == "" {
		return nil
	}
	list, _ := p.parseJSON(file).get("processes")
	var all []nodeStart
	for _, item := range list.items {
		if name := path.Clean(item.text); item.kind == valString && p.t.Has(path.Join(p.dir, name)) {
			all = append(all, nodeStart{command: []string{"node", name}, file: path.Join(p.dir, name), from: file, line: item.line, rank: scan.Declared})
		}
	}
	return all
}

// nameOf is what a program of bin/ is called.
func nameOf(s nodeStart) string { return strings.TrimSuffix(path.Base(s.file), ".js") }

// beside reports the programs that run beside the main one.
func (p *nodeProject) beside(programs []nodeStart) {
	for _, s := range programs {
		name, file := nameOf(s), s.file
		if s.from != "" {
			file = s.from
		}
		p.r.Find(scan.Finding{Dir: p.dir, Process: name, Service: service.Service{Command: s.command}}, file, s.line, s.rank, "a program of bin/ that serves")
		p.healthOf(name, s.file)
		if port, at, line := p.portOf(s.file); port > 0 {
			p.r.Find(scan.Finding{Dir: p.dir, Process: name, Service: service.Service{Port: port}}, at, line, scan.Declared, "")
			continue
		}
		for i, set := range p.values {
			if part, rest, ok := strings.Cut(set.name, "."); ok && part == name && (rest == "port" || strings.HasSuffix(rest, ".port")) && set.v.number() > 0 {
				p.r.Find(scan.Finding{Dir: p.dir, Process: name, Service: service.Service{Port: set.v.number()}}, p.valueAt[i], set.v.line, scan.Declared, "")
				break
			}
		}
	}
}

// besideEntry reports the other programs in bin/ where one of them is what serves.
func (p *nodeProject) besideEntry(start nodeStart) {
	if path.Dir(start.file) != path.Join(p.dir, "bin") {
		return
	}
	var others []nodeStart
	for _, s := range p.bin() {
		if s.file != start.file {
			others = append(others, s)
		}
	}
	p.beside(others)
}

var (
	// takesWork are calls of a program that takes from a queue, or waits for its next turn.
	takesWork = scan.MustCompile(`\bnew\s+\w*(?:Receiver|Consumer|Worker|CronJob)\(|\bConsumer\.create\(|\.(?:consume|subscribe|process)\(|\bcron\.schedule\(|\bscheduleJob\(|\bsetInterval\(|\bnew (?:Agenda|Bree)\(`)
	// readsArguments are those of a program that people call.
	readsArguments = scan.MustCompile(`\b(?:commander|yargs|optimist|minimist|nopt|meow|inquirer|readline)\b|process\.argv\b`)
)

// nodeWorkerFile is a program beside the main one that is called after the work it takes.
var nodeWorkerFile = scan.MustCompile(`(?i)^(?:(?:src|server|lib|app|workers?|jobs)/)?(?:(?:[\w-]+[-_.])?(?:worker|consumer|scheduler|cron)|workers|clock)\.js$`)

// waitingWorkers reports the programs that take work from a queue or a clock and that no script starts: those of bin/ where
// the main one is there, too, and those whose names say so and that the main one does not load.
func (p *nodeProject) waitingWorkers(start nodeStart) {
	bin, loaded := path.Join(p.dir, "bin"), p.loaded(start.file)
	for _, file := range p.t.Below(p.dir) {
		name, rel := path.Base(file), relative(p.dir, file)
		inBin := path.Dir(file) == bin && path.Dir(start.file) == bin && (path.Ext(name) == "" || path.Ext(name) == ".js")
		if _, part := loaded[file]; file == start.file || !inBin && (part || start.file == "" || p.startedByScript(rel) || !nodeWorkerFile.MatchString(rel)) || forLoad.MatchString(name) || p.t.Aside(file) {
			continue
		}
		data, err := p.t.Read(file)
		text := string(data)
		line := scan.LineOf(text, takesWork)
		if err != nil || line == 0 || readsArguments.MatchString(text) || serves.MatchString(text) || startedByOther.MatchString(text) || p.namedInSource(file, start.file) || !inBin && exportsWork.MatchString(text) || !nodeShebang.MatchString(text) && path.Ext(name) != ".js" {
			continue
		}
		process := strings.NewReplacer("_", "-", ".", "-").Replace(strings.ToLower(strings.TrimSuffix(name, ".js")))
		p.r.Find(scan.Finding{Dir: p.dir, Process: process, Service: service.Service{Command: []string{"node", rel}}}, file, line, scan.Convention, "a program that waits for work, which no script starts")
	}
}

// startedByOther is code that runs in a browser, in a thread, or as the child of another program, with which it speaks.
var startedByOther = scan.MustCompile(`\bself\.(?:registration|clients|caches|skipWaiting|on\w+\s*=)|\bimportScripts\b|\bpostMessage\b|\baddEventListener\(|\bparentPort\b|\bprocess\.send\b|\bprocess\.on\(['"]message\b`)

// namedInSource says whether other code names the file in a string: it loads or forks it.
func (p *nodeProject) namedInSource(file, main string) bool {
	name := strings.TrimSuffix(path.Base(file), ".js")
	names := func(text string) bool {
		for _, end := range []string{"'", "\"", "`"} {
			if hasAny(text, "/"+name+end, "/"+name+".js"+end, end+name+".js"+end) {
				return true
			}
		}
		return false
	}
	for _, s := range p.sources {
		if s.file != file && !p.t.Aside(s.file) && names(s.text) {
			return true
		}
	}
	return p.t.Has(main) && names(p.t.Text(main, p.r))
}

// exportsWork is code that others load.
var exportsWork = scan.MustCompile(`(?m)^\s*(?:module\.exports\b|exports\.\w+\s*=|export\s)`)

// startedByScript says whether a script of the package names the file.
func (p *nodeProject) startedByScript(file string) bool {
	for _, text := range p.pkg.Scripts {
		if strings.Contains(text, strings.TrimSuffix(file, ".js")) {
			return true
		}
	}
	return false
}

// besidePages reports a program beside pages in PHP, which a web server serves: a server of websockets and the like.
func (p *nodeProject) besidePages(start nodeStart) bool {
	if start.dev || len(start.command) == 0 || start.file == "" || !p.t.Has(start.file) || p.t.First(p.dir, "composer.json") == "" || p.t.First(p.dir, "artisan", "index.php", "public/index.php", "web/index.php") == "" {
		return false
	}
	p.r.Note(p.pkg.file, p.pkg.scriptLine("start"), "%s runs beside the pages in PHP, whose image has no Node.js: give it a directory and an image of its own", strings.Join(start.command, " "))
	return true
}

// asksPeople says whether the package is a program for people at a terminal, whom it asks what it needs to know.
func (p *nodeProject) asksPeople() bool {
	_, asks := p.pkg.find("inquirer", "enquirer", "prompts", "prompt", "@inquirer/prompts", "@clack/prompts")
	return asks && p.pkg.hasBin && p.framework() == "" && p.t.First(p.dir, "Dockerfile", "Procfile") == "" &&
		!slices.ContainsFunc(p.sources, func(s *source) bool { return serves.MatchString(s.text) || takesWork.MatchString(s.text) })
}

// startsOther reports the service that npm starts where it is none of Node's.
func (p *nodeProject) startsOther() bool {
	words := strings.Fields(p.pkg.Scripts["start"])
	if len(words) < 2 || !ofOtherLanguage.MatchString(words[0]) || strings.ContainsAny(p.pkg.Scripts["start"], "&|;$<>`\"'") {
		return false
	}
	rank := scan.Declared
	if developersServer.MatchString(p.pkg.Scripts["start"]) {
		rank = scan.Guess
	}
	p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Command: words}}, p.pkg.file, p.pkg.scriptLine("start"), rank, "")
	return true
}

// ofOtherLanguage are programs that run what is written in other languages.
var ofOtherLanguage = scan.MustCompile(`^(\S*/)?(perl|starman|plackup|hypnotoad|python[\d.]*|gunicorn|uwsgi|ruby|bundle|rackup|php|php-fpm|java|dotnet)$`)

// developersServer are the servers of other languages that only developers run.
var developersServer = scan.MustCompile(`\b(runserver|rails s(erver)?|flask run|artisan serve|php -S|http\.server|SimpleHTTPServer|morbo|shotgun|rerun|spring-boot:run)\b|--reload`)
