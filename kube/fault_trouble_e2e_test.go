//go:build e2e

package kube

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// trouble is what happens to one request. Of passing trouble a release must notice nothing.
type trouble struct {
	name    string
	passing bool
	hurt    func(r *http.Request, next http.RoundTripper) (*http.Response, error)
}

// refuses is an error of the server's in place of what it would have said.
func refuses(code int, reason metav1.StatusReason, message string, header ...string) func(*http.Request, http.RoundTripper) (*http.Response, error) {
	return func(r *http.Request, _ http.RoundTripper) (*http.Response, error) {
		text, err := json.Marshal(metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: "Failure", Code: int32(code), Reason: reason, Message: message})
		h := http.Header{"Content-Type": {"application/json"}}
		for i := 0; i+1 < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{StatusCode: code, Header: h, Body: io.NopCloser(bytes.NewReader(text)), Request: r}, err
	}
}

func hang(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

var troubles = []trouble{
	{"429", true, refuses(429, metav1.StatusReasonTooManyRequests, "too many requests", "Retry-After", "1")},
	{"409", true, refuses(409, metav1.StatusReasonConflict, "the object has been modified")},
	{"410", true, refuses(410, metav1.StatusReasonExpired, "too old resource version")},
	{"422", false, refuses(422, metav1.StatusReasonInvalid, "is invalid")},
	{"403", false, refuses(403, metav1.StatusReasonForbidden, "is forbidden")},
	{"500", true, refuses(500, metav1.StatusReasonInternalError, "Internal error occurred")},
	{"leader changed", true, refuses(500, metav1.StatusReasonInternalError, "etcdserver: leader changed")},
	{"503", true, refuses(503, metav1.StatusReasonServiceUnavailable, "the server is currently unable to handle the request")},
	{"504", true, refuses(504, metav1.StatusReasonTimeout, "request timed out")},
	{"reset before commit", true, func(*http.Request, http.RoundTripper) (*http.Response, error) { return nil, syscall.ECONNRESET }},
	{"reset after commit", true, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		if response, err := next.RoundTrip(r); err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			response.Body.Close()
		}
		return nil, syscall.ECONNRESET
	}},
	{"reply cut off", true, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		response, err := next.RoundTrip(r)
		if err == nil {
			response.Body = io.NopCloser(io.MultiReader(io.LimitReader(response.Body, 20), iotest.ErrReader(io.ErrUnexpectedEOF)))
		}
		return response, err
	}},
	{"timeout before commit", true, func(r *http.Request, _ http.RoundTripper) (*http.Response, error) { return hang(r) }},
	{"timeout after commit", true, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		if response, err := next.RoundTrip(r); err == nil {
			response.Body.Close()
		}
		return hang(r)
	}},
	{"slow", true, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		_ = pause(r.Context(), time.Second)
		return next.RoundTrip(r)
	}},
}

// TestTroubleAnywhere: whatever happens to one request, a release succeeds or is undone, and passing trouble is not noticed.
func TestTroubleAnywhere(t *testing.T) {
	kubelet(t)
	for at, s := range scenarios {
		if s.name == "prune" { // upgrade prunes too
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			want, before := s.want(t), reference(t, s.before...)
			count := &faulty{}
			f := s.fixture(t)
			if _, err := f.variant(connectThrough(t, count), s.variant); exitCode(err) != s.code {
				t.Fatal(err)
			}
			total := int(count.count.Load())
			var met atomic.Int64
			var outcomes sync.Map
			t.Run("at", func(t *testing.T) {
				for k := 1; k <= total; k++ {
					for m, trouble := range troubles {
						if !every(89, (k-1)*len(troubles)+m+31*at) {
							continue
						}
						t.Run(fmt.Sprint(k, " ", trouble.name), func(t *testing.T) {
							t.Parallel()
							f := s.fixture(t)
							hurt := false
							_, err := f.variant(connectThrough(t, &faulty{hurt: func(n int, r *http.Request, next http.RoundTripper) (*http.Response, error) {
								if n != k {
									return next.RoundTrip(r)
								}
								hurt = true
								return trouble.hurt(r, next)
							}}), s.variant)
							if hurt {
								met.Add(1)
							}
							code := exitCode(err)
							n, _ := outcomes.LoadOrStore(fmt.Sprintf("exit %d", code), new(atomic.Int64))
							n.(*atomic.Int64).Add(1)
							first := k == 1 && err != nil && strings.Contains(err.Error(), "can't be reached")
							switch {
							case code == s.code:
								f.settledAs(want, "ended")
							case trouble.passing && !first:
								t.Errorf("exit %d: %v", code, err)
							case code == 10:
								f.settledAs(before, "rolled back")
							case code != 1 && code != 11: // 11 where the way back met it
								t.Errorf("exit %d: %v", code, err)
							}
							if _, err := f.variant(f.cluster, s.variant); exitCode(err) != s.code {
								t.Errorf("the next run: %v", err)
							}
							f.settledAs(want, "after the next run")
						})
					}
				}
			})
			var ends []string
			outcomes.Range(func(code, n any) bool {
				ends = append(ends, fmt.Sprintf("%d with %s", n.(*atomic.Int64).Load(), code))
				return true
			})
			slices.Sort(ends)
			t.Logf("%s: %d requests, %d kinds of trouble, %d met: %s", s.name, total, len(troubles), met.Load(), strings.Join(ends, ", "))
		})
	}
}
