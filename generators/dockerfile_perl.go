package generators

import (
	"fmt"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

type perlImage struct {
	Version    string
	Why        string
	BuildApt   string
	RuntimeApt string
	Copy       []string
	Install    []string
	Build      string
	State      string
	Port       int
	Command    execForm
}

// maintainedPerl is the version that is used where an older one, or none, is asked for: Perl runs the code of its former
// versions, and only the newest get fixes.
const maintainedPerl = 38

// perlServers are modules that the command needs whether the code asks for them or not.
var perlServers = map[string]string{"starman": "Starman", "plackup": "Starman", "twiggy": "Twiggy"}

// perlDockerfile installs the modules with the compilers that they want, and runs them without.
func perlDockerfile(app *service.App, name string) ([]byte, error) {
	s := *app.Services[name]
	b := buildOf(s)
	image := perlImage{Port: s.Port, Command: s.Command, State: stateStep(s)}
	major, minor, given := numbers(s.Version)
	if !given && strings.TrimSpace(s.Version) != "" || given && major != 5 {
		return nil, fmt.Errorf("version %q is no Perl version: write one such as \"5.38\"", s.Version)
	}
	if given && 0 <= minor && minor < maintainedPerl {
		image.Why = fmt.Sprintf("Perl 5.%d is a minimum; this version runs its code", minor)
	}
	image.Version = fmt.Sprintf("5.%d", max(minor, maintainedPerl))
	var err error
	if image.Copy, err = copyLines(b.Files); err != nil {
		return nil, err
	}
	switch {
	case b.Tool == "carton":
		image.Install = []string{"cpanm --notest Carton && carton install --deployment --path /deps"}
	case len(b.Files) > 0:
		image.Install = []string{"cpanm --notest --local-lib /deps --installdeps ."}
	}
	server := ""
	if len(s.Command) > 0 {
		server = perlServers[s.Command[0]]
	}
	if server == "" && slices.Contains(s.Command, "Starman") { // --server Starman
		server = "Starman"
	}
	if server != "" {
		image.Install = append(image.Install, "cpanm --notest --local-lib /deps "+server)
	}
	if len(image.Install) == 0 {
		image.Install = []string{"mkdir -p /deps"}
	}
	if len(b.Command) > 0 {
		if image.Build, err = buildCommand(b.Command); err != nil {
			return nil, err
		}
	}
	if image.BuildApt, image.RuntimeApt, err = aptSteps(b, bookworm); err != nil {
		return nil, err
	}
	return execute("Dockerfile.perl", image)
}
