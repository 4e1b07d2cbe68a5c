package fileset

import (
	"os/exec"
	"strings"
	"testing"
	"testing/fstest"
)

func TestReadLock(t *testing.T) {
	id := strings.Repeat("a1", 20)
	cases := map[string]struct{ text, want string }{
		"empty":              {"", "lock.yaml is empty"},
		"cut off":            {"version: v1\nfiles:\n  a: " + id[:10] + "\n", `lock.yaml:3: "` + id[:10] + `" is not the id`},
		"marks of a merge":   {"version: v1\n<<<<<<< HEAD\nfiles:\n", "lock.yaml:"},
		"only marks":         {"<<<<<<< HEAD\n", "lock.yaml:1: cannot unmarshal !!str `<<<<<<<...`: expected a map with version"},
		"another format":     {"version: v1\nblobs: {}\n", "lock.yaml:2: field blobs not found"},
		"a list":             {"version: v1\nfiles: [a]\n", "lock.yaml:2: expected a map"},
		"a way out":          {"files:\n  ../../etc/passwd: " + id + "\n", `lock.yaml:2: "../../etc/passwd" is not a path below`},
		"git's directory":    {"sections:\n  .git/config: " + id + "\n", "lock.yaml:2:"},
		"not a blob's id":    {"files: {a: {b: c}}\n", "is not the id"},
		"binary":             {"\x00\x01", "lock.yaml"},
		"nothing in its map": {"version: v1\nfiles:\n", ""},
		"good":               {"version: v1\nfiles:\n  a/b: " + id + "\nsections: {README.md: " + id + "}\n", ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			lock, err := ReadLock(fstest.MapFS{LockFile: {Data: []byte(tc.text)}})
			if tc.want == "" {
				if err != nil || lock.Version != "v1" {
					t.Errorf("got %v %v", lock, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), "git checkout") {
				t.Errorf("got %v, want %q and the way out", err, tc.want)
			}
		})
	}
	if lock, err := ReadLock(fstest.MapFS{}); err != nil || lock.Owns("a") {
		t.Errorf("no lock: %v %v", lock, err)
	}
}

func TestOwns(t *testing.T) {
	root := repo(t, map[string]string{"README.md": "hello\n", "Makefile": "all:\n", "theirs": "x"})
	generate(t, root, readme("s\n"), makefile("m\n"), whole("w\n"), File{Path: "theirs", Data: []byte("ours")})
	edit(t, root, "app/Dockerfile", "edited")
	lock, err := ReadLock(root.FS())
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{
		"app/Dockerfile": true, "app/Dockerfile" + MergeSuffix: true, "migrate.mk": true, LockFile: true,
		"README.md" + MergeSuffix: true, "README.md": false, "Makefile": false, "theirs": false, "theirs" + MergeSuffix: false, "": false,
	} {
		if lock.Owns(path) != want {
			t.Errorf("%s: %v", path, !want)
		}
	}
	if lock.Version != "v1.0.0" {
		t.Errorf("version %q", lock.Version)
	}
}

func TestBlobIsGitsOwn(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("no git")
	}
	for _, text := range []string{"", "one\n", "a\x00b"} {
		cmd := exec.Command(git, "hash-object", "--stdin")
		cmd.Stdin = strings.NewReader(text)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := blob([]byte(text)); got != strings.TrimSpace(string(out)) {
			t.Errorf("%q: %s, git says %s", text, got, out)
		}
	}
}

func FuzzReadLock(f *testing.F) {
	f.Add("version: v1\nfiles:\n  a: " + strings.Repeat("a1", 20) + "\n")
	f.Add("files: &a {x: *a}")
	f.Add("files: {<<: {}}")
	f.Fuzz(func(t *testing.T, text string) {
		lock, err := parseLock([]byte(text))
		if err != nil {
			return
		}
		out, err := lock.encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := parseLock(out)
		if err != nil || len(again.Files) != len(lock.Files) || len(again.Sections) != len(lock.Sections) {
			t.Fatalf("%q: %v\n%s", text, err, out)
		}
	})
}
