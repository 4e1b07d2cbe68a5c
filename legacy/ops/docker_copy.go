package ops

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	builtArchive = scan.MustCompile(`(?:^|\s)([^\s:]+)/(?:target|build/libs)/[^/\s]*\.(?:jar|war)(?:\s|$)`)
	namedArchive = scan.MustCompile(`^(?:target|build)/(?:dependency/|libs/)?([A-Za-z][\w.-]*?)(?:-[\d$*][^/]*)?\.(?:jar|war)$`)
)

// reportModule says which module of the repository the image holds, by the archive that it copies or starts.
func (d *dockerfile) reportModule(t *scan.Tree, r *scan.Report) {
	archives := slices.Clone(d.results)
	argv, line := d.words()
	if start := d.start(t); start != nil {
		argv = start.argv
	}
	archives = append(archives, claim{strings.Join(argv, " "), line})
	for _, c := range archives {
		if dir := moduleCalled(t, d.dir, strings.TrimPrefix(c.value, "./")); dir != "" {
			r.Find(scan.Finding{Dir: d.dir, Holds: dir}, d.file, c.line, scan.Declared, "")
			return
		}
		m := builtArchive.FindStringSubmatch(c.value)
		if m == nil {
			continue
		}
		for rest, more := strings.TrimPrefix(path.Clean(m[1]), "/"), true; more; _, rest, more = strings.Cut(rest, "/") {
			dir := path.Join(d.dir, rest)
			if dir != d.dir && t.First(dir, javaBuilds...) != "" {
				r.Find(scan.Finding{Dir: d.dir, Holds: dir}, d.file, c.line, scan.Declared, "")
				return
			}
		}
	}
}

var javaBuilds = []string{"pom.xml", "build.gradle", "build.gradle.kts"}

// moduleCalled is the one module elsewhere that is called like an archive which an image takes from its own build's
// directory, where no code lies in the image's own: the build has fetched it there. It is "" for none or several.
func moduleCalled(t *scan.Tree, own, archive string) string {
	m := namedArchive.FindStringSubmatch(archive)
	if m == nil || slices.ContainsFunc(t.Below(own), func(p string) bool { return javaSource.MatchString(p) }) {
		return ""
	}
	found := ""
	for _, p := range t.Files() {
		if dir := path.Dir(p); path.Base(dir) == m[1] && slices.Contains(javaBuilds, path.Base(p)) && !t.Aside(p) && dir != found {
			if found != "" {
				return ""
			}
			found = dir
		}
	}
	return found
}

var javaSource = scan.MustCompile(`\.(java|kt|scala|groovy)$`)

// reportParts says what directories with a manifest of their own are to an image that copies them: the service itself,
// where the build's directory has none, or a front end that is built into a service of another language.
func (d *dockerfile) reportParts(t *scan.Tree, r *scan.Report) {
	d.reportProject(t, r)
	d.reportPackage(t, r)
	own := t.First(d.dir, manifests...)
	var held []claim
	for _, c := range d.sources {
		dir := path.Join(d.dir, path.Clean(strings.TrimPrefix(c.value, "/")))
		if dir == d.dir || t.Has(path.Join(dir, "Dockerfile")) || d.context != "" {
			continue
		}
		switch m := t.First(dir, manifests...); {
		case own == "" && (m != "" || holdsPrograms(t, dir)):
			held = append(held, claim{dir, c.line})
		case m == "":
		case path.Base(m) == "package.json" && path.Base(own) != "package.json":
			r.Find(scan.Finding{Dir: dir, Library: true}, d.file, c.line, scan.Declared, "built into the image of the directory above")
		}
	}
	for _, c := range d.results {
		dir := t.ModuleIn(d.builtFrom(), c.value)
		if path.Base(own) == "package.json" && strings.HasPrefix(dir, d.dir+"/") && t.Has(path.Join(dir, "package.json")) && !t.Has(path.Join(dir, "Dockerfile")) {
			r.Find(scan.Finding{Dir: dir, Library: true, Inside: true}, d.file, c.line, scan.Declared, "built into the image of the directory above")
		}
	}
	if within, ok := strings.CutPrefix(d.workdir, strings.TrimSuffix(d.placed, "/")+"/"); ok && d.placed != "" && own == "" && t.First(path.Join(d.dir, within), manifests...) != "" {
		held = append(held, claim{path.Join(d.dir, within), d.from.line}) // it starts in a directory of what it copies
	}
	if s := d.start(t); s != nil && len(held) == 0 && own == "" && d.context == "" && d.copiesAll() && s.dir != "" && !path.IsAbs(s.dir) && t.First(path.Join(d.dir, s.dir), manifests...) != "" {
		held = append(held, claim{path.Join(d.dir, s.dir), d.from.line}) // so does its script
	}
	if len(held) == 1 {
		r.Find(scan.Finding{Dir: d.dir, Holds: held[0].value}, d.file, held[0].line, scan.Declared, "")
	}
}

// reportStaged says which directory of the repository holds the service where the image takes parts that other stages built
// in several: the one whose libraries it takes along, too. The others are built into it.
func (d *dockerfile) reportStaged(t *scan.Tree, r *scan.Report) {
	if t.First(d.dir, manifests...) != "" || d.context != "" || !d.copiesAll() {
		return
	}
	lines, main := map[string]int{}, ""
	for _, c := range d.results {
		rest := strings.Trim(path.Clean(c.value), "/")
		for more := true; more && rest != "" && rest != "."; _, rest, more = strings.Cut(rest, "/") {
			part, below, _ := strings.Cut(rest, "/")
			dir := path.Join(d.dir, part)
			if below == "" || t.Has(path.Join(dir, "Dockerfile")) || t.First(dir, manifests...) == "" {
				continue
			}
			if lines[dir] == 0 {
				lines[dir] = c.line
			}
			if libraries.MatchString(below) && main == "" {
				main = dir
			}
			break
		}
	}
	if main == "" {
		return
	}
	r.Find(scan.Finding{Dir: d.dir, Holds: main}, d.file, lines[main], scan.Declared, "")
	for _, dir := range slices.Sorted(maps.Keys(lines)) {
		if dir != main && t.First(dir, "package.json") != "" {
			r.Find(scan.Finding{Dir: dir, Library: true}, d.file, lines[dir], scan.Declared, "built into the image of the directory above")
		}
	}
}

// libraries are the directories in which a program's libraries lie beside it.
var libraries = scan.MustCompile(`^(node_modules|vendor|\.venv|venv)(/|$)`)

// programPlace is where programs are put; what has an ending is none.
var programPlace = scan.MustCompile(`^(/usr(/local)?/s?bin|/s?bin|/go/bin|/opt/bin|/app|/)/?([\w-]+)?$`)

// installer are programs of images that install what the code wants.
var installer = scan.MustCompile(`^(?:composer|install-php-extensions|uv|uvx|poetry|pip\d?|corepack|node-gyp)$`)

// placesProgram notes a program that another stage compiled: it comes from a directory of programs and is put into one. What
// runs code, or installs it, is none.
func (d *dockerfile) placesProgram(from, to string, line int) {
	if strings.HasSuffix(to, "/") || path.Base(to) == "bin" || to == "/" {
		to = path.Join(to, path.Base(from))
	}
	if m := programPlace.FindStringSubmatch(to); m != nil && m[3] != "" && path.Base(path.Dir(from)) == "bin" && path.Base(path.Dir(to)) == "bin" && !launchers[m[3]] && !installer.MatchString(m[3]) {
		d.programs = append(d.programs, claim{to, line})
	}
}

// reportProgram claims the only program of an image that says nothing of what it runs.
func (d *dockerfile) reportProgram(r *scan.Report) {
	if d.cmd == nil && d.entry == nil && len(d.programs) == 1 {
		r.Find(scan.Finding{Dir: d.dir, Service: service.Service{Command: []string{d.programs[0].value}}}, d.file, d.programs[0].line, scan.Convention, "the program that the image holds; who starts the image says what runs")
	}
}

// holdsPrograms says whether code lies in a directory itself: a script or two may go without a list of what they need.
func holdsPrograms(t *scan.Tree, dir string) bool {
	return slices.ContainsFunc(t.Below(dir), func(f string) bool { return path.Dir(f) == dir && programFile.MatchString(f) })
}

var programFile = scan.MustCompile(`\.(py|js|rb|php|pl|psgi|go)$`)

// reportAbsent notes what the image takes from the build context and the repository does not hold: docker build fails until
// something has made it.
func (d *dockerfile) reportAbsent(t *scan.Tree, r *scan.Report) {
	var absent []string
	line, context := 0, d.builtFrom()
	for _, c := range d.sources {
		s := path.Clean(strings.TrimPrefix(c.value, "/"))
		if s == "." || strings.ContainsAny(s, "$<") || strings.Contains(c.value, "://") || strings.HasPrefix(s, "../") || slices.Contains(absent, s) || inContext(t, context, s) {
			continue
		}
		if line == 0 {
			line = c.line
		}
		if len(absent) < 3 {
			absent = append(absent, s)
		}
	}
	if len(absent) > 0 {
		r.Note(d.file, line, "copies %s, which the repository does not hold: docker build needs what makes it to run first, or a stage that makes it", strings.Join(absent, ", "))
	}
}

// inContext says whether a source of COPY is there: a file, a directory or a pattern that something matches.
func inContext(t *scan.Tree, dir, source string) bool {
	if !strings.ContainsAny(source, "*?[") {
		at := path.Join(dir, source)
		return t.Has(at) || t.HasDir(at)
	}
	base := source
	for strings.ContainsAny(base, "*?[") {
		base = path.Dir(base)
	}
	parts := strings.Count(source, "/")
	for _, p := range t.Below(path.Join(dir, base)) {
		rel, ok := relative(dir, p)
		if !ok {
			continue
		}
		// a pattern may name directories: the file's path is cut to as many parts as the pattern has
		if list := strings.Split(rel, "/"); len(list) > parts {
			rel = strings.Join(list[:parts+1], "/")
		}
		if hit, err := path.Match(source, rel); hit || err != nil {
			return true
		}
	}
	return false
}

// forwardSlashes writes the sources of COPY and ADD in a Dockerfile for Windows as the repository does: src\shop is src/shop.
func forwardSlashes(stages []instructions.Stage, escape rune) {
	if escape != '`' {
		return
	}
	for _, stage := range stages {
		for _, c := range stage.Commands {
			var paths []string
			switch c := c.(type) {
			case *instructions.CopyCommand:
				paths = c.SourcePaths
			case *instructions.AddCommand:
				paths = c.SourcePaths
			}
			for i, p := range paths {
				paths[i] = strings.ReplaceAll(p, `\`, "/")
			}
		}
	}
}
