package secrets

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"filippo.io/age/plugin"
)

// pluginName is how this test program is called when it plays a hardware key's plugin: age-plugin-fake.
const pluginName = "age-plugin-fake"

// playPlugin answers as a plugin does that wants a PIN and then a touch: it gives the file key, which the fake recipient left
// in the open. SECRETS_TEST_SLOW makes it wait as long.
func playPlugin() {
	in := bufio.NewReader(os.Stdin)
	say := func(command, body string) {
		fmt.Printf("-> %s\n%s\n", command, base64.RawStdEncoding.EncodeToString([]byte(body)))
	}
	read := func() (command, body string) {
		line, err := in.ReadString('\n')
		if err != nil {
			os.Exit(1)
		}
		for {
			part, err := in.ReadString('\n')
			if err != nil {
				os.Exit(1)
			}
			body += strings.TrimSpace(part)
			if len(strings.TrimSpace(part)) < 64 {
				return strings.TrimSpace(line), body
			}
		}
	}
	key := ""
	for command := ""; command != "-> done"; {
		var body string
		if command, body = read(); strings.HasPrefix(command, "-> recipient-stanza 0 fake") {
			decoded, _ := base64.RawStdEncoding.DecodeString(body)
			key = string(decoded)
		}
	}
	if wait, err := time.ParseDuration(os.Getenv("SECRETS_TEST_SLOW")); err == nil {
		time.Sleep(wait)
	}
	say("msg", "touch it")
	read()
	if os.Getenv("SECRETS_TEST_PIN") != "" {
		say("request-secret", "PIN")
		if command, pin := read(); command != "-> ok" || pin != base64.RawStdEncoding.EncodeToString([]byte(os.Getenv("SECRETS_TEST_PIN"))) {
			say("error identity 0", "wrong PIN")
			read()
			key = ""
		}
	}
	if key != "" {
		say("file-key 0", key)
		read()
	}
	say("done", "")
}

// fakeRecipient is for the plugin to open.
type fakeRecipient struct{}

func (fakeRecipient) Wrap(key []byte) ([]*age.Stanza, error) {
	return []*age.Stanza{{Type: "fake", Body: key}}, nil
}

func seal(t *testing.T, content string, to age.Recipient) string {
	t.Helper()
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return sealed.String()
}

// pluginStore is a store for a plugin's key, which lies in the identities file beside nothing else.
func pluginStore(t *testing.T) {
	t.Helper()
	home, root := ageStore(t, map[string]string{"other": "1\n"})
	lock, err := age.NewScryptRecipient("open sesame")
	if err != nil {
		t.Fatal(err)
	}
	lock.SetWorkFactor(4)
	write(t, seal(t, plugin.EncodeIdentity("fake", []byte("x"))+"|age1fake1xxxx\n", lock), home, ".config/gopass/age/identities")
	for i := range 3 {
		write(t, seal(t, fmt.Sprintf("%s %d\n", canary, i), fakeRecipient{}), root, fmt.Sprintf("k%d.age", i))
	}
	bin := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, pluginName)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
}

// waits collects what Waiting is told.
type waits struct {
	mu   sync.Mutex
	text []string
}

func (w *waits) add(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = append(w.text, what)
}

func (w *waits) said() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.text, "\n")
}

func TestAgePlugin(t *testing.T) {
	pluginStore(t)
	var told waits
	g := mustOpen(t, Options{Waiting: told.add})
	for i := range 3 {
		name := fmt.Sprintf("k%d", i)
		got, err := g.Get(t.Context(), name)
		if want := fmt.Sprintf("%s %d\n", canary, i); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
		theirs, err := g.viaGopass(t.Context(), name)
		if err != nil || !bytes.Equal(got, theirs) {
			t.Errorf("%s: gopass's library gives %q, %v", name, theirs, err)
		}
	}
	if !strings.Contains(told.said(), pluginName+": touch it") {
		t.Errorf("told %q", told.said())
	}
}

func TestAgePluginWantsAPIN(t *testing.T) {
	pluginStore(t)
	t.Setenv("SECRETS_TEST_PIN", "1234")
	_, err := mustOpen(t, Options{}).Get(t.Context(), "k0") // nobody to ask
	if err == nil || strings.Contains(err.Error(), canary) {
		t.Errorf("without a terminal: %v", err)
	}
	g := mustOpen(t, Options{Passphrase: func(_ context.Context, what string) ([]byte, error) {
		if !strings.HasPrefix(what, pluginName+": ") {
			t.Errorf("asked for %q", what)
		}
		return []byte("1234"), nil
	}})
	if got, err := g.Get(t.Context(), "k0"); err != nil || string(got) != canary+" 0\n" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestAgePluginThatWaits(t *testing.T) {
	pluginStore(t)
	t.Setenv("SECRETS_TEST_SLOW", "1s")
	var told waits
	g := mustOpen(t, Options{Waiting: told.add, Timeout: 300 * time.Millisecond})
	g.opts.silence = 50 * time.Millisecond
	_, err := g.Get(t.Context(), "k0")
	if err == nil || !strings.Contains(err.Error(), "hardware key") {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(told.said(), "the age plugin has given no answer for k0") {
		t.Errorf("told %q", told.said())
	}
}

// TestGPGThatWaits plays a gpg whose card wants to be touched, and one whose agent asks for a PIN itself.
func TestGPGThatWaits(t *testing.T) {
	root := filepath.Join(emptyHome(t), ".password-store")
	write(t, "x\n", root, ".gpg-id")
	write(t, "sealed", root, "k.gpg")
	for status, want := range map[string]string{
		"GET_HIDDEN":            "gpg has given no answer for k",
		"PINENTRY_LAUNCHED 42 ": "",
	} {
		fake := filepath.Join(t.TempDir(), "gpg")
		write(t, "#!/bin/sh\ncat >/dev/null\necho '[GNUPG:] "+status+"' >&2\nsleep 0.4\necho '[GNUPG:] DECRYPTION_OKAY' >&2\necho value\n", fake)
		if err := os.Chmod(fake, 0o700); err != nil {
			t.Fatal(err)
		}
		t.Setenv("GOPASS_GPG_BINARY", fake)
		var told waits
		g := mustOpen(t, Options{Waiting: told.add})
		g.opts.silence = 200 * time.Millisecond
		got, err := g.Get(t.Context(), "k")
		if err != nil || string(got) != "value\n" || (want == "") != (told.said() == "") || !strings.HasPrefix(told.said(), want) {
			t.Errorf("%s: %q, %v, told %q", status, got, err, told.said())
		}
		g.opts.Timeout = 100 * time.Millisecond
		if _, err = g.Get(t.Context(), "k"); err == nil || !strings.Contains(err.Error(), "gave no answer in time") {
			t.Errorf("%s: %v", status, err)
		}
	}
}
