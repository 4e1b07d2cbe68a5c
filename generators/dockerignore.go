package generators

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// ignoredByLanguage is what each language's tools leave in a working copy, and what only its tests need.
var ignoredByLanguage = map[string][]string{
	"c":      {"**/*.o", "autom4te.cache", "config.status"},
	"cpp":    {"**/*.o", "CMakeCache.txt", "CMakeFiles"},
	"dotnet": {"**/.vs", "**/bin", "**/obj", "**/*.user", "**/launchSettings.json"},
	"elixir": {"_build", "assets/node_modules", "deps", "test"},
	"erlang": {"_build", "logs", "test"},
	"go":     {"**/*_test.go"},
	"java":   {".gradle", "build", "*/build", "target", "*/target"},
	"node":   {"coverage", "node_modules", "npm-debug.log*", "test"},
	"perl":   {"blib", "local", "pm_to_blib", "t", "xt"},
	"php":    {"node_modules", "tests", "vendor"},
	"rust":   {"target", "tests"},
	"static": {"Dockerfile", "_site", "migrate.yaml"},
	"python": {".tox", ".venv", "tests", "venv", "**/*.pyc", "**/__pycache__"},
	"ruby":   {".bundle", "log", "node_modules", "spec", "test", "tmp"},
}

// dockerignores keeps out of each build what the image must not hold (the history, local settings with their secrets) and
// what would only spoil the cache. A service with a Dockerfile of the team's gets none: nobody here knows what that copies.
func dockerignores(app *service.App) ([]fileset.File, error) {
	var files []fileset.File
	at := map[string]int{} // services that are built from one directory share its file
	for _, name := range app.Bases() {
		s := app.Services[name]
		if !makesDockerfile(s) {
			continue
		}
		lines := []string{".git", ".env*", "!.env.example"}
		if buildContext(*s) == "." {
			lines = append(lines, ".migrate", "build/kube", "kube", "smoke")
		}
		language := s.Language
		if isJava(*s) {
			language = "java"
		}
		if isDotnet(*s) {
			language = "dotnet"
		}
		for _, line := range ignoredByLanguage[language] {
			if line != "vendor" || buildOf(*s).Tool == "composer" { // else it holds what nothing installs
				lines = append(lines, line)
			}
		}
		if inWorkspace(*s) {
			lines = append(lines, "**/node_modules")
		}
		if s.Framework == "symfony" {
			lines = append(lines, "!.env") // its defaults, without which it does not start
		}
		for _, dir := range s.State { // what a run on this machine left there
			if dir = path.Clean(dir); !path.IsAbs(dir) && dir != "." && !strings.HasPrefix(dir, "..") && plainPath.MatchString(dir) {
				lines = append(lines, fromContext(*s, dir))
			}
		}
		file := path.Join(buildContext(*s), ".dockerignore")
		if i, shared := at[file]; shared {
			files[i].Data = joinLines(files[i].Data, lines)
			continue
		}
		at[file] = len(files)
		files = append(files, fileset.File{Path: file, Data: joinLines(nil, lines)})
	}
	return files, nil
}

// joinLines adds the lines that a file does not have yet.
func joinLines(data []byte, lines []string) []byte {
	have := map[string]bool{}
	for _, line := range strings.Split(string(data), "\n") {
		have[line] = true
	}
	for _, line := range lines {
		if !have[line] {
			data = append(append(data, line...), '\n')
		}
	}
	return data
}
