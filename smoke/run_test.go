package smoke

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"
)

// shop is a small service to check: under a base path, with redirects, errors and answers of several types.
func shop() http.Handler {
	mux := http.NewServeMux()
	reply := func(path, kind, body string, status int) {
		mux.HandleFunc("/base"+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		})
	}
	reply("/health", "application/json; charset=utf-8", `{"status":"up","checks":[{"name":"db","ms":3}]}`, 200)
	reply("/problem", "application/problem+json", `{"big":9007199254740993,"none":null,"rate":0.5}`, 200)
	reply("/labelled", "application/json", `<html>gateway</html>`, 200)
	reply("/text", "text/plain", "pong\n", 200)
	reply("/list", "application/json", `["a", 2]`, 200)
	reply("/broken", "text/html", "<h1>Oops</h1>", 500)
	mux.HandleFunc("/base/old", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/base/text", http.StatusMovedPermanently)
	})
	mux.HandleFunc("/base/echo/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Host", r.Host)
		w.Header().Set("X-Agent", r.UserAgent())
		w.Header().Set("X-Token", r.Header.Get("X-Token"))
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %s %s", r.Method, r.URL.RequestURI(), r.Header.Get("Content-Type"), body)
	})
	return mux
}

// run checks server with the files given, base path /base.
func run(t *testing.T, server *httptest.Server, o Options, files map[string]string) (Report, error) {
	t.Helper()
	if o.Target.Host == "" {
		var err error
		if o.Target, err = ParseTarget(server.URL + "/base"); err != nil {
			t.Fatal(err)
		}
	}
	return Run(t.Context(), o, load(t, files))
}

func load(t testing.TB, files map[string]string) []Suite {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, file := range fixtures {
		fsys["smoke/files/"+name] = file
	}
	for name, text := range files {
		fsys["smoke/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	suites, err := Load(fsys, []string{"smoke"})
	if err != nil {
		t.Fatal(err)
	}
	return suites
}

func TestExpectations(t *testing.T) {
	server := httptest.NewServer(shop())
	defer server.Close()
	tests := []struct {
		check string
		fails []string // WHAT: expected WANT, got GOT; none for a check that passes
	}{
		{"GET /health -> 200 json", nil},
		{"GET /health", nil},
		{"GET /health -> 2xx application/json within 5s", nil},
		{"GET /problem -> 200 json", nil},
		{"HEAD /health -> 200 json", nil},
		{"GET /old -> 301", nil},
		{"GET /none -> 200,404", nil},
		{"GET /broken", []string{"status: expected 2xx, got 500"}},
		{"GET /broken -> 200,3xx json", []string{"status: expected 200 or 3xx, got 500", "type: expected json, got text/html"}},
		{"GET /labelled -> 200 json", []string{"type: expected json, got application/json, but the body is not JSON"}},
		{"{request: GET /old, follow: true, expect: {status: 200, body: pong}}", nil},
		{"{request: GET /old, expect: {status: 301, headers: {location: /base/text}}}", nil},
		{"{request: GET /old, expect: {status: 301, headers: {Location: /text, X-A: {present: true}, X-B: {present: false}, Content-Type: {contains: html, matches: '^text/h'}}}}",
			[]string{`Location: expected "/text", got "/base/text"`, "X-A: expected present, got absent"}},
		{"{request: GET /text, expect: {body: {contains: on, matches: '^p', length: 4, type: string}}}", nil},
		{"{request: GET /text, expect: {body: {contains: x}}}", []string{`body: expected something that contains "x", got "pong"`}},
		{"{request: GET /text, expect: {body: {matches: '^x'}}}", []string{`body: expected a match of ^x, got "pong"`}},
		{"{request: GET /text, expect: {body: array}}", []string{`body: expected an array, got "pong" (string)`}},
		{"{request: GET /text, expect: {body.a: 1}}", []string{"body.a: expected 1, got a body that is not JSON: \"pong\""}},
		{"{request: GET /list, expect: {body: array}}", nil},
		{"{request: GET /list, expect: {body: [a, 2], body.1: 2, body.0: string}}", nil},
		{"{request: GET /list, expect: {body: {contains: 2, length: 2}}}", nil},
		{"{request: GET /list, expect: {body: {length: 3}}}", []string{`body: expected a length of 3, got ["a",2], of 2`}},
		{"{request: GET /health, expect: {body.status: up, body.checks.0.ms: {min: 3, max: 3}, body.checks: {length: 1}, body: {contains: db}}}", nil},
		{"{request: GET /health, expect: {body.status: down, body.checks.0.ms: {max: 2.5}, body.checks.1.ms: integer, body.checks.0: {contains: name}}}",
			[]string{`body.status: expected "down", got "up"`, "body.checks.0.ms: expected at most 2.5, got 3", "body.checks.1.ms: expected an integer, got absent"}},
		{"{request: GET /health, expect: {body.checks.0.ms: '3'}}", []string{`body.checks.0.ms: expected "3", got 3`}},
		{"{request: GET /health, expect: {body.checks: {equals: [{ms: 3, name: db}]}}}", nil},
		{"{request: GET /problem, expect: {body.big: 9007199254740993, body.none: null, body.rate: 0.50, body.gone: {present: false}}}", nil},
		{"{request: GET /problem, expect: {body.big: 9007199254740992, body.rate: integer}}",
			[]string{"body.big: expected 9007199254740992, got 9007199254740993", "body.rate: expected an integer, got 0.5 (number)"}},
	}
	for _, tt := range tests {
		report, err := run(t, server, Options{}, map[string]string{"a.yaml": "checks:\n  - " + tt.check + "\n"})
		if err != nil {
			t.Errorf("%s: %v", tt.check, err)
			continue
		}
		var got []string
		for _, f := range report.Results[0].Failures {
			got = append(got, fmt.Sprintf("%s: expected %s, got %s", f.What, f.Want, f.Got))
		}
		if !slices.Equal(got, tt.fails) {
			t.Errorf("%s:\ngot  %q\nwant %q", tt.check, got, tt.fails)
		}
		if report.OK() != (tt.fails == nil) {
			t.Errorf("%s: OK is %v", tt.check, report.OK())
		}
	}
}

func TestSlowAnswerFailsWithin(t *testing.T) {
	x := expectation{within: time.Second, withinLine: 7}
	got := x.judge(&answer{status: 200, took: 1234567 * time.Microsecond}, values{}, 1)
	want := []Failure{{Line: 7, What: "time", Want: "within 1s", Got: "1.23s"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestFailureNamesItsLine(t *testing.T) {
	server := httptest.NewServer(shop())
	defer server.Close()
	report, err := run(t, server, Options{}, map[string]string{"a.yaml": `
service: shop
checks:
  - name: broken
    request: GET /broken
    from: nagios, x.cfg:1
    expect:
      status: 200

      body.a: 1
`})
	if err != nil {
		t.Fatal(err)
	}
	r := report.Results[0]
	if r.Line != 4 || r.Failures[0].Line != 8 || r.Failures[1].Line != 10 {
		t.Errorf("lines are %d and %+v, want 4, 8 and 10", r.Line, r.Failures)
	}
	if r.File != "smoke/a.yaml" || r.Service != "shop" || r.From != "nagios, x.cfg:1" || r.Body != "<h1>Oops</h1>" {
		t.Errorf("got %+v", r)
	}
	if want := "curl -sS -i " + server.URL + "/base/broken"; r.Command != want {
		t.Errorf("command is %s, want %s", r.Command, want)
	}
}

func TestVariablesAndCaptures(t *testing.T) {
	server := httptest.NewServer(shop())
	defer server.Close()
	env := map[string]string{"WHO": "a b/c&d", "EMPTY": "", "X_TOKEN": "t0ken-value"}
	o := Options{Writes: true, UserAgent: "ua/1", Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
	report, err := run(t, server, o, map[string]string{"a.yaml": `
headers: {X-Token: "${X_TOKEN}", X-Other: file}
checks:
  - request: GET /health
    capture: {health: body, state: body.status, code: status, kind: headers.Content-Type}
  - request: GET /echo/{who}/${WHO}?q={who}&n={n}&e=${EMPTY:-none}&u=${UNSET:-}
    with: {who: "${WHO}", n: $health.checks.0.ms}
    expect:
      headers: {X-Token: "${X_TOKEN}", X-Agent: ua/1}
      body: {contains: "GET /base/echo/a%20b%2Fc&d/a%20b%2Fc&d?q=a+b%2Fc%26d&n=3&e=none&u="}
  - request: POST /echo/
    writes: true
    body: {state: "${state}", ms: $health.checks.0.ms, list: ["${code}", true, null], plain: "$${x}"}
    expect:
      body: {contains: '/base/echo/ application/json {"list":[200,true,null],"ms":3,"plain":"$${x}","state":"up"}'}
  - request: PUT /echo/
    writes: true
    headers: {content-type: text/csv}
    body: "a,${state}"
    expect: {body: "PUT /base/echo/ text/csv a,up"}
  - request: POST /echo/
    writes: false
    body: a=1
    expect: {body: "POST /base/echo/ application/x-www-form-urlencoded a=1"}
  - request: GET /health
    expect: {body.status: "${state}", body.checks: $health.checks, headers: {Content-Type: "${kind}"}}
`})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range report.Results {
		for _, f := range r.Failures {
			t.Errorf("%s:%d: %s: expected %s, got %s", r.File, f.Line, f.What, f.Want, f.Got)
		}
	}
}

func TestUndefinedVariableStopsTheRunBeforeItsFirstRequest(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer server.Close()
	_, err := run(t, server, Options{}, map[string]string{"a.yaml": `
headers: {A: "${ONE}"}
checks:
  - GET /
  - request: GET /{x}
    with: {x: "${TWO}"}
  - {request: POST /, writes: true, body: "${NOT_NEEDED}"}
  - {request: "GET /${ALSO_NOT}", only: outside}
`, "b.yaml": "checks: [{request: GET /, expect: {body: '${THREE}'}}]"})
	want := []string{"smoke/a.yaml:2: ${ONE} is not set", "smoke/a.yaml:6: ${TWO} is not set", "smoke/b.yaml:1: ${THREE} is not set"}
	if err == nil {
		t.Fatal("no error")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != len(want) {
		t.Fatalf("got %v", err)
	}
	for i := range want {
		if !strings.HasPrefix(lines[i], want[i]) {
			t.Errorf("line %q, want %q", lines[i], want[i])
		}
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("%d requests were made", n)
	}
}

func TestSkips(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.Method+" "+r.URL.Path)
	}))
	defer server.Close()
	report, err := run(t, server, Options{}, map[string]string{"a.yaml": `
checks:
  - {request: DELETE /a, writes: true, capture: {gone: body}}
  - {request: GET /b, only: outside}
  - {request: GET /c, only: [inside, https]}
  - {request: "GET /${gone}"}
  - {request: GET /e, only: [inside, http]}
`})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"SMOKE_WRITES=1", "only for a target outside", "only with https", "it needs $gone", ""}
	for i, r := range report.Results {
		if !strings.Contains(r.Reason, want[i]) || (r.Status == Skipped) != (want[i] != "") {
			t.Errorf("check %d is %s: %q, want %q", i, r.Status, r.Reason, want[i])
		}
	}
	if !slices.Equal(asked, []string{"GET /base/e"}) {
		t.Errorf("asked %v", asked)
	}
	if report.Passed != 1 || report.Skipped != 4 || !report.OK() {
		t.Errorf("report is %+v", report)
	}
}

func TestARunThatTestsNothingIsNotOK(t *testing.T) {
	for name, file := range map[string]string{"no checks": "checks:", "all skipped": "checks: [{request: GET /, only: outside}]"} {
		server := httptest.NewServer(shop())
		report, err := run(t, server, Options{}, map[string]string{"a.yaml": file})
		server.Close()
		if err != nil || report.OK() || report.Failed != 0 {
			t.Errorf("%s: %+v, %v", name, report, err)
		}
	}
}

// Files run side by side, yet the results come in the order of the files: the first file here ends last.
func TestResultsAreOrderedThoughFilesRunSideBySide(t *testing.T) {
	lastFile := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/base/a1":
			<-lastFile
		case "/base/c2":
			close(lastFile)
		}
	}))
	defer server.Close()
	var each []string
	o := Options{Each: func(r Result) { each = append(each, r.Name) }}
	report, err := run(t, server, o, map[string]string{"a.yaml": "checks: [GET /a1, GET /a2]", "b.yaml": "checks: [GET /b1]", "c.yaml": "checks: [GET /c1, GET /c2]"})
	if err != nil || !report.OK() {
		t.Fatalf("%+v, %v", report, err)
	}
	if want := "GET /a1 GET /a2 GET /b1 GET /c1 GET /c2"; strings.Join(each, " ") != want {
		t.Errorf("got %v, want %s", each, want)
	}
}

func TestStoppedRun(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/2" {
			cancel()
			<-r.Context().Done()
		}
	}))
	defer server.Close()
	target, err := ParseTarget(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	report, err := Run(ctx, Options{Target: target}, load(t, map[string]string{"a.yaml": "checks: [GET /1, GET /2, GET /3]"}))
	if !errors.Is(err, context.Canceled) || len(report.Results) != 1 || report.Passed != 1 {
		t.Errorf("got %+v, %v", report, err)
	}
}

func TestHostAndDial(t *testing.T) {
	server := httptest.NewServer(shop())
	defer server.Close()
	u, _ := url.Parse(server.URL)
	target, err := ParseTarget("nowhere.svc:99/base")
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Target: target, Host: "shop.example.com", Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		if address != "nowhere.svc:99" {
			t.Errorf("dials %s", address)
		}
		return (&net.Dialer{}).DialContext(ctx, network, u.Host)
	}}
	report, err := run(t, server, o, map[string]string{"a.yaml": `
checks:
  - {request: GET /echo/, expect: {headers: {X-Host: shop.example.com}}}
  - {request: GET /echo/, headers: {host: other}, expect: {headers: {X-Host: other}}}
  - {request: GET /echo/, expect: {status: 418}}
`})
	if err != nil || report.Passed != 2 || report.Failed != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	if want := "curl -sS -i --connect-to ::nowhere.svc:99 http://shop.example.com/base/echo/"; report.Results[2].Command != want {
		t.Errorf("command is %s, want %s", report.Results[2].Command, want)
	}
}
