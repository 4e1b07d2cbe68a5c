package ops

import (
	"testing"
	"testing/fstest"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// What a build only runs, or gives a name to, it does not make.
func TestNativelyBuilt(t *testing.T) {
	for text, want := range map[string]bool{
		"shopd: main.o net.o\n\tcc -o shopd main.o\n": true, "shopd: \\\n  main.c\n": true, "shopd: $(OBJS)\n": true, "PROG = shopd\n": true, "BINARY := shopd\n": true, "bin_PROGRAMS = a shopd\n": true,
		"shopd:\n\tshopd agent -dev\n": false, "run:\n\tshopd\n": false, "SERVER = shopd\n": false, "shopd: build\n": false,
	} {
		tree, _, err := scan.Walk(t.Context(), fstest.MapFS{"Makefile": {Data: []byte(text)}}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := nativelyBuilt(tree, "shopd"); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}

// An option for the foreground is one of the program that the sources make, and not of another's.
func TestForegroundOfOwnSources(t *testing.T) {
	const script = "#!/bin/sh\n### BEGIN INIT INFO\n### END INIT INFO\nstart() {\n daemon /usr/bin/shopd -c x\n}\n"
	runCases(t, Initd(), []readerCase{
		{"vendored", files{"Makefile": "shopd: main.o\n", "main.c": "case 'F': nofork = 1; break;\n", "third_party/x/x.c": "case 'f': daemonize = 0; break;\n", "tests/a.c": "case 'z': daemonize = 0; break;\n", "a.init": script}, []string{".: command /usr/bin/shopd|-F|-c|x"}, nil},
		{"not made here", files{"Makefile": "SHOPD = shopd\n", "main.c": "case 'f': daemonize = 0; break;\n", "a.init": script}, []string{".: command /usr/bin/shopd|-c|x"}, nil},
	})
}
