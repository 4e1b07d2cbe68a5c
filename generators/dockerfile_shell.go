package generators

import (
	"errors"

	"github.com/migrate-to-kubernetes/migrate/service"
)

type shellImage struct {
	Apt     string
	State   string
	Port    int
	Command execForm
}

// shellDockerfile puts scripts of the shell on a bare Debian, with the packages whose programs they call.
func shellDockerfile(app *service.App, name string) ([]byte, error) {
	s := *app.Services[name]
	if len(s.Command) == 0 {
		return nil, errors.New("command: which script is started? Write it into migrate.yaml")
	}
	b := buildOf(s)
	apt, err := aptStep(append(append([]string{"ca-certificates"}, b.Packages...), b.Runtime...), bookworm)
	if err != nil {
		return nil, err
	}
	return execute("Dockerfile.shell", shellImage{apt, stateStep(s), s.Port, s.Command})
}
