package smoke

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// after answers with status for the first n requests of a path and with 200 from then on.
func after(n int32, status int) (http.Handler, *atomic.Int32) {
	var asked atomic.Int32
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) <= n {
			w.WriteHeader(status)
		}
	}), &asked
}

func TestWaitIsForTheStartOnly(t *testing.T) {
	tests := []struct {
		name   string
		status int
		wait   time.Duration
		check  string
		asked  int32 // requests until the check ends
		passes bool
	}{
		{"not ready yet", 503, time.Minute, "GET /", 4, true},
		{"proxy without backend", 502, time.Minute, "GET /", 4, true},
		{"proxy with a slow backend", 504, time.Minute, "GET /", 4, true},
		{"a wrong answer is not waited out", 500, time.Minute, "GET /", 1, false},
		{"no more is 404", 404, time.Minute, "GET /", 1, false},
		{"no wait wanted", 503, 0, "GET /", 1, false},
		{"503 is what is expected", 503, time.Minute, "GET / -> 503", 1, true},
		{"eventually outlasts a wrong answer", 500, 0, "{request: GET /, eventually: 1m}", 4, true},
		{"eventually after the wait", 503, 0, "{request: GET /, eventually: 1m}", 4, true},
		{"a write is never sent twice", 503, time.Minute, "{request: POST /, writes: true}", 1, false},
		{"a POST that only reads is", 503, time.Minute, "{request: POST /, writes: false}", 4, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			handler, asked := after(3, tt.status)
			server := httptest.NewServer(handler)
			defer server.Close()
			var waits atomic.Int32
			o := Options{Wait: tt.wait, Writes: true, Waiting: func(string) { waits.Add(1) }}
			report, err := run(t, server, o, map[string]string{"a.yaml": "checks:\n  - " + tt.check})
			if err != nil {
				t.Fatal(err)
			}
			r := report.Results[0]
			if report.OK() != tt.passes || asked.Load() != tt.asked {
				t.Errorf("passed: %v after %d requests, want %v after %d: %+v", report.OK(), asked.Load(), tt.passes, tt.asked, r)
			}
			retried, waited := strings.Contains(tt.check, "eventually"), tt.asked > 1 && tt.wait > 0
			if (r.Attempts > 1) != retried {
				t.Errorf("%d attempts, though eventually is %v", r.Attempts, retried)
			}
			if (r.WaitedMilliseconds > 0) != waited || (waits.Load() == 1) != waited {
				t.Errorf("waited %v ms, told of it %d times, want %v", r.WaitedMilliseconds, waits.Load(), waited)
			}
		})
	}
}

// Once a file has had an answer, the service is up: a 503 is a failure then, whatever time is left.
func TestNoWaitOnceUp(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/base/report" {
			asked.Add(1)
			w.WriteHeader(503)
		}
	}))
	defer server.Close()
	report, err := run(t, server, Options{Wait: time.Minute}, map[string]string{"a.yaml": "checks: [GET /, GET /report]"})
	if err != nil || report.Failed != 1 || asked.Load() != 1 {
		t.Errorf("%d requests, %+v, %v", asked.Load(), report, err)
	}
}

func TestA503ThatPersistsIsReportedAsSuch(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }))
	defer server.Close()
	report, err := run(t, server, Options{Wait: 200 * time.Millisecond}, map[string]string{"a.yaml": "checks: [GET /]"})
	if err != nil {
		t.Fatal(err)
	}
	f := report.Results[0].Failures[0]
	if f.What != "status" || !strings.HasPrefix(f.Got, "503, still so after waiting 2") || !strings.HasSuffix(f.Got, "ms for the service to start") {
		t.Errorf("got %+v", f)
	}
}

// The service comes up while the test waits: first nothing listens, then connections are closed without an answer.
func TestWaitForTheListener(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	target, err := ParseTarget(address)
	if err != nil {
		t.Fatal(err)
	}
	var serve sync.Once
	server := &http.Server{Handler: http.NotFoundHandler()}
	defer server.Close()
	o := Options{Target: target, Wait: time.Minute, Waiting: func(reason string) {
		if reason != "connection refused" {
			t.Errorf("waits for %q", reason)
		}
		serve.Do(func() {
			listener, err := net.Listen("tcp", address)
			if err != nil {
				t.Errorf("the port was taken meanwhile: %v", err)
				return
			}
			go func() {
				if conn, err := listener.Accept(); err == nil {
					conn.Close() // as a container's port proxy does before the service listens
				}
				_ = server.Serve(listener)
			}()
		})
	}}
	report, err := Run(t.Context(), o, load(t, map[string]string{"a.yaml": "checks: [GET / -> 404]"}))
	if err != nil || !report.OK() {
		t.Errorf("%+v, %v", report, err)
	}
}

// Where no connection comes about, the remaining requests of the file are not tried: each could take its whole timeout.
func TestUnreachableTargetIsToldOnce(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	target, err := ParseTarget(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	report, err := Run(t.Context(), Options{Target: target}, load(t, map[string]string{"a.yaml": "checks:\n- GET /1\n- GET /2\n- tcp: ':1'\n"}))
	if err != nil || report.Failed != 3 {
		t.Fatalf("%+v, %v", report, err)
	}
	for i, want := range []string{"connection refused", "not tried again: no connection to the target, see smoke/a.yaml:2", "connection refused"} {
		if got := report.Results[i].Failures[0].Got; got != want {
			t.Errorf("check %d: %q, want %q", i, got, want)
		}
	}
}

func TestTimeout(t *testing.T) {
	stop := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/base/body" {
			w.(http.Flusher).Flush() // the head comes at once, the body never
		}
		<-stop
	}))
	defer server.Close()
	defer close(stop)
	report, err := run(t, server, Options{Timeout: time.Hour}, map[string]string{
		"a.yaml": "timeout: 50ms\nchecks: [GET /head, GET /body]",
		"b.yaml": "checks: [{request: GET /head, timeout: 60ms}]",
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"no full answer within 50ms", "no full answer within 50ms", "no full answer within 60ms"} {
		if got := report.Results[i].Failures[0]; got.What != "connection" || got.Got != want {
			t.Errorf("check %d: %+v, want %q", i, got, want)
		}
	}
}

func TestBodyIsBounded(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		chunk := []byte(strings.Repeat("x", 1<<20))
		for range maxBody>>20 + 64 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	report, err := run(t, server, Options{}, map[string]string{"a.yaml": "checks: [GET /, {request: GET /, expect: {body.a: 1, body: {contains: xxx}}}]"})
	if err != nil || report.Results[0].Status != Passed {
		t.Fatalf("%+v, %v", report, err)
	}
	r := report.Results[1]
	if len(r.Failures) != 1 || r.Failures[0].Got != "more than 8 MiB of body" || len(r.Body) > excerptWidth+10 {
		t.Errorf("got %+v", r)
	}
}
