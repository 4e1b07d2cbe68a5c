package lang

import (
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// sbtSymbol is a val, var or def of the build, with its text up to the next one.
type sbtSymbol struct {
	name       string
	start, end int
	params     []string // of a def
	project    bool
}

var (
	sbtSymbolStart = scan.MustCompile("(?m)^[ \\t]*(?:(?:private|implicit|final|override)\\s+)*(?:lazy\\s+)?(val|var|def)\\s+`?([\\w-]+)`?[ \\t]*(?:\\(([^()]*(?:\\([^()]*\\)[^()]*)*)\\))?")
	sbtWord        = scan.MustCompile(`\b[a-zA-Z_]\w*\b`)
	sbtProjectCall = scan.MustCompile("^\\s*(?:(?:private|implicit|final|override)\\s+)*(?:lazy\\s+)?val\\s+`?[\\w-]+`?\\s*(?::\\s*Project\\s*)?=\\s*\\(?\\s*((?:play\\.)?\\w+)\\b")
	sbtArguments   = scan.MustCompile(`^[^=]*=\s*\(?\s*\w+\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)`)
	sbtProjectType = scan.MustCompile(`\)\s*:\s*(?:sbt\.)?Project\s*=|\bProject\(|\.enablePlugins\(`)
	sbtGiven       = scan.MustCompile(`\w\s*=\s*Seq\(([\w\s,]*)\)`) // projects by name, to the function that makes one
	sbtForTests    = scan.MustCompile(`\.map\(\s*_\s*%\s*(?:Test|"(?:test|it)\b)`)
	sbtDependsOn   = scan.MustCompile(`\.dependsOn\(([^()]*(?:\([^()]*\)[^()]*)*)\)`)
	sbtQuotedVal   = scan.MustCompile(`^[^=\n]*=\s*"([\w.-]+)"`)
	sbtQuoted      = scan.MustCompile(`"([^"\n]*)"`)
)

// maxSbtSymbols bounds the definitions of one build that are looked at.
const maxSbtSymbols = 3000

// readSymbols cuts the text of the build into its definitions.
func (b *sbtBuild) readSymbols() {
	found := sbtSymbolStart.FindAllStringSubmatchIndex(b.text, maxSbtSymbols)
	inside := 0 // where the definition ends that holds the next ones
	for i, m := range found {
		if m[0] < inside {
			continue // a local of the one before
		}
		s := sbtSymbol{name: b.text[m[4]:m[5]], start: m[0], end: b.fileEnd(m[0])}
		for _, next := range found[i+1:] {
			if next[0] >= s.end {
				break
			}
			if indented(b.text[next[0]:next[1]]) <= indented(b.text[m[0]:m[1]]) {
				s.end = next[0]
				break
			}
		}
		inside = s.end
		if m[6] >= 0 {
			for _, p := range strings.Split(b.text[m[6]:m[7]], ",") {
				name, _, _ := strings.Cut(p, ":")
				s.params = append(s.params, strings.TrimSpace(name))
			}
		}
		b.symbols = append(b.symbols, s)
		b.byName[s.name] = append(b.byName[s.name], len(b.symbols)-1)
	}
	for i := range b.symbols {
		b.symbols[i].project = b.isProject(b.symbols[i])
	}
}

func indented(text string) int { return len(text) - len(strings.TrimLeft(text, " \t")) }

// isProject says whether a val is a project: by project, by Project, or by a function of the build that makes one.
func (b *sbtBuild) isProject(s sbtSymbol) bool {
	m := sbtProjectCall.FindStringSubmatch(b.text[s.start:s.end])
	if m == nil {
		return false
	}
	if m[1] == "project" || m[1] == "Project" || playProject.MatchString(m[1]) {
		return true
	}
	for _, i := range b.byName[m[1]] {
		if b.symbols[i].params != nil && sbtProjectType.MatchString(b.text[b.symbols[i].start:b.symbols[i].end]) {
			return true
		}
	}
	return false
}

// position is the file and line of an offset in the text of the build.
func (b *sbtBuild) position(offset int) (file string, line int) {
	i := sort.Search(len(b.parts), func(i int) bool { return b.parts[i].at > offset }) - 1
	if i < 0 {
		return b.file, 1
	}
	return b.parts[i].file, 1 + strings.Count(b.text[b.parts[i].at:offset], "\n")
}

// fileEnd is where the file ends that an offset in the text of the build lies in.
func (b *sbtBuild) fileEnd(offset int) int {
	if i := sort.Search(len(b.parts), func(i int) bool { return b.parts[i].at > offset }); i < len(b.parts) {
		return b.parts[i].at
	}
	return len(b.text)
}

// sbtPart says that the text of the build is that of a file from an offset on.
type sbtPart struct {
	at   int
	file string
}

func (b *sbtBuild) addText(file, text string) {
	if b.text != "" {
		b.text += "\n"
	}
	b.parts = append(b.parts, sbtPart{len(b.text), file})
	b.text += text
}

// findProjects finds the projects of the build; one that names none is a project as a whole.
func (b *sbtBuild) findProjects() {
	for _, s := range b.symbols {
		if !s.project {
			continue
		}
		text := b.text[s.start:s.end]
		p := &sbtProject{b: b, id: s.name, val: s.name, text: text, parts: b.expand(s)}
		p.file, p.line = b.position(s.start + len(text) - len(strings.TrimLeft(text, " \t\n")))
		dir, args := s.name, b.arguments(s)
		if len(args) > 0 && !strings.Contains(args[0], "=") && b.quoted(args[0]) != "" {
			p.id = b.quoted(args[0])
			dir = p.id
		}
		if made := b.madeIn(s, args); made != "" {
			dir = made
		}
		if m := sbtFileCall.FindStringSubmatch(text); m != nil {
			dir = m[1]
		} else if s.name == "root" || playProject.MatchString(text) {
			dir = "."
		}
		p.dir = path.Join(b.dir, dir)
		if p.inner = p.dir != b.dir; !p.inner {
			p.parts = append(p.parts, b.bare()...)
		}
		if known := b.projectIn(p.dir); known != nil { // its directory has a build.sbt of its own, too
			known.text += "\n" + p.text
			known.parts = append(known.parts, p.parts...)
			continue
		}
		b.projects = append(b.projects, p)
	}
	if len(b.projects) == 0 {
		b.projects = []*sbtProject{{b: b, id: path.Base(b.dir), dir: b.dir, text: b.text, file: b.file, line: 1, parts: []sbtSymbol{{start: 0, end: len(b.text)}}}}
	}
}

// projectIn is the project of a directory, nil for none.
func (b *sbtBuild) projectIn(dir string) *sbtProject {
	for _, p := range b.projects {
		if p.dir == dir {
			return p
		}
	}
	return nil
}

var sbtBareSetting = scan.MustCompile(`(?m)^libraryDependencies\s*\+\+?=`)

// bare are the libraries that stand in build.sbt outside of all projects: they are those of the project in its directory.
func (b *sbtBuild) bare() []sbtSymbol {
	var all []sbtSymbol
	for _, m := range sbtBareSetting.FindAllStringIndex(b.text, 200) {
		if file, _ := b.position(m[0]); path.Dir(file) != b.dir {
			continue
		}
		s := sbtSymbol{start: m[0], end: len(b.text)}
		for _, next := range b.symbols {
			if next.start > s.start {
				s.end = next.start
				break
			}
		}
		all = append(all, b.expand(s)...)
	}
	return all
}

var sbtFileCall = scan.MustCompile(`\bfile\(\s*"([^"]+)"`)

// quoted is the text of an argument: in quotes, or a val's that stands for it.
func (b *sbtBuild) quoted(arg string) string {
	if m := sbtQuoted.FindStringSubmatch(arg); m != nil {
		return m[1]
	}
	for _, i := range b.byName[arg] {
		if m := sbtQuotedVal.FindStringSubmatch(b.text[b.symbols[i].start:b.symbols[i].end]); m != nil {
			return m[1]
		}
	}
	return ""
}

// arguments are what a project is made with: auth is playProject("auth", 9011).
func (b *sbtBuild) arguments(s sbtSymbol) []string {
	m := sbtArguments.FindStringSubmatch(b.text[s.start:s.end])
	if m == nil {
		return nil
	}
	var args []string
	for _, a := range strings.Split(m[1], ",") {
		args = append(args, strings.TrimSpace(a))
	}
	return args
}

var sbtFileOf = scan.MustCompile(`\b[fF]ile\(\s*(\w+)\s*\)`)

// madeIn is the directory that a project gets from the function of the build which makes it, by the argument that the
// function takes for that: setupProject(project, folder = "shop"). It is "" where none is told.
func (b *sbtBuild) madeIn(s sbtSymbol, args []string) string {
	call := sbtProjectCall.FindStringSubmatch(b.text[s.start:s.end])
	if call == nil {
		return ""
	}
	for _, i := range b.byName[call[1]] {
		maker := b.symbols[i]
		param := sbtFileOf.FindStringSubmatch(b.text[maker.start:maker.end])
		at := -1
		if param != nil {
			at = slices.Index(maker.params, param[1])
		}
		if at < 0 {
			continue
		}
		for j, arg := range args {
			name, value, named := strings.Cut(arg, "=")
			switch {
			case named && strings.TrimSpace(name) == param[1]:
				return b.quoted(strings.TrimSpace(value))
			case !named && j == at:
				return b.quoted(arg)
			}
		}
	}
	return ""
}

// expand gives the definitions that a project's own rests on: settings and dependencies by name, and the functions that
// make it; never another project's.
func (b *sbtBuild) expand(s sbtSymbol) []sbtSymbol {
	parts, seen := []sbtSymbol{s}, map[string]bool{} // a project may have the name of a library
	for at := 0; at < len(parts) && len(parts) < 200; at++ {
		for _, word := range sbtWord.FindAllString(b.text[parts[at].start:parts[at].end], 2000) {
			if seen[word] || word == "test" {
				continue
			}
			for _, i := range b.byName[word] {
				if found := b.symbols[i]; !found.project && !sbtForTests.MatchString(b.text[found.start:found.end]) {
					seen[word] = true
					parts = append(parts, found)
				}
			}
		}
	}
	return parts
}

// whole is the text of the project and of everything that its definition rests on.
func (p *sbtProject) whole() string {
	var b strings.Builder
	for _, s := range p.parts {
		b.WriteString(p.b.text[s.start:s.end] + "\n")
	}
	return b.String()
}

// closure is the project and the projects that it depends on, near and far, itself first.
func (p *sbtProject) closure() []*sbtProject {
	seen := map[*sbtProject]bool{p: true}
	all := []*sbtProject{p}
	for i := 0; i < len(all); i++ {
		for _, m := range append(sbtDependsOn.FindAllStringSubmatch(all[i].whole(), 50), sbtGiven.FindAllStringSubmatch(all[i].text, 50)...) {
			for _, word := range sbtWord.FindAllString(m[1], 50) {
				for _, other := range p.b.projects {
					if other.val == word && !seen[other] {
						seen[other] = true
						all = append(all, other)
					}
				}
			}
		}
	}
	return all
}

// dependencies are the libraries of the project and of the projects that it depends on.
func (p *sbtProject) dependencies() []dependency {
	var all []dependency
	for _, used := range p.closure() {
		for _, s := range used.parts {
			all = append(all, p.b.dependenciesIn(s)...)
		}
	}
	return all
}

func (b *sbtBuild) dependenciesIn(s sbtSymbol) []dependency {
	var all []dependency
	text := b.text[s.start:s.end]
	for _, m := range sbtDep.FindAllStringSubmatchIndex(text, 500) {
		group := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return text[m[2*i]:m[2*i+1]]
		}
		scope := strings.ToLower(group(4))
		if strings.Contains(scope, "test") || strings.Contains(scope, "provided") || strings.Contains(scope, `"it"`) {
			continue
		}
		name, _, _ := strings.Cut(group(2), "$") // http4s-$artifact
		file, line := b.position(s.start + m[0])
		all = append(all, dependency{name, group(3), file, line})
	}
	return all
}

var playDefaultPort = scan.MustCompile(`\bplayDefaultPort\s*:=\s*(\w+)`)

// defaultPort is the port that sbt run would take for Play, which its team knows the service by. 0 where none is said.
func (p *sbtProject) defaultPort() (port int, file string, line int) {
	for _, s := range p.parts {
		m := playDefaultPort.FindStringSubmatchIndex(p.b.text[s.start:s.end])
		if m == nil {
			continue
		}
		value := p.b.text[s.start+m[2] : s.start+m[3]]
		file, line = p.b.position(s.start + m[0])
		for i, param := range s.params {
			if args := p.b.arguments(p.parts[0]); param == value && i < len(args) {
				value, file, line = args[i], p.file, p.line
			}
		}
		if n, err := strconv.Atoi(value); err == nil && n > 0 && n < 65536 {
			return n, file, line
		}
	}
	return 0, "", 0
}
