package lang

import (
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	schemaPort    = scan.MustCompile(`^\s*"((?:[\w.$]*[._])?(?:http|web|api|rest)[\w.]*[._]?port|port|listeners?\.http(?:\.[\w$]+)?)"\s*,`)
	schemaDefault = scan.MustCompile(`\{default,\s*(?:\{\s*"[^"\n]*"\s*,\s*)?"?(?:(?:[\w.*-]+:)?(\d{2,5})"?\s*[},]|\{\{\s*(\w+)\s*\}\})`)
	overlayNumber = scan.MustCompile(`(?m)^\s*\{(\w+)\s*,\s*"?(\d{2,5})"?\s*\}\.`)
)

// schemaPort reads the port that a schema of Cuttlefish's gives to the file of settings it describes, by itself or by the
// variables that the release is filled in with.
func (e *erlangProject) schemaPort() {
	for _, file := range e.schemas {
		line := 1
		for i, mapping := range strings.Split(erlangCode(e.t.Text(file, e.r)), "{mapping,") {
			if said := schemaDefault.FindStringSubmatch(mapping); i > 0 && said != nil && schemaPort.MatchString(mapping) {
				if n := e.overlaid(said[1], said[2]); n > 0 && n < 65536 {
					e.find(service.Service{Port: n}, file, line, scan.Declared, "the default of the release's settings")
					return
				}
			}
			line += strings.Count(mapping, "\n")
		}
	}
}

// overlaid is a number, or that of the variable in its place.
func (e *erlangProject) overlaid(number, variable string) int {
	if file := e.t.First(e.dir, "rel/vars.config", "config/vars.config", "vars.config"); variable != "" && file != "" {
		for _, m := range findSome(erlangCode(e.t.Text(file, e.r)), overlayNumber) {
			if m.Groups[1] == variable {
				number = m.Groups[2]
			}
		}
	}
	n, _ := strconv.Atoi(number)
	return n
}
