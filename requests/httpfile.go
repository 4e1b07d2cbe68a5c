package requests

import (
	"fmt"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// readHTTP reads the .http and .rest files of editors: VS Code's REST Client, the HTTP client of IntelliJ and Visual Studio,
// httpyac.
func readHTTP(f *file) error {
	h := &httpFile{file: f, named: map[string]int{}}
	f.vars.answers = h.answer
	var block []string
	start, name, asked, inBody := 1, "", false, false
	for i, line := range strings.Split(f.text, "\n") {
		m := httpVariable.FindStringSubmatch(line)
		switch {
		case strings.HasPrefix(line, "###"):
			h.block(block, start, name)
			block, start, name, asked, inBody = nil, i+2, strings.TrimSpace(strings.Trim(line, "# \t")), false, false
			continue
		case m != nil && !inBody:
			f.vars.known[m[1]] = strings.TrimSpace(m[2])
			line = ""
		case strings.TrimSpace(line) == "":
			inBody = asked
		case !httpComment.MatchString(line):
			asked = true
		}
		block = append(block, line)
	}
	h.block(block, start, name)
	return nil
}

var (
	httpVariable = pattern.MustCompile(`^@([A-Za-z_][\w.-]*)\s*=\s*(.*)$`)
	httpLine     = pattern.MustCompile(`^(?:(GET|HEAD|OPTIONS|POST|PUT|PATCH|DELETE|TRACE|CONNECT|GRAPHQL|WEBSOCKET|GRPC|WS|SSE|MQTT|RSOCKET|[A-Z]{3,10})\s+)?(\S.*?)(?:\s+HTTP/\S+)?\s*$`)
	httpNamed    = pattern.MustCompile(`^\s*(?:#|//)\s*@name[\s=]+(\S+)`)
	httpComment  = pattern.MustCompile(`^\s*(#|//)`)
	httpHeader   = pattern.MustCompile(`^([A-Za-z0-9!#$%&'*+.^_|~-]+)\s*:\s*(.*)$`)
	httpRef      = pattern.MustCompile(`^([A-Za-z_][\w-]*)\.response\.(body|headers)\.(.+)$`)
	httpMore     = pattern.MustCompile(`^\s+[?&]`)
)

// httpFile is one such file while it is read.
type httpFile struct {
	*file
	named map[string]int // requests by their @name
}

// answer is what an earlier request keeps of its answer for a reference such as login.response.body.token.
func (h *httpFile) answer(reference string) (string, error) {
	ref := httpRef.FindStringSubmatch(reference)
	if ref == nil {
		return "", nil
	}
	i, known := h.named[ref[1]]
	if !known {
		return "", fmt.Errorf("no request called %s stands before it", ref[1])
	}
	name := nameOf(ref[1] + "_" + strings.TrimLeft(ref[3], "$."))
	q := Query{Kind: OfJSON, Arg: rooted(ref[3])}
	if ref[2] == "headers" {
		q = Query{Kind: OfHeader, Arg: ref[3]}
	}
	if ref[2] == "body" && ref[3] == "*" {
		q = Query{Kind: OfBody}
	}
	if r := &h.found.Requests[i]; !h.vars.captured[name] {
		r.Capture = append(r.Capture, Capture{r.Line, name, q})
		h.vars.captured[name] = true
	}
	return name, nil
}

// rooted is a path of JSON from the root on: $.a of a, and $[0] of [0].
func rooted(path string) string {
	path = strings.TrimPrefix(strings.TrimPrefix(path, "$"), ".")
	if strings.HasPrefix(path, "[") {
		return "$" + path
	}
	return "$." + path
}

// block reads one request.
func (h *httpFile) block(lines []string, start int, name string) {
	r := Request{Name: name, Silent: true}
	at, id := 0, ""
	for ; at < len(lines); at++ {
		line := strings.TrimSpace(lines[at])
		if m := httpNamed.FindStringSubmatch(line); m != nil {
			id = m[1]
		}
		if line != "" && !httpComment.MatchString(line) && !strings.HasPrefix(line, "<") && !strings.HasPrefix(line, "import ") {
			break
		}
	}
	if at == len(lines) {
		return
	}
	if r.Name == "" {
		r.Name = id
	}
	r.Line = start + at
	m := httpLine.FindStringSubmatch(strings.TrimSpace(lines[at]))
	r.Method = m[1]
	if r.Method == "" {
		r.Method = "GET"
	}
	target := strings.TrimSpace(m[2])
	for at++; at < len(lines) && httpMore.MatchString(lines[at]); at++ {
		target += strings.TrimSpace(lines[at])
	}
	if !methodName.MatchString(r.Method) {
		h.left(r.Line, r.Method+" "+target, "%s is no request of HTTP that a check can send", r.Method)
		return
	}
	body := h.headers(&r, lines, at)
	if err := h.rest(&r, lines[body:], start+body); err != nil {
		h.left(r.Line, r.Method+" "+target, "%v", err)
		return
	}
	raw, err := h.vars.fill(target)
	if err != nil {
		h.left(r.Line, r.Method+" "+target, "%v", err)
		return
	}
	if h.add(r, raw) && id != "" {
		h.named[id] = len(h.found.Requests) - 1
	}
	for _, c := range r.Capture {
		h.vars.captured[c.Name] = true
	}
}

// headers reads the lines up to the first blank one.
func (h *httpFile) headers(r *Request, lines []string, at int) int {
	for ; at < len(lines) && strings.TrimSpace(lines[at]) != ""; at++ {
		line := strings.TrimSpace(lines[at])
		if m := httpHeader.FindStringSubmatch(line); m != nil && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "//") {
			r.Headers = append(r.Headers, Field{m[1], m[2]})
		}
	}
	return at
}

// rest reads the body, the scripts behind it and what they expect, and fills in the variables.
func (h *httpFile) rest(r *Request, lines []string, start int) error {
	var body, script []string
	inScript := false
	for _, line := range lines {
		trimmed := strings.TrimSpace(line)
		switch {
		case inScript:
			script = append(script, line)
			inScript = !strings.Contains(line, "%}") && !strings.Contains(line, "}}")
		case strings.HasPrefix(trimmed, "> {%"), strings.HasPrefix(trimmed, "{{@"), trimmed == "{{":
			script = append(script, line)
			inScript = !strings.Contains(line, "%}")
		case strings.HasPrefix(trimmed, "> "), strings.HasPrefix(trimmed, "<>"), strings.HasPrefix(trimmed, ">>"):
		case strings.HasPrefix(trimmed, "?? "):
			h.httpyac(r, trimmed[3:], start)
		case strings.HasPrefix(trimmed, "< ") || strings.HasPrefix(trimmed, "<@ "):
			name, err := h.vars.fill(strings.TrimLeft(trimmed, "<@ "))
			if err != nil {
				return fmt.Errorf("its body: %w", err)
			}
			r.BodyFile = name
		case httpComment.MatchString(line) && len(body) == 0:
		default:
			body = append(body, line)
		}
	}
	h.scripts(r, strings.Join(script, "\n"), start)
	var err error
	if text := strings.TrimSpace(strings.Join(body, "\n")); text != "" {
		if r.Body, err = h.vars.fill(text); err != nil {
			return err
		}
		r.HasBody = true
	}
	for i := range r.Headers {
		if r.Headers[i].Value, err = h.vars.fill(r.Headers[i].Value); err != nil {
			return fmt.Errorf("its header %s: %w", r.Headers[i].Name, err)
		}
	}
	plainAccount(r)
	return nil
}

// plainAccount reads the account that editors let people write without base64: Basic user:password, and user password.
func plainAccount(r *Request) {
	for i, hd := range r.Headers {
		rest, basic := strings.CutPrefix(hd.Value, "Basic ")
		if !strings.EqualFold(hd.Name, "Authorization") || !basic {
			continue
		}
		user, password, ok := strings.Cut(rest, ":")
		if !ok {
			user, password, ok = strings.Cut(strings.TrimSpace(rest), " ")
		}
		if ok {
			r.Auth = &Auth{user, strings.TrimSpace(password)}
			r.Headers = append(r.Headers[:i:i], r.Headers[i+1:]...)
			return
		}
	}
}

// httpyac reads ?? status == 200 and ?? body name == x.
func (h *httpFile) httpyac(r *Request, text string, line int) {
	words := strings.Fields(text)
	if len(words) == 3 && words[0] == "status" && words[1] == "==" {
		r.Asserts = append(r.Asserts, Assert{line, Query{Kind: OfStatus}, Equal, []string{words[2]}})
		r.Silent = false
		return
	}
	h.left(line, "assert "+text, "it is not understood")
}

func unique(list []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s] {
			out = append(out, s)
		}
		seen[s] = true
	}
	return out
}
