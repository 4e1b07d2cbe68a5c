package fileset

import (
	"bytes"
	"os"
	"slices"
	"strings"
)

// Part is what of a file on the disk is generated.
type Part struct {
	Data []byte // the generated text as it would be now
	Last []byte // as it was generated last; nil where that is not known
	// From and To are the lines of the file, from 0, in which it stands: all of them where the whole file is generated.
	From, To int
	Text     []string // all lines of the file
}

// Generated finds what of the file at path is generated. Not ok means that none of it is: the file is the team's, or is not
// there.
func Generated(root *os.Root, lock Lock, files []File, path string) (p Part, ok bool, err error) {
	d, err := look(root, path)
	if err != nil || !d.exists || d.odd != "" {
		return Part{}, false, err
	}
	text := d.text()
	p.Text = plainLines(text)
	p.To = len(p.Text)
	if lock.Sections[path] == "" && lock.Files[path] == "" {
		return p, false, nil
	}
	if p.Data, err = Rendered(root, lock, files, path); err != nil || p.Data == nil {
		return p, false, err
	}
	if id := lock.Files[path]; id != "" {
		p.Last, _ = readBase(root, id)
		return p, true, nil
	}
	for _, f := range files {
		if f.Section == nil {
			continue
		}
		if m, err := findMarks(text, *f.Section); err == nil && m.found {
			p.From = bytes.Count(text[:m.from], []byte("\n"))
			p.To = bytes.Count(text[:m.to], []byte("\n"))
			return p, true, nil
		}
	}
	return p, false, nil
}

// Rendered is the generated text that belongs at path, in view of the files that the team has: a section, or what stands
// beside theirs. It is nil where nothing is generated there.
func Rendered(root *os.Root, lock Lock, files []File, path string) ([]byte, error) {
	c := &comparer{root: root}
	for _, f := range files {
		if b := f.Beside; b != nil && b.Path == path {
			names := b.Names
			if f.Section == nil {
				names = append([]string{f.Path}, names...)
			}
			name, theirs, err := c.first(names)
			if err != nil {
				return nil, err
			}
			if !theirs.exists || lock.Files[name] != "" {
				continue
			}
			if b.Adapt == nil || theirs.odd != "" {
				return f.Data, nil
			}
			data, _, err := b.Adapt(theirs.text(), f.Data)
			return data, err
		}
		if f.Path == path || f.Section != nil && lock.Sections[path] != "" && slices.Contains(f.Section.Names, path) {
			return f.Data, nil
		}
	}
	return nil, nil
}

// Lines gives for each line of a the line of b that it became, both from 0, or -1 where it is not in b. How far a line is
// indented counts where exact is true.
func Lines(a, b []byte, exact bool) []int {
	la, lb := plainLines(a), plainLines(b)
	if !exact {
		for _, list := range [][]string{la, lb} {
			for i := range list {
				list[i] = strings.TrimSpace(list[i])
			}
		}
	}
	return matches(la, lb)
}

// plainLines are the lines of a text without their ends.
func plainLines(text []byte) []string {
	text = bytes.TrimSuffix(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\n"))
	return strings.Split(string(text), "\n")
}
