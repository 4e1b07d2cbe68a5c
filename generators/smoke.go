package generators

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// smokeCheck is one check of a file for `migrate smoke`. Without a Name it is written on one line.
type smokeCheck struct {
	Line    string
	Name    string
	Request string
	From    string
	First   bool // the first of those that any answer passes
	Expect  any  // of an answer that came through the gateway
	TLS     string
	TCP     string
}

// smokeTests renders the checks that prove that a service answers. smoke/ holds those of the service that the
// Makefile's TARGET_URL is about; every other service that serves is another target, so its checks lie in a
// directory of their own, smoke/SERVICE/, which a run of smoke/ doesn't read.
func smokeTests(app *service.App) ([]fileset.File, error) {
	front := app.Front()
	old, ports := oldSmokeChecks(app), localPorts(app)
	var files []fileset.File
	add := func(file, name, schema, run string, checks []smokeCheck) error {
		text, err := execute("smoke/checks.yaml", map[string]any{"Service": name, "Schema": schema, "Run": run, "Checks": checks, "Old": old[file], "Keys": oldSmokeKeys})
		files = append(files, fileset.File{Path: file, Data: text})
		return err
	}
	for _, name := range app.ServiceNames() {
		s := app.Effective(name)
		if !serves(s) {
			continue
		}
		target := fmt.Sprintf("127.0.0.1:%d", ports[name])
		var err error
		if name == front {
			err = add(smokePath(app, name), app.Name, "../.migrate/smoke.schema.json", "TARGET_URL="+target+" make smoke_test", smokeChecks(name, s))
		} else {
			err = add(smokePath(app, name), name, "../../.migrate/smoke.schema.json", "migrate smoke smoke/"+name+" --target "+target, smokeChecks(name, s))
		}
		if err != nil {
			return nil, err
		}
	}
	if file := smokePath(app, ""); front == "" && old[file] != nil {
		if err := add(file, app.Name, "../.migrate/smoke.schema.json", "TARGET_URL=127.0.0.1 make smoke_test", nil); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// smokePath is the file for the checks of a service: its own directory's where it is a target of its own.
func smokePath(app *service.App, name string) string {
	if s := app.Services[name]; s == nil || name == app.Front() || !serves(app.Effective(name)) {
		return "smoke/" + app.Name + ".yaml"
	}
	return "smoke/" + name + "/" + name + ".yaml"
}

// smokeChecks are the service's own health endpoints, but for those at a port that no caller reaches, and the paths of its
// routes; the root where neither is known, and the open port of what speaks no HTTP.
func smokeChecks(name string, s service.Service) []smokeCheck {
	if !s.HTTP() {
		return []smokeCheck{{Name: name + " takes connections", TCP: "open", From: "services." + name + ".port in " + service.FileName}}
	}
	var checks []smokeCheck
	var paths []string
	add := func(path string, check smokeCheck) {
		if !slices.Contains(paths, path) {
			paths = append(paths, path)
			checks = append(checks, check)
		}
	}
	if s.Health != nil && !s.HealthElsewhere() {
		for _, path := range []string{s.Health.Ready, s.Health.Live} {
			if path != "" {
				status := healthStatus(path)
				if onlyForSome(s, path) {
					status += ",403"
				}
				add(requestPath(path), smokeCheck{Line: "GET " + requestPath(path) + " -> " + status})
			}
		}
	}
	first := true
	from := "services." + name + ".routes in " + service.FileName
	for _, r := range s.Routes {
		path := requestPath(routePath(r))
		title := strings.ToLower(r.Host) + path + " answers"
		add(path, smokeCheck{Name: title, Request: "GET " + path, From: from, First: first})
		first = false
	}
	if checks == nil {
		from = "services." + name + ".port in " + service.FileName
		checks = []smokeCheck{{Name: name + " answers", Request: "GET /", From: from, First: true}}
	}
	return append(checks, edgeChecks(name, s)...)
}

// onlyForSome says of a path that the web server in the pod refuses it to most clients, and to who runs the checks perhaps.
func onlyForSome(s service.Service, path string) bool {
	return slices.ContainsFunc(fronted(s), func(p service.Part) bool {
		return len(p.Allow) > 0 && (p.Pattern || strings.HasPrefix(path, p.Path))
	})
}

// ofHealth are paths that are there to say how a service is.
var ofHealth = pattern.MustCompile(`(?i)health|status|ping|read[yi]|live|alive|beat|version|info|check|monitor|diag|smoke|z$|/(up|ok)\b`)

// healthStatus is what a probed path has to answer. A page may send on to another, which a probe takes for an answer, too:
// the root of a WAR leads to the same with a slash.
func healthStatus(path string) string {
	if ofHealth.MatchString(path) {
		return "200"
	}
	return "2xx,3xx"
}

// answers are the statuses of an answer of which nothing is known.
var answers = []any{"2xx", "3xx", 401, 403, 404, 405}

// maxRedirectChecks is how many redirects of a service are asked for.
const maxRedirectChecks = 10

// edgeChecks prove what the gateway does in the place of the old web server. Only what is asked by https has passed it.
func edgeChecks(name string, s service.Service) []smokeCheck {
	e := s.Edge
	if e == nil {
		return nil
	}
	from := "services." + name + ".edge in " + service.FileName
	var checks []smokeCheck
	if e.TLS {
		checks = append(checks, smokeCheck{Name: "the certificate is good", TLS: "valid", From: from})
	}
	if len(e.Headers) > 0 {
		path := "/"
		if len(s.Routes) > 0 {
			path = requestPath(routePath(s.Routes[0]))
		}
		checks = append(checks, smokeCheck{Name: "answers have the headers of before", Request: "GET " + path, Expect: map[string]any{"status": answers, "headers": e.Headers}, From: from})
	}
	asked := 0
	for _, r := range e.Redirects {
		if r.Host != "" || r.Path == "" || r.Pattern || asked == maxRedirectChecks {
			continue // another host is another target, and an expression no address
		}
		asked++
		_, _, _, to, _ := r.Target()
		expect := map[string]any{"status": []int{301, 302, 303, 307, 308}}
		if to != "" {
			expect["headers"] = map[string]any{"Location": map[string]string{"contains": to}}
		}
		checks = append(checks, smokeCheck{Name: r.Path + " is redirected", Request: "GET " + requestPath(r.Path), Expect: expect, From: from})
	}
	return checks
}

// requestPath writes a path as a check's request line takes it: escaped, so that no brace in it is a variable.
func requestPath(path string) string {
	path = "/" + strings.TrimPrefix(path, "/")
	path, query, hasQuery := strings.Cut(path, "?")
	if plain, err := url.PathUnescape(path); err == nil {
		path = plain
	}
	path = (&url.URL{Path: path}).EscapedPath()
	if hasQuery {
		path += "?" + strings.NewReplacer("{", "%7B", "}", "%7D", " ", "%20", "#", "%23", "\t", "%09", "\n", "%0A", "\r", "%0D").Replace(query)
	}
	return path
}
