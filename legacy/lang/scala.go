package lang

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Scala reads what sbt builds, in Scala, Java or Kotlin: Play, Akka HTTP, http4s and other programs that serve.
func Scala() scan.Reader {
	return scan.Reader{Name: "sbt", Wants: sbtFile.MatchString, Aside: true, Read: readSbt}
}

var sbtFile = scan.MustCompile(`(^|/)(build\.sbt|project/[\w.-]+\.(sbt|scala|properties)|conf/[\w.-]*routes)$|(^|/)(conf|src/main/resources)/[\w.-]+\.conf$|(^|/)(app|src/main)/.+\.(scala|java|kt)$`)

// sbtBuild is one build, with its projects.
type sbtBuild struct {
	t        *scan.Tree
	r        *scan.Report
	dir      string
	file     string
	text     string    // of build.sbt and of what else defines the build
	parts    []sbtPart // where that text comes from
	symbols  []sbtSymbol
	byName   map[string][]int      // of symbols
	plugins  map[string]dependency // of project/*.sbt
	files    []string
	projects []*sbtProject
	noted    bool // that a plugin is missing
}

// sbtProject is one project of the build: a directory, and what its definition says.
type sbtProject struct {
	b       *sbtBuild
	inner   bool   // lies below the build's own directory
	id, dir string // id is sbt's name of the project, val the name of its definition
	val     string
	text    string
	file    string
	line    int
	parts   []sbtSymbol // its own definition, and those that it rests on
	served  string      // its own directory, where it is built from that of the build
	sources []string
	configs []string
	deps    []dependency
	inf     *inference
}

func readSbt(t *scan.Tree, paths []string, r *scan.Report) {
	paths = notAside(t, paths)
	builds, dirs := map[string]*sbtBuild{}, map[string]bool{}
	for _, p := range paths {
		if path.Base(p) == "build.sbt" && (path.Base(path.Dir(p)) != "project") {
			dir := path.Dir(p)
			b := &sbtBuild{t: t, r: r, dir: dir, file: p, plugins: map[string]dependency{}, byName: map[string][]int{}}
			b.addText(p, sbtCode(t.Text(p, r)))
			builds[dir] = b
			dirs[dir] = true
		}
	}
	for _, p := range paths { // sbt before 0.13 knew no other
		if dir := path.Dir(path.Dir(p)); path.Base(path.Dir(p)) == "project" && builds[dir] == nil && path.Ext(p) == ".scala" && sbtBuildObject.MatchString(t.Text(p, r)) {
			builds[dir] = &sbtBuild{t: t, r: r, dir: dir, file: p, plugins: map[string]dependency{}, byName: map[string][]int{}}
			dirs[dir] = true
		}
	}
	for _, dir := range sortedSet(dirs) { // a build.sbt of a project inside of a build is part of it
		if up := path.Dir(dir); dir != "." {
			if above := builds[owner(dirs, path.Join(up, "x"))]; above != nil && !t.Has(path.Join(dir, "project", "build.properties")) {
				above.addText(builds[dir].file, "lazy val "+strings.ReplaceAll(path.Base(dir), "-", "_")+" = (project in file(\""+relative(above.dir, dir)+"\"))\n"+builds[dir].text)
				delete(builds, dir)
				delete(dirs, dir)
			}
		}
	}
	for _, p := range paths {
		b := builds[owner(dirs, p)]
		if b == nil {
			continue
		}
		if rel := relative(b.dir, p); strings.HasPrefix(rel, "project/") {
			if text := sbtCode(t.Text(p, r)); path.Ext(p) != ".properties" {
				for _, m := range scan.Find(text, sbtPlugin) {
					b.plugins[m.Groups[1]] = dependency{m.Groups[1], m.Groups[2], p, m.Line}
				}
				if path.Ext(p) == ".scala" {
					b.addText(p, text) // dependencies and settings by name
				}
			}
			continue
		}
		b.files = append(b.files, p)
	}
	for _, dir := range sortedSet(dirs) {
		builds[dir].report()
	}
}

var sbtComment = scan.MustCompile(`(?m)^[ \t]*//.*$`)

func sbtCode(text string) string { return sbtComment.ReplaceAllString(text, "") }

var (
	// sbtBuildObject is a build that is written as a program, as project/Build.scala.
	sbtBuildObject = scan.MustCompile(`\bobject\s+\w+\s+extends\s+(?:sbt\.)?Build\b`)
	sbtPlugin      = scan.MustCompile(`addSbtPlugin\(\s*"[\w.-]+"\s*%\s*"([\w.-]+)"\s*%\s*"([\w.-]+)"`)
	sbtDep         = scan.MustCompile(`"([\w.-]+)"\s*%%?%?\s*s?"([\w.${}-]+)"(?:\s*%\s*(?:"([\w.+-]+)"|[A-Za-z_][\w.]*))?([^\n,)]*)`)
	sbtName        = scan.MustCompile(`(?m)\bname\s*:=\s*"+([\w .-]+)"`)
	scalaLine      = scan.MustCompile(`scalaVersion\s*:=\s*("\d+\.\d+[\w.]*"|[a-z]\w*)`)
	playPlugin     = scan.MustCompile(`enablePlugins\([^)]*\b(PlayScala|PlayJava|PlayService|PlayMinimalJava|PlayWeb)\b`)
	packaged       = scan.MustCompile(`enablePlugins\([^)]*\b(JavaServerAppPackaging|JavaAppPackaging|DockerPlugin|Universal\w*)\b`)
)

// sbtServers are libraries that make a program a server, with the framework's name.
var sbtServers = []struct{ dep, name string }{{"akka-http", "akka-http"}, {"pekko-http", "pekko-http"}, {"http4s-", "http4s"}, {"zio-http", "zio-http"}, {"finatra-http", "finatra"}, {"twitter-server", "twitter-server"}, {"finagle-http", "finagle"},
	{"scalatra", "scalatra"}, {"cask", "cask"}, {"spray-can", "spray"}, {"tapir-", "tapir"}, {"unfiltered-", "unfiltered"}, {"netty-", "netty"}}

// report finds the projects of the build that serve.
func (b *sbtBuild) report() {
	b.readSymbols()
	b.findProjects()
	dirs, byDir := map[string]bool{}, map[string]*sbtProject{}
	for _, p := range b.projects {
		dirs[p.dir], byDir[p.dir] = true, p
	}
	for _, f := range b.files {
		switch p := byDir[owner(dirs, f)]; {
		case p == nil:
		case path.Ext(f) == ".conf" || strings.HasSuffix(f, "routes"):
			p.configs = append(p.configs, f)
		case path.Ext(f) != ".sbt":
			p.sources = append(p.sources, f)
		}
	}
	var services []*sbtProject
	for _, p := range b.projects {
		p.deps = p.dependencies()
		if p.framework() != "" && len(p.sources) > 0 {
			services = append(services, p)
		} else if p.dir != b.dir {
			b.r.Find(scan.Finding{Dir: p.dir, Library: true, Service: service.Service{Language: p.language()}}, p.file, p.line, scan.Declared, "builds nothing that serves by itself")
		}
	}
	for _, p := range services {
		p.report(len(services) == 1)
	}
	if len(services) == 0 {
		b.r.Find(scan.Finding{Dir: b.dir, Library: true, Service: service.Service{Language: "scala"}}, b.file, 1, scan.Guess, "no program here serves")
	}
}

// framework is what makes the project a server, "" for a part of others.
func (p *sbtProject) framework() string {
	text := p.whole()
	if playPlugin.MatchString(text) || len(p.configs) > 0 && (playProject.MatchString(text) || strings.Contains(text, "playJavaSettings") || strings.Contains(text, "playScalaSettings")) {
		return "play"
	}
	if slices.ContainsFunc(p.deps, func(d dependency) bool { return d.name == "aws-lambda-java-core" }) && (!packaged.MatchString(p.text) || strings.Contains(strings.ToLower(path.Base(p.dir)), "lambda")) {
		return "" // a function that Amazon runs
	}
	for _, s := range sbtServers {
		for _, d := range p.deps {
			if strings.HasPrefix(d.name, s.dep) && p.main().file != "" {
				return s.name
			}
		}
	}
	if p.war() {
		return p.servlets()
	}
	if packaged.MatchString(text) && p.main().file != "" && !toolsProject.MatchString(path.Base(p.dir)) {
		return "packaged"
	}
	return ""
}

// playProject is a project of Play's before it was a plugin to be enabled.
var playProject = scan.MustCompile(`\b(?:PlayProject|play\.Project)\b`)

// toolsProject are names of programs that people run by hand.
var toolsProject = scan.MustCompile(`(?i)^(scripts?|tools?|cli|utils?|benchmarks?|[\w-]+-(cli|tools?|scripts?))$`)

var scalaMain = scan.MustCompile(`\bextends\s+(?:\w+\s+with\s+)*(?:App|IOApp\w*|ZIOApp\w*|HttpServer|TwitterServer)\b|\bobject\s+\w+\s+extends\s+\w+App\b|def\s+main\s*\(|static\s+(?:final\s+)?void\s+main\s*\(|@main\b|^\s*fun\s+main\b`)

func (p *sbtProject) main() javaValue {
	for _, f := range p.sources {
		if line := scan.LineOf(p.b.t.Text(f, p.b.r), scalaMain); line > 0 {
			return javaValue{path.Base(f), f, line}
		}
	}
	return javaValue{}
}

// playOfJava is what a project of Play's says of its code: mainLang = JAVA.
var playOfJava = scan.MustCompile(`\bmainLang\s*=\s*(?:SbtPlay\.)?JAVA\b`)

// language is that of the code, not that of the build file.
func (p *sbtProject) language() string {
	if text := p.whole(); strings.Contains(text, "PlayJava") || playOfJava.MatchString(text) || strings.Contains(text, "playJavaSettings") {
		return "java"
	}
	count := map[string]int{}
	for _, f := range p.sources {
		count[path.Ext(f)]++
	}
	switch {
	case count[".scala"] == 0 && count[".kt"] > 0:
		return "kotlin"
	case count[".scala"] == 0 && count[".java"] > 0:
		return "java"
	}
	return "scala"
}

var notScriptName = scan.MustCompile(`[^a-z0-9]+`)

// name is what sbt calls the program: the project's name as it normalises it.
func (p *sbtProject) name() string {
	name := p.id
	if made := p.interpolatedName(); made != "" {
		name = made
	} else if m := sbtName.FindStringSubmatch(p.text); m != nil {
		name = m[1]
	} else if m := sbtName.FindStringSubmatch(p.b.text); m != nil && len(p.b.projects) == 1 {
		name = m[1]
	} else if m := sbtBareName.FindStringSubmatch(p.b.text); m != nil && p.dir == p.b.dir && p.served == "" {
		name = m[1]
	} else if m := p.sharedName(); m != nil {
		name = m[1]
	}
	return strings.Trim(notScriptName.ReplaceAllString(strings.ToLower(name), "-"), "-")
}

// sharedName finds a name in settings that the project shares with others. What stands outside of all settings names the
// project of the build's own directory alone.
func (p *sbtProject) sharedName() []string {
	if !p.inner {
		return sbtName.FindStringSubmatch(p.whole())
	}
	return sbtInnerName.FindStringSubmatch(p.whole())
}

var (
	sbtBareName  = scan.MustCompile(`(?m)^(?:ThisProject\s*/\s*)?name\s*:=\s*"+([\w .-]+)"`)
	sbtInnerName = scan.MustCompile(`(?m)^[^\n]*[ \t(,]name\s*:=\s*"+([\w .-]+)"`)
	sbtMadeName  = scan.MustCompile(`(?m)\bname\s*:=\s*s"+([^"\n]*\$[^"\n]*)"`)
	sbtOfSetting = scan.MustCompile(`\$\{?(\w+)(?:\.value)?\}?`)
	sbtText      = scan.MustCompile(`(?m)\b(\w+)\s*:?=\s*"([\w .-]+)"`)
)

// interpolatedName is a name that is made of other settings of the project, name := s"${organizationName.value}-shop"; ""
// where one of them is not to be told.
func (p *sbtProject) interpolatedName() string {
	m := sbtMadeName.FindStringSubmatch(p.text)
	if m == nil {
		return ""
	}
	told := true
	name := sbtOfSetting.ReplaceAllStringFunc(m[1], func(ref string) string {
		key := sbtOfSetting.FindStringSubmatch(ref)[1]
		for _, text := range []string{p.text, p.whole(), p.b.text} {
			for _, found := range sbtText.FindAllStringSubmatch(text, 500) {
				if found[1] == key {
					return found[2]
				}
			}
		}
		told = false
		return ""
	})
	if !told {
		return ""
	}
	return name
}

func (p *sbtProject) find(s service.Service, file string, line int, rank scan.Rank, why string) {
	p.b.r.Find(scan.Finding{Dir: p.dir, Service: s}, file, max(line, 1), rank, why)
}

// report turns the project into findings. Where it is the only one that serves, its image is built where the build lies.
func (p *sbtProject) report(only bool) {
	b := p.b
	task, made := p.makes()
	if path.Base(made) == anyJar {
		b.r.Note(b.file, p.line, "the build works out what the JAR of sbt assembly is called: the only one below target/scala-* is taken")
	}
	artifact, context, files := made, "", []string{"build.sbt"}
	if own := p.dir; own != b.dir && only {
		p.dir, p.served, artifact = b.dir, own, path.Join(relative(b.dir, own), artifact)
		b.r.Find(scan.Finding{Dir: own, Library: true}, b.file, p.line, scan.Declared, "built from the directory of build.sbt")
	} else if own != b.dir {
		context, files = b.dir, nil
	}
	if path.Base(b.file) != "build.sbt" {
		files = nil
		b.r.Note(b.file, p.line, "a build of sbt before 0.13, which wants a Java of its time, 8 at the most, and repositories that may be gone: see that it still runs before anything else")
	}
	language := p.language()
	p.find(service.Service{Language: language}, p.file, p.line, scan.Declared, "")
	if p.dir == "." {
		b.r.Find(scan.Finding{Dir: ".", App: &service.App{Name: p.name()}}, b.file, max(scan.LineOf(b.text, sbtName), 1), scan.Convention, "")
	}
	p.reportVersion(language)
	framework := p.framework()
	if d, ok := b.plugins["sbt-plugin"]; ok && framework == "play" {
		p.find(service.Service{Framework: "play"}, d.file, d.line, scan.Declared, "Play "+d.version)
	} else if framework != "packaged" {
		p.find(service.Service{Framework: framework}, p.file, p.line, scan.Declared, "")
	}
	build := &service.Build{Tool: "sbt", Context: context, Files: files, Artifact: artifact, Command: []string{"sbt", task}}
	if len(b.projects) > 1 && p.id != "root" {
		build.Command = []string{"sbt", p.id + "/" + task}
	}
	p.find(service.Service{Build: build}, p.file, p.line, scan.Declared, "")
	if _, native := b.plugins["sbt-native-packager"]; task == "stage" && framework != "play" && !native && !packaged.MatchString(p.whole()) && !b.noted {
		b.noted = true
		b.r.Note(b.file, p.line, "sbt stage wants the plugin sbt-native-packager, which project/ does not have: addSbtPlugin(\"com.github.sbt\" %% \"sbt-native-packager\" %% \"1.10.4\") and enablePlugins(JavaAppPackaging)")
	}
	p.reportSettings(framework == "play")
}

var javacRelease = scan.MustCompile(`"-{1,2}(?:source|target|release)"\s*,\s*"([\d.]+)"|-target:jvm-([\d.]+)`)

func (p *sbtProject) reportVersion(language string) {
	b := p.b
	if language == "scala" {
		if m := scalaLine.FindStringSubmatchIndex(b.text); m != nil {
			file, line := b.position(m[0])
			p.find(service.Service{Version: b.quoted(b.text[m[2]:m[3]])}, file, line, scan.Declared, "of Scala")
		}
		return
	}
	told := runtimeJava(b.t, b.dir, b.r)
	if m := scan.Find(b.text, javacRelease); told.text == "" && len(m) > 0 {
		told = javaValue{m[0].Groups[1] + m[0].Groups[2], b.file, m[0].Line}
	}
	if v := javaMajor(told.text); v != "" {
		p.find(service.Service{Version: v}, told.file, told.line, scan.Declared, "")
		return
	}
	if d, ok := b.plugins["sbt-plugin"]; ok {
		p.find(service.Service{Version: javaOfPlay(d.version)}, d.file, d.line, scan.Convention, "the newest Java that Play "+d.version+" runs on")
	}
}

// javaOfPlay is the newest long-term release of Java that a version of Play runs on.
func javaOfPlay(version string) string {
	switch {
	case versionLess(version, "2.7"):
		return "8"
	case versionLess(version, "2.8.15"):
		return "11"
	}
	return "17"
}
