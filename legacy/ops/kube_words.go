package ops

import (
	"encoding/json"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Lists of words that a chart's template puts below command and args as a whole.

var (
	// wantsWords is a key whose list of words a template fills in, in the same line or the next.
	wantsWords = scan.MustCompile(`^\s*(?:-\s*)?(?:command|args):\s*$`)
	// dotAsWords is a call that writes down what its block is about.
	dotAsWords = scan.MustCompile(`\{\{[^}]*\btoYaml\s+\.(?:[\s)|]|-?\})|\{\{-?\s*\.\s*\|\s*toYaml\b`)
)

// maxWordsLines bounds how long a block below command or args is.
const maxWordsLines = 50

// wordsBelow is the list that a line of nothing but calls gives the key above it, and the last line that is done with then. It
// is "" where items of the template's own stand beside what the calls give.
func wordsBelow(lines []string, i int, values *yaml.Node) (words string, last int) {
	if i == 0 || !wantsWords.MatchString(lines[i-1]) || !strings.Contains(lines[i], "}}") {
		return "", i
	}
	last = i
	if m := steers.FindStringSubmatch(lines[i]); m != nil {
		if last = endOfBlock(lines[:min(len(lines), i+maxWordsLines)], i); last < i || m[1] != "if" && m[1] != "with" || last > i && !givesItself(lines[i:last+1], values) {
			return "", i
		}
	}
	words = wordsOf(valueAt(lines[i], values))
	if words == "" || last+1 < len(lines) && itemBelow(lines[last+1], strings.IndexAny(lines[i-1], "ca")) {
		return "", i
	}
	return words, last
}

// givesItself says whether a block over several lines writes down the value that it asks for, and nothing beside it.
func givesItself(block []string, values *yaml.Node) bool {
	own := dotAsWords.MatchString(block[1]) && strings.Contains(block[0], "with")
	next := steers.FindStringSubmatch(block[min(2, len(block)-1)])
	return (own || valueAt(block[1], values) == valueAt(block[0], values)) && next != nil && (next[1] == "end" || next[1] == "else")
}

// itemBelow says whether a line is an item of the list whose key stands in this column.
func itemBelow(line string, column int) bool {
	item := strings.TrimLeft(line, " ")
	return strings.HasPrefix(item, "- ") && len(line)-len(item) >= column
}

// wordsOf are a list of words as YAML in one line, "" for anything else.
func wordsOf(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		return ""
	}
	words := make([]string, len(n.Content))
	for i, item := range n.Content {
		if words[i] = scalar(item); words[i] == "" || strings.Contains(words[i], "{{") {
			return ""
		}
	}
	text, err := json.Marshal(words)
	if err != nil {
		return ""
	}
	return string(text)
}
