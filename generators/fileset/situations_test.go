package fileset

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The situations in which a repository may be when it is generated again. Each begins with three files that were generated and,
// unless it says otherwise, committed; then the team does something, and the last line of each is generated otherwise.
// See also TestLifeOfAFile, TestBasesInGit, TestGitElsewhereIsRead and TestBasesInAClone.
func TestSituations(t *testing.T) {
	const other = "one\ntwo\n3\n"
	type outcome struct {
		action Action
		reason string
		text   string // "-" where the file is not there
	}
	for name, tc := range map[string]struct {
		team func(t *testing.T, root *os.Root)
		want outcome // for app/Dockerfile
		also map[string]string
	}{
		"nothing": {func(*testing.T, *os.Root) {}, outcome{Update, "untouched", other}, nil},
		"edited and not committed": {func(t *testing.T, root *os.Root) { edit(t, root, "app/Dockerfile", "mine\n"+three) },
			outcome{Merge, "your edits stay", "mine\n" + other}, nil},
		"edited and in the index only": {func(t *testing.T, root *os.Root) {
			edit(t, root, "app/Dockerfile", "mine\n"+three)
			git(t, root, "add", ".")
		}, outcome{Merge, "your edits stay", "mine\n" + other}, nil},
		"edited on a detached head": {func(t *testing.T, root *os.Root) {
			git(t, root, "checkout", "-q", "--detach")
			edit(t, root, "app/Dockerfile", "mine\n"+three)
			git(t, root, "commit", "-qam", "y")
		}, outcome{Merge, "your edits stay", "mine\n" + other}, nil},
		"renamed": {func(t *testing.T, root *os.Root) { git(t, root, "mv", "app/Dockerfile", "app/Containerfile") },
			outcome{Keep, "stays deleted", "-"}, map[string]string{"app/Containerfile": three}},
		"moved, and edited there": {func(t *testing.T, root *os.Root) {
			git(t, root, "mv", "app/Dockerfile", "Dockerfile")
			edit(t, root, "Dockerfile", "mine\n"+three)
		}, outcome{Keep, "stays deleted", "-"}, map[string]string{"Dockerfile": "mine\n" + three}},
		"moved, and another in its place": {func(t *testing.T, root *os.Root) {
			git(t, root, "mv", "app/Dockerfile", "Dockerfile")
			edit(t, root, "app/Dockerfile", "mine\n")
		}, outcome{Conflict, "both changed", "mine\n"}, map[string]string{"Dockerfile": three}},
		"its directory deleted": {func(t *testing.T, root *os.Root) { git(t, root, "rm", "-rq", "app") },
			outcome{Keep, "stays deleted", "-"}, nil},
		"a directory in its place": {func(t *testing.T, root *os.Root) {
			git(t, root, "rm", "-q", "app/Dockerfile")
			if err := root.MkdirAll("app/Dockerfile", 0o755); err != nil {
				t.Fatal(err)
			}
			edit(t, root, "app/Dockerfile/mine", "x")
		}, outcome{Keep, "a directory", "-"}, map[string]string{"app/Dockerfile/mine": "x"}},
		"a link in its place": {func(t *testing.T, root *os.Root) {
			edit(t, root, "mine", "x")
			remove(t, root, "app/Dockerfile")
			if err := root.Symlink("../mine", "app/Dockerfile"); err != nil {
				t.Fatal(err)
			}
		}, outcome{Keep, "a symbolic link", "-"}, map[string]string{"mine": "x", "app/Dockerfile": "a link"}},
		"only its mode changed": {func(t *testing.T, root *os.Root) {
			if err := root.Chmod("app/Dockerfile", 0o755); err != nil {
				t.Fatal(err)
			}
		}, outcome{Update, "untouched", other}, nil},
		"line ends of Windows": {func(t *testing.T, root *os.Root) {
			edit(t, root, "app/Dockerfile", strings.ReplaceAll("mine\n"+three, "\n", "\r\n"))
		}, outcome{Merge, "your edits stay", "mine\r\none\r\ntwo\r\n3\r\n"}, nil},
		"both line ends": {func(t *testing.T, root *os.Root) { edit(t, root, "app/Dockerfile", "mine\r\n"+three) },
			outcome{Merge, "your edits stay", "mine\r\n" + other}, nil},
		"no newline at the end": {func(t *testing.T, root *os.Root) { edit(t, root, "app/Dockerfile", "mine\none\ntwo\nthree") },
			outcome{Conflict, "both changed", "mine\none\ntwo\nthree"}, nil},
		"binary": {func(t *testing.T, root *os.Root) { edit(t, root, "app/Dockerfile", "\x00\x01"+three) },
			outcome{Conflict, "both changed", "\x00\x01" + three}, map[string]string{"app/Dockerfile" + MergeSuffix: other}},
		"emptied": {func(t *testing.T, root *os.Root) { edit(t, root, "app/Dockerfile", "") },
			outcome{Conflict, "both changed", ""}, nil},
		"ignored, and never committed": {func(t *testing.T, root *os.Root) {
			edit(t, root, ".gitignore", "app/\n")
			git(t, root, "rm", "-rq", "--cached", "app")
			git(t, root, "commit", "-qam", "y")
			edit(t, root, "app/Dockerfile", "mine\n"+three)
		}, outcome{Merge, "your edits stay", "mine\n" + other}, map[string]string{".gitignore": "app/\n"}},
		"half of a git merge": {func(t *testing.T, root *os.Root) {
			edit(t, root, "app/Dockerfile", "<<<<<<< HEAD\nmine\n=======\nalso\n>>>>>>> other\n"+three)
		}, outcome{Merge, "your edits stay", "<<<<<<< HEAD\nmine\n=======\nalso\n>>>>>>> other\n" + other}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			root := repo(t, nil)
			git(t, root, "init", "-q")
			generate(t, root, whole(three), File{Path: "other", Data: []byte(three)})
			git(t, root, "add", ".")
			git(t, root, "commit", "-qm", "x")
			tc.team(t, root)
			files := []File{whole(other), {Path: "other", Data: []byte(other)}}
			c := find(t, generate(t, root, files...), "app/Dockerfile")
			if c.Action != tc.want.action || !strings.Contains(c.Reason, tc.want.reason) {
				t.Errorf("%s (%s), want %s (%s)", c.Action, c.Reason, tc.want.action, tc.want.reason)
			}
			got := tree(t, root)
			text, there := got["app/Dockerfile"]
			if !there || text == "a link" {
				text = "-"
			}
			if text != tc.want.text || got["other"] != other {
				t.Errorf("the files hold %q and %q", text, got["other"])
			}
			for name, text := range tc.also {
				if got[name] != text {
					t.Errorf("%s holds %q, want %q", name, got[name], text)
				}
			}
			generate(t, root, files...)
			same(t, got, tree(t, root))
			git(t, root, "fsck", "--strict")
		})
	}
}

// Where names that differ in case are two files, the renamed one is the team's; where they are one file it is ours as before.
func TestCaseOnlyRename(t *testing.T) {
	root := repo(t, nil)
	generate(t, root, whole("one\n"))
	if err := root.Rename("app/Dockerfile", "app/dockerfile"); err != nil {
		t.Fatal(err)
	}
	_, err := root.Lstat("app/Dockerfile")
	folds := err == nil
	c := find(t, generate(t, root, whole("two\n")), "app/Dockerfile")
	text, err := root.ReadFile("app/dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case folds && (c.Action != Update || string(text) != "two\n"), !folds && (c.Action != Keep || string(text) != "one\n"):
		t.Errorf("%s (%s), %q", c.Action, c.Reason, text)
	}
}

// A run with nothing to do touches no file: none is written anew with the bytes that it has.
func TestNothingToDoTouchesNothing(t *testing.T) {
	for name, files := range map[string]map[string]string{"git": {".git/objects/x": ""}, "no git": {}} {
		t.Run(name, func(t *testing.T) {
			root := repo(t, files)
			all, err := exampleFiles()
			if err != nil {
				t.Fatal(err)
			}
			s := scene{files: all, model: "version: 1\n"}
			if err := s.run(root, root); err != nil {
				t.Fatal(err)
			}
			edit(t, root, "shop/Dockerfile", "FROM scratch\n")
			edit(t, root, "shop/compose.yaml", "services: {}\n")
			remove(t, root, "orders/Dockerfile")
			before := states(t, root)
			if err := s.run(root, root); err != nil {
				t.Fatal(err)
			}
			after := states(t, root)
			for name, was := range before {
				if now := after[name]; now == nil || !os.SameFile(was, now) || now.ModTime() != was.ModTime() || now.Mode() != was.Mode() {
					t.Errorf("%s was touched", name)
				}
			}
			for name := range after {
				if before[name] == nil {
					t.Errorf("%s is new", name)
				}
			}
		})
	}
}

// states are the states of all files and directories below a root, git's among them.
func states(t *testing.T, root *os.Root) map[string]os.FileInfo {
	t.Helper()
	all := map[string]os.FileInfo{}
	err := filepath.Walk(root.Name(), func(name string, info os.FileInfo, err error) error {
		all[name] = info
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
