package kube

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// pace is how long things may take. Tests have less time.
type pace struct {
	look time.Duration // between two looks at what runs

	lease   time.Duration // after which the lease of somebody who is gone may be taken over: the server's clock tells whole seconds
	renewal time.Duration // three tries before it runs out
	safe    time.Duration // since the last renewal: from then on nothing is written

	first    time.Duration // for a server that has not answered yet
	request  time.Duration // for one try of a request: a webhook may take 30 seconds
	again    time.Duration // before a request is tried again; twice as long each time
	patience time.Duration // from the first try on
}

var usual = pace{look: time.Second, lease: 28 * time.Second, renewal: 8 * time.Second, safe: 24 * time.Second,
	first: 15 * time.Second, request: 35 * time.Second, again: 200 * time.Millisecond, patience: time.Minute}

// patient sends a request again that met a passing trouble: a broken or silent connection, a server that restarts, is
// overloaded (it waits as long as Retry-After asks for) or changes its leader. Whoever creates something has to be ready to
// find it there: the try before may have come through. A write goes out only while the run holds its lease.
//
// A server that has never answered is not waited for: a wrong address should be told at once.
type patient struct {
	next     http.RoundTripper
	pace     *pace
	answered *atomic.Bool
}

// RoundTrip implements http.RoundTripper. The answer has been read to its end, but for streams, which are not repeated.
func (p *patient) RoundTrip(request *http.Request) (*http.Response, error) {
	if q := request.URL.Query(); q.Has("follow") || q.Has("watch") {
		return p.next.RoundTrip(request)
	}
	ctx, start, wait := request.Context(), time.Now(), p.pace.again
	for tries := 1; ; tries++ {
		if request.Method != http.MethodGet && !leaseOf(ctx).safe() {
			return nil, errLeaseLost
		}
		response, err := p.try(request)
		if response != nil {
			p.answered.Store(true)
		}
		next := max(wait, retryAfter(response))
		if !p.passing(response, err, tries) || ctx.Err() != nil {
			return response, err
		}
		if wait *= 2; time.Since(start)+next > p.pace.patience || !rewind(request) || pause(ctx, next) != nil {
			return response, err
		}
	}
}

func (p *patient) try(request *http.Request) (*http.Response, error) {
	most := p.pace.request
	if !p.answered.Load() {
		most = p.pace.first
	}
	ctx, stop := context.WithTimeout(request.Context(), most)
	defer stop()
	response, err := p.next.RoundTrip(request.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

// passing says whether a further try may end better.
func (p *patient) passing(response *http.Response, err error, tries int) bool {
	if err != nil {
		var certificate *tls.CertificateVerificationError
		return p.answered.Load() && !errors.As(err, &certificate)
	}
	switch response.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusRequestTimeout:
		return true
	case http.StatusConflict: // what is only read is in nobody's way
		return response.Request != nil && response.Request.Method == http.MethodGet && tries < 4
	case http.StatusInternalServerError, http.StatusGone: // may be there to stay: a webhook that can't be called, say
		return tries < 4
	}
	return false
}

// retryAfter takes the header out of an answer: client-go would go by it once more.
func retryAfter(response *http.Response) time.Duration {
	if response == nil {
		return 0
	}
	seconds, err := strconv.Atoi(response.Header.Get("Retry-After"))
	response.Header.Del("Retry-After")
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

func rewind(request *http.Request) bool {
	if request.Body == nil || request.Body == http.NoBody {
		return true
	}
	if request.GetBody == nil {
		return false
	}
	body, err := request.GetBody()
	if err == nil {
		request.Body = body
	}
	return err == nil
}
