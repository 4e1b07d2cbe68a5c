package smoke

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// expectation is what the answer to a check must be. What is not set is not judged, but for the status of a request:
// without one, any 2xx will do.
type expectation struct {
	status     []statusRange
	statusLine int
	media      string // json, html ... or a media type; empty for any
	mediaLine  int
	matches    []match
	schema     *jsonSchema
	exprs      []expression
	within     time.Duration
	withinLine int
}

// statusRange is one status or a class such as 2xx.
type statusRange struct {
	low, high int
	text      string
}

// match is what one value of the answer must be. All conditions that are set must hold.
type match struct {
	line    int
	what    string // the query
	query   query
	present *bool

	equals   tree
	equal    bool // equals is set
	contains tree
	has      bool // contains is set
	kind     string
	pattern  *regexp.Regexp
	low      *float64
	high     *float64
	length   *int
	count    *int
	not      *match
}

func (c *checkDecoder) expectFields(x *expectation, kind string) fields {
	f := fields{"within": func(_, v *yaml.Node) { x.within, x.withinLine = c.duration(v, "within"), v.Line }}
	if kind == "request" || kind == "websocket" {
		f["status"] = func(_, v *yaml.Node) { c.list(v, "status", func(v *yaml.Node) { c.status(v, x) }) }
		f["headers"] = func(_, v *yaml.Node) { c.expectHeaders(v, x) }
	}
	if kind == "request" {
		f["type"] = func(_, v *yaml.Node) { c.mediaType(v, x) }
	}
	if kind == "request" || kind == "exec" {
		f["schema"] = func(_, v *yaml.Node) { x.schema = c.schema(v) }
		f["expr"] = func(_, v *yaml.Node) {
			c.list(v, "expr", func(v *yaml.Node) { x.exprs = append(x.exprs, c.expression(v)) })
		}
	}
	return f
}

func (c *checkDecoder) expectHeaders(v *yaml.Node, x *expectation) {
	c.mapping(v, "headers", nil, func(k, v *yaml.Node) bool {
		if !headerName.MatchString(k.Value) {
			c.fail(k, "%q is no name of a header", k.Value)
			return true
		}
		m := c.match(v, k.Value, textMatchers)
		m.query = headerQuery(k.Value)
		x.matches = append(x.matches, m)
		return true
	})
}

// expect reads "expect": next to the fixed keys it takes any query that the kind of check can answer.
func (c *checkDecoder) expect(v *yaml.Node, x *expectation, kind string) {
	known := c.expectFields(x, kind)
	c.mapping(v, "expect", known, func(k, v *yaml.Node) bool {
		q, name, isQuery, err := parseQuery(k.Value)
		switch {
		case !isQuery && slices.Contains([]string{"type", "headers", "schema", "expr"}, k.Value):
			c.fail(k, "%s checks have no %s", kind, k.Value)
			return true
		case !isQuery:
			c.unknownQuery(k, known)
			return true
		case err != nil:
			c.fail(k, "%s: %v", k.Value, err)
			return true
		case !asks(kind, name):
			c.fail(k, "%s checks have no %s", kind, name)
			return true
		}
		allowed := valueMatchers
		if slices.Contains([]string{"headers", "cookies", "url", "protocol", "sha256", "md5", "regex"}, name) {
			allowed = textMatchers
		}
		m := c.match(v, k.Value, allowed)
		m.query = q
		x.matches = append(x.matches, m)
		return true
	})
}

// unknownQuery names the key or query that is nearest to k.
func (c *checkDecoder) unknownQuery(k *yaml.Node, known fields) {
	all := fields{}
	for _, name := range queryWords() {
		all[name] = nil
	}
	for name := range known {
		all[name] = nil
	}
	c.unknown(k, "expect", all)
}

var statusClass = pattern.MustCompile(`^[1-5]xx$`)

func (c *checkDecoder) status(v *yaml.Node, x *expectation) {
	x.statusLine = v.Line
	if v.Kind == yaml.ScalarNode && statusClass.MatchString(v.Value) {
		low := int(v.Value[0]-'0') * 100
		x.status = append(x.status, statusRange{low, low + 99, v.Value})
		return
	}
	n, err := strconv.Atoi(v.Value)
	if v.Kind != yaml.ScalarNode || v.ShortTag() == "!!str" && v.Tag != "" || err != nil || n < 100 || n > 599 {
		c.fail(v, "%s is no HTTP status: a number such as 200 or a class such as 2xx", kindOf(v))
		return
	}
	x.status = append(x.status, statusRange{n, n, v.Value})
}

// mediaTypes are the short names of "type".
var mediaTypes = map[string][]string{
	"json":       {"application/json", "text/json", "+json"},
	"html":       {"text/html", "application/xhtml+xml"},
	"xml":        {"application/xml", "text/xml", "+xml"},
	"text":       {"text/plain"},
	"css":        {"text/css"},
	"javascript": {"text/javascript", "application/javascript", "application/x-javascript"},
	"csv":        {"text/csv"},
	"pdf":        {"application/pdf"},
	"image":      {"image/*"},
}

var mediaForm = pattern.MustCompile(`^[A-Za-z0-9.+-]+/([A-Za-z0-9.+-]+|\*)$`)

func (c *checkDecoder) mediaType(v *yaml.Node, x *expectation) {
	name := c.text(v, "type")
	if _, ok := mediaTypes[name]; !ok && name != "" && !mediaForm.MatchString(name) {
		var names []string
		for n := range mediaTypes {
			names = append(names, n)
		}
		slices.Sort(names)
		c.fail(v, "type %q is neither a media type such as text/plain nor one of %s%s", name, strings.Join(names, ", "), didYouMean(name, names))
	}
	x.media, x.mediaLine = name, v.Line
}

var (
	textMatchers  = []string{"equals", "contains", "matches", "present", "min", "max", "length", "not"}
	valueMatchers = append([]string{"type", "count"}, textMatchers...)
)

func (c *checkDecoder) matchFields(m *match, allowed []string) fields {
	all := fields{
		"equals":   func(_, v *yaml.Node) { m.equals, m.equal = c.tree(v, "equals"), true },
		"contains": func(_, v *yaml.Node) { m.contains, m.has = c.tree(v, "contains"), true },
		"matches":  func(_, v *yaml.Node) { m.pattern = c.pattern(v) },
		"present": func(_, v *yaml.Node) {
			b := c.bool(v, "present")
			m.present = &b
		},
		"type": func(_, v *yaml.Node) {
			if m.kind = c.text(v, "type"); m.kind != "" && !slices.Contains(typeNames, m.kind) {
				c.fail(v, "type %q is none of %s%s", m.kind, strings.Join(typeNames, ", "), didYouMean(m.kind, typeNames))
			}
		},
		"min":    func(_, v *yaml.Node) { m.low = c.bound(v, "min") },
		"max":    func(_, v *yaml.Node) { m.high = c.bound(v, "max") },
		"length": func(_, v *yaml.Node) { m.length = c.count(v, "length") },
		"count":  func(_, v *yaml.Node) { m.count = c.count(v, "count") },
		"not": func(_, v *yaml.Node) {
			inner := c.match(v, "not", allowed)
			m.not = &inner
		},
	}
	out := fields{}
	for _, name := range allowed {
		out[name] = all[name]
	}
	return out
}

func (c *checkDecoder) pattern(v *yaml.Node) *regexp.Regexp {
	pattern, err := regexp.Compile(c.text(v, "matches"))
	if err != nil {
		c.fail(v, "matches: not a regular expression: %v", err)
	}
	return pattern
}

// match reads what a value must be: the value itself, the name of a type, or a mapping of conditions.
func (c *checkDecoder) match(v *yaml.Node, what string, allowed []string) match {
	m := match{line: v.Line, what: what}
	switch {
	case v.Kind == yaml.MappingNode:
		if len(v.Content) == 0 {
			c.fail(v, "%s says nothing to expect; write {equals: ...}, {contains: ...} or the value itself", what)
		}
		c.mapping(v, what, c.matchFields(&m, allowed), nil)
	case v.Kind == yaml.ScalarNode && slices.Contains(allowed, "type") && slices.Contains(typeNames, v.Value) && v.ShortTag() == "!!str":
		m.kind = v.Value
	case v.Kind == yaml.ScalarNode && v.ShortTag() == "!!null" && !slices.Contains(allowed, "type"):
		c.fail(v, "%s: nothing to expect; for a header that must be missing write {present: false}", what)
	case v.Kind == yaml.SequenceNode && !slices.Contains(allowed, "type"):
		c.fail(v, "%s must be one text or a mapping, not a list", what)
	default:
		m.equals, m.equal = c.tree(v, what), true
	}
	return m
}

func (c *checkDecoder) bound(v *yaml.Node, what string) *float64 {
	f, err := strconv.ParseFloat(v.Value, 64)
	if tag := v.ShortTag(); v.Kind != yaml.ScalarNode || err != nil || tag != "!!int" && tag != "!!float" {
		c.fail(v, "%s must be a number, not %s", what, kindOf(v))
		return nil
	}
	return &f
}

func (c *checkDecoder) count(v *yaml.Node, what string) *int {
	n, err := strconv.Atoi(v.Value)
	if v.Kind != yaml.ScalarNode || err != nil || n < 0 || v.ShortTag() != "!!int" {
		c.fail(v, "%s must be a whole number from 0, not %s", what, kindOf(v))
		return nil
	}
	return &n
}

// templates are the texts of an expectation that may hold variables.
func (x expectation) templates() []template {
	var out []template
	for i := range x.matches {
		for m := &x.matches[i]; m != nil; m = m.not {
			out = append(out, treeTemplates(m.equals)...)
			out = append(out, treeTemplates(m.contains)...)
		}
	}
	return out
}

// document is a body as JSON; a body that is none is a text.
func document(body []byte) (any, bool) {
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil || d.More() {
		return nil, false
	}
	return v, true
}
