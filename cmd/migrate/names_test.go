package main_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/cmd/internal/cli"
)

// TestOddDirectories takes services in directories with odd names the whole way: make builds in the directory that the
// service is in, every environment renders, and a second init changes nothing.
func TestOddDirectories(t *testing.T) {
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "docker"), []byte("#!/bin/sh\nfor last do :; done\nprintf 'builds in <%s>\\n' \"$last\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	for _, name := range []string{"-x", "--help", "a b", "it's", `q"q`, "ü", "日本", "$(id)", "`id`", "${HOME}", "$$", "a:b", "a#b", "%s", "x;y", "*", "[a]", "!x",
		"&a", "~", "null", "yes", "{{.Dir}}", "{% x %}", "a,b", "<a>", "|", "tab\tbed", "---", "@x", "a=b", "(a)", "a\x1b[2J"} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "repo")
			for _, service := range []string{name, "plain"} {
				put(t, filepath.Join(dir, service), map[string][]byte{
					"package.json": []byte(`{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4"}}`),
					"server.js":    []byte("require('express')().listen(process.env.PORT || 3000)\n"),
				})
			}
			migrate(t, "init", "--no-input", dir)
			out, err := exec.Command("make", "--no-print-directory", "-s", "-C", dir, "docker_build", "TAG=v1").CombinedOutput()
			if err != nil {
				t.Fatalf("make: %v\n%s", err, out)
			}
			for _, service := range []string{name, "plain"} {
				built := strings.Contains(string(out), "builds in <"+service+">") || strings.Contains(string(out), "builds in <./"+service+">")
				if _, err := os.Stat(filepath.Join(dir, service, "Dockerfile")); err != nil || !built {
					t.Errorf("%v, make says\n%s", err, out)
				}
			}
			migrate(t, "kube", "create-config", "--env", "all", "--tag", "v1", dir)
			first := read(t, dir)
			migrate(t, "init", "--no-input", dir)
			compare(t, "a second init", first, read(t, dir))
		})
	}
}

// TestImpossibleDirectories are names that no Makefile or no checkout can hold: the error names them, nothing is written.
func TestImpossibleDirectories(t *testing.T) {
	for name, want := range map[string]string{
		"new\nline":   `"new\nline" has a line break, which a Makefile can't hold: rename it`,
		`back\slash`:  `"back\\slash/.dockerignore" has a backslash in its name, which divides directories on Windows: rename it`,
		"not\xffutf8": "not\uFFFDutf8: its name is not UTF-8, so it is not read: rename it",
	} {
		dir := filepath.Join(t.TempDir(), "repo")
		put(t, filepath.Join(dir, name), map[string][]byte{"Procfile": []byte("web: node x.js\n"), "package.json": []byte(`{"scripts": {"start": "node x.js"}}`)})
		before := read(t, dir)
		var out, errs bytes.Buffer
		code := cli.Run(context.Background(), cli.Streams{In: strings.NewReader(""), Out: &out, Err: &errs}, []string{"init", dir})
		if code == 0 || !strings.Contains(errs.String(), want) {
			t.Errorf("%q: exit %d\n%s", name, code, errs.String())
		}
		compare(t, "afterwards", before, read(t, dir))
	}
}
