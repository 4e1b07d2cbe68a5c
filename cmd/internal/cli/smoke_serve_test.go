package cli

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestSmokeServe: health and metrics of the last run, from the command line to the answer, until the context ends.
func TestSmokeServe(t *testing.T) {
	up := httptest.NewServer(http.NotFoundHandler())
	defer up.Close()
	file := filepath.Join(t.TempDir(), "a.yaml")
	if err := os.WriteFile(file, []byte("checks:\n  - GET /a -> 404\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	told, errs := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	code := make(chan int, 1)
	go func() {
		code <- Run(ctx, Streams{In: strings.NewReader(""), Out: io.Discard, Err: errs}, []string{"smoke", "serve", file, "--target", up.URL, "--listen", "127.0.0.1:0", "--interval", "1s"})
		_ = errs.Close() // it never fails
	}()
	line, err := bufio.NewReader(told).ReadString('\n')
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+/health`).FindString(line)
	if err != nil || address == "" {
		t.Fatalf("%q %v", line, err)
	}
	go func() { _, _ = io.Copy(io.Discard, told) }()
	get := func(url string) (int, string) {
		resp, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
	status, body := get(address)
	for deadline := time.Now().Add(10 * time.Second); status != 200 && time.Now().Before(deadline); status, body = get(address) {
		time.Sleep(20 * time.Millisecond)
	}
	if status != 200 || !strings.Contains(body, `"GET /a -> 404":[{"status":"pass"}]`) {
		t.Errorf("%d %s", status, body)
	}
	if _, body := get(strings.Replace(address, "/health", "/metrics", 1)); !strings.Contains(body, `smoke_check_success{`) {
		t.Error(body)
	}
	cancel()
	if got := <-code; got != 0 {
		t.Errorf("it ended with %d", got)
	}
}

func TestSmokeServeWrongUse(t *testing.T) {
	for says, args := range map[string][]string{
		"--interval must be": {"--target", "127.0.0.1:1", "--interval", "1ms"},
		"no target":          {},
		"no such file":       {"none.yaml", "--target", "127.0.0.1:1"},
		"see migrate smoke":  {"--nothing"},
	} {
		if code, out, errs := runMigrate(t, append([]string{"smoke", "serve"}, args...)...); code != 2 || out != "" || !strings.Contains(errs, says) {
			t.Errorf("%v: %d %q %q", args, code, out, errs)
		}
	}
}
