package requests

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// readHurl reads a file of hurl: https://hurl.dev/docs/grammar.html, in its old spellings too.
func readHurl(f *file) error {
	h := &hurl{file: f, lines: strings.Split(f.text, "\n")}
	f.vars.answers = h.sameAnswer
	for h.at < len(h.lines) {
		line := hurlLine(h.lines[h.at])
		m := hurlRequest.FindStringSubmatch(line)
		switch {
		case m != nil:
			h.entry(m[1], m[2])
		case line != "":
			f.left(h.at+1, line, "no request stands before it")
			h.at++
		default:
			h.at++
		}
	}
	return nil
}

var (
	hurlRequest  = pattern.MustCompile(`^([A-Z]+)\s+(\S.*)$`)
	hurlResponse = pattern.MustCompile(`^HTTP(?:/(\S+))?\s+(\*|\d+)\s*$`)
	hurlSection  = pattern.MustCompile(`^\[([A-Za-z]+)\]$`)
	hurlPair     = pattern.MustCompile(`^((?:[^\s:\\]|\\.)(?:[^:\\]|\\.)*?)\s*:\s*(.*)$`)
	hurlFile     = pattern.MustCompile(`^file\s*,\s*([^;]*);\s*(.*)$`)
)

// hurl is one file of hurl while it is read.
type hurl struct {
	*file
	lines []string
	at    int
	r     Request
	bad   string // why the request can't be taken over
	badAt int
	kept  map[string]bool // what the request at hand captures
}

// sameAnswer refuses what the same answer gives: a check knows it only afterwards.
func (h *hurl) sameAnswer(name string) (string, error) {
	if h.kept[nameOf(name)] && !h.vars.captured[nameOf(name)] {
		return "", fmt.Errorf("{{%s}} is captured from the same answer, which a check does afterwards", name)
	}
	return "", nil
}

// hurlLine is a line without blanks and comment. A # inside of a text or a path is no comment.
func hurlLine(line string) string {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "#") {
		return ""
	}
	quote := byte(0)
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\':
			i++
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '`'):
			quote = c
		case quote == 0 && c == '#' && i > 0 && (line[i-1] == ' ' || line[i-1] == '\t'):
			return strings.TrimSpace(line[:i])
		}
	}
	return line
}

// fillLine puts variables in, and notes why that can't be.
func (h *hurl) fillLine(text string) string {
	out, err := h.vars.fill(hurlEscapes(text))
	if err != nil {
		h.refuse("%v", err)
	}
	return out
}

func (h *hurl) refuse(format string, args ...any) {
	if h.bad == "" {
		h.bad, h.badAt = fmt.Sprintf(format, args...), h.at+1
	}
}

var hurlUnicode = pattern.MustCompile(`\\u\{([0-9A-Fa-f]{1,6})\}`)

func hurlEscapes(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	text = hurlUnicode.ReplaceAllStringFunc(text, func(m string) string {
		n, _ := strconv.ParseInt(m[3:len(m)-1], 16, 32)
		return string(rune(n))
	})
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n", `\t`, "\t", `\r`, "\r", `\b`, "\b", `\f`, "\f", `\#`, "#", `\:`, ":", "\\`", "`", `\/`, "/", `\ `, " ").Replace(text)
}

// entry reads a request and what is expected of its answer.
func (h *hurl) entry(method, target string) {
	h.r = Request{Line: h.at + 1, Method: method, Silent: true}
	h.bad = ""
	h.r.Name = h.comment()
	raw := h.fillLine(target)
	h.at++
	var query []Field
	answer := false
	captured := map[string]bool{}
	h.kept = captured
	for h.at < len(h.lines) {
		line := hurlLine(h.lines[h.at])
		section := hurlSection.FindStringSubmatch(line)
		response := hurlResponse.FindStringSubmatch(line)
		switch {
		case line == "":
			h.at++
		case response != nil && !answer:
			answer, h.r.Silent = true, false
			h.status(response[1], response[2])
			h.at++
		case section != nil:
			h.at++
			h.section(section[1], &query, captured)
		case hurlBodyStart(line):
			h.body(answer)
		case hurlRequest.MatchString(line) && hurlMethod.MatchString(line):
			h.end(raw, query, captured)
			return
		case hurlPair.MatchString(line):
			h.header(line, answer)
			h.at++
		default:
			h.left(h.at+1, line, "a line that is not understood")
			h.at++
		}
	}
	h.end(raw, query, captured)
}

var hurlMethod = pattern.MustCompile(`^[A-Z]+\s+(https?://|/|\{\{|[a-z0-9.-]+[.:/])`)

// comment is the line above the request, as its name.
func (h *hurl) comment() string {
	if h.at == 0 {
		return ""
	}
	text, found := strings.CutPrefix(strings.TrimSpace(h.lines[h.at-1]), "#")
	text = strings.TrimSpace(strings.Trim(text, "#*-= \t"))
	if !found || !hurlTitle.MatchString(text) {
		return ""
	}
	return strings.TrimRight(text, ".:")
}

// hurlTitle is a comment that can be a name: a few words, and nothing that is a sample of code.
var hurlTitle = pattern.MustCompile(`^[\p{L}\d ,.!()/&+-]{1,70}$`)

func (h *hurl) end(raw string, query []Field, captured map[string]bool) {
	if h.bad != "" {
		h.left(h.badAt, h.r.Method+" "+raw, "%s", h.bad)
	} else {
		h.add(h.r, addQuery(raw, query))
	}
	for name := range captured {
		h.vars.captured[name] = true
	}
}

func (h *hurl) status(version, status string) {
	if version == "2" || version == "3" {
		h.r.Asserts = append(h.r.Asserts, Assert{h.at + 1, Query{Kind: OfVersion}, Equal, version})
	}
	if status != "*" {
		h.r.Asserts = append(h.r.Asserts, Assert{h.at + 1, Query{Kind: OfStatus}, Equal, []string{status}})
	} else {
		h.r.Asserts = append(h.r.Asserts, Assert{h.at + 1, Query{Kind: OfStatus}, Equal, []string{"1xx", "2xx", "3xx", "4xx", "5xx"}})
	}
}

func (h *hurl) header(line string, answer bool) {
	m := hurlPair.FindStringSubmatch(line)
	name, value := hurlEscapes(m[1]), h.fillLine(m[2])
	if cookie, _, _ := strings.Cut(value, ";"); answer && strings.EqualFold(name, "Set-Cookie") && strings.Contains(cookie, "=") {
		name, value, _ = strings.Cut(cookie, "=")
		h.r.Asserts = append(h.r.Asserts, Assert{h.at + 1, Query{Kind: OfCookie, Arg: name}, Equal, value})
		return
	}
	if !answer {
		h.r.Headers = append(h.r.Headers, Field{name, value})
		return
	}
	h.r.Asserts = append(h.r.Asserts, Assert{h.at + 1, Query{Kind: OfHeader, Arg: name}, Equal, value})
}

// section reads the lines below [Name].
func (h *hurl) section(name string, query *[]Field, captured map[string]bool) {
	for ; h.at < len(h.lines); h.at++ {
		line := hurlLine(h.lines[h.at])
		if line == "" {
			continue
		}
		if hurlSection.MatchString(line) || hurlResponse.MatchString(line) || hurlBodyStart(line) || hurlMethod.MatchString(line) && hurlRequest.MatchString(line) {
			return
		}
		m := hurlPair.FindStringSubmatch(line)
		switch {
		case name == "Asserts":
			h.assert(line)
			continue
		case m == nil:
			h.left(h.at+1, line, "a line of [%s] that is not understood", name)
			continue
		}
		key := h.fillLine(m[1])
		switch name {
		case "QueryStringParams", "Query":
			*query = append(*query, Field{key, h.fillLine(m[2])})
		case "FormParams", "Form":
			h.r.Form = append(h.r.Form, Field{key, h.fillLine(m[2])})
		case "MultipartFormData", "Multipart":
			h.part(key, m[2])
		case "Cookies":
			h.r.Cookies = append(h.r.Cookies, Field{key, h.fillLine(m[2])})
		case "BasicAuth":
			h.r.Auth = &Auth{key, h.fillLine(m[2])}
		case "Options":
			h.option(key, m[2])
		case "Captures":
			h.capture(key, m[2], captured)
		default:
			h.left(h.at+1, line, "a section [%s] that is not known", name)
		}
	}
}

func (h *hurl) part(name, value string) {
	if m := hurlFile.FindStringSubmatch(value); m != nil {
		h.r.Parts = append(h.r.Parts, Part{Name: name, File: h.fillLine(m[1]), Type: m[2]})
		return
	}
	h.r.Parts = append(h.r.Parts, Part{Name: name, Value: h.fillLine(value)})
}

// option takes over what [Options] say of one request.
func (h *hurl) option(name, value string) {
	switch name {
	case "location", "location-trusted":
		h.r.Follow = value == "true"
	case "variable":
		if key, text, ok := strings.Cut(value, "="); ok {
			h.vars.known[strings.TrimSpace(key)] = strings.Trim(strings.TrimSpace(text), `"`)
		}
	case "user":
		user, password, _ := strings.Cut(h.fillLine(value), ":")
		h.r.Auth = &Auth{user, password}
	case "header":
		if key, text, ok := strings.Cut(value, ":"); ok {
			h.r.Headers = append(h.r.Headers, Field{strings.TrimSpace(key), h.fillLine(strings.TrimSpace(text))})
		}
	case "verbose", "very-verbose", "verbosity", "output", "compressed", "http1.1", "http1.0", "path-as-is", "max-redirs", "connect-timeout", "ipv4", "ipv6", "no-proxy", "limit-rate", "netrc", "netrc-optional", "delay", "repeat":
		if name == "repeat" || name == "delay" {
			h.left(h.at+1, name+": "+value, "a check asks once; \"eventually\" waits")
		}
	case "skip":
		if value == "true" {
			h.refuse("it is skipped there")
		}
	default:
		h.r.Options = append(h.r.Options, Field{name, value})
	}
}

func hurlBodyStart(line string) bool {
	switch {
	case line[0] == '{' && !strings.HasPrefix(line, "{{"), line[0] == '<', line[0] == '`', line[0] == '"' && strings.HasSuffix(line, `"`):
		return true
	case line[0] == '[':
		return !hurlSection.MatchString(line)
	case strings.HasPrefix(line, "base64,"), strings.HasPrefix(line, "hex,"), strings.HasPrefix(line, "file,"):
		return true
	}
	return hurlScalar.MatchString(line)
}

var hurlScalar = pattern.MustCompile(`^(true|false|null|-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?)$`)

// hurlDuration reads 500, 500ms, 2s and 1m; without a unit they are milliseconds.
func hurlDuration(text string) (time.Duration, bool) {
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return time.Duration(n * float64(time.Millisecond)), true
	}
	d, err := time.ParseDuration(text)
	return d, err == nil
}
