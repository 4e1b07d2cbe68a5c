package smoke

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxBody is how much of an answer is read and judged, in bytes.
const maxBody = 8 << 20

// httpProbe is a request and what its answer must be.
type httpProbe struct {
	line    int
	method  string
	path    template
	headers []header
	body    tree
	hasBody bool
	follow  bool
	writes  bool
	expect  expectation
	capture map[string]source
}

type header struct {
	name  string
	value template
}

// source is where a captured value comes from: body, headers or status.
type source struct {
	line   int
	from   string
	header string
	path   jsonPath
}

func (p *httpProbe) needsWrites() bool { return p.writes }
func (p *httpProbe) asksTarget() bool  { return true }

func (p *httpProbe) templates() []template {
	out := []template{p.path}
	for _, h := range p.headers {
		out = append(out, h.value)
	}
	out = append(out, treeTemplates(p.body)...)
	return append(out, p.expect.templates()...)
}

// filled is a request with its variables filled in.
type filled struct {
	url     string
	headers []filledHeader
	body    string
}

type filledHeader struct{ name, value string }

// fill builds the request: base path before path, the file's headers before the check's own of the same name.
func (p *httpProbe) fill(s *session, v values) (filled, error) {
	pathText, query, err := p.fillPath(v)
	if err != nil {
		return filled{}, err
	}
	f := filled{url: s.target.String() + pathText + query}
	for _, h := range append(append([]header{}, s.suite.headers...), p.headers...) {
		value, err := v.expand(h.value, nil)
		if err != nil {
			return filled{}, fmt.Errorf("the header %s: %w", h.name, err)
		}
		f.set(h.name, value)
	}
	if !p.hasBody {
		return f, nil
	}
	kind := "application/x-www-form-urlencoded" // what curl says of a body that nobody describes
	if t, ok := p.body.(template); ok {
		f.body, err = v.expand(t, nil)
	} else {
		var value any
		value, err = v.fill(p.body)
		f.body, kind = asJSON(value), "application/json"
	}
	if err != nil {
		return filled{}, fmt.Errorf("the body: %w", err)
	}
	if f.get("Content-Type") == "" {
		f.set("Content-Type", kind)
	}
	return f, nil
}

// fillPath escapes each value for the side of the "?" on which it stands.
func (p *httpProbe) fillPath(v values) (path, query string, err error) {
	left, right := p.path.cut('?')
	if path, err = v.expand(left, url.PathEscape); err != nil {
		return "", "", err
	}
	query, err = v.expand(right, url.QueryEscape)
	return path, query, err
}

// cut parts a template before the first sep in its plain text.
func (t template) cut(sep byte) (before, after template) {
	for i, p := range t.parts {
		if at := strings.IndexByte(p.text, sep); at >= 0 {
			before.parts = append(append(before.parts, t.parts[:i]...), part{text: p.text[:at]})
			after.parts = append(append(after.parts, part{text: p.text[at:]}), t.parts[i+1:]...)
			return before, after
		}
	}
	return t, template{}
}

func (f *filled) get(name string) string {
	for _, h := range f.headers {
		if strings.EqualFold(h.name, name) {
			return h.value
		}
	}
	return ""
}

func (f *filled) set(name, value string) {
	for i, h := range f.headers {
		if strings.EqualFold(h.name, name) {
			f.headers[i].value = value
			return
		}
	}
	f.headers = append(f.headers, filledHeader{name, value})
}

func (p *httpProbe) attempt(ctx context.Context, s *session) outcome {
	v := s.values()
	f, err := p.fill(s, v)
	if err != nil {
		return outcome{failures: []Failure{{Line: p.line, What: "request", Want: "a value for each variable", Got: err.Error()}}}
	}
	for _, h := range f.headers {
		s.secrets.addHeader(h.name, h.value)
	}
	o := outcome{request: p.method + " " + f.url}
	a, err := p.send(ctx, s, f)
	if err != nil {
		o = p.unanswered(ctx, err, o)
	} else {
		o.took, o.summary = a.took, fmt.Sprint(a.status)
		o.failures = p.expect.judge(a, v, p.line)
		p.take(a, &o)
		if isStartingStatus(a.status) && !p.expect.accepts(a.status) && !p.writes {
			o.starting = o.summary // a write may have been done all the same: never send it twice
		}
	}
	if len(o.failures) > 0 {
		o.command = p.command(s)
		if a != nil {
			o.body = a.body
		}
	}
	return o
}

// unanswered tells what went wrong on the way.
func (p *httpProbe) unanswered(ctx context.Context, err error, o outcome) outcome {
	text := connectionMessage(ctx, err)
	o.failures = []Failure{{Line: p.line, What: "connection", Want: "an answer", Got: text}}
	o.starting = startingError(err)
	var dial *net.OpError
	o.unreachable = errors.As(err, &dial) && dial.Op == "dial"
	if p.writes && !o.unreachable {
		o.starting = ""
	}
	return o
}

// connectionMessage says why there is no answer, without the URL: it may hold a secret, and the report has it anyway.
func connectionMessage(ctx context.Context, err error) string {
	var inURL *url.Error
	if errors.As(err, &inURL) {
		err = inURL.Err
	}
	var notFound *net.DNSError
	var record tls.RecordHeaderError
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx).Error()
	case errors.As(err, &notFound) && notFound.IsNotFound:
		return "no such host: " + notFound.Name
	case errors.As(err, &record):
		return "no TLS there: the port speaks something else"
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"): // net/http keeps that error to itself
		return "plain http where https was asked for; write http:// before the target"
	case startingError(err) != "":
		return startingError(err)
	}
	return err.Error()
}

// send makes the request and reads the answer, up to maxBody.
func (p *httpProbe) send(ctx context.Context, s *session, f filled) (*answer, error) {
	req, err := http.NewRequestWithContext(ctx, p.method, f.url, requestBody(p.hasBody, f.body))
	if err != nil {
		return nil, err
	}
	req.Host = s.Host
	req.Header.Set("User-Agent", s.UserAgent)
	req.Header.Set("Accept", "*/*")
	for _, h := range f.headers {
		if strings.EqualFold(h.name, "Host") {
			req.Host = h.value
			continue
		}
		req.Header.Set(h.name, h.value)
	}
	client := http.Client{Transport: s.transport, CheckRedirect: p.redirect}
	began := time.Now()
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	a := &answer{status: resp.StatusCode, header: resp.Header}
	if a.body, a.cut, err = readBody(resp); err != nil {
		return nil, err
	}
	a.took = time.Since(began)
	if p.wantsJSON() && !a.cut {
		a.json, a.isJSON = document(a.body)
	}
	return a, nil
}

func requestBody(has bool, body string) io.Reader {
	if !has {
		return nil
	}
	return strings.NewReader(body)
}

// redirect follows only where the check asks for it, and tells no other host a secret.
func (p *httpProbe) redirect(req *http.Request, via []*http.Request) error {
	if !p.follow {
		return http.ErrUseLastResponse
	}
	if len(via) >= 10 {
		return errors.New("more than 10 redirects")
	}
	if req.URL.Host != via[0].URL.Host || req.URL.Scheme != via[0].URL.Scheme {
		for name := range req.Header {
			if isSecretName(name) {
				req.Header.Del(name)
			}
		}
	}
	return nil
}

func readBody(resp *http.Response) (body []byte, cut bool, err error) {
	var in io.Reader = resp.Body
	if resp.Header.Get("Content-Encoding") == "gzip" && !resp.Uncompressed && resp.Request.Method != http.MethodHead {
		unzipped, err := gzip.NewReader(resp.Body) // sent though nobody asked for it
		if err != nil {
			return nil, false, fmt.Errorf("a body that says it is gzip: %w", err)
		}
		in = unzipped
	}
	body, err = io.ReadAll(io.LimitReader(in, maxBody+1))
	if len(body) > maxBody {
		return body[:maxBody], true, nil
	}
	return body, false, err
}

// wantsJSON says whether anything looks at the body as a document.
func (p *httpProbe) wantsJSON() bool {
	return p.expect.media == "json" || len(p.expect.body) > 0 || len(p.capture) > 0
}

// take captures what later checks refer to. A value that is missing fails the check.
func (p *httpProbe) take(a *answer, o *outcome) {
	if len(p.capture) == 0 || len(o.failures) > 0 {
		return
	}
	o.captured = map[string]any{}
	for name, from := range p.capture {
		value, found := from.find(a)
		if !found {
			o.failures = append(o.failures, Failure{Line: from.line, What: "capture " + name, Want: from.String(), Got: "absent"})
			continue
		}
		o.captured[name] = value
	}
	sortFailures(o.failures)
}

func (from source) find(a *answer) (any, bool) {
	switch {
	case from.from == "status":
		return json.Number(fmt.Sprint(a.status)), true
	case from.from == "headers":
		return a.header.Get(from.header), len(a.header.Values(from.header)) > 0
	case !a.isJSON:
		return string(bytes.TrimSpace(a.body)), len(from.path) == 0 && len(a.body) > 0
	}
	return from.path.find(a.json)
}

func (from source) String() string {
	switch from.from {
	case "headers":
		return "the header " + from.header
	case "body":
		return "the body's " + from.path.String()
	}
	return from.from
}
