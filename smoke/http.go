package smoke

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// maxBody is how much of an answer is read and judged, in bytes, unpacked.
	maxBody = 8 << 20
	// maxHeaders is how long the headers of an answer may be, in bytes.
	maxHeaders = 1 << 20
	// maxRedirects are followed by "follow: true".
	maxRedirects = 10
)

// httpProbe is a request and what its answer must be.
type httpProbe struct {
	line      int
	method    string
	path      template
	query     []field
	headers   []header // the file's first, then the check's own
	cookies   []field
	auth      *auth
	payload   payload
	follow    int // redirects, at most
	writes    bool
	websocket bool // the request is the handshake of one
	expect    expectation
	capture   []source
}

type header struct {
	name  string
	value template
}

func (p *httpProbe) needsWrites() bool { return p.writes }
func (p *httpProbe) asksTarget() bool  { return true }

func (p *httpProbe) attempt(ctx context.Context, s *session) outcome {
	v := s.values()
	f, err := p.fill(s, v)
	if err != nil {
		return outcome{failures: []Failure{{Line: p.line, What: "request", Want: "a value for each variable", Got: err.Error()}}}
	}
	o := outcome{request: p.method + " " + f.url}
	var jar []*http.Cookie
	if to, err := url.Parse(f.url); err == nil {
		jar = s.jar.Cookies(to)
	}
	a, err := p.send(ctx, s, f)
	if err != nil {
		o = p.unanswered(ctx, err, o)
	} else {
		o.took, o.summary = a.took, fmt.Sprint(a.status)
		o.failures = p.judge(a, v)
		o.captured, o.failures = take(p.capture, a, o.failures)
		if isStartingStatus(a.status) && !p.expect.accepts(a.status) && !p.writes {
			o.starting = o.summary // a write may have been done all the same: never send it twice
		}
		o.answer = a
	}
	if len(o.failures) > 0 {
		o.command = p.command(s, jar)
	}
	return o
}

func (p *httpProbe) judge(a *answer, v values) []Failure {
	if !p.websocket {
		return p.expect.judge(a, v, p.line)
	}
	x := p.expect
	if x.status == nil {
		x.status, x.statusLine = []statusRange{{101, 101, "101"}}, p.line
	}
	out := x.judge(a, v, p.line)
	if want := acceptKey(websocketKey); a.status == http.StatusSwitchingProtocols && a.header.Get("Sec-WebSocket-Accept") != want {
		out = append(out, Failure{Line: p.line, What: "websocket", Want: "Sec-WebSocket-Accept: " + want,
			Got: quote(a.header.Get("Sec-WebSocket-Accept"))})
	}
	return out
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

// bodyError is an answer that broke off after its headers.
type bodyError struct {
	status int
	cause  error
}

func (e *bodyError) Error() string {
	cause := e.cause.Error()
	if errors.Is(e.cause, io.ErrUnexpectedEOF) {
		cause = "the end of the connection"
	}
	return fmt.Sprintf("a status %d, and then in its body: %s", e.status, cause)
}

func (e *bodyError) Unwrap() error { return e.cause }

// knownErrors are those that net/http keeps to itself, by what they say, and what to say in their place. They stand in
// this order.
var knownErrors = []struct{ text, say string }{
	{"server gave HTTP response to HTTPS client", "plain http where https was asked for; write http:// before the target"},
	{"certificate required", "the server asks for a client certificate: --cert and --key"},
	{"response headers exceeded", errHeaders.Error()},
	{"looked like an HTTP/1.1 header", noHTTP2},
	{"http2: client conn could not be established", noHTTP2},
}

// connectionMessage says why there is no answer, without the URL: it may hold a secret, and the report has it anyway.
func connectionMessage(ctx context.Context, err error) string {
	var inURL *url.Error
	if errors.As(err, &inURL) {
		err = inURL.Err
	}
	var notFound *net.DNSError
	var record tls.RecordHeaderError
	var inBody *bodyError
	var unknown x509.UnknownAuthorityError
	var otherName x509.HostnameError
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx).Error()
	case errors.As(err, &inBody):
		return inBody.Error()
	case errors.As(err, &notFound) && notFound.IsNotFound:
		return "no such host: " + notFound.Name
	case errors.As(err, &unknown):
		return "a certificate signed by an unknown authority: --cacert FILE trusts one more, --insecure any"
	case errors.As(err, &otherName):
		return otherName.Error() + ": --host asks for another name"
	case errors.As(err, &record):
		return "no TLS there: the port speaks something else"
	}
	text := strings.TrimPrefix(err.Error(), "net/http: HTTP/1.x transport connection broken: ")
	for _, known := range knownErrors {
		if strings.Contains(text, known.text) {
			return known.say
		}
	}
	switch {
	case startingError(err) != "":
		return startingError(err)
	case strings.HasPrefix(text, "malformed HTTP"):
		return "no HTTP there: " + text
	}
	return text
}

// build is the request itself.
func (p *httpProbe) build(ctx context.Context, s *session, f filled) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, p.method, f.url, requestBody(f))
	if err != nil {
		return nil, err
	}
	req.Host = s.Host
	req.Header.Set("User-Agent", s.UserAgent)
	req.Header.Set("Accept", "*/*")
	if f.parts != "" {
		req.Header.Set("Content-Type", f.parts)
	}
	for _, c := range f.cookies {
		req.AddCookie(&http.Cookie{Name: c.name, Value: c.value})
	}
	for _, h := range f.headers {
		if strings.EqualFold(h.name, "Host") {
			req.Host = h.value
			continue
		}
		req.Header.Set(h.name, h.value)
	}
	if f.user != "" {
		req.Header.Set("Authorization", basic(f.user))
	}
	if p.websocket {
		for name, value := range map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": websocketKey} {
			req.Header.Set(name, value)
		}
	}
	return req, nil
}

// send makes the request and reads the answer, up to maxBody.
func (p *httpProbe) send(ctx context.Context, s *session, f filled) (*answer, error) {
	req, err := p.build(ctx, s, f)
	if err != nil {
		return nil, err
	}
	s.noteSent(req, f)
	redirects := 0
	client := http.Client{Transport: s.lane, Jar: s.jar, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if len(via) > p.follow {
			if p.follow > 0 {
				return fmt.Errorf("one more redirect than %d, to %s", p.follow, next.URL)
			}
			return http.ErrUseLastResponse
		}
		redirects = len(via)
		keepSecrets(next, via[0])
		return nil
	}}
	began := time.Now()
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	a := &answer{status: resp.StatusCode, header: resp.Header, protocol: protocolOf(resp), url: resp.Request.URL.String(), redirects: redirects}
	if resp.TLS != nil {
		a.certificate = certificateOf(resp.TLS.PeerCertificates)
	}
	if resp.StatusCode != http.StatusSwitchingProtocols {
		if a.body, a.cut, err = readBody(resp); err != nil {
			return nil, &bodyError{resp.StatusCode, err}
		}
	}
	a.took = time.Since(began)
	s.noteSet(resp)
	return a, nil
}

// protocolOf is HTTP/1.1 or HTTP/2, as people write them.
func protocolOf(resp *http.Response) string { return strings.TrimSuffix(resp.Proto, ".0") }

func requestBody(f filled) io.Reader {
	if !f.hasBody {
		return nil
	}
	return strings.NewReader(f.body)
}

// keepSecrets tells no other host a secret that was for the first one.
func keepSecrets(next, first *http.Request) {
	if next.URL.Host == first.URL.Host && next.URL.Scheme == first.URL.Scheme {
		return
	}
	for name := range next.Header {
		if isSecretName(name) {
			next.Header.Del(name)
		}
	}
}

func readBody(resp *http.Response) (body []byte, cut bool, err error) {
	var in io.Reader = resp.Body
	if resp.Header.Get("Content-Encoding") == "gzip" && !resp.Uncompressed && resp.Request.Method != http.MethodHead {
		unzipped, err := gzip.NewReader(resp.Body)
		if err != nil {
			return nil, false, fmt.Errorf("Content-Encoding is gzip, but: %w", err)
		}
		in = unzipped
	}
	body, err = io.ReadAll(io.LimitReader(in, maxBody+1))
	if len(body) > maxBody {
		return body[:maxBody], true, nil
	}
	return body, false, err
}

// take captures what later checks refer to, where nothing failed before. A value that is missing fails the check.
func take(sources []source, a *answer, failures []Failure) (map[string]any, []Failure) {
	if len(sources) == 0 || len(failures) > 0 {
		return nil, failures
	}
	captured := map[string]any{}
	for _, s := range sources {
		value, err := s.find(a)
		if err != nil {
			want := "a value"
			if s.pattern != nil {
				want = "a match of " + s.pattern.String()
			}
			failures = append(failures, Failure{Line: s.line, What: "capture " + s.name, Want: want, Got: err.Error()})
			continue
		}
		captured[s.name] = value
	}
	sortFailures(failures)
	return captured, failures
}
