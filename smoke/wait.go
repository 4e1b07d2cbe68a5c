package smoke

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Waiting for the service to start is not retrying: it looks only for signs that the service isn't there yet, it ends with
// the first other answer that a file gets, and all checks share one budget of time. A wrong answer is never waited out;
// that is what "eventually" is for.

// startingStatus are the answers that a proxy gives while the service behind it starts, or the service itself while it is not ready.
var startingStatus = []int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}

// firstPause and longestPause between two attempts.
const (
	firstPause   = 50 * time.Millisecond
	longestPause = time.Second
)

func longer(pause time.Duration) time.Duration { return min(pause*3/2, longestPause) }

// whenUp tries a check until the service is up or the time for its start is over. It returns the outcome of the last
// attempt and how long it waited before that.
func (s *session) whenUp(ctx context.Context, c Check) (outcome, time.Duration) {
	began := time.Now()
	for pause := firstPause; ; pause = longer(pause) {
		waited := time.Since(began)
		o := s.attempt(ctx, c)
		if o.starting == "" {
			s.up = s.up || c.probe.asksTarget() && !o.unreachable
			return o, settled(waited)
		}
		left := time.Until(s.deadline)
		if s.up || left <= 0 {
			return o, settled(waited)
		}
		s.announce(o.starting)
		if !sleep(ctx, min(pause, left)) {
			return o, settled(waited)
		}
	}
}

// settled is 0 for a wait that was none: the first attempt begins a little after the clock does.
func settled(waited time.Duration) time.Duration {
	if waited < firstPause {
		return 0
	}
	return waited
}

func (r *runner) announce(reason string) {
	r.waiting.Do(func() {
		if r.Waiting != nil {
			r.Waiting(reason)
		}
	})
}

// sleep is false where the context ended it.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// startingError says in a word why an error may only mean that the service isn't up yet; empty where it means more.
// A proxy in front of a container that doesn't listen yet closes the connection without an answer.
func startingError(err error) string {
	var inBody *bodyError
	switch {
	case errors.As(err, &inBody): // an answer came
		return ""
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "connection reset"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection closed without an answer"
	case strings.Contains(err.Error(), "server closed idle connection"):
		// The same, noticed before the request was written; net/http keeps that error to itself.
		return "connection closed without an answer"
	}
	return ""
}

func isStartingStatus(status int) bool { return slices.Contains(startingStatus, status) }
