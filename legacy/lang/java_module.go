package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// root is the build that the module belongs to: the topmost of its parents in the repository. listed says whether each of
// them names the next as its module, so that the root can build it alone.
func (m *javaModule) root() (top *javaModule, listed bool) {
	top, listed = m, true
	for top.parent != nil {
		listed = listed && top.parent.lists(top.dir)
		top = top.parent
	}
	if m.tool == "gradle" { // the root's settings.gradle lists all projects
		listed = top.lists(m.dir)
	}
	return top, listed
}

// lists says whether the build file names the directory as one of its modules.
func (m *javaModule) lists(dir string) bool {
	below := relative(m.dir, dir)
	for _, name := range m.modules {
		if path.Clean(strings.TrimSuffix(name, "/pom.xml")) == below {
			return true
		}
	}
	return false
}

// dependsOn says whether the module can't be built from its own directory: its parent lies above it, or it needs what
// another module of the repository builds.
func (m *javaModule) dependsOn(built map[string]bool) bool {
	for at := m.parent; at != nil; at = at.parent {
		if m.inherits != "" && m.inherits == at.artifact {
			return true
		}
	}
	for _, d := range m.deps {
		if built[d.name] && d.name != m.artifact && (m.group == "" || d.group == m.group || strings.HasPrefix(d.group, "${") || m.parent != nil && d.group == m.parent.group) {
			return true
		}
	}
	top, listed := m.root()
	return m.tool == "gradle" && top != m && listed
}

// fromRoot lets the module be built where its parent and its siblings are. task is what Gradle has to do.
func (m *javaModule) fromRoot(b *service.Build, task string) {
	top, listed := m.root()
	if top == m || !m.needsRoot {
		if m.tool == "gradle" && task != "assemble" {
			b.Command = []string{"gradle", "--no-daemon", task}
			if m.wrapper != "" {
				b.Command[0] = "./" + m.wrapper
			}
		}
		return
	}
	below := relative(top.dir, m.dir)
	b.Context = top.dir
	tool := m.tool
	if m.tool == "maven" {
		tool = "mvn"
	}
	if top.wrapper != "" {
		tool = "./" + top.wrapper
	}
	switch {
	case m.tool == "gradle":
		b.Command = []string{tool, "--no-daemon", ":" + strings.ReplaceAll(below, "/", ":") + ":" + task}
	case listed:
		b.Command = []string{tool, "--batch-mode", "-DskipTests", "-pl", below, "-am", "package"}
	default:
		b.Command = []string{tool, "--batch-mode", "-DskipTests", "-f", below, "package"}
	}
}

// link finds the modules of the repository whose code each module holds, near and far.
func link(all []*javaModule, byDir map[string]*javaModule) {
	artifacts := map[string]*javaModule{}
	for _, m := range all {
		m.askedFor()
		if m.tool == "maven" {
			artifacts[m.artifact] = m
		}
	}
	near := map[*javaModule][]*javaModule{}
	for _, m := range all {
		top, _ := m.root()
		for _, name := range m.projects {
			if used := byDir[path.Join(top.dir, name)]; used != nil && used != m {
				near[m] = append(near[m], used)
			}
		}
		for _, d := range m.deps {
			if used := artifacts[d.name]; used != nil && used != m && m.tool == "maven" && m.sameGroup(d, used) {
				near[m] = append(near[m], used)
			}
		}
	}
	for _, m := range all {
		seen := map[*javaModule]bool{m: true}
		for queue := near[m]; len(queue) > 0; queue = queue[1:] {
			if used := queue[0]; !seen[used] {
				seen[used] = true
				m.uses = append(m.uses, used)
				queue = append(queue, near[used]...)
			}
		}
		for _, user := range append([]*javaModule{m}, m.uses...) {
			for at := user; at != nil; at = at.parent {
				for _, d := range at.deps {
					if at == user || !d.own {
						m.all = append(m.all, d)
					}
				}
			}
		}
	}
}

// sameGroup says whether a dependency is the module of the repository that has its name, and not a library of others.
func (m *javaModule) sameGroup(d javaDependency, used *javaModule) bool {
	if strings.HasPrefix(d.group, "${") || d.group == "" {
		return true
	}
	for _, other := range []*javaModule{used, m} {
		for at := other; at != nil; at = at.parent {
			if at.group == d.group || at.inheritedGroup == d.group {
				return true
			}
		}
	}
	return false
}

// packed says whether the module's own build file makes a program of it, with all that it uses.
func (m *javaModule) packed() bool {
	for _, name := range []string{"maven-shade-plugin", "maven-assembly-plugin", "appassembler-maven-plugin", "onejar-maven-plugin", "application", "shadow", "com.github.johnrengelman.shadow", "com.gradleup.shadow"} {
		if _, packed := m.plugins[name]; packed {
			return true
		}
	}
	return false
}

// startsJava is a Dockerfile whose image starts a program of the JVM.
var startsJava = scan.MustCompile(`(?m)^\s*(?:ENTRYPOINT|CMD)\s[^\n]*(?:\bjava\b|/bin/\w)`)

// besideServices are names of programs that stand beside the services for those who develop them.
var besideServices = scan.MustCompile(`(?i)^(stub|mock|fake|dummy|demo|sample|example)s?[-_]|[-_](stub|mock|demo|sample|example)s?$|(?-i:[a-z](Stub|Mock|Demo|Sample|Example)s?$)`)

// besideBuilds are names of programs that build, measure or administer the services.
var besideBuilds = scan.MustCompile(`(?i)^(build|buildsrc|build-?tools?|tools?|tooling|cli|benchmarks?|perf|load-?tests?)$|[-_](cli|tools?|benchmarks?|load-?tests?)$`)

// setAside finds the programs that are no services: those that start several of the others in one process, those that are built
// into another one and not by themselves, and, where there are others, those that are called a demo, a stub or a tool.
func setAside(modules []*javaModule) {
	services := 0
	for _, m := range modules {
		m.runs = m.kind() != javaLibrary
		if base := path.Base(m.dir); m.runs && !besideServices.MatchString(base) && !besideBuilds.MatchString(base) {
			services++
		}
	}
	for _, m := range modules {
		for _, used := range m.uses {
			if m.runs && used.runs && used.kind() == javaJar && m.packed() && !used.packed() {
				used.runs, used.aside = false, "a part of "+m.dir+", which is built as a program"
			}
		}
	}
	for _, m := range modules {
		if m.packaging == "ear" {
			continue
		}
		others := 0
		for _, used := range m.uses {
			if used.runs {
				others++
			}
		}
		switch {
		case !m.runs:
		case others > 1:
			m.aside = "starts the other services in one process"
		case services > 0 && besideServices.MatchString(path.Base(m.dir)):
			m.aside = "a demonstration or a stand-in, by its name"
		case services > 0 && besideBuilds.MatchString(path.Base(m.dir)):
			m.aside = "a tool beside the services, by its name"
		}
	}
	for _, m := range modules {
		m.runs = m.runs && m.aside == ""
	}
}
