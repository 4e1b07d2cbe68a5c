package fileset

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// git runs git in the repository, or skips the test where there is none.
func git(t *testing.T, root *os.Root, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git here")
	}
	cmd := exec.Command("git", append([]string{"-C", root.Name(), "-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func entries(t *testing.T, root *os.Root, dir string) int {
	t.Helper()
	all, err := os.ReadDir(filepath.Join(root.Name(), dir))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return len(all)
}

const three = "one\ntwo\nthree\n"

// mergesIn edits the first line of what was generated, generates with another last one, and wants both.
func mergesIn(t *testing.T, root *os.Root) {
	t.Helper()
	edit(t, root, "app/Dockerfile", "mine\n"+three)
	if c := find(t, generate(t, root, whole("one\ntwo\n3\n")), "app/Dockerfile"); c.Action != Merge {
		t.Errorf("%s (%s)", c.Action, c.Reason)
	}
	if got := tree(t, root)["app/Dockerfile"]; got != "mine\none\ntwo\n3\n" {
		t.Errorf("got %q", got)
	}
}

func TestBasesInGit(t *testing.T) {
	for name, state := range map[string]func(*testing.T, *os.Root){
		"before the first commit": func(*testing.T, *os.Root) {},
		"committed":               func(t *testing.T, r *os.Root) { git(t, r, "add", "."); git(t, r, "commit", "-qm", "x") },
		"packed": func(t *testing.T, r *os.Root) {
			git(t, r, "add", ".")
			git(t, r, "commit", "-qm", "x")
			git(t, r, "gc", "-q")
		},
		"detached": func(t *testing.T, r *os.Root) {
			git(t, r, "add", ".")
			git(t, r, "commit", "-qm", "x")
			git(t, r, "checkout", "-q", "--detach")
		},
	} {
		t.Run(name, func(t *testing.T) {
			root := repo(t, nil)
			git(t, root, "init", "-q")
			generate(t, root, whole(three))
			if n := entries(t, root, BaseDir); n != 0 {
				t.Errorf("%d bases lie beside git's", n)
			}
			if got := git(t, root, "cat-file", "-p", blob([]byte(three))); got != three {
				t.Errorf("git reads %q", got)
			}
			git(t, root, "fsck", "--strict")
			state(t, root)
			mergesIn(t, root)
			if n := entries(t, root, BaseDir); n != 1 { // no commit will hold it, so a clone finds it here
				t.Errorf("%d bases are kept for the edited file", n)
			}
		})
	}
}

// A pack of many versions holds differences to others, by offset and, as sent over a network, by id.
func TestDeltas(t *testing.T) {
	root := repo(t, nil)
	git(t, root, "init", "-q")
	var b strings.Builder
	var ids []string
	for i := 0; i < 60; i++ {
		b.WriteString(strings.Repeat(string(rune('a'+i%26)), 40+i*7) + "\n")
		edit(t, root, "file", b.String())
		git(t, root, "add", ".")
		git(t, root, "commit", "-qm", "x")
		ids = append(ids, blob([]byte(b.String())))
	}
	for _, offsets := range []string{"true", "false"} {
		git(t, root, "-c", "repack.useDeltaBaseOffset="+offsets, "repack", "-adfq", "--depth=50")
		git(t, root, "prune-packed")
		store := openBases(root)
		for i, id := range ids {
			if _, err := store.loose(id); err == nil {
				t.Fatal("it is not packed")
			}
			data, ok := store.read(id)
			if !ok || !store.has(id) || blob(data) != id {
				t.Errorf("version %d is not found", i)
			}
		}
		if _, ok := store.read(blob([]byte("never"))); ok {
			t.Error("found what is not there")
		}
	}
}

func TestBasesWithoutGit(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"no git":              nil,
		"a worktree":          {".git": "gitdir: /elsewhere/.git/worktrees/x\n"},
		"ids of another kind": {".git/objects/x": "", ".git/config": "[extensions]\n\tobjectFormat = sha256\n"},
	} {
		t.Run(name, func(t *testing.T) {
			root := repo(t, files)
			before := tree(t, root)
			generate(t, root, whole(three))
			mergesIn(t, root)
			if n := entries(t, root, BaseDir); n != 1 {
				t.Errorf("%d bases are left, want that of the last run", n)
			}
			after := tree(t, root)
			delete(after, "app/Dockerfile")
			delete(after, LockFile)
			same(t, before, after)
		})
	}
}

// A worktree and a submodule have git's store elsewhere. It is read there, and never written to.
func TestGitElsewhereIsRead(t *testing.T) {
	for name, checkout := range map[string]func(t *testing.T, root *os.Root) string{
		"a worktree": func(t *testing.T, root *os.Root) string {
			dir := filepath.Join(t.TempDir(), "tree")
			git(t, root, "worktree", "add", "-q", dir)
			return dir
		},
		"a submodule": func(t *testing.T, root *os.Root) string {
			around := repo(t, nil)
			git(t, around, "init", "-q")
			git(t, around, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", root.Name(), "sub")
			return filepath.Join(around.Name(), "sub")
		},
	} {
		t.Run(name, func(t *testing.T) {
			root := repo(t, nil)
			git(t, root, "init", "-q")
			generate(t, root, whole(three))
			git(t, root, "add", ".")
			git(t, root, "commit", "-qm", "x")
			tree, err := os.OpenRoot(checkout(t, root))
			if err != nil {
				t.Fatal(err)
			}
			defer tree.Close()
			edit(t, tree, "app/Dockerfile", "mine\n"+three)
			git(t, tree, "commit", "-qam", "y")
			generate(t, tree, whole(three))
			if said := git(t, tree, "status", "--porcelain"); said != "" {
				t.Errorf("a run with nothing to do leaves %s", said)
			}
			objects := strings.TrimSpace(git(t, tree, "rev-parse", "--git-path", "objects"))
			if !filepath.IsAbs(objects) {
				objects = filepath.Join(tree.Name(), objects)
			}
			before := everything(t, objects)
			mergesIn(t, tree)
			same(t, before, everything(t, objects))
		})
	}
}

// Who clones has what was committed: the base of a file that was edited before, and in a shallow clone not even that, unless a
// run that changed something has kept it. A run that changes nothing keeps it where nobody sees it.
func TestBasesInAClone(t *testing.T) {
	for name, tc := range map[string]struct {
		between func(t *testing.T, root *os.Root) // the edit and the clone
		depth   string
		want    Action
	}{
		"the generated file was committed": {func(*testing.T, *os.Root) {}, "9", Merge},
		"the same, shallow":                {func(*testing.T, *os.Root) {}, "1", Conflict},
		"something was generated since, shallow": {func(t *testing.T, root *os.Root) {
			generate(t, root, whole(three), File{Path: "more", Data: []byte("x\n")})
			git(t, root, "add", ".")
			git(t, root, "commit", "-qm", "z")
		}, "1", Merge},
	} {
		t.Run(name, func(t *testing.T) {
			root := repo(t, nil)
			git(t, root, "init", "-q")
			generate(t, root, whole(three))
			git(t, root, "add", ".")
			git(t, root, "commit", "-qm", "x")
			edit(t, root, "app/Dockerfile", "mine\n"+three)
			git(t, root, "commit", "-qam", "y")
			tc.between(t, root)
			git(t, root, "clone", "-q", "--depth", tc.depth, "file://"+root.Name(), filepath.Join(root.Name(), "clone"))
			clone, err := os.OpenRoot(filepath.Join(root.Name(), "clone"))
			if err != nil {
				t.Fatal(err)
			}
			defer clone.Close()
			if c := find(t, generate(t, clone, whole("one\ntwo\n3\n")), "app/Dockerfile"); c.Action != tc.want {
				t.Errorf("%s (%s)", c.Action, c.Reason)
			}
			if got := tree(t, clone)["app/Dockerfile"]; !strings.Contains(got, "mine\n") {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestGitElsewhereIsNotTouched(t *testing.T) {
	elsewhere := repo(t, map[string]string{"objects/x": ""})
	root := repo(t, nil)
	if err := root.Symlink(elsewhere.Name(), ".git"); err != nil {
		t.Fatal(err)
	}
	generate(t, root, whole(three))
	same(t, map[string]string{"objects/x": ""}, tree(t, elsewhere))
	mergesIn(t, root)
}

// What is not what its id says is no base: the proposal then is what migrate would write, as a whole.
func TestABaseThatIsNotFound(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, root *os.Root, path string){
		"gone":   remove,
		"edited": func(t *testing.T, root *os.Root, path string) { edit(t, root, path, "other\n") },
	} {
		t.Run(name, func(t *testing.T) {
			root := repo(t, nil)
			generate(t, root, whole(three))
			spoil(t, root, BaseDir+"/"+blob([]byte(three)))
			edit(t, root, "app/Dockerfile", "mine\n"+three)
			if c := find(t, generate(t, root, whole("one\n")), "app/Dockerfile"); c.Action != Conflict {
				t.Errorf("%s (%s)", c.Action, c.Reason)
			}
			if got := tree(t, root); got["app/Dockerfile"] != "mine\n"+three || got["app/Dockerfile"+MergeSuffix] != "one\n" {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestAccept(t *testing.T) {
	const path = "app/Dockerfile"
	for name, tc := range map[string]struct {
		theirs bool
		want   string
	}{"ours": {false, "mine\ntwo\n3\n"}, "theirs": {true, "1\ntwo\n3\n"}} {
		t.Run(name, func(t *testing.T) {
			root := repo(t, nil)
			generate(t, root, whole(three))
			edit(t, root, path, "mine\ntwo\nthree\n")
			renewed := whole("1\ntwo\n3\n")
			generate(t, root, renewed)
			lock, err := ReadLock(root.FS())
			if err != nil || lock.Conflicts[path].Base != blob([]byte(three)) {
				t.Fatalf("%v %v", lock, err)
			}
			changes, err := Compare(root, lock, []File{renewed}, Accept{path, tc.theirs})
			if err != nil {
				t.Fatal(err)
			}
			if err := Write(t.Context(), root, changes, lock, "v1"); err != nil {
				t.Fatal(err)
			}
			got := tree(t, root)
			if _, left := got[path+MergeSuffix]; left || got[path] != tc.want {
				t.Errorf("got %q", got)
			}
			if changes := generate(t, root, renewed); Pending(changes) {
				t.Errorf("it is not over: %v", changes)
			}
			if _, err := Compare(root, lock, []File{renewed}, Accept{"README.md", true}); err == nil || !strings.Contains(err.Error(), "no conflict") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func FuzzDelta(f *testing.F) {
	f.Add([]byte("abc"), []byte{3, 3, 0x90, 3})
	f.Fuzz(func(_ *testing.T, from, delta []byte) {
		_, _ = applyDelta(from, delta)
		_, _ = objectHead(bytes.NewReader(delta))
		_, _ = backOffset(bytes.NewReader(delta))
	})
}
