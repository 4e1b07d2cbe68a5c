package requests

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// Traffic is what access logs say, counted by the form of the paths. It holds a bounded number of forms, however long the
// logs are.
type Traffic struct {
	Lines  int // read
	Other  int // of them, no requests
	Reads  int // of them, GET and HEAD
	Writes int // of them, what may have changed data
	Assets int // of them, for pictures, scripts and style sheets
	Lost   int // of them, of a form that came after too many others
	forms  map[string]*form
	next   int
}

// form is one form of a path with what was asked of it.
type form struct {
	method, path string // as it is asked for, ids as {id}
	keys         string // the names in the query
	parts        []part
	seen, good   int
	statuses     map[int]int
	examples     map[string]int // targets that may be written down, with how often
	refused      string         // why none may
	file         string
	line         int // of the first
	order        int
}

// part is one part of a path: a word, or what stands for many.
type part struct {
	text string
	kind string // "" for a word; id, date, uuid, token, name, mail
}

const (
	maxForms    = 20_000
	maxExamples = 20
	maxLogLine  = 64 << 10
)

// NewTraffic counts nothing yet.
func NewTraffic() *Traffic { return &Traffic{forms: map[string]*form{}} }

// Read counts a log: nginx's and Apache's common and combined formats, with or without a host before them, load balancers'
// that quote the request, and lines of JSON. name is for evidence.
func (t *Traffic) Read(name string, in io.Reader) error {
	r := bufio.NewReaderSize(in, maxLogLine)
	for n := 1; ; n++ {
		line, err := r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			for errors.Is(err, bufio.ErrBufferFull) { // the rest of a line without an end
				_, err = r.ReadSlice('\n')
			}
			line = nil
		}
		if text := strings.TrimSpace(string(line)); text != "" && text[0] != '#' {
			t.Lines++
			if h, ok := parseLine(text); ok {
				t.count(h, name, n)
			} else {
				t.Other++
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
	}
}

// hit is one line of a log.
type hit struct {
	method, target string
	status         int
}

var (
	quotedRequest = pattern.MustCompile(`"([A-Z]{3,10}) (\S+)(?: HTTP/[\d.]+)?"`)
	statusAfter   = pattern.MustCompile(`^\s+(\d{3})(?:\s|$)`)
	statusBefore  = pattern.MustCompile(`\s([1-5]\d\d)\s`)
)

func parseLine(line string) (hit, bool) {
	if line[0] == '{' {
		return parseJSONLine(line)
	}
	m := quotedRequest.FindStringSubmatchIndex(line)
	if m == nil {
		return hit{}, false
	}
	h := hit{method: line[m[2]:m[3]], target: line[m[4]:m[5]]}
	if s := statusAfter.FindStringSubmatch(line[m[1]:]); s != nil {
		h.status, _ = strconv.Atoi(s[1])
	} else if s := statusBefore.FindStringSubmatch(line[:m[0]]); s != nil {
		h.status, _ = strconv.Atoi(s[1])
	}
	return h, h.status >= 100 && h.status < 600
}

// jsonKeys are how logs in JSON call what counts.
var jsonKeys = struct{ method, target, query, status, request []string }{
	method:  []string{"request_method", "method", "RequestMethod", "http_method", "verb", "requestMethod", "http.request.method"},
	target:  []string{"request_uri", "uri", "url", "RequestPath", "path", "target", "requestUrl", "originalUrl", "url.path", "http_path"},
	query:   []string{"query_string", "args", "query"},
	status:  []string{"status", "DownstreamStatus", "status_code", "statusCode", "response_status", "code", "http.response.status_code", "response_code"},
	request: []string{"request", "httpRequest", "req", "http", "http_request"},
}

func parseJSONLine(line string) (hit, bool) {
	d := json.NewDecoder(strings.NewReader(line))
	d.UseNumber()
	var doc map[string]any
	if d.Decode(&doc) != nil {
		return hit{}, false
	}
	get := func(keys []string) string {
		for _, m := range append([]map[string]any{doc}, inner(doc)...) {
			for _, k := range keys {
				switch v := m[k].(type) {
				case string:
					return v
				case json.Number:
					return v.String()
				}
			}
		}
		return ""
	}
	h := hit{method: get(jsonKeys.method), target: get(jsonKeys.target)}
	if whole, ok := doc["request"].(string); ok && h.target == "" { // nginx's $request
		if words := strings.Fields(whole); len(words) >= 2 {
			h.method, h.target = words[0], words[1]
		}
	}
	if q := get(jsonKeys.query); q != "" && q != "-" && !strings.Contains(h.target, "?") {
		h.target += "?" + strings.TrimPrefix(q, "?")
	}
	status, err := strconv.Atoi(get(jsonKeys.status))
	h.status = status
	return h, err == nil && h.method != "" && h.target != "" && status >= 100 && status < 600
}

// inner are the objects in which a line of JSON keeps its request and its answer.
func inner(doc map[string]any) []map[string]any {
	var out []map[string]any
	for _, k := range append(jsonKeys.request, "response", "res") {
		if m, ok := doc[k].(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// count adds a line to the form that it has.
func (t *Traffic) count(h hit, name string, line int) {
	if h.method != "GET" && h.method != "HEAD" {
		t.Writes++
		return
	}
	t.Reads++
	u, err := url.Parse(h.target)
	if err != nil || !strings.HasPrefix(u.Path, "/") || u.Path == "*" {
		return
	}
	if asset(u.Path) {
		t.Assets++
		return
	}
	parts := pathParts(u.EscapedPath())
	keys := queryKeys(u.RawQuery)
	id := h.method + " " + formPath(parts) + "?" + keys
	f := t.forms[id]
	if f == nil {
		if len(t.forms) >= maxForms {
			t.Lost++
			return
		}
		t.next++
		f = &form{method: h.method, path: formPath(parts), keys: keys, parts: parts, statuses: map[int]int{}, examples: map[string]int{}, file: name, line: line, order: t.next}
		t.forms[id] = f
	}
	f.seen++
	if h.status >= 200 && h.status < 400 {
		f.good++
		f.example(u.EscapedPath(), u.RawQuery)
	}
	f.statuses[h.status]++
}

// example keeps a target that may be written down, or says why it may not.
func (f *form) example(path, query string) {
	target := path
	if query != "" {
		target += "?" + query
	}
	if f.examples[target] > 0 {
		f.examples[target]++
		return
	}
	why := private(pathParts(path), query)
	switch {
	case why != "":
		if f.refused == "" {
			f.refused = why
		}
	case len(f.examples) < maxExamples && len(target) <= 300:
		f.examples[target] = 1
	}
}

var (
	idPart    = pattern.MustCompile(`^\d{1,9}$`)
	longID    = pattern.MustCompile(`^\d{10,}$`)
	uuidPart  = pattern.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)
	datePart  = pattern.MustCompile(`^\d{4}-\d{2}(-\d{2})?$`)
	hexPart   = pattern.MustCompile(`^[0-9a-fA-F]{12,}$`)
	tokenPart = pattern.MustCompile(`^[A-Za-z0-9_.~-]{24,}$`)
	mailPart  = pattern.MustCompile(`@|%40`)
	numbered  = pattern.MustCompile(`^[A-Za-z]{1,6}[-_]?\d{2,}$`)
	version   = pattern.MustCompile(`^v\d+(\.\d+)*$`)
)

// pathParts tells words from what stands for one thing among many.
func pathParts(path string) []part {
	var out []part
	for _, text := range strings.Split(strings.TrimPrefix(path, "/"), "/") {
		p := part{text: text}
		switch {
		case idPart.MatchString(text):
			p.kind = "id"
		case uuidPart.MatchString(text):
			p.kind = "uuid"
		case datePart.MatchString(text):
			p.kind = "date"
		case mailPart.MatchString(text):
			p.kind = "mail"
		case longID.MatchString(text), hexPart.MatchString(text) && strings.ContainsAny(text, "0123456789"), secretValue(text), tokenPart.MatchString(text) && strings.ContainsAny(text, "0123456789") && strings.ContainsAny(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"):
			p.kind = "token"
		case numbered.MatchString(text) && !version.MatchString(text):
			p.kind = "number"
		}
		out = append(out, p)
		if len(out) == 20 {
			break
		}
	}
	return out
}

func formPath(parts []part) string {
	var b strings.Builder
	for _, p := range parts {
		if b.WriteByte('/'); p.kind != "" {
			b.WriteString("{" + p.kind + "}")
		} else {
			b.WriteString(p.text)
		}
	}
	return b.String()
}

// queryKeys are the names in a query, in its order.
func queryKeys(query string) string {
	var keys []string
	for _, pair := range strings.Split(query, "&") {
		if key, _, _ := strings.Cut(pair, "="); key != "" && len(keys) < 20 {
			if secretValue(key) || len(key) > 60 {
				key = "*"
			}
			keys = append(keys, key)
		}
	}
	return strings.Join(keys, "&")
}

// plainKeys are the parameters whose values say something of what is shown and nothing of who asks.
var plainKeys = pattern.MustCompile(`(?i)^(page|p|per_?page|page_?(size|number|no)|limit|offset|start|rows|size|count|sort(_?by)?|order(_?by)?|dir(ection)?|format|f|fmt|lang(uage)?|locale|hl|fields|include|expand|embed|type|kind|view|tab|mode|status|state|year|month|version|v|api-version|pretty|wt|output|country|currency|category|filter|depth|latest|active|enabled|verbose|action|do|task|option|module|controller|route|r|op)$`)

var plainValue = pattern.MustCompile(`^[A-Za-z0-9_.,:~-]{0,24}$`)

// OfOneCopy says why a path is none for a check of any copy of a service: it holds what may be private, or an id. It is
// empty where it may be written down.
func OfOneCopy(path string) string {
	parts := pathParts(path)
	for _, p := range parts {
		if p.kind == "id" {
			return "its path holds an id, which another copy of the service need not have"
		}
	}
	return private(parts, "")
}

// private says why a target must not be written down; empty where it may.
func private(parts []part, query string) string {
	for _, p := range parts {
		switch p.kind {
		case "mail":
			return "its path holds an address of mail"
		case "token", "uuid":
			return "its path holds a token that may open what it leads to"
		case "number":
			return "its path holds a number that may be somebody's"
		}
	}
	if query == "" {
		return ""
	}
	for _, pair := range strings.Split(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		switch {
		case secretName(unescaped(key)) || secretValue(unescaped(value)):
			return "its query holds a secret"
		case !plainKeys.MatchString(unescaped(key)) || !plainValue.MatchString(unescaped(value)):
			return "its query holds what may be personal: " + shownKey(key)
		}
	}
	return ""
}

func shownKey(key string) string {
	if secretValue(key) || len(key) > 40 || mailPart.MatchString(key) {
		return "a parameter"
	}
	return key
}
