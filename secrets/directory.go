package secrets

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// Directory is a store that lies open: a directory with a file for each entry, at the entry's path, as CI systems mount
// secrets. What protects it is whoever mounts it.
type Directory struct{ Path string }

// List gives the names of all files, sorted. Those behind a name with a dot in front are not entries.
func (d Directory) List(ctx context.Context) ([]string, error) {
	var names []string
	err := fs.WalkDir(os.DirFS(d.Path), ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return err
		case name != "." && strings.HasPrefix(e.Name(), "."):
			if e.IsDir() {
				return fs.SkipDir
			}
		case !e.IsDir():
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("the secrets in %s: %w", d.Path, err)
	}
	slices.Sort(names)
	return names, nil
}

// Get reads one file. No link leads out of the directory.
func (d Directory) Get(_ context.Context, name string) ([]byte, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(d.Path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLocked, err)
	}
	defer root.Close()
	content, err := root.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no such file in %s", name, d.Path)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return content, nil
}
