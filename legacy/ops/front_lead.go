package ops

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// lead reports where the places of a site lead: routes and the port of the service, needs, health endpoints.
func (f *webFront) lead(s *frontSite, about []string) {
	main := s.main()
	if main == nil {
		f.unled(s)
		return
	}
	hosts := s.routed()
	for _, p := range s.places {
		if len(p.targets) == 0 {
			continue
		}
		t := p.targets[0]
		own := f.finding(p.file, about)
		switch {
		case p == main || p.same(main):
		case t.container():
			own.Dir, own.About = "", []string{t.host, t.pool}
		case t.remote():
			f.need(t, own)
			s.say(p.file, p.line, "%s leads to %s: the gateway has to go on leading there, or the service does", shortened(p.path), t.host)
			continue
		case strings.Contains(p.path, filledIn):
			continue
		default:
			if name := pathName.FindStringSubmatch(p.path); name != nil && f.foreign(p.file) { // /orders/ of a site that several services share
				own.Dir, own.About = "", []string{name[1]}
				f.listens(t, own)
				f.routes(s, p, main, hosts, own)
			}
			s.say(p.file, p.line, "%s leads to %s, another process than %s: if it is one of this service, run it beside and give it the route", shortened(p.path), t.address(), main.targets[0].address())
			continue
		}
		if p == main {
			f.listens(t, own)
		}
		f.routes(s, p, main, hosts, own)
		f.healthy(p, own)
	}
}

// pathName is a part of a site that may be called after the service behind it.
var pathName = scan.MustCompile(`^/([a-z][a-z0-9]*(?:[-_][a-z0-9]+)*)/?$`)

// address is how a note speaks of the target.
func (t frontTarget) address() string {
	switch {
	case t.socket != "":
		return "the socket " + t.socket
	case t.host == "" && t.port == 0:
		return "an address that is filled in elsewhere"
	case t.port == 0:
		return t.host
	}
	return "port " + strconv.Itoa(t.port)
}

// listens claims the port that the service has today: no more than a guess, since the code may know better what it binds.
func (f *webFront) listens(t frontTarget, own scan.Finding) {
	if t.port == 0 || t.port == 80 || t.port == 443 || t.scheme == "fcgi" || t.scheme == "uwsgi" {
		return
	}
	own.Service = service.Service{Port: t.port}
	f.r.Find(own, t.file, t.line, scan.Guess, f.program+" leads there")
}

// routed are the names of a site that routes have. Names of other environments stay with those.
func (s *frontSite) routed() []frontWord {
	var hosts []frontWord
	for _, h := range s.hosts {
		name := siteHost(h.text)
		if name == "" {
			continue
		}
		if environment := hostEnvironment(name); environment != "" {
			s.say(h.file, h.line, "%s is what it is called in %s: say so there under hosts in %s", name, environment, service.FileName)
			continue
		}
		hosts = append(hosts, frontWord{name, h.file, h.line})
	}
	return hosts
}

// routes claims the routes of one place. One below what leads to the same service adds nothing.
func (f *webFront) routes(s *frontSite, p, main *frontPlace, hosts []frontWord, own scan.Finding) {
	below := p != main && p.same(main) && main.path == "/" && !main.regular
	switch {
	case p.regular && !below:
		s.say(p.file, p.line, "the regular expression %s leads to the service; a route has prefixes only", shortened(p.path))
		return
	case p.regular || below || strings.Contains(p.path, filledIn) || strings.Contains(p.path, "$") || !strings.HasPrefix(p.path, "/"):
		return
	}
	at := strings.TrimRight(p.path, "/")
	if to := p.targets[0].path; at != "" && to != "" && strings.TrimRight(to, "/") != at && !strings.ContainsAny(to, "$"+filledIn) {
		s.rewritten(f, p, at, to, hosts, own)
	}
	for _, h := range hosts {
		own.Service = service.Service{Routes: []service.Route{{Host: h.text, Path: "/" + strings.TrimLeft(at, "/")}}}
		f.r.Find(own, h.file, h.line, scan.Declared, f.program+" leads it there, "+path.Base(p.file)+":"+strconv.Itoa(p.line))
	}
}

// rewritten claims that the service knows the path of a route by another name.
func (s *frontSite) rewritten(f *webFront, p *frontPlace, at, to string, hosts []frontWord, own scan.Finding) {
	if len(hosts) == 0 || !strings.HasPrefix(to, "/") || strings.ContainsAny(at+to, "?()[]*\\ ") {
		s.say(p.file, p.line, "%s reaches the service as %s: the gateway has to rewrite it", p.path, to)
		return
	}
	own.Service = service.Service{Edge: &service.Edge{Rewrites: map[string]string{at: to}}}
	f.r.Find(own, p.file, p.line, scan.Declared, f.program+" does so today")
}

// need is another system that a part of the site is answered by.
func (f *webFront) need(t frontTarget, own scan.Finding) {
	n := scan.Need{Need: service.Need{Kind: "http", Port: t.port, TLS: t.scheme == "https"}}
	if n.Port == 0 {
		n.Port = map[bool]int{true: 443, false: 80}[n.TLS]
	}
	if n.SetHost(t.host); n.Host == "" || noSite.MatchString(n.Host) || t.scheme == "fcgi" || t.scheme == "uwsgi" {
		return
	}
	own.Need = &n
	f.r.Find(own, t.file, t.line, scan.Declared, f.program+" leads a part of the site there")
}

// healthPath is what health endpoints are called.
var healthPath = scan.MustCompile(`(?i)^/(api/|internal/|_/)?(healthz?|health[-_]?check|_health|ping|alive|livez?|readyz?|heartbeat|__heartbeat__|__lbheartbeat__)/?$`)

// healthy claims a health endpoint that the web server asks for, or that the configuration singles out.
func (f *webFront) healthy(p *frontPlace, own scan.Finding) {
	if at, _, _ := strings.Cut(p.checked.text, "?"); len(at) > 1 && !staticEnding.MatchString(at) {
		own.Service = service.Service{Health: &service.Health{Ready: at}}
		f.r.Find(own, p.checked.file, p.checked.line, scan.Declared, f.program+" asks for it before it leads requests to an instance")
	}
	if !p.exact || !healthPath.MatchString(p.path) {
		return
	}
	own.Service = service.Service{Health: &service.Health{Ready: p.path}}
	f.r.Find(own, p.file, p.line, scan.Guess, f.program+" leads it to the service on its own")
}

// served claims the document root where the repository holds it.
func (f *webFront) served(s *frontSite, about []string) {
	if len(s.roots) == 0 {
		return
	}
	root := s.roots[0]
	own := f.finding(root.file, about)
	if slices.ContainsFunc(s.roots, func(w frontWord) bool { return w.text != root.text }) {
		return
	}
	parts := strings.Split(strings.Trim(path.Clean(root.text), "/"), "/")
	for i := range parts {
		dir := path.Join(parts[i:]...)
		if index := f.t.First(path.Join(own.Dir, dir), "index.php"); dir != "." && index != "" && s.scripts {
			if own.Dir != "" {
				own.About = nil
			}
			own.Service = service.Service{Build: &service.Build{Artifact: dir}}
			f.r.Find(own, root.file, root.line, scan.Declared, "the document root")
			return
		}
	}
}

// unled says of a site without a place that leads anywhere what it does.
func (f *webFront) unled(s *frontSite) {
	hosts := s.routed()
	if s.around || len(hosts) == 0 || len(s.roots) == 0 || len(s.moves) > 0 {
		return
	}
	s.say(s.file, s.line, "%s is answered with the files of %s and what runs there", hosts[0].text, shortened(s.roots[0].text))
}
