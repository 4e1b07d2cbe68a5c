package lang

import (
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	// settingsText is a file of settings in YAML, JSON, TOML or INI that a team keeps beside its code: conf/general.yml, config.json,
	// local.ini, and the example that each machine made its own of: conf/general.yml-example, config.example.json.
	settingsText = scan.MustCompile(`(?i)^(?:(contrib|misc|share|packaging|dist|doc|docs|examples?|samples?)/)?(?:(?:[\w-]+/)?(?:config|configs|configuration|conf|settings|etc)/)?([\w-]+(?:\.[\w-]+)??)` +
		`(?:\.(ya?ml|json|toml|ini|cfg|conf)(?:[._-](example|sample|dist|default|template|tmpl|in))?|[._-](example|sample|dist|defaults?|template)\.(ya?ml|json|toml|ini|cfg|conf))$`)
	// defaultsText is what the script or the unit of a daemon reads first, as packages bring it: etc/default/shopd, shopd.sysconfig.
	defaultsText = scan.MustCompile(`(?i)^(?:[\w-]+/){0,3}(?:(?:default|sysconfig)/([\w-]+)|([\w-]+)\.(?:defaults?|sysconfig)|sysconfig\.([\w-]+))$`)
	// toolsText are files by which tools are configured that the service is built, tried and brought to its machines with.
	toolsText = scan.MustCompile(`(?i)^\.|docker|compose|phpunit|behat|codecept|phinx|homestead|vagrant|deploy|ansible|travis|alembic|uwsgi|gunicorn|supervisor|nginx|apache|httpd|logging|babel|tox|pytest|setup|package|renovate|mkdocs|(^|[._-])(tests?|ci|dev|development|local-dev)([._-]|$)`)
)

// teamFile is such a file, or an example of one.
type teamFile struct {
	file, form string
	made       bool // each installation makes its own of it
}

// settingsFiles are those of a directory that code names.
func settingsFiles(t *scan.Tree, dir string, named func(base string) bool) []teamFile {
	var found []teamFile
	for _, file := range t.Below(dir) {
		rel := relative(dir, file)
		m, daemon := settingsText.FindStringSubmatch(rel), defaultsOf(rel)
		if m == nil && daemon == "" || t.Aside(file) || toolsText.MatchString(path.Base(rel)) {
			continue
		}
		if daemon != "" && named(daemon) {
			found = append(found, teamFile{file, "conf", true})
			continue
		}
		if m == nil {
			continue
		}
		form, made := m[3]+m[6], m[1]+m[4]+m[5] != ""
		real := m[2] + "." + form
		if _, skip := environmentOf(file); skip && !made || made && path.Base(file) != real && t.Has(path.Join(path.Dir(file), real)) || !named(real) {
			continue
		}
		found = append(found, teamFile{file, strings.ToLower(form), made})
	}
	return found
}

// defaultsOf is the daemon whose defaults a file holds, "" for any other file. Few paths have the words, and all are asked.
func defaultsOf(rel string) string {
	if lower := strings.ToLower(rel); !strings.Contains(lower, "default") && !strings.Contains(lower, "sysconfig") {
		return ""
	}
	m := defaultsText.FindStringSubmatch(rel)
	if m == nil {
		return ""
	}
	return m[1] + m[2] + m[3]
}

// settings are those of the file: of an example, with those that it only shows.
func (f teamFile) settings(t *scan.Tree, r *scan.Report) value {
	if f.made {
		return settingsShown(f.form, t.Text(f.file, r))
	}
	return settingsValue(f.form, t.Text(f.file, r))
}

// fileSecrets names the secrets that stand in such files, or that an example of one asks for, where the code names the file:
// each becomes the name of a secret, as the setting is called, and its value stays where it is. The variable is how the
// language reads one from the environment.
func fileSecrets(t *scan.Tree, r *scan.Report, dir string, named func(base string) bool, variable string) {
	for _, f := range settingsFiles(t, dir, named) {
		f.secrets(r, dir, f.settings(t, r), variable)
	}
}

// secrets does so for one file, and gives their number.
func (f teamFile) secrets(r *scan.Report, dir string, all value, variable string) int {
	names, line := valueSecrets(r, dir, f.file, all, f.made, nil)
	switch how := "let the code take them from the environment, " + variable; {
	case len(names) == 0:
	case f.made:
		r.Note(f.file, line, "an example of the file of settings that production has, with secrets (%s): "+how, some(names), names[0])
	default:
		r.Note(f.file, line, "holds secrets (%s, values masked ***): "+how+", and change them, since everyone with the repository knows them", some(names), names[0])
	}
	return len(names)
}

// settingsValue is what a file of settings holds, sections in sections.
func settingsValue(form, text string) value {
	if inSections[form] {
		return iniValue(text)
	}
	var doc yaml.Node // JSON is YAML, too
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil || len(doc.Content) == 0 {
		return value{} // a template, or something else by that name
	}
	if all := yamlValue(&doc, erbBits(nil).scalar); all.kind == valDict {
		return all
	}
	return value{} // a list holds records, such as rules and users
}

// inSections are the forms whose settings stand one to a line, below the name of a section.
var inSections = map[string]bool{"ini": true, "cfg": true, "conf": true, "toml": true}

// shownSetting is a secret that an example only shows, for those who want it: ;token = <yours>, #auth_password=
var shownSetting = scan.MustCompile(`(?m)^([ \t]*)[#;][ \t]?([A-Za-z][\w.-]*[ \t]*=[ \t]*(?:\S*|<[^>\n]{0,60}>|"[^"\n]{0,60}")[ \t]*)$`)

// keyFile is the file that a key lies in, which is mounted: a path, or a name with the ending of such files. A slash alone
// may stand in an address or in a key's base64.
var keyFile = scan.MustCompile(`(?i)^"?(?:(?:/|\.{1,2}/|~/)[^"\s]*|(?:[a-z]:)?[^":\s]*\.(?:dat|pem|key|crt|p12|jks|txt))"?$`)

// settingsShown is what an example of a file of settings holds, with the secrets that stand in it as comments.
func settingsShown(form, text string) value {
	if !inSections[form] {
		return settingsValue(form, text)
	}
	return iniValue(shownSetting.ReplaceAllStringFunc(text, func(line string) string {
		m := shownSetting.FindStringSubmatch(line)
		if key, shown, _ := strings.Cut(m[2], "="); !scan.SecretName(strings.TrimSpace(key)) || keyFile.MatchString(strings.TrimSpace(shown)) {
			return line
		}
		return m[1] + m[2]
	}))
}

// below is the value that a way of keys leads to.
func (v value) below(keys []string) (value, bool) {
	for _, key := range keys {
		next, ok := v.get(key)
		if !ok || v.kind != valDict {
			return value{}, false
		}
		v = next
	}
	return v, true
}

// logSection are the sections by which Python's logging is configured.
var logSection = scan.MustCompile(`^(?:(?:loggers|handlers|formatters)$|(?:logger|handler|formatter)_)`)

// iniValue gives the settings of a file in the form of INI, or of those of TOML that take one line, with those of a section under its name.
func iniValue(text string) value {
	all := value{kind: valDict}
	at, logs := -1, false // the section's place, -1 above the first, and whether it is about logs
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.ContainsRune("#;%<", rune(line[0])) {
			continue
		}
		if line[0] == '[' && strings.HasSuffix(line, "]") {
			name, _, _ := strings.Cut(line[1:len(line)-1], ":") // of Zend's, with what it rests on
			at, logs = len(all.items), logSection.MatchString(name)
			all.keys, all.items = append(all.keys, strings.TrimSpace(name)), append(all.items, value{kind: valDict, line: i + 1})
			continue
		}
		key, text, found := strings.Cut(line, "=")
		if !found || logs {
			continue
		}
		in := &all
		if at >= 0 {
			in = &all.items[at]
		}
		in.keys = append(in.keys, strings.TrimSpace(key))
		in.items = append(in.items, value{kind: valString, text: strings.Trim(strings.TrimSpace(text), `"'`), line: i + 1})
	}
	return all
}
