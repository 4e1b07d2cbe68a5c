package lang

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// notNodeSource are files of browsers, tests, builds and tools.
var notNodeSource = scan.MustCompile(`(?i)/(\.yarn|public|static|assets|dist|build|out|www|wwwroot|htdocs|client|frontend|front|web-?client|browser|bower_components|test|tests|(?:integration|functional|smoke|acceptance|e2e|ui|load|perf|contract|a11y)[-_]?tests?|__tests__|spec|specs|e2e|cypress|playwright|mocks?|__mocks__|fixtures|` +
	`migrations|seeds|seeders|cordova|plugins/cordova[^/]*|android|ios|tools?|scripts?|examples?|templates/[^/]+|stories|vendors?|lib/vendor|locales?|ckeditor[^/]*|tinymce|storybook|coverage)/|` +
	`/(gulpfile|gruntfile|karma\.conf|protractor\.conf|wdio[^/]*\.conf|codecept[^/]*|playwright\.config|cypress\.config|nightwatch[^/]*|webpack[^/]*|rollup\.config|babel\.config|jest[^/]*|wallaby|\.eslintrc|vite\.config|postcss\.config|tailwind\.config|[^/]*\.min|[^/]*\.(spec|test|stories|d|bundle)|test[^/]*)\.(js|ts|mjs|cjs|jsx|tsx)$`)

// playsPart are directories of programs that play the part of another service for developers and tests.
var playsPart = scan.MustCompile(`(?i)/(?:(?:stub|mock|fake)s?-[\w-]+|[\w-]+-(?:stub|mock|fake)s?)/`)

var (
	nodeCounts = scan.MustCompile(`(?i)^(server|app|index|main|config[^/]*|settings|constants|routes?|router|routing|paths|urls|db|database|redis|queue|worker[^/]*|health[^/]*|heart-?beat|status|www|start|cluster|env[^/]*|default|production|staging|connection|models?|mail[^/]*|cache|session|api|bootstrap|keys|local|(db|database|redis|mongo(db)?|mysql|postgres|app|server)[._-]?conf(ig)?)\.(js|ts|mjs|cjs)$`)
)

// runsTests is the configuration of what drives a browser for tests.
var runsTests = scan.MustCompile(`(?m)^\s*(?:module\.)?exports\.config\s*=|^\s*export\s+const\s+config\b`)

// routeObject is a route of hapi's or Fastify's in a list of them: {method: 'GET', path: '/status', handler}.
var routeObject = scan.MustCompile("\\bmethod\\s*:\\s*['\"`]GET['\"`]\\s*,\\s*(?:path|url)\\s*:\\s*['\"`]/")

var nodeWords = []string{"process.env", "createServer", ".listen(", ".connection(", "Hapi.", "express(", "createClient", "createPool", "createConnection", "mongoose", "Sequelize", "knex", "amqp", "nodemailer", "Bun.serve", ".S3(", ".SQS(", "S3Client(", "SQSClient(", "MongoClient", "new Redis(", "new Pool(", "Kafka(", "'/health", "\"/health", ".get('/", ".get(\"/", ".get ("}

// readSources reads the files that can tell something: the entry first, then those whose names say so, then others as
// far as the bound goes.
func (p *nodeProject) readSources(entry string) {
	files := p.ranked(p.dir, p.files, entry)
	if entry != "" && !nodeSource.MatchString(entry) && p.t.Has(entry) {
		files = append([]string{entry}, files...) // bin/www
	}
	cleaned := slices.ContainsFunc(files, p.cleansEnvironment)
	for _, f := range files[:min(len(files), maxRead)] {
		if len(p.sources) >= maxSources {
			break
		}
		data, err := p.t.Read(f)
		if err != nil {
			p.r.Note(f, 0, "%v", err)
			continue
		}
		text := takenApart(strings.ReplaceAll(string(data), "Bun.env.", "process.env."))
		if !cleaned {
			text = environmentInFull(text)
		}
		if f != entry && runsTests.MatchString(text) && hasAny(text, "specs:", "tests:", "capabilities") {
			continue
		}
		if f == entry || nodeCounts.MatchString(path.Base(f)) || hasAny(text, nodeWords...) || p.callsChecker(text) || routeObject.MatchString(text) {
			s := parseSource(f, text, dialect{})
			if strings.Contains(text, "process.env[") {
				s.ownReaders()
			}
			p.sources = append(p.sources, s)
		}
	}
}

// cleansEnvironment says whether a module of the environment is made by envalid, which is read with its defaults.
func (p *nodeProject) cleansEnvironment(file string) bool {
	if !strings.Contains(strings.ToLower(path.Base(file)), "env") {
		return false
	}
	data, err := p.t.Read(file)
	return err == nil && strings.Contains(string(data), "cleanEnv(")
}

var serves = scan.MustCompile(`createServer\(|\bserve\(\s*(?:\{|app\b)|\.listen\(|http\.Server|new Hapi\.Server|server\.start\(|NestFactory\.create`)

// ofAnother says whether a file belongs to a package of its own below this one.
func (p *nodeProject) ofAnother(file string) bool {
	for dir := path.Dir(file); dir != p.dir && dir != "." && dir != "/"; dir = path.Dir(dir) {
		if p.t.Has(path.Join(dir, "package.json")) {
			return true
		}
	}
	return false
}

// entry finds the file that serves where no script says so.
func (p *nodeProject) entry() nodeStart {
	candidates := append(p.deployed(), "server.js", p.pkg.Main, "app", "index", "main", "server.ts", "bin/www")
	for _, f := range p.files {
		if rel := relative(p.dir, f); strings.Contains("/"+rel, "/bin/") && strings.Contains(path.Base(rel), "server") {
			candidates = append(candidates, rel)
		}
	}
	candidates = append(candidates, "src/server", "src/main", "src/app", "src/index", "server/index", "server/server", "lib/server", "server/app")
	for _, name := range candidates {
		if name == "" {
			continue
		}
		file := p.resolve(name)
		if !p.t.Has(file) || p.t.Aside(file) || p.ofAnother(file) {
			continue
		}
		data, err := p.t.Read(file)
		line := scan.LineOf(string(data), serves)
		if err != nil || line == 0 {
			continue
		}
		if name == p.pkg.Main && p.mayBeLibrary() {
			continue
		}
		s := nodeStart{command: []string{"node", relative(p.dir, file)}, file: file, fromFile: true, line: line, rank: scan.Convention, note: "it serves, and no script starts it"}
		if name == "server.js" {
			s.note = "npm start runs server.js where no script says otherwise"
		}
		if strings.HasSuffix(file, ".ts") {
			s, _ = p.compiled(s, []string{relative(p.dir, file)})
		}
		return s
	}
	return nodeStart{}
}

// deployed are the files that a platform is told to start with node, by its own files beside the package.
func (p *nodeProject) deployed() (names []string) {
	for _, file := range p.t.Below(p.dir) {
		if path.Dir(file) != p.dir || !platformFile.MatchString(path.Base(file)) {
			continue
		}
		for _, m := range platformStart.FindAllStringSubmatch(p.t.Text(file, p.r), 5) {
			names = append(names, m[1])
		}
	}
	return names
}

var (
	platformFile  = scan.MustCompile(`^(?:Procfile|manifest[\w.-]*\.ya?ml)$`)
	platformStart = scan.MustCompile(`(?m)^\s*(?:-\s+)?(?:web|command):[^\n#]*\bnode\s+(?:--?[\w=-]+\s+)*([\w./-]+)["']?\s*$`)
)

// mayBeLibrary says whether the package is published: then its main is for those who install it.
func (p *nodeProject) mayBeLibrary() bool { return !p.pkg.Private && p.pkg.hasFiles }

// port reports where the server listens: the entry speaks before any other file.
func (p *nodeProject) port(start nodeStart) {
	if start.port > 0 {
		_, env := p.builtServer(start)
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Port: start.port, Env: env}}, p.pkg.file, start.line, min(start.rank, scan.Declared), "")
		return
	}
	if port, env := p.builtServer(start); port > 0 {
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Port: port, Env: env}}, p.pkg.file, start.line, scan.Convention, "where such a server listens unless it is told")
		return
	}
	for _, s := range p.fromEntry(start.file) {
		if ownProtocol(s.text) {
			continue
		}
		for _, call := range s.calls {
			if v, ok := p.listens(s, call); ok && p.reportPort(v, s.file, start) {
				return
			}
		}
	}
	if given, err := strconv.Atoi(start.env["PORT"]); err == nil && given > 0 && given < 65536 {
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Port: given}}, p.pkg.file, start.line, scan.Declared, "")
		return
	}
	for _, v := range p.infer.vars {
		if n := (value{kind: valString, text: v.fallback}).number(); v.name == "PORT" && n > 0 {
			p.infer.claimed["PORT"] = true
			p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Port: n, Env: map[string]string{"PORT": v.fallback}}}, v.file, v.line, scan.Declared, "")
			return
		}
	}
	for _, f := range nodeFrameworks {
		if dep, ok := p.pkg.find(f.dep); ok && f.name != "hubot" && f.name != "socket.io" {
			port := ownPorts[f.name]
			if port == 0 {
				port = 3000
			}
			if own, at, line := p.nuxtPort(); f.name == "nuxt" && own > 0 {
				p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Port: own}}, at, line, scan.Declared, "")
				return
			}
			svc := service.Service{Port: port}
			if f.name == "next" || f.name == "nuxt" || f.name == "sails" {
				svc.Env = map[string]string{"PORT": strconv.Itoa(port)}
			}
			p.r.Find(scan.Finding{Dir: p.dir, Service: svc}, dep.file, dep.line, scan.Convention, "the port that "+f.name+" is used with where nothing is said")
			return
		}
	}
}

// ownPorts are those of frameworks that have others than the usual one.
var ownPorts = map[string]int{"sails": 1337, "egg": 7001, "adonis": 3333}

var nuxtServer = scan.MustCompile(`\bserver\s*:\s*\{[^}]{0,300}?\bport\s*:\s*(?:process\.env\.\w+\s*(?:\|\||\?\?)\s*)?["']?(\d{2,5})\b`)

// nuxtPort is the port that the configuration of Nuxt sets, 0 where it sets none.
func (p *nodeProject) nuxtPort() (port int, file string, line int) {
	file = p.t.First(p.dir, "nuxt.config.js", "nuxt.config.ts")
	if file == "" {
		return 0, "", 0
	}
	for _, m := range scan.Find(p.t.Text(file, p.r), nuxtServer) {
		port, _ = strconv.Atoi(m.Groups[1])
		return port, file, m.Line
	}
	return 0, "", 0
}

const plainSocket = "net.createServer"

// ownProtocol says of a source that it opens a plain socket and serves no HTTP.
func ownProtocol(text string) bool {
	return strings.Contains(text, plainSocket) && !strings.Contains(text, "http")
}

// protocol reports that a source opens a plain socket, and none serves anything else.
func (p *nodeProject) protocol() {
	var plain *source
	for _, s := range p.sources {
		switch {
		case ownProtocol(s.text):
			plain = cmp.Or(plain, s)
		case strings.Contains(s.text, ".listen(") || servesHTTP.MatchString(s.text):
			return
		}
	}
	if plain != nil {
		before, _, _ := strings.Cut(plain.text, plainSocket)
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Protocol: service.SpeaksTCP}}, plain.file, 1+strings.Count(before, "\n"), scan.Convention, "it opens a plain socket, and nothing serves HTTP")
	}
}

// servesHTTP is code that makes a server of Node's own for HTTP, or takes its module in.
var servesHTTP = scan.MustCompile(`\bhttp[s2]?\.createS|(?:require\(|from\s)\s*['"](?:node:)?http[s2]?['"]`)

// listens gives the port of a call that binds one: app.listen(port), server.connection({port}), app.set('port', ...).
func (p *nodeProject) listens(s *source, call value) (value, bool) {
	first, ok := call.arg(0)
	last := call.text[strings.LastIndexByte(call.text, '.')+1:]
	switch {
	case !ok:
		return value{}, false
	case last == "set" && first.kind == valString && first.text == "port":
		return call.arg(1)
	case call.text == "Bun.serve" || call.text == "serve" && first.kind == valDict:
		return first.get("port")
	case first.kind == valName && (strings.HasSuffix(call.text, "Hapi.Server") || call.text == "Hapi.server" || call.text == "hapi.server"):
		return value{kind: valName, text: first.text + ".port", line: call.line}, true
	case last == "connection" || last == "Server" && strings.Contains(s.text, "apiVersion") || strings.HasSuffix(call.text, "Hapi.Server") || call.text == "Hapi.server" || call.text == "hapi.server":
		if v, ok := first.get("port"); ok {
			return v, true
		}
		if m := hapiSpread.FindStringSubmatch(s.text); m != nil {
			return value{kind: valName, text: m[1] + ".port", line: call.line}, true
		}
	case last == "listen":
		if first.kind == valDict {
			return first.get("port")
		}
		return first, true
	}
	return value{}, false
}

// hapiSpread is an object of settings that a server of hapi is made with, beside others.
var hapiSpread = scan.MustCompile(`(?:[hH]api\.[sS]erver|\.connection)\(\s*\{[^)]*?\.\.\.\s*([\w.]+)`)

// reportPort follows a port to its number: through the file's own names, app.get('port'), and the configuration.
func (p *nodeProject) reportPort(v value, file string, start nodeStart) bool {
	env, fallback, isEnv := v.environment()
	number, line := v.number(), v.line
	if number == 0 {
		if set, from, ok := p.lookUp(v, isPort); ok {
			number, line, file = set.number(), set.line, from
			if name, then, has := set.environment(); has {
				env, fallback, isEnv = name, then, has
			}
		}
	}
	if given, err := strconv.Atoi(start.env[env]); err == nil && isEnv && given > 0 && given < 65536 {
		number = given
	}
	if number == 0 && isEnv && fallback != nil {
		if set, _, ok := p.lookUp(*fallback, isPort); ok {
			number = set.number()
		}
	}
	if number == 0 && isEnv {
		number, line, file = p.fallbackOf(env, line, file)
	}
	rank, note := scan.Declared, ""
	if number == 0 {
		if !isEnv || scan.SecretName(env) || !strings.Contains(strings.ToUpper(env), "PORT") {
			return false
		}
		number, rank, note = 3000, scan.Convention, "the code listens where "+env+" says, and names no port of its own"
	}
	svc := service.Service{Port: number}
	if isEnv && variableName.MatchString(env) {
		svc.Env = map[string]string{env: strconv.Itoa(number)}
		p.infer.claimed[env] = true
	}
	p.r.Find(scan.Finding{Dir: p.dir, Service: svc}, file, max(1, line), rank, note)
	return true
}

// fallbackOf is the number that a variable has by the code, wherever that sets it, with the place.
func (p *nodeProject) fallbackOf(env string, line int, file string) (int, int, string) {
	for _, v := range p.infer.vars {
		if n := (value{kind: valString, text: v.fallback}).number(); v.name == env && n > 0 {
			return n, v.line, v.file
		}
	}
	return 0, line, file
}

// isPort says whether a setting may be the port of what serves HTTP: none that another kind of system is known by.
func isPort(v value) bool {
	_, _, isEnv := v.environment()
	return v.number() > 0 && kindOfPort(v.number()) == "http" || isEnv
}

// portCall are functions that make a port of what they are given: normalizePort, parseInt.
var portCall = scan.MustCompile(`(?i)(port|int|num|number)$`)

// ownSection are names of parts of the configuration that are about the service itself, or about everything.
var ownSection = scan.MustCompile(`(?i)^(www|web\w*|https?|((http|web|www|rest|app|api|node|main|backend|express)[._-]?)?(server|app|application|api|service|site|main|backend)|express|koa|hapi|connection|listen\w*|default\w*|prod\w*|dev\w*|env\w*|config\w*|settings|options|opts|all|base|common|general|public|node|local|exports)$`)

// lookUp finds what configuration says under a name such as config.port, config.get('server.port') or app.get('port').
func (p *nodeProject) lookUp(v value, fits func(value) bool) (found value, file string, ok bool) {
	key := ""
	switch {
	case v.kind == valName:
		key = v.text
	case v.kind == valCall && (strings.HasSuffix(v.text, ".get") || strings.HasSuffix(v.text, "config") || v.text == "[]"):
		first, _ := v.arg(0)
		key = first.text
	case v.kind == valCall && portCall.MatchString(v.text):
		if first, ok := v.arg(0); ok {
			return p.lookUp(first, fits)
		}
	case v.kind == valEither && len(v.items) > 0:
		for _, item := range v.items {
			if found, file, ok := p.lookUp(item, fits); ok {
				return found, file, ok
			}
		}
	}
	if key == "" {
		return value{}, "", false
	}
	words := strings.FieldsFunc(key, func(r rune) bool { return r == '.' || r == ':' })
	best := 0
	for i, set := range p.values {
		have := strings.Split(set.name, ".")
		n := 0
		for n < len(words) && n < len(have) && strings.EqualFold(words[len(words)-1-n], have[len(have)-1-n]) {
			n++
		}
		env, _ := environmentOf(p.valueAt[i])
		if n == 0 || !fits(set.v) || n < len(words) && strings.HasPrefix(key, "process.env.") {
			continue // of a variable, its own name counts, and not that of any setting that ends like it
		}
		if section := have[:len(have)-n]; len(section) > 0 && (kindOfName(strings.Join(section, ".")) != "" || len(words) == 1 && strings.EqualFold(key, "port") && !ownSection.MatchString(section[len(section)-1])) {
			continue // redis.port and bounces.port are not what the service itself calls port
		}
		score := 10*n - len(have)
		if env == "production" {
			score += 2
		}
		if len(have) > 1 && have[0] == p.called && p.called != "" {
			score += 5
		}
		if score > best {
			best, found, file, ok = score, set.v, p.valueAt[i], true
		}
	}
	return found, file, ok
}
