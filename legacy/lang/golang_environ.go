package lang

import (
	"go/ast"
	gotoken "go/token"
	"path"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// environSecrets reports the secrets of a program that goes through all of its variables, where a package compares their names
// with those of its options: the keys of a map, or the cases of a switch.
func (p *goProgram) environSecrets(report func(goValue)) {
	through := map[string]bool{}
	for _, f := range p.facts {
		if f.goesThroughEnviron() {
			through[path.Dir(f.path)] = true
		}
	}
	for _, f := range p.facts {
		if !through[path.Dir(f.path)] {
			continue
		}
		name := func(e ast.Expr) {
			if text, ok := stringLit(e); ok && environ.MatchString(text) && scan.SecretName(text) {
				report(goValue{env: text, file: f.path, line: f.line(e)})
			}
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				name(n.Key)
			case *ast.CaseClause:
				for _, e := range n.List {
					name(e)
				}
			case *ast.BinaryExpr:
				if n.Op == gotoken.EQL {
					name(n.Y)
				}
			}
			return true
		})
	}
}

// goesThroughEnviron says whether a file looks at each of its variables: what it hands to a program that it starts is not looked at.
func (f *goFile) goesThroughEnviron() (found bool) {
	all := func(e ast.Expr) bool {
		c, ok := e.(*ast.CallExpr)
		if !ok {
			return false
		}
		pkg, name := f.imported(c.Fun)
		return pkg == "os" && name == "Environ"
	}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.RangeStmt:
			found = found || all(n.X)
		case *ast.CallExpr:
			found = found || len(n.Args) == 1 && all(n.Args[0])
		}
		return !found
	})
	return found
}
