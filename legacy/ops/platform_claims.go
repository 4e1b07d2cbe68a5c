package ops

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// release reports a step that runs before each rollout.
func (p *platform) release(dir, process, line, file string, at int) {
	if argv, _ := command(line); len(argv) > 0 {
		f := scan.Finding{Dir: dir, Process: process, Service: service.Service{Command: argv, Release: true}}
		p.find(f, "command", file, at, scan.Declared, "")
	} else if strings.TrimSpace(line) != "" {
		p.r.Note(file, at, "the command is not understood: %s", line)
	}
}

// healthy reports the route that the platform asked.
func (p *platform) healthy(f scan.Finding, n *yaml.Node, file string) {
	if route := scalar(n); f.Process == "" && strings.HasPrefix(route, "/") && route != "/" && !placeholder.MatchString(route) {
		f.Service = service.Service{Health: health(route)}
		p.find(f, "health", file, n.Line, scan.Declared, "")
	}
}

// volume reports a directory that the platform keeps.
func (p *platform) volume(f scan.Finding, dir, file string, at int) {
	if dir != "" && !dataless.MatchString("/"+strings.TrimPrefix(dir, "/")) {
		f.Service = service.Service{State: []string{dir}}
		p.find(f, "state."+dir, file, at, scan.Declared, "a volume")
	}
}
