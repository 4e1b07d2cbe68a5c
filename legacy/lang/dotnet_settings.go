package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// lineComment is a line of a JSON file that only remarks on something.
var lineComment = scan.MustCompile(`(?m)^[ \t]*//.*$`)

// settingsText is a file of settings without the remarks in it; its lines stay.
func (d *dotnetService) settingsText(p string) string {
	return lineComment.ReplaceAllString(d.t.Text(p, d.r), "")
}

// appSettings reads appsettings.json. Every key of it can be given as a variable, Section:Key as Section__Key.
func (d *dotnetService) appSettings(p string) {
	tokens := tokenize(d.settingsText(p), dialect{})
	root := (&parser{tokens: tokens, scope: map[string]value{}}).expr(0)
	for i, key := range root.keys {
		switch lower := strings.ToLower(key); lower {
		case "connectionstrings":
			for j, name := range root.items[i].keys {
				v := root.items[i].items[j]
				text, _ := v.literal()
				if d.inFile(key+"__"+name, text, p, v.line) {
					continue
				}
				d.connection(name, text, "", p, v.line)
				d.find(service.Service{Secrets: []string{key + "__" + name}}, p, v.line, scan.Declared, "a connection string holds an account")
			}
		case "logging", "serilog", "nlog", "allowedhosts", "kestrel", "urls", "iissettings", "profiles":
		default:
			v := d.relaxed(key, root.items[i], p)
			d.inf.setting(key, v, p)
		}
	}
}

// relaxed gives every value of the configuration the variable that it can be set with, and reports the secret ones.
func (d *dotnetService) relaxed(name string, v value, p string) value {
	switch v.kind {
	case valDict:
		for i, key := range v.keys {
			v.items[i] = d.relaxed(name+"__"+key, v.items[i], p)
		}
	case valString, valNumber:
		at := max(strings.LastIndex(name, "__"), 0)
		last := name[at:]
		if strings.EqualFold(strings.Trim(last, "_"), "connectionString") && !strings.Contains(v.text, "://") {
			if d.inFile(name, v.text, p, v.line) {
				return value{line: v.line}
			}
			d.connection(name[:at], v.text, "", p, v.line)
		}
		password := scan.SecretName(strings.Trim(last, "_")) || at > 0 && strings.EqualFold(last, "__pwd")
		if password && variableName.MatchString(name) && !scan.IsSwitch(v.text) {
			d.find(service.Service{Secrets: []string{name}}, p, v.line, scan.Declared, "")
			return v
		}
		return value{kind: valEither, line: v.line, items: []value{{kind: valName, text: "process.env." + name, line: v.line}, v}}
	}
	return v
}

// liteSource is the file of a connection string that opens one, and nothing that a placeholder would change.
var liteSource = scan.MustCompile(`(?i)(?:^|;)\s*(?:data\s*source|filename)\s*=\s*((?:\|DataDirectory\|)?(?:[\w./-]+\.(?:db3?|sqlite3?|sdf)|:memory:))\s*(?:;|$)`)

// inFile reports a connection string that opens a file and holds no account: no secret. What would lie beside the program
// gets a directory of its own.
func (d *dotnetService) inFile(variable, text, file string, line int) bool {
	m := liteSource.FindStringSubmatch(text)
	if m == nil || strings.Contains(strings.ToLower(text), "password") {
		return false
	}
	source := strings.TrimPrefix(m[1], "|DataDirectory|")
	moved := path.Join(dataDir(d.t, d.dir), source)
	if source != ":memory:" && path.Dir(source) == "." && variableName.MatchString(variable) {
		env := map[string]string{variable: strings.Replace(text, m[1], moved, 1)}
		d.find(service.Service{Env: env}, file, line, scan.Convention, notBesideProgram)
		source = moved
	}
	d.inf.sqlite(value{kind: valString, text: source}, file, line)
	return true
}
