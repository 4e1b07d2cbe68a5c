package export

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/smoke"
)

var update = flag.Bool("update", false, "write the golden files")

func loaded(t *testing.T, file string) []smoke.Suite {
	t.Helper()
	suites, err := smoke.Load(os.DirFS("testdata"), []string{file})
	if err != nil {
		t.Fatal(err)
	}
	return suites
}

// golden compares what was made with the files of testdata, and looks for secrets in it.
func golden(t *testing.T, files []File, left []Left, leftName string) {
	t.Helper()
	var b strings.Builder
	for _, l := range left {
		b.WriteString(l.String() + "\n")
	}
	for _, f := range append(files, File{leftName, []byte(b.String())}) {
		if bytes.Contains(f.Text, []byte("CANARY")) {
			t.Errorf("%s holds a secret:\n%s", f.Name, f.Text)
		}
		name := "testdata/" + f.Name
		if *update {
			if err := os.WriteFile(name, f.Text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if string(want) != string(f.Text) {
			t.Errorf("%s is not what it was; -update writes it:\n%s", name, f.Text)
		}
	}
}

func TestHurlFiles(t *testing.T) {
	for _, name := range []string{"shop", "unsayable"} {
		files, left := Hurl(loaded(t, name+".yaml"), "https://shop.example.com")
		golden(t, files, left, name+".hurl.left")
	}
}

func TestGossFiles(t *testing.T) {
	for _, name := range []string{"shop", "unsayable"} {
		target, err := smoke.ParseTarget("https://shop.example.com/base")
		if err != nil {
			t.Fatal(err)
		}
		files, left, err := Goss(loaded(t, name+".yaml"), target)
		if err != nil {
			t.Fatal(err)
		}
		files[0].Name = name + ".goss.yaml"
		golden(t, files, left, name+".goss.left")
	}
}

func TestMix(t *testing.T) {
	mix, left := Mix(loaded(t, "shop.yaml"))
	var b strings.Builder
	for _, r := range mix {
		fmt.Fprintln(&b, r.Path, r.Headers)
	}
	golden(t, []File{{"shop.mix", []byte(b.String())}}, left, "shop.mix.left")
}

func TestBlackboxFiles(t *testing.T) {
	for _, name := range []string{"shop", "unsayable"} {
		target, err := smoke.ParseTarget("https://shop.example.com/base")
		if err != nil {
			t.Fatal(err)
		}
		files, left, err := Blackbox(loaded(t, name+".yaml"), target)
		if err != nil {
			t.Fatal(err)
		}
		for i := range files {
			files[i].Name = name + "." + files[i].Name
		}
		golden(t, files, left, name+".blackbox.left")
	}
}
