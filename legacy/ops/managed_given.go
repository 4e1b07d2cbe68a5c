package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// givenToCommand are the variables that a line of a shell gives to the command behind them.
var givenToCommand = scan.MustCompile(`^(?:[A-Za-z_]\w*=(?:'[^']*'|"[^"]*"|[^\s'"]*)\s+)+`)

// oneGiven is one of them.
var oneGiven = scan.MustCompile(`([A-Za-z_]\w*)=('[^']*'|"[^"]*"|[^\s'"]*)`)

// given takes over the variables that a step gets on its own command line.
func (g *meaning) given(m *managed, f scan.Finding, run managedValue) {
	for _, part := range commandEnd.Split(run.text, maxCommandParts) {
		part = strings.TrimSpace(part)
		before := givenToCommand.FindString(part)
		if before == "" || !releaseStep.MatchString(part) {
			continue
		}
		for _, found := range oneGiven.FindAllStringSubmatch(before, maxCommandParts) {
			v := run
			v.text = strings.Trim(found[2], `'"`)
			v.open = strings.Contains(v.text, "${")
			v.secret = run.secret && v.open
			v.open = v.open || !strings.HasPrefix(found[2], "'") && strings.ContainsAny(v.text, "$`") // the shell's own
			g.setting(m, f, found[1], partlyKnown(v))
		}
	}
}

// maxCommandParts bounds how many commands of a line are looked at, and what each is given.
const maxCommandParts = 50
