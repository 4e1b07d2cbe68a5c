package generators

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// ignoredByLanguage is what each language's tools leave in a working copy, and what only its tests need.
var ignoredByLanguage = map[string][]string{
	"dotnet": {"**/.vs", "**/bin", "**/obj", "**/*.user", "**/launchSettings.json"},
	"elixir": {"_build", "assets/node_modules", "deps", "test"},
	"go":     {"**/*_test.go"},
	"java":   {".gradle", "build", "*/build", "target", "*/target"},
	"node":   {"coverage", "node_modules", "npm-debug.log*", "test"},
	"perl":   {"blib", "local", "pm_to_blib", "t", "xt"},
	"python": {".tox", ".venv", "tests", "venv", "**/*.pyc", "**/__pycache__"},
}

// dockerignores keeps out of each build what the image must not hold (the history, local settings with their secrets) and
// what would only spoil the cache. A service with a Dockerfile of the team's gets none: nobody here knows what that copies.
func dockerignores(app *service.App) ([]fileset.File, error) {
	var files []fileset.File
	for _, name := range app.Bases() {
		s := app.Services[name]
		if !makesDockerfile(s) {
			continue
		}
		lines := []string{".git", ".env*", "!.env.example"}
		if path.Clean(s.Dir) == "." || s.Dir == "" {
			lines = append(lines, ".migrate", "build/kube", "kube", "smoke")
		}
		language := s.Language
		if isJava(*s) {
			language = "java"
		}
		if isDotnet(*s) {
			language = "dotnet"
		}
		lines = append(lines, ignoredByLanguage[language]...)
		for _, dir := range s.State { // what a run on this machine left there
			if dir = path.Clean(dir); !path.IsAbs(dir) && dir != "." && !strings.HasPrefix(dir, "..") && plainPath.MatchString(dir) {
				lines = append(lines, dir)
			}
		}
		files = append(files, fileset.File{Path: path.Join(s.Dir, ".dockerignore"), Data: []byte(strings.Join(lines, "\n") + "\n")})
	}
	return files, nil
}
