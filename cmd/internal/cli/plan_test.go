package cli

import (
	"fmt"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// What is said of many places is printed once, what is said of a few for each.
func TestPrintNotes(t *testing.T) {
	var notes []scan.Note
	for i := range 5 {
		notes = append(notes, scan.Note{File: fmt.Sprintf("vault%d.yml", i), Line: 1, Text: "an encrypted file"})
	}
	notes = append(notes, scan.Note{File: "a", Line: 2, Text: "twice"}, scan.Note{File: "b", Line: 3, Text: "twice"}, scan.Note{File: "c", Line: 1, Text: "for the record", Aside: true}, scan.Note{File: "d", Line: 1, Text: "a and 9 more", Left: 9})
	var b strings.Builder
	printNotes(&b, notes)
	want := "\nNoticed:\n  vault0.yml:1 and 4 more places: an encrypted file\n  a:2: twice\n  b:3: twice\n  d:1: a and 9 more\n  what these notes only count, -o json names with its lines\n  and 1 note for the record, with nothing to do: -o json shows more\n"
	if b.String() != want {
		t.Errorf("got %s", b.String())
	}
}
