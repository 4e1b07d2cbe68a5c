package ops

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Each directory is gone through once, however many words ask.
func TestScriptsByTheirNamesAlone(t *testing.T) {
	tree, _, err := scan.Walk(context.Background(), fstest.MapFS{"a/one.sh": {}, "a/two.sh": {}, "b/two.sh": {}, "b/c/own.sh": {}, "docs/one.sh": {}}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	names := &scriptNames{}
	for _, c := range []struct{ dir, name, want string }{
		{".", "one.sh", "a/one.sh"}, {".", "two.sh", ""}, {"a", "two.sh", "two.sh"}, {"a", "own.sh", ""}, {"b", "own.sh", "c/own.sh"}, {".", "none.sh", ""},
	} {
		if got := names.only(tree, c.dir, c.name); got != c.want {
			t.Errorf("%s in %s: %q, want %q", c.name, c.dir, got, c.want)
		}
	}
	if again := testing.AllocsPerRun(10, func() { names.only(tree, ".", "one.sh") }); again > 0 {
		t.Errorf("the files are gone through again: %v allocations", again)
	}
}
