package smoke

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Prometheus writes the report in the text format of Prometheus, for a Pushgateway or the textfile collector of the node
// exporter. A check that was skipped has no value: neither its success nor its failure was seen.
func (r Report) Prometheus(w io.Writer) error {
	var success, took strings.Builder
	seen := map[string]int{}
	for _, x := range r.Results {
		labels := labelled("target", r.Target, "service", x.Service, "file", x.Suite, "check", x.Name)
		if seen[labels]++; seen[labels] > 1 { // two series of the same labels are one too many
			labels = labelled("target", r.Target, "service", x.Service, "file", x.Suite, "check", fmt.Sprintf("%s #%d", x.Name, seen[labels]))
		}
		switch x.Status {
		case Skipped:
			continue
		case Passed:
			fmt.Fprintf(&success, "smoke_check_success%s 1\n", labels)
		case Failed:
			fmt.Fprintf(&success, "smoke_check_success%s 0\n", labels)
		}
		fmt.Fprintf(&took, "smoke_check_duration_seconds%s %s\n", labels, float(x.Milliseconds/1000))
	}
	target := labelled("target", r.Target)
	ok := 0
	if r.OK() {
		ok = 1
	}
	var b strings.Builder
	metric := func(name, help, lines string) {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s gauge\n%s", name, help, name, lines)
	}
	metric("smoke_success", "Whether the run passed: nothing failed and something was tested.", fmt.Sprintf("smoke_success%s %d\n", target, ok))
	metric("smoke_duration_seconds", "How long the run took, waiting for the service included.", fmt.Sprintf("smoke_duration_seconds%s %s\n", target, float(r.Milliseconds/1000)))
	var counts strings.Builder
	for _, c := range []struct {
		status Status
		n      int
	}{{Passed, r.Passed}, {Failed, r.Failed}, {Skipped, r.Skipped}} {
		fmt.Fprintf(&counts, "smoke_checks%s %d\n", labelled("target", r.Target, "status", string(c.status)), c.n)
	}
	metric("smoke_checks", "Checks by how they ended.", counts.String())
	metric("smoke_check_success", "Whether a check passed.", success.String())
	metric("smoke_check_duration_seconds", "How long the last attempt of a check took.", took.String())
	_, err := io.WriteString(w, b.String())
	return err
}

func float(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

var inLabel = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// labelled writes pairs of names and values; those without a value are left out.
func labelled(pairs ...string) string {
	var out []string
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out = append(out, pairs[i]+`="`+inLabel.Replace(pairs[i+1])+`"`)
		}
	}
	return "{" + strings.Join(out, ",") + "}"
}

// GitHub writes a workflow command of GitHub Actions for each failure; it shows at the line of the check.
func (r Report) GitHub(w io.Writer) error {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	var b strings.Builder
	for _, x := range r.Results {
		for _, f := range x.Failures {
			fmt.Fprintf(&b, "::error file=%s,line=%d,title=%s::%s\n", property.Replace(x.File), f.Line, property.Replace(x.Name), data.Replace(f.String()))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// codeQuality is an entry of the report that GitLab shows in a merge request.
type codeQuality struct {
	Description string `json:"description"`
	Check       string `json:"check_name"`
	Fingerprint string `json:"fingerprint"`
	Severity    string `json:"severity"`
	Location    struct {
		Path  string `json:"path"`
		Lines struct {
			Begin int `json:"begin"`
		} `json:"lines"`
	} `json:"location"`
}

// CodeQuality writes the failures as a Code Quality report of GitLab.
func (r Report) CodeQuality(w io.Writer) error {
	out := []codeQuality{}
	for _, x := range r.Results {
		for i, f := range x.Failures {
			q := codeQuality{Description: x.Name + ": " + f.String(), Check: cmp.Or(x.Service, "smoke"), Severity: "major"}
			q.Fingerprint = fingerprint(x.Suite, x.File, x.Name, f.What, strconv.Itoa(i))
			q.Location.Path, q.Location.Lines.Begin = x.File, f.Line
			out = append(out, q)
		}
	}
	_, err := io.WriteString(w, asJSON(out)+"\n")
	return err
}
