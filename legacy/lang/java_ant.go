package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	antProject  = scan.MustCompile(`<project\b[^>]{0,1000}>`)
	antDefault  = scan.MustCompile(`\bdefault\s*=\s*"([\w.:-]+)"`)
	antName     = scan.MustCompile(`<project\b[^>]{0,1000}?\bname\s*=\s*"([^"]+)"`)
	antProperty = scan.MustCompile(`<property\s+(?:name\s*=\s*"([\w.-]+)"\s+(?:value|location)\s*=\s*"([^"]*)"|(?:value|location)\s*=\s*"([^"]*)"\s+name\s*=\s*"([\w.-]+)"|file\s*=\s*"([\w./${}-]+)")`)
	antTarget   = scan.MustCompile(`<target\b[^>]{0,1000}?\bname\s*=\s*"([\w.:-]+)"`)
	antArchive  = scan.MustCompile(`<(war|ear|jar)\b[^>]{0,1000}?\b(?:destfile|warfile|earfile|jarfile)\s*=\s*"([^"]+)"`)
	antRelease  = scan.MustCompile(`<javac\b[^>]{0,1000}?\b(?:release|target)\s*=\s*"([^"]+)"`)
	antMain     = scan.MustCompile(`<attribute\b[^>]{0,200}?\bname\s*=\s*"Main-Class"\s+value\s*=\s*"([\w.$]+)"`)
	ivyDepends  = scan.MustCompile(`<dependency\b([^>]{0,600})>`)
	ivyPart     = scan.MustCompile(`\b(org|name|rev|conf)\s*=\s*"([^"]*)"`)
	jarVersion  = scan.MustCompile(`-(\d[\w.]*).*$`)
)

// readAnt reads a build.xml that makes a WAR, an EAR or a jar to start; nil for one that makes something else.
func readAnt(t *scan.Tree, p string, r *scan.Report) *javaModule {
	text := withoutComments(t.Text(p, r))
	if !antProject.MatchString(text) {
		return nil
	}
	m := &javaModule{dir: path.Dir(p), tool: "ant", file: p, packaging: "jar", plugins: map[string]int{}, props: map[string]javaValue{}}
	m.antProperties(t, p, text, r)
	m.version = m.props["version"].text
	for _, wanted := range []string{"ear", "war", "jar"} {
		for _, found := range scan.Find(text, antArchive) {
			if found.Groups[1] == wanted && m.antFile == "" {
				m.packaging, m.antFile, m.antLine = wanted, m.resolve(found.Groups[2]), found.Line
			}
		}
	}
	if main := scan.Find(text, antMain); len(main) > 0 {
		m.antMain, m.startClass = m.resolve(main[0].Groups[1]), true
	}
	if m.antFile == "" || m.packaging == "jar" && m.antMain == "" {
		return nil
	}
	for _, target := range scan.Find(text, antTarget) {
		if target.Line <= m.antLine {
			m.antTarget = target.Groups[1]
		}
	}
	if whole := scan.Find(text, antDefault); len(whole) > 0 && m.antTarget == "" {
		m.antTarget = whole[0].Groups[1]
	}
	if name := scan.Find(text, antName); len(name) > 0 {
		m.artifact = strings.ReplaceAll(strings.ToLower(m.resolve(name[0].Groups[1])), " ", "-")
	}
	if release := scan.Find(text, antRelease); len(release) > 0 {
		m.release = javaValue{m.resolve(release[0].Groups[1]), p, release[0].Line}
	}
	m.antLibraries(t, r)
	return m
}

// antProperties collects the properties of the build and of the files that it reads; the first value of each holds.
func (m *javaModule) antProperties(t *scan.Tree, p, text string, r *scan.Report) {
	set := func(name, value, file string, line int) {
		if _, known := m.props[name]; !known {
			m.props[name] = javaValue{strings.TrimSpace(value), file, line}
		}
	}
	for _, found := range scan.Find(text, antProperty) {
		g := found.Groups
		if g[5] == "" {
			set(g[1]+g[4], g[2]+g[3], p, found.Line)
			continue
		}
		file := path.Join(m.dir, m.resolve(g[5]))
		if !t.Has(file) {
			continue
		}
		for i, line := range strings.Split(t.Text(file, r), "\n") {
			if name, value, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(strings.TrimSpace(line), "#") {
				set(strings.TrimSpace(name), value, file, i+1)
			}
		}
	}
}

// antLibraries are what Ivy fetches, and the jars that lie in the repository, by their names.
func (m *javaModule) antLibraries(t *scan.Tree, r *scan.Report) {
	if p := path.Join(m.dir, "ivy.xml"); t.Has(p) {
		m.ivy = true
		for _, d := range scan.Find(withoutComments(t.Text(p, r)), ivyDepends) {
			part := map[string]string{}
			for _, a := range scan.Find(d.Groups[1], ivyPart) {
				part[a.Groups[1]] = a.Groups[2]
			}
			if !strings.HasPrefix(part["conf"], "test") && part["name"] != "" {
				m.deps = append(m.deps, javaDependency{group: part["org"], name: part["name"], version: part["rev"], file: p, line: d.Line})
			}
		}
	}
	for _, file := range t.Below(m.dir) {
		if path.Ext(file) != ".jar" || t.Aside(file) || strings.Contains(relative(m.dir, file), "test") {
			continue
		}
		name := strings.TrimSuffix(path.Base(file), ".jar")
		version := ""
		if v := jarVersion.FindStringSubmatch(name); v != nil {
			name, version = strings.TrimSuffix(name, v[0]), v[1]
		}
		m.deps = append(m.deps, javaDependency{name: strings.ToLower(name), version: version, file: file, line: 1})
		if m.antLib == "" {
			m.antLib = relative(m.dir, path.Dir(file))
		}
	}
}

// antCommand is what makes the archive. Ivy is no part of Ant.
func (m *javaModule) antCommand() (argv, packages []string) {
	argv, packages = []string{"ant"}, []string{"ant"}
	if m.ivy {
		argv, packages = append(argv, "-lib", "/usr/share/java/ivy.jar"), append(packages, "ivy")
	}
	if m.antTarget != "" {
		argv = append(argv, m.antTarget)
	}
	return argv, packages
}
