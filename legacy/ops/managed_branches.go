package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	branchTag  = scan.MustCompile(`(?s)<%-?(.*?)-?%>`)
	branchWord = scan.MustCompile(`(?s)^\s*(if|unless|elsif|else|end|case|when|begin|while|until)\b(.*)$`)
	blockStart = scan.MustCompile(`(?s)\bdo(\s*\|[^|]*\|)?\s*$`)
	oneName    = scan.MustCompile(`^(!\s*)?@?([a-z_]\w*)$`)
)

// branch is a block of a template: whether what stands in it counts, and whether what stands behind its else does.
type branch struct{ counts, rest bool }

// certain is the text of a template without what stands under conditions that do not hold, or of which it is not known; each line
// stays where it is. What is repeated counts.
func certain(text string, value func(name string) managedValue) string {
	var b strings.Builder
	var open []branch
	counts := func() bool {
		for _, o := range open {
			if !o.counts {
				return false
			}
		}
		return true
	}
	keep := func(part string) {
		if counts() {
			b.WriteString(part)
		} else {
			b.WriteString(strings.Repeat("\n", strings.Count(part, "\n")))
		}
	}
	at := 0
	for _, tag := range branchTag.FindAllStringSubmatchIndex(text, -1) {
		keep(text[at:tag[0]])
		at = tag[1]
		inner := text[tag[2]:tag[3]]
		word := branchWord.FindStringSubmatch(inner)
		switch last := len(open) - 1; {
		case word == nil && blockStart.MatchString(inner):
			open = append(open, branch{counts: true})
		case word == nil:
			keep(text[tag[0]:tag[1]])
			continue
		case word[1] == "if" || word[1] == "unless":
			is, known := holds(word[2], value)
			is = is == (word[1] == "if")
			open = append(open, branch{counts: known && is, rest: known && !is})
		case word[1] == "end" && last >= 0:
			open = open[:last]
		case (word[1] == "elsif" || word[1] == "when") && last >= 0:
			open[last].counts = false
			if word[1] == "elsif" && open[last].rest {
				is, known := holds(word[2], value)
				open[last] = branch{counts: known && is, rest: known && !is}
			}
		case word[1] == "else" && last >= 0:
			open[last] = branch{counts: open[last].rest}
		case word[1] != "end" && last < maxNested:
			open = append(open, branch{})
		}
		b.WriteString(strings.Repeat("\n", strings.Count(text[tag[0]:tag[1]], "\n")))
	}
	keep(text[at:])
	return b.String()
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
