package compare

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// comparison is that of the answers to one check.
type comparison struct {
	ignore               []string
	old, new             []smoke.Answer // by rounds, at least one each
	oldTarget, newTarget string

	differences []Difference
	volatile    []string
}

// headers are those that a caller may depend on. Others, such as Date, Server and ETag, differ between any two copies.
var headers = []string{
	"Content-Type", "Location", "Cache-Control", "Content-Disposition", "Content-Language", "WWW-Authenticate", "Allow", "Link", "Retry-After",
	"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers",
	"Content-Security-Policy", "Strict-Transport-Security", "X-Frame-Options", "X-Content-Type-Options",
}

// all compares everything.
func (c *comparison) all() {
	c.value("status", texts(c.old, func(a smoke.Answer) string { return strconv.Itoa(a.Status) }), texts(c.new, func(a smoke.Answer) string { return strconv.Itoa(a.Status) }))
	for _, name := range headers {
		of := func(target string) func(smoke.Answer) string {
			return func(a smoke.Answer) string { return header(a, name, target) }
		}
		c.value("headers."+name, texts(c.old, of(c.oldTarget)), texts(c.new, of(c.newTarget)))
	}
	c.value("headers.Set-Cookie", texts(c.old, cookies), texts(c.new, cookies))
	c.body()
	if n := len(c.differences); n > maxDifferences {
		c.differences = append(c.differences[:maxDifferences], Difference{"more", fmt.Sprintf("%d further differences", n-maxDifferences), ""})
	}
}

func texts(answers []smoke.Answer, of func(smoke.Answer) string) []string {
	var out []string
	for _, a := range answers {
		out = append(out, of(a))
	}
	return out
}

// value compares one text of each round.
func (c *comparison) value(what string, old, new []string) {
	if slices.Equal(old, new) && steady(old) {
		return
	}
	if c.ignores(what) || !steady(old) || !steady(new) {
		c.volatile = append(c.volatile, what)
		return
	}
	c.differ(what, old[0], new[0])
}

func steady(list []string) bool {
	for _, s := range list {
		if s != list[0] {
			return false
		}
	}
	return true
}

// differ notes a difference, without the values of secrets.
func (c *comparison) differ(what, old, new string) {
	if secretPlace.MatchString(what) {
		old, new = "[hidden]", "[another, hidden]"
	}
	c.differences = append(c.differences, Difference{shown(c.old[0], what), shown(c.old[0], old), shown(c.new[0], new)})
}

// secretPlace is a part of the body whose name says that its value is secret.
var secretPlace = pattern.MustCompile(`(?i)^body\..*(secret|token|passw|api_?-?key|credential|session|cookie|jwt)`)

func shown(a smoke.Answer, text string) string {
	text = strings.Join(strings.Fields(a.Hide(text)), " ")
	if runes := []rune(text); len(runes) > 200 {
		text = string(runes[:200]) + "..."
	}
	if text == "" {
		return "(nothing)"
	}
	return text
}

// ignores says whether something may differ: itself, or what it is a part of. A * stands for any one step.
func (c *comparison) ignores(what string) bool {
	for _, pattern := range c.ignore {
		if covers(strings.Split(pattern, "."), strings.Split(what, ".")) {
			return true
		}
	}
	return false
}

func covers(pattern, path []string) bool {
	if len(pattern) > len(path) {
		return false
	}
	for i, p := range pattern {
		if p != "*" && !strings.EqualFold(p, path[i]) {
			return false
		}
	}
	return true
}

// header is a header as it is compared: addresses of the service itself are the same wherever it runs.
func header(a smoke.Answer, name, target string) string {
	value := strings.Join(a.Header.Values(name), ", ")
	switch name {
	case "Content-Type":
		media, params, err := mime.ParseMediaType(value)
		if err == nil {
			value = mime.FormatMediaType(media, map[string]string{"charset": strings.ToLower(params["charset"])})
			value = strings.TrimSuffix(value, `; charset=""`)
		}
	case "Location", "Link", "Access-Control-Allow-Origin":
		value = ownAddress(value, target)
	}
	return value
}

// ownAddress takes the address of a service out of a text.
func ownAddress(text, target string) string {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" {
		return text
	}
	return strings.NewReplacer("https://"+u.Host, "", "http://"+u.Host, "").Replace(text)
}

// cookies are what an answer sets, without the values.
func cookies(a smoke.Answer) string {
	var out []string
	for _, c := range (&http.Response{Header: a.Header}).Cookies() {
		text := c.Name
		for word, is := range map[string]bool{"secure": c.Secure, "httponly": c.HttpOnly} {
			if is {
				text += " " + word
			}
		}
		words := strings.Fields(text)
		slices.Sort(words[1:])
		out = append(out, fmt.Sprintf("%s path=%s samesite=%d", strings.Join(words, " "), c.Path, c.SameSite))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// body compares the bodies: JSON value by value, other texts line by line, and what is no text by its bytes.
func (c *comparison) body() {
	if c.ignores("body") {
		c.volatile = append(c.volatile, "body")
		return
	}
	old, oldJSON := documents(c.old)
	new, newJSON := documents(c.new)
	if oldJSON && newJSON {
		c.tree("body", old, new)
		return
	}
	lines := func(answers []smoke.Answer, target string) [][]string {
		var out [][]string
		for _, a := range answers {
			out = append(out, strings.Split(ownAddress(strings.TrimSpace(string(a.Body)), target), "\n"))
		}
		return out
	}
	left, movedLeft := steadyLines(lines(c.old, c.oldTarget))
	right, movedRight := steadyLines(lines(c.new, c.newTarget))
	if movedLeft || movedRight {
		c.volatile = append(c.volatile, "body (some lines)")
	}
	for i := range max(len(left), len(right)) {
		a, b := lineAt(left, i), lineAt(right, i)
		if a != b {
			c.differ(fmt.Sprintf("body, line %d", i+1), a, b)
			return // those behind it are only shifted
		}
	}
}

func lineAt(lines []string, i int) string {
	if i >= len(lines) {
		return ""
	}
	return lines[i]
}

// steadyLines are the lines that all rounds have, in the order of the first.
func steadyLines(rounds [][]string) (out []string, moved bool) {
	count := map[string]int{}
	for _, lines := range rounds {
		in := map[string]bool{}
		for _, l := range lines {
			l = strings.TrimSpace(l)
			if !in[l] {
				count[l]++
			}
			in[l] = true
		}
	}
	for _, l := range rounds[0] {
		switch l = strings.TrimSpace(l); {
		case l == "":
		case count[l] == len(rounds):
			out = append(out, l)
		default:
			moved = true
		}
	}
	return out, moved
}

// documents are the bodies as JSON; false where one is none.
func documents(answers []smoke.Answer) ([]any, bool) {
	var out []any
	for _, a := range answers {
		d := json.NewDecoder(bytes.NewReader(a.Body))
		d.UseNumber()
		var doc any
		if a.Cut || d.Decode(&doc) != nil || d.More() {
			return nil, false
		}
		out = append(out, doc)
	}
	return out, true
}

// tree compares one place of the documents, of each round, and what is below it.
func (c *comparison) tree(at string, old, new []any) {
	if c.ignores(at) {
		if !same(old[0], new[0]) {
			c.volatile = append(c.volatile, at)
		}
		return
	}
	if objects(old) && objects(new) {
		names := map[string]bool{}
		for _, list := range [][]any{old, new} {
			for _, doc := range list {
				for name := range doc.(map[string]any) {
					names[name] = true
				}
			}
		}
		for _, name := range slices.Sorted(maps.Keys(names)) {
			c.tree(at+"."+name, members(old, name), members(new, name))
		}
		return
	}
	if n, ok := lists(old, new); ok {
		for i := range n {
			c.tree(at+"."+strconv.Itoa(i), elements(old, i), elements(new, i))
		}
		return
	}
	of := func(list []any, target string) []string {
		var out []string
		for _, v := range list {
			out = append(out, ownAddress(written(v), target))
		}
		return out
	}
	c.value(at, of(old, c.oldTarget), of(new, c.newTarget))
}

// absent stands for a member that an object lacks.
type absent struct{}

func objects(list []any) bool {
	for _, v := range list {
		if _, ok := v.(map[string]any); !ok {
			return false
		}
	}
	return true
}

func members(list []any, name string) []any {
	var out []any
	for _, v := range list {
		value, ok := v.(map[string]any)[name]
		if !ok {
			value = absent{}
		}
		out = append(out, value)
	}
	return out
}

// lists says how long they are, where all are lists of one length.
func lists(old, new []any) (int, bool) {
	n := -1
	for _, v := range slices.Concat(old, new) {
		list, ok := v.([]any)
		if !ok || n >= 0 && len(list) != n {
			return 0, false
		}
		n = len(list)
	}
	return n, true
}

func elements(list []any, i int) []any {
	var out []any
	for _, v := range list {
		out = append(out, v.([]any)[i])
	}
	return out
}

func written(v any) string {
	if _, isAbsent := v.(absent); isAbsent {
		return "(absent)"
	}
	if list, isList := v.([]any); isList && len(list) > 3 {
		return fmt.Sprintf("a list of %d", len(list))
	}
	if n, isNumber := v.(json.Number); isNumber { // 1.0 and 1 are the same number
		if f, err := n.Float64(); err == nil && strings.ContainsAny(n.String(), ".eE") {
			return strconv.FormatFloat(f, 'f', -1, 64)
		}
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}

func same(a, b any) bool { return written(a) == written(b) }
