package fileset

import (
	"io"

	"github.com/rogpeppe/go-internal/diff"
)

// Diff writes what a change does to its file as a unified diff, and nothing where it does nothing. For a conflict it shows
// how ours differs from the team's.
func Diff(w io.Writer, c Change) error {
	after := c.data
	switch {
	case c.aside:
		return nil // the conflict shows it
	case c.Action == Conflict:
		after = c.offered
		if after == nil {
			return nil
		}
	case !c.Writes():
		return nil
	}
	from, to := "a/"+c.Path, "b/"+c.Path
	if c.Action == Create {
		from = "/dev/null"
	}
	if c.Action == Delete {
		to, after = "/dev/null", nil
	}
	_, err := w.Write(diff.Diff(from, c.before, to, after))
	return err
}
