package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	// settingsText is a file of settings in YAML, JSON or INI that a team keeps beside its code: conf/general.yml, config.json,
	// local.ini, and the example that each machine made its own of: conf/general.yml-example, config.example.json.
	settingsText = scan.MustCompile(`(?i)^(?:(?:[\w-]+/)?(?:config|configs|configuration|conf|settings|etc)/)?([\w-]+(?:\.[\w-]+)??)` +
		`(?:\.(ya?ml|json|ini|cfg|conf)(?:[._-](example|sample|dist|default|template|tmpl|in))?|[._-](example|sample|dist|defaults?|template)\.(ya?ml|json|ini|cfg|conf))$`)
	// toolsText are files by which tools are configured that the service is built, tried and brought to its machines with.
	toolsText = scan.MustCompile(`(?i)^\.|docker|compose|phpunit|behat|codecept|phinx|homestead|vagrant|deploy|ansible|travis|alembic|uwsgi|gunicorn|supervisor|nginx|apache|httpd|logging|babel|tox|pytest|setup|package|renovate|mkdocs|(^|[._-])(tests?|ci|dev|development|local-dev)([._-]|$)`)
)

// fileSecrets names the secrets that stand in such files, or that an example of one asks for, where the code names the file:
// each becomes the name of a secret, as the setting is called, and its value stays where it is. The variable is how the
// language reads one from the environment.
func fileSecrets(t *scan.Tree, r *scan.Report, dir string, named func(base string) bool, variable string) {
	for _, file := range t.Below(dir) {
		rel := relative(dir, file)
		m := settingsText.FindStringSubmatch(rel)
		if m == nil || t.Aside(file) || toolsText.MatchString(path.Base(rel)) {
			continue
		}
		form, made := m[2]+m[5], m[3]+m[4] != ""
		real := m[1] + "." + form
		if _, skip := environmentOf(file); skip && !made || made && t.Has(path.Join(path.Dir(file), real)) || !named(real) {
			continue
		}
		names, line := secretsOfText(t, r, dir, file, form, made)
		switch how := "let the code take them from the environment, " + variable; {
		case len(names) == 0:
		case made:
			r.Note(file, line, "an example of the file of settings that production has, with secrets (%s): "+how, some(names), names[0])
		default:
			r.Note(file, line, "holds secrets (%s, values masked ***): "+how+", and change them, since everyone with the repository knows them", some(names), names[0])
		}
	}
}

func secretsOfText(t *scan.Tree, r *scan.Report, dir, file, form string, made bool) (names []string, line int) {
	text := t.Text(file, r)
	if form = strings.ToLower(form); form == "ini" || form == "cfg" || form == "conf" {
		return valueSecrets(r, dir, file, iniValue(text), made, nil)
	}
	return yamlSecrets(r, dir, file, text, made, nil) // JSON is YAML, too
}

// iniValue gives the settings of a file in the form of INI, with those of a section under its name.
func iniValue(text string) value {
	all := value{kind: valDict}
	at := -1 // the section's place, -1 above the first
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.ContainsRune("#;%<", rune(line[0])) {
			continue
		}
		if line[0] == '[' && strings.HasSuffix(line, "]") {
			name, _, _ := strings.Cut(line[1:len(line)-1], ":") // of Zend's, with what it rests on
			at = len(all.items)
			all.keys, all.items = append(all.keys, strings.TrimSpace(name)), append(all.items, value{kind: valDict, line: i + 1})
			continue
		}
		key, text, found := strings.Cut(line, "=")
		if !found {
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
