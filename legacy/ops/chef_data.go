package ops

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// runListed is what a role or node runs.
var runListed = scan.MustCompile(`(recipe|role)\[([\w-]+)`)

// unused notes attributes of nodes, roles and cookbooks that nothing was said of.
func (w *chefWorld) unused(g *meaning) {
	sites := &nginxValues{}
	defer func() { sites.report(g) }()
	for _, f := range slices.Concat(w.attributes, w.data) {
		c := newChefRun(w, "production")
		names := []string{f.name}
		if slices.Contains(w.data, f) {
			if hieraDevelopers.MatchString(path.Base(f.path)) || f.environment != "" && f.environment != "production" {
				continue
			}
			names = w.runs(f, 0)
			c.read(f)
		} else {
			c.file = f
			c.block(f.block, &puppetScope{vars: map[string]managedValue{}, file: f.path})
		}
		if slices.Contains(w.data, f) {
			g.seeTogether(w.t.Text(f.path, quietly()), f.path)
		}
		sites.look("", c.node, 0)
		g.leaves(names[:min(len(names), 2*maxLeafNames-maxNamedDepth)], "attributes that nothing was taken from", "", c.node)
	}
}

// seeTogether tells what a role or node runs to each other.
func (g *meaning) seeTogether(text, file string) {
	var names []managedValue
	for _, found := range scan.Find(text, runListed) {
		names = append(names, textValue(found.Groups[2], file, found.Line))
	}
	for _, m := range setUpTogether(names) {
		g.see(m)
	}
}

// runs are the names of a role or node: its own, those of the cookbooks that it runs, and of the roles that it has.
func (w *chefWorld) runs(f *chefFile, depth int) []string {
	names := []string{strings.TrimSuffix(path.Base(f.path), path.Ext(f.path))}
	add := func(more ...string) {
		for _, name := range more {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	var roles []string
	for _, found := range scan.Find(w.t.Text(f.path, quietly()), runListed) {
		add(found.Groups[2])
		if found.Groups[1] == "role" {
			roles = append(roles, found.Groups[2])
		}
	}
	for _, role := range w.data {
		name := strings.TrimSuffix(path.Base(role.path), path.Ext(role.path))
		if depth < 2 && strings.Contains(role.path, "roles/") && slices.Contains(roles, name) {
			add(w.runs(role, depth+1)...)
		}
	}
	return names
}
