package generators

import (
	"fmt"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/service"
)

type elixirImage struct {
	Image      string
	Why        string
	BuildApt   string
	RuntimeApt string
	Copy       []string
	Build      string
	Release    string
	Distillery string // what makes the release, where Distillery does
	State      string
	Port       int
	Command    execForm
}

const defaultElixir = "1.18"

var releaseName = pattern.MustCompile(`^[a-z][a-z0-9_]*$`)

// elixirDockerfile makes a release where the project is made for one, else an image in which Mix starts the code that it
// compiled. Both stages have one image: a release holds Erlang's runtime, which wants the libraries it was built with.
func elixirDockerfile(app *service.App, name string) ([]byte, error) {
	s := *app.Services[name]
	b := buildOf(s)
	image := elixirImage{Port: s.Port, Command: s.Command, State: stateStep(s), Build: "mix compile", Release: b.Artifact}
	major, minor, given := numbers(s.Version)
	switch {
	case !given && strings.TrimSpace(s.Version) != "" || given && major != 1:
		return nil, fmt.Errorf("version %q is no Elixir version: write one such as \"1.15\"", s.Version)
	case !given || minor < 0:
		image.Image, image.Why = "elixir:"+defaultElixir+"-slim", "migrate.yaml names no minor version of Elixir"
	default:
		first := 3 // of which there is an image
		if b.Artifact != "" && b.Tool != "distillery" {
			first = 9 // that makes releases
		}
		image.Image = fmt.Sprintf("elixir:1.%d-slim", max(minor, first))
	}
	if b.Tool == "distillery" {
		image.Distillery = "task=$(mix help distillery.release >/dev/null 2>&1 && echo distillery.release || echo release) && mix $task --env=prod" // its name since 2.1
	}
	if b.Artifact != "" && !releaseName.MatchString(b.Artifact) {
		return nil, fmt.Errorf("build.artifact: %q is no name of a release", b.Artifact)
	}
	var err error
	if image.Copy, err = copyLines(b.Files); err != nil {
		return nil, err
	}
	if len(b.Command) > 0 {
		step, err := buildCommand(b.Command)
		if err != nil {
			return nil, err
		}
		image.Build += " && " + step
	}
	if image.BuildApt, err = aptStep(append([]string{"build-essential", "git"}, b.Packages...), bookworm); err != nil {
		return nil, err
	}
	if image.RuntimeApt, err = aptStep(b.Runtime, bookworm); err != nil {
		return nil, err
	}
	if len(image.Command) == 0 {
		image.Command = []string{"mix", "phx.server"}
		if b.Artifact != "" {
			image.Command = []string{"/app/bin/" + b.Artifact, map[bool]string{true: "foreground", false: "start"}[b.Tool == "distillery"]}
		}
	}
	return execute("Dockerfile.elixir", image)
}

// ofUmbrella says whether the service is a release of an umbrella, which is made from the umbrella's directory.
func ofUmbrella(s service.Service) bool {
	return s.Language == "elixir" && buildOf(s).Artifact != ""
}
