package service

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// Edge is what is done to requests and answers on their way to a service and back: by the web server in front of it on the
// old machine, by the gateway of the cluster from now on.
type Edge struct {
	TLS       bool              `yaml:"tls,omitempty" jsonschema:"description=It is asked by https. The gateway holds the certificate; the smoke checks see that it is good."`
	Timeout   string            `yaml:"timeout,omitempty" jsonschema:"pattern=^[0-9]+(ms|s|m|h)$,description=How long an answer may take: 300s."`
	Body      string            `yaml:"body,omitempty" jsonschema:"pattern=^[0-9]+[kmg]?$,description=How large the body of a request may be: 500m; 0 is any size."`
	Headers   map[string]string `yaml:"headers,omitempty" jsonschema:"description=Headers that every answer gets. They are no secrets: everybody sees them."`
	Rewrites  map[string]string `yaml:"rewrites,omitempty" jsonschema:"description=What the path of a route is called when the request reaches the service: /api: /"`
	Redirects []Redirect        `yaml:"redirects,omitempty" jsonschema:"description=Requests that are sent elsewhere before they reach the service."`
	FastCGI   string            `yaml:"fastcgi,omitempty" jsonschema:"description=The service speaks FastCGI at its port\\, as php-fpm does: directory of its pages in the container\\, relative to the code where it is not absolute. A container with nginx in the pod serves them and asks it."`
	Parts     []Part            `yaml:"parts,omitempty" jsonschema:"description=Parts of what is asked for that are answered in a way of their own."`
}

// Redirect sends requests for a path, with all below it, elsewhere.
type Redirect struct {
	Host    string `yaml:"host,omitempty" jsonschema:"description=Host that is asked for; those of the routes where it is absent."`
	Path    string `yaml:"path,omitempty" jsonschema:"description=Path prefix that is asked for; everything where it is absent."`
	Exact   bool   `yaml:"exact,omitempty" jsonschema:"description=Only this path and nothing below it."`
	Pattern bool   `yaml:"pattern,omitempty" jsonschema:"description=The path is a regular expression as nginx has it: a web server in the pod redirects."`
	To      string `yaml:"to" jsonschema:"required,description=Where it leads: https://shop.example.com\\, which keeps the path\\, https://shop.example.com/new or /new; /new/$1 with what the groups of a pattern hold."`
	Rest    bool   `yaml:"rest,omitempty" jsonschema:"description=What was asked for below path is put behind to."`
	Code    int    `yaml:"code,omitempty" jsonschema:"enum=301,enum=302,enum=303,enum=307,enum=308,description=Status; 302 where it is absent."`
}

// Target takes To apart; what it does not name is as it was asked for.
func (r Redirect) Target() (scheme, host, port, path string, err error) {
	u, err := url.Parse(r.To)
	switch {
	case err != nil:
		return "", "", "", "", fmt.Errorf("%q is no address", r.To)
	case r.Pattern && !patternTarget.MatchString(r.To):
		return "", "", "", "", fmt.Errorf("%q has to be https://HOST/PATH or /PATH, with $1 for a group", r.To)
	case r.Pattern:
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil || u.Opaque != "":
		return "", "", "", "", fmt.Errorf("%q says more than a host and a path, which no route can send to", r.To)
	case u.Host != "" && !dnsName.MatchString(u.Hostname()):
		return "", "", "", "", fmt.Errorf("%q is no host name", u.Hostname())
	case u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https", u.Scheme != "" && u.Host == "", u.Host == "" && !strings.HasPrefix(u.Path, "/"):
		return "", "", "", "", fmt.Errorf("%q has to be https://HOST, https://HOST/PATH, //HOST/PATH or /PATH", r.To)
	}
	return u.Scheme, u.Hostname(), u.Port(), u.EscapedPath(), nil
}

// Wait is how long an answer may take, 0 where nothing is said of it.
func (e Edge) Wait() time.Duration {
	d, _ := time.ParseDuration(e.Timeout) // its units are Go's
	return d
}

// String writes a redirect as people say it.
func (r Redirect) String() string { return r.Host + r.Path + " -> " + r.To }

var (
	headerName    = pattern.MustCompile(`^[A-Za-z0-9!#$%&'*+.^_|~-]+$`)
	patternTarget = pattern.MustCompile(`^(https?://[A-Za-z0-9.-]+(:\d+)?)?/([\w./?&=%~@:,+-]|\$[1-9])*$`)
	edgeTime      = pattern.MustCompile(`^[0-9]+(ms|s|m|h)$`)
	edgeSize      = pattern.MustCompile(`^[0-9]+[kmg]?$`)
)

func (v *validator) edge(at string, s *Service) {
	e := s.Edge
	if e == nil {
		return
	}
	if s.Port == 0 {
		v.add(at, "is about requests, and nothing asks a service without a port")
	}
	if _, err := time.ParseDuration(e.Timeout); e.Timeout != "" && (err != nil || !edgeTime.MatchString(e.Timeout)) {
		v.add(at+".timeout", "%q is no time such as 300s", e.Timeout)
	}
	if e.Body != "" && !edgeSize.MatchString(e.Body) {
		v.add(at+".body", "%q is no size such as 500m", e.Body)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Headers)) {
		if !headerName.MatchString(name) || strings.ContainsAny(e.Headers[name], "\r\n\x00") {
			v.add(at+".headers", "%q is no header of one line", name)
		}
	}
	for _, from := range slices.Sorted(maps.Keys(e.Rewrites)) {
		to := e.Rewrites[from]
		v.routePath(at+".rewrites", from)
		v.routePath(at+".rewrites."+from, to)
		if from == "" || to == "" {
			v.add(at+".rewrites", "%s: %s has to be two paths that begin with /", from, to)
		} else if !slices.ContainsFunc(s.Routes, func(r Route) bool { return strings.TrimRight(r.Path, "/") == strings.TrimRight(from, "/") }) {
			v.add(at+".rewrites", "no route has the path %s", from)
		}
	}
	if !containerPath(e.FastCGI) {
		v.add(at+".fastcgi", "%q is no path in the container", e.FastCGI)
	}
	for i, p := range e.Parts {
		v.part(at+".parts."+strconv.Itoa(i), p)
	}
	for i, r := range e.Redirects {
		v.redirect(at+".redirects."+strconv.Itoa(i), r)
	}
}

func (v *validator) redirect(at string, r Redirect) {
	if r.Pattern {
		v.route(at, Route{Host: r.Host})
		v.expression(at+".path", r.Path)
	} else {
		v.route(at, Route{Host: r.Host, Path: r.Path})
	}
	if _, _, _, _, err := r.Target(); err != nil {
		v.add(at+".to", "%v", err)
	}
	if r.Code != 0 && !slices.Contains([]int{301, 302, 303, 307, 308}, r.Code) {
		v.add(at+".code", "%d is no redirect: 301, 302, 303, 307 or 308", r.Code)
	}
	if r.Pattern && (r.Path == "" || r.Exact || r.Rest) {
		v.add(at+".pattern", "a regular expression stands in path, and goes without exact and rest")
	}
	if r.Exact && r.Rest {
		v.add(at+".rest", "nothing lies below an exact path; leave out one of the two")
	}
}
