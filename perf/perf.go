// Package perf puts load on a URL and reports what came back.
//
// It drives wrk, which keeps a fixed number of connections busy: the figures say how many requests the target manages
// with that many callers waiting in turn, not how it does under a given rate. It knows no model and no Kubernetes.
package perf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// ErrNoWrk is returned by Program and Run where wrk is not installed.
var ErrNoWrk = errors.New("wrk is not installed")

// Options of a run.
type Options struct {
	Target      *url.URL      // http or https
	Duration    time.Duration // in whole seconds, at least one
	Connections int           // at least one
	Threads     int           // no more than Connections
	UserAgent   string        // by which the load can be told in the target's logs
	Mix         []Request     // asked in turn, below the target's path; the target alone where it is empty
	Wrk         string        // the program; found on the PATH where empty
}

// Report is what a run found.
type Report struct {
	Target            string  `json:"target"`
	DurationSeconds   float64 `json:"duration_seconds"`
	Connections       int     `json:"connections"`
	Threads           int     `json:"threads"`
	Requests          int64   `json:"requests"`
	RequestsPerSecond float64 `json:"requests_per_second"`
	Latency           Latency `json:"latency_ms"`
	Errors            Errors  `json:"errors"`
	Paths             int     `json:"paths,omitempty"` // of the mix
}

// Latency is in milliseconds.
type Latency struct {
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P75  float64 `json:"p75"`
	P90  float64 `json:"p90"`
	P99  float64 `json:"p99"`
	Max  float64 `json:"max"`
}

// Errors counts requests that had no good answer. Status counts answers of 400 and above.
type Errors struct {
	Connect int64 `json:"connect"`
	Read    int64 `json:"read"`
	Write   int64 `json:"write"`
	Timeout int64 `json:"timeout"`
	Status  int64 `json:"status"`
}

// Total is the number of all errors.
func (e Errors) Total() int64 { return e.Connect + e.Read + e.Write + e.Timeout + e.Status }

// Good is the number of requests that had a good answer.
func (r Report) Good() int64 { return max(0, r.Requests-r.Errors.Status) }

func (o Options) check() error {
	switch {
	case o.Target == nil || (o.Target.Scheme != "http" && o.Target.Scheme != "https") || o.Target.Hostname() == "":
		return errors.New("the target must be an http or https URL")
	case o.Duration < time.Second || o.Duration%time.Second != 0:
		return fmt.Errorf("the duration %s is not in whole seconds", o.Duration)
	case o.Connections < 1 || o.Threads < 1 || o.Threads > o.Connections:
		return fmt.Errorf("%d threads can't share %d connections: there must be one each at least", o.Threads, o.Connections)
	case strings.ContainsAny(o.UserAgent, "\r\n"):
		return errors.New("the User-Agent has a line break")
	}
	return nil
}

// Program is the path of wrk.
func Program() (string, error) {
	found, err := exec.LookPath("wrk")
	if err != nil {
		return "", ErrNoWrk
	}
	return found, nil
}

// Run puts load on the target for the duration. It ends early with ctx, without a report.
func Run(ctx context.Context, o Options) (Report, error) {
	if err := o.check(); err != nil {
		return Report{}, err
	}
	program := o.Wrk
	if program == "" {
		found, err := Program()
		if err != nil {
			return Report{}, err
		}
		program = found
	}
	script, done, err := o.script()
	if err != nil {
		return Report{}, err
	}
	defer done()
	args := []string{
		"--threads", strconv.Itoa(o.Threads),
		"--connections", strconv.Itoa(o.Connections),
		"--duration", strconv.Itoa(int(o.Duration/time.Second)) + "s",
		"--latency",
		"--header", "User-Agent: " + o.UserAgent,
	}
	args = append(append(args, script...), o.Target.String())
	var out, complaint bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdout, cmd.Stderr = &out, &complaint
	cmd.WaitDelay = 2 * time.Second
	err = cmd.Run()
	if ctx.Err() != nil {
		return Report{}, fmt.Errorf("loading %s: %w", o.Target.Redacted(), ctx.Err())
	}
	if err != nil {
		text := strings.TrimSpace(complaint.String())
		if text == "" {
			text = err.Error()
		}
		return Report{}, fmt.Errorf("loading %s: %s", o.Target.Redacted(), text)
	}
	r, err := parse(out.String())
	if err != nil {
		return Report{}, fmt.Errorf("reading what wrk printed: %w", err)
	}
	r.Target, r.Connections, r.Threads, r.Paths = o.Target.Redacted(), o.Connections, o.Threads, len(o.Mix)
	return r, nil
}
