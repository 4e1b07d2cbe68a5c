package smoke

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// Text writes a run for people, as it goes: its Begin and Each are those of Options.
type Text struct {
	Out    io.Writer
	Colour bool
}

const (
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	plain  = "\x1b[0m"
)

func (t Text) paint(colour, text string) string {
	if !t.Colour {
		return text
	}
	return colour + text + plain
}

// Begin writes which service is checked and how the target was read.
func (t Text) Begin(r Report) {
	line := "checking " + r.Target
	if len(r.Notes) > 0 {
		line += "  (" + strings.Join(r.Notes, "; ") + ")"
	}
	fmt.Fprintln(t.Out, line)
}

// Each writes one line for a check.
func (t Text) Each(r Result) {
	switch r.Status {
	case Passed:
		tail := ""
		if r.Attempts > 1 {
			tail = fmt.Sprintf("  after %d attempts", r.Attempts)
		}
		if r.WaitedMilliseconds > 0 {
			tail += "  up after " + duration(r.WaitedMilliseconds)
		}
		fmt.Fprintf(t.Out, "%s  %s  %s  %s%s\n", t.paint(green, "ok  "), pad(r.Name), r.Summary, duration(r.Milliseconds), tail)
	case Skipped:
		fmt.Fprintf(t.Out, "%s  %s  %s\n", t.paint(yellow, "skip"), pad(r.Name), r.Reason)
	case Failed:
		tail := ""
		if r.Milliseconds > 0 { // an answer came
			tail = r.Summary + "  " + duration(r.Milliseconds)
		}
		fmt.Fprintln(t.Out, strings.TrimRight(fmt.Sprintf("%s  %s  %s", t.paint(red, "FAIL"), pad(r.Name), tail), " "))
	}
}

// End writes, for each check that failed, where, what was expected, what came and how to try it by hand; and the sum of
// the run.
func (t Text) End(r Report) {
	for _, result := range r.Results {
		if result.Status == Failed {
			fmt.Fprintln(t.Out)
			t.Failure(result)
		}
	}
	words := []string{t.paint(green, fmt.Sprintf("%d passed", r.Passed))}
	if r.Failed > 0 {
		words = append(words, t.paint(red, fmt.Sprintf("%d failed", r.Failed)))
		fmt.Fprintln(t.Out)
	}
	if r.Skipped > 0 {
		words = append(words, t.paint(yellow, fmt.Sprintf("%d skipped", r.Skipped)))
	}
	fmt.Fprintf(t.Out, "%s in %s\n", strings.Join(words, ", "), duration(r.Milliseconds))
}

// Failure writes all about a check that failed.
func (t Text) Failure(r Result) {
	fmt.Fprintf(t.Out, "%s  %s\n%s", t.paint(red, "FAIL"), r.Name, indent(r.details(), "      "))
}

// details are the lines about a failed check: the same for the terminal, JUnit and TAP.
func (r Result) details() string {
	var b strings.Builder
	for _, f := range r.Failures {
		fmt.Fprintf(&b, "%s:%d: %s\n", r.File, f.Line, f)
		for _, line := range f.Diff {
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	if r.Request != "" {
		fmt.Fprintf(&b, "asked: %s\n", r.Request)
	}
	if r.Body != "" {
		b.WriteString(indent(r.Body, "body | ") + "\n")
	}
	if r.From != "" {
		fmt.Fprintf(&b, "from:  %s\n", r.From)
	}
	if r.Command != "" {
		fmt.Fprintf(&b, "again: %s\n", r.Command)
	}
	return b.String()
}

func indent(text, with string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(with + line)
	}
	return b.String()
}

// pad lines up what follows the name, as long as names are of common length.
func pad(name string) string {
	const width = 44
	if n := utf8.RuneCountInString(name); n < width {
		return name + strings.Repeat(" ", width-n)
	}
	return name
}

func duration(milliseconds float64) string {
	return rounded(time.Duration(milliseconds * float64(time.Millisecond))).String()
}
