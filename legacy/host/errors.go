package host

import (
	"errors"
	"io/fs"
	"syscall"
)

var (
	errNoText    = errors.New("no text file, or larger than 1 MiB")
	errVariables = errors.New("more than 200 variables, the others are left out")
	errJobs      = errors.New("more than 1000 jobs, the others are left out")
)

func isForbidden(err error) bool { return errors.Is(err, fs.ErrPermission) }

// isGone says that something is not there, or no more: processes end while they are looked at.
func isGone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) || errors.Is(err, syscall.ENOTDIR)
}

// cause is an error without the path, which the caller names.
func cause(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err.Error()
	}
	return err.Error()
}
