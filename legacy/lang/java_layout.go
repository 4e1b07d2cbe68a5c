package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// javaLayout is what a build lays out for a program that is no executable jar of Spring Boot, and what starts it.
type javaLayout struct {
	artifact string // a jar, or a directory that goes to /app; "" where the module's own jar is it
	task     string // of Gradle, where assemble does not make it
	command  []string
	line     int // of the plugin that makes it
	why      string
}

// layout tells what the build's plugins make. A plain jar holds none of the libraries, so it counts last.
func (m *javaModule) layout() javaLayout {
	l := javaLayout{command: []string{"java", "-jar", "/app/app.jar"}, why: "the jar with a main class"}
	dir := "target"
	if m.tool == "gradle" {
		dir = "build"
	}
	if line, ok := m.plugin("quarkus-maven-plugin", "io.quarkus"); ok {
		l.artifact, l.command, l.line, l.why = dir+"/quarkus-app", []string{"java", "-jar", "/app/quarkus-run.jar"}, line, "what Quarkus lays out"
		return l
	}
	switch m.tool {
	case "gradle":
		return m.gradleLayout(l)
	case "ant":
		l.line, l.why = m.antLine, "the jar that Ant makes, with the libraries beside it"
		if m.antLib != "" {
			l.command = []string{"java", "-cp", "/app/app.jar:/app/" + m.antLib + "/*", m.antMain}
		}
		return l
	}
	if line, ok := m.plugin("maven-shade-plugin"); ok {
		l.line = line
		if file := m.resolve(m.shaded); path.Ext(file) == ".jar" && !strings.ContainsAny(file, "$ ") && !path.IsAbs(file) {
			l.artifact = path.Clean(file)
		}
		return l
	}
	if line, ok := m.plugin("appassembler-maven-plugin"); ok && m.program != "" {
		l.artifact, l.command, l.line, l.why = "target/appassembler", []string{"/app/bin/" + m.program}, line, "the script that appassembler writes"
		return l
	}
	if line, ok := m.plugin("maven-assembly-plugin"); ok {
		l.line = line
		if jar := m.artifactPath(); jar != "" && m.withDependencies {
			l.artifact = strings.TrimSuffix(jar, ".jar") + "-jar-with-dependencies.jar"
		}
	}
	return l
}

var gradleScriptName = scan.MustCompile(`(?m)^[ \t]*applicationName\s*=\s*['"]([\w.-]+)['"]`)

func (m *javaModule) gradleLayout(l javaLayout) javaLayout {
	if line, ok := m.plugin("io.ktor.plugin"); ok {
		l.task, l.line, l.why = "buildFatJar", line, "the jar with everything in it"
		if l.artifact = "build/libs/" + m.artifact + "-all.jar"; m.output != "" {
			l.artifact = "build/libs/" + m.output
		}
		return l
	}
	if line, ok := m.plugin("shadow", "com.github.johnrengelman.shadow", "com.gradleup.shadow"); ok {
		l.task, l.line, l.why = "shadowJar", line, "the jar with everything in it"
		if jar := m.artifactPath(); jar != "" && m.output == "" && !m.noClassifier {
			l.artifact = strings.TrimSuffix(jar, ".jar") + "-all.jar"
		} else {
			l.artifact = jar
		}
		return l
	}
	line, ok := m.plugin("application", "io.micronaut.application", "io.micronaut.minimal.application")
	if name := m.script(); ok && name != "" {
		l.artifact, l.task, l.line, l.why = "build/install/"+name, "installDist", line, "the script that installDist writes"
		l.command = []string{"/app/bin/" + name}
	}
	return l
}

// script is what Gradle calls the program: the project's name where the build does not say another.
func (m *javaModule) script() string {
	if m.program != "" {
		return m.program
	}
	if m.project == "." || strings.ContainsAny(m.project, " ${}") {
		return ""
	}
	return m.project
}
