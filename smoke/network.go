package smoke

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// The checks below HTTP: does a port answer, is the certificate good, does a name resolve.

// tcpProbe wants a connection.
type tcpProbe struct {
	place // no port: the target's own
}

func parseTCP(text string) (asker, error) {
	if strings.TrimSpace(text) == "open" {
		return tcpProbe{}, nil
	}
	p, err := parsePlace(strings.TrimSpace(text))
	if err != nil {
		err = fmt.Errorf("%w; open asks the target's own port", err)
	}
	return tcpProbe{p}, err
}

func (p tcpProbe) ask(ctx context.Context, s *session, line int) (outcome, *answer) {
	address := p.address(s)
	host, port, _ := net.SplitHostPort(address)
	o := outcome{request: "TCP " + address, command: "nc -vz " + host + " " + port}
	began := time.Now()
	conn, err := s.dial(ctx, "tcp", address)
	o.took = time.Since(began)
	if err != nil {
		return refused(ctx, o, line, "a connection to "+address, err), nil
	}
	o.summary = "connected"
	conn.Close()
	return o, &answer{}
}

// tlsProbe wants a certificate that is good for the target's name and stays so for some days.
type tlsProbe struct {
	place // no port: the target's own
	days  int
}

var tlsForm = pattern.MustCompile(`^\s*(?:(\S*:\S+)\s+)?(valid|days_left\s*>\s*([0-9]{1,5}))\s*$`)

func parseTLS(text string) (asker, error) {
	m := tlsForm.FindStringSubmatch(text)
	if m == nil {
		return nil, fmt.Errorf("takes \"valid\" or \"days_left > 14\", for another port \":8443 valid\", not %q", text)
	}
	p := tlsProbe{}
	p.days, _ = strconv.Atoi(m[3]) // empty for "valid": more than 0 days
	var err error
	if m[1] != "" {
		p.place, err = parsePlace(m[1])
	}
	return p, err
}

func (p tlsProbe) ask(ctx context.Context, s *session, line int) (outcome, *answer) {
	config := s.tlsConfig()
	config.InsecureSkipVerify = false
	address := p.address(s)
	if config.ServerName == "" || p.host != "" {
		config.ServerName, _, _ = net.SplitHostPort(address)
	}
	o := outcome{
		request: "TLS " + address,
		command: fmt.Sprintf("openssl s_client -connect %s -servername %s </dev/null | openssl x509 -noout -subject -dates", shellQuote(address), shellQuote(config.ServerName)),
	}
	began := time.Now()
	a, err := handshake(ctx, s, address, config)
	o.took = time.Since(began)
	if err != nil {
		o.starting = startingError(err)
		o.failures = []Failure{{Line: line, What: "tls", Want: "a certificate that is good for " + config.ServerName, Got: connectionMessage(ctx, err)}}
		return o, nil
	}
	days := a.certificate.daysLeft()
	o.summary = fmt.Sprintf("%d days left", days)
	if a.certificate.left() <= time.Duration(p.days)*24*time.Hour {
		o.failures = []Failure{{Line: line, What: "tls", Want: fmt.Sprintf("more than %d days left", p.days), Got: fmt.Sprintf("%d days", days)}}
	}
	return o, a
}

func handshake(ctx context.Context, s *session, address string, config *tls.Config) (*answer, error) {
	raw, err := s.dial(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	conn := tls.Client(raw, config)
	defer conn.Close()
	if err := conn.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	state := conn.ConnectionState()
	return &answer{certificate: certificateOf(state.PeerCertificates), protocol: tls.VersionName(state.Version)}, nil
}

// dnsProbe wants a name to have an address.
type dnsProbe struct {
	name    string
	address netip.Addr // not valid for any
}

var dnsForm = pattern.MustCompile(`^\s*(\S+)\s+resolves(?:\s+to\s+(\S+))?\s*$`)

func parseDNS(text string) (asker, error) {
	m := dnsForm.FindStringSubmatch(text)
	if m == nil {
		return nil, fmt.Errorf("takes \"api.example.com resolves\" or \"api.example.com resolves to 10.1.2.3\", not %q", text)
	}
	p := dnsProbe{name: m[1]}
	if m[2] == "" {
		return p, nil
	}
	var err error
	if p.address, err = netip.ParseAddr(m[2]); err != nil {
		return nil, fmt.Errorf("%q is no IP address", m[2])
	}
	return p, nil
}

func (p dnsProbe) ask(ctx context.Context, _ *session, line int) (outcome, *answer) {
	o := outcome{request: "DNS " + p.name, command: "getent hosts " + shellQuote(p.name)}
	want := "an address for " + p.name
	began := time.Now()
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", p.name)
	o.took = time.Since(began)
	if err != nil {
		o.failures = []Failure{{Line: line, What: "dns", Want: want, Got: connectionMessage(ctx, err)}}
		return o, nil
	}
	var texts []string
	for i := range found {
		found[i] = found[i].Unmap()
		texts = append(texts, found[i].String())
	}
	slices.Sort(texts)
	o.summary = strings.Join(texts, ", ")
	if p.address.IsValid() && !slices.Contains(found, p.address.Unmap()) {
		o.failures = []Failure{{Line: line, What: "dns", Want: p.name + " to be " + p.address.String(), Got: o.summary}}
	}
	return o, &answer{}
}
