package export

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/migrate-to-kubernetes/migrate/requests"
	"github.com/migrate-to-kubernetes/migrate/smoke"
	"github.com/migrate-to-kubernetes/migrate/smoke/convert"
)

// fault is one thing that the service does wrong.
type fault struct{ path, was, is string }

// shop is the service of testdata/shop.yaml, with a fault. What it gets has to be what the checks say that they send: an
// answer 400 tells the test what is not.
func shop(f fault) http.Handler {
	const orders = `{"orders": [{"id": 7, "tags": ["a", "b"], "note": null}, {"id": 8, "note": "late"}], "a.b": true, "total": 1.5, "name": "North Shop"}`
	answers := map[string]string{
		"GET /health":   "200 application/json {}",
		"GET /old":      "301 text/plain gone",
		"GET /page":     "200 text/html <h1>Shop</h1><ul><li>1<li>2</ul>",
		"GET /orders":   "200 application/problem+json " + orders,
		"GET /orders/7": `200 application/json {"id": 7, "state": "open"}`,
		"POST /search":  `200 application/json {"q": "say \"{x}\" # north", "n": 3}`,
		"POST /form":    "200 text/plain ok n=5",
		"POST /text":    "201 text/plain has one `two` in it",
		"POST /upload":  "204 text/plain ",
		"PUT /raw":      "200 text/plain got",
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if why := wrongly(r); why != "" {
			http.Error(w, why, http.StatusBadRequest)
			return
		}
		at := r.Method + " " + r.URL.Path
		status, rest, _ := strings.Cut(answers[at], " ")
		kind, body, _ := strings.Cut(rest, " ")
		head := "Cache-Control: no-store; X-Rate: 7; X-Id: a/12; X-Lang: en; Set-Cookie: theme=x, HttpOnly"
		if f.path == at {
			all := strings.Replace(strings.Join([]string{status, kind, head, body}, "\n"), f.was, f.is, 1)
			parts := strings.SplitN(all, "\n", 4)
			status, kind, head, body = parts[0], parts[1], parts[2], parts[3]
		}
		for _, h := range strings.Split(head, "; ") {
			name, value, _ := strings.Cut(h, ": ")
			w.Header().Set(name, strings.Replace(value, ", ", "; ", 1))
		}
		w.Header().Set("Content-Type", kind)
		code := 0
		_, _ = fmt.Sscan(status, &code)
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	})
}

// wrongly says what of a request is not as the checks say.
func wrongly(r *http.Request) string {
	body, _ := io.ReadAll(r.Body)
	user, password, _ := r.BasicAuth()
	theme, _ := r.Cookie("theme")
	for _, want := range []struct {
		at, what string
		holds    bool
	}{
		{"", "shop", r.Header.Get("X-Shop") == "north"},
		{"GET /orders", "query", r.URL.Query().Get("limit") == "1" && fmt.Sprint(r.URL.Query()["state"]) == "[open a b]"},
		{"GET /orders/7", "kind", r.Header.Get("X-Kind") == "1"},
		{"GET /orders/7", "account", user == "bob" && password == "pass-1234"},
		{"GET /orders/7", "cookie", theme != nil && theme.Value == "dark"},
		{"POST /search", "token", r.Header.Get("Authorization") == "Bearer token-1234"},
		{"POST /search", "body", strings.Contains(string(body), `say \"{x}\" # north`)},
		{"POST /form", "form", string(body) == "a=1+%23+2&b%3Ac=x%5Cy&password=CANARY-in-form"},
		{"POST /text", "text", string(body) == "one `two` # \\ three\nfour\n" && r.Header.Get("Content-Type") == "text/plain"},
		{"POST /upload", "upload", strings.Contains(string(body), `filename="x.png"`) && strings.Contains(string(body), "image/png")},
		{"PUT /raw", "file", string(body) == "{\"a\": 1}\n" && r.Header.Get("Content-Type") == "application/json"},
	} {
		if (want.at == "" || want.at == r.Method+" "+r.URL.Path) && !want.holds {
			return want.what + ": " + string(body)
		}
	}
	return ""
}

// verdicts runs checks against the service with a fault.
func verdicts(t *testing.T, suites []smoke.Suite, f fault) (out []string, told string) {
	t.Helper()
	server := httptest.NewServer(shop(f))
	defer server.Close()
	target, err := smoke.ParseTarget(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{"SHOP": "north", "SHOP_PASSWORD": "pass-1234", "API_TOKEN": "token-1234", "PASSWORD": "CANARY-in-form", "THEME": "dark"}
	report, err := smoke.Run(context.Background(), smoke.Options{Target: target, Timeout: 5 * time.Second, Writes: true, Values: values, Parallel: 1, Env: func(string) (string, bool) { return "", false }}, suites)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range report.Results {
		out = append(out, string(r.Status))
		fmt.Fprintln(&b, r.Name, r.Status, r.Reason, r.Failures, r.Body)
	}
	return out, b.String()
}

// TestHurlRoundTrip: what is exported is read by the importer, loads, and judges as the checks do that it was made of: a
// good service, and one with each of many faults.
func TestHurlRoundTrip(t *testing.T) {
	was := loaded(t, "shop.yaml")
	files, _ := Hurl(was, "http://127.0.0.1:8080")
	found, err := requests.Read("shop.hurl", files[0].Text)
	if err != nil || len(found.Left) > 0 {
		t.Fatal(err, found.Left)
	}
	checks, left := convert.FromRequests(found.Requests, func(_ requests.Request, name string) (string, bool) { return name, true })
	text, err := convert.File("shop", "s.json", "", checks)
	if err != nil || len(left) > 0 {
		t.Fatal(err, left)
	}
	fsys := fstest.MapFS{"shop.yaml": {Data: text}}
	for _, name := range []string{"x.png", "x.json"} {
		content, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		fsys[name] = &fstest.MapFile{Data: content}
	}
	is, err := smoke.Load(fsys, []string{"shop.yaml"})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, f := range faults() {
		want, wantText := verdicts(t, was, f)
		got, gotText := verdicts(t, is, f)
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%v:\n%s\nonce exported and imported:\n%s\n%s", f, wantText, gotText, text)
		}
		if failed := strings.Contains(strings.Join(want, " "), string(smoke.Failed)); failed != (f != fault{}) {
			t.Errorf("%v should make a check fail, and nothing should where there is no fault:\n%s", f, wantText)
		}
	}
}

func faults() []fault {
	const o = "GET /orders"
	return []fault{
		{},
		{"GET /health", "200", "500"}, {"GET /health", "200", "204"}, {"GET /health", "application/json", "text/html"},
		{"GET /old", "301", "303"}, {"GET /old", "301", "200"},
		{"GET /page", "200", "302"}, {"GET /page", "Shop", "Other"}, {"GET /page", "<li>2", ""}, {"GET /page", "h1", "h2"},
		{o, "200", "404"}, {o, "200", "201"}, {o, "application/problem+json", "text/plain"}, {o, "no-store", "public"}, {o, "X-Lang", "X-Odd"},
		{o, "X-Rate: 7", "X-Rate: 4"}, {o, "X-Rate: 7", "X-Rate: 21"}, {o, "X-Rate: 7", "X-Rate: many"}, {o, "a/12", "a/123"}, {o, "a/12", "b/12"}, {o, "en", "de-DE"},
		{o, "theme", "other"}, {o, ", HttpOnly", ""}, {o, `"id": 7`, `"id": 9`}, {o, `["a", "b"]`, `["a"]`}, {o, `["a", "b"]`, `["a", "c"]`}, {o, `"note": null`, `"note": 1`},
		{o, `"a.b": true`, `"a.b": false`}, {o, "1.5", "1.4"}, {o, "1.5", `"x"`}, {o, "North Shop", "South Shop"}, {o, "North Shop", "North"}, {o, `"North Shop"`, "5"},
		{o, `"id": 8, `, ""}, {o, `"late"`, `"soon"`}, {o, `"id": 8`, `"id": 8.5`},
		{"GET /orders/7", `"id": 7`, `"id": 8`}, {"GET /orders/7", "open", "paid"}, {"GET /orders/7", `"state"`, `"other"`},
		{"POST /search", `"n": 3`, `"n": 4`}, {"POST /search", "north", "south"},
		{"POST /form", "200", "500"}, {"POST /form", "n=5", "n=6"}, {"POST /text", "201", "200"}, {"POST /text", "one `two`", "one"}, {"POST /text", "in it", "five"},
		{"PUT /raw", "200", "400"},
	}
}
