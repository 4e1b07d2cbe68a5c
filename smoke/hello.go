package smoke

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
)

// greeting is how a kind of backing service shows that it is one, before anybody logs in: what to send it first (nothing,
// where it speaks first), and how its first bytes begin. The port may answer and the service behind it not: a tcp check
// can't tell.
type greeting struct {
	port  int
	send  string
	reads int // the bytes that are needed to tell
	is    func(reply []byte) bool
}

func begins(texts ...string) func([]byte) bool {
	return func(reply []byte) bool {
		return slices.ContainsFunc(texts, func(text string) bool { return bytes.HasPrefix(reply, []byte(text)) })
	}
}

// greetings are by the names that needs have in migrate.yaml. Each opening is the smallest of its protocol's documentation.
var greetings = map[string]greeting{
	// SSLRequest: S or N, before any user is named.
	"postgres": {5432, "\x00\x00\x00\x08\x04\xd2\x16\x2f", 1, func(reply []byte) bool { return reply[0] == 'S' || reply[0] == 'N' }},
	// The server's handshake, protocol 10, or its error packet (host not allowed, too many connections) which is told.
	"mysql": {3306, "", 5, func(reply []byte) bool { return reply[4] == 10 }},
	// An error is an answer as well: a server with a password says NOAUTH.
	"redis":     {6379, "PING\r\n", 5, begins("+PONG", "-NOAU")},
	"memcached": {11211, "version\r\n", 8, begins("VERSION ")},
	// OP_QUERY isMaster on admin.$cmd; the reply's opcode is 1.
	"mongodb":       {27017, mongoHello, 16, func(reply []byte) bool { return reply[12] == 1 && reply[13] == 0 }},
	"rabbitmq":      {5672, "AMQP\x00\x00\x09\x01", 8, func(reply []byte) bool { return bytes.HasPrefix(reply, []byte{1, 0, 0}) }},
	"smtp":          {25, "", 4, begins("220 ", "220-")},
	"imap":          {143, "", 4, begins("* OK")},
	"ftp":           {21, "", 4, begins("220 ", "220-")},
	"ssh":           {22, "", 4, begins("SSH-")},
	"mqtt":          {1883, mqttHello, 4, begins("\x20\x02")},
	"nats":          {4222, "", 5, begins("INFO ")},
	"zookeeper":     {2181, "ruok", 4, begins("imok")},
	"ldap":          {389, ldapHello, 2, func(reply []byte) bool { return reply[0] == 0x30 }},
	"kafka":         {9092, kafkaHello, 8, func(reply []byte) bool { return bytes.Equal(reply[4:8], []byte{0, 0, 0, 7}) }},
	"elasticsearch": {9200, "HEAD / HTTP/1.0\r\n\r\n", 5, begins("HTTP/")},
}

// otherNames of the same services.
var otherNames = map[string]string{"postgresql": "postgres", "mariadb": "mysql", "valkey": "redis", "mongo": "mongodb", "amqp": "rabbitmq", "opensearch": "elasticsearch"}

// Greeting is the name by which a "hello" check knows a kind of service: postgres for postgresql, "" for one that it doesn't know.
func Greeting(kind string) string {
	name := cmp.Or(otherNames[kind], kind)
	if _, ok := greetings[name]; !ok {
		return ""
	}
	return name
}

const (
	// An OP_QUERY of {isMaster: 1}: length 58, request 1, opcode 2004, flags 0, "admin.$cmd", skip 0, return 1, the document.
	mongoHello = "\x3a\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\xd4\x07\x00\x00\x00\x00\x00\x00admin.$cmd\x00\x00\x00\x00\x00\x01\x00\x00\x00" +
		"\x13\x00\x00\x00\x10isMaster\x00\x01\x00\x00\x00\x00"
	// CONNECT of MQTT 3.1.1: a clean session of the client "s" without a name. CONNACK is an answer whatever it says.
	mqttHello = "\x10\x0d\x00\x04MQTT\x04\x02\x00\x0a\x00\x01s"
	// An anonymous bind, message 1, LDAP version 3.
	ldapHello = "\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00"
	// ApiVersions, version 0, correlation 7, client "s".
	kafkaHello = "\x00\x00\x00\x0b\x00\x12\x00\x00\x00\x00\x00\x07\x00\x01s"
)

type helloProbe struct {
	place
	kind string
	greeting
}

func parseHello(text string) (asker, error) {
	words := strings.Fields(text)
	p := helloProbe{}
	if n := len(words); n >= 2 && words[n-2] == "over" && words[n-1] == "tls" {
		p.tls, words = true, words[:n-2]
	}
	if len(words) == 0 || len(words) > 2 {
		return nil, fmt.Errorf("takes a service and where it is, as in \"redis cache:6379\", with \"over tls\" after it, not %q", text)
	}
	name := cmp.Or(otherNames[words[0]], words[0])
	known := slices.Sorted(maps.Keys(greetings))
	g, ok := greetings[name]
	if !ok {
		return nil, fmt.Errorf("knows %s, not %q%s", strings.Join(known, ", "), words[0], didYouMean(words[0], known))
	}
	p.kind, p.greeting = name, g
	p.place.port = strconv.Itoa(g.port)
	if len(words) == 1 {
		return p, nil
	}
	where := words[1]
	if !strings.Contains(where, ":") {
		where += ":" + p.place.port
	}
	at, err := parsePlace(where)
	at.tls = p.tls
	p.place = at
	return p, err
}

func (p helloProbe) ask(ctx context.Context, s *session, line int) (outcome, *answer) {
	address := p.address(s)
	host, port, _ := net.SplitHostPort(address)
	o := outcome{request: "HELLO " + p.kind + " " + address, command: "nc -vz " + host + " " + port}
	began := time.Now()
	reply, err := p.exchange(ctx, s, address)
	o.took = time.Since(began)
	var none errNoReply
	switch {
	case errors.As(err, &none):
		o.failures = []Failure{{Line: line, What: "hello", Want: "the greeting of " + p.kind, Got: none.text(ctx, reply)}}
		if len(reply) == 0 {
			o.starting = startingError(none.cause)
		}
		return o, nil
	case err != nil:
		return refused(ctx, o, line, "a connection to "+address, err), nil
	case !p.is(reply):
		o.failures = []Failure{{Line: line, What: "hello", Want: "the greeting of " + p.kind, Got: quote(string(reply))}}
		return o, nil
	}
	o.summary = "is " + p.kind
	return o, &answer{}
}

// errNoReply is a connection on which the greeting didn't come.
type errNoReply struct{ cause error }

func (e errNoReply) Error() string { return e.cause.Error() }

func (e errNoReply) text(ctx context.Context, reply []byte) string {
	switch {
	case ctx.Err() != nil && len(reply) == 0:
		return "a connection, and then nothing: " + context.Cause(ctx).Error()
	case len(reply) > 0:
		return quote(string(reply)) + ", and then the end"
	}
	return connectionMessage(ctx, e.cause)
}

// exchange reads the first bytes that the service says, as many as tell what it is.
func (p helloProbe) exchange(ctx context.Context, s *session, address string) ([]byte, error) {
	conn, err := s.dial(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if p.tls {
		config := s.tlsConfig()
		if p.host != "" || config.ServerName == "" {
			config.ServerName, _, _ = net.SplitHostPort(address)
		}
		secure := tls.Client(conn, config)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		conn = secure
	}
	if _, err := io.WriteString(conn, p.send); err != nil {
		return nil, errNoReply{err}
	}
	reply := make([]byte, p.reads)
	n, err := io.ReadFull(conn, reply)
	if err != nil {
		return reply[:n], errNoReply{err}
	}
	return reply, nil
}
