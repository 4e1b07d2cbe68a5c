// Package legacy finds out what a legacy service is and how it runs: Scan walks a tree once and lets every reader look at
// it; Resolve makes one model of what they found, with the evidence for every value. It reads only: nothing of the
// repository is run, nothing is written, nothing is asked.
package legacy

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/host"
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Scanned is what all readers found in one tree.
type Scanned struct {
	Files    int // how many were seen
	Findings []Claimed
	Notes    []scan.Note
	tree     *scan.Tree
	snapshot map[string][]string // lines of the snapshots of hosts, by what evidence calls them
}

// Claimed is a finding with the place of its reader in the list, which decides between findings of equal rank.
type Claimed struct {
	scan.Finding
	order int
}

// ScanOptions says what to leave out and whom to tell of progress; its zero value is fine.
type ScanOptions struct {
	// Ignore names files that are no evidence: those that the toolkit generated itself.
	Ignore func(path string) bool
	// Ops are directories of operations code that are kept elsewhere.
	Ops []Root
	// Hosts are snapshots of machines that run the service today.
	Hosts []*host.Loaded
	// Progress is called now and then with the number of files seen.
	Progress func(files int)
}

// Root is a directory with the name by which evidence calls it: @Name/path:line.
type Root struct {
	Name string
	FS   fs.FS
}

// Scan lets every reader look at the tree. A file that can't be read or understood becomes a note; the error is a context
// that ended or a root that can't be read.
func Scan(ctx context.Context, fsys fs.FS, o ScanOptions) (*Scanned, error) {
	return scanWith(ctx, fsys, o, readers())
}

func scanWith(ctx context.Context, fsys fs.FS, o ScanOptions, readers []scan.Reader) (*Scanned, error) {
	tree, notes, err := scan.Walk(ctx, fsys, o.Ignore, o.Progress)
	if err != nil {
		return nil, fmt.Errorf("walk the repository: %w", err)
	}
	for _, root := range o.Ops {
		more, err := tree.Mount(ctx, root.Name, root.FS)
		if err != nil {
			return nil, fmt.Errorf("walk the operations code %s: %w", root.Name, err)
		}
		notes = append(notes, more...)
	}
	s := &Scanned{Files: len(tree.Files()) + len(tree.Mounted()), Notes: notes, tree: tree}
	found, notes := readAll(ctx, tree, readers)
	if !hasCode(found) && tree.ShowCases() {
		if found, notes = readAll(ctx, tree, readers); hasCode(found) {
			notes = append(notes, scan.Note{Text: "there is code below examples, samples or demos only: it was taken for what runs"})
		}
	}
	s.Findings, s.Notes = found, append(s.Notes, notes...)
	s.hosts(o.Hosts)
	if ctx.Err() != nil { // the last reader may have been cut off, too
		return nil, ctx.Err()
	}
	s.Notes = sortNotes(s.Notes)
	return s, nil
}

// readAll gives every reader the files that it wants.
func readAll(ctx context.Context, tree *scan.Tree, readers []scan.Reader) (found []Claimed, notes []scan.Note) {
	wanted := make([][]string, len(readers))
	for _, name := range tree.Files() {
		beside := tree.Aside(name)
		for i, r := range readers {
			if (!beside || r.Aside) && r.Wants(name) {
				wanted[i] = append(wanted[i], name)
			}
		}
	}
	for _, name := range tree.Mounted() {
		for i, r := range readers {
			if r.Ops && r.Wants(name) {
				wanted[i] = append(wanted[i], name)
			}
		}
	}
	placed := map[string]bool{}
	for i, r := range readers {
		if len(wanted[i]) == 0 || ctx.Err() != nil {
			continue
		}
		report := read(tree, r, wanted[i])
		for _, f := range report.Findings {
			found = append(found, Claimed{f, orderOf(readers, i, f)})
		}
		notes = append(notes, report.Notes...)
		for _, file := range report.Placed {
			placed[file] = true
		}
	}
	notes = append(notes, ownPlugins(tree, found)...)
	return found, slices.DeleteFunc(notes, func(n scan.Note) bool { return n.Missing != "" && placed[n.Missing] })
}

// orderOf is where a finding stands among those of its rank. What manages the machines of production, in operations code that was
// given for the service, is heard before a compose file of the repository, which is as often about what developers start.
func orderOf(readers []scan.Reader, i int, f scan.Finding) int {
	if strings.HasPrefix(f.Evidence.File, "@") && managesMachines[readers[i].Name] {
		if compose := slices.IndexFunc(readers, func(r scan.Reader) bool { return r.Name == "compose" }); compose >= 0 {
			return min(2*compose-1, 2*i)
		}
	}
	return 2 * i
}

// managesMachines are readers of configuration management.
var managesMachines = map[string]bool{"puppet": true, "chef": true, "ansible": true, "salt": true}

// hasCode says whether something that could run was found.
func hasCode(found []Claimed) bool {
	for _, f := range found {
		if f.Service.Language != "" || len(f.Service.Command) > 0 || f.Library {
			return true
		}
	}
	return false
}

// read runs one reader. A reader that panics on a hostile file is a bug, but no reason to lose what the others know.
func read(tree *scan.Tree, r scan.Reader, paths []string) (report scan.Report) {
	report.Reader = r.Name
	defer func() {
		if p := recover(); p != nil {
			report.Note(paths[0], 0, "the %s reader failed here or in a later file (%v); what it found before counts", r.Name, p)
		}
	}()
	r.Read(tree, paths, &report)
	return report
}

// Line is the text of one line of a file of the tree, for showing evidence; "" where there is none.
func (s *Scanned) Line(file string, line int) string {
	if text, ok := s.snapshot[file]; ok {
		if line < 1 || line > len(text) {
			return ""
		}
		return strings.TrimSpace(text[line-1])
	}
	return s.tree.Line(file, line)
}

func sortNotes(notes []scan.Note) []scan.Note {
	sort.SliceStable(notes, func(i, j int) bool {
		a, b := notes[i], notes[j]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Text < b.Text
	})
	var unique []scan.Note
	for i, n := range notes {
		if i == 0 || !n.Same(notes[i-1]) {
			unique = append(unique, n)
		}
	}
	return unique
}
