package secrets

import (
	"bytes"
	"context"
	"fmt"

	"github.com/gopasspw/gopass/pkg/ctxutil"
	"github.com/gopasspw/gopass/pkg/gopass/api"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// Set writes the content of an entry, all of it, through gopass's own library, which encrypts it for the store's
// recipients and commits it where the store is a git repository. It never pushes.
func (g *Gopass) Set(ctx context.Context, name string, content []byte) error {
	entry := raw(bytes.Clone(content)) // a call that takes too long goes on with it
	return g.change(ctx, name, func(ctx context.Context, store *api.Gopass) error { return store.Set(ctx, name, entry) })
}

// Remove takes an entry out of the store, as Set puts one in.
func (g *Gopass) Remove(ctx context.Context, name string) error {
	return g.change(ctx, name, func(ctx context.Context, store *api.Gopass) error { return store.Remove(ctx, name) })
}

func (g *Gopass) change(ctx context.Context, name string, do func(ctx context.Context, store *api.Gopass) error) error {
	noCoreDumps()
	if err := CheckName(name); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, g.opts.Timeout)
	defer cancel()
	if err := g.withGopass(ctxutil.WithHidden(ctx, true), do); err != nil {
		m, _ := of(g.mounts, name)
		return fmt.Errorf("%s: gopass can't write the entry: %w; may you write to %s, and is every recipient's key there? (gopass recipients)", name, err, m.dir)
	}
	return nil
}

// raw is an entry's content as it is.
type raw []byte

// Bytes is what gopass writes.
func (r raw) Bytes() []byte { return r }

// WithFirstLine is an entry's content with another first line; the lines below, which say whose it is, stay.
func WithFirstLine(content, value []byte) []byte {
	_, rest, _ := bytes.Cut(content, []byte("\n"))
	if bytes.HasPrefix(content, []byte("-----BEGIN ")) {
		rest = nil
	}
	return append(append(bytes.Clone(value), '\n'), rest...)
}

// WithField is an entry's content with the line "field: value" in place of the one of that name, or added.
func WithField(content []byte, field string, value []byte) []byte {
	line := append([]byte(field+": "), value...)
	lines := bytes.Split(bytes.TrimSuffix(content, []byte("\n")), []byte("\n"))
	for i := 1; i < len(lines); i++ {
		if name, _, ok := bytes.Cut(lines[i], []byte(":")); ok && bytes.EqualFold(bytes.TrimSpace(name), []byte(field)) {
			lines[i] = line
			return append(bytes.Join(lines, []byte("\n")), '\n')
		}
	}
	return append(bytes.Join(append(lines, line), []byte("\n")), '\n')
}

// HasField says whether an entry has the line "field: ...".
func HasField(content []byte, field string) bool {
	_, err := pieceOf(content, service.SecretPart{Field: field})
	return err == nil
}
