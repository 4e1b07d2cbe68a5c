package lang

import (
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
)

// ranked are the sources of a package in a directory that may tell something, the likeliest first.
func (p *nodeProject) ranked(dir string, all []string, entry string) []string {
	var files []string
	for _, f := range all {
		rel := "/" + relative(dir, f)
		if f == entry || !p.t.Aside(f) && !notNodeSource.MatchString(rel) && !playsPart.MatchString(rel) && strings.Count(rel, "/") <= maxDeep {
			files = append(files, f)
		}
	}
	rank := func(f string) int {
		n := strings.Count(f, "/")
		if !nodeCounts.MatchString(path.Base(f)) {
			n += 10
		}
		if f == entry {
			n = -1
		}
		return n
	}
	sort.SliceStable(files, func(a, b int) bool { return rank(files[a]) < rank(files[b]) })
	return files
}

// sharedRoutes are the routes of the members of its workspace that the package runs with.
func (p *nodeProject) sharedRoutes() []route {
	root, members := p.workspace()
	if root == "" {
		return nil
	}
	own := p.member(root, members)
	own.DevDependencies = nil
	shared := &nodeProject{t: p.t, r: p.r, dir: root, pkg: p.pkg}
	for _, m := range madeOf(members, own, map[string]bool{}) {
		if !p.runsItself(root, m) {
			shared.files = append(shared.files, p.sourcesOf(root, m)...)
		}
	}
	shared.readSources("")
	return shared.routes()
}

func (p *nodeProject) sourcesOf(root string, m memberPackage) (files []string) {
	for _, f := range p.t.Below(path.Join(root, m.dir)) {
		if nodeSource.MatchString(f) {
			files = append(files, f)
		}
	}
	return files
}

// runsItself says whether a member is a program by itself. What is made to be installed is none, though it has a start.
func (p *nodeProject) runsItself(root string, m memberPackage) bool {
	return p.t.First(path.Join(root, m.dir), buildsPart...) != "" || m.Scripts["start"] != "" && !m.isPublished()
}

// joinServer makes the member of the workspace that holds the package's server a part of the package: the package imports it, and
// has no framework and listens nowhere itself.
func (p *nodeProject) joinServer() {
	root, members := p.workspace()
	listens := func(s *source) bool { return serves.MatchString(s.text) }
	if root == "" || p.framework() != "" || buildsPages.MatchString(p.pkg.Scripts["build"]) || slices.ContainsFunc(p.sources, listens) {
		return
	}
	for _, m := range madeOf(withoutDevelopment(members), p.member(root, members), map[string]bool{}) {
		if p.runsItself(root, m) || !p.imports(m.Name) {
			continue
		}
		dir := path.Join(root, m.dir)
		pkg := readNodePackage(p.t, path.Join(dir, "package.json"), p.r)
		if pkg == nil {
			continue
		}
		server := &nodeProject{t: p.t, r: p.r, dir: dir, pkg: pkg, files: p.sourcesOf(root, m)}
		server.readSources("")
		if slices.ContainsFunc(server.sources, listens) {
			p.sources, p.pkg.deps, p.joined = append(p.sources, server.sources...), append(p.pkg.deps, pkg.deps...), true
			return
		}
	}
}

// imports says whether the package's sources take in another one, and not its types alone.
func (p *nodeProject) imports(name string) bool {
	quoted := regexp.QuoteMeta(name)
	takes := regexp.MustCompile(`(?:\bfrom|\bimport|\brequire\(|\bimport\()\s*['"]` + quoted + `['"/]`)
	types := regexp.MustCompile(`\bimport\s+type\s[^;'"]*['"]` + quoted + `['"/]`)
	files := p.ranked(p.dir, p.files, "")
	return slices.ContainsFunc(files[:min(len(files), maxRead)], func(file string) bool {
		data, err := p.t.Read(file)
		return err == nil && takes.Match(types.ReplaceAll(data, nil))
	})
}

// partOf is the Dockerfile of another member of the workspace, into whose image this package goes: it is one to install. published
// says that it is one, in a workspace whose images are those of others.
func (p *nodeProject) partOf() (image string, published bool) {
	if !p.mayBeLibrary() || p.t.First(p.dir, buildsPart...) != "" {
		return "", false
	}
	root, members := p.workspace()
	members = withoutDevelopment(members)
	for _, m := range members {
		image := p.t.First(path.Join(root, m.dir), "Dockerfile", "Procfile")
		if image == "" {
			continue
		}
		published = true
		for _, part := range madeOf(members, m, map[string]bool{}) {
			if path.Join(root, part.dir) == p.dir {
				return image, true
			}
		}
	}
	return "", published
}

// withoutDevelopment are the members without what they are only developed with.
func withoutDevelopment(members []memberPackage) []memberPackage {
	kept := slices.Clone(members)
	for i := range kept {
		kept[i].DevDependencies = nil
	}
	return kept
}

// madeOf are the members that a package is made of, each behind those that it is made of itself.
func madeOf(members []memberPackage, of memberPackage, seen map[string]bool) []memberPackage {
	var order []memberPackage
	seen[of.Name] = true
	for _, m := range members {
		_, needed := of.Dependencies[m.Name]
		_, built := of.DevDependencies[m.Name]
		if m.Name == "" || seen[m.Name] || !needed && !built {
			continue
		}
		order = append(order, madeOf(members, m, seen)...)
		order = append(order, m)
	}
	return order
}

// member is the package as its workspace lists it.
func (p *nodeProject) member(root string, members []memberPackage) memberPackage {
	own := memberPackage{dir: relative(root, p.dir)}
	if i := slices.IndexFunc(members, func(m memberPackage) bool { return m.dir == own.dir }); i >= 0 {
		own = members[i]
	}
	return own
}
