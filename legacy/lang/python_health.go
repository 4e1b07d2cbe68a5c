package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Routes as Python's frameworks write them down.
var (
	djangoRoute = scan.MustCompile(`\b(?:url|path|re_path)\(\s*(?:regex\s*=\s*)?r?["']([^"'\n]{0,120})["']\s*,\s*((?:include\(\s*)?[^\n]*)`)
	flaskRoute  = scan.MustCompile(`@(\w+)\.(?:route|get|head|api_route)\(\s*r?["']([^"'\n]{1,120})["']([^\n]*)`)
	addedRoute  = scan.MustCompile(`\.add_(?:route|url_rule|resource|get|view)\(\s*(?:["'][\w.-]*["']\s*,\s*)?(?:\w+\s*,\s*)?r?["'](/[^"'\n]{0,120})["']`)
	// Cornice's services and Twisted's resources.
	corniceRoute = scan.MustCompile(`(?:\bService|@resource)\([^)]{0,200}?\bpath\s*=\s*["'](/[^"'\n]{0,120})["']`)
	twistedChild = scan.MustCompile(`\.putChild\(\s*b?["']([\w.-]{1,60})["']`)
	tornadoRoute = scan.MustCompile(`(?m)(?:^|[\s\[,(])\(\s*r?["'](/[^"'\n]{1,60})["']\s*,\s*\w+`)
	blueprint    = scan.MustCompile(`(?m)^\s*(\w+)\s*=\s*(?:\w+\.)?(?:Blueprint|APIRouter)\(([^)\n]*)`)
	urlPrefix    = scan.MustCompile(`(?:url_prefix|prefix)\s*=\s*["']([^"'\n]*)["']`)
	registered   = scan.MustCompile(`(?:register_blueprint|include_router)\(\s*([\w.]+)([^\n]*)`)
	included     = scan.MustCompile(`include\(\s*["']([\w.]+)["']`)
	includedList = scan.MustCompile(`include\(\s*\(?\s*([A-Za-z_]\w*)\s*[,)]`)
	routeList    = scan.MustCompile(`(?m)^([A-Za-z_]\w*)\s*(?::[^=\n]{1,60})?\+?=[^=]`)
	saysOK       = scan.MustCompile(`(?i)^lambda\s+[\w*, ]+:\s*\w*Response\(\s*(?:content\s*=\s*)?b?["'](?:ok|pong|alive|healthy|up|success)\b`)
	regexpNoise  = scan.MustCompile(`^\^|\\?/?\?|\$$|\\[zZA]`)
)

// healthSetting is a setting that says where the service tells how it is.
var healthSetting = scan.MustCompile(`(?m)^[^#\n]*\b[A-Z_]*HEALTH_?(?:CHECK)?_(?:ROUTE|PATH|URL|ENDPOINT)["']?\s*[=:,]\s*r?["'](/[\w/?.-]{1,60})["']`)

// routeAttribute is the route of a view that is a class and is found by what it says of itself.
var routeAttribute = scan.MustCompile(`(?m)^[ \t]+(?:route|url|path|rule|route_path|uri)\s*(?::\s*str\s*)?=\s*r?["'](/[\w/.-]{1,60})["']\s*$`)

// dockerflow is what adds Dockerflow's routes: its middleware for Django, its object for Flask and Sanic, its router.
var dockerflow = scan.MustCompile(`\bDockerflowMiddleware\b|(?m:^[ \t]*(?:[\w.]+[ \t]*=[ \t]*)?(?:\w+\.)?Dockerflow\()|include_router\(\s*dockerflow`)

// knownIncludes are packages whose routes are health endpoints, and where below their prefix.
var knownIncludes = map[string]string{"health_check.urls": "", "watchman.urls": "ping/", "dockerflow.django.urls": "__heartbeat__", "django_health_check.urls": "", "heartbeat.urls": "", "django_alive.urls": "-/alive/", "healthz.urls": "healthz"}

// health reports the routes by which the service says how it is.
func (p *pythonProject) health() {
	var routes []route
	prefixes := p.includePrefixes()
	for _, s := range p.sources {
		if strings.Contains(path.Base(s.file), "client") {
			continue
		}
		routes = append(routes, p.djangoRoutes(s, prefixes)...)
		routes = append(routes, p.flaskRoutes(s)...)
		for _, re := range []*scan.Pattern{addedRoute, tornadoRoute, corniceRoute, twistedChild} {
			if !hasAny(s.text, ".add_", `r"/`, "r'/", `("/`, "('/", "Service(", "@resource(", "putChild(") {
				break
			}
			for _, m := range scan.Find(s.text, re) {
				routes = append(routes, route{path: "/" + strings.TrimPrefix(cleanRoute(m.Groups[1]), "/"), file: s.file, line: m.Line})
			}
		}
		if hasAny(s.text, "HEALTH") {
			for _, m := range scan.Find(s.text, healthSetting) {
				routes = append(routes, route{path: cleanRoute(m.Groups[1]), file: s.file, line: m.Line, sure: true})
			}
		}
		if hasAny(s.text, "heart", "health", "alive", "ready", "status", "ping") {
			for _, m := range scan.Find(s.text, routeAttribute) {
				routes = append(routes, route{path: cleanRoute(m.Groups[1]), file: s.file, line: m.Line})
			}
		}
		if m := scan.Find(s.text, dockerflow); len(m) > 0 {
			for _, path := range []string{"/__heartbeat__", "/__lbheartbeat__"} {
				routes = append(routes, route{path: path, file: s.file, line: m[0].Line, sure: true})
			}
		}
	}
	findHealth(p.r, p.dir, append(routes, p.describedRoutes()...))
}

var (
	describedPath = scan.MustCompile(`(?m)^ {0,4}["']?(/[\w/.-]{1,60})["']?:[ \t]*$`)
	describedBase = scan.MustCompile(`(?m)^basePath:[ \t]*["']?(/[\w/.-]*)`)
)

// describedRoutes are the paths of the descriptions in OpenAPI or Swagger that connexion makes the routes of.
func (p *pythonProject) describedRoutes() []route {
	if !p.has("connexion") {
		return nil
	}
	var routes []route
	for _, f := range p.t.Below(p.dir) {
		if !strings.HasSuffix(f, ".yml") && !strings.HasSuffix(f, ".yaml") || p.t.Aside(f) || owner(p.dirs, f) != p.dir {
			continue
		}
		text := p.t.Text(f, p.r)
		if !hasAny(text, "swagger:", "openapi:") || !strings.Contains(text, "\npaths:") {
			continue
		}
		base := ""
		if m := describedBase.FindStringSubmatch(text); m != nil {
			base = strings.TrimSuffix(m[1], "/")
		}
		for _, m := range findSome(text, describedPath) {
			routes = append(routes, route{path: base + m.Groups[1], file: f, line: m.Line})
		}
	}
	return routes
}

// includePrefixes gives for the module of a urls.py the prefix under which another one includes it.
func (p *pythonProject) includePrefixes() map[string]string {
	prefixes := map[string]string{}
	for _, s := range p.sources {
		if !strings.Contains(s.text, "include(") {
			continue
		}
		for _, m := range scan.Find(s.text, djangoRoute) {
			if inc := included.FindStringSubmatch(m.Groups[2]); inc != nil {
				prefixes[inc[1]] = cleanRoute(m.Groups[1])
			}
		}
	}
	return prefixes
}

// listPrefixes gives for a line of a urls.py the prefix under which the same file includes the list that the line is part of.
func listPrefixes(s *source) func(line int) string {
	prefixes := map[string]string{}
	for _, m := range scan.Find(s.text, djangoRoute) {
		if list := includedList.FindStringSubmatch(m.Groups[2]); list != nil {
			prefixes[list[1]] = cleanRoute(m.Groups[1])
		}
	}
	var lists []scan.Match
	if len(prefixes) > 0 {
		lists = scan.Find(s.text, routeList)
	}
	return func(line int) string {
		prefix := ""
		for _, l := range lists {
			if l.Line <= line {
				prefix = prefixes[l.Groups[1]]
			}
		}
		return prefix
	}
}

// cleanRoute takes the regular expression's marks off a route: ^health/?$ is health, ^health/$ is health/.
func cleanRoute(pattern string) string { return regexpNoise.ReplaceAllString(pattern, "") }

func (p *pythonProject) djangoRoutes(s *source, prefixes map[string]string) []route {
	if !hasAny(s.text, "urlpatterns", "url(", "path(") {
		return nil
	}
	var routes []route
	lists, matches := listPrefixes(s), scan.Find(s.text, djangoRoute)
	collections := collectionsOf(matches)
	for _, m := range matches {
		own := lists(m.Line) + cleanRoute(m.Groups[1])
		if inc := included.FindStringSubmatch(m.Groups[2]); inc != nil {
			if suffix, ok := knownIncludes[inc[1]]; ok && !p.t.Has(path.Join(p.dir, strings.ReplaceAll(inc[1], ".", "/")+".py")) {
				routes = append(routes, route{path: "/" + own + suffix, file: s.file, line: m.Line, sure: true})
			}
			continue
		}
		prefix := p.prefixOf(s, prefixes)
		live, ready := healthRoute(own)
		if (live || ready) && ofPeople.MatchString(own) && collections[stemOf(m.Groups[1])] {
			continue
		}
		answers := saysOK.MatchString(m.Groups[2]) && own != ""
		mounted := prefix != "" && !strings.ContainsAny(prefix, "<(") && (!aside.MatchString(own) || len(prefixes) == 1) // the whole site stands below it
		routes = append(routes, route{path: "/" + strings.TrimPrefix(prefix+own, "/"), file: s.file, line: m.Line, sure: answers || mounted && (live || ready)})
	}
	return routes
}

// ofPeople are the names of health endpoints that also stand for what people write.
var ofPeople = scan.MustCompile(`(?i)(?:^|[/_-])(?:status|monitor|up)/?$`)

// collectionsOf are the routes out of which another of the same file takes one, by its number or name: status/(?P<pk>...)
// beside status/ is what people write, and not how the service is.
func collectionsOf(matches []scan.Match) map[string]bool {
	collections := map[string]bool{}
	for _, m := range matches {
		for i := range m.Groups[1] {
			if rest := m.Groups[1][i:]; strings.HasPrefix(rest, "/<") || strings.HasPrefix(rest, "/(?P<") {
				collections[stemOf(m.Groups[1][:i])] = true
			}
		}
	}
	return collections
}

// stemOf is a route without the marks of its beginning and its end.
func stemOf(pattern string) string {
	return strings.TrimRight(strings.TrimSuffix(strings.TrimPrefix(pattern, "^"), "$"), "/?")
}

// prefixOf is the prefix under which the file's routes are included: by its module's name, or by the end of it where the
// settings put a directory of applications on the path.
func (p *pythonProject) prefixOf(s *source, prefixes map[string]string) string {
	_, module := p.locate(s.file)
	for {
		if prefix, ok := prefixes[module]; ok {
			return prefix
		}
		_, rest, more := strings.Cut(module, ".")
		if !more || !strings.Contains(rest, ".") {
			return ""
		}
		module = rest
	}
}

func (p *pythonProject) flaskRoutes(s *source) []route {
	if !hasAny(s.text, ".route(", ".get(", ".head(", ".api_route(") {
		return nil
	}
	matches := scan.Find(s.text, flaskRoute)
	if len(matches) == 0 {
		return nil
	}
	prefix, lines := p.blueprintPrefixes(s), strings.Split(s.text, "\n")
	var routes []route
	for _, m := range matches {
		if strings.Contains(m.Groups[3], "methods") && !strings.Contains(m.Groups[3], "GET") {
			continue
		}
		if behindLogin(lines, m.Line) {
			continue
		}
		at := m.Groups[2]
		if before := prefix[m.Groups[1]]; before != "" && !strings.HasPrefix(at, "/") { // Flask puts the slash between them
			at = "/" + at
		}
		routes = append(routes, route{path: prefix[m.Groups[1]] + at, file: s.file, line: m.Line})
	}
	return routes
}

var wantsLogin = scan.MustCompile(`(?i)^\s*@[\w.]*(?:login|logged|auth|permission|admin|role|token|scope)\w*`)

// behindLogin says whether a view wants to know who asks, by what stands between its route and its function.
func behindLogin(lines []string, route int) bool {
	for _, line := range lines[min(route, len(lines)):min(route+8, len(lines))] {
		if !strings.HasPrefix(strings.TrimSpace(line), "@") {
			return false
		}
		if wantsLogin.MatchString(line) && !strings.Contains(line, "exempt") && !strings.Contains(line, "route(") {
			return true
		}
	}
	return false
}

// blueprintPrefixes gives for the blueprints of a file, or of its package, the prefix of their routes.
func (p *pythonProject) blueprintPrefixes(s *source) map[string]string {
	prefix := map[string]string{}
	for _, other := range p.sources {
		if path.Dir(other.file) == path.Dir(s.file) && hasAny(other.text, "Blueprint(", "APIRouter(") {
			for _, m := range scan.Find(other.text, blueprint) {
				if u := urlPrefix.FindStringSubmatch(m.Groups[2]); u != nil {
					prefix[m.Groups[1]] = strings.TrimSuffix(u[1], "/")
				}
			}
		}
	}
	for _, other := range p.sources {
		if !hasAny(other.text, "register_blueprint", "include_router") {
			continue
		}
		for _, m := range scan.Find(other.text, registered) {
			name := m.Groups[1][strings.LastIndexByte(m.Groups[1], '.')+1:]
			if u := urlPrefix.FindStringSubmatch(m.Groups[2]); u != nil {
				prefix[name] = strings.TrimSuffix(u[1], "/")
				prefix[strings.TrimSuffix(name, "_blueprint")] = strings.TrimSuffix(u[1], "/")
			}
		}
	}
	return prefix
}
