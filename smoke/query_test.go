package smoke

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// deep are bodies that cost more the deeper they are.
var deep = map[string]struct{ kind, open, close string }{
	"HTML":  {"text/html", "<div>a", "</div>"},
	"XML":   {"text/xml", "<a>b", "</a>"},
	"lists": {"application/json", "[", "]"},
}

func TestDeepBodiesAreJudgedInTime(t *testing.T) {
	for name, d := range deep {
		n := maxMarkup / (len(d.open) + len(d.close))
		a := &answer{status: 200, header: http.Header{"Content-Type": {d.kind}}, body: []byte(strings.Repeat(d.open, n) + strings.Repeat(d.close, n))}
		for _, text := range []string{"xpath //*", "xpath //*//*//*", "css *", "css * * *", "$..*", "$[?@[0]]", "body.0", "regex (a|b)*c"} {
			q, _, _, err := parseQuery(text)
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			value, _, err := q.find(a)
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("%s of deep %s took %s", text, name, took)
			}
			if err == nil {
				_ = quote(value)
			}
		}
	}
}

// Whatever the query and the body, an answer comes, without a panic.
func FuzzQuery(f *testing.F) {
	for _, text := range []string{"status", "headers.A", "cookies.a.path", "body.a.0", "$.a[?@.b > 1]..c", "xpath //a[@b='c']/text()", "css a.b > c@href", "regex (a)b*", "certificate.names", "url"} {
		for _, body := range []string{`{"a": [{"b": 2, "c": null}]}`, `<?xml version="1.0"?><a b="c">x<d/></a>`, `<p><a class=b><c href=/>`} {
			f.Add(text, body)
		}
	}
	f.Fuzz(func(t *testing.T, text, body string) {
		if len(body) > 4096 || len(text) > 256 { // time grows with both, as it may
			return
		}
		q, name, known, err := parseQuery(text)
		if !known || err != nil {
			return
		}
		if name == "" || q == nil {
			t.Fatalf("%q is a query and none", text)
		}
		a := &answer{status: 200, header: http.Header{"Set-Cookie": {"a=b; Path=/"}}, body: []byte(body)}
		value, found, err := q.find(a)
		if err == nil && found {
			_ = quote(value)
			_ = difference(value, value)
		}
	})
}
