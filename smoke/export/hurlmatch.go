package export

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// query is a value of the answer in hurl's words; why says why there are none.
func hurlQuery(text string) (query, why string) {
	name, rest, _ := strings.Cut(text, ".")
	word, after, spaced := strings.Cut(text, " ")
	switch {
	case text == "status" || text == "url" || text == "sha256" || text == "md5" || text == "body":
		return text, ""
	case text == "size":
		return "bytes count", ""
	case text == "time":
		return "duration", ""
	case text == "redirects":
		return "redirects count", ""
	case text == "protocol":
		return "version", ""
	case strings.HasPrefix(text, "$"):
		return `jsonpath "` + hurlQuoted(plainFilter.ReplaceAllString(text, "[?($1)]")) + `"`, ""
	case name == "body":
		return `jsonpath "` + hurlQuoted("$"+jsonSteps(pathSteps(rest))) + `"`, ""
	case name == "headers":
		return `header "` + hurlQuoted(rest) + `"`, ""
	case name == "cookies":
		return hurlCookie(rest)
	case name == "certificate":
		return hurlCertificate(rest)
	case spaced && word == "xpath":
		return `xpath "` + hurlQuoted(strings.TrimSpace(after)) + `"`, ""
	case spaced && word == "regex":
		return "regex " + hurlPattern(grouped(strings.TrimSpace(after))), ""
	case spaced && word == "css":
		return "", "hurl has no CSS selectors; xpath does the same"
	}
	return "", "hurl has no such value"
}

// plainFilter is a filter of JSONPath without brackets around it, which hurl 7 wants and RFC 9535 allows.
var plainFilter = pattern.MustCompile(`\[\?\s*([^(\[\]\s][^\[\]]*)\]`)

// grouped is a pattern with a group, as hurl's regex wants one.
func grouped(pattern string) string {
	if p, err := regexp.Compile(pattern); err == nil && p.NumSubexp() == 0 {
		return "(" + pattern + ")"
	}
	return pattern
}

var pathStep = pattern.MustCompile(`"([^"]*)"|([^.]+)`)

func pathSteps(text string) []string {
	var out []string
	for _, m := range pathStep.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1]+m[2])
	}
	return out
}

var plainStep = pattern.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// jsonSteps is a path in JSONPath. A number is an index.
func jsonSteps(steps []string) string {
	var b strings.Builder
	for _, s := range steps {
		_, err := strconv.ParseUint(s, 10, 32)
		switch {
		case err == nil:
			b.WriteString("[" + s + "]")
		case plainStep.MatchString(s):
			b.WriteString("." + s)
		default:
			b.WriteString("['" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "']")
		}
	}
	return b.String()
}

var hurlAttributes = map[string]string{"secure": "Secure", "httponly": "HttpOnly", "domain": "Domain", "path": "Path", "max_age": "Max-Age", "samesite": "SameSite"}

func hurlCookie(text string) (query, why string) {
	if i := strings.LastIndexByte(text, '.'); i > 0 {
		attribute := strings.ToLower(text[i+1:])
		if attribute == "expires" {
			return "", "hurl writes the time of a cookie in another form"
		}
		if name, ok := hurlAttributes[attribute]; ok {
			return `cookie "` + hurlQuoted(text[:i]+"["+name+"]") + `"`, ""
		}
	}
	return `cookie "` + hurlQuoted(text) + `"`, ""
}

func hurlCertificate(field string) (query, why string) {
	switch field {
	case "days_left":
		return `certificate "Expire-Date" daysAfterNow`, ""
	case "subject", "issuer":
		return `certificate "` + strings.ToUpper(field[:1]) + field[1:] + `"`, ""
	case "names":
		return `certificate "Subject-Alt-Name"`, ""
	}
	return "", "hurl has no such field of a certificate in this form"
}

// captures are what is kept, with the values inside of it that later checks need.
func (h *hurl) captures() {
	var lines []string
	for _, c := range h.check.Capture {
		query, why := hurlQuery(c.Query)
		if why == "" && c.Query == "time" {
			why = "hurl keeps no duration in this form"
		}
		if why != "" {
			h.leave(c.Line, "capture "+c.Name, "%s", why)
			continue
		}
		query = ofText(query)
		if c.Pattern != "" {
			query += " regex " + hurlPattern(grouped(c.Pattern))
		}
		lines = append(lines, hurlName(c.Name)+": "+query)
		for _, key := range slices.Sorted(maps.Keys(h.steps)) {
			if !strings.HasPrefix(key, c.Name+".") {
				continue
			}
			base, found := c.Query, c.Pattern == ""
			if base == "body" {
				base = "$"
			} else if rest, inBody := strings.CutPrefix(base, "body."); inBody {
				base = "$" + jsonSteps(pathSteps(rest))
			}
			if !found || !strings.HasPrefix(base, "$") {
				h.leave(c.Line, "capture "+key, "hurl takes a value apart only where it is JSON")
				continue
			}
			lines = append(lines, capturedName(c.Name, h.steps[key])+`: jsonpath "`+hurlQuoted(base+jsonSteps(h.steps[key]))+`"`)
		}
	}
	if len(lines) > 0 {
		h.line("[Captures]\n%s", strings.Join(lines, "\n"))
	}
}

// ofText makes of a place in a document its text, as hurl compares no elements.
func ofText(query string) string {
	if path, ok := strings.CutPrefix(query, `xpath "`); ok && !xpathCall.MatchString(path) {
		return `xpath "string(` + strings.TrimSuffix(path, `"`) + `)"`
	}
	return query
}

var xpathCall = pattern.MustCompile(`^[a-z-]+\(`)

// match writes the asserts about one value.
func (h *hurl) match(m smoke.PlainMatch) {
	query, why := hurlQuery(m.Query)
	if why != "" {
		h.leave(m.Line, m.Query, "%s", why)
		return
	}
	asserts, why := h.predicates(m, query)
	if m.Not != nil && why == "" {
		var inner []assert
		inner, why = h.predicates(*m.Not, query)
		switch {
		case why != "":
		case len(inner) != 1 || m.Not.Not != nil:
			why = "hurl has \"not\" for one condition, not for several together"
		default:
			asserts = append(asserts, inner[0].not())
		}
	}
	for _, a := range asserts {
		h.asserts = append(h.asserts, a.query+" "+a.predicate)
	}
	if why != "" {
		h.leave(m.Line, m.Query, "%s", why)
	}
}

// assert is a line of [Asserts].
type assert struct{ query, predicate string }

func (a assert) not() assert {
	if positive, negated := strings.CutPrefix(a.predicate, "not "); negated {
		return assert{a.query, positive}
	}
	return assert{a.query, "not " + a.predicate}
}

// predicates are the asserts of the conditions of a match, but for its "not".
func (h *hurl) predicates(m smoke.PlainMatch, query string) (out []assert, why string) {
	text := ofText(query)
	say := func(query, predicate string) { out = append(out, assert{query, predicate}) }
	if m.Present != nil {
		say(query, map[bool]string{true: "exists", false: "not exists"}[*m.Present])
	}
	if m.Equal {
		if why = h.equal(m, query, text, &out); why != "" {
			return out, why
		}
	}
	if m.Has {
		switch v := m.Contains.(type) {
		case smoke.PlainText:
			if strings.HasPrefix(query, `certificate "Subject-Alt`) {
				v = append(smoke.PlainText{{Plain: "DNS:"}}, v...)
			}
			say(text, "contains "+h.quoted(v))
		case map[string]any, []any:
			return out, "hurl compares no lists and no objects"
		default:
			say(text, "contains "+scalar(v))
		}
	}
	if m.Pattern != "" {
		say(text, "matches "+hurlPattern(m.Pattern))
	}
	if m.Type != "" {
		say(query, hurlTypes[m.Type])
	}
	if m.Min != nil {
		say(numberOf(text), ">= "+strconv.FormatFloat(*m.Min, 'f', -1, 64))
	}
	if m.Max != nil {
		say(numberOf(text), "<= "+strconv.FormatFloat(*m.Max, 'f', -1, 64))
	}
	if m.Count != nil {
		say(query, fmt.Sprintf("count == %d", *m.Count))
	}
	if m.Length != nil {
		// hurl counts the items of lists. Of a text the length is a pattern.
		if strings.HasPrefix(query, "jsonpath ") && m.Type != "string" {
			say(query, fmt.Sprintf("count == %d", *m.Length))
		} else {
			say(text, fmt.Sprintf("matches /^(?s:.{%d})$/", *m.Length))
		}
	}
	return out, why
}

var hurlTypes = map[string]string{"string": "isString", "number": "isNumber", "integer": "isInteger", "boolean": "isBoolean", "array": "isList", "object": "isObject", "null": "== null"}

// numberOf is a query whose value is compared as a number.
func numberOf(query string) string {
	if strings.HasPrefix(query, "header ") || strings.HasPrefix(query, "cookie ") || strings.HasPrefix(query, "regex ") || strings.HasPrefix(query, `xpath "string`) {
		return query + " toFloat"
	}
	return query
}

// equal writes that a value is another one, which for JSON means each of its leaves.
func (h *hurl) equal(m smoke.PlainMatch, query, text string, out *[]assert) (why string) {
	t, isText := m.Equals.(smoke.PlainText)
	plain, constant := t.Constant()
	say := func(query, predicate string) { *out = append(*out, assert{query, predicate}) }
	switch {
	case query == "body" && isText && constant: // white space around it doesn't count
		say("body", "matches "+hurlPattern(`^\s*`+regexp.QuoteMeta(strings.TrimSpace(plain))+`\s*$`))
	case query == "body" && isText:
		say("body", "== "+h.quoted(t))
	case query == "body":
		return h.leaves(m.Equals, "$", out)
	case query == "version":
		say("version", fmt.Sprintf("== %q", strings.TrimPrefix(plain, "HTTP/")))
	case query == "sha256" || query == "md5":
		if !hexText.MatchString(plain) {
			return "hurl compares a digest with its digits alone"
		}
		say(query, "== hex,"+plain+";")
	case isText && constant && strings.HasPrefix(query, `certificate "`):
		if strings.HasPrefix(query, `certificate "Subject-Alt`) {
			return "hurl's names of a certificate are one text: say \"contains\""
		}
		parts := strings.Split(plain, ",")
		slices.Reverse(parts)
		say(query, `== "`+hurlQuoted(strings.Join(parts, ", "))+`"`)
	case isText:
		say(text, "== "+h.quoted(t))
	case strings.HasSuffix(query, `[Secure]"`) || strings.HasSuffix(query, `[HttpOnly]"`):
		say(query, map[bool]string{true: "exists", false: "not exists"}[m.Equals == true])
	case strings.HasPrefix(query, "jsonpath "):
		return h.leavesOf(m, out)
	case isTree(m.Equals):
		return "hurl compares no lists and no objects"
	case strings.HasPrefix(query, "header ") || strings.HasPrefix(query, "cookie ") || strings.HasPrefix(query, "regex ") || text != query:
		say(text, `== "`+scalar(m.Equals)+`"`)
	default:
		say(text, "== "+scalar(m.Equals))
	}
	return ""
}

func isTree(value any) bool {
	switch value.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

var hexText = pattern.MustCompile(`^[0-9a-fA-F]+$`)

func (h *hurl) leavesOf(m smoke.PlainMatch, out *[]assert) string {
	path := m.Query
	if rest, inBody := strings.CutPrefix(path, "body."); inBody {
		path = "$" + jsonSteps(pathSteps(rest))
	}
	return h.leaves(m.Equals, path, out)
}

// leaves writes that a place in a document is a value: a list by its length and items, an object by its keys.
func (h *hurl) leaves(value any, path string, out *[]assert) string {
	say := func(predicate string) {
		*out = append(*out, assert{`jsonpath "` + hurlQuoted(path) + `"`, predicate})
	}
	switch v := value.(type) {
	case smoke.PlainText:
		say("== " + h.quoted(v))
	case []any:
		if strings.ContainsAny(path, "*?:,") || strings.Contains(path, "..") {
			return "hurl compares no lists: count them and look at each"
		}
		say(fmt.Sprintf("count == %d", len(v)))
		for i, item := range v {
			if why := h.leaves(item, fmt.Sprintf("%s[%d]", path, i), out); why != "" {
				return why
			}
		}
	case map[string]any:
		say("isObject")
		h.leave(0, path, "hurl can't say that an object has no other keys: each of these is looked at")
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if why := h.leaves(v[key], path+jsonSteps([]string{key}), out); why != "" {
				return why
			}
		}
	case json.Number, bool, nil:
		say("== " + scalar(v))
	}
	return ""
}
