package watch

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/migrate-to-kubernetes/migrate/smoke"
)

func get(t *testing.T, w *Watcher, path string) (int, string) {
	t.Helper()
	r := httptest.NewRecorder()
	w.Handler().ServeHTTP(r, httptest.NewRequest("GET", path, nil))
	return r.Code, r.Body.String()
}

func TestHealthOfTheLastRun(t *testing.T) {
	var report smoke.Report
	var failure error
	now := time.Unix(1_000_000, 0)
	w := New(func(context.Context) (smoke.Report, error) { return report, failure }, time.Minute)
	w.now = func() time.Time { return now }
	step := func(name string, status int, says ...string) {
		t.Helper()
		code, body := get(t, w, "/health")
		for _, s := range says {
			if code != status || !strings.Contains(body, s) {
				t.Errorf("%s: %d %s, want %d %q", name, code, body, status, s)
			}
		}
	}
	step("before the first run", 503, "no run has ended yet")
	if code, body := get(t, w, "/metrics"); code != 200 || !strings.Contains(body, "smoke_success 0\n") || !strings.Contains(body, "smoke_runs_total 0\n") {
		t.Errorf("%d %s", code, body)
	}

	report = smoke.Report{Target: "http://a", Passed: 1, Skipped: 1, Results: []smoke.Result{{Name: "up", Status: smoke.Passed}, {Name: "no", Status: smoke.Skipped}}}
	w.once(context.Background())
	step("passed", 200, `"status":"pass"`, `"checks":{"up":[{"status":"pass"}]}`, `"time":"1970-01-12T13:46:40Z"`)
	if _, body := get(t, w, "/metrics"); !strings.Contains(body, "smoke_success{target=\"http://a\"} 1\n") || !strings.Contains(body, "smoke_last_run_timestamp_seconds 1000000\n") {
		t.Error(body)
	}

	report.Failed, report.Results[0] = 1, smoke.Result{Name: "up", File: "a.yaml", Status: smoke.Failed, Failures: []smoke.Failure{{Line: 3, What: "status", Want: "200", Got: "500"}}}
	w.once(context.Background())
	step("failed", 503, "1 of 2 checks failed", `"a.yaml:3: status: expected 200, got 500"`)
	if code, _ := get(t, w, "/health/live"); code != 200 {
		t.Error("the watcher does not live")
	}

	report = smoke.Report{}
	w.once(context.Background())
	step("nothing tested", 503, "0 of 0 checks failed")

	failure = errors.New("${X} is not set")
	w.once(context.Background())
	step("an error", 503, "${X} is not set")

	report, failure = smoke.Report{Passed: 1}, nil
	w.once(context.Background())
	now = now.Add(5 * time.Minute)
	step("long ago", 503, "and none since")
}

func TestRunGoesOn(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	w := New(func(context.Context) (smoke.Report, error) {
		if n++; n == 3 {
			cancel()
		}
		return smoke.Report{Passed: 1}, nil
	}, time.Millisecond)
	w.Run(ctx)
	if n != 3 || w.runs != 2 {
		t.Errorf("%d runs, %d that count", n, w.runs)
	}
}
