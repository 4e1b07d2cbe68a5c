package look

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/migrate-to-kubernetes/migrate/requests"
	"github.com/migrate-to-kubernetes/migrate/smoke"
	"github.com/migrate-to-kubernetes/migrate/smoke/convert"
)

// said is what a path answers.
type said struct {
	status int
	media  string
	body   string
	to     string // Location
}

// site answers what stands in it, and any else with the answer of "*", or 404.
type site map[string]said

func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a, found := s[r.URL.RequestURI()]
	if !found {
		if a, found = s["*"]; !found {
			a = said{status: 404, media: "text/plain", body: "not found: " + r.URL.Path}
		}
	}
	if a.media != "" {
		w.Header().Set("Content-Type", a.media)
	}
	if a.to != "" {
		w.Header().Set("Location", a.to)
	}
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, strings.ReplaceAll(a.body, "{path}", r.URL.Path))
}

func page(body string) said { return said{200, "text/html; charset=utf-8", body, ""} }
func doc(body string) said  { return said{200, "application/json", body, ""} }

const app = `<!doctype html><title>Shop</title><div id="root"></div><script src="/assets/main-4f5e6a.js"></script>`

const description = `{"openapi": "3.0.0", "paths": {
  "/private": {"get": {"security": [{"bearer": []}], "responses": {"200": {"description": "x"}}}},
  "/orders": {"get": {"responses": {"200": {"description": "x"}}}, "post": {"responses": {"201": {"description": "x"}}}},
  "/orders/{id}": {"get": {"parameters": [{"name": "id", "in": "path", "required": true, "example": "1"}]}},
  "/orders/export/delete": {"get": {"responses": {}}},
  "/gone": {"get": {"responses": {}}},
  "/search": {"get": {"parameters": [{"name": "q", "in": "query", "required": true, "example": "CANARY"}]}}}}`

var services = map[string]struct {
	site site
	want []string // the checks: request, status, and what else is expected
	left []string // parts of what is left out, in its order
}{
	"health and pages": {
		site{
			"/":           page(`<a href="/about">a</a> <a href="news/">n</a> <a href="/about#team">a</a> <a href="/logout">l</a> <a href="/users/signOut">l</a> <a href="/list?token=CANARY">q</a> <a href="/orders/17">o</a> <a data-method="post" href="/vip">x</a> <a href="/x.zip">z</a> <a href="http://other.example/y">y</a> <a href="/reset/8f14e45fceea167a5a36dedd4bea2543">r</a> <a href="/account">me</a>`),
			"/about":      page("about"),
			"/list":       page("what is asked for with a query only"),
			"/news/":      page("news"),
			"/account":    {403, "text/html", "no", ""},
			"/health":     doc(`{"status": "UP", "time": 17}`),
			"/up":         page(`<body style="background: green">`),
			"/healthz":    {204, "", "", ""},
			"/status":     page(strings.Repeat("A page of the shop. ", 500)),
			"/livez":      {200, "image/png", "x", ""},
			"/readyz":     doc(`{"status": "DOWN"}`),
			"/ready":      {503, "text/plain", "not yet", ""},
			"/ping":       {302, "", "", "/login"},
			"/robots.txt": {200, "text/plain", "User-agent: *", ""},
		},
		[]string{"GET /health 200 type: json body.status: UP", "GET /healthz 204", "GET /up 200 type: html", "GET / 200 type: html", "GET /robots.txt 200 type: text/plain", "GET /about 200 type: html", "GET /news/ 200 type: html", "GET /account 403"},
		[]string{"GET /readyz: it says DOWN", "GET /livez: its Content-Type", "GET /status: it is a page", "GET /logout: its name says", "GET /users/signOut: its name", "an id", "a token"},
	},
	"single-page application": {
		site{"*": page(app), "/": page(app)},
		[]string{"GET / 200 type: html"},
		[]string{"GET /health: any path is answered like that", "GET /actuator/health: any path"},
	},
	"single-page application with an id in each answer, and a true route": {
		site{"*": page(app + strings.Repeat("x", 500) + "{path}"), "/": page(app), "/health": doc(`{"ok": true}`), "/up": page("OK")},
		[]string{"GET /health 200 type: json", "GET /up 200 type: html", "GET / 200 type: html"},
		[]string{"GET /healthz: any path"},
	},
	"a service that echoes": {
		site{"*": {200, "text/plain", "you asked for {path}", ""}},
		[]string{"GET / 200 type: text/plain"},
		[]string{"GET /health: any path"},
	},
	"a prefix that answers all": {
		site{"/health": doc(`{}`), "/health/ready": doc(`{}`), "/health/live": doc(`{}`), "/health/" + nowhere: doc(`{}`), "/actuator/health": doc(`{}`)},
		[]string{"GET /health 200 type: json", "GET /actuator/health 200 type: json"},
		[]string{"GET /health/ready: any path below /health", "GET /: it answers 404"},
	},
	"redirect to a login": {
		site{"*": {302, "", "", "/login?next=CANARY"}, "/": {302, "", "", "/login;jsessionid=CANARY?next=%2F"}, "/login": page(`<form></form>`)},
		[]string{`GET / 302 headers.Location: {matches: '^(https?://[^/]+)?/login([?#;].*)?$'}`},
		nil,
	},
	"redirect to a page of its own": {
		site{"/": {301, "", "", "/shop/"}, "/shop/": page(`<a href="cart">c</a><a href="/a">a</a><a href="/b">b</a><a href="/c">c</a><a href="/d">d</a><a href="/e">e</a>`), "/shop/cart": {401, "", "", ""}, "/a": page("a"), "/b": {500, "", "", ""}},
		[]string{`GET / 301 headers.Location: {matches: '^(https?://[^/]+)?/shop/([?#;].*)?$'}`, "GET /shop/ 200 type: html", "GET /shop/cart 401", "GET /a 200 type: html"},
		[]string{"more links of the front page: 5 are enough; 2 are not asked for", "GET /b: it answers 500", "GET /c: it answers 404"},
	},
	"redirect to an account elsewhere": {
		site{"/": {302, "", "", "https://login.example.com/authorize?client_secret=CANARY"}},
		[]string{`GET / 302 headers.Location: {matches: '^https://login\.example\.com/authorize([?#;].*)?$'}`},
		[]string{"what GET / leads to: it is another host"},
	},
	"redirect with a token in its path": {
		site{"/": {302, "", "", "/magic/8f14e45fceea167a5a36dedd4bea2543CANARY"}},
		[]string{`GET / 302 headers.Location: {present: true}`},
		[]string{"a token that may open"},
	},
	"all behind an account": {
		site{"*": {401, "application/json", "{}", ""}},
		[]string{"GET / 401"},
		nil,
	},
	"openapi": {
		site{"/openapi.json": doc(description), "/orders": doc("[]"), "/private": {401, "", "", ""}},
		[]string{"GET /openapi.json 200 type: json", "GET /orders 200 type: json", "GET /private 401"},
		[]string{"GET /: it answers 404", "an id", "GET /orders/export/delete: its name", "GET /gone: it answers 404"},
	},
	"something else at the place of openapi": {
		site{"*": doc(`{"path": "{path}"}`), "/swagger.json": doc(`{"a": 1}`)},
		[]string{"GET / 200 type: json"},
		[]string{"GET /health: any path"},
	},
	"huge page": {
		site{"/": page(`<a href="/a">a</a>` + strings.Repeat("x", 9<<20)), "/a": page("a"), "/openapi.json": doc(`{"openapi": "3` + strings.Repeat("x", 9<<20))},
		[]string{"GET / 200 type: html", "GET /a 200 type: html"},
		[]string{"GET /openapi.json: it is too large"},
	},
}

// counted notes what a server is asked.
type counted struct {
	http.Handler
	mu    sync.Mutex
	asked []string
}

func (c *counted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.asked = append(c.asked, r.Method+" "+r.URL.RequestURI())
	c.mu.Unlock()
	c.Handler.ServeHTTP(w, r)
}

func look(t *testing.T, h http.Handler, base string) (Seen, []string, smoke.Target) {
	t.Helper()
	c := &counted{Handler: h}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	target, err := smoke.ParseTarget(server.URL + base)
	if err != nil {
		t.Fatal(err)
	}
	seen, err := At(t.Context(), smoke.Options{Target: target})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.asked) != seen.Asked || seen.Asked > MaxRequests {
		t.Errorf("asked %d times, says %d", len(c.asked), seen.Asked)
	}
	for i, a := range c.asked {
		if !strings.HasPrefix(a, "GET /") || strings.Contains(a, "?") || slices.Contains(c.asked[:i], a) {
			t.Errorf("it asked %s", a)
		}
	}
	return seen, c.asked, target
}

// passing writes the checks and runs them against the service that they are from: each must pass. Its lines are the checks.
func passing(t *testing.T, target smoke.Target, found requests.Found) (lines []string, text string) {
	t.Helper()
	checks, left := convert.FromRequests(found.Requests, nil)
	if len(left) > 0 {
		t.Errorf("not converted: %v", left)
	}
	out, err := convert.File("", "s.json", "", checks)
	if err != nil {
		t.Fatal(err)
	}
	suites, err := smoke.Load(fstest.MapFS{"a.yaml": {Data: out}}, []string{"a.yaml"})
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	report, err := smoke.Run(t.Context(), smoke.Options{Target: target}, suites)
	if err != nil || !report.OK() && len(found.Requests) > 0 {
		t.Errorf("%v %+v\n%s", err, report, out)
	}
	for _, check := range strings.Split(string(out), "  - name: ")[1:] {
		var line string
		for l := range strings.Lines(check) {
			if r, ok := strings.CutPrefix(l, "    request: "); ok {
				line = strings.TrimSpace(r)
			}
			if e, ok := strings.CutPrefix(l, "    expect: {status: "); ok {
				line += " " + strings.TrimSuffix(strings.ReplaceAll(strings.TrimSpace(e), ", ", " "), "}")
			}
		}
		lines = append(lines, line)
	}
	return lines, string(out)
}

func TestAt(t *testing.T) {
	for name, s := range services {
		t.Run(name, func(t *testing.T) {
			seen, _, target := look(t, s.site, "")
			lines, text := passing(t, target, seen.Found)
			if got, want := strings.Join(lines, "\n"), strings.Join(s.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			rest := fmt.Sprint(seen.Left)
			if strings.Contains(text+rest, "CANARY") {
				t.Errorf("a secret is written down:\n%s%s", text, rest)
			}
			for _, part := range s.left {
				_, after, found := strings.Cut(rest, part)
				if !found {
					t.Errorf("%q is not left out, or not in this place: %v", part, seen.Left)
					continue
				}
				rest = after
			}
		})
	}
}

// TestBasePath: what stands below a base path makes checks without it, and what stands beside it is another service.
func TestBasePath(t *testing.T) {
	seen, asked, target := look(t, site{
		"/api/":             page(`<a href="/api/docs">d</a><a href="/other">o</a><a href="/apis">o</a>`),
		"/api/docs":         {302, "", "", "/api/docs/index"},
		"/api/openapi.json": doc(`{"openapi": "3.0.0", "servers": [{"url": "/api"}], "paths": {"/orders": {"get": {}}}}`),
		"/api/orders":       doc("[]"),
	}, "/api")
	lines, _ := passing(t, target, seen.Found)
	want := []string{"GET / 200 type: html", "GET /openapi.json 200 type: json", "GET /orders 200 type: json", `GET /docs 302 headers.Location: {matches: '^(https?://[^/]+)?(/api)?/docs/index([?#;].*)?$'}`}
	if !slices.Equal(lines, want) {
		t.Errorf("%q", lines)
	}
	for _, a := range asked {
		if !strings.HasPrefix(a, "GET /api/") {
			t.Errorf("it asked %s", a)
		}
	}
}

// TestSame: a second look at the same service finds the same.
func TestSame(t *testing.T) {
	s := services["health and pages"].site
	first, _, target := look(t, s, "")
	second, _, again := look(t, s, "")
	_, a := passing(t, target, first.Found)
	_, b := passing(t, again, second.Found)
	if a != b || strings.Contains(a, "127.0.0.1") {
		t.Errorf("%s\n%s", a, b)
	}
}

// TestSlow: what takes too long is left out, and what answers is taken all the same.
func TestSlow(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" || r.URL.Path == "/status" {
			select {
			case <-r.Context().Done():
			case <-time.After(20 * time.Second):
			}
			return
		}
		site{"/health": doc("{}")}.ServeHTTP(w, r)
	}))
	defer server.Close()
	target, err := smoke.ParseTarget(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	seen, err := At(t.Context(), smoke.Options{Target: target, Timeout: 200 * time.Millisecond})
	if err != nil || len(seen.Requests) != 1 || seen.Requests[0].Path != "/health" {
		t.Errorf("%v %+v", err, seen)
	}
	if rest := fmt.Sprint(seen.Left); !strings.Contains(rest, "GET /: no full answer within 200ms") {
		t.Error(rest)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}

// TestBounds: of a service that has more than enough of everything, no more is asked for than the bound says, be the scheme
// known or not; and all of it ends when the time is over.
func TestBounds(t *testing.T) {
	s := site{"/": {301, "", "", "/shop"}}
	var links, operations strings.Builder
	for _, c := range "abcdefghijkl" {
		fmt.Fprintf(&links, `<a href="/page/%c">x</a>`, c)
		fmt.Fprintf(&operations, `, "/list/%c": {"get": {}}`, c)
		s["/page/"+string(c)], s["/list/"+string(c)] = page(string(c)), doc("[]")
	}
	s["/shop"] = page(links.String())
	s["/v3/api-docs"] = doc(`{"openapi": "3.0.0", "paths": {"/x": {}` + operations.String() + "}}")
	for _, p := range append(slices.Clone(healthPaths), "/robots.txt") {
		s[p] = said{200, "text/plain", "fine", ""}
	}
	c := &counted{Handler: s}
	server := httptest.NewServer(c)
	defer server.Close()
	target, err := smoke.ParseTarget(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	target.Scheme = ""
	seen, err := At(t.Context(), smoke.Options{Target: target})
	if err != nil || seen.Target != server.URL || len(c.asked) > MaxRequests || len(seen.Requests) != len(healthPaths)+1+1+1+maxOperations+maxLinks {
		t.Errorf("%v: %d requests, %d checks: %v", err, len(c.asked), len(seen.Requests), seen)
	}
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(50 * time.Millisecond)
		s.ServeHTTP(w, r)
	})
	server.Config.Handler = slow
	target.Scheme = "http"
	if seen, err = at(t.Context(), smoke.Options{Target: target}, 300*time.Millisecond); err != nil || len(seen.Requests) < 1 || len(seen.Requests) > 6 || !strings.Contains(fmt.Sprint(seen.Left), "the service is slow") {
		t.Errorf("%v %v", err, seen)
	}
}

// TestNoAnswer: a service that isn't there is an error that says why; a context that ends is its own.
func TestNoAnswer(t *testing.T) {
	target, err := smoke.ParseTarget("127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := At(t.Context(), smoke.Options{Target: target}); err == nil || err.Error() != "http://127.0.0.1:1 answers nothing: connection refused" {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := At(ctx, smoke.Options{Target: target}); err == nil || !strings.Contains(err.Error(), "context canceled") {
		t.Error(err)
	}
}

func TestMayChange(t *testing.T) {
	for p, want := range map[string]bool{
		"/logout": true, "/users/signOut": true, "/log-off": true, "/Account/LogOff": true, "/item/deleteAll": true, "/cart/add": true, "/sign%6Fut": true,
		"/admin/cache_clear": true, "/doDelete.do": true, "/konto/abmelden": true,
		"/": false, "/about": false, "/news": false, "/address": false, "/products/new": false, "/getting-started": false, "/v1/orders": false, "/createdness": false,
	} {
		if got := mayChange(p); got != want {
			t.Errorf("%s: %v", p, got)
		}
	}
}
