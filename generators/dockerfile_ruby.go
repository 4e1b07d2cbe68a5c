package generators

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/service"
)

type rubyImage struct {
	Base       base
	Bundle     bool
	Frozen     bool
	Rails      bool
	BuildApt   string
	Node       string // image whose Node.js builds the front end; empty where none is needed
	Setup      string
	Modules    string
	Copy       []string
	Build      string
	RuntimeApt string
	State      string
	Port       int
	Command    execForm
}

// rubyDockerfile installs the bundle in a build stage, so that compilers and headers stay out of what runs, and compiles
// the assets there.
func rubyDockerfile(app *service.App, name string) ([]byte, error) {
	s := *app.Services[name]
	b := buildOf(s)
	image := rubyImage{Port: s.Port, Command: s.Command, State: stateStep(s), Bundle: b.Tool == "bundler" || has(b.Files, "Gemfile"), Rails: s.Framework == "rails"}
	var err error
	if image.Base, err = rubyBase(s.Version); err != nil {
		return nil, err
	}
	if image.BuildApt, image.RuntimeApt, err = aptSteps(b, image.Base.Suite); err != nil {
		return nil, err
	}
	if image.Build, err = buildCommand(b.Command); err != nil {
		return nil, err
	}
	image.Frozen = has(b.Files, "Gemfile.lock")
	if image.Copy, err = copyLines(b.Files); err != nil {
		return nil, err
	}
	if has(b.Files, "package.json") {
		tool, major := frontEndTool(b), 0
		image.Node, major = frontEndNode(image.Base.Suite)
		pm := nodeManager(tool, b.Files, major)
		image.Setup, image.Modules = pm.setup, pm.all
	}
	return execute("Dockerfile.ruby", image)
}

// frontEndTool is the package manager of a front end that is built into the image of another language.
func frontEndTool(b service.Build) string {
	b.Tool = ""
	return nodeTool(b)
}

// frontEndNode is the image whose Node.js can be copied into an image of the suite: from 18 on it wants the C library of
// bookworm's age.
func frontEndNode(on suite) (image string, major int) {
	if on == bookworm {
		return fmt.Sprintf("node:%d-bookworm-slim", defaultNode), defaultNode
	}
	return "node:16-bullseye-slim", 16
}

// defaultRuby is used where migrate.yaml names no version.
const defaultRuby = "3.3"

// rubySuites names the suites of the Ruby versions whose images were not published for bookworm.
var rubySuites = map[string]suite{"1.9": jessie, "2.0": jessie, "2.1": jessie, "2.2": jessie, "2.3": stretch, "2.4": buster, "2.5": buster, "2.6": bullseye, "2.7": bullseye, "3.0": bullseye}

// rubyBase is the slim image for a Ruby version such as "2.7", "3.2.2" or "ruby-3.2.11".
func rubyBase(version string) (base, error) {
	major, minor, given := numbers(version)
	why := ""
	switch {
	case !given && strings.TrimSpace(version) != "":
		return base{}, fmt.Errorf("version %q is no Ruby version: write one such as \"3.2\"", version)
	case !given:
		version, why = defaultRuby, "migrate.yaml names no Ruby version"
	case major == 1:
		version = "1.9"
		if minor != 9 {
			why = fmt.Sprintf("no image was ever published for Ruby 1.%d", max(minor, 0))
		}
	case major < 1 || minor < 0:
		version, why = defaultRuby, "migrate.yaml names no minor version of Ruby"
	default:
		if m := rubyPatch.FindStringSubmatch(version); m != nil {
			patch, _ := strconv.Atoi(m[2])
			return slim("ruby", m[1]+"."+m[2], map[string]suite{m[1] + "." + m[2]: rubySuite(m[1], patch)}, ""), nil
		}
		version = fmt.Sprintf("%d.%d", major, minor)
	}
	return slim("ruby", version, rubySuites, why), nil
}

// rubyPatch is a version to the last number. Bundler refuses any other where the Gemfile names one.
var rubyPatch = pattern.MustCompile(`^(?:ruby-)?(\d+\.\d+)\.(\d+)$`)

// rubyFirst are, by version, the first patches whose images were published for a suite, the newest suite first. Those of
// versions that are not named were published for bookworm.
var rubyFirst = map[string][]struct {
	patch int
	suite suite
}{
	"2.2": {{0, jessie}},
	"2.3": {{4, stretch}, {0, jessie}},
	"2.4": {{6, buster}, {1, stretch}, {0, jessie}},
	"2.5": {{5, buster}, {0, stretch}},
	"2.6": {{8, bullseye}, {3, buster}, {0, stretch}},
	"2.7": {{4, bullseye}, {0, buster}},
	"3.0": {{2, bullseye}, {0, buster}},
	"3.1": {{4, bookworm}, {0, bullseye}},
	"3.2": {{2, bookworm}, {0, bullseye}},
}

func rubySuite(version string, patch int) suite {
	for _, from := range rubyFirst[version] {
		if patch >= from.patch {
			return from.suite
		}
	}
	return cmp.Or(rubySuites[version], bookworm)
}
