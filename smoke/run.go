package smoke

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options say how to run. The zero value of each but Target is a sensible default.
type Options struct {
	Target Target
	// Host is sent as the Host header and, with https, asked for by SNI and expected in the certificate, where the target
	// is reached by another address than its public name. It may hold a port.
	Host string
	// Wait is how long the run, as a whole, waits for the service to come up: while the connection is refused or reset, or
	// the answer is 502, 503 or 504. 0 doesn't wait.
	Wait time.Duration
	// Timeout of one request, connection included; 10 s where it is 0. A file's or check's own goes before it.
	Timeout time.Duration
	// Writes lets the checks run that may change data.
	Writes bool
	// Insecure accepts any certificate; the report says so. The tls checks go on judging it.
	Insecure bool
	// Parallel is the number of files that are checked side by side; 8 where it is 0.
	Parallel int
	// UserAgent of each request; "migrate-smoke" where it is empty.
	UserAgent string
	// Exec lets the checks run that are commands.
	Exec bool
	// Tags are those that a check must have one of, to run; "!slow" leaves out what has the tag. None runs all.
	Tags []string
	// Values of variables; they go before Env, and Env before what the files say.
	Values map[string]string
	// Resolve says where a host and port are to be found, "api.example.com:443" -> "10.1.2.3:443", in place of the name
	// service. The key "" is the target's own host: only an address, whose port may be left out.
	Resolve map[string]string
	// RootCAs are trusted to sign certificates; nil for those of the machine.
	RootCAs *x509.CertPool
	// Certificates show who asks, where a server wants to know.
	Certificates []tls.Certificate
	// Env looks a variable up; nil knows none.
	Env func(name string) (string, bool)
	// Dial connects, where the way to the target is not the network (a port-forward); nil for the network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	// Begin is called once, before the first check, with a report that holds Target and Notes.
	Begin func(Report)
	// Each is called after each check, never by two goroutines at once and in the order of the report.
	Each func(Result)
	// Answered, where set, is called with each HTTP answer and each output of a command, before Each; from any goroutine.
	Answered func(Result, Answer)
	// Waiting is called once, when the run begins to wait for the service to start; from any goroutine.
	Waiting func(reason string)
}

const (
	defaultTimeout  = 10 * time.Second
	defaultParallel = 8
)

// Run checks the target. The error is about the checks (a variable that nothing defines: no request was made then) or is
// the context's, with what was found until then in the report. That a check failed is no error: see Report.OK.
func Run(ctx context.Context, o Options, suites []Suite) (Report, error) {
	began := time.Now()
	r := newRunner(o, began)
	if err := r.checkVariables(suites); err != nil {
		return Report{}, err
	}
	defer r.transport.CloseIdleConnections()
	r.settleScheme(ctx)
	r.settleWay()
	report := Report{Target: r.target.String(), Notes: append([]string{}, r.target.Notes...), Results: []Result{}}
	if o.Host != "" {
		report.Notes = append(report.Notes, "asked for as "+o.Host)
	}
	report.Notes = append(report.Notes, r.routeNotes()...)
	if o.Insecure {
		report.Notes = append(report.Notes, "certificates are not verified")
	}
	if r.Begin != nil {
		r.Begin(report)
	}
	for result := range r.start(ctx, suites) {
		report.add(result)
		if r.Each != nil {
			r.Each(result)
		}
	}
	report.Milliseconds = milliseconds(time.Since(began))
	if err := ctx.Err(); err != nil {
		return report, fmt.Errorf("the smoke test was stopped after %d checks: %w", len(report.Results), err)
	}
	return report, nil
}

// Defined looks for variables that the checks name and nothing defines, as Run does first. It makes no request.
func Defined(o Options, suites []Suite) error { return newRunner(o, time.Now()).checkVariables(suites) }

// Variables are the values that the checks take from Options.Values and Options.Env: what a run elsewhere must be given.
func Variables(o Options, suites []Suite) map[string]string {
	r, out := newRunner(o, time.Now()), map[string]string{}
	for _, s := range suites {
		for _, c := range s.Checks {
			for _, t := range c.probe.templates() {
				t.environment(func(v *ref, _ int) {
					if value, ok := r.lookup(Suite{}, v.env); ok {
						out[v.env] = value
					}
				})
			}
		}
	}
	return out
}

// runner is what all files of a run share.
type runner struct {
	Options
	target    Target // with its scheme, once that is settled
	deadline  time.Time
	transport *http.Transport
	host      string // of the target, as its URLs have it
	proxy     string // that stands before it; empty for none
	waiting   sync.Once
	http2     func() *http.Transport // that speaks nothing else; made when it is asked for
}

func newRunner(o Options, began time.Time) *runner {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Parallel <= 0 {
		o.Parallel = defaultParallel
	}
	if o.UserAgent == "" {
		o.UserAgent = "migrate-smoke"
	}
	if o.Env == nil {
		o.Env = func(string) (string, bool) { return "", false }
	}
	r := &runner{Options: o, target: o.Target, deadline: began.Add(o.Wait)}
	r.transport = newTransport(r)
	r.http2 = sync.OnceValue(r.newHTTP2)
	return r
}

// checkVariables looks for variables that nothing defines, before any request is made. Checks that are sure to be skipped
// need none.
func (r *runner) checkVariables(suites []Suite) error {
	var errs []error
	for _, s := range suites {
		named := map[string]bool{}
		for _, c := range s.Checks {
			if r.skip(c) != "" {
				continue
			}
			missing := func(v *ref, line int) {
				if _, ok := r.lookup(s, v.env); ok || v.fallback != nil || named[v.env] {
					return
				}
				named[v.env] = true
				errs = append(errs, fmt.Errorf("%s:%d: ${%s} is not set; export %s or write ${%s:-value}", c.File, line, v.env, v.env, v.env))
			}
			for _, t := range c.probe.templates() {
				t.environment(missing)
			}
		}
	}
	return errors.Join(errs...)
}

// skip says why a check is not for this target; empty where it is, or where that depends on a scheme not yet known.
func (r *runner) skip(c Check) string {
	if c.probe.needsWrites() && !r.Writes {
		return "it may change data; SMOKE_WRITES=1 or --writes runs it"
	}
	if _, isCommand := c.probe.(*execProbe); isCommand && !r.Exec {
		return "it runs a command; SMOKE_EXEC=1 or --exec allows it"
	}
	if !r.tagged(c) {
		return "not tagged " + strings.Join(r.Tags, ", ")
	}
	where := onlyOutside
	if r.target.Inside() {
		where = onlyInside
	}
	for _, condition := range c.only {
		switch condition {
		case onlyInside, onlyOutside:
			if condition != where {
				return fmt.Sprintf("only for a target %s; this one is seen from %s", condition, where)
			}
		default:
			if r.target.Scheme != "" && r.target.Scheme != condition {
				return fmt.Sprintf("only with %s; the target is %s", condition, r.target.Scheme)
			}
		}
	}
	return ""
}

// tagged says whether the tags that were asked for choose the check.
func (r *runner) tagged(c Check) bool {
	wanted, has := false, false
	for _, tag := range r.Tags {
		without, exclude := strings.CutPrefix(tag, "!")
		if exclude && slices.Contains(c.tags, without) {
			return false
		}
		wanted = wanted || !exclude
		has = has || !exclude && slices.Contains(c.tags, tag)
	}
	return has || !wanted
}

// start runs the files side by side and yields their results in order, each as soon as those before it have come.
func (r *runner) start(ctx context.Context, suites []Suite) func(func(Result) bool) {
	lanes := make([]chan Result, len(suites))
	for i, s := range suites {
		lanes[i] = make(chan Result, len(s.Checks)) // room for all: a file never waits for the one before it
	}
	next := make(chan int, len(suites))
	for i := range suites {
		next <- i
	}
	close(next)
	for range min(r.Parallel, len(suites)) {
		go func() {
			for i := range next {
				newSession(r, suites[i]).run(ctx, lanes[i])
				close(lanes[i])
			}
		}()
	}
	return func(yield func(Result) bool) {
		for _, lane := range lanes {
			for result := range lane {
				if !yield(result) {
					return
				}
			}
		}
	}
}
