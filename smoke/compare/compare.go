// Package compare asks two services the same and tells what they answer differently: the legacy one and the one that is to
// take its place. It gates a cutover.
//
// Each service is asked several times. What one of them answers differently from time to time, a clock or a token, is no
// difference between the two and is left out by itself; the checks name more of that in "ignore".
package compare

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// Options say how to compare.
type Options struct {
	Old, New smoke.Options // the same but for the target; their Answered, Begin, Each and Writes are set here
	Rounds   int           // how often each is asked; 3 where it is 0
	// Ignore names what may differ in all checks, in the words of "ignore".
	Ignore []string
	// Slower is how many times as long the new service may take; 0 doesn't judge that.
	Slower float64
	// Each is called after each check, in their order, once all rounds are done.
	Each func(Result)
}

// Report is what a comparison found.
type Report struct {
	Old       string   `json:"old"`
	New       string   `json:"new"`
	Rounds    int      `json:"rounds"`
	Results   []Result `json:"results"`
	Same      int      `json:"same"`
	Different int      `json:"different"`
	Skipped   int      `json:"skipped"`
	// Ratio is how long the new service takes for one check, the old one being 1: the middle one of all checks. 0 where
	// nothing could be compared.
	Ratio float64 `json:"ratio"`
}

// OK says whether the two answer alike: nothing differs and something was compared.
func (r Report) OK() bool { return r.Different == 0 && r.Same > 0 }

// Result is the comparison of one check. No text of it holds the value of a secret variable.
type Result struct {
	File        string       `json:"file"`
	Line        int          `json:"line"`
	Name        string       `json:"name"`
	Skipped     string       `json:"skipped,omitempty"` // why
	Differences []Difference `json:"differences,omitempty"`
	// Volatile is what a service answers differently from time to time, and what the check says to ignore.
	Volatile        []string `json:"volatile,omitempty"`
	OldMilliseconds float64  `json:"old_milliseconds,omitempty"` // the quickest answer of the rounds
	NewMilliseconds float64  `json:"new_milliseconds,omitempty"`
}

// Difference is one thing that the two answer differently.
type Difference struct {
	What string `json:"what"` // status, headers.Location, body.items.0.name, verdict, time
	Old  string `json:"old"`
	New  string `json:"new"`
}

const (
	defaultRounds = 3
	// maxDifferences is how many of one check are told.
	maxDifferences = 20
	// noticeable is the difference in time below which nothing is slower.
	noticeable = 50 * time.Millisecond
)

// side is one of the two services.
type side struct {
	options smoke.Options
	report  smoke.Report
	mu      sync.Mutex
	answers map[key][]smoke.Answer // by rounds
	results map[key]smoke.Result   // of the last round
}

// key is a check: its place, and which one it is of those that stand for several.
type key struct {
	suite, file string
	line        int
	name        string
}

func keyOf(r smoke.Result) key { return key{r.Suite, r.File, r.Line, r.Name} }

// Run compares. Nothing that may change data is sent. The error is about the checks, a service that can't be reached, or
// the context.
func Run(ctx context.Context, o Options, suites []smoke.Suite) (Report, error) {
	o.Rounds = cmp.Or(o.Rounds, defaultRounds)
	old, new := newSide(o.Old), newSide(o.New)
	for range o.Rounds {
		for _, s := range []*side{old, new} {
			if err := s.round(ctx, suites); err != nil {
				return Report{}, err
			}
		}
	}
	report := Report{Old: old.report.Target, New: new.report.Target, Rounds: o.Rounds, Results: []Result{}}
	var ratios []float64
	for _, r := range new.report.Results {
		result := o.compare(r, old, new, ignored(suites, r))
		report.add(result)
		if result.OldMilliseconds > 0 && result.NewMilliseconds > 0 {
			ratios = append(ratios, result.NewMilliseconds/result.OldMilliseconds)
		}
		if o.Each != nil {
			o.Each(result)
		}
	}
	if slices.Sort(ratios); len(ratios) > 0 {
		report.Ratio = ratios[len(ratios)/2]
	}
	return report, nil
}

func (r *Report) add(result Result) {
	r.Results = append(r.Results, result)
	switch {
	case result.Skipped != "":
		r.Skipped++
	case len(result.Differences) > 0:
		r.Different++
	default:
		r.Same++
	}
}

func newSide(o smoke.Options) *side {
	s := &side{options: o, answers: map[key][]smoke.Answer{}, results: map[key]smoke.Result{}}
	s.options.Writes, s.options.Exec, s.options.Begin, s.options.Each = false, false, nil, nil
	s.options.Answered = func(r smoke.Result, a smoke.Answer) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.answers[keyOf(r)] = append(s.answers[keyOf(r)], a)
	}
	return s
}

// round asks a service everything once.
func (s *side) round(ctx context.Context, suites []smoke.Suite) error {
	report, err := smoke.Run(ctx, s.options, suites)
	if err != nil {
		return err
	}
	s.report = report
	for _, r := range report.Results {
		s.results[keyOf(r)] = r
	}
	if len(s.answers) == 0 && report.Failed > 0 {
		got := "no answer"
		if f := report.Results[0].Failures; len(f) > 0 {
			got = f[0].Got
		}
		return fmt.Errorf("%s answers nothing: %s", report.Target, got)
	}
	return nil
}

// ignored is what the check of a result says may differ.
func ignored(suites []smoke.Suite, r smoke.Result) []string {
	for _, s := range suites {
		for _, c := range s.Checks {
			if s.File == r.Suite && c.File == r.File && c.Line == r.Line && c.Name == r.Name {
				return c.Ignore
			}
		}
	}
	return nil
}

func (o Options) compare(r smoke.Result, old, new *side, ignore []string) Result {
	k := keyOf(r)
	result := Result{File: r.File, Line: r.Line, Name: r.Name}
	before, known := old.results[k]
	switch {
	case r.Status == smoke.Skipped:
		result.Skipped = r.Reason
		return result
	case !known || before.Status == smoke.Skipped:
		result.Skipped = cmp.Or(before.Reason, "the old service was not asked")
		return result
	}
	if before.Status != r.Status {
		result.Differences = append(result.Differences, Difference{"verdict", verdict(before), verdict(r)})
	}
	left, right := old.answers[k], new.answers[k]
	if len(left) == 0 || len(right) == 0 {
		return result // a check of something else than HTTP: its verdict says it
	}
	c := comparison{ignore: slices.Concat(o.Ignore, ignore), old: left, new: right, oldTarget: old.report.Target, newTarget: new.report.Target}
	c.all()
	result.Differences = append(result.Differences, c.differences...)
	result.Volatile = c.volatile
	a, b := quickest(left), quickest(right)
	result.OldMilliseconds, result.NewMilliseconds = milliseconds(a), milliseconds(b)
	if o.Slower > 0 && b-a > noticeable && float64(b) > o.Slower*float64(a) {
		result.Differences = append(result.Differences, Difference{"time", a.Round(time.Millisecond).String(), b.Round(time.Millisecond).String()})
	}
	return result
}

func verdict(r smoke.Result) string {
	if len(r.Failures) == 0 {
		return string(r.Status)
	}
	f := r.Failures[0]
	return fmt.Sprintf("failed: %s: expected %s, got %s", f.What, f.Want, f.Got)
}

func quickest(answers []smoke.Answer) time.Duration {
	least := answers[0].Took
	for _, a := range answers {
		least = min(least, a.Took)
	}
	return least
}

func milliseconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond)) / float64(time.Millisecond)
}
