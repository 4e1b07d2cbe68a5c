package legacy

import "testing"

func TestEachReaderOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range readers() {
		if r.Name == "" || seen[r.Name] {
			t.Errorf("reader %q has no name, or is there twice", r.Name)
		}
		seen[r.Name] = true
	}
}
