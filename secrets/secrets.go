// Package secrets finds the values of a service's secrets in gopass.
//
// It stands between the model, which names the keys and how their values are made, and the cluster code, which needs the
// values for the moment of an apply. Which entries answer a key is decided on names alone (Resolve), so nothing is
// decrypted to tell what is missing; only the winners are decrypted, once each (Fetch). Values stay in memory: no function
// here prints one, writes one to a file, or puts one into an error. Set alone writes to a store.
package secrets

import (
	"fmt"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// common stands in the place of the service's name in the path of an entry that several services share.
const common = "common"

// Key is one variable of one service in one environment. Prefix may be empty and may have several parts.
type Key struct {
	Prefix  string
	Env     string
	Service string
	Name    string
	Source  service.SecretValue // how its value is made; the zero value is the first line of the entry of its name
	// Optional says that the service starts without it.
	Optional bool
}

// Paths lists the entries that may answer for the named one, the most specific first. A name with a / in front is the
// whole path.
func (k Key) Paths(entry string) []string {
	if whole, ok := strings.CutPrefix(entry, "/"); ok {
		return []string{whole}
	}
	return Paths(k.Prefix, k.Env, k.Service, entry)
}

// Entries names the entries that the value is made of, each once, in the order in which they are first used.
func (k Key) Entries() []string {
	parts, err := k.Source.Parts(k.Name)
	if err != nil {
		return nil // Check tells
	}
	var names []string
	for _, p := range parts {
		if p.Entry != "" && !slices.Contains(names, p.Entry) {
			names = append(names, p.Entry)
		}
	}
	return names
}

// levels name the steps of the hierarchy, the most specific first.
var levels = []string{"service", "environment", "application", "organisation"}

// Levels lists the names of the levels at which an entry may stand, the most specific first.
func Levels() []string { return slices.Clone(levels) }

// At is the path of the entry at a level: service, environment, application or organisation.
func (k Key) At(level, entry string) (string, error) {
	i := slices.Index(levels, level)
	if i < 0 {
		return "", fmt.Errorf("there is no level %q; there are %s", level, strings.Join(levels, ", "))
	}
	if whole, ok := strings.CutPrefix(entry, "/"); ok {
		return whole, nil
	}
	return hierarchy(k.Prefix, k.Env, k.Service, entry)[i], nil
}

// Level names the step of the hierarchy on which the entry at path stands; "" where it stands outside.
func (k Key) Level(path string) string {
	for _, entry := range k.Entries() {
		if i := slices.Index(hierarchy(k.Prefix, k.Env, k.Service, entry), path); i >= 0 {
			return levels[i]
		}
	}
	return ""
}

func (k Key) String() string { return k.Env + " " + k.Service + " " + k.Name }

func (k Key) less(other Key) bool {
	if k.Env != other.Env {
		return k.Env < other.Env
	}
	if k.Service != other.Service {
		return k.Service < other.Service
	}
	return k.Name < other.Name
}

// Paths is the hierarchy of a key, the most specific entry first: prefix/env/service/key, prefix/env/common/key,
// prefix/common/key, and env/common/key for organisations whose applications share. With an empty prefix the first and
// the last forms meet; each path is listed once.
func Paths(prefix, env, service, key string) []string {
	var paths []string
	for _, p := range hierarchy(prefix, env, service, key) {
		if !slices.Contains(paths, p) {
			paths = append(paths, p)
		}
	}
	return paths
}

// hierarchy has a path for each of levels.
func hierarchy(prefix, env, service, key string) []string {
	return []string{
		join(prefix, env, service, key),
		join(prefix, env, common, key),
		join(prefix, common, key),
		join(env, common, key),
	}
}

func join(parts ...string) string {
	if parts[0] == "" {
		parts = parts[1:]
	}
	return strings.Join(parts, "/")
}

var nameChars = pattern.MustCompile(`^[A-Za-z0-9_./-]+$`)

// CheckName says what is wrong with the name of an entry. gopass itself accepts "../..", which leads out of the store,
// so names are held to letters, digits and _ . / - with no empty, "." or ".." part.
func CheckName(name string) error {
	if !nameChars.MatchString(name) {
		return fmt.Errorf("the name %q may only have letters, digits and _ . / -", name)
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." {
			return fmt.Errorf("the name %q has an empty, . or .. part", name)
		}
	}
	return nil
}

// Check says what is wrong with the key: with the names of its entries, how its value is made, or a / in its name.
func (k Key) Check() error {
	if strings.Contains(k.Name, "/") {
		return fmt.Errorf("%q has a / in it; it is the name of a variable", k.Name)
	}
	if _, err := k.Source.Parts(k.Name); err != nil {
		return fmt.Errorf("%s: %w", k.Name, err)
	}
	for _, entry := range append(k.Entries(), k.Name) {
		if err := CheckName(k.Paths(entry)[0]); err != nil {
			return err
		}
	}
	return nil
}
