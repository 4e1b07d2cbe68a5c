package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var grailsVersion = scan.MustCompile(`(?m)^\s*grailsVersion\s*=\s*(\d[\w.]*)`)

var (
	grailsSetting = scan.MustCompile(`(?m)^\s*app\.(grails\.version|name|version)\s*=\s*([\w.-]+)\s*$`)
	grailsDepends = scan.MustCompile(`(?m)^\s*(?:compile|runtime)\s*\(?\s*["']([\w.-]*):([\w.-]+):([\w.-]+)`)
)

// readGrails reads an application of Grails before its third generation: it has a build tool of its own, which makes a WAR.
// Nil where the file is of something else.
func readGrails(t *scan.Tree, p string, r *scan.Report) *javaModule {
	m := &javaModule{dir: path.Dir(p), tool: "grails", file: p, packaging: "war", plugins: map[string]int{}, props: map[string]javaValue{}}
	for _, s := range scan.Find(t.Text(p, r), grailsSetting) {
		m.props[s.Groups[1]] = javaValue{s.Groups[2], p, s.Line}
	}
	version := m.props["grails.version"]
	m.artifact, m.version = m.props["name"].text, m.props["version"].text
	if version.text == "" || m.artifact == "" {
		return nil
	}
	m.release = javaValue{"8", p, version.line} // the last that Grails 2 runs on, and the oldest that there are images of
	if build := path.Join(m.dir, "grails-app/conf/BuildConfig.groovy"); t.Has(build) {
		for _, d := range scan.Find(t.Text(build, r), grailsDepends) {
			m.deps = append(m.deps, javaDependency{group: d.Groups[1], name: d.Groups[2], version: d.Groups[3], file: build, line: d.Line})
		}
	}
	if !t.Has(path.Join(m.dir, "grailsw")) {
		r.Note(p, version.line, "Grails %[1]s builds this and is no package of a distribution: no image can be built before `grails wrapper` was run with Grails %[1]s and what it makes (grailsw, wrapper/) is committed", version.text)
	}
	return m
}

// grailsController is a controller, which Grails serves below its name.
var grailsController = scan.MustCompile(`(^|/)grails-app/controllers/(?:[\w-]+/)*([A-Z]\w*)Controller\.groovy$`)

// grailsIndex is what a controller does at that path itself.
var grailsIndex = scan.MustCompile(`\bdef\s+index\b`)

// grailsRoute is the path of a controller that answers there, "" for any other file.
func grailsRoute(p, text string) route {
	m := grailsController.FindStringSubmatch(p)
	if m == nil || !grailsIndex.MatchString(text) {
		return route{}
	}
	return route{path: "/" + strings.ToLower(m[2][:1]) + m[2][1:], file: p, line: scan.LineOf(text, grailsIndex)}
}

// grails is the plugin that makes the module an application of Grails, which is Spring Boot's executable archive since
// Grails 3; empty for none.
func (m *javaModule) grails() javaValue {
	if line, ok := m.plugin("org.grails.grails-web", "org.grails.grails-gsp", "org.grails.plugins.views-json"); ok {
		return javaValue{"Grails", m.file, line}
	}
	return javaValue{}
}

// grailsPlugin says whether the module is a plugin for applications of Grails.
func (m *javaModule) grailsPlugin() bool {
	_, ok := m.plugin("org.grails.grails-plugin", "org.apache.grails.gradle.grails-plugin")
	return ok
}

// grailsBoot is the generation of Spring Boot that the version of Grails is built on: 1 for Grails 3. It is 0 where nothing
// says the version.
func (m *javaModule) grailsBoot(t *scan.Tree, r *scan.Report) int {
	if m.grails().file == "" {
		return 0
	}
	for at := m; at != nil; at = at.parent {
		version := at.props["grailsVersion"].text
		if p := path.Join(at.dir, "gradle.properties"); version == "" && t.Has(p) {
			if found := grailsVersion.FindStringSubmatch(t.Text(p, r)); found != nil {
				version = found[1]
			}
		}
		switch {
		case version == "":
		case version[0] == '3':
			return 1
		case version[0] >= '7':
			return 3
		default:
			return 2
		}
	}
	return 0
}
