package smoke

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// decoder walks the nodes of one file. It notes every mistake with its line and goes on, so that all are told at once.
type decoder struct {
	file     string
	mistakes []mistake
	visited  *int // values, each time that an alias leads to one, in this file and those that it uses
	tooMany  bool
}

type mistake struct {
	file string
	line int
	text string
}

// maxNodes bounds a file's values after aliases are followed: a few short lines of aliases can stand for billions.
const maxNodes = 200_000

func (d *decoder) fail(n *yaml.Node, format string, args ...any) {
	d.mistakes = append(d.mistakes, mistake{d.file, n.Line, fmt.Sprintf(format, args...)})
}

func (d *decoder) err() error {
	if d.tooMany {
		return fmt.Errorf("%s: more than %d values; do aliases stand for aliases in it, or lists of \"with\" for too many checks?", d.file, maxNodes)
	}
	slices.SortStableFunc(d.mistakes, func(a, b mistake) int {
		return cmp.Or(strings.Compare(a.file, b.file), cmp.Compare(a.line, b.line))
	})
	var errs []error
	said := map[mistake]bool{} // a check that runs for several values is read for each of them
	for _, m := range d.mistakes {
		if !said[m] {
			errs = append(errs, fmt.Errorf("%s:%d: %s", m.file, m.line, m.text))
		}
		said[m] = true
	}
	return errors.Join(errs...)
}

// follow counts the node and takes an alias for what it stands for.
func (d *decoder) follow(n *yaml.Node) *yaml.Node {
	if *d.visited++; *d.visited > maxNodes {
		d.tooMany = true
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Line: n.Line} // a leaf, so that the walk comes to its end
	}
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

// fields are the keys that a mapping may have, each with what reads its value.
type fields map[string]func(key, value *yaml.Node)

// mapping reads n by known. rest is asked for any other key and may be nil; it says whether it took it.
func (d *decoder) mapping(n *yaml.Node, what string, known fields, rest func(key, value *yaml.Node) bool) bool {
	n = d.follow(n)
	if n.Kind != yaml.MappingNode {
		d.fail(n, "%s must be a mapping, not %s", what, kindOf(n))
		return false
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := d.follow(n.Content[i]), d.follow(n.Content[i+1])
		read, ok := known[key.Value]
		switch {
		case key.Kind != yaml.ScalarNode:
			d.fail(key, "a key of %s must be a word, not %s", what, kindOf(key))
		case key.Tag == "!!merge":
			d.fail(key, "merge keys (<<) are not read here; repeat the lines")
		case seen[key.Value]:
			d.fail(key, "%q stands twice in %s", key.Value, what)
		case ok:
			read(key, value)
		case rest != nil && rest(key, value):
		default:
			d.unknown(key, what, known)
		}
		seen[key.Value] = true
	}
	return true
}

func (d *decoder) unknown(key *yaml.Node, what string, known fields) {
	var names []string
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	hint := didYouMean(key.Value, names)
	if hint == "" && len(names) > 0 {
		hint = "; known here: " + strings.Join(names, ", ")
	}
	d.fail(key, "unknown key %q in %s%s", key.Value, what, hint)
}

func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Tag == "!!null":
		return "nothing"
	}
	return fmt.Sprintf("%q", n.Value)
}

// text reads a string; a number or true would be taken for one by some readers of YAML and not by others.
func (d *decoder) text(n *yaml.Node, what string) string {
	if n.Kind != yaml.ScalarNode || (n.ShortTag() != "!!str" && n.ShortTag() != "!!timestamp") {
		d.fail(n, "%s must be a text, not %s%s", what, kindOf(n), quoteHint(n))
		return ""
	}
	if strings.TrimSpace(n.Value) == "" {
		d.fail(n, "%s is empty", what)
	}
	return n.Value
}

func quoteHint(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode && n.Tag != "!!null" {
		return `; put it in quotes: "` + n.Value + `"`
	}
	return ""
}

// scalarText reads any scalar as a text: a header may be 1 or true.
func (d *decoder) scalarText(n *yaml.Node, what string) string {
	if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
		d.fail(n, "%s must be a text or a number, not %s", what, kindOf(n))
		return ""
	}
	return n.Value
}

func (d *decoder) bool(n *yaml.Node, what string) bool {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
		d.fail(n, "%s must be true or false, not %s", what, kindOf(n))
		return false
	}
	return strings.EqualFold(n.Value, "true")
}

var durationForm = pattern.MustCompile(`^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`)

func (d *decoder) duration(n *yaml.Node, what string) time.Duration {
	if n.Kind == yaml.ScalarNode && durationForm.MatchString(n.Value) {
		if v, err := time.ParseDuration(n.Value); err == nil && v > 0 {
			return v
		}
	}
	d.fail(n, "%s must be a time with its unit, such as 800ms or 10s, not %s", what, kindOf(n))
	return 0
}

// list reads one value or a list of them.
func (d *decoder) list(n *yaml.Node, what string, each func(*yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		each(n)
		return
	}
	if len(n.Content) == 0 {
		d.fail(n, "%s is an empty list", what)
	}
	for _, item := range n.Content {
		each(d.follow(item))
	}
}

// didYouMean is the end of a message about an unknown word: the known word that is nearest, if one is near.
func didYouMean(word string, known []string) string {
	best, nearest := "", len(word)/3+2
	for _, k := range slices.Sorted(slices.Values(known)) {
		if n := distance(strings.ToLower(word), strings.ToLower(k)); n < nearest {
			best, nearest = k, n
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// distance is the number of letters to change, add, drop or swap with their neighbour to get from a to b.
func distance(a, b string) int {
	const longest = 64 // nobody misspells more than that, and the work grows with the product
	if len(a) > longest || len(b) > longest {
		return longest
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
