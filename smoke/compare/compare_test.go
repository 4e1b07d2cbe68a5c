package compare

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// service answers each path with what it is given: a header line or two, a blank one, and the body. {n} counts requests,
// {self} is its own address.
func service(t *testing.T, answers map[string]string) *httptest.Server {
	t.Helper()
	var n atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, ok := answers[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		text = strings.NewReplacer("{n}", fmt.Sprint(n.Add(1)), "{self}", "http://"+r.Host).Replace(text)
		head, body, _ := strings.Cut(text, "\n\n")
		status := 200
		for line := range strings.Lines(head) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			switch name {
			case "Status":
				status, _ = strconv.Atoi(value)
			case "Sleep":
				time.Sleep(120 * time.Millisecond)
			default:
				w.Header().Add(name, value)
			}
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(s.Close)
	return s
}

func run(t *testing.T, checks string, old, new map[string]string, o Options) Report {
	t.Helper()
	suites, err := smoke.Load(fstest.MapFS{"a.yaml": {Data: []byte(checks)}}, []string{"a.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	options := func(answers map[string]string) smoke.Options {
		target, err := smoke.ParseTarget(service(t, answers).URL)
		if err != nil {
			t.Fatal(err)
		}
		env := func(name string) (string, bool) { return "CANARY-secret", name == "API_TOKEN" }
		return smoke.Options{Target: target, Env: env, Writes: true}
	}
	o.Old, o.New = options(old), options(new)
	r, err := Run(context.Background(), o, suites)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func told(r Report) string {
	var b strings.Builder
	for _, result := range r.Results {
		fmt.Fprintf(&b, "%s %s", result.Name, result.Skipped)
		for _, d := range result.Differences {
			fmt.Fprintf(&b, "\n  %s: %s | %s", d.What, d.Old, d.New)
		}
		if len(result.Volatile) > 0 {
			fmt.Fprintf(&b, "\n  not %v", result.Volatile)
		}
		b.WriteString("\n")
	}
	return b.String()
}

const jsonHead = "Content-Type: application/json\n\n"

func TestWhatDiffers(t *testing.T) {
	old := map[string]string{
		"/same":   "Content-Type: application/json; charset=UTF-8\nDate: a\nETag: x\n\n" + `{"a": 1.0, "at": "{n}", "self": "{self}/x", "list": [1, {"b": null}]}`,
		"/json":   jsonHead + `{"a": 1, "b": [1, 2], "c": {"d": "x", "e": 1}, "token": "CANARY-old", "v": 1, "items": [{"id": 1, "n": "p"}, {"id": 2, "n": "q"}]}`,
		"/head":   "Status: 302\nLocation: {self}/next\nSet-Cookie: sid={n}; Path=/; HttpOnly\nCache-Control: no-store\n\n",
		"/html":   "Content-Type: text/html\n\n<h1>Hi</h1>\n<p>{n}</p>\n<a href=\"{self}/a\">x</a>",
		"/text":   "\n\none\ntwo",
		"/status": "\n\nok",
		"/secret": "\n\nhello CANARY-secret",
		"/slow":   "\n\nok",
	}
	new := map[string]string{
		"/same":   "Content-Type: application/json;charset=utf-8\nDate: b\nETag: y\n\n" + `{"list": [1, {"b": null}], "at": "{n}", "self": "{self}/x", "a": 1}`,
		"/json":   jsonHead + `{"a": "1", "b": [1, 2, 3], "c": {"d": "x", "f": 1}, "token": "CANARY-new", "v": 2, "items": [{"id": 8, "n": "p"}, {"id": 9, "n": "r"}]}`,
		"/head":   "Status: 302\nLocation: {self}/other\nSet-Cookie: sid={n}; Path=/\n\n",
		"/html":   "Content-Type: text/html\n\n<h1>Hi</h1>\n<p>{n}</p>\n<a href=\"{self}/a\">x</a>\n",
		"/text":   "\n\none\nthree\nfour",
		"/status": "Status: 500\n\nok",
		"/secret": "\n\nbye CANARY-secret",
		"/slow":   "Sleep: x\n\nok",
	}
	checks := `checks:
  - GET /same -> 200
  - request: GET /json
    ignore: [body.v, body.items.*.id]
  - GET /head -> 302
  - GET /html
  - GET /text
  - GET /status -> 200
  - {name: secret, request: GET /secret, headers: {X-Token: "${API_TOKEN}"}}
  - GET /slow
  - {name: writes, request: POST /same, writes: true}
`
	want := `GET /same -> 200 
  not [body.at]
GET /json 
  body.a: 1 | "1"
  body.b: [1,2] | [1,2,3]
  body.c.e: 1 | (absent)
  body.c.f: (absent) | 1
  body.items.1.n: "q" | "r"
  body.token: [hidden] | [another, hidden]
  not [body.items.0.id body.items.1.id body.v]
GET /head -> 302 
  headers.Location: /next | /other
  headers.Cache-Control: no-store | (nothing)
  headers.Set-Cookie: sid httponly path=/ samesite=0 | sid path=/ samesite=0
GET /html 
  not [body (some lines)]
GET /text 
  body, line 2: two | three
GET /status -> 200 
  verdict: passed | failed: status: expected 200, got 500
  status: 200 | 500
secret 
  body, line 1: hello $API_TOKEN | bye $API_TOKEN
GET /slow 
  time: 0s | 120ms
writes it may change data; SMOKE_WRITES=1 or --writes runs it
`
	r := run(t, checks, old, new, Options{Slower: 3})
	got := told(r)
	for _, line := range strings.Split(got, "\n") { // times are what they are
		if before, _, isTime := strings.Cut(line, "  time: "); isTime && before == "" {
			got = strings.Replace(got, line, "  time: 0s | 120ms", 1)
		}
	}
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if r.Same != 2 || r.Different != 6 || r.Skipped != 1 || r.OK() || r.Ratio <= 0 {
		t.Errorf("%+v", r)
	}
	if strings.Contains(got, "CANARY") {
		t.Error("a secret was told")
	}
}

func TestTheSame(t *testing.T) {
	answers := map[string]string{"/a": jsonHead + `{"a": [{"b": 1}], "n": {n}}`, "/b": "\n\n\x00\x01"}
	r := run(t, "checks: [GET /a, GET /b]\n", answers, answers, Options{Slower: 10})
	if !r.OK() || r.Same != 2 {
		t.Errorf("%s", told(r))
	}
	if r := run(t, "checks: []\n", answers, answers, Options{}); r.OK() {
		t.Error("a comparison of nothing is fine")
	}
	if r := run(t, "checks: [GET /a]\n", answers, map[string]string{"/a": jsonHead + `{"a": [], "n": 0}`}, Options{Ignore: []string{"body"}}); !r.OK() {
		t.Errorf("%s", told(r))
	}
}

func TestAServiceThatIsNotThere(t *testing.T) {
	suites, err := smoke.Load(fstest.MapFS{"a.yaml": {Data: []byte("checks: [GET /]\n")}}, []string{"a.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	target, err := smoke.ParseTarget("127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Run(context.Background(), Options{Old: smoke.Options{Target: target}, New: smoke.Options{Target: target}}, suites)
	if err == nil || err.Error() != "http://127.0.0.1:1 answers nothing: connection refused" {
		t.Errorf("%v", err)
	}
}
