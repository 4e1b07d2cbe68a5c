package lang

import (
	"path"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var pasteMain = scan.MustCompile(`(?m)^\[(?:app|server|pipeline|composite):main\]`)

var (
	pasteFile  = scan.MustCompile(`\.ini(?:[._-](?:example|sample|dist|template|tmpl|in|tpl|default))?$`)
	exampleINI = scan.MustCompile(`example|sample|\.ini.+$|[._-](?:template|tmpl|dist)\.`)
)

// pasteSettings are the settings by which Pyramid, Pylons and their kin serve: those of production, then those that are for
// no environment, then an example, which is a guess.
func (p *pythonProject) pasteSettings() (ini string, rank scan.Rank) {
	best := 3
	for _, f := range p.t.Below(p.dir) {
		rel := relative(p.dir, f)
		if !pasteFile.MatchString(f) || strings.Count(rel, "/") > 1 || p.t.Aside(f) || !pasteMain.MatchString(p.t.Text(f, p.r)) {
			continue
		}
		n := 1
		switch env, skip := environmentOf(f); {
		case exampleINI.MatchString(path.Base(f)):
			n = 2
		case env == "production":
			n = 0
		case skip || env != "":
			continue
		}
		if n < best {
			best, ini = n, f
		}
	}
	if best == 2 {
		return ini, scan.Guess
	}
	return ini, scan.Convention
}

var iniPort = scan.MustCompile(`(?m)^\s*(?:port\s*=\s*|listen\s*=\s*\S*?:)(\d+)`)

// pserve reports Pyramid's own way to serve, which its settings for production describe.
func (p *pythonProject) pserve(ini string, rank scan.Rank) {
	if _, ok := p.deps.find("pyramid", "waitress", "pylons", "pastescript"); !ok {
		return
	}
	note, settings := "", relative(p.dir, ini)
	if rank == scan.Guess {
		settings = settings[:strings.Index(settings, ".ini")+len(".ini")]
		note = "; these settings are an example, of which " + path.Base(settings) + " is made"
	}
	if _, ok := p.deps.find("gunicorn"); ok {
		e := pythonEntry{file: ini, line: 1}
		command := p.gunicorn([]string{"--paste", settings, "--bind", "0.0.0.0:" + strconv.Itoa(p.reportPort(e, 8000))})
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Command: command}}, ini, 1, rank, "gunicorn is among the dependencies"+note)
		return
	}
	command := []string{"pserve", settings}
	if _, pyramid := p.deps.find("pyramid"); !pyramid {
		command = []string{"paster", "serve", settings}
	}
	p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Command: command}}, ini, 1, rank, "the framework serves by its settings"+note)
	if m := scan.Find(p.t.Text(ini, p.r), iniPort); len(m) > 0 {
		n, _ := strconv.Atoi(m[0].Groups[1])
		if n > 0 && n < 65536 {
			p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Port: n}}, ini, m[0].Line, scan.Declared, "")
		}
	}
}
