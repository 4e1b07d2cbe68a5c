package generators

import (
	"fmt"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

type cppImage struct {
	BuildApt   string
	RuntimeApt string
	Build      string
	Program    string
	Tree       string // where the build leaves the program
	State      string
	Port       int
	Command    execForm
}

// cppTools are the packages and commands of each build tool. What they install goes to /out; a program that the build
// does not install is looked for where it was built.
var cppTools = map[string]struct{ packages, build, tree string }{
	"cmake": {"cmake", "cmake -S . -B /build -DCMAKE_BUILD_TYPE=Release && cmake --build /build --parallel && DESTDIR=/out cmake --install /build --prefix /usr/local", "/build"},
	"autotools": {"autoconf automake libtool pkg-config",
		"([ -x configure ] || { [ -x autogen.sh ] && NOCONFIGURE=1 ./autogen.sh; } || autoreconf --install) && ./configure --prefix=/usr/local && make && make install DESTDIR=/out", "."},
	"meson": {"meson ninja-build pkg-config", "meson setup /build --prefix=/usr/local --buildtype=release && ninja -C /build && DESTDIR=/out ninja -C /build install", "/build"},
	"scons": {"scons pkg-config", "scons", "."},
	"make":  {"pkg-config", "make && (make install PREFIX=/usr/local DESTDIR=/out || true)", "."},
}

// oldC lets the compiler take what it took until GCC 10.
const oldC = "# C of some years ago defines variables in headers\nENV CC=\"gcc -fcommon\"\n"

// cppDockerfile builds with Debian's compilers and runs the result on a bare Debian.
func cppDockerfile(app *service.App, name string) ([]byte, error) {
	s := *app.Services[name]
	b := buildOf(s)
	if b.Tool == "" {
		b.Tool = "cmake"
	}
	tool, ok := cppTools[b.Tool]
	if !ok {
		return nil, fmt.Errorf("build.tool %q: no Dockerfile can be written for it; write your own and name it in build.dockerfile", b.Tool)
	}
	image := cppImage{Port: s.Port, Command: s.Command, State: stateStep(s), Program: b.Artifact, Build: tool.build, Tree: tool.tree}
	if image.Program == "" {
		image.Program = name
	}
	if !plainPath.MatchString(image.Program) || strings.Contains(image.Program, "/") {
		return nil, fmt.Errorf("build.artifact: %q is no name of a program", b.Artifact)
	}
	var err error
	if len(b.Command) > 0 {
		if image.Build, err = buildCommand(b.Command); err != nil {
			return nil, err
		}
	}
	if image.BuildApt, err = aptStep(append(append([]string{"build-essential", "git"}, strings.Fields(tool.packages)...), b.Packages...), bookworm); err != nil {
		return nil, err
	}
	if s.Language == "c" {
		image.BuildApt += oldC
	}
	if image.RuntimeApt, err = aptStep(append([]string{"ca-certificates"}, b.Runtime...), bookworm); err != nil {
		return nil, err
	}
	switch first := append(image.Command, "")[0]; {
	case first == "":
		image.Command = []string{"/usr/local/bin/" + image.Program}
	case path.IsAbs(first) && path.Base(first) == image.Program && !strings.HasPrefix(first, "/usr/local/"):
		image.Command = append([]string{image.Program}, image.Command[1:]...) // another image had it there; the PATH knows where it is
	}
	return execute("Dockerfile.cpp", image)
}
