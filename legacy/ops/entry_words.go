package ops

import (
	"slices"

	"mvdan.cc/sh/v3/syntax"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// maxWords bounds how many words of one start script are tried.
const maxWords = 60

// caseWords are the words among which a start script chooses by its first argument, in their order.
func caseWords(text string) []string {
	parsed, err := parseShell(text)
	if err != nil {
		return nil
	}
	var words []string
	syntax.Walk(parsed, func(n syntax.Node) bool {
		c, ok := n.(*syntax.CaseClause)
		if !ok || !oneArgument.MatchString(text[c.Word.Pos().Offset():c.Word.End().Offset()]) {
			return true
		}
		for _, item := range c.Items {
			for _, p := range item.Patterns {
				if word, ok := literal(p); ok && processWord.MatchString(word) && !slices.Contains(words, word) && len(words) < maxWords {
					words = append(words, word)
				}
			}
		}
		return true
	})
	return words
}

var processWord = scan.MustCompile(`^[A-Za-z][\w.:-]*$`)

// reportWords claims what an ENTRYPOINT runs that wants a word to choose by, where no CMD and no compose file says one: what
// serves as the main process, and beside it what works off jobs and the steps of a release. It gives what serves, nil where
// nothing does.
func (d *dockerfile) reportWords(t *scan.Tree, r *scan.Report) []string {
	if d.entry == nil || d.entry.shell || d.cmd != nil || d.commanded {
		return nil
	}
	at := scriptIn(d.entry.words)
	if at != len(d.entry.words)-1 {
		return nil
	}
	find := d.scriptFinder(t)
	file := find(d.entry.words[at])
	if file == "" {
		return nil
	}
	var serves []string
	var findings []scan.Finding
	var lines []int
	for _, word := range caseWords(t.Text(file, r)) {
		s := followScript(t, find, append(slices.Clone(d.entry.words), word), d.environment())
		if s == nil || len(s.argv) == 0 || s.own != "" || s.passes || forDevelopment(s.argv) {
			continue
		}
		f := d.finding(service.Service{Command: s.argv, Env: s.sets})
		switch line := shown(s.argv); {
		case releaseStep.MatchString(line):
			f.Process, f.Service.Release = word, true
		case worksOff.MatchString(line):
			f.Process = word
		case serverLine.MatchString(line) && serves == nil:
			serves = s.argv
		default:
			continue
		}
		findings, lines = append(findings, f), append(lines, s.line)
	}
	if serves == nil {
		return nil
	}
	for i, f := range findings {
		r.Find(f, file, max(lines[i], 1), scan.Convention, "the ENTRYPOINT runs it when it is told so")
	}
	return serves
}
