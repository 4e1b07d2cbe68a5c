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
	Node    string // whose Node.js makes what the pages take in
	Setup   string
	Modules string
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
		on := bookworm
		if has(b.Files, "Gemfile") {
			if s.Version != "" {
				from, err := rubyBase(s.Version)
				if err != nil {
					return nil, err
				}
				image.Image, on = strings.Replace(from.Image, "-slim-", "-", 1), from.Suite // with compilers for the gems
			}
			image.Install, image.Build = "bundle install", "bundle exec "+image.Build
			if image.Copy, err = copyLines(b.Files); err != nil {
				return nil, err
			}
		}
		image.Build = "JEKYLL_ENV=production " + image.Build
		image.frontEnd(b, on)
	case "hugo":
		image.frontEnd(b, bookworm)
		image.Image, image.Build = "debian:bookworm-slim", "hugo --minify --destination "+image.Site
		if image.Apt, err = aptStep([]string{"ca-certificates", "git", "hugo"}, bookworm); err != nil {
			return nil, err
		}
	case "middleman":
		if err = image.middleman(s, b); err != nil {
			return nil, err
		}
	case "mkdocs", "sphinx", "pelican":
		if err = image.python(s, b); err != nil {
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

// frontEnd puts Node.js into the image where a package.json says what the pages take in.
func (image *siteImage) frontEnd(b service.Build, on suite) {
	if !has(b.Files, "package.json") {
		return
	}
	tool, major := frontEndTool(b), 0
	image.Node, major = frontEndNode(on)
	pm := nodeManager(tool, b.Files, major)
	image.Setup, image.Modules = pm.setup, pm.all
}

// middleman makes the site with the repository's own Ruby; its gems have parts in C, and some want a JavaScript runtime.
func (image *siteImage) middleman(s service.Service, b service.Build) error {
	from, err := rubyBase(s.Version)
	if err != nil {
		return err
	}
	image.Image, image.Install, image.Build = from.Image, "bundle install", "bundle exec middleman build --build-dir "+image.Site
	packages := []string{"build-essential", "git", "nodejs"}
	if image.frontEnd(b, from.Suite); image.Node != "" {
		packages = packages[:2]
	}
	if image.Apt, err = aptStep(packages, from.Suite); err != nil {
		return err
	}
	image.Copy, err = copyLines(b.Files)
	return err
}

// python installs the generator from the file that names it, or the generator itself.
func (image *siteImage) python(s service.Service, b service.Build) error {
	from, err := pythonBase(s.Version)
	if err != nil {
		return err
	}
	image.Image, image.Build = from.Image, "mkdocs build --site-dir "+image.Site
	if image.Apt, err = aptStep([]string{"git"}, from.Suite); err != nil {
		return err
	}
	image.Install = "pip install --no-cache-dir " + shellWords(b.Install)
	if len(b.Files) > 0 {
		image.Install = "pip install --no-cache-dir -r " + shellWords(b.Files[:1])
		image.Copy, err = copyLines(b.Files)
	}
	if len(b.Files)+len(b.Install) == 0 || b.Tool != "mkdocs" && len(b.Command) == 0 {
		return fmt.Errorf("build.command: say how %s makes the files, and build.files or build.install what brings it", b.Tool)
	}
	return err
}
