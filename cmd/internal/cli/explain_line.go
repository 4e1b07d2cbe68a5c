package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/generators"
	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// linePlace is a line of a file; file is empty where a field is meant.
type linePlace struct {
	file string
	line int // from 1
	text string
}

var fileAndLine = pattern.MustCompile(`^(.+?):(\d+)(?::\d+)?:?$`)

// place reads FILE:LINE, as compilers and grep write it.
func (repo *repository) place(what string) (linePlace, error) {
	m := fileAndLine.FindStringSubmatch(what)
	if m == nil {
		if info, err := repo.root.Stat(what); what != "" && err == nil && info.Mode().IsRegular() {
			return linePlace{}, usage("which line? migrate explain %s:1", what)
		}
		return linePlace{}, nil
	}
	p := linePlace{file: path.Clean(filepath.ToSlash(m[1]))}
	p.line, _ = strconv.Atoi(m[2])
	data, err := repo.root.ReadFile(p.file)
	var at *fs.PathError
	if errors.As(err, &at) {
		return p, fmt.Errorf("%s: %w", p.file, at.Err)
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	if p.line < 1 || p.line > len(lines) {
		return p, fmt.Errorf("%s has %s, and none is number %d", p.file, plural(len(lines), "line"), p.line)
	}
	p.text = strings.TrimRight(lines[p.line-1], "\r")
	return p, err
}

// originJSON says of a line where it comes from.
type originJSON struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"text"`
	// Origin is generated, yours (written by the team), stale (generated last time, and no longer), or model.
	Origin    string                     `json:"origin"`
	Generator string                     `json:"generator,omitempty"`
	Decide    []string                   `json:"decide"` // fields whose values the line holds
	Cause     []string                   `json:"cause"`  // fields without which it would not be there
	Unset     []string                   `json:"unset"`  // fields that are not set, and would change it
	Evidence  map[string][]scan.Evidence `json:"evidence"`
}

// place explains a line of a file.
func (e *explainer) place(s Streams, o explainOptions, repo *repository, at linePlace) error {
	origin := originJSON{File: at.file, Line: at.line, Text: at.text}
	if err := e.origin(repo, at, &origin); err != nil {
		return err
	}
	raw := slices.Concat(origin.Decide, origin.Cause)
	origin.Decide, origin.Cause, origin.Unset = e.allClaimed(origin.Decide), e.allClaimed(origin.Cause), once(origin.Unset)
	if o.out.json() {
		origin.Evidence = e.evidence(slices.Concat(origin.Decide, origin.Cause))
		return printJSON(s.Out, origin)
	}
	e.print(s, origin, once(raw))
	return nil
}

func once(list []string) []string {
	out := []string{}
	for _, item := range list {
		if !slices.Contains(out, item) {
			out = append(out, item)
		}
	}
	return out
}

func (e *explainer) origin(repo *repository, at linePlace, origin *originJSON) error {
	if at.file == service.FileName {
		origin.Origin, origin.Decide = "model", e.modelFields(at.line)
		return nil
	}
	origin.Origin, origin.Decide = "yours", e.readFrom(at)
	if repo.app == nil {
		return nil
	}
	files, err := generators.Render(repo.app)
	if err != nil {
		return err
	}
	part, ok, err := fileset.Generated(repo.root, repo.lock, files, at.file)
	if err != nil || !ok || at.line-1 < part.From || at.line-1 >= part.To {
		return err
	}
	yours := []byte(strings.Join(part.Text[part.From:part.To], "\n"))
	line := slices.Index(fileset.Lines(part.Data, yours, false), at.line-1-part.From)
	if line < 0 {
		if part.Last != nil && slices.Contains(fileset.Lines(part.Last, yours, false), at.line-1-part.From) {
			origin.Origin = "stale"
		}
		return nil
	}
	var failed error
	trace, ok, err := generators.TraceLine(repo.app, line, func(files []fileset.File) []byte {
		data, err := fileset.Rendered(repo.root, repo.lock, files, at.file)
		failed = errors.Join(failed, err)
		return data
	})
	if err := errors.Join(err, failed); err != nil || !ok {
		return err
	}
	origin.Origin, origin.Generator = "generated", trace.Generator
	origin.Decide, origin.Cause, origin.Unset = trace.Decide, trace.Cause, trace.Unset
	return nil
}

// modelFields are the fields of migrate.yaml that stand on a line, or else the one that the line is a part of.
func (e *explainer) modelFields(line int) []string {
	var fields []string
	best := 0
	for field, at := range e.lines {
		switch {
		case at > line || at < best:
			continue
		case at > best:
			best, fields = at, nil
		}
		fields = append(fields, e.claimed(field))
	}
	sort.Strings(fields)
	return slices.Compact(fields)
}

// readFrom are the fields of which a line of the repository is evidence.
func (e *explainer) readFrom(at linePlace) []string {
	var fields []string
	for field, claims := range e.res.Claims {
		for _, c := range claims {
			if c.File == at.file && c.Line == at.line {
				fields = append(fields, field)
			}
		}
	}
	sort.Strings(fields)
	return fields
}

// allClaimed are the fields that have the evidence for some, each once.
func (e *explainer) allClaimed(fields []string) []string {
	claimed := make([]string, len(fields))
	for i, field := range fields {
		claimed[i] = e.claimed(field)
	}
	return once(claimed)
}

// print says where a line is from; fields are those behind it, to the item of a list.
func (e *explainer) print(s Streams, o originJSON, fields []string) {
	w := visible{s.Out}
	fmt.Fprintf(w, "%s:%d", oneLine(o.File), o.Line)
	if !secretLine("", o.Text) || o.Origin == "generated" {
		fmt.Fprintf(w, ": %s", strings.TrimSpace(o.Text))
	}
	fmt.Fprintln(w)
	switch {
	case o.Origin == "yours" && len(o.Decide) > 0:
		fmt.Fprintln(w, "  yours; from it comes")
	case o.Origin == "yours":
		fmt.Fprintln(w, "  yours: migrate did not write this line, and read nothing from it")
	case o.Origin == "stale":
		fmt.Fprintln(w, "  generated last time; migrate.yaml says otherwise now: migrate generate --diff")
	case o.Origin == "model":
	case len(o.Decide) > 0:
		fmt.Fprintf(w, "  generated (%s) from\n", o.Generator)
	case len(o.Cause) > 0:
		fmt.Fprintf(w, "  generated (%s) because of\n", o.Generator)
	default:
		fmt.Fprintf(w, "  generated (%s) in the same way for everybody: no field of %s decides it\n", o.Generator, service.FileName)
	}
	for i, field := range fields {
		if slices.ContainsFunc(fields[:i], func(f string) bool { return e.claimed(f) == e.claimed(field) }) && e.claimed(field) == field {
			continue // its item was shown
		}
		fmt.Fprintln(w)
		e.field(s.Out, field)
	}
	if len(o.Unset) > 0 {
		fmt.Fprintf(w, "\nNot set, and would change the line: %s\n", strings.Join(o.Unset, ", "))
	}
}
