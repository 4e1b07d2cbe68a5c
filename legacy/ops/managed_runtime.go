package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// runtimePackages are the packages of languages with a version in their names.
var runtimePackages = []struct {
	language string
	pattern  *scan.Pattern
}{
	{"python", scan.MustCompile(`^python(\d\.\d+)(-(dev|minimal|venv|distutils|full))?$`)},
	{"ruby", scan.MustCompile(`^ruby-?(\d\.\d+(?:\.\d+)?)(-(dev|full))?$`)},
	{"java", scan.MustCompile(`^(?:openjdk|temurin|zulu|adoptopenjdk)-?(\d+)(-(jre|jdk)(-headless|-hotspot)?)?$`)},
	{"java", scan.MustCompile(`^java-1\.(\d)\.\d-(?:openjdk|oracle)(-devel|-headless)*$`)},
	{"java", scan.MustCompile(`^(?:java-(\d+)-openjdk|oracle-java(\d+)-installer)(-devel|-headless)*$`)},
	{"php", scan.MustCompile(`^(?:lib(?:apache2-mod-)?)?php(\d\.\d)(-(fpm|cli|common))?$`)},
	{"go", scan.MustCompile(`^golang-(\d\.\d+)(-go)?$`)},
	{"dotnet", scan.MustCompile(`^(?:dotnet|aspnetcore)-(?:runtime|sdk)-(\d+\.\d)$`)},
}

var (
	// plainRuntime are packages of languages that are called the same in all versions.
	plainRuntime = map[string]string{"nodejs": "node", "node": "node", "ruby": "ruby", "golang": "go"}
	// runtimeSetting are settings that say the version of a language.
	runtimeSetting = scan.MustCompile(`^(?:\w+_)?(python|ruby|rbenv_ruby|nodejs|node|php|java|jdk|jre|golang)_?version$`)
	runtimeNumber  = scan.MustCompile(`^(?:python|ruby|node|nodejs|v|php|openjdk|jdk|java)?[-_]?(\d+(?:\.\d+)*)`)
	runtimeNames   = map[string]string{"python": "python", "ruby": "ruby", "rbenv_ruby": "ruby", "nodejs": "node", "node": "node", "php": "php", "java": "java", "jdk": "java", "jre": "java", "golang": "go"}
)

// runtimeOf is the language that a package is of, with the version in its name, or the one that is asked for.
func runtimeOf(name, asked string) (language, version string) {
	for _, r := range runtimePackages {
		if found := r.pattern.FindStringSubmatch(name); found != nil {
			version = found[1]
			if version == "" {
				version = found[2]
			}
			return r.language, version
		}
	}
	if found := runtimeNumber.FindStringSubmatch(asked); found != nil && plainRuntime[name] != "" {
		return plainRuntime[name], found[1]
	}
	return "", ""
}

// runtime claims the version of a language that operations install. What the repository itself says goes before it.
func (g *meaning) runtime(m *managed, language, version string, v managedValue, says string) {
	if language == "" || version == "" || g.environment != "" {
		return
	}
	f := m.finding()
	f.Service = service.Service{Language: language, Version: version}
	g.claim(m, f, v, "runtime "+language+" "+version, scan.Convention, says)
}

// runtimes takes over settings that are called after the version of a language: python_version.
func (g *meaning) runtimes(m *managed) int {
	took := 0
	for _, name := range m.sortedNames() {
		found := runtimeSetting.FindStringSubmatch(name)
		if found == nil || !m.attrs.of(name).known() {
			continue
		}
		number := runtimeNumber.FindStringSubmatch(strings.TrimPrefix(m.attrs.of(name).text, "/usr/bin/"))
		if number == nil || number[1] == "2" || number[1] == "3" && runtimeNames[found[1]] == "python" {
			continue
		}
		g.runtime(m, runtimeNames[found[1]], number[1], m.attrs.of(name), m.says(name))
		took++
	}
	return took
}
