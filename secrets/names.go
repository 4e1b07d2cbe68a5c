package secrets

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// names lists the entries of all stores, sorted. An entry of the root that lies under a mount's alias can't be reached
// and isn't listed.
func names(ctx context.Context, mounts []mount) ([]string, error) {
	var all []string
	for _, m := range mounts {
		w := walker{ctx: ctx, mount: m}
		if err := w.walk(m.dir, "", nil); err != nil {
			return nil, fmt.Errorf("listing the gopass store %s: %w", m.dir, err)
		}
		for _, name := range w.found {
			if m.alias != "" {
				name = m.alias + "/" + name
			}
			if owner, _ := of(mounts, name); owner.dir == m.dir {
				all = append(all, name)
			}
		}
	}
	sort.Strings(all)
	return all, nil
}

// strays lists files below the stores' directories that are encrypted as the store is not, by the name that each would have
// as an entry: gopass doesn't see them.
func strays(ctx context.Context, mounts []mount) (map[string]string, error) {
	all := map[string]string{}
	for _, m := range mounts {
		w := walker{ctx: ctx, mount: m, others: map[string]string{}}
		if err := w.walk(m.dir, "", nil); err != nil {
			return nil, fmt.Errorf("listing the gopass store %s: %w", m.dir, err)
		}
		for name, file := range w.others {
			if m.alias != "" {
				name = m.alias + "/" + name
			}
			all[name] = file
		}
	}
	return all, nil
}

// walker lists one store. Like gopass it follows links to directories, and leaves directories with a dot alone.
type walker struct {
	ctx   context.Context
	mount mount
	found []string

	others map[string]string // where it is not nil: the files with the ending of another format
}

// walk adds the entries below dir. above holds the directories that lead here, to stop at a link into one of them.
func (w *walker) walk(dir, prefix string, above []os.FileInfo) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	self, err := os.Stat(dir)
	if err != nil {
		return err
	}
	for _, up := range above {
		if os.SameFile(up, self) {
			return nil
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	above = append(above[:len(above):len(above)], self)
	for _, e := range entries {
		full := filepath.Join(dir, e.Name())
		kind := e.Type()
		if kind&fs.ModeSymlink != 0 {
			info, err := os.Stat(full)
			if err != nil { // a link to nowhere: no entry
				continue
			}
			kind = info.Mode().Type()
		}
		switch {
		case kind.IsDir() && !strings.HasPrefix(e.Name(), "."):
			if err := w.walk(full, prefix+e.Name()+"/", above); err != nil {
				return err
			}
		case kind.IsRegular() && strings.HasSuffix(e.Name(), w.mount.ext) && e.Name() != w.mount.ext:
			w.found = append(w.found, prefix+strings.TrimSuffix(e.Name(), w.mount.ext))
		case kind.IsRegular() && w.others != nil && foreign(e.Name()):
			w.others[prefix+e.Name()] = full
		}
	}
	return nil
}

// foreign says that a file has the ending of an entry.
func foreign(name string) bool {
	return slices.ContainsFunc(formats, func(f format) bool { return strings.HasSuffix(name, f.ext) })
}
