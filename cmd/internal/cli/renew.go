package cli

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/legacy"
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// renew takes into migrate.yaml what the evidence says now and did not say at the last init. What the team changed since,
// and what is no longer seen, stays. It changes nothing on the disk, and nothing at all where the outcome would be no model.
func (repo *repository) renew(res *legacy.Resolution, e evidence) error {
	var err error
	if repo.evidence, err = service.Format(res.App, res.Comment); err != nil || repo.text == nil {
		return err
	}
	text, seen, ok := fileset.MergeModel(repo.root, repo.lock, repo.text, repo.evidence, repo.elsewhere(e))
	if !ok {
		return nil
	}
	app, err := service.Load(service.FileName, text)
	if err == nil {
		err = app.Validate()
	}
	if err != nil {
		repo.evidence = nil // it is news again next time
		res.Notes = append(res.Notes, scan.Note{File: service.FileName,
			Text: fmt.Sprintf("what was found since the last init does not go together with it, so it stays as it is: %v", err)})
		return nil
	}
	repo.evidence, repo.text, repo.app = seen, text, app
	return nil
}

// elsewhere says of a line of the model whether its evidence is kept elsewhere and is not given this time, so that the
// repository by itself can't know better: a directory of operations code, or the snapshot of a host. So it is with the
// application's name, which another checkout knows otherwise.
func (repo *repository) elsewhere(e evidence) func(line string) bool {
	source := regexp.MustCompile(`[# ]@([^/\s]+)/|[# ]([^\s,]+\.json):\d`)
	var given []string
	for _, dir := range e.ops {
		if full, err := filepath.Abs(dir); err == nil {
			given = append(given, filepath.Base(full))
		}
	}
	for _, file := range e.hosts {
		given = append(given, filepath.Base(file), filepath.ToSlash(filepath.Clean(file)))
	}
	return func(line string) bool {
		return strings.HasPrefix(line, "name:") || slices.ContainsFunc(source.FindAllStringSubmatch(line, -1), func(m []string) bool {
			if m[1] != "" {
				return !slices.Contains(given, m[1])
			}
			_, err := repo.root.Lstat(m[2])
			return err != nil && !slices.Contains(given, m[2])
		})
	}
}

// both are the names of two lists, each once.
func both(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
