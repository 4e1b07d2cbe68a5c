package fileset

import (
	"context"
	"fmt"
	"os"
	"time"
)

// The files that stand for the whole repository while a run writes. Both are empty. Git's own directory is never committed;
// elsewhere the file is there only as long as the run.
const (
	holdInGit = gitDir + "/migrate.lock"
	holdHere  = ".migrate/run.lock"
)

// HeldError says that another run has the repository.
type HeldError struct{ Holder string }

func (e *HeldError) Error() string {
	return fmt.Sprintf("%s is at work in this repository: run it again when that is done", e.Holder)
}

// Hold has the repository to itself until release is called, or the process is gone, however it ends. Where another run has
// it, waiting is called once with who that is, and after patience the error is a HeldError. Where no file can be made for
// it, nothing is held: what the run wants to write then says why better.
func Hold(ctx context.Context, root *os.Root, patience time.Duration, waiting func(holder string)) (release func(), err error) {
	for start, told := time.Now(), false; ; {
		release, holder := tryHold(root)
		switch {
		case release != nil:
			return release, nil
		case time.Since(start) >= patience:
			return nil, &HeldError{holder}
		case !told && holder != "":
			waiting(holder)
			told = true
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// tryHold gives no release where another process has the file, or has just replaced it.
func tryHold(root *os.Root) (release func(), holder string) {
	nothing := func() {}
	name, made := holdInGit, false
	if info, err := root.Lstat(gitDir); err != nil || !info.IsDir() {
		name, made = holdHere, root.Mkdir(".migrate", 0o755) == nil
	}
	f, err := root.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		if made {
			_ = root.Remove(".migrate")
		}
		return nothing, ""
	}
	holder, held := holdFile(f)
	if held {
		f.Close()
		return nil, holder
	}
	if here, err := root.Lstat(name); err != nil || !sameFile(f, here) {
		f.Close()
		return nil, ""
	}
	return func() {
		if name == holdHere {
			_ = root.Remove(name)
			_ = root.Remove(".migrate") // fails, as it should, where something is in it
		}
		f.Close()
	}, ""
}

func sameFile(f *os.File, info os.FileInfo) bool {
	open, err := f.Stat()
	return err == nil && os.SameFile(open, info)
}
