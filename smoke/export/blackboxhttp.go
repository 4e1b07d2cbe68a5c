package export

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// request makes a module of the http prober.
func (b *blackbox) request() {
	c := b.check
	if c.Writes {
		b.why = "it writes, and Prometheus would do it again with every scrape"
		return
	}
	settings := b.ipv4()
	settings["method"], settings["follow_redirects"] = c.Method, c.Follow > 0
	if c.Follow > 0 && c.Follow != 10 {
		b.leave(0, "follow", "blackbox_exporter follows up to 10 redirects")
	}
	b.headers(settings)
	b.body(settings)
	b.status(settings)
	if x := c.Expect; x.Type != "" {
		add(settings, "fail_if_header_not_matches", map[string]any{"header": "Content-Type", "regexp": smoke.MediaPattern(x.Type)})
		if x.Type == "json" {
			b.leave(x.TypeLine, "type", "the Content-Type is looked at; that the body is JSON is not")
		}
	}
	var conditions []string
	for _, m := range c.Expect.Matches {
		conditions = append(conditions, b.match(m, settings)...)
	}
	if len(conditions) > 0 {
		settings["fail_if_body_json_not_matches_cel"] = strings.Join(conditions, " && ")
	}
	if line := c.Expect.SchemaLine; line > 0 {
		b.leave(line, "schema", "blackbox_exporter has no JSON Schema")
	}
	for _, line := range c.Expect.ExprLines {
		b.leave(line, "expr", "blackbox_exporter has no such expressions")
	}
	if b.target.Scheme == "https" && c.Follow == 0 {
		settings["fail_if_not_ssl"] = true
	}
	b.asked = b.target.String() + b.path()
	b.set("http", settings)
}

// secretOf is the variable of a text that is one secret and nothing else, but for a scheme before it.
func (b *blackbox) secretOf(text smoke.PlainText) (scheme, name string) {
	if len(text) == 2 && text[1].Variable != "" && !text[1].Captured {
		scheme, text = strings.TrimSpace(text[0].Plain), text[1:]
	}
	if len(text) != 1 || text[0].Variable == "" || text[0].Captured {
		return "", ""
	}
	if _, _, secret := b.suite.Given(text[0].Variable); !secret && !slices.Contains(b.check.Concealed, text[0].Variable) {
		return "", ""
	}
	return scheme, text[0].Variable
}

// file is where a secret is to be put.
func (b *blackbox) file(name string) string {
	b.credentials = true
	return "secrets/" + name
}

func (b *blackbox) headers(settings map[string]any) {
	plain, secret := map[string]string{}, map[string]any{}
	for _, f := range b.check.Headers {
		scheme, name := b.secretOf(f.Value)
		switch {
		case name == "":
			plain[f.Name] = b.plain(f.Value)
		case strings.EqualFold(f.Name, "Authorization") && scheme != "":
			settings["authorization"] = map[string]any{"type": scheme, "credentials_file": b.file(name)}
		case scheme != "" || strings.EqualFold(f.Name, "Authorization"):
			b.why = "the header " + f.Name + " has a secret and more in it, which a probe can't read from a file"
		default:
			secret[f.Name] = map[string]any{"files": []string{b.file(name)}}
		}
	}
	if cookies := b.cookies(); cookies != "" {
		plain["Cookie"] = cookies
	}
	if kind := bodyType(b.check); kind != "" && plain["Content-Type"] == "" {
		plain["Content-Type"] = kind
	}
	if b.check.Form != nil && plain["Content-Type"] == "" {
		plain["Content-Type"] = "application/x-www-form-urlencoded"
	}
	if len(plain) > 0 {
		settings["headers"] = plain
	}
	if len(secret) > 0 {
		settings["http_headers"] = secret
	}
	b.account(settings)
}

func (b *blackbox) account(settings map[string]any) {
	c := b.check
	if c.User == nil && c.Password == nil {
		return
	}
	account := map[string]any{"username": b.plain(c.User)}
	if _, name := b.secretOf(c.Password); name != "" {
		account["password_file"] = b.file(name)
	} else if len(c.Password) > 0 {
		b.why = "its password is made of several parts, or of what a check captured"
	}
	settings["basic_auth"] = account
}

func (b *blackbox) body(settings map[string]any) {
	c := b.check
	switch {
	case len(c.Files) > 0:
		b.why = "blackbox_exporter sends no forms in parts"
	case c.BodyFile != "":
		settings["body_file"] = c.BodyFile
	case c.Form != nil:
		settings["body"] = b.form()
	case c.HasBody:
		if text, isText := c.Body.(smoke.PlainText); isText {
			settings["body"] = b.plain(text)
			return
		}
		encoded, err := json.Marshal(b.tree(c.Body))
		if err != nil {
			b.why = "its body can't be JSON"
		}
		settings["body"] = string(encoded)
	}
}

func (b *blackbox) status(settings map[string]any) {
	var codes []int
	if all := b.check.Expect.Status; len(all) == 1 && all[0] == (smoke.PlainStatus{Low: 200, High: 299}) {
		return // what the exporter wants anyway
	}
	for _, s := range b.check.Expect.Status {
		for code := s.Low; code <= s.High; code++ {
			codes = append(codes, code)
		}
	}
	if len(codes) > 0 {
		slices.Sort(codes)
		settings["valid_status_codes"] = flowList(slices.Compact(codes))
	}
}

// flowList is a list on one line.
func flowList(codes []int) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, code := range codes {
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(code)})
	}
	return n
}

func add(settings map[string]any, key string, value any) {
	have, _ := settings[key].([]any)
	settings[key] = append(have, value)
}

// match puts the conditions on a header or the body into the settings, and gives those on JSON in CEL.
func (b *blackbox) match(m smoke.PlainMatch, settings map[string]any) (conditions []string) {
	why := ""
	name, isHeader := strings.CutPrefix(m.Query, "headers.")
	path, isPath := strings.CutPrefix(m.Query, "body.")
	switch {
	case isHeader || m.Query == "body":
		why = b.pattern(m, name, isHeader, settings)
	case isPath:
		conditions, why = b.cel(m, "body"+celSteps(pathSteps(path)))
	case m.Query == "protocol" && m.Equal:
		text, _ := m.Equals.(smoke.PlainText)
		version := b.plain(text)
		if version == "HTTP/2" {
			version = "HTTP/2.0"
		}
		settings["valid_http_versions"] = []string{version}
	case strings.HasPrefix(m.Query, "regex ") && m.Present != nil && !m.Equal && !m.Has && m.Pattern == "":
		key := map[bool]string{true: "fail_if_body_not_matches_regexp", false: "fail_if_body_matches_regexp"}[*m.Present]
		add(settings, key, strings.TrimPrefix(m.Query, "regex "))
	case m.Query == "certificate.days_left":
		why = "an alert compares it: probe_ssl_earliest_cert_expiry - time()"
	default:
		why = "blackbox_exporter looks at status, headers, the body by patterns and JSON by CEL"
	}
	if why != "" {
		b.leave(m.Line, m.Query, "%s", why)
	}
	return conditions
}

// pattern says conditions on a header or on the body as regular expressions.
func (b *blackbox) pattern(m smoke.PlainMatch, header string, isHeader bool, settings map[string]any) (why string) {
	wanted, why := b.patterns(m)
	var unwanted []string
	if m.Not != nil {
		var inner string
		if unwanted, inner = b.patterns(*m.Not); why == "" {
			why = inner
		}
		if len(unwanted) > 1 || m.Not.Present != nil || m.Not.Not != nil {
			return "\"not\" of several conditions, or of none, has no words in blackbox_exporter"
		}
	}
	absent := m.Present != nil && !*m.Present
	if m.Present != nil && *m.Present || isHeader && m.Not != nil && len(wanted) == 0 {
		wanted = append(wanted, "^") // it must be there
		if !isHeader {
			wanted[len(wanted)-1] = `(?s).`
		}
	}
	if absent {
		unwanted = append(unwanted, map[bool]string{true: "^", false: `(?s).`}[isHeader])
	}
	for _, p := range wanted {
		b.addPattern(settings, "not_matches", header, isHeader, p)
	}
	for _, p := range unwanted {
		b.addPattern(settings, "matches", header, isHeader, p)
	}
	return why
}

func (b *blackbox) addPattern(settings map[string]any, verb, header string, isHeader bool, pattern string) {
	if !isHeader {
		add(settings, "fail_if_body_"+verb+"_regexp", pattern)
		return
	}
	entry := map[string]any{"header": header, "regexp": pattern}
	if verb == "matches" {
		entry["allow_missing"] = true
	}
	add(settings, "fail_if_header_"+verb, entry)
}

// patterns are the regular expressions that a value must match.
func (b *blackbox) patterns(m smoke.PlainMatch) (out []string, why string) {
	if m.Equal {
		text, ok := b.textOf(m.Equals)
		if !ok {
			return nil, "blackbox_exporter compares a document by its values (body.name), not as a whole, and knows no secrets here"
		}
		if m.Query == "body" {
			out = append(out, `^\s*`+regexp.QuoteMeta(strings.TrimSpace(text))+`\s*$`)
		} else {
			out = append(out, "^"+regexp.QuoteMeta(text)+"$")
		}
	}
	if m.Has {
		text, ok := b.textOf(m.Contains)
		if !ok {
			return nil, "blackbox_exporter compares texts here, and knows no secrets"
		}
		out = append(out, regexp.QuoteMeta(text))
	}
	if m.Pattern != "" {
		out = append(out, m.Pattern)
	}
	if m.Length != nil {
		out = append(out, fmt.Sprintf(`^(?s:.{%d})$`, *m.Length))
	}
	if m.Type != "" || m.Min != nil || m.Max != nil || m.Count != nil {
		why = "blackbox_exporter has patterns here, no types and numbers"
	}
	return out, why
}
