package fileset

import (
	"bytes"
	"fmt"
	"strings"
)

// beside leaves the team's file to the team, puts ours next to it, and adds one line to theirs the first time.
func (c *comparer) beside(path string, theirs disk, f File) error {
	if err := c.take(path); err != nil {
		return err
	}
	ours, notes := f.Data, []string(nil)
	if f.Beside.Adapt != nil && theirs.odd == "" {
		var err error
		if ours, notes, err = f.Beside.Adapt(theirs.text(), f.Data); err != nil {
			return fmt.Errorf("%s: %w", f.Beside.Path, err)
		}
	}
	d, err := look(c.root, f.Beside.Path)
	if err != nil {
		return err
	}
	_, known := c.lock.Files[f.Beside.Path]
	foreign := d.exists && !known && !bytes.Equal(d.text(), ours)
	if err := c.whole(f.Beside.Path, d, ours, f.Executable, strings.Join(notes, "; ")); err != nil {
		return err
	}
	ch := Change{Path: path, Action: Keep, before: theirs.data, mode: theirs.mode, yours: true}
	if _, was := c.lock.Sections[path]; was {
		ch.note = lockNote{kind: lockForget}
	}
	line := f.Beside.Line
	switch {
	case theirs.odd != "":
		ch.Reason = joinReasons("yours: "+theirs.odd, addByHand(line))
	case line == "":
		ch.Reason = "yours; see " + f.Beside.Path
	case mentions(theirs.data, line, f.Beside.Path):
		ch.Reason, ch.yours = "yours, and it knows "+f.Beside.Path, false
	case foreign:
		ch.Reason = fmt.Sprintf("yours, and so is %s: nothing is added", f.Beside.Path)
	case known:
		ch.Reason = fmt.Sprintf("yours; the line %q was taken out and stays out", line)
	default:
		ch.Action, ch.yours = Merge, false
		ch.Reason = fmt.Sprintf("one line is added at the end: %s", line)
		ch.data = appendBlock(theirs.data, line+"\n")
	}
	c.add(ch)
	return nil
}

func addByHand(line string) string {
	if line == "" {
		return ""
	}
	return fmt.Sprintf("add the line %q to it by hand", line)
}

// mentions says whether a file has the line already, or another of its kind that names path.
func mentions(theirs []byte, line, path string) bool {
	words := strings.Fields(line)
	for _, have := range strings.Split(string(theirs), "\n") {
		fields := strings.Fields(have)
		if strings.TrimSpace(have) == line {
			return true
		}
		if len(fields) < 2 || strings.TrimLeft(fields[0], "-s") != strings.TrimLeft(words[0], "-s") {
			continue
		}
		for _, f := range fields[1:] {
			if strings.TrimPrefix(f, "./") == path {
				return true
			}
		}
	}
	return false
}
