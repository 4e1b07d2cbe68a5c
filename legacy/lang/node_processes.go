package lang

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	workerScript  = scan.MustCompile(`(?i)^(?:(?:start|run|prod|serve)[:-])*([\w-]*?(?:(?:workers?|consumers?|queue|background)(?::[\w-]+)*|(?:scheduler|cron|jobs?)(?::(?:start|run|prod|production))*))$`)
	notWorker     = scan.MustCompile(`(?i)(^|[:-])(dev|devel|development|watch|tests?|build|debug|local|lint|docker|compile|types?|clean|deploy|logs?|stop|inspect|install|generate|create|tsc|coverage|e2e|list|clear|purge|status|add|ts|nodemon)([:-]|$)`)
	onlyStarts    = scan.MustCompile(`(?i):(start|run|prod|production)$`)
	migrateScript = scan.MustCompile(`(?i)^(db[:-])?migrat(e|ions?)([:-](up|latest|run|prod))?$|^migrate[:-]db$`)
)

// processes reports the scripts that run beside the server, and the one that migrates the database.
func (p *nodeProject) processes(start nodeStart) {
	migrated := false
	for _, name := range slices.Sorted(maps.Keys(p.pkg.Scripts)) {
		p.timed(name)
		switch m := workerScript.FindStringSubmatch(name); {
		case m != nil && !notWorker.MatchString(name):
			s, ok := p.script(name, 0)
			if !ok || s.file == "" || strings.Join(s.command, " ") == strings.Join(start.command, " ") {
				continue
			}
			rank := min(s.rank, scan.Declared)
			p.r.Find(scan.Finding{Dir: p.dir, Process: strings.ReplaceAll(strings.ToLower(onlyStarts.ReplaceAllString(m[1], "")), ":", "-"), Service: service.Service{Command: s.command}}, p.pkg.file, p.pkg.scriptLine(name), rank, s.note)
		case migrateScript.MatchString(name) && !migrated:
			migrated = p.migrate(name)
		default:
			p.startsBeside(name, start)
		}
	}
	p.waitingWorkers(start)
	if !migrated && !p.migratesFirst() && !p.migrateFile() {
		p.migrateTool()
	}
}

var (
	// otherStart is a script that starts a program called after it: start:indexer, start-oauth.
	otherStart = scan.MustCompile(`(?i)^start[:-]([a-z][\w-]*)$`)
	// sameStart are words of scripts that start the main program in another way, or what developers and tests want.
	sameStart = scan.MustCompile(`(?i)^(prod\w*|stag\w*|server|web|www|app|main|all|once|only|fast|quick|full|force|inspect|cluster|forever|pm2|node|js|env|config|heroku|azure|aws|gcp|ci|win\w*|linux|osx|mac|client|front\w*|ui|pages|storybook|electron|android|ios|mobile|browser|demo|example|sample|mem\w*|db|database|mysql|postgres|mongo\w*|redis|proxy|tunnel|stub\w*|mock\w*|fake\w*|fixtures|hot|hmr|live|reload|verbose|profile|bare|simple|default|remote|qa|uat|integration)$`)
)

// startsBeside reports the program of the repository that a script starts beside the main one.
func (p *nodeProject) startsBeside(name string, start nodeStart) {
	m := otherStart.FindStringSubmatch(name)
	if m == nil || notWorker.MatchString(name) || sameStart.MatchString(m[1]) || start.file == "" {
		return
	}
	s, ok := p.script(name, 0)
	dev := s.dev && !strings.HasPrefix(s.env["NODE_ENV"], "dev") // which only says where the script is called
	if !ok || dev || s.file == "" || s.file == start.file || s.command[0] != "node" || !p.t.Has(s.file) || notNodeSource.MatchString("/"+relative(p.dir, s.file)) {
		return
	}
	f := scan.Finding{Dir: p.dir, Process: strings.ToLower(m[1]), Service: service.Service{Command: s.command}}
	p.r.Find(f, p.pkg.file, p.pkg.scriptLine(name), min(s.rank, scan.Convention), "a program that a script of its own starts")
}

// migrateFile is a program of the repository's own that migrates the database, which no script starts.
var migrateFile = scan.MustCompile(`^(?:lib/|src/)?(?:bin|scripts?)/(?:run[-_]?)?(?:db[-_]?)?migrat(?:e|ions?)\.(?:js|mjs|cjs)$`)

// migrateFile reports such a program as a release step.
func (p *nodeProject) migrateFile() bool {
	for _, f := range p.files {
		if rel := relative(p.dir, f); migrateFile.MatchString(rel) {
			p.r.Find(scan.Finding{Dir: p.dir, Process: "migrate", Service: service.Service{Command: []string{"node", rel}, Release: true}}, f, 1, scan.Convention, "a program that migrates the database, by its name")
			return true
		}
	}
	return false
}

// wantsWord are programs that migrate only where they are told to: developers write the rest behind the script.
var wantsWord = map[string]bool{"knex": true, "sequelize": true, "sequelize-cli": true, "typeorm": true, "east": true, "db-migrate": true, "migrate-mongo": true, "node-pg-migrate": true, "prisma": true, "mikro-orm": true}

// migrate reports the script as a release step.
func (p *nodeProject) migrate(name string) bool { return p.migrateBy(name, p.pkg.Scripts[name]) }

// migratesFirst reports what migrates the database before the server each time that a script starts it.
func (p *nodeProject) migratesFirst() bool {
	for _, name := range []string{"start:prod", "start", "prestart"} {
		steps := shellSteps.Split(p.pkg.Scripts[name], -1)
		if name != "prestart" {
			steps = steps[:len(steps)-1]
		}
		for _, step := range steps {
			if migratingStep.MatchString(step) && p.migrateBy(name, step) {
				return true
			}
		}
	}
	return false
}

// migratingStep calls a tool that migrates a database, with the word that has it do so.
var migratingStep = scan.MustCompile(`^(?:npx\s+|(?:NODE_ENV|cross-env)\S*\s+)*(?:knex\s+migrate:latest|sequelize(?:-cli)?\s+db:migrate|db-migrate\s+up|typeorm\s+migration:run|migrate-mongo\s+up|node-pg-migrate\s+up|prisma\s+migrate\s+deploy|mikro-orm\s+migration:up)\b`)

// migrateBy reports a line of a script as a release step. A tool that only developers install can't run in the image.
func (p *nodeProject) migrateBy(name, text string) bool {
	words := shellWords(text)
	for len(words) > 0 && (words[0] == "npx" || words[0] == "cross-env" || strings.Contains(words[0], "=")) {
		words = words[1:]
	}
	if len(words) > 2 && (words[0] == "npm" || words[0] == "yarn" || words[0] == "pnpm") && words[1] == "run" && words[2] != name {
		rest := words[3:]
		if len(rest) > 0 && rest[0] == "--" {
			rest = rest[1:]
		}
		if script := p.pkg.Scripts[words[2]]; script != "" && !strings.ContainsAny(script, "&|;") { // typeorm, with its options
			words = append(shellWords(script), rest...)
		}
	}
	if steps := strings.Split(text, "&&"); len(steps) > 1 {
		return p.migrateInSteps(name, steps)
	}
	if len(words) == 0 || strings.ContainsAny(text, "&|;") {
		return false
	}
	rank, note := scan.Convention, "a script that migrates the database"
	switch {
	case words[0] == "node" || p.ownScript(words[0]) != "":
	case strings.Contains(words[0], "/") || words[0] == "npm" || words[0] == "yarn":
		return false
	case len(words) == 1 && wantsWord[words[0]]:
		return false
	default:
		tool := strings.TrimSuffix(words[0], "-cli")
		_, direct := p.pkg.find(words[0], tool, tool+"-cli")
		first, _, _ := strings.Cut(tool, "-") // typeorm-ts-node-commonjs is a program of typeorm
		if !slices.ContainsFunc(slices.Collect(maps.Keys(p.pkg.all)), func(dep string) bool { return strings.Contains(dep, first) }) {
			return false // docker, make: what the developers' machine has
		}
		if !direct {
			rank, note = scan.Guess, words[0]+" has to be moved to the dependencies of production"
		}
		words = append([]string{"node_modules/.bin/" + words[0]}, words[1:]...)
	}
	p.r.Find(scan.Finding{Dir: p.dir, Process: "migrate", Service: service.Service{Command: words, Release: true}}, p.pkg.file, p.pkg.scriptLine(name), rank, note)
	return true
}

// migrateInSteps reports a script as a release step that runs several programs of the repository's own, one after the other:
// the package manager runs it, with the programs of packages in the PATH.
func (p *nodeProject) migrateInSteps(name string, steps []string) bool {
	for _, step := range steps {
		words := shellWords(step)
		if len(words) < 2 || words[0] != "node" || strings.ContainsAny(step, "&|;") || !p.t.Has(p.resolve(words[1])) {
			return false
		}
	}
	tool, _ := p.tool()
	p.r.Find(scan.Finding{Dir: p.dir, Process: "migrate", Service: service.Service{Command: runScript(tool, name), Release: true}}, p.pkg.file, p.pkg.scriptLine(name), scan.Convention, "a script that migrates the database in steps")
	return true
}

var requiresAny = scan.MustCompile(`(?:require\(|\bfrom|\bimport)\s*['"](\.[^'"\n]+)['"]`)

// healthOf reports the health routes of a program that runs beside the main one: those of the modules that it loads.
func (p *nodeProject) healthOf(process, program string) {
	data, err := p.t.Read(program)
	if err != nil {
		return
	}
	loaded := map[string]bool{program: true}
	for _, m := range scan.Find(string(data), requiresAny) {
		loaded[p.required(program, m.Groups[1])] = true
	}
	var own []route
	for _, at := range p.routes() {
		if loaded[at.file] {
			own = append(own, at)
		}
	}
	findHealthOf(p.r, scan.Finding{Dir: p.dir, Process: process}, own)
}

// required finds the file that require('./x') in file means.
func (p *nodeProject) required(file, target string) string {
	base := path.Join(path.Dir(file), target)
	for _, ending := range []string{"", ".js", ".ts", "/index.js", "/index.ts"} {
		if p.t.Has(base + ending) {
			return base + ending
		}
	}
	return base
}

var (
	eleventyOut = scan.MustCompile(`output:\s*['"]([\w./-]+)['"]`)
	webpackOut  = scan.MustCompile(`\bpath:\s*path\.(resolve|join)\(\s*__dirname,\s*['"]([\w./-]+)['"]\s*\)`)
	angularOut  = scan.MustCompile(`"(?:outputPath|outDir)"\s*:\s*"([^"]+)"`)
)

var buildsElsewhere = scan.MustCompile(`(?:outDir|outputDir|outputPath|path)["']?\s*:\s*(?:path\.(?:resolve|join)\(\s*__dirname\s*,\s*)?["']\.\./`)

// servesFiles is a script that gives the files of a directory to developers' browsers.
var servesFiles = scan.MustCompile(`^(?:npx\s+)?(?:sirv|serve|http-server|live-server|lite-server)\s+(?:-s\s+)?\.?/?(\w[\w./-]*)`)

// staticSite reports a front end that is built to files which any web server serves. It is false where nothing is built,
// or where the files are part of a service in another language.
func (p *nodeProject) staticSite() bool {
	script := ""
	for _, name := range []string{"build:prod", "build:production", "build", "generate"} {
		if p.pkg.Scripts[name] != "" {
			script = name
			break
		}
	}
	if script == "" || p.t.First(p.dir, append([]string{"requirements.txt", "Pipfile", "setup.py", "manage.py", "pyproject.toml"}, otherManifests[:8]...)...) != "" {
		return false
	}
	for _, tool := range staticTools {
		if p.pkg.hasFiles && p.pkg.Main != "" && p.t.First(p.dir, "index.html", "public/index.html", "src/index.html") == "" {
			return false // what it builds is for others to install
		}
		if p.pkg.all[tool.dep] == "" || tool.dep == "webpack" && p.t.First(p.dir, "index.html", "public/index.html", "src/index.html") == "" {
			continue
		}
		out := tool.out
		if tool.dep == "rollup" {
			m := servesFiles.FindStringSubmatch(p.pkg.Scripts["start"])
			if m == nil {
				continue
			}
			out = m[1]
		}
		for _, config := range []string{"vite.config.js", "vite.config.ts", "vue.config.js", "webpack.config.js", "angular.json"} {
			if buildsElsewhere.MatchString(p.quietText(config)) {
				p.r.Note(p.pkg.file, p.pkg.scriptLine(script), "builds into another directory, whose service serves the files: it is part of that service's build")
				return false
			}
		}
		if m := webpackOut.FindStringSubmatch(p.quietText("webpack.config.js")); m != nil && tool.dep == "webpack" && (m[1] == "join" || !path.IsAbs(m[2])) {
			out = strings.TrimLeft(m[2], "/")
		}
		if m := angularOut.FindStringSubmatch(p.quietText("angular.json") + p.quietText(".angular-cli.json")); m != nil {
			out = m[1]
		}
		if m := eleventyOut.FindStringSubmatch(p.quietText(".eleventy.js") + p.quietText("eleventy.config.js")); m != nil && tool.dep == "@11ty/eleventy" {
			out = m[1]
		}
		if strings.HasPrefix(path.Clean(out), "..") {
			p.r.Note(p.pkg.file, p.pkg.scriptLine(script), "builds into %s, whose service serves the files: it is part of that service's build", path.Join(p.dir, out))
			return false
		}
		p.reportSite(tool.dep, script, out)
		return true
	}
	return false
}
