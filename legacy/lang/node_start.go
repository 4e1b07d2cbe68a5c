package lang

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// nodeStart is how production starts a package.
type nodeStart struct {
	command  []string
	env      map[string]string
	file     string // the script that runs, a path in the tree; it may be one that the build makes
	fromFile bool   // the evidence is the file itself and no script of package.json
	built    bool   // the build makes the file
	port     int    // that the command line names
	from     string // the file of line where that is not package.json
	line     int
	script   string // of package.json that the command stands in
	rank     scan.Rank
	note     string
	dev      bool // only for developers' machines
}

// start finds the start command among the scripts: that of production where start is for developers.
func (p *nodeProject) start() nodeStart {
	first, ok := p.script("start", 0)
	serves := ok && !first.dev && !p.loadsCompiler(first.file)
	if serves && first.rank == scan.Declared {
		return first
	}
	for _, name := range []string{"start:prod", "start:production", "start-prod", "prod", "production"} {
		if s, ok := p.script(name, 0); ok && !s.dev && (!serves || s.rank == scan.Declared) && !p.onlyBuilds(name, s) {
			return s
		}
	}
	if serves {
		return first
	}
	for _, name := range []string{"serve:prod", "start:server", "server", "serve"} {
		if s, ok := p.script(name, 0); ok && !s.dev {
			return s
		}
	}
	if ok && len(first.command) > 0 {
		if first.dev {
			first.rank = scan.Guess
		}
		return first
	}
	return nodeStart{}
}

// buildsPages is a step of a script that builds pages.
var buildsPages = scan.MustCompile(`\b(?:ng|vite|vue-cli-service|react-scripts|react-app-rewired|craco|parcel|nuxt|next|gatsby|astro)\s+build\b|\bwebpack\b`)

// onlyBuilds says whether a script builds pages, and ends in a file that finishes them and serves nothing.
func (p *nodeProject) onlyBuilds(name string, s nodeStart) bool {
	if s.file == "" || !p.t.Has(s.file) || !buildsPages.MatchString(p.pkg.Scripts[name]) {
		return false
	}
	text := p.t.Text(s.file, p.r)
	return !serves.MatchString(text) && !strings.Contains(text, "require('.") && !strings.Contains(text, `require(".`) && !strings.Contains(text, "from '.") && !strings.Contains(text, `from ".`)
}

// script resolves a script to what it runs in the end. ok is false for one that serves nothing, such as a bundler's.
func (p *nodeProject) script(name string, depth int) (nodeStart, bool) {
	text, ok := p.pkg.Scripts[name]
	if !ok || depth > 5 {
		return nodeStart{}, false
	}
	s, ok := p.shell(text, depth)
	if s.line == 0 {
		s.line = p.pkg.scriptLine(name)
	}
	if s.script == "" {
		s.script = name
	}
	return s, ok
}

var shellSteps = scan.MustCompile(`\s*(?:&&|;|\|\|)\s*`)

// opensBrowser is what opens the page on the developer's screen beside the server.
var opensBrowser = scan.MustCompile(`(?:^|&)\s*\(?\s*(?:sleep\s+[\d.]+\s*(?:&&|;)\s*)?(?:open|xdg-open|opn|opn-cli|opener)\s+["']?https?://[^\s"')&]*["']?\s*\)?\s*(?:&\s+|$)`)

// shell takes the last step of a command line: what comes before it prepares.
func (p *nodeProject) shell(text string, depth int) (nodeStart, bool) {
	steps := shellSteps.Split(strings.TrimSpace(opensBrowser.ReplaceAllString(text, "")), -1)
	last := strings.TrimSpace(steps[len(steps)-1])
	if i := strings.Index(last, " | "); i >= 0 { // into a log formatter
		last = last[:i]
	}
	words := shellWords(last)
	s := nodeStart{env: map[string]string{}, rank: scan.Declared}
	for len(words) > 0 {
		if name, value, ok := strings.Cut(words[0], "="); ok && variableName.MatchString(name) {
			s.env[name] = value
			s.dev = s.dev || name == "NODE_ENV" && strings.HasPrefix(value, "dev")
			words = words[1:]
			continue
		}
		switch words[0] {
		case "cross-env", "cross-env-shell", "env", "exec", "sudo", "--", "npx", "bunx", "nohup", "time":
			words = words[1:]
			continue
		case "dotenv", "env-cmd":
			words = withoutOptions(words[1:])
			continue
		}
		break
	}
	if len(words) == 0 {
		return s, false
	}
	return p.program(s, words, depth)
}

// withoutOptions leaves what a program is given to start, behind its own options and their values.
func withoutOptions(words []string) []string {
	if i := slices.Index(words, "--"); i >= 0 {
		return words[i+1:]
	}
	for len(words) > 1 && strings.HasPrefix(words[0], "-") {
		words = words[2:]
	}
	return words
}

func shellWords(text string) []string {
	var words []string
	var word strings.Builder
	quote := rune(0)
	for _, r := range text {
		switch {
		case quote == 0 && (r == '"' || r == '\''):
			quote = r
		case r == quote:
			quote = 0
		case quote == 0 && (r == ' ' || r == '\t' || r == '\n'):
			if word.Len() > 0 {
				words = append(words, word.String())
				word.Reset()
			}
		default:
			word.WriteRune(r)
		}
	}
	if word.Len() > 0 {
		words = append(words, word.String())
	}
	return words
}

var wholeVariable = scan.MustCompile(`^\$(?:\w+|\{\w+\})$`)

// bundlers and watchers serve nothing in production.
var notServers = map[string]bool{"react-scripts": true, "react-app-rewired": true, "craco": true, "ng": true, "vue-cli-service": true, "webpack": true, "webpack-dev-server": true, "vite": true, "parcel": true,
	"gatsby": true, "eleventy": true, "gulp": true, "grunt": true, "browser-sync": true, "live-server": true, "http-server": true, "serve": true, "lite-server": true, "sirv": true, "ember": true, "polymer": true, "expo": true,
	"electron": true, "react-native": true, "ionic": true, "storybook": true, "start-storybook": true, "docusaurus": true, "hexo": true, "brunch": true, "tsc": true, "rollup": true, "budo": true, "astro": true,
	"bit": true, "lerna": true, "nx": true, "turbo": true, "echo": true, "mocha": true, "jest": true, "nightwatch": true, "codeceptjs": true, "testcafe": true, "protractor": true, "cypress": true, "playwright": true, "wdio": true, "newman": true, "vitest": true, "karma": true, "eslint": true, "docker-compose": true, "docker": true, "concurrently": true, "npm-run-all": true, "run-p": true, "run-s": true, "wp-scripts": true,
	"redoc-cli": true, "redocly": true, "swagger-cli": true, "swagger-ui-watcher": true, "docsify": true, "vuepress": true, "vitepress": true, "gitbook": true, "honkit": true, "typedoc": true}

// program reads one command line from its program on.
func (p *nodeProject) program(s nodeStart, words []string, depth int) (nodeStart, bool) {
	name := path.Base(words[0])
	args := words[1:]
	switch name {
	case "npm", "yarn", "pnpm":
		return p.runsScript(s, args, depth)
	case "better-npm-run", "bnr":
		return p.betterScript(s, args, depth)
	case "bun":
		return p.bun(s, args, depth)
	case "node", "nodejs", "iojs":
		for len(args) > 1 && wholeVariable.MatchString(args[0]) { // options, if anybody gives some
			args = args[1:]
		}
		return p.nodeFile(s, args, "")
	case "nodemon", "supervisor", "node-dev", "forever", "pm2", "pm2-runtime", "pm2-docker", "node-supervisor", "babel-node", "ts-node", "ts-node-dev", "tsx", "babel-watch", "naught", "strongloop", "slc", "coffee":
		return p.watched(s, name, args)
	case "next", "nuxt", "nuxt-start":
		s.command = []string{"node_modules/.bin/" + name, "start"}
		if name == "nuxt-start" {
			s.command = s.command[:1]
		}
		s.built, s.port = true, flagPort(args)
		if len(args) > 0 && args[0] == "start" {
			s.command = append(s.command, args[1:]...)
		} else if len(args) == 0 || args[0] == "dev" {
			s.rank, s.note = scan.Convention, "the script starts the development server; this is the one for production"
		}
		return s, true
	case "nest":
		s.command, s.file, s.built, s.rank, s.note = []string{"node", "dist/main"}, path.Join(p.dir, "dist/main.js"), true, scan.Convention, "what nest build makes"
		return s, true
	case "make":
		return p.makeTarget(s, args, depth)
	case "remix-serve", "react-router-serve":
		s.command, s.built = append([]string{"node_modules/.bin/" + name}, args...), true
		return s, true
	case "sails":
		s.command, s.file, s.rank, s.note = []string{"node", "app.js"}, path.Join(p.dir, "app.js"), scan.Convention, "sails lift is for developers"
		return s, true
	}
	if notServers[name] || len(p.pkg.all) == 0 { // a package that depends on nothing has scripts for other programs
		return s, false
	}
	if strings.Contains(words[0], "/") {
		return p.executable(s, words)
	}
	if dep, ok := p.pkg.find(name, name+"-cli", "@"+name+"/cli", "@"+name+"/"+name, "@"+name+"/core", strings.TrimSuffix(name, "-scripts"), strings.TrimSuffix(name, "-runner")); ok {
		s.command = append([]string{"node_modules/.bin/" + name}, withoutDaemon(args)...)
		s.note, s.built = "a program of "+dep.name, true
		return s, true
	}
	s.command = []string{"npm", "start"}
	s.rank, s.note = scan.Guess, "the script runs "+name+", which is not known here"
	return s, true
}

// runsScript follows npm run to the script that it names.
func (p *nodeProject) runsScript(s nodeStart, args []string, depth int) (nodeStart, bool) {
	script := scriptOf(args)
	if script == "" {
		return s, false
	}
	inner, ok := p.script(script, depth+1)
	for k, v := range s.env {
		if inner.env == nil {
			inner.env = map[string]string{}
		}
		inner.env[k] = v
	}
	inner.dev = inner.dev || s.dev
	return inner, ok
}

// executable reads a command that is a file of the package: one for node by its ending or first line, or a shell's.
func (p *nodeProject) executable(s nodeStart, words []string) (nodeStart, bool) {
	f := path.Join(p.dir, words[0])
	data, err := p.t.Read(f)
	if err == nil && (strings.HasSuffix(f, ".js") || strings.HasPrefix(string(data), "#!") && strings.Contains(firstLine(string(data)), "node")) {
		return p.nodeFile(s, words, "")
	}
	s.command, s.file = withoutBackground(words), f
	return s, err == nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// scriptOf is the script that npm or yarn is told to run.
func scriptOf(args []string) string {
	skipped := 0
	for i, a := range args {
		if strings.HasPrefix(a, "-") {
			skipped++
			continue
		}
		if a == "run" || a == "run-script" || a == "exec" {
			continue
		}
		if i-skipped > 1 {
			break
		}
		return a
	}
	return ""
}

// nodeFile reads node's own arguments: its options without those for debuggers, the file, and what the file is given.
func (p *nodeProject) nodeFile(s nodeStart, args []string, note string) (nodeStart, bool) {
	s.command = []string{"node"}
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case strings.HasPrefix(a, "--inspect") || strings.HasPrefix(a, "--debug") || a == "--watch" || a == "&":
			continue
		case (a == "-r" || a == "--require" || a == "--loader" || a == "--import") && i+1 < len(args):
			if strings.Contains(args[i+1], "ts-node") {
				return p.compiled(s, args[i+2:])
			}
			s.command = append(s.command, a, args[i+1])
			i++
			continue
		case strings.HasPrefix(a, "-"):
			s.command = append(s.command, a)
			continue
		case a == "-e" || a == "--eval":
			return s, false
		}
		s.file = p.resolve(a)
		s.dev = s.dev || forDevelopers.MatchString(path.Base(a))
		s.note = note
		s.command = append(s.command, append([]string{a}, withoutBackground(args[i+1:])...)...)
		s.built = !p.t.Has(s.file)
		return s, true
	}
	return s, false
}

var forDevelopers = scan.MustCompile(`(?i)(^|[-_.])(local|locally|dev|devel|development|watch)([-_.]|$)`)

func withoutBackground(args []string) []string {
	var kept []string
	for _, a := range args {
		if a == "&" || strings.HasPrefix(a, ">") || strings.HasPrefix(a, "2>") {
			break
		}
		kept = append(kept, a)
	}
	return kept
}

// resolve finds the file that node loads for a name: with its ending or as a directory's index.
func (p *nodeProject) resolve(name string) string {
	base := path.Join(p.dir, name)
	for _, ending := range []string{"", ".js", ".mjs", ".cjs", ".ts", "/index.js", "/index.ts"} {
		if p.t.Has(base + ending) {
			return base + ending
		}
	}
	return base
}

var sourceName = scan.MustCompile(`\.(js|ts|mjs|cjs|coffee|json)$`)

// watched reads the programs that run a file for developers or keep it alive: in a container, node runs it.
func (p *nodeProject) watched(s nodeStart, name string, args []string) (nodeStart, bool) {
	for i, a := range args {
		if (a == "--exec" || a == "-x") && i+1 < len(args) && strings.HasPrefix(args[i+1], "node ") {
			s.rank, s.note = scan.Convention, name+" is not for containers: this is what it runs"
			return p.nodeFile(s, shellWords(args[i+1])[1:], s.note)
		}
	}
	if i := slices.IndexFunc(args, func(a string) bool { return a == "--exec" || a == "-x" }); i >= 0 && i+1 < len(args) && args[i+1] == "babel-node" {
		name = "babel-node"
	}
	for i, a := range args {
		if strings.HasPrefix(a, "-") || a == "start" || a == "run" || a == "respawn" {
			continue
		}
		if i > 0 && (args[i-1] == "--exec" || args[i-1] == "-x" || args[i-1] == "-e" || args[i-1] == "--ext" || args[i-1] == "-w" || args[i-1] == "--watch" || args[i-1] == "--name" || args[i-1] == "--ignore" || args[i-1] == "-i" || args[i-1] == "-P" || args[i-1] == "--project" || args[i-1] == "-r" || args[i-1] == "--presets") {
			continue
		}
		file := p.resolve(a)
		if !sourceName.MatchString(a) && !p.t.Has(file) {
			continue
		}
		s.rank = scan.Convention
		s.note = name + " is not for containers: node runs the file itself"
		if strings.HasSuffix(file, ".json") || strings.Contains(path.Base(file), "ecosystem") || strings.Contains(path.Base(file), "pm2") {
			return p.ecosystem(s, file)
		}
		if strings.HasSuffix(file, ".ts") || name == "babel-node" {
			return p.compiled(s, []string{a})
		}
		if name == "coffee" || strings.HasSuffix(file, ".coffee") {
			s.command, s.file = append([]string{"node_modules/.bin/coffee"}, a), file
			return s, true
		}
		s.command, s.file = append([]string{"node", a}, afterDashes(args[i+1:])...), file
		return s, true
	}
	if main := p.pkg.Main; main != "" && name != "pm2" && name != "forever" {
		s.rank, s.note = scan.Convention, name+" runs the package's main"
		s.command, s.file = []string{"node", main}, p.resolve(main)
		return s, true
	}
	return s, false
}

func afterDashes(args []string) []string {
	for i, a := range args {
		if a == "--" {
			return args[i+1:]
		}
	}
	return nil
}

// ecosystem reads pm2's list of processes; the first one is what serves.
func (p *nodeProject) ecosystem(s nodeStart, file string) (nodeStart, bool) {
	m := scan.Find(p.t.Text(file, p.r), scan.MustCompile(`["']?script["']?\s*:\s*["']([^"'\n]+)["']`))
	if len(m) == 0 {
		return s, false
	}
	s.command, s.file = []string{"node", m[0].Groups[1]}, p.resolve(m[0].Groups[1])
	return s, true
}

func (p *nodeProject) quietText(name string) string {
	if f := p.t.First(p.dir, name); f != "" {
		data, _ := p.t.Read(f)
		return string(data)
	}
	return ""
}

func flagPort(args []string) int {
	for i, a := range args {
		if (a == "-p" || a == "--port") && i+1 < len(args) {
			return value{kind: valString, text: args[i+1]}.number()
		}
	}
	return 0
}
