package scan_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

func walk(t *testing.T, dir string) (*scan.Tree, []scan.Note) {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	tree, notes, err := scan.Walk(context.Background(), root.FS(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tree, notes
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	full := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestWalkStaysInside(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	write(t, outside, "secret", "outside")
	write(t, dir, "real/file name's \"odd\".txt", "inside")
	write(t, dir, "node_modules/x/package.json", "{}")
	write(t, dir, ".git/config", "")
	write(t, dir, "web/wwwroot/lib/jquery/_config.yml", "")
	for name, target := range map[string]string{
		"out": filepath.Join(outside, "secret"), "outdir": outside, "loop": "loop", "loopdir": ".", "dangling": "nowhere", "in": "real/file name's \"odd\".txt",
	} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	tree, notes := walk(t, dir)
	if want := []string{"in", "real/file name's \"odd\".txt"}; !reflect.DeepEqual(tree.Files(), want) {
		t.Errorf("files %q, want %q", tree.Files(), want)
	}
	var noted []string
	for _, n := range notes {
		noted = append(noted, n.File)
	}
	if want := []string{"dangling", "loop", "out", "outdir"}; !reflect.DeepEqual(noted, want) {
		t.Errorf("notes about %q, want %q", noted, want)
	}
	if _, err := tree.Read("out"); err == nil {
		t.Error("read a file outside the root")
	}
	if data, err := tree.Read("in"); err != nil || string(data) != "inside" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestOddNamesAndDepths(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "bad\xff/Procfile", "x")
	write(t, dir, "bad\xfe.py", "x")
	write(t, dir, "-x/a b", "x")
	write(t, dir, "new\nline", "x")
	for depth, name := 0, ""; depth < scan.MaxDepth+2; depth++ {
		name = filepath.Join(name, "d")
		write(t, dir, filepath.Join(name, "f"), "x")
	}
	tree, notes := walk(t, dir)
	if got := len(tree.Files()); got != scan.MaxDepth+2 || !tree.Has("-x/a b") || !tree.Has("new\nline") {
		t.Errorf("%d files: %q", got, tree.Files())
	}
	var text string
	for _, n := range notes {
		text += n.File + ": " + n.Text + "\n"
	}
	deep := strings.Repeat("d/", scan.MaxDepth) + "d: more than 100 directories deep: not looked at\n"
	if want := "bad\uFFFD.py: its name is not UTF-8, so it is not read: rename it\nbad\uFFFD: its name is not UTF-8, so it is not read: rename it\n" + deep; text != want {
		t.Errorf("got:\n%swant:\n%s", text, want)
	}
}

func TestNothingIsReadOnceTheContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	tree, _, err := scan.Walk(ctx, fstest.MapFS{"a": {Data: []byte("x")}, "b": {Data: []byte("x")}}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Read("a"); err != nil {
		t.Error(err)
	}
	cancel()
	if _, err := tree.Read("b"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestUnreadableFilesAreNotes(t *testing.T) {
	tree, notes, err := scan.Walk(context.Background(), denied{fstest.MapFS{"a": {Data: []byte("x")}, "shut/b": {}, "shut.txt": {}}}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(notes) != 1 || !notes[0].Same(scan.Note{File: "shut", Text: "can't be read: permission denied"}) {
		t.Errorf("%+v", notes)
	}
	report := &scan.Report{}
	if got := tree.Text("shut.txt", report) + tree.Text("", report) + tree.Text("a", report); got != "x" || len(report.Notes) != 1 || report.Notes[0].Text != "can't be read: permission denied" {
		t.Errorf("%q %+v", got, report.Notes)
	}
}

// denied is a tree in which this user may not open what begins with shut.
type denied struct{ fs.FS }

func (d denied) Open(name string) (fs.File, error) {
	if strings.HasPrefix(name, "shut") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return d.FS.Open(name)
}

func TestReadRefusesWhatIsNoText(t *testing.T) {
	tree, _, err := scan.Walk(context.Background(), fstest.MapFS{
		"huge":   {Data: []byte(strings.Repeat("x", scan.MaxFile+1))},
		"binary": {Data: []byte("a\x00b")},
		"latin1": {Data: []byte("caf\xe9\r\nline two\r\n")},
		"bom":    {Data: []byte("\xef\xbb\xbfname: x")},
	}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Read("huge"); !errors.Is(err, scan.ErrTooBig) {
		t.Errorf("huge: %v", err)
	}
	if _, err := tree.Read("binary"); !errors.Is(err, scan.ErrBinary) {
		t.Errorf("binary: %v", err)
	}
	for name, want := range map[string]string{"latin1": "caf\uFFFD\nline two\n", "bom": "name: x"} {
		if data, err := tree.Read(name); err != nil || string(data) != want {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
	if got := tree.Line("latin1", 2); got != "line two" {
		t.Errorf("line 2 is %q", got)
	}
	if got := tree.Line("latin1", 9); got != "" {
		t.Errorf("line 9 is %q", got)
	}
}

func TestWalkStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := scan.Walk(ctx, fstest.MapFS{"a": {}}, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestBelowAndAside(t *testing.T) {
	tree, _, err := scan.Walk(context.Background(), fstest.MapFS{"a/b": {}, "a/c/d": {}, "ab": {}, "a-b/x": {}, "src/tests/t.py": {}}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := tree.Below("a"); !reflect.DeepEqual(got, []string{"a/b", "a/c/d"}) {
		t.Errorf("below a: %v", got)
	}
	if !tree.Aside("src/tests/t.py") || tree.Aside("src/app.py") || tree.Aside("tests.py") {
		t.Error("aside is a matter of directories")
	}
	pages, _, err := scan.Walk(context.Background(), fstest.MapFS{"www/docs/index.php": {}, "docs/index.php": {}, "api/docs/index.php": {}, "web/docs/a.md": {}}, nil, nil)
	if err != nil || pages.Aside("www/docs/mp/index.php") || !pages.Aside("docs/index.php") || !pages.Aside("api/docs/index.php") || !pages.Aside("web/docs/a.md") {
		t.Error("www/docs is what a web server shows where it has a page, and a manual elsewhere")
	}
	if tree.Aside("src/main/java/com/example/Shop.java") || !tree.Aside("examples/src/main/java/Shop.java") || !tree.Aside("src/test/java/ShopTest.java") {
		t.Error("packages are no directories of examples")
	}
}

func TestFindGivesLines(t *testing.T) {
	got := scan.Find("a\nb=1\n\nb=2", regexp.MustCompile(`b=(\d)(x)?`))
	want := []scan.Match{{Line: 2, Groups: []string{"b=1", "1", ""}}, {Line: 4, Groups: []string{"b=2", "2", ""}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestAsideByName(t *testing.T) {
	for p, want := range map[string]bool{"shop-it/pom.xml": true, "it-selenium/pom.xml": true, "integration-tests/pom.xml": true, "a/IntegrationTest/Dockerfile": true, "audit/pom.xml": false, "it/pom.xml": false, "latest/x": false, "selenium.go": false, "playwright/Dockerfile": true} {
		if got := (&scan.Tree{}).Aside(p); got != want {
			t.Errorf("%s: %v, want %v", p, got, want)
		}
	}
}

func TestListsAreTheCallersOwn(t *testing.T) {
	tree, _, err := scan.Walk(context.Background(), fstest.MapFS{"config/app.php": {}, "database/x.php": {}}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = append(tree.Below("config"), "lost")
	if got := strings.Join(tree.Files(), " "); got != "config/app.php database/x.php" {
		t.Errorf("files %s", got)
	}
}

func TestHasDir(t *testing.T) {
	tree, _, err := scan.Walk(context.Background(), fstest.MapFS{"a/b.txt": {}, "vendor/x/y.go": {}}, nil, nil)
	if err != nil || !tree.HasDir("a") || !tree.HasDir("vendor") || tree.HasDir("b") || tree.HasDir("a/b.txt") {
		t.Errorf("%v: directories of the team's and of others are there, files are none", err)
	}
}

func TestMount(t *testing.T) {
	repo := fstest.MapFS{"app.py": {Data: []byte("repo")}, "@types/x.ts": {Data: []byte("types")}}
	tree, _, err := scan.Walk(context.Background(), repo, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		ops := fstest.MapFS{"site.pp": {Data: []byte("node\n")}, "vendor/x.pp": {Data: []byte("theirs")}}
		if _, err := tree.Mount(context.Background(), "puppet", ops); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := strings.Join(tree.Mounted(), " "), "@puppet-2/site.pp @puppet/site.pp"; got != want {
		t.Errorf("mounted: %s, want %s", got, want)
	}
	if got, want := strings.Join(tree.Below("."), " "), "@types/x.ts app.py"; got != want {
		t.Errorf("the repository holds %s, want %s", got, want)
	}
	if got := strings.Join(tree.Below("@puppet"), " "); got != "@puppet/site.pp" {
		t.Errorf("below the mount: %s", got)
	}
	if !tree.Has("@puppet/site.pp") || !tree.HasDir("@puppet/vendor") || tree.Line("@puppet/site.pp", 1) != "node" || tree.Line("@types/x.ts", 1) != "types" {
		t.Error("files of the mount and of the repository are both read")
	}
	if tree.MountOf("@types/x.ts") != "" || tree.MountOf("@puppet-2/site.pp") != "@puppet-2" {
		t.Error("a directory of the repository is no mount")
	}
}

// What was generated into a README is no evidence, and the lines behind it keep their numbers.
func TestGeneratedSectionIsNoEvidence(t *testing.T) {
	for text, want := range map[string]string{
		"a\n<!-- migrate:begin -->\n| nightly | `@daily` |\n<!-- migrate:end -->\nb\n": "a\n\n\n\nb\n",
		"a <!-- migrate:begin -->\nb": "a <!-- migrate:begin -->\nb", "a": "a",
	} {
		tree, _, err := scan.Walk(t.Context(), fstest.MapFS{"README.md": {Data: []byte(text)}}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := tree.Text("README.md", &scan.Report{}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
