package lang

import (
	"regexp"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// pythonFrameworks are the web frameworks in the order in which they count: what builds upon another stands before it.
// serves is what code says that serves by the package, for those that many only call other services with.
var pythonFrameworks = []struct {
	dep, name string
	serves    *scan.Pattern
}{
	{"django", "django", nil}, {"fastapi", "fastapi", nil}, {"python-fasthtml", "fasthtml", nil}, {"flask", "flask", nil}, {"flask-restful", "flask", nil}, {"connexion", "flask", nil}, {"pyramid", "pyramid", nil},
	{"falcon", "falcon", nil}, {"sanic", "sanic", nil}, {"starlette", "starlette", nil}, {"quart", "quart", nil}, {"bottle", "bottle", nil},
	{"aiohttp", "aiohttp", scan.MustCompile(`(?m)\baiohttp\.web\b|^\s*from aiohttp import[^\n]*\bweb\b|(?:^|[^.\w])web\.(?:run_app|Application)\(`)},
	{"tornado", "tornado", scan.MustCompile(`\btornado\.(?:web|httpserver|tcpserver|wsgi)\b|\bfrom tornado import[^\n]*\b(?:web|httpserver|tcpserver)\b`)},
	{"cherrypy", "cherrypy", nil}, {"web-py", "web.py", nil},
	{"twisted", "twisted", scan.MustCompile(`\btwisted\.(?:web|application|internet|protocols)\b|\bfrom twisted import`)},
	{"pylons", "pylons", nil},
}

// framework is the web framework of the project with the line that tells; version is "imported" where only code does.
func (p *pythonProject) framework() dependency {
	for _, f := range pythonFrameworks {
		if dep, ok := p.deps.find(f.dep); ok && (f.serves == nil || p.servesBy(f.dep, f.serves)) {
			return dependency{name: f.name, file: dep.file, line: dep.line}
		}
	}
	for _, f := range pythonFrameworks {
		if f.serves != nil && !p.servesBy(f.dep, f.serves) || p.t.First(p.dir, f.name+"/__init__.py") != "" {
			continue // it would be the project itself
		}
		imports := regexp.MustCompile(`(?m)^\s*(?:import|from)\s+` + regexp.QuoteMeta(strings.ReplaceAll(f.name, "web.py", "web")) + `\b`)
		for _, s := range p.sources {
			if !strings.Contains(s.text, f.name) && f.name != "web.py" {
				continue
			}
			if line := scan.LineOf(s.text, imports); line > 0 {
				return dependency{name: f.name, version: "imported", file: s.file, line: line}
			}
		}
	}
	return dependency{}
}

// servesBy says whether code that speaks of a package serves by it.
func (p *pythonProject) servesBy(name string, by *scan.Pattern) bool {
	for _, s := range p.sources {
		if strings.Contains(s.text, name) && scan.LineOf(s.text, by) > 0 {
			return true
		}
	}
	return false
}

func (p *pythonProject) serves(by *scan.Pattern) bool { return p.servesBy("", by) }
