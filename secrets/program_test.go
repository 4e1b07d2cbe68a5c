package secrets

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// TestSameAsTheProgram holds what finds a store to the gopass program: each of its environment variables and files leads us to
// the same names and the same values.
func TestSameAsTheProgram(t *testing.T) {
	gopass, err := exec.LookPath("gopass")
	if err != nil {
		t.Skip("gopass is not on the PATH: nothing is compared with the program")
	}
	tests := []struct {
		name string
		make func(t *testing.T, home string)
	}{
		{"GOPASS_HOMEDIR alone", func(t *testing.T, home string) { plainStore(t, home+"/.local/share/gopass/stores/root", "a", "b/c") }},
		{"the directory of pass", func(t *testing.T, home string) { plainStore(t, home+"/.password-store", "a/b") }},
		{"both", func(t *testing.T, home string) {
			plainStore(t, home+"/.local/share/gopass/stores/root", "a")
			plainStore(t, home+"/.password-store", "b")
		}},
		{"PASSWORD_STORE_DIR", func(t *testing.T, home string) {
			plainStore(t, home+"/.password-store", "b")
			plainStore(t, home+"/here", "d")
			t.Setenv("PASSWORD_STORE_DIR", home+"/here")
		}},
		{"the configuration, and a mount", func(t *testing.T, home string) {
			plainStore(t, home+"/one", "c")
			plainStore(t, home+"/two", "d/e")
			write(t, "[mounts]\n\tpath = "+home+"/one\n[mounts \"team/ops\"]\n\tpath = "+home+"/two\n", home, ".config/gopass/config")
		}},
		{"GOPASS_CONFIG_*", func(t *testing.T, home string) {
			plainStore(t, home+"/one", "c")
			plainStore(t, home+"/two", "d")
			plainStore(t, home+"/three", "e")
			write(t, "[mounts]\n\tpath = "+home+"/one\n", home, ".config/gopass/config")
			t.Setenv("GOPASS_CONFIG_COUNT", "2")
			t.Setenv("GOPASS_CONFIG_KEY_0", "mounts.path")
			t.Setenv("GOPASS_CONFIG_VALUE_0", home+"/two")
			t.Setenv("GOPASS_CONFIG_KEY_1", "mounts.team.path")
			t.Setenv("GOPASS_CONFIG_VALUE_1", home+"/three")
		}},
		{"GOPASS_CONFIG", func(t *testing.T, home string) {
			plainStore(t, home+"/one", "c")
			plainStore(t, home+"/two", "d")
			write(t, "[mounts]\n\tpath = "+home+"/one\n", home, ".config/gopass/config")
			write(t, "[mounts]\n\tpath = "+home+"/two\n", home, "other")
			t.Setenv("GOPASS_CONFIG", home+"/other")
		}},
		{"references", func(t *testing.T, home string) {
			write(t, "gopass://b\nuser: u\n", home, "one/a.txt")
			write(t, canary+"\n", home, "one/b.txt")
			write(t, "0xDEADBEEF\n", home, "one/.plain-id")
			write(t, "gopass://d\n", home, "two/c.txt")
			write(t, canary+"\n", home, "two/d.txt")
			write(t, "0xDEADBEEF\n", home, "two/.plain-id")
			write(t, "[core]\n\tfollow-references = true\n[mounts]\n\tpath = "+home+"/one\n[mounts \"team\"]\n\tpath = "+home+"/two\n", home, ".config/gopass/config")
		}},
		{"references that are not followed", func(t *testing.T, home string) {
			write(t, "0xDEADBEEF\n", home, ".password-store/.plain-id")
			write(t, "gopass://b\n", home, ".password-store/a.txt")
		}},
		{"age, GOPASS_AGE_PASSWORD", func(t *testing.T, _ string) {
			ageStore(t, map[string]string{"a": canary + " 1\nuser: u\n", "b/c": canary})
		}},
		{"gpg", func(t *testing.T, _ string) { gpgStore(t, "", map[string]string{"a": canary + " 1\n", "b/c": canary}) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.make(t, emptyHome(t))
			t.Setenv("GOPASS_CONFIG_NO_MIGRATE", "1")
			// An empty variable is none, for the program too.
			for _, name := range []string{"PASSWORD_STORE_DIR", "GOPASS_CONFIG", "GOPASS_CONFIG_COUNT"} {
				if os.Getenv(name) == "" {
					_ = os.Unsetenv(name)
				}
			}
			out, err := exec.Command(gopass, "list", "--flat").Output()
			if err != nil {
				t.Fatal(err, string(out))
			}
			want := strings.Fields(string(out))
			slices.Sort(want)
			if len(want) == 0 {
				t.Fatal("the program finds nothing")
			}
			g := mustOpen(t, Options{})
			if got := mustList(t, g); !reflect.DeepEqual(got, want) {
				t.Errorf("names: got %v, want %v", got, want)
			}
			for _, name := range want {
				content, err := g.Get(t.Context(), name)
				if err != nil {
					t.Fatal(err)
				}
				got, _ := pieceOf(content, service.SecretPart{})
				want, err := exec.Command(gopass, "show", "--password", name).Output()
				if err != nil || string(got) != strings.TrimSuffix(string(want), "\n") {
					t.Errorf("%s: got %q, want %q, %v", name, got, want, err)
				}
			}
		})
	}
}

// TestPass reads what pass itself has made, and is read by it.
func TestPass(t *testing.T) {
	pass, err := exec.LookPath("pass")
	if err != nil {
		t.Skip("pass is not installed (apt-get install pass)")
	}
	root := gpgStore(t, "", nil)
	t.Setenv("PASSWORD_STORE_DIR", root)
	run := func(in string, args ...string) string {
		t.Helper()
		cmd := exec.Command(pass, args...)
		cmd.Stdin = strings.NewReader(in)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("pass %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	run("", "init", "test@example.com")
	run(canary+"\nuser: u\n", "insert", "--multiline", "shop/staging/web/KEY")
	g := mustOpen(t, Options{})
	if got := mustList(t, g); !reflect.DeepEqual(got, []string{"shop/staging/web/KEY"}) {
		t.Errorf("got %v", got)
	}
	if got, err := g.Get(t.Context(), "shop/staging/web/KEY"); err != nil || string(got) != canary+"\nuser: u\n" {
		t.Errorf("got %q, %v", got, err)
	}
	if err := g.Set(t.Context(), "shop/common/NEW", []byte("made here\n")); err != nil {
		t.Fatal(err)
	}
	if got := run("", "show", "shop/common/NEW"); got != "made here\n" {
		t.Errorf("pass reads %q", got)
	}
	if _, err := os.Stat(filepath.Join(root, "shop/common/NEW.gpg")); errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
