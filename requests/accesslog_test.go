package requests

import (
	"fmt"
	"strings"
	"testing"
)

const combined = `10.0.0.1 - bob [21/Nov/2026:10:00:00 +0000] "%s %s HTTP/1.1" %d 512 "https://ref.example/?token=CANARY-ref" "agent CANARY-agent"` + "\n"

func logOf(lines ...string) string {
	var b strings.Builder
	for _, l := range lines {
		var method, target string
		var status, times int
		if _, err := fmt.Sscanf(l, "%s %s %d %d", &method, &target, &status, &times); err != nil {
			panic(l)
		}
		for range times {
			fmt.Fprintf(&b, combined, method, target, status)
		}
	}
	return b.String()
}

func top(t *testing.T, text string, o TopOptions) string {
	t.Helper()
	traffic := NewTraffic()
	if err := traffic.Read("access.log", strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	f := traffic.Top(o)
	for _, r := range f.Requests {
		fmt.Fprintf(&b, "%s | %s %s %v %v | %s\n", r.Name, r.Method, r.Path, r.With, r.Asserts[0].Value, r.Evidence)
	}
	for _, l := range f.Left {
		fmt.Fprintf(&b, "- %s: %s\n", l.What, l.Reason)
	}
	return b.String()
}

func TestTopOfALog(t *testing.T) {
	text := logOf(
		"GET /orders?page=1&sort=date 200 50", "GET /orders?page=2&sort=date 200 90", "GET /orders?page=2&sort=date 304 10",
		"GET /orders/17 200 60", "GET /orders/18 200 30", "GET /old 301 40",
		"GET /flaky 200 98", "GET /flaky 500 2",
		"GET /search?q=jane+doe 200 80", "GET /reset/dGhpc2lzMTIzYXNlY3JldDQ1Ng 200 30", "GET /me?access_token=CANARY-q 200 20",
		"GET /users/jane@example.com 200 15", "GET /files/01cc0f54-8885-4a1d-9121-ae5d316a33c5 200 12",
		"GET /app.js 200 500", "POST /orders 201 300", "GET /rare 200 1",
	) + "not a line of a log\n# a comment\n"
	want := `GET /orders | GET /orders?page=2&sort=date [] [200] | access.log (asked for 150 times, 100 % good)
GET /orders/{id} | GET /orders/{id} [{id 17}] [200] | access.log (asked for 90 times, 100 % good)
GET /old | GET /old [] [301] | access.log (asked for 40 times, 100 % good)
- GET /flaky (100 times): 98.0 % of the answers were good, less than 99 %
- GET /search?q (80 times): its query holds what may be personal: q
- GET /reset/{token} (30 times): its path holds a token that may open what it leads to
- GET /me?access_token (20 times): its query holds a secret
- GET /users/{mail} (15 times): its path holds an address of mail
- GET /files/{uuid} (12 times): its path holds a token that may open what it leads to
- GET /rare (once): it is not among the 3 most frequent
`
	got := top(t, text, TopOptions{Most: 3})
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if strings.Contains(got, "CANARY") || strings.Contains(got, "jane") || strings.Contains(got, "bob") {
		t.Errorf("something private in\n%s", got)
	}
}

// TestNamesInALog: where many words stand in one place of a path, they are names, be it of people.
func TestNamesInALog(t *testing.T) {
	var lines []string
	for i := range manyNames + 1 {
		lines = append(lines, fmt.Sprintf("GET /u/%c%c%c/posts 200 5", 'a'+i, 'b'+i, 'c'+i))
	}
	want := "GET /about | GET /about [] [200] | access.log (asked for 3 times, 100 % good)\n- GET /u/{name}/posts (65 times): its path holds a name that may be somebody's\n"
	if got := top(t, logOf(append(lines, "GET /about 200 3")...), TopOptions{}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestLinesOfLogs(t *testing.T) {
	for line, want := range map[string]hit{
		`1.2.3.4 - - [x] "GET /a?b=1 HTTP/1.1" 200 12`:                                                                                            {"GET", "/a?b=1", 200},
		`shop.example.com:443 1.2.3.4 - - [x] "HEAD / HTTP/2.0" 304 - "-" "x" 0.002`:                                                              {"HEAD", "/", 304},
		`https 2026-11-21T10:00:00 app/lb 1.2.3.4:5 10.0.0.1:80 0.0 0.01 0.0 200 200 34 366 "GET https://shop.example.com:443/a HTTP/1.1" "curl"`: {"GET", "https://shop.example.com:443/a", 200},
		`haproxy[1]: 1.2.3.4:5 [x] front back/s1 0/0/0/1/1 404 212 - - ---- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`:                                      {"GET", "/x", 404},
		`{"request_method": "GET", "request_uri": "/a", "status": "200"}`:                                                                         {"GET", "/a", 200},
		`{"request": "GET /b HTTP/1.1", "status": 200}`:                                                                                           {"GET", "/b", 200},
		`{"RequestMethod":"GET","RequestPath":"/c","DownstreamStatus":201}`:                                                                       {"GET", "/c", 201},
		`{"req":{"method":"GET","url":"/d"},"res":{"statusCode":204}}`:                                                                            {"GET", "/d", 204},
		`{"method":"GET","path":"/e","query_string":"page=2","status":200}`:                                                                       {"GET", "/e?page=2", 200},
		`{"httpRequest":{"requestMethod":"GET","requestUrl":"https://h/f","status":200}}`:                                                         {"GET", "https://h/f", 200},
	} {
		if got, ok := parseLine(line); !ok || got != want {
			t.Errorf("%s: %v %v", line, got, ok)
		}
	}
	for _, line := range []string{"x", "{", `{"a": 1}`, `{"method": "GET", "path": "/", "status": "up"}`, `"GET / HTTP/1.1" 999`} {
		if got, ok := parseLine(line); ok {
			t.Errorf("%s: %v", line, got)
		}
	}
}

// TestTrafficIsBounded: a log of ever new paths and of a line without an end takes no more room than any other.
func TestTrafficIsBounded(t *testing.T) {
	var b strings.Builder
	for i := range maxForms + 100 {
		fmt.Fprintf(&b, combined, "GET", fmt.Sprintf("/%c%c%c%c", 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26, 'a'+i/17576%26), 200)
	}
	b.WriteString(strings.Repeat("x", 3*maxLogLine) + "\n")
	traffic := NewTraffic()
	if err := traffic.Read("l", strings.NewReader(b.String())); err != nil || traffic.Lost != 100 || len(traffic.forms) != maxForms {
		t.Errorf("%v, %d lost, %d forms", err, traffic.Lost, len(traffic.forms))
	}
}

func FuzzTraffic(f *testing.F) {
	f.Add(logOf("GET /a?b=1 200 2"))
	f.Add(`{"request_method": "GET", "request_uri": "/a//?%zz=&", "status": "200"}`)
	f.Fuzz(func(t *testing.T, text string) {
		traffic := NewTraffic()
		if err := traffic.Read("l", strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		for _, r := range traffic.Top(TopOptions{Success: 0.01}).Requests {
			if !strings.HasPrefix(r.Path, "/") || strings.ContainsAny(r.Path, " \n\"") || len(r.Asserts) != 1 {
				t.Fatalf("%+v", r)
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	for name, text := range canaryFiles {
		f.Add(name, text)
	}
	f.Add("a.hurl", "GET /a\n[Asserts]\njsonpath \"$\" nth 1 == `x`\n```json,\n{{a}}\n")
	f.Add("a.http", "@a={{b}}\n@b={{a}}{{a}}\nGET {{a}}/x\n")
	f.Add("a.sh", "curl 'a\nb' \"$(curl x)\" `curl y` \\\n")
	f.Add("a.yaml", "openapi: 3.0.0\npaths: &a\n  /x: {get: *a, $ref: '#/paths'}\n")
	f.Fuzz(func(t *testing.T, name, text string) {
		found, err := Read(name, []byte(text))
		if err != nil {
			return
		}
		for _, r := range found.Requests {
			if !strings.HasPrefix(r.Path, "/") || strings.ContainsAny(r.Path, " \n\"") || !methodName.MatchString(r.Method) {
				t.Fatalf("%q %q", r.Method, r.Path)
			}
		}
	})
}
