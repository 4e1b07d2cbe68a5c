package fileset

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// BaseDir holds generated files as they were, by their ids, where git's object store can't: it is committed. Git has what
// stands in the tree as it was generated; here lies what the team has edited, whose origin no commit holds, and all of it
// where there is no git of its own.
const BaseDir = ".migrate/base"

// base is a generated text that a later merge starts from.
type base struct {
	data   []byte
	edited bool // the file in the tree is another, so no commit will hold this one
}

// bases finds generated files of earlier runs by their git blob ids. Git itself is not run: it may be missing, and it may
// be told by its configuration to do other things.
type bases struct {
	root *os.Root
	git  *os.Root // git's own directory; nil where there is none that can be used
	own  bool     // it lies below the root, so that it may be written to

	deflate *zlib.Writer // for all objects
}

// openBases looks for git's object store, which a worktree and a submodule have elsewhere: there it is only read. A link is not
// followed, and a store with ids of another kind than SHA-1 is of no use.
func openBases(root *os.Root) *bases {
	b := &bases{root: root}
	info, err := root.Lstat(gitDir)
	switch {
	case err != nil:
		return b
	case info.IsDir():
		b.git, err = root.OpenRoot(gitDir)
		b.own = true
	case info.Mode().IsRegular():
		b.git, err = gitElsewhere(root)
	}
	if err != nil || b.git == nil {
		b.git = nil
		return b
	}
	config, err := readLimited(b.git.FS(), "config")
	if info, missing := b.git.Lstat(objectsDir); missing != nil || !info.IsDir() || err == nil && bytes.Contains(bytes.ToLower(config), []byte("objectformat")) {
		b.close()
	}
	return b
}

// gitElsewhere follows the .git file of a worktree or a submodule to the directory that holds the objects.
func gitElsewhere(root *os.Root) (*os.Root, error) {
	line, err := readLimited(root.FS(), gitDir)
	if err != nil {
		return nil, err
	}
	to, ok := strings.CutPrefix(strings.TrimSpace(string(line)), "gitdir: ")
	if !ok {
		return nil, fmt.Errorf("%s names no directory", gitDir)
	}
	dir := below(root.Name(), to)
	if common, err := os.ReadFile(filepath.Join(dir, "commondir")); err == nil {
		dir = below(dir, strings.TrimSpace(string(common)))
	}
	return os.OpenRoot(dir)
}

// below is a path as seen from a directory.
func below(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

func (b *bases) close() {
	if b.git != nil {
		b.git.Close()
		b.git = nil
	}
}

// read gives the text with an id, if it is found and is what the id says.
func (b *bases) read(id string) ([]byte, bool) {
	if !blobID.MatchString(id) {
		return nil, false
	}
	if info, err := b.root.Lstat(BaseDir + "/" + id); err == nil && info.Mode().IsRegular() {
		if data, err := readLimited(b.root.FS(), BaseDir+"/"+id); err == nil {
			text := bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
			for _, data := range [][]byte{data, text} {
				if blob(data) == id {
					return data, true
				}
			}
		}
	}
	if b.git == nil {
		return nil, false
	}
	data, err := b.loose(id)
	if err != nil {
		data, err = b.packed(id)
	}
	return data, err == nil && blob(data) == id
}

// keepBases writes what the changes' files were generated as, unless it is there. quiet says that the run writes nothing else: then
// git's store is enough also for what no commit will hold, so that a run with nothing to do adds nothing to what is committed.
func (w *writer) keepBases(changes []Change, quiet bool) error {
	store, done := openBases(w.root), map[string]bool{}
	defer store.close()
	for _, c := range changes {
		for _, base := range c.bases {
			id := blob(base.data)
			name := BaseDir + "/" + id
			if _, err := w.root.Lstat(name); err == nil || done[id] {
				continue
			}
			if (quiet || !base.edited) && (store.has(id) || store.putLoose(w.disk, id, base.data) == nil) {
				continue
			}
			if err := w.stage(name, base.data, 0o644, false); err != nil {
				return err
			}
			done[id] = true
		}
	}
	return nil
}

// pruneBases removes the bases that the lock no longer names. One that stays by mistake does no harm.
func (w *writer) pruneBases(lock Lock) {
	entries, err := fs.ReadDir(w.root.FS(), BaseDir)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	wanted := lock.ids()
	for _, e := range entries {
		name := strings.TrimSuffix(strings.TrimPrefix(e.Name(), "."), newSuffix)
		if e.Type().IsRegular() && blobID.MatchString(name) && (!wanted[name] || name != e.Name()) {
			_ = w.disk.Remove(BaseDir + "/" + e.Name())
		}
	}
	_ = w.disk.Remove(BaseDir) // fails, as it should, where something is left in it
}
