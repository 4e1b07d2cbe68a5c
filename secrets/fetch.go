package secrets

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
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

// Fetch decrypts the entries that Resolve found, each once, however many keys it answers, and makes the values of them.
// It returns all values or none; the error names every entry that failed. progress, which may be nil, is told how many of
// the entries are decrypted.
func Fetch(ctx context.Context, store Store, found map[Key][]Winner, progress func(done, all int)) (map[Key][]byte, error) {
	noCoreDumps()
	paths := map[string]bool{}
	keys := make([]Key, 0, len(found))
	for k, winners := range found {
		keys = append(keys, k)
		for _, w := range winners {
			paths[w.Path] = true
		}
	}
	contents, failed := decryptAll(ctx, store, slices.Sorted(maps.Keys(paths)), progress)
	defer func() {
		for _, content := range contents {
			clear(content) // the values are copies
		}
	}()
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("reading the secrets: %w", ctx.Err())
	case len(failed) > 0 && errors.Is(failed[0], ErrLocked):
		return nil, failed[0]
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
		for _, v := range values {
			clear(v)
		}
		return nil, errors.Join(failed...)
	}
	return values, nil
}

// decryption is the work of getting entries, which several workers share.
type decryption struct {
	store    Store
	paths    []string
	progress func(done, all int)

	mu       sync.Mutex
	done     int
	contents map[string][]byte
	errs     []error // by the index of the path
	locked   error
}

func (d *decryption) get(ctx context.Context, i int) {
	content, err := d.store.Get(ctx, d.paths[i])
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case errors.Is(err, ErrLocked):
		d.locked = err
	case err != nil:
		d.errs[i] = err
	default:
		d.contents[d.paths[i]] = content
	}
	if d.done++; d.progress != nil {
		d.progress(d.done, len(d.paths))
	}
}

// ended says that it makes no sense to go on: the store stays locked.
func (d *decryption) ended() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.locked != nil
}

// decryptAll gets the entries: the first alone, so that whoever has to unlock the store is asked once, and the others by
// as many workers as the store can have. It ends at a store that stays locked; that error is then the first.
func decryptAll(ctx context.Context, store Store, paths []string, progress func(done, all int)) (contents map[string][]byte, failed []error) {
	d := &decryption{store: store, paths: paths, progress: progress, contents: make(map[string][]byte, len(paths)), errs: make([]error, len(paths))}
	if len(paths) > 0 {
		d.get(ctx, 0)
	}
	workers := 1
	if s, ok := store.(interface{ Workers() int }); ok {
		workers = s.Workers()
	}
	next := make(chan int)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for i := range next {
				d.get(ctx, i)
			}
		})
	}
	for i := 1; i < len(paths) && !d.ended() && ctx.Err() == nil; i++ {
		next <- i
	}
	close(next)
	group.Wait()
	for _, err := range append([]error{d.locked}, d.errs...) {
		if err != nil {
			failed = append(failed, err)
		}
	}
	return d.contents, failed
}
