package generators

import (
	"fmt"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

type denoImage struct {
	Why     string
	Image   string
	Apt     string
	Main    string
	Build   string
	State   string
	Port    int
	Command execForm
}

// The last release of Deno 1, and the Deno 2 that is taken where nothing says which: tags that Deno publishes.
const (
	deno1 = "denoland/deno:1.46.3"
	deno2 = "denoland/deno:2.1.4"
)

// denoDockerfile puts the sources and what they import into Deno's own image.
func denoDockerfile(app *service.App, name string) ([]byte, error) {
	s := *app.Services[name]
	b := buildOf(s)
	image := denoImage{Image: deno2, Main: path.Clean(b.Artifact), Port: s.Port, Command: s.Command, State: stateStep(s)}
	major, _, given := numbers(s.Version)
	switch {
	case !given && strings.TrimSpace(s.Version) != "":
		return nil, fmt.Errorf("version %q is no Deno version: write one such as \"2\"", s.Version)
	case !given:
		image.Why = "migrate.yaml names no Deno version"
	case major == 1:
		image.Image = deno1
	}
	if b.Artifact == "" {
		image.Main = "main.ts"
	}
	if !plainPath.MatchString(image.Main) || path.IsAbs(image.Main) || strings.HasPrefix(image.Main, "..") {
		return nil, fmt.Errorf("build.artifact: %q is no file below the service's directory", b.Artifact)
	}
	if len(s.Command) == 0 {
		image.Command = []string{"deno", "run", "-A", image.Main}
	}
	var err error
	if image.Apt, err = aptStep(b.Runtime, ""); err != nil {
		return nil, err
	}
	if image.Build, err = buildCommand(b.Command); err != nil {
		return nil, err
	}
	return execute("Dockerfile.deno", image)
}
