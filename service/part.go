package service

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// Part is what the web server in front did by itself for a part of what is asked for: a path with all below it, a regular
// expression, or requests of some programs, methods or queries. But for headers of a path, a web server in the pod goes on
// doing it.
type Part struct {
	Path    string            `yaml:"path" jsonschema:"required,description=Path prefix that is asked for."`
	Exact   bool              `yaml:"exact,omitempty" jsonschema:"description=Only this path and nothing below it."`
	Pattern bool              `yaml:"pattern,omitempty" jsonschema:"description=The path is a regular expression as nginx has it."`
	Host    string            `yaml:"host,omitempty" jsonschema:"description=Only requests for this host; for refuse and rewrite."`
	Agents  string            `yaml:"agents,omitempty" jsonschema:"description=Regular expression of the User-Agent: only these are refused."`
	Methods []string          `yaml:"methods,omitempty" jsonschema:"description=Only these methods are refused."`
	Query   string            `yaml:"query,omitempty" jsonschema:"description=Regular expression of the query: only such requests are refused."`
	Headers map[string]string `yaml:"headers,omitempty" jsonschema:"description=Headers that answers get here. They are no secrets: everybody sees them."`
	Files   string            `yaml:"files,omitempty" jsonschema:"description=Directory that is served here without the service\\, or with exact a file: in the container\\, relative to the code where it is not absolute. A container with nginx in the pod does that."`
	Refuse  int               `yaml:"refuse,omitempty" jsonschema:"enum=403,enum=404,enum=405,enum=410,enum=429,enum=503,description=Status with which everything is refused here."`
	Rewrite string            `yaml:"rewrite,omitempty" jsonschema:"description=What the service is asked for instead: /new/$1 with what the groups of a pattern hold."`
	Rate    string            `yaml:"rate,omitempty" jsonschema:"pattern=^[0-9]+r/[sm]$,description=How often one client may ask here: 10r/s or 5r/m; more is refused with 429. Each pod counts for itself."`
	Burst   int               `yaml:"burst,omitempty" jsonschema:"description=How many requests a client may be ahead of the rate."`
	Allow   []string          `yaml:"allow,omitempty" jsonschema:"description=Networks of the only clients that may ask here: 10.0.0.0/8. The gateway has to pass their addresses on (X-Forwarded-For)."`
	Deny    []string          `yaml:"deny,omitempty" jsonschema:"description=Networks of clients that may not ask here."`
}

// Refusals are the statuses with which a part may be refused.
var Refusals = []int{403, 404, 405, 410, 429, 503}

// Methods are those of HTTP.
var Methods = []string{"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}

// Whole says that it is about all that is asked for.
func (p Part) Whole() bool { return p.Path == "/" && !p.Exact && !p.Pattern }

// Conditional says that it is about some requests for a path, not about all.
func (p Part) Conditional() bool {
	return p.Agents != "" || len(p.Methods) > 0 || p.Query != "" || p.Host != ""
}

// restricts says that not everybody may ask for it, or not always.
func (p Part) restricts() bool {
	return p.Refuse != 0 || p.Rate != "" || len(p.Allow) > 0 || len(p.Deny) > 0
}

// Same says whether two parts are about the same requests.
func (p Part) Same(o Part) bool {
	if p.Exact != o.Exact && (p.restricts() || o.restricts()) {
		return false
	}
	return strings.TrimRight(p.Path, "/") == strings.TrimRight(o.Path, "/") && p.Pattern == o.Pattern && p.Host == o.Host && p.Agents == o.Agents && p.Query == o.Query && slices.Equal(p.Methods, o.Methods)
}

// String writes a part as people say it: /old exactly refused with 410.
func (p Part) String() string {
	words := []string{p.Path}
	add := func(said bool, format string, args ...any) {
		if said {
			words = append(words, fmt.Sprintf(format, args...))
		}
	}
	add(p.Exact, "exactly")
	add(p.Pattern, "pattern")
	add(p.Host != "", "host %s", p.Host)
	add(p.Agents != "", "for %s", p.Agents)
	add(len(p.Methods) > 0, "methods %s", strings.Join(p.Methods, " "))
	add(p.Query != "", "query %s", p.Query)
	add(p.Files != "", "files %s", p.Files)
	add(p.Refuse != 0, "refused with %d", p.Refuse)
	add(p.Rewrite != "", "rewrite %s", p.Rewrite)
	add(p.Rate != "", "rate %s burst %d", p.Rate, p.Burst)
	add(len(p.Allow) > 0, "allow %s", strings.Join(p.Allow, " "))
	add(len(p.Deny) > 0, "deny %s", strings.Join(p.Deny, " "))
	for _, name := range slices.Sorted(maps.Keys(p.Headers)) {
		add(true, "%s: %s", name, p.Headers[name])
	}
	return strings.Join(words, " ")
}

var (
	partRate    = pattern.MustCompile(`^[1-9][0-9]{0,5}r/[sm]$`)
	partRewrite = pattern.MustCompile(`^/([\w./?&=%~@:,+-]|\$[1-9])*$`)
	lookaround  = strings.NewReplacer("(?!", "(?:", "(?=", "(?:", "(?<!", "(?:", "(?<=", "(?:")
)

// maxExpression bounds the length of a regular expression.
const maxExpression = 500

// Expression says whether nginx takes a text as a regular expression: it would not start with any other.
func Expression(text string) bool {
	if len(text) > maxExpression || strings.ContainsAny(text, "\r\n\x00") {
		return false
	}
	_, err := regexp.Compile(lookaround.Replace(text))
	return err == nil
}

// Network says whether a text is an address or a network: 10.0.0.0/8.
func Network(text string) bool {
	if _, err := netip.ParsePrefix(text); err == nil {
		return true
	}
	_, err := netip.ParseAddr(text)
	return err == nil && !strings.Contains(text, "%")
}

func (v *validator) part(at string, p Part) {
	if !p.Pattern {
		v.routePath(at+".path", p.Path)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Headers)) {
		if !headerName.MatchString(name) || strings.ContainsAny(p.Headers[name], "\r\n\x00") {
			v.add(at+".headers", "%q is no header of one line", name)
		}
	}
	if p.Pattern {
		v.expression(at+".path", p.Path)
	}
	v.expression(at+".agents", p.Agents)
	v.expression(at+".query", p.Query)
	for _, network := range slices.Concat(p.Allow, p.Deny) {
		if !Network(network) {
			v.add(at, "%q is no address and no network such as 10.0.0.0/8", network)
		}
	}
	for _, method := range p.Methods {
		if !slices.Contains(Methods, method) {
			v.add(at+".methods", "%q is no method of HTTP", method)
		}
	}
	v.partDoes(at, p)
}

func (v *validator) expression(at, text string) {
	if !Expression(text) {
		v.add(at, "%q is no regular expression of one line", text)
	}
}

// containerPath says whether a text can be the path of a file there.
func containerPath(p string) bool {
	return !strings.ContainsAny(p, "\r\n\x00") && !slices.Contains(strings.Split(p, "/"), "..")
}

// partDoes checks what is done for a part.
func (v *validator) partDoes(at string, p Part) {
	limited := p.Rate != "" || len(p.Allow) > 0 || len(p.Deny) > 0
	switch {
	case p.Path == "":
		v.add(at+".path", "is missing")
	case p.Pattern && (p.Exact || p.Files != "" || len(p.Headers) > 0):
		v.add(at+".pattern", "a regular expression is not exact, and has no files and no headers")
	case !containerPath(p.Files):
		v.add(at+".files", "%q is no path in the container", p.Files)
	case p.Refuse != 0 && !slices.Contains(Refusals, p.Refuse):
		v.add(at+".refuse", "%d is no status to refuse with: 403, 404, 405, 410, 429 or 503", p.Refuse)
	case p.Host != "" && !dnsName.MatchString(p.Host):
		v.add(at+".host", "%q is no host name", p.Host)
	case p.Conditional() && (p.Refuse == 0 && (p.Rewrite == "" || p.Host == "") || len(p.Headers) > 0 || limited):
		v.add(at, "agents, methods, query and host say what is refused: give it refuse alone")
	case p.Rewrite != "" && (!p.Pattern || !partRewrite.MatchString(p.Rewrite) || p.Refuse != 0 || limited || p.Agents+p.Query != "" || len(p.Methods) > 0):
		v.add(at+".rewrite", "%q has to be a path such as /new/$1, for a path with pattern and nothing else", p.Rewrite)
	case p.Rate != "" && !partRate.MatchString(p.Rate):
		v.add(at+".rate", "%q is no rate such as 10r/s or 5r/m", p.Rate)
	case p.Burst < 0 || p.Burst > 100_000 || p.Burst > 0 && p.Rate == "":
		v.add(at+".burst", "%d is no number of requests ahead of a rate", p.Burst)
	case p.Refuse != 0 && (cmp.Or(p.Files, p.Rate) != "" || limited):
		v.add(at+".refuse", "what is refused has no files and no rate, and nobody is let in; leave out one of the two")
	case p.Whole() && !p.Conditional() && (p.Refuse != 0 || p.Files != ""):
		v.add(at+".path", "is the whole site: take its routes out where it is closed, or make the service one of language static where it is files")
	case p.Refuse == 0 && p.Files == "" && p.Rewrite == "" && len(p.Headers) == 0 && !limited:
		v.add(at, "says nothing: give it headers, files, refuse, rewrite, rate, allow or deny")
	}
}
