package scan

import (
	"path"
	"strings"
)

// DotnetProject is the file of a project of .NET.
var DotnetProject = MustCompile(`\.(cs|fs|vb)proj$`)

// Module is the language of a directory that says what the code in it is made of, "" for others.
func (t *Tree) Module(dir string) string {
	for _, p := range t.Below(dir) {
		if path.Dir(p) != dir {
			continue
		}
		if DotnetProject.MatchString(p) {
			return "dotnet"
		}
		if kind := moduleFiles[path.Base(p)]; kind != "" {
			return kind
		}
	}
	return ""
}

var moduleFiles = map[string]string{"package.json": "node", "requirements.txt": "python", "Pipfile": "python", "pyproject.toml": "python", "setup.py": "python", "go.mod": "go", "main.go": "go", "pom.xml": "java", "build.gradle": "java", "build.gradle.kts": "java",
	"Gemfile": "ruby", "composer.json": "php", "mix.exs": "elixir", "rebar.config": "erlang", "Cargo.toml": "rust", "cpanfile": "perl"}

// ModuleIn is the directory with a module of its own that a path in an image or a build speaks of: /src/gateway/build/libs
// means gateway.
func (t *Tree) ModuleIn(context, word string) string {
	parts := strings.Split(strings.Trim(path.Clean(word), "/"), "/")
	if len(parts) > 12 || strings.ContainsAny(word, "$*?[") {
		return ""
	}
	for from := range parts {
		for to := len(parts); to > from; to-- {
			dir := path.Join(context, path.Join(parts[from:to]...))
			if dir == context || dir == "." || !t.HasDir(dir) {
				continue
			}
			if kind := t.Module(dir); kind != "" && (kind != "go" || t.Has(path.Join(dir, "go.mod"))) {
				return dir
			}
		}
	}
	return ""
}
