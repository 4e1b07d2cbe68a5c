// Command demostore makes a throw-away gopass store for the demonstration:
//
//	eval "$(go run ./cmd/internal/demostore DIR shop/staging/web/SECRET_KEY=demo ... | sed 's/^/export /')"
//
// It prints the environment under which migrate and gopass see that store and no other, one NAME=value to a line, quoted
// for the shell. Values on a command line can be seen by every user of the machine: give it nothing real.
package main

import (
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/secrets/storetest"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprintln(stderr, "usage: demostore DIR [NAME=VALUE ...]")
		return 2
	}
	entries := map[string]string{}
	for i, arg := range args[1:] {
		name, value, ok := strings.Cut(arg, "=")
		if !ok || name == "" {
			fmt.Fprintf(stderr, "demostore: argument %d is not NAME=VALUE\n", i+2)
			return 2
		}
		entries[name] = value + "\n"
	}
	env, err := storetest.New(args[0], rand.Text(), entries)
	if err != nil {
		fmt.Fprintf(stderr, "demostore: %v\n", err)
		return 1
	}
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		fmt.Fprintf(stdout, "%s=%s\n", name, quote(value))
	}
	return 0
}

var plain = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,-]*$`)

func quote(s string) string {
	if plain.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
