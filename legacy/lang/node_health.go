package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// apolloServer makes a server of Apollo's, the versions before 4 of which tell how they are.
var apolloServer = scan.MustCompile(`\bnew\s+ApolloServer\(()`)

// nodeCheckers are libraries that answer by themselves how the service is, with the call that has them do so and the path
// that they have where it says none.
var nodeCheckers = []struct {
	dep   string
	calls *scan.Pattern // with the path as its group, if it says one
	path  string
	below bool // the call says only what stands before the path
}{
	{"@hmcts/nodejs-healthcheck", scan.MustCompile(`\.addTo\(()`), "/health", false},
	{"@godaddy/terminus", scan.MustCompile(`(?i)healthChecks\s*:\s*\{[^}]{0,300}?['"](/[\w/.-]+)['"]\s*:`), "", false},
	{"under-pressure", scan.MustCompile(`exposeStatusRoute\s*:\s*(?:['"](/[\w/.-]+)['"]|true)`), "/status", false},
	{"@fastify/under-pressure", scan.MustCompile(`exposeStatusRoute\s*:\s*(?:['"](/[\w/.-]+)['"]|true)`), "/status", false},
	{"fastify-healthcheck", scan.MustCompile(`['"]fastify-healthcheck['"]()`), "/health", false},
	{"hapi-alive", scan.MustCompile(`['"]hapi-alive['"](?:[^}]{0,200}?\bpath\s*:\s*['"](/[\w/.-]+)['"])?`), "/health", false},
	{"apollo-server", apolloServer, "/.well-known/apollo/server-health", false},
	{"apollo-server-express", apolloServer, "/.well-known/apollo/server-health", false},
	{"express-actuator", scan.MustCompile(`\bactuator\((?:[^)]{0,200}?\bbasePath\s*:\s*['"](/[\w/.-]+)['"])?`), "/health", true},
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
			} else if c.below {
				at = strings.TrimSuffix(at, "/") + c.path
			}
			routes = append(routes, route{path: at, file: s.file, line: m.Line, sure: true})
			break
		}
	}
	return routes
}
