package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// TestTreeOfIsTheRootsOwnTree holds the list of a tree beside that of the root's own file system, links that lead out of it included.
func TestTreeOfIsTheRootsOwnTree(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	for _, name := range []string{"b/deep/x.txt", "b/a.txt", "a.txt", ".hidden/y"} {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{"out": outside, "b/up": "../a.txt", "dir": "b"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	walk := func(fsys fs.FS) (all []string) {
		err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			all = append(all, name+" "+d.Type().String()+" "+info.Mode().String())
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		return all
	}
	t.Chdir(outside) // entries know where they lie
	if want, got := walk(root.FS()), walk(treeOf(root)); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if _, err := fs.ReadDir(treeOf(root), "out"); err == nil {
		t.Error("a link that leads out was listed")
	}
	if _, err := fs.ReadDir(treeOf(root), "none"); err == nil {
		t.Error("what is not there was listed")
	}
}
