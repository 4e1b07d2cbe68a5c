package lang

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// nodeSettingsFile are files whose objects are configuration.
var nodeSettingsFile = scan.MustCompile(`(?i)(^|/)(config|conf|configs|configuration|settings)/([^/]+/)?[^/]+\.(js|ts|json5?|mjs|cjs)$|(^|/)(config|settings|configuration|constants|env|keys|defaults?|production|knexfile|ormconfig|database|(db|app|server)[._-]?config)([.-]\w+)?\.(js|ts|json|mjs|cjs)$`)

// settings reads what the code is configured by.
func (p *nodeProject) settings() {
	drivers := map[string]dependency{}
	sql := map[string]bool{}
	for _, dep := range p.pkg.deps {
		if k := nodeDrivers[dep.name].kind; k != "" && drivers[k].name == "" && !p.pkg.optional[dep.name] {
			drivers[k] = dep
			if sqlKinds[k] {
				sql[k] = true
			}
		}
	}
	p.infer = &inference{r: p.r, dir: p.dir, whole: len(p.pkg.deps) > 0, claimed: map[string]bool{"NODE_ENV": true}}
	if len(sql) == 1 {
		p.infer.sql = sortedSet(sql)[0]
	}
	for _, name := range []string{"aws-sdk", "@aws-sdk/client-s3", "multer-s3", "knox", "s3"} {
		if _, ok := p.pkg.find(name); ok {
			p.infer.objects = true
		}
	}
	used := map[string]dependency{}
	p.jsonSettings()
	for _, s := range p.sources {
		if _, skip := environmentOf(s.file); skip && nodeSettingsFile.MatchString(s.file) {
			continue
		}
		p.settingsOf(s, drivers)
		p.imported(s, used)
	}
	for _, s := range p.sources {
		p.envalid(s)
		p.infer.variables(s)
	}
	p.coffeeVariables()
	p.writtenSecrets()
	p.prisma()
	p.infer.drivers(drivers, used)
}

// otherKey are keys of a configuration object that hold for other environments than production.
var otherKey = scan.MustCompile(`(?i)^(dev|devel|development|local|test|testing|ci|travis)$`)

func (p *nodeProject) settingsOf(s *source, drivers map[string]dependency) {
	whole := nodeSettingsFile.MatchString(s.file)
	var flat []setting
	for _, set := range s.settings {
		if strings.HasPrefix(set.name, "process.env.") {
			continue // it writes the variable
		}
		name := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(set.name, "module.exports"), "exports"), ".")
		set.v = p.filled(p.withoutAdapters(set.v))
		p.remember(setting{name: name, v: set.v}, s.file, 0)
		if otherKey.MatchString(name[strings.LastIndexByte(name, '.')+1:]) {
			continue
		}
		if whole {
			p.infer.setting(name, withoutOther(set.v), s.file)
			p.keptSecrets(exportedName(set.name), set.v, s.file)
		}
		if whole || set.v.kind != valDict {
			flat = append(flat, setting{name: name, v: set.v})
		}
		if set.v.kind == valDict && whole {
			for i, key := range set.v.keys {
				flat = append(flat, setting{name: key, v: set.v.items[i]})
			}
		}
		if !whole && set.v.kind != valDict && !strings.Contains(name, ".") {
			p.infer.scalar(name, set.v, s.file)
		}
	}
	p.infer.flat(connections(flat, whole), s.file)
	for _, call := range s.calls {
		p.infer.call(call, s.file, drivers)
		if call.text == "multer" || strings.HasSuffix(call.text, "static") && strings.Contains(s.text, "upload") {
			p.uploads(call, s.file)
		}
	}
}

// exportedName is what a module calls one of the objects that it exports, "" for one that is all of it or a variable.
func exportedName(name string) string {
	if exported, ok := strings.CutPrefix(strings.TrimPrefix(name, "module."), "exports."); ok {
		return exported[strings.LastIndexByte(exported, '.')+1:]
	}
	return ""
}

// filled puts what the configuration says in place of its name where a variable falls back to it:
// process.env.DB_HOST || config.mysql.host. Secrets stay names.
func (p *nodeProject) filled(v value) value {
	name, fallback, ok := v.environment()
	if v.kind != valEither || !ok || fallback != nil || scan.SecretName(name) {
		return v
	}
	last := v.items[len(v.items)-1]
	if last.kind != valName || !strings.Contains(last.text, ".") || strings.HasPrefix(last.text, "process.env.") {
		return v
	}
	known, _, ok := p.lookUp(last, func(v value) bool { return v.kind == valString && v.text != "" })
	if !ok {
		return v
	}
	known.line = v.line
	return value{kind: valEither, line: v.line, items: append(append([]value{}, v.items[:len(v.items)-1]...), known)}
}

// connections keeps of a file that is no configuration only what the environment says: a variable called dbHost may be
// anything, process.env.DB_HOST may not.
func connections(list []setting, whole bool) []setting {
	if whole {
		return list
	}
	var kept []setting
	for _, s := range list {
		if name, _, ok := s.v.environment(); ok {
			kept = append(kept, setting{name: name, v: s.v})
		}
	}
	return kept
}

// withoutOther leaves the parts of an object away that hold for developers and tests.
func withoutOther(v value) value {
	if v.kind != valDict {
		return v
	}
	kept := value{kind: valDict, line: v.line}
	for i, key := range v.keys {
		if !otherKey.MatchString(key) {
			kept.keys, kept.items = append(kept.keys, key), append(kept.items, v.items[i])
		}
	}
	return kept
}

// withoutAdapters leaves the connections of an object away whose adapter of Sails the package does not have: those of the
// example that every new application begins with.
func (p *nodeProject) withoutAdapters(v value) value {
	if v.kind != valDict {
		return v
	}
	kept := value{kind: valDict, line: v.line}
	for i, key := range v.keys {
		adapter, ok := v.items[i].get("adapter")
		if name, _ := adapter.literal(); ok && strings.HasPrefix(name, "sails-") {
			if _, installed := p.pkg.find(name); !installed {
				continue
			}
		}
		kept.keys, kept.items = append(kept.keys, key), append(kept.items, v.items[i])
	}
	return kept
}

// remember keeps a setting and all that is in it, for code that looks it up by name.
func (p *nodeProject) remember(s setting, file string, depth int) {
	if len(p.values) > maxValues || depth > 10 {
		return
	}
	if first, ok := s.v.arg(0); ok && s.v.kind == valCall && wrapsObject[s.v.text] {
		s.v = first
	}
	if s.v.kind != valDict {
		p.values, p.valueAt = append(p.values, s), append(p.valueAt, file)
		return
	}
	for i, key := range s.v.keys {
		p.remember(setting{name: strings.TrimPrefix(s.name+"."+key, "."), v: s.v.items[i]}, file, depth+1)
	}
}

// jsonSettings reads configuration in JSON or YAML. The package config keeps the names of variables in a file of its own, which
// is laid over the others.
func (p *nodeProject) jsonSettings() {
	var names value
	named := ""
	for _, f := range p.configs {
		if strings.TrimSuffix(path.Base(f), path.Ext(f)) == "custom-environment-variables" && p.readsYAML(f) {
			names, named = p.parseJSON(f), f
		}
	}
	_, fills := p.pkg.find("getconfig")
	for _, f := range p.configs {
		base := path.Base(f)
		_, skip := environmentOf(f)
		if f == named || skip || !p.readsYAML(f) || p.t.Aside(f) || notSettings.MatchString(base) || notNodeSource.MatchString("/"+relative(p.dir, f)) {
			continue
		}
		v := overlay(p.parseJSON(f), names)
		if fills {
			v = p.named(v, f)
		}
		p.remember(setting{v: v}, f, 0)
		p.infer.setting("", withoutOther(v), f)
		p.keptSecrets("", v, f)
		var flat []setting
		for i, key := range v.keys {
			flat = append(flat, setting{name: key, v: v.items[i]})
		}
		p.infer.flat(flat, f)
	}
	p.fileVariables(names, nil)
	names.walk(func(v value) {
		if v.kind == valString && isVariable.MatchString(v.text) {
			p.infer.vars = append(p.infer.vars, readVariable{name: v.text, file: named, line: v.line})
		}
	})
}

var notSettings = scan.MustCompile(`(?i)(tsconfig|swagger|openapi|schema|package|manifest|locale|i18n|messages|menu|fixtures?|seed)`)

func (p *nodeProject) parseJSON(file string) value {
	if path.Ext(file) != ".json" && path.Ext(file) != ".json5" {
		return p.parseYAML(file)
	}
	ps := &parser{tokens: tokenize(p.t.Text(file, p.r), dialect{})}
	return ps.expr(0)
}

// overlay puts over each value the variable that names has at the same place.
func overlay(v, names value) value {
	if v.kind != valDict || names.kind != valDict {
		return v
	}
	out := value{kind: valDict, line: v.line, keys: v.keys, items: append([]value{}, v.items...)}
	for i, key := range out.keys {
		name, ok := names.get(key)
		switch {
		case !ok:
		case name.kind == valDict:
			out.items[i] = overlay(out.items[i], name)
		case name.kind == valString:
			line := out.items[i].line
			out.items[i] = value{kind: valEither, line: line, items: []value{{kind: valName, text: "process.env." + name.text, line: line}, out.items[i]}}
		}
	}
	return out
}

// inGetconfig is a variable that the package getconfig puts in the place of its name.
var inGetconfig = scan.MustCompile(`^\$([A-Z][A-Z0-9_]*)$`)

// named puts variables in the place of their names.
func (p *nodeProject) named(v value, file string) value {
	if m := inGetconfig.FindStringSubmatch(v.text); m != nil && v.kind == valString {
		p.infer.vars = append(p.infer.vars, readVariable{name: m[1], file: file, line: v.line})
		return value{kind: valName, text: "process.env." + m[1], line: v.line}
	}
	if v.kind != valDict && v.kind != valList {
		return v
	}
	v.items = slices.Clone(v.items)
	for i := range v.items {
		v.items[i] = p.named(v.items[i], file)
	}
	return v
}

var nodeImport = scan.MustCompile(`(?:require\(\s*|from\s+|import\s+)['"]([\w@/.-]+)['"]`)

func (p *nodeProject) imported(s *source, used map[string]dependency) {
	for _, m := range scan.Find(s.text, nodeImport) {
		if k := nodeDrivers[m.Groups[1]].kind; k != "" && used[k].name == "" {
			used[k] = dependency{name: m.Groups[1], file: s.file, line: m.Line}
		}
	}
}

// uploads reports where files that users send are kept.
func (p *nodeProject) uploads(call value, file string) {
	first, _ := call.arg(0)
	if dest, ok := first.get("dest", "destination"); ok {
		first = dest
	} else if call.text == "multer" {
		return
	}
	if dir, ok := pathOf(first); ok && strings.Contains(strings.ToLower(dir), "upload") {
		p.infer.keeps(dir, file, call.line, "files that users send")
	}
}
