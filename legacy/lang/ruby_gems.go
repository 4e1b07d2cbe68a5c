package lang

import (
	"path"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// rubyGems is what a bundle installs to run: the Gemfile's gems outside the groups of tests and developers, and the
// versions that the lock file settled on, which hold also what those gems bring along.
type rubyGems struct {
	file   string // the Gemfile, "" where there is none
	text   string
	list   []dependency
	idle   map[string]bool // gems of the groups that production leaves out
	lock   string
	locked map[string]dependency
}

// find is the first of the named gems that the Gemfile installs for production.
func (g *rubyGems) find(names ...string) (dependency, bool) {
	for _, name := range names {
		for _, dep := range g.list {
			if dep.name == name {
				return dep, true
			}
		}
	}
	return dependency{}, false
}

// brought is find, and what other gems bring along by the lock file.
func (g *rubyGems) brought(names ...string) (dependency, bool) {
	if dep, ok := g.find(names...); ok {
		return dep, true
	}
	for _, name := range names {
		if dep, ok := g.locked[name]; ok && !g.idle[name] {
			return dep, true
		}
	}
	return dependency{}, false
}

// rails is the locked version of Rails, else what the Gemfile asks for, as numbers; 0 where nothing is known.
func (g *rubyGems) rails() (major, minor int) {
	text := g.locked["rails"].version
	if dep, ok := g.find("rails"); ok && text == "" {
		text = dep.version
	}
	m := gemVersion.FindStringSubmatch(text)
	if m == nil {
		return 0, 0
	}
	major, _ = strconv.Atoi(m[1])
	minor, _ = strconv.Atoi(m[2])
	return major, minor
}

var (
	gemVersion = scan.MustCompile(`(\d{1,4})(?:\.(\d{1,4}))?`)
	gemLine    = scan.MustCompile(`^\s*gem\s*\(?\s*["']([\w.-]+)["']\s*(?:,\s*["']([^"']*)["'])?(.*)$`)
	groupLine  = scan.MustCompile(`^\s*group\s*\(?([^#]*?)\)?\s+do\b`)
	blockOpens = scan.MustCompile(`\bdo\b\s*(\|[^|]*\|)?\s*(#.*)?$|^\s*(if|unless|case|begin|def|while)\b`)
	blockEnds  = scan.MustCompile(`^\s*end\b`)
	ownGroup   = scan.MustCompile(`(?:\bgroups?\s*:|:groups?\s*=>)\s*(\[[^\]]*\]|%i\[[^\]]*\]|:\w+|["']\w+["'])`)
	groupWord  = scan.MustCompile(`\w+`)
	lockedGem  = scan.MustCompile(`^    ([\w.-]+) \(([^)]*)\)$`)
)

// idleGroups are the groups of a Gemfile that production leaves out.
var idleGroups = map[string]bool{"development": true, "test": true, "tests": true, "testing": true, "cucumber": true, "ci": true, "dev": true, "lint": true, "rubocop": true, "deploy": true, "deployment": true,
	"docs": true, "doc": true, "documentation": true, "debug": true, "profile": true, "tools": true, "guard": true, "local": true, "ui_test": true, "system_tests": true, "optional": true, "i": true}

func readGems(t *scan.Tree, dir string, r *scan.Report) *rubyGems {
	g := &rubyGems{locked: map[string]dependency{}, idle: map[string]bool{}}
	if g.file = t.First(dir, "Gemfile"); g.file != "" {
		g.text = t.Text(g.file, r)
		g.gemfile()
		g.gemspec(t, dir, r)
	}
	if g.lock = t.First(dir, "Gemfile.lock"); g.lock != "" {
		for i, line := range strings.Split(t.Text(g.lock, r), "\n") {
			if m := lockedGem.FindStringSubmatch(line); m != nil {
				g.locked[m[1]] = dependency{name: m[1], version: m[2], file: g.lock, line: i + 1}
			}
		}
	}
	return g
}

// gemfile reads the gems with the groups around them. Conditions are taken for true: what is installed on some condition
// may well run.
func (g *rubyGems) gemfile() {
	var idle []bool // of each block around the line
	for i, line := range strings.Split(g.text, "\n") {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "#") {
			continue
		}
		m := groupLine.FindStringSubmatch(line)
		switch {
		case m != nil:
			idle = append(idle, allIdle(m[1]))
		case blockEnds.MatchString(line):
			if len(idle) > 0 {
				idle = idle[:len(idle)-1]
			}
		case blockOpens.MatchString(line) && len(idle) < 100:
			idle = append(idle, false)
		}
		gem := gemLine.FindStringSubmatch(line)
		if gem == nil {
			continue
		}
		left := false
		for _, b := range idle {
			left = left || b
		}
		if own := ownGroup.FindStringSubmatch(gem[3]); own != nil {
			left = left || allIdle(own[1])
		}
		if left {
			g.idle[gem[1]] = true
			continue
		}
		g.list = append(g.list, dependency{name: gem[1], version: gem[2], file: g.file, line: i + 1})
	}
}

var (
	takesGemspec = scan.MustCompile(`(?m)^\s*gemspec\b|^[^#\n]*\bload_gemspec\(`)
	specGem      = scan.MustCompile(`(?m)^\s*\w+\.add_(?:runtime_)?dependency\s*\(?\s*["']([\w.-]+)["'](?:\s*,\s*["']([^"']*)["'])?`)
)

// gemspec reads the gems that the Gemfile has from the package's own description.
func (g *rubyGems) gemspec(t *scan.Tree, dir string, r *scan.Report) {
	if !takesGemspec.MatchString(g.text) {
		return
	}
	for _, file := range t.Below(dir) {
		if path.Dir(file) != dir || !strings.HasSuffix(file, ".gemspec") {
			continue
		}
		for _, m := range findSome(t.Text(file, r), specGem) {
			if _, known := g.find(m.Groups[1]); !known {
				g.list = append(g.list, dependency{name: m.Groups[1], version: m.Groups[2], file: file, line: m.Line})
			}
		}
	}
}

// allIdle says whether every group of the list is one that production leaves out.
func allIdle(groups string) bool {
	groups, _, _ = strings.Cut(groups, "optional:")
	words := groupWord.FindAllString(strings.ReplaceAll(groups, "%i", ""), -1)
	for _, w := range words {
		if !idleGroups[strings.ToLower(w)] {
			return false
		}
	}
	return len(words) > 0
}

// rubyVersions are the places that say which Ruby is wanted, in the order in which they count.
var rubyVersions = append([]versionSource{
	{".ruby-version", scan.MustCompile(`(?m)^\s*(?:ruby-)?(\d+\.\d+(?:\.\d+)?)`), scan.Declared, ""},
	{".tool-versions", scan.MustCompile(`(?m)^\s*ruby\s+(\d+\.\d+(?:\.\d+)?)`), scan.Declared, ""},
	{"mise.toml", scan.MustCompile(`(?m)^\s*ruby\s*=\s*"(\d+\.\d+(?:\.\d+)?)`), scan.Declared, ""},
	{"Gemfile", scan.MustCompile(`(?m)^\s*ruby\s*\(?\s*["'](?:~>\s*)?(\d+\.\d+(?:\.\d+)?)`), scan.Declared, ""},
	{"Gemfile.lock", scan.MustCompile(`(?m)^RUBY VERSION\n\s+ruby (\d+\.\d+(?:\.\d+)?)`), scan.Declared, ""},
	{"netlify.toml", scan.MustCompile(`(?m)^\s*RUBY_VERSION\s*=\s*["'](\d+\.\d+(?:\.\d+)?)`), scan.Declared, ""},
	{".rvmrc", scan.MustCompile(`(?m)ruby-(\d+\.\d+(?:\.\d+)?)`), scan.Declared, ""},
	{"Gemfile", scan.MustCompile(`(?m)^\s*ruby\s*\(?\s*["'][<>=~ ]+(\d+\.\d+(?:\.\d+)?)`), scan.Convention, "the lowest version that the Gemfile allows"},
	{".travis.yml", scan.MustCompile(`(?m)^\s*(?:rvm:\s*|-\s*)\[?["']?(?:ruby-)?(\d+\.\d+(?:\.\d+)?)["']?\s*(?:[,\]].*)?$`), scan.Guess, "tests run on it"},
}, testedOn(scan.MustCompile(`\bimage:\s*["']?(?:name:\s*)?(?:[\w./-]+/)?ruby:(\d+\.\d+(?:\.\d+)?)`), scan.MustCompile(`(?m)^\s*(?:with:\s*\{\s*)?ruby-version:\s*\[?\s*["']?v?(\d+\.\d+(?:\.\d+)?)`))...)

// railsRuby is the newest Ruby that the release series of Rails were made for.
var railsRuby = []struct {
	major, minor int
	ruby         string
}{{2, 3, "1.9"}, {3, 0, "1.9"}, {3, 1, "1.9"}, {3, 2, "2.2"}, {4, 0, "2.2"}, {4, 1, "2.3"}, {4, 2, "2.4"}, {5, 0, "2.4"}, {5, 1, "2.5"}, {5, 2, "2.6"}, {6, 0, "2.7"}, {6, 1, "3.0"}, {7, 0, "3.2"}, {7, 1, "3.3"}, {7, 2, "3.3"}, {8, 0, "3.4"}}

func (p *rubyProject) version() {
	said, from := "", ""
	for _, where := range []string{p.dir, "."} {
		for _, src := range rubyVersions {
			file := versionFile(p.t, where, src)
			if file == "" || where != p.dir && (src.rank != scan.Declared || strings.HasPrefix(src.file, "Gemfile")) {
				continue
			}
			matches := findSome(p.t.Text(file, p.r), src.re)
			if len(matches) == 0 {
				continue
			}
			m := matches[0]
			if said == "" {
				said, from = m.Groups[1], file
				p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Version: said}}, file, m.Line, src.rank, src.note)
			} else if src.rank == scan.Declared && !strings.HasPrefix(said, m.Groups[1]) && !strings.HasPrefix(m.Groups[1], said) && file != from {
				p.r.Note(file, m.Line, "says Ruby %s, %s says %s; the latter was taken", m.Groups[1], from, said)
			}
		}
	}
	if said != "" {
		return
	}
	major, minor := p.gems.rails()
	for _, v := range railsRuby {
		if v.major == major && v.minor == minor {
			p.find(service.Service{Version: v.ruby}, p.at, scan.Guess, "the newest Ruby that Rails "+strconv.Itoa(major)+"."+strconv.Itoa(minor)+" was made for")
		}
	}
}

// beyondGemfile are what a Gemfile does that needs more of the code than itself and its lock file.
var beyondGemfile = scan.MustCompile(`(?m)^\s*(gemspec\b|eval_gemfile\b|require(_relative)?\b|path\s+["']|eval\b|instance_eval\b)|^\s*gem\b[^#\n]*\b(path:|:path\s*=>)|File\.(read|exist)`)

// versionRead is how a Gemfile takes the version of Ruby from the file that has it, which is copied with it.
var versionRead = scan.MustCompile(`(?m)^\s*ruby\b[^\n]*File\.read\(?\s*(?:File\.\w+\()?[^\n]*\.ruby-version[^\n]*`)

// fromGit are gems that are fetched by git.
var fromGit = scan.MustCompile(`(?m)^[^#\n]*(\bgit(hub)?:|:git(hub)?\s*=>|\bgit\s+["'])`)

// build says what the image installs, and which Debian packages the gems want, each with the line that wants them.
func (p *rubyProject) build() {
	g := p.gems
	if g.file == "" {
		return
	}
	b := &service.Build{Tool: "bundler"}
	if !beyondGemfile.MatchString(versionRead.ReplaceAllString(g.text, "")) {
		for _, f := range []string{"Gemfile", "Gemfile.lock"} {
			if p.first(f) != "" {
				b.Files = append(b.Files, f)
			}
		}
		if strings.Contains(g.text, ".ruby-version") && p.first(".ruby-version") != "" {
			b.Files = append(b.Files, ".ruby-version")
		}
		b.Files = append(b.Files, p.nodeFiles()...)
	}
	at := dependency{file: g.file, line: 1}
	p.find(service.Service{Build: b}, at, scan.Declared, "")
	tools := []string{"build-essential"}
	if _, ok := g.locked["psych"]; ok {
		tools = append(tools, "libyaml-dev")
	}
	p.find(service.Service{Build: &service.Build{Packages: tools}}, at, scan.Convention, "gems with extensions in C are compiled")
	if line := scan.LineOf(g.text, fromGit); line > 0 {
		p.find(service.Service{Build: &service.Build{Packages: []string{"git"}}}, dependency{file: g.file, line: line}, scan.Convention, "gems are installed from git repositories")
	}
	seen := map[string]bool{}
	for _, dep := range p.installed() {
		d := rubyDrivers[dep.name]
		if len(d.build)+len(d.runtime) == 0 || seen[dep.name] {
			continue
		}
		seen[dep.name] = true
		p.find(service.Service{Build: &service.Build{Packages: d.build, Runtime: d.runtime}}, dep, scan.Convention, dep.name+" wants them")
	}
}

// installed are the gems of the Gemfile, and those of the lock file that want packages whoever brings them.
func (p *rubyProject) installed() []dependency {
	list := append([]dependency{}, p.gems.list...)
	for _, name := range []string{"ffi", "mini_magick", "rmagick", "ruby-vips", "charlock_holmes", "rugged"} {
		if dep, ok := p.gems.brought(name); ok {
			list = append(list, dep)
		}
	}
	return list
}

// nodeFiles are what the front end is installed by, where the build of the assets needs it.
func (p *rubyProject) nodeFiles() []string {
	if p.first("package.json") == "" {
		return nil
	}
	if _, ok := p.gems.find("webpacker", "shakapacker", "jsbundling-rails", "cssbundling-rails", "vite_rails", "react_on_rails", "webpack-rails", "browserify-rails", "ember-cli-rails"); !ok {
		return nil
	}
	files := []string{"package.json"}
	for _, f := range []string{"yarn.lock", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml"} {
		if p.t.Has(path.Join(p.dir, f)) {
			files = append(files, f)
		}
	}
	return append(files, yarnFiles(p.t, p.dir)...)
}
