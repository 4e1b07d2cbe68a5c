package smoke

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// grpcProbe asks the standard health service of gRPC. Its one message each way is small enough to be written by hand over
// the HTTP/2 of the standard library.
type grpcProbe struct {
	place   // no port: the target's own
	service string
}

var grpcForm = pattern.MustCompile(`^\s*(?:(\S*:\S+)\s+)?health(?:\s+([A-Za-z0-9_./-]+))??(\s+over\s+tls)?\s*$`)

func parseGRPC(text string) (asker, error) {
	m := grpcForm.FindStringSubmatch(text)
	if m == nil {
		return nil, fmt.Errorf("takes \"health\", \":9090 health\" or \":9090 health shop.v1.Orders\", with \"over tls\" after it, not %q", text)
	}
	p := grpcProbe{service: m[2]}
	var err error
	if m[1] != "" {
		p.place, err = parsePlace(m[1])
	}
	p.tls = m[3] != ""
	return p, err
}

// noHTTP2 is what a port has that doesn't understand the beginning of HTTP/2; it says so, or closes the connection.
const noHTTP2 = "no HTTP/2 there, so no gRPC server, or one that wants TLS (over tls)"

// servingStatus are the answers of grpc.health.v1, by number.
var servingStatus = []string{"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"}

func (p grpcProbe) ask(ctx context.Context, s *session, line int) (outcome, *answer) {
	address, scheme := s.target.Address(), s.target.Scheme
	if p.port != "" {
		address, scheme = p.address(s), "http"
	}
	if p.tls {
		scheme = "https"
	}
	what := "the server"
	if p.service != "" {
		what = p.service
	}
	o := outcome{request: "GRPC " + address + " grpc.health.v1.Health/Check " + p.service}
	o.command = "grpcurl -plaintext -d '{\"service\": \"" + p.service + "\"}' " + shellQuote(address) + " grpc.health.v1.Health/Check"
	if scheme == "https" {
		o.command = strings.Replace(o.command, " -plaintext", "", 1)
	}
	began := time.Now()
	got, err := p.check(ctx, s, scheme, address)
	o.took = time.Since(began)
	switch {
	case err != nil:
		o = refused(ctx, o, line, "an answer by gRPC", err)
		var dial *net.OpError
		if o.starting != "" && !(errors.As(err, &dial) && dial.Op == "dial") {
			o.failures[0].Got = noHTTP2 + ": " + o.starting
		}
		return o, nil
	case got != "SERVING":
		o.failures = []Failure{{Line: line, What: "grpc", Want: what + " to be SERVING", Got: got}}
	}
	o.summary = got
	return o, &answer{}
}

// check is the status that the server gives, or what it says in its place.
func (p grpcProbe) check(ctx context.Context, s *session, scheme, address string) (string, error) {
	message := []byte{}
	if p.service != "" {
		message = append(binary.AppendUvarint([]byte{0x0a}, uint64(len(p.service))), p.service...)
	}
	frame := append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message))), message...)
	to := url.URL{Scheme: scheme, Host: address, Path: "/grpc.health.v1.Health/Check"}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), bytes.NewReader(frame))
	if err != nil {
		return "", err
	}
	if p.host == "" {
		req.Host = s.Host
	}
	req.Header.Set("Content-Type", "application/grpc")
	req.Header.Set("TE", "trailers")
	req.Header.Set("User-Agent", s.UserAgent)
	resp, err := s.http2().RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 4096))
	if err != nil {
		return "", err
	}
	return grpcStatus(resp, body), nil
}

// grpcStatus reads the answer: a message, or an error in the trailers (in the headers where nothing else came).
func grpcStatus(resp *http.Response, body []byte) string {
	code, text := resp.Trailer.Get("Grpc-Status"), resp.Trailer.Get("Grpc-Message")
	if code == "" {
		code, text = resp.Header.Get("Grpc-Status"), resp.Header.Get("Grpc-Message")
	}
	switch {
	case resp.StatusCode != http.StatusOK:
		return fmt.Sprintf("HTTP status %d: not a gRPC server, or a proxy before it that speaks no HTTP/2", resp.StatusCode)
	case code == "":
		return "an answer without grpc-status: not a gRPC server"
	case code == "12":
		return "UNIMPLEMENTED: the server has no health service (grpc.health.v1)"
	case code == "5":
		return "NOT_FOUND: the health service knows no such service"
	case code != "0":
		return strings.TrimSpace("grpc-status " + code + " " + text)
	case len(body) < 5:
		return "an empty answer"
	}
	message := body[5:]
	if len(message) == 0 {
		return servingStatus[0]
	}
	if len(message) == 2 && message[0] == 0x08 && int(message[1]) < len(servingStatus) {
		return servingStatus[message[1]]
	}
	return "an answer that is not of grpc.health.v1"
}
