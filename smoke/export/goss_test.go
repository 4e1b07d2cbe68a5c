package export

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// TestGossJudges has goss itself judge by what was made: the good service passes, and a fault fails that a check sees and
// goss has words for.
func TestGossJudges(t *testing.T) {
	program, err := exec.LookPath("goss")
	if err != nil {
		t.Skip("goss is not on the PATH")
	}
	const o = "GET /orders"
	for _, f := range []fault{
		{}, {"GET /health", "200", "500"}, {"GET /health", "application/json", "text/html"}, {"GET /old", "301", "303"}, {"GET /page", "200", "302"},
		{"GET /page", "h1", "h2"}, {o, "200", "404"}, {o, "application/problem+json", "text/plain"}, {o, "no-store", "public"}, {o, "X-Lang", "X-Odd"},
		{o, `"a.b": true`, `"a.b": false`}, {o, "1.5", "1.4"}, {o, "North Shop", "South Shop"}, {o, "North Shop", "North"},
		{"POST /search", "north", "south"}, {"POST /text", "201", "200"}, {"POST /text", "one `two`", "one"}, {"POST /text", "in it", "five"},
	} {
		server := httptest.NewServer(shop(f))
		target, err := smoke.ParseTarget(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		files, _, err := Goss(loaded(t, "shop.yaml"), target)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(t.TempDir(), "goss.yaml")
		if err := os.WriteFile(name, files[0].Text, 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(program, "-g", name, "validate")
		cmd.Env = append(os.Environ(), "SHOP_PASSWORD=pass-1234", "API_TOKEN=token-1234")
		out, err := cmd.CombinedOutput()
		server.Close()
		wanted := f == fault{} || f.path == "POST /search" // goss compares no whole documents
		if !strings.Contains(string(out), "Total Duration") || (err == nil) != wanted {
			t.Errorf("%v: %v\n%s", f, err, out)
		}
	}
}
