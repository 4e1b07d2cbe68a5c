package export

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net"
	"regexp"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// Goss writes the checks as a file of goss (0.4 and later), goss.yaml. A target without a scheme is asked by https.
// Variables without a value in the file are those of goss's environment.
func Goss(suites []smoke.Suite, target smoke.Target) ([]File, []Left, error) {
	target.Scheme = cmp.Or(target.Scheme, "https")
	g := &goss{words: words{tool: "goss", env: func(name string) string { return "{{.Env." + name + "}}" }}, target: target}
	resources := map[string]map[string]any{}
	for _, s := range suites {
		g.suite = s
		for _, c := range s.Plain() {
			g.begin(c)
			noted := len(g.left)
			kind, key, resource := g.resource()
			if g.why != "" {
				g.left = g.left[:noted]
				g.leave(0, c.Kind, "%s", g.why)
				continue
			}
			g.rest()
			if resources[kind] == nil {
				resources[kind] = map[string]any{}
			}
			name := key
			for i := 2; resources[kind][name] != nil && kind == "http"; i++ {
				name = fmt.Sprintf("%s (%d)", key, i)
			}
			resources[kind][name] = resource
		}
	}
	if len(resources) == 0 {
		return nil, g.left, nil
	}
	var out bytes.Buffer
	fmt.Fprint(&out, "# From the files of checks by migrate smoke export. Run: goss -g goss.yaml validate\n")
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := e.Encode(resources); err != nil {
		return nil, nil, fmt.Errorf("write goss.yaml: %w", err)
	}
	return []File{{"goss.yaml", out.Bytes()}}, g.left, nil
}

type goss struct {
	words
	target smoke.Target
}

// resource is a check as goss has it: under which key of the file, by which name.
func (g *goss) resource() (kind, name string, settings map[string]any) {
	c := g.check
	for _, only := range c.Only {
		if (only == "http" || only == "https") && only != g.target.Scheme {
			g.why = "it is only for " + only + ", and the target is " + g.target.Scheme
		}
	}
	if c.Kind == "tcp" || c.Kind == "dns" {
		if !c.Asks.Known {
			g.why = "it holds variables, and goss has none in names"
		}
	}
	switch c.Kind {
	case "request":
		return "http", oneLine(g.literal(c.Name)), g.request()
	case "tcp":
		host, port := cmp.Or(c.Asks.Host, g.target.Host), c.Asks.Port
		if c.Asks.Host == "" && port == "" {
			_, port, _ = net.SplitHostPort(g.target.Address())
		}
		return "addr", "tcp://" + net.JoinHostPort(host, port), map[string]any{"reachable": true, "timeout": g.timeout()}
	case "dns":
		settings := map[string]any{"resolvable": true, "timeout": g.timeout()}
		if c.Asks.Address != "" {
			settings["addrs"] = map[string]any{"contain-element": c.Asks.Address}
		}
		return "dns", c.Asks.Name, settings
	case "hello", "tls", "grpc", "websocket":
		g.why = "goss has no such check; a tcp check at least tells whether the port answers"
	default:
		g.why = "a command of another machine is none of goss's"
	}
	return "", "", nil
}

// literal is a text as it stands in a file of goss, which is a template.
func (g *goss) literal(text string) string {
	if strings.Contains(text, "{{") {
		g.why = "goss takes {{ for the beginning of a variable"
	}
	return text
}

func (g *goss) text(t smoke.PlainText) string {
	for _, p := range t {
		g.literal(p.Plain)
	}
	return g.plain(t)
}

func (g *goss) timeout() int64 {
	limit := cmp.Or(g.check.Timeout, 10*time.Second)
	if within := g.check.Expect.Within; within > 0 {
		limit = min(limit, within)
	}
	return limit.Milliseconds()
}

func (g *goss) request() map[string]any {
	c := g.check
	if c.Writes {
		g.why = "it writes, and goss asks for no leave"
	}
	settings := map[string]any{"url": g.target.String() + g.path(), "method": c.Method, "timeout": g.timeout(), "status": gossStatus(c.Expect.Status)}
	if c.Follow == 0 {
		settings["no-follow-redirects"] = true
	}
	if headers := g.headers(); len(headers) > 0 {
		settings["request-headers"] = headers
	}
	if c.User != nil || c.Password != nil {
		settings["username"], settings["password"] = g.text(c.User), g.text(c.Password)
	}
	if body := g.body(); body != "" {
		settings["request-body"] = body
	}
	g.answer(settings)
	return settings
}

func (g *goss) headers() []string {
	var out []string
	kind := bodyType(g.check)
	if g.check.Form != nil {
		kind = "application/x-www-form-urlencoded"
	}
	for _, f := range g.check.Headers {
		if strings.EqualFold(f.Name, "Content-Type") {
			kind = ""
		}
		out = append(out, f.Name+": "+g.text(f.Value))
	}
	if kind != "" {
		out = append(out, "Content-Type: "+kind)
	}
	if cookies := g.cookies(); cookies != "" {
		out = append(out, "Cookie: "+cookies)
	}
	return out
}

func (g *goss) body() string {
	c := g.check
	switch {
	case len(c.Files) > 0 || c.BodyFile != "":
		g.why = "goss sends no files"
	case c.Form != nil:
		return g.form()
	case c.HasBody:
		if text, isText := c.Body.(smoke.PlainText); isText {
			return g.text(text)
		}
		encoded, err := json.Marshal(g.tree(c.Body))
		if err != nil {
			g.why = "its body can't be JSON"
		}
		return string(encoded)
	}
	return ""
}

func gossStatus(all []smoke.PlainStatus) any {
	if len(all) == 0 {
		all = []smoke.PlainStatus{{Low: 200, High: 299}}
	}
	var codes []any
	for _, s := range all {
		if s.Low == s.High {
			codes = append(codes, s.Low)
			continue
		}
		codes = append(codes, map[string]any{"and": []any{map[string]any{"ge": s.Low}, map[string]any{"le": s.High}}})
	}
	if len(codes) == 1 {
		return codes[0]
	}
	return map[string]any{"or": codes}
}

// answer are the conditions on headers and body.
func (g *goss) answer(settings map[string]any) {
	x := g.check.Expect
	var headers []string
	var body []any
	if x.Type != "" {
		headers = append(headers, "/^(?i)content-type: "+strings.TrimPrefix(smoke.MediaPattern(x.Type), "(?i)^")+"/")
	}
	if x.Type == "json" {
		g.leave(x.TypeLine, "type", "the Content-Type is looked at; that the body is JSON is not")
	}
	for _, m := range x.Matches {
		why := ""
		name, isHeader := strings.CutPrefix(m.Query, "headers.")
		path, isPath := strings.CutPrefix(m.Query, "body.")
		switch {
		case isHeader:
			headers, why = g.header(headers, name, m)
		case m.Query == "body" || isPath:
			var all []any
			if all, why = g.conditions(m, false); isPath {
				for i := range all {
					all[i] = map[string]any{"gjson": map[string]any{gossPath(pathSteps(path)): all[i]}}
				}
			}
			body = append(body, all...)
		default:
			why = "goss looks at status, headers, the body by patterns and values of JSON"
		}
		if why != "" {
			g.leave(m.Line, m.Query, "%s", why)
		}
	}
	if len(headers) > 0 {
		settings["headers"] = headers
	}
	if len(body) > 0 {
		settings["body"] = map[string]any{"and": body}
	}
	if line := x.SchemaLine; line > 0 {
		g.leave(line, "schema", "goss has no JSON Schema")
	}
	for _, line := range x.ExprLines {
		g.leave(line, "expr", "goss has no such expressions")
	}
}

// header adds the patterns of lines that goss looks for among the headers.
func (g *goss) header(all []string, name string, m smoke.PlainMatch) ([]string, string) {
	before := regexp.QuoteMeta(name) + ": "
	if m.Present != nil {
		return append(all, map[bool]string{true: "", false: "!"}[*m.Present]+"/^(?i)"+before+"/"), ""
	}
	line := ""
	switch {
	case m.Not != nil || m.Min != nil || m.Max != nil || m.Length != nil || m.Count != nil || m.Type != "" || m.Has && m.Equal:
		return all, "goss looks for lines of headers by one pattern each"
	case m.Pattern != "" && !m.Equal && !m.Has:
		line = "(?:" + strings.TrimPrefix(m.Pattern, "^") + ")"
		if !strings.HasPrefix(m.Pattern, "^") {
			line = ".*" + line
		}
	case m.Equal || m.Has:
		text, ok := g.textOf(map[bool]any{true: m.Equals, false: m.Contains}[m.Equal])
		if !ok || strings.Contains(text, "{{") {
			return all, "goss compares with texts that stand in its file"
		}
		line = regexp.QuoteMeta(text) + "$"
		if m.Has {
			line = ".*" + regexp.QuoteMeta(text)
		}
	}
	return append(all, "/^(?i:"+before+")"+line+"/"), ""
}

// gossSigns have a meaning of their own in a path of gjson.
var gossSigns = pattern.MustCompile("[.*?|#@!{}\\[\\]()=<>%\"\\\\:,]")

// gossPath is a path in gjson.
func gossPath(steps []string) string {
	var out []string
	for _, s := range steps {
		out = append(out, gossSigns.ReplaceAllString(s, `\$0`))
	}
	return strings.Join(out, ".")
}

// conditions say a match as matchers of goss, all of which must hold.
func (g *goss) conditions(m smoke.PlainMatch, inner bool) (out []any, why string) {
	add := func(name string, value any) { out = append(out, map[string]any{name: value}) }
	if m.Equal {
		value, ok := g.value(m.Equals)
		switch {
		case !ok:
			why = "goss compares a document by its values (body.name), not as a whole, and knows no secrets here"
		case m.Query == "body":
			add("match-regexp", `^\s*`+regexp.QuoteMeta(strings.TrimSpace(fmt.Sprint(value)))+`\s*$`)
		default:
			out = append(out, value)
		}
	}
	if m.Has {
		value, ok := g.value(m.Contains)
		if text, isText := value.(string); isText && ok {
			add("contain-substring", text)
		} else {
			why = "goss looks for texts in texts"
		}
	}
	if m.Pattern != "" {
		add("match-regexp", m.Pattern)
	}
	if m.Min != nil {
		add("ge", *m.Min)
	}
	if m.Max != nil {
		add("le", *m.Max)
	}
	if m.Length != nil {
		add("have-len", *m.Length)
	}
	if m.Type != "" || m.Count != nil || m.Present != nil {
		why = "goss has no types, counts and keys that may be missing"
	}
	if m.Not != nil && !inner {
		not, reason := g.conditions(*m.Not, true)
		if reason != "" || len(not) != 1 {
			return out, cmp.Or(why, reason, "\"not\" of several conditions has no words in goss")
		}
		add("not", not[0])
	}
	return out, why
}

// value is a value to compare with; false for documents and for what goss can't know.
func (g *goss) value(value any) (any, bool) {
	if isTree(value) || value == nil {
		return nil, false
	}
	text, isText := value.(smoke.PlainText)
	if !isText {
		if n, isNumber := value.(json.Number); isNumber {
			f, err := n.Float64()
			return f, err == nil
		}
		return value, true
	}
	out, ok := g.textOf(text)
	return out, ok && !strings.Contains(out, "{{")
}

// rest lists what goss doesn't say.
func (g *goss) rest() {
	c := g.check
	for _, only := range c.Only {
		if only == "inside" || only == "outside" {
			g.leave(0, "only", "goss doesn't know where it is: this runs everywhere")
		}
	}
	if c.Eventually > 0 {
		g.leave(0, "eventually", "goss repeats the whole run: --retry-timeout %s", c.Eventually)
	}
	for _, capture := range c.Capture {
		g.leave(capture.Line, "capture "+capture.Name, "goss keeps nothing")
	}
	if c.Follow > 0 && c.Follow != 10 {
		g.leave(0, "follow", "goss follows up to 10 redirects")
	}
	g.ordinary()
	g.concealed()
}
