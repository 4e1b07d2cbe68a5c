package generators

import (
	"fmt"
	"strconv"
	"strings"
)

// Every tag in this file was published: they are the tags that docker-library/official-images ever listed. An image of a
// language version that nobody maintains any more stays at the suite that was current when its last release was built, so
// the suite is a matter of record, and no tag "3.5-slim-bookworm" ever existed. Where several suites were published,
// bookworm is taken: it is maintained, and one suite for all keeps the names of Debian packages the same for all.

// A suite is a Debian release that an image is built on.
type suite string

const (
	jessie   suite = "jessie"
	stretch  suite = "stretch"
	buster   suite = "buster"
	bullseye suite = "bullseye"
	bookworm suite = "bookworm"
)

// archived says that the suite's packages have left the mirrors for archive.debian.org.
func (s suite) archived() bool { return s == jessie || s == stretch || s == buster }

// A base is the published image that a Dockerfile starts from.
type base struct {
	Image string
	Suite suite
	Why   string // a comment for the Dockerfile where the version is not the one that the model names; may be empty
}

// Versions that are used where migrate.yaml names none.
const (
	defaultPython = "3.12"
	defaultNode   = 22
	defaultJava   = 17
)

// maintainedGo is the oldest Go that still gets security fixes.
const maintainedGo = 26

// pythonSuites names the suites of the Python versions whose images were not published for bookworm.
var pythonSuites = map[string]suite{
	"2.7": buster,
	"3.3": jessie,
	"3.4": stretch,
	"3.5": buster,
	"3.6": bullseye,
}

// pythonBase is the slim image for a Python version such as "3.8", "3.8.10" or "python-2.7.18". Patch levels are left
// out: the image of a minor version is that of its last release, and few patch levels exist for each suite.
func pythonBase(version string) (base, error) {
	major, minor, given := numbers(version)
	why := ""
	switch {
	case !given && strings.TrimSpace(version) != "":
		return base{}, fmt.Errorf("version %q is no Python version: write one such as \"3.8\"", version)
	case !given:
		version, why = defaultPython, "migrate.yaml names no Python version"
	case major == 2 && minor != 7:
		version = "2.7"
		if minor >= 0 {
			why = fmt.Sprintf("no image was ever published for Python 2.%d", minor)
		}
	case minor < 0:
		version, why = defaultPython, "migrate.yaml names no minor version of Python"
	default:
		version = fmt.Sprintf("%d.%d", major, minor)
	}
	return slim("python", version, pythonSuites, why), nil
}

// slim is the slim image of a language's version on the suite that it was last published for. Tags did not name the
// suite in the days of jessie.
func slim(language, version string, suites map[string]suite, why string) base {
	on, old := suites[version]
	switch {
	case !old:
		on = bookworm
	case on == jessie:
		return base{Image: language + ":" + version + "-slim", Suite: on, Why: why}
	}
	return base{Image: language + ":" + version + "-slim-" + string(on), Suite: on, Why: why}
}

// nodeSuites names the tags of the Node.js versions whose images were not published for bookworm.
var nodeSuites = map[int]base{
	4:  {Image: "node:4-slim", Suite: jessie},
	6:  {Image: "node:6-stretch-slim", Suite: stretch},
	7:  {Image: "node:7-slim", Suite: jessie},
	8:  {Image: "node:8-buster-slim", Suite: buster},
	9:  {Image: "node:9-slim", Suite: jessie},
	10: {Image: "node:10-buster-slim", Suite: buster},
	11: {Image: "node:11-stretch-slim", Suite: stretch},
	12: {Image: "node:12-bullseye-slim", Suite: bullseye},
	13: {Image: "node:13-buster-slim", Suite: buster},
	14: {Image: "node:14-bullseye-slim", Suite: bullseye},
	15: {Image: "node:15-buster-slim", Suite: buster},
	17: {Image: "node:17-bullseye-slim", Suite: bullseye},
	19: {Image: "node:19-bullseye-slim", Suite: bullseye},
}

// nodeBase is the slim image for a Node.js version such as "14", "14.17.0", ">=8 <11" or "v0.12". major is 0 for 0.x.
func nodeBase(version string) (b base, major int, err error) {
	major, minor, given := numbers(version)
	switch {
	case !given && strings.TrimSpace(version) != "":
		return base{}, 0, fmt.Errorf("version %q is no Node.js version: write one such as \"18\"", version)
	case !given:
		b, _, err = nodeBase(strconv.Itoa(defaultNode))
		b.Why = "migrate.yaml names no Node.js version"
		return b, defaultNode, err
	case major == 0 && minor <= 10:
		return base{Image: "node:0.10-slim", Suite: jessie}, 0, nil
	case major == 0:
		return base{Image: "node:0.12-slim", Suite: jessie}, 0, nil
	case major == 5 || major < 4:
		b = nodeSuites[4]
		b.Why = fmt.Sprintf("no image was published for this build of Node.js %d", major)
		return b, 4, nil
	}
	if b, old := nodeSuites[major]; old {
		return b, major, nil
	}
	return base{Image: fmt.Sprintf("node:%d-bookworm-slim", major), Suite: bookworm}, major, nil
}

// golangBase is the image that builds a module whose go directive names the version. The directive is a minimum, and Go
// builds older modules as they were meant (the language version and GODEBUG follow it), so an old one is no reason to ship
// a program with a runtime and a crypto library that get no security fixes any more.
func golangBase(version string) (base, error) {
	major, minor, given := numbers(version)
	if !given && strings.TrimSpace(version) != "" || given && major != 1 {
		return base{}, fmt.Errorf("version %q is no Go version: write one such as \"1.21\"", version)
	}
	if given && minor >= maintainedGo {
		return base{Image: fmt.Sprintf("golang:1.%d-bookworm", minor), Suite: bookworm}, nil
	}
	b := base{Image: fmt.Sprintf("golang:1.%d-bookworm", maintainedGo), Suite: bookworm}
	if given && minor >= 0 {
		b.Why = fmt.Sprintf("Go 1.%d is a minimum; this version still gets security fixes and builds it as it was meant", minor)
	}
	return b, nil
}

// javaVersion is the long-term release of Java that builds and runs code for the version, such as "1.8", "8" or "11".
func javaVersion(version string) (release int, why string, err error) {
	major, minor, given := numbers(version)
	if !given && strings.TrimSpace(version) != "" {
		return 0, "", fmt.Errorf("version %q is no Java version: write one such as \"11\"", version)
	}
	if !given {
		return defaultJava, "migrate.yaml names no Java version", nil
	}
	if major == 1 && minor > 0 {
		major = minor
	}
	for _, lts := range []int{8, 11, 17, 21, 25} {
		if major == lts {
			return lts, "", nil
		}
		if major < lts {
			return lts, fmt.Sprintf("Java %d gets no fixes any more; %d is the next release that does, and runs its classes", major, lts), nil
		}
	}
	return major, "", nil
}

// gradleFor is the oldest Gradle that runs on a Java release: the nearest to what an old build script was written for.
func gradleFor(java int) int {
	switch {
	case java <= 11:
		return 6
	case java <= 17:
		return 7
	case java <= 21:
		return 8
	}
	return 9
}

// tomcatFor is the Tomcat that a framework such as tomcat9 asks for. Up to 9 applications use javax.*, from 10 on
// jakarta.*: everything older runs on 9, the last maintained one with javax.
func tomcatFor(framework string) string {
	major, _, given := numbers(framework)
	switch {
	case !given || major <= 9:
		return "9.0"
	case major == 10:
		return "10.1"
	}
	return "11.0"
}

// numbers finds the first number in a version, and the one after its dot, -1 where there is none.
func numbers(version string) (major, minor int, ok bool) {
	start := strings.IndexAny(version, "0123456789")
	if start < 0 {
		return 0, -1, false
	}
	parts := strings.SplitN(version[start:], ".", 3)
	major, rest := leading(parts[0])
	if len(parts) < 2 || rest != "" {
		return major, -1, true
	}
	if parts[1] == "" || parts[1][0] < '0' || parts[1][0] > '9' {
		return major, -1, true
	}
	minor, _ = leading(parts[1])
	return major, minor, true
}

// leading is the number that s begins with (no more than six digits count), and what follows it.
func leading(s string) (n int, rest string) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		if i < 6 {
			n = n*10 + int(s[i]-'0')
		}
		i++
	}
	return n, s[i:]
}
