package secrets

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"github.com/gopasspw/gopass/pkg/ctxutil"
	"github.com/gopasspw/gopass/pkg/gopass/api"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// contents are entries as people write them.
var contents = map[string]string{
	"a":                    canary + "\n",
	"shop/staging/web/KEY": canary + "\nuser: u\nurl: https://example.com\n",
	"yaml":                 canary + "\n---\nlogin: u\n",
	"pem":                  "-----BEGIN PRIVATE KEY-----\nComment: x\nabc\n-----END PRIVATE KEY-----\n",
	"spaces":               "  " + canary + "  \n",
	"utf8":                 "żółć " + canary + "\n",
	"colon":                "user: " + canary + "\n",
}

// TestSameAsGopass holds our own way of reading to gopass's library: the same names, the same bytes, the same first line.
func TestSameAsGopass(t *testing.T) {
	stores := map[string]func(t *testing.T){
		"age": func(t *testing.T) { ageStore(t, contents) },
		"plain": func(t *testing.T) {
			root := filepath.Join(emptyHome(t), ".local/share/gopass/stores/root")
			write(t, "0xDEADBEEF\n", root, ".plain-id")
			for name, content := range contents {
				write(t, content, root, name+".txt")
			}
		},
		"gpg": func(t *testing.T) { gpgStore(t, "", contents) },
	}
	for name, makeStore := range stores {
		t.Run(name, func(t *testing.T) {
			makeStore(t)
			ctx := ctxutil.WithPasswordCallback(context.Background(), func(string, bool) ([]byte, error) { return []byte("open sesame"), nil })
			theirs, err := api.New(ctx)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = theirs.Close(ctx) }()
			ours := mustOpen(t, Options{})
			want, err := theirs.List(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if got := mustList(t, ours); !reflect.DeepEqual(got, want) || len(got) != len(contents) {
				t.Errorf("names: got %v, want %v", got, want)
			}
			for _, name := range want {
				secret, err := theirs.Get(ctx, name, "latest")
				if err != nil {
					t.Fatal(err)
				}
				content, err := ours.Get(ctx, name)
				if err != nil || string(content) != string(secret.Bytes()) {
					t.Errorf("%s: got %q, %v, want %q", name, content, err, secret.Bytes())
				}
				got, err := pieceOf(content, service.SecretPart{})
				if want := secret.Password(); name != "pem" && (err != nil || string(got) != want) {
					t.Errorf("%s: got the value %q, %v, want %q", name, got, err, want)
				}
				for _, field := range secret.Keys() {
					want, _ := secret.Get(field)
					if got, err := pieceOf(content, service.SecretPart{Field: field}); name != "yaml" && (err != nil || string(got) != want) {
						t.Errorf("%s: got the line %s %q, %v, want %q", name, field, got, err, want)
					}
				}
			}
		})
	}
}

func TestGPGErrorsHoldNoValue(t *testing.T) {
	root := gpgStore(t, "", map[string]string{"a": canary + "\n" + strings.Repeat("filler\n", 1000)})
	g := mustOpen(t, Options{})
	file := filepath.Join(root, "a.gpg")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, cut := range []int{0, 10, len(whole) / 2, len(whole) - 1} {
		write(t, string(whole[:cut]), file)
		got, err := g.Get(context.Background(), "a")
		if err == nil || len(got) > 0 || strings.Contains(err.Error(), canary) {
			t.Errorf("cut after %d bytes: %q, %v", cut, got, err)
		}
	}
	t.Setenv("GOPASS_GPG_BINARY", filepath.Join(t.TempDir(), "no-gpg"))
	if _, err := g.Get(context.Background(), "a"); err == nil {
		t.Error("no gpg: no error")
	}
}

// TestGPGNeverWaitsForAPassphrase: gopass's library hangs here.
func TestGPGNeverWaitsForAPassphrase(t *testing.T) {
	gpgStore(t, "gpg passphrase", map[string]string{"a": canary + "\n"})
	g := mustOpen(t, Options{Timeout: 30 * time.Second})
	_, err := g.Get(context.Background(), "a")
	if !errors.Is(err, ErrLocked) || errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "GOPASS_GPG_OPTS") {
		t.Errorf("without the passphrase: %v", err)
	}
	file := filepath.Join(t.TempDir(), "p")
	write(t, "gpg passphrase\n", file)
	t.Setenv("GOPASS_GPG_OPTS", "--batch --pinentry-mode loopback --passphrase-file "+file)
	if got, err := g.Get(context.Background(), "a"); err != nil || string(got) != canary+"\n" {
		t.Errorf("with the passphrase: %q, %v", got, err)
	}
}

// TestGPGAsksAnAgentAgain: one that ends while it is started is asked again, and one that always ends is told.
func TestGPGAsksAnAgentAgain(t *testing.T) {
	gpgStore(t, "", map[string]string{"a": canary + "\n"})
	gpg, err := gpgBinary()
	if err != nil {
		t.Fatal(err)
	}
	for always, want := range map[string]string{"": canary + "\n", "x": ""} {
		dir := t.TempDir()
		fake := filepath.Join(dir, "gpg")
		write(t, "#!/bin/sh\nif [ -n \""+always+"\" ] || [ ! -e "+dir+"/asked ]; then\n  : > "+dir+"/asked\n  echo \"gpg: can't connect to the agent: End of file\" >&2\n  exit 2\nfi\nexec "+gpg+" \"$@\"\n", fake)
		if err := os.Chmod(fake, 0o700); err != nil {
			t.Fatal(err)
		}
		t.Setenv("GOPASS_GPG_BINARY", fake)
		got, err := mustOpen(t, Options{}).Get(t.Context(), "a")
		if string(got) != want || want == "" && !errors.Is(err, ErrLocked) {
			t.Errorf("it ends always %q: %q, %v", always, got, err)
		}
	}
}

// TestGPGWithoutAgent: no agent runs, and none can be started.
func TestGPGWithoutAgent(t *testing.T) {
	gpgStore(t, "", map[string]string{"a": canary + "\n", "b": canary + "\n"})
	t.Setenv("GOPASS_GPG_OPTS", "--no-autostart")
	g := mustOpen(t, Options{})
	start := time.Now()
	_, err := g.Get(t.Context(), "a")
	if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), "gpgconf --launch gpg-agent") || time.Since(start) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

// gpgStore makes a store with a key of its own in a keyring of its own.
func gpgStore(t testing.TB, passphrase string, entries map[string]string) (root string) {
	t.Helper()
	if _, err := exec.LookPath("gpg"); err != nil {
		t.Skip("gpg is not installed: gpg stores stay untested here (apt-get install gnupg)")
	}
	root = filepath.Join(emptyHome(t), ".password-store")
	ring, err := os.MkdirTemp("/tmp", "g") // short: the path of the agent's socket is limited
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GNUPGHOME", ring)
	t.Cleanup(func() {
		_ = exec.Command("gpgconf", "--homedir", ring, "--kill", "gpg-agent").Run()
		_ = os.RemoveAll(ring)
	})
	protection := "%no-protection"
	if passphrase != "" {
		protection = "Passphrase: " + passphrase
	}
	gpg(t, "Key-Type: eddsa\nKey-Curve: ed25519\nSubkey-Type: ecdh\nSubkey-Curve: cv25519\nName-Email: test@example.com\nExpire-Date: 0\n"+protection+"\n%commit\n",
		"--batch", "--gen-key")
	// The agent remembers the passphrase of a key that it has just made.
	_ = exec.Command("gpgconf", "--homedir", ring, "--kill", "gpg-agent").Run()
	write(t, "test@example.com\n", root, ".gpg-id")
	for name, content := range entries {
		file := filepath.Join(root, name+".gpg")
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		gpg(t, content, "--batch", "--quiet", "--trust-model", "always", "--recipient", "test@example.com", "--output", file, "--encrypt")
	}
	return root
}

func gpg(t testing.TB, in string, args ...string) {
	t.Helper()
	cmd := exec.Command("gpg", args...)
	cmd.Stdin = strings.NewReader(in)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("gpg %v: %v\n%s", args, err, out)
	}
}

func sealForSSH(t *testing.T, publicKey, file, content string) {
	t.Helper()
	text, err := os.ReadFile(publicKey)
	if err != nil {
		t.Fatal(err)
	}
	to, err := agessh.ParseRecipient(string(text))
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	w, err := age.Encrypt(out, to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Close(), out.Close()); err != nil {
		t.Fatal(err)
	}
}
