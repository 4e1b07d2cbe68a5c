package legacy

import (
	"fmt"
	"slices"
	"strings"
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

func TestEdgeOfWhatSpeaksNoHTTP(t *testing.T) {
	front := says("nginx", scan.Finding{Dir: ".", Service: service.Service{Edge: &service.Edge{Timeout: "60s", Parts: []service.Part{{Path: "/", Deny: []string{"192.0.2.1"}}}}}})
	r := resolve(t, says("code", scan.Finding{Dir: ".", Service: service.Service{Command: []string{"queued"}, Port: 11300}}), front)
	if s := r.App.Services["web"]; s == nil || s.Protocol != service.SpeaksTCP || s.Edge != nil || len(r.Notes) < 2 {
		t.Errorf("%+v, notes %v", s, r.Notes)
	}
	if problems := r.App.Validate(); problems != nil {
		t.Error(problems)
	}
}

// A process in the image of another is asked for pages where anything asks for them, whatever its code holds beside.
func TestProtocolOfAnotherProcess(t *testing.T) {
	queue := service.Service{Command: []string{"queued"}, Port: 7000, Protocol: service.SpeaksTCP, Health: &service.Health{Ready: "/health"}}
	r := resolve(t, says("code", python(".", "gunicorn", "shop"), scan.Finding{Dir: ".", Process: "worker", Service: queue}))
	if s := r.App.Services["worker"]; s == nil || s.From != "web" || s.Protocol != "" || s.Health == nil {
		t.Errorf("%+v among %v", s, r.App.ServiceNames())
	}
	if problems := r.App.Validate(); problems != nil {
		t.Error(problems)
	}
}

// What is said of one part of a site in several lines is one part; a note that operations' own template made of a line goes
// where the line was understood after all.
func TestPartsAreJoined(t *testing.T) {
	part := func(p service.Part, line int) scan.Finding {
		return scan.Finding{Dir: ".", Service: service.Service{Edge: &service.Edge{Parts: []service.Part{p}}}, Evidence: scan.Evidence{File: "shop.conf", Line: line}}
	}
	header := func(name, value string) map[string]string { return map[string]string{name: value} }
	r := resolve(t, says("code", python(".")), says("nginx",
		part(service.Part{Path: "/static/", Files: "static"}, 1), part(service.Part{Path: "/static/", Headers: header("Cache-Control", "max-age=60")}, 2), part(service.Part{Path: "/static", Headers: header("Cache-Control", "public")}, 3), part(service.Part{Path: "/static/", Headers: header("Cache-Control", "public")}, 4),
		part(service.Part{Path: "/a b", Refuse: 410}, 5), part(service.Part{Path: "/robots.txt", Headers: header("Vary", "Host")}, 6), part(service.Part{Path: "/robots.txt", Exact: true, Files: "robots.txt"}, 7)),
		notes(scan.NewNote("file", 1, "nginx: the files of ... are served at /static/"), scan.NewNote("file", 9, "nginx: something else"), scan.NewNote("file", 7, "something of another")))
	want := "[/static/ files static Cache-Control: max-age=60, public /a%20b refused with 410 /robots.txt exactly files robots.txt Vary: Host]"
	if got := fmt.Sprint(r.App.Services["web"].Edge.Parts); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	left := 0
	for _, n := range r.Notes {
		if n.File == "file" {
			left++
		}
	}
	if left != 2 {
		t.Errorf("notes: %v", r.Notes)
	}
	if err := r.App.Validate(); err != nil {
		t.Error(err)
	}
}

// notes is a reader that only leaves remarks.
func notes(all ...scan.Note) scan.Reader {
	r := says("remarks")
	r.Read = func(_ *scan.Tree, _ []string, report *scan.Report) { report.Notes = append(report.Notes, all...) }
	return r
}

// Static files are collected while the image is built where a web server in the pod serves files; where nothing does, that is
// noted. The team's own image is theirs.
func TestStaticFilesAreCollected(t *testing.T) {
	collects := scan.Finding{Collects: []string{"python", "manage.py", "collectstatic"}}
	served := scan.Finding{Service: service.Service{Edge: &service.Edge{Parts: []service.Part{{Path: "/static", Files: "static"}}}}}
	for name, c := range map[string]struct {
		build   service.Build
		more    []scan.Finding
		command string
		note    bool
	}{
		"served":           {service.Build{Tool: "pip"}, []scan.Finding{served}, "python manage.py collectstatic", false},
		"nothing serves":   {service.Build{Tool: "pip"}, nil, "", true},
		"a command before": {service.Build{Tool: "pip", Command: []string{"make"}}, []scan.Finding{served}, "make", false},
		"own image":        {service.Build{Dockerfile: "Dockerfile"}, []scan.Finding{served}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			app := scan.Finding{Service: service.Service{Language: "python", Command: []string{"gunicorn", "shop"}, Port: 8000, Build: &c.build}}
			r := resolve(t, says("code", append([]scan.Finding{app, collects}, c.more...)...))
			s := r.App.Services["web"]
			if got := strings.Join(s.Build.Command, " "); got != c.command || noted(r, scan.ServedElsewhere) != c.note {
				t.Errorf("%q, notes %v", got, r.Notes)
			}
			if claims := r.Claims["services.web.build.command"]; name == "served" && (len(claims) != 1 || claims[0].Line != 2) {
				t.Errorf("claims %v", claims)
			}
		})
	}
}
