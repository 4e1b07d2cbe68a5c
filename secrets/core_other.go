//go:build !unix

package secrets

// noCoreDumps has nothing to do where the system writes none.
func noCoreDumps() {}
