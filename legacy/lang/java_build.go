package lang

import (
	"cmp"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// reportBuild reports how the module is built and what comes out, and the command that runs it.
func (m *javaModule) reportBuild(t *scan.Tree, r *scan.Report, kind int) {
	b := &service.Build{Tool: m.tool, Artifact: m.artifactPath()}
	task := "assemble"
	if _, ok := m.plugins["org.springframework.boot"]; ok && kind == javaBoot && m.packaging == "jar" && !strings.HasPrefix(m.boot.text, "1.") {
		task = "bootJar" // assemble makes a jar without the libraries, too
	}
	if kind == javaJar {
		if l := m.layout(); l.artifact != "" {
			b.Artifact = l.artifact
			task = cmp.Or(l.task, task)
		}
		if b.Assets = m.assets(t, r); m.antLib != "" {
			b.Assets = append(b.Assets, m.antLib)
		}
	}
	on := m.onServer()
	if kind == javaWar && on != nil && on.server.name == "liberty" && t.HasDir(path.Join(m.dir, libertyConfig)) {
		b.Assets = []string{libertyConfig}
	}
	names := []string{"pom.xml", "mvnw"}
	switch m.tool {
	case "ant":
		names = []string{"build.xml", "ivy.xml"}
		b.Command, b.Packages = m.antCommand()
	case "grails":
		names = []string{"application.properties", "grailsw"}
	case "gradle":
		names = []string{path.Base(m.file), "settings.gradle", "settings.gradle.kts", "gradle.properties", "gradlew"}
	}
	for _, name := range names {
		if t.Has(path.Join(m.dir, name)) {
			b.Files = append(b.Files, name)
		}
	}
	m.fromRoot(b, task)
	r.Find(scan.Finding{Dir: m.dir, Service: service.Service{Build: b}}, m.file, 1, scan.Declared, "")
	c := scan.Finding{Dir: m.dir}
	switch {
	case kind == javaWar && on != nil: // see reportServer
	case kind == javaWar:
		c.Service.Command = []string{"catalina.sh", "run"}
		r.Find(c, m.file, m.packagingLine(t, r), scan.Convention, "a WAR, run by Tomcat")
		if name := m.contextPath(); name != "" && name != "ROOT" {
			r.Note(m.file, m.packagingLine(t, r), "Tomcat serves %[1]s.war below /%[1]s by its name; the image that is written serves it at /, unless a route, a health path or a check is below /%[1]s", name)
		}
	case kind == javaBoot:
		ext := ".jar"
		if m.packaging == "war" {
			ext = ".war"
		}
		c.Service.Command = []string{"java", "-jar", "/app/app" + ext}
		r.Find(c, m.facts.bootMain.file, m.facts.bootMain.line, scan.Convention, "Spring Boot's executable "+ext[1:])
	default:
		l := m.layout()
		c.Service.Command = append(l.command, m.arguments(t, r)...)
		r.Find(c, m.file, max(l.line, 1), scan.Convention, l.why)
		m.migrates(t, r, c.Service.Command)
	}
}

func (m *javaModule) packagingLine(t *scan.Tree, r *scan.Report) int {
	switch m.tool {
	case "gradle":
		return max(m.plugins["war"], 1)
	case "ant":
		return m.antLine
	}
	return lineOfTag(t.Text(m.file, r), "packaging", m.packaging)
}

// contextPath is the name under which Tomcat would serve the WAR.
func (m *javaModule) contextPath() string {
	name := path.Base(m.artifactPath())
	return strings.TrimSuffix(strings.TrimSuffix(name, ".war"), "-"+m.version)
}

// artifactPath is where the build leaves its result, "" where the name can't be told.
func (m *javaModule) artifactPath() string {
	if m.tool == "ant" {
		if strings.ContainsAny(m.antFile, "${} ") || path.IsAbs(m.antFile) {
			return ""
		}
		return path.Clean(m.antFile)
	}
	ext := "." + m.packaging
	if ext != ".war" && ext != ".ear" {
		ext = ".jar"
	}
	dir := "target/"
	name := m.resolve(m.output)
	if m.tool == "gradle" {
		dir = "build/libs/"
		if name != "" {
			return dir + name
		}
	}
	if name == "" {
		if m.artifact == "" {
			return ""
		}
		name = m.artifact
		if version := m.resolve(m.version); version != "" {
			name += "-" + version
		}
	}
	if strings.ContainsAny(name, "${} ") {
		return ""
	}
	return dir + strings.TrimSuffix(name, ext) + ext
}
