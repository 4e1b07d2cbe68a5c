package kube

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Cache keeps what kustomize made of an environment, which takes longer than all the rest of rendering. One entry for each
// environment is enough: an entry says of which files it was made. Several may use it at once. What is built without kustomize is faster than any cache.
type Cache interface {
	Get(environment string) []byte // nil where there is none
	Put(environment string, entry []byte)
}

// cacheFormat is raised when the same files give something else.
const cacheFormat = "1"

// entryJSON is an entry of the cache.
type entryJSON struct {
	Key     string     `json:"key"`
	Objects []madeJSON `json:"objects"`
}

// madeJSON is one object as kustomize made it, and the kind and name that it had in the files.
type madeJSON struct {
	Kind   string          `json:"kind"`
	Name   string          `json:"name"`
	Object json.RawMessage `json:"object"`
}

// key is a hash over all files that an overlay is made of, by name and content.
func (t *tree) key(dir string) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\x00%s\x00", cacheFormat, dir)
	for _, name := range sortedKeys(t.texts) {
		fmt.Fprintf(sum, "/%s\x00%d\x00%s", name, len(t.texts[name]), t.texts[name])
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// cached gives what was made of the same files before; nil where that is not known. An entry that can't be read is none.
func cached(c Cache, environment, key string) []madeJSON {
	if c == nil {
		return nil
	}
	var entry entryJSON
	if json.Unmarshal(c.Get(environment), &entry) != nil || entry.Key != key {
		return nil
	}
	return entry.Objects
}

func keep(c Cache, environment, key string, made []madeJSON) {
	if c == nil {
		return
	}
	if text, err := json.Marshal(entryJSON{key, made}); err == nil {
		c.Put(environment, text)
	}
}
