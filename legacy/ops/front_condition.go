package ops

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// frontCondition is under which conditions a web server does something, as far as another can be told of it.
type frontCondition struct {
	agents  string // expressions
	query   string
	host    string
	others  bool // than this host
	methods []string
	besides string // an expression of paths that it is not about
	paths   string // an expression of paths that it is about
}

// conditions are several conditions that all have to hold: nil where one of them is not understood.
type conditions struct {
	*frontCondition
	some bool // there are any
}

// and adds a condition that has to hold as well.
func (c conditions) and(more *frontCondition) conditions {
	switch {
	case more == nil || c.some && c.frontCondition == nil:
		return conditions{some: true}
	case !c.some:
		return conditions{more, true}
	}
	all := *c.frontCondition
	for _, text := range []struct {
		have *string
		more string
	}{{&all.agents, more.agents}, {&all.query, more.query}, {&all.host, more.host}, {&all.besides, more.besides}, {&all.paths, more.paths}} {
		if *text.have != "" && text.more != "" {
			return conditions{some: true}
		}
		*text.have += text.more
	}
	if all.methods != nil && more.methods != nil {
		return conditions{some: true}
	}
	all.methods, all.others = append(all.methods, more.methods...), all.others || more.others
	return conditions{&all, true}
}

// or is one of two conditions of the same kind, expressions of which one has to match.
func (c *frontCondition) or(more *frontCondition) *frontCondition {
	switch {
	case c == nil || more == nil:
	case c.agents != "" && more.agents != "":
		return &frontCondition{agents: either(c.agents, more.agents)}
	case c.query != "" && more.query != "":
		return &frontCondition{query: either(c.query, more.query)}
	}
	return nil
}

// either is an expression for two, of which each keeps whether it is for small and large letters.
func either(a, b string) string {
	group := func(text string) string {
		if rest, small := strings.CutPrefix(text, "(?i)"); small {
			return "(?i:" + rest + ")"
		}
		return text
	}
	if strings.HasPrefix(a, "(?i)") == strings.HasPrefix(b, "(?i)") {
		return a + "|" + strings.TrimPrefix(b, "(?i)")
	}
	return group(a) + "|" + group(b)
}

// refused is what is refused of a part under the conditions; false where they can't be told.
func (c conditions) refused(p service.Part, code int) (service.Part, bool) {
	p.Refuse = code
	if !c.some {
		return p, !p.Whole()
	}
	if c.frontCondition == nil || c.others || c.besides != "" && !c.excludes(&p) {
		return p, false
	}
	if c.paths != "" {
		if !p.Whole() || c.besides != "" || !service.Expression(c.paths) || strings.Contains(c.paths, filledIn) {
			return p, false
		}
		p.Path, p.Pattern = c.paths, true
	}
	p.Agents, p.Query, p.Methods, p.Host = c.agents, c.query, c.methods, c.host
	return p, (p.Conditional() || c.paths != "") && service.Expression(p.Agents) && service.Expression(p.Query) && !strings.Contains(p.Agents+p.Query, filledIn)
}

// excludes takes the paths away that a condition leaves out, from a part that is everything.
func (c conditions) excludes(p *service.Part) bool {
	if !p.Whole() {
		return false
	}
	p.Path, p.Pattern = "^(?!"+strings.TrimPrefix(c.besides, "^")+")", true
	return strings.HasPrefix(c.besides, "^/") && service.Expression(p.Path)
}

// moved is what a redirect under the conditions holds for: some of the site's hosts at most.
func (c conditions) moved(from movedFrom) (movedFrom, bool) {
	if !c.some {
		return from, true
	}
	if c.frontCondition == nil || c.agents != "" || c.query != "" || c.methods != nil || c.paths != "" {
		return from, false
	}
	if c.besides != "" {
		if !from.pattern || !wholeSite.MatchString(from.path) || !strings.HasPrefix(c.besides, "^/") {
			return from, false
		}
		from.path = "^(?!" + strings.TrimPrefix(c.besides, "^") + ")/(.*)$"
	}
	if from.host = c.host; c.others {
		from.host, from.but = "", c.host
	}
	return from, true
}

// ofHost is a condition about one host: shop.org, =shop.org, ^shop\.org$.
func ofHost(text string, others bool) *frontCondition {
	host := strings.TrimPrefix(text, "=")
	if begins, ends := strings.HasPrefix(host, "^"), strings.HasSuffix(host, "$"); begins && ends {
		host = strings.ReplaceAll(host[1:len(host)-1], `\.`, ".")
	} else if begins || ends {
		return nil
	}
	if host = strings.ToLower(host); siteHost(host) != host || host == "" {
		return nil
	}
	return &frontCondition{host: host, others: others}
}

// methodList is an expression of names of methods: ^(GET|HEAD)$.
var methodList = scan.MustCompile(`^\^?\(?(?:\?:)?([A-Z]+(?:\|[A-Z]+)*)\)?\$?$`)

// ofMethods is a condition about some methods, or about all others.
func ofMethods(text string, others bool) *frontCondition {
	m := methodList.FindStringSubmatch(strings.TrimPrefix(text, "="))
	if m == nil {
		return nil
	}
	methods := strings.Split(m[1], "|")
	if slices.ContainsFunc(methods, func(name string) bool { return !slices.Contains(service.Methods, name) }) {
		return nil
	}
	if others {
		methods = slices.DeleteFunc(slices.Clone(service.Methods), func(name string) bool { return slices.Contains(methods, name) })
	}
	slices.Sort(methods)
	return &frontCondition{methods: slices.Compact(methods)}
}

// nginxCondition is a condition of nginx: ($request_method !~ ^(GET|HEAD)$).
var nginxCondition = scan.MustCompile(`^\s*\$(http_user_agent|request_method|args|query_string|host|http_host|uri|document_uri|request_filename)\s*(!?=|!?~\*?)\s*(.+?)\s*$`)

// conditionOf reads the condition of an if, nil where it is about anything else.
func conditionOf(d *directive) *frontCondition {
	said := strings.TrimSpace(d.rest())
	if strings.HasPrefix(said, "(") {
		said = strings.TrimSuffix(said[1:], ")")
	}
	m := nginxCondition.FindStringSubmatch(said)
	if m == nil {
		return nil
	}
	text, negative, plain := strings.Trim(m[3], `"'`), m[2][0] == '!', strings.HasSuffix(m[2], "=")
	if strings.HasSuffix(m[2], "*") {
		text = "(?i)" + text
	}
	switch {
	case m[1] == "request_method":
		return ofMethods(strings.TrimPrefix(text, "(?i)"), negative)
	case m[1] == "host" || m[1] == "http_host":
		if !plain && !strings.HasPrefix(strings.TrimPrefix(text, "(?i)"), "^") {
			return nil
		}
		return ofHost(strings.TrimPrefix(text, "(?i)"), negative)
	case negative || plain || text == "":
		return nil
	case m[1] == "http_user_agent":
		return &frontCondition{agents: text}
	case (m[1] == "uri" || m[1] == "document_uri" || m[1] == "request_filename") && secretQuery.MatchString(text):
		return nil
	case m[1] == "request_filename" && strings.HasPrefix(strings.TrimPrefix(text, "(?i)"), "^"):
		return nil // a place on the machine
	case m[1] == "uri" || m[1] == "document_uri" || m[1] == "request_filename":
		return &frontCondition{paths: text}
	}
	return ofQuery(text)
}

// secretQuery are parts of queries whose values may be private.
var secretQuery = scan.MustCompile(`(?i)(token|secret|passw|passphrase|pwd|key|auth|sig|signature|session|credentials?)[\w-]*\\?=`)

// ofQuery is a condition about the query.
func ofQuery(expression string) *frontCondition {
	if secretQuery.MatchString(expression) {
		return nil
	}
	return &frontCondition{query: expression}
}

// ruleCondition reads one condition before a rule of Apache's; or says that it, or the next one, has to hold.
func ruleCondition(d *directive) (c *frontCondition, or bool) {
	if len(d.words) < 3 {
		return nil, false
	}
	text, flags := d.words[2], ""
	if len(d.words) > 3 {
		flags = strings.ToUpper(strings.Trim(d.words[3], "[]"))
	}
	ignore := false
	for flag := range strings.SplitSeq(flags, ",") {
		switch strings.TrimSpace(flag) {
		case "NC", "NOCASE":
			ignore = true
		case "OR", "ORNEXT":
			or = true
		case "", "NV", "NOVARY":
		default:
			return nil, or
		}
	}
	text, negative := strings.CutPrefix(text, "!")
	if text == "" || strings.ContainsAny(text[:1], "<>-") {
		return nil, or
	}
	expression := text
	if ignore {
		expression = "(?i)" + text
	}
	switch name := d.words[1]; {
	case name == "%{REQUEST_METHOD}":
		return ofMethods(text, negative), or
	case name == "%{HTTP_HOST}" || name == "%{SERVER_NAME}":
		return ofHost(text, negative), or
	case name == "%{REQUEST_URI}" && negative && !ignore && strings.HasPrefix(text, "^/"):
		return &frontCondition{besides: text}, or
	case negative || strings.HasPrefix(text, "="):
		return nil, or
	case name == "%{HTTP_USER_AGENT}":
		return &frontCondition{agents: expression}, or
	case name == "%{QUERY_STRING}":
		return ofQuery(expression), or
	}
	return nil, or
}
