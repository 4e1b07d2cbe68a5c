package lang

import (
	"regexp"
	"slices"
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

// framework is the web framework of the project with the line that tells; version is "imported" where only code does. Of
// several that are installed it is the first that the code imports: another one is there for a library.
func (p *pythonProject) framework() dependency {
	var installed []dependency
	for _, f := range pythonFrameworks {
		if dep, ok := p.deps.find(f.dep); ok && (f.serves == nil || p.servesBy(f.dep, f.serves)) {
			installed = append(installed, dependency{name: f.name, file: dep.file, line: dep.line})
		}
	}
	for _, f := range installed {
		if len(installed) > 1 && p.importOf(f.name).name != "" {
			return f
		}
	}
	if len(installed) > 0 {
		return installed[0]
	}
	for _, f := range pythonFrameworks {
		if f.serves != nil && !p.servesBy(f.dep, f.serves) || p.t.First(p.dir, f.name+"/__init__.py") != "" {
			continue // it would be the project itself
		}
		if found := p.importOf(f.name); found.name != "" {
			return found
		}
	}
	return dependency{}
}

// importOf is the line by which the code imports a framework, none for one that it does not.
func (p *pythonProject) importOf(name string) dependency {
	re := regexp.MustCompile(`(?m)^\s*(?:import|from)\s+` + regexp.QuoteMeta(strings.ReplaceAll(name, "web.py", "web")) + `\b`)
	for _, s := range p.sources {
		if !strings.Contains(s.text, name) && name != "web.py" {
			continue
		}
		if line := scan.LineOf(s.text, re); line > 0 {
			return dependency{name: name, version: "imported", file: s.file, line: line}
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

// ownApp says whether a name that a module imports is the project's own class of a framework's application, and whether that is
// an asynchronous one.
func (p *pythonProject) ownApp(text, name string) (asgi, ok bool) {
	if !plainWord.MatchString(name) {
		return false, false
	}
	for _, m := range findSome(text, importsNames) {
		if !slices.Contains(strings.FieldsFunc(m.Groups[2], func(r rune) bool { return strings.ContainsRune(" \t,()", r) }), name) {
			continue
		}
		file := p.moduleFile(m.Groups[1])
		if file == "" {
			continue
		}
		for _, c := range findSome(p.t.Text(file, p.r), derivesApp) {
			if c.Groups[1] == name {
				return makesApp[c.Groups[2]], true
			}
		}
	}
	return false, false
}

var (
	importsNames = scan.MustCompile(`(?m)^from[ \t]+(\w[\w.]*)[ \t]+import[ \t]+([^\n#]+)`)
	derivesApp   = scan.MustCompile(`(?m)^class[ \t]+(\w+)\([^)\n]*\b(Flask|FastAPI|Starlette|Quart)\b[^)\n]*\)`)
)
