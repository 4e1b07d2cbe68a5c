package generators

import (
	"fmt"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

type erlangImage struct {
	Version    string
	Why        string
	BuildApt   string
	RuntimeApt string
	Copy       []string
	Build      string
	Release    string
	State      string
	Port       int
	Command    execForm
}

// defaultOTP is taken where nothing says for which OTP the code is; oldestOTP is the first that has an image with rebar3.
const (
	defaultOTP = 27
	oldestOTP  = 18
)

// erlangDockerfile makes the release with rebar3. One for developers holds links into the directories of the build, some of
// which lead nowhere, so what they lead to is copied. Code without a release is compiled and started as the command says.
// Both stages have one version: the runtime wants the libraries that it was built with, and a release need not bring it.
func erlangDockerfile(app *service.App, name string) ([]byte, error) {
	s := *app.Services[name]
	b := buildOf(s)
	image := erlangImage{Port: s.Port, Command: s.Command, State: stateStep(s), Release: b.Artifact, Build: "rebar3 release"}
	major, _, given := numbers(s.Version)
	switch {
	case !given && strings.TrimSpace(s.Version) != "":
		return nil, fmt.Errorf("version %q is no version of OTP: write one such as \"26\"", s.Version)
	case !given:
		image.Version, image.Why = fmt.Sprint(defaultOTP), "migrate.yaml names no version of OTP"
	case major < oldestOTP:
		image.Version, image.Why = fmt.Sprint(oldestOTP), fmt.Sprintf("OTP %d has no image with rebar3", major)
	default:
		image.Version = fmt.Sprint(major)
	}
	if b.Artifact == "" {
		image.Build = "rebar3 compile"
	} else if !releaseName.MatchString(b.Artifact) {
		return nil, fmt.Errorf("build.artifact: %q is no name of a release: write the one in the section relx of rebar.config", b.Artifact)
	}
	var err error
	if image.Copy, err = copyLines(b.Files); err != nil {
		return nil, err
	}
	if len(b.Command) > 0 {
		if image.Build, err = buildCommand(b.Command); err != nil {
			return nil, err
		}
	}
	if b.Artifact != "" && strings.HasPrefix(image.Build, "rebar3 ") {
		image.Build += " -n " + b.Artifact + " -o /built && find -L /built -type l -delete && cp -rL /built /out"
	}
	if image.BuildApt, err = aptStep(b.Packages, bookworm); err != nil {
		return nil, err
	}
	if image.RuntimeApt, err = aptStep(b.Runtime, bookworm); err != nil {
		return nil, err
	}
	if len(image.Command) == 0 && b.Artifact == "" {
		return nil, fmt.Errorf("build.artifact: say the release that rebar.config makes, or command what starts the code")
	}
	if len(image.Command) == 0 {
		image.Command = []string{"/app/bin/" + b.Artifact, "foreground"}
	}
	return execute("Dockerfile.erlang", image)
}
