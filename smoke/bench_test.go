package smoke

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

// BenchmarkThousandChecks is what a run of 1,000 checks costs against a local server that answers at once: ten files of a
// hundred. Compare with BenchmarkThousandRequests, the same requests by net/http alone.
func BenchmarkThousandChecks(b *testing.B) {
	server := benchServer()
	defer server.Close()
	files := map[string]string{}
	for i := range 10 {
		files[fmt.Sprintf("%d.yaml", i)] = "checks:\n" + strings.Repeat("  - GET /health -> 200 json\n", 100)
	}
	suites := load(b, files)
	target, err := ParseTarget(server.URL)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		report, err := Run(b.Context(), Options{Target: target}, suites)
		if err != nil || report.Passed != 1000 {
			b.Fatalf("%d passed, %v", report.Passed, err)
		}
	}
}

func BenchmarkThousandRequests(b *testing.B) {
	server := benchServer()
	defer server.Close()
	client := server.Client()
	for b.Loop() {
		done := make(chan error)
		for range defaultParallel {
			go func() {
				for range 1000 / defaultParallel {
					resp, err := client.Get(server.URL + "/health")
					if err == nil {
						_, err = io.Copy(io.Discard, resp.Body)
						resp.Body.Close()
					}
					if err != nil {
						done <- err
						return
					}
				}
				done <- nil
			}()
		}
		for range defaultParallel {
			if err := <-done; err != nil {
				b.Fatal(err)
			}
		}
	}
}

func benchServer() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"status":"up"}`)
	}))
}

// BenchmarkLoad reads a file of 1,000 checks.
func BenchmarkLoad(b *testing.B) {
	text := "checks:\n" + strings.Repeat("  - GET /a -> 200 json\n  - {request: 'GET /b/{id}', with: {id: 1}, expect: {status: [200, 404], body.a: string}}\n", 500)
	fsys := fstest.MapFS{"a.yaml": {Data: []byte(text)}}
	for b.Loop() {
		if _, err := Load(fsys, []string{"a.yaml"}); err != nil {
			b.Fatal(err)
		}
	}
}
