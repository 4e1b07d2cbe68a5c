package smoke

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"os"
	"slices"
	"strings"
	"time"
)

// session is one file while it runs. Its checks run one after the other, so nothing in it needs a lock.
type session struct {
	*runner
	suite    Suite
	captured map[string]any
	secrets  *secrets
	lane     *lane
	jar      http.CookieJar // what services set is sent to them again, as browsers do

	up   bool   // an answer has come: from here on a 503 is a failure, not a start that takes its time
	down string // where set, no connection came about, at this place of the file, and none is tried again
}

func newSession(r *runner, suite Suite) *session {
	jar, _ := cookiejar.New(nil) // it has no errors
	s := &session{runner: r, suite: suite, captured: map[string]any{}, secrets: &secrets{also: suite.secrets}, jar: jar}
	s.lane = &lane{session: s}
	for _, c := range suite.Checks {
		for _, t := range c.probe.templates() {
			t.environment(func(v *ref, _ int) {
				if value, ok := r.lookup(suite, v.env); ok {
					s.secrets.add(v.env, value)
				}
			})
		}
	}
	return s
}

// lookup is the value of a variable: what the run was told, then the environment, then the file itself.
func (r *runner) lookup(suite Suite, name string) (string, bool) {
	if value, ok := r.Values[name]; ok {
		return value, true
	}
	if value, ok := r.Env(name); ok {
		return value, true
	}
	return suite.value(name)
}

// values resolves the variables of this file.
func (s *session) values() values {
	return values{captured: s.captured, env: func(name string) (string, bool) { return s.lookup(s.suite, name) }}
}

// settings are the values that are no variables of the environment, for a command.
func (s *session) settings() []string {
	var out []string
	for _, v := range s.suite.values {
		if value, ok := s.lookup(s.suite, v.name); ok {
			out = append(out, v.name+"="+value)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Values)) {
		out = append(out, name+"="+s.Values[name])
	}
	return out
}

// noteEnvironment keeps out of the report what a command may print of its environment.
func (s *session) noteEnvironment() {
	for _, setting := range append(os.Environ(), s.settings()...) {
		if name, value, ok := strings.Cut(setting, "="); ok {
			s.secrets.add(name, value)
		}
	}
}

// shortestCookie is the length from which the value of a cookie is taken as a secret: "en" and "dark" are none.
const shortestCookie = 8

// noteSent keeps out of the report what a request says that is secret by its place.
func (s *session) noteSent(req *http.Request, f filled) {
	for _, h := range f.headers {
		s.secrets.addHeader(h.name, h.value)
	}
	if _, password, ok := strings.Cut(f.user, ":"); ok {
		s.secrets.note("PASSWORD", password)
		s.secrets.note("AUTHORIZATION", basic(f.user))
	}
	for _, c := range append(req.Cookies(), s.jar.Cookies(req.URL)...) {
		s.noteCookie(c.Name, c.Value)
	}
}

func (s *session) noteSet(resp *http.Response) {
	for _, c := range resp.Cookies() {
		s.noteCookie(c.Name, c.Value)
	}
}

func (s *session) noteCookie(name, value string) {
	if len(value) >= shortestCookie {
		s.secrets.note("COOKIE_"+headerVariable(name), value)
	}
}

func (s *session) run(ctx context.Context, out chan<- Result) {
	defer s.lane.close()
	for _, c := range s.suite.Checks {
		if ctx.Err() != nil {
			return
		}
		result := s.check(ctx, c)
		if ctx.Err() != nil {
			return // the check was cut off: what it found is not the service's doing
		}
		out <- s.secrets.clean(result)
	}
}

// check runs one check to its result.
func (s *session) check(ctx context.Context, c Check) Result {
	r := Result{Suite: s.suite.File, File: c.File, Line: c.Line, Service: s.suite.Service, Name: c.Name, From: c.From}
	if reason := s.skip(c); reason != "" {
		r.Status, r.Reason = Skipped, reason
		return r
	}
	if name := s.lacks(c); name != "" {
		r.Status, r.Reason = Skipped, "it needs "+name+", which no check before it has captured in this run"
		return r
	}
	if c.probe.asksTarget() && s.down != "" {
		r.Status = Failed
		r.Failures = []Failure{{Line: c.Line, What: "connection", Want: "an answer", Got: "not tried again: no connection to the target, see " + s.down}}
		return r
	}
	began := time.Now()
	o, waited := s.whenUp(ctx, c)
	r.Attempts = 1
	for pause := firstPause; len(o.failures) > 0 && c.eventually > 0; pause = longer(pause) {
		if left := c.eventually - (time.Since(began) - waited); left <= 0 || !sleep(ctx, min(pause, left)) {
			break
		}
		o = s.attempt(ctx, c)
		r.Attempts++
	}
	s.learn(c, o)
	if s.Answered != nil && o.answer != nil {
		s.Answered(r, s.shown(o.answer))
	}
	r.WaitedMilliseconds = milliseconds(waited)
	return finish(r, c, o, waited)
}

// lacks names a captured value that the check refers to and that is not there, since its check was skipped or failed.
func (s *session) lacks(c Check) string {
	v := s.values()
	for _, t := range c.probe.templates() {
		if _, err := v.expand(t, nil); errors.Is(err, errNotCaptured) {
			return captureName(t)
		}
	}
	return ""
}

func captureName(t template) string {
	for _, p := range t.parts {
		switch {
		case p.ref == nil:
		case p.ref.with != nil:
			return captureName(*p.ref.with)
		case p.ref.capture != "":
			return "$" + p.ref.capture
		}
	}
	return "a value"
}

// attempt tries a check once, within its timeout.
func (s *session) attempt(ctx context.Context, c Check) outcome {
	limit := cmp.Or(c.timeout, s.Timeout)
	attempt, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no full answer within %s", limit))
	defer cancel()
	return c.probe.attempt(attempt, s)
}

// learn keeps what the following checks may use.
func (s *session) learn(c Check, o outcome) {
	if o.unreachable && !s.up && c.probe.asksTarget() {
		s.down = fmt.Sprintf("%s:%d", c.File, c.Line)
	}
	if len(o.failures) > 0 {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(o.captured)) {
		s.captured[name] = o.captured[name]
		s.secrets.add(name, display(o.captured[name]))
	}
}

// finish writes down what the last attempt found.
func finish(r Result, c Check, o outcome, waited time.Duration) Result {
	r.Request, r.Summary, r.Milliseconds = o.request, o.summary, milliseconds(o.took)
	r.Status = Passed
	if len(o.failures) == 0 {
		return r
	}
	r.Status, r.Failures, r.Command = Failed, o.failures, o.command
	if o.answer != nil {
		r.Body = string(o.answer.body)
	}
	last := &r.Failures[0]
	if o.starting != "" && waited > 0 {
		last.Got += fmt.Sprintf(", still so after waiting %s for the service to start", rounded(waited))
	}
	if r.Attempts > 1 {
		last.Got += fmt.Sprintf(" (%d attempts in %s)", r.Attempts, c.eventually)
	}
	return r
}
