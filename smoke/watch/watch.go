// Package watch runs checks again and again and serves what the last run found: health for what asks whether the service
// works, metrics for Prometheus. Whoever asks gets what is known; no request makes a run.
package watch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// Watcher knows the last run. Start it with Run.
type Watcher struct {
	run      func(context.Context) (smoke.Report, error)
	interval time.Duration
	now      func() time.Time

	mu   sync.Mutex
	last smoke.Report
	err  error     // why the last run has no report
	at   time.Time // its end; zero before the first
	runs int
}

// New watches by run, from the end of one to the start of the next with the interval between them.
func New(run func(context.Context) (smoke.Report, error), interval time.Duration) *Watcher {
	return &Watcher{run: run, interval: interval, now: time.Now}
}

// Run goes on until ctx ends.
func (w *Watcher) Run(ctx context.Context) {
	for ctx.Err() == nil {
		w.once(ctx)
		select {
		case <-ctx.Done():
		case <-time.After(w.interval):
		}
	}
}

func (w *Watcher) once(ctx context.Context) {
	report, err := w.run(ctx)
	if ctx.Err() != nil {
		return // a run that was cut off says nothing
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last, w.err, w.at = report, err, w.now()
	w.runs++
}

// Handler serves:
//
//	/health       200 while the last run passed, else 503, as application/health+json
//	/health/live  200: the watcher itself works
//	/metrics      the last run, in the text format of Prometheus
func (w *Watcher) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", w.health)
	mux.HandleFunc("GET /health/live", func(out http.ResponseWriter, _ *http.Request) { write(out, http.StatusOK, health{Status: "pass"}) })
	mux.HandleFunc("GET /metrics", w.metrics)
	return mux
}

// health is the answer, in the form of draft-inadarei-api-health-check.
type health struct {
	Status string             `json:"status"`
	Output string             `json:"output,omitempty"`
	Time   *time.Time         `json:"time,omitempty"`
	Checks map[string][]check `json:"checks,omitempty"`
}

type check struct {
	Status string `json:"status"`
	Output string `json:"output,omitempty"`
}

// stale says that the last run is so long ago that it says nothing of now: one that hangs, a machine that slept.
func (w *Watcher) stale() bool { return w.now().Sub(w.at) > 3*w.interval+time.Minute }

func (w *Watcher) health(out http.ResponseWriter, _ *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	h := health{Status: "fail"}
	switch {
	case w.at.IsZero():
		h.Output = "no run has ended yet"
	case w.err != nil:
		h.Output = w.err.Error()
	case w.stale():
		h.Output = "the last run ended at " + w.at.UTC().Format(time.RFC3339) + ", and none since"
	case w.last.OK():
		h.Status = "pass"
	default:
		h.Output = fmt.Sprintf("%d of %d checks failed", w.last.Failed, len(w.last.Results))
	}
	if !w.at.IsZero() {
		at := w.at.UTC()
		h.Time = &at
	}
	h.Checks = checks(w.last)
	status := http.StatusOK
	if h.Status != "pass" {
		status = http.StatusServiceUnavailable
	}
	write(out, status, h)
}

// checks are the results by the names of the checks; those that were skipped are none.
func checks(r smoke.Report) map[string][]check {
	out := map[string][]check{}
	for _, x := range r.Results {
		switch x.Status {
		case smoke.Passed:
			out[x.Name] = append(out[x.Name], check{Status: "pass"})
		case smoke.Failed:
			c := check{Status: "fail"}
			if len(x.Failures) > 0 {
				f := x.Failures[0]
				c.Output = fmt.Sprintf("%s:%d: %s: expected %s, got %s", x.File, f.Line, f.What, f.Want, f.Got)
			}
			out[x.Name] = append(out[x.Name], c)
		}
	}
	return out
}

func write(out http.ResponseWriter, status int, h health) {
	out.Header().Set("Content-Type", "application/health+json")
	out.Header().Set("Cache-Control", "no-store")
	out.WriteHeader(status)
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	_ = e.Encode(h) // the client went away
}

func (w *Watcher) metrics(out http.ResponseWriter, _ *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var b bytes.Buffer
	if w.at.IsZero() || w.err != nil {
		fmt.Fprintf(&b, "# HELP smoke_success Whether the run passed: nothing failed and something was tested.\n# TYPE smoke_success gauge\nsmoke_success 0\n")
	} else if err := w.last.Prometheus(&b); err != nil {
		http.Error(out, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprintf(&b, "# HELP smoke_runs_total How often the checks ran.\n# TYPE smoke_runs_total counter\nsmoke_runs_total %d\n", w.runs)
	if !w.at.IsZero() {
		fmt.Fprintf(&b, "# HELP smoke_last_run_timestamp_seconds When the last run ended.\n# TYPE smoke_last_run_timestamp_seconds gauge\nsmoke_last_run_timestamp_seconds %d\n", w.at.Unix())
	}
	out.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = out.Write(b.Bytes()) // the client went away
}
