package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// What another package's program runs: consumers on Fedora's buses, of Faust and Nameko, and applications of Twisted.
var (
	busCallback  = scan.MustCompile(`(?m)^\s*callback\s*=\s*["'][\w.]+:\w+["']`)
	hubConsumer  = scan.MustCompile(`["'\[]moksha\.consumer`)
	faustApp     = scan.MustCompile(`(?m)^(\w+)\s*(?::\s*[\w.]+\s*)?=\s*(?:faust\.)?App\(`)
	tacFile      = scan.MustCompile(`(?m)^application\s*=\s*(?:\w+\.)*Application\(`)
	twistdPlugin = scan.MustCompile(`(?m)^\w+\s*=\s*(?:\w+\.)*ServiceMaker\(\s*["'][^"'\n]+["']\s*,\s*["'][\w.]+["']\s*,\s*["'][^"'\n]*["']\s*,\s*["']([\w-]+)["']`)
	namekoMethod = scan.MustCompile(`(?m)^[ \t]+@(?:rpc|http|event_handler|timer|consume)\b`)
)

// busEntry is what another package's program runs, nothing where there is none.
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
	return p.twistedEntry(entry)
}

// twistedEntry is the application that twistd runs, by a file of its own kind or by a plugin's name.
func (p *pythonProject) twistedEntry(entry func(file string, line int, command ...string) pythonEntry) pythonEntry {
	for _, s := range p.sources {
		if line := scan.LineOf(s.text, tacFile); line > 0 && strings.HasSuffix(s.file, ".tac") {
			return entry(s.file, line, "twistd", "--nodaemon", "--pidfile=", "--python", relative(p.dir, s.file))
		}
		if m := scan.Find(s.text, twistdPlugin); len(m) > 0 && strings.HasSuffix(path.Dir(s.file), "twisted/plugins") {
			return entry(s.file, m[0].Line, "twistd", "--nodaemon", "--pidfile=", m[0].Groups[1])
		}
	}
	return pythonEntry{}
}
