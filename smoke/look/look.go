// Package look finds out what of a live service can be checked, by asking it a few things that change nothing: its front
// page and some of the links there, the usual routes of health, robots.txt and its description in OpenAPI.
//
// It stands before smoke/convert, as the readers of requests do: what it finds is a list of requests with what was answered,
// and a list of what is left out, with the reason. It sends GETs to one host (and a HEAD or two where the scheme has to be
// found out), at most MaxRequests of them, and follows no redirect.
package look

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/requests"
	"github.com/migrate-to-kubernetes/migrate/smoke"
)

const (
	// MaxRequests is how often a service is asked, at most.
	MaxRequests = 30
	// Longest is how long all of it may take.
	Longest = time.Minute

	maxLinks      = 5
	maxOperations = 4
	// nowhere is a path that no service has. It is always the same, as all that is asked.
	nowhere = "migrate-smoke-finds-nothing-here"
)

// healthPaths are the usual routes of health.
var healthPaths = []string{"/health", "/healthz", "/health/ready", "/health/live", "/ready", "/readyz", "/livez", "/up", "/status", "/ping", "/actuator/health"}

// descriptions are where frameworks serve their description in OpenAPI.
var descriptions = []string{"/openapi.json", "/swagger.json", "/v3/api-docs"}

// Seen is what a look at a service found.
type Seen struct {
	Target string // with the scheme that it speaks
	Asked  int    // requests
	requests.Found
}

// At looks at the target of the options, of which only those count that say how it is reached and how long one request may
// take. The error says why the service answers nothing, or is the context's.
func At(ctx context.Context, o smoke.Options) (Seen, error) { return at(ctx, o, Longest) }

func at(ctx context.Context, o smoke.Options, longest time.Duration) (Seen, error) {
	o.Wait, o.Parallel, o.Writes, o.Exec, o.Tags, o.Begin, o.Each = 0, 1, false, false, nil, nil, nil
	l := &looker{options: o, replies: map[string]reply{}}
	l.found.Format = "live service"
	limited, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	first := l.ask(limited, "/", "/"+nowhere)
	if ctx.Err() != nil {
		return Seen{}, ctx.Err()
	}
	if first[0].failed != "" && first[1].failed != "" {
		return Seen{}, fmt.Errorf("%s answers nothing: %s", l.target(), first[0].failed)
	}
	l.none = first[1]
	l.health(limited)
	l.record(first[0])
	l.robots(limited)
	l.operations(limited)
	l.pages(limited, first[0])
	if ctx.Err() != nil {
		return Seen{}, ctx.Err()
	}
	return Seen{Target: l.target(), Asked: l.asked, Found: l.found}, nil
}

type looker struct {
	options smoke.Options
	asked   int
	replies map[string]reply // by path
	none    reply            // to a path that isn't there
	found   requests.Found
}

// reply is what came back for a path.
type reply struct {
	path   string
	status int
	media  string // without its parameters
	answer smoke.Answer
	failed string // why none came
}

func (r reply) good() bool { return r.failed == "" && r.status >= 200 && r.status < 300 }

func (l *looker) target() string { return l.options.Target.String() }

func (l *looker) leave(what, format string, args ...any) {
	l.found.Left = append(l.found.Left, requests.Left{What: what, Reason: fmt.Sprintf(format, args...)})
}

// ask asks for paths, those that were asked for before left alone. The replies are in the order of the paths.
func (l *looker) ask(ctx context.Context, paths ...string) []reply {
	var fresh []string
	room := MaxRequests - l.asked
	if l.options.Target.Scheme == "" {
		room -= 2 // for finding it out
		l.asked += 2
	}
	for _, p := range paths {
		if _, done := l.replies[p]; !done && len(fresh) < room && !slices.Contains(fresh, p) {
			fresh = append(fresh, p)
		}
	}
	if len(fresh) > 0 {
		l.run(ctx, fresh)
	}
	out := make([]reply, len(paths))
	for i, p := range paths {
		r, done := l.replies[p]
		if !done {
			r = reply{path: p, failed: fmt.Sprintf("it is not asked for: %d requests are enough", MaxRequests)}
		}
		out[i] = r
	}
	return out
}

func (l *looker) run(ctx context.Context, paths []string) {
	o := l.options
	o.Answered = func(r smoke.Result, a smoke.Answer) {
		media, _, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
		if err != nil || !mediaForm.MatchString(media) {
			media = ""
		}
		l.replies[r.Name] = reply{path: r.Name, status: a.Status, media: media, answer: a}
	}
	report, err := smoke.Run(ctx, o, []smoke.Suite{smoke.Asking(paths)})
	l.asked += len(paths)
	if scheme, _, found := strings.Cut(report.Target, "://"); found {
		l.options.Target.Scheme = scheme
	}
	for _, r := range report.Results {
		if _, answered := l.replies[r.Name]; !answered && len(r.Failures) > 0 {
			l.replies[r.Name] = reply{path: r.Name, failed: r.Failures[0].Got}
		}
	}
	for _, p := range paths {
		if _, done := l.replies[p]; done {
			continue
		}
		why := "it was not asked for: the service is slow, and all of it may take no longer than " + Longest.String()
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			why = err.Error()
		}
		l.replies[p] = reply{path: p, failed: why}
	}
}

// mediaForm is a media type that a check can expect.
var mediaForm = pattern.MustCompile(`^[a-z]+/[a-z0-9.+-]+$`)

// record makes a check of a reply, or says why not.
func (l *looker) record(r reply, more ...requests.Assert) {
	what := "GET " + r.path
	if r.failed != "" {
		l.leave(what, "%s", r.failed)
		return
	}
	one := requests.Request{Method: "GET", Path: r.path, Evidence: fmt.Sprintf("answered %d in reply to GET %s", r.status, r.path)}
	one.Asserts = []requests.Assert{{Query: requests.Query{Kind: requests.OfStatus}, Op: requests.Equal, Value: []string{fmt.Sprint(r.status)}}}
	switch r.status {
	case 301, 302, 303, 307, 308:
		one.Asserts = append(one.Asserts, leadsTo(l.options.Target, r.answer.Header.Get("Location")))
	case 401, 403:
	default:
		if !r.good() {
			l.leave(what, "it answers %d", r.status)
			return
		}
		if r.media != "" {
			name, assert := kind(r.media)
			one.Asserts = append(one.Asserts, assert)
			one.Evidence = fmt.Sprintf("answered %d %s in reply to GET %s", r.status, name, r.path)
		}
	}
	one.Asserts = append(one.Asserts, more...)
	l.found.Requests = append(l.found.Requests, one)
}

// kind is the short name of a media type, and what a check expects of it.
func kind(media string) (name string, a requests.Assert) {
	a = requests.Assert{Query: requests.Query{Kind: requests.OfHeader, Arg: "Content-Type"}, Op: requests.Matches, Value: regexp.QuoteMeta(media)}
	switch {
	case isJSON(media):
		a.Value = "json"
		return "json", a
	case media == "text/html":
		a.Op, a.Value = requests.Contains, media
		return "html", a
	}
	return media, a
}

func isJSON(media string) bool {
	return media == "application/json" || media == "text/json" || strings.HasSuffix(media, "+json")
}

const (
	// longestHealth is up to how many bytes HTML may be what a route of health says.
	longestHealth = 4 << 10
	// A short answer is none of those that a single-page application gives to all paths, which are long.
	shortAnswer, longAnswer = 64, 512
)

// health looks for routes of health: what answers well, and otherwise than a path does that isn't there.
func (l *looker) health(ctx context.Context) {
	if l.none.failed != "" {
		l.leave("the usual routes of health", "what a path answers that isn't there can't be told: %s", l.none.failed)
		return
	}
	for _, r := range l.ask(ctx, healthPaths...) {
		if r.failed != "" {
			l.leave("GET "+r.path, "%s", r.failed)
		}
		if !r.good() {
			continue // a guess that is none
		}
		why := l.noHealth(r)
		if dir := path.Dir(r.path); why == "" && dir != "/" {
			if beside := l.ask(ctx, dir+"/"+nowhere)[0]; r.asAnyOther(beside) {
				why = "any path below " + dir + " is answered like that"
			}
		}
		state := stateOf(r)
		if why == "" && badStates[strings.ToLower(state)] {
			why = "it says " + state
		}
		switch {
		case why != "":
			l.leave("GET "+r.path, "%s", why)
		case goodStates[strings.ToLower(state)]:
			l.record(r, requests.Assert{Query: requests.Query{Kind: requests.OfJSON, Arg: "$.status"}, Op: requests.Equal, Value: state})
		default:
			l.record(r)
		}
	}
}

// noHealth says why a good answer is not one of a route of health.
func (l *looker) noHealth(r reply) string {
	body := len(r.answer.Body)
	switch {
	case r.asAnyOther(l.none):
		return "any path is answered like that"
	case isJSON(r.media), r.media == "text/plain", r.media == "" && body == 0, r.media == "text/html" && body <= longestHealth:
		return ""
	case r.media == "text/html":
		return "it is a page, and not what a route of health says"
	}
	return fmt.Sprintf("its Content-Type %q is not one of a route of health", r.media)
}

// asAnyOther says whether a reply is of the kind that a path gets that isn't there: then it says nothing about its own path.
func (r reply) asAnyOther(none reply) bool {
	if !none.good() || r.media != none.media {
		return false
	}
	return len(r.answer.Body) > shortAnswer || len(none.answer.Body) < longAnswer
}

// same says whether a reply is, word for word, what a path gets that isn't there.
func (r reply) same(none reply) bool {
	return none.failed == "" && r.status == none.status && r.media == none.media && bytes.Equal(r.pathless(), none.pathless())
}

func (r reply) pathless() []byte { return bytes.ReplaceAll(r.answer.Body, []byte(r.path), nil) }

var (
	goodStates = words("up ok okay pass passed healthy ready alive live running good available")
	badStates  = words("down fail failed error unhealthy out_of_service degraded unavailable")
)

func words(text string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(text) {
		out[w] = true
	}
	return out
}

// stateOf is the "status" of an answer in JSON; empty where it has none.
func stateOf(r reply) string {
	var doc struct {
		Status any `json:"status"`
	}
	if !isJSON(r.media) || r.answer.Cut || json.Unmarshal(r.answer.Body, &doc) != nil {
		return ""
	}
	state, _ := doc.Status.(string)
	if len(state) > 20 {
		return ""
	}
	return state
}

// robots looks at robots.txt, which is there in plain text or not at all.
func (l *looker) robots(ctx context.Context) {
	if r := l.ask(ctx, "/robots.txt")[0]; r.failed != "" || r.good() && r.media == "text/plain" && !r.same(l.none) {
		l.record(r)
	}
}
