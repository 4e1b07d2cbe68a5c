package smoke

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http/httptest"
	"testing"
)

// An authority and a client certificate of the run's own, HTTP/2, and what a certificate says.
func TestClientCertificateAuthorityAndHTTP2(t *testing.T) {
	server := httptest.NewUnstartedServer(mirror())
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	o := Options{RootCAs: pool, Certificates: server.TLS.Certificates}
	expectAll(t, server, o, map[string]string{"a.yaml": `
checks:
  - request: GET /items
    expect: {protocol: HTTP/2, certificate.names: {contains: example.com}, certificate.days_left: {min: 100}, certificate.sha256: {length: 64}}
  - {tls: valid, expect: {protocol: TLS 1.3, certificate.issuer: {contains: Acme}}}
  - {websocket: /mirror, expect: {status: 200}}
`})
	o.Certificates = nil
	report, err := run(t, server, o, map[string]string{"a.yaml": "checks: [GET /items]"})
	if err != nil || report.Failed != 1 { // by an alert or, as the server is quick to close, by a reset
		t.Errorf("without a client certificate: %+v, %v", report, err)
	}
}
