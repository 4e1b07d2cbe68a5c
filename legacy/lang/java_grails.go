package lang

import (
	"path"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var grailsVersion = scan.MustCompile(`(?m)^\s*grailsVersion\s*=\s*(\d[\w.]*)`)

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
