package pattern

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"iter"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestPatternIsLazy(t *testing.T) {
	p := MustCompile(`(?i)(^|/)a\.(cs|vb)$`)
	if p.MatchString("x/a.css") || p.MatchString("s") || p.FindStringSubmatch("y") != nil || p.ReplaceAllString("y", "z") != "y" || p.re != nil {
		t.Error("compiled for texts that it can't match")
	}
	if p.MatchString("b.vb") || !p.MatchString("x/A.CS") || p.FindString("a.vb") != "a.vb" || p.String() != `(?i)(^|/)a\.(cs|vb)$` {
		t.Error("the expression decides")
	}
}

// Every pattern of the readers compiles, used by a test or not.
func TestPatternsCompile(t *testing.T) {
	seen := 0
	for where, text := range patterns(t) {
		if _, err := regexp.Compile(text); err != nil {
			t.Errorf("%s: %v", where, err)
		}
		seen++
	}
	if seen < 1000 {
		t.Errorf("only %d patterns were found", seen)
	}
}

// patterns are the patterns in the sources of the house, by file:line.
func patterns(t *testing.T) iter.Seq2[string, string] {
	var files []string
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && name != filepath.Join("..", "legacy", "scan", "pattern.go") {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(string, string) bool) {
		for _, name := range files {
			if !patternsOf(t, name, yield) {
				return
			}
		}
	}
}

func patternsOf(t *testing.T, name string, yield func(string, string) bool) bool {
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
	more := true
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 || !compiles(call.Fun) {
			return more
		}
		where := fset.Position(call.Pos()).String()
		if text, ok := constantText(call.Args[0], constants); ok {
			more = more && yield(where, text)
		} else {
			t.Errorf("%s: not made of literals of its file: compile it with package regexp where it is used", where)
		}
		return more
	})
	return more
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
