package convert

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/migrate-to-kubernetes/migrate/requests"
	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// converted reads requests, makes checks of them and loads those, as a run would.
func converted(t *testing.T, name, text string, files Files) (checks string, left []requests.Left) {
	t.Helper()
	found, err := requests.Read(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	list, left := FromRequests(found.Requests, files)
	out, err := File("", "s.json", "", list)
	if err != nil {
		t.Fatal(err)
	}
	loads(t, out)
	return string(out), append(found.Left, left...)
}

func loads(t *testing.T, text []byte) {
	t.Helper()
	fsys := fstest.MapFS{"smoke/a.yaml": {Data: text}, "smoke/x.png": {Data: []byte("x")}, "smoke/data.json": {Data: []byte("{}")}}
	if _, err := smoke.Load(fsys, []string{"smoke"}); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestChecksOfRequests(t *testing.T) {
	text := `# Every order
GET http://localhost/orders?a={b}
Accept: application/json
User-Agent: x
[Cookies]
theme: dark
[BasicAuth]
bob: {{pw}}
[Options]
location: true
retry: 4
retry-interval: 500ms
HTTP 200
Content-Type: application/json
Set-Cookie: theme=light; Path=/
[Captures]
first: jsonpath "$['items'][0].id"
tag: header "ETag" regex /"(.*)"/
x: jsonpath "$.a" split ","
[Asserts]
status < 300
jsonpath "$.items" count == 2
jsonpath "$.items[*].id" count == 2
jsonpath "$.items[?(@.id==1)].name" == "string"
jsonpath "$.items" last == "z"
jsonpath "$.a.b-c" isString
jsonpath "$.n" > 1
jsonpath "$.n" < 9
jsonpath "$.n" not == 4
jsonpath "$.d" == "$x"
cookie "theme[Secure]" exists
header "Location" == "http://localhost/next"
duration < 500
body contains "one"
body contains "two"
body not contains "three"
xpath "//h1" exists
sha256 == hex,00FF;
bytes count == 12
certificate "Expire-Date" daysAfterNow > 15
redirects count == 2

POST http://localhost/orders
{"id": "{{first}}", "n": 1}

POST http://localhost/tree
{"b": [1, 2], "a": {"c": null}}
HTTP 201
{"type": "object"}

POST http://localhost/q
` + "```graphql\nquery { a }\n```\n" + `
POST http://localhost/up
[Multipart]
kind: a
pic: file,x.png; image/png

PUT http://localhost/raw
file,data.json;

PUT http://localhost/gone
file,gone.json;
`
	got, left := converted(t, "a.hurl", text, func(_ requests.Request, name string) (string, bool) { return name, name != "gone.json" })
	want := `# yaml-language-server: $schema=s.json
checks:
  - name: Every order
    request: GET /orders?a=%7Bb%7D
    headers: {Accept: application/json}
    cookies: {theme: dark}
    auth: {user: bob, password: '${PW}'}
    follow: true
    eventually: 2s
    expect:
      status: 200
      type: json
      cookies.theme: light
      expr: [status < 300, body contains "two"]
      body.items: {length: 2}
      $.items[*].id: {count: 2}
      $.items[?(@.id==1)].name: {equals: string}
      $.items[-1]: z
      body.a.b-c: string
      body.n: {not: {max: 1}}
      $.n: {not: {min: 9}}
      cookies.theme.secure: true
      headers.Location: {matches: '^(https?://[^/]+)?/next$'}
      within: 500ms
      body: {contains: one, not: {contains: three}}
      xpath //h1: {present: true}
      sha256: 00ff
      size: 12
      certificate.days_left: {not: {max: 15}}
      redirects: 2
    capture: {first: body.items.0.id, tag: {query: headers.ETag, matches: '"(.*)"'}}
    from: a.hurl:2
  - name: POST /orders
    request: POST /orders
    headers: {Content-Type: application/json}
    body: '{"id": "${first}", "n": 1}'
    writes: true
    expect: {status: [2xx, 3xx]}
    from: a.hurl:43
  - name: POST /tree
    request: POST /tree
    body: {a: {c: null}, b: [1, 2]}
    writes: true
    expect: {status: 201, body: {equals: {type: object}}}
    from: a.hurl:46
  - name: POST /q
    request: POST /q
    body: {query: 'query { a }'}
    writes: false
    expect: {status: [2xx, 3xx]}
    from: a.hurl:51
  - name: POST /up
    request: POST /up
    form: {kind: a}
    files: {pic: {file: x.png, type: image/png}}
    writes: true
    expect: {status: [2xx, 3xx]}
    from: a.hurl:56
  - name: PUT /raw
    request: PUT /raw
    body_file: data.json
    writes: true
    expect: {status: [2xx, 3xx]}
    from: a.hurl:61
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	var reasons []string
	for _, l := range left {
		reasons = append(reasons, l.String())
	}
	wantLeft := `a.hurl:29: assert jsonpath $.n !=: the format has one such condition for a value
a.hurl:30: assert jsonpath $.d ==: a text that begins with $ stands for something else in a check
a.hurl:19: capture x: a capture has no filter split
a.hurl:64: PUT /gone: its body is in the file gone.json, which is not there`
	if got := strings.Join(reasons, "\n"); got != wantLeft {
		t.Errorf("left out\n%s\nwant\n%s", got, wantLeft)
	}
}

// What is captured again and again, as tokens are, is as good for the checks behind it as what is captured once.
func TestCapturedTwice(t *testing.T) {
	text := ""
	for range 3 {
		text += "GET http://localhost/login\nHTTP 200\n[Captures]\ntoken: jsonpath \"$.token\"\n"
	}
	checks, left := converted(t, "a.hurl", text+"GET http://localhost/me\nX-Session: {{token}}\nHTTP 200\n", nil)
	if len(left) > 0 || strings.Count(checks, "capture: {token: body.token}") != 3 || !strings.Contains(checks, "X-Session: '${token}'") {
		t.Errorf("%v\n%s", left, checks)
	}
}

func TestAppend(t *testing.T) {
	list := func(text string) []Check {
		found, err := requests.Read("a.hurl", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		checks, _ := FromRequests(found.Requests, nil)
		return checks
	}
	first, err := File("shop", "s.json", "about", list("GET /a\nHTTP 200\nGET /b\n"))
	if err != nil {
		t.Fatal(err)
	}
	edited := strings.Replace(string(first), "status: 200", "status: [200, 204]", 1)
	edited = strings.Replace(edited, "    from: a.hurl:3\n", "", 1)
	edited = strings.TrimSuffix(strings.Replace(edited, "  - name: GET /b", "  # not this one: a.hurl:3\n  - name: mine", 1), "\n")
	out, added, err := Append("smoke/a.yaml", []byte(edited), list("GET /a\nHTTP 200\nGET /b\n\nGET /c\nGET /d\n"))
	if err != nil || added != 2 || !strings.HasPrefix(string(out), edited) || !strings.Contains(string(out), "\n  - name: GET /c\n") {
		t.Errorf("%d, %v\n%s", added, err, out)
	}
	loads(t, out)
	again, added, err := Append("smoke/a.yaml", out, list("GET /a\nHTTP 200\nGET /b\n\nGET /c\nGET /d\n"))
	if err != nil || added != 0 || string(again) != string(out) {
		t.Errorf("a second time: %d, %v", added, err)
	}
	for text, says := range map[string]string{
		"checks: [GET /]\n":                "name another file with --to",
		"checks:\n  - GET /\nservice: a\n": "is not the last key",
		"a: b\n":                           `no "checks"`,
		"- a\n":                            "no file of checks",
		"":                                 "no file of checks",
		"a: [":                             "f.yaml: ",
	} {
		if _, _, err := Append("f.yaml", []byte(text), list("GET /x\n")); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
}

// TestRecordedChecks: what a log counted changes from day to day; the request tells whether a check is there.
func TestRecordedChecks(t *testing.T) {
	record := func(lines string) []Check {
		traffic := requests.NewTraffic()
		if err := traffic.Read("access.log", strings.NewReader(lines)); err != nil {
			t.Fatal(err)
		}
		checks, _ := FromRequests(traffic.Top(requests.TopOptions{}).Requests, nil)
		return checks
	}
	line := `1.1.1.1 - - [x] "GET /orders/12?page=2 HTTP/1.1" 200 1` + "\n"
	out, err := File("", "s", "", record(line))
	if err != nil {
		t.Fatal(err)
	}
	want := `# yaml-language-server: $schema=s
checks:
  - name: GET /orders/{id}
    request: GET /orders/{id}?page=2
    with: {id: "12"}
    expect: {status: 200}
    from: access.log (asked for once, 100 % good)
`
	if string(out) != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
	loads(t, out)
	if _, added, err := Append("a", out, record(line+line)); err != nil || added != 0 {
		t.Errorf("%d, %v", added, err)
	}
}

func TestVariables(t *testing.T) {
	text := "checks:\n  - request: GET /${A}/${first}/${B:-x}/$${C}\n    with: {id: 1}\n    capture: {first: body.id}\n"
	if got := strings.Join(Variables([]byte(text)), " "); got != "A" {
		t.Errorf("got %s", got)
	}
}

// FuzzConvert: whatever is read makes a file that can be loaded, but for what only a run can know.
func FuzzConvert(f *testing.F) {
	f.Add("a.hurl", "GET /a/{b}?c=${d}\nX: ${e}\n[Form]\na: $b\nHTTP 200\n[Captures]\nx: regex \"(a)\"\n[Asserts]\nheader \"A\" == \"$q\"\ncookie \"a b\" exists\njsonpath \"$..a[?\" == 1\nxpath \"//[\" exists\n")
	f.Add("a.hurl", "POST /{{x}}\n{\"a\": \"$b\", \"c\": [{}]}\nHTTP 200\n{\"a\": \"${b}\"}\n")
	f.Add("a.http", "GET /\nA: {{b}}\n\nbody ${x}\n")
	f.Add("a.sh", "curl -d @x 'http://localhost/a?b={c}' -H 'a b: c'\n")
	f.Fuzz(func(t *testing.T, name, text string) {
		found, err := requests.Read(name, []byte(text))
		if err != nil {
			return
		}
		checks, _ := FromRequests(found.Requests, nil)
		out, err := File("", "s", "", checks)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := smoke.Load(fstest.MapFS{"a.yaml": {Data: out}}, []string{"a.yaml"}); err != nil {
			t.Fatalf("%v\nof %q\n%s", err, text, out)
		}
	})
}
