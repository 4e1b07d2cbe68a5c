package lang

import (
	"cmp"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	gradlePlugin  = scan.MustCompile(`(?m)^[ \t]*(?:id\s*\(?\s*['"]([\w.-]+)['"]\)?(?:\s+version\s+['"]?([\w.$"{}()-]+))?|apply\s*\(?\s*plugin\s*[:=]\s*['"]([\w.-]+)['"]|(war|application|java)[ \t]*$|` + "`(war|application)`" + `|alias\s*\(?\s*libs\.plugins\.([\w.]+)\)?)([^\n]*)`)
	gradleRelease = scan.MustCompile(`(?m)(?:sourceCompatibility|targetCompatibility|options\.release|jvmTarget)\s*(?:=|\.set\(|\s)\s*((?:JavaVersion\.)?['"\w.]+)|JavaLanguageVersion\.of\(\s*['"]?(\d+)|jvmToolchain\(\s*(\d+)`)
	gradleBoot    = scan.MustCompile(`org\.springframework\.boot['"]\)?\s+version\s+['"]([\w.-]+)|spring-boot-gradle-plugin:([\w.-]+)|springBootVersion\s*=\s*['"]([\w.-]+)`)
	// at the left margin: that of a tool or a dependency stands in its block
	gradleVersion      = scan.MustCompile(`(?m)^(?:project\.)?version\s*=?\s*['"]([\w.-]+)['"]`)
	gradleBaseName     = scan.MustCompile(`(?m)\b(?:archiveBaseName|baseName|archivesBaseName)\s*(?:=|\.set\()\s*['"]([\w.-]+)['"]`)
	gradleFileName     = scan.MustCompile(`(?m)\b(?:archiveFileName|archiveName)\s*(?:=|\.set\()\s*['"]([\w.-]+\.[jw]ar)['"]`)
	gradleNoClassifier = scan.MustCompile(`\b(?:archiveClassifier|classifier)\s*(?:=|\.set\(|\s)\s*(?:null|''|"")`)
	gradleRoot         = scan.MustCompile(`(?m)^[ \t]*rootProject\.name\s*=\s*['"]([\w. -]+)['"]`)
	gradleVariable     = scan.MustCompile(`(?m)^[ \t]*(?:ext\.|def\s+|val\s+|set\()?['"]?(\w+)['"]?\s*[,=]\s*['"]([\w.-]+)['"]`)
)

// gradleScopes are the configurations whose libraries are there when the program runs.
var gradleScopes = map[string]bool{"implementation": true, "api": true, "compile": true, "runtime": true, "runtimeOnly": true, "compileOnly": true,
	"providedCompile": true, "providedRuntime": true, "provided": true, "developmentOnly": false}

// onlyIncludes says whether a file is a settings.gradle at a root that builds nothing itself.
func onlyIncludes(t *scan.Tree, p string) bool {
	return strings.HasPrefix(path.Base(p), "settings.gradle") && t.First(path.Dir(p), "build.gradle", "build.gradle.kts") == ""
}

// readGradle reads a build.gradle by its usual phrases: it is a program, which nobody runs here. A settings.gradle alone, or
// beside an empty one, is the root of the projects that it includes.
func readGradle(t *scan.Tree, p string, catalogues map[string]*gradleCatalog, r *scan.Report) *javaModule {
	text, settings := "", t.First(path.Dir(p), "settings.gradle", "settings.gradle.kts")
	if p != settings {
		text = gradleCode(t.Text(p, r))
	}
	if strings.TrimSpace(text) == "" && settings == "" {
		return nil
	}
	m := &javaModule{dir: path.Dir(p), tool: "gradle", file: p, packaging: "jar", plugins: map[string]int{}, ownPlugins: map[string]bool{}, props: map[string]javaValue{}, named: map[string][]javaDependency{}, startClass: namesMain.MatchString(text)}
	m.artifact = path.Base(m.dir)
	if settings != "" {
		if found := scan.Find(t.Text(settings, r), gradleRoot); len(found) > 0 {
			m.artifact = found[0].Groups[1]
		}
		m.modules = gradleModules(t.Text(settings, r))
	}
	if t.Has(path.Join(m.dir, "gradlew")) {
		m.wrapper = "gradlew"
	}
	for _, match := range scan.Find(text, gradleVariable) {
		m.props[match.Groups[1]] = javaValue{match.Groups[2], p, match.Line}
	}
	catalog := catalogues[m.dir]
	if _, known := catalogues[m.dir]; !known {
		catalog = readCatalog(t, m.dir, catalogues, r)
	}
	m.gradlePlugins(text, catalog)
	m.gradleDependencies(text, catalog)
	m.applied(t, text, catalog, r)
	for _, match := range scan.Find(text, gradleRelease) {
		v := match.Groups[1] + match.Groups[2] + match.Groups[3]
		if prop, ok := m.props[v]; ok {
			v = prop.text
		}
		if javaMajor(v) != "" && (m.release.text == "" || match.Groups[1] == "") {
			m.release = javaValue{v, p, match.Line}
		}
	}
	m.project = m.artifact
	if g := gradleScriptName.FindStringSubmatch(text); g != nil {
		m.program = g[1]
	}
	m.noClassifier = gradleNoClassifier.MatchString(text)
	m.gradleOutput(text)
	return m
}

var (
	gradleInclude = scan.MustCompile(`(?m)^\s*include\b(?:[ \t]*\([^)]*\)|(?:[^\n]*,[ \t]*\n)*[^\n]*)`)
	gradleProject = scan.MustCompile(`['"]:?([\w.:/-]+)['"]`)
)

// gradleModules are the directories of the projects that a settings.gradle includes.
func gradleModules(text string) []string {
	var dirs []string
	for _, include := range gradleInclude.FindAllString(text, -1) {
		for _, m := range gradleProject.FindAllStringSubmatch(include, -1) {
			dirs = append(dirs, strings.ReplaceAll(m[1], ":", "/"))
		}
	}
	return dirs
}

// gradlePlugins notes the plugins that the file applies, to its own project or to those below.
func (m *javaModule) gradlePlugins(text string, catalog *gradleCatalog) {
	below := map[int]bool{} // lines that speak of the projects below
	for _, name := range []string{"subprojects", "allprojects", "configure"} {
		for _, b := range gradleBlocks(text, name) {
			for i := range strings.Count(b.text, "\n") + 1 {
				below[b.line+i] = true
			}
		}
	}
	for _, match := range scan.Find(text, gradlePlugin) {
		g := match.Groups
		name := g[1] + g[3] + g[4] + g[5] + catalog.plugin(g[6]).name
		if name == "org.springframework.boot" && g[6] != "" && m.boot.text == "" {
			m.boot = javaValue{catalog.plugin(g[6]).version, m.file, match.Line}
		}
		if !strings.Contains(g[7], "apply false") && name != "" {
			m.plugins[name], m.ownPlugins[name] = match.Line, !below[match.Line]
		}
	}
	if _, ok := m.plugins["war"]; ok {
		m.packaging = "war"
	}
	if _, ok := m.plugins["ear"]; ok {
		m.packaging = "ear"
	}
	for _, match := range scan.Find(text, gradleBoot) {
		if v := match.Groups[1] + match.Groups[2] + match.Groups[3]; v != "" {
			m.boot = javaValue{v, m.file, match.Line}
			break
		}
	}
}

// gradleOwnVersion is the version of the project: at the left margin, or in a block for all projects.
func gradleOwnVersion(text string) string {
	if m := gradleVersion.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	for _, b := range gradleBlocks(text, "allprojects") {
		if m := gradleVersion.FindStringSubmatch(unindented.ReplaceAllString(b.text, "")); m != nil {
			return m[1]
		}
	}
	return ""
}

var unindented = scan.MustCompile(`(?m)^[ \t]+`)

// gradleOutput is the name of what the build makes, as far as the file says it.
func (m *javaModule) gradleOutput(text string) {
	if found := scan.Find(text, gradleFileName); len(found) > 0 {
		m.output = found[0].Groups[1]
		return
	}
	if found := scan.Find(text, gradleBaseName); len(found) > 0 {
		m.artifact = found[0].Groups[1]
	}
	m.version = cmp.Or(gradleOwnVersion(text), m.version)
	if m.artifact == "." || strings.ContainsAny(m.artifact, " ") {
		m.artifact = ""
	}
}
