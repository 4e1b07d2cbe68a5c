package smoke

import (
	"encoding/base64"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"strings"

	"gopkg.in/yaml.v3"
)

// What a request sends besides its method and path: headers, the query, cookies, a user, and one kind of body.

// field is a name with a value, as in a query, a form or a cookie. A name may come several times.
type field struct {
	name  string
	value template
}

// auth is a user with a password, or a bearer token.
type auth struct {
	user, password, bearer template
	basic                  bool
}

// payload is the body of a request. At most one of tree, file and form is set.
type payload struct {
	tree    tree
	hasTree bool
	file    *upload
	form    []field
	uploads []upload
}

func (p payload) empty() bool {
	return !p.hasTree && p.file == nil && p.form == nil && p.uploads == nil
}

// sent reads the keys of a check that say what is sent.
func (c *checkDecoder) sent() {
	if v := c.given["headers"]; v != nil {
		c.http.headers = append(c.http.headers, c.readHeaders(v, &c.scope)...)
	}
	if v := c.given["auth"]; v != nil {
		c.http.auth = c.readAuth(v, &c.scope)
	}
	c.http.query = c.pairs("query")
	c.http.cookies = c.pairs("cookies")
	p := &c.http.payload
	if v := c.given["body"]; v != nil {
		p.tree, p.hasTree = c.tree(v, "body"), true
	}
	if v := c.given["body_file"]; v != nil {
		file, content := c.content(v, "body_file")
		p.file = &upload{path: file, kind: MediaOf(file), content: content}
	}
	p.form = c.pairs("form")
	if v := c.given["files"]; v != nil {
		p.uploads = c.files(v)
	}
	bodies := 0
	for _, has := range []bool{p.hasTree, p.file != nil, p.form != nil || p.uploads != nil} {
		if has {
			bodies++
		}
	}
	if bodies > 1 {
		c.fail(c.given["request"], "a request has one body: one of body, body_file and form (with files)")
	}
}

// pairs reads a mapping of names to values; a list gives its name several times.
func (c *checkDecoder) pairs(key string) []field {
	n := c.given[key]
	if n == nil {
		return nil
	}
	out := []field{}
	c.mapping(n, key, nil, func(k, v *yaml.Node) bool {
		if k.Value == "" || strings.ContainsAny(k.Value, "\r\n\x00") {
			c.fail(k, "%s: a name is missing", key)
		}
		c.list(v, key+" "+k.Value, func(v *yaml.Node) {
			t, err := c.scope.value(c.scalarText(v, key+" "+k.Value), v.Line)
			if err != nil {
				c.fail(v, "%s %s: %v", key, k.Value, err)
			}
			out = append(out, field{k.Value, t})
		})
		return true
	})
	return out
}

func authFields(d *suiteDecoder, sc *scope, a *auth) fields {
	read := func(to *template, what string) func(_, v *yaml.Node) {
		return func(_, v *yaml.Node) {
			t, err := sc.value(d.scalarText(v, what), v.Line)
			if err != nil {
				d.fail(v, "%s: %v", what, err)
			}
			*to = t
		}
	}
	return fields{
		"user":     func(k, v *yaml.Node) { a.basic = true; read(&a.user, "user")(k, v) },
		"password": read(&a.password, "password"),
		"bearer":   read(&a.bearer, "bearer"),
	}
}

func (d *suiteDecoder) readAuth(v *yaml.Node, sc *scope) *auth {
	a := &auth{}
	if !d.mapping(v, "auth", authFields(d, sc, a), nil) {
		return nil
	}
	if a.basic == (len(a.bearer.parts) > 0) || !a.basic && len(a.password.parts) > 0 {
		d.fail(v, "auth is either {user: ..., password: ...} or {bearer: ...}")
	}
	return a
}

func (p *httpProbe) templates() []template {
	out := []template{p.path}
	for _, h := range p.headers {
		out = append(out, h.value)
	}
	for _, fields := range [][]field{p.query, p.cookies, p.payload.form} {
		for _, f := range fields {
			out = append(out, f.value)
		}
	}
	if p.auth != nil {
		out = append(out, p.auth.user, p.auth.password, p.auth.bearer)
	}
	out = append(out, treeTemplates(p.payload.tree)...)
	return append(out, p.expect.templates()...)
}

// filled is a request with its variables filled in.
type filled struct {
	url     string
	headers []filledHeader
	cookies []filledHeader // that the check itself sends
	user    string         // user:password, in place of a header Authorization
	body    string
	hasBody bool
	parts   string   // Content-Type of a body in parts
	args    []string // of curl, that send the body
}

type filledHeader struct{ name, value string }

// fill builds the request: base path before path, the file's headers before the check's own of the same name.
func (p *httpProbe) fill(s *session, v values) (filled, error) {
	pathText, query, err := p.fillPath(v)
	if err != nil {
		return filled{}, err
	}
	f := filled{url: s.target.String() + pathText + query}
	for _, h := range p.headers {
		value, err := v.expand(h.value, nil)
		if err != nil {
			return filled{}, fmt.Errorf("the header %s: %w", h.name, err)
		}
		f.set(h.name, value)
	}
	for _, c := range p.cookies {
		value, err := v.expand(c.value, nil)
		if err != nil {
			return filled{}, fmt.Errorf("the cookie %s: %w", c.name, err)
		}
		f.cookies = append(f.cookies, filledHeader{c.name, value})
	}
	if err := p.fillAuth(v, &f); err != nil {
		return filled{}, fmt.Errorf("auth: %w", err)
	}
	if p.payload.empty() {
		return f, nil
	}
	if err := p.payload.fill(v, &f); err != nil {
		return filled{}, fmt.Errorf("the body: %w", err)
	}
	return f, nil
}

func (p *httpProbe) fillAuth(v values, f *filled) error {
	if p.auth == nil {
		return nil
	}
	bearer, err := v.expand(p.auth.bearer, nil)
	if err != nil {
		return err
	}
	if !p.auth.basic {
		f.set("Authorization", "Bearer "+bearer)
		return nil
	}
	user, err := v.expand(p.auth.user, nil)
	if err != nil {
		return err
	}
	password, err := v.expand(p.auth.password, nil)
	f.user = user + ":" + password
	return err
}

// basic is what a header Authorization says for a user and password.
func basic(userPassword string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(userPassword))
}

// fillPath escapes each value for the side of the "?" on which it stands.
func (p *httpProbe) fillPath(v values) (path, query string, err error) {
	left, right := p.path.cut('?')
	if path, err = v.expand(left, url.PathEscape); err != nil {
		return "", "", err
	}
	if query, err = v.expand(right, url.QueryEscape); err != nil {
		return "", "", err
	}
	more, err := encode(p.query, v)
	switch {
	case err != nil:
		return "", "", err
	case more == "":
	case query == "" || query == "?":
		query = "?" + more
	default:
		query += "&" + more
	}
	return path, query, nil
}

// encode writes fields as in a query or a form, in their order.
func encode(fields []field, v values) (string, error) {
	var out []string
	for _, f := range fields {
		value, err := v.expand(f.value.escaped(url.QueryEscape), url.QueryEscape)
		if err != nil {
			return "", err
		}
		out = append(out, url.QueryEscape(f.name)+"="+value)
	}
	return strings.Join(out, "&"), nil
}

// fill writes the body, with the arguments of curl that write it as well, and its type where no header gives one.
func (p payload) fill(v values, f *filled) error {
	f.hasBody = true
	kind := "application/x-www-form-urlencoded" // what curl says of a body that nobody describes
	var err error
	switch t, isText := p.tree.(template); {
	case p.file != nil:
		f.body, kind = string(p.file.content), p.file.kind
		f.args = []string{"--data-binary", shellQuote("@" + p.file.path)}
	case p.uploads != nil:
		return p.fillParts(v, f)
	case p.form != nil:
		f.body, err = encode(p.form, v)
	case isText:
		f.body, err = v.expand(t, nil)
	default:
		var value any
		value, err = v.fill(p.tree)
		f.body, kind = asJSON(value), "application/json"
	}
	if err != nil {
		return err
	}
	if f.args == nil {
		f.args = []string{"--data-raw", shellQuote(f.body)}
	}
	if f.get("Content-Type") == "" {
		f.set("Content-Type", kind)
	}
	return nil
}

// boundary stands between the parts of a form with files. It is always the same, so that a request is.
const boundary = "migrate-smoke-b8d1c2f07e6a4f53"

var inParts = strings.NewReplacer(`\`, `\\`, `"`, "%22", "\r", "%0D", "\n", "%0A")

func (p payload) fillParts(v values, f *filled) error {
	var b strings.Builder
	w := multipart.NewWriter(&b)
	if err := w.SetBoundary(boundary); err != nil {
		return err
	}
	for _, x := range p.form {
		value, err := v.expand(x.value, nil)
		if err != nil {
			return err
		}
		if err := w.WriteField(x.name, value); err != nil {
			return err
		}
		f.args = append(f.args, "--form-string", shellQuote(x.name+"="+value))
	}
	for _, u := range p.uploads {
		head := textproto.MIMEHeader{}
		head.Set("Content-Disposition", fmt.Sprintf(`form-data; name="%s"; filename="%s"`, inParts.Replace(u.field), inParts.Replace(u.name)))
		head.Set("Content-Type", u.kind)
		part, err := w.CreatePart(head)
		if err != nil {
			return err
		}
		if _, err := part.Write(u.content); err != nil {
			return err
		}
		f.args = append(f.args, "-F", shellQuote(fmt.Sprintf("%s=@%s;type=%s;filename=%s", u.field, u.path, u.kind, u.name)))
	}
	if err := w.Close(); err != nil {
		return err
	}
	f.body = b.String()
	f.parts = w.FormDataContentType() // no header: curl writes a boundary of its own
	return nil
}

func (f *filled) get(name string) string {
	for _, h := range f.headers {
		if strings.EqualFold(h.name, name) {
			return h.value
		}
	}
	return ""
}

func (f *filled) set(name, value string) {
	for i, h := range f.headers {
		if strings.EqualFold(h.name, name) {
			f.headers[i].value = value
			return
		}
	}
	f.headers = append(f.headers, filledHeader{name, value})
}
