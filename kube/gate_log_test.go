package kube

import (
	"fmt"
	"strings"
	"testing"
)

// What a service writes of errors stands below the checks that it failed, without the traces, and says what to do if known.
func TestFailedChecksTellTheLog(t *testing.T) {
	lines := []string{"[1] production.ERROR: Old error"}
	for i := range 6 {
		lines = append(lines, fmt.Sprintf("[%d] production.ERROR: Unsupported cipher or incorrect key length. Supported ciphers are: aes-128-cbc", i), "[stacktrace]", "#0 Illuminate\\Error->handle()", "    at Handler.error (x.js:1)", "GET / 500")
	}
	f := Failure{Workload: "Service web", Reason: SmokeFailed, Cause: "1 of 1 smoke check failed", Fix: "see its log", Log: []string{"FAIL  web answers"}}
	f.fromErrors("web-1", lines)
	if got := strings.Join(f.Log, "\n"); !strings.HasPrefix(got, "FAIL  web answers\npod web-1 wrote:\n") || strings.Count(got, "key length") != serviceShown || strings.Contains(got, "handle") || strings.Contains(got, "Old") {
		t.Error(got)
	}
	if !strings.HasPrefix(f.Cause, "1 of 1 smoke check failed: APP_KEY is no key for Laravel's cipher") || !strings.Contains(f.Fix, "--generate=32") {
		t.Error(f.Cause, f.Fix)
	}
	f = Failure{Cause: "failed", Fix: "see its log"}
	if f.fromErrors("web-1", []string{"GET / 500", "started"}); f.Cause != "failed" || f.Fix != "see its log" || len(f.Log) > 0 {
		t.Errorf("%+v", f)
	}
}
