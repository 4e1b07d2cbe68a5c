package perf

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const sample = `Running 2s test @ http://127.0.0.1:18766/
  2 threads and 10 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    43.02ms    7.05ms   1.20s    97.18%
    Req/Sec    86.93     40.16   141.00     63.41%
  Latency Distribution
     50%  812.00us
     75%   44.02ms
     90%   44.06ms
     99%    1.10s 
  355 requests in 2.10s, 40.91KB read
  Socket errors: connect 1, read 2, write 3, timeout 4
  Non-2xx or 3xx responses: 38
Requests/sec:    169.07
Transfer/sec:     19.48KB
`

func TestParse(t *testing.T) {
	r, err := parse(sample)
	if err != nil {
		t.Fatal(err)
	}
	want := Report{
		DurationSeconds: 2.1, Requests: 355, RequestsPerSecond: 355 / 2.1,
		Latency: Latency{Mean: 43.02, P50: 0.812, P75: 44.02, P90: 44.06, P99: 1100, Max: 1200},
		Errors:  Errors{Connect: 1, Read: 2, Write: 3, Timeout: 4, Status: 38},
	}
	r.RequestsPerSecond, want.RequestsPerSecond = math.Round(r.RequestsPerSecond), math.Round(want.RequestsPerSecond)
	if r != want {
		t.Errorf("got  %+v\nwant %+v", r, want)
	}
	if r.Errors.Total() != 48 || r.Good() != 317 {
		t.Errorf("%d errors, %d good", r.Errors.Total(), r.Good())
	}
	for _, bad := range []string{"", "wrk: no such option\n", "  x requests in 2.10s, 1KB read\n", "  9 requests in soon, 1KB read\n", "  99999999999999999999 requests in 1s, 1KB read\n"} {
		if _, err := parse(bad); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := parse(text)
		if err == nil && (r.Requests < 0 || r.RequestsPerSecond < 0 || math.IsNaN(r.RequestsPerSecond) || math.IsInf(r.RequestsPerSecond, 0)) {
			t.Errorf("%q: %+v", text, r)
		}
	})
}

// names is a Resolver.
type names map[string][]netip.Addr

func (n names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if ips, ok := n[host]; ok {
		return ips, nil
	}
	return nil, errors.New("no such host")
}

func TestPublic(t *testing.T) {
	ip := netip.MustParseAddr
	r := names{
		"db.corp":         {ip("10.1.2.3"), ip("fd00::1")},
		"api.example.com": {ip("93.184.216.34")},
		"mixed.example":   {ip("10.1.2.3"), ip("93.184.216.34")},
		"mapped.example":  {ip("::ffff:93.184.216.34")},
	}
	for target, want := range map[string]bool{
		"http://127.0.0.1:8000/": false, "http://[::1]/": false, "http://10.0.0.1": false, "http://192.168.1.1": false, "http://172.16.0.1": false,
		"http://localhost:8000": false, "http://LOCALHOST.": false, "http://web.shop.svc": false, "http://printer.local": false, "http://db.corp": false,
		"http://8.8.8.8": true, "http://[2606:4700::1]/": true, "http://api.example.com/x": true, "http://mixed.example": true, "http://mapped.example": true,
		"http://172.32.0.1": true, "http://0.0.0.0": true,
	} {
		u, err := url.Parse(target)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Public(context.Background(), r, u); err != nil || got != want {
			t.Errorf("%s: public %v, %v; want %v", target, got, err, want)
		}
	}
	if _, err := Public(context.Background(), r, &url.URL{Scheme: "http", Host: "unknown.example"}); err == nil {
		t.Error("an unknown name: no error")
	}
}

func options(t *testing.T, target string) Options {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	return Options{Target: u, Duration: time.Second, Connections: 2, Threads: 1, UserAgent: "migrate-perf/test"}
}

func TestRunChecksItsOptions(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"no target":             func(o *Options) { o.Target = nil },
		"no URL":                func(o *Options) { o.Target = &url.URL{Path: "x"} },
		"no duration":           func(o *Options) { o.Duration = 0 },
		"half a second":         func(o *Options) { o.Duration = 1500 * time.Millisecond },
		"no connections":        func(o *Options) { o.Connections = 0 },
		"more threads than":     func(o *Options) { o.Threads = 3 },
		"two headers for one":   func(o *Options) { o.UserAgent = "a\r\nX: y" },
		"a program that's gone": func(o *Options) { o.Wrk = "/nowhere/wrk" },
	} {
		o := options(t, "http://127.0.0.1:1/")
		change(&o)
		if _, err := Run(context.Background(), o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := Run(context.Background(), options(t, "http://127.0.0.1:1/")); !errors.Is(err, ErrNoWrk) {
		t.Errorf("no wrk: %v", err)
	}
}

// TestRunWithAProgram runs a stand-in, so that the handing over is proved where wrk is missing.
func TestRunWithAProgram(t *testing.T) {
	dir := t.TempDir()
	script := "#!/bin/sh\nprintf '%s\\n' \"$@\" > " + dir + "/args\ncat <<'END'\n" + sample + "END\n"
	program := filepath.Join(dir, "wrk")
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	o := options(t, "http://127.0.0.1:8000/users?a=b")
	o.Wrk = program
	r, err := Run(context.Background(), o)
	if err != nil || r.Requests != 355 || r.Connections != 2 || r.Target != "http://127.0.0.1:8000/users?a=b" {
		t.Errorf("got %+v, %v", r, err)
	}
	args, err := os.ReadFile(filepath.Join(dir, "args"))
	if err != nil {
		t.Fatal(err)
	}
	want := "--threads\n1\n--connections\n2\n--duration\n1s\n--latency\n--header\nUser-Agent: migrate-perf/test\nhttp://127.0.0.1:8000/users?a=b\n"
	if string(args) != want {
		t.Errorf("arguments\n%s", args)
	}

	if err := os.WriteFile(program, []byte("#!/bin/sh\nexec sleep 60\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := Run(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("after Ctrl-C: %v", err)
	}
}

// A mix is asked in turn, below the path of the target, with headers of its own.
func TestMix(t *testing.T) {
	if _, err := exec.LookPath("wrk"); err != nil {
		t.Skip("wrk is not installed (apt-get install wrk)")
	}
	var mu sync.Mutex
	asked := map[string]int{}
	app := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked[r.RequestURI+" "+r.UserAgent()+" "+r.Header.Get("X-Lang")+" "+r.Host]++
	}))
	defer app.Close()
	o := options(t, app.URL+"/base/")
	o.Mix = []Request{{Path: "/a?x=1&y=%22"}, {Path: "/b", Headers: map[string]string{"X-Lang": "d\"e\\"}}}
	r, err := Run(t.Context(), o)
	if err != nil || r.Paths != 2 || r.Errors.Total() > 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	mu.Lock()
	defer mu.Unlock()
	host := strings.TrimPrefix(app.URL, "http://")
	first, second := asked["/base/a?x=1&y=%22 migrate-perf/test  "+host], asked["/base/b migrate-perf/test d\"e\\ "+host]
	if len(asked) != 2 || first == 0 || first-second > 2 || second-first > 2 {
		t.Errorf("asked %v", asked)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "migrate-perf-*.lua")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestRunWithWrk(t *testing.T) {
	if _, err := exec.LookPath("wrk"); err != nil {
		t.Skip("wrk is not installed (apt-get install wrk)")
	}
	var tagged, others atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.UserAgent() == "migrate-perf/test" && r.URL.Path == "/users" {
			tagged.Add(1)
		} else {
			others.Add(1)
		}
	}))
	defer server.Close()
	r, err := Run(context.Background(), options(t, server.URL+"/users"))
	if err != nil || r.Requests == 0 || r.Latency.P99 <= 0 || r.Errors.Total() != 0 {
		t.Errorf("got %+v, %v", r, err)
	}
	if tagged.Load() < r.Requests || others.Load() != 0 {
		t.Errorf("the server saw %d tagged and %d other requests", tagged.Load(), others.Load())
	}
	server.Close()
	if _, err := Run(context.Background(), options(t, server.URL)); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("nobody there: %v", err)
	}
}
