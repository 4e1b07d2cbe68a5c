package secrets

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Store is what this package needs of a store of secrets.
type Store interface {
	// List gives the names of all entries, sorted. It decrypts nothing, asks nothing and writes nothing.
	List(ctx context.Context) ([]string, error)
	// Get gives the content of one entry, all of it. No error that it returns holds any of it. An error that wraps ErrLocked means that
	// every further Get will fail for the same reason.
	Get(ctx context.Context, name string) ([]byte, error)
}

// ErrLocked is wrapped by a Get that failed because the store could not be unlocked.
var ErrLocked = errors.New("the store stays locked")

// Fetch decrypts the entries that Resolve found, each once, however many keys it answers, and one after the other
// because gpg breaks when it is run in parallel, and makes the values of them. It returns all values or none; the error
// names every entry that failed.
func Fetch(ctx context.Context, store Store, found map[Key][]Winner) (map[Key][]byte, error) {
	paths := map[string]bool{}
	keys := make([]Key, 0, len(found))
	for k, winners := range found {
		keys = append(keys, k)
		for _, w := range winners {
			paths[w.Path] = true
		}
	}
	contents := make(map[string][]byte, len(paths))
	var failed []error
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		content, err := store.Get(ctx, path)
		switch {
		case ctx.Err() != nil:
			return nil, fmt.Errorf("reading the secrets: %w", ctx.Err())
		case errors.Is(err, ErrLocked):
			return nil, err
		case err != nil:
			failed = append(failed, err)
			continue
		}
		contents[path] = content
	}
	Sort(keys)
	values := make(map[Key][]byte, len(keys))
	for _, k := range keys {
		if !slices.ContainsFunc(found[k], func(w Winner) bool { _, ok := contents[w.Path]; return !ok }) {
			v, err := value(k, found[k], contents)
			if err != nil && !slices.ContainsFunc(failed, func(f error) bool { return f.Error() == err.Error() }) {
				failed = append(failed, err)
			}
			values[k] = v
		}
	}
	if len(failed) > 0 {
		return nil, errors.Join(failed...)
	}
	return values, nil
}
