package smoke

import (
	"bytes"
	"crypto/md5" //nolint:gosec // some services publish it
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// A query names a value of an answer. It is the key of an expectation and the value of a capture:
//
//	status  protocol  url  redirects  size  time  sha256  md5  exit
//	headers.NAME  cookies.NAME  cookies.NAME.ATTRIBUTE  certificate.FIELD
//	body  body.some.path  $.json[?@.path > 1]  xpath //h1  css h1.title  css a@href  regex id=(\d+)
type query interface {
	// find is the value in an answer, and whether it has one. The error says why the answer can't be asked.
	find(a *answer) (any, bool, error)
}

// queryFunc is a query that nothing more needs to be known of.
type queryFunc func(a *answer) (any, bool, error)

func (f queryFunc) find(a *answer) (any, bool, error) { return f(a) }

// number is a number as JSON has it.
func number(n int) json.Number { return json.Number(strconv.Itoa(n)) }

// words are the queries that are a word alone.
var words = map[string]queryFunc{
	"status":    func(a *answer) (any, bool, error) { return number(a.status), a.status != 0, nil },
	"exit":      func(a *answer) (any, bool, error) { return number(a.exit), true, nil },
	"protocol":  func(a *answer) (any, bool, error) { return a.protocol, a.protocol != "", nil },
	"url":       func(a *answer) (any, bool, error) { return a.url, a.url != "", nil },
	"redirects": func(a *answer) (any, bool, error) { return number(a.redirects), true, nil },
	"size":      func(a *answer) (any, bool, error) { return number(len(a.body)), true, a.whole() },
	"time": func(a *answer) (any, bool, error) {
		return json.Number(strconv.FormatFloat(milliseconds(a.took), 'f', -1, 64)), true, nil
	},
	"sha256": func(a *answer) (any, bool, error) {
		sum := sha256.Sum256(a.body)
		return hex.EncodeToString(sum[:]), true, a.whole()
	},
	"md5": func(a *answer) (any, bool, error) {
		sum := md5.Sum(a.body)
		return hex.EncodeToString(sum[:]), true, a.whole()
	},
	"body": func(a *answer) (any, bool, error) {
		if doc, ok := a.document(); ok {
			return doc, true, nil
		}
		return string(bytes.TrimSpace(a.body)), len(a.body) > 0, nil
	},
}

// queryNames begin the queries that go on after the name.
var queryNames = []string{"body.", "headers.", "cookies.", "certificate.", "$.", "xpath ", "css ", "regex "}

// asks says which queries each kind of check can answer, by their first word.
func asks(kind, name string) bool {
	switch kind {
	case "request":
		return name != "exit"
	case "websocket":
		return slices.Contains([]string{"status", "headers", "cookies", "protocol", "time", "certificate"}, name)
	case "tls":
		return slices.Contains([]string{"certificate", "protocol", "time"}, name)
	case "exec":
		return slices.Contains([]string{"exit", "body", "$", "xpath", "css", "regex", "size", "time", "sha256", "md5"}, name)
	}
	return name == "time"
}

// parseQuery reads a query. known is false where the text is none at all.
func parseQuery(text string) (q query, name string, known bool, err error) {
	if f, ok := words[text]; ok {
		return f, text, true, nil
	}
	if strings.HasPrefix(text, "$") {
		q, err = parseJSONPath(text)
		return q, "$", true, err
	}
	name, rest, found := strings.Cut(text, ".")
	if word, after, spaced := strings.Cut(text, " "); spaced && slices.Contains([]string{"xpath", "css", "regex"}, word) {
		name, rest, found = word, strings.TrimSpace(after), true
	}
	if !found {
		return nil, name, false, nil
	}
	switch name {
	case "body":
		var p jsonPath
		if p, err = parsePath(rest); err == nil && len(p) == 0 {
			err = errors.New("the path is missing")
		}
		q = bodyQuery(p)
	case "headers":
		if !headerName.MatchString(rest) {
			err = fmt.Errorf("%q is no name of a header", rest)
		}
		q = headerQuery(rest)
	case "cookies":
		q, err = parseCookie(rest)
	case "certificate":
		q, err = parseCertificate(rest)
	case "xpath":
		q, err = parseXPath(rest)
	case "css":
		q, err = parseCSS(rest)
	case "regex":
		var pattern *regexp.Regexp
		pattern, err = regexp.Compile(rest)
		q = regexQuery{pattern}
	default:
		return nil, name, false, nil
	}
	return q, name, true, err
}

// query reads the text of a query in a capture.
func (c *checkDecoder) query(v *yaml.Node, kind string) query {
	text := c.text(v, "a query")
	if text == "" {
		return nil
	}
	q, name, known, err := parseQuery(text)
	switch {
	case !known:
		c.fail(v, "%q names nothing of an answer%s; status, headers.Name, cookies.name, body, body.some.path, $.json.path, xpath, css and regex do", text, didYouMean(text, queryWords()))
	case err != nil:
		c.fail(v, "%s: %v", text, err)
	case !asks(kind, name):
		c.fail(v, "%s checks have no %s", kind, name)
	}
	return q
}

func queryWords() []string {
	var out []string
	for word := range words {
		out = append(out, word)
	}
	return append(out, queryNames...)
}

// bodyQuery is body.some.path.
type bodyQuery jsonPath

func (p bodyQuery) find(a *answer) (any, bool, error) {
	doc, err := a.mustBeJSON()
	if err != nil {
		return nil, false, err
	}
	value, found := jsonPath(p).find(doc)
	return value, found, nil
}

// headerQuery is headers.Name: all values of that name, joined as HTTP does.
type headerQuery string

func (name headerQuery) find(a *answer) (any, bool, error) {
	values := a.header.Values(string(name))
	return strings.Join(values, ", "), len(values) > 0, nil
}

// regexQuery is the first match in the body: its first group, or all of it where it has none.
type regexQuery struct{ pattern *regexp.Regexp }

func (q regexQuery) find(a *answer) (any, bool, error) {
	value, found := firstGroup(q.pattern, string(a.body))
	return value, found, nil
}

func firstGroup(pattern *regexp.Regexp, text string) (string, bool) {
	m := pattern.FindStringSubmatch(text)
	switch len(m) {
	case 0:
		return "", false
	case 1:
		return m[0], true
	}
	return m[1], true
}

// cookieAttributes are what a cookie has besides its value.
var cookieAttributes = map[string]func(c *http.Cookie) (any, bool){
	"secure":   func(c *http.Cookie) (any, bool) { return c.Secure, true },
	"httponly": func(c *http.Cookie) (any, bool) { return c.HttpOnly, true },
	"domain":   func(c *http.Cookie) (any, bool) { return c.Domain, c.Domain != "" },
	"path":     func(c *http.Cookie) (any, bool) { return c.Path, c.Path != "" },
	"max_age":  func(c *http.Cookie) (any, bool) { return number(max(c.MaxAge, 0)), c.MaxAge != 0 },
	"expires":  func(c *http.Cookie) (any, bool) { return c.Expires.UTC().Format(time.RFC3339), !c.Expires.IsZero() },
	"samesite": func(c *http.Cookie) (any, bool) {
		name := map[http.SameSite]string{http.SameSiteLaxMode: "Lax", http.SameSiteStrictMode: "Strict", http.SameSiteNoneMode: "None"}[c.SameSite]
		return name, name != ""
	},
}

// cookieQuery is cookies.NAME or cookies.NAME.ATTRIBUTE of a cookie that the answer sets.
type cookieQuery struct{ name, attribute string }

func parseCookie(text string) (query, error) {
	name, attribute, found := cutLast(text, ".")
	if _, ok := cookieAttributes[strings.ToLower(attribute)]; !found || !ok {
		name, attribute = text, ""
	}
	if name == "" || strings.ContainsAny(name, " ;=,") {
		return nil, fmt.Errorf("%q is no name of a cookie", text)
	}
	return cookieQuery{name, strings.ToLower(attribute)}, nil
}

func cutLast(text, sep string) (before, after string, found bool) {
	i := strings.LastIndex(text, sep)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(sep):], true
}

func (q cookieQuery) find(a *answer) (any, bool, error) {
	set := (&http.Response{Header: a.header}).Cookies()
	i := slices.IndexFunc(set, func(c *http.Cookie) bool { return c.Name == q.name })
	switch {
	case i < 0:
		return nil, false, nil
	case q.attribute == "":
		return set[i].Value, true, nil
	}
	value, found := cookieAttributes[q.attribute](set[i])
	return value, found, nil
}

// certificateFields are what a certificate query may ask.
var certificateFields = map[string]func(c *certificate) any{
	"days_left": func(c *certificate) any { return number(c.daysLeft()) },
	"subject":   func(c *certificate) any { return c.leaf().Subject.String() },
	"issuer":    func(c *certificate) any { return c.leaf().Issuer.String() },
	"names":     func(c *certificate) any { return c.names() },
	"serial":    func(c *certificate) any { return fmt.Sprintf("%x", c.leaf().SerialNumber) },
	"expires":   func(c *certificate) any { return c.leaf().NotAfter.UTC().Format(time.RFC3339) },
	"sha256": func(c *certificate) any {
		sum := sha256.Sum256(c.leaf().Raw)
		return hex.EncodeToString(sum[:])
	},
}

func parseCertificate(field string) (query, error) {
	of, ok := certificateFields[field]
	if !ok {
		return nil, fmt.Errorf("a certificate has %s, not %s", strings.Join(slices.Sorted(maps.Keys(certificateFields)), ", "), field)
	}
	return queryFunc(func(a *answer) (any, bool, error) {
		if a.certificate == nil {
			return nil, false, errors.New("no certificate: the connection has no TLS")
		}
		return of(a.certificate), true, nil
	}), nil
}

// source is what a capture keeps under its name.
type source struct {
	line    int
	name    string
	text    string // of the query
	query   query
	pattern *regexp.Regexp // nil for all that the query finds
}

func (s source) find(a *answer) (any, error) {
	value, found, err := s.query.find(a)
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, errors.New("absent")
	case s.pattern == nil:
		return value, nil
	}
	part, found := firstGroup(s.pattern, display(value))
	if !found {
		return nil, errors.New(quote(value))
	}
	return part, nil
}
