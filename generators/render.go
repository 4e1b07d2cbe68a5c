// Package generators renders every file that a migrated repository gets. It is pure: the model in, files in memory out.
// It never looks at the legacy repository, never writes and never talks to a cluster; what happens when the team has a
// file of its own is fileset's work, by the policy that each file carries.
package generators

import (
	"fmt"
	"sort"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// A generator renders one kind of artefact. It returns no file where the model does not ask for one.
type generator struct {
	name   string
	render func(app *service.App) ([]fileset.File, error)
}

// Render gives every generated file, sorted by path. The same model gives the same bytes.
func Render(app *service.App) ([]fileset.File, error) {
	var files []fileset.File
	from := map[string]string{}
	for _, g := range list {
		fs, err := g.render(app)
		if err != nil {
			return nil, fmt.Errorf("generate %s: %w", g.name, err)
		}
		for _, f := range fs {
			if other, taken := from[f.Path]; taken {
				return nil, fmt.Errorf("generate %s: %s is also made by %s", g.name, f.Path, other)
			}
			from[f.Path] = g.name
		}
		files = append(files, fs...)
	}
	sort.Slice(files, func(i, j int) bool { return files[i].Path < files[j].Path })
	return files, nil
}
