package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/smoke"
)

func TestRun(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write := func(name, text string) {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("smoke/good.yaml", "checks:\n  - {request: GET /, headers: {X-Key: '${API_KEY:-none}'}}\n  - {request: POST /, writes: true}\n")
	write("bad/bad.yaml", "checks: [GET /nowhere -> 200]")
	write("wrong/wrong.yaml", "checks: [GOT / -> 200]")
	write("values.yaml", "API_KEY: canary-7715\n")
	write("list.yaml", "[canary-7715]\n")
	asked := ""
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Host + " " + r.Header.Get("X-Key")
		if r.URL.Path != "/" {
			http.NotFound(w, r)
		}
	}))
	defer app.Close()
	tests := []struct {
		name  string
		args  []string
		code  int
		says  string
		asked string
	}{
		{"passes", []string{"--target", app.URL}, 0, "1 passed, 1 skipped", "none"},
		{"with a host and values", []string{"--target", app.URL, "--host", "shop.example.com", "--values", "values.yaml"}, 0, "1 passed", "shop.example.com canary-7715"},
		{"a check fails", []string{"--target", app.URL, "bad"}, 1, "bad/bad.yaml:1: status: expected 200, got 404", ""},
		{"no check with the tag", []string{"--target", app.URL, "--tags", "slow,fast"}, 1, "not tagged slow, fast", ""},
		{"writes", []string{"--target", app.URL, "--writes"}, 0, "2 passed", ""},
		{"a mistake in a file", []string{"--target", app.URL, "wrong"}, 2, "wrong/wrong.yaml:1", ""},
		{"no target", nil, 2, "--target", ""},
		{"no values", []string{"--target", app.URL, "--values", "nowhere.yaml"}, 2, "nowhere.yaml", ""},
		{"values that are none", []string{"--target", app.URL, "--values", "list.yaml"}, 2, "list.yaml is no mapping", ""},
		{"an unknown flag", []string{"--nope"}, 2, "nope", ""},
		{"help", []string{"--help"}, 0, "-target", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			code := run(t.Context(), test.args, &out, &out)
			if code != test.code || !strings.Contains(out.String(), test.says) || !strings.HasSuffix(asked, test.asked) || strings.Contains(out.String(), "canary") {
				t.Errorf("code %d, asked %q: %s", code, asked, out.String())
			}
		})
	}
	var out bytes.Buffer
	code := run(t.Context(), []string{"--target", app.URL, "--lines", "bad", "smoke"}, &out, &out)
	report, err := smoke.ReadLines(strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n"))
	if err != nil || code != 1 || report.Passed != 1 || report.Failed != 1 || report.Skipped != 1 || report.Results[0].Failures[0].Got != "404" {
		t.Errorf("code %d, %+v, %v: %s", code, report, err, out.String())
	}
}
