package fileset

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOutsideIsAnError(t *testing.T) {
	outside := t.TempDir()
	cases := map[string]struct {
		file  string
		setup func(dir string) error
		want  string
	}{
		"a directory that leads out": {"kube/base/web.yaml", func(dir string) error { return os.Symlink(outside, filepath.Join(dir, "kube")) },
			"kube is a symbolic link to " + outside},
		"a relative way out": {"kube/web.yaml", func(dir string) error { return os.Symlink("../elsewhere", filepath.Join(dir, "kube")) },
			"kube is a symbolic link to ../elsewhere"},
		"a loop":                      {"kube/web.yaml", func(dir string) error { return os.Symlink("kube", filepath.Join(dir, "kube")) }, "kube is a symbolic link to kube"},
		"a file where a directory is": {"kube/web.yaml", func(dir string) error { return os.WriteFile(filepath.Join(dir, "kube"), []byte("x"), 0o644) }, "kube is a file"},
		"dots":                        {"../x", nil, `"../x" is not a path below the repository`},
		"absolute":                    {"/etc/x", nil, "is not a path below"},
		"dots in the middle":          {"a/../../x", nil, "is not a path below"},
		"git's directory":             {".git/hooks/pre-commit", nil, "git's own directory"},
		"another name of it":          {".GIT/config", nil, "git's own directory"},
		"a backslash":                 {`..\x`, nil, "has a backslash in its name"},
		"an end of text":              {"x\x00y", nil, "is not a path below"},
		"the directory itself":        {".", nil, "is not a path below"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			root := repo(t, nil)
			if tc.setup != nil {
				if err := tc.setup(root.Name()); err != nil {
					t.Fatal(err)
				}
			}
			_, err := Compare(root, Lock{}, []File{{Path: "first", Data: []byte("x")}, {Path: tc.file, Data: []byte("x")}})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
			if _, err := Put(root, tc.file, nil, ""); err == nil {
				t.Error("Put takes it")
			}
		})
	}
	if left, _ := os.ReadDir(outside); len(left) != 0 {
		t.Errorf("written outside: %v", left)
	}
}

func TestLinksInsideAreFollowed(t *testing.T) {
	root := repo(t, map[string]string{"deploy/kube/mine": "x", "real.md": "hello\n"})
	if err := errors.Join(root.Symlink("deploy/kube", "kube"), root.Symlink("real.md", "README.md")); err != nil {
		t.Fatal(err)
	}
	changes := generate(t, root, File{Path: "kube/web.yaml", Data: []byte("w\n")}, readme("s\n"))
	got := tree(t, root)
	if got["deploy/kube/web.yaml"] != "w\n" || got["kube"] != "a link" || got["README.md"] != "a link" || got["real.md"] != "hello\n" {
		t.Errorf("got %q", got)
	}
	if c := find(t, changes, "README.md"); c.Action != Keep || !strings.Contains(c.Reason, "a symbolic link") {
		t.Errorf("got %s (%s)", c.Action, c.Reason)
	}
}

// A file that nobody wrote by hand is neither read nor touched, wherever it lies.
func TestHugeFilesAreKept(t *testing.T) {
	root := repo(t, map[string]string{"Makefile": "", "README.md": "", "app/Dockerfile": "", LockFile: ""})
	for _, name := range []string{"Makefile", "README.md", "app/Dockerfile", LockFile} {
		if err := os.Truncate(filepath.Join(root.Name(), name), 1<<40); err != nil {
			t.Skip("no sparse files here: ", err)
		}
	}
	changes, err := Compare(root, Lock{}, []File{makefile("all:\n"), readme("s\n"), whole("FROM x\n")})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Makefile", "README.md", "app/Dockerfile"} {
		if c := find(t, changes, name); c.Action != Keep || !strings.Contains(c.Reason, "larger than 16 MiB") {
			t.Errorf("%s: %s (%s)", name, c.Action, c.Reason)
		}
	}
	if _, err := ReadLock(root.FS()); err == nil || !strings.Contains(err.Error(), "lock.yaml is larger than 16 MiB; take it from git again") {
		t.Errorf("got %v", err)
	}
}

func TestADirectoryIsKept(t *testing.T) {
	root := repo(t, map[string]string{"Makefile/x": "", "README.md/x": "", "app/Dockerfile/x": ""})
	before := tree(t, root)
	for _, c := range generate(t, root, makefile("m\n"), readme("s\n"), whole("w\n")) {
		if c.Action != Keep && c.Path != "migrate.mk" {
			t.Errorf("%s: %s", c.Path, c.Action)
		}
	}
	after := tree(t, root)
	delete(after, "migrate.mk")
	delete(after, LockFile)
	same(t, before, after)
}

// broken prepares changes of which the last can't be written, and says what stands there before.
func broken(t *testing.T) (*os.Root, []Change, Lock) {
	root := repo(t, nil)
	generate(t, root, whole("one\n"), File{Path: "old/only", Data: []byte("x")})
	lock, err := ReadLock(root.FS())
	if err != nil {
		t.Fatal(err)
	}
	changes, err := Compare(root, lock, []File{whole("two\n"), {Path: "new/dir/file", Data: []byte("n")}, {Path: "z", Data: []byte("z")}})
	if err != nil {
		t.Fatal(err)
	}
	return root, changes, lock
}

func TestNothingIsHalfWritten(t *testing.T) {
	t.Run("a file can't be made", func(t *testing.T) {
		root, changes, lock := broken(t)
		if err := root.MkdirAll(".z.migrate-new/in/the/way", 0o755); err != nil {
			t.Fatal(err)
		}
		before := tree(t, root)
		err := Write(context.Background(), root, changes, lock, "v2")
		if err == nil || !strings.Contains(err.Error(), "write z: .z.migrate-new is in the way") || !strings.Contains(err.Error(), "nothing was changed") {
			t.Errorf("got %v", err)
		}
		same(t, before, tree(t, root))
		if _, err := root.Stat("new"); err == nil {
			t.Error("a directory was left behind")
		}
	})
	t.Run("stopped before", func(t *testing.T) {
		root, changes, lock := broken(t)
		before := tree(t, root)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := Write(ctx, root, changes, lock, "v2"); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		same(t, before, tree(t, root))
	})
	t.Run("stopped while writing", func(t *testing.T) {
		root, changes, lock := broken(t)
		before := tree(t, root)
		if err := Write(&expiring{Context: context.Background(), after: 2}, root, changes, lock, "v2"); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		same(t, before, tree(t, root))
		if _, err := root.Stat("new"); err == nil {
			t.Error("a directory was left behind")
		}
	})
	for name, change := range map[string]func(*os.Root) error{
		"edited in the meantime":  func(r *os.Root) error { return r.WriteFile("app/Dockerfile", []byte("mine\n"), 0o644) },
		"made in the meantime":    func(r *os.Root) error { return r.WriteFile("z", []byte("mine\n"), 0o644) },
		"deleted in the meantime": func(r *os.Root) error { return r.Remove("app/Dockerfile") },
		"to delete, and edited":   func(r *os.Root) error { return r.WriteFile("old/only", []byte("mine\n"), 0o644) },
	} {
		t.Run(name, func(t *testing.T) {
			root, changes, lock := broken(t)
			if err := change(root); err != nil {
				t.Fatal(err)
			}
			before := tree(t, root)
			if err := Write(context.Background(), root, changes, lock, "v2"); err == nil || !strings.Contains(err.Error(), "changed in the meantime") {
				t.Errorf("got %v", err)
			}
			same(t, before, tree(t, root))
		})
	}
}

// expiring is done after it has been asked so many times.
type expiring struct {
	context.Context
	after int
}

func (e *expiring) Err() error {
	if e.after--; e.after < 0 {
		return context.Canceled
	}
	return nil
}

func TestLeftoversOfAKilledRun(t *testing.T) {
	root, changes, lock := broken(t)
	edit(t, root, "app/.Dockerfile.migrate-new", "half a fi")
	if err := Write(context.Background(), root, changes, lock, "v2"); err != nil {
		t.Fatal(err)
	}
	got := tree(t, root)
	delete(got, LockFile)
	same(t, map[string]string{"app/Dockerfile": "two\n", "new/dir/file": "n", "z": "z"}, got)
	if _, err := root.Stat("old"); err == nil {
		t.Error("the directory of the deleted file is left")
	}
}

func TestPermissionsStay(t *testing.T) {
	root := repo(t, map[string]string{"README.md": "x\n"})
	if err := root.Chmod("README.md", 0o600); err != nil {
		t.Fatal(err)
	}
	script := File{Path: "run", Data: []byte("#!/bin/sh\n"), Executable: true}
	generate(t, root, readme("s\n"), script)
	if err := root.Chmod("run", 0o744); err != nil {
		t.Fatal(err)
	}
	script.Data = []byte("#!/bin/sh\ntrue\n")
	generate(t, root, readme("s\n"), script)
	for name, want := range map[string]os.FileMode{"README.md": 0o600, "run": 0o744} {
		if info, err := root.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v, want %v", name, info.Mode(), err, want)
		}
	}
}

func TestPut(t *testing.T) {
	root := repo(t, map[string]string{"build": ""})
	for _, s := range []struct {
		text string
		want Action
	}{{"a\n", Create}, {"a\n", Keep}, {"b\n", Update}} {
		c, err := Put(root, "migrate.yaml", []byte(s.text), "")
		if err != nil || c.Action != s.want {
			t.Fatalf("%q: %s %v", s.text, c.Action, err)
		}
		if err := Write(context.Background(), root, []Change{c}, Lock{}, "v1"); err != nil {
			t.Fatal(err)
		}
		same(t, map[string]string{"migrate.yaml": s.text, "build": ""}, tree(t, root)) // and no lock
	}
	if _, err := Put(root, "build/kube/staging.yaml", nil, ""); err == nil || !strings.Contains(err.Error(), "build is a file") {
		t.Errorf("got %v", err)
	}
}

func TestTwoFilesAtOnePath(t *testing.T) {
	root := repo(t, map[string]string{"Makefile": "theirs\n"})
	if _, err := Compare(root, Lock{}, []File{makefile("m\n"), {Path: "migrate.mk", Data: []byte("x")}}); err == nil {
		t.Error("no error")
	}
}

// Whatever the team does between runs, no line of theirs is lost, and a second run changes nothing.
func TestRandomLives(t *testing.T) {
	for seed := int64(0); seed < 150; seed++ {
		r := rand.New(rand.NewSource(seed))
		root := repo(t, nil)
		pick := func(s ...string) string { return s[r.Intn(len(s))] }
		mine := map[string]string{} // what the team wrote last, by path
		for turn := 0; turn < 6; turn++ {
			for n := r.Intn(3); n > 0; n-- {
				name := pick("README.md", "README.rst", "Makefile", "GNUmakefile", "migrate.mk", "app/Dockerfile", "README.md"+MergeSuffix)
				text := fmt.Sprintf("mine %d %d\n", turn, n)
				if old, err := root.ReadFile(name); err == nil && r.Intn(2) == 0 {
					text = strings.Replace(string(old), "\n", "\n"+text, 1)
				}
				if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
					t.Fatal(err)
				}
				edit(t, root, name, text)
				mine[name] = text
			}
			var files []File
			for _, f := range []File{readme("s " + pick("1", "2") + "\n"), makefile("m " + pick("1", "2") + "\n"), whole("d " + pick("1", "2") + "\n")} {
				if r.Intn(5) > 0 {
					files = append(files, f)
				}
			}
			generate(t, root, files...)
			once := tree(t, root)
			for name, text := range mine {
				for _, line := range strings.Split(text, "\n") {
					if strings.HasPrefix(line, "mine") && !strings.Contains(once[name], line) {
						t.Fatalf("seed %d, turn %d: %s lost %q: %q", seed, turn, name, line, once[name])
					}
				}
			}
			changes := generate(t, root, files...)
			same(t, once, tree(t, root))
			for _, c := range changes {
				if c.Writes() {
					t.Fatalf("seed %d, turn %d: the second run writes %s: %s (%s)", seed, turn, c.Path, c.Action, c.Reason)
				}
			}
		}
	}
}

func FuzzPaths(f *testing.F) {
	for _, s := range []string{"a", "../a", "a/../../b", "/x", "in/x", "out/x", "out", "a//b", ".git", "c:\\x", "x\x00", ".migrate/lock.yaml", "é/ü", strings.Repeat("a", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		top := t.TempDir()
		dir := filepath.Join(top, "repo")
		if err := errors.Join(os.MkdirAll(filepath.Join(dir, "in"), 0o755), os.Mkdir(filepath.Join(top, "outside"), 0o755),
			os.Symlink("../outside", filepath.Join(dir, "out"))); err != nil {
			t.Fatal(err)
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		if changes, err := Compare(root, Lock{}, []File{{Path: name, Data: []byte("x")}}); err == nil {
			_ = Write(context.Background(), root, changes, Lock{}, "v1")
		}
		if left, _ := os.ReadDir(filepath.Join(top, "outside")); len(left) != 0 {
			t.Errorf("%q leads out", name)
		}
		if left, _ := os.ReadDir(top); len(left) != 2 {
			t.Errorf("%q leads out", name)
		}
	})
}
