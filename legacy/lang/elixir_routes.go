package lang

import (
	"cmp"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	elixirRoute = scan.MustCompile(`\bget\(?\s*"(/[\w/.-]*)"|request_path:\s*"(/[\w/.-]+)"|request_path\s*==\s*"(/[\w/.-]+)"|path_info:\s*\["([\w.-]+)"\]|\bforward\(?\s*"(/[\w/-]*health[\w/-]*)"|\bplug[\s(]+PlugHeartbeat\b(?:,\s*path:\s*"(/[\w/.-]+)")?`)
	elixirScope = scan.MustCompile(`^(\s*)scope[\s(]+(?:path:\s*)?"([^"]*)"(.*)$`)
)

// elixirRoutes reads the routes of a router or a plug, with the prefixes of the scopes around them, told by their indent.
// Scopes for another host than the service's own don't count.
func elixirRoutes(text, file string) []route {
	type scope struct {
		indent int
		prefix string
		other  bool
	}
	var open []scope
	var routes []route
	for i, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" || len(line) > 500 {
			continue
		}
		indent := len(line) - len(strings.TrimLeft(line, " \t"))
		for len(open) > 0 && indent <= open[len(open)-1].indent {
			open = open[:len(open)-1]
		}
		if m := elixirScope.FindStringSubmatch(line); m != nil && len(open) < 50 {
			open = append(open, scope{indent, "/" + strings.Trim(m[2], "/"), strings.Contains(m[3], "host:")})
			continue
		}
		g := elixirRoute.FindStringSubmatch(line)
		if g == nil {
			continue
		}
		prefix, other := "", false
		for _, s := range open {
			prefix += strings.TrimSuffix(s.prefix, "/")
			other = other || s.other
		}
		at := strings.TrimSuffix(prefix+g[1]+g[5], "/")
		switch {
		case other:
			continue
		case strings.Contains(g[0], "PlugHeartbeat"):
			at = cmp.Or(g[6], "/heartbeat")
		case g[4] != "":
			at = "/" + g[4]
		case g[2]+g[3] != "":
			at = g[2] + g[3]
		}
		routes = append(routes, route{path: at, file: file, line: i + 1, sure: g[5] != "" || strings.Contains(g[0], "PlugHeartbeat")})
	}
	return routes
}
