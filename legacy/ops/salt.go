package ops

import (
	"maps"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Salt reads states with the pillar's data: each file is filled as far as that goes without a minion, and each state gives
// what it means for the service that it is about.
func Salt() scan.Reader {
	return scan.Reader{
		Name:  "salt",
		Wants: func(p string) bool { return strings.HasSuffix(p, ".sls") && !saltAside.MatchString(p) },
		Ops:   true,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			for _, root := range rootsOf(t, paths) {
				readSaltWorld(t, root, r).report()
			}
		},
	}
}

var saltAside = scan.MustCompile(`(^|/)(_?tests?|kitchen|fixtures|spec)/`)

// saltWorld is everything that one root says.
type saltWorld struct {
	t      *scan.Tree
	r      *scan.Report
	root   string
	states []string
	tops   []string // files that say which machines have which states
	pillar []saltPillar
	words  map[string]bool // of the states, see asksFor
}

// saltPillar is a file of the pillar. Of files for developers' machines only the names count: they show what there is.
type saltPillar struct {
	file, environment string
	developers        bool
	values            managedValue
}

// saltPlace says by the path of a file whether it is data of the pillar.
var saltPlace = scan.MustCompile(`(^|/)[\w.-]*pillars?[\w.-]*/`)

func readSaltWorld(t *scan.Tree, root opsRoot, r *scan.Report) *saltWorld {
	w := &saltWorld{t: t, r: r, root: root.name}
	targets := map[string]string{}
	for _, p := range root.paths {
		switch {
		case path.Base(p) == "top.sls" && saltPlace.MatchString(p):
			w.targets(p, targets)
		case path.Base(p) == "top.sls":
			w.tops = append(w.tops, p)
		case saltPlace.MatchString(p):
			w.pillar = append(w.pillar, saltPillar{file: p})
		default:
			w.states = append(w.states, p)
		}
	}
	for i := range w.pillar {
		w.readPillar(&w.pillar[i], targets)
	}
	sort.SliceStable(w.pillar, func(i, j int) bool { return w.pillar[i].weight() < w.pillar[j].weight() })
	return w
}

func (p saltPillar) weight() int {
	switch {
	case p.developers:
		return 0
	case p.environment == "":
		return 1
	}
	return 2
}

// targets remembers which files of the pillar only hosts of one environment get.
func (w *saltWorld) targets(p string, environments map[string]string) {
	top := yamlValues(p, w.filled(p, nil), w.r)
	for _, base := range top.keys {
		for _, target := range top.hash[base].keys {
			environment := environmentIn(strings.NewReplacer(":", "-", "*", "-", "@", "-").Replace(target))
			if environment == "" {
				environment = environmentIn(base)
			}
			for _, name := range top.hash[base].hash[target].texts() {
				file := path.Join(path.Dir(p), strings.ReplaceAll(name, ".", "/"))
				if known, again := environments[file]; again && known != environment {
					environment = ""
				}
				environments[file] = environment
			}
		}
	}
}

func (w *saltWorld) readPillar(p *saltPillar, targets map[string]string) {
	name := strings.TrimSuffix(strings.TrimSuffix(p.file, ".sls"), "/init")
	p.environment = targets[name]
	if p.environment == "" {
		p.environment = inventoryEnvironment(name)
	}
	p.developers = pillarOfDevelopers(p.file)
	text := w.filled(p.file, nil)
	if strings.HasPrefix(text, "#!yaml|gpg") || strings.HasPrefix(text, "#!") {
		_, text, _ = strings.Cut(text, "\n")
		text = "\n" + text
	}
	p.values = ofEnvironment(yamlValues(p.file, text, w.r), p.environment, 0)
	if strings.Contains("/"+p.file, "/secrets/") || p.developers {
		p.values = onlyNames("", p.values, strings.Contains("/"+p.file, "/secrets/"), 0)
	}
}

// pillarFile is the file of the pillar with a name, in whichever of its roots it lies; not that of developers' machines.
func (w *saltWorld) pillarFile(name string) string {
	for _, p := range w.pillar {
		if strings.HasSuffix(p.file, "/"+name) && !pillarOfDevelopers(p.file) {
			return p.file
		}
	}
	return ""
}

func pillarOfDevelopers(file string) bool {
	within := saltPlace.FindStringIndex(file)
	return within != nil && developersGroup.MatchString(strings.ReplaceAll(file[within[1]:], "/", "."))
}

// onlyNames keeps the names of a value and of all that is in it.
func onlyNames(name string, v managedValue, secret bool, depth int) managedValue {
	if depth > maxJinjaDepth {
		return managedValue{}
	}
	switch v.kind {
	case valueHash, valueList:
		return v.each(func(key string, item managedValue) managedValue {
			if key == "" {
				key = name
			}
			return onlyNames(key, item, secret, depth+1)
		})
	case valueText, valueSwitch, valueUnknown:
		if secret {
			name += "_secret" // it goes into texts, where nothing but its name says so
		}
		u := unknownValue(placeholderName(name), v.file, v.line)
		u.secret, u.environment = secret || v.secret, v.environment
		return u
	}
	return v
}

// pillarOf is all data of the pillar that holds in an environment: which minion gets which of it is not asked.
func (w *saltWorld) pillarOf(environment string) managedValue {
	all := managedValue{kind: valueHash, hash: map[string]managedValue{}}
	for _, p := range w.pillar {
		if p.values.kind == valueHash && (p.environment == "" || p.environment == environment) {
			all = deeper(p.values, all)
		}
	}
	return all
}

func (w *saltWorld) environments() []string {
	seen := map[string]bool{}
	for _, p := range w.pillar {
		if p.environment != "" && !p.developers {
			seen[p.environment] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// report works out the states as they are in production, then what differs in the other environments.
func (w *saltWorld) report() {
	found := func(environment string) []*managed {
		run := &saltRun{w: w, pillar: w.pillarOf(environment)}
		for _, p := range w.states {
			run.states(p)
		}
		for _, p := range w.tops {
			run.top(p)
		}
		if environment == "production" && (!run.work.goesOn(0) || len(run.found) > maxManaged) {
			w.r.Note(w.states[0], 0, "more than can be worked out: what the states say is not complete")
		}
		return run.found
	}
	managedWorld{found, w.unused}.report(w.t, w.r, w.root, w.environments())
}

// unused notes data of the pillar that went nowhere, under the first part of its name.
func (w *saltWorld) unused(g *meaning) {
	sites := &nginxValues{}
	for _, p := range w.pillar {
		if !p.developers && (p.environment == "" || p.environment == "production") {
			sites.look("", p.values, 0)
		}
	}
	sites.report(g)
	for _, p := range w.pillar {
		for _, key := range p.values.keys {
			v := p.values.hash[key]
			names := []string{strings.TrimSuffix(path.Base(strings.TrimSuffix(p.file, "/init.sls")), ".sls"), key}
			if !p.developers && !g.anyUsed(v, 0) && !w.asksFor(key) {
				g.noteFor(names, "data of the pillar that is not taken over", key, v.file, v.line)
			}
		}
		if !p.developers && (p.environment == "" || p.environment == "production") {
			g.named("", p.values, 0)
		}
		g.leaves([]string{strings.TrimSuffix(path.Base(strings.TrimSuffix(p.file, "/init.sls")), ".sls")}, "data of the pillar that goes into states, or nowhere", "", p.values)
	}
}

// asksFor says whether a state names a part of the pillar.
func (w *saltWorld) asksFor(key string) bool {
	if w.words == nil {
		w.words = map[string]bool{}
		for _, p := range w.states {
			for _, word := range strings.FieldsFunc(w.t.Text(p, w.r), func(r rune) bool { return strings.ContainsRune(" \t\n:'\"[](){},.", r) }) {
				w.words[word] = true
			}
		}
	}
	return w.words[key]
}

func (g *meaning) anyUsed(v managedValue, depth int) bool {
	if g.used[writtenAt(v)] || depth > maxJinjaDepth {
		return true
	}
	for _, item := range v.hash {
		if g.anyUsed(item, depth+1) {
			return true
		}
	}
	return false
}

// filled is the text of a file with what is known of its expressions; run may be nil.
func (w *saltWorld) filled(p string, run *saltRun) string {
	text, _ := w.lined(p, run)
	return text
}

func (w *saltWorld) lined(p string, run *saltRun) (text string, lines []int) {
	text = w.t.Text(p, w.r)
	if !strings.Contains(text, "{{") && !strings.Contains(text, "{%") && !strings.Contains(text, "{#") {
		return text, nil
	}
	if run == nil {
		run = &saltRun{w: w, pillar: managedValue{kind: valueUnknown}}
	}
	return run.jinja(p, nil).template(text, false)
}
