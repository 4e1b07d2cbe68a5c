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
	distilleryCommand = scan.MustCompile(`\b((?:db_)?migrat\w*|init_?db)"?:\s*"rel/commands/`)
)

// releaseMakers are files that say how the team makes what it ships.
var releaseMakers = []string{"Dockerfile", "Makefile", ".circleci/config.yml", ".travis.yml", ".gitlab-ci.yml"}

// readDistillery finds the release that the project is shipped as by Distillery: rel/config.exs describes it, and the
// project's image, its Makefile or its CI makes it.
func (e *elixirProject) readDistillery() {
	config := path.Join(e.dir, "rel/config.exs")
	if !e.t.Has(config) || e.release.name != "" {
		return
	}
	made := e.t.Has(path.Join(e.dir, ".deliver/config")) // edeliver makes it on the machine that it builds on
	for _, maker := range releaseMakers {
		if file := path.Join(e.dir, maker); e.t.Has(file) {
			made = made || makesRelease.MatchString(e.t.Text(file, e.r))
		}
	}
	if e.imageRunsMix() {
		return
	}
	text := elixirCode(e.t.Text(config, e.r))
	if name := distilleryRelease.FindStringSubmatch(text); made && name != nil {
		e.distilled, e.distillery = name[1], text
	}
}

// runsMix is a step by which an image is made in which Mix starts what it compiled.
var runsMix = scan.MustCompile(`(?m)^\s*RUN\s[^\n]*\bmix\s+(?:do\s+)?(?:compile|phx\.digest)\b`)

// imageRunsMix says whether the team's own image holds the project as Mix compiled it, and no release.
func (e *elixirProject) imageRunsMix() bool {
	for _, name := range []string{"Dockerfile", "docker/Dockerfile"} {
		if file := path.Join(e.dir, name); e.t.Has(file) {
			text := e.t.Text(file, e.r)
			return runsMix.MatchString(text) && !makesRelease.MatchString(text)
		}
	}
	return false
}

// distilleryMigration reports the migrations by the command of the release that runs them: a release holds no Mix.
func (e *elixirProject) distilleryMigration(d dependency) {
	config := path.Join(e.place(), "rel/config.exs")
	runs := distilleryCommand.FindStringSubmatch(e.distillery)
	if runs == nil {
		e.r.Note(d.file, d.line, "the release holds no Mix, and rel/config.exs has no command that runs the migrations: write one, rel/commands/migrate")
		return
	}
	step := service.Service{Release: true, Command: []string{"/app/bin/" + e.distilled, strings.TrimSpace(runs[1])}}
	e.find(step, "migrate", config, e.release.above+scan.LineOf(e.distillery, distilleryCommand), scan.Declared, "a command of the release")
}

var (
	// filledIn is a variable that Distillery puts in the place of its name when a release starts.
	filledIn = scan.MustCompile(`\$\{([A-Z][A-Z0-9_]*)\}`)
	vmArgs   = scan.MustCompile(`(^|/)rel/(?:[\w-]+/)?vm\.args(?:\.\w+)?$`)
)

// filledVariables collects the variables that Distillery fills in, in the configuration and in the arguments of the
// virtual machine, and has it do so.
func (e *elixirProject) filledVariables(files []string) {
	if e.distilled == "" {
		return
	}
	first := true
	for _, file := range append(files, e.args...) {
		if path.Ext(file) == ".ex" {
			continue
		}
		for _, m := range scan.Find(elixirCode(e.t.Text(file, e.r)), filledIn) {
			if strings.Contains(e.t.Line(file, m.Line), "-setcookie") {
				e.find(service.Service{Secrets: []string{m.Groups[1]}}, "", file, m.Line, scan.Declared, "the cookie by which its nodes know each other")
			} else {
				e.inf.vars = append(e.inf.vars, readVariable{m.Groups[1], "", file, m.Line})
			}
			if first {
				e.find(service.Service{Env: map[string]string{"REPLACE_OS_VARS": "true"}}, "", file, m.Line, scan.Convention, "Distillery fills in ${"+m.Groups[1]+"} with it")
				first = false
			}
		}
	}
}
