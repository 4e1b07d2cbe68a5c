package ops

import (
	"net"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// frontTarget is where a place of a site leads.
type frontTarget struct {
	scheme string
	host   string // "" where a template fills it in
	port   int    // 0 where it is not known
	socket string // path of a unix socket
	pool   string // the upstream, balancer or backend that it is a member of
	path   string // replaces that of the place, "" where the path is kept
	file   string
	line   int
}

// container says of a host that it is a name of one machine's own network: a container's.
func (t frontTarget) container() bool {
	return t.host != "" && !strings.Contains(t.host, ".") && !scan.LocalHost(t.host) && net.ParseIP(t.host) == nil
}

// remote says that it is on another machine.
func (t frontTarget) remote() bool {
	return t.socket == "" && t.host != "" && !scan.LocalHost(t.host) && !t.container()
}

var frontAddress = scan.MustCompile(`^(?:([a-z][a-z0-9+.-]*)://)?(?:[^/@\s]*@)?(\[[^\]]*\]|[^/:\s?]*)(?::([^/?\s]*))?([/?].*)?$`)

// newFrontTarget reads an address such as http://127.0.0.1:8000/path, web:8000 and unix:/run/shop.sock.
func newFrontTarget(text, file string, line int) frontTarget {
	t := frontTarget{file: file, line: line}
	for _, scheme := range []string{"http://", "https://", "grpc://", "fcgi://", "uwsgi://", "ajp://", "ws://"} { // http://unix:/run/shop.sock:/path
		if rest, ok := strings.CutPrefix(text, scheme); ok && strings.HasPrefix(rest, "unix:") {
			text = rest
		}
	}
	if socket, ok := strings.CutPrefix(text, "unix:"); ok {
		socket, _, _ = strings.Cut(socket, "|") // Apache's unix:/run/shop.sock|http://localhost/
		socket, t.path, _ = strings.Cut(socket, ":")
		t.socket = path.Clean("/" + strings.TrimLeft(socket, "/"))
		return t
	}
	m := frontAddress.FindStringSubmatch(text)
	if m == nil {
		return t
	}
	t.scheme, t.path = m[1], m[4]
	if host := strings.Trim(m[2], "[]"); !strings.ContainsAny(host, "$%{}<>"+filledIn) {
		t.host = strings.ToLower(host)
	}
	if port, err := strconv.Atoi(m[3]); err == nil && validPort(port) {
		t.port = port
	}
	return t
}

// shows says whether the site answers with pages of its own.
func (s *frontSite) shows() bool { return s.scripts || len(s.names)+len(s.roots) > 0 }

// leaves says whether a redirect leads all of the site to another one.
func (s *frontSite) leaves() bool {
	return slices.ContainsFunc(s.edges, func(e frontEdge) bool { return e.move && e.edge.Redirects[0].Path == "" })
}

// main is the place that leads to the service of the site: /, else the first that leads anywhere.
func (s *frontSite) main() *frontPlace {
	var first *frontPlace
	for _, p := range s.places {
		if len(p.targets) == 0 {
			continue
		}
		if p.path == "/" && !p.regular {
			return p
		}
		if first == nil || first.regular && !p.regular {
			first = p
		}
	}
	return first
}

// same says whether two places lead to the same service.
func (p *frontPlace) same(other *frontPlace) bool {
	a, b := p.targets[0], other.targets[0]
	if a.pool != "" || b.pool != "" {
		return a.pool == b.pool
	}
	return a.host == b.host && a.port == b.port && a.socket == b.socket || scan.LocalHost(a.host) && scan.LocalHost(b.host) && a.host != "" && b.host != "" && a.port == b.port
}

// noSite are names that are not those of a site that people ask for: of examples, of developers' machines.
var noSite = scan.MustCompile(`(?i)^(_|localhost|default|_default_|catchall|fallback)$|(^|\.)(local|localhost|localdomain|dev|test|testing|example|invalid|internal|lan|home|vagrant|docker|vm|ddev\.site|nip\.io|xip\.io|lvh\.me|localtest\.me|tld)$` +
	`|example\.|(^|[.-])(your|my)[-_.]?(own)?[-_.]?(domain|host|hostname|server|site|company|app|fqdn|name)|(^|\.)domain\.|(^|\.)hostname\.|(^|[.-])(foo|bar|changeme|xxx+)(\.|$)|(^|\.)(dev|local|localhost|vagrant|test|sandbox)\d*[.-]`)

// siteHost gives the name of a site as a route has it, "" where it is none that a route can have.
func siteHost(name string) string {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if h, _, ok := strings.Cut(name, ":"); ok { // ServerName shop.corp.org:443
		name = h
	}
	name = strings.TrimPrefix(name, ".")
	plain := strings.TrimPrefix(name, "*.")
	if !strings.Contains(plain, ".") || noSite.MatchString(plain) || net.ParseIP(plain) != nil || !siteForm.MatchString(plain) {
		return ""
	}
	return name
}

var siteForm = scan.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\.[a-z][a-z0-9-]+$`)

// hostEnvironment is the environment other than production that a host name speaks of, "" for none.
func hostEnvironment(host string) string {
	for _, label := range strings.FieldsFunc(host, func(r rune) bool { return r == '.' || r == '-' }) {
		if name := scan.EnvironmentName(label); name != "" && name != "production" && label != "live" {
			return name
		}
	}
	return ""
}
