package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// library says so where the directory is made to be installed by others and nothing in it serves or keeps running: a
// package to import, or a tool for the command line.
func (p *pythonProject) library(e pythonEntry) {
	file := p.t.First(p.dir, "setup.py", "setup.cfg", "pyproject.toml")
	if file == "" || e.module != "" || e.script != "" || e.django || p.t.First(p.dir, "Procfile", "Dockerfile", "manage.py", "docker-compose.yml", "production.ini") != "" {
		return
	}
	if _, works := p.deps.find("celery", "rq", "dramatiq", "huey", "arq"); works || p.web.name != "" && p.web.version != "imported" {
		return
	}
	text := p.metadata()
	switch {
	case installsCommands.MatchString(text):
		if !p.serves(servesItself) {
			p.r.Find(scan.Finding{Dir: p.dir, Library: true}, file, 1, scan.Convention, "a tool for the command line; nothing in it serves")
		}
		return
	case !hasAny(text, "packages", "py_modules", "[build-system]", "[project]", "[metadata]"):
		return
	}
	for _, s := range p.sources {
		own := p.t.First(path.Dir(s.file), "__init__.py") == "" // a program, and no part of the package
		if own && !p.published() && isMain.MatchString(s.text) && path.Base(s.file) != "setup.py" || path.Base(s.file) == "__main__.py" {
			return
		}
	}
	p.r.Find(scan.Finding{Dir: p.dir, Library: true}, file, 1, scan.Convention, "a package to install; nothing in it runs")
}

// metadata is the text of the files that describe the package.
func (p *pythonProject) metadata() string {
	text := ""
	for _, name := range []string{"setup.py", "setup.cfg", "pyproject.toml"} {
		if f := p.t.First(p.dir, name); f != "" {
			text += p.t.Text(f, p.r)
		}
	}
	return text
}

// published says whether the package is classified, as those are that others find in an index.
func (p *pythonProject) published() bool {
	return strings.Contains(p.metadata(), "Programming Language ::")
}

// installsCommands recognises what puts programs on the path of those who install the package.
var installsCommands = scan.MustCompile(`console_scripts|\[project\.scripts\]|\[tool\.poetry\.scripts\]|\bscripts\s*=`)
