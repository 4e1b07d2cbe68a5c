package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// programsOf counts the modules that are programs.
func programsOf(modules []*javaModule) (programs int) {
	for _, m := range modules {
		if m.runs {
			programs++
		}
	}
	return programs
}

var springStart = scan.MustCompile(`(?:--|-D)spring\.profiles\.active=["']?([\w,-]+)|\bSPRING_PROFILES_ACTIVE(?:["']?\s*\n\s*value:\s*|[ \t]*[=: \t][ \t]*)["']?([\w,-]+)`)

// deployed are files that say how a program is deployed.
var deployed = scan.MustCompile(`(^|/)(k8s|kubernetes|kube|manifests?|deploy(ment)?s?|helm|charts?|openshift)/([^/]+/)*[^/]+\.ya?ml$|(^|/)(docker-)?compose[\w.-]*\.ya?ml$|^manifest[\w.-]*\.ya?ml$`)

// startedProfiles are the profiles of Spring that the module is started with, by its Dockerfile or Procfile, and by the
// manifests of the repository's only program; but for those of developers and of environments before production.
func (m *javaModule) startedProfiles(t *scan.Tree, r *scan.Report) (profiles []string) {
	files := []string{path.Join(m.dir, "Dockerfile"), path.Join(m.dir, "Procfile")}
	for _, p := range t.Files() {
		if _, skip := environmentOf(p); m.alone && !skip && !t.Aside(p) && deployed.MatchString(p) {
			files = append(files, p)
		}
	}
	for _, p := range files {
		if !t.Has(p) {
			continue
		}
		for _, found := range springStart.FindAllStringSubmatch(t.Text(p, r), -1) {
			for _, profile := range strings.Split(found[1]+found[2], ",") {
				if environment, skip := environmentOf("application-" + profile + ".yml"); !skip && environment != "staging" {
					profiles = append(profiles, profile)
				}
			}
		}
	}
	return profiles
}
