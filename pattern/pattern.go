// Package pattern has regular expressions that cost nothing at start-up and next to nothing where they don't match.
package pattern

import (
	"regexp"
	"sync"
)

// Pattern is a regular expression that is compiled when a text is first asked for that it can match in, by its literals. Readers of
// foreign text have hundreds of them, and ask them of every path of a big tree; compiled at start-up they would cost each
// command, `migrate version` too, more time than all the rest.
type Pattern struct {
	text    string
	parsed  sync.Once
	needs   *literals
	compile sync.Once
	re      *regexp.Regexp
}

// MustCompile makes a Pattern of a regular expression in the syntax of package regexp. One that can't be compiled panics
// when it is first used; a test over the sources finds those.
func MustCompile(text string) *Pattern { return &Pattern{text: text} }

// in says whether the expression can match in a text.
func (p *Pattern) in(s string) bool {
	p.parsed.Do(func() { p.needs = literalsOf(p.text) })
	return p.needs.allow(s)
}

func (p *Pattern) get() *regexp.Regexp {
	p.compile.Do(func() { p.re = regexp.MustCompile(p.text) })
	return p.re
}

// The methods are those of regexp.Regexp.

func (p *Pattern) String() string { return p.text }

func (p *Pattern) MatchString(s string) bool { return p.in(s) && p.get().MatchString(s) }

func (p *Pattern) Match(b []byte) bool { return p.get().Match(b) }

func (p *Pattern) FindString(s string) string {
	if !p.in(s) {
		return ""
	}
	return p.get().FindString(s)
}

func (p *Pattern) FindStringIndex(s string) []int {
	if !p.in(s) {
		return nil
	}
	return p.get().FindStringIndex(s)
}

func (p *Pattern) FindStringSubmatch(s string) []string {
	if !p.in(s) {
		return nil
	}
	return p.get().FindStringSubmatch(s)
}

func (p *Pattern) FindStringSubmatchIndex(s string) []int {
	if !p.in(s) {
		return nil
	}
	return p.get().FindStringSubmatchIndex(s)
}

func (p *Pattern) FindAllString(s string, n int) []string {
	if !p.in(s) {
		return nil
	}
	return p.get().FindAllString(s, n)
}

func (p *Pattern) FindAllStringIndex(s string, n int) [][]int {
	if !p.in(s) {
		return nil
	}
	return p.get().FindAllStringIndex(s, n)
}

func (p *Pattern) FindAllStringSubmatch(s string, n int) [][]string {
	if !p.in(s) {
		return nil
	}
	return p.get().FindAllStringSubmatch(s, n)
}

func (p *Pattern) FindAllStringSubmatchIndex(s string, n int) [][]int {
	if !p.in(s) {
		return nil
	}
	return p.get().FindAllStringSubmatchIndex(s, n)
}

func (p *Pattern) ReplaceAllString(s, with string) string {
	if !p.in(s) {
		return s
	}
	return p.get().ReplaceAllString(s, with)
}

func (p *Pattern) ReplaceAllStringFunc(s string, with func(string) string) string {
	if !p.in(s) {
		return s
	}
	return p.get().ReplaceAllStringFunc(s, with)
}

func (p *Pattern) Split(s string, n int) []string { return p.get().Split(s, n) }

func (p *Pattern) FindSubmatchIndex(b []byte) []int { return p.get().FindSubmatchIndex(b) }

func (p *Pattern) FindAllSubmatchIndex(b []byte, n int) [][]int {
	return p.get().FindAllSubmatchIndex(b, n)
}

func (p *Pattern) FindAllSubmatch(b []byte, n int) [][][]byte { return p.get().FindAllSubmatch(b, n) }
