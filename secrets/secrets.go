// Package secrets finds the values of a service's secrets in gopass.
//
// It stands between the model, of which it knows nothing but the keys that it is given, and the cluster code, which needs
// the values for the moment of an apply. Which entry answers a key is decided on names alone (Resolve), so nothing is decrypted to tell what is
// missing; only the winners are decrypted, once each (Fetch). Values stay in memory: no function here prints one, writes
// one to a file, or puts one into an error. The package never writes to a store.
package secrets

import (
	"fmt"
	"regexp"
	"strings"
)

// common stands in the place of the service's name in the path of an entry that several services share.
const common = "common"

// Key is one variable of one service in one environment. Prefix may be empty and may have several parts.
type Key struct {
	Prefix  string
	Env     string
	Service string
	Name    string
}

// Paths lists the entries that may answer the key, the most specific first.
func (k Key) Paths() []string { return Paths(k.Prefix, k.Env, k.Service, k.Name) }

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
	all := []string{
		join(prefix, env, service, key),
		join(prefix, env, common, key),
		join(prefix, common, key),
		join(env, common, key),
	}
	var paths []string
	seen := map[string]bool{}
	for _, p := range all {
		if !seen[p] {
			seen[p] = true
			paths = append(paths, p)
		}
	}
	return paths
}

func join(parts ...string) string {
	if parts[0] == "" {
		parts = parts[1:]
	}
	return strings.Join(parts, "/")
}

var nameChars = regexp.MustCompile(`^[A-Za-z0-9_./-]+$`)

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

// Check says what is wrong with the key's parts: CheckName of its path, and a / in the name of the variable.
func (k Key) Check() error {
	if strings.Contains(k.Name, "/") {
		return fmt.Errorf("%q has a / in it; it is the name of a variable", k.Name)
	}
	return CheckName(k.Paths()[0])
}
