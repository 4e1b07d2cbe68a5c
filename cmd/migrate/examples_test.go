package main_test

import (
	"bytes"
	"context"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/cmd/internal/cli"
)

var update = flag.Bool("update", false, "write examples/*/after anew")

const examples = "../../examples"

// TestExamples takes every examples/*/before through init. What init adds or changes is examples/*/after, byte for byte;
// a second init changes nothing; an edit of the team survives a third.
func TestExamples(t *testing.T) {
	befores, err := filepath.Glob(filepath.Join(examples, "*", "before"))
	if err != nil || len(befores) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, before := range befores {
		after := filepath.Join(filepath.Dir(before), "after")
		name := filepath.Base(filepath.Dir(before))
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), name)
			original := read(t, before)
			put(t, dir, original)
			gitIn(t, dir)
			migrate(t, "init", "--no-input", dir)
			result := read(t, dir)
			got := changed(original, result)
			if *update {
				if err := os.RemoveAll(after); err != nil {
					t.Fatal(err)
				}
				put(t, after, got)
			}
			compare(t, "after", read(t, after), got)

			untouched := states(t, dir)
			migrate(t, "init", "--no-input", dir)
			migrate(t, "generate", dir)
			compare(t, "a second init", result, read(t, dir))
			for name, now := range states(t, dir) {
				if was := untouched[name]; was == nil || !os.SameFile(was, now) || was.ModTime() != now.ModTime() {
					t.Errorf("a run with nothing to do writes %s", name)
				}
			}
			migrate(t, "generate", "--check", dir)

			edited := append(append([]byte{}, result["kube/base/kustomization.yaml"]...), "# the team was here\n"...)
			put(t, dir, map[string][]byte{"kube/base/kustomization.yaml": edited})
			migrate(t, "init", "--no-input", dir)
			result["kube/base/kustomization.yaml"] = edited
			compare(t, "after an edit", result, read(t, dir))
		})
	}
}

// states are those of all files and directories below a directory, git's among them.
func states(t *testing.T, dir string) map[string]os.FileInfo {
	t.Helper()
	all := map[string]os.FileInfo{}
	err := filepath.Walk(dir, func(name string, info os.FileInfo, err error) error {
		all[name] = info
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// gitIn makes a directory a git repository without commits, as far as the toolkit looks.
func gitIn(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(dir, ".git", "objects"), 0o755); err != nil {
		t.Fatal(err)
	}
}

func migrate(t *testing.T, args ...string) {
	t.Helper()
	var out, errs bytes.Buffer
	code := cli.Run(context.Background(), cli.Streams{In: strings.NewReader(""), Out: &out, Err: &errs}, args)
	if code != 0 {
		t.Fatalf("migrate %s: exit %d\n%s%s", strings.Join(args, " "), code, out.String(), errs.String())
	}
}

func read(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == ".git" {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		files[filepath.ToSlash(rel)], err = os.ReadFile(name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func put(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	for name, data := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// changed are the files of now that are not in before, or other there.
func changed(before, now map[string][]byte) map[string][]byte {
	files := map[string][]byte{}
	for name, data := range now {
		if old, there := before[name]; !there || !bytes.Equal(old, data) {
			files[name] = data
		}
	}
	return files
}

func compare(t *testing.T, what string, want, got map[string][]byte) {
	t.Helper()
	names := map[string]bool{}
	for name := range want {
		names[name] = true
	}
	for name := range got {
		names[name] = true
	}
	sorted := make([]string, 0, len(names))
	for name := range names {
		sorted = append(sorted, name)
	}
	sort.Strings(sorted)
	for _, name := range sorted {
		w, wanted := want[name]
		g, there := got[name]
		switch {
		case !there:
			t.Errorf("%s: %s is missing", what, name)
		case !wanted:
			t.Errorf("%s: %s is new", what, name)
		case !bytes.Equal(w, g):
			t.Errorf("%s: %s differs\n--- want\n%s\n--- got\n%s", what, name, w, g)
		}
	}
}
