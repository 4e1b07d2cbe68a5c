package lang

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	// teamSettings is a YAML file of config/ that a team keeps its own settings in: settings.yml, config.yml, application.yml,
	// general.yml, and the example that each machine made its own of.
	teamSettings = scan.MustCompile(`^config/(?:settings/)?[\w-]+\.(ya?ml|(?:ya?ml[.-](?:example|sample|default|dist|template|tmpl))|(?:example|sample|defaults?)\.ya?ml)$`)
	madeSettings = scan.MustCompile(`[.-](example|sample|default|dist|template|tmpl)(\.ya?ml)?$`)
	// othersFile are files of libraries and of tools, which hold no settings of the service, or are read elsewhere.
	othersFile = scan.MustCompile(`(?i)^config/((locales?|environments|initializers|deploy|schemas?|webpack|puppet|chef)/|(database|mongoid|mongo|cable|redis|resque\w*|sunspot|elasticsearch|memcached|ldap|rabbitmq|bunny|storage|sidekiq\w*|newrelic|skylight|honeybadger|rollbar|appsignal|scout_apm|i18n[\w-]*|brakeman|rubocop\w*|cucumber|webpacker|shakapacker|vite|shoryuken|schedule|deploy\w*|importmap|annotate|rails_best_practices|parallel|simplecov|travis|test|mocks?|fixtures?|fakes?|samples?)[.\w-]*$)`)
)

// maxFileSecrets bounds how many secrets one file of settings names.
const maxFileSecrets = 60

// settingsSecrets names the secrets that stand in the team's own files of settings, or that the example of such a file asks
// for: each becomes the name of a secret, as the setting is called, and its value stays where it is.
func (p *rubyProject) settingsSecrets() {
	for _, file := range p.t.Below(path.Join(p.dir, "config")) {
		rel := relative(p.dir, file)
		made := madeSettings.MatchString(rel)
		if !teamSettings.MatchString(rel) || othersFile.MatchString(rel) || p.t.Aside(file) {
			continue
		}
		if _, skip := environmentOf(file); skip && !made || made && p.t.Has(madeSettings.ReplaceAllString(file, "$2")) {
			continue
		}
		p.fileSecrets(file, made)
	}
}

// fileSecrets reads one file. What a variable fills in is known already, and of sections by environment those count that
// production reads.
func (p *rubyProject) fileSecrets(file string, made bool) {
	text := erbTag.ReplaceAllString(p.t.Text(file, p.r), "__erb0__")
	variable, overruled := p.settingVariable(file), map[string]bool{}
	names, _ := yamlSecrets(p.r, p.dir, file, text, made, func(keys []string) string {
		if variable == nil || !isVariable.MatchString(variable(keys)) {
			return ""
		}
		overruled[variable(keys)] = true
		return variable(keys)
	})
	if taken := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !overruled[name] }); len(taken) > 0 {
		p.r.Note(file, p.secretLine(taken[0]), "holds secrets (%s, values masked ***): the gem config takes them from these variables where they are set; change them, since everyone with the repository knows them", some(taken))
	}
	names = slices.DeleteFunc(names, func(name string) bool { return overruled[name] })
	switch {
	case len(names) == 0:
	case made:
		p.r.Note(file, p.secretLine(names[0]), "an example of the file of settings that production has, with secrets (%s): let it take them from the environment, <%%= ENV[\"%s\"] %%>", some(names), names[0])
	default:
		p.r.Note(file, p.secretLine(names[0]), "holds secrets (%s, values masked ***): let it take them from the environment, <%%= ENV[\"%s\"] %%>, and change them, since everyone with the repository knows them", some(names), names[0])
	}
}

// secretLine is the line on which a secret was found last.
func (p *rubyProject) secretLine(name string) int {
	for _, f := range slices.Backward(p.r.Findings) {
		if slices.Contains(f.Service.Secrets, name) {
			return f.Evidence.Line
		}
	}
	return 0
}

var (
	gemSettings  = scan.MustCompile(`^config/settings(?:/[\w-]+)?\.yml$`)
	configPrefix = scan.MustCompile(`(?m)^\s*config\.env_prefix\s*=\s*['"](\w+)['"]`)
	configJoins  = scan.MustCompile(`(?m)^\s*config\.env_separator\s*=\s*['"](__?)['"]`)
	configUses   = scan.MustCompile(`(?m)^\s*config\.use_env\s*=\s*true\b`)
)

// settingVariable gives the variables by which the gem config overrules the settings of a file, nil where it does not. It splits
// their names at each separator: with a single underline none leads to a key that holds one.
func (p *rubyProject) settingVariable(file string) func(keys []string) string {
	initializer := path.Join(p.dir, "config/initializers/config.rb")
	if !gemSettings.MatchString(relative(p.dir, file)) || !p.t.Has(initializer) {
		return nil
	}
	text := p.t.Text(initializer, p.r)
	prefix, joins := configPrefix.FindStringSubmatch(text), configJoins.FindStringSubmatch(text)
	if !configUses.MatchString(text) || prefix == nil || joins == nil {
		return nil
	}
	return func(keys []string) string {
		if joins[1] == "_" && slices.ContainsFunc(keys, func(key string) bool { return strings.Contains(key, "_") }) {
			return ""
		}
		return prefix[1] + joins[1] + strings.ToUpper(strings.Join(keys, joins[1]))
	}
}

// yamlSecrets reports the secrets among the settings of a file in YAML, or of an example of one, and gives their names with
// the first one's line. Where a variable overrules a setting, the secret is called like that.
func yamlSecrets(r *scan.Report, dir, file, text string, made bool, variable func(keys []string) string) (names []string, line int) {
	return valueSecrets(r, dir, file, settingsValue("yaml", text), made, variable)
}

// valueSecrets does so for settings that have been read.
func valueSecrets(r *scan.Report, dir, file string, all value, made bool, variable func(keys []string) string) (names []string, line int) {
	seen := map[string]bool{}
	var walk func(above []string, v value)
	walk = func(above []string, v value) {
		for i, key := range v.keys {
			item, keys := v.items[i], append(above[:len(above):len(above)], key)
			if item.kind == valDict && len(above) < 6 {
				if len(above) > 0 || !idleSection[strings.ToLower(key)] {
					walk(keys, item)
				}
				continue
			}
			for _, entry := range item.items { // of a list, where each is a section
				if item.kind == valList && entry.kind == valDict && len(above) < 6 {
					walk(keys, entry)
				}
			}
			name := secretSetting(keys)
			if variable != nil && namesSecret(name) {
				name = cmp.Or(variable(keys), name)
			}
			if seen[name] || len(names) >= maxFileSecrets || item.kind != valString || len(item.items) > 0 || !namesSecret(name) || !plausible(item.text, made) || strings.EqualFold(key, "secret_key_base") {
				continue
			}
			seen[name] = true
			if line == 0 {
				line = item.line
			}
			names = append(names, name)
			r.Find(scan.Finding{Dir: dir, Service: service.Service{Secrets: []string{name}}}, file, max(item.line, 1), scan.Convention, "a secret among the settings")
		}
	}
	walk(nil, all)
	return names, line
}

// idleSection are the sections by environment that production does not read.
var idleSection = map[string]bool{"development": true, "test": true, "testing": true, "cucumber": true, "ci": true, "staging": true, "travis": true, "benchmark": true}

// genericSecret are names that say only that something is secret, and not of what.
var genericSecret = scan.MustCompile(`(?i)^(password|passwd|pass|secret|salt|token|key|api_?key|secret_?key|master_?secret|auth_?token|access_?token|private_?key|client_?secret)$`)

// namesSecret says whether a setting is a secret by what it is called. One that is called after sessions signs them, which a
// variable of the code need not.
func namesSecret(name string) bool { return scan.SecretName(name) || sessionKey.MatchString(name) }

var (
	sessionKey = scan.MustCompile(`(?i)(?:^|[_.-])session_?keys?$`)
	// ofAccount are sections for the account of what they stand in: mail.auth.pass.
	ofAccount = scan.MustCompile(`(?i)^(auth|credentials?|options|opts)$`)
)

var environmentSection = scan.MustCompile(`(?i)^(production|default|defaults|shared|common|base)$`)

// secretSetting is what a setting is called as a secret: by its key, together with what holds it where the key alone says
// nothing.
func secretSetting(keys []string) string {
	last := len(keys) - 1
	name := keys[last]
	if last > 0 && genericSecret.MatchString(name) && !environmentSection.MatchString(keys[last-1]) {
		name = keys[last-1] + "_" + name
		if last > 1 && ofAccount.MatchString(keys[last-1]) {
			name = keys[last-2] + "_" + name
		}
	}
	return strings.Trim(notWord.ReplaceAllString(name, "_"), "_")
}

// plausible says whether the text is a secret, or, in an example, may stand for one.
func plausible(text string, made bool) bool {
	if strings.Contains(text, "__erb") {
		return false
	}
	if made {
		return len(text) < 200 && !scan.IsSwitch(text)
	}
	return len(text) < 4096 && !notSecret.MatchString(text) && !isVariable.MatchString(text)
}

var (
	yamlAnchor      = scan.MustCompile(`^\w+:\s*&(\w+)\s*$`)
	productionAlias = scan.MustCompile(`(?m)^production:\s*(?:\n\s+<<:\s*)?\*(\w+)`)
)

// productionTakes says whether the settings of production are those with an anchor, or rest on them.
func productionTakes(text, anchor string) bool {
	m := productionAlias.FindStringSubmatch(text)
	return m != nil && m[1] == anchor
}

// gemsOwn are the variables with a secret that a gem's library reads by itself, unless the code tells it, or a file of its own.
var gemsOwn = []struct {
	gem, variable string
	told          *scan.Pattern
	file          string
	spared        bool // the service starts without it
}{
	{"sinatra_auth_github", "GITHUB_CLIENT_SECRET", scan.MustCompile(`:secret\s*=>|\bsecret:`), "", true},
	{"recaptcha", "RECAPTCHA_SECRET_KEY", scan.MustCompile(`Recaptcha\.configure`), "", false},
	{"sentry-raven", "SENTRY_DSN", scan.MustCompile(`\bdsn\s*=`), "", true},
	{"sentry-ruby", "SENTRY_DSN", scan.MustCompile(`\bdsn\s*=`), "", true},
	{"sentry-rails", "SENTRY_DSN", scan.MustCompile(`\bdsn\s*=`), "", true},
	{"sentry-sidekiq", "SENTRY_DSN", scan.MustCompile(`\bdsn\s*=`), "", true},
	{"honeybadger", "HONEYBADGER_API_KEY", scan.MustCompile(`Honeybadger\.configure`), "config/honeybadger.yml", true},
	{"bugsnag", "BUGSNAG_API_KEY", scan.MustCompile(`Bugsnag\.configure`), "config/bugsnag.yml", true},
}

// gemSecrets names those of the gems that are there.
func (p *rubyProject) gemSecrets() {
	for _, own := range gemsOwn {
		dep, ok := p.gems.find(own.gem)
		if _, told := p.uses(own.told); !ok || told || own.file != "" && p.first(own.file) != "" {
			continue
		}
		p.find(service.Service{Secrets: []string{own.variable}}, dep, scan.Convention, own.gem+" reads it by itself")
		if own.spared {
			p.r.Find(scan.Finding{Dir: p.dir, Optional: own.variable}, dep.file, dep.line, scan.Convention, "the code starts without it")
		}
	}
}
