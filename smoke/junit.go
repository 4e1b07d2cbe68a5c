package smoke

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// The elements of JUnit's XML that Jenkins, GitLab and GitHub's reporters read. Times are in seconds.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr"`
	Line    int           `xml:"line,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure"`
	Skipped *junitSkipped `xml:"skipped"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}

// JUnit writes the report as JUnit XML, a test suite per file.
func (r Report) JUnit(w io.Writer) error {
	out := junitSuites{Name: "smoke " + r.Target, Tests: len(r.Results), Failures: r.Failed, Skipped: r.Skipped, Time: seconds(r.Milliseconds)}
	total := map[string]float64{}
	for _, result := range r.Results {
		if n := len(out.Suites); n == 0 || out.Suites[n-1].Name != result.Suite {
			out.Suites = append(out.Suites, junitSuite{Name: result.Suite})
		}
		s := &out.Suites[len(out.Suites)-1]
		s.add(result)
		total[s.Name] += result.Milliseconds + result.WaitedMilliseconds
		s.Time = seconds(total[s.Name])
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *junitSuite) add(r Result) {
	class := r.Service
	if class == "" {
		class = "smoke"
	}
	c := junitCase{Name: r.Name, Class: class, File: r.File, Line: r.Line, Time: seconds(r.Milliseconds)}
	switch r.Status {
	case Failed:
		s.Failures++
		c.Failure = &junitFailure{Message: r.Failures[0].String(), Text: "\n" + r.details()}
	case Skipped:
		s.Skipped++
		c.Skipped = &junitSkipped{Message: r.Reason}
	}
	s.Tests++
	s.Cases = append(s.Cases, c)
}

func seconds(milliseconds float64) string { return fmt.Sprintf("%.6f", milliseconds/1000) }

// TAP writes the report in the Test Anything Protocol, version 13.
func (r Report) TAP(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "TAP version 13\n1..%d\n", len(r.Results))
	for i, result := range r.Results {
		name := strings.NewReplacer("#", `\#`, "\n", " ").Replace(result.Name)
		switch result.Status {
		case Passed:
			fmt.Fprintf(&b, "ok %d - %s\n", i+1, name)
		case Skipped:
			fmt.Fprintf(&b, "ok %d - %s # SKIP %s\n", i+1, name, result.Reason)
		case Failed:
			fmt.Fprintf(&b, "not ok %d - %s\n", i+1, name)
			b.WriteString(indent(result.details(), "  # "))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
