package lang

import (
	"cmp"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	elixirRoute = scan.MustCompile(`\bget\(?\s*"(/[\w/.-]*)"|request_path:\s*"(/[\w/.-]+)"|request_path\s*==\s*"(/[\w/.-]+)"|path_info:\s*\["([\w.-]+)"\]|\bforward\(?\s*"(/[\w/-]*health[\w/-]*)"|\bplug[\s(]+PlugHeartbeat\b(?:,\s*path:\s*"(/[\w/.-]+)")?`)
	elixirMount = scan.MustCompile(`\bforward\(?\s*"(/[\w/.-]*)"\s*,\s*(?:to:\s*)?([A-Z][\w.]*)`)
	elixirClass = scan.MustCompile(`^\s*defmodule\s+([\w.]+)`)
	elixirSaid  = scan.MustCompile(`^\s*@(\w+)\s+("/[\w/.-]+")\s*$`)
	elixirNamed = scan.MustCompile(`(\brequest_path(?::|\s*==)\s*)@(\w+)`)
	elixirScope = scan.MustCompile(`^(\s*)scope[\s(]+(?:path:\s*)?"([^"]*)"(.*)$`)
)

// elixirRouter is a module that answers requests, or hands all below a path to another.
type elixirRouter struct {
	name   string // without the modules around it
	routes []route
	whole  []route // by the path of the whole request
	hands  []elixirMounted
}

// elixirMounted is a module and the path that it is handed.
type elixirMounted struct{ path, name string }

// lastPart is the name of a module without those around it.
func lastPart(module string) string { return module[strings.LastIndex(module, ".")+1:] }

// mountedRoutes are the routes of all routers, below the paths that lead to each.
func mountedRoutes(routers []elixirRouter) (all []route) {
	at := map[string]elixirMounted{} // who hands on to a module, by its name
	for _, r := range routers {
		for _, m := range r.hands {
			if _, known := at[m.name]; !known && m.name != r.name {
				at[m.name] = elixirMounted{m.path, r.name}
			}
		}
	}
	for _, r := range routers {
		prefix := ""
		for name, depth := r.name, 0; at[name].path != "" && depth < 10; name, depth = at[name].name, depth+1 {
			prefix = strings.TrimSuffix(at[name].path, "/") + prefix
		}
		for _, one := range r.routes {
			one.path = prefix + one.path
			all = append(all, one)
		}
		all = append(all, r.whole...)
	}
	return all
}

// elixirRoutes reads the routes of a file's routers and plugs, with the prefixes of the scopes around them, told by their indent.
// Scopes for another host than the service's own don't count.
func elixirRoutes(text, file string) []elixirRouter {
	type scope struct {
		indent int
		prefix string
		other  bool
	}
	var open []scope
	said := map[string]string{} // paths that attributes of the module hold
	routers := []elixirRouter{{}}
	for i, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" || len(line) > 500 {
			continue
		}
		if m := elixirSaid.FindStringSubmatch(line); m != nil {
			said[m[1]] = m[2]
		}
		line = elixirNamed.ReplaceAllStringFunc(line, func(named string) string {
			m := elixirNamed.FindStringSubmatch(named)
			return m[1] + said[m[2]]
		})
		router := &routers[len(routers)-1]
		if m := elixirClass.FindStringSubmatch(line); m != nil && len(routers) < 100 {
			routers = append(routers, elixirRouter{name: lastPart(m[1])})
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
		prefix, other := "", false
		for _, s := range open {
			prefix += strings.TrimSuffix(s.prefix, "/")
			other = other || s.other
		}
		if m := elixirMount.FindStringSubmatch(line); m != nil && !other {
			router.hands = append(router.hands, elixirMounted{prefix + m[1], lastPart(m[2])})
		}
		g := elixirRoute.FindStringSubmatch(line)
		if g == nil {
			continue
		}
		one := route{path: strings.TrimSuffix(prefix+g[1]+g[5], "/"), file: file, line: i + 1, sure: g[5] != ""}
		switch {
		case other:
		case strings.Contains(g[0], "PlugHeartbeat"):
			one.path, one.sure = cmp.Or(g[6], "/heartbeat"), true
			router.whole = append(router.whole, one)
		case g[2]+g[3] != "":
			one.path = g[2] + g[3]
			router.whole = append(router.whole, one)
		case g[4] != "":
			one.path = "/" + g[4]
			router.routes = append(router.routes, one)
		default:
			router.routes = append(router.routes, one)
		}
	}
	return routers
}
