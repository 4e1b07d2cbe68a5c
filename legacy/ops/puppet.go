package ops

import (
	"maps"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Puppet reads manifests with the data of Hiera: each class is worked out as far as it can be without a machine, defines
// are followed into what they are made of, and each resource gives what it means for the service that it is about.
func Puppet() scan.Reader {
	return scan.Reader{
		Name:  "puppet",
		Wants: func(p string) bool { return (strings.HasSuffix(p, ".pp") || isHiera(p)) && !puppetAside(p) },
		Ops:   true,
		Read:  readPuppet,
	}
}

// puppetAside are manifests and data that test or show others.
func puppetAside(p string) bool {
	p = "/" + p
	return strings.Contains(p, "/spec/") || strings.Contains(p, "/tests/") || strings.Contains(p, "/examples/") || strings.Contains(p, "/fixtures/")
}

// readPuppet reads each root for itself: classes of two roots don't know each other.
func readPuppet(t *scan.Tree, paths []string, r *scan.Report) {
	for _, root := range rootsOf(t, paths) {
		w := readPuppetWorld(t, root.paths, r)
		if len(w.classes)+len(w.defines)+len(w.loose) == 0 && len(w.data.levels) == 0 {
			continue
		}
		w.report(root.name)
	}
}

// puppetDefinition is a class or define.
type puppetDefinition struct {
	name   string
	params []*puppetNode
	base   string // the class that it inherits
	body   *puppetNode
	file   string
	line   int
}

// puppetWorld is everything that one root says.
type puppetWorld struct {
	t        *scan.Tree
	r        *scan.Report
	classes  map[string]*puppetDefinition
	defines  map[string]*puppetDefinition
	order    []string            // of the classes, as they were read
	loose    []*puppetDefinition // statements outside of classes, of nodes and files
	declared map[string]bool     // classes that others declare with settings of their own
	data     *hiera
	wrote    map[string]managedSources
	beside   map[string]bool // types of resources that are not looked into
}

func readPuppetWorld(t *scan.Tree, paths []string, r *scan.Report) *puppetWorld {
	w := &puppetWorld{t: t, r: r, classes: map[string]*puppetDefinition{}, defines: map[string]*puppetDefinition{}, declared: map[string]bool{}}
	for _, p := range paths {
		if !strings.HasSuffix(p, ".pp") {
			continue
		}
		block, broken := parsePuppet(t.Text(p, r))
		if broken > 0 {
			r.Note(p, broken, "not understood as a manifest from here on; what comes later in the file may be missing")
		}
		w.collect(p, block, 0)
	}
	w.data = readHiera(t, paths, r)
	return w
}

// standsBeside says whether a type is about what stands beside a service.
func (w *puppetWorld) standsBeside(kind string) bool {
	is, known := w.beside[kind]
	if !known {
		if w.beside == nil {
			w.beside = map[string]bool{}
		}
		is = beside.MatchString(kind)
		w.beside[kind] = is
	}
	return is
}

// collect takes the definitions of a file; what stands outside of them is a definition without a name.
func (w *puppetWorld) collect(file string, block *puppetNode, depth int) {
	rest := &puppetNode{op: "block", line: block.line}
	for _, s := range block.kids {
		d := &puppetDefinition{name: strings.ToLower(s.text), file: file, line: s.line}
		for _, kid := range s.kids {
			if kid == nil {
				continue
			}
			switch kid.op {
			case "params":
				d.params = kid.kids
			case "inherits":
				d.base = strings.ToLower(kid.text)
			case "block":
				d.body = kid
			}
		}
		switch {
		case d.body == nil:
			rest.kids = append(rest.kids, s)
		case s.op == "class":
			if _, twice := w.classes[d.name]; !twice {
				w.classes[d.name] = d
				w.order = append(w.order, d.name)
			}
		case s.op == "define":
			if _, twice := w.defines[d.name]; !twice {
				w.defines[d.name] = d
			}
		case s.op == "node":
			d.name = "node " + d.name
			w.loose = append(w.loose, d)
		default:
			rest.kids = append(rest.kids, s)
		}
		w.declarations(s, 0)
		if depth < 5 && d.body != nil && s.op == "class" {
			w.nested(file, d.body, depth)
		}
	}
	if len(rest.kids) > 0 && depth == 0 {
		w.loose = append(w.loose, &puppetDefinition{name: "", body: rest, file: file, line: rest.line})
	}
}

// nested takes the definitions within a class.
func (w *puppetWorld) nested(file string, body *puppetNode, depth int) {
	inner := &puppetNode{op: "block"}
	for _, s := range body.kids {
		if s != nil && (s.op == "class" || s.op == "define") {
			inner.kids = append(inner.kids, s)
		}
	}
	if len(inner.kids) > 0 {
		w.collect(file, inner, depth+1)
	}
}

// declarations remembers which classes are declared like resources: class { 'shop': port => 8000 }.
func (w *puppetWorld) declarations(n *puppetNode, depth int) {
	if n == nil || depth > maxPuppetDepth {
		return
	}
	if n.op == "resource" && n.text == "class" {
		for _, item := range n.kids {
			if len(item.kids) > 1 && item.kids[0] != nil && item.kids[0].op == "text" {
				w.declared[strings.ToLower(strings.TrimPrefix(item.kids[0].text, "::"))] = true
			}
		}
	}
	for _, kid := range n.kids {
		w.declarations(kid, depth+1)
	}
}

// report works out everything as it is in production, then what differs in the other environments.
func (w *puppetWorld) report(root string) {
	environments := w.data.environments()
	main := newPuppetRun(w, "production")
	main.everything()
	if main.steps > maxPuppetSteps || len(main.found) == maxManaged {
		w.r.Note(w.anyFile(), 0, "more than can be worked out: what the manifests say is not complete")
	}
	meaning := newMeaning(w.t, w.r, root, "")
	meaning.seeAll(append(main.found, main.withoutManifest(meaning)...))
	sites := &nginxValues{}
	for _, l := range w.data.levels {
		for _, key := range slices.Sorted(maps.Keys(l.keys)) {
			if l.environment == "" || l.environment == "production" {
				sites.look(key, l.keys[key], 0)
			}
		}
	}
	sites.report(meaning)
	for _, l := range w.data.levels {
		if l.environment == "" || l.environment == "production" {
			for _, key := range slices.Sorted(maps.Keys(l.keys)) {
				meaning.named(key, l.keys[key], 1)
				var names []string
				classNames(key, func(name string) { names = append(names, name) })
				if key == "classes" || strings.HasSuffix(key, "::classes") {
					meaning.together(l.keys[key])
				}
				meaning.leaves(names[:min(len(names), maxLeafNames)], "data that nothing was taken from", key, l.keys[key])
			}
		}
	}
	meaning.finish()
	for _, environment := range environments {
		if environment == "production" {
			continue
		}
		other := newPuppetRun(w, environment)
		for _, name := range main.evaluated {
			if w.data.differs(main.asked[name], environment) {
				other.class(name)
			}
		}
		there := newMeaning(w.t, w.r, root, environment)
		there.seeAll(other.found)
	}
}

// together tells the classes that the data gives the same machines to each other.
func (g *meaning) together(classes managedValue) {
	for _, m := range setUpTogether(classes.list) {
		g.see(m)
	}
}

// anyFile is a file of the manifests, to hang a remark on all of them on.
func (w *puppetWorld) anyFile() string {
	if len(w.order) > 0 {
		return w.classes[w.order[0]].file
	}
	if len(w.loose) > 0 {
		return w.loose[0].file
	}
	return w.data.levels[0].file
}

// withoutManifest makes classes of the data for classes whose manifests are kept elsewhere. Data for settings that a class
// which is here doesn't have is noted: it is left over from another time.
func (p *puppetRun) withoutManifest(g *meaning) []*managed {
	classes := map[string]*managed{}
	var order []*managed
	for _, l := range p.w.data.levels {
		if l.environment != "" && l.environment != p.environment {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(l.keys)) {
			i := strings.LastIndex(key, "::")
			if i < 0 {
				continue
			}
			name, setting := key[:i], key[i+2:]
			if d := p.w.classes[name]; d != nil {
				if !d.has(setting) {
					m := &managed{kind: "class", title: name, file: l.file, line: l.keys[key].line}
					g.note(m, "data for class "+name+", which has no such setting", setting, l.file, m.line)
				}
				continue
			}
			if classes[name] == nil {
				classes[name] = &managed{kind: "class", title: name, file: l.file, line: l.keys[key].line}
				order = append(order, classes[name])
			}
			if v, ok := p.hiera(key, 0); ok {
				classes[name].set(setting, v)
			}
		}
	}
	return order
}

func (d *puppetDefinition) has(setting string) bool {
	for _, param := range d.params {
		if param.text == setting {
			return true
		}
	}
	return false
}
