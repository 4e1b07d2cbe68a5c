package host

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// beside are directories in which people keep the script apart from the code.
var beside = set("apache apache2 conf config etc scripts deployment")

// inApache takes over a service that has no process of its own, since Apache runs it inside with mod_wsgi.
func (r *reading) inApache(l *Loaded, s *site, where location, at int) {
	script := path.Clean(where.wsgi)
	dir := path.Dir(script)
	f := scan.Finding{Service: service.Service{Language: "python"}}
	module := ""
	if name := path.Base(dir); path.Base(script) == "wsgi.py" && moduleWord.MatchString(name) && !strings.Contains(name, ".") {
		module, dir = name+".wsgi", path.Dir(dir)
	}
	home := base(dir)
	for beside[path.Base(home)] && !nobodysHome.MatchString(path.Dir(home)) {
		home = path.Dir(home)
	}
	for _, name := range []string{path.Base(home), home, strings.TrimSuffix(module, ".wsgi")} {
		if name != "" && !nobodysHome.MatchString(name) && !slices.Contains(f.About, name) {
			f.About = append(f.About, name)
		}
	}
	why := "mod_wsgi runs it inside Apache on the host"
	r.report.Find(f, l.File, at, scan.Declared, why)
	f.Service = service.Service{Port: scan.ServePort}
	r.report.Find(f, l.File, at, scan.Convention, why)
	if routes := s.routes(where.path); len(routes) > 0 {
		f.Service = service.Service{Routes: routes}
		r.report.Find(f, l.File, at, scan.Declared, "the web server in front")
	}
	if module == "" {
		r.report.NoteAbout(f.About, l.File, at, "%s is run inside Apache (WSGIScriptAlias %s): say in command which server runs it now, such as gunicorn MODULE", path.Base(home), script)
		return
	}
	f.Service = service.Service{Command: []string{"gunicorn", module, "--bind", "0.0.0.0:" + itoa(scan.ServePort)}}
	r.report.Find(f, l.File, at, scan.Convention, why)
}
