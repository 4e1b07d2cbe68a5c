package generators

import (
	"fmt"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

type siteImage struct {
	Image   string // that the files are made in; empty for files that are there
	Apt     string
	Copy    []string
	Install string
	Build   string
	Site    string
	Port    int
	Command execForm
}

// siteDockerfile makes the files of a site and gives them to a web server.
func siteDockerfile(app *service.App, name string) ([]byte, error) {
	s := *app.Services[name]
	b := buildOf(s)
	image := siteImage{Port: s.Port, Command: s.Command, Site: path.Clean(b.Artifact)}
	if !plainPath.MatchString(image.Site) || path.IsAbs(image.Site) || strings.HasPrefix(image.Site, "..") {
		return nil, fmt.Errorf("build.artifact: %q is no directory below the service's", b.Artifact)
	}
	var err error
	switch b.Tool {
	case "jekyll":
		image.Image, image.Install, image.Build = "ruby:3.3-bookworm", "gem install jekyll", "jekyll build --destination "+image.Site
		if has(b.Files, "Gemfile") {
			image.Install, image.Build = "bundle install", "bundle exec "+image.Build
			if image.Copy, err = copyLines(b.Files); err != nil {
				return nil, err
			}
		}
	case "hugo":
		image.Image, image.Build = "debian:bookworm-slim", "hugo --minify --destination "+image.Site
		if image.Apt, err = aptStep([]string{"ca-certificates", "git", "hugo"}, bookworm); err != nil {
			return nil, err
		}
	case "":
	default:
		return nil, fmt.Errorf("build.tool %q: no Dockerfile can be written for it; write your own and name it in build.dockerfile", b.Tool)
	}
	if len(b.Command) > 0 && image.Image != "" {
		if image.Build, err = buildCommand(b.Command); err != nil {
			return nil, err
		}
	}
	if len(image.Command) == 0 {
		image.Command = []string{"nginx", "-g", "daemon off;"}
	}
	return execute("Dockerfile.site", image)
}
