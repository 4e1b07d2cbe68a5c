package smoke

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// raw is a server that reads a request and then does what say does to the connection.
func raw(t *testing.T, say func(conn net.Conn, path string)) string {
	t.Helper()
	return speak(t, func(conn net.Conn) {
		req, err := http.ReadRequest(bufio.NewReader(conn))
		if err == nil {
			say(conn, req.URL.Path)
		}
	})
}

// endless writes text until the other side has had enough.
func endless(conn io.Writer, text string) {
	for {
		if _, err := io.WriteString(conn, text); err != nil {
			return
		}
	}
}

const ok200 = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

// hostile are servers that do what no server should, each with the beginning of what the check says of it.
var hostile = map[string]struct {
	say  func(conn net.Conn)
	want string
}{
	"endless body": {func(c net.Conn) { _, _ = io.WriteString(c, ok200+"\r\n"); endless(c, strings.Repeat("x", 1<<16)) }, "body.a: expected 1, got more than 8 MiB of body"},
	"endless chunks": {func(c net.Conn) {
		_, _ = io.WriteString(c, ok200+"Transfer-Encoding: chunked\r\n\r\n")
		endless(c, "10000\r\n"+strings.Repeat("x", 1<<16)+"\r\n")
	}, "body.a: expected 1, got more than 8 MiB of body"},
	"chunks that are none": {func(c net.Conn) { _, _ = io.WriteString(c, ok200+"Transfer-Encoding: chunked\r\n\r\nzz\r\n") }, "connection: expected an answer, got a status 200, and then in its body: invalid byte in chunk length"},
	"slow answer": {func(c net.Conn) {
		for range 1000 {
			if _, err := io.WriteString(c, "H"); err != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}, "connection: expected an answer, got no full answer within 500ms"},
	"slow body": {func(c net.Conn) {
		_, _ = io.WriteString(c, ok200+"Content-Length: 1000\r\n\r\n")
		for range 1000 {
			if _, err := io.WriteString(c, " "); err != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}, "connection: expected an answer, got no full answer within 500ms"},
	"silence": {func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, "connection: expected an answer, got no full answer within 500ms"},
	"10 MB of headers": {func(c net.Conn) {
		_, _ = io.WriteString(c, ok200)
		endless(c, "X-A: "+strings.Repeat("x", 1<<16)+"\r\n")
	}, "connection: expected an answer, got more than 1 MiB of headers"},
	"an endless header":    {func(c net.Conn) { _, _ = io.WriteString(c, ok200+"X-A: "); endless(c, strings.Repeat("x", 1<<16)) }, "connection: expected an answer, got more than 1 MiB of headers"},
	"endless 103s":         {func(c net.Conn) { endless(c, "HTTP/1.1 103 Early Hints\r\n\r\n") }, "connection: expected an answer, got "},
	"not HTTP":             {func(c net.Conn) { _, _ = io.WriteString(c, "220 mail ESMTP\r\n") }, `connection: expected an answer, got no HTTP there: malformed HTTP status code "mail"`},
	"close without answer": {func(net.Conn) {}, "connection: expected an answer, got connection closed without an answer"},
	"close in the headers": {func(c net.Conn) { _, _ = io.WriteString(c, ok200) }, "connection: expected an answer, got connection closed without an answer"},
	"close in the body":    {func(c net.Conn) { _, _ = io.WriteString(c, ok200+"Content-Length: 10\r\n\r\n{") }, "connection: expected an answer, got a status 200, and then in its body: the end of the connection"},
	"gzip that is none": {func(c net.Conn) {
		_, _ = io.WriteString(c, ok200+"Content-Encoding: gzip\r\nContent-Length: 20\r\n\r\nthis is no gzip body")
	}, "connection: expected an answer, got a status 200, and then in its body: Content-Encoding is gzip, but: gzip: invalid header"},
	"gzip cut off": {func(c net.Conn) {
		_, _ = io.WriteString(c, ok200+"Content-Encoding: gzip\r\nContent-Length: 12\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x01\x02")
	}, "connection: expected an answer, got a status 200, and then in its body: the end of the connection"},
	"gzip bomb": {func(c net.Conn) {
		_, _ = io.WriteString(c, ok200+"Content-Encoding: gzip\r\n\r\n")
		z := gzip.NewWriter(c)
		endless(z, strings.Repeat("\x00", 1<<20))
	}, "body.a: expected 1, got more than 8 MiB of body"},
	"redirect loop": {func(c net.Conn) {
		_, _ = io.WriteString(c, "HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n")
	}, "connection: expected an answer, got one more redirect than 10, to "},
	"redirect to ftp": {func(c net.Conn) {
		_, _ = io.WriteString(c, "HTTP/1.1 302 Found\r\nLocation: ftp://a/b\r\nContent-Length: 0\r\n\r\n")
	}, `connection: expected an answer, got unsupported protocol scheme "ftp"`},
	"deep JSON":     {func(c net.Conn) { _, _ = io.WriteString(c, ok200+"\r\n"+strings.Repeat("[", 1<<20)) }, "body.a: expected 1, got a body that is not JSON"},
	"status 999":    {func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n") }, "status: expected 2xx, got 999"},
	"half a status": {func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 20") }, `connection: expected an answer, got no HTTP there: malformed HTTP status code "20"`},
}

// Whatever a server does, the check comes to its end, in the time that it was given and in little memory, and says what
// happened. The transport and the lane are two ways for a request, and tell the same.
func TestHostileServers(t *testing.T) {
	for name, server := range hostile {
		address := raw(t, func(conn net.Conn, _ string) { server.say(conn) })
		target, err := ParseTarget(address)
		if err != nil {
			t.Fatal(err)
		}
		timeout := "20s"
		if strings.Contains(server.want, "500ms") || name == "endless 103s" {
			timeout = "500ms"
		}
		for way, check := range map[string]string{
			"lane":      "{request: GET /, follow: true, timeout: " + timeout + ", expect: {body.a: 1}}",
			"transport": "{request: POST /, writes: false, body: a, follow: true, timeout: " + timeout + ", expect: {body.a: 1}}",
		} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			report, err := Run(t.Context(), Options{Target: target}, load(t, map[string]string{"a.yaml": "checks:\n  - " + check + "\n"}))
			runtime.ReadMemStats(&after)
			if err != nil || report.Failed != 1 {
				t.Errorf("%s, %s: %+v, %v", name, way, report, err)
				continue
			}
			got := report.Results[0].Failures[0].String()
			if !strings.HasPrefix(got, server.want) {
				t.Errorf("%s, %s:\ngot  %s\nwant %s", name, way, got, server.want)
			}
			if took := time.Since(began); took > 25*time.Second {
				t.Errorf("%s, %s: took %s", name, way, took)
			}
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 100<<20 {
				t.Errorf("%s, %s: took %d MiB of memory", name, way, grown>>20)
			}
		}
	}
}

// TLS that is none, and TLS that stops in the middle.
func TestHostileTLS(t *testing.T) {
	for name, tt := range map[string]struct {
		say  func(conn net.Conn)
		want string
	}{
		"plain http": {func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") }, "plain http where https was asked for"},
		"noise":      {func(c net.Conn) { endless(c, "\x00\x01\x02\x03garbage") }, "no TLS there: the port speaks something else"},
		"an alert":   {func(c net.Conn) { _, _ = io.WriteString(c, "\x15\x03\x03\x00\x02\x02\x28") }, "remote error: tls: handshake failure"},
		"the end":    {func(net.Conn) {}, "connection"},
		"silence":    {func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, "no full answer within 300ms"},
	} {
		address := speak(t, func(conn net.Conn) {
			hello := make([]byte, 64)
			_, _ = conn.Read(hello)
			tt.say(conn)
		})
		target, err := ParseTarget("https://" + address)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		report, err := Run(t.Context(), Options{Target: target, Timeout: 300 * time.Millisecond},
			load(t, map[string]string{"a.yaml": "checks:\n  - GET /\n  - tls: valid\n  - hello: redis :" + target.Port + " over tls\n  - grpc: health\n"}))
		if err != nil || report.Failed != 4 {
			t.Errorf("%s: %+v, %v", name, report, err)
			continue
		}
		if got := report.Results[0].Failures[0].Got; !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s: took %s", name, took)
		}
	}
}

// A server may close a connection that rests; the next request goes over another and nobody learns of it. A request that
// may change data is never sent twice.
func TestAConnectionThatRestsMayBeClosed(t *testing.T) {
	asked := make(chan string, 100)
	address := raw(t, func(conn net.Conn, path string) {
		asked <- path
		fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
	})
	target, err := ParseTarget(address)
	if err != nil {
		t.Fatal(err)
	}
	report, err := Run(t.Context(), Options{Target: target}, load(t, map[string]string{"a.yaml": "checks: [GET /1, GET /2, HEAD /3, GET /4]"}))
	if err != nil || report.Passed != 4 { // the answer to HEAD has a body here, that nobody may take for the one to /4
		t.Errorf("%+v, %v", report, err)
	}
	close(asked)
	var paths []string
	for path := range asked {
		paths = append(paths, path)
	}
	if got := strings.Join(paths, " "); got != "/1 /2 /3 /4" {
		t.Errorf("asked %s", got)
	}
}
