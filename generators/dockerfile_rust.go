package generators

import (
	"fmt"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

type rustImage struct {
	Image      string
	BuildApt   string
	RuntimeApt string
	Locked     string
	Binary     string
	Out        string
	Files      []string
	State      string
	Port       int
	Command    execForm
}

// maintainedRust is the newest compiler of which an image was published when this was written; it builds older code.
const maintainedRust = 90

// rustDockerfile builds one binary and runs it on a bare Debian with the files that it reads beside it.
func rustDockerfile(app *service.App, name string) ([]byte, error) {
	s := *app.Services[name]
	b := buildOf(s)
	image := rustImage{Port: s.Port, Command: s.Command, State: stateStep(s), Binary: b.Artifact}
	major, minor, given := numbers(s.Version)
	if !given && strings.TrimSpace(s.Version) != "" || given && major != 1 {
		return nil, fmt.Errorf("version %q is no Rust version: write one such as \"1.75\"", s.Version)
	}
	image.Image = fmt.Sprintf("rust:1.%d-bookworm", max(minor, maintainedRust))
	if image.Binary == "" {
		image.Binary = name
	}
	if !plainPath.MatchString(image.Binary) || strings.ContainsAny(image.Binary, "/.@+") {
		return nil, fmt.Errorf("build.artifact: %q is no name of a binary", b.Artifact)
	}
	if has(b.Files, "Cargo.lock") {
		image.Locked = "--locked "
	}
	if image.Out = goTarget(s.Command); image.Out == "" {
		image.Out = "/app/" + image.Binary
	}
	for _, f := range b.Files {
		if base := path.Base(f); base == "Cargo.toml" || base == "Cargo.lock" {
			continue
		}
		if _, err := copyLines([]string{f}); err != nil { // refuses what leaves the build context
			return nil, err
		}
		line, err := copyLine([]string{path.Clean(f)}, path.Clean(f))
		if err != nil {
			return nil, err
		}
		image.Files = append(image.Files, line)
	}
	var err error
	if image.BuildApt, err = aptStep(b.Packages, bookworm); err != nil {
		return nil, err
	}
	if image.RuntimeApt, err = aptStep(append([]string{"ca-certificates"}, b.Runtime...), bookworm); err != nil {
		return nil, err
	}
	if len(image.Command) == 0 {
		image.Command = []string{image.Out}
	}
	return execute("Dockerfile.rust", image)
}
