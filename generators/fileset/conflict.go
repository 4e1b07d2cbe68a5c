package fileset

import (
	"bytes"
	"fmt"
)

// OpenConflict is what the lock says about a file that both changed, while its proposal lies beside it.
type OpenConflict struct {
	Base string `yaml:"base"` // id of the text that the merge started from
	Side string `yaml:"side"` // id of the proposal as it was written
}

// meeting is a file that the team edited and that is generated otherwise than last time.
type meeting struct {
	ch     Change
	ours   disk
	theirs []byte
	locked string // id of what was generated last

	open     OpenConflict
	isOpen   bool
	sidePath string
	side     disk
}

// merge decides about a file of ours that the team has changed. ch comes as the change that keeps the file.
func (c *comparer) merge(ch Change, d disk, locked string, data []byte) error {
	m := meeting{ch: ch, ours: d, theirs: data, locked: locked, sidePath: ch.Path + MergeSuffix}
	var err error
	if m.side, err = look(c.root, m.sidePath); err != nil {
		return err
	}
	m.open, m.isOpen = c.lock.Conflicts[ch.Path]
	m.ch.note = lockNote{kind: lockFile, id: blob(data)}
	m.ch.bases = []base{{data, true}}
	taken := m.isOpen && m.side.exists && m.side.odd == "" && bytes.Equal(m.side.text(), d.text()) && !hasMarks(d.text())
	switch {
	case c.accepted(ch.Path) != sideNone:
		return c.accept(m)
	case m.isOpen && (!m.side.exists || taken): // the team has decided, about what was generated last
		if taken {
			c.dropSide(m)
		}
		m.isOpen = false
	case m.isOpen && !m.untouchedSide():
		return c.workedOn(m)
	}
	if !m.isOpen && locked == m.ch.note.id {
		c.add(m.ch)
		return nil
	}
	return c.together(m)
}

func (m meeting) untouchedSide() bool {
	return m.side.exists && m.side.odd == "" && blob(m.side.text()) == m.open.Side
}

// from is the id of what the merge starts from.
func (m meeting) from() string {
	if m.isOpen {
		return m.open.Base
	}
	return m.locked
}

// together merges, or leaves a proposal beside the file.
func (c *comparer) together(m meeting) error {
	id := m.from()
	was, found := c.bases.read(id)
	out := merged{data: m.theirs}
	if found {
		out = merge(m.ch.Path, was, m.ours.text(), m.theirs, sideNone)
	}
	left := !m.isOpen && m.side.exists // by a run that was killed before it wrote the lock, or by the team
	if left && (m.side.odd != "" || !bytes.Equal(m.side.text(), out.data)) {
		return c.workedOn(m)
	}
	if out.clean {
		c.dropSide(m)
		c.add(m.mergedInto(out.data, "your edits stay, and what migrate changed since goes in"))
		return nil
	}
	m.ch.note.conflict = OpenConflict{Base: id, Side: blob(out.data)}
	if found {
		m.ch.bases = append(m.ch.bases, base{was, true})
	}
	m.ch.Action, m.ch.offered, m.ch.yours = Conflict, m.ours.like(out.data), false
	m.ch.Reason = fmt.Sprintf("you and migrate both changed it; yours stays. Take what you want from %s, then delete that one; or migrate generate --accept ours|theirs %s",
		m.sidePath, m.ch.Path)
	side := Change{Path: m.sidePath, Action: Create, before: m.side.data, data: m.ours.like(out.data), mode: modeOf(m.side, false), aside: true,
		Reason: "what migrate would write to " + m.ch.Path}
	switch {
	case left:
	case m.isOpen && m.open.Side == m.ch.note.conflict.Side:
		m.ch.Reason = "still open: " + m.ch.Reason
	case m.isOpen:
		side.Action = Update
		c.add(side)
	default:
		c.add(side)
	}
	c.add(m.ch)
	return nil
}

// mergedInto is the change that gives the file data in the place of what the team has.
func (m meeting) mergedInto(data []byte, reason string) Change {
	ch := m.ch
	if bytes.Equal(data, m.ours.text()) {
		ch.Reason = "yours: it has already what migrate changed"
		return ch
	}
	ch.Action, ch.Reason, ch.yours, ch.data = Merge, reason, false, m.ours.like(data)
	return ch
}

// dropSide removes the proposal of a conflict that is over.
func (c *comparer) dropSide(m meeting) {
	if m.isOpen && m.side.exists {
		c.add(Change{Path: m.sidePath, Action: Delete, Reason: "the conflict is over", before: m.side.data, aside: true})
	}
}

// workedOn leaves everything as it is: the file beside holds the team's work.
func (c *comparer) workedOn(m meeting) error {
	m.ch.Action, m.ch.yours, m.ch.offered = Conflict, false, m.ours.like(m.theirs)
	m.ch.Reason = fmt.Sprintf("%s holds your work: finish that, delete it, and generate again", m.sidePath)
	if m.locked != m.ch.note.id {
		m.ch.Reason = "migrate changed it again while " + m.ch.Reason
	}
	m.ch.note = lockNote{kind: lockFile, id: m.locked, conflict: m.open}
	m.ch.bases = nil
	c.add(m.ch)
	return nil
}

// accept ends a conflict with the team's lines or the generated ones where both changed; elsewhere both stay.
func (c *comparer) accept(m meeting) error {
	prefer := c.accepted(m.ch.Path)
	if m.isOpen && m.side.exists && !m.untouchedSide() {
		return fmt.Errorf("%s holds your work: move it over %s, or delete it", m.sidePath, m.ch.Path)
	}
	data := m.ours.text()
	if was, found := c.bases.read(m.from()); found {
		data = merge(m.ch.Path, was, data, m.theirs, prefer).data
	} else if prefer == sideTheirs {
		data = m.theirs
	}
	reason := "yours, where both changed it"
	if prefer == sideTheirs {
		reason = "migrate's, where both changed it"
	}
	c.dropSide(m)
	c.used[m.ch.Path] = true
	c.add(m.mergedInto(data, reason))
	return nil
}
