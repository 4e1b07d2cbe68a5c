package fileset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"
)

// newSuffix ends the names of files that are not in their places yet.
const newSuffix = ".migrate-new"

// Write does what the changes say, then writes the lock. Every file is written in full beside its place before the first
// is put there, so that a directory without permission or a full disk leaves the repository as it was; from then on files
// change by renames only, each either old or new. A file that was changed since Compare is an error, before any write.
// Stopping by ctx has an effect only until the first rename. version is the toolkit's, for the lock.
func Write(ctx context.Context, root *os.Root, changes []Change, lock Lock, version string) error {
	return (&writer{root: root, disk: root}).write(ctx, changes, lock, version)
}

// changer is what a run changes a repository with: an os.Root.
type changer interface {
	OpenFile(name string, flag int, perm fs.FileMode) (*os.File, error)
	Mkdir(name string, perm fs.FileMode) error
	Remove(name string) error
	Rename(from, to string) error
}

type writer struct {
	root   *os.Root // to read
	disk   changer
	staged []staged // in the order in which they are put in place
	gone   []Change
	dirs   []string // made on the way, parents first
}

type staged struct{ path, temp string }

func (w *writer) write(ctx context.Context, changes []Change, lock Lock, version string) error {
	if err := w.stageAll(ctx, changes, lock, version); err != nil {
		w.undo()
		return err
	}
	if err := w.commit(); err != nil {
		return err
	}
	if next, noted := lock.after(changes, version); noted {
		w.pruneBases(next)
	}
	w.sweep(changes)
	if _, err := w.root.Lstat(beginFile); err == nil {
		_ = w.disk.Remove(beginFile)
	}
	return nil
}

func (w *writer) stageAll(ctx context.Context, changes []Change, lock Lock, version string) error {
	if entries := lock.begins(changes); len(entries) > 0 {
		data, err := yaml.Marshal(entries)
		if err == nil {
			err = w.stage(beginFile, data, 0o644, false)
		}
		if err != nil {
			return fmt.Errorf("write %s: %w; nothing was changed", beginFile, err)
		}
	}
	for _, c := range changes {
		if !c.Writes() {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.unchanged(c); err != nil {
			return err
		}
		if c.Action == Delete {
			w.gone = append(w.gone, c)
			continue
		}
		if err := w.stage(c.Path, c.data, c.mode, c.before != nil); err != nil {
			return fmt.Errorf("write %s: %w; nothing was changed", c.Path, err)
		}
	}
	next, err := w.nextLock(changes, lock, version)
	if err != nil {
		return err
	}
	if err := w.keepBases(changes, next == nil && len(w.staged)+len(w.gone) == 0); err != nil {
		return fmt.Errorf("write what a later merge starts from: %w; nothing was changed", err)
	}
	if next != nil {
		if err := w.stage(LockFile, next.data, next.mode, next.exists); err != nil {
			return fmt.Errorf("write %s: %w; nothing was changed", LockFile, err)
		}
	}
	return ctx.Err()
}

// nextLock is the lock file as it is to be written, or nil where it says all that already.
func (w *writer) nextLock(changes []Change, lock Lock, version string) (*disk, error) {
	next, noted := lock.after(changes, version)
	if !noted {
		return nil, nil
	}
	data, err := next.encode()
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", LockFile, err)
	}
	d, err := look(w.root, LockFile)
	switch {
	case err != nil:
		return nil, err
	case d.odd != "":
		return nil, fmt.Errorf("%s is %s: move it away; nothing was changed", LockFile, d.odd)
	case d.exists && bytes.Equal(d.text(), data):
		return nil, nil
	}
	d.mode, d.data = modeOf(d, false), d.like(data)
	return &d, nil
}

// unchanged makes sure that the file is still what Compare saw.
func (w *writer) unchanged(c Change) error {
	d, err := look(w.root, c.Path)
	if err != nil {
		return err
	}
	if d.odd != "" || d.exists != (c.before != nil) || !bytes.Equal(d.data, c.before) {
		return fmt.Errorf("%s changed in the meantime: run it again; nothing was changed by migrate", c.Path)
	}
	return nil
}

// stage writes data beside the path. The name is always the same, so that what a killed run left is used up by the next.
// exact keeps a file's permissions bit by bit; a new file obeys the umask, as git does.
func (w *writer) stage(name string, data []byte, mode fs.FileMode, exact bool) error {
	if err := w.mkdirs(path.Dir(name)); err != nil {
		return err
	}
	temp := inDirOf(name, "."+path.Base(name)+newSuffix)
	f, err := w.disk.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		if err := w.disk.Remove(temp); err != nil {
			return fmt.Errorf("%s is in the way: %w", temp, cause(err))
		}
		f, err = w.disk.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	}
	if err != nil {
		return cause(err)
	}
	w.staged = append(w.staged, staged{name, temp})
	_, err = f.Write(data)
	if err == nil && exact {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return cause(err)
	}
	return nil
}

func (w *writer) mkdirs(dir string) error {
	if dir == "." {
		return nil
	}
	if info, err := w.root.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	if err := w.mkdirs(path.Dir(dir)); err != nil {
		return err
	}
	if err := w.disk.Mkdir(dir, 0o755); err != nil {
		return fmt.Errorf("make the directory %s: %w", dir, cause(err))
	}
	w.dirs = append(w.dirs, dir)
	return nil
}

// undo removes what was staged, and the directories made for it.
func (w *writer) undo() {
	for _, s := range w.staged {
		_ = w.disk.Remove(s.temp)
	}
	for i := len(w.dirs) - 1; i >= 0; i-- {
		_ = w.disk.Remove(w.dirs[i]) // stays where somebody else has put something in it
	}
}

// commit puts the files in place; the lock comes last, so that a run killed here is finished by the next.
func (w *writer) commit() error {
	files := w.staged
	var lock []staged
	if n := len(files); n > 0 && files[n-1].path == LockFile {
		files, lock = files[:n-1], files[n-1:]
	}
	for i, s := range files {
		if err := w.disk.Rename(s.temp, s.path); err != nil {
			w.staged = w.staged[i:]
			w.undo()
			return fmt.Errorf("write %s: %w; %d of %d files are written and none is cut: mend that and run it again", s.path, cause(err), i, len(files))
		}
	}
	w.staged = lock
	for _, c := range w.gone {
		if err := w.disk.Remove(c.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			w.undo()
			return fmt.Errorf("delete %s: %w; mend that and run it again", c.Path, cause(err))
		}
	}
	w.prune()
	for _, s := range lock {
		if err := w.disk.Rename(s.temp, s.path); err != nil {
			w.undo()
			return fmt.Errorf("write %s: %w; mend that and run it again", s.path, cause(err))
		}
	}
	return nil
}

// sweep removes what a killed run left beside the files, also where its files are no longer wanted.
func (w *writer) sweep(changes []Change) {
	dirs := map[string]bool{path.Dir(LockFile): true}
	for _, c := range changes {
		dirs[path.Dir(c.Path)] = true
	}
	for dir := range dirs {
		entries, err := fs.ReadDir(w.root.FS(), dir)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if e.Type().IsRegular() && strings.HasPrefix(e.Name(), ".") && strings.HasSuffix(e.Name(), newSuffix) {
				_ = w.disk.Remove(path.Join(dir, e.Name()))
			}
		}
	}
}

// prune removes the directories that the deleted files leave empty, the deepest first.
func (w *writer) prune() {
	dirs := map[string]bool{}
	for _, c := range w.gone {
		for d := path.Dir(c.Path); d != "."; d = path.Dir(d) {
			dirs[d] = true
		}
	}
	sorted := make([]string, 0, len(dirs))
	for d := range dirs {
		sorted = append(sorted, d)
	}
	sort.Sort(sort.Reverse(sort.StringSlice(sorted)))
	for _, d := range sorted {
		if info, err := w.root.Lstat(d); err == nil && info.IsDir() {
			_ = w.disk.Remove(d) // fails, as it should, where something is left in it
		}
	}
}
