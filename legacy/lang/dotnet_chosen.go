package lang

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// dotnetProvider is a call by which the code chooses a database for Entity Framework.
var dotnetProvider = scan.MustCompile(`\.(UseNpgsql|UseSqlServer|UseMySql|UseMySQL|UseOracle)\(`)

var providerOf = map[string]string{"UseNpgsql": "postgres", "UseSqlServer": "mssql", "UseMySql": "mysql", "UseMySQL": "mysql", "UseOracle": "oracle"}

// chosenSQL is the only one of several kinds of database that the code makes its contexts with, "" where that is open.
func (d *dotnetService) chosenSQL(sql map[string]bool) string {
	if len(sql) < 2 {
		return ""
	}
	chosen := map[string]bool{}
	for _, u := range d.uses {
		for _, p := range u.sources {
			for _, m := range dotnetProvider.FindAllStringSubmatch(d.t.Text(p, d.r), 20) {
				if kind := providerOf[m[1]]; sql[kind] {
					chosen[kind] = true
				}
			}
		}
	}
	if len(chosen) != 1 {
		return ""
	}
	return sortedSet(chosen)[0]
}

// namedConnection reports a need whose connection string the code asks for by the name of what it leads to, where a package
// around the driver has that name, too: Foundatio.Redis, Rebus.RabbitMq.
func (d *dotnetService) namedConnection(name, file string, line int) {
	kind := kindOfName(name)
	if kind == "" || sqlKinds[kind] {
		return
	}
	for _, u := range d.uses {
		for _, p := range u.packages {
			if slices.ContainsFunc(strings.Split(p.name, "."), func(part string) bool { return kindOfName(part) == kind }) {
				d.inf.add(scan.Need{Need: service.Need{Kind: kind, Port: scan.DefaultPort(kind)}}, file, line, scan.Convention, "a connection string of its name, and "+p.name)
				return
			}
		}
	}
}
