package fileset

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
)

// maxFile is the size in bytes above which a file of the team's is not looked into: nothing that is generated comes near.
const maxFile = 16 << 20

// disk is what stands at a path now.
type disk struct {
	exists bool
	data   []byte // nil for what is not a readable file of text
	mode   fs.FileMode
	odd    string // why it can't be looked into or written: a directory, a symbolic link ...
	crlf   bool
}

// text is the content with \n line ends: what ids are made of, so that a checkout on Windows does not count as an edit.
func (d disk) text() []byte {
	if d.crlf {
		return bytes.ReplaceAll(d.data, []byte("\r\n"), []byte("\n"))
	}
	return d.data
}

// like gives generated data the line ends of the file.
func (d disk) like(data []byte) []byte {
	if d.crlf {
		return bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))
	}
	return data
}

// checkPath says whether a generated file may have this path: below the repository, and not in git's own directory.
func checkPath(name string) error {
	if strings.Contains(name, `\`) {
		return fmt.Errorf("%q has a backslash in its name, which divides directories on Windows: rename it", name)
	}
	if !fs.ValidPath(name) || name == "." || strings.Contains(name, "\x00") {
		return fmt.Errorf("%q is not a path below the repository", name)
	}
	if first, _, _ := strings.Cut(name, "/"); strings.EqualFold(first, ".git") {
		return fmt.Errorf("%q is in git's own directory", name)
	}
	return nil
}

// look reads what stands at a path. It is an error where nothing can be written: the path leads out of the repository by a
// symbolic link, or a file stands where a directory is needed.
func look(root *os.Root, name string) (disk, error) {
	if err := checkPath(name); err != nil {
		return disk{}, err
	}
	for i, r := range name {
		if r != '/' {
			continue
		}
		there, err := lookDir(root, name[:i], name)
		if err != nil || !there {
			return disk{}, err
		}
	}
	info, err := root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return disk{}, nil
	case err != nil:
		return disk{}, fmt.Errorf("%s: %w", name, cause(err))
	case info.IsDir():
		return disk{exists: true, odd: "a directory"}, nil
	case info.Mode()&fs.ModeSymlink != 0:
		return disk{exists: true, odd: "a symbolic link"}, nil
	case !info.Mode().IsRegular():
		return disk{exists: true, odd: "not a regular file"}, nil
	case info.Size() > maxFile:
		return disk{exists: true, odd: fmt.Sprintf("larger than %d MiB", maxFile>>20)}, nil
	}
	data, err := root.ReadFile(name)
	if err != nil {
		return disk{exists: true, odd: "unreadable (" + cause(err).Error() + ")"}, nil
	}
	lines := bytes.Count(data, []byte("\n"))
	return disk{
		exists: true,
		data:   append([]byte{}, data...),
		mode:   info.Mode().Perm(),
		crlf:   lines > 0 && lines == bytes.Count(data, []byte("\r\n")),
	}, nil
}

// lookDir says whether there is a directory at dir, through which name is reached.
func lookDir(root *os.Root, dir, name string) (bool, error) {
	info, err := root.Lstat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w", dir, cause(err))
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		to, _ := root.Readlink(dir)
		if info, err = root.Stat(dir); err != nil {
			return false, fmt.Errorf("%s is a symbolic link to %s (%w), so %s can't be written: migrate never leaves the repository; make %s a directory",
				dir, to, cause(err), name, dir)
		}
	}
	if !info.IsDir() {
		return false, fmt.Errorf("%s is a file, so %s can't be written: rename it", dir, name)
	}
	return true, nil
}

// cause is an error without the operation and the path, which the message around it names.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	var le *os.LinkError
	if errors.As(err, &le) {
		return le.Err
	}
	return err
}

// inDirOf names a file in the same directory.
func inDirOf(name, base string) string { return path.Join(path.Dir(name), base) }
