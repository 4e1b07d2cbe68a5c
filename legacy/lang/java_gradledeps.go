package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// gradleBlock is what stands between the braces of one block of a build.gradle.
type gradleBlock struct {
	text string
	line int      // of its beginning
	path []string // names of the blocks around it: subprojects, buildscript ...
}

// maxGradleBlocks bounds how many blocks of one file are looked at.
const maxGradleBlocks = 2000

// gradleBlocks finds the blocks of a name, wherever they stand.
func gradleBlocks(text, name string) []gradleBlock {
	var found []gradleBlock
	type open struct {
		name     string
		at, line int
	}
	var stack []open
	line, blocks := 1, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\n':
			line++
		case '\'', '"':
			end := gradleString(text, i)
			line += strings.Count(text[i:end], "\n")
			i = end - 1
		case '{':
			stack = append(stack, open{blockName(text[:i]), i + 1, line})
			if blocks++; blocks > maxGradleBlocks {
				return found
			}
		case '}':
			if len(stack) == 0 {
				continue
			}
			top := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if top.name != name {
				continue
			}
			var path []string
			for _, o := range stack {
				path = append(path, o.name)
			}
			found = append(found, gradleBlock{text[top.at:i], top.line, path})
		}
	}
	return found
}

// gradleString is where the string that begins at i ends; one that isn't closed on its line is no string.
func gradleString(text string, i int) int {
	quote := text[i : i+1]
	if strings.HasPrefix(text[i:], quote+quote+quote) {
		if end := strings.Index(text[i+3:], quote+quote+quote); end >= 0 {
			return i + 3 + end + 3
		}
		return i + 3
	}
	for j := i + 1; j < len(text) && text[j] != '\n'; j++ {
		if text[j] == '\\' {
			j++
		} else if text[j] == quote[0] {
			return j + 1
		}
	}
	return i + 1
}

// gradleCode is a build file without its comments, line for line. What looks like a comment in a string ("src/**/*.java")
// is none.
func gradleCode(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		end := i + 1
		switch {
		case text[i] == '\'' || text[i] == '"':
			end = gradleString(text, i)
		case strings.HasPrefix(text[i:], "//"):
			length := strings.IndexByte(text[i:], '\n')
			if length < 0 {
				return b.String()
			}
			i += length
			end = i + 1
		case strings.HasPrefix(text[i:], "/*"):
			length := strings.Index(text[i+2:], "*/")
			if length < 0 {
				return b.String()
			}
			end = i + 2 + length + 2
			b.WriteString(strings.Repeat("\n", strings.Count(text[i:end], "\n")))
			i = end - 1
			continue
		}
		b.WriteString(text[i:end])
		i = end - 1
	}
	return b.String()
}

var lastName = scan.MustCompile(`([\w.]+)[ \t]*(?:\([^(){}]*\))?[ \t]*(?:=[ \t]*)?$`)

// blockName is the word before an opening brace: subprojects, configure of configure(projects) {.
func blockName(before string) string {
	if len(before) > 200 {
		before = before[len(before)-200:]
	}
	before = before[strings.LastIndexByte(before, '\n')+1:]
	if m := lastName.FindStringSubmatch(before); m != nil {
		return m[1]
	}
	return ""
}

// gradleStatement is one line of a dependencies block, with the lines that belong to it: a configuration and what it gets.
type gradleStatement struct {
	conf, args string
	line       int
}

var gradleStatementStart = scan.MustCompile(`^\s*(?:"(\w+)"|add\(\s*['"](\w+)['"]\s*,|(\w+))\s*(.*)$`)

// statements cuts a block of dependencies: a statement goes on while a bracket is open or a comma stands at a line's end.
func (b gradleBlock) statements() []gradleStatement {
	var all []gradleStatement
	var now strings.Builder
	start, depth := 0, 0
	lines := strings.Split(b.text, "\n")
	for i, line := range lines {
		if now.Len() == 0 {
			start = b.line + i
		}
		now.WriteString(line + "\n")
		for _, c := range line {
			switch c {
			case '(', '[', '{':
				depth++
			case ')', ']', '}':
				depth--
			}
		}
		if depth > 0 && i+1 < len(lines) || strings.HasSuffix(strings.TrimSpace(line), ",") {
			continue
		}
		depth = 0
		text := now.String()
		now.Reset()
		if m := gradleStatementStart.FindStringSubmatch(strings.ReplaceAll(text, "\n", " ")); m != nil {
			all = append(all, gradleStatement{m[1] + m[2] + m[3], withoutClosures(m[4]), start})
		}
	}
	return all
}

// withoutClosures leaves out what stands in braces: exclusions and reasons are no dependencies.
func withoutClosures(text string) string {
	var b strings.Builder
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\'', '"':
			end := gradleString(text, i)
			if depth == 0 {
				b.WriteString(text[i:end])
			}
			i = end - 1
			continue
		case '{':
			depth++
		case '}':
			depth = max(depth-1, 0)
			continue
		}
		if depth == 0 {
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

var (
	gradleCoordinates = scan.MustCompile(`['"]([\w.-]+):([\w.-]+)(?::([^'"@:]*))?[^'"]*['"]`)
	gradleMap         = scan.MustCompile(`group\s*[:=]\s*['"]([\w.-]+)['"]\s*,\s*name\s*[:=]\s*['"]([\w.-]+)['"](?:\s*,\s*version\s*[:=]\s*['"]([^'"]+))?`)
	gradleSibling     = scan.MustCompile(`\bproject\s*\(\s*(?:path\s*[:=]\s*)?['"]:?([\w.:/-]+)['"]|\bprojects\.([\w.]+)`)
	gradleNamed       = scan.MustCompile(`\b((?:\w+\.)+\w+)\b|\b\w+\[\s*['"]([\w.-]+)['"]\s*\]`)
	gradleEntry       = scan.MustCompile(`(?m)^[ \t]*(?:ext\.|def[ \t]+|val[ \t]+)?['"]?([\w.-]+)['"]?\s*[:=]\s*['"]([\w.-]+):([\w.-]+)(?::([^'"@]*))?['"]`)
	gradleEntryList   = scan.MustCompile(`(?m)^[ \t]*(?:ext\.|def[ \t]+|val[ \t]+)?['"]?([\w.-]+)['"]?[ \t]*[:=][ \t]*(?:\[(\s*['"][\w.-]+:[\w.-]+[^\]]*)\]|listOf\((\s*['"][\w.-]+:[\w.-]+[^)]*)\))`)
	gradleApplied     = scan.MustCompile(`(?m)^[ \t]*apply\s*\(?\s*from\s*[:=]\s*(?:(?:rootProject\.|project\.)?file\()?\s*['"]([^'"\n]+\.gradle(?:\.kts)?)['"]`)
	gradleRootDir     = scan.MustCompile(`^\$\{?(?:project\.)?(?:rootDir|rootProject\.(?:projectDir|rootDir))\}?/`)
	gradleOwnDir      = scan.MustCompile(`^\$\{?(?:project\.)?projectDir\}?/`)
	gradlePlainName   = scan.MustCompile(`(?:^|[,(])\s*([A-Za-z_]\w*)\s*(?:$|[,)])`)
)

// gradleDependencies reads the dependencies of a build file. What subprojects and allprojects say holds for the modules
// below; a configuration of the file's own (dropwizard 'io.dropwizard:...') is kept until a module asks for it.
func (m *javaModule) gradleDependencies(text string, catalog *gradleCatalog) {
	m.namedLibraries(text)
	for _, b := range gradleBlocks(text, "dependencies") {
		inherited := false
		for _, name := range b.path {
			inherited = inherited || name == "subprojects" || name == "allprojects" || name == "configure"
		}
		if len(b.path) > 0 && (b.path[0] == "buildscript" || b.path[0] == "pluginManagement" || b.path[len(b.path)-1] == "testing") {
			continue
		}
		for _, s := range b.statements() {
			m.gradleStatement(s, inherited, catalog)
		}
	}
}

// applied reads the scripts of the repository that the build file puts into itself: apply from: 'gradle/libraries.gradle'.
func (m *javaModule) applied(t *scan.Tree, text string, catalog *gradleCatalog, r *scan.Report) {
	own := m.file
	defer func() { m.file = own }() // while a script is read, lines are the script's
	for _, at := range scan.Find(text, gradleApplied) {
		name := gradleOwnDir.ReplaceAllString(at.Groups[1], "")
		p := path.Join(m.dir, name)
		if below := gradleRootDir.ReplaceAllString(name, ""); below != name || !t.Has(p) {
			for dir := m.dir; ; dir = path.Dir(dir) {
				if p = path.Join(dir, below); t.Has(p) || dir == "." {
					break
				}
			}
		}
		if t.Has(p) && p != own {
			m.file = p
			m.gradleDependencies(gradleCode(t.Text(p, r)), catalog)
		}
	}
}

// namedLibraries keeps the libraries that a build file gives a name: postgres = 'org.postgresql:postgresql:42.1.4', and lists
// of them.
func (m *javaModule) namedLibraries(text string) {
	for _, e := range scan.Find(text, gradleEntry) {
		m.named[e.Groups[1]] = append(m.named[e.Groups[1]], javaDependency{group: e.Groups[2], name: e.Groups[3], version: e.Groups[4], file: m.file, line: e.Line})
	}
	for _, list := range scan.Find(text, gradleEntryList) {
		for _, g := range scan.Find(list.Groups[2]+list.Groups[3], gradleCoordinates) {
			d := javaDependency{group: g.Groups[1], name: g.Groups[2], version: g.Groups[3], file: m.file, line: list.Line + g.Line - 1}
			m.named[list.Groups[1]] = append(m.named[list.Groups[1]], d)
		}
	}
}

func (m *javaModule) gradleStatement(s gradleStatement, inherited bool, catalog *gradleCatalog) {
	runs := gradleScopes[s.conf]
	if g := gradleSibling.FindStringSubmatch(s.args); g != nil && runs {
		m.projects = append(m.projects, strings.ReplaceAll(strings.ReplaceAll(g[1]+g[2], ":", "/"), ".", "/"))
	}
	var found []javaDependency
	for _, re := range []*scan.Pattern{gradleCoordinates, gradleMap} {
		for _, g := range re.FindAllStringSubmatch(s.args, 500) {
			found = append(found, javaDependency{group: g[1], name: g[2], version: g[3]})
		}
	}
	if runs {
		for _, g := range gradleNamed.FindAllStringSubmatch(s.args, 50) {
			found = append(found, catalog.libraries(g[1])...)
			m.asked = append(m.asked, gradleStatement{conf: g[1] + g[2], line: s.line})
		}
		for _, part := range strings.Split(s.args, ",") {
			if g := gradlePlainName.FindStringSubmatch(part); g != nil {
				m.asked = append(m.asked, gradleStatement{conf: g[1], line: s.line})
			}
		}
	}
	for _, d := range found {
		d.file, d.line, d.own = m.file, s.line, !inherited
		switch {
		case runs:
			m.deps = append(m.deps, d)
		case s.conf != "classpath" && !strings.Contains(strings.ToLower(s.conf), "test") && s.conf != "annotationProcessor" && s.conf != "kapt" && s.conf != "ksp":
			m.named[s.conf] = append(m.named[s.conf], d)
		}
	}
}

// askedFor adds what the module asks for by a name that it or a build above it has given: configurations.dropwizard,
// libraries.postgres, deps["redis"].
func (m *javaModule) askedFor() {
	for _, a := range m.asked {
		name := a.conf[strings.LastIndexByte(a.conf, '.')+1:]
		for at := m; at != nil; at = at.parent {
			if list := at.named[name]; len(list) > 0 {
				for _, d := range list {
					d.own = true
					m.deps = append(m.deps, d)
				}
				break
			}
		}
	}
}
