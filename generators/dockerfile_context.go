package generators

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// contextPath is the directory of Tomcat's webapps for a WAR: ROOT, but its own name where a route, a health path or a check
// of before asks below that, as the old Tomcat served it there.
func contextPath(app *service.App, name string, s service.Service) string {
	war, ok := strings.CutSuffix(path.Base(buildOf(s).Artifact), ".war")
	if !ok {
		return "ROOT"
	}
	for _, asked := range askedPaths(app, name, s) {
		first, _, _ := strings.Cut(strings.TrimPrefix(asked, "/"), "/")
		if rest, ok := strings.CutPrefix(war, first); ok && first != "" && plainPath.MatchString(first) && (rest == "" || warVersion.MatchString(rest)) {
			return first
		}
	}
	return "ROOT"
}

// warVersion is what follows the name in a file that a build makes.
var warVersion = pattern.MustCompile(`^-(\d|\*|SNAPSHOT)`)

// askedPaths are the paths that the service is known to be asked for.
func askedPaths(app *service.App, name string, s service.Service) []string {
	var paths []string
	if s.Health != nil {
		paths = append(paths, s.Health.Ready, s.Health.Live)
	}
	for _, r := range s.Routes {
		paths = append(paths, r.Path)
	}
	var asked []string
	for _, c := range app.Checks {
		if c.Smoke != nil && (c.Service == name || c.Service == "" && name == app.Front()) {
			_, request, _ := strings.Cut(c.Smoke.Request, " ")
			request, _, _ = strings.Cut(request, "?")
			asked = append(asked, request)
		}
	}
	slices.Sort(asked)
	return append(paths, asked...)
}
