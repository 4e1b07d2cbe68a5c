package kube

import (
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/kube/schemas"
	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// Problem is one thing that is wrong with an object.
type Problem struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`  // from 1; of the field where it stands in File, otherwise of what surrounds it
	Object string `json:"object"`          // "Deployment web"
	Field  string `json:"field,omitempty"` // "spec.template.spec.containers[0].image"
	Text   string `json:"text"`
}

func (p Problem) String() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d", p.Line)
		}
		b.WriteString(": ")
	}
	b.WriteString(p.Object + ": ")
	if p.Field != "" {
		b.WriteString(p.Field + ": ")
	}
	return b.String() + p.Text
}

// Invalid is the error of Validate: everything that is wrong, in the order of the objects.
type Invalid struct{ Problems []Problem }

func (e *Invalid) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Validate judges every object as ValidateFor does, for the newest version of Kubernetes that is known here.
func (l Objects) Validate() error { return l.ValidateFor(schemas.Newest) }

// ValidateFor judges every object without a cluster, as strictly as a server of Kubernetes 1.MINOR would and beyond: an
// unknown field is an error, and so is one that came later. Versions beyond those that are known here count as the nearest.
// It reports everything at once, as an *Invalid.
//
// A custom resource whose schema isn't embedded passes: see Unchecked.
func (l Objects) ValidateFor(minor int) error {
	set, err := schemas.Load()
	if err != nil {
		return err
	}
	history, err := schemas.History()
	if err != nil {
		return err
	}
	minor = min(max(minor, schemas.Oldest), schemas.Newest)
	var problems []Problem
	var sound Objects
	seen := map[string]Object{}
	for _, o := range l {
		found := o.validate(&check{definitions: set.Definitions, history: history, minor: minor, object: o}, set)
		if problems = append(problems, found...); len(found) == 0 {
			sound = append(sound, o)
		}
		if first, twice := seen[o.key()]; twice {
			problems = append(problems, o.problem(nil, "is there twice, also in "+place{first.File, first.Line}.String()))
		}
		seen[o.key()] = o
	}
	problems = append(problems, servicePorts(sound)...)
	if len(problems) > 0 {
		return &Invalid{problems}
	}
	return nil
}

// Unchecked lists the objects that Validate has no schema for, and that only a server can judge.
func (l Objects) Unchecked() []string {
	set, err := schemas.Load()
	if err != nil {
		return nil
	}
	var names []string
	for _, o := range l {
		if _, known := set.Kinds[o.GetAPIVersion()+"/"+o.GetKind()]; !known && !builtin(o) {
			names = append(names, fmt.Sprintf("%s (%s)", o.ID(), o.GetAPIVersion()))
		}
	}
	return names
}

// Minor reads a version of Kubernetes, such as 1.31, v1.31.4 or 1.31+: the number after the first point.
func Minor(version string) (int, bool) {
	m := minorPattern.FindStringSubmatch(version)
	if m == nil {
		return 0, false
	}
	minor, err := strconv.Atoi(m[1])
	return minor, err == nil
}

var minorPattern = pattern.MustCompile(`^v?1\.(\d{1,3})\b`)

func (o Object) validate(c *check, set *schemas.Set) []Problem {
	if text := gone(o.GetAPIVersion(), o.GetKind()); text != "" {
		return []Problem{o.problem(fieldPath{"apiVersion"}, text)}
	}
	if since := c.history.Kinds[o.GetAPIVersion()+"/"+o.GetKind()]; since > c.minor {
		return []Problem{o.problem(fieldPath{"apiVersion"}, "%s %s came with Kubernetes 1.%d, and this environment runs 1.%d", o.GetAPIVersion(), o.GetKind(), since, c.minor)}
	}
	if name, known := set.Kinds[o.GetAPIVersion()+"/"+o.GetKind()]; known {
		c.value(nil, o.Object, set.Definitions[name])
	} else if builtin(o) {
		if !registered(o) {
			return []Problem{o.problem(fieldPath{"kind"}, unknownKind(o, set))}
		}
		c.strict()
	}
	c.relations()
	sort.SliceStable(c.problems, func(i, j int) bool { return c.problems[i].Line < c.problems[j].Line })
	return c.problems
}

// fieldPath leads to a field: names of keys, and indexes of list elements as int.
type fieldPath []any

func (p fieldPath) add(element any) fieldPath { return append(p[:len(p):len(p)], element) }

func (p fieldPath) String() string {
	var b strings.Builder
	for _, e := range p {
		switch e := e.(type) {
		case int:
			b.WriteString("[" + strconv.Itoa(e) + "]")
		case string:
			if strings.ContainsAny(e, "./ ") {
				fmt.Fprintf(&b, "[%q]", e)
				continue
			}
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(e)
		}
	}
	return b.String()
}

func (o Object) problem(p fieldPath, format string, args ...any) Problem {
	if len(args) > 0 {
		format = fmt.Sprintf(format, args...)
	}
	return Problem{File: o.File, Line: o.lineOf(p), Object: o.ID(), Field: p.String(), Text: format}
}

// lineOf is the line of a field in the object's document, or of the nearest thing around it: a patch or a generator may
// have added the field elsewhere.
func (o Object) lineOf(p fieldPath) int {
	n, line := o.node, o.Line
	for _, e := range p {
		switch e := e.(type) {
		case string:
			key, value := entry(n, e)
			if key == nil {
				return line
			}
			n, line = value, key.Line
		case int:
			if n == nil || n.Kind != yaml.SequenceNode || e >= len(n.Content) {
				return line
			}
			n = n.Content[e]
			line = n.Line
		}
	}
	return line
}

// IsInvalid says whether err comes from Validate, and with what.
func IsInvalid(err error) (*Invalid, bool) {
	var invalid *Invalid
	ok := errors.As(err, &invalid)
	return invalid, ok
}
