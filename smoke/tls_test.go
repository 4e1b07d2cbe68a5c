package smoke

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A target without a scheme is asked by https first, and by http only where there is no TLS at all: not because of a bad
// certificate, since the requests may hold secrets.
func TestSettlingTheScheme(t *testing.T) {
	hello := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS != nil {
			w.Header().Set("X-Name", r.TLS.ServerName)
		}
	})
	plainServer, tlsServer := httptest.NewServer(hello), quietTLS(hello)
	defer plainServer.Close()
	defer tlsServer.Close()
	none, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	none.Close()
	tests := []struct {
		name     string
		server   string // to which every connection goes
		insecure bool
		want     string
		note     string
		got      string // of the first failure; empty for none
	}{
		{"plain", plainServer.Listener.Addr().String(), false, "http://api.example.com/base", "http answers", ""},
		{"tls", tlsServer.Listener.Addr().String(), true, "https://api.example.com/base", "https answers", ""},
		{"bad certificate", tlsServer.Listener.Addr().String(), false, "https://api.example.com/base", "https answers", "certificate"},
		{"nobody", none.Addr().String(), false, "https://api.example.com/base", "neither https nor http answers", "connection refused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			target, err := ParseTarget("api.example.com/base")
			if err != nil {
				t.Fatal(err)
			}
			o := Options{Target: target, Insecure: tt.insecure, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, tt.server)
			}}
			report, err := Run(t.Context(), o, load(t, map[string]string{"a.yaml": "checks: [GET /]"}))
			if err != nil {
				t.Fatal(err)
			}
			if notes := strings.Join(report.Notes, "; "); report.Target != tt.want || !strings.Contains(notes, tt.note) {
				t.Errorf("target %s (%s), want %s (%s)", report.Target, notes, tt.want, tt.note)
			}
			r := report.Results[0]
			if tt.got == "" && r.Status != Passed || tt.got != "" && (r.Status != Failed || !strings.Contains(r.Failures[0].Got, tt.got)) {
				t.Errorf("got %+v, want %q", r, tt.got)
			}
			if tt.insecure && !strings.Contains(strings.Join(report.Notes, "; "), "not verified") {
				t.Errorf("the notes hide that nothing was verified: %v", report.Notes)
			}
		})
	}
}

// quietTLS is a server that doesn't tell the test's log of the handshakes that are meant to fail.
func quietTLS(h http.Handler) *httptest.Server {
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	return server
}

func TestServerNameIsTheHost(t *testing.T) {
	asked := make(chan string, 1)
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		asked <- hello.ServerName
		return nil, nil
	}}
	server.StartTLS()
	defer server.Close()
	report, err := run(t, server, Options{Host: "shop.example.com:8443", Insecure: true}, map[string]string{"a.yaml": "checks: [GET / -> 404]"})
	if err != nil || !report.OK() {
		t.Fatalf("%+v, %v", report, err)
	}
	if got := <-asked; got != "shop.example.com" {
		t.Errorf("asked for %q", got)
	}
}

func TestNetworkChecks(t *testing.T) {
	server := quietTLS(http.NotFoundHandler())
	defer server.Close()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	report, err := run(t, server, Options{}, map[string]string{"a.yaml": fmt.Sprintf(`
checks:
  - tcp: :%s
  - tcp: "127.0.0.1:%s"
  - tls: valid
  - dns: localhost resolves
  - dns: localhost resolves to 192.0.2.1
  - dns: does-not-exist.invalid resolves
`, port, port)})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"", "", "certificate", "", "127.0.0.1", "no such host: does-not-exist.invalid"}
	for i, r := range report.Results {
		if want[i] == "" && r.Status != Passed {
			t.Errorf("check %d: %+v", i, r)
		}
		if want[i] != "" && (r.Status != Failed || !strings.Contains(r.Failures[0].Got, want[i]) || r.Command == "") {
			t.Errorf("check %d: %+v, want %q", i, r, want[i])
		}
	}
}

// The days are those of the certificate that the test server brings along, which is trusted here.
func TestDaysLeft(t *testing.T) {
	server := quietTLS(http.NotFoundHandler())
	defer server.Close()
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	conn, err := tls.Dial("tcp", server.Listener.Addr().String(), &tls.Config{RootCAs: pool, ServerName: "example.com"})
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	s := &session{runner: newRunner(Options{}, time.Time{})}
	a, err := handshake(t.Context(), s, server.Listener.Addr().String(), &tls.Config{RootCAs: pool, ServerName: "example.com"})
	if err != nil || a.certificate.daysLeft() < 365 {
		t.Errorf("%+v, %v", a, err)
	}
	if _, err := handshake(t.Context(), s, server.Listener.Addr().String(), &tls.Config{RootCAs: pool, ServerName: "other.org"}); err == nil {
		t.Error("a certificate for another name is taken")
	}
}
