package smoke

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// lane is one connection to the target, for one file. The checks of a file run one after the other, so a request can be
// written and its answer be read by the goroutine that asks; the transport of net/http hands each to two others, which
// costs a multiple of the request itself. It carries the plain case alone, requests without a body to a target by http and
// without a proxy, and leaves all else to the transport.
type lane struct {
	*session
	conn *laneConn // nil where none is open
}

type laneConn struct {
	net.Conn
	in    *bufio.Reader
	out   *bufio.Writer
	limit int64 // of what may still be read
}

var errHeaders = fmt.Errorf("more than %d MiB of headers", maxHeaders>>20)

func (c *laneConn) Read(p []byte) (int, error) {
	if c.limit <= 0 {
		return 0, errHeaders
	}
	n, err := c.Conn.Read(p[:min(int64(len(p)), c.limit)])
	c.limit -= int64(n)
	return n, err
}

// noLimit is what a body may bring: its reader stops at maxBody.
const noLimit = 1 << 62

// RoundTrip makes a request. It is called by one goroutine at a time.
func (l *lane) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil || req.URL.Scheme != "http" || l.proxy != "" || req.URL.Host != l.host || req.Header.Get("Upgrade") != "" {
		return l.transport.RoundTrip(req)
	}
	for {
		reused := l.conn != nil
		resp, err := l.exchange(req)
		if err == nil {
			return resp, nil
		}
		fresh := l.conn == nil || l.conn.in.Buffered() == 0
		l.close()
		// The other side may close a connection that rests, at any time: that says nothing about this request.
		if !reused || !fresh || !isIdempotent(req.Method) || startingError(err) == "" || req.Context().Err() != nil {
			return nil, err
		}
	}
}

// isIdempotent says that a request that may have been read and not answered can be sent once more.
func isIdempotent(method string) bool { return methods[method] }

func (l *lane) close() {
	if l.conn != nil {
		_ = l.conn.Close() // it is of no more use, whatever that says
		l.conn = nil
	}
}

func (l *lane) exchange(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	if l.conn == nil {
		conn, err := l.connect(ctx)
		if err != nil {
			return nil, err
		}
		l.conn = conn
	}
	c := l.conn
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) }) // wakes what waits in it
	c.limit = maxHeaders
	err := req.Write(c.out)
	if err == nil {
		err = c.out.Flush()
	}
	var resp *http.Response
	for err == nil {
		if resp, err = http.ReadResponse(c.in, req); err == nil && resp.StatusCode >= 200 {
			break // what comes before is no answer yet: 100, 103
		}
	}
	if err != nil {
		stop()
		if c.limit <= 0 { // the reader of answers may have made something else of it
			err = errHeaders
		}
		return nil, err
	}
	c.limit = noLimit
	resp.Body = &laneBody{ReadCloser: resp.Body, lane: l, stop: stop, keep: !resp.Close}
	return resp, nil
}

func (l *lane) connect(ctx context.Context) (*laneConn, error) {
	conn, err := l.dial(ctx, "tcp", l.target.Address())
	if err != nil {
		return nil, err
	}
	c := &laneConn{Conn: conn}
	c.in, c.out = bufio.NewReader(c), bufio.NewWriter(conn)
	return c, nil
}

// laneBody gives the connection back once it is read to its end.
type laneBody struct {
	io.ReadCloser
	lane *lane
	stop func() bool
	keep bool
	end  bool
}

func (b *laneBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.end = b.end || err == io.EOF
	return n, err
}

func (b *laneBody) Close() error {
	// What comes after an answer, and was not asked for, must not be taken for the next one.
	if !b.stop() || !b.keep || !b.end || b.lane.conn.in.Buffered() > 0 {
		b.lane.close()
	}
	return nil
}
