package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	branchTag  = scan.MustCompile(`(?s)<%-?(.*?)-?%>`)
	branchWord = scan.MustCompile(`(?s)^\s*(if|unless|elsif|else|end|case|when|begin|while|until|for)\b(.*)$`)
	blockStart = scan.MustCompile(`(?s)\bdo(\s*\|[^|]*\|)?\s*$`)
	blockEnd   = scan.MustCompile(`\bend[\s;]*$`)
	oneName    = scan.MustCompile(`^(!\s*)?@?([a-z_]\w*)$`)
)

// branch is a block of a template: whether what stands in it counts, whether what stands behind its else does, and whether
// that is known.
type branch struct{ counts, rest, known bool }

// branches are the blocks of a template that are open; of those beyond maxNested only the number is kept.
type branches struct {
	value  func(name string) managedValue
	open   []branch
	deep   int
	broken bool // an end closes nothing
}

// certain is the text of a template without what stands under conditions that do not hold, or of which it is not known; each line
// stays where it is. What is repeated counts. unsure is the line of the first part of which it is not known, 0 for none. A
// template whose blocks are not understood stays as it was.
func certain(text string, value func(name string) managedValue) (out string, unsure int) {
	if len(text) > scan.MaxConfigFile {
		return text, 0
	}
	var b strings.Builder
	open := branches{value: value}
	keep := func(part string) {
		counts, known := open.counts()
		if counts {
			b.WriteString(part)
			return
		}
		if body := strings.TrimLeft(part, " \t\r\n"); body != "" && !known && unsure == 0 {
			unsure = 1 + strings.Count(b.String(), "\n") + strings.Count(part[:len(part)-len(body)], "\n")
		}
		b.WriteString(strings.Repeat("\n", strings.Count(part, "\n")))
	}
	at := 0
	for _, tag := range branchTag.FindAllStringSubmatchIndex(text, -1) {
		keep(text[at:tag[0]])
		at = tag[1]
		if whole := text[tag[0]:tag[1]]; open.tag(text[tag[2]:tag[3]]) {
			b.WriteString(strings.Repeat("\n", strings.Count(whole, "\n")))
		} else {
			keep(whole)
		}
	}
	keep(text[at:])
	if open.broken || len(open.open) > 0 {
		return text, 0
	}
	return b.String(), unsure
}

// counts says whether what stands here counts, and if not, whether that is known.
func (b *branches) counts() (counts, known bool) {
	counts = true
	for _, o := range b.open {
		if !o.counts {
			counts, known = false, known || o.known
		}
	}
	return counts, known
}

// tag says whether a tag opens, parts or closes a block.
func (b *branches) tag(inner string) bool {
	word := branchWord.FindStringSubmatch(inner)
	switch {
	case strings.HasPrefix(inner, "#"):
		return false
	case word == nil:
		if !blockStart.MatchString(inner) {
			return false
		}
		b.push(branch{counts: true})
	case word[1] == "end":
		b.pop()
	case word[1] == "elsif" || word[1] == "else" || word[1] == "when":
		b.part(word[1], word[2])
		if blockEnd.MatchString(word[2]) {
			b.pop()
		}
	case blockEnd.MatchString(word[2]): // it closes what it opens
		return false
	case word[1] == "if" || word[1] == "unless":
		b.push(b.branch(word[2], word[1] == "if"))
	default:
		b.push(branch{counts: word[1] == "for"})
	}
	return true
}

// branch is the one that a condition opens, where it is to be so.
func (b *branches) branch(condition string, so bool) branch {
	is, known := holds(condition, b.value)
	is = is == so
	return branch{counts: known && is, rest: known && !is, known: known}
}

func (b *branches) push(one branch) {
	if len(b.open) >= maxNested {
		b.deep++
		return
	}
	b.open = append(b.open, one)
}

func (b *branches) pop() {
	switch last := len(b.open) - 1; {
	case b.deep > 0:
		b.deep--
	case last < 0:
		b.broken = true
	default:
		b.open = b.open[:last]
	}
}

// part goes on to the next part of the block that is open.
func (b *branches) part(word, condition string) {
	if b.deep > 0 || len(b.open) == 0 {
		return
	}
	switch last := &b.open[len(b.open)-1]; {
	case word == "else":
		*last = branch{counts: last.rest, known: last.known}
	case word == "elsif" && last.rest:
		*last = b.branch(condition, true)
	default:
		last.counts = false
	}
}

// holds works out the condition of a branch where it is one name, or several of which all have to hold.
func holds(condition string, value func(name string) managedValue) (is, known bool) {
	is, known = true, true
	for _, part := range strings.Split(strings.NewReplacer("&&", "\x00", " and ", "\x00").Replace(condition), "\x00") {
		name := oneName.FindStringSubmatch(strings.TrimSpace(part))
		if name == nil {
			known = false
			continue
		}
		v := value(name[2])
		if v.kind == valueUnknown || v.open || v.secret {
			known = false
			continue
		}
		if set := v.kind != valueUndef && !(v.kind == valueSwitch && v.text == "false"); set == (name[1] != "") {
			return false, true
		}
	}
	return is && known, known
}
