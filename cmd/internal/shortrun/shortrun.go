// Package shortrun lets the heap of a program grow further before it is collected. A command takes less than a tenth of a second
// and a few megabytes, of which the collector would take a third of the time. It is a package of its own, with no import that
// takes long, so that it takes effect before the libraries set themselves up: that is where the first megabytes go.
package shortrun

import (
	"os"
	"runtime/debug"
)

// GOGC and GOMEMLIMIT go before it. With 400 the first 16 MB are free; a run that reads a large repository is collected more often
// from where it takes as much memory as the toolkit promises to get along with.
var _ = func() int {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(200 << 20)
	}
	if os.Getenv("GOGC") != "" {
		return 0
	}
	return debug.SetGCPercent(400)
}()
