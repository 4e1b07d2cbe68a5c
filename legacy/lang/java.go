package lang

import (
	"cmp"
	"path"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Java reads what Maven, Gradle and Ant build for the JVM: WARs for Tomcat, for application servers, Spring Boot's jars and other jars that run, their
// configuration, and as much of the sources as tells which of the modules run.
func Java() scan.Reader {
	return scan.Reader{Name: "java", Wants: wantsJava, Aside: true, Read: readJava}
}

var javaFile = scan.MustCompile(`(^|/)(pom\.xml|build\.xml|ivy\.xml|build\.gradle(\.kts)?|settings\.gradle(\.kts)?|gradle\.properties|system\.properties|\.java-version|\.sdkmanrc)$|(^|/)(src/main|grails-app)/.+\.(java|kt|scala|groovy)$|\.java$` +
	`|(^|/)(WEB-INF|WebContent|META-INF|webapp|resources|conf|config)/(.+/)?[^/]+\.(xml|properties|ya?ml)$|(^|/)[\w.-]+\.ya?ml$|(^|/)src/main/resources/[\w.-]+\.conf$|(^|/)application\.properties$`)

// wantsJava asks for the ending first: a pattern over every path of a big tree costs more than reading what is wanted.
func wantsJava(p string) bool {
	switch path.Ext(p) {
	case ".xml", ".gradle", ".kts", ".properties", ".conf", ".java", ".kt", ".scala", ".groovy", ".yml", ".yaml", ".java-version", ".sdkmanrc":
		return javaFile.MatchString(p)
	case ".example", ".sample", ".template", ".dist":
		return sampleSettings.MatchString(p)
	}
	return false
}

// javaModule is one directory that a build tool makes something from.
type javaModule struct {
	dir            string
	tool           string // maven, gradle, ant or grails
	file           string // pom.xml, build.gradle or build.xml
	parent         *javaModule
	wrapper        string
	modules        []string // directories that it builds too, relative to its own
	inherits       string   // artifact of its <parent>
	inheritedGroup string   // group of its <parent>
	needsRoot      bool     // is built together with its parent or another module
	startClass     bool     // its build file names the class to start

	shaded, program  string // the jar of maven-shade-plugin, and the script of appassembler or of Gradle's application plugin, where they are named
	project          string // Gradle's name of the project
	runs             bool   // is a program
	ends             bool   // is one that is not known to serve, and there is no other
	alone            bool   // is the only program of the repository
	started          bool   // a Dockerfile of its own starts it
	aside            string // why a program is no service
	withDependencies bool   // maven-assembly-plugin makes jar-with-dependencies
	noClassifier     bool   // the shadow plugin's jar has the name of the module's own

	group, artifact, version string
	packaging                string           // war, jar, pom, ear
	output                   string           // file name of the result where it is set
	deps                     []javaDependency // of its own build file
	all                      []javaDependency // with those that it inherits and those of the modules that it uses
	plugins                  map[string]int   // by artifact or id, with the line
	mentioned                map[string]int   // plugins for application servers that only profiles or others' modules apply
	ownPlugins               map[string]bool  // those that modules below do not inherit
	props                    map[string]javaValue
	named                    map[string][]javaDependency // libraries by a name that the build gives them
	asked                    []gradleStatement           // names of such libraries that the module asks for
	projects                 []string                    // directories of other projects that it needs, as Gradle names them
	uses                     []*javaModule               // modules of the repository whose code it holds
	release                  javaValue                   // the version of Java that the build asks for
	boot                     javaValue                   // the version of Spring Boot

	antFile, antTarget, antMain, antLib string // of Ant: the archive, what makes it, its class to start, and where its libraries lie
	antLine                             int
	ivy                                 bool

	sources []string // src/main
	configs []string // everything else that was wanted
	facts   javaFacts
}

// javaDependency is a library of the running code: test scope is left out. optional is one of a profile or a choice; own
// is one that modules below the build file do not inherit.
type javaDependency struct {
	group, name, version string
	file                 string
	line                 int
	optional, own        bool
}

type javaValue struct {
	text string
	file string
	line int
}

// notAside drops what lies below directories of tests and examples. Packages are not such directories, whatever their
// names: com/example/shop below src/main/java is where many a service lives.
func notAside(t *scan.Tree, paths []string) []string {
	var kept []string
	for _, p := range paths {
		place := p
		if i := strings.Index("/"+p, "/src/main/"); i >= 0 {
			place = p[:i] + "x"
		}
		if !t.Aside(place) {
			kept = append(kept, p)
		}
	}
	return kept
}

func readJava(t *scan.Tree, paths []string, r *scan.Report) {
	paths = notAside(t, paths)
	modules := javaModules(t, paths, r)
	dirs := map[string]bool{}
	byDir := map[string]*javaModule{}
	for _, m := range modules {
		dirs[m.dir] = true
		byDir[m.dir] = m
	}
	for _, p := range paths {
		dir := owner(dirs, p)
		if dir == "" {
			continue
		}
		m := byDir[dir]
		switch path.Ext(p) {
		case ".java", ".kt", ".scala", ".groovy":
			if m.tool == "ant" || strings.Contains("/"+p, "/src/main/") || strings.Contains("/"+p, "/grails-app/") {
				m.sources = append(m.sources, p)
			}
		default:
			m.configs = append(m.configs, p)
		}
	}
	for _, m := range modules {
		m.facts = readJavaSources(t, m, r)
		m.started = startsJava.MatchString(t.Text(t.First(m.dir, "Dockerfile"), r))
	}
	assemble(modules)
	setAside(modules)
	for _, m := range modules {
		if m.runs {
			m.absorb()
		}
	}
	served, siblings := servedConfigs(modules), map[string]bool{}
	for _, m := range modules {
		if m.runs && m.dir != "." {
			siblings[path.Base(m.dir)] = true
		}
	}
	built := map[string]bool{}
	for _, m := range modules {
		built[m.artifact] = true
	}
	programs := programsOf(modules)
	for _, m := range modules {
		m.alone = m.runs && programs == 1
		m.needsRoot = m.dependsOn(built)
		m.ends = programs == 0 && m.startClass && m.facts.main.file != "" && m.packaging == "jar"
		m.reportModule(t, r, served, siblings)
	}
}

// javaModules reads the build files and links modules with the parents that lie in the repository.
func javaModules(t *scan.Tree, paths []string, r *scan.Report) []*javaModule {
	byDir := map[string]*javaModule{}
	catalogues := map[string]*gradleCatalog{}
	var order []string
	for _, p := range paths {
		var m *javaModule
		switch base := path.Base(p); {
		case base == "pom.xml":
			m = readPom(t, p, r)
		case strings.HasPrefix(base, "build.gradle"), onlyIncludes(t, p):
			m = readGradle(t, p, catalogues, r)
		case base == "build.xml" && t.First(path.Dir(p), "pom.xml", "build.gradle", "build.gradle.kts") == "":
			m = readAnt(t, p, r)
		case base == "application.properties" && t.HasDir(path.Join(path.Dir(p), "grails-app")):
			m = readGrails(t, p, r)
		}
		if m == nil {
			continue
		}
		if have := byDir[m.dir]; have != nil {
			if have.tool == "gradle" && m.tool == "maven" {
				r.Note(m.file, 0, "beside %s; Maven is taken", path.Base(have.file))
				byDir[m.dir] = m
			}
			continue
		}
		byDir[m.dir] = m
		order = append(order, m.dir)
	}
	var all []*javaModule
	for _, dir := range order {
		m := byDir[dir]
		for up := path.Dir(dir); dir != "." && m.tool != "ant"; up = path.Dir(up) {
			if parent := byDir[up]; parent != nil && parent.tool == m.tool {
				m.parent = parent
				break
			}
			if up == "." {
				break
			}
		}
		all = append(all, m)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].dir < all[j].dir })
	link(all, byDir)
	return all
}

// dep finds a dependency by the beginning of its name, in the module, in what it inherits, or in the modules that it uses.
func (m *javaModule) dep(prefixes ...string) (javaDependency, bool) {
	for _, d := range m.all {
		if d.named(prefixes) {
			return d, true
		}
	}
	return javaDependency{}, false
}

func (d javaDependency) named(prefixes []string) bool {
	for _, prefix := range prefixes {
		if rest, ok := strings.CutPrefix(prefix, "*"); ok && strings.HasSuffix(d.name, rest) {
			return true
		}
		if d.name == prefix || strings.HasSuffix(prefix, "*") && strings.HasPrefix(d.name, strings.TrimSuffix(prefix, "*")) {
			return true
		}
	}
	return false
}

// plugin is the line of the first of the plugins that the module applies or inherits.
func (m *javaModule) plugin(names ...string) (line int, ok bool) {
	for at := m; at != nil; at = at.parent {
		for _, name := range names {
			if line, ok := at.plugins[name]; ok && (at == m || !at.ownPlugins[name]) {
				return line, true
			}
		}
	}
	return 0, false
}

// sort of program that a module is.
const (
	javaLibrary = iota
	javaWar     // runs in Tomcat or an application server, as an EAR does
	javaBoot    // Spring Boot's executable jar or war
	javaJar     // another jar that runs
)

// namesMain recognises a build file that names the class to start: of a framework's own, where the sources have none.
var namesMain = scan.MustCompile(`\b(mainClass|mainClassName|Main-Class|main-class|Main-Verticle)\b|["']Main-Class["']`)

// kind says what the module builds: a program that runs, or a part of others.
func (m *javaModule) kind() int {
	_, bootPlugin := m.plugin("spring-boot-maven-plugin", "org.springframework.boot", "spring-boot")
	_, runnable := m.plugin("maven-shade-plugin", "maven-assembly-plugin", "appassembler-maven-plugin", "application", "shadow", "com.github.johnrengelman.shadow", "com.gradleup.shadow", "quarkus-maven-plugin", "io.quarkus", "exec-maven-plugin", "maven-jar-plugin", "onejar-maven-plugin")
	switch {
	case m.aside != "" || m.grailsPlugin():
		return javaLibrary
	case m.facts.bootMain.file != "" && m.grails().file != "":
		return javaBoot
	case m.packaging == "ear":
		return javaWar
	case m.packaging == "pom" || m.packaging == "maven-plugin" || m.packaging == "bundle":
		return javaLibrary
	case m.facts.bootMain.file != "" && (bootPlugin || m.packaging == "jar"):
		return javaBoot
	case m.packaging == "war":
		return javaWar
	case m.server() == "" && m.started && m.startClass && m.facts.main.file != "":
		return javaJar
	case m.server() == "":
	case m.facts.main.file != "" && (runnable || m.boot.text == "") || m.startClass || m.server() == "quarkus" && runnable:
		return javaJar
	}
	return javaLibrary
}

// reportModule turns a module into findings.
func (m *javaModule) reportModule(t *scan.Tree, r *scan.Report, served map[string][]string, siblings map[string]bool) {
	kind := m.kind()
	if kind == javaLibrary && t.Has(path.Join(m.dir, "build.sbt")) {
		return // what runs here is sbt's
	}
	if kind == javaLibrary && m.ends {
		kind = javaJar
		from := len(r.Findings)
		defer func() { standAlone(r, from) }()
	}
	if kind == javaLibrary {
		r.Find(scan.Finding{Dir: m.dir, Library: true, Service: service.Service{Language: "java"}}, m.file, 1, scan.Declared, cmp.Or(m.aside, "builds nothing that runs by itself"))
		return
	}
	f := scan.Finding{Dir: m.dir}
	f.Service = service.Service{Language: "java"}
	r.Find(f, m.file, 1, scan.Declared, "")
	if m.dir == "." && m.artifact != "" && m.artifact != "." {
		r.Find(scan.Finding{Dir: m.dir, App: &service.App{Name: m.resolve(m.artifact)}}, m.file, lineOfTag(t.Text(m.file, r), "artifactId", m.artifact), scan.Convention, "")
	}
	m.reportVersion(t, r)
	m.reportBuild(t, r, kind)
	m.reportPages(t, r)
	settings := readSettings(t, m, served, r)
	if on := m.onServer(); kind == javaWar && on != nil {
		m.reportServer(t, r, on)
	} else {
		m.reportFramework(r, kind, settings)
	}
	m.reportHealth(t, r, kind, settings)
	c := &javaConfig{m: m, r: r, settings: settings, relaxed: kind == javaBoot, told: map[string]bool{}, siblings: siblings}
	c.report(t)
}

var majorJava = scan.MustCompile(`^(?:1\.)?(\d+)`)

// javaMajor is 8 for 1.8, 8u151, VERSION_1_8 and 8.0.292-open.
func javaMajor(text string) string {
	text = strings.TrimPrefix(strings.ReplaceAll(strings.TrimPrefix(text, "JavaVersion."), "VERSION_", ""), "openjdk")
	text = strings.ReplaceAll(strings.Trim(text, `"' -`), "_", ".")
	if m := majorJava.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// reportVersion takes the version of Java from the files that say what runs, then from the build, then from what the
// version of Spring Boot is made for.
func (m *javaModule) reportVersion(t *scan.Tree, r *scan.Report) {
	f := scan.Finding{Dir: m.dir}
	told := javaValue{}
	for dir := m.dir; told.text == ""; dir = path.Dir(dir) {
		told = runtimeJava(t, dir, r)
		if dir == "." {
			break
		}
	}
	for at := m; at != nil && told.text == ""; at = at.parent {
		told = at.release
		told.text = at.resolve(told.text)
	}
	if v := javaMajor(told.text); v != "" {
		f.Service.Version = v
		r.Find(f, told.file, told.line, scan.Declared, "")
		return
	}
	boot := m.bootVersion()
	if generation, at := m.grailsBoot(t, r), m.grails(); boot.text == "" && generation > 0 {
		f.Service.Version = map[int]string{1: "8", 2: "11", 3: "17"}[generation]
		r.Find(f, at.file, at.line, scan.Convention, "what this Grails is made for")
		return
	}
	switch {
	case boot.text == "":
		return
	case bootMajor(boot.text) >= 3:
		f.Service.Version = "17"
	default:
		f.Service.Version = "8"
	}
	r.Find(f, boot.file, boot.line, scan.Convention, "what Spring Boot "+boot.text+" is made for")
}

var javaRuntimeLine = scan.MustCompile(`(?m)^[ \t]*(?:java\.runtime\.version|java)\s*=\s*([\w.-]+)|^[ \t]*(?:(?:openjdk|temurin|corretto|zulu|oracle|adoptopenjdk|graalvm)(?:64|32)?-)?(\d[\w.-]*)`)

// runtimeJava reads system.properties (Heroku), .java-version (jenv) and .sdkmanrc.
func runtimeJava(t *scan.Tree, dir string, r *scan.Report) javaValue {
	for _, name := range []string{"system.properties", ".java-version", ".sdkmanrc"} {
		p := path.Join(dir, name)
		if !t.Has(p) {
			continue
		}
		for _, match := range scan.Find(t.Text(p, r), javaRuntimeLine) {
			if v := match.Groups[1] + match.Groups[2]; javaMajor(v) != "" && (match.Groups[1] != "" || name == ".java-version") {
				return javaValue{v, p, match.Line}
			}
		}
	}
	return javaValue{}
}

func (m *javaModule) bootVersion() javaValue {
	for at := m; at != nil; at = at.parent {
		if at.boot.text != "" {
			return at.boot
		}
	}
	return javaValue{}
}

func bootMajor(version string) int {
	if version == "" || version[0] < '1' || version[0] > '9' {
		return 0
	}
	return int(version[0] - '0')
}
