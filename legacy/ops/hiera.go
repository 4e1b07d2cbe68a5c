package ops

import (
	"path"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// hiera is Puppet's data: which files there are, and in which order they are asked.
type hiera struct {
	levels []*hieraLevel // those that are asked first stand first
}

// hieraLevel is one file of data.
type hieraLevel struct {
	prefixes    []string // beginnings of names that say nothing of the value
	file        string
	environment string // the one in which it holds, "" for all
	special     bool   // it holds on some machines only
	order       int
	keys        map[string]managedValue
}

// isHiera says by its path whether a file may be data of Hiera.
func isHiera(p string) bool {
	if !strings.HasSuffix(p, ".yaml") && !strings.HasSuffix(p, ".yml") && !strings.HasSuffix(p, ".eyaml") && !strings.HasSuffix(p, ".json") {
		return false
	}
	return isHieraMap(p) || strings.HasPrefix(p, "hiera") || strings.Contains(p, "/hiera") || strings.HasPrefix(p, "data/") || strings.Contains(p, "/data/")
}

// isHieraMap recognises hiera.yaml, which says where the data is.
func isHieraMap(p string) bool {
	base := path.Base(p)
	return strings.HasPrefix(base, "hiera") && (strings.HasSuffix(base, ".yaml") || strings.HasSuffix(base, ".yml")) && !strings.Contains(path.Dir(p), "hieradata")
}

// readHiera reads the data below a root: the order of the files is that of hiera.yaml, where there is one.
func readHiera(t *scan.Tree, paths []string, r *scan.Report) *hiera {
	h := &hiera{}
	patterns := hieraPatterns(t, paths, r)
	for _, p := range paths {
		if !isHiera(p) || isHieraMap(p) || !hieraPlace(t, p) {
			continue
		}
		level := &hieraLevel{file: p, order: 1000}
		if !level.place(patterns) {
			continue
		}
		level.read(t, r)
		h.levels = append(h.levels, level)
	}
	sort.SliceStable(h.levels, func(i, j int) bool {
		a, b := h.levels[i], h.levels[j]
		if a.special != b.special {
			return b.special
		}
		if (a.environment != "") != (b.environment != "") {
			return a.environment != ""
		}
		return a.order < b.order
	})
	return h
}

// hieraPlace says whether data stands where Hiera would look: in a directory of that name, or in data/ beside manifests.
func hieraPlace(t *scan.Tree, p string) bool {
	for dir := path.Dir(p); dir != "." && dir != "/" && !strings.HasPrefix(path.Base(dir), "@"); dir = path.Dir(dir) {
		base := path.Base(dir)
		if strings.HasPrefix(base, "hiera") {
			return true
		}
		if base == "files" || base == "templates" || base == "spec" {
			return false
		}
		if base == "data" && (t.First(path.Dir(dir), "hiera.yaml", "Puppetfile", "environment.conf") != "" || t.HasDir(path.Join(path.Dir(dir), "manifests"))) {
			return true
		}
	}
	return false
}

// hieraPattern is a level of the hierarchy: a path with a wildcard for each %{...}.
type hieraPattern struct {
	parts []string
	order int
}

var hieraInterpolation = scan.MustCompile(`%\{[^}]*\}`)

// hieraPatterns reads the hierarchies of hiera.yaml, of versions 3 and 5.
func hieraPatterns(t *scan.Tree, paths []string, r *scan.Report) []hieraPattern {
	var patterns []hieraPattern
	add := func(text string) {
		text = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(text, ".yaml"), ".yml"), ".eyaml")
		patterns = append(patterns, hieraPattern{strings.Split(hieraInterpolation.ReplaceAllString(text, "*"), "/"), len(patterns)})
	}
	for _, p := range paths {
		if !isHieraMap(p) {
			continue
		}
		var doc yaml.Node
		if yaml.Unmarshal([]byte(t.Text(p, r)), &doc) != nil {
			r.Note(p, 0, "not understood as YAML: the order of Hiera's data is guessed by the names of its files")
			continue
		}
		if doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 {
			continue
		}
		v, _ := plain(doc.Content[0])
		m, _ := v.(map[string]any)
		levels, _ := m[":hierarchy"].([]any)
		if more, ok := m["hierarchy"].([]any); ok {
			levels = append(levels, more...)
		}
		for _, level := range levels {
			switch level := level.(type) {
			case string:
				add(level)
			case map[string]any:
				if text, ok := level["path"].(string); ok {
					add(text)
				}
				list, _ := level["paths"].([]any)
				for _, item := range list {
					if text, ok := item.(string); ok {
						add(text)
					}
				}
			}
		}
	}
	return patterns
}

// match says whether a file, without its ending, is one of the level.
func (p hieraPattern) match(name string) bool {
	parts := strings.Split(name, "/")
	if len(parts) < len(p.parts) {
		return false
	}
	parts = parts[len(parts)-len(p.parts):]
	for i, pattern := range p.parts {
		before, after, wild := strings.Cut(pattern, "*")
		if !wild && pattern != parts[i] || wild && !(strings.HasPrefix(parts[i], before) && (strings.Contains(after, "*") || strings.HasSuffix(parts[i], after))) {
			return false
		}
	}
	return true
}

var hieraDevelopers = scan.MustCompile(`(?i)(^|[/_.-])(vagrant|dev|devel|development|local|localhost|sandbox|test|testing|ci|kitchen|docker|example)([/_.-]|$)`)

// place settles when a file is asked; it is false for what holds on developers' machines only.
func (l *hieraLevel) place(patterns []hieraPattern) bool {
	name := strings.TrimSuffix(l.file, path.Ext(l.file))
	within := name
	if i := strings.LastIndex(name, "/hiera"); i >= 0 {
		_, within, _ = strings.Cut(name[i+1:], "/")
	} else if i := strings.LastIndex(name, "/data/"); i >= 0 {
		within = name[i+len("/data/"):]
	} else if _, rest, ok := strings.Cut(name, "/"); ok {
		within = rest
	}
	if hieraDevelopers.MatchString(within) {
		return false
	}
	plainWords := true
	for _, part := range strings.Split(within, "/") {
		word, _, _ := strings.Cut(part, "_")
		if env := scan.EnvironmentName(part); env != "" {
			l.environment = env
		} else if env := scan.EnvironmentName(word); env != "" {
			l.environment = env
		} else if !hieraCommon.MatchString(part) {
			plainWords = false
		}
	}
	l.special = !plainWords
	for _, p := range patterns {
		if p.match(name) {
			l.order = p.order
			break
		}
	}
	return true
}

var hieraCommon = scan.MustCompile(`(?i)^(common|default|defaults|global|base|all|main|env|envs|environment|environments|apps?|private|secrets?|credentials|classes|[a-z]*[_.-]?(common|global|defaults?)([_.-][a-z0-9]+)?)$`)

// read takes over the keys of the file. Of files that are made for secrets no value is read.
func (l *hieraLevel) read(t *scan.Tree, r *scan.Report) {
	l.keys = map[string]managedValue{}
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(t.Text(l.file, r)), &doc); err != nil {
		r.Note(l.file, 0, "not understood as YAML: %v", yamlReason(err))
		return
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 {
		return
	}
	left := maxValues
	v := l.value("", doc.Content[0], &left, 0, secretFile.MatchString(path.Base(l.file)))
	if left <= 0 {
		r.Note(l.file, 0, "%v", errYAMLSize)
	}
	for key, item := range v.hash {
		l.keys[strings.TrimPrefix(key, "::")] = item
	}
}

var secretFile = scan.MustCompile(`(?i)(secret|credential|private|vault|passwords?)`)

// yamlReason is the parser's complaint without the text that it stumbled over, which may be a secret.
func yamlReason(err error) string {
	text := err.Error()
	if i := strings.IndexAny(text, "`\n"); i >= 0 {
		text = text[:i]
	}
	return strings.TrimPrefix(text, "yaml: ")
}

// value makes a value of a YAML node.
func (l *hieraLevel) value(key string, node *yaml.Node, left *int, depth int, hidden bool) managedValue {
	v := managedValue{file: l.file, line: node.Line, environment: l.environment}
	if *left--; *left < 0 || depth > 100 {
		return v
	}
	switch node.Kind {
	case yaml.AliasNode:
		return l.value(key, node.Alias, left, depth+1, hidden)
	case yaml.SequenceNode:
		v.kind = valueList
		for _, item := range node.Content {
			v.list = append(v.list, l.value(key, item, left, depth+1, hidden))
		}
	case yaml.MappingNode:
		v.kind, v.hash = valueHash, map[string]managedValue{}
		var merged []*yaml.Node
		for i := 0; i+1 < len(node.Content); i += 2 {
			name := node.Content[i]
			if name.Value == "<<" {
				merged = append(merged, node.Content[i+1])
				continue
			}
			item := l.value(name.Value, node.Content[i+1], left, depth+1, hidden)
			item.line = name.Line
			if _, twice := v.hash[name.Value]; !twice {
				v.keys = append(v.keys, name.Value)
			}
			v.hash[name.Value] = item
		}
		for _, m := range merged {
			v = deeper(v, l.value(key, m, left, depth+1, hidden))
		}
	case yaml.ScalarNode:
		v.kind, v.text = valueText, node.Value
		switch {
		case node.Tag == "!!null":
			v.kind = valueUndef
		case node.Tag == "!!bool":
			v.kind, v.text = valueSwitch, strings.ToLower(node.Value)
		case hidden && node.Value != "" && !strings.HasPrefix(node.Value, "%{"):
			s := secretValue(placeholderName(key), v.file, v.line)
			s.environment = v.environment
			return s
		case !strings.HasPrefix(node.Value, "%{"): // a reference to a secret is none itself
			return guard(withoutPrefix(key, l.prefixes), v)
		}
	}
	return v
}

// get is what the data says of a key in an environment. Hashes of several files are put together; of several machines,
// what is there on one of them counts.
func (h *hiera) get(key, environment string) (managedValue, bool) {
	var found, machines managedValue
	ok := false
	for _, l := range h.levels {
		v, has := l.keys[key]
		switch {
		case !has || l.environment != "" && l.environment != environment:
		case l.special && v.kind == valueHash && (!ok || found.kind == valueHash):
			machines = anywhere(machines, v)
		case !ok:
			found, ok = v, true
		default:
			found = deeper(found, v)
		}
	}
	switch {
	case machines.kind == valueHash && ok:
		return deeper(machines, found), true
	case machines.kind == valueHash:
		return machines, true
	}
	return found, ok
}

// anywhere puts the hashes of two machines together: what one has switched off may be on at the other.
func anywhere(a, b managedValue) managedValue {
	if a.kind != valueHash || b.kind != valueHash {
		if b.kind != valueHash && a.kind != valueHash && !a.off() || a.kind == valueHash {
			return a
		}
		return b
	}
	merged := deeper(a, b)
	for _, key := range a.keys {
		if other, both := b.hash[key]; both {
			merged.hash[key] = anywhere(a.hash[key], other)
		}
	}
	return merged
}

// environments are those for which there is data of their own.
func (h *hiera) environments() []string {
	seen := map[string]bool{}
	for _, l := range h.levels {
		if l.environment != "" {
			seen[l.environment] = true
		}
	}
	names := make([]string, 0, len(seen))
	for name := range seen {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// differs says whether a key has a value of its own in an environment.
func (h *hiera) differs(keys map[string]bool, environment string) bool {
	for _, l := range h.levels {
		if l.environment != environment {
			continue
		}
		for key := range keys {
			if _, ok := l.keys[key]; ok {
				return true
			}
		}
	}
	return false
}
