package lang

import (
	"path"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var pasteMain = scan.MustCompile(`(?m)^\[(?:app|server|pipeline|composite):main\]`)

// pasteSettings are the settings by which Pyramid, Pylons and their kin serve: those of production, then those that are for
// no environment, then an example, which is a guess.
func (p *pythonProject) pasteSettings() (ini string, rank scan.Rank) {
	best := 3
	for _, f := range p.t.Below(p.dir) {
		rel := relative(p.dir, f)
		if !strings.HasSuffix(f, ".ini") || strings.Count(rel, "/") > 1 || p.t.Aside(f) || !pasteMain.MatchString(p.t.Text(f, p.r)) {
			continue
		}
		n := 1
		switch env, skip := environmentOf(f); {
		case env == "production":
			n = 0
		case strings.Contains(path.Base(f), "example") || strings.Contains(path.Base(f), "sample"):
			n = 2
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
	note := ""
	if rank == scan.Guess {
		note = "; these settings are an example"
	}
	if _, ok := p.deps.find("gunicorn"); ok {
		e := pythonEntry{file: ini, line: 1}
		command := p.gunicorn([]string{"--paste", relative(p.dir, ini), "--bind", "0.0.0.0:" + strconv.Itoa(p.reportPort(e, 8000))})
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Command: command}}, ini, 1, rank, "gunicorn is among the dependencies"+note)
		return
	}
	command := []string{"pserve", relative(p.dir, ini)}
	if _, pyramid := p.deps.find("pyramid"); !pyramid {
		command = []string{"paster", "serve", relative(p.dir, ini)}
	}
	p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Command: command}}, ini, 1, rank, "the framework serves by its settings"+note)
	if m := scan.Find(p.t.Text(ini, p.r), iniPort); len(m) > 0 {
		n, _ := strconv.Atoi(m[0].Groups[1])
		if n > 0 && n < 65536 {
			p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Port: n}}, ini, m[0].Line, scan.Declared, "")
		}
	}
}
