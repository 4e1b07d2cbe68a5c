package smoke

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// answer is what came back, read to its end or to the limit. Of what a kind of check hasn't got, nothing is set.
type answer struct {
	status      int
	protocol    string // HTTP/1.1, HTTP/2, TLS 1.3
	url         string // after redirects
	redirects   int
	exit        int // of a command
	header      http.Header
	body        []byte
	cut         bool // the body is longer than what was read
	took        time.Duration
	certificate *certificate

	json   any // the body as JSON, from the first time that it is asked for
	isJSON bool
	parsed bool
	markup markup
}

// document is the body as JSON.
func (a *answer) document() (any, bool) {
	if !a.parsed && !a.cut {
		a.json, a.isJSON = document(a.body)
	}
	a.parsed = true
	return a.json, a.isJSON
}

func (a *answer) mustBeJSON() (any, error) {
	if err := a.whole(); err != nil {
		return nil, err
	}
	doc, ok := a.document()
	if !ok {
		return nil, a.isNot("JSON")
	}
	return doc, nil
}

// isNot is the error of a body that is of another kind. It shows how the body begins; it is not cut short here, since half
// a secret could not be told from other text.
func (a *answer) isNot(kind string) error {
	if len(bytes.TrimSpace(a.body)) == 0 {
		return errors.New("an empty body")
	}
	return fmt.Errorf("a body that is not %s: %s", kind, quote(string(bytes.TrimSpace(a.body[:min(len(a.body), excerptBytes)]))))
}

// whole is an error where only the beginning of the body was read.
func (a *answer) whole() error {
	if a.cut {
		return fmt.Errorf("more than %d MiB of body", maxBody>>20)
	}
	return nil
}

// certificate is the chain that a server showed.
type certificate struct{ chain []*x509.Certificate }

func certificateOf(chain []*x509.Certificate) *certificate {
	if len(chain) == 0 {
		return nil
	}
	return &certificate{chain}
}

func (c *certificate) leaf() *x509.Certificate { return c.chain[0] }

// left is how long the first certificate of the chain to run out is still good.
func (c *certificate) left() time.Duration {
	end := c.chain[0].NotAfter
	for _, one := range c.chain {
		if one.NotAfter.Before(end) {
			end = one.NotAfter
		}
	}
	return time.Until(end)
}

func (c *certificate) daysLeft() int { return int(c.left().Hours() / 24) }

// names are what the certificate is good for.
func (c *certificate) names() []any {
	var out []string
	out = append(out, c.leaf().DNSNames...)
	for _, ip := range c.leaf().IPAddresses {
		out = append(out, ip.String())
	}
	slices.Sort(out)
	list := make([]any, len(out))
	for i, name := range out {
		list[i] = name
	}
	return list
}

// Answer is what came back to a check, for a caller that wants more of it than the report has: to compare two services.
// Unlike a report it holds what the service said, secrets included; Hide takes them out of a text.
type Answer struct {
	Status int // 0 for the output of a command
	Header http.Header
	Body   []byte // up to 8 MiB
	Cut    bool   // the body is longer
	Took   time.Duration

	hide func(string) string
}

// Hide is text without the values of secret variables, and without what would steer a terminal.
func (a Answer) Hide(text string) string { return a.hide(text) }

func (s *session) shown(a *answer) Answer {
	known := &secrets{forms: slices.Clone(s.secrets.forms)} // later checks of the file add to it
	return Answer{Status: a.status, Header: a.header, Body: a.body, Cut: a.cut, Took: a.took,
		hide: func(text string) string { return printable(known.hide(text)) }}
}
