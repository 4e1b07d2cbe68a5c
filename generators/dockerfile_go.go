package generators

import (
	"fmt"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/service"
)

type goImage struct {
	Base         base
	Source       string // where the code lies while it is built
	Gopath       bool   // built without go.mod, as before Go had modules
	BuildApt     string
	Copy         []string
	Download     bool // the dependencies are not in a vendor directory
	Caches       string
	Programs     []goProgram
	Cgo          int
	Files        []string // COPY lines for files that the program reads
	Slim         string   // the Debian image that the program runs on; empty for distroless
	RuntimeApt   string
	StateDirs    []string
	State        string
	StateComment string
	Path         bool
	Port         int
	Command      execForm
}

type goProgram struct{ Out, Package, Flags string }

// goDockerfile builds every program that a process of the image runs, statically, into an image that holds nothing else.
// Where Debian packages are asked for, the code uses C libraries, and where a command needs a shell, there has to be one:
// then it is a Debian image.
func goDockerfile(app *service.App, name string) ([]byte, error) {
	s := *app.Services[name]
	b := buildOf(s)
	image := goImage{Port: s.Port, Command: s.Command, StateDirs: copyable(statePaths(s)), StateComment: stateComment}
	var err error
	if image.Base, err = golangBase(s.Version); err != nil {
		return nil, err
	}
	if image.BuildApt, err = aptStep(without(b.Packages, inGolangImage), bookworm); err != nil {
		return nil, err
	}
	if err := image.source(b.Module); err != nil {
		return nil, err
	}
	vendored := has(b.Files, "modules.txt")
	image.Download = !vendored && has(b.Files, "go.mod")
	image.Caches = "--mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build"
	if image.Gopath {
		image.Caches = "--mount=type=cache,target=/root/.cache/go-build"
	}
	if image.Copy, err = copyLines(moduleFiles(b.Files)); err != nil {
		return nil, err
	}
	flags := ""
	if vendored {
		flags = "-mod=vendor "
		image.Caches = "--mount=type=cache,target=/root/.cache/go-build"
	}
	if image.Programs, err = goPrograms(app, name, flags); err != nil {
		return nil, err
	}
	if image.Files, err = runtimeFiles(app, name); err != nil {
		return nil, err
	}
	if len(image.Command) == 0 {
		image.Command = []string{image.Programs[0].Out}
	}
	image.Path = !strings.Contains(image.Command[0], "/")
	if len(b.Packages)+len(b.Runtime) > 0 || needsShell(app, name) {
		image.Slim = "debian:bookworm-slim"
		image.State = stateStep(s)
		// distroless holds the certificates; Debian's slim image does not
		if image.RuntimeApt, err = aptStep(append([]string{"ca-certificates"}, b.Runtime...), bookworm); err != nil {
			return nil, err
		}
		if len(b.Packages) > 0 {
			image.Cgo = 1
		}
	}
	return execute("Dockerfile.golang", image)
}

// inGolangImage are packages that the golang image on Debian has already.
var inGolangImage = map[string]bool{"gcc": true, "g++": true, "libc6-dev": true, "make": true, "pkg-config": true, "git": true, "ca-certificates": true}

func without(list []string, drop map[string]bool) []string {
	var kept []string
	for _, s := range list {
		if !drop[s] {
			kept = append(kept, s)
		}
	}
	return kept
}

// source says where the code lies: code without go.mod where its import path wants it below GOPATH.
func (i *goImage) source(module string) error {
	i.Source = "/src"
	if module == "" {
		return nil
	}
	if !plainPath.MatchString(module) || path.IsAbs(module) || path.Clean(module) != module || strings.HasPrefix(module, "..") {
		return fmt.Errorf("build.module: %q is no import path", module)
	}
	i.Source, i.Gopath = "/go/src/"+module, true
	return nil
}

func moduleFiles(files []string) []string {
	var all []string
	for _, f := range files {
		switch path.Base(f) {
		case "go.mod", "go.sum", "go.work", "go.work.sum":
			all = append(all, f)
		}
	}
	return all
}

// goPrograms are the programs that the commands of the image's processes run. The base's own is built from
// Build.Artifact, and so is another one whose process names a package; else from ./cmd/NAME, by the custom in Go
// repositories of several programs.
func goPrograms(app *service.App, name, flags string) ([]goProgram, error) {
	s := app.Services[name]
	main, err := goPackage(*s, ".")
	if err != nil {
		return nil, err
	}
	own := goTarget(s.Command)
	if own == "" {
		own = "/app/" + name
	}
	programs := []goProgram{{Out: own, Package: main, Flags: flags}}
	seen := map[string]bool{own: true}
	for _, other := range app.ServiceNames() {
		out := goTarget(app.Services[other].Command)
		if other == name || app.Base(other) != name || out == "" || seen[out] {
			continue
		}
		seen[out] = true
		from, err := goPackage(*app.Services[other], "./cmd/"+path.Base(out))
		if err != nil {
			return nil, err
		}
		programs = append(programs, goProgram{Out: out, Package: from, Flags: flags})
	}
	return programs, nil
}

// goPackage is the package that makes the program, as go build wants it.
func goPackage(s service.Service, otherwise string) (string, error) {
	main := buildOf(s).Artifact
	switch {
	case main == "":
		return otherwise, nil
	case !plainPath.MatchString(main) || path.IsAbs(main):
		return "", fmt.Errorf("build.artifact: %q is no Go package below the service's directory", main)
	case main == "." || strings.HasPrefix(main, "./"):
		return main, nil
	}
	return "./" + main, nil
}

var shells = map[string]bool{"sh": true, "bash": true, "env": true}

// goTarget is where the program has to be for the command to find it; empty for no command or one that is a shell's.
func goTarget(command []string) string {
	switch {
	case len(command) == 0 || shells[path.Base(command[0])] || !plainPath.MatchString(command[0]):
		return ""
	case path.IsAbs(command[0]):
		return path.Clean(command[0])
	}
	return path.Join("/app", command[0])
}

func needsShell(app *service.App, name string) bool {
	for _, other := range app.ServiceNames() {
		c := app.Services[other].Command
		if app.Base(other) == name && len(c) > 0 && shells[path.Base(c[0])] {
			return true
		}
	}
	return false
}

var fileArgument = pattern.MustCompile(`^(?:-{1,2}[A-Za-z0-9_.-]+=)?(\.?[A-Za-z0-9_-][A-Za-z0-9_./-]*\.(?:ya?ml|toml|json|ini|conf|cfg|config|properties|xml|env|tmpl|html))$`)

// runtimeFiles are COPY lines for what the program reads beside itself, as the model tells, and for the files of the
// repository that the commands name as arguments (-config etc/prod.toml): the image holds nothing else.
func runtimeFiles(app *service.App, name string) ([]string, error) {
	var lines []string
	seen := map[string]bool{}
	add := func(field, file string) error {
		file = path.Clean(file)
		if file == ".." || strings.HasPrefix(file, "../") || path.IsAbs(file) || strings.ContainsAny(file, "\n\r") {
			return fmt.Errorf("%s: %q is outside of the service's directory", field, file)
		}
		if seen[file] {
			return nil
		}
		seen[file] = true
		line, err := copyLine([]string{file}, path.Join("/app", file))
		if err != nil {
			return fmt.Errorf("%s: %w", field, err)
		}
		lines = append(lines, line)
		return nil
	}
	for _, asset := range buildOf(*app.Services[name]).Assets {
		if err := add("build.assets", asset); err != nil {
			return nil, err
		}
	}
	for _, file := range commandFiles(app, name) {
		if err := add("command", file); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

// commandFiles are the files of the repository among the arguments of the image's processes.
func commandFiles(app *service.App, name string) []string {
	var files []string
	for _, other := range app.ServiceNames() {
		c := app.Services[other].Command
		if app.Base(other) != name || len(c) == 0 {
			continue
		}
		for _, arg := range c[1:] {
			if m := fileArgument.FindStringSubmatch(arg); m != nil && !strings.HasPrefix(path.Clean(m[1]), "../") {
				files = append(files, m[1])
			}
		}
	}
	return files
}

// copyable leaves out what COPY would take for something else; such a directory has to be made by hand.
func copyable(paths []string) []string {
	all := make([]string, 0, len(paths))
	for _, p := range paths {
		if plainPath.MatchString(p) {
			all = append(all, p)
		}
	}
	return all
}
