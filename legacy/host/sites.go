package host

import (
	"net"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// site is a virtual host of a web server.
type site struct {
	file      int // in Snapshot.Files
	line      int // of its first line in that file
	names     []string
	locations []location
}

// location is a part of a site that leads somewhere else.
type location struct {
	path    string
	regular bool // a regular expression, which no route has
	line    int
	targets []string // host:port or /socket
	wsgi    string   // the script that Apache runs for it
	strips  bool     // its path is taken off before the service sees it
	remarks []string // what the gateway has to keep
}

func (s *site) targets() []string {
	var all []string
	for _, l := range s.locations {
		all = append(all, l.targets...)
	}
	return all
}

// sites are the virtual hosts of all web servers of a host.
func (l *Loaded) sites() []*site {
	upstreams := map[string][]string{}
	for _, f := range l.Files {
		if f.Format == "nginx" {
			readUpstreams(f.Text, upstreams)
		}
	}
	var all []*site
	for i, f := range l.Files {
		switch f.Format {
		case "nginx":
			all = append(all, nginxSites(i, f.Text, upstreams)...)
		case "apache":
			all = append(all, apacheSites(i, f.Text)...)
		}
	}
	return all
}

// directive splits a line of nginx's into words, without its end.
func directive(line string) []string {
	var words []string
	for _, p := range parts(strings.TrimRight(strings.TrimSpace(line), "; {")) {
		if _, w := quoted(strings.TrimRight(p.word, ";")); w != "" {
			words = append(words, w)
		}
	}
	return words
}

func readUpstreams(text []string, upstreams map[string][]string) {
	name := ""
	for _, line := range nginxLines(text) {
		switch w := directive(line.text); {
		case len(w) > 1 && w[0] == "upstream":
			name = w[1]
		case len(w) > 1 && w[0] == "server" && name != "":
			upstreams[name] = append(upstreams[name], strings.TrimPrefix(w[1], "unix:"))
		case line.text == "}":
			name = ""
		}
	}
}

// maxDirective bounds the bytes of one directive that are looked at.
const maxDirective = 4096

type numbered struct {
	text string
	line int
}

// nginxLines gives each directive, start and end of a block a line of its own, however the file is written.
func nginxLines(text []string) []numbered {
	var out []numbered
	open := ""
	start := 0
	for i, line := range text {
		var quote rune
		for n, c := range line {
			if open == "" {
				start = i
			}
			switch {
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '"' || c == '\'':
				quote = c
			case c == ';' || c == '{' && !strings.HasSuffix(open, "$"):
				out = append(out, numbered{strings.TrimSpace(open) + string(c), start})
				open = ""
				continue
			case c == '}' && !strings.Contains(line[max(0, n-20):n], "${"):
				out = append(out, numbered{"}", i})
				open = ""
				continue
			}
			if len(open) < maxDirective {
				open += string(c)
			}
		}
		if open = strings.TrimLeft(open, " \t"); open != "" {
			open += " "
		}
	}
	return out
}

// nginxSites reads the server blocks of one file.
func nginxSites(file int, text []string, upstreams map[string][]string) []*site {
	var all []*site
	var s *site
	var stack []string
	var where *location
	for _, line := range nginxLines(text) {
		if line.text == "}" {
			if len(stack) > 0 {
				if stack[len(stack)-1] == "server" {
					s = nil
				}
				if stack[len(stack)-1] == "location" {
					where = nil
				}
				stack = stack[:len(stack)-1]
			}
			continue
		}
		w := directive(line.text)
		if strings.HasSuffix(line.text, "{") {
			block := ""
			if len(w) > 0 {
				block = w[0]
			}
			stack = append(stack, block)
			switch {
			case block == "server" && len(w) == 1:
				s = &site{file: file, line: line.line}
				all = append(all, s)
			case block == "location" && s != nil && len(w) > 1:
				s.locations = append(s.locations, newLocation(w[1:], line.line))
				where = &s.locations[len(s.locations)-1]
			}
			continue
		}
		if s != nil && len(w) > 1 {
			s.nginx(w, where, line.line, upstreams)
		}
	}
	return all
}

func newLocation(words []string, line int) location {
	l := location{path: words[0], line: line}
	switch words[0] {
	case "=", "^~":
		if len(words) > 1 {
			l.path = words[1]
		}
	case "~", "~*":
		l.regular = true
		if len(words) > 1 {
			l.path = words[1]
		}
	}
	return l
}

// remarked are directives whose effect the cluster's gateway has to have, too.
var remarked = set("client_max_body_size proxy_read_timeout auth_basic limit_req rewrite return ip_hash allow deny gzip_static proxy_buffering")

func (s *site) nginx(w []string, where *location, line int, upstreams map[string][]string) {
	switch w[0] {
	case "server_name":
		s.names = append(s.names, w[1:]...)
	case "proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass":
		if where != nil {
			where.targets = append(where.targets, resolveTarget(w[1], upstreams)...)
			where.strips = w[0] == "proxy_pass" && !where.regular && len(where.path) > 1 && bareURL.MatchString(w[1])
		}
	default:
		if remarked[w[0]] {
			remark := strings.Join(w, " ")
			if where != nil {
				where.remarks = append(where.remarks, remark)
			} else {
				s.locations = append(s.locations, location{line: line, remarks: []string{remark}})
			}
		}
		if (w[0] == "alias" || w[0] == "root") && where != nil {
			where.remarks = append(where.remarks, "files of "+w[1])
		}
	}
}

// resolveTarget are the addresses behind http://upstream/path.
func resolveTarget(target string, upstreams map[string][]string) []string {
	if _, rest, ok := strings.Cut(target, "://"); ok {
		target = rest
	}
	if file, ok := strings.CutPrefix(target, "unix:"); ok {
		file, _, _ = strings.Cut(file, ":")
		return []string{file}
	}
	target, _, _ = strings.Cut(target, "/")
	target = target[strings.LastIndexByte(target, '@')+1:]
	if servers := upstreams[target]; servers != nil {
		return servers
	}
	if _, _, err := net.SplitHostPort(target); err != nil {
		target += ":80"
	}
	return []string{target}
}

// bareURL is an address with / alone behind it: what it is called for gets / in the place of its own path.
var bareURL = scan.MustCompile(`^https?://[^/]+/$`)

var apacheWords = scan.MustCompile(`(?i)^\s*(<VirtualHost|</VirtualHost|ServerName|ServerAlias|ProxyPass|WSGIScriptAlias|DocumentRoot|RewriteRule|LimitRequestBody|ProxyTimeout)\b\s*(.*?)>?\s*$`)

// apacheSites reads the virtual hosts of one file.
func apacheSites(file int, text []string) []*site {
	var all []*site
	var s *site
	for i, line := range text {
		m := apacheWords.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		f := strings.Fields(m[2])
		switch strings.ToLower(m[1]) {
		case "<virtualhost":
			s = &site{file: file, line: i}
			all = append(all, s)
		case "</virtualhost":
			s = nil
		case "servername", "serveralias":
			if s != nil {
				for _, name := range f {
					name, _, _ = strings.Cut(name, ":")
					s.names = append(s.names, name)
				}
			}
		case "proxypass":
			if s != nil && len(f) > 1 && f[1] != "!" {
				s.locations = append(s.locations, location{path: f[0], line: i, targets: resolveTarget(f[1], nil), strips: len(f[0]) > 1 && bareURL.MatchString(f[1])})
			}
		case "wsgiscriptalias":
			if s != nil && len(f) > 1 && path.IsAbs(strings.Trim(f[1], `"`)) {
				s.locations = append(s.locations, location{path: f[0], line: i, wsgi: strings.Trim(f[1], `"`)})
			}
		default:
			if s != nil {
				s.locations = append(s.locations, location{line: i, remarks: []string{strings.TrimSpace(line)}})
			}
		}
	}
	return all
}

// fronts makes routes of what the web servers lead to services, and notes of what they do besides. A remark is about the
// service that its part of the site leads to, and about the one at / where it leads nowhere.
func (r *reading) fronts(l *Loaded) {
	for _, s := range l.sites() {
		behind := make([]*deployed, len(s.locations))
		var first *deployed
		atRoot := false
		for i, where := range s.locations {
			if behind[i] = r.behind(l, s, where); behind[i] != nil && !atRoot && (first == nil || where.path == "/") {
				first, atRoot = behind[i], where.path == "/"
			}
		}
		for i, where := range s.locations {
			d := behind[i]
			if d == nil {
				d = first
			}
			at := l.Line("files", itoa(s.file), "text", itoa(where.line))
			for _, remark := range where.remarks {
				if where.path != "" {
					remark = where.path + ": " + remark
				}
				r.note(d, l, at, "%s: the web server in front does this, the gateway has to: %s", siteName(s), remark)
			}
		}
	}
}

// behind is the code that a part of a site leads to, nil for none; the service gets its routes.
func (r *reading) behind(l *Loaded, s *site, where location) *deployed {
	at := l.Line("files", itoa(s.file), "text", itoa(where.line))
	if where.wsgi != "" {
		r.inApache(l, s, where, at)
	}
	if len(where.targets) == 0 {
		return nil
	}
	d, p := r.target(l, where.targets[0])
	switch {
	case p == nil:
		r.report.Note(l.File, at, "the web server leads %s%s to %s, which is no service of this host", siteName(s), where.path, where.targets[0])
		return nil
	case where.regular:
		r.note(d, l, at, "the web server leads the regular expression %s to %s; a route has prefixes only", where.path, d.called(p))
	default:
		r.routes(d, p, s, where, at)
	}
	if where.strips {
		r.note(d, l, at, "the web server takes %s off the path before %s sees it: the gateway has to (URLRewrite in its HTTPRoute), or the service learns the longer paths", strings.TrimSuffix(where.path, "/"), d.called(p))
	}
	return d
}

func siteName(s *site) string {
	for _, name := range s.names {
		if name != "_" {
			return name
		}
	}
	return "any host"
}

func (r *reading) routes(d *deployed, p *process, s *site, where location, line int) {
	if routes := s.routes(where.path); len(routes) > 0 {
		r.find(d, p, scan.Finding{Service: service.Service{Routes: routes}}, line, scan.Declared, "the web server in front")
	}
}

// routes lead the names of a site to a service, where they are names of the network.
func (s *site) routes(at string) []service.Route {
	var routes []service.Route
	for _, name := range s.names {
		if strings.Contains(name, ".") && !strings.HasPrefix(name, "~") && name != "localhost.localdomain" && !isAddress(name) {
			routes = append(routes, service.Route{Host: strings.TrimPrefix(name, "."), Path: at})
		}
	}
	if len(routes) == 0 {
		routes = []service.Route{{Path: at}}
	}
	return slices.DeleteFunc(routes, func(r service.Route) bool { return r.Host == "" || !strings.HasPrefix(r.Path, "/") })
}

// target is the process that listens where a web server leads.
func (r *reading) target(l *Loaded, target string) (*deployed, *process) {
	for _, d := range r.code {
		for _, p := range d.programs {
			if p.host != l && !r.addressOf(p.host, target) {
				continue
			}
			if p.servesUnseen() && slices.ContainsFunc(p.main().Command, func(w string) bool { return strings.HasSuffix(w, target) }) {
				return d, p
			}
			for _, s := range p.listens() {
				if s == "unix "+target || s == "unix "+strings.TrimPrefix(target, "/var") || portOf(s) != 0 && portOf(s) == portOf(target) && r.local(l, p.host, target) {
					return d, p
				}
			}
		}
	}
	return nil, nil
}

func (r *reading) local(l, other *Loaded, target string) bool {
	host, _, err := net.SplitHostPort(target)
	return err == nil && (l == other && (scan.LocalHost(host) || host == l.Machine.Name || slices.Contains(l.Machine.Addresses, host)) || r.addressOf(other, target))
}

// addressOf says whether an address or name is another host's.
func (r *reading) addressOf(l *Loaded, target string) bool {
	host, _, err := net.SplitHostPort(target)
	return err == nil && (slices.Contains(l.Machine.Addresses, host) || host == l.Machine.Name)
}
