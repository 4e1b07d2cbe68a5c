package ops

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// maxWords bounds how many words of one start script are tried.
const maxWords = 60

// chosenWords are the words among which a start script chooses by its first argument, in their order: the patterns of a
// case, or what a chain of ifs compares it with.
func chosenWords(text string) []string {
	parsed, err := parseShell(text)
	if err != nil {
		return nil
	}
	var words []string
	add := func(word string) {
		if processWord.MatchString(word) && !slices.Contains(words, word) && len(words) < maxWords {
			words = append(words, word)
		}
	}
	source := func(n syntax.Node) string { return text[n.Pos().Offset():n.End().Offset()] }
	kept := map[string]bool{} // what holds the first argument
	for _, m := range keepsArgument.FindAllStringSubmatch(text, maxWords) {
		kept[m[1]] = true
	}
	syntax.Walk(parsed, func(n syntax.Node) bool {
		switch c := n.(type) {
		case *syntax.CaseClause:
			of := source(c.Word)
			if m := variable.FindStringSubmatch(of); !oneArgument.MatchString(of) && (m == nil || !kept[m[1]+m[2]]) {
				return true
			}
			for _, item := range c.Items {
				for _, p := range item.Patterns {
					if word, ok := literal(p); ok {
						add(word)
					}
				}
			}
		case *syntax.IfClause:
			if len(c.Cond) != 1 {
				return true
			}
			if m := equalTest.FindStringSubmatch(strings.TrimRight(source(c.Cond[0]), "; ")); m != nil && m[1] != "!=" {
				add(m[2])
			}
		}
		return true
	})
	return words
}

// keepsArgument is the first argument under a name of its own: SERVICE=$1.
var keepsArgument = scan.MustCompile(`(?m)^\s*(?:local\s+|export\s+)?(\w+)=["']?\$\{?1\}?["']?\s*(?:;|$)`)

var processWord = scan.MustCompile(`^[A-Za-z][\w.:-]*$`)

// wordScript is the script by which an ENTRYPOINT chooses what it runs, "" for none, and the word that CMD gives it, "" where
// there is no CMD. What compose gives it says more than the script.
func (d *dockerfile) wordScript(t *scan.Tree) (file, given string) {
	if d.entry == nil || d.entry.shell || d.commanded || d.cmd != nil && (d.cmd.shell || len(d.cmd.words) != 1) {
		return "", ""
	}
	at := scriptIn(d.entry.words)
	if at != len(d.entry.words)-1 {
		return "", ""
	}
	if d.cmd != nil {
		given = d.cmd.words[0]
	}
	return d.scriptFinder(t)(d.entry.words[at]), given
}

// reportWords claims what an ENTRYPOINT runs that chooses by a word: what serves as the main process where no CMD says one,
// and beside it what works off jobs and the steps of a release. It gives what serves, nil where nothing does.
func (d *dockerfile) reportWords(t *scan.Tree, r *scan.Report) []string {
	file, given := d.wordScript(t)
	if file == "" {
		return nil
	}
	words := chosenWords(t.Text(file, r))
	if given != "" && !slices.Contains(words, given) {
		return nil
	}
	var serves, others []string
	var findings []scan.Finding
	var lines []int
	for _, word := range words {
		s := followScript(t, d.scriptFinder(t), append(slices.Clone(d.entry.words), word), d.environment())
		if word == given || s == nil || len(s.argv) == 0 || s.own != "" || s.passes || forDevelopment(s.argv) {
			continue
		}
		f := d.finding(service.Service{Command: s.argv, Env: s.sets})
		line := shown(s.argv)
		serving := serverLine.MatchString(line) // whatever its word says
		switch {
		case releaseStep.MatchString(line) || releaseWord.MatchString(word) && !serving:
			f.Process, f.Service.Release = word, true
		case worksOff.MatchString(line) || waitsForWork.MatchString(word) && !serving:
			f.Process = word
		case serving && serves == nil && given == "":
			serves = s.argv
		case byPeople.MatchString(word) || serving || testRun.MatchString(line):
			continue
		default:
			others = append(others, word)
			continue
		}
		findings, lines = append(findings, f), append(lines, s.line)
	}
	if serves == nil && given == "" {
		return nil
	}
	for i, f := range findings {
		r.Find(f, file, max(lines[i], 1), scan.Convention, "the ENTRYPOINT runs it when it is told so")
	}
	if len(others) > 0 && given != "" {
		r.Note(file, 0, "also runs what nothing here starts: give each that production runs a process, with a schedule where it comes to an end, in %s: %s", service.FileName, strings.Join(others, ", "))
	}
	return serves
}

var (
	releaseWord  = scan.MustCompile(`(?i)^(?:release|pre[-_]?deploy|migrat(?:e|ions?))$`)
	waitsForWork = scan.MustCompile(`(?i)(?:^|[-_.:])(?:listener|consumer|subscriber|daemon|poller)s?(?:[-_.:]|$)`)
	byPeople     = scan.MustCompile(`(?i)^(?:\w*[-_])?(?:shell|bash|sh|console|help|usage|version|tests?|lint|dev|develop|debug|local|psql|repl|py|python|manage|init|setup|seed|create\w*)(?:[-_]\w+)?$`)
)
