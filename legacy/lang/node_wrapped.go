package lang

import (
	"encoding/json"
	"path"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// aroundServer is the name of a package that starts servers for others.
var aroundServer = scan.MustCompile(`(?i)(?:^|[/_-])(?:express|hapi|koa|fastify|service|server|framework)(?:$|[_-])`)

// wrappedFramework reports the framework that a package of the team's own brings, where nothing names one itself: a package
// that is called a server, and of which the list of what was installed says that it wants the framework.
func (p *nodeProject) wrappedFramework() {
	var wants func(dep string) map[string]string
	for _, dep := range p.pkg.deps {
		if !aroundServer.MatchString(dep.name) {
			continue
		}
		if wants == nil {
			wants = p.installed()
		}
		for _, f := range nodeFrameworks {
			if _, ok := wants(dep.name)[f.dep]; ok {
				p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Framework: f.name}}, dep.file, dep.line, scan.Convention, dep.name+" brings it")
				return
			}
		}
	}
}

// installed gives what each package wants, by what npm wrote down when it installed it.
func (p *nodeProject) installed() func(dep string) map[string]string {
	var lock struct {
		Packages map[string]struct {
			Dependencies map[string]string `json:"dependencies"`
		} `json:"packages"`
		Dependencies map[string]struct {
			Requires any `json:"requires"`
		} `json:"dependencies"`
	}
	if file := p.t.First(p.dir, "package-lock.json", "npm-shrinkwrap.json"); file == "" || json.Unmarshal([]byte(p.t.Text(file, &scan.Report{})), &lock) != nil {
		return func(string) map[string]string { return nil }
	}
	return func(dep string) map[string]string {
		if wanted := lock.Packages[path.Join("node_modules", dep)].Dependencies; wanted != nil {
			return wanted
		}
		wanted := map[string]string{}
		requires, _ := lock.Dependencies[dep].Requires.(map[string]any)
		for name := range requires {
			wanted[name] = ""
		}
		return wanted
	}
}
