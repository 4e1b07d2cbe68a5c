package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Frameworks that make a route of each file in a directory of theirs: pages/api/health.ts and app/health/route.ts of Next,
// server/api/health.get.ts of Nuxt.
var nodeFileRoutes = []struct {
	dep  string
	file *scan.Pattern
}{
	{"next", scan.MustCompile(`^(?:src/)?pages/(api/[\w/.-]+?)(?:/index)?\.[jt]sx?$`)},
	{"next", scan.MustCompile(`^(?:src/)?app/([\w/().%-]+)/route\.[jt]s$`)},
	{"nuxt", scan.MustCompile(`^server/(api/[\w/-]+?)(?:/index)?(?:\.get)?\.[jt]s$`)},
	{"nuxt", scan.MustCompile(`^server/routes/([\w/-]+?)(?:/index)?(?:\.get)?\.[jt]s$`)},
}

// nodeRouteGroup is a directory that orders routes and is no part of their addresses: app/(public)/health.
var nodeRouteGroup = scan.MustCompile(`\([\w.-]*\)/?`)

// underscoreIn is how Next writes the underscore that begins a route: a directory with one itself is none.
var underscoreIn = strings.NewReplacer("%5F", "_", "%5f", "_")

// fileRoutes is the route that a source is by its place.
func (p *nodeProject) fileRoutes(s *source) []route {
	rel := relative(p.dir, s.file)
	for _, f := range nodeFileRoutes {
		if _, ok := p.pkg.find(f.dep); !ok {
			continue
		}
		if m := f.file.FindStringSubmatch(rel); m != nil {
			return []route{{path: "/" + strings.Trim(underscoreIn.Replace(nodeRouteGroup.ReplaceAllString(m[1], "")), "/"), file: s.file, line: 1}}
		}
	}
	return nil
}
