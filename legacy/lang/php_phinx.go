package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// phinxAdapter is the database that Phinx keeps up to date, as its settings in any form name it.
var phinxAdapter = scan.MustCompile(`["']?adapter["']?\s*(?:=>|:)\s*["']?(mysql|pgsql|sqlsrv)\b`)

// phinxProduction is the environment of production among those of Phinx's settings, as a key in any form.
var phinxProduction = scan.MustCompile(`(?m)(?:^[ \t]+|[\[{]\s*)["']?(production|prod)["']?[ \t]*(?:=>|:)`)

// phinx reports the migrations of Phinx, and the database that they are for: it is used beside any framework and without.
func (p *phpProject) phinx() {
	line, ok := p.requires("robmorgan/phinx")
	file := p.first("phinx.php", "phinx.yml", "phinx.yaml", "phinx.json")
	if !ok || file == "" || p.framework == "cakephp" { // which starts it itself
		return
	}
	text := p.t.Text(file, p.r)
	command := []string{path.Join(p.composer.programs(), "phinx"), "migrate"}
	if m := phinxProduction.FindStringSubmatchIndex(text); m != nil {
		command = append(command, "-e", text[m[2]:m[3]])
	} else if strings.Contains(text, "environments") {
		p.r.Note(file, 1, "names no environment production: Phinx takes its default_environment, often development, unless PHINX_ENVIRONMENT says another")
	}
	p.process("migrate", service.Service{Command: command, Release: true}, file, 1, "Phinx keeps the database up to date")
	if m := findSome(text, phinxAdapter); len(m) > 0 {
		kind := kindOfEngine(m[0].Groups[1])
		p.r.Find(scan.Finding{Dir: p.dir, Need: &scan.Need{Need: service.Need{Kind: kind, Port: scan.DefaultPort(kind)}}}, file, m[0].Line, scan.Convention, "Phinx keeps it up to date")
		if ext := extensionOf[kind]; ext != "" {
			p.extensions(p.manifest, line, scan.Convention, "it talks to "+kind, ext)
		}
	}
}
