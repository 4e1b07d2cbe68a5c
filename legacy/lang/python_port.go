package lang

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// portOptions are the ways in which code says the port that it binds where its caller says none: the default of a
// parameter, of an option of the command line (argparse, optparse, click, docopt) and of Tornado's own options.
var portOptions = []*scan.Pattern{
	scan.MustCompile(`\bdef\s+\w*(?:serve|run|start|main|listen|web|http|app)\w*\s*\([^)]{0,300}?\bport\s*(?::\s*[\w\[\], |.]{1,40})?=\s*(\d{2,5})\b`),
	scan.MustCompile(`\b(?:add_argument|add_option|option|Option|define)\(\s*(?:["']-\w["']\s*,\s*)?["'](?:--)?(?:(?:http|https|web|server|listen|bind|api)[-_])?port["'][^)]{0,300}?\bdefault\s*=\s*[^\n]{0,60}?\b(\d{2,5})\b`),
	scan.MustCompile(`\bdefine\(\s*["'](?:(?:http|web|server|listen)[-_])?port["']\s*,\s*(\d{2,5})\b`),
	scan.MustCompile(`["']server\.socket_port["']\s*:\s*[^\n]{0,60}?\b(\d{2,5})\b`), // CherryPy's
	scan.MustCompile(`--(?:(?:http|web|server|listen)[-_])?port[= ]<?\w+>?[^\n\[]*(?:\n[^\n\[]*)?\[default:\s*(\d{2,5})\]`),
}

// notServing are files whose options are about the port of another.
var notServing = scan.MustCompile(`(?i)client|test|bench|example|debug|util`)

// portOfOption looks for such a default where no call names a port: in what is started first.
func (p *pythonProject) portOfOption(e pythonEntry) {
	if e.django {
		return // its options are of programs beside the server
	}
	for pass := range 2 {
		for _, s := range p.sources {
			if p.port > 0 || (s.file == e.file) != (pass == 0) || !strings.Contains(s.text, "port") || notServing.MatchString(path.Base(s.file)) {
				continue
			}
			if pass == 1 && !servesItself.MatchString(s.text) && !hasAny(s.text, "serve", "listen", "run_web", "start_web", ".run(") {
				continue
			}
			for _, re := range portOptions {
				if m := scan.Find(s.text, re); len(m) > 0 {
					p.setPort(m[0].Groups[1], "code", s.file, m[0].Line)
				}
			}
		}
	}
}

// ofModule is a name that code takes from a module of settings: settings.WEB_PORT.
var ofModule = scan.MustCompile(`^(?:\w+\.)*(?:settings|config|conf)\.([A-Z][A-Z0-9_]+)$`)

// settingName is the setting that a value is taken from, settings.PORT or app.config["PORT"], "" for any other value.
func settingName(v value) string {
	switch first, given := v.arg(0); {
	case given && wrappers[v.text]:
		return settingName(first)
	case v.kind == valName:
		if m := ofModule.FindStringSubmatch(v.text); m != nil {
			return m[1]
		}
	case v.kind == valCall && (v.text == "config[]" || strings.HasSuffix(v.text, ".config[]") || strings.HasSuffix(v.text, ".config.get")) && first.kind == valString:
		return first.text
	}
	return ""
}

// ofSettings is what the settings say where code takes a number from them, with their file, else the value as it stands.
// Settings that each installation makes its own of an example speak last.
func (p *pythonProject) ofSettings(v value, file string) (value, string) {
	name := settingName(v)
	if said, in := p.ofFile(v); in != "" {
		return said, in
	}
	if name == "" {
		return v, file
	}
	for _, s := range append(slices.Clip(p.sources), p.exampleModules()...) {
		if _, skip := environmentOf(s.file); skip && !exampleSettings.MatchString(path.Base(s.file)) || !settingsFile.MatchString(s.file) && !exampleSettings.MatchString(path.Base(s.file)) {
			continue
		}
		for _, set := range s.settings {
			if set.name == name && set.v.number() > 0 && !otherClass.MatchString(set.class) {
				return set.v, s.file
			}
		}
	}
	return v, file
}

// exampleModules are the examples of modules of settings that the code reads and that are not in the repository themselves.
func (p *pythonProject) exampleModules() []*source {
	var found []*source
	for _, file := range p.t.Below(p.dir) {
		if p.isExample(file) {
			found = append(found, parseSource(file, p.t.Text(file, p.r), dialect{python: true}))
		}
	}
	return found
}

// keysOf are the keys by which code takes a value from what it has read: cfg["web"]["port"], cfg["web"].get("port", 80).
func keysOf(v value) []string {
	if strings.HasSuffix(v.text, ".getint") && v.kind == valCall { // of configparser's sections
		section, _ := v.arg(0)
		if option, _ := v.arg(1); section.kind == valString && option.kind == valString {
			return []string{section.text, option.text}
		}
	}
	if v.kind != valCall || !strings.HasSuffix(v.text, "[]") && !strings.HasSuffix(v.text, ".get") {
		return nil
	}
	var above []string
	for i, key := range v.keys {
		if key == "." {
			above = keysOf(v.items[i])
		}
	}
	if first, _ := v.arg(0); first.kind == valString && len(above) < maxDepth {
		return append(above, first.text)
	}
	return nil
}

// ofFile is what a file of settings says where code takes a number from one by two keys or more.
func (p *pythonProject) ofFile(v value) (found value, file string) {
	keys := keysOf(v)
	if len(keys) < 2 {
		return v, ""
	}
	for _, f := range p.settingsFiles() {
		if said, ok := settingsValue(f.form, p.t.Text(f.file, p.r)).below(keys); ok && said.number() > 0 {
			return said, f.file
		}
	}
	return v, ""
}
