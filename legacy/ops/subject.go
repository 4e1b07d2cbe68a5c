package ops

import (
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// subject says what a file of operations is about: the code beside it in the repository, else what these names mean.
type subject struct {
	t     *scan.Tree
	r     *scan.Report
	file  string
	about []string
}

func (p subject) elsewhere() bool {
	return p.t.MountOf(p.file) != "" || otherMachine.MatchString(p.file)
}

func (p subject) finding() scan.Finding {
	if p.elsewhere() {
		return scan.Finding{About: p.about}
	}
	return scan.Finding{Dir: codeDir(p.t, p.file, "")}
}

// note is a remark on what the file is about.
func (p subject) note(line int, format string, args ...any) {
	if p.elsewhere() {
		p.r.NoteAbout(p.about, p.file, line, format, args...)
		return
	}
	p.r.Note(p.file, line, format, args...)
}

// namedBy are the names by which a note on a file finds what it is about: in the repository that is the code beside it,
// whatever the file is called.
func namedBy(t *scan.Tree, file string, names ...string) []string {
	if t.MountOf(file) == "" && !otherMachine.MatchString(file) {
		return append(names, scan.Here)
	}
	return names
}
