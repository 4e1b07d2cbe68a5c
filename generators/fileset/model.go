package fileset

import (
	"bytes"
	"os"
)

// MergeModel merges the team's model with what the evidence says now; the base is what it said when the lock was written.
// Where both changed the same the team's stays, and so does what the evidence no longer shows. elsewhere says of a line that
// it came from evidence which is not given this time. seen is all evidence so far, the base of the next time: what the team
// took out does not come back because a source was left out once. Not ok means that there is no base, or no structure.
func MergeModel(root *os.Root, lock Lock, ours, theirs []byte, elsewhere func(line string) bool) (model, seen []byte, ok bool) {
	was, ok := lock.LastModel(root)
	if !ok {
		return nil, nil, false
	}
	d := disk{data: ours}
	if n := bytes.Count(ours, []byte("\n")); n > 0 && n == bytes.Count(ours, []byte("\r\n")) {
		d.crlf = true
	}
	rules := yamlRules{yours: true, frozen: func(lines []string) bool { return len(lines) == 1 && elsewhere(lines[0]) }}
	if seen, ok = mergeYAML(was, was, theirs, rules); !ok {
		return nil, nil, false
	}
	model, ok = mergeYAML(was, d.text(), theirs, rules)
	return d.like(model), seen, ok
}

// From notes in the lock what the evidence alone says, for the next MergeModel.
func (c Change) From(evidence []byte) Change {
	c.note = lockNote{kind: lockModel, id: blob(evidence)}
	after := c.data
	if !c.Writes() {
		after = c.before
	}
	c.bases = []base{{evidence, !bytes.Equal(after, evidence)}}
	return c
}

// Since keeps what the last init would have written, for the next MergeModel, where the team has edited the model: no
// commit holds that.
func (c Change) Since(root *os.Root, lock Lock) Change {
	if was, ok := lock.LastModel(root); ok {
		after := c.data
		if !c.Writes() {
			after = c.before
		}
		c.bases = []base{{was, !bytes.Equal(after, was)}}
	}
	return c
}

// LastModel is what the evidence said at the last init, where it is found.
func (l Lock) LastModel(root *os.Root) ([]byte, bool) { return readBase(root, l.Model) }

func readBase(root *os.Root, id string) ([]byte, bool) {
	b := openBases(root)
	defer b.close()
	return b.read(id)
}
