package smoke

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// newTransport is one for the whole run: connections are kept as long as files are checked side by side.
func newTransport(r *runner) *http.Transport {
	t := &http.Transport{
		DialContext:            r.Dial,
		TLSClientConfig:        r.tlsConfig(),
		MaxIdleConnsPerHost:    r.Parallel,
		MaxResponseHeaderBytes: maxHeaders,
		IdleConnTimeout:        30 * time.Second,
		ForceAttemptHTTP2:      true, // a TLS configuration of our own would turn it off
		DisableCompression:     true, // what is judged is what a plain curl gets
	}
	if t.DialContext == nil {
		t.DialContext = r.dial
		t.Proxy = http.ProxyFromEnvironment // as every client does: HTTPS_PROXY, NO_PROXY
	}
	return t
}

// newHTTP2 is a transport for what speaks HTTP/2 alone, with TLS and without.
func (r *runner) newHTTP2() *http.Transport {
	t := newTransport(r)
	t.ForceAttemptHTTP2 = false
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP2(true)
	t.Protocols.SetUnencryptedHTTP2(true)
	return t
}

// dial connects to what a line of a check names and to the target.
func (r *runner) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if r.Dial != nil {
		return r.Dial(ctx, network, address)
	}
	return (&net.Dialer{}).DialContext(ctx, network, r.resolved(address))
}

// resolved is where Resolve says that an address is to be found.
func (r *runner) resolved(address string) string {
	if to, ok := r.Resolve[address]; ok {
		return to
	}
	to, ok := r.Resolve[""]
	host, port, err := net.SplitHostPort(address)
	if !ok || err != nil || host != r.target.Host {
		return address
	}
	if toHost, toPort, err := net.SplitHostPort(to); err == nil {
		return net.JoinHostPort(toHost, toPort)
	}
	return net.JoinHostPort(strings.Trim(to, "[]"), port)
}

// settleWay finds out whether a proxy stands before the target.
func (r *runner) settleWay() {
	to := &url.URL{Scheme: r.target.Scheme, Host: r.target.hostPort()}
	r.host = to.Host
	if r.transport.Proxy == nil {
		return
	}
	if proxy, err := r.transport.Proxy(&http.Request{URL: to}); err == nil && proxy != nil {
		r.proxy = proxy.Host
	}
}

// routeNotes say by what way the target is reached, where it is not the plain one.
func (r *runner) routeNotes() []string {
	var out []string
	if to := r.resolved(r.target.Address()); to != r.target.Address() {
		out = append(out, "taken to be at "+to)
	}
	if r.proxy != "" {
		out = append(out, "through the proxy "+r.proxy)
	}
	return out
}

func (r *runner) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: r.serverName(), InsecureSkipVerify: r.Insecure, RootCAs: r.RootCAs, Certificates: r.Certificates}
}

// serverName is what TLS asks for; empty for the target's own host.
func (r *runner) serverName() string {
	if host, _, err := net.SplitHostPort(r.Host); err == nil {
		return host
	}
	return strings.Trim(r.Host, "[]")
}

// settleScheme finds out which scheme a target without one speaks: https where there is TLS, however bad the
// certificate (that is for the checks to tell), otherwise http. Secrets are never sent over http because of a certificate.
func (r *runner) settleScheme(ctx context.Context) {
	if r.target.Scheme != "" {
		return
	}
	for pause := firstPause; ; pause = longer(pause) {
		var starting string
		for _, scheme := range []string{"https", "http"} {
			r.target.Scheme = scheme
			err := r.knock(ctx)
			if err == nil {
				r.target.note("%s was tried first, %s answers", "https", scheme)
				return
			}
			starting = cmp.Or(starting, startingError(err))
		}
		left := time.Until(r.deadline)
		if starting == "" || left <= 0 {
			break
		}
		r.announce(starting)
		if !sleep(ctx, min(pause, left)) {
			break
		}
	}
	r.target.Scheme = "https"
	r.target.note("neither https nor http answers; the checks use https")
}

// knock is nil where the target speaks its scheme, whatever it says.
func (r *runner) knock(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, min(r.Timeout, 3*time.Second))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, r.target.String()+"/", nil)
	if err != nil {
		return err
	}
	req.Host = r.Host
	req.Header.Set("User-Agent", r.UserAgent)
	resp, err := r.transport.RoundTrip(req)
	if err != nil {
		var certificate *tls.CertificateVerificationError
		var alert tls.AlertError
		if errors.As(err, &certificate) || errors.As(err, &alert) {
			return nil
		}
		return err
	}
	return resp.Body.Close()
}

func sortFailures(f []Failure) {
	slices.SortStableFunc(f, func(a, b Failure) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.What, b.What))
	})
}
