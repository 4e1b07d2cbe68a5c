// Package storetest makes throw-away gopass stores for tests and for the demonstration. It is no part of the migrate
// binary, and nothing real may be kept in what it makes: the identities are wrapped so lightly that they open at once.
package storetest

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"filippo.io/age"
)

// workFactor is scrypt's cost as a power of two. gopass takes 18, which is seconds for each unlock.
const workFactor = 4

// New is Locked with identities that open at once.
func New(dir, password string, entries map[string]string) (env []string, err error) {
	return Locked(dir, password, workFactor, entries)
}

// Locked makes a gopass home below dir, which may be there already but holds no store: an age identity wrapped with the
// password at that cost, gopass's configuration, and a root store with the entries (name to content) encrypted. It needs no gopass and
// no terminal. It returns the environment, as NAME=value, under which gopass and this toolkit see that store and no other.
func Locked(dir, password string, factor int, entries map[string]string) (env []string, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	home, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer home.Close()

	const identities, store = ".config/gopass/age/identities", ".local/share/gopass/stores/root"
	if _, err := home.Stat(identities); err == nil {
		return nil, fmt.Errorf("%s holds a store already; give another directory", dir)
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	lock, err := age.NewScryptRecipient(password)
	if err != nil {
		return nil, fmt.Errorf("the password of the throw-away store: %w", err)
	}
	lock.SetWorkFactor(factor)
	storeDir := filepath.Join(dir, filepath.FromSlash(store))
	w := writer{root: home}
	w.write(".config/gopass/config", []byte("[mounts]\n\tpath = "+storeDir+"\n[core]\n\tautosync = false\n\tautopush = false\n"))
	w.seal(identities, identity.String()+"\n", lock)
	w.write(path.Join(store, ".age-recipients"), []byte(identity.Recipient().String()+"\n"))
	for name, content := range entries {
		w.seal(path.Join(store, name+".age"), content, identity.Recipient())
	}
	if w.err != nil {
		return nil, fmt.Errorf("making a throw-away store in %s: %w", dir, w.err)
	}
	return environment(dir, storeDir, password), nil
}

// environment names everything by which gopass could come to another store, so that the caller's own stays out of reach.
func environment(home, store, password string) []string {
	return []string{
		"GOPASS_HOMEDIR=" + home,
		"PASSWORD_STORE_DIR=" + store,
		"GOPASS_AGE_PASSWORD=" + password,
		"GOPASS_CONFIG=",
		"GOPASS_CONFIG_NOSYSTEM=1",
		"GOPASS_CONFIG_NO_MIGRATE=1",
		"GOPASS_CONFIG_COUNT=1",
		"GOPASS_CONFIG_KEY_0=age.agent-enabled",
		"GOPASS_CONFIG_VALUE_0=false",
		"GOPASS_NO_NOTIFY=1",
		"CHECKPOINT_DISABLE=1",
	}
}

// writer writes below root until something fails. A name that leads out of root is such a failure.
type writer struct {
	root *os.Root
	err  error
}

func (w *writer) write(name string, content []byte) {
	if w.err == nil {
		w.err = w.root.MkdirAll(path.Dir(name), 0o700)
	}
	if w.err == nil {
		w.err = w.root.WriteFile(name, content, 0o600)
	}
}

func (w *writer) seal(name, content string, to age.Recipient) {
	if w.err != nil {
		return
	}
	var sealed bytes.Buffer
	out, err := age.Encrypt(&sealed, to)
	if err == nil {
		_, err = io.WriteString(out, content)
	}
	if err == nil {
		err = out.Close()
	}
	if w.err = err; err == nil {
		w.write(name, sealed.Bytes())
	}
}
