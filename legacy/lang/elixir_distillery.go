package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	makesRelease      = scan.MustCompile(`(?m)^[^#\n]*\bmix\s[^\n]*\b(?:distillery\.)?release\b`)
	distilleryRelease = scan.MustCompile(`(?m)^\s*release[\s(]+:(\w+)`)
	distilleryCommand = scan.MustCompile(`\b(migrate\w*|migrations?):\s*"rel/commands/`)
)

// distillery reports the migrations of an image that holds a release of Distillery's, by the command of the release that
// runs them; in such an image is no Mix. It is false where the project's image holds none.
func (e *elixirProject) distillery(d dependency, step service.Service) bool {
	config, image := path.Join(e.dir, "rel/config.exs"), path.Join(e.dir, "Dockerfile")
	if !e.t.Has(config) || !e.t.Has(image) || !makesRelease.MatchString(e.t.Text(image, e.r)) {
		return false
	}
	text := elixirCode(e.t.Text(config, e.r))
	name, runs := distilleryRelease.FindStringSubmatch(text), distilleryCommand.FindStringSubmatch(text)
	if name == nil || runs == nil {
		e.r.Note(d.file, d.line, "the image holds a release without Mix, and rel/config.exs has no command that runs the migrations: write one, rel/commands/migrate")
		return true
	}
	step.Command = []string{"/app/bin/" + name[1], strings.TrimSpace(runs[1])}
	e.find(step, "migrate", config, scan.LineOf(text, distilleryCommand), scan.Declared, "a command of the release")
	return true
}
