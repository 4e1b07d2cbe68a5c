package fileset

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// repo is a directory with files, opened as a root.
func repo(t *testing.T, files map[string]string) *os.Root {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}

// tree is every file below the root and its content, but for the bases; symbolic links and directories are marked.
func tree(t *testing.T, root *os.Root) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == BaseDir:
			return fs.SkipDir
		case d.IsDir():
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			all[name] = "a link"
			return nil
		}
		data, err := root.ReadFile(name)
		all[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func generate(t *testing.T, root *os.Root, files ...File) []Change {
	t.Helper()
	lock, err := ReadLock(root.FS())
	if err != nil {
		t.Fatal(err)
	}
	changes, err := Compare(root, lock, files)
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(context.Background(), root, changes, lock, "v1.0.0"); err != nil {
		t.Fatal(err)
	}
	return changes
}

func edit(t *testing.T, root *os.Root, name, text string) {
	t.Helper()
	if err := root.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, root *os.Root, name string) {
	t.Helper()
	if err := root.Remove(name); err != nil {
		t.Fatal(err)
	}
}

func find(t *testing.T, changes []Change, path string) Change {
	t.Helper()
	for _, c := range changes {
		if c.Path == path {
			return c
		}
	}
	t.Fatalf("no change for %s in %v", path, changes)
	return Change{}
}

func whole(text string) File { return File{Path: "app/Dockerfile", Data: []byte(text)} }

// step is one run of the generator on a file, after the team has done something to it.
type step struct {
	team   string // what the team writes; "-" deletes, "" leaves it
	gen    string // what is generated; "" nothing
	action Action
	reason string // a part of it
	want   string // the file afterwards; "-" none
}

func TestLifeOfAFile(t *testing.T) {
	const path = "app/Dockerfile"
	cases := map[string][]step{
		"new, again, renewed": {
			{"", "one\n", Create, "", "one\n"},
			{"", "one\n", Keep, "unchanged", "one\n"},
			{"", "two\n", Update, "untouched", "two\n"},
		},
		"the team's from before": {
			{"theirs\n", "one\n", Keep, "yours: it was there before", "theirs\n"},
			{"", "two\n", Keep, "yours: it was there before", "theirs\n"},
		},
		"the same by chance, or written by a run that was killed before the lock": {
			{"one\n", "one\n", Keep, "unchanged", "one\n"},
			{"", "two\n", Update, "untouched", "two\n"},
		},
		"edited, ours is the same": {
			{"", "one\n", Create, "", "one\n"},
			{"one\nmine\n", "one\n", Keep, "yours: edited", "one\nmine\n"},
		},
		"edited, and changed elsewhere": {
			{"", "one\ntwo\nthree\n", Create, "", "one\ntwo\nthree\n"},
			{"mine\none\ntwo\nthree\n", "one\ntwo\n3\n", Merge, "your edits stay", "mine\none\ntwo\n3\n"},
			{"", "one\ntwo\n3\n", Keep, "yours: edited", "mine\none\ntwo\n3\n"},
			{"", "one\ntwo\n3\nfour\n", Merge, "your edits stay", "mine\none\ntwo\n3\nfour\n"},
		},
		"edited to what is generated later, and more": {
			{"", "one\ntwo\nthree\n", Create, "", "one\ntwo\nthree\n"},
			{"mine\none\ntwo\n3\n", "one\ntwo\n3\n", Keep, "already", "mine\none\ntwo\n3\n"},
		},
		"edited on Windows, and changed elsewhere": {
			{"", "one\ntwo\nthree\n", Create, "", "one\ntwo\nthree\n"},
			{"mine\r\none\r\ntwo\r\nthree\r\n", "one\ntwo\n3\n", Merge, "your edits stay", "mine\r\none\r\ntwo\r\n3\r\n"},
		},
		"edited, then taken back": {
			{"", "one\n", Create, "", "one\n"},
			{"mine\n", "one\n", Keep, "yours: edited", "mine\n"},
			{"one\n", "two\n", Update, "untouched", "two\n"},
		},
		"deleted": {
			{"", "one\n", Create, "", "one\n"},
			{"-", "one\n", Keep, "stays deleted", "-"},
			{"", "two\n", Keep, "stays deleted", "-"},
		},
		"no longer generated": {
			{"", "one\n", Create, "", "one\n"},
			{"", "", Delete, "untouched", "-"},
		},
		"edited and no longer generated": {
			{"", "one\n", Create, "", "one\n"},
			{"mine\n", "", Keep, "yours now", "mine\n"},
			{"", "two\n", Keep, "yours: it was there before", "mine\n"},
		},
		"Windows line ends are no edit and stay": {
			{"", "one\ntwo\n", Create, "", "one\ntwo\n"},
			{"one\r\ntwo\r\n", "one\ntwo\n", Keep, "unchanged", "one\r\ntwo\r\n"},
			{"", "one\nthree\n", Update, "untouched", "one\r\nthree\r\n"},
		},
		"emptied is edited": {
			{"", "one\n", Create, "", "one\n"},
			{"\n", "one\n", Keep, "yours: edited", "\n"},
		},
		"no newline at the end": {
			{"", "one", Create, "", "one"},
			{"one\n", "one", Keep, "yours: edited", "one\n"},
		},
	}
	for name, steps := range cases {
		t.Run(name, func(t *testing.T) {
			root := repo(t, map[string]string{"app/keep": ""})
			for i, s := range steps {
				switch s.team {
				case "":
				case "-":
					remove(t, root, path)
				default:
					edit(t, root, path, s.team)
				}
				var files []File
				if s.gen != "" {
					files = []File{whole(s.gen)}
				}
				c := find(t, generate(t, root, files...), path)
				if c.Action != s.action || !strings.Contains(c.Reason, s.reason) {
					t.Errorf("run %d: %s (%s), want %s (%s)", i+1, c.Action, c.Reason, s.action, s.reason)
				}
				got, ok := tree(t, root)[path]
				if !ok {
					got = "-"
				}
				if got != s.want {
					t.Errorf("run %d: the file holds %q, want %q", i+1, got, s.want)
				}
			}
		})
	}
}

func TestConflict(t *testing.T) {
	const path, side = "app/Dockerfile", "app/Dockerfile" + MergeSuffix
	start := func(t *testing.T) *os.Root {
		root := repo(t, nil)
		generate(t, root, whole("one\n"))
		edit(t, root, path, "mine\n")
		c := find(t, generate(t, root, whole("two\n")), path)
		if c.Action != Conflict || !strings.Contains(c.Reason, side) {
			t.Fatalf("got %s (%s)", c.Action, c.Reason)
		}
		got := tree(t, root)
		if got[path] != "mine\n" || got[side] != marked("mine\n", "two\n") {
			t.Fatalf("after the conflict: %q", got)
		}
		return root
	}
	t.Run("stays open and writes nothing more", func(t *testing.T) {
		root := start(t)
		before := tree(t, root)
		changes := generate(t, root, whole("two\n"))
		if c := find(t, changes, path); c.Action != Conflict || !Pending(changes) {
			t.Errorf("got %v", changes)
		}
		same(t, before, tree(t, root))
	})
	t.Run("over when the proposal is deleted", func(t *testing.T) {
		root := start(t)
		remove(t, root, side)
		changes := generate(t, root, whole("two\n"))
		if c := find(t, changes, path); c.Action != Keep || !c.Yours() || Pending(changes) {
			t.Errorf("got %v", changes)
		}
	})
	t.Run("over when the proposal is taken", func(t *testing.T) {
		root := start(t)
		edit(t, root, path, "two\n")
		generate(t, root, whole("two\n"))
		if got := tree(t, root); got[path] != "two\n" || got[side] != "" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("a newer proposal replaces an untouched one", func(t *testing.T) {
		root := start(t)
		generate(t, root, whole("three\n"))
		if got := tree(t, root); got[path] != "mine\n" || got[side] != marked("mine\n", "three\n") {
			t.Errorf("got %q", got)
		}
	})
	t.Run("a proposal that is being worked on stays", func(t *testing.T) {
		root := start(t)
		edit(t, root, side, "two and mine\n")
		c := find(t, generate(t, root, whole("three\n")), path)
		if got := tree(t, root); c.Action != Conflict || got[side] != "two and mine\n" || got[path] != "mine\n" {
			t.Errorf("%s: %q", c.Action, got)
		}
		remove(t, root, side)
		generate(t, root, whole("three\n"))
		if got := tree(t, root); got[side] != marked("mine\n", "three\n") {
			t.Errorf("the newer proposal never came: %q", got)
		}
	})
}

// marked is what a proposal holds where all of a file was changed by both.
func marked(ours, theirs string) string { return markYours + ours + markBetween + theirs + markMigrate }

func same(t *testing.T, want, got map[string]string) {
	t.Helper()
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s: %q, want %q", name, got[name], text)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s came from nowhere", name)
		}
	}
}

func TestDiff(t *testing.T) {
	root := repo(t, nil)
	generate(t, root, whole("one\ntwo\n"), File{Path: "gone", Data: []byte("x\n")}, File{Path: "both", Data: []byte("a\n")})
	edit(t, root, "both", "mine\n")
	lock, _ := ReadLock(root.FS())
	changes, err := Compare(root, lock, []File{whole("one\nthree\n"), {Path: "new", Data: []byte("n")}, {Path: "both", Data: []byte("b\n")}})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for _, c := range changes {
		if err := Diff(&b, c); err != nil {
			t.Fatal(err)
		}
	}
	want := `diff a/app/Dockerfile b/app/Dockerfile
--- a/app/Dockerfile
+++ b/app/Dockerfile
@@ -1,2 +1,2 @@
 one
-two
+three
diff a/both b/both
--- a/both
+++ b/both
@@ -1,1 +1,5 @@
+<<<<<<< yours
 mine
+=======
+b
+>>>>>>> migrate
diff a/gone /dev/null
--- a/gone
+++ /dev/null
@@ -1,1 +0,0 @@
-x
diff /dev/null b/new
--- /dev/null
+++ b/new
@@ -0,0 +1,1 @@
+n
\ No newline at end of file
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}
