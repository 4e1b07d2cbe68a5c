package lang

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	// exampleSettings are examples of a module of settings that each installation makes its own of: config.example.py,
	// settings.py.dist, config_sample.py.
	exampleSettings = scan.MustCompile(`(?i)^((?:local_?|site_?)?(?:config|settings|conf|secrets?)(?:uration)?(?:_?local|_?secret)?|local)(?:[._-](?:example|sample|dist|default|template|tmpl)\.py|\.py[._-](?:example|sample|dist|default|template|tmpl))$`)
	constantText    = scan.MustCompile(`(?m)^([A-Z][A-Z0-9_]{2,60})[ \t]*=[ \t]*["']([^"'\n]{0,200})["']`)
)

// exampleSecrets names the secrets that such an example asks for, where the code reads the module that is made of it: each
// becomes the name of a secret, as the setting is called.
func (p *pythonProject) exampleSecrets() {
	for _, file := range p.t.Below(p.dir) {
		if !p.isExample(file) {
			continue
		}
		var names []string
		line := 0
		for _, c := range scan.Find(p.t.Text(file, p.r), constantText) {
			name := c.Groups[1]
			if !scan.SecretName(name) || p.infer.read[name] || scan.IsSwitch(c.Groups[2]) || len(names) >= maxFileSecrets {
				continue
			}
			if names = append(names, name); line == 0 {
				line = c.Line
			}
			p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Secrets: []string{name}}}, file, c.Line, scan.Convention, "a secret among the settings")
		}
		if len(names) > 0 {
			p.r.Note(file, line, "an example of the module of settings that production has, with secrets (%s): let it take them from the environment, os.environ[%q]", some(names), names[0])
		}
	}
}

// isExample says whether a file is such an example, of a module that the code reads and that is not in the repository.
func (p *pythonProject) isExample(file string) bool {
	m := exampleSettings.FindStringSubmatch(path.Base(file))
	return m != nil && strings.Count(relative(p.dir, file), "/") < 3 && !p.t.Aside(file) && !p.t.Has(path.Join(path.Dir(file), m[1]+".py")) && p.readsModule(m[1])
}

// readsModule says whether the code imports a module, or loads one by that name.
func (p *pythonProject) readsModule(name string) bool {
	reads := regexp.MustCompile(`(?m)^\s*(?:from\s+\S*\b|import\s+)` + regexp.QuoteMeta(name) + `\b|["'](?:[\w.]+\.)?` + regexp.QuoteMeta(name) + `(?:\.py)?["']`)
	if name == "local" { // is an environment, too
		reads = importsLocal
	}
	for _, s := range p.sources {
		if !exampleSettings.MatchString(path.Base(s.file)) && reads.MatchString(s.text) {
			return true
		}
	}
	return false
}

var importsLocal = regexp.MustCompile(`(?m)^\s*(?:from\s+\S*\.local\s+import|from\s+\.\s+import\s+local\b|from\s+local\s+import|import\s+(?:\S+\.)?local\b)|["'](?:[\w/]*/)?local\.py["']`)

// some are the first of several names.
func some(names []string) string {
	shown := strings.Join(names[:min(len(names), 4)], ", ")
	if len(names) > 4 {
		shown += " ..."
	}
	return shown
}

// settingsFiles are those beside the code, and those in a package: its defaults, where the code looks below /etc for what an
// installation says instead.
func (p *pythonProject) settingsFiles() []teamFile {
	found := settingsFiles(p.t, p.dir, p.names)
	seen := map[string]bool{}
	for _, f := range found {
		seen[f.file] = true
	}
	for _, file := range p.t.Below(p.dir) {
		if path.Base(file) != "__init__.py" || strings.Count(relative(p.dir, file), "/") != 1 {
			continue
		}
		for _, f := range settingsFiles(p.t, path.Dir(file), p.names) {
			if !seen[f.file] && path.Dir(f.file) == path.Dir(file) && p.names("/etc/"+path.Base(f.file)) {
				found = append(found, teamFile{f.file, f.form, true})
			}
		}
	}
	return found
}

// names says whether the code names a file.
func (p *pythonProject) names(base string) bool {
	return slices.ContainsFunc(p.sources, func(s *source) bool { return strings.Contains(s.text, base) })
}
