package smoke

import (
	"fmt"
	"time"
)

// Report is what a run found. Its results stand in the order of the files' names and, within a file, of its checks,
// however the run went.
type Report struct {
	Target  string   `json:"target"` // the URL that was checked; without a scheme where neither answered
	Notes   []string `json:"notes"`  // how the target was read, and what else a reader of the report must know
	Results []Result `json:"results"`
	Passed  int      `json:"passed"`
	Failed  int      `json:"failed"`
	Skipped int      `json:"skipped"`
	// Milliseconds the whole run took, waiting for the service included.
	Milliseconds float64 `json:"milliseconds"`
}

// OK says whether the target passed: nothing failed and something was tested. A run that tested nothing is not OK.
func (r Report) OK() bool { return r.Failed == 0 && r.Passed > 0 }

// Status is how a check ended.
type Status string

// The ends of a check.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// Result is how one check ended. No text of it holds the value of a secret variable.
type Result struct {
	Suite   string `json:"suite"` // the file that was run
	File    string `json:"file"`  // where the check stands: the same, or one that it uses
	Line    int    `json:"line"`
	Service string `json:"service,omitempty"`
	Name    string `json:"name"`
	From    string `json:"from,omitempty"` // the evidence of the check
	Status  Status `json:"status"`
	// Reason says why the check was skipped.
	Reason  string `json:"reason,omitempty"`
	Request string `json:"request,omitempty"` // METHOD URL, or what else was asked
	Summary string `json:"summary,omitempty"` // the status of the answer, the days that a certificate has left
	// Milliseconds of the last attempt, from sending the request to the end of the body.
	Milliseconds float64 `json:"milliseconds"`
	// WaitedMilliseconds for the service to start, before the first attempt that counts.
	WaitedMilliseconds float64   `json:"waited_milliseconds,omitempty"`
	Attempts           int       `json:"attempts"` // that count; more than one only with "eventually"
	Failures           []Failure `json:"failures,omitempty"`
	Body               string    `json:"body,omitempty"`    // the first lines of the answer, of a failed check
	Command            string    `json:"command,omitempty"` // repeats the request by hand, of a failed check; secrets as $NAME
}

// Failure is one thing that was not as expected.
type Failure struct {
	Line int    `json:"line"` // of the expectation, in the check's file
	What string `json:"what"` // status, type, time, a header, a path into the body, or connection
	Want string `json:"want"`
	Got  string `json:"got"`
	// Diff is where two documents differ, a line each: "- path: wanted", "+ path: got", "~ path: wanted -> got".
	Diff []string `json:"diff,omitempty"`
}

// String is the failure in a line, without its place.
func (f Failure) String() string {
	return fmt.Sprintf("%s: expected %s, got %s", f.What, f.Want, f.Got)
}

func (r *Report) add(result Result) {
	r.Results = append(r.Results, result)
	switch result.Status {
	case Passed:
		r.Passed++
	case Failed:
		r.Failed++
	case Skipped:
		r.Skipped++
	}
}

func milliseconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond)) / float64(time.Millisecond)
}
