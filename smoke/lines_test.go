package smoke

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// A report comes back as it was written, and not at all from a log that lacks a line.
func TestLines(t *testing.T) {
	want := Report{Target: "http://web:80", Notes: []string{"a note"}, Passed: 1, Failed: 1, Skipped: 1, Milliseconds: 2, Results: []Result{
		{File: "a.yaml", Line: 1, Name: "one", Status: Passed},
		{File: "a.yaml", Line: 2, Name: "two", Status: Failed, Failures: []Failure{{Line: 3, What: "status", Want: "200", Got: "404"}}, Body: "first\nsecond\u2028"},
		{File: "a.yaml", Line: 4, Name: "three", Status: Skipped, Reason: "it writes"},
	}}
	var out bytes.Buffer
	if err := want.WriteLines(&out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	got, err := ReadLines(lines)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\n%+v", err, got)
	}
	for i := range lines {
		if report, err := ReadLines(slices.Delete(slices.Clone(lines), i, i+1)); err == nil {
			t.Errorf("without line %d: %+v", i+1, report)
		}
		half := slices.Clone(lines[:i+1])
		half[i] = half[i][:len(half[i])/2]
		if report, err := ReadLines(half); err == nil {
			t.Errorf("broken off in line %d: %+v", i+1, report)
		}
	}
	if _, err := ReadLines(nil); err == nil {
		t.Error("nothing is a report")
	}
}
