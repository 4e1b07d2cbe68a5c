package generators

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
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
	Extra      string // what the service's files lack
	Whole      bool   // the installation wants all of the code, and leaves something beside it
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
	image.Whole = len(install) > 1
	if len(b.Install) > 0 {
		image.Extra = pipCache + "pip install " + shellWords(b.Install)
	}
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
		install = []string{pipCache + "pip install " + requirementArgs(files)}
		if has(files, "setup.py") || has(files, "pyproject.toml") { // they name the code itself: -e .
			return nil, "", append([]string{"COPY . ."}, install...)
		}
		return files, "", install
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
	// A lock says which tool wrote it; the file beside it may be anybody's.
	for _, known := range [][2]string{{"Pipfile", "pipenv"}, {"poetry.lock", "poetry"}, {"uv.lock", "uv"}, {"setup.py", "setuptools"}, {"setup.cfg", "setuptools"}, {"pyproject.toml", "setuptools"}} {
		if has(b.Files, known[0]) {
			return known[1]
		}
	}
	return ""
}

// requirementFiles are the files that pip installs, without constraints: all of them, since one that another includes
// does no harm twice, and one that none includes would be missing. Only where requirements.txt stands first, those in
// directories are by old custom what it includes.
func requirementFiles(files []string) []string {
	var all []string
	for _, f := range files {
		ext := path.Ext(f)
		if len(all) > 0 && all[0] == "requirements.txt" && path.Dir(f) != "." {
			continue
		}
		if (ext == ".txt" || ext == ".pip" || ext == ".in") && !isConstraint(f) {
			all = append(all, f)
		}
	}
	return all
}

// constraintName is how files are called that only hold versions back and install nothing by themselves.
var constraintName = pattern.MustCompile(`(?i)^(constraints?|upper[-_]\w+|pins|versions|freeze)\b`)

func isConstraint(file string) bool { return constraintName.MatchString(path.Base(file)) }

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
