package sidecar

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

func ask(t *testing.T, h http.Handler, path string) (int, http.Header, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Header(), w.Body.String()
}

// closedPort is an address on which nothing listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func mustNew(t *testing.T, cfg Config) *Sidecar {
	t.Helper()
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNewChecksTheTarget(t *testing.T) {
	good := map[string]string{
		"8000": "127.0.0.1:8000", ":8000": "127.0.0.1:8000", "10.0.0.1:80": "10.0.0.1:80", "[::1]:80": "[::1]:80", "localhost:1": "localhost:1",
	}
	for target, want := range good {
		if got, err := address(Config{Target: target}); err != nil || got != want {
			t.Errorf("%q: %q, %v", target, got, err)
		}
	}
	for target, want := range map[string]string{"http://127.0.0.1:8000/users": "127.0.0.1:8000", "https://a": "a:443", "http://[::1]/": "[::1]:80"} {
		if got, err := address(Config{TargetURL: target}); err != nil || got != want {
			t.Errorf("%q: %q, %v", target, got, err)
		}
	}
	for _, cfg := range []Config{
		{}, {Target: "8000", TargetURL: "http://a/"}, {Target: "a"}, {Target: "a:http"}, {Target: "0"}, {Target: "a:70000"},
		{TargetURL: "127.0.0.1:8000"}, {TargetURL: "ftp://a/"}, {TargetURL: "http://"}, {TargetURL: "http://u:hunter2@a/"}, {TargetURL: "http://a:b/"},
	} {
		if _, err := New(cfg); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
}

func TestHealthAndReady(t *testing.T) {
	var code atomic.Int32
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("User-Agent") != "migrate-sidecar/v9" {
			t.Errorf("User-Agent %q", r.Header.Get("User-Agent"))
		}
		w.Header().Set("Location", "http://127.0.0.1:1/")
		w.WriteHeader(int(code.Load()))
	}))
	defer service.Close()
	address := service.Listener.Addr().String()

	tests := []struct {
		name          string
		cfg           Config
		answer        int
		health, ready int
		output        string // in what /ready says
	}{
		{"a port that takes connections", Config{Target: address}, 500, 200, 200, ""},
		{"a closed port", Config{Target: closedPort(t)}, 200, 503, 503, "connection refused"},
		{"an answer", Config{TargetURL: service.URL + "/x"}, 200, 200, 200, ""},
		{"not found is an answer", Config{TargetURL: service.URL + "/x"}, 404, 200, 200, ""},
		{"a redirect is an answer and isn't followed", Config{TargetURL: service.URL}, 302, 200, 200, ""},
		{"a failing service lives but isn't ready", Config{TargetURL: service.URL + "/x?token=hunter2"}, 503, 200, 503, "503 Service Unavailable"},
		{"nobody answers", Config{TargetURL: "http://" + closedPort(t) + "/?token=hunter2"}, 200, 503, 503, "connection refused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code.Store(int32(tt.answer))
			tt.cfg.SidecarVersion, tt.cfg.Proc, tt.cfg.Name = "v9", denied{}, "shop"
			h := mustNew(t, tt.cfg).Handler()
			for path, want := range map[string]int{"/health": tt.health, "/ready": tt.ready, "/health/": tt.health} {
				got, header, body := ask(t, h, path)
				var parsed health
				if err := json.Unmarshal([]byte(body), &parsed); err != nil {
					t.Fatal(err)
				}
				if got != want || (parsed.Status == "pass") != (want == 200) || parsed.ServiceID != "shop" || header.Get("Content-Type") != "application/health+json" {
					t.Errorf("%s: %d %s", path, got, body)
				}
				if path == "/ready" && !strings.Contains(body, tt.output) {
					t.Errorf("%s: want %q in %s", path, tt.output, body)
				}
				if strings.Contains(body, "hunter2") {
					t.Errorf("%s shows the query: %s", path, body)
				}
			}
		})
	}
}

// TestProbesDoNotMultiply: however many ask at once, the service is asked once in a while.
func TestProbesDoNotMultiply(t *testing.T) {
	var asked atomic.Int32
	now := time.Unix(100, 0)
	p := &probe{now: func() time.Time { return now }, ask: func(context.Context) error {
		asked.Add(1)
		return errors.New("down")
	}}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if p.check(gone).err.Error() != "down" {
				t.Error("a caller that went away spoilt the answer")
			}
		})
	}
	wg.Wait()
	if asked.Load() != 1 {
		t.Errorf("asked %d times", asked.Load())
	}
	now = now.Add(fresh)
	p.check(context.Background())
	if passed, failed := p.counts(); asked.Load() != 2 || passed != 0 || failed != 2 {
		t.Errorf("asked %d times, counted %d and %d", asked.Load(), passed, failed)
	}
}

func TestMetricsAndInfo(t *testing.T) {
	service := httptest.NewServer(http.NotFoundHandler())
	defer service.Close()
	t.Setenv("SOME_PASSWORD", "hunter2")
	p := newFakeProc()
	p.process(1, 0, "pause", 1, nil)
	p.process(20, 0, "web", 100, []string{"/a"})
	cfg := Config{TargetURL: service.URL, Name: "shop", Version: "v1", Commit: "abc\xff", Image: "registry/shop:v1", SidecarVersion: "v9", Proc: p}
	h := mustNew(t, cfg).Handler()

	code, _, body := ask(t, h, "/metrics")
	for _, want := range []string{
		"service_up 1\n", `service_probes_total{result="pass"} 1`, `service_info{commit="abc?",image="registry/shop:v1",service="shop",version="v1"} 1`,
		"process_cpu_seconds_total 2\n", "process_start_time_seconds 1.700000001e+09\n", "process_open_fds 1\n", "process_max_fds 1024\n", "service_processes 1\n",
	} {
		if code != 200 || !strings.Contains(body, "\n"+want) {
			t.Errorf("%d, no %q in\n%s", code, want, body)
		}
	}
	if problems, err := promlint.New(strings.NewReader(body)).Lint(); err != nil || len(problems) > 0 {
		t.Errorf("promlint: %v, %v", problems, err)
	}

	code, _, info := ask(t, h, "/info")
	for _, want := range []string{`"name": "shop"`, `"version": "v1"`, `"image": "registry/shop:v1"`, `"started": "2023-11-14T22:13:21Z"`, `"mode": "observe"`} {
		if code != 200 || !strings.Contains(info, want) {
			t.Errorf("%d, no %s in %s", code, want, info)
		}
	}
	if strings.Contains(info+body, "hunter2") {
		t.Error("the environment shows")
	}

	cfg.Proc = denied{}
	if code, _, body = ask(t, mustNew(t, cfg).Handler(), "/metrics"); code != 200 || !strings.Contains(body, "\nservice_up 1\n") || strings.Contains(body, "\nprocess_cpu") {
		t.Errorf("without /proc: %d\n%s", code, body)
	}
}

func TestOtherRequests(t *testing.T) {
	h := mustNew(t, Config{Target: closedPort(t), Proc: denied{}}).Handler()
	for _, tt := range []struct {
		method, path string
		want         int
	}{{"POST", "/health", 405}, {"HEAD", "/info", 200}, {"GET", "/", 404}, {"GET", "/health/x", 404}} {
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, httptest.NewRequest(tt.method, tt.path, nil)); w.Code != tt.want {
			t.Errorf("%s %s: %d, want %d", tt.method, tt.path, w.Code, tt.want)
		}
	}
}

// TestServeStops: on a stop the request under way is finished, and /ready says no to who asks until then.
func TestServeStops(t *testing.T) {
	service := httptest.NewServer(http.NotFoundHandler())
	defer service.Close()
	s := mustNew(t, Config{TargetURL: service.URL, Proc: denied{}})
	entered, release := make(chan bool), make(chan bool)
	s.ready.ask = func(context.Context) error {
		close(entered)
		<-release
		return nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	type reply struct {
		body string
		err  error
	}
	replies := make(chan reply, 1)
	go func() {
		resp, err := http.Get("http://" + l.Addr().String() + "/ready")
		if err != nil {
			replies <- reply{"", err}
			return
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		replies <- reply{string(body), err}
	}()
	<-entered
	stop()
	for !s.draining.Load() {
		time.Sleep(time.Millisecond)
	}
	close(release)
	if r := <-replies; r.err != nil || !strings.Contains(r.body, "being stopped") {
		t.Errorf("the request under way: %q, %v", r.body, r.err)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
}
