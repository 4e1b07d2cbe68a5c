package lang

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// exampleModule are examples of a file of settings that each installation makes its own of: config.default.js,
// settings.example.json, config.js.sample.
var exampleModule = scan.MustCompile(`(?i)^(?:(?:(?:local|app|server)[._-]?)?(?:config|settings|conf|secrets?|credentials|keys)|local|env)(?:[._-](?:example|sample|dist|default|template|tmpl)(\.(?:js|ts|cjs|mjs|json))|(\.(?:js|ts|cjs|mjs|json))[._-](?:example|sample|dist|default|template|tmpl))$`)

// writtenSecrets names the secrets of such examples, where the code loads the file that is made of them.
func (p *nodeProject) writtenSecrets() {
	separator := p.joinsVariables()
	for _, file := range p.t.Below(p.dir) {
		m := exampleModule.FindStringSubmatch(path.Base(file))
		if m == nil || strings.Count(relative(p.dir, file), "/") > 2 || p.t.Aside(file) || notNodeSource.MatchString("/"+relative(p.dir, file)) {
			continue
		}
		ext := m[1] + m[2]
		real := withoutExampleWord(path.Base(file), ext)
		if p.t.Has(path.Join(path.Dir(file), real)) || !p.loads(real) {
			continue
		}
		names, line := valueSecrets(p.r, p.dir, file, exportedObject(p.t.Text(file, p.r), ext == ".json"), true, separator)
		if len(names) > 0 && separator == nil {
			p.r.Note(file, line, "an example of the file of settings that production has, with secrets (%s): let the code take them from the environment, process.env[%q]", some(names), names[0])
		}
	}
}

// withoutExampleWord is the file that is made of an example: config.js of config.default.js and of config.js.sample.
func withoutExampleWord(base, ext string) string {
	base = strings.ReplaceAll(base, ext, "")
	if i := strings.LastIndexAny(base, "._-"); i > 0 {
		base = base[:i]
	}
	return base + ext
}

// loads says whether the code requires, imports or reads a file.
func (p *nodeProject) loads(base string) bool {
	stem := strings.TrimSuffix(base, path.Ext(base))
	loads := regexp.MustCompile("['\"`/]" + regexp.QuoteMeta(stem) + "(?:" + regexp.QuoteMeta(path.Ext(base)) + ")?['\"`]")
	return slices.ContainsFunc(p.sources, func(s *source) bool { return loads.MatchString(s.text) })
}

// exportedObject is the object that a file of settings exports or is.
func exportedObject(text string, json bool) value {
	ps := &parser{tokens: tokenize(text, dialect{}), scope: map[string]value{}}
	if json {
		return ps.expr(0)
	}
	all := value{kind: valDict}
	for _, set := range parseSource("", text, dialect{}).settings {
		name := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(set.name, "module.exports"), "exports"), ".")
		if name == "" || set.v.kind == valDict && !strings.Contains(name, ".") && !strings.HasPrefix(set.name, "exports") {
			all.keys, all.items = append(all.keys, set.v.keys...), append(all.items, set.v.items...)
		} else {
			all.keys, all.items = append(all.keys, name), append(all.items, set.v)
		}
	}
	return all
}

// forTests are sections that only tests read: postgresqlTest.
var forTests = scan.MustCompile(`(?:^|[_-])tests?$|[a-z]Tests?$`)

// keptSecrets names the secrets that a file of settings holds itself. A key counts only where it is none of a dictionary's.
func (p *nodeProject) keptSecrets(v value, file string) {
	var kept func(v value, depth int) value
	kept = func(v value, depth int) value {
		out := value{kind: v.kind, line: v.line}
		for i, key := range v.keys {
			item := v.items[i]
			if forTests.MatchString(key) || p.fromVariable(key) {
				continue
			}
			if item.kind == valDict && depth < maxDepth {
				item = kept(item, depth+1)
			}
			if text, ok := item.literal(); !ok || !isKeyName.MatchString(key) || looksRandom(text) {
				out.keys, out.items = append(out.keys, key), append(out.items, item)
			}
		}
		return out
	}
	if v.kind == valDict && !p.t.Aside(file) {
		valueSecrets(p.r, p.dir, file, kept(withoutConnections(withoutOther(v)), 0), false, nil)
	}
}

// readsProcessEnv finds the variables that a source reads.
var readsProcessEnv = scan.MustCompile(`\bprocess\.env(?:\.|\[['"])([A-Za-z_]\w*)`)

// fromVariable says whether the code reads a variable whose name ends as a secret's key does: DB_PASSWORD takes the place of a
// password.
func (p *nodeProject) fromVariable(key string) bool {
	words := splitName(key)
	if len(words) == 0 || !scan.SecretName(key) {
		return false
	}
	for _, s := range p.sources {
		for _, m := range readsProcessEnv.FindAllStringSubmatch(s.text, 500) {
			name := splitName(m[1])
			if len(name) > 0 && name[len(name)-1] == words[len(words)-1] && scan.SecretName(m[1]) {
				return true
			}
		}
	}
	return false
}

// fileVariables are variables that the package config puts in the place of settings: those of a secret are secrets, whatever
// they are called.
func (p *nodeProject) fileVariables(names value, above []string) {
	for i, key := range names.keys {
		keys := append(slices.Clip(above), key)
		switch item := names.items[i]; {
		case item.kind == valDict && len(keys) < maxDepth:
			p.fileVariables(item, keys)
		case item.kind == valString && isVariable.MatchString(item.text) && namesSecret(secretSetting(keys)):
			p.infer.sensitive = append(p.infer.sensitive, item.text)
		}
	}
}

var (
	nconfEnv = scan.MustCompile(`\.env\(\s*(?:['"](__?|\.)['"]|\{[^{}]{0,200}?\bseparator\s*:\s*['"](__?|\.)['"])`)
	nconfGet = scan.MustCompile(`\b(?:nconf|config|conf|settings)\.get\(\s*['"]([\w-]+(?::[\w-]+)+)['"]`)
)

// joinsVariables gives the variables that nconf takes settings from: their keys with what it is told to put between them. It is
// nil where the package takes none so. The secrets that the code asks it for are reported.
func (p *nodeProject) joinsVariables() func(keys []string) string {
	if _, ok := p.pkg.find("nconf"); !ok {
		return nil
	}
	joint := ""
	for _, s := range p.sources {
		if m := nconfEnv.FindStringSubmatch(s.text); m != nil && strings.Contains(s.text, "nconf") {
			joint = m[1] + m[2]
		}
	}
	if joint == "" || joint == "." {
		return nil
	}
	for _, s := range p.sources {
		for _, m := range scan.Find(s.text, nconfGet) {
			if keys := strings.Split(m.Groups[1], ":"); namesSecret(secretSetting(keys)) {
				p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Secrets: []string{strings.Join(keys, joint)}}}, s.file, m.Line, scan.Declared, "the code reads it, through nconf")
			}
		}
	}
	return func(keys []string) string { return strings.Join(keys, joint) }
}
