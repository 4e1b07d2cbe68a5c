package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// phpConfig are files whose arrays are configuration, wherever a framework wants them: config/app.php of CakePHP,
// app/Config/Database.php of CodeIgniter, config/autoload/global.php of Laminas, src/settings.php of Slim, protected/config/ of Yii.
var phpConfig = scan.MustCompile(`(?i)(^|/)(config|configs|conf|configuration|settings|etc)/(?:[^/]+/){0,3}[^/]+\.php$|(^|/)[\w.-]*(config|settings|database|dependencies)[\w.-]*\.php$`)

// forExample are files of settings that a deployment copies and fills in.
var forExample = scan.MustCompile(`(?i)(^|[._-])(sample|example|dist|default|template|orig)[a-z]*([._-]|$)`)

// exampleEnding is how the name of such a file ends where PHP's own ending stands last: config.sample.php.
var exampleEnding = scan.MustCompile(`(?i)[._-](?:sample|example|dist|default|template|orig)(\.php)$`)

// otherTimes are keys of arrays that hold for tests and developers' machines.
var otherTimes = scan.MustCompile(`(?i)^\$?(tests?|testing|dev|development|debug\w*|local|staging)$`)

// arrays looks for arrays that describe connections in the files of settings of frameworks that have no form of their own.
// Examples count only where the real settings are kept out of the repository.
func (p *phpProject) arrays() {
	switch p.framework {
	case "laravel", "lumen", "symfony", "wordpress", "drupal":
		return // whose settings have been read
	}
	var examples []plainSource
	for _, s := range p.sources {
		rel := relative(p.dir, s.file)
		_, skip := environmentOf(s.file)
		switch {
		case !phpConfig.MatchString(withoutExample(rel)) && strings.Contains(path.Base(rel), "."):
		case forExample.MatchString(path.Base(rel)):
			if real := exampleEnding.ReplaceAllString(withoutExample(s.file), "$1"); real == s.file || !p.t.Has(real) {
				examples = append(examples, s)
			}
		case !skip:
			p.arraysOf(s)
		}
	}
	for _, s := range p.infer.needs {
		if sqlKinds[s.need.Kind] {
			p.constantsOf(examples)
			return
		}
	}
	before := len(p.infer.needs)
	for _, s := range examples {
		p.arraysOf(s)
		valueSecrets(p.r, p.dir, s.file, withoutConnections(returned(s.text)), true, nil)
	}
	kept := p.infer.needs[:before]
	for _, s := range p.infer.needs[before:] {
		if sqlKinds[s.need.Kind] || len(s.need.Env) > 0 { // the rest shows what might be
			kept = append(kept, s)
		}
	}
	p.infer.needs = kept
}

// constantsOf reads examples for the secrets among their constants alone.
func (p *phpProject) constantsOf(examples []plainSource) {
	for _, s := range examples {
		for _, call := range parseSource(s.file, s.text, dialect{php: true}).calls {
			name, isName := call.arg(0)
			if v, ok := call.arg(1); ok && isName && call.text == "define" && name.kind == valString {
				p.constant(name.text, v, s.file)
			}
		}
	}
}

// withoutConnections leaves out the arrays that describe connections, whose passwords belong to the needs.
func withoutConnections(v value) value {
	rest := value{kind: v.kind, text: v.text, line: v.line}
	if v.kind != valDict {
		return v
	}
	for i, item := range v.items {
		if !has(item, hostKeys) {
			rest.keys, rest.items = append(rest.keys, v.keys[i]), append(rest.items, withoutConnections(item))
		}
	}
	return rest
}

// arraysOf reads one file: what it returns, what it assigns, what it hands to calls, and its constants.
func (p *phpProject) arraysOf(s plainSource) {
	if !hasAny(s.text, "host", "HOST", "dsn", "server", "Server", "path", "database", "define(", "const ") {
		return
	}
	all := parseSource(s.file, s.text, dialect{php: true})
	p.array("", returned(s.text), s.file)
	var flat []setting
	for _, set := range all.settings {
		if !strings.HasPrefix(set.name, "$") {
			p.classConstant(set.name, set.v, s.file)
		}
		if set.name = strings.TrimPrefix(set.name, "$"); otherTimes.MatchString(set.name) {
			continue
		}
		if set.v.kind == valDict {
			p.array(set.name, set.v, s.file)
		} else {
			flat = append(flat, setting{name: set.name, v: p.filled(set.v)})
		}
	}
	for _, call := range all.calls {
		name, isName := call.arg(0)
		for _, arg := range call.items {
			p.array("", arg, s.file)
		}
		if v, ok := call.arg(1); ok && isName && call.text == "define" && name.kind == valString {
			flat = append(flat, setting{name: name.text, v: p.filled(v)})
			p.constant(name.text, v, s.file)
		}
	}
	p.infer.flat(flat, s.file)
}

// settingPath is the place of a setting in a registry, such as payment/stripe/api_key.
var settingPath = scan.MustCompile(`^[a-z0-9_.-]+(?:/[a-z0-9_.-]+)+$`)

// classConstant reports a constant of a class. Outside examples it may only name a setting: by its place, or by its own name.
func (p *phpProject) classConstant(name string, v value, file string) {
	text, _ := v.literal()
	named := strings.HasSuffix("_"+strings.ToLower(name), "_"+strings.NewReplacer("-", "_", ".", "_").Replace(strings.ToLower(text)))
	if !forExample.MatchString(path.Base(file)) && (named || settingPath.MatchString(text) || !plausible(text, false)) {
		return
	}
	p.constant(name, v, file)
}

// constant reports the name of a secret that a file of settings wants as a constant, and that stands there or is filled in
// by hand: it belongs in the secret store, and the file has to read it from the environment.
func (p *phpProject) constant(name string, v value, file string) {
	text, _ := v.literal()
	if _, _, isEnv := v.environment(); isEnv || !isVariable.MatchString(name) || !scan.SecretName(name) || scan.IsSwitch(text) || noValue.MatchString(v.text) {
		return
	}
	p.find(service.Service{Secrets: []string{name}}, file, v.line, scan.Declared, "a constant of the settings: let them read it from the environment")
}

// engineNames are the names that PHP's frameworks give to the driver of a connection.
var engineNames = map[string]bool{"className": true, "class": true, "datasource": true, "DBDriver": true, "dbdriver": true, "driverClass": true, "db_type": true, "dbtype": true, "persister": true}

// array looks at an array and at those in it. One describes a connection where its driver or its name says to what; of an
// array with several connections and a default only that one counts.
func (p *phpProject) array(name string, v value, file string) {
	if v.kind != valDict {
		return
	}
	if connections := v.at("connections"); connections.kind == valDict {
		p.chosenConnection(v, file, "DB_CONNECTION")
		return
	}
	group := p.filled(v)
	group.keys = append([]string{}, group.keys...)
	engine := ""
	for i, key := range group.keys {
		if engineNames[key] {
			group.keys[i], key = "engine", "engine"
		}
		if !listed(engineKeys, key) {
			continue
		}
		text := engineOf(group.items[i])
		group.items[i] = value{kind: valString, text: text, line: group.items[i].line}
		if engine == "" || kindOfEngine(engine) == "" && kindOfEngine(text) != "" {
			engine = text // one array may name its class and its driver
		}
	}
	kind := kindOfEngine(engine)
	if kind == "" {
		kind = p.infer.kindOfSetting(name)
	}
	mailed := kind == "smtp" && engine != "" && !strings.Contains(strings.ToLower(engine), "smtp") // by PHP itself, through sendmail
	if kind != "" && !mailed && (kind == "sqlite" || has(group, hostKeys)) && p.means(kind, group) && p.infer.group(name, group, file, kind) {
		return
	}
	for i, key := range v.keys {
		if !otherTimes.MatchString(key) {
			p.array(strings.TrimPrefix(name+"."+key, "."), v.items[i], file)
		}
	}
}

// means says whether an array that describes a connection is there for one. Frameworks bring settings for every cache that
// they know, all on this machine: those count where a library for them is installed.
func (p *phpProject) means(kind string, v value) bool {
	host, ok := v.get(hostKeys...)
	if text, _ := host.literal(); !ok || sqlKinds[kind] || kind == "sqlite" || text != "" && !scan.LocalHost(text) {
		return true
	}
	if _, _, isEnv := host.environment(); isEnv {
		return true
	}
	for name, of := range phpDrivers {
		if _, ok := p.requires(name); ok && of == kind {
			return true
		}
	}
	return false
}

// engineOf is the name of a driver: a string, or the class that is one.
func engineOf(v value) string {
	if text, ok := v.literal(); ok {
		return text
	}
	name := ""
	v.walk(func(part value) {
		if part.kind == valName && name == "" && !strings.Contains(part.text, "::") && !noValue.MatchString(part.text) {
			name = part.text
		}
	})
	return name
}

// filled puts what the .env file or its example sets in the place of the code's own defaults: mysql for
// env('DB_CONNECTION'). A host in an example is nobody's.
func (p *phpProject) filled(v value) value {
	if name, _, ok := v.environment(); ok {
		set, known := p.dotenv[name]
		real := path.Base(set.file) == ".env"
		if !known || set.value == "" || scan.SecretName(name) || noValue.MatchString(set.value) || strings.Contains(set.value, "$") || !real && (differs.MatchString(name) || len(set.value) > 100) {
			return v
		}
		read := value{kind: valCall, text: "getenv", line: v.line, keys: []string{""}, items: []value{{kind: valString, text: name, line: v.line}}}
		return value{kind: valEither, line: v.line, items: []value{read, {kind: valString, text: set.value, line: v.line}}}
	}
	if v.kind != valDict && v.kind != valList {
		return v
	}
	items := make([]value, len(v.items))
	for i, item := range v.items {
		items[i] = p.filled(item)
	}
	v.items = items
	return v
}

// phpDatabases are the databases that an application or framework always keeps its data in, unless its settings say otherwise.
var phpDatabases = map[string]string{"drupal": "mysql", "flarum": "mysql", "magento": "mysql", "joomla": "mysql", "mediawiki": "mysql", "typo3": "mysql", "craft": "mysql", "october": "mysql",
	"concrete": "mysql", "silverstripe": "mysql", "shopware": "mysql", "matomo": "mysql"}

// applications reports the database of an application whose settings the repository doesn't hold.
func (p *phpProject) applications() {
	kind := phpDatabases[p.framework]
	if kind == "" || len(p.infer.lite) > 0 {
		return
	}
	for _, s := range p.infer.needs {
		if sqlKinds[s.need.Kind] {
			return
		}
	}
	p.infer.add(scan.Need{Need: service.Need{Kind: kind, Port: scan.DefaultPort(kind)}}, first(p.manifest, p.index), 1, scan.Convention, "what "+p.framework+" runs on, mostly")
}
