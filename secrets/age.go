package secrets

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
	"filippo.io/age/plugin"
	"github.com/gopasspw/gopass/pkg/appdir"
)

// passwordEnv holds the passphrase of the age identities where nobody can be asked. gopass's command line honours it,
// its library doesn't.
const passwordEnv = "GOPASS_AGE_PASSWORD"

// ageKeys are the unlocked identities of gopass's age backend. Unlocking is made slow on purpose (scrypt, seconds of
// work), and gopass's library does it again for every entry; here it is done once.
type ageKeys struct {
	native     []age.Identity // those of plugins last: each of them starts a program
	plugins    bool
	asking     context.Context // of the decryption under way; a plugin may ask for a PIN at each
	passphrase []byte
	err        error // why they stay locked; asked once only
}

func identitiesFile() string { return filepath.Join(appdir.UserConfig(), "age", "identities") }

// openAge decrypts an entry with the identities of gopass. What needs another kind (an ssh key) is left to gopass.
func (g *Gopass) openAge(ctx context.Context, name string, sealed []byte) ([]byte, error) {
	if g.age == nil {
		g.age = unlock(ctx, g.opts)
	}
	if g.age.err != nil {
		return nil, g.age.err
	}
	if len(g.age.native) == 0 {
		return g.viaGopass(ctx, name)
	}
	content, err := g.decryptAge(ctx, name, sealed)
	var noMatch *age.NoIdentityMatchError
	if errors.As(err, &noMatch) {
		return g.viaGopass(ctx, name)
	}
	if err != nil {
		return nil, fmt.Errorf("the age file can't be decrypted: %w", err)
	}
	return content, nil
}

// decryptAge ends with ctx also where a plugin gives no answer.
func (g *Gopass) decryptAge(ctx context.Context, name string, sealed []byte) ([]byte, error) {
	if !g.age.plugins {
		return decrypt(sealed, g.age.native...)
	}
	defer g.patience(name, "the age plugin")()
	g.age.asking = ctx
	type answer struct {
		content []byte
		err     error
	}
	ids, done := g.age.native, make(chan answer, 1)
	go func() {
		content, err := decrypt(sealed, ids...)
		done <- answer{content, err}
	}()
	select {
	case a := <-done:
		return a.content, a.err
	case <-ctx.Done():
		return nil, fmt.Errorf("the age plugin gave no answer in time; is it waiting for a hardware key? (%w)", ctx.Err())
	}
}

func unlock(ctx context.Context, o Options) *ageKeys {
	noCoreDumps()
	file := identitiesFile()
	sealed, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return &ageKeys{}
	}
	if err != nil {
		return locked(err)
	}
	passphrase, err := askPassphrase(ctx, o, file)
	if err != nil {
		return locked(err)
	}
	id, err := age.NewScryptIdentity(string(passphrase))
	if err != nil {
		return locked(fmt.Errorf("the passphrase for %s is empty", file))
	}
	plain, err := decrypt(sealed, id)
	if err != nil {
		return locked(fmt.Errorf("the age identities in %s don't open: wrong passphrase, or the file is damaged (%w)", file, err))
	}
	native, err := parseIdentities(string(plain))
	if err != nil {
		return locked(fmt.Errorf("%s: %w", file, err))
	}
	keys := &ageKeys{passphrase: passphrase}
	plugins, err := parsePlugins(string(plain), keys.pluginUI(o))
	if err != nil {
		return locked(fmt.Errorf("%s: %w", file, err))
	}
	clear(plain)
	keys.native, keys.plugins = append(native, plugins...), len(plugins) > 0
	return keys
}

func locked(err error) *ageKeys { return &ageKeys{err: fmt.Errorf("%w: %w", ErrLocked, err)} }

func askPassphrase(ctx context.Context, o Options, file string) ([]byte, error) {
	if p := os.Getenv(passwordEnv); p != "" {
		return []byte(p), nil
	}
	if o.Passphrase == nil {
		return nil, fmt.Errorf("the age identities in %s need a passphrase and there is no terminal to ask on; set %s", file, passwordEnv)
	}
	return o.Passphrase(ctx, file)
}

// parseIdentities reads gopass's form of an identities file: one key to a line, with its recipient after a bar or not.
// Keys of plugins are left to parsePlugins. The text of a key never gets into an error.
func parseIdentities(text string) ([]age.Identity, error) {
	var ids []age.Identity
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "AGE-SECRET-KEY-1") {
			continue
		}
		key, _, _ := strings.Cut(line, "|")
		id, err := age.ParseX25519Identity(key)
		if err != nil {
			return nil, fmt.Errorf("line %d of the decrypted identities is no age key", i+1)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// parsePlugins reads the keys of plugins out of an identities file.
func parsePlugins(text string, ui *plugin.ClientUI) ([]age.Identity, error) {
	var ids []age.Identity
	for i, line := range strings.Split(text, "\n") {
		key, _, _ := strings.Cut(strings.TrimSpace(line), "|")
		if !strings.HasPrefix(key, "AGE-PLUGIN-") {
			continue
		}
		id, err := plugin.NewIdentity(key, ui)
		if err != nil {
			return nil, fmt.Errorf("line %d of the decrypted identities is no key of an age plugin", i+1)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// pluginUI lets a plugin ask for a PIN where a person can be asked, and say what it waits for.
func (keys *ageKeys) pluginUI(o Options) *plugin.ClientUI {
	return &plugin.ClientUI{
		DisplayMessage: func(name, message string) error {
			o.wait(fmt.Sprintf("age-plugin-%s: %s", name, message))
			return nil
		},
		RequestValue: func(name, prompt string, _ bool) (string, error) {
			if o.Passphrase == nil {
				return "", errors.New("there is no terminal to ask on")
			}
			value, err := o.Passphrase(keys.asking, fmt.Sprintf("age-plugin-%s: %s", name, prompt))
			return string(value), err
		},
		Confirm: func(name, prompt, _, _ string) (bool, error) {
			return false, fmt.Errorf("age-plugin-%s asks %q, which can't be answered here", name, prompt)
		},
	}
}

func decrypt(sealed []byte, ids ...age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), ids...)
	if err != nil {
		return nil, err
	}
	content := bytes.NewBuffer(make([]byte, 0, len(sealed)+bytes.MinRead)) // never grows, which would leave copies in memory
	if _, err := content.ReadFrom(r); err != nil {
		clear(content.Bytes())
		return nil, err
	}
	return content.Bytes(), nil
}
