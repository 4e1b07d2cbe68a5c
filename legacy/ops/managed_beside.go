package ops

import "strings"

// besideKind is a role, state or recipe that the same machines have as others do.
const besideKind = "set up beside"

// maxTogether bounds how many things a machine may have that are still told to each other.
const maxTogether = 80

// setUpTogether are the roles, states or classes that the same machines have: each is told to the others.
func setUpTogether(names []managedValue) []*managed {
	var found []*managed
	for i, name := range names[:min(len(names), maxTogether)] {
		if name.text == "" || strings.ContainsAny(name.text, "{$%") {
			continue
		}
		m := &managed{kind: besideKind, title: name.text, file: name.file, line: max(name.line, 1), located: true}
		for j, other := range names[:min(len(names), maxTogether)] {
			if j != i {
				classNames(strings.ReplaceAll(other.text, ".", "::"), func(part string) { m.beside = append(m.beside, part) })
			}
		}
		if len(m.beside) > 0 {
			found = append(found, m)
		}
	}
	return found
}
