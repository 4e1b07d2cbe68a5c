package sidecar

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// probe asks the neighbour one question and remembers the answer for a moment.
type probe struct {
	ask func(ctx context.Context) error
	now func() time.Time

	mu     sync.Mutex
	last   answer
	passed uint64
	failed uint64
}

// answer is nil-error where the neighbour did well.
type answer struct {
	err  error
	took time.Duration
	at   time.Time
}

// check gives the last answer if it is fresh, and asks otherwise. Those who come while it asks wait for the same answer.
// A caller that goes away does not spoil the answer for the others.
func (p *probe) check(ctx context.Context) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.last.at.IsZero() && p.now().Sub(p.last.at) < fresh {
		return p.last
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), probeTimeout)
	defer cancel()
	begin := p.now()
	err := p.ask(ctx)
	end := p.now()
	if err != nil {
		p.failed++
	} else {
		p.passed++
	}
	p.last = answer{err, end.Sub(begin), end}
	return p.last
}

func (p *probe) counts() (passed, failed uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.passed, p.failed
}

// dial asks whether the port takes a connection.
func dial(address string) func(context.Context) error {
	return func(ctx context.Context) error {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", address)
		if err != nil {
			return err
		}
		return conn.Close()
	}
}

// get asks whether a GET is answered with less than 500. Redirects are answers, and are not followed: they lead away.
func get(target, version string) func(context.Context) error {
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
		if err != nil {
			return err
		}
		req.Header.Set("User-Agent", "migrate-sidecar/"+version)
		resp, err := client.Do(req)
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			return wrapped.Err // without the URL, which may carry a token
		}
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode >= 500 {
			return fmt.Errorf("the answer is %s", resp.Status)
		}
		return nil
	}
}
