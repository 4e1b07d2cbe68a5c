// Package leaks looks for secrets in text where they should not be: known values, and what has the shape of a credential.
package leaks

import (
	"bytes"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/secrets/redact"
)

// Leak is a secret that was found. It holds nothing of the value but what is public about its shape.
type Leak struct {
	Line   int    // from 1
	What   string // "an access key of AWS", "the value of shop/staging/web/SECRET_KEY"
	Masked string // AKIA***
	Mend   string // what to do about it
}

// Finder looks for the values that it knows and for shapes.
type Finder struct {
	known map[[2]byte][]form
}

// form is one way in which a known value may be written.
type form struct {
	text string
	name string
}

// New knows values by the name that they are reported under. Each is looked for as it is and as URLs, JSON, base64 and hex
// write it; values that are shorter than redact.Shortest are not looked for.
func New(values map[string][]byte) *Finder {
	f := &Finder{known: map[[2]byte][]form{}}
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, text := range redact.Forms(values[name]) {
			start := [2]byte{text[0], text[1]}
			if !slices.ContainsFunc(f.known[start], func(other form) bool { return other.text == text }) {
				f.known[start] = append(f.known[start], form{text, name})
			}
		}
	}
	return f
}

// Find lists the leaks in the text of a file, in the order of their lines. The file's name, relative to the repository, tells
// whether it is configuration, in which what is called a password is taken for one.
func (f *Finder) Find(name string, text []byte) []Leak {
	var found []match
	found = f.values(text, found)
	if !binary(text) {
		found = shapesIn(text, found)
		if isConfig(name) {
			found = inConfig(text, found)
		}
	}
	slices.SortStableFunc(found, func(a, b match) int { return a.start - b.start })
	var leaks []Leak
	line, at, end := 1, 0, -1
	for _, m := range found {
		if m.start < end { // inside one that was reported
			continue
		}
		line += bytes.Count(text[at:m.start], []byte("\n"))
		at, end = m.start, m.end
		m.leak.Line = line
		leaks = append(leaks, m.leak)
	}
	return leaks
}

// match is a leak and where it stands.
type match struct {
	start, end int
	leak       Leak
}

func (f *Finder) values(text []byte, found []match) []match {
	if len(f.known) == 0 {
		return found
	}
	var begins [1 << 16]bool
	for start := range f.known {
		begins[int(start[0])<<8|int(start[1])] = true
	}
	for i := 0; i+1 < len(text); i++ {
		if !begins[int(text[i])<<8|int(text[i+1])] {
			continue
		}
		for _, form := range f.known[[2]byte{text[i], text[i+1]}] {
			if len(text)-i >= len(form.text) && string(text[i:i+len(form.text)]) == form.text {
				found = append(found, match{i, i + len(form.text), Leak{What: "the value of " + form.name, Masked: "***",
					Mend: "make a new one, put it into the store, and take this one out"}})
				i += len(form.text) - 1
				break
			}
		}
	}
	return found
}

// binary is git's own guess.
func binary(text []byte) bool { return bytes.IndexByte(text[:min(len(text), 8000)], 0) >= 0 }

func shapesIn(text []byte, found []match) []match {
	for _, s := range shapes {
		if !slices.ContainsFunc(s.has, func(word string) bool { return bytes.Contains(text, []byte(word)) }) {
			continue
		}
		for _, m := range s.re.FindAllSubmatchIndex(text, 200) {
			value := string(text[m[2]:m[3]])
			if placeholder(value[min(s.public, len(value)):]) || s.unless != nil && s.unless(string(text[m[0]:m[1]]), value) {
				continue
			}
			public := min(s.public, len(value))
			found = append(found, match{m[2], m[3], Leak{What: s.what, Masked: value[:public] + "***", Mend: s.mend}})
		}
	}
	return found
}

// placeholder says that a text stands where a secret goes and is none.
func placeholder(value string) bool {
	lower := strings.ToLower(value)
	if strings.ContainsAny(value, "<>{}$*%") || strings.Contains(value, "...") {
		return true
	}
	for _, word := range []string{"example", "changeme", "change_me", "change-me", "placeholder", "password", "passwd", "secret", "dummy", "local", "xxxx", "your", "todo", "redacted", "1234567890"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return value == "" || strings.Trim(value, value[:1]) == "" // one letter over and over
}
