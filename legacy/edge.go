package legacy

import (
	"maps"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// edge settles what the gateway does for a service. What it can't do, since nothing serves, or no HTTP, or a route says otherwise,
// is left to a person.
func (r *resolver) edge(at string, s *service.Service) {
	asRoutes(s)
	if s.Edge == nil {
		return
	}
	if !s.HTTP() {
		for _, field := range slices.Sorted(maps.Keys(r.Claims)) {
			if what, ok := strings.CutPrefix(field, at+".edge."); ok {
				r.edgeless(field, what, "")
			}
		}
		s.Edge = nil
		return
	}
	e := s.Edge
	e.Redirects = slices.DeleteFunc(e.Redirects, func(m service.Redirect) bool {
		if r.onlyRedirected(at, s, m) || !contradicts(s.Routes, e.Redirects, m) && !unasked(s.Routes, m) {
			return false
		}
		r.edgeless(at+".edge.redirects", "redirect of "+m.String(), m.String())
		return true
	})
	for from := range e.Rewrites {
		if !slices.ContainsFunc(s.Routes, func(o service.Route) bool { return strings.TrimRight(o.Path, "/") == strings.TrimRight(from, "/") }) {
			delete(e.Rewrites, from)
			r.edgeless(at+".edge.rewrites."+from, "rewriting of "+from, "")
		}
	}
	e.Parts = joinParts(e.Parts)
	r.saidOtherwise(at)
	if len(e.Rewrites) == 0 {
		e.Rewrites = nil
	}
	if len(e.Redirects) == 0 {
		e.Redirects = nil
	}
}

// asRoutes writes the paths that web servers know as those of routes: theirs have spaces, and letters of all languages.
func asRoutes(s *service.Service) {
	write := func(p *string) {
		if *p != "" {
			*p = service.RoutePath(*p)
		}
	}
	for i := range s.Routes {
		write(&s.Routes[i].Path)
	}
	if s.Edge == nil {
		return
	}
	for i, r := range s.Edge.Redirects {
		if !r.Pattern {
			write(&s.Edge.Redirects[i].Path)
		}
	}
	for i, p := range s.Edge.Parts {
		if !p.Pattern {
			write(&s.Edge.Parts[i].Path)
		}
	}
	rewrites := map[string]string{}
	for from, to := range s.Edge.Rewrites {
		rewrites[service.RoutePath(from)] = service.RoutePath(to)
	}
	s.Edge.Rewrites = rewrites
}

// onlyRedirected takes the route of a host away that a web server redirects as a whole, where none leads it to the service: the
// host is known from a certificate, or a list of names.
func (r *resolver) onlyRedirected(at string, s *service.Service, m service.Redirect) bool {
	whole := func(o service.Route) bool {
		return strings.EqualFold(o.Host, m.Host) && strings.Trim(o.Path, "/") == ""
	}
	field := at + ".routes"
	led := func(c Claim) bool {
		return strings.EqualFold(c.Value, m.Host) && slices.Contains([]string{"nginx", "apache", "haproxy"}, c.Reader)
	}
	if m.Path != "" || m.Host == "" || len(s.Routes) < 2 || !slices.ContainsFunc(s.Routes, whole) || slices.ContainsFunc(r.Claims[field], led) {
		return false
	}
	s.Routes = slices.DeleteFunc(s.Routes, whole)
	return true
}

// unasked says of a redirect by a regular expression, which the web server in the pod does, that no route leads its host there.
func unasked(routes []service.Route, m service.Redirect) bool {
	return m.Pattern && m.Host != "" && !slices.ContainsFunc(routes, func(o service.Route) bool { return strings.EqualFold(o.Host, m.Host) })
}

// contradicts says of a redirect that a route leads all of its host to the service, or that an earlier one is for the same.
func contradicts(routes []service.Route, all []service.Redirect, m service.Redirect) bool {
	for _, other := range all {
		if other == m {
			break
		}
		if other.Host == m.Host && other.Path == m.Path && other.Exact == m.Exact {
			return true
		}
	}
	return m.Path == "" && slices.ContainsFunc(routes, func(o service.Route) bool {
		return strings.EqualFold(o.Host, m.Host) && strings.Trim(o.Path, "/") == ""
	})
}

// collects has the build of the image gather the files that a web server in the pod serves, and says what is left to do where
// none does.
func (r *resolver) collects(at string, u *unit, s *service.Service) {
	serves := s.Edge != nil && slices.ContainsFunc(s.Edge.Parts, func(p service.Part) bool { return p.Files != "" })
	for _, f := range u.collects {
		if !serves {
			r.note(f.Evidence, scan.ServedElsewhere)
		} else if s.Build != nil && s.Build.Dockerfile == "" && s.Build.Command == nil {
			s.Build.Command = f.Collects
			r.Claims[at+".build.command"] = append(r.Claims[at+".build.command"], Claim{f.Evidence, strings.Join(f.Collects, " "), f.order})
		}
	}
}

// edgeless turns claims of something that the gateway can't do into notes: those of one value, or of all.
func (r *resolver) edgeless(field, what, value string) {
	kept := slices.DeleteFunc(r.Claims[field], func(c Claim) bool {
		if value != "" && c.Value != value {
			return false
		}
		r.note(c.Evidence, "the "+what+" that a web server does today is not taken over: no service that serves asks for it, or a route says otherwise")
		return true
	})
	if r.Claims[field] = kept; len(kept) == 0 {
		delete(r.Claims, field)
	}
}

// maxParts bounds how many parts of a site are answered in ways of their own.
const maxParts = 100

// joinParts puts together what is said of the same part: its headers, the files or the refusal that came first.
func joinParts(parts []service.Part) []service.Part {
	var joined []service.Part
	for _, p := range parts {
		i := slices.IndexFunc(joined, func(o service.Part) bool {
			return o.Same(p) && (o.Exact == p.Exact || o.Files == "" || p.Files == "")
		})
		if i < 0 && len(joined) < maxParts {
			p.Headers = maps.Clone(p.Headers)
			joined = append(joined, p)
			continue
		}
		if i < 0 {
			continue
		}
		o := &joined[i]
		if o.Files == "" && o.Refuse == 0 {
			o.Files, o.Refuse, o.Exact = p.Files, p.Refuse, o.Exact || p.Exact && p.Files != ""
		}
		joinLimits(o, p)
		for name, value := range p.Headers {
			switch have := o.Headers[name]; {
			case o.Headers == nil:
				o.Headers = map[string]string{name: value}
			case have == "":
				o.Headers[name] = value
			case strings.EqualFold(name, "Cache-Control") && !strings.Contains(have, value):
				o.Headers[name] = have + ", " + value
			}
		}
	}
	return joined
}

// joinLimits adds to a part what else is said of who may ask for it, and how often; the first rate counts.
func joinLimits(o *service.Part, p service.Part) {
	if o.Rate == "" {
		o.Rate, o.Burst = p.Rate, p.Burst
	}
	if o.Rewrite == "" {
		o.Rewrite = p.Rewrite
	}
	if len(o.Allow)+len(o.Deny) == 0 {
		o.Allow, o.Deny = p.Allow, p.Deny
	}
}

// saidOtherwise takes away the notes of web servers on lines that have been taken over after all, where operations fill them in.
func (r *resolver) saidOtherwise(at string) {
	taken := map[string]map[int]bool{}
	for _, field := range []string{at + ".edge.parts", at + ".edge.redirects"} {
		for _, c := range r.Claims[field] {
			if taken[c.File] == nil {
				taken[c.File] = map[int]bool{}
			}
			taken[c.File][c.Line] = true
		}
	}
	r.Notes = slices.DeleteFunc(r.Notes, func(n scan.Note) bool {
		return taken[n.File][n.Line] && (strings.HasPrefix(n.Text, "nginx: ") || strings.HasPrefix(n.Text, "apache: ")) && !strings.Contains(n.Text, "(and in ")
	})
}
