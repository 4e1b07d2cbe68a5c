//go:build unix

package secrets

import "syscall"

// noCoreDumps keeps the kernel from writing this process's memory to a file if it crashes.
func noCoreDumps() { _ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}) }
