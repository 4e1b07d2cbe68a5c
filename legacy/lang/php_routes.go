package lang

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Routes as Symfony's controllers carry them. What stands above the class goes before the routes of its methods.
var (
	attributed = scan.MustCompile(`(?:@Route|#\[Route|#\[Get)\(\s*(?:path\s*[:=]\s*)?["'](/[^"'\n]{1,120})["']`)
	namedRoute = scan.MustCompile(`(?:@Route|#\[Route)\(\s*(?:path\s*[:=]\s*)?["'](/[^"'\n{}]{1,120})["'][^\n]{0,200}?\bname\s*[:=]\s*["'](?:\w+[._-])?(?:health|healthz|healthcheck|health_check|heartbeat)["']`)
	classRoute = scan.MustCompile(`(?m)(?:@Route|#\[Route)\(\s*(?:path\s*[:=]\s*)?["'](/?[^"'\n]{1,120})["'][^\n]*(?:\n[ \t]*(?:\*|\*/|#\[|//)[^\n]*|\n[ \t]*)*\n[ \t]*(?:(?:final|abstract|readonly)[ \t]+)*class[ \t]`)
	resourceOf = scan.MustCompile(`^\s+resource:\s*["']?(?:\./|\.\./)*(@?[\w./-]+?)/?["']?\s*$`)
	prefixOf   = scan.MustCompile(`^\s+prefix:\s*["']?(/[\w./-]*)["']?\s*$`)
)

// attributedRoutes are the routes of a controller: those of its methods below the class's own and below the prefix that
// the configuration gives to its directory.
func (p *phpProject) attributedRoutes(s plainSource) []route {
	var routes []route
	above, line := "", 0
	if m := findSome(s.text, classRoute); len(m) > 0 && !strings.Contains(m[0].Groups[1], "{") {
		above, line = strings.TrimSuffix(m[0].Groups[1], "/"), m[0].Line
	}
	mount := p.mounted(s.file)
	add := func(re *scan.Pattern, sure bool) {
		for _, m := range findSome(s.text, re) {
			where := mount
			if m.Line > line {
				where += above
			}
			routes = append(routes, route{path: where + m.Groups[1], file: s.file, line: m.Line, sure: sure})
		}
	}
	add(attributed, false)
	add(namedRoute, true)
	return routes
}

// bundleHealth are the routes of bundles by which a service says how it is, below the prefix that loads the bundle's.
var bundleHealth = map[string]string{"@LiipMonitorBundle": "/http_status_checks", "@OpenConextMonitorBundle": "/internal/health"}

// bundleRoutes are the routes of health that the configuration takes over from a bundle.
func (p *phpProject) bundleRoutes() []route {
	p.readMounts()
	var routes []route
	for _, resource := range slices.Sorted(maps.Keys(p.mounts)) {
		bundle, _, _ := strings.Cut(resource, "/")
		if where, ok := bundleHealth[bundle]; ok {
			m := p.mounts[resource]
			routes = append(routes, route{path: m.prefix + where, file: m.file, line: m.line, sure: true})
		}
	}
	return routes
}

// mounted is the prefix under which the configuration loads the routes of a file: that of the longest directory of source
// that it names as a resource.
func (p *phpProject) mounted(file string) string {
	p.readMounts()
	for dir := relative(p.dir, path.Dir(file)); dir != "." && dir != "/"; dir = path.Dir(dir) {
		if m, ok := p.mounts[dir]; ok {
			return m.prefix
		}
	}
	return ""
}

// routeFile are the files by which Symfony loads routes in production.
var routeFile = scan.MustCompile(`^(?:config/routes(?:/(?:prod/)?)?[^/.]*|app/config/routing)\.ya?ml$`)

// routeMount is where the configuration loads routes.
type routeMount struct {
	prefix, file string
	line         int
}

// readMounts notes by resource where routes are loaded. Each block of such a file begins at the margin.
func (p *phpProject) readMounts() {
	if p.mounts != nil {
		return
	}
	p.mounts = map[string]routeMount{}
	for _, file := range append(p.t.Below(path.Join(p.dir, "config")), p.first("app/config/routing.yml")) {
		if !routeFile.MatchString(relative(p.dir, file)) {
			continue
		}
		resource, m := "", routeMount{file: file}
		for i, line := range append(strings.Split(p.t.Text(file, p.r), "\n"), "end") {
			if line != "" && !strings.ContainsAny(line[:1], " \t#") {
				if resource != "" {
					p.mounts[resource] = m
				}
				resource, m.prefix = "", ""
			}
			if found := resourceOf.FindStringSubmatch(line); found != nil && resource == "" {
				resource, m.line = found[1], i+1
			}
			if found := prefixOf.FindStringSubmatch(line); found != nil && m.prefix == "" {
				m.prefix = strings.TrimSuffix(found[1], "/")
			}
		}
	}
}
