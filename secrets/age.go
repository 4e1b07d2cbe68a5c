package secrets

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
	"github.com/gopasspw/gopass/pkg/appdir"
)

// passwordEnv holds the passphrase of the age identities where nobody can be asked. gopass's command line honours it,
// its library doesn't.
const passwordEnv = "GOPASS_AGE_PASSWORD"

// ageKeys are the unlocked identities of gopass's age backend. Unlocking is made slow on purpose (scrypt, seconds of
// work), and gopass's library does it again for every entry; here it is done once.
type ageKeys struct {
	native     []age.Identity
	passphrase []byte
	err        error // why they stay locked; asked once only
}

func identitiesFile() string { return filepath.Join(appdir.UserConfig(), "age", "identities") }

// openAge decrypts an entry with the native identities. What needs another kind (a plugin, an ssh key) is left to gopass.
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
	content, err := decrypt(sealed, g.age.native...)
	var noMatch *age.NoIdentityMatchError
	if errors.As(err, &noMatch) {
		return g.viaGopass(ctx, name)
	}
	if err != nil {
		return nil, fmt.Errorf("the age file can't be decrypted: %w", err)
	}
	return content, nil
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
	return &ageKeys{native: native, passphrase: passphrase}
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
// Keys of plugins are skipped. The text of a key never gets into an error.
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

func decrypt(sealed []byte, ids ...age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), ids...)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
