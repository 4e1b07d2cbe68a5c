package secrets

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gopasspw/gopass/pkg/ctxutil"
	"github.com/gopasspw/gopass/pkg/gopass/api"

	"github.com/migrate-to-kubernetes/migrate/secrets/storetest"
)

// keys are so many of one service, each answered on another level of the hierarchy than the one before.
func keys(n int) (wanted []Key, entries map[string]string) {
	entries = map[string]string{}
	for i := range n {
		k := Key{Prefix: "shop", Env: "staging", Service: "web", Name: fmt.Sprintf("KEY_%d", i)}
		wanted = append(wanted, k)
		entries[k.Paths(k.Name)[i%4]] = "value\n"
	}
	return wanted, entries
}

// factor makes an unlock cost a sixteenth of what it costs gopass's users.
const factor = 14

func benchmarkStore(b *testing.B, entries map[string]string) {
	b.Helper()
	env, err := storetest.Locked(b.TempDir(), "password", factor, entries)
	if err != nil {
		b.Fatal(err)
	}
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		b.Setenv(name, value)
	}
}

func fetchAll(b *testing.B, wanted []Key) {
	b.Helper()
	g, err := Open(Options{})
	if err != nil {
		b.Fatal(err)
	}
	names, err := g.List(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	found, missing := Resolve(names, wanted)
	if values, err := Fetch(context.Background(), g, found, nil); err != nil || len(values) != len(wanted) {
		b.Fatal(len(values), missing, err)
	}
}

// BenchmarkAge opens an age store and decrypts its entries, as this package does, as gopass's own library does, and with
// gopass show for each, side by side; -short leaves the minutes out that the two take for 500. They unlock the identities for
// each entry, this package once, so the ratio is larger for a person's, which are locked sixteen times as well.
func BenchmarkAge(b *testing.B) {
	for _, n := range []int{50, 500} {
		wanted, entries := keys(n)
		b.Run(fmt.Sprintf("migrate/%d", n), func(b *testing.B) {
			benchmarkStore(b, entries)
			for b.Loop() {
				fetchAll(b, wanted)
			}
		})
		if n == 500 && testing.Short() {
			continue
		}
		b.Run(fmt.Sprintf("library/%d", n), func(b *testing.B) { benchmarkLibrary(b, entries) })
		b.Run(fmt.Sprintf("gopass show/%d", n), func(b *testing.B) { benchmarkProgram(b, entries) })
	}
}

func benchmarkLibrary(b *testing.B, entries map[string]string) {
	benchmarkStore(b, entries)
	ctx := ctxutil.WithPasswordCallback(context.Background(), func(string, bool) ([]byte, error) { return []byte("password"), nil })
	for b.Loop() {
		store, err := api.New(ctx)
		if err != nil {
			b.Fatal(err)
		}
		for name := range entries {
			if _, err := store.Get(ctx, name, "latest"); err != nil {
				b.Fatal(err)
			}
		}
		_ = store.Close(ctx)
	}
}

func benchmarkProgram(b *testing.B, entries map[string]string) {
	gopass, err := exec.LookPath("gopass")
	if err != nil {
		b.Skip("gopass is not on the PATH: nothing is compared with gopass show")
	}
	benchmarkStore(b, entries)
	for b.Loop() {
		for name, content := range entries {
			if out, err := exec.Command(gopass, "show", "--password", name).Output(); err != nil || string(out)+"\n" != content {
				b.Fatalf("%v: %q", err, out)
			}
		}
	}
}

// BenchmarkGPG decrypts 20 entries of a gpg store, beside gpg called for each of them in turn.
func BenchmarkGPG(b *testing.B) {
	wanted, entries := keys(20)
	root := gpgStore(b, "", entries)
	b.Run("migrate", func(b *testing.B) {
		for b.Loop() {
			fetchAll(b, wanted)
		}
	})
	b.Run("gpg", func(b *testing.B) {
		for b.Loop() {
			for name := range entries {
				if out, err := exec.Command("gpg", "--batch", "--quiet", "--decrypt", filepath.Join(root, name+".gpg")).CombinedOutput(); err != nil {
					b.Fatal(err, string(out))
				}
			}
		}
	})
}

// BenchmarkNames lists a store of 10,000 entries, resolves 50 keys and looks for duplicates: what secrets check does.
func BenchmarkNames(b *testing.B) {
	home := emptyHome(b)
	root := filepath.Join(home, ".password-store")
	for i := range 10_000 {
		dir := filepath.Join(root, fmt.Sprint("app", i%100), "staging", "web")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("KEY_%d.txt", i/100)), nil, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	write(b, "0xDEADBEEF\n", root, ".plain-id")
	wanted, _ := keys(50)
	for b.Loop() {
		g, err := Open(Options{})
		if err != nil {
			b.Fatal(err)
		}
		names, err := g.List(context.Background())
		if err != nil || len(names) != 10_000 {
			b.Fatal(len(names), err)
		}
		Resolve(names, wanted)
		strays, err := g.Strays(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		Duplicates(names, strays, wanted)
	}
}
