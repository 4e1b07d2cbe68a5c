package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Clojure reads what Leiningen or the Clojure tools build: one jar with everything in it, and what it serves and calls.
func Clojure() scan.Reader {
	return scan.Reader{Name: "clojure", Wants: clojureFile.MatchString, Read: readClojure}
}

var clojureFile = scan.MustCompile(`(^|/)(project\.clj|deps\.edn)$|\.(clj|cljc|edn)$`)

// clojureProject is one directory with a project.clj or a deps.edn.
type clojureProject struct {
	t         *scan.Tree
	r         *scan.Report
	dir, file string
	text      string // of file, without its comments and what only developers have
	deps      []dependency
	sources   []string
}

func readClojure(t *scan.Tree, paths []string, r *scan.Report) {
	byDir, dirs := map[string]*clojureProject{}, map[string]bool{}
	for _, base := range []string{"project.clj", "deps.edn"} {
		for _, file := range paths {
			if dir := path.Dir(file); path.Base(file) == base && !dirs[dir] {
				byDir[dir], dirs[dir] = &clojureProject{t: t, r: r, dir: dir, file: file, text: clojureProduction(t.Text(file, r))}, true
			}
		}
	}
	for _, file := range paths {
		p := byDir[owner(dirs, file)]
		if _, skip := environmentOf(file); skip && path.Ext(file) == ".edn" {
			continue
		}
		if p != nil && file != p.file && !clojureAside.MatchString("/"+relative(p.dir, file)) && p.onPath(file) {
			p.sources = append(p.sources, file)
		}
	}
	for _, dir := range sortedSet(dirs) {
		byDir[dir].read()
	}
}

// clojurePaths are the directories that deps.edn takes the program from.
var clojurePaths = scan.MustCompile(`[\s{]:paths\s+\[([^\]]*)\]`)

// onPath says whether a file lies in one of the directories that deps.edn takes the program from: scripts lie elsewhere.
func (p *clojureProject) onPath(file string) bool {
	m := clojurePaths.FindStringSubmatch(p.text)
	if m == nil || path.Base(p.file) != "deps.edn" || strings.Contains(m[1], ":") { // an alias names them
		return true
	}
	for _, q := range scan.Find(m[1], clojureQuoted) {
		if dir := path.Join(p.dir, q.Groups[1]); dir == p.dir || strings.HasPrefix(file, dir+"/") {
			return true
		}
	}
	return path.Dir(file) == p.dir // build.clj, config.edn
}

var clojureQuoted = scan.MustCompile(`"([^"\n]*)"`)

var (
	clojureAside    = scan.MustCompile(`/(tests?|dev|dev-resources|profiles|\.clj-kondo|target|checkouts|env/(dev|test))/`)
	clojureComment  = scan.MustCompile(`(?m)(^|[\s()\[\]{}])(;[^\n]*)`)
	clojureProfiles = scan.MustCompile(`\s:(?:profiles|aliases)\s*\{`)
	leinDep         = scan.MustCompile(`\[\s*([\w.-]+(?:/[\w.-]+)?)\s+"([^"\n]+)"`)
	toolsDep        = scan.MustCompile(`([\w.-]+(?:/[\w.-]+)?)\s+(?:\^\S+\s+)?\{\s*:(?:mvn/version|git/\w+|sha)\s+"([^"\n]+)"`)
)

// clojureProduction leaves out comments, and the profiles and aliases that stand after all else.
func clojureProduction(text string) string {
	text = clojureComment.ReplaceAllString(text, "$1")
	if at := clojureProfiles.FindStringIndex(text); at != nil {
		return text[:at[0]]
	}
	return text
}

// clojureFrameworks are libraries that make a program a server, with the port that they have by themselves.
var clojureFrameworks = []struct {
	dep, name string
	port      int
}{{"io.pedestal/pedestal.service", "pedestal", 8080}, {"io.pedestal/pedestal.jetty", "pedestal", 8080}, {"io.pedestal/pedestal.http-kit", "pedestal", 8080}, {"metosin/compojure-api", "compojure", 0}, {"compojure", "compojure", 0}, {"compojure/compojure", "compojure", 0}, {"metosin/reitit", "reitit", 0}, {"metosin/reitit-ring", "reitit", 0}, {"duct/core", "duct", 3000}, {"duct/duct", "duct", 3000},
	{"liberator", "liberator", 0}, {"bidi", "bidi", 0}, {"yada", "yada", 0}, {"aleph", "aleph", 0}, {"aleph/aleph", "aleph", 0}, {"http-kit", "http-kit", 8090}, {"http-kit/http-kit", "http-kit", 8090}, {"org.immutant/web", "immutant", 8080}, {"ring", "ring", 0}, {"ring/ring", "ring", 0},
	{"ring/ring-jetty-adapter", "ring", 0}, {"ring/ring-core", "ring", 0}}

var clojureDrivers = map[string]string{"org.postgresql/postgresql": "postgres", "postgresql": "postgres", "postgresql/postgresql": "postgres", "mysql/mysql-connector-java": "mysql", "com.mysql/mysql-connector-j": "mysql", "org.mariadb.jdbc/mariadb-java-client": "mysql", "com.microsoft.sqlserver/mssql-jdbc": "mssql",
	"com.novemberain/monger": "mongodb", "com.taoensso/carmine": "redis", "com.novemberain/langohr": "rabbitmq", "clojurewerkz/elastisch": "elasticsearch", "cc.qbits/spandex": "elasticsearch", "com.draines/postal": "smtp", "org.apache.commons/commons-email": "smtp", "com.cognitect.aws/s3": "s3", "com.cognitect.aws/sqs": "sqs", "fundingcircle/jackdaw": "kafka",
	"spootnik/kinsky": "kafka", "org.apache.kafka/kafka-clients": "kafka", "cc.qbits/alia": "cassandra", "clojurewerkz/spyglass": "memcached", "clj-statsd": "statsd", "org.clojars.pntblnk/clj-ldap": "ldap"}

func (p *clojureProject) read() {
	all, leiningen := p.text, path.Base(p.file) == "project.clj"
	dep := toolsDep
	if leiningen {
		dep = leinDep
	}
	for _, m := range scan.Find(all, dep) {
		p.deps = append(p.deps, dependency{m.Groups[1], m.Groups[2], p.file, m.Line})
	}
	framework, known := p.framework()
	main := p.main()
	if main.file == "" {
		return // a library, or a front end in ClojureScript
	}
	before := len(p.r.Findings)
	p.find(service.Service{Language: "clojure"}, p.file, 1, scan.Declared, "")
	for _, d := range p.deps {
		if d.name == "org.clojure/clojure" {
			p.find(service.Service{Version: d.version}, d.file, d.line, scan.Declared, "")
		}
	}
	if known {
		p.find(service.Service{Framework: framework.name}, framework.file, framework.line, scan.Declared, "")
	}
	if leiningen {
		p.leiningen(main)
	} else {
		p.tools(main)
	}
	p.reportSettings(framework)
	if !known {
		standAlone(p.r, before)
	}
}

func (p *clojureProject) find(s service.Service, file string, line int, rank scan.Rank, why string) {
	p.r.Find(scan.Finding{Dir: p.dir, Service: s}, file, max(line, 1), rank, why)
}

// framework is the first of the libraries that serve.
func (p *clojureProject) framework() (dependency, bool) {
	for _, f := range clojureFrameworks {
		for _, d := range p.deps {
			if d.name == f.dep {
				return dependency{f.name, "", d.file, d.line}, true
			}
		}
	}
	return dependency{}, false
}

var (
	leinMain     = scan.MustCompile(`\s:main\s+|\s:ring\s*\{[^}]*:handler\s`)
	leinName     = scan.MustCompile(`\(defproject\s+([\w./-]+)`)
	leinJar      = scan.MustCompile(`:uberjar-name\s+"([\w./%-]+)"`)
	leinTarget   = scan.MustCompile(`:target-path\s+"([\w./-]*)%s`)
	clojureMain  = scan.MustCompile(`\(defn\s+(?:\^\S+\s+)?-main\b`)
	toolsJar     = scan.MustCompile(`uber-?(?:jar-)?file\s+(?:\(format\s+)?"([\w./%-]+)"`)
	toolsCommand = scan.MustCompile(`\(defn\s+(uber(?:jar)?|jar|build|ci|all)\b`)
)

// main is where the program begins: what project.clj says, or the function of that name.
func (p *clojureProject) main() javaValue {
	if line := scan.LineOf(p.text, leinMain); line > 0 {
		return javaValue{"", p.file, line}
	}
	for _, f := range p.sources {
		if text := p.t.Text(f, p.r); strings.Contains(text, "-main") {
			if line := scan.LineOf(text, clojureMain); line > 0 {
				return javaValue{"", f, line}
			}
		}
	}
	return javaValue{}
}

const clojureJar = "/app/app.jar"

// leiningen reports the jar that lein uberjar makes.
func (p *clojureProject) leiningen(main javaValue) {
	b := &service.Build{Tool: "leiningen", Artifact: "target/*-standalone.jar", Files: []string{"project.clj"}, Command: []string{"lein", "uberjar"}}
	if leinTarget.MatchString(p.text) {
		b.Artifact = "target/uberjar/*-standalone.jar"
	}
	if m := leinJar.FindStringSubmatch(p.text); m != nil {
		b.Artifact = path.Join(path.Dir(b.Artifact), strings.ReplaceAll(m[1], "%s", "*"))
	}
	if m := leinName.FindStringSubmatch(p.text); m != nil && p.dir == "." {
		p.r.Find(scan.Finding{Dir: p.dir, App: &service.App{Name: path.Base(m[1])}}, p.file, 1, scan.Convention, "")
	}
	if strings.Contains(p.text, ":handler") && !strings.Contains(p.text, ":main") { // the plugin lein-ring makes the server
		b.Command = []string{"lein", "ring", "uberjar"}
	}
	p.find(service.Service{Build: b}, p.file, 1, scan.Declared, "")
	p.find(service.Service{Command: []string{"java", "-jar", clojureJar}}, main.file, main.line, scan.Convention, "the jar that "+strings.Join(b.Command, " ")+" makes")
}

// tools reports the jar that build.clj makes.
func (p *clojureProject) tools(main javaValue) {
	b := &service.Build{Tool: "clojure", Artifact: "target/*.jar", Files: []string{"deps.edn"}}
	if file := p.t.First(p.dir, "build.clj"); file != "" {
		text := clojureComment.ReplaceAllString(p.t.Text(file, p.r), "$1")
		b.Files = append(b.Files, "build.clj")
		if m := toolsJar.FindStringSubmatch(text); m != nil {
			b.Artifact = strings.ReplaceAll(m[1], "%s", "*")
		}
		if m := toolsCommand.FindStringSubmatch(text); m != nil {
			b.Command = []string{"clojure", "-T:build", m[1]}
		}
	}
	rank, note := scan.Convention, "the jar that build.clj makes"
	if len(b.Command) == 0 {
		b.Command = []string{"clojure", "-T:build", "uber"}
		rank, note = scan.Guess, "nothing builds a jar yet: a build.clj is wanted that makes one"
		p.r.Note(p.file, 1, "no build.clj makes a jar of it: write one with a function uber (tools.build), which the Dockerfile calls")
	}
	p.find(service.Service{Build: b}, p.file, 1, scan.Declared, "")
	p.find(service.Service{Command: []string{"java", "-jar", clojureJar}}, main.file, main.line, rank, note)
}

var (
	clojureEnv   = scan.MustCompile(`\(System/getenv\s+"([A-Za-z_][A-Za-z0-9_]*)"|\((?:environ\.core/|environ/)?env\s+(?::([a-z][a-z0-9-]*)|"([A-Z][A-Z0-9_]*)")|#env\s+"?([A-Z][A-Z0-9_]*)"?|#or\s+\[#env\s+"?([A-Z][A-Z0-9_]*)"?\s+"?([\w.:/-]+)"?`)
	clojurePort  = scan.MustCompile(`(?i):(?:http-)?port\s+#profile\s+\{[^}]{0,200}?:production\s+(\d{2,5})|:(?:http-)?port\s+(?:#\w+\s+|\{:default\s+|:production\s+|\[|\((?:or|Integer/parseInt|Integer\.|Long/parseLong|parse-\w+|some->|env|System/getenv|get)\s+|\(\s*|:[\w-]+\s+|"[A-Z_]+"\s*|#env\s+\w+\s+|\)\s*)*"?(\d{2,5})\b|\((?:get\s+)?env\s+:(?:[\w-]+-)?port\s+"?(\d{2,5})|\(or\s+\((?:env|System/getenv)\s+(?::port|"PORT")\)\s+"?(\d{2,5})`)
	clojureRoute = scan.MustCompile(`\(\s*(?:GET|ANY|HEAD|context)\s+"(/[^"\s]*)"|\[\s*"(/[^"\s]+)"`)
	otherPort    = scan.MustCompile(`(?i)nrepl|:s?ftp\b|:endpoint|:hostname|queue|repl-port|smtp|redis|jdbc|postgres|mysql|\bdb|:host(name)?\s+"[^"]*(db|mail|redis|smtp|rabbit|mongo)|elastic|statsd|:test\b|riemann|graphite`)
)

// reportSettings reports the port, the needs, the variables and the health routes.
func (p *clojureProject) reportSettings(framework dependency) {
	inf := &inference{r: p.r, dir: p.dir, claimed: map[string]bool{}}
	drivers := map[string]dependency{}
	for _, d := range p.deps {
		kind := clojureDrivers[d.name]
		if _, have := drivers[kind]; kind != "" && !have {
			drivers[kind] = d
			if sqlKinds[kind] {
				inf.sql = kind
			}
		}
	}
	var routes []route
	port := p.port()
	for _, f := range p.sources {
		text := p.t.Text(f, p.r)
		for _, m := range scan.Find(text, clojureEnv) {
			name := m.Groups[1] + m.Groups[3] + m.Groups[4] + m.Groups[5]
			if key := m.Groups[2]; key != "" {
				name = strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
			}
			inf.vars = append(inf.vars, readVariable{name, m.Groups[6], f, m.Line})
		}
		if need, line := databaseSpec(text); line > 0 {
			inf.add(need, f, line, scan.Declared, "")
		}
		for _, m := range scan.Find(text, clojureRoute) {
			routes = append(routes, route{path: m.Groups[1] + m.Groups[2], file: f, line: m.Line})
		}
	}
	for _, f := range clojureFrameworks {
		if f.name == framework.name && !port {
			p.find(service.Service{Port: max(f.port, 3000)}, framework.file, framework.line, scan.Guess, "nothing says which port it binds")
			break
		}
	}
	findHealth(p.r, p.dir, routes)
	inf.drivers(drivers, nil)
	inf.report()
	inf.reportVariables()
}

var (
	specProtocol = scan.MustCompile(`:(?:db-)?(?:subprotocol|dbtype)\s+"(\w+)"`)
	specName     = scan.MustCompile(`:(?:db-)?subname\s+"(//[^"\s]+)"`)
)

// databaseSpec is the database that a map for clojure.java.jdbc describes, with its line: {:subprotocol "postgresql" :subname
// "//db:5432/shop"}. The line is 0 for none.
func databaseSpec(text string) (scan.Need, int) {
	if !strings.Contains(text, "subname") {
		return scan.Need{}, 0
	}
	protocol, name := specProtocol.FindStringSubmatch(text), scan.Find(text, specName)
	if protocol == nil || len(name) == 0 {
		return scan.Need{}, 0
	}
	need, ok := scan.NeedOfURL(protocol[1] + ":" + name[0].Groups[1])
	if !ok || !sqlKinds[need.Kind] {
		return scan.Need{}, 0
	}
	return need, name[0].Line
}

// port reports the port that the project's own file or else the first of its sources gives the server. Where different ones
// stand in the sources, most are those of others.
func (p *clojureProject) port() bool {
	if n, line := p.portIn(p.text); n > 0 {
		p.find(service.Service{Port: n}, p.file, line, scan.Declared, "")
		return true
	}
	port, line, file, rank := 0, 0, "", scan.Declared
	for _, f := range p.sources {
		switch n, at := p.portIn(p.t.Text(f, p.r)); {
		case n == 0:
		case port == 0:
			port, line, file = n, at, f
		case n != port:
			rank = scan.Guess
		}
	}
	if port > 0 {
		p.find(service.Service{Port: port}, file, line, rank, "")
	}
	return port > 0
}

// portIn is the port in a text: the last in its line, which is the one for production where several stand there, and none of
// a database or a REPL.
func (p *clojureProject) portIn(text string) (port, line int) {
	if !strings.Contains(text, "port") && !strings.Contains(text, "PORT") {
		return 0, 0
	}
	lines := strings.Split(text, "\n")
	for _, m := range scan.Find(text, clojurePort) {
		around := strings.Join(lines[max(0, m.Line-4):min(len(lines), m.Line)], "\n")
		n := (value{kind: valString, text: strings.Join(m.Groups[1:], "")}).number()
		if n > 0 && !otherPort.MatchString(around) {
			return n, m.Line
		}
	}
	return 0, 0
}
