package lang

import (
	"go/ast"
	gotoken "go/token"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// routeCall are the calls by which Go's routers take a path.
var routeCall = map[string]bool{"HandleFunc": true, "Handle": true, "GET": true, "Get": true, "HEAD": true, "Head": true, "Any": true, "Group": true, "Route": true, "Path": true, "PathPrefix": true, "Method": true, "HandlerFunc": true, "Router": true, "handleFunc": true, "handle": true, "Heartbeat": true, "Mount": true}

// routes lists the paths that the program registers handlers for.
func (p *goProgram) routes() []route {
	var routes []route
	for _, f := range p.facts {
		routes = append(append(append(append(routes, f.comparedPaths()...), f.namedPaths()...), f.listedPaths()...), f.calledPaths()...)
	}
	return routes
}

// calledPaths are the paths that routers are given. A group is one where nothing is seen in it.
func (f *goFile) calledPaths() []route {
	var routes, empty []route
	groups, filled := f.routeGroups(), map[string]bool{}
	f.callsIn(func(function string, c *ast.CallExpr) {
		_, name := f.imported(c.Fun)
		if id, ok := c.Fun.(*ast.Ident); ok {
			name = id.Name
		}
		if !routeCall[name] || len(c.Args) == 0 {
			return
		}
		group := groups[function+"\x00"+receiver(c)]
		for _, arg := range c.Args[:min(2, len(c.Args))] {
			if sum, ok := arg.(*ast.BinaryExpr); ok && sum.Op == gotoken.ADD {
				arg = sum.Y // below a prefix, which is empty unless somebody sets it
			}
			text, ok := stringLit(arg)
			if method, rest, ok := strings.Cut(text, " "); ok && method == "GET" {
				text = rest
			}
			if !ok || !strings.HasPrefix(text, "/") && (text != "" || group == "") || strings.ContainsAny(text, "{}:*") || strings.HasSuffix(text, "monitor") {
				continue
			}
			at := route{path: group + text, file: f.path, line: f.line(c)}
			if name == "Group" {
				empty = append(empty, at)
			} else {
				routes, filled[group] = append(routes, at), true
			}
		}
	})
	return append(routes, slices.DeleteFunc(empty, func(r route) bool { return filled[strings.TrimSuffix(r.path, "/")] })...)
}

// routeGroups are the prefixes of gin's and echo's groups, by the function and the variable that holds one: v1 := r.Group("/v1").
func (f *goFile) routeGroups() map[string]string {
	groups := map[string]string{}
	for _, d := range f.ast.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			set, ok := n.(*ast.AssignStmt)
			if !ok || len(set.Lhs) != 1 || len(set.Rhs) != 1 {
				return true
			}
			c, ok := set.Rhs[0].(*ast.CallExpr)
			if !ok || len(c.Args) == 0 {
				return true
			}
			_, name := f.imported(c.Fun)
			if text, ok := stringLit(c.Args[0]); ok && name == "Group" && (text == "" || strings.HasPrefix(text, "/")) {
				key := fn.Name.Name + "\x00"
				groups[key+bareName(set.Lhs[0])] = groups[key+receiver(c)] + strings.TrimSuffix(text, "/")
			}
			return true
		})
	}
	return groups
}

// receiver is the variable whose method a call is, "" for none.
func receiver(c *ast.CallExpr) string {
	if sel, ok := c.Fun.(*ast.SelectorExpr); ok {
		if id, ok := sel.X.(*ast.Ident); ok {
			return id.Name
		}
	}
	return ""
}

// namedPaths are the constants and the fields that say by their name that they are the path of a health endpoint.
func (f *goFile) namedPaths() []route {
	var routes []route
	add := func(name *ast.Ident, v ast.Expr) {
		if text, ok := stringLit(v); ok && strings.HasPrefix(text, "/") && healthName.MatchString(name.Name) {
			routes = append(routes, route{path: text, file: f.path, line: f.line(name)})
		}
	}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			for i, name := range n.Names[:min(len(n.Names), len(n.Values))] {
				add(name, n.Values[i])
			}
		case *ast.KeyValueExpr:
			if name, ok := n.Key.(*ast.Ident); ok {
				add(name, n.Value)
			}
		}
		return true
	})
	return routes
}

// listedPaths are the paths of a table of routes: {http.MethodGet, "/health", health}.
func (f *goFile) listedPaths() []route {
	var routes []route
	ast.Inspect(f.ast, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok || len(lit.Elts) < 2 || len(lit.Elts) > 8 {
			return true
		}
		method, found := false, route{}
		for _, e := range lit.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				e = kv.Value
			}
			text, _ := stringLit(e)
			switch sel, _ := e.(*ast.SelectorExpr); {
			case text == "GET" || text == "HEAD" || sel != nil && (sel.Sel.Name == "MethodGet" || sel.Sel.Name == "MethodHead"):
				method = true
			case strings.HasPrefix(text, "/") && !strings.ContainsAny(text, "{}:*") && found.path == "":
				found = route{path: text, file: f.path, line: f.line(e)}
			}
		}
		if method && found.path != "" {
			routes = append(routes, found)
		}
		return true
	})
	return routes
}

var healthName = scan.MustCompile(`(?i)(health|liveness|readiness|^ping)\w*(uri|url|path|endpoint|route)$`)

// comparedPaths are the paths that a handler compares the request's with: in the cases of a switch, or one by one.
func (f *goFile) comparedPaths() []route {
	var routes []route
	add := func(of ast.Expr, list ...ast.Expr) {
		if name := exprName(of); !strings.HasSuffix(name, " Path") && name != "path" {
			return
		}
		for _, e := range list {
			if text, ok := stringLit(e); ok && strings.HasPrefix(text, "/") {
				routes = append(routes, route{path: text, file: f.path, line: f.line(e)})
			}
		}
	}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SwitchStmt:
			if n.Tag != nil {
				for _, clause := range n.Body.List {
					add(n.Tag, clause.(*ast.CaseClause).List...)
				}
			}
		case *ast.BinaryExpr:
			if n.Op == gotoken.EQL {
				add(n.X, n.Y)
			}
		}
		return true
	})
	return routes
}
