package generators

import (
	"fmt"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

type dotnetImage struct {
	Build      base
	Image      string
	BuildApt   string
	RuntimeApt string
	Project    string
	Publish    string // the team's own build command instead of dotnet publish
	State      string
	Port       int
	Command    execForm
}

// defaultDotnet is the version that is used where migrate.yaml names none: the newest with long-term support.
const defaultDotnet = "8.0"

// dotnetSuites names the Debian releases under Microsoft's images; from 10 on they are Ubuntu's, whose packages have
// bookworm's names where they matter here.
var dotnetSuites = map[string]suite{"2.1": stretch, "2.2": stretch, "3.0": buster, "3.1": buster, "5.0": bullseye, "6.0": bullseye}

func isDotnet(s service.Service) bool {
	return s.Language == "csharp" || s.Language == "fsharp" || s.Language == "vb" || s.Language == "dotnet"
}

// runsOnLinux says whether there is an image of Linux for a version of .NET: there is none for the old .NET Framework,
// and none any more for .NET Core 1.
func runsOnLinux(version string) bool {
	major, _, given := numbers(version)
	return !strings.Contains(strings.ToLower(version), "framework") && (!given || major >= 2)
}

// dotnetBase is the repository of images for a version, and the tag in it.
func dotnetBase(version string) (repository string, b base, err error) {
	major, minor, given := numbers(version)
	switch {
	case !given && strings.TrimSpace(version) != "":
		return "", base{}, fmt.Errorf("version %q is no .NET version: write one such as \"8.0\"", version)
	case !given:
		version, b.Why = defaultDotnet, "migrate.yaml names no .NET version"
	case major == 2 && minor < 1:
		version, b.Why = "2.1", "2.1 is the oldest of which an image is published; it runs what was built for 2.0"
	default:
		version = fmt.Sprintf("%d.%d", major, max(minor, 0))
	}
	b.Image = version
	if b.Suite = dotnetSuites[version]; b.Suite == "" {
		b.Suite = bookworm
	}
	if major == 2 || major == 3 && version == "3.0" {
		return "mcr.microsoft.com/dotnet/core/", b, nil
	}
	return "mcr.microsoft.com/dotnet/", b, nil
}

// dotnetDockerfile publishes the project with the SDK and runs the result on the runtime alone.
func dotnetDockerfile(app *service.App, name string) ([]byte, error) {
	s := *app.Services[name]
	b := buildOf(s)
	repository, from, err := dotnetBase(s.Version)
	if err != nil {
		return nil, err
	}
	image := dotnetImage{Build: from, Port: s.Port, Command: s.Command, State: stateStep(s), Project: path.Clean(b.Artifact)}
	image.Build.Image = repository + "sdk:" + from.Image
	image.Image = repository + "aspnet:" + from.Image
	if s.Port == 0 && s.Framework == "" {
		image.Image = repository + "runtime:" + from.Image
	}
	if b.Artifact == "" {
		image.Project = "."
	}
	if image.Project != "." || buildContext(s) != path.Clean(s.Dir) {
		image.Project = fromContext(s, image.Project)
	}
	if !plainPath.MatchString(image.Project) || path.IsAbs(image.Project) || strings.HasPrefix(image.Project, "..") {
		return nil, fmt.Errorf("build.artifact: %q is no project below the service's directory", b.Artifact)
	}
	if len(b.Command) > 0 {
		if image.Publish, err = buildCommand(b.Command); err != nil {
			return nil, err
		}
	}
	if image.BuildApt, image.RuntimeApt, err = aptSteps(b, from.Suite); err != nil {
		return nil, err
	}
	if len(image.Command) == 0 {
		dll := strings.TrimSuffix(path.Base(image.Project), path.Ext(image.Project))
		if image.Project == "." {
			dll = name
		}
		image.Command = []string{"dotnet", dll + ".dll"}
	}
	return execute("Dockerfile.dotnet", image)
}
