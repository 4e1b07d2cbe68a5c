package lang

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// unmade notes a program that is not there and that no script by its usual name makes.
func (p *nodeProject) unmade(start nodeStart) {
	file := start.file
	if file == "" || start.dev || !p.t.Has(p.pkg.file) || p.t.First(p.dir, "Dockerfile") != "" {
		return
	}
	for _, end := range []string{"", ".js", ".mjs", ".cjs", ".ts", "/index.js", "/index.ts", "/package.json"} {
		if p.t.Has(file + end) {
			return
		}
	}
	var scripts scan.List
	for _, name := range slices.Sorted(maps.Keys(p.pkg.Scripts)) {
		if strings.HasPrefix(name, "build") {
			scripts = append(scripts, name)
		}
	}
	if len(scripts) > 0 {
		p.r.Note(p.pkg.file, max(start.line, 1), "starts %s, which is not here: say in build.command which script makes it, and where it lies then, in command (%s)", relative(p.dir, file), scripts)
	}
}

// yarnFiles are what Yarn 2 and newer read before they install: settings, and the parts of Yarn that the repository brings.
func yarnFiles(t *scan.Tree, dir string) []string {
	if !t.Has(path.Join(dir, ".yarnrc.yml")) {
		return nil
	}
	files := []string{".yarnrc.yml"}
	for _, file := range t.Below(path.Join(dir, ".yarn")) {
		switch part, _, _ := strings.Cut(relative(path.Join(dir, ".yarn"), file), "/"); part {
		case "releases", "plugins", "patches":
			files = append(files, relative(dir, file))
		}
	}
	return files
}
