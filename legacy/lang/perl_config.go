package lang

import (
	"bytes"
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var perlNotConfig = scan.MustCompile(`(?i)(^|/)(docker-compose|compose|\.|log4perl|nginx|apache|httpd|travis|mkdocs|codecov|(MY)?META\.|dependabot|locales?[./]|i18n[./]|crontab|redis|supervisord?|logrotate|syslog\w*|rsyslog)[\w.-]*$`)

// config reads the application's own configuration. An example of it, which stands in for the file that production has,
// tells the names of the settings and no address.
func (p *perlProject) config(f string) {
	example := strings.HasSuffix(f, "-example") || strings.HasSuffix(f, "-dist")
	if _, skip := environmentOf(f); perlNotConfig.MatchString(f) || skip && !example || example && p.t.Has(strings.TrimSuffix(strings.TrimSuffix(f, "-example"), "-dist")) {
		return
	}
	text := p.t.Text(f, p.r)
	p.dsn(f, text)
	if path.Ext(f) == ".conf" {
		p.settings(perlConf(text), f, false)
		return
	}
	var doc yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader([]byte(text))).Decode(&doc); err != nil {
		return // not YAML: a template, or something else by that name
	}
	var all []setting
	flatten(&doc, "", f, 0, func(key string, v javaValue) {
		if example && !scan.LocalHost(v.text) && strings.Contains(v.text, ".") {
			v.text = ""
		}
		all = append(all, setting{name: key, v: value{kind: valString, text: v.text, line: v.line}})
	})
	p.settings(all, f, example)
}

// settings makes needs of what leads elsewhere, and names of secrets of what nobody may see.
func (p *perlProject) settings(all []setting, f string, example bool) {
	p.inf.flat(all, f)
	var names []string
	line := 0
	for _, s := range all {
		parent, key := "", s.name
		if dot := strings.LastIndexByte(s.name, '.'); dot >= 0 {
			parent, key = s.name[:dot], s.name[dot+1:]
			parent = parent[strings.LastIndexByte(parent, '.')+1:]
		}
		name := secretSetting([]string{parent, key})
		if !scan.SecretName(name) {
			if !example {
				p.inf.scalar(s.name, s.v, f)
			}
			continue
		}
		if !plausible(s.v.text, example) || !example && isKeyName.MatchString(key) && !looksRandom(s.v.text) || len(names) >= maxFileSecrets || listed(names, name) {
			continue
		}
		names = append(names, name)
		if line == 0 {
			line = s.v.line
		}
		p.find(service.Service{Secrets: []string{name}}, "", f, s.v.line, scan.Convention, "a secret among the settings")
	}
	p.noteSecrets(names, f, line, example)
}

func (p *perlProject) noteSecrets(names []string, f string, line int, example bool) {
	shown := strings.Join(names[:min(len(names), 4)], ", ")
	if len(names) > 4 {
		shown += " ..."
	}
	switch {
	case len(names) == 0:
	case example:
		p.r.Note(f, line, "an example of the configuration file that production has, with secrets (%s): its settings have to be put into an image or a Secret, unless the code reads them from the environment", shown)
	default:
		p.r.Note(f, line, "holds secrets (%s, values masked ***): let the code read them from the environment, $ENV{%s}, and change them, since everyone with the repository knows them", shown, names[0])
	}
}

var (
	confOpens  = scan.MustCompile(`^\s*<(\w[\w:-]*)(?:\s+"?([\w:.-]*)"?)?\s*>\s*$`)
	confCloses = scan.MustCompile(`^\s*</\w`)
	confPair   = scan.MustCompile(`^\s*([A-Za-z_][\w:-]*)(?:\s*=\s*|\s+)["']?([^"'\n]*?)["']?\s*$`)
	hashOpens  = scan.MustCompile(`^\s*['"]?([A-Za-z_]\w*)['"]?\s*=>\s*\{\s*(?:#.*)?$`)
	hashPair   = scan.MustCompile(`^\s*['"]?([A-Za-z_]\w*)['"]?\s*=>\s*(?:\[\s*)?['"]([^'"\n]*)['"]`)
)

// maxConfLines bounds how much of a file of configuration is read.
const maxConfLines = 5000

// perlConf reads the two sorts of .conf that Perl's frameworks know: a hash of Perl's own (Mojolicious) and Config::General's
// blocks (Catalyst). The names of what lies in a block or a hash begin with its name.
func perlConf(text string) []setting {
	opens, pair := confOpens, confPair
	isHash := strings.Contains(text, "=>")
	if isHash {
		opens, pair = hashOpens, hashPair
	}
	var all []setting
	var within []string
	for i, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimSpace(line)
		if trimmed == "" || trimmed[0] == '#' || i > maxConfLines {
			continue
		}
		if m := opens.FindStringSubmatch(line); m != nil && len(within) < 20 {
			within = append(within, m[len(m)-1])
			if !isHash && m[2] == "" {
				within[len(within)-1] = m[1]
			}
			continue
		}
		if !isHash && confCloses.MatchString(line) || isHash && (trimmed[0] == '}' || trimmed[0] == ']') {
			within = within[:max(len(within)-1, 0)]
			continue
		}
		if m := pair.FindStringSubmatch(line); m != nil {
			name := strings.Join(append(append([]string(nil), within...), m[1]), ".")
			all = append(all, setting{name: name, v: value{kind: valString, text: m[2], line: i + 1}})
		}
	}
	return all
}

// perlConstant is a setting as modules of settings have it, which a machine's own module overrides.
var perlConstant = scan.MustCompile(`(?m)^\s*sub\s+([A-Z][A-Z0-9_]{2,})\s*\{([^\n]*)\}`)

// constants names the secrets of a module that is there for settings alone: one line for each.
func (p *perlProject) constants(f, text string) {
	found := scan.Find(text, perlConstant)
	if len(found) < 8 {
		return
	}
	var names []string
	line := 0
	for _, m := range found {
		name := m.Groups[1]
		if !scan.SecretName(name) || len(names) >= maxFileSecrets || listed(names, name) || strings.Contains(m.Groups[2], "$ENV{") || scan.IsSwitch(strings.Trim(m.Groups[2], " ;")) {
			continue
		}
		names = append(names, name)
		if line == 0 {
			line = m.Line
		}
		p.find(service.Service{Secrets: []string{name}}, "", f, m.Line, scan.Convention, "a secret among the settings")
	}
	p.noteSecrets(names, f, line, true)
}
