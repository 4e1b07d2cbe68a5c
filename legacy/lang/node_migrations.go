package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// migrationTools run the migrations of a database when they are called by hand: each by the package that has its program and
// by the file of the repository that it is set up with.
var migrationTools = []struct {
	pkg     string
	setup   []string
	command []string
}{
	{"knex", []string{"knexfile.js", "knexfile.cjs", "knexfile.mjs"}, []string{"knex", "migrate:latest"}},
	{"sequelize-cli", []string{".sequelizerc"}, []string{"sequelize", "db:migrate"}},
	{"db-migrate", []string{"database.json"}, []string{"db-migrate", "up"}},
	{"migrate-mongo", []string{"migrate-mongo-config.js"}, []string{"migrate-mongo", "up"}},
}

var nodeMigration = scan.MustCompile(`(?:^|/)migrations/[^/]+\.(?:[cm]?js|sql)$`)

// migrateTool reports the migrations that such a tool finds as a release step, where nothing says how they are run.
func (p *nodeProject) migrateTool() {
	for _, tool := range migrationTools {
		setup := p.t.First(p.dir, tool.setup...)
		if p.pkg.all[tool.pkg] == "" || setup == "" || strings.Contains(p.pkg.Scripts["start"]+p.pkg.Scripts["prestart"], "migrat") {
			continue
		}
		for _, f := range p.t.Below(p.dir) {
			if !nodeMigration.MatchString(relative(p.dir, f)) || p.t.Aside(f) {
				continue
			}
			rank, note := scan.Convention, "there are migrations"
			if _, installed := p.pkg.find(tool.pkg); !installed {
				rank, note = scan.Guess, "there are migrations; "+tool.pkg+" has to be moved to the dependencies of production"
			}
			command := append([]string{"node_modules/.bin/" + tool.command[0]}, tool.command[1:]...)
			p.r.Find(scan.Finding{Dir: p.dir, Process: "migrate", Service: service.Service{Command: command, Release: true}}, setup, 1, rank, note)
			return
		}
	}
}
