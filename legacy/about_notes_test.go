package legacy

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

func TestNoteOfManyThings(t *testing.T) {
	var notes []scan.Note
	for i := range 100 {
		notes = append(notes, scan.Note{File: "default.rb", Line: 10 + i, Text: "attributes", Item: fmt.Sprintf("setting%d", i)})
	}
	for i := range 5 {
		notes = append(notes, scan.Note{File: "default.rb", Line: 1, Text: "files", Item: strings.Repeat("x", 99) + fmt.Sprint(i)})
	}
	got := together(notes)
	if len(got) != 2 {
		t.Fatal(got)
	}
	if text := got[0].Text; !strings.HasSuffix(text, ", setting11 and 88 more, to line 109") || got[0].Line != 10 || got[0].Left != 88 {
		t.Errorf("%d: %s", got[0].Line, text)
	}
	if last := got[0].Items[99]; last.Line != 109 || last.Text != "setting99" {
		t.Errorf("the last of %d is %v", len(got[0].Items), last)
	}
	if text := got[1].Text; len(text) > 400 || !strings.HasSuffix(text, " and 3 more") {
		t.Errorf("%d bytes: %s", len(text), text)
	}
}

// What a repository of operations for one service alone says of no service is there for the record of that one.
func TestOperationsOfOneService(t *testing.T) {
	for mount, want := range map[string]int{"shop-ansible": 1, "puppet-shop": 1, "infra-shop-deploy": 1, "shop": 0, "ansible": 0, "workshop-ansible": 0} {
		fsys, ops := fstest.MapFS{"file": conf("x")}, fstest.MapFS{"shop.conf": conf("shop"), "mariadb.conf": conf("mariadb")}
		s, err := scanWith(context.Background(), fsys, ScanOptions{Ops: []Root{{mount, ops}}}, []scan.Reader{operate(), says("code", python("."))})
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		r := Resolve(s, ResolveOptions{Name: "shop"})
		for _, n := range r.Notes {
			if n.File == "@"+mount+"/mariadb.conf" && n.Aside {
				got++
			}
		}
		if got != want || len(r.App.Services) != 1 {
			t.Errorf("%s: %d notes, services %v", mount, got, r.App.ServiceNames())
		}
	}
}
