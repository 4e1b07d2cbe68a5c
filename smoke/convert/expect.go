package convert

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/requests"
	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// asserts writes what the answer must be.
func (w *writer) asserts() {
	status := w.status()
	if status != nil {
		w.expect.set("status", status)
	}
	for _, a := range w.r.Asserts {
		if a.Query.Kind == requests.OfStatus && a.Op == requests.Equal {
			continue
		}
		if why := w.assert(a); why != "" {
			w.leave(a.Line, "assert "+shown(a), "%s", why)
		}
	}
}

func shown(a requests.Assert) string {
	return strings.TrimSpace(a.Query.Kind + " " + a.Query.Arg + " " + a.Op)
}

// status is what the answer's status must be; nil leaves it at any 2xx.
func (w *writer) status() any {
	var all []any
	for _, a := range w.r.Asserts {
		codes, ok := a.Value.([]string)
		if a.Query.Kind != requests.OfStatus || a.Op != requests.Equal || !ok {
			continue
		}
		all = nil // the last one counts: a range that is narrowed
		for _, c := range codes {
			if n, err := strconv.Atoi(c); err == nil {
				all = append(all, json.Number(strconv.Itoa(n)))
			} else {
				all = append(all, c)
			}
		}
	}
	switch {
	case len(all) == 1:
		return all[0]
	case len(all) > 1:
		return all
	case w.r.Follow, len(w.r.Asserts) > 0:
		return nil
	case w.r.Silent && w.r.Secured:
		return []any{"2xx", json.Number("401"), json.Number("403")}
	case w.r.Silent: // nothing is known but that somebody asks for it
		return []any{"2xx", "3xx"}
	}
	return nil
}

// assert writes one assert, and gives the reason where that can't be.
func (w *writer) assert(a requests.Assert) string {
	switch {
	case a.Query.Kind == requests.OfDuration && (a.Op == requests.Less || a.Op == requests.LessEqual):
		if limit, ok := a.Value.(time.Duration); ok && !w.expect.has("within") {
			w.expect.set("within", limit.String())
			return ""
		}
	case a.Query.Kind == requests.OfHeader && strings.EqualFold(a.Query.Arg, "Content-Type") && len(a.Query.Filters) == 0 && w.mediaType(a):
		return ""
	case a.Query.Kind == requests.OfVariable:
		return "a check compares nothing but the answer"
	}
	a = w.inOurWords(a)
	query, filters, err := queryText(a.Query)
	if err != nil {
		return err.Error()
	}
	if d, ok := a.Value.(time.Duration); ok {
		a.Value = json.Number(strconv.FormatInt(d.Milliseconds(), 10))
	}
	if a.Query.Kind == requests.OfHeader && strings.EqualFold(a.Query.Arg, "Location") || a.Query.Kind == requests.OfURL {
		a = anyHost(a)
	}
	key, value, why := condition(a, filters)
	if why != "" {
		return why
	}
	why = w.place(query, key, value)
	if path := strings.TrimSpace(a.Query.Arg); why != "" && a.Query.Kind == requests.OfJSON && strings.HasPrefix(query, "body.") && len(a.Query.Filters) == 0 {
		return w.place(path, key, value) // the same place in other words
	}
	return why
}

// inOurWords puts what other tools say in another form: dates, names of certificates, what a cookie has.
func (w *writer) inOurWords(a requests.Assert) requests.Assert {
	text, isText := a.Value.(string)
	filters := a.Query.Filters
	switch a.Query.Kind {
	case requests.OfVersion:
		if isText && a.Op == requests.Equal {
			a.Value = "HTTP/" + text
		}
	case requests.OfCookie:
		attribute := strings.ToLower(a.Query.Arg)
		if strings.HasSuffix(attribute, "[secure]") || strings.HasSuffix(attribute, "[httponly]") {
			if a.Op == requests.Exists || a.Op == requests.NotExists {
				a.Value, a.Op = a.Op == requests.Exists, requests.Equal
			}
		}
		if strings.HasSuffix(attribute, "[expires]") && isText {
			if day, err := time.Parse("Mon, 02 Jan 2006", strings.TrimSpace(text[:min(len(text), 16)])); err == nil {
				a.Op, a.Value = requests.Contains, day.Format(time.DateOnly)
			}
		}
	case requests.OfRedirects:
		switch {
		case len(filters) == 1 && filters[0].Name == "count":
			a.Query.Filters = nil
		case len(filters) == 2 && filters[0].Name == "last" && filters[1].Name == "location":
			a.Query = requests.Query{Kind: requests.OfURL}
		}
	case requests.OfCertificate:
		switch {
		case len(filters) == 1 && filters[0].Name == "daysAfterNow":
			a.Query.Filters = nil
		case isText && a.Query.Arg == "Subject-Alt-Name":
			a.Value = strings.TrimPrefix(text, "DNS:")
		case isText && a.Op == requests.Equal && (a.Query.Arg == "Subject" || a.Query.Arg == "Issuer"):
			parts := strings.Split(text, ", ")
			slices.Reverse(parts) // from the name to the country, as RFC 2253 has it
			a.Value = strings.Join(parts, ",")
		}
	}
	return a
}

// mediaType writes "type" for what says no more than the kind of the answer.
func (w *writer) mediaType(a requests.Assert) bool {
	text, _ := a.Value.(string)
	if w.expect.has("type") || strings.Contains(text, "${") {
		return false
	}
	media, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(text)), ";")
	switch {
	case a.Op == requests.Matches && media == "json", a.Op == requests.Contains && (media == "application/json" || media == "json"), a.Op == requests.Equal && media == "application/json":
		w.expect.set("type", "json")
	case a.Op == requests.Contains && (media == "text/html" || media == "html"), a.Op == requests.Equal && media == "text/html":
		w.expect.set("type", "html")
	case a.Op == requests.Matches && patternType(text) != "":
		w.expect.set("type", patternType(text))
	case a.Op == requests.Matches && mediaForm.MatchString(strings.ReplaceAll(media, `\`, "")):
		w.expect.set("type", strings.ReplaceAll(media, `\`, ""))
	default:
		return false
	}
	return true
}

// patternType is the type whose pattern an export writes.
func patternType(pattern string) string {
	for _, kind := range []string{"json", "html", "xml", "text", "css", "javascript", "csv", "pdf", "image"} {
		if pattern == smoke.MediaPattern(kind) {
			return kind
		}
	}
	return ""
}

var mediaForm = pattern.MustCompile(`^[a-z]+/[a-z0-9.+-]+$`)

var urlStart = pattern.MustCompile(`^https?://[^/]+`)

// anyHost frees the address of a redirect from the host that it was written for: the target is another.
func anyHost(a requests.Assert) requests.Assert {
	text, ok := a.Value.(string)
	if !ok || a.Op != requests.Equal || strings.Contains(text, "${") || !urlStart.MatchString(text) {
		return a
	}
	rest := urlStart.ReplaceAllString(text, "")
	a.Op, a.Value = requests.Matches, `^(https?://[^/]+)?`+regexp.QuoteMeta(rest)+"$"
	return a
}

// place puts a condition below a query. Two conditions of one name are two expectations of what stands in the body or not.
func (w *writer) place(query, key string, value any) string {
	have := w.expect.get(query)
	if query == "status" || have == nil {
		if query == "status" {
			return w.statusExpr(key, value)
		}
		w.expect.set(query, conditionNode(key, value))
		return ""
	}
	if have.Kind != yaml.MappingNode {
		both := newMapping(true)
		was := *have
		name := "equals"
		if typeNames[was.Value] && was.Style == 0 {
			name = "type"
		}
		both.set(name, &was)
		*have = *both.node
	}
	m := &mapping{have}
	if same := m.get(key); same != nil && sameNode(same, nodeOf(value, true)) {
		return ""
	}
	if m.has(key) {
		return w.expression(query, key, value)
	}
	m.set(key, value)
	return ""
}

func sameNode(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Value != b.Value || len(a.Content) != len(b.Content) {
		return false
	}
	for i := range a.Content {
		if !sameNode(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}

var typeNames = map[string]bool{"string": true, "number": true, "integer": true, "boolean": true, "array": true, "object": true, "null": true}

// conditionNode is the short form where there is one: the value itself, or the name of a type.
func conditionNode(key string, value any) any {
	text, isText := value.(string)
	_, isMapping := value.(map[string]any)
	switch {
	case key == "equals" && !isMapping && (!isText || !typeNames[text]):
		return value
	case key == "type":
		return value
	}
	m := newMapping(true)
	m.set(key, value)
	return m
}

// statusExpr says of the status what is no list: above 200, not 500.
func (w *writer) statusExpr(key string, value any) string {
	return w.expression("status", key, value)
}

// expression says in "expr" what has no other place.
func (w *writer) expression(query, key string, value any) string {
	if _, isText := value.(string); query != "body" && query != "status" && !strings.HasPrefix(query, "headers.") || isText && strings.Contains(value.(string), "${") {
		return "the format has one such condition for a value"
	}
	if name, header := strings.CutPrefix(query, "headers."); header {
		query = fmt.Sprintf("headers[%q]", strings.ToLower(name))
	}
	operator := map[string]string{"contains": "contains", "equals": "==", "min": ">=", "max": "<=", "matches": "matches"}[key]
	literal, err := json.Marshal(value)
	if key == "not" {
		operator, literal = negated(value)
	}
	if operator == "" || err != nil {
		return "the format has one such condition for a value"
	}
	text := query + " " + operator + " " + string(literal)
	list := w.expect.get("expr")
	if list == nil {
		w.expect.set("expr", []any{text})
		return ""
	}
	list.Content = append(list.Content, nodeOf(text, true))
	return ""
}
