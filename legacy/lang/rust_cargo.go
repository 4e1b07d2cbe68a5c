package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	cargoSection = scan.MustCompile(`^\s*\[+([\w.'"() ,=-]+)\]+`)
	cargoPair    = scan.MustCompile(`^\s*([\w-]+)(?:\.workspace)?\s*=\s*(.+)$`)
)

// readCargo reads a Cargo.toml line by line: dependencies for tests and for building are left out.
func readCargo(file, text string) *rustPackage {
	p := &rustPackage{dir: path.Dir(file), home: path.Dir(file), file: file, binSource: map[string]string{}}
	section := ""
	var open *dependency // whose entry goes on in the next line
	for i, line := range strings.Split(text, "\n") {
		if open != nil {
			if open.version += line; !unclosed(open.version) {
				p.take(section, *open)
				open = nil
			}
			continue
		}
		if m := cargoSection.FindStringSubmatch(line); m != nil && !strings.Contains(strings.SplitN(line, "]", 2)[0], "=") {
			section = strings.TrimSpace(m[1])
			if name, ok := strings.CutPrefix(section, "dependencies."); ok {
				p.deps = append(p.deps, dependency{name: name, file: file, line: i + 1})
			}
			continue
		}
		m := cargoPair.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		key, v := m[1], strings.Trim(strings.TrimSpace(m[2]), `"'`)
		switch {
		case section == "package" && key == "name":
			p.name = v
		case section == "package" && key == "default-run":
			p.run = v
		case (section == "package" || section == "workspace.package") && key == "rust-version" && rustRelease.MatchString(v):
			p.version = javaValue{rustRelease.FindString(v), file, i + 1}
		case section == "bin" && key == "name":
			p.bins = append(p.bins, v)
		case section == "bin" && key == "path" && len(p.bins) > 0:
			p.binSource[p.bins[len(p.bins)-1]] = v
		case section == "dependencies" || section == "workspace.dependencies":
			if d := (dependency{key, m[2], file, i + 1}); unclosed(d.version) {
				open = &d
			} else {
				p.take(section, d)
			}
		case strings.HasPrefix(section, "dependencies."):
			p.deps[len(p.deps)-1].version += line
		}
	}
	return p
}

// unclosed says whether an entry goes on in the next line. One that never ends is cut off.
func unclosed(entry string) bool {
	return len(entry) < 4000 && strings.Count(entry, "{")+strings.Count(entry, "[") > strings.Count(entry, "}")+strings.Count(entry, "]")
}

// take keeps a dependency: of the package, or of all that the workspace shares.
func (p *rustPackage) take(section string, d dependency) {
	if section == "dependencies" {
		p.deps = append(p.deps, d)
		return
	}
	if p.shared == nil {
		p.shared = map[string]dependency{}
	}
	p.shared[d.name] = d
}

var fromWorkspace = scan.MustCompile(`^\s*true\b|\bworkspace\s*=\s*true\b`)

// inherit fills in what the package takes from the workspace at root: pg = { workspace = true } or pg.workspace = true.
func (p *rustPackage) inherit(root string, shared map[string]dependency) {
	for i, d := range p.deps {
		of, known := shared[d.name]
		if !known || !fromWorkspace.MatchString(d.version) {
			continue
		}
		p.deps[i].version += " " + cargoPath.ReplaceAllStringFunc(of.version, func(at string) string {
			up := ""
			if from := relativeDir(root, p.dir); from != "." {
				up = strings.Repeat("../", strings.Count(from, "/")+1)
			}
			return `path = "` + path.Join(up, cargoPath.FindStringSubmatch(at)[1]) + `"`
		})
	}
}

// join adds what the packages of the workspace tell that the program is made of, by their paths.
func (p *rustPackage) join(byDir map[string]*rustPackage) {
	seen := map[*rustPackage]bool{p: true}
	queue := []*rustPackage{p}
	for i := 0; i < len(queue); i++ {
		for _, d := range queue[i].deps {
			m := cargoPath.FindStringSubmatch(d.version)
			if m == nil {
				continue
			}
			if member := byDir[path.Join(queue[i].dir, m[1])]; member != nil && !seen[member] {
				seen[member] = true
				queue = append(queue, member)
			}
		}
	}
	for _, member := range queue[1:] {
		p.deps = append(p.deps, member.deps...)
		p.sources = append(p.sources, member.sources...)
	}
}

var cargoPath = scan.MustCompile(`\bpath\s*=\s*"([^"]+)"`)
