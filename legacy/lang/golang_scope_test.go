package lang

import (
	"go/ast"
	gotoken "go/token"
	"testing"
)

// Names such as err have as many values as a package has lines: a look-up must not go through all of them.
func TestValuesOfOneNameAreBounded(t *testing.T) {
	s := &goScope{values: map[string][]goExpr{}, near: map[string][]goExpr{}}
	f := &goFile{path: "shop/main.go"}
	for i := range 5 * maxNear {
		s.define(f, ast.NewIdent("err"), &ast.BasicLit{ValuePos: gotoken.Pos(i + 1)}, 0)
	}
	for _, key := range []string{"shop/main.go\x00err", "shop\x00err"} {
		if n := len(s.near[key]); n != maxNear {
			t.Errorf("%q keeps %d values, want %d", key, n, maxNear)
		}
	}
	if n := len(known(s.near["shop\x00err"], f, 1)); n != maxCandidates {
		t.Errorf("%d values are looked at, want %d", n, maxCandidates)
	}
}
