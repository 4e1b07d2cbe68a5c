package smoke

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// services are what the files of testdata/failing are run against, by their "service".
func services(t *testing.T) (targets, values map[string]string) {
	t.Helper()
	mux := http.NewServeMux()
	for _, path := range []string{"health", "problem", "labelled", "text", "list", "broken", "old"} {
		mux.Handle("/base/"+path, shop())
	}
	mux.Handle("/base/", mirror())
	mux.HandleFunc("/base/slow", func(http.ResponseWriter, *http.Request) { time.Sleep(60 * time.Millisecond) })
	mux.HandleFunc("/base/empty", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/base/huge", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"a": "`+strings.Repeat("x", maxBody)+`"}`)
	})
	mux.HandleFunc("/base/badxml", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		_, _ = io.WriteString(w, "<items><item>x</items>")
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	self := quietTLS(mux)
	t.Cleanup(self.Close)
	starting := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }))
	t.Cleanup(starting.Close)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := l.Addr().String()
	l.Close()
	smtp := speak(t, func(conn net.Conn) { _, _ = io.WriteString(conn, "220 mail ESMTP\r\n") })
	silent := speak(t, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
	closed := speak(t, func(conn net.Conn) { _, _ = conn.Read(make([]byte, 4096)) })
	health := healthServer(t, func(service string) ([]byte, string) {
		if service == "shop.Down" {
			return []byte{8, 2}, "0"
		}
		return nil, "5"
	})
	targets = map[string]string{"shop": server.URL + "/base", "dead": dead, "nowhere": "http://does-not-exist.invalid", "self": self.URL + "/base",
		"crossed": strings.Replace(server.URL, "http:", "https:", 1), "mail": smtp, "starting": starting.URL, "closed": closed}
	values = map[string]string{"DEAD": dead, "SMTP": smtp, "SILENT": silent, "CLOSED": closed, "GRPC": health, "EMPTY": "",
		"SELF": strings.TrimPrefix(self.URL, "https://")}
	return targets, values
}

// Every check of testdata/failing fails, and the first line that is said of it names the cause. The lines stand in
// testdata/failing/messages.txt, where they were judged one by one.
func TestFailingChecksNameTheirCause(t *testing.T) {
	targets, values := services(t)
	var anonymous []string // addresses that change from run to run
	for name, address := range values {
		if address != "" {
			anonymous = append(anonymous, address, name)
		}
	}
	for _, target := range targets {
		if t, err := ParseTarget(target); err == nil && net.ParseIP(t.Host) != nil {
			anonymous = append(anonymous, t.Address(), "TARGET")
		}
	}
	hide := strings.NewReplacer(anonymous...)
	suites, err := Load(os.DirFS("testdata"), []string{"failing"})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	checks := 0
	for _, suite := range suites {
		target, err := ParseTarget(targets[suite.Service])
		if err != nil {
			t.Fatal(err)
		}
		report, err := Run(t.Context(), Options{Target: target, Exec: true, Values: values, Wait: 100 * time.Millisecond}, []Suite{suite})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", suite.File)
		for _, r := range report.Results {
			checks++
			line := "PASSED"
			if len(r.Failures) > 0 {
				line = fmt.Sprintf("%d: %s", r.Failures[0].Line, r.Failures[0])
			}
			if r.Status == Passed && suite.File == "failing/flow.yaml" && r.Request != "" && strings.Contains(r.Name, "GET /health") {
				line = "passed, for the next one"
			} else if r.Status != Failed {
				t.Errorf("%s:%d %s: %s %s", r.File, r.Line, r.Name, r.Status, r.Reason)
			}
			fmt.Fprintf(&b, "  %-50s  %s\n", r.Name, varying.ReplaceAllString(hide.Replace(line), "N"))
		}
	}
	if checks < 80 {
		t.Errorf("%d checks", checks)
	}
	file := filepath.Join("testdata", "failing", "messages.txt")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// varying are times and the like that change from run to run.
var varying = regexp.MustCompile(`\b\d+(\.\d+)?(ms|µs|s)\b|\(\d+ attempts|at most 20, got [\d.]+`)
