package lang

import (
	"path"
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
		dir := path.Join(root, m.dir)
		if m.Scripts["start"] != "" || p.t.First(dir, "Dockerfile") != "" {
			continue // a program by itself
		}
		for _, f := range p.t.Below(dir) {
			if nodeSource.MatchString(f) {
				shared.files = append(shared.files, f)
			}
		}
	}
	shared.readSources("")
	return shared.routes()
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
