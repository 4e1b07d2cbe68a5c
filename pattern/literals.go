package pattern

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// literals are texts of which a regular expression needs one to match at all. Most paths and lines that a Pattern is asked
// about hold none of them, and to see that takes a hundredth of the time that the expression does.
type literals struct {
	texts  []string   // nil says that nothing is known
	end    bool       // one of them ends the text; it may be anywhere otherwise
	fold   bool       // upper and lower case are the same; the texts are in lower case
	long   int        // the longest has so many bytes
	last   [256]bool  // bytes with which one of them ends
	first  [256]uint8 // for a byte the place in groups, from 1, of those that begin with it
	groups [][]string
}

const (
	mostLiterals = 512
	mostWithin   = 32  // with more of those that may be anywhere, those at the end are better
	mostSought   = 4   // in a short text more of them than these are sought all at once
	shortText    = 256 // bytes
)

// allow says whether the expression can match in a text. It errs on the side of true.
func (l *literals) allow(s string) bool {
	switch {
	case len(l.texts) == 0:
		return true
	case l.end && (s == "" || !l.last[s[len(s)-1]]):
		return false
	case l.end && l.fold:
		return l.foldedIn(s[max(0, len(s)-3*l.long):])
	case l.fold:
		return l.foldedIn(s)
	case l.end:
		return slices.ContainsFunc(l.texts, func(text string) bool { return strings.HasSuffix(s, text) })
	case len(l.texts) > mostSought && len(s) <= shortText:
		return l.in(s)
	}
	return slices.ContainsFunc(l.texts, func(text string) bool { return strings.Contains(s, text) })
}

// in seeks all of the texts in one pass.
func (l *literals) in(s string) bool {
	for i := range len(s) {
		if group := l.first[s[i]]; group != 0 {
			for _, text := range l.groups[group-1] {
				if strings.HasPrefix(s[i:], text) {
					return true
				}
			}
		}
	}
	return false
}

// foldedIn seeks all of the texts in one pass, whatever the case. Two letters are an s or a k for an expression without case and
// lie outside ASCII: a text that has one of them may match.
func (l *literals) foldedIn(s string) bool {
	for i := range len(s) {
		group := l.first[s[i]]
		if group == 0 {
			continue
		}
		if s[i] >= utf8.RuneSelf {
			if strings.HasPrefix(s[i:], longS) || strings.HasPrefix(s[i:], kelvin) {
				return true
			}
			continue
		}
		for _, text := range l.groups[group-1] {
			if foldedPrefix(s[i:], text) && (!l.end || i+len(text) == len(s)) {
				return true
			}
		}
	}
	return false
}

const (
	longS  = "ſ"
	kelvin = "\u212a"
)

// foldedPrefix says whether a text begins with one in lower case, whatever its own case.
func foldedPrefix(s, lower string) bool {
	if len(s) < len(lower) {
		return false
	}
	for i := range len(lower) {
		if c := s[i]; c != lower[i] && (c < 'A' || c > 'Z' || c+'a'-'A' != lower[i]) {
			return false
		}
	}
	return true
}

// index notes with which bytes the texts begin and end.
func (l *literals) index() {
	for _, text := range l.texts {
		l.long = max(l.long, len(text))
		l.begins(text[0], text)
		l.last[text[len(text)-1]] = true
	}
	if !l.fold {
		return
	}
	for c := byte('a'); c <= 'z'; c++ {
		upper := c - 'a' + 'A'
		l.first[upper], l.last[upper] = l.first[c], l.last[c]
	}
	for _, outside := range []string{longS, kelvin} {
		l.begins(outside[0], outside)
		l.last[outside[len(outside)-1]] = true
	}
}

func (l *literals) begins(c byte, text string) {
	if l.first[c] == 0 {
		l.groups = append(l.groups, nil)
		l.first[c] = uint8(len(l.groups))
	}
	group := &l.groups[l.first[c]-1]
	*group = append(*group, text)
}

// literalsOf finds the literals of an expression in the syntax of package regexp.
func literalsOf(expression string) *literals {
	re, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return &literals{} // compiling it says why
	}
	s := shapeOf(re)
	l := &literals{texts: slices.Clone(s.within), fold: s.fold}
	if s.closes && useful(s.end) && (len(s.within) > mostWithin || shortest(s.within) < shortest(s.end)+2) {
		l.texts, l.end = slices.Clone(s.end), true
	}
	if !useful(l.texts) {
		return &literals{}
	}
	if l.fold {
		for i, text := range l.texts {
			if strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) {
				return &literals{}
			}
			l.texts[i] = strings.ToLower(text)
		}
	}
	l.texts = fewest(l.texts, l.end)
	l.index()
	return l
}

// fewest leaves out what another one of the texts says: where app.yml is, /app.yml need not be sought.
func fewest(texts []string, end bool) []string {
	var few []string
	for _, text := range texts {
		said := slices.ContainsFunc(texts, func(other string) bool {
			return len(other) < len(text) && (end && strings.HasSuffix(text, other) || !end && strings.Contains(text, other))
		})
		if !said && !slices.Contains(few, text) {
			few = append(few, text)
		}
	}
	slices.Sort(few)
	return few
}

// shape is what is known of the texts that a part of an expression matches. A nil list says that nothing is.
type shape struct {
	all    []string // every one of them
	end    []string // one of these ends it
	within []string // one of these is in it
	closes bool     // the whole text ends where it does
	fold   bool     // some of it is matched whatever its case
}

func exactly(texts ...string) shape { return shape{all: texts, end: texts, within: texts} }

func shapeOf(re *syntax.Regexp) shape {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpBeginText, syntax.OpEndLine, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return exactly("")
	case syntax.OpEndText:
		s := exactly("")
		s.closes = true
		return s
	case syntax.OpLiteral:
		s := exactly(string(re.Rune))
		s.fold = re.Flags&syntax.FoldCase != 0
		return s
	case syntax.OpCharClass:
		return shapeOfClass(re.Rune)
	case syntax.OpCapture:
		return shapeOf(re.Sub[0])
	case syntax.OpQuest:
		s := shapeOf(re.Sub[0])
		return shape{all: united(s.all, []string{""}), fold: s.fold}
	case syntax.OpPlus, syntax.OpRepeat:
		s := shapeOf(re.Sub[0])
		if s.all = nil; re.Op == syntax.OpRepeat && re.Min == 0 {
			return shape{fold: s.fold}
		}
		return s
	case syntax.OpAlternate:
		return shapeOfChoice(re.Sub)
	case syntax.OpConcat:
		return shapeOfRow(re.Sub)
	}
	return shape{}
}

// shapeOfClass reads a class of characters, given by its ranges.
func shapeOfClass(ranges []rune) shape {
	var texts []string
	for i := 0; i < len(ranges); i += 2 {
		if int(ranges[i+1]-ranges[i])+len(texts) >= 8 {
			return shape{}
		}
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			texts = append(texts, string(r))
		}
	}
	return exactly(texts...)
}

func shapeOfChoice(parts []*syntax.Regexp) shape {
	s := shapeOf(parts[0])
	for _, part := range parts[1:] {
		other := shapeOf(part)
		s.all, s.end, s.within = united(s.all, other.all), united(s.ending(), other.ending()), united(s.within, other.within)
		s.closes, s.fold = s.closes && other.closes, s.fold || other.fold
	}
	return s
}

// shapeOfRow reads parts that follow each other: run holds the ends of what they match up to here.
func shapeOfRow(parts []*syntax.Regexp) shape {
	whole, run := shape{}, []string{""}
	known := true
	for _, part := range parts {
		s := shapeOf(part)
		whole.closes, whole.fold = whole.closes || s.closes, whole.fold || s.fold
		if longer := product(run, s.all); longer != nil {
			run = longer
			continue
		}
		known = false
		whole.within = better(better(whole.within, run), s.within)
		if run = s.ending(); run == nil {
			run = []string{""}
		}
	}
	whole.end, whole.within = run, better(whole.within, run)
	if known {
		whole.all = run
	}
	return whole
}

func (s shape) ending() []string {
	if s.all != nil {
		return s.all
	}
	return s.end
}

// united are the texts of both lists, nil where one is unknown or they are too many.
func united(a, b []string) []string {
	if a == nil || b == nil || len(a)+len(b) > mostLiterals {
		return nil
	}
	return append(slices.Clone(a), b...)
}

// product are the texts of the first list, each with each of the second behind it.
func product(a, b []string) []string {
	if a == nil || b == nil || len(a)*len(b) > mostLiterals {
		return nil
	}
	list := make([]string, 0, len(a)*len(b))
	for _, before := range a {
		for _, after := range b {
			list = append(list, before+after)
		}
	}
	return list
}

// better is the list that refuses more: the one whose shortest text is longer.
func better(a, b []string) []string {
	if shortest(b) > shortest(a) {
		return b
	}
	return a
}

func useful(texts []string) bool { return shortest(texts) > 0 }

func shortest(texts []string) int {
	n := 0
	for i, text := range texts {
		if i == 0 || len(text) < n {
			n = len(text)
		}
	}
	return n
}
