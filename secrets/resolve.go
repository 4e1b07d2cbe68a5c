package secrets

import "sort"

// Winner is the entry that answers for a name that a key's value is made of.
type Winner struct {
	Entry    string   // as the key names it
	Path     string   // in the store
	Shadowed []string // entries that are there too and lose, the most specific first
}

// Missing is an entry that a key's value needs and that is not there, with the paths that were looked for, the most
// specific first.
type Missing struct {
	Key   Key
	Entry string
	Tried []string
}

// Fix is the command that makes the missing entry.
func (m Missing) Fix() string { return "gopass insert " + m.Tried[0] }

// Resolve picks the entries that answer each wanted key: for each that its value is made of, the first of its paths that
// is among names. It needs names only, and reports everything that is missing at once, sorted. Of a key
// that lacks an entry found has the others.
func Resolve(names []string, wanted []Key) (found map[Key][]Winner, missing []Missing) {
	has := make(map[string]bool, len(names))
	for _, name := range names {
		has[name] = true
	}
	found = map[Key][]Winner{}
	for _, k := range wanted {
		for _, entry := range k.Entries() {
			if there := present(k.Paths(entry), has); len(there) > 0 {
				found[k] = append(found[k], Winner{entry, there[0], there[1:]})
			} else {
				missing = append(missing, Missing{k, entry, k.Paths(entry)})
			}
		}
	}
	sort.SliceStable(missing, func(i, j int) bool { return missing[i].Key.less(missing[j].Key) })
	return found, missing
}

// Needed takes apart what is missing: what services can't start without, and what they can.
func Needed(missing []Missing) (needed, optional []Missing) {
	for _, m := range missing {
		if m.Key.Optional {
			optional = append(optional, m)
		} else {
			needed = append(needed, m)
		}
	}
	return needed, optional
}

func present(paths []string, has map[string]bool) []string {
	var there []string
	for _, p := range paths {
		if has[p] {
			there = append(there, p)
		}
	}
	return there
}

// Unused lists the entries below the application's own paths in an environment that answer for none of the wanted keys,
// sorted as names are: left over, or misspelt. Those that several environments or applications share are not judged.
func Unused(names []string, prefix, env string, wanted []Key) []string {
	used := map[string]bool{}
	for _, k := range wanted {
		for _, entry := range k.Entries() {
			for _, p := range k.Paths(entry) {
				used[p] = true
			}
		}
	}
	own := join(prefix, env) + "/"
	var unused []string
	for _, name := range names {
		if len(name) > len(own) && name[:len(own)] == own && !used[name] {
			unused = append(unused, name)
		}
	}
	return unused
}

// Sort brings keys into the order in which they are reported: by environment, service and name.
func Sort(keys []Key) {
	sort.SliceStable(keys, func(i, j int) bool { return keys[i].less(keys[j]) })
}
