package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// nodeCheckers are libraries that answer by themselves how the service is, with the call that has them do so and the path
// that they have where it says none.
var nodeCheckers = []struct {
	dep   string
	calls *scan.Pattern // with the path as its group, if it says one
	path  string
}{
	{"@hmcts/nodejs-healthcheck", scan.MustCompile(`\.addTo\(()`), "/health"},
	{"@godaddy/terminus", scan.MustCompile(`(?i)healthChecks\s*:\s*\{[^}]{0,300}?['"](/[\w/.-]+)['"]\s*:`), ""},
	{"under-pressure", scan.MustCompile(`exposeStatusRoute\s*:\s*(?:['"](/[\w/.-]+)['"]|true)`), "/status"},
	{"@fastify/under-pressure", scan.MustCompile(`exposeStatusRoute\s*:\s*(?:['"](/[\w/.-]+)['"]|true)`), "/status"},
	{"fastify-healthcheck", scan.MustCompile(`['"]fastify-healthcheck['"]()`), "/health"},
	{"hapi-alive", scan.MustCompile(`['"]hapi-alive['"](?:[^}]{0,200}?\bpath\s*:\s*['"](/[\w/.-]+)['"])?`), "/health"},
	{"express-actuator", scan.MustCompile(`\bactuator\(()`), "/health"},
}

// callsChecker says whether a source uses such a library of the package's.
func (p *nodeProject) callsChecker(text string) bool {
	for _, c := range nodeCheckers {
		if _, ok := p.pkg.find(c.dep); ok && strings.Contains(text, c.dep) {
			return true
		}
	}
	return false
}

// checked are the routes that such libraries answer for a source.
func (p *nodeProject) checked(s *source) []route {
	var routes []route
	for _, c := range nodeCheckers {
		if _, ok := p.pkg.find(c.dep); !ok || !strings.Contains(s.text, c.dep) {
			continue
		}
		for _, m := range scan.Find(s.text, c.calls) {
			at := m.Groups[1]
			if at == "" {
				at = c.path
			}
			routes = append(routes, route{path: at, file: s.file, line: m.Line, sure: true})
			break
		}
	}
	return routes
}
