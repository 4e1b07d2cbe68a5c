package smoke

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// Plain is a check as data, for who says it in the words of another tool. No secret that stands in the file is in it: a
// variable stands in its place, which Concealed names.
type Plain struct {
	Name, File, From    string
	Line                int
	Kind                string // the key that says what is checked: request, tcp, exec ...
	Only, Tags, Ignore  []string
	Eventually, Timeout time.Duration // 0 where the check says none
	Writes              bool
	Concealed           []string
	Expect              PlainExpect
	Capture             []PlainCapture

	// Of a request, and of a websocket.
	Method string
	// Path begins with / and is escaped; a query stands behind it unless it is in Query.
	Path             PlainText
	Query            []PlainField
	Headers, Cookies []PlainField
	User, Password   PlainText // of basic authentication; nil for none
	Body             any       // PlainText, or JSON as in PlainMatch
	HasBody          bool
	BodyFile         string // from where Load was called
	Form             []PlainField
	Files            []PlainFile
	Follow           int // redirects, at most

	Asks PlainLine // of tcp, tls, dns, grpc and hello
}

// PlainLine is what a check of one line asks.
type PlainLine struct {
	Known      bool   // false where the line has variables, and all else is empty
	Host, Port string // empty for the target's own
	TLS        bool   // "over tls"
	Name       string // of dns, the service of grpc and what hello greets
	Address    string // that a dns name must have; empty for any
	DaysLeft   int    // of tls
}

// PlainField is a name with a value.
type PlainField struct {
	Name  string
	Value PlainText
}

// PlainFile is a file of a form.
type PlainFile struct{ Field, Path, Name, Type string }

// PlainCapture keeps a value of the answer; Pattern, if there is one, takes a part of it.
type PlainCapture struct {
	Line                 int
	Name, Query, Pattern string
}

// PlainExpect is what the answer must be. No Status means any 2xx.
type PlainExpect struct {
	Status     []PlainStatus
	StatusLine int
	Type       string // json, or a media type
	TypeLine   int
	Matches    []PlainMatch
	SchemaLine int // 0 where there is none
	ExprLines  []int
	Within     time.Duration
	WithinLine int
}

// PlainStatus is a range of statuses, both ends in it.
type PlainStatus struct{ Low, High int }

// PlainMatch are the conditions on one value of the answer. Equals and Contains are JSON: map[string]any, []any,
// json.Number, bool, nil, and PlainText for texts.
type PlainMatch struct {
	Line             int
	Query            string // as it stands in the file; headers.NAME for a header
	Present          *bool
	Equals, Contains any
	Equal, Has       bool // whether Equals and Contains are said
	Type, Pattern    string
	Min, Max         *float64
	Length, Count    *int
	Not              *PlainMatch
}

// PlainText is a text with variables in it.
type PlainText []Piece

// Piece is plain text, or a variable: of the environment with what it is where it is unset, or what an earlier check
// captured with the steps to the value inside of that.
type Piece struct {
	Plain    string
	Variable string
	Fallback *string
	Captured bool
	Steps    []string
}

// Constant is the text where it has no variables.
func (t PlainText) Constant() (string, bool) {
	var b strings.Builder
	for _, p := range t {
		if p.Variable != "" {
			return "", false
		}
		b.WriteString(p.Plain)
	}
	return b.String(), true
}

// Given is what the file says that a variable is. The value of a secret is not told.
func (s Suite) Given(name string) (value string, given, secret bool) {
	value, given = s.value(name)
	hidden := secrets{also: s.secrets}
	hidden.add(name, value)
	if secret = isSecretName(name) || slices.Contains(s.secrets, name) || len(hidden.forms) > 0; secret {
		value = ""
	}
	return value, given, secret
}

// Plain are the checks of a file as data, in their order.
func (s Suite) Plain() []Plain {
	v := &viewer{secrets: map[string]string{}, names: map[string]string{}}
	for _, set := range s.values {
		if _, _, secret := s.Given(set.name); secret && len(set.value) >= shortestSecret {
			v.secrets[set.value], v.names[set.name] = set.name, set.value
		}
	}
	var out []Plain
	for _, c := range s.Checks {
		out = append(out, v.check(c))
	}
	return out
}

func (v *viewer) check(c Check) Plain {
	v.concealed = nil
	p := Plain{File: c.File, Line: c.Line, Only: c.only, Tags: c.tags, Ignore: c.Ignore, Eventually: c.eventually, Timeout: c.timeout, Writes: c.probe.needsWrites()}
	switch probe := c.probe.(type) {
	case *httpProbe:
		v.request(probe, &p)
		p.Expect, p.Capture = v.expect(probe.expect), captures(probe.capture)
	case *lineProbe:
		p.Kind, p.Asks = probe.kind, lineOf(probe.asker)
		p.Expect, p.Capture = v.expect(probe.expect), captures(probe.capture)
	case *execProbe:
		p.Kind = "exec"
	}
	p.Name, p.From, p.Concealed = v.clean(c.Name), v.clean(c.From), v.concealed
	return p
}

func (v *viewer) request(h *httpProbe, p *Plain) {
	p.Kind, p.Method, p.Follow = "request", h.method, h.follow
	if h.websocket {
		p.Kind = "websocket"
	}
	path, query := h.path.cut('?')
	p.Path, p.Query = v.text(path, url.PathEscape), v.pathQuery(query)
	if p.Query == nil {
		p.Path = append(p.Path, v.text(query, url.QueryEscape)...)
	}
	p.Query = append(p.Query, v.fields(h.query)...)
	own := map[string]int{}
	for _, x := range h.headers { // the last of a name counts
		name := strings.ToLower(x.name)
		if name == "authorization" && h.auth != nil {
			continue // what "auth" says takes its place
		}
		f := PlainField{x.name, v.named(x.name, x.value)}
		if at, twice := own[name]; twice {
			p.Headers[at] = f
			continue
		}
		own[name] = len(p.Headers)
		p.Headers = append(p.Headers, f)
	}
	for _, x := range h.cookies {
		p.Cookies = append(p.Cookies, PlainField{x.name, v.conceal(x.name, v.text(x.value, nil))})
	}
	if h.auth != nil && h.auth.basic {
		p.User, p.Password = v.text(h.auth.user, nil), v.conceal("PASSWORD", v.text(h.auth.password, nil))
	} else if h.auth != nil {
		p.Headers = append(p.Headers, PlainField{"Authorization", append(PlainText{{Plain: "Bearer "}}, v.conceal("TOKEN", v.text(h.auth.bearer, nil))...)})
	}
	v.payload(h.payload, p)
}

func (v *viewer) payload(b payload, p *Plain) {
	if b.hasTree {
		p.Body, p.HasBody = v.tree(b.tree, ""), true
		if text, isText := p.Body.(PlainText); isText {
			p.Body = v.inBody(text)
		}
	}
	if b.file != nil {
		p.BodyFile = b.file.path
	}
	p.Form = v.fields(b.form)
	for _, u := range b.uploads {
		p.Files = append(p.Files, PlainFile{u.field, u.path, u.name, u.kind})
	}
}

func (v *viewer) fields(all []field) []PlainField {
	var out []PlainField
	for _, f := range all {
		out = append(out, PlainField{f.name, v.named(f.name, f.value)})
	}
	return out
}

func captures(all []source) []PlainCapture {
	var out []PlainCapture
	for _, s := range all {
		c := PlainCapture{Line: s.line, Name: s.name, Query: s.text}
		if s.pattern != nil {
			c.Pattern = s.pattern.String()
		}
		out = append(out, c)
	}
	return out
}

func lineOf(a asker) PlainLine {
	of := func(p place) PlainLine { return PlainLine{Known: true, Host: p.host, Port: p.port, TLS: p.tls} }
	var l PlainLine
	switch a := a.(type) {
	case tcpProbe:
		l = of(a.place)
	case tlsProbe:
		l = of(a.place)
		l.DaysLeft = a.days
	case grpcProbe:
		l = of(a.place)
		l.Name = a.service
	case helloProbe:
		l = of(a.place)
		l.Name = a.kind
	case dnsProbe:
		l = PlainLine{Known: true, Name: a.name}
		if a.address.IsValid() {
			l.Address = a.address.String()
		}
	}
	return l
}

func (v *viewer) expect(x expectation) PlainExpect {
	out := PlainExpect{StatusLine: x.statusLine, Type: x.media, TypeLine: x.mediaLine, Within: x.within, WithinLine: x.withinLine}
	for _, s := range x.status {
		out.Status = append(out.Status, PlainStatus{s.low, s.high})
	}
	for _, m := range x.matches {
		out.Matches = append(out.Matches, v.match(m, ""))
	}
	if x.schema != nil {
		out.SchemaLine = x.schema.line
	}
	for _, e := range x.exprs {
		out.ExprLines = append(out.ExprLines, e.line)
	}
	return out
}

func (v *viewer) match(m match, query string) PlainMatch {
	if name, isHeader := m.query.(headerQuery); isHeader {
		m.what = "headers." + string(name)
	}
	if query != "" {
		m.what = query
	}
	out := PlainMatch{Line: m.line, Query: m.what, Present: m.present, Equal: m.equal, Has: m.has, Type: m.kind, Min: m.low, Max: m.high, Length: m.length, Count: m.count}
	name := ""
	if _, last, _ := cutLast(m.what, "."); isSecretName(m.what) {
		name = headerVariable(last)
	}
	if m.equal {
		out.Equals = v.tree(m.equals, name)
	}
	if m.has {
		out.Contains = v.tree(m.contains, name)
	}
	if m.pattern != nil {
		out.Pattern = m.pattern.String()
	}
	if m.not != nil {
		inner := v.match(*m.not, m.what)
		out.Not = &inner
	}
	return out
}
