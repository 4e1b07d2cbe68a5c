package secrets

import (
	"context"
	"errors"
	"fmt"
	"sort"
)

// Store is what this package needs of a store of secrets.
type Store interface {
	// List gives the names of all entries, sorted. It decrypts nothing, asks nothing and writes nothing.
	List(ctx context.Context) ([]string, error)
	// Get gives the value of one entry. No error that it returns holds a value. An error that wraps ErrLocked means that
	// every further Get will fail for the same reason.
	Get(ctx context.Context, name string) ([]byte, error)
}

// ErrLocked is wrapped by a Get that failed because the store could not be unlocked.
var ErrLocked = errors.New("the store stays locked")

// Fetch decrypts the entries that Resolve found, each once, however many keys it answers, and one after the other
// because gpg breaks when it is run in parallel. It returns all values or none; the error names every entry that failed.
func Fetch(ctx context.Context, store Store, winners map[Key]string) (map[Key][]byte, error) {
	byPath := map[string][]Key{}
	for k, path := range winners {
		byPath[path] = append(byPath[path], k)
	}
	paths := make([]string, 0, len(byPath))
	for path := range byPath {
		paths = append(paths, path)
	}
	sort.Strings(paths)

	values := make(map[Key][]byte, len(winners))
	var failed []error
	for _, path := range paths {
		value, err := store.Get(ctx, path)
		switch {
		case ctx.Err() != nil:
			return nil, fmt.Errorf("reading the secrets: %w", ctx.Err())
		case errors.Is(err, ErrLocked):
			return nil, err
		case err != nil:
			failed = append(failed, err)
		case len(value) == 0:
			failed = append(failed, fmt.Errorf("%s: the entry's first line, which is the value, is empty; mend it: gopass edit %s", path, path))
		}
		for _, k := range byPath[path] {
			values[k] = value
		}
	}
	if len(failed) > 0 {
		return nil, errors.Join(failed...)
	}
	return values, nil
}
