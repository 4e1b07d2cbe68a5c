package requests

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// variables are those of one file.
type variables struct {
	known    map[string]string // what the file itself says they are
	captured map[string]bool   // names, in the form of our own, that an earlier request captures
	// answers, where it is set, is asked first for what stands in {{}}: the name of what an earlier answer holds, "" where it
	// is none of that.
	answers func(reference string) (name string, err error)
}

// plain makes a text of one that has no variables.
func plain(text string) string { return strings.ReplaceAll(text, "${", "$${") }

var (
	braces      = pattern.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)
	notInNames  = pattern.MustCompile(`[^A-Za-z0-9]+`)
	captureName = pattern.MustCompile(`[^A-Za-z0-9_]+`)
)

// nameOf makes the name of a captured value of any.
func nameOf(name string) string {
	name = strings.Trim(captureName.ReplaceAllString(name, "_"), "_")
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		return "v" + name
	}
	return name
}

// envName makes the name of a variable of the environment of any: baseUrl is BASE_URL.
func envName(name string) string {
	var b strings.Builder
	var before rune
	for _, r := range name {
		if r >= 'A' && r <= 'Z' && (before >= 'a' && before <= 'z' || before >= '0' && before <= '9') {
			b.WriteByte('_')
		}
		b.WriteRune(r)
		before = r
	}
	name = strings.Trim(strings.ToUpper(notInNames.ReplaceAllString(b.String(), "_")), "_")
	if name == "" {
		return "VALUE"
	}
	if name[0] >= '0' && name[0] <= '9' {
		return "V" + name
	}
	return name
}

// fill puts ${NAME} into the place of each {{name}}: what the file itself says of it, what an earlier request captured, or
// else a variable of the environment. An error names what only the other tool can make up.
func (v variables) fill(text string) (string, error) { return v.expand(text, 0) }

// Variables that stand for variables are bounded, in their depth and in what they grow to, in bytes.
const (
	maxDepth  = 5
	maxFilled = 64 << 10
)

func (v variables) expand(text string, depth int) (string, error) {
	var b strings.Builder
	at := 0
	for _, m := range braces.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(plain(text[at:m[0]]))
		at = m[1]
		name := text[m[2]:m[3]]
		value, err := v.value(name, depth)
		if err != nil {
			return "", err
		}
		b.WriteString(value)
		if b.Len() > maxFilled && b.Len() > 2*len(text) {
			return "", fmt.Errorf("its variables make it larger than %d KiB", maxFilled>>10)
		}
	}
	b.WriteString(plain(text[at:]))
	return b.String(), nil
}

func (v variables) value(name string, depth int) (string, error) {
	if v.answers != nil {
		if answer, err := v.answers(name); answer != "" || err != nil {
			return "${" + answer + "}", err
		}
	}
	switch {
	case name == "":
		return "", fmt.Errorf("{{}} is no variable")
	case v.captured[nameOf(name)]:
		return "${" + nameOf(name) + "}", nil
	case strings.HasPrefix(name, "$processEnv ") || strings.HasPrefix(name, "$dotenv "):
		return "${" + envName(strings.TrimLeft(name[strings.IndexByte(name, ' '):], " %")) + "}", nil
	case strings.HasPrefix(name, "$shared ") || strings.HasPrefix(name, "$") || name == "newUuid" || name == "newDate":
		return "", fmt.Errorf("{{%s}} is made up anew by the tool for each run", name)
	}
	value, known := v.known[name]
	if !known || depth > maxDepth || secretName(name) && !braces.MatchString(value) {
		return "${" + envName(name) + "}", nil
	}
	return v.expand(value, depth+1)
}

// variableRef is ${NAME}, as fill makes it.
var variableRef = pattern.MustCompile(`\$\{[^{}]*\}`)

// onlyVariables says that a text holds nothing but variables and what joins them.
func onlyVariables(text string) bool {
	return strings.Contains(text, "${") && !strings.Contains(text, "$${") && strings.Trim(variableRef.ReplaceAllString(text, ""), " :/_-") == ""
}

// address is where a request goes.
type address struct {
	host, path string
	auth       *Auth
}

var schemeStart = pattern.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*|\$\{[^{}]*\})://`)

// splitURL takes host and path apart in a URL that may begin with variables: ${BASE_URL}/users. What stands before the
// path is the target's to say.
func splitURL(raw string) (address, error) {
	raw = strings.TrimSpace(raw)
	scheme := schemeStart.FindString(raw)
	switch s := strings.ToLower(strings.TrimSuffix(scheme, "://")); {
	case s == "" || s == "http" || s == "https" || strings.HasPrefix(s, "$"):
	default:
		return address{}, fmt.Errorf("%s is not http", s)
	}
	rest := raw[len(scheme):]
	var a address
	if scheme == "" && strings.HasPrefix(rest, "/") {
		return a, a.setPath(rest)
	}
	end := authorityEnd(rest)
	authority := rest[:end]
	if scheme == "" && !strings.Contains(authority, "${") && !hostLike.MatchString(authority) {
		return a, fmt.Errorf("%q is no URL", oneLine(raw))
	}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		user, password, _ := strings.Cut(authority[:at], ":")
		a.auth = &Auth{unescaped(user), unescaped(password)}
		authority = authority[at+1:]
	}
	if !strings.Contains(authority, "${") {
		a.host = strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(authority, ":80"), ":443"))
	}
	return a, a.setPath(rest[end:])
}

// hostLike is a host without a scheme before it.
var hostLike = pattern.MustCompile(`^([^/@\s]+@)?(localhost|\[[0-9a-fA-F:]+\]|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+)(:\d+)?$|^[A-Za-z0-9.-]+:\d+$`)

// authorityEnd is where the path begins.
func authorityEnd(text string) int { return indexOutside(text, "/?#") }

// indexOutside is where the first of some characters stands outside of braces, as a slash in ${NAME:-x/y} does not, or the
// end of the text.
func indexOutside(text, chars string) int {
	deep := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '{':
			deep++
		case c == '}' && deep > 0:
			deep--
		case deep == 0 && strings.IndexByte(chars, c) >= 0:
			return i
		}
	}
	return len(text)
}

func unescaped(text string) string {
	if out, err := url.PathUnescape(text); err == nil {
		return out
	}
	return text
}

// setPath escapes what no path or query may hold; variables stay.
func (a *address) setPath(text string) error {
	text = withoutFragment(text)
	if !strings.HasPrefix(text, "/") {
		text = "/" + text
	}
	a.path = escapePath(text)
	if _, err := url.Parse("http://host" + variableRef.ReplaceAllString(a.path, "x")); err != nil {
		return fmt.Errorf("%q is no path of a URL", oneLine(text))
	}
	return nil
}

func withoutFragment(text string) string { return text[:indexOutside(text, "#")] }

// escapePath writes the letters that end or break a URL with %, outside of variables; %41 stays as it is.
func escapePath(text string) string {
	var b strings.Builder
	at := 0
	for _, m := range variableRef.FindAllStringIndex(text, -1) {
		if m[0] > 0 && text[m[0]-1] == '$' { // $${: a plain one
			continue
		}
		b.WriteString(escapePlain(text[at:m[0]]))
		b.WriteString(text[m[0]:m[1]])
		at = m[1]
	}
	b.WriteString(escapePlain(text[at:]))
	return b.String()
}

func escapePlain(text string) string {
	text = strings.ReplaceAll(text, "$${", "${")
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		hex := i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2])
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}#", c) >= 0 || c == '%' && !hex {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// addQuery puts further parameters behind a path or URL.
func addQuery(target string, fields []Field) string {
	target, fragment, hasFragment := strings.Cut(target, "#")
	for _, f := range fields {
		mark := "&"
		if !strings.Contains(target, "?") {
			mark = "?"
		}
		target += mark + escapeQuery(f.Name) + "=" + escapeQuery(f.Value)
	}
	if hasFragment {
		target += "#" + fragment
	}
	return target
}

// escapeQuery escapes a name or value of a query and leaves its variables.
func escapeQuery(text string) string {
	var b strings.Builder
	at := 0
	escape := func(text string) {
		escaped := url.QueryEscape(strings.ReplaceAll(text, "$${", "${"))
		b.WriteString(strings.NewReplacer("+", "%20", "%2C", ",", "%3A", ":", "%2F", "/").Replace(escaped))
	}
	for _, m := range variableRef.FindAllStringIndex(text, -1) {
		if m[0] > 0 && text[m[0]-1] == '$' {
			continue
		}
		escape(text[at:m[0]])
		b.WriteString(text[m[0]:m[1]])
		at = m[1]
	}
	escape(text[at:])
	return b.String()
}
