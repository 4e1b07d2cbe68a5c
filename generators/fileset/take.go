package fileset

import (
	"fmt"
	"maps"
	"os"
)

// BeforeSuffix is added to the name of a file that the team gave up for the generated one and that git does not have.
const BeforeSuffix = ".before-migrate"

// Take is the lock as if the team's files at the paths had been generated as they are: Compare then replaces them, and later
// merges start from what is generated. kept are the changes that keep what git does not have beside its place.
func Take(root *os.Root, lock Lock, paths ...string) (taken Lock, kept []Change, err error) {
	taken = lock
	taken.Files = maps.Clone(lock.Files)
	if taken.Files == nil {
		taken.Files = map[string]string{}
	}
	store := openBases(root)
	for _, path := range paths {
		d, err := look(root, path)
		switch {
		case err != nil:
			return lock, nil, err
		case !d.exists:
			return lock, nil, fmt.Errorf("%s is not there", path)
		case d.odd != "":
			return lock, nil, fmt.Errorf("%s is %s: move it away", path, d.odd)
		}
		taken.Files[path] = blob(d.text())
		if _, ok := store.read(blob(d.data)); ok && store.git != nil {
			continue
		}
		change, err := Put(root, path+BeforeSuffix, d.data, "what was there; git does not have it")
		if err != nil {
			return lock, nil, err
		}
		kept = append(kept, change)
	}
	return taken, kept, nil
}
