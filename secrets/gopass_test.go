package secrets

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/secrets/storetest"
)

// canary is a value that must not turn up anywhere but in what Get returns.
const canary = "c4n4ry-Zx81-value"

// TestMain notices gopass's library running this program as its agent, which it does to every program that uses it where
// the user has the agent switched on.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == pluginName {
		playPlugin()
		os.Exit(0)
	}
	if len(os.Args) > 2 && os.Args[1] == "age" && os.Args[2] == "agent" {
		if marker := os.Getenv("SECRETS_TEST_MARKER"); marker != "" {
			_ = os.WriteFile(marker, nil, 0o600)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// ageStore makes a store and points this process at it.
func ageStore(t *testing.T, entries map[string]string) (home, root string) {
	t.Helper()
	home = t.TempDir()
	env, err := storetest.New(home, "open sesame", entries)
	if err != nil {
		t.Fatal(err)
	}
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		t.Setenv(name, value)
	}
	return home, os.Getenv("PASSWORD_STORE_DIR")
}

// emptyHome points this process at a home in which gopass has nothing.
func emptyHome(t testing.TB) string {
	t.Helper()
	home := t.TempDir()
	t.Setenv("GOPASS_HOMEDIR", home)
	t.Setenv("GOPASS_CONFIG_NOSYSTEM", "1")
	for _, name := range []string{"PASSWORD_STORE_DIR", "GOPASS_CONFIG", "GOPASS_CONFIG_COUNT", "GOPASS_AGE_PASSWORD", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "GOPASS_GPG_OPTS", "PASSWORD_STORE_GPG_OPTS"} {
		t.Setenv(name, "")
	}
	return home
}

func write(t testing.TB, content string, path ...string) {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// plainStore writes a store without encryption.
func plainStore(t *testing.T, dir string, names ...string) {
	t.Helper()
	write(t, "0xDEADBEEF\n", dir, ".plain-id")
	for _, name := range names {
		write(t, canary+" of "+name+"\nuser: u\n", dir, name+".txt")
	}
}

// snapshot is every file below dir with its content and time.
func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		text := ""
		if info.Mode().IsRegular() {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			text = string(b)
		}
		all[path] = fmt.Sprint(info.Mode(), info.ModTime().UnixNano(), text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func mustOpen(t *testing.T, o Options) *Gopass {
	t.Helper()
	g, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func mustList(t *testing.T, g *Gopass) []string {
	t.Helper()
	names, err := g.List(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestOpenFindsTheStore(t *testing.T) {
	tests := []struct {
		name string
		make func(t *testing.T, home string)
		want []string
	}{
		{"gopass's data directory", func(t *testing.T, home string) {
			plainStore(t, filepath.Join(home, ".local/share/gopass/stores/root"), "a")
		}, []string{"a"}},
		{"pass's old directory", func(t *testing.T, home string) {
			plainStore(t, filepath.Join(home, ".password-store"), "a/b")
		}, []string{"a/b"}},
		{"the configuration", func(t *testing.T, home string) {
			plainStore(t, filepath.Join(home, "elsewhere"), "c")
			write(t, "[mounts]\n\tpath = "+home+"/elsewhere\n", home, ".config/gopass/config")
		}, []string{"c"}},
		{"PASSWORD_STORE_DIR before the configuration", func(t *testing.T, home string) {
			plainStore(t, filepath.Join(home, "elsewhere"), "c")
			plainStore(t, filepath.Join(home, "here"), "d")
			write(t, "[mounts]\n\tpath = "+home+"/elsewhere\n", home, ".config/gopass/config")
			t.Setenv("PASSWORD_STORE_DIR", filepath.Join(home, "here"))
		}, []string{"d"}},
		{"mounts, which hide what the root has under their alias", func(t *testing.T, home string) {
			plainStore(t, filepath.Join(home, "root"), "a", "team/hidden", "teams/seen")
			plainStore(t, filepath.Join(home, "team"), "x/y")
			write(t, "[mounts]\n\tpath = "+home+"/root\n[mounts \"team\"]\n\tpath = "+home+"/team\n", home, ".config/gopass/config")
		}, []string{"a", "team/x/y", "teams/seen"}},
		{"a mount inside a mount", func(t *testing.T, home string) {
			plainStore(t, filepath.Join(home, "root"))
			plainStore(t, filepath.Join(home, "o"), "1", "i/hidden")
			plainStore(t, filepath.Join(home, "i"), "2")
			write(t, "[mounts]\n\tpath = "+home+"/root\n[mounts \"o\"]\n\tpath = "+home+"/o\n[mounts \"o/i\"]\n\tpath = "+home+"/i\n", home, ".config/gopass/config")
		}, []string{"o/1", "o/i/2"}},
		{"a git store, odd names, links, a loop", func(t *testing.T, home string) {
			root := filepath.Join(home, ".password-store")
			plainStore(t, root, "a", "with space", ".git/objects/x", "d/e.age")
			write(t, "", root, "README.md")
			if err := errors.Join(os.Symlink(root, filepath.Join(root, "d", "loop")), os.Symlink("nowhere", filepath.Join(root, "gone.txt")),
				os.Symlink(filepath.Join(root, "d"), filepath.Join(root, "link"))); err != nil {
				t.Fatal(err)
			}
		}, []string{"a", "d/e.age", "link/e.age", "with space"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			home := emptyHome(t)
			tt.make(t, home)
			before := snapshot(t, home)
			if got := mustList(t, mustOpen(t, Options{})); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if after := snapshot(t, home); !reflect.DeepEqual(before, after) {
				t.Error("listing changed something in the home")
			}
		})
	}
}

func TestOpenWithoutAStore(t *testing.T) {
	home := emptyHome(t)
	_, err := Open(Options{})
	if !errors.Is(err, ErrNoStore) || !strings.Contains(err.Error(), "gopass setup") {
		t.Errorf("no store: %v", err)
	}
	if got := snapshot(t, home); len(got) != 1 {
		t.Errorf("a look for a store left %v", got)
	}

	write(t, "", home, ".password-store", ".gopass-mapping")
	if _, err := Open(Options{}); err == nil || !strings.Contains(err.Error(), "cryptfs") {
		t.Errorf("a store with hidden names: %v", err)
	}
}

func TestOpenIgnoresAMountThatIsNotThere(t *testing.T) {
	home := emptyHome(t)
	plainStore(t, filepath.Join(home, ".password-store"), "a")
	write(t, "[mounts \"team\"]\n\tpath = "+home+"/gone\n", home, ".config/gopass/config")
	g := mustOpen(t, Options{})
	if len(g.Ignored) != 1 || !strings.Contains(g.Ignored[0], "team") || !reflect.DeepEqual(mustList(t, g), []string{"a"}) {
		t.Errorf("ignored %v", g.Ignored)
	}
}

// TestListNeedsNoKey also proves that nothing asks for a passphrase and that an agent isn't started.
func TestListNeedsNoKey(t *testing.T) {
	home, _ := ageStore(t, map[string]string{"shop/staging/web/KEY": canary + "\n"})
	marker := filepath.Join(t.TempDir(), "ran")
	t.Setenv("SECRETS_TEST_MARKER", marker)
	t.Setenv("GOPASS_AGE_PASSWORD", "wrong")
	t.Setenv("GOPASS_CONFIG_COUNT", "")
	write(t, "[age]\n\tagent-enabled = true\n", home, ".config/gopass/config")
	if err := os.Remove(filepath.Join(home, ".config/gopass/age/identities")); err != nil {
		t.Fatal(err)
	}
	g := mustOpen(t, Options{Passphrase: func(context.Context, string) ([]byte, error) {
		t.Error("asked for a passphrase")
		return nil, errors.New("no")
	}})
	if got := mustList(t, g); !reflect.DeepEqual(got, []string{"shop/staging/web/KEY"}) {
		t.Errorf("got %v", got)
	}
	if _, err := os.Stat(marker); err == nil {
		t.Error("listing started an agent")
	}
}

func TestAgeUnlocksOnce(t *testing.T) {
	entries, found := map[string]string{}, map[Key][]Winner{}
	for i := range 50 {
		name := fmt.Sprintf("shop/common/K%02d", i)
		entries[name] = fmt.Sprintf("%s-%d\n", canary, i)
		key := fmt.Sprintf("K%02d", i)
		found[keyOf("shop", "staging", "web", key)] = []Winner{{key, name, nil}}
	}
	home, _ := ageStore(t, entries)
	t.Setenv("GOPASS_AGE_PASSWORD", "")
	before := snapshot(t, home)
	asked := 0
	g := mustOpen(t, Options{Passphrase: func(_ context.Context, file string) ([]byte, error) {
		asked++
		return []byte("open sesame"), nil
	}})
	values, err := Fetch(context.Background(), g, found, nil)
	if err != nil || len(values) != 50 || asked != 1 {
		t.Fatalf("%d values, asked %d times, %v", len(values), asked, err)
	}
	if got := string(values[keyOf("shop", "staging", "web", "K07")]); got != canary+"-7" {
		t.Errorf("got %q", got)
	}
	if after := snapshot(t, home); !reflect.DeepEqual(before, after) {
		t.Error("decrypting changed something in the home")
	}
}

func TestAgeErrorsHoldNoValue(t *testing.T) {
	const name = "shop/staging/web/KEY"
	_, root := ageStore(t, map[string]string{name: canary + "\nmore: " + canary + "\n"})
	ctx := context.Background()
	get := func(wantLocked bool, what string) {
		t.Helper()
		value, err := mustOpen(t, Options{}).Get(ctx, name)
		if err == nil || len(value) > 0 || strings.Contains(err.Error(), canary) || strings.Contains(err.Error(), "open sesame") {
			t.Errorf("%s: %q, %v", what, value, err)
		} else if errors.Is(err, ErrLocked) != wantLocked || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", what, err)
		}
	}
	t.Setenv("GOPASS_AGE_PASSWORD", "wrong")
	get(true, "wrong passphrase")
	t.Setenv("GOPASS_AGE_PASSWORD", "")
	get(true, "nobody to ask")

	t.Setenv("GOPASS_AGE_PASSWORD", "open sesame")
	file := filepath.Join(root, name+".age")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for cut := 0; cut < len(whole); cut += 7 {
		write(t, string(whole[:cut]), file)
		get(false, fmt.Sprintf("cut after %d of %d bytes", cut, len(whole)))
	}
	flipped := append([]byte{}, whole...)
	flipped[len(flipped)-3] ^= 1
	write(t, string(flipped), file)
	get(false, "one bit flipped")
}

func TestGetRefusesNames(t *testing.T) {
	_, root := ageStore(t, map[string]string{"a": "1\n"})
	write(t, "x", filepath.Dir(root), "out.age")
	g := mustOpen(t, Options{})
	for _, name := range []string{"../out", "a/../../out", "/a", "", "a\x00"} {
		if _, err := g.Get(context.Background(), name); err == nil || !strings.Contains(err.Error(), "the name") {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := g.Get(context.Background(), "b"); err == nil || !strings.Contains(err.Error(), "gopass insert b") {
		t.Errorf("an entry that isn't there: %v", err)
	}
}

func TestReferencesThatGoRound(t *testing.T) {
	root := filepath.Join(emptyHome(t), ".password-store")
	for name, content := range map[string]string{"a": "gopass://b", "b": "gopass://c", "c": "gopass://a", "out": "gopass://../../etc", "lost": "gopass://nothing", "far": "gopass://near", "near": "gopass://end", "end": canary} {
		write(t, content+"\n", root, name+".txt")
	}
	write(t, "0xDEADBEEF\n", root, ".plain-id")
	t.Setenv("GOPASS_CONFIG_COUNT", "1")
	t.Setenv("GOPASS_CONFIG_KEY_0", "core.follow-references")
	t.Setenv("GOPASS_CONFIG_VALUE_0", "true")
	g := mustOpen(t, Options{})
	for name, want := range map[string]string{"a": "a: the references go round (a -> b -> c -> a); mend it: gopass edit a", "out": "the name", "lost": "gopass insert nothing"} {
		if got, err := g.Get(t.Context(), name); err == nil || len(got) > 0 || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if got, err := g.Get(t.Context(), "far"); err != nil || string(got) != canary+"\n" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAgeFallsBackToGopassForSSHKeys(t *testing.T) {
	keygen, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Skip("ssh-keygen is not installed")
	}
	home, root := ageStore(t, map[string]string{"a": "1\n"})
	key := filepath.Join(home, ".ssh", "id_ed25519")
	if err := os.MkdirAll(filepath.Dir(key), 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(keygen, "-q", "-t", "ed25519", "-N", "", "-f", key).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	marker := filepath.Join(t.TempDir(), "ran")
	t.Setenv("SECRETS_TEST_MARKER", marker)
	t.Setenv("GOPASS_CONFIG_COUNT", "")
	write(t, "[age]\n\tagent-enabled = true\n", home, ".config/gopass/config")
	sealForSSH(t, key+".pub", filepath.Join(root, "b.age"), canary+"\n")
	config := filepath.Join(home, ".config/gopass/config")
	before, _ := os.ReadFile(config)

	got, err := mustOpen(t, Options{}).Get(context.Background(), "b")
	if err != nil || string(got) != canary+"\n" {
		t.Errorf("got %q, %v", got, err)
	}
	if after, _ := os.ReadFile(config); string(after) != string(before) {
		t.Errorf("gopass's configuration was rewritten:\n%s", after)
	}
	if _, err := os.Stat(marker); err == nil {
		t.Error("gopass's library started this program as its agent")
	}
	if os.Getenv("GOPASS_CONFIG_COUNT") != "" || os.Getenv("GOPASS_CONFIG_KEY_0") == "mounts.path" {
		t.Error("the environment wasn't put back")
	}
}
