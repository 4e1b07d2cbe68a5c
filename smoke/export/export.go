// Package export says the checks of smoke files in the words of other tools: files of hurl and goss, modules of
// blackbox_exporter with the targets for Prometheus, a readiness probe, and the requests of a load.
//
// It stands beside smoke/convert, which leads the other way. It writes no file and asks nobody; what the other tool can't
// say is listed with its place and the reason, and no secret is in what it makes.
package export

import (
	"fmt"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// Left is something that the other tool has no words for.
type Left struct {
	File, What, Reason string
	Line               int
}

func (l Left) String() string { return fmt.Sprintf("%s:%d: %s: %s", l.File, l.Line, l.What, l.Reason) }

// File is a file that was made.
type File struct {
	Name string
	Text []byte
}

// list collects what is left out of the checks of a suite.
type list struct {
	check  smoke.Plain
	left   []Left
	hidden []string // variables in the place of secrets that stand in the file
}

func (l *list) leave(line int, what, format string, args ...any) {
	if line == 0 {
		line = l.check.Line
	}
	l.left = append(l.left, Left{l.check.File, oneLine(l.check.Name + ", " + what), fmt.Sprintf(format, args...), line})
}

// concealed tells of the values that were in the file and are not in what is made.
func (l *list) concealed() {
	l.hidden = append(l.hidden, l.check.Concealed...)
	for _, name := range l.check.Concealed {
		l.leave(0, name, "its value stands in the file of checks; the export has a variable in its place, and so should the file: ${%s}", name)
	}
}

// ordinary lists the keys of a check that no other tool has.
func (l *list) ordinary() {
	if len(l.check.Ignore) > 0 {
		l.leave(0, "ignore", "it is for --compare")
	}
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

var notInNames = pattern.MustCompile(`[^A-Za-z0-9]+`)

// suiteName is the name of a file of checks without directory and ending.
func suiteName(file string) string {
	base := file[strings.LastIndexAny(file, `/\`)+1:]
	base = strings.TrimSuffix(strings.TrimSuffix(base, ".yaml"), ".yml")
	if base == "" {
		return "checks"
	}
	return base
}

// names gives each thing a name that no other has.
type names struct{ taken []string }

func (n *names) name(text, join string) string {
	text = strings.Trim(notInNames.ReplaceAllString(strings.ToLower(text), join), join)
	if len(text) > 60 {
		text = strings.Trim(text[:60], join)
	}
	unique := text
	for i := 2; slices.Contains(n.taken, unique); i++ {
		unique = fmt.Sprintf("%s%s%d", text, join, i)
	}
	n.taken = append(n.taken, unique)
	return unique
}
