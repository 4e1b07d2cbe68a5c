package lang

import (
	"go/ast"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// goAssets finds the files of the repository that a program reads while it runs: an image that holds nothing but the
// program has to hold them too.
type goAssets struct {
	tree    *scan.Tree
	module  *goModule
	program *goProgram
	seen    map[string]bool
}

// readsFile are calls that get the path of a file or directory, whatever package they belong to: the path has to exist.
var readsFile = scan.MustCompile(`^(Open|OpenFile|ReadFile|ReadDir|ReadFileInto|Dir|DirFS|FileServer|ServeFile|ParseGlob|ParseFiles|Glob|Walk|WalkDir|LoadHTMLGlob|LoadHTMLFiles|LoadX509KeyPair|` +
	`Static|StaticFS|StaticFile|File|Directory|DecodeFile|LoadFile|LoadConfig|Load|SetConfigFile|SetConfigName|AddConfigPath|SetStaticPath|SetViewsPath|HTML|NewFileSystem|MustLoad|ReadConfig)$`)

// assetFields are fields of options that hold such a path.
var assetFields = map[string]bool{"Directory": true, "TemplateDir": true, "TemplatesDir": true, "StaticDir": true, "Root": true}

// frameworkAssets are directories that a framework reads where it is told nothing.
var frameworkAssets = map[string][]string{"beego": {"conf", "views", "static"}, "martini": {"public", "templates"}, "revel": {"conf", "app/views", "public"}, "buffalo": {"templates", "public"}}

func (a *goAssets) report(r *scan.Report, dir string) {
	before := len(r.Findings)
	defer func() { dropNested(r, before) }()
	for _, f := range a.program.facts {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				pkg, name := f.imported(n.Fun)
				if tail := joinedTail(n.Args); pkg == "path/filepath" && name == "Join" && tail != "" {
					a.add(r, dir, tail, f.path, f.line(n))
				}
				if !readsFile.MatchString(name) {
					return true
				}
				for _, arg := range n.Args {
					a.argument(r, dir, f, arg)
				}
			case *ast.BasicLit:
				if text, ok := stringLit(n); ok && strings.HasPrefix(text, "file://") { // migrations
					a.add(r, dir, text, f.path, f.line(n))
				}
			case *ast.KeyValueExpr:
				if assetFields[bareName(n.Key)] {
					a.argument(r, dir, f, n.Value)
				}
			}
			return true
		})
	}
	if fw, file, line := a.program.framework(); fw.name != "" {
		for _, name := range frameworkAssets[fw.name] {
			a.add(r, dir, name, file, line)
		}
	}
}

// joinedTail is what a path of several parts ends in. One that begins with what is found out while the program runs begins
// with its own directory, or the one that it is started in, if the rest is there. It is "" where less is known.
func joinedTail(args []ast.Expr) string {
	var tail []string
	for i, arg := range args {
		text, ok := stringLit(arg)
		if !ok && i > 0 || ok && i == 0 && path.IsAbs(text) {
			return ""
		}
		tail = append(tail, text)
	}
	name := path.Join(tail...)
	if ofTheBuild[name] {
		return ""
	}
	return name
}

// ofTheBuild are files of Go's own, which tools look for in the code of others.
var ofTheBuild = map[string]bool{"go.mod": true, "go.sum": true, "go.work": true, "vendor": true, "vendor/modules.txt": true}

// dropNested leaves out what lies below a directory that is an asset itself.
func dropNested(r *scan.Report, from int) {
	found := r.Findings[from:]
	kept := r.Findings[:from]
	for _, f := range found {
		nested := false
		for _, other := range found {
			nested = nested || strings.HasPrefix(f.Service.Build.Assets[0], other.Service.Build.Assets[0]+"/")
		}
		if !nested {
			kept = append(kept, f)
		}
	}
	r.Findings = kept
}

func (a *goAssets) argument(r *scan.Report, dir string, f *goFile, arg ast.Expr) {
	if lit, ok := arg.(*ast.CompositeLit); ok {
		for _, el := range lit.Elts {
			a.argument(r, dir, f, el)
		}
		return
	}
	v := a.program.scope.eval(f, arg)
	if v.known && v.text != "" && len(v.text) < 200 {
		a.add(r, dir, v.text, f.path, f.line(arg))
	}
}

// add reports a path that exists in the repository: as the program sees it that is started in the module's directory. Of a
// pattern the directory counts. Go code is no asset.
func (a *goAssets) add(r *scan.Report, dir, name, file string, line int) {
	name = strings.TrimPrefix(name, "file://")
	if strings.ContainsAny(name, "\x00\n\\") || path.IsAbs(name) {
		return
	}
	name = path.Clean(name)
	for strings.ContainsAny(name, "*?[") {
		name = path.Dir(name)
	}
	if name == "." || name == ".." || strings.HasPrefix(name, "../") || strings.HasPrefix(path.Base(name), ".env") || a.seen[name] {
		return
	}
	at := path.Join(a.module.dir, name)
	if settingsText.MatchString(name) && !a.tree.Has(at) && leftOut(a.tree, a.module.dir, name) {
		a.seen[name] = true
		r.Note(file, line, "reads %s, which .gitignore keeps out of the repository: write what each environment has to files in migrate.yaml, or let the code take it from the environment", name)
		return
	}
	if !a.tree.Has(at) && !a.holdsFiles(at) || strings.HasSuffix(name, ".go") {
		return
	}
	a.seen[name] = true
	b := &service.Build{Assets: []string{name}}
	r.Find(scan.Finding{Dir: dir, Service: service.Service{Build: b}}, file, line, scan.Declared, "read while it runs")
}

// leftOut says whether .gitignore names a file of a directory.
func leftOut(t *scan.Tree, dir, name string) bool {
	data, _ := t.Read(path.Join(dir, ".gitignore"))
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimPrefix(strings.TrimSpace(line), "/"); line == name {
			return true
		}
	}
	return false
}

// holdsFiles says whether a directory holds something else than Go code.
func (a *goAssets) holdsFiles(dir string) bool {
	for _, p := range a.tree.Below(dir) {
		if !strings.HasSuffix(p, ".go") {
			return true
		}
	}
	return false
}

// opensData are calls by which a program opens a database in a file, with the index of the file's name.
var opensData = []struct {
	imported *scan.Pattern
	call     string
	at       int
	driver   string // what the argument before has to say
}{
	{scan.MustCompile(`^database/sql$|/sqlx$|/gorm$|/xorm$`), "Open", 1, "sqlite"},
	{scan.MustCompile(`/sqlx$`), "Connect", 1, "sqlite"},
	{scan.MustCompile(`/xorm$`), "NewEngine", 1, "sqlite"},
	{scan.MustCompile(`driver/sqlite$|boltdb/bolt$|bbolt$|/buntdb$`), "Open", 0, ""},
	{scan.MustCompile(`goleveldb/leveldb$`), "OpenFile", 0, ""},
}

// reportDataFiles reports the directories of databases that the program keeps in files. One in the working directory can't
// be written in an image that belongs to root.
func (p *goProgram) reportDataFiles(r *scan.Report, dir string) {
	for _, f := range p.facts {
		f.calls(func(c *ast.CallExpr) {
			pkg, name := f.imported(c.Fun)
			for _, o := range opensData {
				if name != o.call || !o.imported.MatchString(pkg) || len(c.Args) <= o.at {
					continue
				}
				if o.driver != "" && !strings.HasPrefix(p.scope.eval(f, c.Args[o.at-1]).text, o.driver) {
					continue
				}
				if v := p.scope.eval(f, c.Args[o.at]); v.known {
					reportDataFile(r, dir, v)
				}
			}
		})
	}
}

func reportDataFile(r *scan.Report, dir string, v goValue) {
	name, _, _ := strings.Cut(strings.TrimPrefix(v.text, "file:"), "?")
	if name == "" || strings.Contains(name, ":memory:") || strings.ContainsAny(name, "\n\x00") {
		return
	}
	at := path.Dir(path.Clean(name))
	if at == "." || at == "/" || strings.HasPrefix(at, "..") {
		r.Note(v.file, v.line, "the database %s lies in a directory that the service can't write in an image: give it one of its own (data/...) and add that under state", name)
		return
	}
	r.Find(scan.Finding{Dir: dir, Service: service.Service{State: []string{at}}}, v.file, v.line, scan.Declared, "a database in a file")
}
