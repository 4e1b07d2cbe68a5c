// Package fileset takes generated files to a user's repository: Compare says what would happen to each, Write does it.
// It is the only code that writes there, it never leaves the repository, and it never overwrites a line that the team wrote.
package fileset

import "io/fs"

// File is one generated file, in memory, with the policy for the case that the team has a file there already.
type File struct {
	Path string // relative to the repository, with /
	Data []byte
	// Executable sets the mode to 0755 instead of 0644.
	Executable bool
	// Section says that Data is only a part of the file: it goes between two marks (which Data does not hold), and the
	// rest of the file belongs to the team. A missing file is made with nothing but the section.
	Section *Section
	// Beside says where Data goes when the team has a file of its own at Path.
	Beside *Beside
}

// Section holds the lines around a generated part of a file.
type Section struct {
	Begin, End string
	// Names are other names that the team's file may have; the first that exists is used instead of Path.
	Names []string
}

// Beside is the way out when the team has a file of its own: ours goes to Path, and Line is added to theirs once.
// Together with a Section it only stands for the Names, files in a format that can't hold the section.
type Beside struct {
	Path string
	Line string // nothing is added to theirs where it is empty
	// Names are other names under which the team may have such a file, in the order in which its tool looks for them.
	Names []string
	// Adapt, which may be nil, fits ours to theirs and says in notes what was left out.
	Adapt func(theirs, ours []byte) (adapted []byte, notes []string, err error)
}

// Action says what happens to a path. Only Create, Update, Merge and Delete write.
type Action string

// The actions of the contract.
const (
	Create   Action = "create"   // there is no such file
	Update   Action = "update"   // ours, untouched since, and now different
	Merge    Action = "merge"    // a part of the file is ours; or the team's edits and ours go together
	Keep     Action = "keep"     // nothing to do, or the team's: Reason says which
	Conflict Action = "conflict" // both changed; the team's file stays
	Delete   Action = "delete"   // ours, untouched, and no longer generated
)

// Change is what would happen to one path.
type Change struct {
	Path   string `json:"path"`
	Action Action `json:"action"`
	Reason string `json:"reason"`

	before  []byte      // what the file holds now; nil where there is none
	data    []byte      // what it holds afterwards, if the action writes
	offered []byte      // what a conflict is about: the file as it would be if it were ours alone
	mode    fs.FileMode // permissions afterwards
	note    lockNote    // what the lock says about the path afterwards
	bases   []base      // what a later merge may start from
	yours   bool
	aside   bool // holds the proposal of a conflict
}

// Writes says whether the change touches the disk.
func (c Change) Writes() bool {
	return c.Action == Create || c.Action == Update || c.Action == Merge || c.Action == Delete
}

// Yours says whether a file was left as it is because it is the team's, although ours is another.
func (c Change) Yours() bool { return c.yours }

// Pending says whether anything is to be written or decided: what `generate --check` asks.
func Pending(changes []Change) bool {
	for _, c := range changes {
		if c.Writes() || c.Action == Conflict {
			return true
		}
	}
	return false
}
