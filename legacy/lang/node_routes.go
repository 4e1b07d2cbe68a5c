package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Routes as Node's frameworks write them down, and routers that are mounted below a prefix.
var (
	nodeRoute = scan.MustCompile("(\\w+)\\.(?:get|all|head|route)\\s?\\(\\s*(?:[\\w.]+\\(\\s*)?['\"`](/[^'\"`\\n]{0,120})['\"`]")
	// pathElsewhere has its path in another place: app.get(paths.healthcheck, ...).
	pathElsewhere = scan.MustCompile(`(\w+)\.(?:get|all)\(\s*([\w.]*(?i:health|alive|live(?:ness)?|ready|readiness|ping|status|heartbeat)\w*(?:\.(?:path|url|uri|get))?)\s*,`)
	hapiRoute     = scan.MustCompile("(?:path|url)\\s*:\\s*['\"`](/[^'\"`\\n]{1,120})['\"`]")
	mountedOn     = scan.MustCompile("(\\w*)\\.use\\(\\s*['\"`](/[^'\"`\\n]{0,120})['\"`]\\s*,\\s*(?:[\\w.]+\\s*,\\s*){0,3}(?:require\\(\\s*['\"](\\.[^'\"\\n]+)['\"]\\)|(\\w+)(?:\\.(\\w+))?)?")
	// mountedBy is mountedOn with a path that configuration has, or a name: `${config.get('base')}/api`, apiPrefix.
	mountedBy = scan.MustCompile("(\\w*)\\.use\\(\\s*(?:`\\$\\{)?(?:config\\.get\\(\\s*['\"]([\\w.:-]+)['\"]\\s*\\)|([\\w.]*(?:[pP]refix|PREFIX|[pP]ath|PATH|[bB]ase|BASE)))(?:\\}([^`$\\n]*)`)?\\s*,\\s*(?:[\\w.]+\\s*,\\s*){0,3}(?:require\\(\\s*['\"](\\.[^'\"\\n]+)['\"]\\)|(\\w+)(?:\\.(\\w+))?)?")
	// registeredAt is a plugin of Fastify's below a prefix: fastify.register(require('./routes'), {prefix: '/v1'}).
	registeredAt = scan.MustCompile("(\\w+)\\.register\\(\\s*(?:(?:require|import)\\(\\s*['\"](\\.[^'\"\\n]+)['\"]\\s*\\)|(\\w+))\\s*,\\s*\\{[^}]{0,200}?\\bprefix\\s*:\\s*['\"`](/[^'\"`\\n]{0,120})['\"`]")
	// pluginAt is one of Hapi's: {plugin: require('./routes'), routes: {prefix: '/v1'}}.
	pluginAt = scan.MustCompile("\\bplugin\\s*:\\s*(?:require\\(\\s*['\"](\\.[^'\"\\n]+)['\"]\\s*\\)|(\\w+))\\s*,[^{}]{0,200}\\broutes\\s*:\\s*\\{[^{}]{0,200}?\\bprefix\\s*:\\s*['\"`](/[^'\"`\\n]{0,120})['\"`]")
	// ownPrefix is the path that a router of Koa's has by itself: new Router({prefix: '/v1'}), router.prefix('/v1'); firstOf
	// takes the first of several that it answers, /(v4|latest).
	ownPrefix   = scan.MustCompile("(\\w+)\\s*=\\s*(?:new\\s+)?[\\w.]*Router\\w*\\(\\s*\\{[^{}]{0,200}?\\bprefix\\s*:\\s*['\"`](/[^'\"`\\n]{0,120})['\"`]|(\\w+)\\.prefix\\(\\s*['\"`](/[^'\"`\\n]{0,120})['\"`]")
	firstOf     = scan.MustCompile(`\(([\w.-]+)(?:\|[\w.-]+)+\)`)
	requiresVar = scan.MustCompile(`(?:const|let|var)\s+(\w+)\s*=\s*require\(\s*['"](\.[^'"\n]+)['"]\)|import\s+(\w+)\s+from\s+['"](\.[^'"\n]+)['"]`)
	comparesURL = scan.MustCompile("(?:url|pathname|path)\\s*===?\\s*['\"`](/[^'\"`\\n]{1,60})['\"`]|case\\s+['\"`](/[^'\"`\\n]{1,60})['\"`]\\s*:")
	onlyPath    = scan.MustCompile(`exports\.path\s*=\s*['"](/[^'"\n]+)['"]`)
	handsOn     = scan.MustCompile(`(?m)^\s*(?:module\.exports\s*=\s*require\(\s*|export\s+(?:\*|\{[^}]*\})\s+from\s+)['"](\.[^'"\n]+)['"]`)
	exportsBy   = scan.MustCompile(`module\.exports\s*=\s*\{([^}]{0,600})\}`)
	byName      = scan.MustCompile(`(\w+)\s*:\s*(\w+)`)
)

// health reports the routes by which the service says how it is.
func (p *nodeProject) health() {
	before := len(p.r.Findings)
	if findHealth(p.r, p.dir, p.routes()); len(p.r.Findings) == before {
		findHealth(p.r, p.dir, p.sharedRoutes())
	}
}

// routes are the paths that the sources answer.
func (p *nodeProject) routes() []route {
	if p.answered == nil {
		p.answered = append(p.findRoutes(), route{})
	}
	return p.answered[:len(p.answered)-1]
}

func (p *nodeProject) findRoutes() []route {
	m, nest, objects := p.mounts(), p.nest(), p.hasRouteObjects()
	var routes []route
	for _, at := range m.list {
		routes = append(routes, route{path: m.prefix(at.file, at.router, 0) + at.path, file: at.file, line: at.line})
	}
	for _, s := range p.sources {
		for _, found := range scan.Find(s.text, nodeRoute) {
			if client := strings.ToLower(found.Groups[1]); client == "request" || client == "axios" || client == "http" || client == "superagent" || client == "agent" || client == "client" {
				continue
			}
			at := route{path: m.prefix(s.file, found.Groups[1], 0) + found.Groups[2], file: s.file, line: found.Line}
			at.loose = !registers(s.text, found.Groups[1], at.path)
			routes = append(routes, at)
		}
		for _, found := range scan.Find(s.text, pathElsewhere) {
			if set, _, ok := p.lookUp(value{kind: valName, text: found.Groups[2]}, func(v value) bool { return routePath(v) != "" }); ok {
				routes = append(routes, route{path: m.prefix(s.file, found.Groups[1], 0) + routePath(set), file: s.file, line: found.Line, loose: !registers(s.text, found.Groups[1], routePath(set))})
			}
		}
		routes = append(routes, nest.routes(s)...)
		routes = append(routes, p.checked(s)...)
		routes = append(routes, p.fileRoutes(s)...)
		for _, re := range []*scan.Pattern{hapiRoute, comparesURL, onlyPath} {
			if !hasAny(s.text, "'/", "\"/", "`/") {
				break
			}
			for _, found := range scan.Find(s.text, re) {
				text := strings.Join(found.Groups[1:], "")
				loose := re != hapiRoute || !p.routesByObject(s, found.Line)
				at := route{path: "/" + strings.TrimPrefix(text, "/"), file: s.file, line: found.Line, loose: loose}
				if re == hapiRoute && objects {
					at.path = m.prefix(s.file, "", 0) + at.path
				}
				routes = append(routes, at)
			}
		}
	}
	return routes
}

var (
	ownRouter   = scan.MustCompile(`(?i)^(?:app|application|server|fastify)$`)
	namedRouter = scan.MustCompile(`(?i)^(?:web|service)?rout(?:er|es?)$|Router$`)
	madeServer  = scan.MustCompile(`\b(\w+)\s*=\s*(?:await\s+)?(?:new\s+)?(?:express|restify\.createServer|[Kk]oa|[Ff]astify|Hono|polka)\s*\(`)
	madeRouter  = scan.MustCompile(`\b(\w+)\s*=\s*(?:await\s+)?(?:new\s+)?[\w.]*Router\s*\(`)
	// routerObject is a path in an object with the router that answers below it.
	routerObject = scan.MustCompile(`\bpath\s*:\s*['"](/[^'"\n]+)['"][^{}]{0,200}?\brouter\s*[,}\n]`)
	routeObjects = scan.MustCompile(`\.route\(`)
)

// registers says whether a call such as x.get('/path') registers a route on a router of the service: others ask another
// service. Where nothing stands before /version, only the server itself is known to answer exactly that: a router may be
// mounted in a way that is not understood.
func registers(text, name, at string) bool {
	if ownRouter.MatchString(name) || made(text, name, madeServer) {
		return true
	}
	return strings.Contains(strings.Trim(at, "/"), "/") && (namedRouter.MatchString(name) || made(text, name, madeRouter))
}

// made says whether a variable of this name is made by one of the calls.
func made(text, name string, by *scan.Pattern) bool {
	for _, m := range by.FindAllStringSubmatch(text, 50) {
		if m[1] == name {
			return true
		}
	}
	return false
}

// routesByObject says whether a line stands in an object with its router, or below a call that takes routes as objects, as
// Hapi and Fastify have it.
func (p *nodeProject) routesByObject(s *source, line int) bool {
	for _, m := range scan.Find(s.text, routerObject) {
		if m.Line == line {
			return true
		}
	}
	if !p.hasRouteObjects() {
		return false
	}
	first := scan.LineOf(s.text, routeObjects)
	return first > 0 && first <= line
}

// hasRouteObjects says whether the package's framework takes routes as objects.
func (p *nodeProject) hasRouteObjects() bool {
	_, ok := p.pkg.find("hapi", "@hapi/hapi", "fastify")
	return ok
}

// mount is a place where one router hands all below a path to another.
type mount struct {
	file, router string // that hands on
	path         string
	line         int
}

// mounts are those of a project: by the file that they lead to, and by the router in it where several have a name.
type mounts struct {
	list  []mount
	byEnd map[string]mount  // "routes/index.js", or "routes/index.js api"
	own   map[string]string // "routes/index.js api": the prefix that the router has by itself
}

// mounts reads app.use("/api", require("./routes")), app.use("/api", routes) and app.use("/api", routes.api).
func (p *nodeProject) mounts() mounts {
	m := mounts{byEnd: map[string]mount{}, own: map[string]string{}}
	leads := map[string]string{}
	for _, s := range p.sources {
		if found := handsOn.FindStringSubmatch(s.text); found != nil {
			leads[s.file] = p.required(s.file, found[1])
		}
	}
	for _, s := range p.sources {
		for _, found := range scan.Find(s.text, ownPrefix) {
			m.own[s.file+" "+found.Groups[1]+found.Groups[3]] = firstOf.ReplaceAllString(strings.TrimSuffix(found.Groups[2]+found.Groups[4], "/"), "$1")
		}
		if !hasAny(s.text, ".use(", ".register(") {
			continue
		}
		vars := map[string]string{}
		for _, found := range scan.Find(s.text, requiresVar) {
			vars[found.Groups[1]+found.Groups[3]] = found.Groups[2] + found.Groups[4]
		}
		lead := func(at mount, to []string) {
			target := to[0]
			if target == "" {
				target = vars[to[1]]
			}
			switch {
			case target != "":
				end := p.required(s.file, target)
				if further := leads[end]; further != "" {
					end = further
				}
				if router := p.routerCalled(end, to[2]); router != "" {
					end += " " + router
				}
				m.byEnd[end] = at
			case to[1] != "" && to[1] != at.router: // a router of this file
				m.byEnd[s.file+" "+to[1]] = at
			}
		}
		for _, found := range scan.Find(s.text, mountedOn) {
			at := mount{s.file, found.Groups[1], strings.TrimSuffix(found.Groups[2], "/"), found.Line}
			whole := at
			whole.path = found.Groups[2]
			m.list = append(m.list, whole)
			lead(at, found.Groups[3:])
		}
		for _, found := range scan.Find(s.text, registeredAt) {
			lead(mount{s.file, found.Groups[1], strings.TrimSuffix(found.Groups[4], "/"), found.Line}, []string{found.Groups[2], found.Groups[3], ""})
		}
		for _, found := range scan.Find(s.text, pluginAt) {
			lead(mount{s.file, "", strings.TrimSuffix(found.Groups[3], "/"), found.Line}, []string{found.Groups[1], found.Groups[2], ""})
		}
		for _, found := range scan.Find(s.text, mountedBy) {
			set, _, ok := p.lookUp(value{kind: valName, text: found.Groups[2] + found.Groups[3]}, func(v value) bool { return routePath(v) != "" })
			if ok {
				lead(mount{s.file, found.Groups[1], strings.TrimSuffix(routePath(set)+found.Groups[4], "/"), found.Line}, found.Groups[5:])
			}
		}
	}
	return m
}

// routePath is the path that configuration sets, also where a variable may say another; "" for anything else.
func routePath(v value) string {
	if _, otherwise, ok := v.environment(); ok && otherwise != nil {
		v = *otherwise
	}
	if v.kind != valString || !strings.HasPrefix(v.text, "/") || hasAny(v.text, "{", "$") {
		return ""
	}
	return v.text
}

// routerCalled is the router that a file exports under a name, "" where it has no such name.
func (p *nodeProject) routerCalled(file, name string) string {
	if name == "" {
		return ""
	}
	for _, s := range p.sources {
		if list := exportsBy.FindStringSubmatch(s.text); s.file == file && list != nil {
			for _, pair := range byName.FindAllStringSubmatch(list[1], -1) {
				if pair[1] == name {
					return pair[2]
				}
			}
		}
	}
	return name
}

// prefix is what stands before the paths of a router, by all that hands on to it and by itself.
func (m mounts) prefix(file, router string, depth int) string {
	own := m.own[file+" "+router]
	at, ok := m.byEnd[file+" "+router]
	if !ok {
		at, ok = m.byEnd[file]
	}
	if !ok || depth > 5 || at.file == file && at.router == router {
		return own
	}
	return m.prefix(at.file, at.router, depth+1) + at.path + own
}
