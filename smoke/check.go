package smoke

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// checkDecoder reads one check.
type checkDecoder struct {
	*suiteDecoder
	check Check
	row   []pair // of "with"
	http  httpProbe
	scope scope
	kept  []string // names that the check captures

	given map[string]*yaml.Node // the keys of the check that are read after its "with"
}

var (
	// shorthandForm is METHOD PATH [-> STATUS[,STATUS] [TYPE] [within TIME]].
	shorthandForm = pattern.MustCompile(`^\s*([A-Za-z]+)\s+(\S+)(?:\s+->\s+(\S+)(?:\s+(\S+))??(?:\s+within\s+(\S+))?)?\s*$`)
	requestForm   = pattern.MustCompile(`^\s*([A-Za-z]+)\s+(\S+)\s*$`)
	headerName    = pattern.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
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

// kinds are the keys that say what is checked, of which exactly one stands in each check, with the other keys that each
// has a meaning for.
var kinds = []struct {
	name string
	with []string
}{
	{"request", slices.Concat(sendKeys, []string{"body", "body_file", "form", "files", "follow", "writes", "expect", "capture"})},
	{"websocket", slices.Concat(sendKeys, []string{"expect"})},
	{"tcp", []string{"with", "expect"}},
	{"tls", []string{"with", "expect", "capture"}},
	{"dns", []string{"with", "expect"}},
	{"grpc", []string{"with", "expect"}},
	{"hello", []string{"with", "expect"}},
	{"exec", []string{"writes", "expect", "capture"}},
	{"use", []string{"with"}},
}

// sendKeys say how to ask by HTTP, besides the path.
var sendKeys = []string{"with", "headers", "query", "cookies", "auth"}

func kindNames() []string {
	var out []string
	for _, k := range kinds {
		out = append(out, k.name)
	}
	return out
}

func (c *checkDecoder) fields() fields {
	later := func(key, v *yaml.Node) { c.given[key.Value] = v }
	f := fields{
		"name": func(_, v *yaml.Node) { c.check.Name = c.text(v, "name") },
		"from": func(_, v *yaml.Node) { c.check.From = c.text(v, "from") },
		"only": func(_, v *yaml.Node) { c.list(v, "only", c.only) },
		"tags": func(_, v *yaml.Node) {
			c.list(v, "tags", func(v *yaml.Node) { c.check.tags = append(c.check.tags, c.tag(v)) })
		},
		"ignore": func(_, v *yaml.Node) {
			c.list(v, "ignore", func(v *yaml.Node) { c.check.Ignore = append(c.check.Ignore, c.text(v, "ignore")) })
		},
		"eventually": func(_, v *yaml.Node) { c.check.eventually = c.duration(v, "eventually") },
		"timeout":    func(_, v *yaml.Node) { c.check.timeout = c.duration(v, "timeout") },
	}
	for _, k := range kinds {
		f[k.name] = later
		for _, key := range k.with {
			f[key] = later
		}
	}
	return f
}

// full reads a check that is a mapping. It is false where the check stands for those of another file.
func (c *checkDecoder) full(n *yaml.Node) bool {
	c.given = map[string]*yaml.Node{}
	c.mapping(n, "a check", c.fields(), nil)
	kind, allowed := c.kind(n)
	for _, key := range slices.Sorted(maps.Keys(c.given)) {
		if kind != "" && key != kind && !slices.Contains(allowed, key) && !slices.Contains(kindNames(), key) {
			c.fail(c.given[key], "%s checks have no %s", kind, key)
		}
	}
	c.with()
	switch kind {
	case "":
		return false
	case "use":
		c.use(c.given["use"])
		return false
	case "request", "websocket":
		c.overHTTP(kind)
	default:
		c.reach(kind, c.given[kind])
	}
	c.nameRow()
	c.unused()
	return true
}

// kind finds what the check is about and which keys it may have.
func (c *checkDecoder) kind(n *yaml.Node) (kind string, allowed []string) {
	for _, k := range kinds {
		switch v := c.given[k.name]; {
		case v == nil:
		case kind != "":
			c.fail(v, "%s and %s stand in one check; make them two", kind, k.name)
		default:
			kind, allowed = k.name, k.with
		}
	}
	if kind == "" {
		c.fail(n, "the check says nothing to check: it needs one of %s", strings.Join(kindNames(), ", "))
	}
	return kind, allowed
}

func (c *checkDecoder) only(v *yaml.Node) {
	known := []string{onlyHTTP, onlyHTTPS, onlyInside, onlyOutside}
	if v.Kind != yaml.ScalarNode || !slices.Contains(known, v.Value) {
		c.fail(v, "only knows %s, not %s%s", strings.Join(known, ", "), kindOf(v), didYouMean(v.Value, known))
		return
	}
	c.check.only = append(c.check.only, v.Value)
}

// overHTTP reads a request or a handshake.
func (c *checkDecoder) overHTTP(kind string) {
	c.check.probe = &c.http
	v := c.given[kind]
	if kind == "websocket" {
		c.http.websocket = true
		if path := c.text(v, kind); path != "" {
			c.check.Name = cmp.Or(c.check.Name, "websocket: "+path)
			c.request(v, "GET", path)
		}
	} else if m := c.requestLine(); m != nil {
		c.request(v, m[1], m[2])
	}
	c.sent()
	if v := c.given["follow"]; v != nil {
		c.http.follow = c.followLimit(v)
	}
	if v := c.given["expect"]; v != nil {
		c.expect(v, &c.http.expect, kind)
	}
	c.writes()
	if v := c.given["capture"]; v != nil {
		c.http.capture = c.capture(v, kind)
	}
}

// followLimit is how many redirects may be followed.
func (c *checkDecoder) followLimit(v *yaml.Node) int {
	switch n := 0; {
	case v.Kind == yaml.ScalarNode && v.ShortTag() == "!!bool":
		if strings.EqualFold(v.Value, "true") {
			return maxRedirects
		}
		return 0
	case v.Kind == yaml.ScalarNode && v.ShortTag() == "!!int" && v.Decode(&n) == nil && n >= 1 && n <= 50:
		return n
	}
	c.fail(v, "follow must be true, false or the most redirects to follow (1 to 50), not %s", kindOf(v))
	return 0
}

// unused finds values of "with" that no text of the check refers to.
func (c *checkDecoder) unused() {
	for _, p := range c.row {
		if !c.scope.used[p.key.Value] {
			c.fail(p.value, "%q of \"with\" is used nowhere; in the path it would be {%s}", p.key.Value, p.key.Value)
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
	c.check.Name = cmp.Or(c.check.Name, method+" "+target)
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

func (c *checkDecoder) with() {
	outer := c.scope
	c.scope.with = maps.Clone(outer.with)
	if c.scope.with == nil {
		c.scope.with = map[string]template{}
	}
	for _, p := range c.row {
		name := c.name(p.key, "with")
		t, err := outer.value(c.scalarText(p.value, "with "+name), p.value.Line)
		if err != nil {
			c.fail(p.value, "with %s: %v", name, err)
		}
		c.scope.with[name] = t
	}
}

// captureForm are the keys of a capture that takes a part of what its query finds.
func (c *checkDecoder) captureFields(s *source, kind string) fields {
	return fields{
		"query":   func(_, v *yaml.Node) { s.text, s.query = v.Value, c.query(v, kind) },
		"matches": func(_, v *yaml.Node) { s.pattern = c.pattern(v) },
	}
}

// capture reads what later checks may refer to.
func (c *checkDecoder) capture(v *yaml.Node, kind string) []source {
	var out []source
	c.mapping(v, "capture", nil, func(k, v *yaml.Node) bool {
		s := source{name: c.name(k, "capture"), line: v.Line}
		if v.Kind == yaml.MappingNode {
			c.mapping(v, "capture "+s.name, c.captureFields(&s, kind), nil)
			if s.query == nil {
				c.fail(v, "capture %s needs a \"query\", such as headers.Location", s.name)
			}
		} else {
			s.text, s.query = v.Value, c.query(v, kind)
		}
		out = append(out, s)
		c.kept = append(c.kept, s.name)
		return true
	})
	return out
}
