package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Routes as Rails' and Sinatra's authors write them down.
var (
	rubyBare    = scan.MustCompile(`^\s*get\s+do\b`)
	rubyRoute   = scan.MustCompile(`^(\s*)(?:r\.)?(?:get|match|root|head)[\s(]+["':]([^"',\s)]{1,120})["']?(.*)$`)
	rubyMount   = scan.MustCompile(`^(\s*)mount\s+([\w:]+)[^"']*?(?:=>|at:|,\s*:at\s*=>)\s*["']([^"']+)["']`)
	rubyScope   = scan.MustCompile(`^(\s*)(namespace|scope|resources?|path)[\s(]+(?:path:\s*|:path\s*=>\s*)?["':]([\w./:-]+)["']?.*\bdo\b`)
	rubyIndex   = scan.MustCompile(`^(\s*)(resources?)[\s(]+:(\w+)(.*)$`)
	rubyChecks  = scan.MustCompile(`^\s*health_check_routes\b[\s(]*["':]?([\w/]*)`)
	onlyIndex   = scan.MustCompile(`^only(?::|\s*=>)\s*(?:%i)?\[?\s*:?index\s*\]?$`)
	onlySome    = scan.MustCompile(`\bonly(?::|\s*=>)\s*(?:\[[^\]]*\]|:\w+|%i\[[^\]]*\])`)
	healthMount = scan.MustCompile(`(?i)^(OkComputer|HealthCheck|HealthMonitor|Healthcheck|GovukHealthcheck|RailsHealthcheck|Pingdom)`)
)

// rubyHealth are routes that tell how the service is beside those that every language knows.
var rubyHealth = scan.MustCompile(`(?i)^/?(uptime|health_?checks)$`)

// health reports the routes by which the service says how it is.
func (p *rubyProject) health() {
	var routes []route
	for _, s := range p.sources {
		rel := relative(p.dir, s.file)
		if !strings.HasPrefix(rel, "config/routes") && (p.framework == "rails" || strings.HasPrefix(rel, "config/") || !hasAny(s.text, "get ", "get(")) {
			continue
		}
		routes = append(routes, rubyRoutes(s)...)
	}
	routes = append(routes, p.checkers(routes)...)
	routes = append(routes, p.comparedPaths()...)
	if p.framework == "grape" {
		routes = p.mounted(routes)
	}
	findHealth(p.r, p.dir, routes)
}

// grapePrefix is what all addresses of an API begin with; a version stands in the address where it says so.
var (
	grapePrefix  = scan.MustCompile(`(?m)^\s*prefix[\s(]+["':]([\w/-]+)`)
	grapeVersion = scan.MustCompile(`(?m)^\s*version[\s(]+["']?(v?[\w.]+)["']?[^\n]*(?::using\s*=>|using:)\s*:path`)
)

// mounted puts the prefix and the version of an API of Grape before its routes.
func (p *rubyProject) mounted(routes []route) []route {
	before := ""
	for _, s := range p.sources {
		if m := grapePrefix.FindStringSubmatch(s.text); m != nil && before == "" {
			before = "/" + strings.Trim(m[1], "/")
		}
	}
	for _, s := range p.sources {
		if m := grapeVersion.FindStringSubmatch(s.text); m != nil {
			before += "/" + m[1]
			break
		}
	}
	for i := range routes {
		routes[i].path = before + routes[i].path
	}
	return routes
}

// rubyCheckers are gems that answer how the service is, at a path of their own unless their initializer, with a word in
// its name, says another.
var rubyCheckers = []struct {
	gem, path, word string
	at              *scan.Pattern
}{
	{"health_check", "/health_check", "health", scan.MustCompile(`(?m)^\s*\w+\.uri\s*=\s*["']/?([\w/-]+)["']`)},
	{"aws-healthcheck", "/healthcheck", "", nil},
	{"rails-healthcheck", "/healthcheck", "health", scan.MustCompile(`(?m)^\s*\w+\.route\s*=\s*["':]/?([\w/-]+)`)},
	{"okcomputer", "/okcomputer", "computer", scan.MustCompile(`(?m)^\s*OkComputer\.mount_at\s*=\s*["']/?([\w/-]+)["']`)},
}

// checkers are the routes of the first gem that answers how the service is, unless its engine is mounted among the routes.
func (p *rubyProject) checkers(mounted []route) []route {
	for _, m := range mounted {
		if m.sure {
			return nil
		}
	}
	for _, c := range rubyCheckers {
		if dep, ok := p.gems.find(c.gem); ok {
			return []route{p.initialised(dep, c.path, c.word, c.at)}
		}
	}
	return nil
}

// initialised is where a gem answers: at its own path unless its initializer, with a word in its name, says otherwise.
func (p *rubyProject) initialised(dep dependency, own, word string, at *scan.Pattern) route {
	for _, name := range p.files {
		if rel := relative(p.dir, name); at == nil || !strings.HasPrefix(rel, "config/initializers/") || !strings.Contains(rel, word) {
			continue
		}
		for _, m := range findSome(p.t.Text(name, p.r), at) {
			return route{path: "/" + m.Groups[1], file: name, line: m.Line, sure: true}
		}
	}
	return route{path: own, file: dep.file, line: dep.line, sure: true}
}

// rackPath is what an application of Rack compares the path of a request with.
var rackPath = scan.MustCompile(`(?:\b(?:full)?path(?:_info)?|PATH_INFO["']\])\s*==\s*["'](/[\w./-]{1,80})["']`)

// comparedPaths are the addresses that code on Rack alone answers at, without a router: a whole application, or what a
// framework's requests pass through before.
func (p *rubyProject) comparedPaths() (routes []route) {
	for _, name := range p.files {
		if rel := relative(p.dir, name); p.t.Aside(name) || !strings.HasSuffix(rel, ".rb") && rel != "config.ru" || p.framework != "rack" && !strings.Contains(rel, "middleware") {
			continue
		}
		if text := p.t.Text(name, p.r); strings.Contains(text, "==") {
			for _, m := range findSome(text, rackPath) {
				routes = append(routes, route{path: m.Groups[1], file: name, line: m.Line})
			}
		}
	}
	return routes
}

// shows says whether a resource, with what is said of it, is one of its kind and can be asked for, or is a list that can be
// asked for and nothing else.
func shows(kind, options string) bool {
	only := onlySome.FindString(options)
	return kind == "resource" && (only == "" || strings.Contains(only, "show")) || kind == "resources" && onlyIndex.MatchString(only)
}

// rubyRoutes reads the routes of a file with the prefixes of the blocks around them, told by their indent.
func rubyRoutes(s plainSource) []route {
	type block struct {
		indent int
		prefix string
	}
	var open []block
	var routes []route
	for i, line := range strings.Split(s.text, "\n") {
		if strings.TrimSpace(line) == "" || len(line) > 500 {
			continue
		}
		indent := len(line) - len(strings.TrimLeft(line, " \t"))
		for len(open) > 0 && indent <= open[len(open)-1].indent {
			open = open[:len(open)-1]
		}
		prefix := ""
		for _, b := range open {
			prefix += b.prefix
		}
		if m := rubyScope.FindStringSubmatch(line); m != nil && len(open) < 50 {
			open = append(open, block{indent, "/" + strings.Trim(m[3], "/:")})
			continue
		}
		if m := rubyMount.FindStringSubmatch(line); m != nil {
			at := prefix + "/" + strings.TrimPrefix(m[3], "/")
			if strings.HasPrefix(m[2], "HealthMonitor::") {
				at = strings.TrimSuffix(at, "/") + "/check"
			}
			routes = append(routes, route{path: at, file: s.file, line: i + 1, sure: healthMount.MatchString(m[2])})
		} else if m := rubyChecks.FindStringSubmatch(line); m != nil {
			routes = append(routes, route{path: path.Join("/", prefix, m[1], "health_check"), file: s.file, line: i + 1, sure: true})
		} else if prefix != "" && rubyBare.MatchString(line) { // Grape: the address is that of the block around it
			routes = append(routes, route{path: prefix, file: s.file, line: i + 1})
		} else if m := rubyIndex.FindStringSubmatch(line); m != nil && (rubyHealth.MatchString(m[3]) || shows(m[2], m[4])) {
			routes = append(routes, route{path: prefix + "/" + m[3], file: s.file, line: i + 1, sure: rubyHealth.MatchString(m[3])})
		} else if m := rubyRoute.FindStringSubmatch(line); m != nil && !strings.Contains(m[3], "on: :member") {
			target := strings.TrimSuffix(m[2], "(.:format)")
			routes = append(routes, route{path: prefix + "/" + strings.TrimPrefix(target, "/"), file: s.file, line: i + 1, sure: strings.Contains(m[3], "rails/health#") || rubyHealth.MatchString(target)})
		}
	}
	return routes
}
