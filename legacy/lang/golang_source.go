package lang

import (
	"go/ast"
	"go/build/constraint"
	goparser "go/parser"
	gotoken "go/token"
	"path"
	"sort"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// goPackage is the Go code of one directory.
type goPackage struct {
	dir   string
	files []*goFile
	main  *goFile // the file with func main of a package main
}

// goFile is one file as the parser sees it.
type goFile struct {
	path      string
	ast       *ast.File
	fset      *gotoken.FileSet
	imports   map[string]string // by the name that the code uses
	paths     []goImport
	mainLine  int
	mentioned map[string][]string // see mentions
}

type goImport struct {
	path string
	line int
}

// maxGoFiles bounds the files that are parsed of one module; above it is a monorepo whose services are told by other files.
const maxGoFiles = 3000

// load parses the module's files.
func (m *goModule) load(t *scan.Tree, r *scan.Report) {
	if len(m.files) > maxGoFiles {
		r.Note(m.files[0], 0, "%d Go files in one module: the rest above %d is not looked at", len(m.files), maxGoFiles)
		m.files = m.files[:maxGoFiles]
	}
	for _, p := range m.files {
		text := t.Text(p, r)
		if text == "" || deep(text) || strings.HasPrefix(text, "// Code generated") {
			continue
		}
		fset := gotoken.NewFileSet()
		file, err := goparser.ParseFile(fset, p, text, goparser.SkipObjectResolution|goparser.ParseComments)
		if err != nil {
			r.Note(p, 0, "not understood as Go: %v", firstLine(err.Error()))
			continue
		}
		if ignored(file) {
			continue
		}
		m.add(&goFile{path: p, ast: file, fset: fset, imports: map[string]string{}})
	}
	if m.path == "" {
		m.path = m.guessPath()
	}
}

// guessPath finds the module's import path without go.mod: what stands before one of its own directories in an import.
func (m *goModule) guessPath() string {
	dirs := map[string]bool{}
	for dir := range m.packages {
		dirs[dir] = true
	}
	for _, dir := range sortedSet(dirs) {
		for _, f := range m.packages[dir].files {
			for _, imp := range f.paths {
				parts := strings.Split(imp.path, "/")
				for i := 3; i < len(parts) && strings.Contains(parts[0], "."); i++ {
					if m.packages[path.Join(m.dir, path.Join(parts[i:]...))] != nil {
						return path.Join(parts[:i]...)
					}
				}
			}
		}
	}
	return ""
}

// deep says whether a text nests so deeply that parsing it would be somebody's attack.
func deep(text string) bool {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '(', '[', '{':
			if depth++; depth > 500 {
				return true
			}
		case ')', ']', '}':
			depth--
		}
	}
	return false
}

// ignored says whether build constraints keep a file out of an ordinary build for Linux.
func ignored(file *ast.File) bool {
	for _, group := range file.Comments {
		if group.Pos() >= file.Package {
			break
		}
		for _, c := range group.List {
			expr, err := constraint.Parse(c.Text)
			if err != nil {
				continue
			}
			if !expr.Eval(func(tag string) bool {
				return tag == "linux" || tag == "amd64" || tag == "unix" || tag == "cgo" || strings.HasPrefix(tag, "go1.")
			}) {
				return true
			}
		}
	}
	return false
}

func (m *goModule) add(f *goFile) {
	dir := path.Dir(f.path)
	pkg := m.packages[dir]
	if pkg == nil {
		pkg = &goPackage{dir: dir}
		m.packages[dir] = pkg
	}
	for _, spec := range f.ast.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := path.Base(p)
		if majorVersion.MatchString(name) {
			name = path.Base(path.Dir(p))
		}
		name, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimSuffix(name, "-go"), "go-"), ".v")
		if spec.Name != nil {
			name = spec.Name.Name
		}
		f.imports[name] = p
		f.paths = append(f.paths, goImport{p, f.line(spec)})
	}
	pkg.files = append(pkg.files, f)
	if f.ast.Name.Name != "main" {
		return
	}
	for _, d := range f.ast.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "main" {
			f.mainLine = f.line(fn)
			pkg.main = f
		}
	}
}

func (f *goFile) line(n ast.Node) int { return f.fset.Position(n.Pos()).Line }

// reach lists the package and everything of the module that it imports, in a fixed order.
func (m *goModule) reach(pkg *goPackage) []*goPackage {
	seen := map[*goPackage]bool{pkg: true}
	queue := []*goPackage{pkg}
	for i := 0; i < len(queue); i++ {
		for _, f := range queue[i].files {
			for _, imp := range f.paths {
				if dep := m.own(imp.path); dep != nil && !seen[dep] {
					seen[dep] = true
					queue = append(queue, dep)
				}
			}
		}
	}
	rest := queue[1:]
	sort.Slice(rest, func(i, j int) bool { return rest[i].dir < rest[j].dir })
	return queue
}

// own is the module's package with this import path. Without a module path the end of the import path has to name it.
func (m *goModule) own(imp string) *goPackage {
	if pkg, known := m.imports[imp]; known {
		return pkg
	}
	var found *goPackage
	if m.path != "" {
		if imp == m.path {
			found = m.packages[m.dir]
		} else if rest, ok := strings.CutPrefix(imp, m.path+"/"); ok {
			found = m.packages[path.Join(m.dir, rest)]
		}
	} else if parts := strings.Split(imp, "/"); strings.Contains(parts[0], ".") || len(parts) > 1 {
		for i := 1; i < len(parts) && found == nil; i++ {
			found = m.packages[path.Join(m.dir, path.Join(parts[i:]...))]
		}
		if root := m.packages[m.dir]; found == nil && len(parts) == 3 && strings.Contains(parts[0], ".") && root != nil && root.main == nil {
			found = root // of host/owner/name, perhaps; nobody imports a program
		}
	}
	m.imports[imp] = found
	return found
}

// imported is the import path behind a call such as http.ListenAndServe, with the called name; "" for methods.
func (f *goFile) imported(fun ast.Expr) (pkg, name string) {
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	if x, ok := sel.X.(*ast.Ident); ok {
		return f.imports[x.Name], sel.Sel.Name
	}
	return "", sel.Sel.Name
}

// calls runs fn for every call in the file.
func (f *goFile) calls(fn func(*ast.CallExpr)) {
	ast.Inspect(f.ast, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			fn(c)
		}
		return true
	})
}

// callsIn runs fn for every call in the file, with the name of the function that it stands in.
func (f *goFile) callsIn(fn func(function string, c *ast.CallExpr)) {
	for _, d := range f.ast.Decls {
		name := ""
		if decl, ok := d.(*ast.FuncDecl); ok {
			name = decl.Name.Name
		}
		ast.Inspect(d, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok {
				fn(name, c)
			}
			return true
		})
	}
}
