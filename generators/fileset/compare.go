package fileset

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"
)

// Compare says what would happen to every path, sorted: for each generated file, and for each that the lock knows and that
// is no longer generated. It only reads. It is an error where a file can't be written inside the repository at all,
// and where something is accepted that is no conflict.
func Compare(root *os.Root, lock Lock, files []File, accept ...Accept) ([]Change, error) {
	c := &comparer{root: root, lock: lock, bases: openBases(root), accepts: accept, used: map[string]bool{}, taken: map[string]bool{}}
	defer c.bases.close()
	sorted := append([]File(nil), files...)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].Path < sorted[j].Path })
	for _, f := range sorted {
		if err := c.file(f); err != nil {
			return nil, err
		}
	}
	if err := c.leftovers(); err != nil {
		return nil, err
	}
	for _, a := range accept {
		if !c.used[a.Path] {
			return nil, fmt.Errorf("%s has no conflict: there is nothing to accept", a.Path)
		}
	}
	sort.SliceStable(c.changes, func(i, j int) bool { return c.changes[i].Path < c.changes[j].Path })
	return c.changes, nil
}

type comparer struct {
	root    *os.Root
	lock    Lock
	bases   *bases
	accepts []Accept
	used    map[string]bool // of accepts, by their paths
	taken   map[string]bool
	changes []Change
}

// Accept ends the conflict about a file with the lines of one side, where both changed the same.
type Accept struct {
	Path   string
	Theirs bool // the generated lines; otherwise the team's
}

func (c *comparer) accepted(path string) side {
	for _, a := range c.accepts {
		switch {
		case a.Path == path && a.Theirs:
			return sideTheirs
		case a.Path == path:
			return sideYours
		}
	}
	return sideNone
}

func (c *comparer) add(ch Change) { c.changes = append(c.changes, ch) }

// take makes sure that no two generated files end up at one path.
func (c *comparer) take(path string) error {
	if c.taken[path] {
		return fmt.Errorf("two generated files want to be %s", path)
	}
	c.taken[path] = true
	return nil
}

// file decides whose file stands at the path, and so which rule applies.
func (c *comparer) file(f File) error {
	if f.Section != nil {
		path, d, err := c.first(append([]string{f.Path}, f.Section.Names...))
		if err != nil {
			return err
		}
		if d.exists {
			return c.section(path, d, f)
		}
	}
	if f.Beside != nil {
		names := f.Beside.Names
		if f.Section == nil {
			names = append([]string{f.Path}, names...)
		}
		path, d, err := c.first(names)
		if err != nil {
			return err
		}
		if d.exists && c.lock.Files[path] == "" && !bytes.Equal(d.text(), f.Data) {
			return c.beside(path, d, f)
		}
	}
	d, err := look(c.root, f.Path)
	if err != nil {
		return err
	}
	if f.Section != nil {
		return c.section(f.Path, d, f)
	}
	return c.whole(f.Path, d, f.Data, f.Executable, "")
}

// first is the first of the names at which something stands.
func (c *comparer) first(names []string) (string, disk, error) {
	for _, name := range names {
		d, err := look(c.root, name)
		if err != nil || d.exists {
			return name, d, err
		}
	}
	return "", disk{}, nil
}

// whole compares a file that is ours from the first line to the last. notes say more about it than the action does.
func (c *comparer) whole(path string, d disk, data []byte, executable bool, notes string) error {
	if err := c.take(path); err != nil {
		return err
	}
	ch := Change{Path: path, before: d.data, data: d.like(data), mode: modeOf(d, executable), note: lockNote{kind: lockFile, id: blob(data)}, bases: []base{{data, false}}}
	locked, known := c.lock.Files[path]
	say := func(a Action, reason string) {
		ch.Action, ch.Reason = a, joinReasons(reason, notes)
	}
	keep := func(reason string, note lockNote) {
		say(Keep, reason)
		ch.yours, ch.note, ch.data, ch.bases = true, note, nil, nil
	}
	switch {
	case !d.exists && known:
		keep("you deleted it, it stays deleted", lockNote{kind: lockFile, id: locked})
	case !d.exists:
		say(Create, "")
	case d.odd != "":
		keep("yours: "+d.odd, lockNote{})
	case blob(d.text()) == ch.note.id:
		say(Keep, "unchanged")
		ch.data = nil
		c.resolved(path, locked, ch.note.id)
	case !known:
		keep("yours: it was there before", lockNote{})
	case blob(d.text()) == locked:
		say(Update, "untouched since it was generated")
		c.resolved(path, locked)
	default:
		keep("yours: edited since it was generated", lockNote{kind: lockFile, id: locked})
		return c.merge(ch, d, locked, data)
	}
	c.add(ch)
	return nil
}

// edited decides about a section that the team has changed: it stays; and where ours changed too, that is a conflict. The proposal
// goes to a file beside, and from then on the lock takes it as known: the conflict lasts until that file is gone. ch comes as
// the change that keeps the file; whole is the file as it would be if it were ours alone.
func (c *comparer) edited(ch Change, locked string, proposal, whole []byte) error {
	path := ch.Path + MergeSuffix
	d, err := look(c.root, path)
	if err != nil {
		return err
	}
	offered := blob(proposal)
	if prefer := c.accepted(ch.Path); prefer != sideNone {
		return c.acceptSection(ch, prefer, d, []string{locked, offered}, whole)
	}
	if !d.exists && locked == offered {
		c.add(ch)
		return nil
	}
	kept := ch.note
	ch.Action, ch.offered, ch.yours, ch.note.id = Conflict, whole, false, offered
	ch.Reason = fmt.Sprintf("you and migrate both changed it; yours stays. Take what you want from %s, then delete that one", path)
	side := Change{Path: path, before: d.data, data: proposal, mode: modeOf(d, false), Reason: "what migrate would write to " + ch.Path, aside: true}
	switch {
	case !d.exists:
		side.Action = Create
		c.add(side)
	case d.odd == "" && blob(d.text()) == offered:
		ch.Reason = fmt.Sprintf("still open; yours stays. Take what you want from %s, then delete that one", path)
	case d.odd == "" && blob(d.text()) == locked:
		side.Action = Update
		c.add(side)
	default:
		ch.Reason = fmt.Sprintf("migrate changed it again while %s holds your work: finish that, delete it, and generate again", path)
		if ch.note = kept; locked == "" {
			ch.note = lockNote{}
		}
	}
	c.add(ch)
	return nil
}

// acceptSection ends the conflict about a section. whole is the file with the generated one; ids are those of proposals.
func (c *comparer) acceptSection(ch Change, prefer side, d disk, ids []string, whole []byte) error {
	if d.exists && (d.odd != "" || !slices.Contains(ids, blob(d.text()))) {
		return fmt.Errorf("%s holds your work: take what you want from it to %s, then delete it", ch.Path+MergeSuffix, ch.Path)
	}
	ch.note.id = ids[1]
	if prefer == sideTheirs {
		ch.Action, ch.Reason, ch.yours, ch.data = Merge, "the section is migrate's again, the rest is yours", false, whole
	}
	c.resolved(ch.Path, ids...)
	c.used[ch.Path] = true
	c.add(ch)
	return nil
}

// resolved removes the proposal of a conflict that is over because the team took it, unless they wrote into it.
func (c *comparer) resolved(path string, ids ...string) {
	side := path + MergeSuffix
	d, err := look(c.root, side)
	if err != nil || !d.exists || d.odd != "" {
		return
	}
	if open, ok := c.lock.Conflicts[path]; ok {
		ids = append(ids, open.Side)
	}
	for _, id := range ids {
		if blob(d.text()) == id {
			c.add(Change{Path: side, Action: Delete, Reason: "the conflict is over", before: d.data, aside: true})
			return
		}
	}
}

// leftovers are files that the lock knows and that are no longer generated.
func (c *comparer) leftovers() error {
	for path, id := range c.lock.Files {
		if c.taken[path] {
			continue
		}
		d, err := look(c.root, path)
		if err != nil {
			return err
		}
		ch := Change{Path: path, before: d.data, note: lockNote{kind: lockForget}}
		switch {
		case !d.exists:
			ch.Action, ch.Reason = Keep, "no longer generated, and gone"
		case d.odd == "" && blob(d.text()) == id:
			ch.Action, ch.Reason = Delete, "no longer generated, and untouched"
			c.resolved(path)
		default:
			ch.Action, ch.Reason, ch.yours = Keep, "no longer generated; you edited it, so it is yours now", true
			c.resolved(path)
		}
		c.add(ch)
	}
	for path := range c.lock.Sections {
		if !c.taken[path] {
			c.add(Change{Path: path, Action: Keep, Reason: "its section is no longer generated: take it out by hand", yours: true, note: lockNote{kind: lockForget}})
		}
	}
	return nil
}

// Put is the change that makes a file hold data, for what is not rendered from the model: the model itself, and build
// results. The lock does not know such files, and no edit is looked for: data is what the file holds afterwards.
func Put(root *os.Root, path string, data []byte, reason string) (Change, error) {
	d, err := look(root, path)
	if err != nil {
		return Change{}, err
	}
	ch := Change{Path: path, Action: Create, Reason: reason, before: d.data, data: append([]byte{}, data...), mode: modeOf(d, false)}
	switch {
	case d.odd != "":
		return Change{}, fmt.Errorf("%s is %s: move it away", path, d.odd)
	case d.exists && bytes.Equal(d.data, data):
		ch.Action, ch.Reason, ch.data = Keep, "unchanged", nil
	case d.exists:
		ch.Action = Update
	}
	return ch, nil
}

func joinReasons(reasons ...string) string {
	var all []string
	for _, r := range reasons {
		if r != "" {
			all = append(all, r)
		}
	}
	return strings.Join(all, "; ")
}
