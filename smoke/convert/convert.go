// Package convert leads between files of checks and what other tools keep: it makes checks of requests. The way
// back is in smoke/export.
//
// It knows the format of the files and not how they are run; what has no counterpart on the other side is listed with the
// reason and never left out in silence.
package convert

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/requests"
)

// Check is a check as it stands in a file.
type Check struct {
	node *yaml.Node
	mark *regexp.Regexp // finds it in a file
}

// mark finds a check by its evidence, or by its request where the evidence changes from time to time.
func mark(r requests.Request) *regexp.Regexp {
	text := r.From()
	if r.Evidence != "" {
		text = r.Method + " " + r.Path
	}
	return regexp.MustCompile(`(?m)(^|[\s"'/])` + regexp.QuoteMeta(text) + `($|["'\s])`)
}

// Files finds a file that a request sends: its path as a check is to name it. false says that there is none.
type Files func(r requests.Request, name string) (path string, found bool)

// FromRequests makes a check of each request. What an answer must be and a check can't say is left out, and listed. files
// may be nil: then no check sends a file.
func FromRequests(all []requests.Request, files Files) ([]Check, []requests.Left) {
	if files == nil {
		files = func(requests.Request, string) (string, bool) { return "", false }
	}
	w := &writer{files: files}
	names := map[string]int{}
	for _, r := range all {
		name := r.Title()
		if names[name]++; names[name] > 1 {
			name = fmt.Sprintf("%s (%d)", name, names[name])
		}
		w.check(r, name)
	}
	return w.checks, w.left
}

type writer struct {
	files  Files
	checks []Check
	left   []requests.Left
	r      requests.Request
	expect *mapping

	captured []string // by the checks so far
}

func (w *writer) leave(line int, what, format string, args ...any) {
	w.left = append(w.left, requests.Left{File: w.r.File, Line: line, What: what, Reason: fmt.Sprintf(format, args...)})
}

func (w *writer) check(r requests.Request, name string) {
	w.r, w.expect = r, newMapping(true)
	c := newMapping(false)
	c.set("name", name)
	c.set("request", r.Method+" "+r.Path)
	c.fields("with", r.With)
	c.fields("headers", headersOf(r))
	c.fields("cookies", r.Cookies)
	if r.Auth != nil {
		auth := newMapping(true)
		auth.set("user", r.Auth.User)
		auth.set("password", r.Auth.Password)
		c.set("auth", auth)
	}
	if !w.body(c) {
		return
	}
	if r.Follow {
		c.set("follow", true)
	}
	if writes(r) {
		c.set("writes", true)
	} else if r.Method != "GET" && r.Method != "HEAD" && r.Method != "OPTIONS" {
		c.set("writes", false)
	}
	w.eventually(c)
	if w.asserts(); !w.expect.empty() {
		c.set("expect", w.expect)
	}
	w.captures(c)
	c.set("from", r.From())
	if !w.fit(c) {
		return
	}
	if capture := c.get("capture"); capture != nil {
		for i := 0; i < len(capture.Content); i += 2 {
			if name := capture.Content[i].Value; !slices.Contains(w.captured, name) {
				w.captured = append(w.captured, name)
			}
		}
	}
	w.checks = append(w.checks, Check{c.node, mark(r)})
}

// headersOf are the headers that the format does not say otherwise, or that a run sets itself.
func headersOf(r requests.Request) []requests.Field {
	var out []requests.Field
	for _, h := range r.Headers {
		switch strings.ToLower(h.Name) {
		case "host", "content-length", "connection", "accept-encoding", "user-agent":
			continue
		case "content-type":
			if _, isTree := jsonBody(r); isTree || len(r.Parts) > 0 || len(r.Form) > 0 {
				continue
			}
		}
		out = append(out, h)
	}
	return out
}

var (
	readingBody  = pattern.MustCompile(`^\s*\{\s*"query"\s*:\s*"(\s|\\n)*(query\b|\{)`)
	captureStart = pattern.MustCompile(`"\$[A-Za-z_]`)
)

// writes says whether a request may change data. A query of GraphQL only reads.
func writes(r requests.Request) bool {
	switch r.Method {
	case "GET", "HEAD", "OPTIONS":
		return false
	case "POST":
		return !readingBody.MatchString(r.Body)
	}
	return true
}

// jsonBody is a body that may stand in the file as YAML: JSON without variables, whose types would be lost.
func jsonBody(r requests.Request) (*yaml.Node, bool) {
	if media := r.Header("Content-Type"); !r.HasBody || media != "application/json" || strings.Contains(r.Body, "${") || captureStart.MatchString(r.Body) {
		return nil, false
	}
	d := json.NewDecoder(strings.NewReader(r.Body))
	d.UseNumber()
	var value any
	if d.Decode(&value) != nil || d.More() {
		return nil, false
	}
	switch value.(type) {
	case map[string]any, []any:
		return nodeOf(value, true), true
	}
	return nil, false
}

// body writes what is sent. It is false where the request makes no check.
func (w *writer) body(c *mapping) bool {
	r := w.r
	tree, isTree := jsonBody(r)
	switch {
	case len(r.Parts) > 0:
		return w.parts(c)
	case r.BodyFile != "":
		path, found := w.files(r, r.BodyFile)
		if !found {
			w.leave(r.Line, r.Title(), "its body is in the file %s, which is not there", r.BodyFile)
			return false
		}
		c.set("body_file", path)
	case len(r.Form) > 0:
		c.fields("form", r.Form)
	case isTree:
		c.set("body", tree)
	case r.HasBody && strings.TrimSpace(r.Body) == "":
	case r.HasBody:
		c.set("body", r.Body)
	}
	return true
}

func (w *writer) parts(c *mapping) bool {
	var form []requests.Field
	files := newMapping(true)
	for _, p := range w.r.Parts {
		if p.File == "" {
			form = append(form, requests.Field{Name: p.Name, Value: p.Value})
			continue
		}
		path, found := w.files(w.r, p.File)
		if !found {
			w.leave(w.r.Line, w.r.Title(), "it sends the file %s, which is not there", p.File)
			return false
		}
		if p.Type == "" {
			files.set(p.Name, path)
			continue
		}
		one := newMapping(true)
		one.set("file", path)
		one.set("type", p.Type)
		files.set(p.Name, one)
	}
	c.fields("form", form)
	if !files.empty() {
		c.set("files", files)
	}
	return true
}

// eventually takes the place of retries.
func (w *writer) eventually(c *mapping) {
	retry, interval := 0, time.Second
	for _, o := range w.r.Options {
		switch o.Name {
		case "retry":
			retry, _ = strconv.Atoi(o.Value)
		case "retry-interval":
			if d, err := time.ParseDuration(o.Value); err == nil {
				interval = d
			} else if n, err := strconv.Atoi(o.Value); err == nil {
				interval = time.Duration(n) * time.Millisecond
			}
		case "http2", "http3", "http2-prior-knowledge":
		case "insecure":
			w.leave(w.r.Line, "insecure", "that is said when the checks are run, with --insecure")
		default:
			w.leave(w.r.Line, o.Name+": "+o.Value, "a check has no such option")
		}
	}
	if retry != 0 && !writes(w.r) {
		if retry < 0 || retry > 600 {
			retry = 60
		}
		c.set("eventually", (time.Duration(retry) * interval).String())
	}
}

func (w *writer) captures(c *mapping) {
	capture := newMapping(true)
	for _, one := range w.r.Capture {
		query, rest, err := queryText(one.Query)
		switch {
		case err != nil:
			w.leave(one.Line, "capture "+one.Name, "%v", err)
		case len(rest) == 1 && rest[0].Name == "regex":
			part := newMapping(true)
			part.set("query", query)
			part.set("matches", fmt.Sprint(rest[0].Args[0]))
			capture.set(one.Name, part)
		case len(rest) > 0:
			w.leave(one.Line, "capture "+one.Name, "a capture has no filter %s", rest[0].Name)
		default:
			capture.set(one.Name, query)
		}
	}
	if !capture.empty() {
		c.set("capture", capture)
	}
}
