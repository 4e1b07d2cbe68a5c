//go:build !(darwin || linux || dragonfly || freebsd || netbsd || openbsd)

package fileset

import "os"

// holdFile does nothing where the system has no such locks.
func holdFile(*os.File) (holder string, held bool) { return "", false }
