package smoke

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// The checks below HTTP: does a port answer, is the certificate good, does a name resolve.

var (
	tcpForm = regexp.MustCompile(`^(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]*):([0-9]{1,5})$`)
	tlsForm = regexp.MustCompile(`^\s*(valid|days_left\s*>\s*([0-9]{1,5}))\s*$`)
	dnsForm = regexp.MustCompile(`^\s*(\S+)\s+resolves(?:\s+to\s+(\S+))?\s*$`)
)

// network reads the value of a tcp, tls or dns key.
func (c *checkDecoder) network(kind string, v *yaml.Node) {
	text := c.text(v, kind)
	if c.check.Name == "" {
		c.check.Name = kind + ": " + text
	}
	switch kind {
	case "tcp":
		m := tcpForm.FindStringSubmatch(text)
		if m == nil || !isPort(m[2]) {
			c.fail(v, "tcp takes :PORT of the target's host, or host:port, not %q", text)
			return
		}
		c.check.probe = &tcpProbe{line: v.Line, host: strings.Trim(m[1], "[]"), port: m[2]}
	case "tls":
		m := tlsForm.FindStringSubmatch(text)
		if m == nil {
			c.fail(v, "tls takes \"valid\" or \"days_left > 14\", not %q", text)
			return
		}
		days, _ := strconv.Atoi(m[2]) // empty for "valid": more than 0 days
		c.check.probe = &tlsProbe{line: v.Line, days: days}
	case "dns":
		m := dnsForm.FindStringSubmatch(text)
		if m == nil {
			c.fail(v, "dns takes \"api.example.com resolves\" or \"api.example.com resolves to 10.1.2.3\", not %q", text)
			return
		}
		p := &dnsProbe{line: v.Line, name: m[1]}
		if m[2] != "" {
			var err error
			if p.address, err = netip.ParseAddr(m[2]); err != nil {
				c.fail(v, "dns: %q is no IP address", m[2])
			}
		}
		c.check.probe = p
	}
}

func isPort(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && 1 <= n && n <= 65535
}

// tcpProbe wants a connection.
type tcpProbe struct {
	line int
	host string // empty for the target's
	port string
}

func (p *tcpProbe) templates() []template { return nil }
func (p *tcpProbe) needsWrites() bool     { return false }
func (p *tcpProbe) asksTarget() bool      { return false } // another port than the one that may be down

func (p *tcpProbe) attempt(ctx context.Context, s *session) outcome {
	host := p.host
	if host == "" {
		host = s.target.Host
	}
	address := net.JoinHostPort(host, p.port)
	o := outcome{request: "TCP " + address, command: "nc -vz " + host + " " + p.port}
	began := time.Now()
	conn, err := s.dial(ctx, "tcp", address)
	o.took = time.Since(began)
	if err != nil {
		o.starting = startingError(err)
		o.failures = []Failure{{Line: p.line, What: "connection", Want: "a connection to " + address, Got: connectionMessage(ctx, err)}}
		return o
	}
	o.summary = "connected"
	conn.Close()
	return o
}

// tlsProbe wants a certificate that is good for the target's name and stays so for some days.
type tlsProbe struct {
	line int
	days int
}

func (p *tlsProbe) templates() []template { return nil }
func (p *tlsProbe) needsWrites() bool     { return false }
func (p *tlsProbe) asksTarget() bool      { return false } // what answers may be a proxy, and the service behind it down

func (p *tlsProbe) attempt(ctx context.Context, s *session) outcome {
	config := s.tlsConfig()
	config.InsecureSkipVerify = false
	if config.ServerName == "" {
		config.ServerName = s.target.Host
	}
	address := s.target.Address()
	o := outcome{
		request: "TLS " + address,
		command: fmt.Sprintf("openssl s_client -connect %s -servername %s </dev/null | openssl x509 -noout -subject -dates", shellQuote(address), shellQuote(config.ServerName)),
	}
	began := time.Now()
	left, err := p.handshake(ctx, s, address, config)
	o.took = time.Since(began)
	if err != nil {
		o.starting = startingError(err)
		o.failures = []Failure{{Line: p.line, What: "tls", Want: "a certificate that is good for " + config.ServerName, Got: connectionMessage(ctx, err)}}
		return o
	}
	days := int(left.Hours() / 24)
	o.summary = fmt.Sprintf("%d days left", days)
	if left <= time.Duration(p.days)*24*time.Hour {
		o.failures = []Failure{{Line: p.line, What: "tls", Want: fmt.Sprintf("more than %d days left", p.days), Got: fmt.Sprintf("%d days", days)}}
	}
	return o
}

// handshake returns how long the first certificate of the chain to run out is still good.
func (p *tlsProbe) handshake(ctx context.Context, s *session, address string, config *tls.Config) (time.Duration, error) {
	raw, err := s.dial(ctx, "tcp", address)
	if err != nil {
		return 0, err
	}
	conn := tls.Client(raw, config)
	defer conn.Close()
	if err := conn.HandshakeContext(ctx); err != nil {
		return 0, err
	}
	sent := conn.ConnectionState().PeerCertificates
	end := sent[0].NotAfter
	for _, certificate := range sent {
		if certificate.NotAfter.Before(end) {
			end = certificate.NotAfter
		}
	}
	return time.Until(end), nil
}

// dnsProbe wants a name to have an address.
type dnsProbe struct {
	line    int
	name    string
	address netip.Addr // not valid for any
}

func (p *dnsProbe) templates() []template { return nil }
func (p *dnsProbe) needsWrites() bool     { return false }
func (p *dnsProbe) asksTarget() bool      { return false }

func (p *dnsProbe) attempt(ctx context.Context, _ *session) outcome {
	o := outcome{request: "DNS " + p.name, command: "getent hosts " + shellQuote(p.name)}
	want := "an address for " + p.name
	began := time.Now()
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", p.name)
	o.took = time.Since(began)
	if err != nil {
		o.failures = []Failure{{Line: p.line, What: "dns", Want: want, Got: connectionMessage(ctx, err)}}
		return o
	}
	var texts []string
	for i := range found {
		found[i] = found[i].Unmap()
		texts = append(texts, found[i].String())
	}
	slices.Sort(texts)
	o.summary = strings.Join(texts, ", ")
	if p.address.IsValid() && !slices.Contains(found, p.address.Unmap()) {
		o.failures = []Failure{{Line: p.line, What: "dns", Want: p.name + " to be " + p.address.String(), Got: o.summary}}
	}
	return o
}
