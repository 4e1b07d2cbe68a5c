package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// onlyfiles wants a directory to hold these files and no other: onlyfiles DIR [FILE]...
func onlyfiles(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: onlyfiles DIR [FILE]...")
	}
	var got []string
	for name := range filesBelow(ts, ts.MkAbs(args[0])) {
		got = append(got, name)
	}
	want := append([]string(nil), args[1:]...)
	sort.Strings(got)
	sort.Strings(want)
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		ts.Fatalf("%s holds\n  %s\nwant\n  %s", args[0], strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// nocanary wants no CANARY in the files of a directory that are not the same in a copy of it from before: nocanary DIR BEFORE
func nocanary(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: nocanary DIR BEFORE")
	}
	before, written := filesBelow(ts, ts.MkAbs(args[1])), 0
	for name, data := range filesBelow(ts, ts.MkAbs(args[0])) {
		if string(before[name]) == string(data) {
			continue
		}
		written++
		if i := bytes.Index(data, []byte("CANARY")); i >= 0 {
			ts.Fatalf("%s:%d holds %.9s", name, 1+bytes.Count(data[:i], []byte("\n")), data[i:])
		}
	}
	if written == 0 {
		ts.Fatalf("nothing was written to %s", args[0])
	}
}

func filesBelow(ts *testscript.TestScript, dir string) map[string][]byte {
	files := map[string][]byte{}
	ts.Check(filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		files[filepath.ToSlash(rel)] = data
		return err
	}))
	return files
}

// initjson wants a file to hold what the contract says that init -o json prints, and nothing else: initjson stdout
func initjson(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: initjson FILE")
	}
	var got struct {
		App      *map[string]any `json:"app"`
		Evidence *map[string][]struct {
			Reader, File *string
			Line         *int
			Note, Rank   *string
		} `json:"evidence"`
		Open *[]struct {
			Field, Question *string
			Choices         *[]string
		} `json:"open"`
		Files *[]struct{ Path, Action, Reason *string } `json:"files"`
		Notes *[]struct {
			File *string
			Line *int
			Text *string
		} `json:"notes"`
	}
	d := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	d.DisallowUnknownFields()
	ts.Check(d.Decode(&got))
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		ts.Fatalf("more than one value: %v", err)
	}
	text := ts.ReadFile(args[0])
	if got.App == nil || got.Evidence == nil || got.Open == nil || got.Files == nil || got.Notes == nil || strings.Contains(text, ": null") {
		ts.Fatalf("a part is missing or null:\n%s", text)
	}
	for _, f := range *got.Files {
		if f.Path == nil || f.Action == nil || f.Reason == nil || !strings.Contains(" create update merge keep conflict delete ", " "+*f.Action+" ") {
			ts.Fatalf("odd file %+v", f)
		}
	}
	for field, list := range *got.Evidence {
		for _, e := range list {
			if e.Reader == nil || e.File == nil || e.Line == nil || e.Note == nil || !strings.Contains(" guess convention declared asked ", " "+*e.Rank+" ") {
				ts.Fatalf("odd evidence for %s", field)
			}
		}
	}
}
