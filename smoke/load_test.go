package smoke

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

func TestLoadFindsFilesInOrder(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	fsys := fstest.MapFS{
		"smoke/b.yaml":        file("checks: [GET /b]"),
		"smoke/a.yml":         file("service: first\nchecks:\n  - GET /a\n  - request: GET /c\n    name: c\n    from: x:1\n"),
		"smoke/.hidden.yaml":  file("nonsense"),
		"smoke/README.md":     file("nonsense"),
		"smoke/deeper/c.yaml": file("nonsense"),
		"extra.yaml":          file("# only a comment\n"),
	}
	suites, err := Load(fsys, []string{"smoke", "extra.yaml", "smoke/b.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range suites {
		for _, c := range s.Checks {
			got = append(got, fmt.Sprintf("%s:%d %s %s %s", s.File, c.Line, s.Service, c.Name, c.From))
		}
	}
	want := "smoke/a.yml:3 first GET /a \nsmoke/a.yml:4 first c x:1\nsmoke/b.yaml:1  GET /b "
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}

func TestLoadTellsEveryMistakeAtOnce(t *testing.T) {
	fsys := fstest.MapFS{
		"s/a.yaml": {Data: []byte("servise: x\nchecks:\n  - GET /a -> 20\n  - {request: GET /, expect: {staus: 1}}\n")},
		"s/b.yaml": {Data: []byte("checks: [")},
		"s/c.yaml": {Data: []byte("checks: [GET /fine]")},
		"s/d.yaml": {Data: []byte(strings.Repeat("#", maxFile+1))},
		"s/e.yaml": {Mode: fs.ModeNamedPipe},
		"s/f.yaml": {Data: []byte("\x7fELF\x02\x01\x00\xff")},
	}
	_, err := Load(fsys, []string{"s"})
	if err == nil {
		t.Fatal("no error")
	}
	lines := strings.Split(err.Error(), "\n")
	want := []string{"s/a.yaml:1: ", "s/a.yaml:3: ", "s/a.yaml:4: ", "s/b.yaml: not YAML: line 1", "s/d.yaml: larger than 4 MiB", "s/e.yaml: not a regular file", "s/f.yaml: not YAML"}
	if len(lines) != len(want) {
		t.Fatalf("got %d lines, want %d:\n%v", len(lines), len(want), err)
	}
	for i := range want {
		if !strings.HasPrefix(lines[i], want[i]) {
			t.Errorf("line %d is %q, want %q...", i, lines[i], want[i])
		}
	}
	if _, err := Load(fsys, []string{"none"}); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("a path that does not exist gives %v", err)
	}
}

// A few lines of aliases can stand for more values than any memory holds.
func TestLoadStopsAtAliasesOfAliases(t *testing.T) {
	var b strings.Builder
	b.WriteString("checks:\n  - request: POST /\n    writes: true\n    body:\n      a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i <= 30; i++ {
		fmt.Fprintf(&b, "      a%d: &a%d [%s*a%d]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), i-1)
	}
	done := make(chan error, 1)
	go func() {
		_, err := parseFile(fixtures, "f.yaml", []byte(b.String()))
		done <- err
	}()
	select {
	case err := <-done:
		if err == nil || !strings.Contains(err.Error(), "aliases") {
			t.Errorf("got %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("still reading")
	}
}

func TestDidYouMean(t *testing.T) {
	known := []string{"expect", "request", "headers", "only"}
	for word, want := range map[string]string{"expects": "expect", "reqeust": "request", "Header": "headers", "olny": "only", "zzz": "", "": ""} {
		got := didYouMean(word, known)
		if want == "" && got != "" || want != "" && !strings.Contains(got, `"`+want+`"`) {
			t.Errorf("didYouMean(%q) = %q, want %q", word, got, want)
		}
	}
}

// Whatever the text, Load comes to an end, its errors name the file, and what it accepts the schema accepts.
func FuzzLoad(f *testing.F) {
	for _, text := range good {
		f.Add(text)
	}
	for _, file := range bad {
		f.Add(file[0])
	}
	var t0 testing.T
	schema := compileSchema(&t0)
	f.Fuzz(func(t *testing.T, text string) {
		_, err := parseFile(fixtures, "f.yaml", []byte(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f.yaml:") {
				t.Fatalf("the error does not name the file: %v", err)
			}
			return
		}
		var v any
		if yaml.Unmarshal([]byte(text), &v) != nil || v == nil {
			return
		}
		b, err := json.Marshal(v)
		if err != nil {
			return // keys that are no texts, which JSON hasn't got
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(b)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Fatalf("Load accepts what the schema refuses: %v\n%s", err, text)
		}
	})
}

// The examples of the page are files of checks: a block that begins with a check lacks only the line above it.
func TestExamplesOfThePage(t *testing.T) {
	page, err := os.ReadFile("../docs/smoke-tests.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(page), "```yaml\n")[1:]
	if len(blocks) < 3 {
		t.Fatalf("%d examples", len(blocks))
	}
	for _, b := range blocks {
		text, _, _ := strings.Cut(b, "```")
		if !strings.Contains(text, "checks:") {
			text = "checks:\n" + text
		}
		suite, err := parseFile(fixtures, "page.yaml", []byte(text))
		if err != nil || len(suite.Checks) < 2 {
			t.Errorf("%d checks, %v in\n%s", len(suite.Checks), err, text)
		}
	}
}
