package cli

import (
	"bytes"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
)

// printDiff shows what the changes do. What goes to a pipe or a file is the diff byte for byte; on a terminal nothing in it can
// steer the terminal, and it has colour.
func printDiff(s Streams, changes []fileset.Change) error {
	for _, c := range changes {
		if !isTerminal(s.Out) {
			if err := fileset.Diff(s.Out, c); err != nil {
				return err
			}
			continue
		}
		var b bytes.Buffer
		if err := fileset.Diff(&b, c); err != nil {
			return err
		}
		text := visibly(b.String())
		if s.Colour(s.Out) {
			text = coloured(text)
		}
		if _, err := s.Out.Write([]byte(text)); err != nil {
			return err
		}
	}
	return nil
}

// coloured gives the lines of a unified diff the colours that git has for them.
func coloured(diff string) string {
	var b strings.Builder
	head := false // until the first @@
	for line := range strings.Lines(diff) {
		start := ""
		switch {
		case strings.HasPrefix(line, "diff "):
			start, head = "\x1b[1m", true
		case strings.HasPrefix(line, "@@"):
			start, head = "\x1b[36m", false
		case head:
			start = "\x1b[1m"
		case strings.HasPrefix(line, "+"):
			start = "\x1b[32m"
		case strings.HasPrefix(line, "-"):
			start = "\x1b[31m"
		}
		text, end := strings.CutSuffix(line, "\n")
		if start != "" && text != "" {
			text = start + text + "\x1b[m"
		}
		b.WriteString(text)
		if end {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
