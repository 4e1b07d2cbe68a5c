package smoke

import (
	"context"
	"crypto/sha1" //nolint:gosec // the handshake of a websocket is made of it
	"encoding/base64"
	"fmt"
	"net"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// Checks that are one line: "tcp: :5432", "hello: redis cache:6379". The line is read when the check is loaded, or, where
// it holds variables, when their values are known.

// asker asks what a line says. It gives an answer where one came.
type asker interface {
	ask(ctx context.Context, s *session, line int) (outcome, *answer)
}

// askers read the line of each kind of check.
var askers = map[string]func(text string) (asker, error){
	"tcp":   parseTCP,
	"tls":   parseTLS,
	"dns":   parseDNS,
	"grpc":  parseGRPC,
	"hello": parseHello,
}

// lineProbe is a check whose line says what to ask.
type lineProbe struct {
	line    int
	kind    string
	text    template
	asker   asker // nil where the text holds variables
	expect  expectation
	capture []source
}

func (p *lineProbe) templates() []template { return append(p.expect.templates(), p.text) }
func (p *lineProbe) needsWrites() bool     { return false }

// asksTarget is false: what answers may be a proxy, or another port than the one that may be down.
func (p *lineProbe) asksTarget() bool { return false }

// reach reads the value of a key such as tcp.
func (c *checkDecoder) reach(kind string, v *yaml.Node) {
	if kind == "exec" {
		c.exec(v)
		return
	}
	text := c.text(v, kind)
	if c.check.Name == "" {
		c.check.Name = kind + ": " + text
	}
	t, err := c.scope.parse(text, v.Line, true)
	if err != nil {
		c.fail(v, "%s: %v", kind, err)
		return
	}
	p := &lineProbe{line: v.Line, kind: kind, text: t}
	if t.constant() {
		if p.asker, err = askers[kind](t.sample()); err != nil {
			c.fail(v, "%s %v", kind, err)
		}
	}
	c.check.probe = p
	if v := c.given["expect"]; v != nil {
		c.expect(v, &p.expect, kind)
	}
	if v := c.given["capture"]; v != nil {
		p.capture = c.capture(v, kind)
	}
}

func (p *lineProbe) attempt(ctx context.Context, s *session) outcome {
	v := s.values()
	ask := p.asker
	if ask == nil {
		text, err := v.expand(p.text, nil)
		if err == nil {
			if ask, err = askers[p.kind](text); err != nil {
				err = fmt.Errorf("%s %w", p.kind, err)
			}
		}
		if err != nil {
			return outcome{failures: []Failure{{Line: p.line, What: p.kind, Want: "a line that can be asked", Got: err.Error()}}}
		}
	}
	o, a := ask.ask(ctx, s, p.line)
	if a == nil || len(o.failures) > 0 {
		return o
	}
	a.took = o.took
	o.failures = p.expect.judge(a, v, p.line)
	o.captured, o.failures = take(p.capture, a, o.failures)
	return o
}

// place is [HOST]:PORT in a line, with "over tls" after it or not. The empty one is the target.
type place struct {
	host, port string
	tls        bool
}

var placeForm = pattern.MustCompile(`^(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]*):([0-9]{1,5})$`)

// parsePlace reads [HOST]:PORT.
func parsePlace(text string) (place, error) {
	m := placeForm.FindStringSubmatch(text)
	if m == nil || !isPort(m[2]) {
		return place{}, fmt.Errorf("takes :PORT of the target's host, or host:port, not %q", text)
	}
	return place{host: strings.Trim(m[1], "[]"), port: m[2]}, nil
}

func isPort(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && 1 <= n && n <= 65535
}

// address is where to connect; the target's host where the line names none, and the target where it names no port either.
func (p place) address(s *session) string {
	if p.port == "" {
		return s.target.Address()
	}
	host := p.host
	if host == "" {
		host = s.target.Host
	}
	return net.JoinHostPort(host, p.port)
}

// refused is the outcome of a connection that did not come about.
func refused(ctx context.Context, o outcome, line int, want string, err error) outcome {
	o.starting = startingError(err)
	o.failures = []Failure{{Line: line, What: "connection", Want: want, Got: connectionMessage(ctx, err)}}
	return o
}

// websocketKey is what our handshakes send. It need not be random: nothing is kept from anybody by it.
var websocketKey = base64.StdEncoding.EncodeToString([]byte("migrate-smoke-01"))

// acceptKey is what the server answers to a key, by RFC 6455.
func acceptKey(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}
