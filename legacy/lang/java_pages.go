package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	frontendPlugin = scan.MustCompile(`<artifactId>\s*(?:frontend-maven-plugin|exec-maven-plugin)\s*<`)
	pagesOfMaven   = scan.MustCompile(`<workingDirectory>\s*(?:\$\{(?:project\.)?basedir\}/|\./)?([\w./-]+?)/?\s*</workingDirectory>`)
	pagesOfGradle  = scan.MustCompile(`\b(?:nodeModulesDir|nodeProjectDir|workingDir)\s*(?:=|\.set\()?\s*\(?\s*(?:project\.)?file\(\s*['"](?:\$\{?(?:project\.)?projectDir\}?/)?([\w./-]+?)/?['"]`)
)

// reportPages reports the directories with pages that the build makes with npm, and puts into the program: they are no
// services, whatever their package.json starts for those who work on them.
func (m *javaModule) reportPages(t *scan.Tree, r *scan.Report) {
	text, re := t.Text(m.file, r), pagesOfGradle
	switch {
	case m.tool == "maven" && frontendPlugin.MatchString(text):
		re, text = pagesOfMaven, withoutComments(text)
	case m.tool != "gradle":
		return
	}
	for _, found := range scan.Find(text, re) {
		dir := path.Join(m.dir, found.Groups[1])
		if dir != m.dir && !strings.HasPrefix(dir, "..") && t.Has(path.Join(dir, "package.json")) {
			r.Find(scan.Finding{Dir: dir, Library: true, Inside: true}, m.file, found.Line, scan.Declared, "built into the program that serves it")
		}
	}
}
