package cli

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/perf"
)

func TestPerfWrongUse(t *testing.T) {
	for name, tt := range map[string]struct {
		args []string
		says string
	}{
		"no target":        {nil, "--target"},
		"no URL":           {[]string{"--target", "ftp://a"}, "only http and https"},
		"a public address": {[]string{"--target", "https://8.8.8.8/"}, "--allow-public"},
		"no time":          {[]string{"--target", "127.0.0.1:1", "--duration", "10ms"}, "whole seconds"},
		"an argument":      {[]string{"127.0.0.1:1"}, "see migrate perf --help"},
	} {
		if code, out, errs := runMigrate(t, append([]string{"perf"}, tt.args...)...); code != 2 || out != "" || !strings.Contains(errs, tt.says) {
			t.Errorf("%s: %d %q %q", name, code, out, errs)
		}
	}
}

func TestPerfWithoutWrk(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	code, out, errs := runMigrate(t, "perf", "--target", "127.0.0.1:1")
	if code != 1 || out != "" || !strings.Contains(errs, "apt-get install wrk") {
		t.Errorf("%d %q %q", code, out, errs)
	}
}

func TestPerf(t *testing.T) {
	if _, err := exec.LookPath("wrk"); err != nil {
		t.Skip("wrk is not installed (apt-get install wrk)")
	}
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.UserAgent(), "migrate-perf/") {
			t.Errorf("User-Agent %q", r.UserAgent())
		}
		w.WriteHeader(status)
	}))
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")

	code, out, errs := runMigrate(t, "perf", "--target", address+"/users", "--duration", "1s", "--connections", "1")
	if code != 0 || !strings.Contains(out, "p99 ") || !strings.Contains(out, "errors     0:") || !strings.Contains(errs, "1 connection for 1s") {
		t.Errorf("%d %q %q", code, out, errs)
	}
	status = http.StatusServiceUnavailable
	code, out, errs = runMigrate(t, "perf", "--target", address, "--duration", "1s", "-o", "json")
	var report struct {
		Requests int64
		Errors   struct{ Status int64 }
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil || code != 1 || report.Requests == 0 || report.Errors.Status != report.Requests {
		t.Errorf("%d %v %q %q", code, err, out, errs)
	}
	if !strings.Contains(errs, "no request") {
		t.Errorf("only errors: %q", errs)
	}
}

func TestPerfWithoutAnAnswer(t *testing.T) {
	var out strings.Builder
	r := perf.Report{Target: "http://127.0.0.1:8000/", Requests: 10, DurationSeconds: 10, Connections: 10, Errors: perf.Errors{Timeout: 10}}
	if err := printPerf(&out, r); err != nil || !strings.Contains(out.String(), "latency    unknown") || strings.Contains(out.String(), "0.0 ms") {
		t.Errorf("%v: %s", err, out.String())
	}
}
