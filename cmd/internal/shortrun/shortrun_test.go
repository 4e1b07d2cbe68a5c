package shortrun

import (
	"os"
	"runtime/debug"
	"testing"
)

func TestMemoryIsBounded(t *testing.T) {
	if os.Getenv("GOMEMLIMIT") != "" {
		t.Skip("GOMEMLIMIT goes before it")
	}
	if got := debug.SetMemoryLimit(-1); got != 200<<20 {
		t.Errorf("the collector works harder from %d bytes", got)
	}
}
