package lang

import (
	"go/ast"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var serveWord = []string{"server", "serve", "api", "web", "http", "daemon", "start", "run"}

// goCommand is a command of a program that has several, by cobra or a library like it.
type goCommand struct {
	name, file string
	line       int
	runs       bool // does something by itself, and does not only hold others
}

// commands are those that the program defines: cobra.Command{Use: "migrate", Run: ...}, cli.Command{Name: ..., Action: ...}.
func (p *goProgram) commands() []goCommand {
	var all []goCommand
	for _, f := range p.facts {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok || lit.Type != nil && bareName(lit.Type) != "Command" {
				return true
			}
			c := goCommand{file: f.path, line: f.line(lit)}
			for key, value := range fields(lit) {
				switch key {
				case "Use", "Name":
					use, _ := stringLit(value)
					c.name, _, _ = strings.Cut(use, " ")
				case "Run", "RunE", "Action":
					c.runs = true
				}
			}
			if c.name != "" && (lit.Type != nil || c.runs) { // one in a list of them has no type of its own
				all = append(all, c)
			}
			return true
		})
	}
	return all
}

// subcommand is the argument by which a program of several commands serves.
func (p *goProgram) subcommand() []string {
	if word := p.serving(p.commands()); word != "" {
		return []string{word}
	}
	return nil
}

// serving is the name of the command that serves, "" for none.
func (p *goProgram) serving(commands []goCommand) string {
	for _, word := range serveWord {
		if word != p.name && slices.ContainsFunc(commands, func(c goCommand) bool { return c.name == word }) {
			return word
		}
	}
	return ""
}

var (
	goWorks    = scan.MustCompile(`^(?:[\w-]+-)?(worker|workers|consumer|scheduler|cron|queue|daemon|background|processor)$`)
	goMigrates = scan.MustCompile(`^(?:db-?|database-?)?migrat(?:e|ions?)(?:-?(?:db|database|up))?$|^db-?upgrade$`)
)

// reportMigration reports a program of its own that brings the database up to date and ends, where it asks for no argument
// and the module's image holds it. One that stands apart has an image of its own.
func (m *goModule) reportMigration(t *scan.Tree, r *scan.Report, apart map[*goPackage]scan.Image) {
	for _, pkg := range m.mains() {
		if !goMigrates.MatchString(m.binary(pkg.dir)) || apart[pkg].Home != "" {
			continue
		}
		p := m.program(pkg)
		without := slices.ContainsFunc(dockerfiles(t, m.dir), func(file string) bool {
			text := t.Text(file, r)
			return !strings.Contains(text, p.name) && !strings.Contains(text, "/...")
		})
		if without || p.serves() || len(p.commands()) > 0 || p.asksArguments() {
			continue
		}
		f := scan.Finding{Dir: m.dir, Process: p.name, Service: service.Service{Command: p.command(), Release: true, Build: &service.Build{Artifact: p.artifact(m.dir)}}}
		r.Find(f, p.file, p.line, scan.Convention, "a program that migrates the database")
		return
	}
}

// asksArguments says whether the package of the program itself looks at its arguments beside flags.
func (p *goProgram) asksArguments() bool {
	asks := false
	for _, f := range p.facts {
		if path.Dir(f.path) != p.dir {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				pkg, name := f.imported(sel)
				asks = asks || pkg == "os" && name == "Args" || path.Base(pkg) == "flag" && (name == "Arg" || name == "Args" || name == "NArg") || path.Base(pkg) == "pflag" && name == "Args"
			}
			return true
		})
	}
	return asks
}

// reportSubcommands reports what the program does beside serving by its own commands: workers, and the migration of its
// database before a release.
func (p *goProgram) reportSubcommands(r *scan.Report, f scan.Finding) {
	commands, migrated := p.commands(), false
	serves := p.serving(commands)
	for _, c := range commands {
		f.Service = service.Service{Command: []string{"/app/" + p.name, c.name}}
		f.Process = c.name
		switch {
		case !c.runs || c.name == serves || c.name == p.name:
		case goWorks.MatchString(c.name):
			r.Find(f, c.file, c.line, scan.Convention, "a command of the program that runs on")
		case goMigrates.MatchString(c.name) && !migrated:
			migrated = true
			f.Service.Release = true
			r.Find(f, c.file, c.line, scan.Convention, "a command of the program that migrates the database")
		}
	}
}
