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
		if p.t.Has(path.Join(path.Dir(file), real)) {
			continue
		}
		var names []string
		line := 1
		if p.loads(real) {
			names, line = valueSecrets(p.r, p.dir, file, exportedObject(p.t.Text(file, p.r), ext == ".json"), true, separator)
		}
		switch {
		case p.takesIn(path.Join(path.Dir(file), real)):
			p.r.Note(file, max(line, 1), "an example of %s, which each machine had its own of and the code does not start without: put one into the repository that takes what differs from the environment%s", real, inBrackets(names))
		case len(names) > 0 && separator == nil:
			p.r.Note(file, line, "an example of the file of settings that production has, with secrets (%s): let the code take them from the environment, process.env[%q]", some(names), names[0])
		}
	}
}

// inBrackets are the first of several secrets, behind what is said of a file.
func inBrackets(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return " (secrets: " + some(names) + ")"
}

var relativeImport = scan.MustCompile("(?:\\bfrom|\\brequire\\(|\\bimport\\(?)\\s*['\"`](\\.{1,2}/[\\w./-]+)['\"`]")

// takesIn says whether the code takes in a file of its own by its place.
func (p *nodeProject) takesIn(file string) bool {
	stem := strings.TrimSuffix(file, path.Ext(file))
	return slices.ContainsFunc(p.files[:min(len(p.files), maxRead)], func(from string) bool {
		data, _ := p.t.Read(from)
		for _, m := range relativeImport.FindAllStringSubmatch(string(data), -1) {
			if at := path.Join(path.Dir(from), m[1]); at == file || at == stem {
				return true
			}
		}
		return false
	})
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

// keptSecrets names the secrets that a file of settings holds itself, below the name of an object that it exports among others.
// A key counts only where it is none of a dictionary's and the code reads no variable of its name.
func (p *nodeProject) keptSecrets(name string, v value, file string) {
	if v.kind != valDict || p.t.Aside(file) {
		return
	}
	v = withoutConnections(withoutOther(v))
	if name != "" && has(v, hostKeys) && has(v, passwordKeys) {
		return // a connection, whose password belongs to the need
	}
	v = p.keptSettings(v, name, 0)
	if name != "" {
		v = value{kind: valDict, line: v.line, keys: []string{name}, items: []value{v}}
	}
	before := len(p.r.Findings)
	names, line := valueSecrets(p.r, p.dir, file, v, false, nil)
	for i := before; i < len(p.r.Findings); i++ {
		p.r.Findings[i].Evidence.Rank = scan.Guess // the code has to come to read it
	}
	if len(names) > 0 {
		p.r.Note(file, line, "each environment gets secrets of its own in the place of those that stand here (%s): let the code take them from the environment, process.env[%q]", some(names), names[0])
	}
}

// keptSettings leaves out of settings below a name what is no secret of their own.
func (p *nodeProject) keptSettings(v value, above string, depth int) value {
	out := value{kind: v.kind, line: v.line}
	for i, key := range v.keys {
		item := v.items[i]
		if forTests.MatchString(key) || p.reads(strings.Trim(above+"_"+key, "_")) || p.reads(key) && !genericSecret.MatchString(key) {
			continue
		}
		if item.kind == valDict && depth < maxDepth {
			item = p.keptSettings(item, key, depth+1)
		}
		text, ok := item.literal()
		if ok && (isKeyName.MatchString(key) && !looksRandom(text) || isLabel(key, text)) {
			continue
		}
		out.keys, out.items = append(out.keys, key), append(out.items, item)
	}
	return out
}

// isLabel says whether a value that a secret's name stands for is what people or programs call a page or a message.
func isLabel(key, text string) bool {
	return ownName(key, text) || aboutPassword.MatchString(key) || strings.ContainsAny(text, " -") && !looksRandom(text)
}

// readsProcessEnv finds the variables that a source reads.
var readsProcessEnv = scan.MustCompile(`\bprocess\.env(?:\.|\[['"])([A-Za-z_]\w*)`)

// reads says whether the code reads a variable that is called like a setting: SMTP_PASSWORD takes the place of smtp.password.
func (p *nodeProject) reads(name string) bool {
	if p.envRead == nil {
		p.envRead = map[string]bool{}
		for _, s := range p.sources {
			for _, m := range readsProcessEnv.FindAllStringSubmatch(s.text, 500) {
				p.envRead[plainKey(m[1])] = true
			}
		}
	}
	return p.envRead[plainKey(name)]
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
