package smoke

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// checkDecoder reads one check.
type checkDecoder struct {
	*suiteDecoder
	check Check
	node  *yaml.Node
	http  httpProbe
	scope scope

	given map[string]*yaml.Node // the keys of the check that are read after its "with"
}

var (
	// shorthandForm is METHOD PATH [-> STATUS[,STATUS] [TYPE] [within TIME]].
	shorthandForm = regexp.MustCompile(`^\s*([A-Za-z]+)\s+(\S+)(?:\s+->\s+(\S+)(?:\s+(\S+))??(?:\s+within\s+(\S+))?)?\s*$`)
	requestForm   = regexp.MustCompile(`^\s*([A-Za-z]+)\s+(\S+)\s*$`)
	headerName    = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
)

// methods are those that may be used, each with whether it only reads.
var methods = map[string]bool{"GET": true, "HEAD": true, "OPTIONS": true, "POST": false, "PUT": false, "PATCH": false, "DELETE": false}

func methodNames() []string {
	return []string{"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
}

// shorthand reads a whole check from one line.
func (c *checkDecoder) shorthand(n *yaml.Node) {
	m := shorthandForm.FindStringSubmatch(n.Value)
	if n.ShortTag() != "!!str" || m == nil {
		c.fail(n, "%s is no check; write METHOD /path -> STATUS [TYPE], as in \"GET /health -> 200 json\"", kindOf(n))
		return
	}
	c.check.Name = strings.Join(strings.Fields(n.Value), " ")
	c.scope = scope{captured: c.captured}
	c.request(n, m[1], m[2])
	if c.http.method != "" && !methods[c.http.method] {
		c.fail(n, "%s may change data: write the check in its full form, with \"writes: true\" (or false, where it only reads)", c.http.method)
	}
	x := &c.http.expect
	if m[3] != "" {
		for _, s := range strings.Split(m[3], ",") {
			c.status(&yaml.Node{Kind: yaml.ScalarNode, Value: s, Line: n.Line}, x)
		}
	}
	if m[4] != "" {
		c.mediaType(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: m[4], Line: n.Line}, x)
	}
	if m[5] != "" {
		x.within = c.duration(&yaml.Node{Kind: yaml.ScalarNode, Value: m[5], Line: n.Line}, "within")
		x.withinLine = n.Line
	}
	c.check.probe = &c.http
}

// kinds are the keys that say what is checked: exactly one stands in each check.
var kinds = []string{"request", "tcp", "tls", "dns"}

// requestOnly are the keys that have a meaning with a request alone.
var requestOnly = []string{"with", "expect", "headers", "body", "follow", "writes", "capture"}

func (c *checkDecoder) fields() fields {
	later := func(key, v *yaml.Node) { c.given[key.Value] = v }
	f := fields{
		"name":       func(_, v *yaml.Node) { c.check.Name = c.text(v, "name") },
		"from":       func(_, v *yaml.Node) { c.check.From = c.text(v, "from") },
		"only":       func(_, v *yaml.Node) { c.list(v, "only", c.only) },
		"eventually": func(_, v *yaml.Node) { c.check.eventually = c.duration(v, "eventually") },
		"timeout":    func(_, v *yaml.Node) { c.check.timeout = c.duration(v, "timeout") },
	}
	for _, key := range slices.Concat(kinds, requestOnly) {
		f[key] = later
	}
	return f
}

// full reads a check that is a mapping.
func (c *checkDecoder) full(n *yaml.Node) {
	c.given = map[string]*yaml.Node{}
	c.mapping(n, "a check", c.fields(), nil)
	var kind string
	for _, k := range kinds {
		v := c.given[k]
		if v != nil && kind != "" {
			c.fail(v, "%s and %s stand in one check; make them two", kind, k)
		}
		if v != nil && kind == "" {
			kind = k
		}
	}
	switch kind {
	case "":
		c.fail(n, "the check says nothing to check: it needs one of %s", strings.Join(kinds, ", "))
	case "request":
		c.fullRequest()
	default:
		for _, key := range requestOnly {
			if v := c.given[key]; v != nil {
				c.fail(v, "%s belongs to a request, not to a %s check", key, kind)
			}
		}
		c.network(kind, c.given[kind])
	}
}

func (c *checkDecoder) only(v *yaml.Node) {
	known := []string{onlyHTTP, onlyHTTPS, onlyInside, onlyOutside}
	if v.Kind != yaml.ScalarNode || !slices.Contains(known, v.Value) {
		c.fail(v, "only knows %s, not %s%s", strings.Join(known, ", "), kindOf(v), didYouMean(v.Value, known))
		return
	}
	c.check.only = append(c.check.only, v.Value)
}

func (c *checkDecoder) fullRequest() {
	c.scope = scope{with: map[string]template{}, used: map[string]bool{}, captured: c.captured}
	if v := c.given["with"]; v != nil {
		c.with(v)
	}
	c.check.probe = &c.http
	if m := c.requestLine(); m != nil {
		c.request(c.given["request"], m[1], m[2])
	}
	if v := c.given["headers"]; v != nil {
		c.http.headers = c.headers(v, &c.scope)
	}
	if v := c.given["body"]; v != nil {
		c.http.body, c.http.hasBody = c.tree(v, "body"), true
	}
	if v := c.given["follow"]; v != nil {
		c.http.follow = c.bool(v, "follow")
	}
	if v := c.given["expect"]; v != nil {
		c.expect(v, &c.http.expect)
	}
	c.writes()
	if v := c.given["capture"]; v != nil {
		c.capture(v)
	}
	for _, name := range slices.Sorted(maps.Keys(c.scope.with)) {
		if !c.scope.used[name] {
			c.mistakes = append(c.mistakes, mistake{c.scope.with[name].line, fmt.Sprintf("%q of \"with\" is used nowhere; in the path it would be {%s}", name, name)})
		}
	}
}

func (c *checkDecoder) requestLine() []string {
	v := c.given["request"]
	text := c.text(v, "request")
	if text == "" {
		return nil
	}
	if strings.Contains(text, "->") {
		c.fail(v, "what is expected stands in \"expect\" here: expect: {status: 200, type: json}")
		return nil
	}
	m := requestForm.FindStringSubmatch(text)
	if m == nil {
		c.fail(v, "a request is a method and a path, as in \"GET /orders?limit=1\", not %q", text)
	}
	return m
}

// request reads the method and the path.
func (c *checkDecoder) request(n *yaml.Node, method, target string) {
	c.http.line = n.Line
	if _, ok := methods[method]; !ok {
		c.fail(n, "%q is no method to use here%s", method, didYouMean(method, methodNames()))
	} else {
		c.http.method = method
	}
	if c.check.Name == "" {
		c.check.Name = method + " " + target
	}
	if !strings.HasPrefix(target, "/") {
		c.fail(n, "the path %q must begin with /: host and base path come from the target", target)
		return
	}
	t, err := c.scope.parse(target, n.Line, true)
	if err != nil {
		c.fail(n, "the path %q: %v", target, err)
		return
	}
	if _, err := url.Parse("http://host" + t.sample()); err != nil || strings.Contains(target, "#") {
		c.fail(n, "%q is no path of a URL", target)
	}
	c.http.path = t
}

// writes demands a word for each method that may change data, since the target may be production.
func (c *checkDecoder) writes() {
	if v := c.given["writes"]; v != nil {
		said := c.bool(v, "writes")
		c.http.writes = said
	} else if c.http.method != "" && !methods[c.http.method] {
		c.fail(c.given["request"], "%s may change data: add \"writes: true\" (runs only with SMOKE_WRITES=1), or \"writes: false\" where it only reads", c.http.method)
	}
	if c.http.writes && c.check.eventually > 0 {
		c.fail(c.given["request"], "\"eventually\" would write again and again; put it on a later check that only reads")
	}
}

func (c *checkDecoder) with(v *yaml.Node) {
	outer := scope{captured: c.captured}
	c.mapping(v, "with", nil, func(k, v *yaml.Node) bool {
		if !variableName.MatchString(k.Value) {
			c.fail(k, "%q is no name of a variable: letters, digits and _", k.Value)
			return true
		}
		t, err := outer.value(c.scalarText(v, "with "+k.Value), v.Line)
		if err != nil {
			c.fail(v, "with %s: %v", k.Value, err)
		}
		c.scope.with[k.Value] = t
		return true
	})
}

// capture reads what later checks may refer to.
func (c *checkDecoder) capture(v *yaml.Node) {
	c.http.capture = map[string]source{}
	c.mapping(v, "capture", nil, func(k, v *yaml.Node) bool {
		if !variableName.MatchString(k.Value) {
			c.fail(k, "%q is no name of a variable: letters, digits and _", k.Value)
			return true
		}
		text := c.text(v, "capture "+k.Value)
		from, rest, _ := strings.Cut(text, ".")
		s := source{line: v.Line, from: from, header: rest}
		switch {
		case text == "status", text == "body":
		case from == "headers" && headerName.MatchString(rest):
		case from == "body" && rest != "":
			var err error
			if s.path, err = parsePath(rest); err != nil {
				c.fail(v, "capture %s: %v", k.Value, err)
			}
		case text != "":
			c.fail(v, "capture %s takes body, body.some.path, headers.Name or status, not %q", k.Value, text)
		}
		c.http.capture[k.Value] = s
		return true
	})
}
