package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Routes as Symfony's controllers carry them. What stands above the class goes before the routes of its methods.
var (
	attributed = scan.MustCompile(`(?:@Route|#\[Route|#\[Get)\(\s*(?:path\s*[:=]\s*)?["'](/[^"'\n]{1,120})["']`)
	namedRoute = scan.MustCompile(`(?:@Route|#\[Route)\(\s*(?:path\s*[:=]\s*)?["'](/[^"'\n{}]{1,120})["'][^\n]{0,200}?\bname\s*[:=]\s*["'](?:\w+[._-])?(?:health|healthz|healthcheck|health_check|heartbeat)["']`)
	classRoute = scan.MustCompile(`(?m)(?:@Route|#\[Route)\(\s*(?:path\s*[:=]\s*)?["'](/?[^"'\n]{1,120})["'][^\n]*(?:\n[ \t]*(?:\*|\*/|#\[|//)[^\n]*|\n[ \t]*)*\n[ \t]*(?:(?:final|abstract|readonly)[ \t]+)*class[ \t]`)
	resourceOf = scan.MustCompile(`^\s+resource:\s*["']?(?:\./|\.\./)*([\w./-]+?)/?["']?\s*$`)
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

// mounted is the prefix under which the configuration loads the routes of a file: that of the longest directory of source
// that it names as a resource.
func (p *phpProject) mounted(file string) string {
	if p.mounts == nil {
		p.mounts = map[string]string{}
		for _, f := range p.t.Below(path.Join(p.dir, "config")) {
			if rel := relative(p.dir, f); !strings.HasPrefix(rel, "config/routes") || path.Ext(rel) != ".yaml" && path.Ext(rel) != ".yml" {
				continue
			}
			p.readMounts(p.t.Text(f, p.r))
		}
	}
	for dir := relative(p.dir, path.Dir(file)); dir != "." && dir != "/"; dir = path.Dir(dir) {
		if prefix, ok := p.mounts[dir]; ok {
			return prefix
		}
	}
	return ""
}

// readMounts notes the prefixes of a file of routes by their resources. Each of its blocks begins at the margin.
func (p *phpProject) readMounts(text string) {
	resource, prefix := "", ""
	for _, line := range append(strings.Split(text, "\n"), "end") {
		if line != "" && !strings.ContainsAny(line[:1], " \t#") {
			if resource != "" {
				p.mounts[resource] = strings.TrimSuffix(prefix, "/")
			}
			resource, prefix = "", ""
		}
		if m := resourceOf.FindStringSubmatch(line); m != nil && resource == "" {
			resource = m[1]
		}
		if m := prefixOf.FindStringSubmatch(line); m != nil && prefix == "" {
			prefix = m[1]
		}
	}
}
