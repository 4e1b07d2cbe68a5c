package host

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// configMasker walks a configuration line by line. A directive with a secret's name hides everything up to the end of its
// line; a block that maps a secret's variable hides the values in it.
type configMasker struct {
	hidden int  // depth of braces of a block whose keys are secrets
	goesOn bool // the directive of a secret did not end on its line
}

var (
	firstWord  = scan.MustCompile(`^(\s*)([\w.$-]+)`)
	mapsSecret = scan.MustCompile(`^\s*(map|geo|split_clients)\s+"?\$(\w+)`)
	useHeader  = scan.MustCompile(`(?i)^\s*(proxy_set_header|add_header|more_set_headers|fastcgi_param|uwsgi_param|scgi_param|set|env|SetEnv|SetEnvIf\w*|PassEnv|RequestHeader\s+\w+|Header\s+(?:always\s+)?\w+|Define|http-request\s+\S+|php_(?:admin_)?value)\s+["']?\$?([\w.\]-]+)["']?\s+`)
	compares   = scan.MustCompile(`(["']?[$%][\w{}:()-]+["']?)(\s*(?:!?[=~]\*?|-eq|==)\s*)("[^"]*"|'[^']*'|[^\s)]+)`)
	comment    = scan.MustCompile(`^\s*[#;]`)

	// What HAProxy compares a header or a cookie with, and its accounts.
	asked    = scan.MustCompile(`((?:hdr|cook|url_param|urlp)\w*\(([\w-]+)[^)]*\)(?:\s+-m\s+\w+|\s+-i)*\s+)([^}]+)`)
	accounts = scan.MustCompile(`^(\s*(?:user\s+\S+.*?\spassword|user\s+\S+.*?\sinsecure-password|stats\s+auth)\s+)\S+`)
)

// directive hides the secrets of one directive, or of as much of it as stands on a line.
func (c *configMasker) directive(text string) string {
	if c.hidden > 0 {
		c.hidden += strings.Count(text, "{") - strings.Count(text, "}")
		if c.hidden <= 0 {
			return "}"
		}
		return masked
	}
	if m := mapsSecret.FindStringSubmatch(text); m != nil && secretName(m[2]) {
		c.hidden = strings.Count(text, "{") - strings.Count(text, "}")
		if c.hidden < 1 && strings.Contains(text, "{") {
			return m[0] + " { " + masked + " }"
		}
		return text
	}
	if m := useHeader.FindStringSubmatch(text); m != nil {
		rest := text[len(m[0]):]
		if (secretName(strings.TrimPrefix(m[2], "http_")) || secretName(m[2])) && !harmless(strings.TrimRight(rest, "; ")) {
			return m[0] + masked + endOf(text)
		}
	}
	if m := firstWord.FindStringSubmatch(text); m != nil && secretName(m[2]) {
		rest := strings.TrimSpace(strings.TrimRight(text[len(m[0]):], "; "))
		if rest != "" && !harmless(rest) && !strings.HasPrefix(rest, "{") {
			return m[0] + " " + masked + endOf(text)
		}
	}
	text = compares.ReplaceAllStringFunc(text, func(found string) string {
		m := compares.FindStringSubmatch(found)
		if name := strings.Trim(m[1], `"'$%{}`); (secretName(name) || secretName(strings.TrimPrefix(name, "http_")) || strings.HasPrefix(name, "arg_") && secretName(name[4:]) || strings.HasPrefix(name, "cookie_")) && !harmless(m[3]) {
			return m[1] + m[2] + masked
		}
		return found
	})
	text = asked.ReplaceAllStringFunc(text, func(found string) string {
		if m := asked.FindStringSubmatch(found); secretName(m[2]) {
			return m[1] + masked + map[bool]string{true: " "}[strings.HasSuffix(found, " ")]
		}
		return found
	})
	return maskPairs(maskShell(accounts.ReplaceAllString(text, "${1}"+masked)))
}

// endOf is what a directive ends with, so that a hidden one keeps the blocks around it whole.
func endOf(text string) string {
	if strings.HasSuffix(text, "{") {
		return " {"
	}
	return ";"
}

// line hides the secrets of one line of nginx's configuration, which may hold several directives, or of one of a server
// that has one directive in each line.
func (c *configMasker) line(format, text string) string {
	if comment.MatchString(text) {
		return "" // what is switched off is not in force, and may hold an old password
	}
	parts := []string{text}
	if format == "nginx" {
		parts = directives(text)
	}
	var b strings.Builder
	for _, part := range parts {
		if part == "" {
			continue
		}
		ended := !strings.HasSuffix(part, "\\")
		if format == "nginx" {
			ended = strings.IndexByte(";{}", part[len(part)-1]) >= 0
		}
		switch {
		case c.goesOn && strings.TrimSpace(part) != "":
			b.WriteString(" " + masked)
			if ended && format == "nginx" {
				b.WriteString(part[len(part)-1:])
			}
			c.goesOn = !ended
		case !ended && asksForSecret(strings.TrimSuffix(part, "\\")):
			b.WriteString(part)
			c.goesOn = true
		default:
			b.WriteString(c.directive(part))
		}
	}
	return b.String()
}

// asksForSecret says that a directive that goes on in the next line has a secret there.
func asksForSecret(text string) bool {
	name := ""
	if m := useHeader.FindStringSubmatch(text + " "); m != nil && m[0] == text+" " {
		name = m[2]
	} else if m := firstWord.FindStringSubmatch(text); m != nil && m[0] == strings.TrimRight(text, " \t") {
		name = m[2]
	}
	return secretName(name) || secretName(strings.TrimPrefix(name, "http_"))
}

// directives splits a line of nginx's behind each directive and each start and end of a block, and leaves out the comment
// at its end. All of the line but that is in the parts.
func directives(line string) []string {
	var list []string
	var quote byte
	start := 0
	for i := 0; i < len(line); i++ {
		c := line[i]
		fresh := i == start || strings.IndexByte(" \t(=", line[i-1]) >= 0 // where a word begins
		switch {
		case c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && fresh:
			quote = c
		case c == '#' && fresh:
			return append(list, line[start:i])
		case c == ';', c == '}', c == '{' && (i == 0 || line[i-1] != '$'):
			list = append(list, line[start:i+1])
			start = i + 1
		}
	}
	if start < len(line) {
		list = append(list, line[start:])
	}
	return list
}

// maskConfig hides the secrets of a server's configuration, and leaves out its comments.
func maskConfig(format, text string) []string {
	c := &configMasker{}
	lines := []string{}
	for line := range strings.Lines(strings.ToValidUTF8(text, "?")) {
		line = strings.TrimRight(line, "\r\n")
		if format == "haproxy" {
			line = uncommented.ReplaceAllString(line, "")
		}
		lines = append(lines, strings.TrimRight(c.line(format, line), " \t"))
	}
	return lines
}

// uncommented is the end of a line of HAProxy's from a comment on.
var uncommented = scan.MustCompile(`\s#.*`)
