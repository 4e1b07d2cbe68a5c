package secrets

import (
	"path/filepath"
	"reflect"
	"testing"
)

func TestDuplicates(t *testing.T) {
	wanted := []Key{keyOf("shop", "staging", "web", "DB_PASS"), keyOf("shop", "staging", "web", "db_pass"), keyOf("shop", "staging", "web", "A_B")}
	names := []string{
		"shop/staging/web/DB_PASS", "shop/staging/web/db_pass", // both are keys
		"shop/staging/web/DB-PASS", "shop/common/a.b", "shop/common/A_B.txt", "shop/common/A_B",
		"staging/common/a b", "staging/common/AB", "shop/production/web/db.pass", // are no matter of these keys
		"staging/common/DB-PASS.GPG", "shop/staging/common/A-b",
	}
	strays := map[string]string{"shop/staging/web/A_B.age": "/store/shop/staging/web/A_B.age", "other/A_B.age": "/store/other/A_B.age"}
	var got []string
	for _, d := range Duplicates(names, strays, wanted) {
		got = append(got, d.Path+" for "+d.Of+": "+d.Fix())
	}
	want := []string{
		"shop/common/A_B.txt for shop/common/A_B: gopass rm shop/common/A_B.txt",
		"shop/common/a.b for shop/common/A_B: gopass rm shop/common/a.b",
		"shop/staging/common/A-b for shop/staging/common/A_B: gopass mv shop/staging/common/A-b shop/staging/common/A_B",
		"shop/staging/web/A_B.age for shop/staging/web/A_B: rm /store/shop/staging/web/A_B.age",
		"shop/staging/web/DB-PASS for shop/staging/web/DB_PASS: gopass rm shop/staging/web/DB-PASS",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	if got := Remove("it's a b"); got != `gopass rm 'it'\''s a b'` {
		t.Errorf("got %s", got)
	}
}

func TestStrays(t *testing.T) {
	home := emptyHome(t)
	root := filepath.Join(home, "root")
	plainStore(t, root, "a")
	plainStore(t, filepath.Join(home, "team"))
	write(t, "", root, "b.gpg")
	write(t, "", root, "README.md")
	write(t, "", home, "team", "c.age")
	write(t, "[mounts]\n\tpath = "+root+"\n[mounts \"team\"]\n\tpath = "+home+"/team\n", home, ".config/gopass/config")
	got, err := mustOpen(t, Options{}).Strays(t.Context())
	want := map[string]string{"b.gpg": filepath.Join(root, "b.gpg"), "team/c.age": filepath.Join(home, "team", "c.age")}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
}
