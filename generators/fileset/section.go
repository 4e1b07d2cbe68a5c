package fileset

import (
	"bytes"
	"fmt"
	"io/fs"
	"strings"
)

// section compares a file of which only the part between two marks is ours.
func (c *comparer) section(path string, d disk, f File) error {
	if err := c.take(path); err != nil {
		return err
	}
	data := ended(f.Data)
	ch := Change{Path: path, before: d.data, mode: modeOf(d, f.Executable), note: lockNote{kind: lockSection, id: blob(data)}}
	locked, known := c.lock.Sections[path]
	keep := func(reason string, note lockNote) {
		ch.Action, ch.Reason, ch.yours, ch.note = Keep, reason, true, note
		c.add(ch)
	}
	whole := f.Section.Begin + "\n" + string(data) + f.Section.End + "\n"
	same := lockNote{kind: lockSection, id: locked}
	switch {
	case !d.exists && known:
		keep("you deleted it, it stays deleted", same)
		return nil
	case !d.exists:
		ch.Action, ch.data = Create, []byte(whole)
		c.add(ch)
		return nil
	case d.odd != "":
		keep("yours: "+d.odd+"; the section is left out", lockNote{})
		return nil
	case bytes.IndexByte(d.data, 0) >= 0:
		keep("yours: not text; the section is left out", lockNote{})
		return nil
	}
	m, err := findMarks(d.data, *f.Section)
	switch {
	case err != nil:
		ch.Action, ch.Reason = Conflict, err.Error()
		ch.note = lockNote{}
		if known {
			ch.note = same
		}
		c.add(ch)
		return nil
	case !m.found && known:
		keep("you took the section out, it stays out", same)
		return nil
	case !m.found:
		ch.Action, ch.Reason = Merge, "a section is added at the end, the rest is yours"
		ch.data = appendBlock(d.data, whole)
		c.add(ch)
		return nil
	}
	return c.marked(ch, d, m, data)
}

// marked compares what stands between the marks.
func (c *comparer) marked(ch Change, d disk, m marks, data []byte) error {
	locked, known := c.lock.Sections[ch.Path]
	eol := eolOf(d.data)
	ch.data = bytes.Join([][]byte{d.data[:m.from], bytes.ReplaceAll(data, []byte("\n"), []byte(eol)), d.data[m.to:]}, nil)
	inner := blob(bytes.ReplaceAll(d.data[m.from:m.to], []byte("\r\n"), []byte("\n")))
	switch {
	case inner == ch.note.id:
		ch.Action, ch.Reason, ch.data = Keep, "unchanged", nil
		c.resolved(ch.Path, locked, ch.note.id)
	case !known && len(bytes.TrimSpace(d.data[m.from:m.to])) == 0:
		ch.Action, ch.Reason = Merge, "the section goes between your marks, the rest is yours"
	case inner == locked:
		ch.Action, ch.Reason = Merge, "the section is renewed, the rest is yours"
		c.resolved(ch.Path, locked)
	default: // without a lock it is not known whose lines these are: they stay
		whole := ch.data
		ch.Action, ch.Reason, ch.yours, ch.data = Keep, "yours: the section was edited since it was generated", true, nil
		ch.note.id = locked
		return c.edited(ch, locked, data, whole)
	}
	c.add(ch)
	return nil
}

// marks are the offsets of what stands between the two lines.
type marks struct {
	found    bool
	from, to int
}

func findMarks(data []byte, s Section) (marks, error) {
	var m marks
	begin, end, at := 0, 0, 0 // line numbers, from 1
	for n, line := range bytes.SplitAfter(data, []byte("\n")) {
		switch string(bytes.TrimSpace(line)) {
		case s.Begin:
			if begin != 0 {
				return m, fmt.Errorf("line %d has the mark %s a second time (first on line %d): leave one", n+1, s.Begin, begin)
			}
			begin, m.from = n+1, at+len(line)
		case s.End:
			if end != 0 {
				return m, fmt.Errorf("line %d has the mark %s a second time (first on line %d): leave one", n+1, s.End, end)
			}
			end, m.to = n+1, at
		}
		at += len(line)
	}
	switch {
	case begin == 0 && end == 0:
		return m, nil
	case end == 0:
		return m, fmt.Errorf("line %d has the mark %s, and %s is missing: put it back where the section ends", begin, s.Begin, s.End)
	case begin == 0:
		return m, fmt.Errorf("line %d has the mark %s, and %s is missing: put it back where the section begins", end, s.End, s.Begin)
	case end < begin:
		return m, fmt.Errorf("line %d has the mark %s above %s on line %d: change them round", end, s.End, s.Begin, begin)
	}
	m.found = true
	return m, nil
}

// appendBlock adds lines at the end of a file, after a blank line and with the file's own line ends.
func appendBlock(theirs []byte, block string) []byte {
	eol := eolOf(theirs)
	var b bytes.Buffer
	b.Write(theirs)
	if len(theirs) > 0 {
		if theirs[len(theirs)-1] != '\n' {
			b.WriteString(eol)
		}
		b.WriteString(eol)
	}
	b.WriteString(strings.ReplaceAll(block, "\n", eol))
	return b.Bytes()
}

// eolOf is the line end that a file uses: that of its first line.
func eolOf(data []byte) string {
	if i := bytes.IndexByte(data, '\n'); i > 0 && data[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

func ended(data []byte) []byte {
	if len(data) == 0 || data[len(data)-1] == '\n' {
		return data
	}
	return append(append([]byte{}, data...), '\n')
}

// modeOf keeps the permissions of a file that exists.
func modeOf(d disk, executable bool) fs.FileMode {
	switch {
	case d.exists && d.odd == "":
		return d.mode
	case executable:
		return 0o755
	default:
		return 0o644
	}
}
