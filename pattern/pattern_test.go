package pattern

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestPatternIsLazy(t *testing.T) {
	p := MustCompile(`a(b+)`)
	if p.re != nil || !p.MatchString("xabb") || p.re == nil || p.String() != `a(b+)` {
		t.Errorf("%+v", p)
	}
}

func TestEndingsAreAskedFirst(t *testing.T) {
	p := MustCompile(`(?i)(^|/)a\.(cs|vb)$`)
	wants := p.Ending(".cs", ".vb")
	if wants("x/a.css") || wants("s") || p.re != nil {
		t.Error("the pattern was asked about another ending")
	}
	if !wants("x/A.CS") || !wants("a.vb") || wants("b.vb") {
		t.Error("the pattern decides")
	}
}

// Every pattern of the readers compiles, used by a test or not.
func TestPatternsCompile(t *testing.T) {
	var files []string
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(name, ".go") {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || name == filepath.Join("..", "legacy", "scan", "pattern.go") {
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		constants := map[string]ast.Expr{}
		ast.Inspect(file, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && len(v.Names) == len(v.Values) {
				for i := range v.Names {
					constants[v.Names[i].Name] = v.Values[i]
				}
			}
			return true
		})
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 || !compiles(call.Fun) {
				return true
			}
			text, ok := constantText(call.Args[0], constants)
			if !ok {
				t.Errorf("%s: not made of literals of its file: compile it with package regexp where it is used", fset.Position(call.Pos()))
			} else if _, err := regexp.Compile(text); err != nil {
				t.Errorf("%s: %v", fset.Position(call.Pos()), err)
			}
			seen++
			return true
		})
	}
	if seen < 1000 {
		t.Errorf("only %d patterns were found", seen)
	}
}

func compiles(fun ast.Expr) bool {
	switch f := fun.(type) {
	case *ast.Ident:
		return f.Name == "MustCompile"
	case *ast.SelectorExpr:
		pkg, ok := f.X.(*ast.Ident)
		return ok && (pkg.Name == "scan" || pkg.Name == "pattern") && f.Sel.Name == "MustCompile"
	}
	return false
}

func constantText(e ast.Expr, constants map[string]ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.Ident:
		value, ok := constants[e.Name]
		if !ok {
			return "", false
		}
		return constantText(value, constants)
	case *ast.BinaryExpr:
		left, ok := constantText(e.X, constants)
		right, also := constantText(e.Y, constants)
		return left + right, ok && also && e.Op == token.ADD
	}
	return "", false
}
