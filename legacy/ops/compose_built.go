package ops

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// storeBuilt is the kind of need that a service is which builds its own image of a database and the like.
func (c *composeReader) storeBuilt(s *composeService) string {
	if s.Build != nil && s.Build.DockerfileInline != "" {
		if from := inlineFrom.FindAllStringSubmatch(s.Build.DockerfileInline, 20); len(from) > 0 {
			kind, _ := parseImage(from[len(from)-1][1]).store()
			return kind
		}
	}
	if s.Build == nil {
		dir := c.directoryOf(s, func(dir string) bool { return c.t.Has(path.Join(dir, "Dockerfile")) && !c.hasCode(dir) })
		if dir == "" || !strings.Contains(s.Image, "/") {
			return ""
		}
		kind, _ := parseImage(c.fromOf(path.Join(dir, "Dockerfile"))).store()
		return kind
	}
	_, file, ok := s.builds()
	if !ok {
		return ""
	}
	kind, _ := parseImage(c.fromOf(file)).store()
	return kind
}

// testsBuilt says whether an image runs tests by itself.
func (c *composeReader) testsBuilt(dockerfile string) bool {
	if dockerfile == "" || !c.t.Has(dockerfile) {
		return false
	}
	d := parseDockerfile(c.t, dockerfile, &scan.Report{})
	if d == nil {
		return false
	}
	argv, _ := d.words()
	return testRun.MatchString(shown(argv))
}

func (c *composeReader) toolBuilt(dockerfile string) bool {
	from := c.fromOf(dockerfile)
	img := parseImage(from)
	return from != "" && (img.helper() && img.base != "alpine" && img.base != "busybox" || img.webServer() && (!c.hasCode(path.Dir(dockerfile)) && !c.holdsPages(dockerfile) || c.onlyFront(dockerfile)))
}

// holdsPages says whether an image of a web server holds pages of the repository's.
func (c *composeReader) holdsPages(dockerfile string) bool {
	d := parseDockerfile(c.t, dockerfile, &scan.Report{})
	if d == nil {
		return false
	}
	d.dir = path.Dir(dockerfile)
	return d.holdsSite(c.t)
}

// onlyFront says whether an image is a web server with settings, beside the one of the code in the same directory: no pages
// of its own, and nothing that another stage made.
func (c *composeReader) onlyFront(dockerfile string) bool {
	if path.Base(dockerfile) == "Dockerfile" {
		return false
	}
	d := parseDockerfile(c.t, dockerfile, &scan.Report{})
	return d != nil && len(d.builders) == 0 && !d.holdsSite(c.t)
}

// fromOf is the image that a Dockerfile rests on in the end, "" where it can't be read.
func (c *composeReader) fromOf(dockerfile string) string {
	if !c.t.Has(dockerfile) {
		return ""
	}
	d := parseDockerfile(c.t, dockerfile, &scan.Report{})
	if d == nil {
		return ""
	}
	return d.from.image
}

// ownImage says whether an image that nothing here builds is the repository's own, which something else publishes: it is
// called like the whole, and the file builds nothing itself.
func (c *composeReader) ownImage(s *composeService, img image) bool {
	if !strings.Contains(img.path, "/") || !c.hasCode(".") {
		return false
	}
	for _, other := range s.file.services {
		if other.Build != nil && c.storeBuilt(other) == "" {
			return false
		}
	}
	return c.calledLike(img.base) || c.calledLike(s.Name) || c.t.Has("Dockerfile") && (c.onlyImage(s, img) || c.pushed(img))
}

var (
	// pushesImages are the files by which teams build images and push them.
	pushesImages = scan.MustCompile(`^(?:\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.yml|\.travis\.yml|\.circleci/config\.yml|azure-pipelines\.yml|Jenkinsfile|Makefile)$`)

	// pushesImage is a line there that says the name of an image that is built, and not of one that a job runs in.
	pushesImage = scan.MustCompile(`^\s*-?\s*(?:images|tags|repository|(?:docker_?|DOCKER_?)?(?:image_?name|IMAGE(?:_NAME)?))\s*[:=]|\bdocker\s+(?:image\s+|buildx\s+)?(?:build|push|tag)\b`)
	// listsImages is a line above such names, one to a line.
	listsImages = scan.MustCompile(`^\s*(?:images|tags)\s*:\s*[|>]`)
)

// pushed says whether the repository's own CI or Makefile builds an image of this name.
func (c *composeReader) pushed(img image) bool {
	for _, p := range c.t.Files() {
		if !pushesImages.MatchString(p) {
			continue
		}
		listed := false
		for line := range strings.Lines(c.t.Text(p, &scan.Report{})) {
			says := pushesImage.MatchString(line)
			if (says || listed) && slices.Contains(strings.FieldsFunc(line, aroundImage), img.path) {
				return true
			}
			listed = listsImages.MatchString(line) || listed && !strings.Contains(line, ": ")
		}
	}
	return false
}

// aroundImage says what stands around the name of an image in a line.
func aroundImage(r rune) bool { return strings.ContainsRune(" \t\r\n\"':=,|", r) }

// onlyImage says whether a file of production, or several services of a file, run this image and none but known ones beside it.
func (c *composeReader) onlyImage(s *composeService, img image) bool {
	same := 0
	for _, other := range s.file.services {
		run := parseImage(other.Image)
		kind, _ := run.store()
		language, _, _ := run.language()
		switch {
		case run.path == img.path:
			same++
		case kind == "" && language == "" && !run.helper() && !run.webServer() && !testService.MatchString(other.Name):
			return false
		}
	}
	return same > 1 || s.file.use == composeProduction
}

// ownName are the lines by which build files say what the whole is called.
var ownName = map[string]*scan.Pattern{
	"package.json":        scan.MustCompile(`(?m)^(?:\t| {1,4})"name"\s*:\s*"(?:@[\w-]+/)?([\w.-]+)"`),
	"composer.json":       scan.MustCompile(`(?m)^(?:\t| {1,4})"name"\s*:\s*"[\w.-]+/([\w.-]+)"`),
	"settings.gradle":     scan.MustCompile(`(?m)^\s*rootProject\.name\s*=\s*['"]([\w.-]+)['"]`),
	"settings.gradle.kts": scan.MustCompile(`(?m)^\s*rootProject\.name\s*=\s*"([\w.-]+)"`),
	"pom.xml":             scan.MustCompile(`(?m)^(?:\t| {1,4})<artifactId>\s*([\w.-]+)\s*<`),
	"build.sbt":           scan.MustCompile(`(?m)^\s*name\s*:=\s*"+([\w.-]+)"`),
	"go.mod":              scan.MustCompile(`(?m)^module\s+\S*?([\w.-]+?)(?:/v\d+)?\s*$`),
	"Cargo.toml":          scan.MustCompile(`(?m)^name\s*=\s*"([\w-]+)"`),
	"pyproject.toml":      scan.MustCompile(`(?m)^name\s*=\s*"([\w.-]+)"`),
	"mix.exs":             scan.MustCompile(`\bapp:\s*:(\w+)`),
}

// fetchedFrom is the name of a repository that docker fetches and builds: https://git.example.com/team/shop.git#main.
var fetchedFrom = scan.MustCompile(`^(?:https?://|git@|git://|ssh://)[^\s#]*[/:]([\w.-]+?)(?:\.git)?/?(?:#\S*)?$`)

// calledLike says whether a build file of the root gives the whole this name.
func (c *composeReader) calledLike(name string) bool {
	for file, re := range ownName {
		if !c.t.Has(file) {
			continue
		}
		if m := re.FindStringSubmatch(c.t.Text(file, c.r)); m != nil && strings.EqualFold(m[1], name) {
			return true
		}
	}
	return false
}

// builtBeside is the directory of the code in an image that another file beside builds, by its name, or by that of the
// service where that file gives the image none: the one is for developers, the other for the machines.
func (c *composeReader) builtBeside(s *composeService, img image) string {
	for _, f := range c.all {
		if f == s.file || f.dir != s.file.dir {
			continue
		}
		for _, other := range f.services {
			same := other.Image != "" && parseImage(other.Image).path == img.path || other.Image == "" && other.Name == s.Name && img.base == s.Name
			if same && other.Build != nil && c.storeBuilt(other) == "" {
				return c.placeOf(other).dir
			}
		}
	}
	return ""
}
