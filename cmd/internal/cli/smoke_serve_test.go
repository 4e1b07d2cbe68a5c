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

// What serve answers and says holds no secret: neither one that the checks send, nor one that the service sends back.
func TestSmokeServeTellsNoSecret(t *testing.T) {
	const canary = "canary-8120"
	t.Setenv("API_TOKEN", canary)
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "cookie-" + canary})
		w.Header().Set("X-Back", r.Header.Get("Authorization"))
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, `{"token": "`+canary+`", "url": "`+r.URL.String()+`"}`)
	}))
	defer app.Close()
	file := filepath.Join(t.TempDir(), "a.yaml")
	if err := os.WriteFile(file, []byte("auth: {bearer: '${API_TOKEN}'}\nchecks:\n  - {name: 'one ${API_TOKEN}', request: 'GET /${API_TOKEN}?key=${API_TOKEN}', expect: {headers: {X-Back: x}, body.token: x, body.url: x, cookies.sid: x}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	told, errs := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan int, 1)
	go func() {
		ended <- Run(ctx, Streams{In: strings.NewReader(""), Out: errs, Err: errs}, []string{"smoke", "serve", file, "--target", app.URL, "--listen", "127.0.0.1:0", "--interval", "1s"})
		_ = errs.Close() // it never fails
	}()
	said := bufio.NewReader(told)
	all, err := said.ReadString('\n')
	base := regexp.MustCompile(`http://127\.0\.0\.1:\d+/`).FindString(all)
	if err != nil || base == "" {
		t.Fatalf("%q %v", all, err)
	}
	rest := make(chan string, 1)
	go func() { text, _ := io.ReadAll(said); rest <- string(text) }()
	answers := ""
	for deadline := time.Now().Add(10 * time.Second); !strings.Contains(answers, "expected") && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		answers = ""
		for _, path := range []string{"health", "metrics", "health/live"} {
			resp, err := http.Get(base + path)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			answers += string(body)
		}
	}
	cancel()
	<-ended
	if all += <-rest + answers; strings.Contains(all, canary) || !strings.Contains(answers, "expected") {
		t.Errorf("%s", all)
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
