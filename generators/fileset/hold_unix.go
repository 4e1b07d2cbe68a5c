//go:build darwin || linux || dragonfly || freebsd || netbsd || openbsd

package fileset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
)

// holdFile takes the file for this process, or says which one has it. The kernel lets go of it with the process; and it knows
// who has it, so that nothing need be written into the file.
func holdFile(f *os.File) (holder string, held bool) {
	want := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart}
	err := syscall.FcntlFlock(f.Fd(), syscall.F_SETLK, &want)
	if !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.EACCES) {
		return "", false // it is ours, or the file system knows no locks
	}
	if syscall.FcntlFlock(f.Fd(), syscall.F_GETLK, &want) != nil || want.Type == syscall.F_UNLCK {
		return "", true
	}
	holder = fmt.Sprintf("process %d", want.Pid)
	if line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", want.Pid)); err == nil && len(line) > 0 {
		holder += " (" + strings.TrimSpace(string(bytes.ReplaceAll(line, []byte{0}, []byte(" ")))) + ")"
	}
	return holder, true
}
