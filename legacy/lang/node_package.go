package lang

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// nodePackage is what a package.json says. Each field is read by itself, since old ones hold what the format never knew.
type nodePackage struct {
	file     string
	text     string
	Name     string
	Main     string
	Module   string
	Private  bool
	Scripts  map[string]string
	better   map[string]json.RawMessage // scripts of better-npm-run
	hasBin   bool
	hasFiles bool
	deps     []dependency      // what production installs
	optional map[string]bool   // of these what it runs without
	all      map[string]string // development's dependencies, too
}

func readNodePackage(t *scan.Tree, file string, r *scan.Report) *nodePackage {
	p := &nodePackage{file: file, text: t.Text(file, r), all: map[string]string{}, optional: map[string]bool{}}
	if p.text == "" {
		return nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(p.text), &fields); err != nil {
		r.Note(file, 0, "is no valid JSON: %v", err)
		return nil
	}
	read := func(key string, into any) { _ = json.Unmarshal(fields[key], into) } // a field of another shape says nothing
	read("name", &p.Name)
	read("main", &p.Main)
	read("module", &p.Module)
	read("private", &p.Private)
	read("scripts", &p.Scripts)
	read("betterScripts", &p.better)
	_, p.hasBin = fields["bin"]
	_, p.hasFiles = fields["files"]
	for _, section := range []string{"dependencies", "optionalDependencies", "devDependencies"} {
		var deps map[string]string
		read(section, &deps)
		for _, name := range slices.Sorted(maps.Keys(deps)) {
			p.all[name] = deps[name]
			p.optional[name] = section == "optionalDependencies"
			if section != "devDependencies" {
				p.deps = append(p.deps, dependency{name: name, version: deps[name], file: file, line: p.lineIn(section, name)})
			}
		}
	}
	return p
}

// find is the first of the named dependencies of production.
func (p *nodePackage) find(names ...string) (dependency, bool) {
	for _, name := range names {
		for _, dep := range p.deps {
			if dep.name == name {
				return dep, true
			}
		}
	}
	return dependency{}, false
}

// lineIn finds the line of a key in an object of the top level.
func (p *nodePackage) lineIn(section, key string) int {
	from := strings.Index(p.text, `"`+section+`"`)
	if from < 0 {
		return 1
	}
	at := strings.Index(p.text[from:], `"`+key+`"`)
	if at < 0 {
		at = 0
	}
	return 1 + strings.Count(p.text[:from+at], "\n")
}

func (p *nodePackage) scriptLine(name string) int { return p.lineIn("scripts", name) }

// nodeVersions are the places that say which Node is wanted, in the order in which they count.
var nodeVersions = append([]versionSource{
	{"package.json", scan.MustCompile(`"engines"\s*:\s*\{[^}]*"node"\s*:\s*"([^"]*)"`), scan.Declared, ""},
	{".nvmrc", scan.MustCompile(`^\s*(\S+)`), scan.Declared, ""},
	{".node-version", scan.MustCompile(`^\s*(\S+)`), scan.Declared, ""},
	{".tool-versions", scan.MustCompile(`(?m)^\s*node(?:js)?\s+(\S+)`), scan.Declared, ""},
	{"mise.toml", scan.MustCompile(`(?m)^\s*node\s*=\s*"([^"]+)`), scan.Declared, ""},
	{"package.json", scan.MustCompile(`"volta"\s*:\s*\{[^}]*"node"\s*:\s*"([^"]*)"`), scan.Declared, ""},
	{"netlify.toml", scan.MustCompile(`(?m)^\s*NODE_VERSION\s*=\s*["']v?([^"']+)`), scan.Declared, ""},
	{"amplify.yml", scan.MustCompile(`\bnvm\s+(?:use|install)\s+v?([\w./]+)`), scan.Declared, ""},
	{".travis.yml", scan.MustCompile(`(?m)^node_js:\s*\n?\s*-?\s*["']?v?(\d[\w.]*)`), scan.Guess, "tests run on it"},
	{"circle.yml", scan.MustCompile(`(?m)^\s+version:\s*["']?(\d[\w.]*)`), scan.Guess, "tests run on it"},
}, testedOn(scan.MustCompile(`\bimage:\s*["']?(?:name:\s*)?(?:[\w./-]+/)?node:(\d[\w.]*)`), scan.MustCompile(`(?m)^\s*(?:with:\s*\{\s*)?node-version:\s*\[?\s*["']?v?(\d[\w.]*)`))...)

// longTerm are the names of Node's long-term releases.
var longTerm = map[string]string{"argon": "4", "boron": "6", "carbon": "8", "dubnium": "10", "erbium": "12", "fermium": "14", "gallium": "16", "hydrogen": "18", "iron": "20", "jod": "22", "krypton": "24"}

var (
	exactNode = scan.MustCompile(`^[=v~^ ]*(\d+)(?:\.(\d+|x|\*))?(?:\.[\dx*]+)?[\w.-]*$`)
	anyNode   = scan.MustCompile(`(\d+)(?:\.(\d+))?`)
)

// nodeVersion makes of an expression the version that an image is chosen by: the major one, which gets its security fixes,
// and of the 0.x series the minor one. exact is false for a range, which only says what is allowed.
func nodeVersion(text string) (version string, exact bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	if name, ok := strings.CutPrefix(text, "lts/"); ok {
		return longTerm[name], true
	}
	m := exactNode.FindStringSubmatch(text)
	exact = m != nil
	if m == nil {
		if m = anyNode.FindStringSubmatch(text); m == nil {
			return "", false
		}
	}
	if m[1] == "0" && m[2] != "" {
		return "0." + m[2], exact
	}
	return m[1], exact
}

func (p *nodeProject) version() {
	said, from := "", ""
	for _, where := range []string{p.dir, "."} {
		for _, src := range nodeVersions {
			file := versionFile(p.t, where, src)
			if file == "" || where != p.dir && src.rank != scan.Declared || where == p.dir && p.dir == "." && said != "" && file == from {
				continue
			}
			m := scan.Find(p.t.Text(file, p.r), src.re)
			if len(m) == 0 {
				continue
			}
			version, exact := nodeVersion(m[0].Groups[1])
			if version == "" || version == "0" {
				continue
			}
			if said != "" {
				if said != version && exact && src.rank == scan.Declared && where == p.dir {
					p.r.Note(file, m[0].Line, "says Node %s, %s says %s; the latter was taken", version, from, said)
				}
				continue
			}
			rank, note := src.rank, src.note
			if !exact && rank == scan.Declared {
				rank, note = scan.Convention, "the lowest version of the range "+m[0].Groups[1]
				if next := p.exactVersion(where); next != "" {
					continue // another file names one version, which says more than a range
				}
			}
			said, from = version, file
			line := m[0].Line + strings.Count(strings.TrimRight(m[0].Groups[0], "\n"), "\n")
			p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Version: version}}, file, line, rank, note)
		}
	}
	if said == "" {
		p.installedWith()
	}
}

// exactVersion is the version that a file of a version manager names.
func (p *nodeProject) exactVersion(dir string) string {
	for _, src := range nodeVersions[1:5] {
		if file := p.t.First(dir, src.file); file != "" {
			if m := scan.Find(p.t.Text(file, p.r), src.re); len(m) > 0 {
				if version, exact := nodeVersion(m[0].Groups[1]); exact {
					return version
				}
			}
		}
	}
	return ""
}
