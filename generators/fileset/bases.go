package fileset

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"strings"
)

// BaseDir holds generated files as they were, by their ids, where git's object store can't: it is committed. Git has what
// stands in the tree as it was generated; here lies what the team has edited, whose origin no commit holds, and all of it
// where there is no git.
const BaseDir = ".migrate/base"

// base is a generated text that a later merge starts from.
type base struct {
	data   []byte
	edited bool // the file in the tree is another, so no commit will hold this one
}

// bases finds generated files of earlier runs by their git blob ids. Git itself is not run: it may be missing, and it may
// be told by its configuration to do other things; only files below the root are read.
type bases struct {
	root *os.Root
	git  bool // there is an object store below the root
}

// openBases looks for git's object store. A .git that is a file (a worktree, a submodule) or a link leads elsewhere, and a
// store with ids of another kind than SHA-1 is of no use.
func openBases(root *os.Root) *bases {
	b := &bases{root: root, git: true}
	for _, dir := range []string{".git", objectsDir} {
		if info, err := root.Lstat(dir); err != nil || !info.IsDir() {
			b.git = false
		}
	}
	if config, err := readLimited(root.FS(), ".git/config"); err == nil && bytes.Contains(bytes.ToLower(config), []byte("objectformat")) {
		b.git = false
	}
	return b
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
	if !b.git {
		return nil, false
	}
	data, err := b.loose(id)
	if err != nil {
		data, err = b.packed(id)
	}
	return data, err == nil && blob(data) == id
}

// keepBases writes what the changes' files were generated as, unless it is there.
func (w *writer) keepBases(changes []Change) error {
	store, done := openBases(w.root), map[string]bool{}
	for _, c := range changes {
		for _, base := range c.bases {
			id := blob(base.data)
			name := BaseDir + "/" + id
			if _, err := w.root.Lstat(name); err == nil || done[id] {
				continue
			}
			if !base.edited && store.git && (store.has(id) || store.putLoose(id, base.data) == nil) {
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
		name := strings.TrimSuffix(strings.TrimPrefix(e.Name(), "."), ".migrate-new")
		if e.Type().IsRegular() && blobID.MatchString(name) && (!wanted[name] || name != e.Name()) {
			_ = w.root.Remove(BaseDir + "/" + e.Name())
		}
	}
	_ = w.root.Remove(BaseDir) // fails, as it should, where something is left in it
}
