package generators

import (
	"fmt"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// dockerfileLanguages holds what writes a Dockerfile for each language. A service in another language gets none.
var dockerfileLanguages = map[string]func(app *service.App, name string) ([]byte, error){
	"c":       cppDockerfile,
	"clojure": javaDockerfile,
	"cpp":     cppDockerfile,
	"csharp":  dotnetDockerfile,
	"deno":    denoDockerfile,
	"dotnet":  dotnetDockerfile,
	"elixir":  elixirDockerfile,
	"erlang":  erlangDockerfile,
	"fsharp":  dotnetDockerfile,
	"go":      goDockerfile,
	"groovy":  javaDockerfile,
	"java":    javaDockerfile,
	"kotlin":  javaDockerfile,
	"node":    nodeDockerfile,
	"perl":    perlDockerfile,
	"php":     phpDockerfile,
	"python":  pythonDockerfile,
	"ruby":    rubyDockerfile,
	"rust":    rustDockerfile,
	"scala":   javaDockerfile,
	"shell":   shellDockerfile,
	"static":  siteDockerfile,
	"vb":      dotnetDockerfile,
}

// dockerfiles renders the Dockerfile of every service that has code of its own, unless the team has one or nothing here
// knows the language.
func dockerfiles(app *service.App) ([]fileset.File, error) {
	var files []fileset.File
	owner := map[string]string{}
	for _, name := range app.Bases() {
		s := app.Services[name]
		if !makesDockerfile(s) {
			continue
		}
		file := path.Join(s.Dir, "Dockerfile")
		if other, taken := owner[file]; taken {
			return nil, fmt.Errorf("services %s and %s both build in %q: write `from: %s` in %s, or give one its own build.dockerfile", other, name, path.Clean(s.Dir), other, name)
		}
		owner[file] = name
		if buildContext(*s) != path.Clean(s.Dir) && !isJava(*s) && !isDotnet(*s) && !inWorkspace(*s) && !ofUmbrella(*s) {
			return nil, fmt.Errorf("services.%s: build.context: no Dockerfile can be written for %s that builds from %s; write your own and name it in build.dockerfile", name, s.Language, buildContext(*s))
		}
		data, err := dockerfileLanguages[s.Language](app, name)
		if err != nil {
			return nil, fmt.Errorf("services.%s: %w", name, err)
		}
		files = append(files, fileset.File{Path: file, Data: data})
	}
	return files, nil
}

// WithoutDockerfile are the services with code of their own that nothing here can write a Dockerfile for, and that name none.
func WithoutDockerfile(app *service.App) []string {
	var names []string
	for _, name := range app.Bases() {
		if s := app.Services[name]; !knownLanguage(*s) && buildOf(*s).Dockerfile == "" {
			names = append(names, name)
		}
	}
	return names
}

// makesDockerfile says whether the service gets a Dockerfile from here.
func makesDockerfile(s *service.Service) bool {
	return knownLanguage(*s) && buildOf(*s).Dockerfile == ""
}

// knownLanguage says whether a Dockerfile can be written for the service's language and version.
func knownLanguage(s service.Service) bool {
	return dockerfileLanguages[s.Language] != nil && (!isDotnet(s) || runsOnLinux(s.Version))
}

// buildContext is the directory of the repository that the service's image is built from.
func buildContext(s service.Service) string {
	if context := buildOf(s).Context; context != "" {
		return path.Clean(context)
	}
	return path.Clean(s.Dir)
}

// dockerfileName is the service's Dockerfile, seen from its directory.
func dockerfileName(s service.Service) string {
	if file := buildOf(s).Dockerfile; file != "" {
		return path.Clean(file)
	}
	return "Dockerfile"
}

// fromContext is a path below the service's directory as the build context, which lies there or above, has it.
func fromContext(s service.Service, name string) string {
	full, context := path.Join(s.Dir, name), buildContext(s)
	if context == "." {
		return full
	}
	return strings.TrimPrefix(full, context+"/")
}

func buildOf(s service.Service) service.Build {
	if s.Build == nil {
		return service.Build{}
	}
	return *s.Build
}

// imageUser runs every generated image: a number, so that Kubernetes can check runAsNonRoot, above the system's own.
const imageUser = "10001:10001"

var plainPath = pattern.MustCompile(`^[A-Za-z0-9_./@+-]+$`)

// copyLines are the COPY instructions for the files that say what to install, one for each directory, so that they land
// where they were. A path that leaves the build context is refused.
func copyLines(files []string) ([]string, error) {
	var order []string
	byDir := map[string][]string{}
	for _, f := range files {
		clean := path.Clean(f)
		if path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../") || strings.ContainsAny(clean, "\n\r") {
			return nil, fmt.Errorf("build.files: %q is outside of the service's directory: copy it in, or write your own Dockerfile and name it in build.dockerfile", f)
		}
		dir := path.Dir(clean)
		if byDir[dir] == nil {
			order = append(order, dir)
		}
		byDir[dir] = append(byDir[dir], clean)
	}
	lines := make([]string, 0, len(order))
	for _, dir := range order {
		to := dir + "/"
		if dir == "." && len(byDir[dir]) == 1 {
			to = "."
		}
		line, err := copyLine(byDir[dir], to)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

func copyLine(files []string, to string) (string, error) {
	all := append(append([]string{}, files...), to)
	for _, f := range all {
		if !plainPath.MatchString(f) {
			for i := range all {
				all[i] = strings.ReplaceAll(all[i], "$", `\$`) // COPY expands variables
			}
			list, err := execForm(all).JSON()
			return "COPY " + list, err
		}
	}
	return "COPY " + strings.Join(all, " "), nil
}

// buildCommand is Build.Command as the text of a RUN. A line break would end the instruction.
func buildCommand(command []string) (string, error) {
	text := shellWords(command)
	if strings.ContainsAny(text, "\n\r") {
		return "", fmt.Errorf("build.command has a line break: write a script and call it")
	}
	return text, nil
}

// statePaths are the directories in which the service keeps data, as they are in its image.
func statePaths(s service.Service) []string {
	var paths []string
	seen := map[string]bool{}
	for _, d := range s.State {
		dir := stateDir(s, d)
		if hidesCode(s, dir) || seen[dir] || strings.ContainsAny(dir, "\n\r") {
			continue
		}
		seen[dir] = true
		paths = append(paths, dir)
	}
	return paths
}

const stateComment = "data of the running service: wants a volume, or a better place (a database, an object store)"

// stateStep makes those directories, writable for the image's user. The rest of the image belongs to root, and in the
// cluster nothing but them and /tmp can be written.
func stateStep(s service.Service) string {
	paths := statePaths(s)
	if len(paths) == 0 {
		return ""
	}
	dirs := shellWords(paths)
	return fmt.Sprintf("# %s\nRUN mkdir -p %s && chown %s %s\n", stateComment, dirs, imageUser, dirs)
}

// comment is text that fits behind a # on one line.
func comment(text string) string { return strings.Join(strings.Fields(text), " ") }

// execForm is a command as CMD and COPY take it.
type execForm []string

// JSON is the command as a JSON list on one line.
func (e execForm) JSON() (string, error) {
	words := make([]string, len(e))
	for i, w := range e {
		text, err := flowJSON(w)
		if err != nil {
			return "", err
		}
		words[i] = text
	}
	return "[" + strings.Join(words, ", ") + "]", nil
}
