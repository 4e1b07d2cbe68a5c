package ops

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// deployedCode is a directory of the old machine that operations fill with code, and the module of theirs that does it.
type deployedCode struct {
	dir    string // where the code lies, "" where that is not known
	module string
	class  string
	names  []string // by which the code may be known
}

// codeKind are resources that bring the code of a service.
var codeKind = scan.MustCompile(`^(git|vcsrepo|subversion|mercurial|hg|deploy|deploy_revision|application|capistrano)$|::(git|vcsrepo)$`)

// deployments remembers which code goes where, before anything else is looked at: what lies there, or is run from there,
// is about that code, whatever the directory is called.
func (g *meaning) deployments(found []*managed) {
	for _, m := range found {
		source := m.attr("repository", "repo", "source", "git_repository", "git_source", "url").plain()
		if !strings.Contains(source, "://") && !strings.HasPrefix(source, "git@") || strings.HasPrefix(source, "puppet:") || strings.HasPrefix(source, "salt:") || !g.is(codeKind, m.kind) && m.attr("revision", "version", "branch", "rev").kind == valueUndef {
			continue
		}
		to := m.attr("destination", "dest", "target", "path", "deploy_to", "directory")
		dir := to.text
		if dir == "" || to.secret {
			dir = m.title
		}
		known, _, _ := strings.Cut(dir, "$") // a release is brought to a directory that only its time names
		if !path.IsAbs(dir) || strings.Contains(dir, "*") || strings.Count(strings.TrimSuffix(known, "/"), "/") < 2 {
			dir = ""
		}
		d := deployedCode{dir: path.Clean(cmp.Or(dir, "/")), names: append([]string{source}, m.about()...)}
		d.class, d.module = classAround(m)
		g.holds(m, d)
	}
	g.releases(found)
	g.lend(found)
}

// holds remembers a directory with code.
func (g *meaning) holds(m *managed, d deployedCode) {
	if d.dir != "/" && !strings.Contains(d.dir, "$") && g.environment == "" {
		f := scan.Finding{About: d.names, Deployed: d.dir}
		g.r.Find(f, m.file, max(m.line, 1), scan.Declared, m.says("deployed"))
	}
	g.deployed = append(g.deployed, d)
}

// releases finds the links to directories with code: a release is run from where a link leads to it.
func (g *meaning) releases(found []*managed) {
	for _, m := range found {
		if m.kind != "link" && m.attr("ensure", "state").plain() != "link" {
			continue
		}
		where, to := cmp.Or(m.attr("path", "dest").text, m.title), m.attr("to", "target", "src")
		if !path.IsAbs(where) || strings.Contains(where, "$") || to.secret || strings.Count(where, "/") < 2 {
			continue
		}
		i := slices.IndexFunc(g.deployed, func(d deployedCode) bool { return d.dir != "/" && d.dir == path.Clean(to.text) })
		if i >= 0 {
			d := g.deployed[i]
			d.dir = path.Clean(where)
			g.holds(m, d)
		}
	}
}

// classAround is the nearest class around a resource, and the module that it is of.
func classAround(m *managed) (class, module string) {
	for o := m; o != nil; o = o.outer {
		if o.class() {
			module, _, _ = strings.Cut(o.title, "::")
			return o.title, module
		}
	}
	return "", ""
}

// lend gives the names of the code to all that stands in the module or class that brings it, where that brings no other.
func (g *meaning) lend(found []*managed) {
	by := map[string][]string{}
	for _, in := range []func(d deployedCode) string{func(d deployedCode) string { return d.module + "::" }, func(d deployedCode) string { return d.class }} {
		sources := map[string][]string{}
		for _, d := range g.deployed {
			if key := in(d); key != "" && key != "::" && !slices.Contains(sources[key], d.names[0]) {
				sources[key] = append(sources[key], d.names[0])
				by[key] = d.names
			}
		}
		for key, all := range sources {
			if len(all) > 1 {
				delete(by, key)
			}
		}
	}
	for _, m := range found {
		class, module := classAround(m)
		if names := by[module+"::"]; names != nil {
			m.lent = names
		} else if names := by[class]; names != nil {
			m.lent = names
		}
	}
}

// holdsCode says whether a directory of the machine is one of those that code is brought to, or lies around one.
func (g *meaning) holdsCode(dir string) bool {
	return slices.ContainsFunc(g.deployed, func(d deployedCode) bool {
		return d.dir != "/" && (strings.HasPrefix(d.dir+"/", path.Clean(dir)+"/") || path.Clean(dir) == d.dir)
	})
}

// codePlace is the place of a file of the machine within the code that is deployed there, "" for any other.
func (g *meaning) codePlace(where string) string {
	best := ""
	for _, d := range g.deployed {
		if d.dir != "/" && len(d.dir) > len(best) && strings.HasPrefix(where, d.dir+"/") {
			best = d.dir
		}
	}
	if best == "" {
		return ""
	}
	where = strings.TrimPrefix(where, best+"/")
	return strings.TrimPrefix(where, "current/")
}
