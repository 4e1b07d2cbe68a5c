package legacy

import (
	"fmt"
	"slices"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// What the gateway does must not contradict the routes; what nobody can do is noted with its place.
func TestEdgeFitsTheRoutes(t *testing.T) {
	in := func(s service.Service) scan.Finding { return scan.Finding{Dir: ".", Service: s} }
	moved := func(redirects ...service.Redirect) scan.Finding {
		return in(service.Service{Edge: &service.Edge{Redirects: redirects}})
	}
	hosts := func(names ...string) scan.Finding {
		var s service.Service
		for _, name := range names {
			s.Routes = append(s.Routes, service.Route{Host: name})
		}
		return in(s)
	}
	www := service.Redirect{Host: "www.shop.org", To: "https://shop.org"}
	for name, c := range map[string]struct {
		readers []scan.Reader
		edge    string
		routes  []string
		notes   int
	}{
		"a host that a certificate names is only redirected": {[]scan.Reader{says("code", python("."), hosts("shop.org", "www.shop.org")), says("nginx", moved(www))}, "[www.shop.org -> https://shop.org]", []string{"shop.org"}, 0},
		"a host that the web server leads to the service":    {[]scan.Reader{says("code", python(".")), says("nginx", hosts("shop.org", "www.shop.org"), moved(www))}, "[]", []string{"shop.org", "www.shop.org"}, 1},
		"two redirects of one path":                          {[]scan.Reader{says("code", python("."), hosts("shop.org")), says("nginx", moved(service.Redirect{Path: "/old", To: "/a"}, service.Redirect{Path: "/old", To: "/b"}))}, "[/old -> /a]", []string{"shop.org"}, 1},
		"a path that no route has":                           {[]scan.Reader{says("code", python("."), hosts("shop.org")), says("nginx", in(service.Service{Edge: &service.Edge{Rewrites: map[string]string{"/api": "/"}}}))}, "[]", []string{"shop.org"}, 1},
	} {
		r := resolve(t, c.readers...)
		web := r.App.Services["web"]
		var routes []string
		for _, route := range web.Routes {
			routes = append(routes, route.Host)
		}
		notes := 0
		for _, n := range r.Notes {
			if n.Line > 0 {
				notes++
			}
		}
		if got := fmt.Sprint(web.Edge.Redirects); got != c.edge || !slices.Equal(routes, c.routes) || notes != c.notes || len(web.Edge.Rewrites) > 0 {
			t.Errorf("%s: %s %v, %d notes: %v", name, got, routes, notes, r.Notes)
		}
	}
}

func TestEdgeOfWhatDoesNotServe(t *testing.T) {
	worker := scan.Finding{Dir: ".", Service: service.Service{Language: "python", Command: []string{"celery"}}}
	r := resolve(t, says("code", worker), says("nginx", scan.Finding{Dir: ".", Service: service.Service{Edge: &service.Edge{TLS: true, Timeout: "60s"}}}))
	for name, s := range r.App.Services {
		if s.Edge != nil {
			t.Errorf("%s has an edge and no port", name)
		}
	}
	if len(r.Claims["services.worker.edge.tls"]) > 0 || len(r.Notes) < 2 {
		t.Errorf("claims stay, or nothing is said: %v", r.Notes)
	}
}
