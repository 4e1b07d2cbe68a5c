//go:build unix

package cli

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// listing is the tree of a root, listed without a look at every single file: a directory tells the types of what it holds,
// and the root's own file system asks for each again.
type listing struct {
	fs.FS
	root *os.Root
}

func treeOf(root *os.Root) fs.FS { return listing{root.FS(), root} }

// ReadDir lists a directory that the root has opened, so it lies inside. What is in it is still opened by the root.
func (l listing) ReadDir(name string) ([]fs.DirEntry, error) {
	inside, err := l.Open(name)
	if err != nil {
		return nil, err
	}
	defer inside.Close()
	file, ok := inside.(*os.File)
	if !ok {
		return fs.ReadDir(l.FS, name)
	}
	syscall.ForkLock.RLock()
	fd, err := syscall.Dup(int(file.Fd()))
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: err}
	}
	dir := os.NewFile(uintptr(fd), filepath.Join(l.root.Name(), name))
	defer dir.Close()
	entries, err := dir.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return entries, err
}
