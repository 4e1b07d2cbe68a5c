package secrets

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options say how a locked store may be unlocked.
type Options struct {
	// Passphrase asks a person for the passphrase of the named identity file. Where it is nil nobody is asked: the
	// passphrase of an age identity then comes from GOPASS_AGE_PASSWORD, and gpg must not need one.
	Passphrase func(ctx context.Context, file string) ([]byte, error)
	// Terminal lets gpg's agent ask for a passphrase on the terminal.
	Terminal bool
	// Waiting is told, in a line, what a decryption has been waiting for, for seconds or because a key's program says so: a
	// hardware key that wants a touch looks like a hang. It may be nil; it may be called by another goroutine.
	Waiting func(what string)
	// Timeout bounds each decryption, a person's answer included; a minute where it is zero.
	Timeout time.Duration

	silence time.Duration // after which Waiting is told
}

// Gopass is the user's gopass store with everything mounted into it, read where it lies. It is a Store, and safe for
// concurrent use.
type Gopass struct {
	// Ignored says which mounts could not be opened, and why.
	Ignored []string

	mounts     []mount
	references bool // an entry may stand for another: core.follow-references
	opts       Options

	mu  sync.Mutex // of age, and of what gopass's own library does
	age *ageKeys
}

// Workers says how many entries it is worth to decrypt at a time: gpg runs as a process for each and gains by a second,
// while its agent gives nothing for a third; an age entry takes less than a millisecond.
func (g *Gopass) Workers() int {
	for _, m := range g.mounts {
		if m.format.name == "gpg" {
			return 2
		}
	}
	return 1
}

// Open finds the store as gopass does. It unlocks nothing, writes nothing and runs nothing. Where there is no store the
// error wraps ErrNoStore and says what to do.
func Open(o Options) (*Gopass, error) {
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	o.silence = 3 * time.Second
	g, err := locate()
	if err != nil {
		return nil, err
	}
	g.opts = o
	return g, nil
}

func (o Options) wait(what string) {
	if o.Waiting != nil {
		o.Waiting(what)
	}
}

// patience says so after a silence, unless the function that it returns is called before.
func (g *Gopass) patience(name, who string) (answered func()) {
	timer := time.AfterFunc(g.opts.silence, func() {
		g.opts.wait(fmt.Sprintf("%s has given no answer for %s (%v so far): it may be waiting for a hardware key to be touched or plugged in, or for its PIN", who, name, g.opts.silence))
	})
	return func() { timer.Stop() }
}

// List gives the names of all entries; it reads directories only.
func (g *Gopass) List(ctx context.Context) ([]string, error) { return names(ctx, g.mounts) }

// Strays lists the files in the store that look like entries and are none, since they are encrypted otherwise, by the names
// that they would have.
func (g *Gopass) Strays(ctx context.Context) (map[string]string, error) { return strays(ctx, g.mounts) }

// Get decrypts one entry and gives the whole of it. Where gopass follows references (core.follow-references), the first line
// of one that says gopass://OTHER is that of the other, in the same store.
func (g *Gopass) Get(ctx context.Context, name string) ([]byte, error) {
	content, err := g.get(ctx, name)
	from := []string{name}
	for err == nil && g.references {
		m, _ := of(g.mounts, name)
		first, _, _ := bytes.Cut(content, []byte("\n"))
		other, refers := bytes.CutPrefix(first, []byte("gopass://"))
		if !refers {
			break
		}
		if err := CheckName(string(other)); err != nil {
			return nil, fmt.Errorf("%s refers to another entry: %w", name, err)
		}
		next := path.Join(m.alias, string(other))
		if slices.Contains(from, next) {
			return nil, fmt.Errorf("%s: the references go round (%s); mend it: gopass edit %s", name, strings.Join(append(from, next), " -> "), name)
		}
		var meant []byte
		if meant, err = g.get(ctx, next); err != nil {
			return nil, fmt.Errorf("%s refers to another entry: %w", name, err)
		}
		from = append(from, next)
		first, _, _ = bytes.Cut(meant, []byte("\n"))
		content = WithFirstLine(content, first)
	}
	return content, err
}

func (g *Gopass) get(ctx context.Context, name string) ([]byte, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, g.opts.Timeout)
	defer cancel()

	m, inner := of(g.mounts, name)
	sealed, err := os.ReadFile(m.file(inner))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no such entry in the gopass store %s; make it: gopass insert %s", name, m.dir, name)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var content []byte
	switch m.format.name {
	case "age":
		g.mu.Lock()
		content, err = g.openAge(ctx, name, sealed)
		g.mu.Unlock()
	case "gpg":
		content, err = g.openGPG(ctx, name, sealed)
	default:
		content = sealed
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return content, nil
}
