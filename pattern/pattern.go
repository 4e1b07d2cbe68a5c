// Package pattern has regular expressions that cost nothing at start-up.
package pattern

import (
	"regexp"
	"strings"
	"sync"
)

// Pattern is a regular expression that is compiled when it is first asked. Readers of foreign text have hundreds of them; compiled at
// start-up they would cost each command, `migrate version` too, more time than all the rest.
type Pattern struct {
	text string
	once sync.Once
	re   *regexp.Regexp
}

// MustCompile makes a Pattern of a regular expression in the syntax of package regexp. One that can't be compiled panics
// when it is first used; a test over the sources finds those.
func MustCompile(text string) *Pattern { return &Pattern{text: text} }

// Ending makes a Reader's Wants of a pattern of paths that end in one of these, in whatever case: asked of every path of a
// big tree, the endings take a hundredth of the pattern's time.
func (p *Pattern) Ending(endings ...string) func(path string) bool {
	return func(path string) bool {
		for _, e := range endings {
			if at := len(path) - len(e); at >= 0 && strings.EqualFold(path[at:], e) {
				return p.MatchString(path)
			}
		}
		return false
	}
}

func (p *Pattern) get() *regexp.Regexp {
	p.once.Do(func() { p.re = regexp.MustCompile(p.text) })
	return p.re
}

// The methods are those of regexp.Regexp.

func (p *Pattern) String() string { return p.text }

func (p *Pattern) MatchString(s string) bool { return p.get().MatchString(s) }

func (p *Pattern) Match(b []byte) bool { return p.get().Match(b) }

func (p *Pattern) FindString(s string) string { return p.get().FindString(s) }

func (p *Pattern) FindStringIndex(s string) []int { return p.get().FindStringIndex(s) }

func (p *Pattern) FindStringSubmatch(s string) []string { return p.get().FindStringSubmatch(s) }

func (p *Pattern) FindStringSubmatchIndex(s string) []int { return p.get().FindStringSubmatchIndex(s) }

func (p *Pattern) FindAllString(s string, n int) []string { return p.get().FindAllString(s, n) }

func (p *Pattern) FindAllStringIndex(s string, n int) [][]int {
	return p.get().FindAllStringIndex(s, n)
}

func (p *Pattern) FindAllStringSubmatch(s string, n int) [][]string {
	return p.get().FindAllStringSubmatch(s, n)
}

func (p *Pattern) FindAllStringSubmatchIndex(s string, n int) [][]int {
	return p.get().FindAllStringSubmatchIndex(s, n)
}

func (p *Pattern) ReplaceAllString(s, with string) string { return p.get().ReplaceAllString(s, with) }

func (p *Pattern) ReplaceAllStringFunc(s string, with func(string) string) string {
	return p.get().ReplaceAllStringFunc(s, with)
}

func (p *Pattern) Split(s string, n int) []string { return p.get().Split(s, n) }

func (p *Pattern) FindSubmatchIndex(b []byte) []int { return p.get().FindSubmatchIndex(b) }

func (p *Pattern) FindAllSubmatchIndex(b []byte, n int) [][]int {
	return p.get().FindAllSubmatchIndex(b, n)
}

func (p *Pattern) FindAllSubmatch(b []byte, n int) [][][]byte { return p.get().FindAllSubmatch(b, n) }
