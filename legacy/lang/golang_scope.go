package lang

import (
	"go/ast"
	gotoken "go/token"
	"path"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// blockEnd is where the innermost block around a node ends, 0 outside of functions.
func blockEnd(around []ast.Node) gotoken.Pos {
	for i := len(around) - 1; i >= 0; i-- {
		switch around[i].(type) {
		case *ast.BlockStmt, *ast.IfStmt, *ast.ForStmt, *ast.SwitchStmt, *ast.CaseClause, *ast.CommClause:
			return around[i].End()
		}
	}
	return 0
}

// assign notes a := b for the block that ends at end, and a = b for all that know a.
func (s *goScope) assign(f *goFile, set *ast.AssignStmt, end gotoken.Pos) {
	if set.Tok != gotoken.DEFINE {
		end = 0
	}
	for i, left := range set.Lhs {
		if len(set.Rhs) == len(set.Lhs) {
			s.define(f, left, set.Rhs[i], end)
		} else if i == 0 && len(set.Rhs) == 1 {
			s.define(f, left, set.Rhs[0], end)
		}
	}
}

func (s *goScope) define(f *goFile, name, value ast.Expr, end gotoken.Pos) {
	if bare := bareName(name); bare != "" && bare != "_" {
		for _, key := range []string{f.path + "\x00" + bare, path.Dir(f.path) + "\x00" + bare} {
			if len(s.near[key]) < maxNear {
				s.near[key] = append(s.near[key], goExpr{f, value, end})
			}
		}
		if len(s.values[bare]) < maxCandidates {
			s.values[bare] = append(s.values[bare], goExpr{f, value, end})
		}
	}
}

const (
	maxCandidates = 8   // values of one name that are evaluated: above it the name is one like err or i
	maxNear       = 400 // values of one name that a file or a package keeps, among which those of the block are looked for
)

// known leaves out of the values of a name those of other blocks of the file: another function's addr is another thing.
func known(values []goExpr, from *goFile, at gotoken.Pos) []goExpr {
	var in []goExpr
	for _, c := range values {
		if c.file != from || c.end == 0 || at >= c.expr.Pos() && at < c.end {
			if in = append(in, c); len(in) == maxCandidates {
				break
			}
		}
	}
	return in
}

// bindName is a field that says where a program listens.
var bindName = scan.MustCompile(`(?i)^(bind|listen|http|server)_?(addr|address|port)$`)

// filledIn is a field whose tag names a variable, with the default that the program makes the struct with:
// Config{BindAddr: ":8080"}.
func (s *goScope) filledIn(name string, tag goValue) goValue {
	for _, c := range s.values[name] {
		if got := s.eval(c.file, c.expr); got.known && goPort.MatchString(got.text) {
			tag.text, tag.known, tag.file, tag.line = got.text, true, got.file, got.line
			return tag
		}
	}
	return tag
}
