package smoke

import (
	"encoding/json"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"io"
	"strings"

	"bytes"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "rewrite testdata")

// report is a run that has one check of each end, with texts that XML, TAP and terminals could stumble over.
func sampleReport() Report {
	r := Report{Target: "http://127.0.0.1:8080/base", Notes: []string{"127.0.0 is short for 127.0.0.1"}, Milliseconds: 1234.5}
	s := &secrets{}
	for _, result := range []Result{
		{Suite: "smoke/a.yaml", File: "smoke/a.yaml", Line: 3, Service: "shop", Name: "GET /health -> 200 json", Status: Passed, Summary: "200", Milliseconds: 4.25, Attempts: 1, WaitedMilliseconds: 1200},
		{Suite: "smoke/a.yaml", File: "smoke/a.yaml", Line: 4, Service: "shop", Name: "orders <can> be & listed # twice", From: "nagios, x.cfg:12", Status: Failed, Summary: "500",
			Request: "GET http://127.0.0.1:8080/base/orders", Milliseconds: 12, Attempts: 1,
			Failures: []Failure{{Line: 6, What: "status", Want: "200", Got: "500"}, {Line: 8, What: "body.a", Want: `{"x":1}`, Got: `{"x":2}`, Diff: []string{"~ x: 1 -> 2"}}},
			Body:     "<html>\r\n\r\n<h1>Oops\x1b[2J\x00</h1>\n", Command: "curl -sS -i http://127.0.0.1:8080/base/orders"},
		{Suite: "smoke/b.yaml", File: "smoke/b.yaml", Line: 2, Name: "tls: valid", Status: Skipped, Reason: "only with https; the target is http"},
		{Suite: "smoke/b.yaml", File: "smoke/b.yaml", Line: 9, Name: "GET /slow", Status: Passed, Summary: "200", Milliseconds: 0.5, Attempts: 3},
	} {
		r.add(s.clean(result))
	}
	return r
}

func TestReports(t *testing.T) {
	r := sampleReport()
	text := func(colour bool) []byte {
		var b bytes.Buffer
		w := Text{Out: &b, Colour: colour}
		w.Begin(r)
		for _, result := range r.Results {
			w.Each(result)
		}
		w.End(r)
		return b.Bytes()
	}
	sinks := map[string][]byte{"report.txt": text(false)}
	for name, write := range map[string]func(io.Writer) error{"report.xml": r.JUnit, "report.tap": r.TAP, "report.prom": r.Prometheus, "report.html": r.HTML,
		"report.github": r.GitHub, "report.codequality.json": r.CodeQuality} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		sinks[name] = b.Bytes()
	}
	judgeSinks(t, sinks)
	for name, got := range sinks {
		file := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
		if bytes.ContainsRune(got, '\x1b') {
			t.Errorf("%s holds an escape", name)
		}
	}
	if !bytes.Contains(text(true), []byte("\x1b[31mFAIL\x1b[0m")) {
		t.Error("no colour where it is wanted")
	}
}

// judgeSinks asks readers that are not ours whether they understand the reports.
func judgeSinks(t *testing.T, sinks map[string][]byte) {
	t.Helper()
	if err := xml.Unmarshal(sinks["report.xml"], new(junitSuites)); err != nil {
		t.Errorf("the JUnit report is no XML: %v", err)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(sinks["report.prom"]))
	if err != nil || len(families) != 5 || len(families["smoke_check_success"].Metric) != 3 {
		t.Errorf("%d families of metrics, %v", len(families), err)
	}
	if !json.Valid(sinks["report.codequality.json"]) {
		t.Error("the Code Quality report is no JSON")
	}
	if page := string(sinks["report.html"]); strings.Contains(page, "<can>") || strings.Contains(page, "src=") || strings.Contains(page, "<script") {
		t.Errorf("the page needs more than itself, or holds what a service said as markup:\n%s", page)
	}
}
