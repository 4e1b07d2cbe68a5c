package fileset

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// scene is a run that is killed: what is generated, and the model that init writes with it.
type scene struct {
	files []File
	model string
}

// run is what init and generate do with their files.
func (s scene) run(root *os.Root, disk changer) error {
	lock, err := ReadLock(root.FS())
	if err != nil {
		return err
	}
	changes, err := Compare(root, lock, s.files)
	if err != nil {
		return err
	}
	if s.model != "" {
		model, err := Put(root, "migrate.yaml", []byte(s.model), "")
		if err != nil {
			return err
		}
		changes = append([]Change{model.From([]byte(s.model))}, changes...)
	}
	return (&writer{root: root, disk: disk}).write(context.Background(), changes, lock, "v1")
}

// exampleFiles are about sixty files that are really generated, with a Makefile and a README that are half the team's.
func exampleFiles() ([]File, error) {
	files := []File{makefile("all:\n"), readme("how to\n")}
	for _, name := range []string{"shop", "orders", "billing"} {
		root := os.DirFS("../../examples/" + name + "/after")
		err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, ".json") {
				return err
			}
			data, err := fs.ReadFile(root, path)
			files = append(files, File{Path: name + "/" + path, Data: data, Executable: path == "Makefile"})
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// scenes are a first init, and a generate in which everything happens at once.
func scenes() (map[string]scene, error) {
	files, err := exampleFiles()
	if err != nil {
		return nil, err
	}
	later := []File{makefile("all: it\n"), readme("how to do it\n"), {Path: "new/dir/file", Data: []byte("new\n")}}
	for _, f := range files[2:] {
		switch {
		case strings.HasPrefix(f.Path, "shop/kube/overlays/"): // no longer generated
		case strings.HasPrefix(f.Path, "shop/"):
			f.Data = append([]byte("# of another version\n"), f.Data...)
			later = append(later, f)
		default:
			later = append(later, f)
		}
	}
	return map[string]scene{"init": {files, "version: 1\nname: shop\n"}, "generate": {later, "version: 1\nname: store\n"}}, nil
}

// everything is the content of all files below a directory, git's among them.
func everything(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		all[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
