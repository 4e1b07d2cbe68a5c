package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Consumers of messages that another package's program runs: Fedora's buses, Faust and Nameko.
var (
	busCallback  = scan.MustCompile(`(?m)^\s*callback\s*=\s*["'][\w.]+:\w+["']`)
	hubConsumer  = scan.MustCompile(`["'\[]moksha\.consumer`)
	faustApp     = scan.MustCompile(`(?m)^(\w+)\s*(?::\s*[\w.]+\s*)?=\s*(?:faust\.)?App\(`)
	namekoMethod = scan.MustCompile(`(?m)^[ \t]+@(?:rpc|http|event_handler|timer|consume)\b`)
)

// busEntry is the consumer of messages that the project is, nothing where it is none.
func (p *pythonProject) busEntry() pythonEntry {
	entry := func(file string, line int, command ...string) pythonEntry {
		return pythonEntry{program: command, script: command[0], root: ".", file: file, line: line, rank: scan.Convention}
	}
	if p.has("fedora-messaging") {
		for _, f := range p.t.Below(p.dir) {
			if !strings.Contains(f, ".toml") || p.t.Aside(f) {
				continue
			}
			if line := scan.LineOf(p.t.Text(f, p.r), busCallback); line > 0 {
				return entry(f, line, "fedora-messaging", "consume")
			}
		}
	}
	if f := p.t.First(p.dir, "setup.py"); f != "" {
		if line := scan.LineOf(p.t.Text(f, p.r), hubConsumer); line > 0 {
			return entry(f, line, "fedmsg-hub")
		}
	}
	if s, m := p.firstWith(faustApp); s != nil && p.has("faust") {
		_, module := p.locate(s.file)
		return entry(s.file, m.Line, "faust", "-A", module, "worker")
	}
	if s, m := p.firstWith(namekoMethod); s != nil && p.has("nameko") {
		_, module := p.locate(s.file)
		return entry(s.file, m.Line, "nameko", "run", module)
	}
	return pythonEntry{}
}
