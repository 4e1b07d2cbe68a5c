package secrets

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/secrets/storetest"
)

// BenchmarkFetch50 opens an age store and decrypts 50 entries. Its identities are wrapped lightly: a person's take a
// second or two more, once.
func BenchmarkFetch50(b *testing.B) {
	entries, wanted := map[string]string{}, []Key{}
	for i := range 50 {
		k := keyOf("shop", "staging", "web", fmt.Sprintf("KEY_%d", i))
		wanted = append(wanted, k)
		entries[k.Paths(k.Name)[i%4]] = "value\n"
	}
	env, err := storetest.New(b.TempDir(), "password", entries)
	if err != nil {
		b.Fatal(err)
	}
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		b.Setenv(name, value)
	}
	for b.Loop() {
		g, err := Open(Options{})
		if err != nil {
			b.Fatal(err)
		}
		names, err := g.List(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		found, missing := Resolve(names, wanted)
		if values, err := Fetch(context.Background(), g, found); err != nil || len(values) != 50 || len(missing) > 0 {
			b.Fatal(len(values), missing, err)
		}
	}
}
