package secrets

import "sort"

// Missing is a key that no entry answers, with the paths that were looked for, the most specific first.
type Missing struct {
	Key   Key
	Tried []string
}

// Fix is the command that makes the missing entry.
func (m Missing) Fix() string { return "gopass insert " + m.Tried[0] }

// Resolve picks the entry that answers each wanted key: the first of its Paths that is among names. It needs names only,
// and reports everything that is missing at once, sorted.
func Resolve(names []string, wanted []Key) (found map[Key]string, missing []Missing) {
	has := make(map[string]bool, len(names))
	for _, name := range names {
		has[name] = true
	}
	found = map[Key]string{}
	for _, k := range wanted {
		if path, ok := first(k.Paths(), has); ok {
			found[k] = path
		} else {
			missing = append(missing, Missing{k, k.Paths()})
		}
	}
	sort.SliceStable(missing, func(i, j int) bool { return missing[i].Key.less(missing[j].Key) })
	return found, missing
}

func first(paths []string, has map[string]bool) (string, bool) {
	for _, p := range paths {
		if has[p] {
			return p, true
		}
	}
	return "", false
}

// Sort brings keys into the order in which they are reported: by environment, service and name.
func Sort(keys []Key) {
	sort.SliceStable(keys, func(i, j int) bool { return keys[i].less(keys[j]) })
}
