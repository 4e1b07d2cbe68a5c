package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// configFiles makes the files of configuration that the model names and that are not there yet: from what operations put on
// the old machine. From then on they are the team's.
func (repo *repository) configFiles(app *service.App, found map[string]string) ([]fileset.Change, error) {
	var changes []fileset.Change
	named := app.NamedFiles()
	for _, file := range slices.Sorted(maps.Keys(named)) {
		if there, err := repo.has(file); there || err != nil {
			if err != nil {
				return nil, err
			}
			continue
		}
		text, ok := found[file]
		if !ok {
			return nil, repo.missingFile(named[file], file)
		}
		change, err := fileset.Put(repo.root, file, []byte(text), "what operations put on the machine; yours from now on")
		if err != nil {
			return nil, err
		}
		changes = append(changes, change)
	}
	return changes, nil
}

// filesThere says which file that the model names is missing: kustomize would fail on it later.
func (repo *repository) filesThere(app *service.App) error {
	_, err := repo.configFiles(app, nil)
	return err
}

func (repo *repository) has(file string) (bool, error) {
	_, err := repo.root.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%s can't be read: %w", file, err)
	}
	return true, nil
}

func (repo *repository) missingFile(field, file string) error {
	return service.Problems{{File: service.FileName, Line: service.Lines(repo.text)[field], Field: field, Text: file + " is not there: write it, or take the line out"}}
}
