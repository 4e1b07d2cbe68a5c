package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// cronBlock is a block of a template that is still open, a condition or a loop.
type cronBlock struct {
	what   string // the condition, "" for a loop
	line   int
	noted  bool
	branch int            // how many of the condition's others stand above, from 1
	under  map[string]int // the branch of each job
}

// maxCronBlocks bounds how many blocks stand in each other.
const maxCronBlocks = 20

var (
	// cronOpen is a place of a template that says how it goes on, by its first word.
	cronOpen   = scan.MustCompile(`^(?:!!\(\*|<%-?|\{%[-+]?)\s*(\}?)\s*(?:(\w+)\b)?(.*?)[\s{]*[-+]?(?:\*\)!!|%>|%\})$`)
	cronRepeat = scan.MustCompile(`(?:\bdo\b\s*(?:\|[^|]*\|)?|\{)\s*-?(?:\*\)!!|%>)$`)
	cronEnd    = scan.MustCompile(`^end(?:if|unless|for|foreach|while)?$`)
)

// blocks follows the conditions and loops that a line of the template begins and ends.
func (c *crontab) blocks(line string, at int) {
	for _, tag := range cronTag.FindAllString(line, -1) {
		m := cronOpen.FindStringSubmatch(tag)
		if m == nil || strings.HasPrefix(m[3], "#") { // a comment
			continue
		}
		top := len(c.open) - 1
		switch word := m[2]; {
		case word == "elsif" || word == "elif" || word == "else":
			if top >= 0 {
				c.open[top].branch++
			}
		case cronEnd.MatchString(word), m[1] == "}" && word == "":
			c.open = c.open[:max(top, 0)]
		case word == "if" || word == "unless":
			c.begin(cronBlock{what: word + strings.TrimRight(m[3], " -"), line: at, branch: 1, under: map[string]int{}})
		case word == "for" || word == "foreach" || word == "while" || word == "until" || word == "case" || cronRepeat.MatchString(tag):
			c.begin(cronBlock{})
		}
	}
}

func (c *crontab) begin(b cronBlock) {
	if len(c.open) >= maxCronBlocks { // nobody writes that
		c.open = nil
	}
	c.open = append(c.open, b)
}

// elsewise says whether another branch of a condition has the same job: it is for another installation, at another time.
func (c *crontab) elsewise(job string) bool {
	for _, b := range c.open {
		if at := b.under[job]; at > 0 && at != b.branch {
			return true
		}
	}
	for _, b := range c.open {
		if b.under != nil {
			b.under[job] = b.branch
		}
	}
	return false
}

// noteConditions tells of the conditions that a job stands under, once each.
func (c *crontab) noteConditions() {
	for i := range c.open {
		if b := &c.open[i]; b.what != "" && !b.noted {
			b.noted = true
			c.r.NoteItem(namedBy(c.t, c.file, c.name()), c.file, b.line, "a template has jobs under conditions; keep those that this installation runs", b.what)
		}
	}
}
