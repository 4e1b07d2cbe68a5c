package generators

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

type pythonImage struct {
	Why        string
	Base       base
	BuildApt   string
	Venv       string
	Tool       string // fills the environment from outside, and has to be told where it is
	Copy       []string
	Install    []string
	Build      string
	RuntimeApt string
	State      string
	Port       int
	Command    execForm
}

// pythonDockerfile installs into a virtual environment in a build stage, so that compilers, headers and the package
// manager stay out of what runs.
func pythonDockerfile(app *service.App, name string) ([]byte, error) {
	s := *app.Services[name]
	b := buildOf(s)
	image := pythonImage{Port: s.Port, Command: s.Command, State: stateStep(s)}
	var err error
	if image.Base, err = pythonBase(s.Version); err != nil {
		return nil, err
	}
	image.Why = image.Base.Why
	packages := b.Packages
	if len(b.Command) > 0 { // it runs the code, which loads the libraries
		packages = append(append([]string{}, b.Packages...), b.Runtime...)
	}
	if image.BuildApt, err = aptStep(packages, image.Base.Suite); err != nil {
		return nil, err
	}
	if image.RuntimeApt, err = aptStep(b.Runtime, image.Base.Suite); err != nil {
		return nil, err
	}
	if image.Build, err = buildCommand(b.Command); err != nil {
		return nil, err
	}
	files, tool, install := pythonInstall(b, image.Base)
	image.Install, image.Tool, image.Venv = install, tool, pythonVenv(image.Base, tool)
	if image.Copy, err = copyLines(files); err != nil {
		return nil, err
	}
	return execute("Dockerfile.python", image)
}

const pipCache = "RUN --mount=type=cache,target=/root/.cache/pip "

// pythonVenv makes the environment. The tool that fills it stays outside, so that its own dependencies don't meet the
// service's.
func pythonVenv(on base, tool string) string {
	venv := "python -m venv /venv"
	if strings.HasPrefix(on.Image, "python:2") {
		tool, venv = strings.TrimSpace("virtualenv "+tool), "virtualenv /venv"
	}
	if tool == "" {
		return "RUN " + venv
	}
	return pipCache + "pip install " + tool + " && " + venv
}

// pythonInstall gives the files to copy first, the tool besides pip that installs what they name, and the instructions for
// that; none where the service needs nothing but Python.
func pythonInstall(b service.Build, on base) (files []string, tool string, install []string) {
	files = b.Files
	switch pythonTool(b) {
	case "pipenv":
		if len(files) == 0 {
			files = []string{"Pipfile", "Pipfile.lock"}
		}
		if has(files, "Pipfile.lock") {
			return files, "pipenv", []string{pipCache + "pipenv sync"}
		}
		return files, "pipenv", []string{pipCache + "pipenv install --skip-lock"}
	case "poetry":
		if len(files) == 0 {
			files = []string{"pyproject.toml", "poetry.lock"}
		}
		only := "--only main"
		if on.Suite != bookworm {
			only = "--no-dev" // the last Poetry for Python 3.6 and older knows no groups
		}
		return files, "poetry", []string{"RUN --mount=type=cache,target=/root/.cache/pypoetry poetry install --no-interaction " + only + " --no-root"}
	case "uv":
		if len(files) == 0 {
			files = []string{"pyproject.toml", "uv.lock"}
		}
		return files, "uv", []string{"RUN --mount=type=cache,target=/root/.cache/uv uv sync --active --frozen --no-dev --no-install-project"}
	case "setuptools":
		return nil, "", []string{"COPY . .", pipCache + "pip install ."}
	case "pip":
		if len(files) == 0 {
			files = []string{"requirements.txt"}
		}
		return files, "", []string{pipCache + "pip install " + requirementArgs(files)}
	}
	return nil, "", nil
}

func pythonTool(b service.Build) string {
	switch {
	case b.Tool == "pip" || b.Tool == "":
		if len(requirementFiles(b.Files)) > 0 || b.Tool == "pip" && len(b.Files) == 0 {
			return "pip"
		}
	default:
		return b.Tool
	}
	for _, f := range b.Files {
		switch path.Base(f) {
		case "Pipfile":
			return "pipenv"
		case "poetry.lock":
			return "poetry"
		case "uv.lock":
			return "uv"
		case "setup.py", "setup.cfg", "pyproject.toml":
			return "setuptools"
		}
	}
	return ""
}

// requirementFiles are the files that pip reads, without constraints. By old custom the one called requirements.txt
// includes what else is needed; only where there is none, all are installed.
func requirementFiles(files []string) []string {
	var all []string
	for _, f := range files {
		ext := path.Ext(f)
		if f == "requirements.txt" {
			return []string{f}
		}
		if (ext == ".txt" || ext == ".pip" || ext == ".in") && !isConstraint(f) {
			all = append(all, f)
		}
	}
	return all
}

func isConstraint(file string) bool { return strings.HasPrefix(path.Base(file), "constraint") }

func requirementArgs(files []string) string {
	var args []string
	for _, f := range requirementFiles(files) {
		args = append(args, "--requirement", f)
	}
	for _, f := range files {
		if isConstraint(f) {
			args = append(args, "--constraint", f)
		}
	}
	return shellWords(args)
}

func has(list []string, name string) bool {
	for _, s := range list {
		if path.Base(s) == name {
			return true
		}
	}
	return false
}
