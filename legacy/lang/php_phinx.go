package lang

import (
	"path"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// phinxAdapter is the database that Phinx keeps up to date, as its settings in any form name it.
var phinxAdapter = scan.MustCompile(`["']?adapter["']?\s*(?:=>|:)\s*["']?(mysql|pgsql|sqlsrv)\b`)

// phinx reports the migrations of Phinx, and the database that they are for: it is used beside any framework and without.
func (p *phpProject) phinx() {
	line, ok := p.requires("robmorgan/phinx")
	file := p.first("phinx.php", "phinx.yml", "phinx.yaml", "phinx.json", "phinx.php.dist", "phinx.yml.dist")
	if !ok || file == "" || p.framework == "cakephp" { // which starts it itself
		return
	}
	p.process("migrate", service.Service{Command: []string{path.Join(p.composer.programs(), "phinx"), "migrate"}, Release: true}, file, 1, "Phinx keeps the database up to date")
	if m := findSome(p.t.Text(file, p.r), phinxAdapter); len(m) > 0 {
		kind := kindOfEngine(m[0].Groups[1])
		p.r.Find(scan.Finding{Dir: p.dir, Need: &scan.Need{Need: service.Need{Kind: kind, Port: scan.DefaultPort(kind)}}}, file, m[0].Line, scan.Convention, "Phinx keeps it up to date")
		if ext := extensionOf[kind]; ext != "" {
			p.extensions(p.manifest, line, scan.Convention, "it talks to "+kind, ext)
		}
	}
}
