package smoke

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// mirror tells in JSON what it was sent, sets a cookie, and knows pages of other kinds.
func mirror() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/base/mirror", func(w http.ResponseWriter, r *http.Request) {
		out := map[string]any{"query": r.URL.RawQuery, "auth": r.Header.Get("Authorization"), "cookie": r.Header.Get("Cookie"), "type": r.Header.Get("Content-Type")}
		if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
			if err := r.ParseMultipartForm(1 << 20); err == nil {
				for field, files := range r.MultipartForm.File {
					f, _ := files[0].Open()
					text, _ := io.ReadAll(f)
					out["file "+field] = fmt.Sprintf("%s %s %q", files[0].Filename, files[0].Header.Get("Content-Type"), text)
				}
				for field, values := range r.MultipartForm.Value {
					out["form "+field] = strings.Join(values, "|")
				}
			}
		} else {
			body, _ := io.ReadAll(r.Body)
			out["body"] = string(body)
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, asJSON(out))
	})
	mux.HandleFunc("/base/login", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "s3ss10n-of-" + r.URL.Query().Get("as"), HttpOnly: true, MaxAge: 60, Path: "/", SameSite: http.SameSiteLaxMode})
		w.Header().Set("Location", "/base/orders/4711")
		w.Header().Set("X-Rate", "42")
	})
	mux.HandleFunc("/base/hop/", func(w http.ResponseWriter, r *http.Request) {
		var n int
		_, _ = fmt.Sscanf(r.URL.Path, "/base/hop/%d", &n)
		if n > 0 {
			http.Redirect(w, r, fmt.Sprintf("/base/hop/%d", n-1), http.StatusFound)
		}
	})
	mux.HandleFunc("/base/items", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"total": 3, "items": [{"id": 1, "price": 5, "name": "a"}, {"id": 2, "price": 20.5, "name": "b"}, {"id": 3, "price": 30, "name": "c"}]}`)
	})
	mux.HandleFunc("/base/page", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<html><title>Shop</title><h1 class="title big"> Our <b>Shop</b></h1><ul><li>1<li>2</ul><a class=next href="/page/2">next</a>version=2.10</html>`)
	})
	mux.HandleFunc("/base/feed", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		fmt.Fprint(w, `<?xml version="1.0"?><rss><channel><title>News</title><item id="7"/><item id="8"/></channel></rss>`)
	})
	mux.HandleFunc("/base/packed", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("Accept-Encoding") == "gzip" {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			fmt.Fprint(z, `{"packed": true}`)
			_ = z.Close()
		}
	})
	mux.HandleFunc("/base/socket", func(w http.ResponseWriter, r *http.Request) {
		accept := acceptKey(r.Header.Get("Sec-WebSocket-Key"))
		if r.URL.Query().Has("wrong") {
			accept = "x"
		}
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\nX-Origin: %s\r\n\r\n", accept, r.Header.Get("Origin"))
	})
	return mux
}

// expectAll runs a file of which every check passes, but for those whose name begins with "FAIL text": their first failure
// says text.
func expectAll(t *testing.T, server *httptest.Server, o Options, files map[string]string) Report {
	t.Helper()
	report, err := run(t, server, o, files)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range report.Results {
		want, fails := strings.CutPrefix(r.Name, "FAIL ")
		got := ""
		if len(r.Failures) > 0 {
			got = r.Failures[0].String()
		}
		switch {
		case fails && got != want:
			t.Errorf("%s:%d:\ngot  %s\nwant %s", r.File, r.Line, got, want)
		case !fails && r.Status != Passed:
			t.Errorf("%s:%d %s is %s: %s%s", r.File, r.Line, r.Name, r.Status, got, r.Reason)
		}
	}
	return report
}

func TestWhatARequestSends(t *testing.T) {
	server := httptest.NewServer(mirror())
	defer server.Close()
	env := map[string]string{"B": "x&y", "PASS": "pa:ss"}
	o := Options{Writes: true, Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
	expectAll(t, server, o, map[string]string{"a.yaml": `
auth: {user: me, password: "${PASS}"}
checks:
  - {request: "GET /mirror?x=1", query: {limit: 1, tag: [a b, "${B}"]}, expect: {body.query: "x=1&limit=1&tag=a+b&tag=x%26y", body.auth: "Basic bWU6cGE6c3M="}}
  - {request: GET /mirror, query: {q: 1}, auth: {bearer: "tok"}, expect: {body.query: q=1, body.auth: Bearer tok}}
  - request: POST /mirror
    writes: false
    form: {title: "a b&c", n: [1, 2]}
    expect: {body.type: application/x-www-form-urlencoded, body.body: "title=a+b%26c&n=1&n=2"}
  - request: POST /mirror
    writes: false
    form: {title: "a b"}
    files: {photo: files/cat.png, other: {file: files/order.json, name: x y.json, type: text/plain}}
    expect: {"body.file photo": 'cat.png image/png "\x89PNG"', body."form title": a b, "body.type": {matches: ^multipart/form-data; boundary=}}
  - {request: PUT /mirror, writes: true, body_file: files/order.json, expect: {body.type: application/json, body.body: '{"id": 1}'}}
  - {request: GET /mirror, cookies: {a: b, c: "1"}, expect: {body.cookie: a=b; c=1}}
  - {request: "GET /mirror?v={v}", with: {v: a&b}, expect: {body.query: v=a%26b}}
`})
}

func TestQueriesOfAnAnswer(t *testing.T) {
	server := httptest.NewServer(mirror())
	defer server.Close()
	expectAll(t, server, Options{}, map[string]string{"a.yaml": strings.ReplaceAll(`
checks:
  - request: GET /items
    expect:
      "$.items[?@.price > 10].name": [b, c]
      "$.items[0].id": 1
      "$..id": {count: 3, contains: 2}
      "$.items[?@.price > 99]": {count: 0}
      "$.none": {present: false}
      $: object
      body.total: {not: 4, min: 3}
      body.items: {not: {length: 2}}
      size: {min: 50, max: 500}
      protocol: HTTP/1.1
      url: {matches: "/base/items$"}
      redirects: 0
      sha256: {length: 64}
      time: {min: 0, max: 60000}
      'regex "total": (\d+)': 3
      schema: {type: object, required: [items], properties: {total: {type: integer}}}
      expr: ["json.total == len(json.items)", 'headers["content-type"] contains "json"', "sum(map(json.items, .price)) == 55.5"]
    capture: {ids: "$.items[*].id", first: "$.items[0].id"}
  - {request: "GET /items", expect: {expr: "json.items[0].id == first && 3 in ids"}}
  - request: GET /page
    expect:
      css h1.title: Our Shop
      css li: {count: 2, contains: "2", equals: ["1", "2"]}
      css a.next@href: /page/2
      xpath //title: {equals: Shop, length: 4}
      xpath count(//li): 2
      xpath //a/@href: /page/2
      xpath boolean(//form): false
      css form: {present: false}
      regex version=([\d.]+): 2.10
  - {request: GET /feed, expect: {type: xml, xpath //item/@id: [7, 8], xpath //channel/title: News}}
  - {request: GET /packed, headers: {Accept-Encoding: gzip}, expect: {headers: {Content-Encoding: gzip}, body.packed: true}}
  - {request: GET /hop/3, follow: true, expect: {redirects: 3, url: {matches: /hop/0$}}}
  - {request: GET /hop/2, follow: 2, expect: {redirects: 2}}
  - {name: "FAIL connection: expected an answer, got one more redirect than 2, to URL/base/hop/0", request: GET /hop/3, follow: 2}
  - {name: 'FAIL $.items[*].id: expected 2 of them, got 3: [1,2,3]', request: GET /items, expect: {"$.items[*].id": {count: 2}}}
  - {name: "FAIL body.total: expected anything but 3, got 3", request: GET /items, expect: {body.total: {not: 3}}}
  - {name: 'FAIL css h1: expected "Shop", got "Our Shop"', request: GET /page, expect: {css h1: Shop}}
  - {name: "FAIL schema: expected a body as smoke/files/order.schema.json says, got the body: missing property 'id'", request: GET /items, expect: {schema: files/order.schema.json}}
  - {name: "FAIL expr: expected json.total > 3, got false", request: GET /items, expect: {expr: json.total > 3}}
  - {name: 'FAIL certificate.days_left: expected at least 14, got no certificate: the connection has no TLS', request: GET /items, expect: {certificate.days_left: {min: 14}}}
`, "URL", server.URL)})
}

func TestCapturesCookiesAndUse(t *testing.T) {
	server := httptest.NewServer(mirror())
	defer server.Close()
	report := expectAll(t, server, Options{}, map[string]string{
		"a.yaml": `
values: {WHO: file}
checks:
  - {use: shared/in.yaml, with: {who: "${WHO}"}}
  - {request: GET /mirror, cookies: {x: "1"}, expect: {body.cookie: "x=1; sid=s3ss10n-of-file"}}
  - {request: "GET /mirror?o=${order}", expect: {body.query: o=4711, body.auth: ""}}
`,
		"b.yaml":         "checks:\n  - {request: GET /mirror, expect: {body.cookie: ''}}\n", // another file, another jar
		"shared/in.yaml": "auth: {bearer: x}\nchecks:\n  - request: GET /login?as={who}\n    expect: {cookies.sid: s3ss10n-of-file, cookies.sid.httponly: true, cookies.sid.max_age: 60, cookies.sid.samesite: Lax, headers: {X-Rate: {min: 40}}}\n    capture: {order: {query: headers.Location, matches: '/orders/(\\d+)'}}\n",
	})
	if r := report.Results[0]; r.File != "smoke/shared/in.yaml" || r.Suite != "smoke/a.yaml" || r.Line != 3 {
		t.Errorf("a check of a file that is used stands at %s:%d, run by %s", r.File, r.Line, r.Suite)
	}
}

func TestRowsTagsAndValues(t *testing.T) {
	server := httptest.NewServer(mirror())
	defer server.Close()
	file := map[string]string{"a.yaml": `
values: {Q: file, R: file}
checks:
  - {tags: fast, request: "GET /mirror?id={id}&q={q}", with: {id: [1, 2], q: [a, b]}, expect: {body.query: "id={id}"}}
  - {tags: [slow, fast], name: "mirror of {id}", request: "GET /mirror?id={id}&q=${Q}${R}${S}", with: [{id: 7}, {id: 8}], expect: {body.query: {contains: given-env}}}
`}
	o := Options{Values: map[string]string{"Q": "given", "S": ""}, Env: func(name string) (string, bool) {
		v, ok := map[string]string{"Q": "env", "R": "-env"}[name]
		return v, ok
	}}
	report, err := run(t, server, o, file)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range report.Results {
		names = append(names, r.Name)
	}
	if want := "GET /mirror?id=1&q=a GET /mirror?id=1&q=b GET /mirror?id=2&q=a GET /mirror?id=2&q=b mirror of 7 mirror of 8"; strings.Join(names, " ") != want {
		t.Errorf("got %q", names)
	}
	if report.Failed != 4 || report.Passed != 2 { // {id} is no variable outside the path
		t.Errorf("%d passed, %d failed: %+v", report.Passed, report.Failed, report.Results)
	}
	for tags, want := range map[string]int{"fast": 6, "slow": 2, "fast !slow": 4, "!fast": 0, "": 6} {
		o.Tags = strings.Fields(tags)
		report, err := run(t, server, o, file)
		if err != nil || len(report.Results)-report.Skipped != want {
			t.Errorf("tags %q: %d of %d ran, want %d, %v", tags, len(report.Results)-report.Skipped, len(report.Results), want, err)
		}
	}
}

func TestWebSocketAndCommands(t *testing.T) {
	server := httptest.NewServer(mirror())
	defer server.Close()
	file := map[string]string{"a.yaml": `
values: {WHO: world}
checks:
  - {websocket: /socket, headers: {Origin: here}, expect: {headers: {X-Origin: here}}}
  - {name: 'FAIL websocket: expected Sec-WebSocket-Accept: RNviI6rmTi5isx025Rm6ugegjx8=, got "x"', websocket: "/socket?wrong"}
  - {name: "FAIL status: expected 101, got 200", websocket: /mirror}
  - {exec: 'echo "{\"hello\": \"$WHO\", \"target\": \"$TARGET_URL\"}"', expect: {body.hello: world, body.target: {contains: 127.0.0.1}}, capture: {greeted: body.hello}}
  - {request: "GET /mirror?q=${greeted}", expect: {body.query: q=world}}
  - {exec: [sh, -c, exit 3], expect: {exit: 3}}
  - {name: 'FAIL exit: expected 0, got exit 2: it is broken', exec: "echo it is broken >&2; exit 2"}
  - {name: 'FAIL exec: expected an end of the command, got no full answer within 100ms', exec: sleep 9, timeout: 100ms}
  - {name: 'FAIL exec: expected a command that runs, got exec: "no-such-command": executable file not found in $PATH', exec: [no-such-command]}
`}
	expectAll(t, server, Options{Exec: true}, file)
	report, err := run(t, server, Options{}, file)
	if err != nil || report.Skipped != 6 || !strings.Contains(report.Results[3].Reason, "--exec") {
		t.Errorf("%+v, %v", report, err)
	}
}

// The example of RFC 6455, 1.3.
func TestAcceptKey(t *testing.T) {
	if got := acceptKey("dGhlIHNhbXBsZSBub25jZQ=="); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Error(got)
	}
}

// healthServer speaks gRPC's health protocol over HTTP/2 without TLS.
func healthServer(t *testing.T, answer func(service string) (message []byte, code string)) string {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := make([]byte, 5)
		if _, err := io.ReadFull(r.Body, head); err != nil {
			return
		}
		message := make([]byte, binary.BigEndian.Uint32(head[1:]))
		_, _ = io.ReadFull(r.Body, message)
		service := ""
		if len(message) > 2 {
			service = string(message[2:])
		}
		reply, code := answer(service)
		w.Header().Set("Trailer", "Grpc-Status")
		w.Header().Set("Content-Type", "application/grpc")
		if code == "0" {
			_, _ = w.Write(append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(reply))), reply...))
		}
		w.Header().Set("Grpc-Status", code)
	}))
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func TestGRPCHealth(t *testing.T) {
	address := healthServer(t, func(service string) ([]byte, string) {
		switch service {
		case "":
			return []byte{8, 1}, "0"
		case "shop.Down":
			return []byte{8, 2}, "0"
		}
		return nil, "5"
	})
	server := httptest.NewServer(mirror())
	defer server.Close()
	expectAll(t, server, Options{}, map[string]string{"a.yaml": strings.ReplaceAll(`
checks:
  - {grpc: "ADDRESS health", expect: {within: 5s}}
  - {name: "FAIL grpc: expected shop.Down to be SERVING, got NOT_SERVING", grpc: "ADDRESS health shop.Down"}
  - {name: "FAIL grpc: expected shop.None to be SERVING, got NOT_FOUND: the health service knows no such service", grpc: "ADDRESS health shop.None"}
`, "ADDRESS", address)})
	report, err := run(t, server, Options{}, map[string]string{"a.yaml": "checks: [{grpc: health}]"})
	if err != nil || report.Failed != 1 || !strings.HasPrefix(report.Results[0].Failures[0].Got, noHTTP2) {
		t.Errorf("a server of HTTP/1.1: %+v, %v", report, err)
	}
}

func TestTheTargetsPortIsOpen(t *testing.T) {
	server := httptest.NewServer(mirror())
	report, err := run(t, server, Options{}, map[string]string{"a.yaml": "checks: [{tcp: open}]"})
	if err != nil || report.Passed != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	server.Close()
	report, err = run(t, server, Options{}, map[string]string{"a.yaml": "checks: [{tcp: open}]"})
	if err != nil || report.Failed != 1 || report.Results[0].Failures[0].What != "connection" {
		t.Errorf("nobody is there: %+v, %v", report, err)
	}
}

// speak answers each connection with what say makes of its first bytes.
func speak(t *testing.T, say func(conn net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				say(conn)
			}()
		}
	}()
	return l.Addr().String()
}

func TestHello(t *testing.T) {
	replies := map[string]string{
		"postgres": "N", "mysql": "\x4a\x00\x00\x00\x0a8.0.36\x00", "redis": "-NOAUTH Authentication required.\r\n", "memcached": "VERSION 1.6.9\r\n",
		"mongodb": "\x24\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00rest", "rabbitmq": "\x01\x00\x00\x00\x00\x01\xf0\x00\x0a", "smtp": "220 mail ESMTP\r\n",
		"imap": "* OK ready\r\n", "ftp": "220-welcome\r\n", "ssh": "SSH-2.0-x\r\n", "nats": "INFO {}\r\n", "mqtt": "\x20\x02\x00\x05", "zookeeper": "imok", "ldap": "\x30\x0c\x02\x01\x01",
		"kafka": "\x00\x00\x00\x10\x00\x00\x00\x07\x00\x00", "elasticsearch": "HTTP/1.0 200 OK\r\n",
	}
	server := httptest.NewServer(mirror())
	defer server.Close()
	if len(replies) != len(greetings) {
		t.Errorf("%d kinds are known and %d tested", len(greetings), len(replies))
	}
	for kind, reply := range replies {
		good := speak(t, func(conn net.Conn) {
			if send := greetings[kind].send; send != "" {
				got := make([]byte, len(send))
				if _, err := io.ReadFull(conn, got); err != nil || string(got) != send {
					return
				}
			}
			_, _ = io.WriteString(conn, reply)
			_, _ = bufio.NewReader(conn).ReadByte() // until the other side closes
		})
		other := speak(t, func(conn net.Conn) { _, _ = io.WriteString(conn, strings.Repeat("?", 32)) })
		silent := speak(t, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
		report, err := run(t, server, Options{}, map[string]string{"a.yaml": fmt.Sprintf(
			"checks:\n  - {hello: '%s %s'}\n  - {hello: '%s %s'}\n  - {hello: '%s %s', timeout: 50ms}\n", kind, good, kind, other, kind, silent)})
		if err != nil {
			t.Fatal(err)
		}
		if r := report.Results[0]; r.Status != Passed || r.Summary != "is "+kind {
			t.Errorf("%s: %+v", kind, r)
		}
		if r := report.Results[1]; r.Status != Failed || r.Failures[0].Want != "the greeting of "+kind {
			t.Errorf("%s: %+v", kind, r)
		}
		if r := report.Results[2]; r.Status != Failed || r.Failures[0].Got != "a connection, and then nothing: no full answer within 50ms" {
			t.Errorf("%s: %+v", kind, r)
		}
	}
}
