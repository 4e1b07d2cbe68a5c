package cli

import (
	"context"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// gateRepo is the repository of ledger with checks, and an environment whose smoke checks ask url.
func gateRepo(t *testing.T, url, checks string) *repository {
	t.Helper()
	dir := ledger(t)
	edit(t, "migrate.yaml", "    namespace: ledger-staging\n", "    namespace: ledger-staging\n    smoke: "+url+"\n")
	if checks != "" {
		if err := os.MkdirAll(filepath.Join(dir, "smoke"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "smoke/ledger.yaml"), []byte(checks), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	repo, err := openMigrated(".")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(repo.close)
	return repo
}

func gateApp(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/status":
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"state": "up"}`))
	case "/hangs":
		<-r.Context().Done()
	case "/breaks":
		panic(http.ErrAbortHandler)
	case "/starts":
		w.WriteHeader(http.StatusServiceUnavailable)
	default:
		http.NotFound(w, r)
	}
}

// A release is kept when its checks were asked and passed, and for no other reason: see also kube's TestGateFailsClosed,
// TestNoTunnel and TestTunnelThatBreaks.
func TestGateFailsClosed(t *testing.T) {
	tests := []struct {
		name, checks string
		refused      string // before anything is written
		cause        string // afterwards; both empty for a release that is kept
	}{
		{"passes", "checks: [GET /status -> 200 json]", "", ""},
		{"one of two fails", "checks: [GET /status -> 200, GET /nowhere -> 200]", "", "1 of 2 smoke checks failed: GET /nowhere -> 200 (smoke/ledger.yaml:1: status: expected 200, got 404)"},
		{"another body", "checks: [{request: GET /status, expect: {body.state: down}}]", "", `expected "down", got "up"`},
		{"no answer in time", "timeout: 50ms\nchecks: [GET /hangs -> 200]", "", "1 of 1 smoke check failed"},
		{"the connection breaks", "checks: [GET /breaks -> 200]", "", "1 of 1 smoke check failed"},
		{"never up", "checks: [GET /starts -> 200]", "", "got 503"},
		{"all are skipped", "checks: [{request: POST /status, writes: true}]", "", "nothing was tested"},
		{"no directory", "", "no checks to read", ""},
		{"no checks", "checks: []", "there is none in smoke", ""},
		{"a mistake in a file", "checks: [GOT /status -> 200]", "smoke/ledger.yaml:1", ""},
		{"a variable that nothing defines", "checks: [{request: GET /status, headers: {X: '${NO_SUCH_TOKEN}'}}]", "${NO_SUCH_TOKEN} is not set", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			app := httptest.NewServer(http.HandlerFunc(gateApp))
			defer app.Close()
			ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
			defer stop()
			gate, _, why, err := gateRepo(t, app.URL, test.checks).gate("staging", false, 100*time.Millisecond)
			if test.refused != "" {
				if gate != nil || err == nil || !strings.Contains(err.Error(), test.refused) {
					t.Fatalf("%v, %q", err, why)
				}
				return
			}
			if err != nil || gate == nil {
				t.Fatalf("%v, %q", err, why)
			}
			var said []string
			failures := gate(ctx, nil, func(object, text string) { said = append(said, object+": "+text) })
			if test.cause == "" {
				if len(failures) > 0 || strings.Join(said, "") != "Service web: 1 check passed" {
					t.Fatalf("%+v, said %q", failures, said)
				}
				return
			}
			if len(failures) != 1 || failures[0].Reason != "SmokeFailed" || !strings.Contains(failures[0].Cause, test.cause) || failures[0].Fix == "" {
				t.Fatalf("%+v", failures)
			}
		})
	}
}

// What make smoke_test takes from the environment holds for a gate too.
func TestGateTakesKnobs(t *testing.T) {
	asked := ""
	app := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked += r.URL.Path + " " }))
	defer app.Close()
	repo := gateRepo(t, app.URL, "checks: [{request: 'GET /${WHERE}'}, {request: GET /slow, tags: [slow]}, {request: POST /order, writes: true}]")
	for name, text := range map[string]string{"ca.pem": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: app.Certificate().Raw})), "values.yaml": "WHERE: here\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for knob, value := range map[string]string{"SMOKE_CA": "ca.pem", "SMOKE_VALUES": "values.yaml", "SMOKE_TAGS": "!slow", "SMOKE_WRITES": "1"} {
		t.Setenv(knob, value)
	}
	gate, _, _, err := repo.gate("staging", false, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if failures := gate(t.Context(), nil, func(string, string) {}); len(failures) > 0 || asked != "/here /order " {
		t.Errorf("%+v, asked %q", failures, asked)
	}
	t.Setenv("SMOKE_VALUES", "nowhere.yaml")
	if _, _, _, err := repo.gate("staging", false, time.Second); err == nil || !strings.Contains(err.Error(), "nowhere.yaml") {
		t.Errorf("a file of values that isn't there: %v", err)
	}
}

func TestGateOfNobody(t *testing.T) {
	app := httptest.NewServer(http.HandlerFunc(gateApp))
	url := app.URL
	app.Close()
	gate, _, _, err := gateRepo(t, url, "checks: [{tcp: '127.0.0.1:1'}]").gate("staging", false, 100*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Millisecond)
	defer stop()
	if failures := gate(ctx, nil, func(string, string) {}); len(failures) != 1 {
		t.Errorf("a run that was cut off: %+v", failures)
	}
}

func TestGateIsLeftOut(t *testing.T) {
	if gate, _, why, err := gateRepo(t, "none", "").gate("staging", false, 100*time.Millisecond); gate != nil || err != nil || why != "environments.staging.smoke in migrate.yaml is none" {
		t.Errorf("%v %q", err, why)
	}
}
