// Package fileset takes generated files to a user's repository: Compare says what would happen to each, Write does it.
// It is the only code that writes there, it never leaves the repository, and it never overwrites a line that the team wrote.
package fileset

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
type Section struct{ Begin, End string }

// Beside is the way out when the team has a file of its own: ours goes to Path, and Line is added to theirs once.
type Beside struct {
	Path string
	Line string
	// Adapt, which may be nil, fits ours to theirs and says in notes what was left out.
	Adapt func(theirs, ours []byte) (adapted []byte, notes []string)
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

	data       []byte // what the file holds afterwards
	generated  []byte // what the generator gave: the base of the next comparison
	executable bool
}
